"""The line to a marketplace's finance service: signed requests out, verified replies back, and nowhere else.

Requests go out as `outside.py` sends them, pinned and bounded, and a reply whose signature is not right is no reply.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from mufakat.outside import Outside, OutsideError
from mufakat.payments import protocol, signing

TIMEOUT: Final = 15.0
"""Seconds that one request may take in all."""
MOST_REPLY: Final = 64 * 1024
"""Bytes of a reply."""
MOST_AT_ONCE: Final = 32


class NoReplyError(Exception):
    """Nothing that can be believed came back: the request may have been acted on all the same."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with the right signature."""

    status: int
    body: bytes


class Line:
    """One service, for all marketplaces. `private`: it may be inside this network and speak plain HTTP."""

    def __init__(self, url: str, secret: bytes, *, private: bool = False, timeout: float = TIMEOUT) -> None:
        self._url, self._secret = urlsplit(url.rstrip("/")), secret
        self._outside = Outside(private=private, timeout=timeout, most=MOST_REPLY, at_once=MOST_AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give up its connections."""
        await self._outside.close()

    async def ask(self, marketplace: str, method: str, path: str, body: bytes = b"") -> Reply:
        """Send a request about a marketplace and give the reply. Raises NoReplyError."""
        target = self._url.path + path
        signed = signing.Signed(method, target, marketplace, int(time.time()), secrets.token_hex(16), body)
        headers = {
            "content-type": "application/json",
            protocol.MARKETPLACE: signed.marketplace,
            protocol.AT: str(signed.at),
            protocol.NONCE: signed.nonce,
            protocol.SIGNATURE: signing.of_request(self._secret, signed),
        }
        try:
            reply = await self._outside.send(method, self._url._replace(path=target), headers, body)
        except OutsideError as error:
            raise NoReplyError(str(error)) from error
        return self._verified(signed.nonce, reply.status, reply.headers, reply.body)

    def _verified(self, nonce: str, status: int, headers: Mapping[str, str], body: bytes) -> Reply:
        right = signing.of_reply(self._secret, nonce, status, body)
        if not signing.same(right, headers.get(protocol.SIGNATURE, "")):
            raise NoReplyError(f"the reply ({status}) is not signed as it should be")
        return Reply(status, body)
