"""Deliveries: at least once whatever dies in between, and no customer is paid twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest

from mufakat.core import commands as c
from mufakat.core.order import OutsideRefund
from mufakat.core.refusals import Refusal
from mufakat.core.settlement import Account, balances
from mufakat.engine.deliveries import LEASE, MOST_WAITS
from mufakat.lab.memory import MemoryStore
from mufakat.payments.false import Faults
from mufakat.payments.false_tables import TableBooks
from mufakat.store.postgres import PostgresStore
from tests.core.story import DAY, DELIVERED, SELLER
from tests.store.world import World


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """PostgreSQL, with the false provider's books in its tables."""
    store = await PostgresStore.connect(database_url)
    yield World(store, books=TableBooks(store.pool, "here"))
    await store.close()


class Killed(BaseException):
    """The process died here."""


@pytest.mark.parametrize("step", ["asking", "called", "watched", "reported", "delivered"])
async def test_a_delivery_that_dies_between_steps_is_finished_by_the_next(world: World, step: str) -> None:
    await world.ready(sold=40_000)
    case_id = await world.disputed()
    await world.give(SELLER, c.Concede(), case_id)
    died = 0

    async def die(at: str) -> None:
        nonlocal died
        if at == step and died < 3:
            died += 1
            raise Killed(at)

    dying = world.deliver(die)
    for _ in range(200):
        try:
            await world.deadlines.drain()
            await dying.drain()
        except Killed:
            world.clock.at += LEASE + timedelta(seconds=1)
            continue
        moment = await world.store.next_moment()
        if moment is None or world.clock.at > DELIVERED + 9 * DAY:
            break
        world.clock.at = max(world.clock.at + timedelta(microseconds=1), moment)
    assert died == 3
    row = await world.store.find_case("here", case_id)
    standing = await world.provider.standing(f"{case_id}:1")
    assert row is not None
    assert standing is not None
    assert row.paid == standing.paid == 40_000
    assert balances(await world.store.transfers("here"))[Account.PROVIDER_CLEARING] == 40_000
    keys = [notice.key for notice in await world.store.inbox("here", "SELLER", SELLER.id)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_the_provider_does_nobody_is_paid_twice(seed: int) -> None:
    chance = Random(seed)
    world = World(MemoryStore(), faults=Faults(chance, 0.15, 0.15, 0.15, 0.15, 0.15, 0.1))
    sold = chance.choice((30_000, 100_000, 500_000))
    await world.ready(sold=sold)
    case_id = await world.disputed()
    await world.give(SELLER, c.Concede(), case_id)
    for _ in range(60):
        await world.deadlines.drain()
        await world.deliveries.drain()
        moment = await world.store.next_moment()
        if moment is None:
            break
        world.clock.at = max(world.clock.at + timedelta(microseconds=1), moment)
    world.faults.stop()
    await world.until_quiet()
    row = await world.store.find_case("here", case_id)
    standing = await world.provider.standing(f"{case_id}:1")
    assert row is not None
    assert standing is not None
    assert (row.is_open, row.paid) == (False, standing.paid)
    assert row.paid == min(100_000, sold)
    assert await world.nothing_owed()
    assert await world.store.given_up("here") == []


async def test_a_call_that_never_succeeds_is_given_up_and_can_be_tried_again(world: World) -> None:
    await world.ready(sold=500_000)
    case_id = await world.disputed()
    world.faults.fails = 1.0
    for _ in range(MOST_WAITS + 1):
        await world.deliveries.drain()
        world.clock.at += timedelta(hours=12)
    (given_up,) = await world.store.given_up("here")
    assert (given_up.case_id, given_up.attempts) == (case_id, MOST_WAITS)
    assert "out of order" in given_up.last_error
    world.faults.stop()
    assert await world.store.revive("here", given_up.key, world.clock.at)
    await world.deliveries.drain()
    assert await world.store.given_up("here") == []
    standing = await world.provider.standing(f"{case_id}:1")
    assert standing is not None
    assert standing.held > 0


async def test_a_fact_that_was_not_told_is_told_by_the_delivery_loop(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.ready()
    case_id = await world.opened()

    async def die(*args: object) -> int:
        raise Killed

    monkeypatch.setattr(world.engine, "tell_fact", die)
    with pytest.raises(Killed):
        await world.engine.record_fact("here", "o1", OutsideRefund("b", (1,), 5, world.clock.at))
    monkeypatch.undo()
    await world.deliveries.drain()
    assert not await noted(world, case_id)  # whoever recorded it still has time
    world.clock.at += timedelta(minutes=1)
    await world.deliveries.drain()
    assert await noted(world, case_id)


async def noted(world: World, case_id: str) -> bool:
    """Whether the case knows of a fact."""
    history = await world.store.history("here", "o1", case_id)
    return any(type(each.recorded.event).__name__ == "FactNoted" for each in history)


async def test_where_nothing_is_due_to_the_seller_nothing_is_paid(world: World) -> None:
    await world.ready()
    case_id = await world.disputed()
    assert not isinstance(await world.say(SELLER, c.Concede(), case_id), Refusal)
    await world.until_quiet()
    row = await world.store.find_case("here", case_id)
    assert row is not None
    assert (row.is_open, row.paid) == (False, 0)
