"""Uploaded material: a party's files for an order, kept before or during its cases, and read back.

Bytes first, row second: a row never points to bytes that are not there, and bytes that no row points to are swept
(`sweeping.py`). Each file is looked into before it is kept (`looking.py`): its giver reads it back as it was,
everybody else sees what was made of it. Each has its own key, bound to its order and its giver, so that one can be
forgotten alone and none can be read under another order. The same bytes of the same giver in the same order are one
file.
"""

import logging
import re
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mufakat.core import commands as c
from mufakat.core.claim import Material, MaterialKind
from mufakat.core.order import Order
from mufakat.core.parties import PARTIES, Actor, Role
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.looking import Looking
from mufakat.engine.ports import Clock, StoreWithFiles
from mufakat.engine.room import Limits, Room
from mufakat.evidence.inspection.inspector import Inspected, Inspector
from mufakat.evidence.intake import Taken, arriving, give, take
from mufakat.evidence.stream import Damaged, Sealing
from mufakat.evidence.vault import Vault
from mufakat.store.derivatives import DerivativeRow
from mufakat.store.files import FileRow
from mufakat.store.records import Ask, CaseKey
from mufakat.store.seal import Sealer, SealError

MAX_TYPE: Final = 100
"""The longest media type that is noted as claimed, in characters."""

AfterKept = Callable[[FileRow, Inspected], Awaitable[None]]
"""Hears of a file once it is kept, with what was found in it: fingerprints of its derivatives, and private facts."""

log: Final = logging.getLogger(__name__)

_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept: SHA-256 (hex) of its bytes, their number, and its media type as found and as claimed."""

    order_id: str
    giver: Actor
    digest: str
    size: int
    type: str
    claimed_type: str
    put_at: datetime


class Materials:
    """Takes files in, gives them back, and says which files of a command are not there."""

    def __init__(
        self,
        store: StoreWithFiles,
        vault: Vault,
        sealer: Sealer,
        clock: Clock,
        limits: Limits | None = None,
        inspector: Inspector | None = None,
        after_kept: AfterKept | None = None,
    ) -> None:
        """inspector: looks into each file; without one files are kept unseen, and nobody but their givers sees them.

        after_kept: is told of each file once it is kept, with what was found in it; what it raises is logged only.
        """
        self._store, self.vault, self._sealer, self._clock = store, vault, sealer, clock
        self.limits = limits or Limits()
        self.looking = None if inspector is None else Looking(vault, sealer, clock, inspector)
        self._after_kept = after_kept

    async def put(
        self,
        marketplace: str,
        order_id: str,
        actor: Actor,
        chunks: AsyncIterable[bytes],
        claimed_type: str = "",
        claimed_digest: str = "",
    ) -> Kept | Refusal:
        """Keep a file of a party of the order; when this returns, it survives the loss of power.

        chunks: its bytes, of any sizes. claimed_digest: SHA-256 in hex, or empty. A broken or refused upload leaves
        nothing that can be read. Refusals: WRONG_ROLE, NO_SUCH_ORDER, FILE_NOT_AS_CLAIMED, TOO_MANY_FILES, and those
        of `Inspector.inspect`. Raises VaultError, StoreLost, WorkshopLost where no file can be looked into, and what
        `chunks` raises.
        """
        if actor.role not in PARTIES:
            return Refusal(Code.WRONG_ROLE, (("role", actor.role.value),))
        if not await self.owns(marketplace, order_id, actor):
            return Refusal(Code.NO_SUCH_ORDER, (("order", order_id),))
        about = _about(order_id, actor)
        key = self._sealer.new_key(marketplace, about)
        opened = self._sealer.open_key(marketplace, about, key)
        sealing = Sealing(opened)
        with ExitStack() as stack:
            file = stack.enter_context(arriving())
            taken = await take(chunks, claimed_digest, sealing, file, self.limits.file_bytes)
            if isinstance(taken, Refusal):
                return taken
            now = self._clock.now()
            there = await self._store.use_files(marketplace, order_id, actor, [taken.digest], now)
            if taken.digest in there:
                return _kept(there[taken.digest])
            room = await self.room(marketplace, order_id, actor)
            if not room.fits(taken.size):  # before the work of looking into it; `_enter` asks again, under a lock
                return room.refused()
            seen = None if self.looking is None else await self.looking.look(file, opened, claimed_type)
            if isinstance(seen, Refusal):
                return seen
            if seen is not None:
                stack.enter_context(seen)
            place = self.vault.new_place(marketplace, now)
            await self.vault.keep(place, file)
            row = _row(marketplace, order_id, actor, taken, claimed_type, place, key, now)
            return await self._enter(row, seen)

    async def open(
        self, marketplace: str, order_id: str, digest: str, viewer: Actor, exhibit_of: Role | None = None
    ) -> tuple[Kept, AsyncIterator[bytes]] | Refusal:
        """A kept file and its bytes.

        exhibit_of: the giver's role, where the caller has decided that the viewer may see it as an exhibit of a case;
        without it, only the viewer's own uploads are found. The first bytes are proven before this returns; when a
        later chunk does not hold, the iterator raises Damaged, and its last bytes come only when the digest holds.
        Refusals: FILE_NOT_THERE, also for a forgotten file. Raises Damaged, VaultError, StoreLost.
        """
        if exhibit_of is None:
            row = await self._store.file_of(marketplace, order_id, viewer, digest)
        else:
            row = await self._store.file_by_role(marketplace, order_id, exhibit_of, digest)
        if row is None:
            return _not_there(digest)
        pieces = give(self.vault.read(row.place), self._key(row), row.digest)
        return _kept(row), _chained(await anext(pieces), pieces)

    async def missing(self, marketplace: str, order_id: str, actor: Actor, command: c.Command) -> Refusal | None:
        """What speaks against a command whose files must all be there: FILE_NOT_THERE with the first that is not.

        Ask this before the engine handles the command; it also keeps the files from being swept meanwhile. An actor
        who is no party of the order hears nothing here: the engine answers that the order or case is not theirs.
        """
        wanted = files_in(command)
        if not wanted:
            return None
        there = await self._store.use_files(marketplace, order_id, actor, wanted, self._clock.now())
        lost = [digest for digest in wanted if digest not in there]
        if not lost or (actor.role in PARTIES and not await self.owns(marketplace, order_id, actor)):
            return None
        return _not_there(lost[0])

    async def _enter(self, row: FileRow, seen: Inspected | None) -> Kept | Refusal:
        """Index a file whose bytes are there; where they are not needed after all they are dropped again."""
        most = self.limits.room(0, 0)
        made: tuple[DerivativeRow, ...] = ()
        if self.looking is not None and seen is not None:
            row = replace(row, type=seen.type)
            made = await self.looking.keep(row, seen)
        entered = await self._store.put_file(row, most.most_files, most.most_bytes, made)
        if entered is None or entered.place != row.place:
            for place in (row.place, *(each.place for each in made)):
                await self.vault.drop(place)
        if entered is None:
            return (await self.room(row.marketplace, row.order_id, row.giver)).refused()
        if seen is not None and entered.place == row.place:
            await self._tell(entered, seen)
        return _kept(entered)

    async def _tell(self, row: FileRow, seen: Inspected) -> None:
        """Tell who wants to know. The file is kept by now, so that nothing that goes wrong there can refuse it."""
        if self._after_kept is None:
            return
        try:
            await self._after_kept(row, seen)
        except Exception as error:  # noqa: BLE001 - whatever it is, the file is kept
            log.warning("What should be told of each kept file was not heard (%s).", type(error).__name__)

    async def views(self, marketplace: str, order_id: str, giver_role: Role, digest: str) -> list[DerivativeRow]:
        """All that was made of a file that is an exhibit, private facts included; none where it is not there.

        The caller has decided that the viewer may see the exhibit, and shows FACTS to agents only. Raises StoreLost.
        """
        row = await self._store.file_by_role(marketplace, order_id, giver_role, digest)
        return [] if row is None else await self._store.derivatives_of(marketplace, order_id, row.giver, digest)

    async def room(self, marketplace: str, order_id: str, giver: Actor) -> Room:
        """How much more a giver may keep for an order. Raises StoreLost."""
        files = await self._store.files_of(marketplace, order_id, giver)
        return self.limits.room(len(files), sum(each.size for each in files))

    async def own(self, marketplace: str, order_id: str, giver: Actor) -> list[Kept]:
        """A giver's files of an order, oldest first. Raises StoreLost."""
        return [_kept(row) for row in await self._store.files_of(marketplace, order_id, giver)]

    async def kept(self, marketplace: str, order_id: str, giver: Actor, digest: str) -> Kept | None:
        """A giver's file, without its bytes; None where there is none."""
        row = await self._store.file_of(marketplace, order_id, giver, digest)
        return None if row is None else _kept(row)

    async def owns(self, marketplace: str, order_id: str, actor: Actor) -> bool:
        """Whether the actor is a party of the order."""
        loaded = await self._store.load(Ask(marketplace, order_id))
        return loaded is not None and _party(loaded.order.order, actor.role) == actor.id

    def _key(self, row: FileRow) -> AESGCM:
        try:
            return self._sealer.open_key(row.marketplace, _about(row.order_id, row.giver), row.key)
        except SealError as error:
            raise Damaged(
                f"The key of the file {row.digest} of order {row.order_id} does not open: it was changed, or it is "
                f"under another master key."
            ) from error


