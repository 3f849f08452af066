"""Reconciliation: each way in which cases and the provider's books drift apart is mended or told, and nothing else."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from mufakat.core import commands as c
from mufakat.core.case import Matter
from mufakat.core.effects import Effect, EffectKind
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.drifts import (
    ADJUSTED_OTHERWISE,
    HELD_OTHERWISE,
    NOT_COLLECTING,
    NOT_KNOWN,
    PAID_LESS,
    PAID_UNASKED,
    PAID_UNHEARD,
    STILL_COLLECTING,
    Ours,
    differences,
)
from mufakat.engine.reconciling import GIVEN_UP, LEDGER, Reconciling, moment
from mufakat.payments.account import Account, Debt
from mufakat.payments.false import EVERYTHING, MemoryBooks
from mufakat.payments.provider import Owed, Reason, Standing, Verb
from mufakat.store.postgres import PostgresStore
from mufakat.store.reconciliations import DriftState, Reconciliation
from mufakat.store.records import Told
from tests.core.story import AGENT, CUSTOMER, SELLER, order
from tests.engine.test_paying import Only, Scripted, rejected
from tests.store.world import HERE, World

REPAIRED, TO_REPAIR, FOUND = DriftState.REPAIRED, DriftState.TO_REPAIR, DriftState.FOUND
WHOLE = 100_000


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[PostgresStore]:
    opened = await PostgresStore.connect(database_url)
    yield opened
    await opened.close()


class Desk:
    """A case whose money is at the false provider, and the reconciliation beside it."""

    def __init__(self, world: World, store: PostgresStore, case_id: str) -> None:
        self.world, self.store, self.case_id = world, store, case_id
        self.reconciling = Reconciling(world.engine, store, Only(world.provider))

    @property
    def name(self) -> str:
        return f"{self.case_id}:1"

    @property
    def account(self) -> Account:
        assert isinstance(self.world.books, MemoryBooks)
        return self.world.books.accounts[SELLER.id, "IDR"]

    @property
    def debt(self) -> Debt:
        """What the provider's books say of the case."""
        return self.account.debts[self.name]

    async def run(self, *, dry_run: bool = False) -> list[tuple[str, DriftState]]:
        """What a run finds, some time after the last one."""
        self.world.clock.at += timedelta(minutes=1)
        return seen(await self.reconciling.reconcile(HERE, dry_run=dry_run))

    async def paid(self) -> int:
        row = await self.store.find_case("here", self.case_id)
        assert row is not None
        return row.paid

    async def mends(self, code: str) -> None:
        """A run without changes says so and changes nothing; one that may mends it; then there is nothing left."""
        before = await self._everything()
        assert await self.run(dry_run=True) == [(code, TO_REPAIR)]
        assert await self._everything() == before
        assert await self.run() == [(code, REPAIRED)]
        assert await self.run() == []

    async def _everything(self) -> tuple[object, ...]:
        events = await self.store.events("here", "o1", self.case_id)
        return repr(self.account), len(events), await self.store.reconciliations("here")

    async def tells(self, code: str) -> None:
        """A run tells of it and changes nothing, again and again."""
        before = repr(self.account)
        assert await self.run() == await self.run() == [(code, FOUND)]
        assert repr(self.account) == before


def seen(run: Reconciliation) -> list[tuple[str, DriftState]]:
    return [(each.code, each.state) for each in run.drifts]


async def disputed(store: PostgresStore, sold: int = 500_000) -> Desk:
    """A dispute is open: the seller's money is held."""
    world = await World(store).ready(sold=sold)
    desk = Desk(world, store, await world.disputed())
    await world.deliveries.drain()
    assert desk.debt.held == WHOLE
    assert await desk.run() == []
    return desk


