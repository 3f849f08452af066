"""Cursors of lists: where a page ended, signed, so that nobody can make one up or use it on another list."""

import base64
import binascii
import hmac
from typing import Any, Final

import msgspec

MAC_BYTES: Final = 16
MAX_CURSOR: Final = 1000
"""Characters of a cursor."""


class CursorError(ValueError):
    """A cursor that we did not give for this list."""


class Cursors:
    """Makes and reads cursors under one key. `about` is whose list it is, with its filters."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, about: tuple[Any, ...], last: list[str]) -> str:
        """The cursor of the page after `last`."""
        body = msgspec.json.encode(last)
        return base64.urlsafe_b64encode(self._mac(about, body) + body).decode().rstrip("=")

    def read(self, about: tuple[Any, ...], cursor: str) -> list[str]:
        """Where the page before ended; raises CursorError."""
        if len(cursor) > MAX_CURSOR:
            raise CursorError("this cursor is too long")
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise CursorError("this is no cursor") from error
        mac, body = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(about, body)):
            raise CursorError("this cursor is of another list, or was changed")
        return msgspec.json.decode(body, type=list[str])

    def _mac(self, about: tuple[Any, ...], body: bytes) -> bytes:
        return hmac.digest(self._key, msgspec.json.encode(about) + b"\0" + body, "sha256")[:MAC_BYTES]
