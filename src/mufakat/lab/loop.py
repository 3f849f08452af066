"""An event loop that does not wait: who sleeps is woken at once, in the order of their moments.

A simulated world on it runs as fast as it can compute and, having no real time in it, always in the same order.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import TypeVar

T = TypeVar("T")


class _Impatient(selectors.SelectSelector):
    """A selector that adds a wait to the loop's clock instead of waiting."""

    skip: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; blocks only while nothing at all is planned."""
        if timeout is not None and timeout > 0:
            self.skip(timeout)
            timeout = 0
        return super().select(timeout)


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop of a world without real time."""

    def __init__(self) -> None:
        self._virtual = 0.0
        selector = _Impatient()
        selector.skip = self._skip
        super().__init__(selector)

    def time(self) -> float:
        """Seconds since the loop began, none of them real."""
        return self._virtual

    def _skip(self, seconds: float) -> None:
        self._virtual += seconds


def run_virtually(work: Coroutine[None, None, T]) -> T:
    """Run a coroutine to its end on a loop that does not wait."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
