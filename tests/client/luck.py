"""Bad luck on the way: a transport for both kinds of clients that loses answers, refuses, and answers for others."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

PASS: Final = "pass"
"""The request goes through, and so does its answer."""
LOST: Final = "lost"
"""The server acts, and its answer is lost."""
CUT: Final = "cut"
"""The server acts, and the connection breaks before its answer has come."""
DEAF: Final = "deaf"
"""No connection: nothing was sent."""

Fate = str | httpx.Response | Exception


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    """A refusal as the server sends it."""
    body = {"type": f"/problems/{code}", "title": code, "status": status, "detail": "So it is.", "code": code}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers={"content-type": "application/problem+json", **named})


def page(status: int, text: str = "<html>Not here</html>", **headers: str) -> httpx.Response:
    """What a proxy answers by itself."""
    return httpx.Response(status, text=text, headers={"content-type": "text/html", **headers})


@dataclass
class Luck(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Deals each request the next fate; after the last, all go through. `seen`: every request that was tried."""

    fates: Iterable[Fate] = ()
    change: Callable[[Any], Any] | None = None
    seen: list[httpx.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = iter(self.fates)
        self._plain, self._async = httpx.HTTPTransport(), httpx.AsyncHTTPTransport()
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """What happens to a plain request."""
        fate = self._next(request)
        if isinstance(fate, httpx.Response):
            return fate
        got = self._plain.handle_request(request)
        got.read()
        return self._then(fate, got, request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """What happens to a request of an `async` program."""
        fate = self._next(request)
        if isinstance(fate, httpx.Response):
            return fate
        got = await self._async.handle_async_request(request)
        await got.aread()
        return self._then(fate, got, request)

    def close(self) -> None:
        """Close the connections of plain requests."""
        self._plain.close()

    async def aclose(self) -> None:
        """Close the connections of `async` programs."""
        await self._async.aclose()

    def _next(self, request: httpx.Request) -> Fate:
        with self._lock:
            self.seen.append(request)
            fate = next(self._left, PASS)
        if isinstance(fate, Exception):
            raise fate
        if fate == DEAF:
            raise httpx.ConnectError("nobody listens", request=request)
        if isinstance(fate, httpx.Response):  # each client gets one of its own
            return httpx.Response(fate.status_code, headers=fate.headers, content=fate.content)
        return fate

    def _then(self, fate: Fate, got: httpx.Response, request: httpx.Request) -> httpx.Response:
        if fate == LOST:
            raise httpx.ReadTimeout("no answer in time", request=request)
        if fate == CUT:
            raise httpx.RemoteProtocolError("the server hung up", request=request)
        if self.change is None:
            return got
        return httpx.Response(
            got.status_code, json=self.change(got.json()), headers={"etag": got.headers.get("etag", "")}
        )
