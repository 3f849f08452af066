"""Noting: what the inspection saw in a file, and what the log of a case says: statements, tracking numbers, reports.

Files are noted by whoever looked into them. Cases are noted by a loop of the worker that reads what has changed, so the
hot path pays nothing, cases of an earlier program are noted as well, and noting twice is noting once. A clock that is
set back is followed; what was under way by the old one is noted when its case changes again or an agent asks for it.
"""

import asyncio
import hmac
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import msgspec

from mufakat.core import events as e
from mufakat.core.claim import MaterialKind
from mufakat.core.events import Recorded
from mufakat.core.order import OrderState
from mufakat.core.parties import PARTIES, Role
from mufakat.core.reported import report_rows
from mufakat.engine.ports import Clock, Store
from mufakat.engine.signals.wording import search_text
from mufakat.evidence.credentials import Credentials
from mufakat.evidence.text_prints import text_print
from mufakat.store.database import StoreLost
from mufakat.store.records import Ask, Loaded, Marketplace, Reported
from mufakat.store.seal import Sealer, SealError
from mufakat.store.signals import CaseNote, FileNote, NearFile, Print, Said, SaidThere, Standing, Unnoted
from mufakat.store.similar import SearchText

FIT: Final = 50
"""The least quality of a fingerprint (0 to 100) that is compared: below it Meta recommends to discard it."""
PAUSE: Final = timedelta(seconds=5)
"""Between two passes of one process."""
LOOK_BACK: Final = timedelta(minutes=10)
"""How far before what was noted last a pass begins: a command may commit a little after its moment."""
LONG_PAUSE: Final = timedelta(hours=1)
LONG_LOOK_BACK: Final = timedelta(days=1)
"""How far back a pass begins once an hour, in case clocks differ."""
TRACKING_BYTES: Final = 16

_NOT_OF_A_NUMBER: Final = re.compile(r"[^0-9A-Z]")
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)

log: Final = logging.getLogger(__name__)


class SignalStore(Store, Protocol):
    """A store that also keeps what signals are made of: PostgreSQL."""

    async def note_file(self, note: FileNote) -> bool:
        """Keep what was seen in a file, in place of what was before; False when the file is gone or forgotten."""

    async def note_case(self, note: CaseNote) -> bool:
        """Keep what was noted of a case; False when it was noted as far already, or is forgotten."""

    async def case_note(self, marketplace: str, order_id: str, case_id: str) -> CaseNote:
        """What was noted of a case; `number` 0 for nothing, the largest where it is forgotten."""

    async def put_reported(self, reported: Reported) -> bool:
        """Add to what reports count; False when it was added already."""

    async def unnoted(self, marketplace: str, after: tuple[datetime, str]) -> list[Unnoted]:
        """A page of cases with events to note, in the order of their change, after that change and case."""

    async def noted_until(self, marketplace: str) -> datetime | None:
        """Where noting goes on, by the marketplace's clock; None at the beginning."""

    async def set_noted_until(self, marketplace: str, changed_at: datetime) -> None:
        """Go on from there."""

    async def file_notes(self, marketplace: str, order_id: str) -> list[FileNote]:
        """All that was seen in the files of an order."""

    async def same_files(
        self, marketplace: str, digests: list[str], order_id: str, most: int
    ) -> list[tuple[str, Role, str]]:
        """Order, giver and digest of files with these bytes in other orders than this; at most so many of each."""

    async def near_files(self, marketplace: str, bits: bytes, order_id: str, most: int) -> list[NearFile]:
        """Parts of files of other orders near a fingerprint, the nearest first."""

    async def near_texts(self, marketplace: str, bits: bytes, case: tuple[str, str], most: int) -> list[SaidThere]:
        """Statements in other cases than this (order, case) near a fingerprint, the nearest first."""

    async def tracking_places(self, marketplace: str, tracking: bytes, most: int) -> list[SaidThere]:
        """Where a tracking number was named, at most so many; `tracking` is its keyed hash."""

    async def standings(self, marketplace: str, order_ids: list[str]) -> list[Standing]:
        """The cases of these orders, without those that are forgotten."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in a file.

    prints: the PDQ fingerprints of its picture, key frames or pages in order, 32 bytes each, with their quality (0 to
    100). taken_at: when it was taken, where the zone is known; taken_local: by the camera's clock, without zone.
    credentials: what its content credentials say; None where it has none.
    """

    prints: tuple[tuple[bytes, int], ...] = ()
    taken_at: datetime | None = None
    taken_local: datetime | None = None
    credentials: Credentials | None = None


