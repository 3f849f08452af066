"""Encryption of a file as a stream: chunks of 64 KiB, each authenticated, with its place and whether it is the last.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar 2015) over AES-256-GCM. The nonce of a chunk is 7 random
bytes of the file, the chunk's number in 4 bytes, and one byte that is 1 for the last chunk only. So chunks that are
missing, repeated, reordered, of another file or added are all noticed, and a file can be read without holding it whole.

    file  = version (1 byte) + nonce prefix (7 bytes) + chunks      the first 8 bytes are authenticated with each chunk
    chunk = AES-GCM(up to 65,536 bytes) + tag (16 bytes)            an empty file is one empty chunk

A key serves one file only.
"""

import os
from collections.abc import AsyncIterable, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK: Final = 64 * 1024
"""Plain bytes of a chunk; the last one may be shorter."""
TAG: Final = 16
VERSION: Final = b"\x01"
PREFIX: Final = 7
HEADER: Final = len(VERSION) + PREFIX


class Damaged(Exception):  # noqa: N818 - says what the file is
    """What is kept is not what was put there, or not under this key; the text is a sentence for people."""


async def pieces(chunks: AsyncIterable[bytes], size: int) -> AsyncIterator[tuple[bytes, bool]]:
    """The same bytes in pieces of exactly `size`, each with whether it is the last; an empty stream is one empty piece.

    The last piece has 1 to `size` bytes. Holds at most one incoming chunk and one piece.
    """
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        while len(held) > size:
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True


class Sealing:
    """Encrypts one file: write `header`, then the chunks in order."""

    def __init__(self, key: AESGCM, chance: Callable[[int], bytes] = os.urandom) -> None:
        self.header = VERSION + chance(PREFIX)
        self._key, self._number = key, 0

    def seal(self, piece: bytes, *, last: bool) -> bytes:
        """The next chunk encrypted. All but the last have CHUNK bytes."""
        self._number += 1
        return self._key.encrypt(_nonce(self.header, self._number, last=last), piece, self.header)


async def unsealed(sealed: AsyncIterable[bytes], key: AESGCM) -> AsyncIterator[bytes]:
    """The plain bytes chunk by chunk, none of them before it is proven; raises Damaged."""
    header, held, number = b"", bytearray(), 1
    async for chunk in sealed:
        held += chunk
        if not header and len(held) >= HEADER:
            header = bytes(held[:HEADER])
            del held[:HEADER]
        while header and len(held) > CHUNK + TAG:
            yield _opened(key, header, number, bytes(held[: CHUNK + TAG]), last=False)
            del held[: CHUNK + TAG]
            number += 1
    if not header.startswith(VERSION):
        raise Damaged("What is kept is no file of this program: it does not begin like one.")
    yield _opened(key, header, number, bytes(held), last=True)


@dataclass(frozen=True, slots=True)
class Span:
    """The chunks of a file that hold its plain bytes from `start` up to, without, `end`; `size`: all of them."""

    size: int
    start: int
    end: int

    @property
    def first(self) -> int:
        """The number of the first chunk, from 0."""
        return self.start // CHUNK

    @property
    def sealed(self) -> tuple[int, int]:
        """Where those chunks lie in the sealed file: from the first number up to, without, the second."""
        last, chunks = (self.end - 1) // CHUNK, -(-self.size // CHUNK)
        until = HEADER + self.size + chunks * TAG if last == chunks - 1 else HEADER + (last + 1) * (CHUNK + TAG)
        return HEADER + self.first * (CHUNK + TAG), until


async def unsealed_span(header: bytes, sealed: AsyncIterable[bytes], key: AESGCM, span: Span) -> AsyncIterator[bytes]:
    """The plain bytes of a span, none of them before its chunk is proven; raises Damaged.

    header: the first HEADER bytes of the sealed file. sealed: its bytes from `span.sealed`.
    """
    if len(header) != HEADER or not header.startswith(VERSION):
        raise Damaged("What is kept is no file of this program: it does not begin like one.")
    number, chunks = span.first, -(-span.size // CHUNK)
    async for piece, _ in pieces(sealed, CHUNK + TAG):
        plain = _opened(key, header, number + 1, piece, last=number == chunks - 1)
        begins = number * CHUNK
        yield plain[max(0, span.start - begins) : span.end - begins]
        number += 1
    if number * CHUNK < span.end:
        raise Damaged("What is kept was cut off.")


def _opened(key: AESGCM, header: bytes, number: int, sealed: bytes, *, last: bool) -> bytes:
    try:
        return key.decrypt(_nonce(header, number, last=last), sealed, header)
    except InvalidTag as error:
        raise Damaged(
            f"What is kept was changed or cut off, or is under another key: chunk {number} does not hold."
        ) from error


def _nonce(header: bytes, number: int, *, last: bool) -> bytes:
    return header[len(VERSION) :] + number.to_bytes(4) + (b"\x01" if last else b"\x00")