def files_in(command: c.Command) -> tuple[str, ...]:
    """Digests of the files that a command names, in order; what has no digest is the core's to refuse."""
    named: list[Material | None] = [*getattr(command, "materials", ())]
    named += [getattr(command, "material", None), getattr(command, "proof", None)]
    return tuple(each.digest for each in named if each and each.kind is MaterialKind.FILE and each.digest)


def _about(order_id: str, giver: Actor) -> str:
    """What a file's key is bound to beside its marketplace. No id of a case can look like it: ids have no NUL."""
    return f"file\0{order_id}\0{giver.role.value}\0{giver.id}"


def _party(order: Order, role: Role) -> str | None:
    return {Role.CUSTOMER: order.customer_id, Role.SELLER: order.seller_id}.get(role)


def _row(
    marketplace: str,
    order_id: str,
    giver: Actor,
    taken: Taken,
    claimed_type: str,
    place: str,
    key: CaseKey,
    now: datetime,
) -> FileRow:
    """What is noted of a file. A claimed type is noted without parameters (they may hold names), or not at all."""
    claimed = claimed_type.partition(";")[0].strip().lower()
    claimed = claimed if len(claimed) <= MAX_TYPE and _MEDIA_TYPE.fullmatch(claimed) else ""
    return FileRow(marketplace, order_id, giver, taken.digest, taken.size, claimed, taken.type, place, key, now)


def _kept(row: FileRow) -> Kept:
    return Kept(row.order_id, row.giver, row.digest, row.size, row.type, row.claimed_type, row.put_at)


def _not_there(digest: str) -> Refusal:
    return Refusal(Code.FILE_NOT_THERE, (("digest", digest),))


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
