"""`mufakat work`: the deadline loop, the delivery loop and others beside them, until a signal; what is in hand is
finished then.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from random import SystemRandom
from typing import Final

from mufakat.engine.deadlines import Deadlines
from mufakat.engine.deliveries import Deliveries

IDLE: Final = 0.5
"""Seconds between passes that found nothing, with jitter, so that several workers do not march in step."""
TROUBLE: Final = 5.0
"""Seconds to wait after a pass that failed as a whole (the database is away)."""

Pass = Callable[[], Awaitable[int]]
"""One pass of a loop: does what there is to do, and says how much that was."""

log: Final = logging.getLogger(__name__)
_chance: Final = SystemRandom()


async def work(
    deadlines: Deadlines, deliveries: Deliveries, stop: asyncio.Event | None = None, beside: Sequence[Pass] = ()
) -> None:
    """Run both loops, and one for each pass `beside`, until SIGTERM or SIGINT, or until `stop` is set.

    What is in hand is finished first.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await loops(deadlines, deliveries, stop, beside)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def loops(deadlines: Deadlines, deliveries: Deliveries, stop: asyncio.Event, beside: Sequence[Pass] = ()) -> None:
    """Run both loops, and one for each pass `beside`, until `stop`. What is in hand is finished first."""
    passes: list[Pass] = [lambda: deadlines.drain(stop), lambda: deliveries.drain(stop), *beside]
    await asyncio.gather(*(repeat(each, stop) for each in passes))


async def repeat(run: Pass, stop: asyncio.Event) -> None:
    """Run again and again until `stop`; an error is logged and tried again later."""
    while not stop.is_set():
        try:
            found, pause = await run(), IDLE
        except Exception:
            log.exception("a pass failed")
            found, pause = 0, TROUBLE
        if not found:
            await _sleep(pause * (0.5 + _chance.random()), stop)


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
