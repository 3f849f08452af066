"""`work`: both loops run until a signal, finish what is in hand, and survive a database that is away for a while."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from mufakat.engine import work as loops
from mufakat.engine.work import repeat, work
from mufakat.store.database import StoreLost
from mufakat.store.postgres import PostgresStore
from tests.core.story import SELLER
from tests.store.world import World


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """PostgreSQL."""
    store = await PostgresStore.connect(database_url)
    yield World(store)
    await store.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_both_loops_run_until_a_signal(world: World, number: signal.Signals) -> None:
    await world.ready(sold=500_000)
    case_id = await world.opened()
    row = await world.store.find_case("here", case_id)
    assert row is not None
    assert row.due is not None
    world.clock.at = row.due
    passes = 0

    async def another() -> int:
        nonlocal passes
        passes += 1
        return 0

    async def ran() -> bool:
        return passes > 1

    running = asyncio.create_task(work(world.deadlines, world.deliveries, beside=[another]))
    await eventually(ran)
    await eventually(lambda: closed(world, case_id))
    await eventually(lambda: world.store.inbox("here", "SELLER", SELLER.id))
    os.kill(os.getpid(), number)
    async with asyncio.timeout(20):
        await running


async def closed(world: World, case_id: str) -> bool:
    """Whether the case is closed."""
    row = await world.store.find_case("here", case_id)
    return row is not None and not row.is_open


async def eventually(check: Callable[[], Awaitable[object]]) -> None:
    """Wait until it is so."""
    for _ in range(1000):
        if await check():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never was so")


async def test_a_failing_pass_is_logged_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loops, "TROUBLE", 0.001)
    stop, tries = asyncio.Event(), 0

    async def run() -> int:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise StoreLost("away")
        stop.set()
        return 0

    await repeat(run, stop)
    assert tries == 3
    assert "a pass failed" in caplog.text
