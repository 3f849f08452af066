"""`mufakat work`: the deadline loop and the delivery loop, until a signal, then finishing what is in hand."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from random import SystemRandom
from typing import Final

from mufakat.engine.deadlines import Deadlines
from mufakat.engine.deliveries import Deliveries

IDLE: Final = 0.5
"""Seconds between passes that found nothing, with jitter, so that several workers do not march in step."""
TROUBLE: Final = 5.0
"""Seconds to wait after a pass that failed as a whole (the database is away)."""

log: Final = logging.getLogger(__name__)
_chance: Final = SystemRandom()


async def work(deadlines: Deadlines, deliveries: Deliveries, stop: asyncio.Event | None = None) -> None:
    """Run both loops until SIGTERM or SIGINT, or until `stop` is set. What is in hand is finished first."""
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await loops(deadlines, deliveries, stop)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def loops(deadlines: Deadlines, deliveries: Deliveries, stop: asyncio.Event) -> None:
    """Run both loops until `stop`. What is in hand is finished first."""
    await asyncio.gather(
        repeat(lambda: deadlines.drain(stop), stop),
        repeat(lambda: deliveries.drain(stop), stop),
    )


async def repeat(run: Callable[[], Awaitable[int]], stop: asyncio.Event) -> None:
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
