"""Uploads that may come in pieces: whatever has arrived stays, and the sender goes on from there.

Theory of operation. Bytes are encrypted as they arrive, in parts of a few MiB, each durable before it counts. When a
connection breaks, what had arrived of the last part counts too. Two senders of one upload cannot both go on: a part is
noted only after those that its sender knew. When all has arrived, the file is taken in like any other
(`materials.py`), checked and encrypted anew under its own key, and the parts are dropped.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime, timedelta
from typing import Final

from mufakat.core.parties import PARTIES, Actor
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.ids import uuid7
from mufakat.engine.materials import Kept, Materials
from mufakat.engine.ports import Clock, StoreWithFiles
from mufakat.evidence.intake import MIB, arriving, megabytes
from mufakat.evidence.stream import CHUNK, Sealing, pieces, unsealed
from mufakat.evidence.vault import Vault
from mufakat.store.seal import Sealer
from mufakat.store.uploads import Part, Upload

PART: Final = 4 * MIB
"""Plain bytes after which a part is made durable: at most so much is sent again after a crash of ours."""
PATIENCE: Final = timedelta(hours=24)
"""How long an upload waits for its next bytes."""
MOST_OPEN: Final = 20
"""Uploads that one party has open for one order."""
BATCH: Final = 500
"""Uploads that are swept at once."""
MOST_PARTS: Final = 1000
"""Parts of one upload: whoever sends a byte at a time is stopped here."""


class MovedOn(Exception):  # noqa: N818 - says what happened
    """The upload does not stand where its sender thinks; `received` is where it does."""

    def __init__(self, received: int) -> None:
        super().__init__(str(received))
        self.received = received


class Uploads:
    """Takes files in piece by piece."""

    def __init__(
        self, store: StoreWithFiles, materials: Materials, sealer: Sealer, clock: Clock, part: int = PART
    ) -> None:
        self._store, self._materials, self._vault = store, materials, materials.vault
        self._sealer, self._clock, self._part = sealer, clock, part

    async def begin(
        self,
        marketplace: str,
        order_id: str,
        actor: Actor,
        length: int,
        claimed_type: str = "",
        claimed_digest: str = "",
    ) -> Upload | Refusal:
        """Begin an upload of `length` bytes. claimed_digest: SHA-256 in hex, or empty.

        There must be room for it already, unless it is a file again that is kept. Refusals: WRONG_ROLE, NO_SUCH_ORDER,
        FILE_EMPTY, FILE_TOO_LARGE, TOO_MANY_FILES, TOO_MANY_UPLOADS.
        """
        if actor.role not in PARTIES:
            return Refusal(Code.WRONG_ROLE, (("role", actor.role.value),))
        if not await self._materials.owns(marketplace, order_id, actor):
            return Refusal(Code.NO_SUCH_ORDER, (("order", order_id),))
        if length < 1:
            return Refusal(Code.FILE_EMPTY)
        most = self._materials.limits.file_bytes
        if length > most:
            return Refusal(Code.FILE_TOO_LARGE, (("limit", str(most)), ("megabytes", megabytes(most))))
        claimed_digest = claimed_digest.lower()
        room = await self._materials.room(marketplace, order_id, actor)
        if not room.fits(length) and not await self._is_kept(marketplace, order_id, actor, claimed_digest):
            return room.refused()
        now = self._clock.now()
        upload_id = uuid7(now).replace("-", "")
        claimed = (claimed_type, claimed_digest)
        made = Upload(marketplace, upload_id, order_id, actor, length, 0, 0, *claimed, "", now + PATIENCE)
        if not await self._store.begin_upload(made, MOST_OPEN):
            return Refusal(Code.TOO_MANY_UPLOADS, (("limit", str(MOST_OPEN)),))
        return made

    async def of(self, marketplace: str, upload_id: str, actor: Actor) -> Upload | None:
        """The upload of that id, when it is the actor's."""
        found = await self._store.upload(marketplace, upload_id)
        return found if found is not None and found.giver == actor else None

    async def append(self, upload: Upload, offset: int, chunks: AsyncIterable[bytes]) -> Upload:
        """Take the bytes after `offset`; what arrived before `chunks` breaks off stays, and what it raises is raised.

        Bytes over the length are not taken. Raises MovedOn when the upload does not stand at `offset`, or when another
        sender goes on meanwhile; VaultError, StoreLost.
        """
        if offset != upload.received or upload.digest or upload.parts >= MOST_PARTS:
            raise MovedOn(upload.received)
        held = bytearray()
        try:
            async for chunk in chunks:
                held += chunk[: upload.length - upload.received - len(held)]
                while len(held) >= self._part:
                    upload = await self._note(upload, bytes(held[: self._part]))
                    del held[: self._part]
        finally:
            if held:
                upload = await self._note(upload, bytes(held))
        return upload

    async def finish(self, upload: Upload) -> Kept | Refusal:
        """Take a whole upload in as a file, and drop its parts; a refused one is gone altogether.

        Refusals: those of `Materials.put`. Safe to repeat. Raises Damaged, VaultError, StoreLost.
        """
        if upload.digest:
            kept = await self._materials.kept(upload.marketplace, upload.order_id, upload.giver, upload.digest)
            return kept or Refusal(Code.FILE_NOT_THERE, (("digest", upload.digest),))
        kept_or_not = await self._materials.put(
            upload.marketplace,
            upload.order_id,
            upload.giver,
            self._bytes(upload),
            upload.claimed_type,
            upload.claimed_digest,
        )
        if isinstance(kept_or_not, Refusal):
            await self.drop(upload)
        else:
            gone = await self._store.finish_upload(upload.marketplace, upload.upload_id, kept_or_not.digest)
            await self._forget(gone)
        return kept_or_not

    async def drop(self, upload: Upload) -> None:
        """Remove an upload and what arrived of it."""
        await self._forget(await self._store.drop_upload(upload.marketplace, upload.upload_id))

    async def _is_kept(self, marketplace: str, order_id: str, giver: Actor, digest: str) -> bool:
        return bool(digest) and await self._materials.kept(marketplace, order_id, giver, digest) is not None

    async def _note(self, upload: Upload, plain: bytes) -> Upload:
        """Make some bytes durable and count them. Raises MovedOn when others counted first."""
        now = self._clock.now()
        about = _about(upload.upload_id, upload.parts)
        key = self._sealer.new_key(upload.marketplace, about)
        sealing = Sealing(self._sealer.open_key(upload.marketplace, about, key))
        place = self._vault.new_place(upload.marketplace, now)
        with arriving() as file:
            file.write(sealing.header)
            async for piece, last in pieces(_one(plain), CHUNK):
                file.write(sealing.seal(piece, last=last))
            await self._vault.keep(place, file)
        noted = await self._store.add_part(upload, Part(upload.parts, place, len(plain), key), now + PATIENCE)
        if noted is None:
            await self._vault.drop(place)
            there = await self._store.upload(upload.marketplace, upload.upload_id)
            raise MovedOn(there.received if there is not None else 0)
        return noted

    async def _bytes(self, upload: Upload) -> AsyncIterator[bytes]:
        """All that has arrived, in order."""
        for part in await self._store.parts(upload.marketplace, upload.upload_id):
            key = self._sealer.open_key(upload.marketplace, _about(upload.upload_id, part.number), part.key)
            async for piece in unsealed(self._vault.read(part.place), key):
                yield piece

    async def _forget(self, gone: list[Part]) -> None:
        for part in gone:
            await self._vault.drop(part.place)


async def sweep_uploads(
    store: StoreWithFiles, vault: Vault, now: datetime, stop: asyncio.Event | None = None, batch: int = BATCH
) -> int:
    """Remove uploads whose time is over at `now` (UTC), with what arrived, until `stop` is set; how many.

    One that goes on meanwhile stays. Raises VaultError, StoreLost.
    """
    removed = 0
    while not (stop is not None and stop.is_set()) and (over := await store.uploads_to_sweep(now, batch)):
        for upload in over:
            for part in await store.drop_upload(upload.marketplace, upload.upload_id, now):
                await vault.drop(part.place)
        removed += len(over)
    return removed


def _about(upload_id: str, number: int) -> str:
    """What a part's key is bound to beside its marketplace. No id of a case can look like it: ids have no NUL."""
    return f"upload\0{upload_id}\0{number}"


async def _one(plain: bytes) -> AsyncIterator[bytes]:
    yield plain
