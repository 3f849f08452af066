"""Looking into a file while it is taken in, keeping what was made of it for others to see, and giving that out.

What others see of a file is made of it once, when it comes: a copy without metadata, a small picture, stills, pages.
Each is kept as the file itself is: sealed under a key of its own, bytes first, row second. What the file says of its
making is kept the same way, for agents only.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import IO, Final

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mufakat.core.parties import Actor
from mufakat.core.refusals import Refusal
from mufakat.engine.ports import Clock
from mufakat.evidence.inspection.inspector import AT_ONCE, Inspected, Inspector, anonymous
from mufakat.evidence.inspection.report import Fingerprint, Made, Private
from mufakat.evidence.intake import arriving
from mufakat.evidence.stream import CHUNK, HEADER, Damaged, Sealing, Span, pieces, unsealed, unsealed_span
from mufakat.evidence.vault import Vault
from mufakat.store.derivatives import FACTS, DerivativeRow
from mufakat.store.files import FileRow
from mufakat.store.seal import Sealer, SealError

READ: Final = 1024 * 1024
"""Bytes read at once."""
JSON: Final = "application/json"
_MAIN: Final = (Made.COPY.value, Made.PAGE.value)
"""What stands for the whole file, best first."""


class Looking:
    """Looks into files, keeps what was made of them in a vault, and gives it out."""

    def __init__(self, vault: Vault, sealer: Sealer, clock: Clock, inspector: Inspector) -> None:
        self._vault, self._sealer, self._clock, self.inspector = vault, sealer, clock, inspector
        self._places = asyncio.Semaphore(AT_ONCE)

    async def look(self, sealed: IO[bytes], key: AESGCM, claimed_type: str) -> Inspected | Refusal:
        """What is in a file that has arrived encrypted; close what it gives.

        It is decrypted into memory only, and only as many files at once as are looked into. Refusals: those of
        `Inspector.inspect`. Raises WorkshopLost.
        """
        async with self._places:
            with anonymous() as plain:
                async for piece in unsealed(_read(sealed), key):
                    await asyncio.to_thread(plain.write, piece)
                plain.flush()
                return await self.inspector.inspect(plain, claimed_type)

    async def keep(self, row: FileRow, seen: Inspected) -> tuple[DerivativeRow, ...]:
        """Keep what was made of a file and what it says of itself; their rows. Raises VaultError."""
        kept = []
        for number, each in enumerate(seen.derivatives, 1):
            sides = (each.width, each.height, _milliseconds(each.at))
            what = (each.made.value, each.type, each.size)
            made = await self._keep(row, number, what, sides, each.file, each.fingerprint)
            kept.append(replace(made, length_ms=_milliseconds(seen.length)) if each.made is Made.COPY else made)
        said = msgspec.json.encode(seen.private)
        with anonymous() as file:
            file.write(said)
            kept.append(await self._keep(row, len(kept) + 1, (FACTS, JSON, len(said)), (0, 0, 0), file, None))
        return tuple(kept)

    async def drop(self, rows: tuple[DerivativeRow, ...]) -> None:
        """Drop the bytes of what is not needed after all. Raises VaultError."""
        for row in rows:
            await self._vault.drop(row.place)

    async def give(self, row: DerivativeRow, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, without, `end`; the first are proven before this returns.

        Raises Damaged, VaultError.
        """
        return await given(
            self._vault, self._key(row), row.place, Span(row.size, start, row.size if end is None else end)
        )

    async def facts(self, rows: list[DerivativeRow]) -> Private | None:
        """What a file says of its making; None where nothing is kept of it. Raises Damaged, VaultError."""
        for row in rows:
            if row.made == FACTS:
                said = b"".join([piece async for piece in await self.give(row)])
                return msgspec.json.decode(said, type=Private)
        return None

    async def _keep(
        self,
        row: FileRow,
        number: int,
        what: tuple[str, str, int],
        sides: tuple[int, int, int],
        file: IO[bytes],
        fingerprint: Fingerprint | None,
    ) -> DerivativeRow:
        about = _about(row.order_id, row.giver, row.digest, number)
        key = self._sealer.new_key(row.marketplace, about)
        sealing = Sealing(self._sealer.open_key(row.marketplace, about, key))
        place = self._vault.new_place(row.marketplace, self._clock.now())
        with arriving() as out:
            out.write(sealing.header)
            async for piece, last in pieces(_read(file), CHUNK):
                out.write(sealing.seal(piece, last=last))
            await self._vault.keep(place, out)
        return DerivativeRow(
            *(row.marketplace, row.order_id, row.giver, row.digest, number),
            *what,
            *sides,
            place=place,
            key=key,
            fingerprint=bytes.fromhex(fingerprint.hash) if fingerprint else b"",
            quality=fingerprint.quality if fingerprint else 0,
        )

    def _key(self, row: DerivativeRow) -> AESGCM:
        about = _about(row.order_id, row.giver, row.digest, row.number)
        try:
            return self._sealer.open_key(row.marketplace, about, row.key)
        except SealError as error:
            raise Damaged(f"The key of what was made of the file {row.digest} does not open.") from error


def visible(rows: list[DerivativeRow]) -> list[DerivativeRow]:
    """What may be seen by everybody who may see the file; none of a forgotten one."""
    return [row for row in rows if row.made != FACTS and row.key.wrapped is not None]


def main_view(rows: list[DerivativeRow]) -> DerivativeRow | None:
    """What stands for the whole file: its copy, of a document the first page."""
    for made in _MAIN:
        for row in rows:
            if row.made == made:
                return row
    return None


async def given(vault: Vault, key: AESGCM, place: str, span: Span) -> AsyncIterator[bytes]:
    """The plain bytes of a part of a sealed file; the first are proven before this returns.

    Raises Damaged, VaultError.
    """
    header = b"".join([piece async for piece in vault.read(place, (0, HEADER))])
    found = unsealed_span(header, vault.read(place, span.sealed), key, span)
    return _chained(await anext(found), found)


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _read(file: IO[bytes]) -> AsyncIterator[bytes]:
    file.seek(0)
    while piece := await asyncio.to_thread(file.read, READ):
        yield piece


def _about(order_id: str, giver: Actor, digest: str, number: int) -> str:
    """What a derivative's key is bound to beside its marketplace. No id of a case can look like it: ids have no NUL."""
    return f"derivative\0{order_id}\0{giver.role.value}\0{giver.id}\0{digest}\0{number}"
