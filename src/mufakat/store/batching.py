"""Group commit: who comes in the same turn of the event loop, or while statements are under way, shares the next one.

A lone caller is never held back: nobody waits for company, but for what the loop has at hand anyway. Under load that is
much: the answers to one batch wake all their callers in one turn, and these come to their next statement together.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class Batcher(Generic[A, B]):
    """Runs items in batches. `run` answers a batch in order; `apart` keeps items of the same key in different batches.

    At most `lanes` batches run at once, each of at most `most` items. When `run` raises for a batch of several, each
    item runs alone, so one bad item spoils nothing for the others.
    """

    def __init__(
        self,
        run: Callable[[list[A]], Awaitable[list[B]]],
        apart: Callable[[A], Hashable] | None = None,
        lanes: int = 2,
        most: int = 100,
    ) -> None:
        self._run, self._apart, self._lanes, self._most = run, apart, lanes, most
        self._waiting: list[tuple[A, asyncio.Future[B]]] = []
        self._running = 0
        self._called = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, item: A) -> B:
        """The answer to one item; raises what `run` raises for it."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[B] = loop.create_future()
        self._waiting.append((item, answer))
        if self._running < self._lanes and not self._called:
            self._called = True
            loop.call_soon(self._begin)
        return await answer

    def _begin(self) -> None:
        self._called = False
        self._start()

    def _start(self) -> None:
        while self._waiting and self._running < self._lanes:
            batch = self._next()
            self._running += 1
            task = asyncio.create_task(self._go(batch))
            self._tasks.add(task)  # the loop itself holds tasks only weakly
            task.add_done_callback(self._tasks.discard)

    def _next(self) -> list[tuple[A, asyncio.Future[B]]]:
        batch: list[tuple[A, asyncio.Future[B]]] = []
        left: list[tuple[A, asyncio.Future[B]]] = []
        seen: set[Hashable] = set()
        for each in self._waiting:
            key = self._apart(each[0]) if self._apart else id(each)
            if each[1].cancelled():
                continue
            if key in seen or len(batch) == self._most:
                left.append(each)
            else:
                seen.add(key)
                batch.append(each)
        self._waiting = left
        return batch

    async def _go(self, batch: list[tuple[A, asyncio.Future[B]]]) -> None:
        try:
            answers = await self._run([item for item, _ in batch]) if batch else []
            for (_, answer), value in zip(batch, answers, strict=True):
                if not answer.done():
                    answer.set_result(value)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for it
            await self._one_by_one(batch, error)
        finally:
            self._running -= 1
            self._start()

    async def _one_by_one(self, batch: list[tuple[A, asyncio.Future[B]]], error: Exception) -> None:
        if len(batch) == 1 and not batch[0][1].done():
            batch[0][1].set_exception(error)
        for item, answer in batch:
            if answer.done():
                continue
            try:
                answer.set_result((await self._run([item]))[0])
            except Exception as own:  # noqa: BLE001 - handed to whoever waits for it
                answer.set_exception(own)
