"""Taking a file in and giving it back: checked, hashed and encrypted while it goes by, never whole in memory."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mufakat.core.refusals import Code, Refusal
from mufakat.evidence.kinds import ALLOWED, NotAllowed, Sniffer
from mufakat.evidence.stream import CHUNK, Damaged, Sealing, pieces, unsealed

MIB: Final = 1024 * 1024
MAX_FILE_BYTES: Final = 50 * MIB
"""The largest file, in bytes."""
IN_MEMORY: Final = 1 * MIB
"""Encrypted bytes of an arriving file that are kept in memory; what is larger goes to a temporary file."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What arrived: SHA-256 of the plain bytes (hex), their number, and the media type found in them."""

    digest: str
    size: int
    type: str


def arriving() -> IO[bytes]:
    """Where an arriving file waits, encrypted. Nothing of it is left when it is closed, or its process killed."""
    return SpooledTemporaryFile(IN_MEMORY)


async def take(
    chunks: AsyncIterable[bytes],
    claimed_digest: str,
    sealing: Sealing,
    out: IO[bytes],
    most: int = MAX_FILE_BYTES,
) -> Taken | Refusal:
    """Read a file to its end into `out`, encrypted, or refuse it as soon as it is certain.

    claimed_digest: SHA-256 in hex, or empty for none. most: bytes. What was written to `out` before a refusal is of
    no use. Refusals: FILE_EMPTY, FILE_TOO_LARGE, FILE_TYPE_NOT_ALLOWED, FILE_NOT_AS_CLAIMED.
    """
    digest, sniffer, size = hashlib.sha256(), Sniffer(), 0
    out.write(sealing.header)
    try:
        async for piece, last in pieces(_bounded(chunks, most), CHUNK):
            size += len(piece)
            sniffer.feed(piece)
            digest.update(piece)
            out.write(sealing.seal(piece, last=last))
        if not size:
            return Refusal(Code.FILE_EMPTY)
        kind = sniffer.end()
    except _TooLarge:
        return Refusal(Code.FILE_TOO_LARGE, (("limit", str(most)), ("megabytes", megabytes(most))))
    except NotAllowed:
        return Refusal(Code.FILE_TYPE_NOT_ALLOWED, (("allowed", ALLOWED),))
    found = digest.hexdigest()
    if claimed_digest and claimed_digest.lower() != found:
        return Refusal(Code.FILE_NOT_AS_CLAIMED, (("claimed", claimed_digest), ("found", found)))
    return Taken(found, size, kind)


async def give(sealed: AsyncIterable[bytes], key: AESGCM, digest: str) -> AsyncIterator[bytes]:
    """The plain bytes of a kept file; raises Damaged, before the last piece at the latest, when it is another one."""
    found, held = hashlib.sha256(), b""
    async for piece in unsealed(sealed, key):
        if held:
            yield held
        found.update(piece)
        held = piece
    if found.hexdigest() != digest:
        raise Damaged(f"What is kept is whole, and is not the file {digest}.")
    yield held


def megabytes(size: int) -> str:
    """A limit in bytes as people read it, in units of 1,048,576 bytes."""
    return f"{size / MIB:.3g}"


class _TooLarge(Exception):  # noqa: N818 - unwinds the stream; never leaves this module
    """More bytes than allowed have arrived."""


async def _bounded(chunks: AsyncIterable[bytes], most: int) -> AsyncIterator[bytes]:
    """The chunks, until there are too many bytes; raises _TooLarge before that chunk is looked at."""
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise _TooLarge
        yield chunk
