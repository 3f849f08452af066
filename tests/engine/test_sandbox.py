"""Sandboxes: the clock moves forward, and all that is due on the way happens in order; the auditor looks at it."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import (
    ClaimLine,
    Decision,
    Reason,
    RequestType,
)
from mufakat.core.order import Scan, ScanKind
from mufakat.core.parties import Actor, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.handle import Done
from mufakat.engine.sandbox import PEOPLE, Moved, OrderKind, Wanted, clock, forward, judge, make_order, react
from mufakat.engine.work import work
from mufakat.lab.memory import MemoryStore
from mufakat.payments.payouts import worth
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask, Marketplace
from tests.core.story import DELIVERED
from tests.engine.sandboxes import DAY, SAND, Sandbox, audited, code

HOUR = timedelta(hours=1)
FOR_CUSTOMER, FOR_SELLER = Decision.FOR_CUSTOMER, Decision.FOR_SELLER


@pytest.fixture(params=["memory", "postgres"])
async def sand(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Sandbox]:
    """A sandbox on each store."""
    if request.param == "memory":
        yield await Sandbox(MemoryStore()).ready()
        return
    store = await PostgresStore.connect(database_url)
    yield await Sandbox(store).ready()
    await store.close()


@pytest.fixture
async def quick() -> Sandbox:
    """A sandbox in memory, for what is the same on both."""
    return await Sandbox(MemoryStore()).ready()


# --- the clock


async def test_a_dispute_of_three_weeks_from_request_to_money(sand: Sandbox) -> None:
    started = time.monotonic()
    order = await sand.order("customer-disputes", "seller-rejects")
    case_id = await sand.ask(order)
    assert await sand.phase(case_id) is Phase.DECIDING
    await sand.judge(case_id, Wanted(FOR_CUSTOMER))
    before = await sand.now()
    moved = await sand.forward(21 * DAY)
    assert (moved.before, moved.now, moved.whole) == (before, before + 21 * DAY, True)
    assert (moved.lapses, moved.cases) == (3, (case_id,))  # the appeal, the 48 hours, the late appeal
    matter = await sand.matter(case_id)
    assert (matter.phase, matter.outcome) == (Phase.CLOSED, Outcome.REFUNDED)
    assert matter.remedy is not None
    assert matter.remedy.paid == worth(order)
    assert [x.at - before for x in await sand.log(case_id) if isinstance(x.event, e.RefundPaid)] == [4 * DAY]
    assert time.monotonic() - started < 15


async def test_every_deadline_fires_at_its_own_moment_and_in_order(sand: Sandbox) -> None:
    """A case that lapses into a phase whose due moment is also on the way lapses again, and others lapse between."""
    first = await sand.ask(await sand.order("ani", "seller-silent"), RequestType.RETURN_AND_REFUND)
    await sand.forward(5 * HOUR)
    second = await sand.ask(await sand.order("ani", "seller-rejects"))
    moved = await sand.forward(30 * DAY)
    lapsed = []
    for case_id in (first, second):
        history = await sand.log(case_id)
        due, reminders = None, list[datetime]()
        for x in history:
            if isinstance(x.event, e.Reminded):
                assert x.at == reminders.pop(0)
            elif x.actor.role is Role.CLOCK and due is not None:
                assert x.at == due
                assert not reminders, "one was not given"
                lapsed.append(x.at)
                due = None
            if isinstance(x.event, e.PhaseEntered):
                due, reminders = x.event.due, list(x.event.remind)
        assert any(isinstance(x.event, e.Reminded) for x in history)
        assert [x.at for x in history] == sorted(x.at for x in history)
        assert await sand.phase(case_id) is Phase.CLOSED
    assert len(lapsed) == moved.lapses == 3
    assert set(moved.cases) == {first, second}
    placed = [x.placed_at for x in reversed(await sand.store.inbox(SAND, "CUSTOMER", "ani"))]
    assert set(lapsed) <= set(placed)


async def test_only_a_sandbox_is_moved_and_others_stay_as_they_are(sand: Sandbox) -> None:
    assert code(await forward(sand.engine, sand.deadlines, sand.deliveries, "live", by=DAY)) is Code.NOT_A_SANDBOX
    assert code(await forward(sand.engine, sand.deadlines, sand.deliveries, "no", by=DAY)) is Code.NOT_A_SANDBOX
    order = await sand.order("ani", "seller-silent")
    copy = replace(order, order_id="o1")
    assert not isinstance(await sand.engine.put_order("live", copy), Refusal)
    for scan in (Scan("OUTBOUND", ScanKind.DELIVERED, DELIVERED - DAY),):
        await sand.engine.record_fact("live", "o1", scan)
    lines = tuple(ClaimLine(line.line_id, Reason.DEFECTIVE) for line in order.lines)
    opened = await sand.engine.handle(
        "live", "o1", None, c.OpenRequest(RequestType.REFUND, lines), Actor(Role.CUSTOMER, "ani")
    )
    assert isinstance(opened, Done)
    before = await sand.place("live"), await sand.store.find_case("live", opened.case_id)
    left = (await sand.store.ahead("live")).waiting
    assert left > 0
    await sand.forward(30 * DAY)
    assert await sand.place("live") == before[0]
    assert await sand.store.find_case("live", opened.case_id) == before[1]
    assert (await sand.store.ahead("live")).waiting == left
    assert await react(sand.engine, "live", "o1", opened.case_id) == 0
    assert code(await judge(sand.engine, "live", opened.case_id, Wanted(FOR_CUSTOMER))) is Code.NOT_A_SANDBOX
    made = await make_order(sand.engine, sand.tills, "live", OrderKind.LATE, "ani", "toko")
    assert code(made) is Code.NOT_A_SANDBOX


async def test_the_clock_never_goes_back_nor_too_far(quick: Sandbox) -> None:
    async def move(**how: Any) -> Moved | Refusal:
        return await forward(quick.engine, quick.deadlines, quick.deliveries, SAND, **how)

    assert code(await move(by=-HOUR)) is Code.MOVE_NOT_FITTING
    assert code(await move(to=DELIVERED - HOUR)) is Code.MOVE_NOT_FITTING
    assert code(await move(by=401 * DAY)) is Code.MOVE_NOT_FITTING
    assert await quick.now() == DELIVERED
    assert isinstance(await move(by=400 * DAY), Moved)
    assert isinstance(await move(to=DELIVERED + 400 * DAY), Moved)
    assert await quick.now() == DELIVERED + 400 * DAY


async def test_of_two_calls_at_once_one_wins(sand: Sandbox) -> None:
    case_id = await sand.ask(await sand.order("customer-disputes", "seller-silent"), RequestType.RETURN_AND_REFUND)
    calls = [forward(sand.engine, sand.deadlines, sand.deliveries, SAND, by=20 * DAY) for _ in range(2)]
    ends = await asyncio.gather(*calls)
    won = [each for each in ends if isinstance(each, Moved)]
    lost = [each for each in ends if isinstance(each, Refusal)]
    assert won
    assert all(each.code is Code.MOVED_MEANWHILE for each in lost)
    assert await sand.now() >= DELIVERED + 20 * DAY
    history = await sand.log(case_id)
    assert [x.at for x in history] == sorted(x.at for x in history)
    names = await sand.names(case_id)
    assert names.count("RequestApproved") == names.count("ReturnArrived") == names.count("RefundPaid") == 1


async def test_who_comes_second_to_the_clock_is_refused(sand: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = await sand.place()
    await sand.forward(HOUR)
    assert not await sand.store.move_clock(stale, timedelta(days=9))
    assert not await sand.store.move_clock(await sand.place(), timedelta())  # back

    async def find(*_: object) -> Marketplace:
        return stale

    monkeypatch.setattr(clock, "find", find)
    assert code(await forward(sand.engine, sand.deadlines, sand.deliveries, SAND, by=DAY)) is Code.MOVED_MEANWHILE
    assert await sand.now() == DELIVERED + HOUR


async def test_workers_may_run_beside_it(database_url: str) -> None:
    store = await PostgresStore.connect(database_url)
    sand = await Sandbox(store).ready()
    stop = asyncio.Event()
    working = asyncio.create_task(work(sand.deadlines, sand.deliveries, stop))
    try:
        cases = [
            await sand.ask(await sand.order("customer-disputes", seller), RequestType.RETURN_AND_REFUND)
            for seller in ("seller-silent", "seller-approves", "seller-inspects-badly", "seller-delays")
        ]
        moved = await sand.forward(20 * DAY)
    finally:
        stop.set()
        await working
    assert moved.whole
    assert (await store.ahead(SAND)).waiting == 0
    for case_id in cases:
        history = await sand.log(case_id)
        assert [x.at for x in history] == sorted(x.at for x in history)
    assert await audited(sand, settled=False) == []
    await store.close()


async def test_a_call_ends_after_the_most_steps_and_says_so(quick: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    await quick.ask(await quick.order("customer-disputes", "seller-rejects"))
    monkeypatch.setattr(clock, "MOST_STEPS", 9)
    moved = await quick.forward(20 * DAY)
    assert not moved.whole
    assert moved.now < DELIVERED + 20 * DAY
    assert moved.now == await quick.now()


async def test_what_somebody_else_delivers_is_waited_for(sand: Sandbox) -> None:
    """A worker has a delivery in hand: the clock does not run ahead of it."""
    case_id = await sand.ask(await sand.order("ani", "seller-approves"))
    (first, *others) = await sand.store.claim(sand.clock.now(), HOUR, 100)

    async def worker() -> None:
        await asyncio.sleep(0.1)
        assert (await sand.place()).offset == timedelta()
        for claim in (first, *others):
            await sand.store.again(claim, sand.clock.now(), "", unknown=False)

    await asyncio.gather(worker(), sand.forward(5 * DAY))
    assert (await sand.store.ahead(SAND)).waiting == 0
    assert (await sand.matter(case_id)).outcome is Outcome.REFUNDED


async def test_the_provider_is_looked_up_by_the_sandboxs_clock(sand: Sandbox) -> None:
    """Nothing is due to the seller, so the deduction waits for a later sale, and is heard of at the next look."""
    order = await sand.order("customer-disputes", "seller-rejects")
    case_id = await sand.ask(order)
    await sand.judge(case_id, Wanted(FOR_CUSTOMER))
    provider = sand.tills.provider(SAND)
    account = await provider.run("seller-rejects", "IDR")
    account.payouts.clear()
    version, _ = await provider.books.account("seller-rejects", "IDR")
    assert await provider.books.save("seller-rejects", "IDR", version, account, ())
    await sand.forward(10 * DAY)
    assert await sand.phase(case_id) is Phase.DEDUCTING
    look = (await sand.store.ahead(SAND)).look
    assert look is not None
    assert timedelta() < (await sand.place()).at(look) - await sand.now() <= timedelta(hours=6)
    await provider.expect("seller-rejects", "IDR", "another sale", 10 * worth(order), await sand.now() + 90 * DAY)
    moved = await sand.forward(DAY)
    assert await sand.phase(case_id) is Phase.LATE_APPEAL
    (paid,) = [x.at for x in await sand.log(case_id) if isinstance(x.event, e.RefundPaid)]
    assert moved.before < paid <= moved.before + 6 * HOUR


async def test_a_payout_leaves_by_the_sandboxs_clock(sand: Sandbox) -> None:
    order = await sand.order("ani", "toko")
    await sand.forward(40 * DAY)
    account = await sand.tills.provider(SAND).run("toko", "IDR")
    assert (account.balance, account.paid_out) == (0, worth(order))


# --- the marketplace


async def test_a_sandbox_stays_one_and_a_live_marketplace_too(sand: Sandbox) -> None:
    with pytest.raises(ValueError, match="sand is a sandbox and never becomes live"):
        await sand.store.put_marketplace(Marketplace(SAND, "id"))
    with pytest.raises(ValueError, match="live is live and never becomes a sandbox"):
        await sand.store.put_marketplace(Marketplace("live", "id", sandbox=True))
    stale = await sand.place()
    await sand.forward(DAY)
    await sand.store.put_marketplace(replace(stale, market="vn"))
    assert await sand.place() == Marketplace(SAND, "vn", DAY, sandbox=True)
    order = await sand.order("ani", "toko")
    loaded = await sand.store.load(Ask(SAND, order.order_id))
    assert loaded is not None
    assert loaded.marketplace.sandbox


# --- the auditor


@pytest.mark.parametrize("market", ["id", "vn"])
async def test_the_auditor_finds_no_fault_in_a_sandbox(market: str) -> None:
    sand = await Sandbox(MemoryStore()).ready(market)
    sellers = [each.prefix for each in PEOPLE if each.role is Role.SELLER]
    customers = [each.prefix for each in PEOPLE if each.role is Role.CUSTOMER]
    wishes = [Wanted(FOR_CUSTOMER), Wanted(FOR_SELLER)]
    for n, (seller, customer) in enumerate((s, x) for s in sellers for x in customers):
        type_ = (RequestType.REFUND, RequestType.RETURN_AND_REFUND, RequestType.REPLACEMENT)[n % 3]
        await sand.ask(await sand.order(customer, seller), type_)
        if n % 7 == 0:
            await sand.forward(HOUR)
    for n in range(60):
        await sand.forward(2 * DAY)
        for row in await sand.store.cases(SAND, limit=1000, open_only=True):
            await judge(sand.engine, SAND, row.case_id, wishes[n % 2])
            await decide_what_was_contested(sand, row.order_id, row.case_id)
    await sand.forward(300 * DAY)
    assert not await sand.store.cases(SAND, limit=1000, open_only=True)
    assert await audited(sand) == []


async def decide_what_was_contested(sand: Sandbox, order_id: str, case_id: str) -> None:
    """An agent finds that nothing befell the goods."""
    if await sand.phase(case_id) is Phase.ASSESSING:
        agent = Actor(Role.AGENT, "dewi")
        await sand.engine.handle(SAND, order_id, case_id, c.AssessReturn(None, 0, text="in order"), agent)
