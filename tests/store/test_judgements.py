"""What becomes of judgements, counted by the database: stories whose numbers can be said beforehand."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from mufakat.core import commands as c
from mufakat.core.claim import FindingValue, Forum
from mufakat.core.judged import By, Step
from mufakat.engine.maintain import Difference
from mufakat.store.judgements import Period
from mufakat.store.postgres import PostgresStore
from tests.core.story import AGENT, DELIVERED, HOUR, SECOND_AGENT, SELLER
from tests.store import quarrels
from tests.store.world import World

VALID, WORTHLESS = FindingValue.VALID, FindingValue.INSUFFICIENT
EVER = Period("here", DELIVERED, DELIVERED + timedelta(days=900))


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """PostgreSQL with two orders of blenders, of different categories."""
    store = await PostgresStore.connect(database_url)
    orders = (quarrels.sold(), quarrels.sold("o2", "toys"))
    yield await World(store).ready(*orders, sold=900_000)
    await store.close()


def store_of(world: World) -> PostgresStore:
    assert isinstance(world.store, PostgresStore)
    return world.store


async def fates(world: World, by: By = By.ALL, period: Period = EVER) -> dict[str, dict[str, Any]]:
    """By group, what is not zero."""
    found = await store_of(world).fates(period, by)
    return {each.group: {k: v for k, v in asdict(each).items() if v and k != "group"} for each in found}


async def appealed(world: World, case_id: str) -> None:
    await world.give(SELLER, c.Appeal(text="it was used"), case_id)
    await quarrels.complete(world, case_id)


async def test_what_nobody_disagrees_with_was_not_looked_at_again(world: World) -> None:
    await quarrels.judged(world, await quarrels.disputed(world), VALID)
    assert await fates(world) == {"": {"judged": 1}}
    assert await fates(world, By.RULE) == {"S15": {"judged": 1}}
    assert await fates(world, By.AGENT) == {AGENT.id: {"judged": 1}}
    assert await fates(world, By.CATEGORY) == {"kitchen": {"judged": 1}}
    assert await fates(world, By.REASON) == {"DEFECTIVE": {"judged": 1}}


async def test_an_appeal_upholds_or_reverses(world: World) -> None:
    """Reading 4."""
    upheld = await quarrels.disputed(world)
    await quarrels.judged(world, upheld, VALID)
    await appealed(world, upheld)
    await world.give(SECOND_AGENT, c.DecideAppeal(), upheld)
    assert await fates(world, By.AGENT) == {
        AGENT.id: {"judged": 1, "looked": 1, "upheld": 1},
        SECOND_AGENT.id: {"judged": 1},
    }
    reversed_ = await quarrels.disputed(world, "o2")
    await quarrels.judged(world, reversed_, VALID, order_id="o2")
    await world.give(SELLER, c.Appeal(text="it was used"), reversed_, order_id="o2")
    await quarrels.complete(world, reversed_, "o2")
    await quarrels.find(world, reversed_, WORTHLESS, SECOND_AGENT, "o2")
    await world.give(SECOND_AGENT, c.DecideAppeal(), reversed_, order_id="o2")
    assert await fates(world, By.CATEGORY) == {
        "kitchen": {"judged": 2, "looked": 1, "upheld": 1},
        "toys": {"judged": 2, "looked": 1, "reversed": 1, "by_appeal": 1},
    }
    found = {each.group: each.rate for each in await store_of(world).fates(EVER, By.RULE)}
    assert found == {"S15": round(1 / 3, 4), "S17": 0.0}


async def test_a_judgement_that_is_sent_back_and_made_anew(world: World) -> None:
    case_id = await quarrels.disputed(world)
    await quarrels.judged(world, case_id, VALID)
    await appealed(world, case_id)
    await world.give(SECOND_AGENT, c.SendBack(text="look at the film"), case_id)
    assert await fates(world) == {"": {"judged": 1, "sent_back": 1}}
    await quarrels.judged(world, case_id, WORTHLESS, SECOND_AGENT)
    whole = {"judged": 2, "looked": 1, "reversed": 1, "anew": 1, "sent_back": 1}
    assert await fates(world) == {"": whole}


async def test_the_second_dispute_reverses_the_first_judgement(world: World) -> None:
    """S11, S12."""
    case_id = await quarrels.disputed(world)
    await quarrels.judged(world, case_id, WORTHLESS)
    await quarrels.raised(world, case_id)
    await quarrels.judged(world, case_id, VALID, SECOND_AGENT)
    assert await fates(world, By.AGENT) == {
        AGENT.id: {"judged": 1, "looked": 1, "reversed": 1, "by_dispute": 1},
        SECOND_AGENT.id: {"judged": 1},
    }


@pytest.mark.parametrize("amount", [0, 50_000])
async def test_what_a_court_orders_counts_as_a_second_look(world: World, amount: int) -> None:
    """S14."""
    case_id = await quarrels.disputed(world)
    await quarrels.judged(world, case_id, VALID)
    declared = c.DeclareProcess(Forum.COURT, world.clock.at.date(), reference="12/2026")
    await world.give(SELLER, declared, case_id)
    await world.give(AGENT, c.RecordOrder(amount, reference="12/2026"), case_id)
    what = "changed" if amount else "reversed"
    assert await fates(world) == {"": {"judged": 1, "looked": 1, what: 1, "by_court": 1}}


async def test_a_period_has_what_was_judged_in_it_whatever_came_later(world: World) -> None:
    case_id = await quarrels.disputed(world)
    await quarrels.judged(world, case_id, WORTHLESS)
    moment = world.clock.at
    await quarrels.raised(world, case_id)
    await quarrels.judged(world, case_id, VALID, SECOND_AGENT)
    first = {"judged": 1, "looked": 1, "reversed": 1, "by_dispute": 1}
    assert await fates(world, period=Period("here", moment, moment + timedelta(seconds=1))) == {"": first}
    assert await fates(world, period=Period("here", DELIVERED, moment)) == {}
    assert await fates(world, period=Period("there", DELIVERED, DELIVERED + timedelta(days=900))) == {}


async def test_times_run_from_the_dispute_and_from_the_appeal(world: World) -> None:
    case_id = await quarrels.disputed(world)
    world.clock.at += HOUR
    await quarrels.judged(world, case_id, VALID)
    await appealed(world, case_id)
    await world.give(SECOND_AGENT, c.DecideAppeal(), case_id)
    other = await quarrels.disputed(world, "o2")
    await quarrels.judged(world, other, VALID, order_id="o2")
    found = {each.step: each for each in await store_of(world).times(EVER)}
    judged, appeal = found[Step.JUDGED], found[Step.APPEAL]
    assert (judged.judged, judged.timed, judged.automatic) == (2, 2, 0)
    assert judged.median == pytest.approx(1.5 * 3600)
    assert judged.p90 == pytest.approx(1.9 * 3600)
    assert (appeal.judged, appeal.median, appeal.p90) == (1, 3600.0, 3600.0)


async def test_rows_that_are_lost_or_of_another_program_are_made_again(world: World, database_url: str) -> None:
    case_id = await quarrels.disputed(world)
    await quarrels.judged(world, case_id, VALID)
    before = await fates(world, By.REASON)
    hand = await asyncpg.connect(database_url)
    try:
        for damage in ("DELETE FROM judgements", "UPDATE judgements SET decision = 'FOR_SELLER', rule = 'S16'"):
            await hand.execute(damage)
            assert await world.differences() == [Difference("here", "o1", case_id, "judgements")]
            assert await fates(world, By.REASON) == before
            assert await world.differences() == []
    finally:
        await hand.close()
