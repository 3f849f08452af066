"""Several pieces of work at once, all of them finished before anybody goes on."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


async def together(works: list[Coroutine[None, None, T]], at_once: int) -> list[T]:
    """The results in order, `at_once` under way at a time; raises the first error, after all have ended."""
    gate = asyncio.Semaphore(at_once)

    async def one(work: Coroutine[None, None, T]) -> T:
        async with gate:
            return await work

    ends = await asyncio.gather(*(one(work) for work in works), return_exceptions=True)
    results: list[T] = []
    for end in ends:
        if isinstance(end, BaseException):
            raise end
        results.append(end)
    return results
