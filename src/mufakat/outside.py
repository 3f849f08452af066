"""Requests to addresses that others name: pinned to the address that was checked, bounded, and led nowhere else.

The name is resolved before every request, every address of it is checked, and the connection goes to one of the very
addresses that were checked, so that a name cannot lead into this machine's own network between the two. No redirect is
followed, no proxy of the environment is used, and no reply is read beyond its bound.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

import httpx

LONGEST_URL: Final = 2000
"""Characters of an address that others name."""
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
    """What came back. `body`: all of it, or what was asked for of it."""

    status: int
    headers: httpx.Headers
    body: bytes


class Outside:
    """Connections to the outside, kept for further requests. The bounds hold for each request.

    private: addresses may be inside this network. timeout: seconds in all. most: bytes of a reply; of a longer one
    nothing is believed, or, where replies are only looked at (`cut`), the first bytes are what one gets.
    """

    def __init__(self, *, private: bool, timeout: float, most: int, at_once: int, cut: bool = False) -> None:
        self._private, self._timeout, self._most, self._cut = private, timeout, most, cut
        self._http = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=timeout,
            limits=httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give up the connections."""
        await self._http.aclose()

    async def send(self, method: str, url: SplitResult, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send a request and give the reply, whatever its status. Raises OutsideError."""
        try:
            async with asyncio.timeout(self._timeout) as patience:
                response = await self._answered(method, url, headers, body)
                try:
                    return await self._read(response, patience.when() or 0.0)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise OutsideError(f"no reply within {self._timeout:g} seconds") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise OutsideError(f"{type(error).__name__}: {error}") from error

    async def _answered(self, method: str, url: SplitResult, headers: Mapping[str, str], body: bytes) -> httpx.Response:
        """The head of the reply from the first of its addresses that can be reached."""
        host = url.hostname or ""
        port = url.port or (443 if url.scheme == "https" else 80)
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        *others, last = await self._resolved(host, port)
        for address in (*others, last):
            shown = f"[{address}]" if ":" in address else address
            request = self._http.build_request(
                method,
                f"{url.scheme}://{shown}:{port}{target}",
                headers={**headers, "host": url.netloc.rpartition("@")[2]},
                content=body,
                extensions={"sni_hostname": host, "timeout": httpx.Timeout(self._timeout).as_dict()},
            )
            try:
                return await self._http.send(request, stream=True)
            except httpx.ConnectError:  # nothing was sent
                if address == last:
                    raise
        raise AssertionError("unreachable: the last address answers or raises")

    async def _resolved(self, host: str, port: int) -> list[str]:
        """The addresses to connect to. Raises InsideError where one of them leads where it may not."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        for address in addresses:
            if not self._private and not is_outside(address):
                raise InsideError(f"{host} leads to {address}, which is inside a network of one's own")
        return addresses

    async def _read(self, response: httpx.Response, until: float) -> Reply:
        body = bytearray()
        if not self._cut:
            async for part in response.aiter_raw():
                body += part
                if len(body) > self._most:
                    raise OutsideError(f"the reply is longer than {self._most} bytes")
            return Reply(response.status_code, response.headers, bytes(body))
        # The status has come, and says it all: a body that stalls or breaks off takes nothing from it.
        with suppress(TimeoutError, httpx.HTTPError):
            async with asyncio.timeout_at(until - 0.1):
                async for part in response.aiter_raw():
                    body += part
                    if len(body) >= self._most:
                        break
        return Reply(response.status_code, response.headers, bytes(body[: self._most]))


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