class Noting:
    """Notes files and cases; `drain` may be called as often as one likes."""

    def __init__(self, store: SignalStore, sealer: Sealer, clock: Clock) -> None:
        self._store, self._sealer, self._clock = store, sealer, clock
        self._last: datetime | None = None
        self._last_far: datetime | None = None

    async def note_file(self, marketplace: str, order_id: str, giver: Role, digest: str, seen: Seen) -> bool:
        """Note what was seen in a kept file, in place of what was noted before; False when it is gone or forgotten.

        Fingerprints of low quality are left out: such pictures are known by their bytes only. Raises StoreLost.
        """
        fit = dict.fromkeys(bits for bits, quality in seen.prints if quality >= FIT)
        prints = tuple(Print(part, bits) for part, bits in enumerate(fit))
        credentials = None if seen.credentials is None else msgspec.json.encode(seen.credentials)
        note = FileNote(marketplace, order_id, giver, digest, prints, seen.taken_at, seen.taken_local, credentials)
        return await self._store.note_file(note)

    async def note_case(self, marketplace: str, order_id: str, case_id: str) -> None:
        """Note of a case what is not noted yet: what reports count, statements, tracking numbers.

        Raises StoreLost, CodecError.
        """
        noted = await self._store.case_note(marketplace, order_id, case_id)
        loaded = await self._store.load(Ask(marketplace, order_id, case_id))
        if loaded is None or loaded.case is None:
            return
        if loaded.case.number <= min(noted.number, noted.reported):
            return
        history = [each.recorded for each in await self._store.history(marketplace, order_id, case_id)]
        if history[-1].number > noted.reported:
            rows = report_rows(history, loaded.order.order)
            fresh = tuple(each for each in rows if each.number > noted.reported)
            at, whose = (marketplace, order_id, case_id), (loaded.case.seller_id, loaded.case.currency)
            await self._store.put_reported(Reported(*at, history[-1].number, *whose, fresh))
        new = [each for each in history if each.number > noted.number]
        if not new:
            return
        texts, key = await self._texts(marketplace, loaded, history), self._sealer.print_key(marketplace)
        numbers = [*_scanned(loaded.order), *(each for recorded in new for each in _named(recorded))]
        trackings = tuple(
            Said(number, exhibit, giver, tracking_hash(tracking, key)) for number, exhibit, giver, tracking in numbers
        )
        found_by = search_text(loaded.case, loaded.order.order, loaded.marketplace.market, texts.values())
        note = CaseNote(
            marketplace, order_id, case_id, new[-1].number, _prints(texts, new, key), trackings, search=found_by
        )
        await self._store.note_case(note)

    async def drain(self, stop: asyncio.Event | None = None) -> int:
        """Note what has changed, if it is time for that again; how many cases. Raises StoreLost.

        After `stop` the case in hand is finished; the others are noted by whoever comes next.
        """
        now, total = self._clock.now(), 0
        if _is_early(now, self._last, PAUSE):
            return 0
        self._last = now
        far = not _is_early(now, self._last_far, LONG_PAUSE)
        for place in await self._store.marketplaces():
            total += await self._catch_up(place, now, LONG_LOOK_BACK if far else LOOK_BACK, stop)
        if far and not _is_set(stop):
            self._last_far = now
        return total

    async def _catch_up(self, place: Marketplace, now: datetime, back: timedelta, stop: asyncio.Event | None) -> int:
        """Note the cases of a marketplace that changed since it was noted, or somewhat before."""
        name, total = place.marketplace, 0
        until = await self._store.noted_until(name)
        after = (_BEGINNING if until is None else min(until, place.at(now)) - back, "")
        while not _is_set(stop) and (page := await self._store.unnoted(name, after)):
            for each in page:
                if _is_set(stop):
                    return total
                await self._note_or_pass_by(name, each)
                total += 1
            after = page[-1].changed_at, page[-1].case_id
            until = max(until or _BEGINNING, page[-1].changed_at)
            await self._store.set_noted_until(name, until)
        return total

    async def _note_or_pass_by(self, marketplace: str, case: Unnoted) -> None:
        """Note a case; one that cannot be read is logged and passed by, so that it does not keep others waiting."""
        try:
            await self.note_case(marketplace, case.order_id, case.case_id)
        except StoreLost:
            raise
        except Exception:
            log.exception("case %s of %s cannot be noted", case.case_id, marketplace)
            await self._store.note_case(CaseNote(marketplace, case.order_id, case.case_id, case.number))
            await self._store.put_reported(Reported(marketplace, case.order_id, case.case_id, case.number))

    async def search_text(self, loaded: Loaded) -> SearchText:
        """By what a loaded case is found, and finds others. Raises StoreLost, CodecError."""
        assert loaded.case is not None
        place, case = loaded.marketplace.marketplace, loaded.case
        history = [each.recorded for each in await self._store.history(place, case.order_id, case.case_id)]
        texts = await self._texts(place, loaded, history)
        return search_text(case, loaded.order.order, loaded.marketplace.market, texts.values())

    async def _texts(self, marketplace: str, loaded: Loaded, history: list[Recorded]) -> dict[str, str]:
        """What the parties wrote, by hash, in its order; what is forgotten and what cannot be opened is left out."""
        case, key = loaded.case, loaded.key
        said = dict.fromkeys(
            hashed for each in history if each.actor.role in PARTIES for hashed in sealed_in(each.event)
        )
        if not said or case is None or key is None or key.wrapped is None:
            return {}
        rows = await self._store.sealed_of(marketplace, case.order_id, case.case_id)
        found = {}
        for hashed in said:
            if hashed not in rows:
                continue
            try:
                found[hashed] = self._sealer.open(marketplace, case.case_id, key, rows[hashed])
            except SealError as error:
                log.warning("a text of case %s of %s cannot be noted: %s", case.case_id, marketplace, error)
        return found


