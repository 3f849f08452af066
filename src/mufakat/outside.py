"""Requests to addresses that others name: pinned to the address that was checked, bounded, and led nowhere else.

The name is resolved once for a connection, every address of it is checked, and the connection goes to one of the very
addresses that were checked, so that a name cannot lead into this machine's own network between the two. No redirect is
followed, no proxy of the environment is used, and no reply is read beyond its bound.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

import certifi
import httpcore

LONGEST_URL: Final = 2000
"""Characters of an address that others name."""
KEPT: Final = 5.0
"""Seconds for which a connection that nobody uses is kept."""
_ADDRESSES: Final = 3
"""Addresses of one name that can be tried in the time of a request, where none of them answers."""
_SPARE: Final = 0.1
"""Seconds by which a body is given up before the request as a whole."""
_HOST: Final = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}")
_PATH: Final = re.compile(r"[!-~]*")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_OTHERS: Final = tuple(map(ipaddress.ip_network, ("192.88.99.0/24", "::/96", "64:ff9b:1::/48")))
"""What `ipaddress` counts as global and leads by way of some other network, perhaps one's own."""


class OutsideError(Exception):
    """Nothing that can be believed came back; the text is a sentence for people. It may have been acted on."""


class InsideError(OutsideError):
    """The name leads into a network of one's own, so nothing was sent."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, headers by lower-case name. `body`: all of it, or what was asked for of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


_LOST: Final = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
    UnicodeError,
)
"""Every way in which a request can fail on its way."""


class _Pinning(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked. A connection belongs to one name, as its certificate does."""

    def __init__(self, *, private: bool) -> None:
        self._private, self._inner = private, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of a name that can be reached. Raises InsideError."""
        *others, last = await self._resolved(host, port)
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
        return await self._inner.connect_tcp(last, port, timeout, local_address, socket_options)

    async def _resolved(self, host: str, port: int) -> list[str]:
        """The addresses of a name, of which none leads where it may not."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        for address in addresses:
            if not self._private and not is_outside(address):
                raise InsideError(f"{host} leads to {address}, which is inside a network of one's own")
        return addresses


class Outside:
    """Connections to the outside, kept for further requests. The bounds hold for each request.

    private: addresses may be inside this network. timeout: seconds in all. most: bytes of a reply; of a longer one
    nothing is believed, or, where replies are only looked at (`cut`), the first bytes are what one gets.
    """

    def __init__(self, *, private: bool, timeout: float, most: int, at_once: int, cut: bool = False) -> None:
        self._private, self._timeout, self._most, self._cut, self._at_once = private, timeout, most, cut, at_once
        self._opened: httpcore.AsyncConnectionPool | None = None

    @property
    def _pool(self) -> httpcore.AsyncConnectionPool:
        """Made with the first request: reading the authorities that are trusted takes its time."""
        if self._opened is None:
            self._opened = httpcore.AsyncConnectionPool(
                ssl_context=ssl.create_default_context(cafile=certifi.where()),
                max_connections=self._at_once,
                max_keepalive_connections=self._at_once,
                keepalive_expiry=KEPT,
                network_backend=_Pinning(private=self._private),
            )
        return self._opened

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give up the connections."""
        if self._opened is not None:
            await self._opened.aclose()

    async def send(self, method: str, url: SplitResult, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send a request and give the reply, whatever its status. Raises OutsideError."""
        asked = {**headers, "host": url.netloc.rpartition("@")[2], "content-length": str(len(body))}
        waiting = {"timeout": {"connect": self._timeout / _ADDRESSES}}
        try:
            async with (
                asyncio.timeout(self._timeout) as patience,
                self._pool.stream(
                    method, _written(url), headers=list(asked.items()), content=body, extensions=waiting
                ) as response,
            ):
                return await self._read(response, patience.when() or 0.0)
        except TimeoutError as error:
            raise OutsideError(f"no reply within {self._timeout:g} seconds") from error
        except _LOST as error:
            raise OutsideError(f"{type(error).__name__}: {error}") from error

    async def _read(self, response: httpcore.Response, until: float) -> Reply:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        body = bytearray()
        if not self._cut:
            async for part in response.aiter_stream():
                body += part
                if len(body) > self._most:
                    raise OutsideError(f"the reply is longer than {self._most} bytes")
            return Reply(response.status, headers, bytes(body))
        # The status has come, and says it all: a body that stalls or breaks off takes nothing from it.
        with suppress(TimeoutError, *_LOST):
            async with asyncio.timeout_at(until - _SPARE):
                async for part in response.aiter_stream():
                    body += part
                    if len(body) >= self._most:
                        break
        return Reply(response.status, headers, bytes(body[: self._most]))


def _written(url: SplitResult) -> httpcore.URL:
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    host = (url.hostname or "").encode("idna")
    return httpcore.URL(scheme=url.scheme.encode(), host=host, port=url.port, target=target.encode("ascii"))


def is_outside(address: str) -> bool:
    """Whether an address is one of the public internet, whatever form it comes in."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found in _NAT64:
            return is_outside(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_outside(str(inner))
    strange = found.is_multicast or found.is_reserved or found.is_unspecified or found.is_link_local
    return found.is_global and not strange and not any(found in each for each in _OTHERS)


def checked_url(text: str, *, private: bool) -> SplitResult:
    """An address to send to: https, and plain http only within one's own network (`private`).

    Raises ValueError with a sentence for people.
    """
    if len(text) > LONGEST_URL:
        raise ValueError(f"An address has at most {LONGEST_URL} characters.")
    try:
        url = urlsplit(text)
        known, _ = url.hostname or "", url.port
    except ValueError as error:
        raise ValueError("This is no address such as https://shop.example/hooks.") from error
    allowed = ("https", "http") if private else ("https",)
    if url.scheme not in allowed or not _HOST.fullmatch(known) or not _PATH.fullmatch(text):
        raise ValueError(f"Give an address that begins with {' or '.join(f'{each}://' for each in allowed)}.")
    if "@" in url.netloc or "#" in text:
        raise ValueError("Give an address without a name and password, and without a fragment.")
    return url
