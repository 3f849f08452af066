"""Sandboxes: canned people act by themselves, judgements by wish are derived, orders stand where they say."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import (
    Deception,
    Decision,
    Ground,
    Material,
    Reason,
    RemedyKind,
    RequestType,
    ReturnMethod,
    Severity,
)
from mufakat.core.order import OrderStatus, ScanKind
from mufakat.core.parties import Actor, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.handle import Done
from mufakat.engine.sandbox import PEOPLE, OrderKind, Wanted, make_order, react
from mufakat.engine.sandbox.people import canned
from mufakat.lab.memory import MemoryStore
from mufakat.payments.payouts import worth
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask
from tests.core.story import DELIVERED
from tests.engine.sandboxes import DAY, SAND, Sandbox, code

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


# --- canned people


@pytest.mark.parametrize(
    "seller, customer, type_, after, ends",
    [
        ("seller-approves", "ani", RequestType.REFUND, 2 * DAY, Outcome.REFUNDED),
        ("seller-approves", "customer-ships", RequestType.RETURN_AND_REFUND, 6 * DAY, Outcome.REFUNDED),
        ("seller-approves", "ani", RequestType.RETURN_AND_REFUND, 12 * DAY, Outcome.NOT_RETURNED),
        ("seller-approves", "customer-accepts", RequestType.REPLACEMENT, 6 * DAY, Outcome.GOODS_DELIVERED),
        (
            "seller-approves",
            "customer-loses-parcel",
            RequestType.RETURN_AND_REFUND,
            12 * DAY,
            Outcome.RISK_BORNE_BY_CUSTOMER,
        ),
        ("seller-rejects", "ani", RequestType.REFUND, 4 * DAY, Outcome.NOT_PURSUED),
        ("seller-silent", "ani", RequestType.REFUND, 4 * DAY, Outcome.REFUNDED),
        ("seller-offers", "customer-accepts", RequestType.REFUND, 2 * DAY, Outcome.REFUNDED),
        ("seller-delays", "ani", RequestType.REFUND, 4 * DAY, Outcome.REFUNDED),
    ],
)
async def test_canned_people_end_it_between_themselves(
    quick: Sandbox, seller: str, customer: str, type_: RequestType, after: timedelta, ends: Outcome
) -> None:
    case_id = await quick.ask(await quick.order(customer, seller), type_)
    await quick.forward(after)
    assert (await quick.matter(case_id)).outcome is ends
    assert "DisputeRaised" not in await quick.names(case_id)


@pytest.mark.parametrize("seller", ["seller-offers", "seller-rejects", "seller-complies", "seller-appeals"])
async def test_a_customer_who_disputes_brings_it_to_the_platform(quick: Sandbox, seller: str) -> None:
    order = await quick.order("customer-disputes-7", f"{seller}-7")
    case_id = await quick.ask(order)
    assert await quick.phase(case_id) is Phase.DECIDING
    matter = await quick.matter(case_id)
    assert matter.offers == (1 if seller == "seller-offers" else 0)
    await quick.judge(case_id, Wanted(FOR_CUSTOMER))
    after = {"seller-complies": Phase.PAYING, "seller-appeals": Phase.APPEAL_DECIDING}
    assert await quick.phase(case_id) is after.get(seller, Phase.AWARDED)


async def test_half_is_offered(quick: Sandbox) -> None:
    order = await quick.order("customer-accepts", "seller-offers")
    case_id = await quick.ask(order)
    await quick.forward(DAY)
    remedy = (await quick.matter(case_id)).remedy
    assert remedy is not None
    assert (remedy.kind, remedy.paid) == (RemedyKind.REFUND, order.lines[0].unit_price // 2)


async def test_who_delays_answers_an_hour_before_it_is_due(quick: Sandbox) -> None:
    case_id = await quick.ask(await quick.order("ani", "seller-delays"))
    due = (await quick.case(case_id)).due
    assert due is not None
    await quick.forward(due - DELIVERED - HOUR - timedelta(seconds=1))
    assert await quick.phase(case_id) is Phase.REVIEW
    await quick.forward(timedelta(seconds=1))
    (approved,) = [x for x in await quick.log(case_id) if isinstance(x.event, e.RequestApproved)]
    assert (approved.actor.id, approved.at) == ("seller-delays", due - HOUR)


async def test_a_parcel_is_scanned_two_days_after_it_was_shipped(sand: Sandbox) -> None:
    order = await sand.order("customer-ships", "seller-approves")
    case_id = await sand.ask(order, RequestType.RETURN_AND_REFUND)
    tracking = (await sand.matter(case_id)).remedy
    assert tracking is not None
    await sand.forward(2 * DAY - timedelta(seconds=1))
    assert await sand.phase(case_id) is Phase.RETURNING
    await sand.forward(timedelta(seconds=1))
    loaded = await sand.store.load(Ask(SAND, order.order_id))
    assert loaded is not None
    scans = [(scan.kind, scan.at - DELIVERED) for scan in loaded.order.scans(tracking.tracking)]
    assert scans == [(ScanKind.IN_TRANSIT, DAY), (ScanKind.DELIVERED, 2 * DAY)]
    assert "ReturnAccepted" in await sand.names(case_id)


async def test_a_parcel_of_a_person_is_scanned_too(quick: Sandbox) -> None:
    order = await quick.order("ani", "toko")
    case_id = await quick.ask(order, RequestType.RETURN_AND_REFUND)
    await quick.give(order.order_id, case_id, Role.SELLER, "toko", c.ApproveRequest())
    back = c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "SANDBOX123")
    await quick.give(order.order_id, case_id, Role.CUSTOMER, "ani", back)
    await quick.forward(2 * DAY)
    assert await quick.phase(case_id) is Phase.INSPECTING


async def test_a_parcel_is_refused_and_disputed(quick: Sandbox) -> None:
    order = await quick.order("customer-disputes", "seller-inspects-badly")
    case_id = await quick.ask(order, RequestType.RETURN_AND_REFUND)
    await quick.forward(3 * DAY)
    assert await quick.phase(case_id) is Phase.DECIDING
    names = await quick.names(case_id)
    assert names.index("ParcelRejected") < names.index("DisputeRaised")


@pytest.mark.parametrize(
    "severity, after", [(Severity.MINOR, Phase.ASSESSING), (Severity.MAJOR, Phase.CLOSED)], ids=["S25", "S24"]
)
async def test_damage_is_reported_and_contested_where_it_matters(
    quick: Sandbox, severity: Severity, after: Phase
) -> None:
    """S24, S25: of a major quality issue the seller bears the damage anyway, so nobody is heard."""
    order = await quick.order("customer-disputes", "seller-reports-damage")
    case_id = await quick.ask(order, RequestType.RETURN_AND_REFUND)
    await quick.judge(case_id, Wanted(FOR_CUSTOMER, severity=severity))
    await quick.forward(3 * DAY)
    assert await quick.phase(case_id) is after
    assert "ReturnReported" in await quick.names(case_id)


async def test_what_is_refused_is_not_tried_again_and_again(quick: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """A cancellation is not disputed; the customer tries, and the clock goes on."""
    caplog.set_level(logging.INFO)
    again = await quick.order("customer-disputes", "seller-rejects", OrderKind.NOT_SHIPPED)
    virtual = replace(again, order_id="o2", lines=(replace(again.lines[0], perishable=True),), shipped_by_seller=True)
    assert not isinstance(await quick.engine.put_order(SAND, virtual), Refusal)
    cancelled = await quick.ask(virtual, RequestType.CANCEL, Reason.OTHER)
    await quick.forward(5 * DAY)
    assert "RequestRejected" in await quick.names(cancelled)
    assert (await quick.matter(cancelled)).outcome is Outcome.NOT_PURSUED
    assert (
        len([x for x in caplog.messages if "NOT_DISPUTABLE" in x]) == 3
    )  # after the command, on the move, and once reminded


async def test_two_who_let_the_same_person_act_make_one_act_of_it(sand: Sandbox) -> None:
    order = await sand.order("ani", "seller-rejects", OrderKind.MULTI_LINE)
    case_id = await sand.ask(order, reason=Reason.WRONG_ITEM)
    raised = c.RaiseDispute()
    done = await sand.engine.handle(SAND, order.order_id, case_id, raised, Actor(Role.CUSTOMER, "ani"))
    assert isinstance(done, Done)
    await asyncio.gather(*(react(sand.engine, SAND, order.order_id, case_id) for _ in range(4)))
    handed_in = [(x.material.item, x.material.lines) for x in (await sand.case(case_id)).exhibits]
    assert len(handed_in) == len(set(handed_in)) == 3


def test_nobody_is_taken_for_somebody_else() -> None:
    prefixes = [each.prefix for each in PEOPLE]
    assert len(set(prefixes)) == len(prefixes)
    for each in PEOPLE:
        assert each.prefix.startswith(each.role.lower() + "-")
        assert not any(other.startswith(each.prefix + "-") for other in prefixes)
        assert canned(each.role, each.prefix) is each
        assert canned(each.role, each.prefix + "-42") is each
        assert canned(each.role, each.prefix + "x") is None
        other = Role.CUSTOMER if each.role is Role.SELLER else Role.SELLER
        assert canned(other, each.prefix) is None


# --- judging


@pytest.mark.parametrize("rule", ["S15", "S16", "S17"])
async def test_a_judgement_by_wish(sand: Sandbox, rule: str) -> None:
    """S15, S16, S17: each follows from findings about the material that is there."""
    decision = FOR_CUSTOMER if rule == "S15" else FOR_SELLER
    order = await sand.order("customer-disputes", "seller-rejects", OrderKind.MULTI_LINE)
    case_id = await sand.ask(order, reason=Reason.WRONG_ITEM)
    done = await sand.judge(case_id, Wanted(decision, rule))
    judged = [x.event for x in done.recorded if isinstance(x.event, e.Judged)]
    assert [(x.decision, x.rule) for x in judged[0].lines] == [(decision, rule)] * 3
    assert await sand.phase(case_id) is (Phase.AWARDED if decision is FOR_CUSTOMER else Phase.DISMISSED)


@pytest.mark.parametrize("decision", [FOR_CUSTOMER, FOR_SELLER])
@pytest.mark.parametrize("appealed", [False, True])
async def test_both_disputes_and_the_appeal(quick: Sandbox, decision: Decision, *, appealed: bool) -> None:
    order = await quick.order("customer-insists", "seller-appeals")
    case_id = await quick.ask(order)
    await quick.judge(case_id, Wanted(FOR_SELLER))
    assert (await quick.matter(case_id)).disputes == 2
    if not appealed:
        await quick.judge(case_id, Wanted(decision))
        ends = {FOR_CUSTOMER: Phase.APPEAL_DECIDING, FOR_SELLER: Phase.CLOSED}
        assert await quick.phase(case_id) is ends[decision]
        return
    await quick.judge(case_id, Wanted(FOR_CUSTOMER))
    await quick.judge(case_id, Wanted(decision))
    judged = [x for x in await quick.log(case_id) if isinstance(x.event, e.Judged)]
    assert [x.actor.id for x in judged] == ["agent-sandbox", "agent-sandbox-2", "agent-sandbox"]
    assert await quick.phase(case_id) is (Phase.PAYING if decision is FOR_CUSTOMER else Phase.CLOSED)


async def test_what_is_found_beside_is_found(quick: Sandbox) -> None:
    case_id = await quick.ask(await quick.order("customer-disputes", "seller-rejects"), RequestType.RETURN_AND_REFUND)
    wanted = Wanted(FOR_CUSTOMER, ground=Ground.INCONSISTENT, severity=Severity.MAJOR, deception=Deception.SELLER)
    await quick.judge(case_id, wanted)
    (line,) = (await quick.matter(case_id)).judgement
    assert (line.ground, line.deception, line.risk_rule) == (Ground.INCONSISTENT, Deception.SELLER, "S22")
    assert line.kind is RemedyKind.RETURN_AND_REFUND
    other = await quick.ask(await quick.order("customer-disputes", "seller-rejects"), RequestType.RETURN_AND_REFUND)
    await quick.judge(other, Wanted(FOR_CUSTOMER, returnable=False))
    assert (await quick.matter(other)).judgement[0].kind is RemedyKind.REFUND


async def test_open_windows_are_completed_only_on_demand(quick: Sandbox) -> None:
    order = await quick.order("ani", "seller-rejects")
    case_id = await quick.ask(order)
    await quick.give(order.order_id, case_id, Role.CUSTOMER, "ani", c.RaiseDispute())
    handed_in = c.HandIn(Material("STATUS_OF_MERCHANDISE", digest="d"))
    await quick.give(order.order_id, case_id, Role.CUSTOMER, "ani", handed_in)
    refusal = await quick.not_judged(case_id, Wanted(FOR_CUSTOMER))
    assert (refusal.code, dict(refusal.facts)["phase"]) == (Code.WRONG_PHASE, "EVIDENCE")
    await quick.judge(case_id, Wanted(FOR_CUSTOMER, complete=True))
    assert await quick.phase(case_id) is Phase.AWARDED


async def test_what_is_due_has_happened_before_it_is_judged(quick: Sandbox) -> None:
    """Reading 13: the windows for material are over, whether the clock has fired yet or not."""
    order = await quick.order("ani", "seller-rejects")
    case_id = await quick.ask(order)
    await quick.give(order.order_id, case_id, Role.CUSTOMER, "ani", c.RaiseDispute())
    quick.clock.at += 2 * DAY
    assert await quick.phase(case_id) is Phase.EVIDENCE
    await quick.judge(case_id, Wanted(FOR_SELLER, "S17"))
    assert await quick.phase(case_id) is Phase.DISMISSED


async def test_a_judgement_that_cannot_be_derived_is_refused_with_why(quick: Sandbox) -> None:
    """The customer handed in nothing: S17, whatever is wished. The seller handed in nothing: S16 only by deception."""
    order = await quick.order("ani", "seller-complies")
    case_id = await quick.ask(order)
    await quick.give(order.order_id, case_id, Role.CUSTOMER, "ani", c.RaiseDispute())
    before = await quick.case(case_id)
    refusal = await quick.not_judged(case_id, Wanted(FOR_CUSTOMER, complete=True))
    facts = dict(refusal.facts)
    assert (refusal.code, facts["line"], facts["wanted"], facts["rule"]) == (Code.NOT_DERIVABLE, "1", "S15", "S17")
    assert "STATUS_OF_MERCHANDISE: MISSING" in facts["why"]
    assert await quick.phase(case_id) is Phase.DECIDING
    assert (await quick.matter(case_id)).findings == before.matter(1).findings
    await quick.judge(case_id, Wanted(FOR_SELLER))
    assert (await quick.matter(case_id)).judgement[0].rule == "S17"
    silent = await quick.ask(await quick.order("customer-disputes", "seller-complies"))
    assert dict((await quick.not_judged(silent, Wanted(FOR_SELLER, "S16"))).facts)["rule"] == "S15"
    await quick.judge(silent, Wanted(FOR_SELLER, "S16", deception=Deception.CUSTOMER))
    assert (await quick.matter(silent)).judgement[0].rule == "S16"


async def test_the_platforms_own_data_is_not_contradicted(quick: Sandbox) -> None:
    """S7: a parcel that never came needs no material of the customer, and S17 cannot be reached."""
    order = await quick.order("customer-disputes", "seller-complies", OrderKind.LATE)
    case_id = await quick.ask(order, reason=Reason.ITEM_NOT_RECEIVED)
    assert (await quick.not_judged(case_id, Wanted(FOR_SELLER, "S17"))).code is Code.NOT_DERIVABLE
    await quick.judge(case_id, Wanted(FOR_CUSTOMER))
    assert (await quick.matter(case_id)).judgement[0].rule == "S15"


async def test_a_wish_that_contradicts_itself_and_a_case_that_is_not_there(quick: Sandbox) -> None:
    with pytest.raises(ValueError, match="FOR_CUSTOMER is judged by S15, not by S16"):
        Wanted(FOR_CUSTOMER, "S16")
    assert (await quick.not_judged("no such", Wanted(FOR_SELLER))).code is Code.NO_SUCH_CASE
    case_id = await quick.ask(await quick.order("ani", "toko"))
    assert (await quick.not_judged(case_id, Wanted(FOR_SELLER))).code is Code.WRONG_PHASE
    assert (await quick.not_judged(case_id, Wanted(FOR_SELLER), 2)).code is Code.NO_SUCH_MATTER


async def test_of_two_matters_one_is_named(quick: Sandbox) -> None:
    order = await quick.order("ani", "seller-rejects", OrderKind.MULTI_LINE)
    case_id = await quick.ask(order, reason=Reason.WRONG_ITEM)
    for lines in (("1",), ("2", "3")):
        await quick.give(order.order_id, case_id, Role.CUSTOMER, "ani", c.RaiseDispute(lines=lines))
    refusal = await quick.not_judged(case_id, Wanted(FOR_SELLER, complete=True))
    assert refusal.code is Code.WHICH_MATTER
    await quick.judge(case_id, Wanted(FOR_SELLER, complete=True), 2)
    assert (await quick.case(case_id)).matter(2).phase is Phase.DISMISSED


# --- orders


@pytest.mark.parametrize("market", ["id", "vn"])
@pytest.mark.parametrize("kind", OrderKind)
async def test_every_kind_of_order_stands_where_it_says(kind: OrderKind, market: str) -> None:
    quick = await Sandbox(MemoryStore()).ready(market)
    order = await quick.order("ani", "toko", kind)
    loaded = await quick.store.load(Ask(SAND, order.order_id))
    assert loaded is not None
    statuses = {
        OrderKind.NOT_SHIPPED: OrderStatus.AWAITING_SHIPMENT,
        OrderKind.SHIPPED_BY_SELLER: OrderStatus.AWAITING_SHIPMENT,
        OrderKind.IN_TRANSIT: OrderStatus.IN_TRANSIT,
        OrderKind.LATE: OrderStatus.IN_TRANSIT,
    }
    assert loaded.order.status() is statuses.get(kind, OrderStatus.DELIVERED)
    assert order.currency == {"id": "IDR", "vn": "VND"}[market]
    promised, delivered = loaded.order.promised_by(), loaded.order.delivered_at()
    assert promised is not None
    late = kind in (OrderKind.LATE, OrderKind.DELIVERED_LATE)
    assert (promised < (delivered or DELIVERED)) is late
    assert (len(order.lines) == 3) is (kind is OrderKind.MULTI_LINE)
    assert order.lines[0].perishable is (kind is OrderKind.PERISHABLE)
    assert order.shipped_by_seller is (kind is OrderKind.SHIPPED_BY_SELLER)
    account = await quick.tills.provider(SAND).run("toko", order.currency)
    assert account.balance + account.paid_out == worth(order) > 0


async def test_an_order_that_is_not_sound_is_refused(quick: Sandbox) -> None:
    made = await make_order(quick.engine, quick.tills, SAND, OrderKind.LATE, "ani", "ani")
    assert code(made) is Code.ORDER_NOT_SOUND
