"""Reports by the database: stories whose numbers can be said beforehand; and rows that are noted once, and mended."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, FindingValue, Reason
from mufakat.core.order import OrderLine
from mufakat.core.parties import Actor, Role
from mufakat.core.reported import Figure, Grouping
from mufakat.engine.maintain import Difference
from mufakat.engine.signals.noting import Noting
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Reported
from mufakat.store.reports import FIGURES, ReportWanted
from tests.core.story import CUSTOMER, DAY, DELIVERED, HOUR, SELLER, order
from tests.store import quarrels
from tests.store.world import ASK, World

JAKARTA = "Asia/Jakarta"
OTHER_SELLER = Actor(Role.SELLER, "=toko 2")


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """PostgreSQL with three orders: two of a blender of one seller, one of toys of another."""
    store = await PostgresStore.connect(database_url)
    toys = replace(order(), order_id="o3", seller_id=OTHER_SELLER.id)
    toys = replace(toys, lines=(OrderLine("a", "robot", 2, 70_000, category="toys"), OrderLine("b", "ball", 1, 30_000)))
    made = World(store)
    yield await made.ready(quarrels.sold(), quarrels.sold("o2"), toys, sold=900_000)
    await store.close()


def store_of(world: World) -> PostgresStore:
    assert isinstance(world.store, PostgresStore)
    return world.store


async def noted(world: World) -> None:
    await Noting(store_of(world), world.sealer, world.clock).drain()


async def told(
    world: World, figure: Figure, by: Grouping = Grouping.ALL, seller: str = "", most: int = 20
) -> dict[tuple[str | None, ...], dict[str, int]]:
    """By group and keys, what is not zero."""
    wanted = ReportWanted("here", DELIVERED, DELIVERED + 900 * DAY, figure, by, JAKARTA, seller, most)
    names = [name for name, _ in FIGURES[figure].values]
    lines = await store_of(world).report(wanted)
    return {(x.group, *x.keys): {n: v for n, v in zip(names, x.values, strict=True) if v} for x in lines}


async def test_what_was_opened_and_how_it_ended_by_seller_and_product(world: World) -> None:
    first = (await world.give(CUSTOMER, ASK)).case_id
    both = (ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.WRONG_ITEM))
    await world.give(CUSTOMER, replace(ASK, lines=both), order_id="o3")
    await world.give(CUSTOMER, c.WithdrawRequest(), first)
    assert await told(world, Figure.VOLUMES) == {}, "what is not noted is not told"
    await noted(world)
    assert await told(world, Figure.VOLUMES) == {("",): {"opened": 2, "closed": 1, "lines": 3}}
    assert await told(world, Figure.VOLUMES, Grouping.REASON) == {
        ("DEFECTIVE",): {"opened": 2, "closed": 1, "lines": 2},
        ("WRONG_ITEM",): {"opened": 1, "lines": 1},
    }
    assert await told(world, Figure.VOLUMES, Grouping.PRODUCT, OTHER_SELLER.id) == {
        ("ball",): {"opened": 1, "lines": 1},
        ("robot",): {"opened": 1, "lines": 1},
    }
    assert await told(world, Figure.OUTCOMES, Grouping.CATEGORY) == {("kitchen",): {"ended": 1, "withdrawn": 1}}
    assert await told(world, Figure.OUTCOMES, seller=OTHER_SELLER.id) == {}
    assert await store_of(world).open_cases("here") == 1
    assert await store_of(world).open_cases("here", SELLER.id) == 0


async def test_weeks_are_those_of_the_marketplace(world: World) -> None:
    """Monday, 00:30 in Jakarta, is still Sunday in UTC."""
    world.clock.at = DELIVERED + 6 * DAY + timedelta(hours=13)  # Sunday, 16:00 UTC
    await world.give(CUSTOMER, ASK)
    world.clock.at += timedelta(hours=1, minutes=30)
    await world.give(CUSTOMER, ASK, order_id="o2")
    await noted(world)
    assert list(await told(world, Figure.VOLUMES, Grouping.WEEK)) == [("2026-W45",), ("2026-W46",)]


async def test_groups_beyond_the_most_are_told_together(world: World) -> None:
    for order_id in ("o1", "o2", "o3"):
        await world.give(CUSTOMER, ASK, order_id=order_id)
    await noted(world)
    assert await told(world, Figure.VOLUMES, Grouping.SELLER, most=1) == {
        (SELLER.id,): {"opened": 2, "lines": 2},
        (None,): {"opened": 1, "lines": 1},
    }
    await quarrels.judged(world, await quarrels.disputed(world, "o2"), FindingValue.VALID, order_id="o2")
    await noted(world)
    assert await told(world, Figure.REVERSALS, Grouping.PRODUCT, most=1) == {("blender",): {"judged": 1}}


async def test_who_let_which_clock_run_out(world: World) -> None:
    """S27: silence of the seller grants a cancellation or a request, or not, as the rulebook says."""
    case_id = (await world.give(CUSTOMER, ASK)).case_id
    loaded = await world.store.find_case("here", case_id)
    assert loaded is not None
    assert loaded.due is not None
    world.clock.at = loaded.due
    await world.deadlines.drain()
    await noted(world)
    assert await told(world, Figure.LAPSES) == {("", "seller_review", "SELLER"): {"ran_out": 1}}


async def test_a_judged_refund_tells_of_time_and_money(world: World) -> None:
    """S18, S20: who is judged against and pays nothing is deducted from."""
    case_id = await quarrels.disputed(world)
    await quarrels.judged(world, case_id, FindingValue.VALID)
    await world.until_quiet()
    await noted(world)
    times = (await told(world, Figure.TIMES))[("",)]
    assert times["decided"] == 1
    assert times["decision_median"] == times["decision_p90"] == HOUR.total_seconds()
    assert (await told(world, Figure.OUTCOMES))[("",)] == {"ended": 1, "for_customer": 1}
    money = await told(world, Figure.MONEY, Grouping.SELLER)
    paid = {keys[1]: values["amount"] for keys, values in money.items() if keys[1] in ("REFUND", "DEDUCTION")}
    found = await world.store.find_case("here", case_id)
    assert found is not None
    assert sum(paid.values()) == found.paid > 0
    assert {keys[0] for keys in money} == {SELLER.id}


async def test_two_halves_of_a_period_are_told_apart(world: World) -> None:
    await world.give(CUSTOMER, ASK)
    turn = world.clock.at + HOUR
    world.clock.at += DAY
    for order_id in ("o2", "o3"):
        await world.give(CUSTOMER, ASK, order_id=order_id)
    await noted(world)
    wanted = ReportWanted("here", DELIVERED, DELIVERED + 9 * DAY, Figure.VOLUMES, Grouping.ALL, JAKARTA)
    halves = {each.group: each.values[0] for each in await store_of(world).halves(wanted, turn)}
    assert halves == {"BEFORE": 1, "NOW": 2}


async def test_rows_are_noted_once_and_damage_is_mended(world: World, database_url: str) -> None:
    case_id = (await world.give(CUSTOMER, ASK)).case_id
    await noted(world)
    before = await told(world, Figure.VOLUMES, Grouping.REASON)
    store = store_of(world)
    assert not await store.put_reported(Reported("here", "o1", case_id, 1)), "that far it is noted already"
    hand = await asyncpg.connect(database_url)
    try:
        for damage in ("DELETE FROM reported", "UPDATE reported SET reason = 'OTHER'"):
            await hand.execute(damage)
            assert await world.differences() == [Difference("here", "o1", case_id, "reports")]
            assert await told(world, Figure.VOLUMES, Grouping.REASON) == before
            assert await world.differences() == []
    finally:
        await hand.close()


async def test_a_forgotten_case_still_counts_and_what_comes_later_too(world: World) -> None:
    """House principle 11: the record forgets people, not facts."""
    case_id = (await world.give(CUSTOMER, ASK)).case_id
    await world.give(CUSTOMER, c.WithdrawRequest(), case_id)
    world.clock.at += 90 * DAY
    await world.until_quiet()
    await world.maintenance.forget("here", case_id)
    await noted(world)
    assert await told(world, Figure.VOLUMES) == {("",): {"opened": 1, "closed": 1, "lines": 1}}
    assert (await told(world, Figure.OUTCOMES))[("",)]["withdrawn"] == 1