async def conceded(store: PostgresStore, sold: int = 500_000) -> Desk:
    """The seller gave in: the refund is paid as far as there is money."""
    lines = tuple(replace(line, commission=line.unit_price * line.quantity // 10) for line in order().lines)
    world = await World(store).ready(replace(order(), lines=lines), sold=sold)
    desk = Desk(world, store, await world.disputed())
    await world.give(SELLER, c.Concede(), desk.case_id)
    await world.deliveries.drain()
    assert await desk.run() == []
    return desk


async def collected(store: PostgresStore) -> Desk:
    """The seller has nothing: the provider collects."""
    desk = await conceded(store, sold=0)
    for _ in range(8):
        desk.world.clock.at += timedelta(days=1)
        await desk.world.deadlines.drain()
        await desk.world.deliveries.drain()
    assert desk.debt.collecting
    assert await desk.run() == []
    return desk


async def test_a_payment_that_nobody_told_us_of_is_reported(store: PostgresStore) -> None:
    desk = await collected(store)
    await desk.world.provider.expect(SELLER.id, "IDR", "later", WHOLE, desk.world.clock.at + timedelta(days=9))
    assert (desk.debt.paid, await desk.paid()) == (WHOLE, 0)  # no webhook came, and no look
    await desk.mends(PAID_UNHEARD)
    assert await desk.paid() == WHOLE
    assert await desk.world.nothing_owed()


async def test_a_hold_that_was_lost_is_placed_again(store: PostgresStore) -> None:
    desk = await disputed(store)
    desk.debt.held = 0
    await desk.mends(HELD_OTHERWISE)
    assert desk.debt.held == WHOLE


async def test_a_hold_of_another_amount_is_put_right(store: PostgresStore) -> None:
    desk = await disputed(store)
    desk.debt.held = 3 * WHOLE
    await desk.mends(HELD_OTHERWISE)
    assert desk.debt.held == WHOLE


async def test_a_provider_that_forgot_a_hold_and_all_about_it_is_told_anew(store: PostgresStore) -> None:
    desk = await disputed(store)
    del desk.account.debts[desk.name]
    await desk.mends(HELD_OTHERWISE)
    assert desk.debt.held == WHOLE


async def test_a_release_that_was_lost_is_told_again_and_an_old_hold_cannot_follow(store: PostgresStore) -> None:
    desk = await disputed(store)
    early = Owed(desk.name, SELLER.id, "ani", "IDR", WHOLE, sequence=desk.debt.held_by)
    await desk.world.give(CUSTOMER, c.WithdrawDispute(), desk.case_id)
    await desk.world.deliveries.drain()
    assert (desk.debt.held, await desk.run()) == (0, [])
    desk.debt.held = WHOLE
    await desk.mends(HELD_OTHERWISE)
    await desk.world.provider.call(Verb.HOLD, "early", early)
    assert desk.debt.held == 0


async def test_a_collection_that_stopped_by_itself_goes_on(store: PostgresStore) -> None:
    desk = await collected(store)
    desk.debt.collecting = 0
    await desk.mends(NOT_COLLECTING)
    assert desk.debt.collecting


async def test_a_collection_that_was_cancelled_and_goes_on_is_cancelled_again(store: PostgresStore) -> None:
    desk = await collected(store)
    await desk.world.give(AGENT, c.SuspendExecution(reference="PN 12/2026"), desk.case_id)
    await desk.world.deliveries.drain()
    assert await desk.run() == []
    desk.debt.collecting = 1
    await desk.mends(STILL_COLLECTING)
    assert not desk.debt.collecting


async def test_a_payment_that_the_provider_lost_waits_for_a_person(store: PostgresStore) -> None:
    desk = await conceded(store)
    assert await desk.paid() == WHOLE
    desk.debt.paid = 40_000
    await desk.tells(PAID_LESS)
    del desk.account.debts[desk.name]
    await desk.tells(NOT_KNOWN)


async def test_money_for_what_nobody_ordered_waits_for_a_person(
    store: PostgresStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    desk = await disputed(store)
    desk.debt.paid = 5_000
    desk.debt.held -= 5_000
    await desk.tells(PAID_UNASKED)
    assert await desk.paid() == 0


async def test_another_adjustment_waits_for_a_person(store: PostgresStore) -> None:
    desk = await conceded(store)
    assert desk.debt.adjusted > 0
    desk.debt.adjusted = desk.debt.settled = desk.debt.adjusted + 1
    await desk.tells(ADJUSTED_OTHERWISE)


async def test_what_was_given_up_and_what_the_ledger_finds_amiss_is_told_once_in_the_log(
    store: PostgresStore, caplog: pytest.LogCaptureFixture
) -> None:
    world = await World(store).ready(sold=500_000)
    desk = Desk(world, store, await world.disputed())
    provider = Scripted(world.provider, HOLD=[rejected(Reason.INVALID)])
    await Deliveries(world.engine, Only(provider), Random(1)).drain()
    await store.pool.execute(
        "INSERT INTO transfers SELECT marketplace, order_id, case_id, 900, 0, 1, 'VOID', 'seller/payable', 'toko', "
        "'seller/debt', 'toko', 'IDR', 5, 'x', 'S20', at, case_id || ':899:0', '', seller_id FROM transfers LIMIT 1"
    )
    caplog.clear()
    first, second = await desk.run(), await desk.run()
    assert first == second == [(GIVEN_UP, FOUND), (LEDGER, FOUND)]
    lines = [each.getMessage() for each in caplog.records if each.name == "mufakat.engine.reconciling"]
    assert len(lines) == 2


async def test_what_is_on_its_way_is_no_difference(store: PostgresStore) -> None:
    desk = await disputed(store)
    await desk.world.give(SELLER, c.Concede(), desk.case_id)
    desk.debt.held = 7
    assert await desk.run() == []


async def test_a_provider_that_cannot_be_asked_is_told_of_and_nothing_is_taken_for_mended(store: PostgresStore) -> None:
    desk = await disputed(store)
    provider = Scripted(desk.world.provider, HOLD=[replace(rejected(Reason.OUT_OF_ORDER)) for _ in range(9)])

    async def away(owed: Owed) -> Standing | None:
        del owed
        return None

    provider.status = away  # type: ignore[method-assign]
    desk.reconciling = Reconciling(desk.world.engine, store, Only(provider))
    (drift,) = (await desk.reconciling.reconcile(HERE)).drifts
    assert (drift.code, drift.state, drift.why) == (HELD_OTHERWISE, FOUND, "OUT_OF_ORDER: says the provider")
    assert desk.debt.held == WHOLE


async def test_each_live_marketplace_has_its_run_once_a_day_whoever_makes_it(store: PostgresStore) -> None:
    desk = await disputed(store)
    other = Reconciling(desk.world.engine, store, Only(desk.world.provider))
    assert await desk.reconciling.drain() + await other.drain() == 2  # here and there
    assert [len(await store.reconciliations(each)) for each in ("here", "there")] == [2, 1]  # one of them by hand
    for _ in range(48):
        desk.world.clock.at += timedelta(minutes=30)
        await other.drain()
        await desk.reconciling.drain()
    runs = [each for each in await store.reconciliations("here") if each.at == moment("here", each.at)]
    assert [each.asked for each in runs] == [1, 1]
    assert runs[0].at - runs[1].at == timedelta(days=1)


def test_of_a_chargeback_only_what_was_recovered_is_compared() -> None:
    case: Any = SimpleNamespace(case_id="c")
    effect = Effect(EffectKind.RECOVER, "c:9:0", "SELLER", "toko", "", 1, "c:1:chargeback", 500, funding="CHARGEBACK")
    told = (Told("c:9:0", effect, "DONE", 1, "", ""),)
    theirs = Standing("c:1:chargeback", paid=500, advanced=500, recovered=200, collecting=True)
    for recovered, codes in ((200, []), (100, [PAID_UNHEARD]), (300, [PAID_LESS])):
        ours = Ours(case, Matter(1, ("a",), recovered=recovered), told)
        assert [x.drift.code for x in differences(ours, theirs, EVERYTHING, settled=True)] == codes


def test_runs_are_spread_over_the_day() -> None:
    now = World(None).clock.at  # type: ignore[arg-type]
    moments = {moment(f"shop-{n}", now) for n in range(200)}
    assert all(timedelta() <= now - each < timedelta(days=1) for each in moments)
    assert len(moments) > 150
