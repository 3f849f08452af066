"""Telling: the signals of a case, put together when an agent asks, so that they are never stale and never left behind.

Each search runs over the whole marketplace. What it finds is then looked up in the cases of those orders: only what is
on the record of a remembered case is told, by the number of its exhibit there, never an upload that no case names.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec

from mufakat.core.calendar import zone_of
from mufakat.core.case import Case
from mufakat.core.claim import MaterialKind
from mufakat.core.evolve import replay
from mufakat.core.parties import Role
from mufakat.core.signals import Link, Signal, SignalKind, Tie, Zone
from mufakat.engine.signals.noting import Noting, SignalStore
from mufakat.engine.together import together
from mufakat.evidence.credentials import Credentials
from mufakat.evidence.text_prints import shared
from mufakat.store.codec import CodecError
from mufakat.store.files import FileName
from mufakat.store.near import NEAR, distance
from mufakat.store.records import Loaded
from mufakat.store.signals import CaseNote, FileNote, Standing

MOST_LINKS: Final = 5
"""Places that a signal links; the others are counted."""
MOST_FOUND: Final = 50
"""Places that one search looks for."""
MOST_PRINTS: Final = 150
"""Fingerprints of a case that are searched for; the first of each file come first."""
MOST_TEXTS: Final = 50
"""Statements of a case that are searched for, the latest first."""
MOST_ORDERS: Final = 300
"""Orders in which found places are looked up."""
AT_ONCE: Final = 4
"""Searches under way at a time."""
SCAN_LAG: Final = timedelta(hours=1)
"""How much later than the handing over a courier may scan it: a picture so shortly before the scan is no signal."""
MOST_BEHIND: Final = timedelta(hours=12)
"""How far a zone is behind UTC at most."""

log: Final = logging.getLogger(__name__)

_ORDER_OF_TIES: Final = (Tie.OTHER_ACCOUNT, Tie.SAME_CASE, Tie.SAME_ACCOUNT, Tie.SAME_ORDER)


@dataclass(frozen=True, slots=True)
class Told:
    """The signals of a case. `left_out` counts fingerprints that were not searched for, over the limits here."""

    signals: tuple[Signal, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Own:
    """What a signal is about: its kind, and whose exhibit or event it is."""

    kind: SignalKind
    giver: Role
    exhibit: int = 0
    event: int = 0


@dataclass(frozen=True, slots=True)
class _Sight:
    """Something found elsewhere: a file of an order, or an event of a case (then `digest` is empty)."""

    own: _Own
    order_id: str
    giver: Role
    digest: str = ""
    case_id: str = ""
    exhibit: int = 0
    event: int = 0
    alike: int | None = None


class Signals(Noting):
    """Notes what signals are made of, and tells them."""

    async def for_case(self, loaded: Loaded, reader: str = "", ties: frozenset[str] = frozenset()) -> Told:
        """The signals of a case as it was loaded, the most telling first; for agents only.

        reader: the agent's id, ties: parties to whom it is tied. An agent reads nothing of a case of its own or of
        theirs, so no place in one is told or counted.
        What the loop has not noted yet is noted first. Raises StoreLost, CodecError.
        """
        case, place = loaded.case, loaded.marketplace.marketplace
        if case is None:
            raise ValueError("signals are told of a case")
        await self.note_case(place, case.order_id, case.case_id)
        noted = await self._store.case_note(place, case.order_id, case.case_id)
        notes = {(each.giver, each.digest): each for each in await self._store.file_notes(place, case.order_id)}
        here = await self._store.standings(place, [case.order_id])
        search = _Search(self._store, place, case, {each.case_id: await self._exhibits(place, each) for each in here})
        found, full = await search.everything(notes, noted)
        places = await self._places(place, here, found, ties | {reader})
        links = [(sight.own, link) for sight in found for link in _links(case, sight, places)]
        told = [*_with_links(links, full), *_of_files(loaded, case, notes)]
        rank = list(SignalKind)
        told.sort(key=lambda each: (rank.index(each.kind), each.exhibit, each.event))
        return Told(tuple(told), search.left_out)

    async def _places(self, place: str, here: list[Standing], found: list[_Sight], own: frozenset[str]) -> "_Places":
        """The cases of the orders in which something was found, with what each has on its record."""
        orders = dict.fromkeys(each.order_id for each in found)
        known = {each.order_id for each in here}
        elsewhere = [each for each in orders if each not in known][:MOST_ORDERS]
        there = await self._store.standings(place, elsewhere)
        standings = [*here, *(each for each in there if own.isdisjoint((each.customer_id, each.seller_id)))]
        return {(each.order_id, each.case_id): (each, await self._exhibits(place, each)) for each in standings}

    async def _exhibits(self, place: str, standing: Standing) -> dict[FileName, int]:
        """The files on the record of a case, with the number of the first exhibit that is each.

        One that cannot be read has none here: it must not keep the signals of others from being told.
        """
        case = standing.case
        if case is None:
            try:
                history = await self._store.history(place, standing.order_id, standing.case_id)
            except CodecError as error:
                log.warning("case %s of %s cannot be read for signals: %s", standing.case_id, place, error)
                return {}
            case = replay([each.recorded for each in history])
        return _files_of(case)


_Places = dict[tuple[str, str], tuple[Standing, dict[FileName, int]]]


class _Search:
    """The searches for one case. `cases`: the cases of its order, with the files on the record of each."""

    def __init__(self, store: SignalStore, place: str, case: Case, cases: dict[str, dict[FileName, int]]) -> None:
        self._store, self._place, self._case, self._cases = store, place, case, cases
        self.left_out = 0

    async def everything(self, notes: dict[FileName, FileNote], noted: CaseNote) -> tuple[list[_Sight], set[_Own]]:
        """All that was found elsewhere, and about what there may be more."""
        prints = self._prints(notes)
        found, full = [*self._same_in_order(), *self._near_in_order(prints, notes)], set()
        for search in (
            await self._same_files(),
            *await together([self._near_files(*each) for each in prints], AT_ONCE),
            *await together([self._near_texts(*each) for each in self._texts(noted)], AT_ONCE),
            *await together([self._trackings(*each) for each in _numbers(noted)], AT_ONCE),
        ):
            sights, may_be_more = search
            found += sights
            full |= may_be_more
        return found, full

    def _own_files(self) -> dict[FileName, int]:
        return _files_of(self._case)

    def _own(self, kind: SignalKind, name: FileName) -> _Own:
        return _Own(kind, name[0], self._own_files()[name])

    def _prints(self, notes: dict[FileName, FileNote]) -> list[tuple[_Own, str, bytes]]:
        """The fingerprints to search for: the first of each file, then the second of each, and so on."""
        prints = [
            (each.part, self._own(SignalKind.NEAR_PICTURE, name), name[1], each.bits)
            for name in self._own_files()
            if name in notes
            for each in notes[name].prints
        ]
        prints.sort(key=lambda each: (each[0], each[1].exhibit))
        self.left_out += max(0, len(prints) - MOST_PRINTS)
        return [each[1:] for each in prints[:MOST_PRINTS]]

    def _texts(self, noted: CaseNote) -> list[tuple[_Own, bytes]]:
        self.left_out += max(0, len(noted.texts) - MOST_TEXTS)
        return [
            (_Own(SignalKind.NEAR_TEXT, each.giver, each.exhibit, each.number), each.value)
            for each in noted.texts[::-1][:MOST_TEXTS]
        ]

    def _same_in_order(self) -> Iterator[_Sight]:
        """The same bytes in this order: by the other party, or in another case."""
        for name in self._own_files():
            for files in self._cases.values():
                for other in files:
                    if other[1] == name[1]:
                        yield _Sight(self._own(SignalKind.SAME_FILE, name), self._case.order_id, *other)

    def _near_in_order(
        self, prints: list[tuple[_Own, str, bytes]], notes: dict[FileName, FileNote]
    ) -> Iterator[_Sight]:
        """Near pictures in this order: by the other party, or in another case."""
        others = {name for files in self._cases.values() for name in files if name in notes}
        for own, digest, bits in prints:
            for name in others:
                if name[1] == digest:
                    continue
                apart = min((distance(bits, each.bits) for each in notes[name].prints), default=NEAR + 1)
                if apart <= NEAR:
                    yield _Sight(own, self._case.order_id, *name, alike=apart)

    async def _same_files(self) -> tuple[list[_Sight], set[_Own]]:
        names = self._own_files()
        rows = await self._store.same_files(
            self._place, sorted({digest for _, digest in names}), self._case.order_id, MOST_FOUND
        )
        owns = {name[1]: self._own(SignalKind.SAME_FILE, name) for name in reversed(names)}
        counts: dict[str, int] = {}
        for _, _, digest in rows:
            counts[digest] = counts.get(digest, 0) + 1
        sights = [_Sight(owns[digest], order_id, giver, digest) for order_id, giver, digest in rows]
        return sights, {owns[digest] for digest, count in counts.items() if count >= MOST_FOUND}

    async def _near_files(self, own: _Own, digest: str, bits: bytes) -> tuple[list[_Sight], set[_Own]]:
        rows = await self._store.near_files(self._place, bits, self._case.order_id, MOST_FOUND)
        sights = [
            _Sight(own, each.order_id, each.giver, each.digest, alike=each.distance)
            for each in rows
            if each.digest != digest  # those are told as the same file
        ]
        return sights, {own} if len(rows) >= MOST_FOUND else set()

    async def _near_texts(self, own: _Own, bits: bytes) -> tuple[list[_Sight], set[_Own]]:
        at = (self._case.order_id, self._case.case_id)
        rows = await self._store.near_texts(self._place, bits, at, MOST_FOUND)
        sights = [
            _Sight(own, x.order_id, x.giver, "", x.case_id, x.exhibit, x.number, round(100 * shared(x.distance)))
            for x in rows
        ]
        return sights, {own} if len(rows) >= MOST_FOUND else set()

    async def _trackings(self, own: _Own, tracking: bytes) -> tuple[list[_Sight], set[_Own]]:
        """Where a number is named. In this order, only what was shipped: there everybody speaks of the same parcels."""
        rows = await self._store.tracking_places(self._place, tracking, MOST_FOUND)
        sights = []
        for each in rows:
            in_order = each.order_id == self._case.order_id
            if in_order and (own.exhibit or each.exhibit or each.giver is own.giver):
                continue
            sights.append(_Sight(own, each.order_id, each.giver, "", each.case_id, each.exhibit, each.number))
        return sights, {own} if len(rows) >= MOST_FOUND else set()


def _numbers(noted: CaseNote) -> list[tuple[_Own, bytes]]:
    return [
        (_Own(SignalKind.TRACKING_USED_TWICE, each.giver, each.exhibit, each.number), each.value)
        for each in noted.trackings
    ]


def _files_of(case: Case) -> dict[FileName, int]:
    found: dict[FileName, int] = {}
    for each in case.exhibits:
        if each.material.kind is MaterialKind.FILE and each.material.digest:
            found.setdefault((each.giver, each.material.digest), each.number)
    return found


def _links(case: Case, sight: _Sight, places: _Places) -> Iterator[Link]:
    """The cases in which something found stands on the record, as links; none where it is only the thing itself."""
    for (order_id, case_id), (standing, files) in places.items():
        if order_id != sight.order_id or (sight.case_id and case_id != sight.case_id):
            continue
        exhibit = files.get((sight.giver, sight.digest), 0) if sight.digest else sight.exhibit
        if sight.digest and not exhibit:
            continue
        itself = case_id == case.case_id and order_id == case.order_id
        if itself and sight.giver is sight.own.giver:
            continue
        account = _account(standing, sight.giver)
        yield Link(
            tie=_tie(case, sight, standing, account),
            order_id=order_id,
            case_id=case_id,
            giver=sight.giver,
            account=account,
            opened_at=standing.opened_at,
            exhibit=exhibit,
            event=0 if exhibit else sight.event,
            alike=sight.alike,
            digest=sight.digest,
        )


def _account(standing: Standing, giver: Role) -> str:
    return standing.customer_id if giver is Role.CUSTOMER else standing.seller_id


def _tie(case: Case, sight: _Sight, standing: Standing, account: str) -> Tie:
    if standing.order_id == case.order_id:
        return Tie.SAME_CASE if standing.case_id == case.case_id else Tie.SAME_ORDER
    own = case.customer_id if sight.own.giver is Role.CUSTOMER else case.seller_id
    return Tie.SAME_ACCOUNT if sight.giver is sight.own.giver and account == own else Tie.OTHER_ACCOUNT


def _with_links(links: Iterable[tuple[_Own, Link]], full: set[_Own]) -> Iterator[Signal]:
    """One signal for each thing that was found elsewhere, its most telling places first."""
    by_own: dict[_Own, dict[tuple[str, int, int], Link]] = {}
    for own, link in links:
        there = by_own.setdefault(own, {})
        at = (link.case_id, link.exhibit, link.event)
        if at not in there or _nearness(own.kind, link) < _nearness(own.kind, there[at]):
            there[at] = link  # of several frames that look alike, the two that do so most
    for own, there in by_own.items():
        ordered = sorted(there.values(), key=partial(_nearness, own.kind))
        yield Signal(
            own.kind, own.giver, own.exhibit, own.event, tuple(ordered[:MOST_LINKS]), len(ordered), own in full
        )


def _nearness(kind: SignalKind, link: Link) -> tuple[int, int, str, int, int]:
    """The most telling first: by another account, and the more alike."""
    differs = (link.alike or 0) * (-1 if kind is SignalKind.NEAR_TEXT else 1)
    return _ORDER_OF_TIES.index(link.tie), differs, link.case_id, link.exhibit, link.event


def _of_files(loaded: Loaded, case: Case, notes: dict[FileName, FileNote]) -> Iterator[Signal]:
    """What files say of themselves: when the customer's pictures were taken, and content credentials."""
    delivered = loaded.order.delivered_at()
    for name, exhibit in _files_of(case).items():
        note = notes.get(name)
        if note is None:
            continue
        if name[0] is Role.CUSTOMER and delivered is not None and loaded.policy is not None:
            zone = taken_before(note.taken_at, note.taken_local, delivered - SCAN_LAG, loaded.policy.zone)
            taken = note.taken_at if zone is Zone.KNOWN else note.taken_local
            if zone is not None:
                kind = SignalKind.TAKEN_BEFORE_DELIVERY
                yield Signal(kind, name[0], exhibit, taken=taken, delivered=delivered, zone=zone)
        if note.credentials is not None:
            said = msgspec.json.decode(note.credentials, type=Credentials)
            yield Signal(SignalKind.CONTENT_CREDENTIALS, name[0], exhibit, credentials=told_of(said))


def taken_before(
    taken_at: datetime | None, taken_local: datetime | None, moment: datetime, market_zone: str
) -> Zone | None:
    """Whether a picture was taken before a moment (UTC), and how sure its zone is; None where it was not, or may not.

    taken_at is used where it is known, else taken_local: what a clock shows in some zone is at most twelve hours behind
    UTC.
    """
    if taken_at is not None:
        return Zone.KNOWN if taken_at < moment else None
    if taken_local is None:
        return None
    if taken_local + MOST_BEHIND < moment.replace(tzinfo=None):
        return Zone.ANY
    return Zone.MARKET if taken_local.replace(tzinfo=zone_of(market_zone)) < moment else None


def told_of(said: Credentials) -> tuple[tuple[str, str], ...]:
    """Credentials by name, for a signal; what is empty is left out."""
    facts = {
        "holds": said.holds.value,
        "generator": said.generator,
        "signer": said.signer,
        "signed_at": said.signed_at.isoformat() if said.signed_at else "",
        "sources": ", ".join(said.sources),
        "actions": ", ".join(said.actions),
        "faults": ", ".join(said.faults),
    }
    return tuple((name, value) for name, value in facts.items() if value)
