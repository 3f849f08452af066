"""The line to a marketplace's finance service: signed requests out, verified replies back, and nowhere else.

The address is resolved before every request, checked, and the connection goes to the very address that was checked, so
that a name cannot lead into this machine's own network between the two. No redirect is followed, no proxy of the
environment is used, no reply is read beyond its bound, and a reply whose signature is not right is no reply.
"""

import asyncio
import ipaddress
import secrets
import socket
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import httpx

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
        self._url, self._secret, self._private, self._timeout = urlsplit(url.rstrip("/")), secret, private, timeout
        self._http = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=timeout,
            limits=httpx.Limits(max_connections=MOST_AT_ONCE, max_keepalive_connections=MOST_AT_ONCE),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give up its connections."""
        await self._http.aclose()

    async def ask(self, marketplace: str, method: str, path: str, body: bytes = b"") -> Reply:
        """Send a request about a marketplace and give the reply. Raises NoReplyError."""
        target = self._url.path + path
        signed = signing.Signed(method, target, marketplace, int(time.time()), secrets.token_hex(16), body)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._sent(signed)
        except TimeoutError as error:
            raise NoReplyError(f"no reply within {self._timeout:g} seconds") from error
        except (httpx.HTTPError, OSError) as error:
            raise NoReplyError(f"{type(error).__name__}: {error}") from error

    async def _sent(self, signed: signing.Signed) -> Reply:
        host = self._url.hostname or ""
        port = self._url.port or (443 if self._url.scheme == "https" else 80)
        address = await self._resolved(host, port)
        shown = f"[{address}]" if ":" in address else address
        headers = {
            "host": self._url.netloc.rpartition("@")[2],
            "content-type": "application/json",
            protocol.MARKETPLACE: signed.marketplace,
            protocol.AT: str(signed.at),
            protocol.NONCE: signed.nonce,
            protocol.SIGNATURE: signing.of_request(self._secret, signed),
        }
        request = self._http.build_request(
            signed.method,
            f"{self._url.scheme}://{shown}:{port}{signed.target}",
            headers=headers,
            content=signed.body,
            extensions={"sni_hostname": host},
        )
        response = await self._http.send(request, stream=True)
        try:
            return self._verified(signed.nonce, response.status_code, response.headers, await _bounded(response))
        finally:
            await response.aclose()

    def _verified(self, nonce: str, status: int, headers: httpx.Headers, body: bytes) -> Reply:
        right = signing.of_reply(self._secret, nonce, status, body)
        if not signing.same(right, headers.get(protocol.SIGNATURE, "")):
            raise NoReplyError(f"the reply ({status}) is not signed as it should be")
        return Reply(status, body)

    async def _resolved(self, host: str, port: int) -> str:
        """The address to connect to. Raises NoReplyError where the name leads into a network that is not allowed."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        for address in addresses:
            if not self._private and not ipaddress.ip_address(address.partition("%")[0]).is_global:
                raise NoReplyError(f"{host} leads to {address}, which is inside a network of one's own")
        return addresses[0]


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > MOST_REPLY:
            raise NoReplyError(f"the reply is longer than {MOST_REPLY} bytes")
    return bytes(body)
