"""Chargebacks: a process before another forum, of which money must know (S14, reading 8; decision 0025)."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from random import Random

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import chargeback_obligation
from mufakat.core.chargebacks import by_line, chargebacks, shipping_charged_back
from mufakat.core.claim import ClaimLine, Forum, Reason, RemedyKind, RequestType, ReturnIssue, ReturnMethod, Solution
from mufakat.core.decide import Decided
from mufakat.core.effects import effects
from mufakat.core.eligibility import eligibility
from mufakat.core.evolve import replay
from mufakat.core.money import ceiling
from mufakat.core.order import (
    CaseUse,
    ChargebackNotice,
    ChargebackStage,
    OrderState,
    OutsideRefund,
    ScanKind,
    fact_fault,
)
from mufakat.core.parties import CLOCK, SYSTEM, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.refusals import Code, Refusal
from mufakat.core.settlement import Account, balances
from mufakat.core.settlement import settle as transfers_of
from mufakat.core.sight import sees
from mufakat.core.usage import usage
from tests.core.findings import judged_for_seller, with_material
from tests.core.stands import (
    awaiting_return,
    confirming,
    deducting,
    inspecting,
    late_appeal,
    paying,
    performing,
    returning,
    suspended,
)
from tests.core.story import AGENT, CUSTOMER, DAY, DELIVERED, HOUR, SELLER, TEXT, Story, delivered, order

OPENED, WON, LOST = ChargebackStage.OPENED, ChargebackStage.WON, ChargebackStage.LOST
UNIT = 100_000
"""What the disputed unit of the stories had cost."""


def notice(story: Story, stage: ChargebackStage, amount: int = UNIT, reference: str = "CB1") -> ChargebackNotice:
    """A notice about the first unit of line a, now."""
    return ChargebackNotice(reference, amount, stage, story.now, "a", (1,))


def hear(story: Story, stage: ChargebackStage, amount: int = UNIT, reference: str = "CB1") -> list[e.Event]:
    """A notice comes an hour later."""
    story.wait(HOUR)
    return story.fact(notice(story, stage, amount, reference))


def phase(story: Story) -> Phase:
    """Where the first matter stands."""
    return story.m.phase


def borne(story: Story) -> dict[Role, int]:
    """Who bears how much of all chargebacks."""
    return {each.bearer: story.m.borne(each.bearer) for each in story.m.charged}


# --- what an order knows


def test_the_latest_notice_of_a_chargeback_counts_whenever_it_is_heard() -> None:
    first = ChargebackNotice("CB1", 5, OPENED, DELIVERED, "a", (1,))
    last = replace(first, stage=LOST, amount=3, at=DELIVERED + HOUR)
    for facts in ((first, last), (last, first), (first, last, first)):
        assert chargebacks(OrderState(order(), facts)) == (last,)
    same = replace(first, stage=WON)
    assert chargebacks(OrderState(order(), (same, first))) == (same,), "of one instant the end counts"


def test_what_a_lost_chargeback_of_the_whole_order_comes_to_by_line_loses_no_cent() -> None:
    for amount in (1, 7, 100_000, 258_999, 300_001):
        whole = ChargebackNotice("CB", amount, LOST, DELIVERED)
        state = OrderState(order(), (*delivered(), whole))
        parts = sum(each.amount for each in by_line(order(), whole))
        assert parts + shipping_charged_back(state) == amount
        assert ([ceiling(state, line, (1,)) for line in "ab"] == [0, 0]) is (amount >= 258_999)


def test_a_chargeback_that_is_open_or_won_leaves_the_price_as_it_was() -> None:
    for stage, left in ((OPENED, UNIT), (WON, UNIT), (LOST, 0)):
        state = OrderState(order(), (*delivered(), ChargebackNotice("CB", UNIT, stage, DELIVERED, "a", (1,))))
        assert ceiling(state, "a", (1,)) == left


@pytest.mark.parametrize(
    "changes, word",
    [
        ({"reference": ""}, "reference"),
        ({"reference": "Ani's bank"}, "reference"),
        ({"amount": 0}, "amount"),
        ({"line_id": "z", "units": ()}, "no line"),
        ({"line_id": ""}, "name it"),
        ({"units": (1, 1)}, "each once"),
        ({"units": (3,)}, "units 1 to 2"),
    ],
)
def test_a_notice_that_cannot_be_is_named_for_what_is_wrong(changes: dict[str, object], word: str) -> None:
    sound = ChargebackNotice("CB1", 5, OPENED, DELIVERED, "a", (1,))
    assert fact_fault(order(), sound) == ""
    assert word in fact_fault(order(), replace(sound, **changes))  # type: ignore[arg-type]


# --- asking while one is open


def test_a_unit_that_a_bank_is_asked_about_cannot_be_asked_for_and_the_others_can() -> None:
    """S14, reading 8."""
    story = Story()
    story.order = replace(story.order, facts=(*story.order.facts, notice(story, OPENED)))
    asked = c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.DEFECTIVE, (1,)),))
    assert story.refused(CUSTOMER, asked) is Code.CHARGEBACK_OPEN
    found = eligibility(story.order, story.policy, CUSTOMER, Role.CUSTOMER, story.now, ("a",))
    assert not isinstance(found, Refusal)
    assert found.lines[0].free == (2,)
    story.open()
    assert story.case.lines[0].units == (2,)


def test_a_line_whose_units_a_bank_is_asked_about_says_so() -> None:
    story = Story()
    whole = ChargebackNotice("CB1", 5, OPENED, story.now)
    story.order = replace(story.order, facts=(*story.order.facts, whole))
    found = eligibility(story.order, story.policy, CUSTOMER, Role.CUSTOMER, story.now)
    assert not isinstance(found, Refusal)
    for line in found.lines:
        assert line.refusal is not None
        assert line.refusal.code is Code.CHARGEBACK_OPEN


# --- undecided: the platform stops


def test_s14_reading_8_a_chargeback_stops_the_platform_and_keeps_the_hold() -> None:
    story = with_material(Story().disputed())
    events = hear(story, OPENED)
    assert [type(each) for each in events] == [e.FactNoted, e.ProcessDeclared, e.ChargebackFrozen, e.PhaseEntered]
    assert (story.m.phase, story.m.forum, story.m.hold) == (Phase.STOPPED, Forum.CHARGEBACK, UNIT)
    assert story.m.due is not None


def test_won_ends_what_it_stopped_and_releases_the_hold() -> None:
    story = with_material(Story().disputed())
    hear(story, OPENED)
    events = hear(story, WON)
    assert e.HoldReleased(1) in events
    assert (story.m.outcome, borne(story)) == (Outcome.STOPPED_EXTERNAL_PROCESS, {})


def test_lost_ends_what_it_stopped_as_paid_elsewhere_and_the_seller_bears_it() -> None:
    story = with_material(Story().disputed())
    hear(story, OPENED)
    events = hear(story, LOST)
    settled = e.ChargebackSettled(1, "CB1", UNIT, Role.SELLER)
    assert events.index(settled) < events.index(e.HoldReleased(1)), "it is recovered from what was held"
    assert story.m.outcome is Outcome.PAID_ELSEWHERE


def test_lost_in_part_ends_what_it_stopped_too() -> None:
    story = Story().rejected()
    hear(story, OPENED)
    hear(story, LOST, 30_000)
    assert (story.m.outcome, borne(story)) == (Outcome.STOPPED_EXTERNAL_PROCESS, {Role.SELLER: 30_000})


def test_lost_that_was_never_heard_as_opened_ends_it_alike() -> None:
    story = with_material(Story().disputed())
    events = hear(story, LOST)
    assert any(isinstance(each, e.ProcessDeclared) for each in events)
    assert (story.m.outcome, borne(story)) == (Outcome.PAID_ELSEWHERE, {Role.SELLER: UNIT})


def test_won_that_was_never_heard_as_opened_and_opened_after_it_change_nothing() -> None:
    story = Story().rejected()
    before = story.m
    won = replace(notice(story, WON), at=story.now + HOUR)
    story.wait(2 * HOUR).fact(won)
    story.fact(replace(won, stage=OPENED, at=won.at - DAY))
    assert story.m == before


def test_against_a_judgement_for_the_seller_the_platform_bears_what_the_bank_gave() -> None:
    story = judged_for_seller(with_material(Story().disputed()))
    assert story.m.phase is Phase.DISMISSED
    hear(story, LOST)
    assert borne(story) == {Role.SYSTEM: UNIT}


def test_it_stays_stopped_until_the_last_chargeback_is_decided() -> None:
    story = Story().rejected()
    hear(story, OPENED, 40_000, "CB1")
    hear(story, OPENED, 60_000, "CB2")
    hear(story, LOST, 40_000, "CB1")
    assert story.m.phase is Phase.STOPPED
    hear(story, WON, 60_000, "CB2")
    assert (story.m.phase, borne(story)) == (Phase.CLOSED, {Role.SELLER: 40_000})


def test_a_court_that_has_the_matter_goes_on_after_the_bank_has_decided() -> None:
    story = Story().disputed()
    story.give(SELLER, c.DeclareProcess(Forum.COURT, DELIVERED.date(), reference=TEXT))
    hear(story, OPENED)
    hear(story, WON)
    assert phase(story) is Phase.STOPPED
    story.give(AGENT, c.RecordOrder(10_000, reference=TEXT))
    assert phase(story) is Phase.PAYING


def test_a_chargeback_nobody_answers_ends_the_stop_after_its_clock() -> None:
    story = Story().rejected()
    hear(story, OPENED)
    story.lapse()
    assert story.m.outcome is Outcome.STOPPED_EXTERNAL_PROCESS


# --- being carried out: frozen


def test_gumroad_4372_a_refund_and_a_chargeback_are_never_both_paid_by_the_seller() -> None:
    """Public bug: a refund granted while a PayPal dispute was active was deducted a second time from the balance."""
    story = paying()
    story.give(SELLER, c.PayRefund())
    events = hear(story, OPENED)
    assert e.CollectionStopped(1, "c1:1") in events
    assert story.m.phase is Phase.SUSPENDED
    hear(story, LOST)
    assert (story.m.outcome, borne(story)) == (Outcome.PAID_ELSEWHERE, {Role.SELLER: UNIT})
    story.give(SYSTEM, c.ReportPayment("c1:1", UNIT))  # the refund had been on its way all the same
    assert borne(story) == {Role.CUSTOMER: UNIT}, "the seller has paid once; the customer has it twice, and owes it"


def test_gumroad_4372_a_chargeback_after_the_refund_is_the_customers_debt() -> None:
    story = paying()
    story.give(SELLER, c.PayRefund())
    story.give(SYSTEM, c.ReportPayment("c1:1", UNIT))
    hear(story, OPENED)
    hear(story, LOST)
    assert borne(story) == {Role.CUSTOMER: UNIT}


def test_a_refund_paid_in_part_and_a_chargeback_of_the_rest_are_both_the_sellers() -> None:
    story = deducting()
    story.give(SYSTEM, c.ReportPayment("c1:1", 30_000))
    hear(story, OPENED)
    hear(story, LOST, 80_000)
    assert borne(story) == {Role.SELLER: 70_000, Role.CUSTOMER: 10_000}
    assert story.m.outcome is Outcome.PAID_ELSEWHERE


def test_won_lets_the_48_hours_go_on_with_what_was_left_of_them() -> None:
    story = paying()
    due = story.m.due
    hear(story, OPENED)
    frozen = story.now
    story.wait(20 * DAY)
    hear(story, WON)
    assert due is not None
    assert (story.m.phase, story.m.due) == (Phase.PAYING, story.now + (due - frozen))
    story.lapse()
    assert story.m.phase is Phase.DEDUCTING


def test_won_lets_the_deduction_go_on() -> None:
    story = deducting()
    hear(story, OPENED)
    assert e.DeductionOrdered(1, "c1:1", UNIT) in hear(story, WON)
    assert story.m.phase is Phase.DEDUCTING


def test_lost_in_part_lets_the_rest_be_paid_and_never_more() -> None:
    story = paying()
    story.give(SELLER, c.PayRefund())
    hear(story, OPENED)
    events = hear(story, LOST, 30_000)
    ordered = [each for each in events if isinstance(each, e.RefundOrdered)]
    assert [(each.total, each.at_once) for each in ordered] == [(70_000, True)]
    story.give(SYSTEM, c.ReportPayment("c1:1", 70_000))
    assert borne(story) == {Role.SELLER: 30_000}


def test_lost_without_opened_lowers_what_is_being_paid() -> None:
    story = deducting()
    events = hear(story, LOST, 30_000)
    assert e.DeductionOrdered(1, "c1:1", 70_000) in events
    assert story.m.phase is Phase.DEDUCTING


@pytest.mark.parametrize("stand", [awaiting_return, returning, inspecting, confirming])
def test_every_step_stands_still_and_goes_on_where_it_stood(stand: object) -> None:
    story: Story = stand()  # type: ignore[operator]
    was, due = story.m.phase, story.m.due
    hear(story, OPENED)
    assert story.m.phase is Phase.SUSPENDED
    frozen = story.now
    story.wait(DAY)
    hear(story, WON)
    assert due is not None
    assert (story.m.phase, story.m.due) == (was, story.now + (due - frozen))


def test_goods_that_have_not_left_are_not_sent_to_a_customer_whom_the_bank_has_paid() -> None:
    story = performing()
    hear(story, OPENED)
    hear(story, LOST)
    assert story.m.outcome is Outcome.PAID_ELSEWHERE


def test_goods_that_have_not_left_turn_into_the_rest_of_the_price() -> None:
    story = performing()
    hear(story, OPENED)
    events = hear(story, LOST, 30_000)
    assert e.TurnedIntoRefund(1) in events
    assert story.m.phase is Phase.PAYING
    assert story.m.remedy is not None
    assert story.m.remedy.ordered == 70_000


def test_what_a_carrier_brought_meanwhile_counts_when_it_goes_on() -> None:
    story = returning()
    hear(story, OPENED)
    story.wait(HOUR).scan("R1", ScanKind.DELIVERED)
    assert phase(story) is Phase.SUSPENDED
    hear(story, WON)
    assert phase(story) is Phase.INSPECTING


def test_a_suspension_by_a_court_outlasts_the_bank() -> None:
    story = suspended()
    hear(story, OPENED)
    assert story.refused(AGENT, c.ResumeExecution(reference=TEXT)) is Code.CHARGEBACK_OPEN
    hear(story, WON)
    assert story.m.phase is Phase.SUSPENDED
    story.give(AGENT, c.ResumeExecution(reference=TEXT))
    assert story.m.phase is not Phase.SUSPENDED


def test_a_bank_that_never_answers_leaves_no_case_without_a_deadline_and_pays_nothing() -> None:
    """Reading 13: the suspension renews itself, with its agent told anew each time."""
    story = paying()
    hear(story, OPENED)
    for _ in range(3):
        events = story.lapse()
        assert [type(each) for each in events] == [e.PhaseEntered]
        assert phase(story) is Phase.SUSPENDED
        assert story.m.due is not None
    hear(story, WON)
    assert phase(story) is Phase.PAYING


def test_an_agreement_while_a_chargeback_is_open_is_paid_when_it_is_over() -> None:
    story = Story().disputed()
    hear(story, OPENED)
    story.give(SELLER, c.ProposeAgreement(Solution(RemedyKind.REFUND, 50_000)))
    events = story.give(CUSTOMER, c.AcceptAgreement())
    assert not any(isinstance(each, e.RefundOrdered) for each in events)
    assert phase(story) is Phase.SUSPENDED
    events = hear(story, WON)
    assert e.RefundOrdered(1, "c1:1", 50_000, 50_000, at_once=True) in events
    assert phase(story) is Phase.PAYING


def test_a_court_orders_payment_while_a_chargeback_is_open() -> None:
    story = Story().disputed()
    story.give(SELLER, c.DeclareProcess(Forum.COURT, DELIVERED.date(), reference=TEXT))
    hear(story, OPENED)
    story.give(AGENT, c.RecordOrder(60_000, reference=TEXT))
    assert story.m.phase is Phase.SUSPENDED
    hear(story, LOST, 90_000)
    assert story.m.remedy is not None
    assert (story.m.phase, story.m.remedy.ordered) == (Phase.PAYING, 10_000)


def test_a_command_between_the_notice_and_its_telling_finds_the_matter_standing_still() -> None:
    story = Story().open().wait(HOUR)
    story.order = replace(story.order, facts=(*story.order.facts, notice(story, OPENED)))
    assert story.refused(SELLER, c.ApproveRequest()) is Code.WRONG_PHASE
    assert story.give(SELLER, c.SendMessage(text=TEXT))
    assert story.m.phase is Phase.STOPPED


def test_a_lapse_between_the_notice_and_its_telling_does_not_count() -> None:
    story = paying()
    story.order = replace(story.order, facts=(*story.order.facts, notice(story, OPENED)))
    events = story.lapse()
    assert not any(isinstance(each, e.DeductionOrdered) for each in events)
    assert phase(story) is Phase.SUSPENDED
    hear(story, WON)
    assert phase(story) is Phase.PAYING
    story.lapse()
    assert phase(story) is Phase.DEDUCTING


def test_a_late_appeal_goes_on_and_the_customer_who_was_paid_owes_what_the_bank_gave() -> None:
    story = late_appeal()
    hear(story, OPENED)
    assert story.m.phase is Phase.LATE_APPEAL
    hear(story, LOST)
    assert (story.m.phase, borne(story)) == (Phase.LATE_APPEAL, {Role.CUSTOMER: UNIT})


# --- after the end, twice, and back


def test_a_chargeback_after_the_case_was_closed_is_settled_in_it() -> None:
    story = judged_for_seller(with_material(Story().disputed()))
    story.give(CUSTOMER, c.AcceptJudgement())
    assert not story.case.is_open
    hear(story, OPENED)
    hear(story, LOST, 40_000)
    assert borne(story) == {Role.SYSTEM: 40_000}


def test_a_second_presentment_that_is_won_takes_the_liability_back() -> None:
    story = with_material(Story().disputed())
    hear(story, LOST)
    assert e.ChargebackSettled(1, "CB1", 0, Role.SELLER) in hear(story, WON)
    assert (story.m.phase, borne(story)) == (Phase.CLOSED, {})
    hear(story, LOST, 70_000)
    assert borne(story) == {Role.SELLER: 70_000}


def test_a_notice_that_comes_twice_changes_nothing_the_second_time() -> None:
    story = paying()
    for stage in (OPENED, LOST):
        hear(story, stage)
        before = story.m
        story.fact(replace(chargebacks(story.order)[0]))
        assert story.m == before


def test_only_one_case_speaks_for_a_unit() -> None:
    """Two cases had the same unit; what the bank gives is borne once."""
    first = judged_for_seller(with_material(Story().disputed()))
    first.give(CUSTOMER, c.AcceptJudgement())
    second = Story(state=first.order, case_id="c2")
    second.now = first.now
    second.order = replace(first.order, uses={"c1": _unsettled(first)})
    second.open(RequestType.REFUND, ClaimLine("a", Reason.DEFECTIVE, (1,)))
    lost = notice(second, LOST)
    for story in (first, second):
        story.order = replace(second.order, uses={"c1": usage(first.case), "c2": usage(second.case)})
        story.now = second.now + HOUR
        story.fact(lost)
    assert (borne(first), borne(second)) == ({}, {Role.SELLER: UNIT})


def _unsettled(story: Story) -> CaseUse:
    used = usage(story.case)
    return replace(used, units=tuple(replace(each, settled=False) for each in used.units))


def test_the_sellers_debt_to_the_platform_has_a_name_of_its_own() -> None:
    assert chargeback_obligation("c1", 1) == "c1:1:chargeback"


# --- any order of events


def test_no_order_of_events_pays_the_customer_twice_while_it_can_be_stopped() -> None:
    """Over permutations of bank, seller, agent, provider and outside refund: each minor unit has one bearer."""
    for seed in range(30):
        chance = Random(seed)
        amounts = [chance.choice((UNIT, 30_000, 70_001, 1)) for _ in range(3)]
        for deeds in chance.sample(list(permutations(range(7))), 20):
            _live(chance, deeds, amounts)


def _live(chance: Random, deeds: tuple[int, ...], amounts: list[int]) -> None:
    """One life of a case, in which these things happen in this order."""
    story = Story().open().wait(HOUR)
    for deed in deeds:
        story.wait(timedelta(minutes=chance.randint(1, 3000)))
        if deed in (0, 1, 2):
            stage = (OPENED, WON, LOST)[deed]
            at = story.now - timedelta(minutes=chance.choice((0, 0, 9000)))
            _tell(story, ChargebackNotice("CB1", amounts[0], stage, at, *chance.choice((("a", (1,)), ("a",), ()))))
        elif deed == 3:
            story.answer(
                SELLER, chance.choice((c.ApproveRequest(), c.RejectRequest(story.reject_code(RequestType.REFUND))))
            )
        elif deed == 4:
            _pay(story, chance)
        elif deed == 5:
            _tell(story, OutsideRefund("a", (1,), amounts[1], story.now))
        elif story.case.due is not None:
            story.now = max(story.now, story.case.due)
            story.answer(CLOCK, c.Lapse())
        _check(story)
    _pay(story, chance)
    _check(story)
    assert replay(story.log) == story.case


def _tell(story: Story, fact: ChargebackNotice | OutsideRefund) -> None:
    story.order = replace(story.order, facts=(*story.order.facts, fact))
    if story.case.is_open or isinstance(fact, ChargebackNotice):
        answer = story.answer(SYSTEM, c.RecordFact(fact))
        assert isinstance(answer, Decided) or not isinstance(fact, ChargebackNotice), answer


def _pay(story: Story, chance: Random) -> None:
    """The provider pays what it was told to, and nothing that it was told not to pay."""
    remedy = story.m.remedy
    if remedy is None or story.m.phase not in (Phase.PAYING, Phase.DEDUCTING):
        return
    told = remedy.at_once or remedy.deducting
    paid = chance.choice((remedy.ordered, remedy.ordered // 2))
    if told and paid > remedy.paid:
        before = sum(each.amount for each in _outside(story)) + paid
        story.give(SYSTEM, c.ReportPayment("c1:1", paid))
        assert before <= UNIT or before - paid > UNIT, "nothing is ordered that would be paid twice"


def _outside(story: Story) -> list[OutsideRefund]:
    found = [each for each in story.order.facts if isinstance(each, OutsideRefund)]
    lost = [each for each in chargebacks(story.order) if each.stage is LOST]
    found += [x for each in lost for x in by_line(order(), each) if x.line_id == "a" and x.units == (1,)]
    return found


def _check(story: Story) -> None:
    """Nothing is asked of the provider while one is open; what was lost is borne, each minor unit by one."""
    matter, known = story.m, chargebacks(story.order)
    if any(each.stage is OPENED and each.covers("a", 1) for each in known):
        assert matter.phase not in (Phase.PAYING, Phase.DEDUCTING, Phase.PERFORMING)
    for each in known:
        mine = sum(x.amount for x in matter.charged if x.reference == each.reference)
        if each.stage is LOST:
            parts = [x for x in by_line(order(), each) if x.line_id == "a"]
            share = sum(x.amount if len(x.units) == 1 else -(-x.amount // 2) for x in parts)
            assert abs(mine - share) <= 1
        elif each.stage is WON:
            assert mine == 0
    if not matter.is_open:
        assert matter.hold == 0
    else:
        assert matter.due is not None


def test_a_return_that_a_bank_has_paid_for_ends_without_a_refund() -> None:
    story = awaiting_return()
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "R7"))
    hear(story, LOST)
    assert story.m.outcome is Outcome.PAID_ELSEWHERE


def test_two_banks_that_both_give_it_back_are_the_sellers_once() -> None:
    story = Story().rejected()
    hear(story, OPENED, reference="CB1")
    hear(story, LOST, reference="CB2")
    assert borne(story) == {Role.SELLER: UNIT}
    hear(story, LOST, reference="CB1")
    assert borne(story) == {Role.SELLER: UNIT, Role.CUSTOMER: UNIT}


def test_what_was_lost_before_the_request_is_the_orders_alone() -> None:
    story = Story()
    story.order = replace(story.order, facts=(*story.order.facts, notice(story, LOST, 30_000)))
    story.open(RequestType.REFUND, ClaimLine("a", Reason.DEFECTIVE, (1,))).wait(HOUR)
    story.give(SYSTEM, c.RecordFact(chargebacks(story.order)[0]))  # told late, to a case that was not there
    assert story.m.phase is Phase.REVIEW
    story.give(SELLER, c.ApproveRequest())
    story.give(SYSTEM, c.ReportPayment("c1:1", 70_000))
    assert borne(story) == {}


def test_what_the_seller_bears_is_recovered_and_given_back_when_the_bank_reverses() -> None:
    story = with_material(Story().disputed())
    hear(story, LOST)
    name = chargeback_obligation("c1", 1)
    assert story.refused(SYSTEM, c.ReportPayment("c1:2:chargeback", 0)) is Code.NOTHING_OWED
    assert story.refused(CUSTOMER, c.ReportPayment(name, 0, 1)) is Code.WRONG_ROLE
    assert story.refused(SYSTEM, c.ReportPayment(name, UNIT, UNIT + 1)) is Code.OVERPAID
    events = story.give(SYSTEM, c.ReportPayment(name, UNIT, 60_000, advanced=UNIT))
    assert events == [e.AdvanceRecovered(1, name, 60_000)]
    assert story.give(SYSTEM, c.ReportPayment(name, UNIT, 50_000, advanced=UNIT)) == []
    hear(story, WON)
    told = [x for each in story.log[-1:] for x in effects(each, story.case) if x.obligation == name]
    assert [(str(x.kind), x.amount, x.funding) for x in told] == [
        ("RECOVER", 60_000, "CHARGEBACK"),
        ("REIMBURSE", 60_000, "CHARGEBACK"),
    ]
    assert (story.m.recovered, story.m.given_back) == (60_000, 60_000)
    hear(story, LOST, 30_000)
    told = [x for each in story.log[-1:] for x in effects(each, story.case) if x.obligation == name]
    assert [(str(x.kind), x.amount) for x in told] == [("RECOVER", 90_000), ("REIMBURSE", 60_000)]


def test_the_accounts_of_a_chargeback_end_at_nothing_however_it_goes() -> None:
    """What was laid out, recovered and given back: every account stands where the last word puts it."""
    story = with_material(Story().disputed())
    name = chargeback_obligation("c1", 1)
    hear(story, LOST)
    story.give(SYSTEM, c.ReportPayment(name, UNIT, UNIT, advanced=UNIT))
    here = balances(transfers_of(None, story.log))
    assert (here[Account.SELLER_PAYABLE], here[Account.PROVIDER_CLEARING]) == (-UNIT, UNIT)
    hear(story, WON)
    assert not any(balances(transfers_of(None, story.log)).values())


def test_a_debt_that_is_collected_after_the_case_waits_for_the_bank() -> None:
    story = deducting()
    story.lapse()
    assert story.m.outcome is Outcome.DEBT_LEFT
    assert e.CollectionStopped(1, "c1:1") in hear(story, OPENED)
    assert e.DeductionOrdered(1, "c1:1", UNIT) in hear(story, WON)
    hear(story, OPENED, 40_000, "CB2")
    events = hear(story, LOST, 40_000, "CB2")
    assert e.DeductionOrdered(1, "c1:1", 60_000) in events
    assert borne(story) == {Role.SELLER: 40_000}


def test_neither_side_reads_of_what_the_other_bears() -> None:
    for bearer, readers in (
        (Role.SELLER, {Role.SELLER}),
        (Role.SYSTEM, {Role.SELLER}),
        (Role.CUSTOMER, {Role.CUSTOMER}),
    ):
        event = e.ChargebackSettled(1, "CB1", 5, bearer)
        assert {role for role in (Role.CUSTOMER, Role.SELLER) if sees(event, role)} == readers
        assert sees(replace(event, amount=0), Role.CUSTOMER)
        claim = e.CarrierClaimNoted(1, "R1", ReturnIssue.LOSS, 5, bearer)
        assert {role for role in (Role.CUSTOMER, Role.SELLER) if sees(claim, role)} == readers & {bearer}
        assert sees(claim, Role.AGENT)
