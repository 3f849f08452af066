"""What the tus protocol asks of a server beside its routes (`routes/uploads.py`), for every client that speaks it.

OPTIONS tells what we can do, without a key. Who may send no PATCH or DELETE sends POST and says what is meant. Each
answer says which version we speak. A piece that comes with a digest counts only when it has it.
"""

import base64
import binascii
import hashlib
import os
import re
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import IO, Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mufakat.evidence.intake import arriving
from mufakat.evidence.stream import CHUNK, Sealing, pieces, unsealed

VERSION: Final = "1.0.0"
EXTENSIONS: Final = ("creation", "creation-with-upload", "expiration", "termination", "checksum")
ALGORITHMS: Final = ("sha1", "sha256")
"""Of the digest of a piece. SHA-1 is what the protocol demands; it guards against accidents only."""
MEANT: Final = frozenset({b"PATCH", b"DELETE", b"HEAD"})

App = Callable[[Any, Any, Any], Awaitable[None]]
Message = MutableMapping[str, Any]

_PLACES: Final = re.compile(r"/v1/(orders/[^/]+/uploads|uploads/[^/]+)")
_RESUMABLE: Final = (b"tus-resumable", VERSION.encode())


def speaking_tus(app: App, most: int) -> App:
    """The application, with what clients of tus expect where uploads are. most: bytes of a file."""
    able = [
        _RESUMABLE,
        (b"tus-version", VERSION.encode()),
        (b"tus-extension", ",".join(EXTENSIONS).encode()),
        (b"tus-max-size", str(most).encode()),
        (b"tus-checksum-algorithm", ",".join(ALGORITHMS).encode()),
    ]

    async def speaking(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not _PLACES.fullmatch(scope["path"]):
            await app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": able})
            await send({"type": "http.response.body", "body": b""})
            return
        meant = dict(scope["headers"]).get(b"x-http-method-override", b"").upper()
        if scope["method"] == "POST" and meant in MEANT:
            scope["method"] = meant.decode()

        async def saying(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [each for each in message.get("headers", ()) if each[0].lower() != _RESUMABLE[0]]
                message["headers"] = [*others, _RESUMABLE]
            await send(message)

        await app(scope, receive, saying)

    return speaking


class NotProven(Exception):  # noqa: N818 - says what the piece is
    """A piece that has not the digest that it came with."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """The digest that a piece should have, and by which of ALGORITHMS."""

    algorithm: str
    digest: bytes

    @classmethod
    def of(cls, header: str) -> "Checksum":
        """What `Upload-Checksum` says: the algorithm and the digest in base64. Raises ValueError with a sentence."""
        algorithm, _, text = header.partition(" ")
        if algorithm not in ALGORITHMS:
            raise ValueError(f"the algorithm is one of {', '.join(ALGORITHMS)}")
        try:
            digest = base64.b64decode(text, validate=True)
        except binascii.Error:
            digest = b""
        if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
            raise ValueError(f"after the algorithm comes a digest of {algorithm} in base64")
        return cls(algorithm, digest)

    async def proven(self, chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """The same bytes, none of them before all have come and are what they should be; raises NotProven.

        They wait encrypted under a key that nobody else has, in memory or a file without a name.
        """
        found, key = hashlib.new(self.algorithm, usedforsecurity=False), AESGCM(os.urandom(32))
        sealing = Sealing(key)
        with arriving() as file:
            file.write(sealing.header)
            async for piece, last in pieces(chunks, CHUNK):
                found.update(piece)
                file.write(sealing.seal(piece, last=last))
            if found.digest() != self.digest:
                raise NotProven
            file.seek(0)
            async for piece in unsealed(_read(file), key):
                yield piece


async def _read(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece
