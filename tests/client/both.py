"""One way to call either client, so that every story is told once and played by both."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, Self, cast

import httpx

from mufakat.client import AsyncClient, Client, Retries
from tests.client.luck import Luck

KINDS: Final = ("async", "plain")
LISTS: Final = frozenset({"cases", "events", "statement"})
"""Methods that give one thing after another."""
QUICK: Final = Retries(first=0.001, longest=0.002)
"""Short pauses, for tests that wait for them."""


def connect(kind: str, url: str, token: str = "", *, luck: Luck | None = None, **more: Any) -> AsyncClient:
    """A client of that kind; the plain one acts in threads. `luck`: a transport for either kind."""
    more.setdefault("retries", QUICK)
    client: Any
    if kind == "async":
        client = AsyncClient(url, token, http=httpx.AsyncClient(transport=luck), **more)
    else:
        client = Client(url, token, http=httpx.Client(transport=luck), **more)
    client._owns = True  # nobody else closes it
    return cast("AsyncClient", client if kind == "async" else Threaded(client))


class Threaded:
    """A plain client, called as one for `async` programs is: each call in a thread."""

    def __init__(self, plain: Client) -> None:
        self.plain = plain

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.plain.close()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.plain, name)
        if name == "acting":
            return lambda *given, **named: Threaded(method(*given, **named))

        async def every(*given: Any, **named: Any) -> AsyncIterator[Any]:
            for each in await asyncio.to_thread(lambda: list(method(*given, **named))):
                yield each

        async def once(*given: Any, **named: Any) -> Any:
            got = await asyncio.to_thread(method, *given, **named)
            return Threaded(got) if isinstance(got, Client) else got

        return every if name in LISTS else once