def _prints(texts: dict[str, str], new: list[Recorded], key: bytes) -> tuple[Said, ...]:
    """The fingerprints of what the parties wrote in new events, where it is long enough for one."""
    # What one command both says and puts on the record is one text: the exhibit, which comes later, stands for it.
    said = {hashed: each for each in new if each.actor.role in PARTIES for hashed in sealed_in(each.event)}
    found = []
    for hashed, recorded in said.items():
        if hashed in texts and (bits := text_print(texts[hashed], key)):
            found.append(Said(recorded.number, _exhibit(recorded), recorded.actor.role, bits))
    return tuple(found)


def _is_set(stop: asyncio.Event | None) -> bool:
    return stop is not None and stop.is_set()


def _is_early(now: datetime, last: datetime | None, pause: timedelta) -> bool:
    """Whether the pause since the last time is not over. A clock that was set back to before it says nothing of it."""
    return last is not None and last <= now < last + pause


def tracking_hash(tracking: str, key: bytes) -> bytes:
    """What stands for a tracking number: capitals, letters and digits only, hashed under a key."""
    plain = _NOT_OF_A_NUMBER.sub("", tracking.upper())
    return hmac.digest(key, b"tracking\0" + plain.encode(), "sha256")[:TRACKING_BYTES]


def _named(recorded: Recorded) -> Iterator[tuple[int, int, Role, str]]:
    """The tracking number in an event: its number, its exhibit, who named it, the number."""
    match recorded.event:
        case e.ReturnShipped(tracking=tracking) if tracking:
            yield recorded.number, 0, Role.CUSTOMER, tracking
        case e.GoodsShipped(tracking=tracking) if tracking:
            yield recorded.number, 0, Role.SELLER, tracking
        case e.MaterialGiven(exhibit=exhibit) if exhibit.material.kind is MaterialKind.TRACKING:
            if exhibit.material.refers_to:
                yield recorded.number, exhibit.number, exhibit.giver, exhibit.material.refers_to


def _scanned(order: OrderState) -> Iterator[tuple[int, int, Role, str]]:
    """The tracking numbers under which the order's own parcel was scanned."""
    for tracking in dict.fromkeys(each.tracking for each in order.scans() if each.tracking):
        yield 0, 0, Role.SELLER, tracking


def _exhibit(recorded: Recorded) -> int:
    return recorded.event.exhibit.number if isinstance(recorded.event, e.MaterialGiven) else 0


def sealed_in(value: Any) -> Iterator[str]:
    """The hashes of what was written, in an event or a part of one."""
    for each in fields(value):
        held = getattr(value, each.name)
        if each.metadata.get("sealed"):
            if held:
                yield held
        elif is_dataclass(held):
            yield from sealed_in(held)
