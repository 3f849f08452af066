"""Deduction, the platform's advance, debts still collected, what a seller paid by itself, holds (S18 to S20)."""

from dataclasses import replace

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Remedy
from mufakat.core.claim import ClaimLine, Material, Reason, RemedyKind, RequestType, Solution
from mufakat.core.evolve import replay
from mufakat.core.order import OutsideRefund
from mufakat.core.parties import SYSTEM, Actor
from mufakat.core.phases import Outcome, Phase
from mufakat.core.refusals import Code
from mufakat.core.usage import usage
from mufakat.core.view import available_actions
from tests.core.findings import judged_for_customer, judged_for_seller, with_material
from tests.core.stands import PROOF, STANDS, appeal_deciding, awarded, dismissed, paying
from tests.core.story import AGENT, CUSTOMER, HOUR, SECOND_AGENT, SELLER, TEXT, Story, policy

NAME = "c1:1"


def report(paid: int, recovered: int = 0, advanced: int = 0, reference: str = "") -> c.ReportPayment:
    return c.ReportPayment(NAME, paid, recovered, reference, advanced)


def switched(story: Story, *, debit_balance: bool = False, platform_advance: bool = False) -> Story:
    """The same story in a market with these switches."""
    switches = replace(story.policy.switches, debit_balance=debit_balance, platform_advance=platform_advance)
    story.policy = replace(story.policy, switches=switches)
    return story


def deducting(*, platform_advance: bool = False) -> Story:
    """A judged refund that the seller did not pay in 48 hours."""
    story = switched(paying(), platform_advance=platform_advance)
    story.lapse()
    return story


def remedy(story: Story) -> Remedy:
    assert story.m.remedy is not None
    return story.m.remedy


# --- the switches


def test_s20_a_market_without_the_switches_deducts_from_payments_due_alone() -> None:
    """Reading 9: debit of a balance and advance are off."""
    for market in ("id", "vn"):
        switches = policy(market).switches
        assert (switches.debit_balance, switches.platform_advance) == (False, False)
    story = deducting()
    ordered = [each.event for each in story.log if isinstance(each.event, e.DeductionOrdered)]
    assert ordered == [e.DeductionOrdered(1, NAME, 100_000, debit_balance=False)]
    assert not any(isinstance(each.event, e.AdvanceOrdered) for each in story.log)


def test_s20_the_balance_is_debited_where_the_market_says_so() -> None:
    story = switched(paying(), debit_balance=True)
    assert e.DeductionOrdered(1, NAME, 100_000, debit_balance=True) in story.lapse()


def test_s20_the_platform_advances_what_is_unpaid_and_collects_it() -> None:
    """The customer is paid once and whole, whatever the seller's balance."""
    story = switched(paying(), platform_advance=True)
    story.give(SYSTEM, report(30_000))
    events = story.lapse()
    assert [x for x in events if isinstance(x, e.AdvanceOrdered | e.DeductionOrdered)] == [
        e.AdvanceOrdered(1, NAME, 70_000),
        e.DeductionOrdered(1, NAME, 70_000),
    ]
    paid = story.give(SYSTEM, report(100_000, advanced=70_000, reference="adv-1"))
    assert paid == [e.RefundPaid(1, NAME, 70_000, advanced=True, reference="adv-1")]
    assert (story.m.phase, remedy(story).uncollected) == (Phase.DEDUCTING, 70_000)
    part = story.give(SYSTEM, report(100_000, 20_000, 70_000))
    assert part == [e.AdvanceRecovered(1, NAME, 20_000)]
    assert (story.m.phase, remedy(story).uncollected) == (Phase.DEDUCTING, 50_000)
    story.give(SYSTEM, report(100_000, 70_000, 70_000))
    assert (story.m.phase, remedy(story).paid, remedy(story).recovered) == (Phase.LATE_APPEAL, 100_000, 70_000)
    assert replay(story.log) == story.case


def test_an_advance_that_cannot_be_recovered_in_time_is_a_debt_and_still_recovered() -> None:
    story = deducting(platform_advance=True)
    story.give(SYSTEM, report(100_000, 40_000, 100_000))
    assert e.DebtLeft(1, NAME, 60_000) in story.lapse()
    assert (story.m.outcome, story.m.debt) == (Outcome.DEBT_LEFT, 60_000)
    assert story.give(SYSTEM, report(100_000, 90_000, 100_000)) == [e.AdvanceRecovered(1, NAME, 50_000)]
    assert (story.m.phase, story.m.debt) == (Phase.CLOSED, 10_000)


def test_reports_of_an_advance_that_come_late_twice_or_crossed_change_nothing() -> None:
    story = deducting(platform_advance=True)
    story.give(SYSTEM, report(100_000, 30_000, 100_000))
    for old in (report(100_000, 30_000, 100_000), report(100_000, 10_000, 100_000), report(60_000, 0, 60_000)):
        assert story.give(SYSTEM, old) == []
    assert remedy(story).paid == 100_000


def test_what_the_seller_paid_before_the_advance_was_made_is_not_recovered_again() -> None:
    """The provider had paid 40,000 of the seller's money that nobody had reported when the advance was ordered."""
    story = deducting(platform_advance=True)
    story.give(SYSTEM, report(100_000, 0, 60_000))
    assert (remedy(story).advanced, remedy(story).uncollected) == (60_000, 60_000)
    story.give(SYSTEM, report(100_000, 60_000, 60_000))
    assert story.m.phase is Phase.LATE_APPEAL


@pytest.mark.parametrize(
    "wrong",
    [
        report(50_000, 0, 60_000),
        report(100_000, 70_000, 60_000),
        report(100_000, -1, 60_000),
        report(100_000, 0, 100_001),
    ],
)
def test_a_report_whose_parts_do_not_fit_is_refused(wrong: c.ReportPayment) -> None:
    assert deducting(platform_advance=True).refused(SYSTEM, wrong) is Code.ADVANCE_NOT_FITTING


def test_an_advance_that_nobody_ordered_is_refused() -> None:
    assert deducting().refused(SYSTEM, report(100_000, 0, 100_000)) is Code.ADVANCE_NOT_FITTING
    assert deducting().refused(SYSTEM, report(100_001)) is Code.OVERPAID


def test_parts_that_cross_never_pay_more_than_was_owed() -> None:
    story = deducting(platform_advance=True)
    story.give(SYSTEM, report(60_000, 0, 0))
    assert story.refused(SYSTEM, report(100_000, 0, 100_000)) is Code.OVERPAID


def test_a_suspended_advance_goes_on_where_it_stood() -> None:
    story = deducting(platform_advance=True)
    story.give(SYSTEM, report(100_000, 10_000, 100_000))
    story.give(AGENT, c.SuspendExecution(reference=TEXT))
    story.give(SYSTEM, report(100_000, 30_000, 100_000))
    assert story.m.phase is Phase.SUSPENDED
    events = story.give(AGENT, c.ResumeExecution(reference=TEXT))
    assert e.DeductionOrdered(1, NAME, 70_000) in events
    assert not any(isinstance(each, e.AdvanceOrdered) for each in events)


def test_an_advance_that_did_not_arrive_is_ordered_again_after_a_suspension() -> None:
    story = deducting(platform_advance=True)
    story.give(AGENT, c.SuspendExecution(reference=TEXT))
    events = story.give(AGENT, c.ResumeExecution(reference=TEXT))
    assert e.AdvanceOrdered(1, NAME, 100_000) in events


def test_money_that_went_back_elsewhere_does_not_free_the_seller_of_what_was_advanced() -> None:
    """Dokan 1575: a refund without the balance. The customer is not owed more, the platform still is."""
    story = deducting(platform_advance=True)
    story.give(SYSTEM, report(100_000, 10_000, 100_000))
    story.fact(OutsideRefund("a", (1,), 100_000, story.now))
    assert (story.m.phase, remedy(story).uncollected) == (Phase.DEDUCTING, 90_000)
    story.give(SYSTEM, report(100_000, 100_000, 100_000))
    assert not story.case.is_open or story.m.phase is Phase.LATE_APPEAL


def test_an_advance_on_its_way_is_lowered_by_money_that_went_back_elsewhere() -> None:
    story = deducting(platform_advance=True)
    events = story.fact(OutsideRefund("a", (1,), 40_000, story.now))
    assert e.AdvanceOrdered(1, NAME, 60_000) in events
    assert e.DeductionOrdered(1, NAME, 60_000) in events


# --- debts


def test_s20_a_debt_that_is_left_is_still_collected_and_lowered() -> None:
    """Reading 9: later payouts pay it; nothing tells the provider to stop."""
    story = deducting()
    story.give(SYSTEM, report(30_000))
    events = story.lapse()
    assert e.DebtLeft(1, NAME, 70_000) in events
    assert not any(isinstance(each, e.CollectionStopped) for each in events)
    assert story.m.debt == 70_000
    assert story.give(SYSTEM, report(50_000)) == [e.RefundPaid(1, NAME, 20_000)]
    assert (story.m.debt, story.m.outcome) == (50_000, Outcome.DEBT_LEFT)
    story.give(SYSTEM, report(100_000))
    assert story.m.debt == 0
    assert replay(story.log) == story.case


def test_a_debt_is_not_paid_when_the_money_went_back_elsewhere() -> None:
    """Gumroad 4372: a refund plus a chargeback is not paid twice, after the case has closed too."""
    story = deducting()
    story.lapse()
    assert [type(each) for each in story.fact(OutsideRefund("a", (1,), 40_000, story.now))] == [
        e.FactNoted,
        e.RefundReduced,
        e.RefundOrdered,
        e.DeductionOrdered,
    ]
    assert story.m.debt == 60_000
    assert e.CollectionStopped(1, NAME) in story.fact(OutsideRefund("a", (1,), 60_000, story.now))
    assert story.m.debt == 0
    assert story.refused(SYSTEM, c.RecordFact(OutsideRefund("a", (1,), 1, story.now))) is Code.CASE_CLOSED


def test_a_debt_keeps_the_shipping_fee_used() -> None:
    claims = (ClaimLine("a", Reason.DEFECTIVE, quantity=2), ClaimLine("b", Reason.DEFECTIVE))
    story = Story().open(RequestType.REFUND, *claims).wait(HOUR)
    story.give(SELLER, c.ApproveRequest())
    assert remedy(story).shipping == 9_000
    story.lapse()
    story.lapse()
    assert (story.m.outcome, usage(story.case).shipping) == (Outcome.DEBT_LEFT, 9_000)


# --- what the seller paid by itself


@pytest.mark.parametrize("stand", [paying, deducting])
def test_what_the_seller_paid_by_itself_counts_when_the_customer_says_so(stand: object) -> None:
    story: Story = stand()  # type: ignore[operator]
    due = story.m.due
    events = story.give(SELLER, c.ReportOwnPayment(100_000, PROOF))
    assert e.OwnPaymentClaimed(1, 100_000, len(story.case.exhibits)) in events
    assert (story.m.due, remedy(story).ordered) == (due, 100_000)
    story.give(CUSTOMER, c.ConfirmOwnPayment())
    assert story.m.outcome is Outcome.PAID_ELSEWHERE
    assert remedy(story).outside == (("a", 100_000),)
    assert sum(each.refunded for each in usage(story.case).units) == 100_000
    assert replay(story.log) == story.case


def test_a_part_that_the_seller_paid_by_itself_lowers_the_rest() -> None:
    story = paying()
    story.give(SELLER, c.ReportOwnPayment(40_000, PROOF))
    story.give(CUSTOMER, c.ConfirmOwnPayment())
    assert (story.m.phase, remedy(story).ordered) == (Phase.PAYING, 60_000)
    assert e.DeductionOrdered(1, NAME, 60_000) in story.lapse()
    story.give(SYSTEM, report(60_000))
    assert sum(each.refunded for each in usage(story.case).units) == 100_000


def test_what_was_paid_by_hand_in_part_is_replaced_by_no_agreement() -> None:
    """Reading 7: an agreement may replace a judgement until it is paid."""
    story = paying()
    story.give(SELLER, c.ReportOwnPayment(40_000, PROOF))
    story.give(CUSTOMER, c.ConfirmOwnPayment())
    terms = c.ProposeAgreement(Solution(RemedyKind.REFUND, 10_000))
    assert story.refused(CUSTOMER, terms) is Code.PAYMENT_UNDER_WAY


def test_a_seller_that_only_says_so_is_deducted_all_the_same() -> None:
    """S20: whatever is not proven done in 48 hours is deducted; silence of the customer proves nothing."""
    story = paying()
    story.give(SELLER, c.ReportOwnPayment(100_000, PROOF))
    assert e.DeductionOrdered(1, NAME, 100_000) in story.lapse()
    story.give(CUSTOMER, c.DenyOwnPayment())
    assert (remedy(story).ordered, remedy(story).claimed) == (100_000, 0)


def test_what_cannot_have_been_paid_by_the_seller_itself_is_refused() -> None:
    story = paying()
    assert story.refused(SELLER, c.ReportOwnPayment(0, PROOF)) is Code.ASKED_TOO_MUCH
    assert story.refused(SELLER, c.ReportOwnPayment(100_001, PROOF)) is Code.ASKED_TOO_MUCH
    assert story.refused(SELLER, c.ReportOwnPayment(1, Material("PROOF"))) is Code.MATERIAL_EMPTY
    assert story.refused(CUSTOMER, c.ConfirmOwnPayment()) is Code.NOTHING_CLAIMED
    assert story.refused(CUSTOMER, c.DenyOwnPayment()) is Code.NOTHING_CLAIMED
    story.give(SELLER, c.PayRefund())
    assert story.refused(SELLER, c.ReportOwnPayment(1, PROOF)) is Code.PAYMENT_UNDER_WAY


def test_a_claim_that_the_provider_overtook_confirms_no_more_than_is_left() -> None:
    story = deducting()
    story.give(SELLER, c.ReportOwnPayment(100_000, PROOF))
    story.give(SYSTEM, report(70_000))
    assert e.OwnPaymentConfirmed(1, 30_000, (("a", 30_000),)) in story.give(CUSTOMER, c.ConfirmOwnPayment())
    assert (story.m.outcome, remedy(story).paid) == (Outcome.PAID_ELSEWHERE, 70_000)


def test_the_customer_is_asked_about_it_only_while_it_is_claimed() -> None:
    story = paying()
    asked = {"ConfirmOwnPayment", "DenyOwnPayment"}
    assert not asked & {each.command for each in available_actions(story.case, CUSTOMER.role)}
    story.give(SELLER, c.ReportOwnPayment(1, PROOF))
    assert asked <= {each.command for each in available_actions(story.case, CUSTOMER.role)}


# --- the hold (reading 9)


def test_s18_the_hold_survives_judgement_appeal_and_suspension() -> None:
    """Reading 9: from the moment the dispute is raised until the outcome."""
    story = Story().disputed()
    assert story.m.hold == 100_000
    for phase in (Phase.EVIDENCE, Phase.DECIDING, Phase.AWARDED, Phase.APPEAL_EVIDENCE, Phase.APPEAL_DECIDING):
        assert STANDS[phase]().m.hold == 100_000, phase
    story = appeal_deciding()
    story.give(SECOND_AGENT, c.DecideAppeal())
    assert (story.m.phase, story.m.hold) == (Phase.PAYING, 100_000)
    story.give(AGENT, c.SuspendExecution(reference=TEXT))
    assert story.m.hold == 100_000
    story.give(AGENT, c.ResumeExecution(reference=TEXT))
    assert story.m.hold == 100_000


def test_s18_the_hold_survives_a_judgement_that_is_sent_back() -> None:
    story = appeal_deciding()
    story.give(SECOND_AGENT, c.SendBack(text=TEXT))
    assert (story.m.phase, story.m.hold) == (Phase.DECIDING, 100_000)


def test_the_hold_ends_with_a_dismissal_and_comes_back_with_the_second_dispute() -> None:
    story = dismissed()
    assert story.m.hold == 0
    story.give(CUSTOMER, c.RaiseDispute(text=TEXT))
    assert (story.m.disputes, story.m.hold) == (2, 100_000)


def test_a_split_holds_for_the_lines_in_dispute_alone() -> None:
    claims = (ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.DEFECTIVE))
    story = Story().rejected(RequestType.REFUND, *claims).wait(HOUR)
    story.give(CUSTOMER, c.RaiseDispute(lines=("b",), text=TEXT))
    assert [(matter.lines, matter.hold) for matter in story.case.matters] == [(("b",), 50_000), (("a",), 0)]


def test_a_judgement_that_splits_holds_for_what_was_awarded() -> None:
    claims = (ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.DEFECTIVE))
    story = with_material(Story().disputed(RequestType.REFUND, *claims).wait(HOUR)).wait(HOUR)
    assert story.m.hold == 150_000
    judged_for_customer(story)
    assert sum(matter.hold for matter in story.case.matters) == 150_000


def test_a_hold_that_was_partly_paid_from_is_lowered() -> None:
    """Reading 9: what the seller has paid is held no more."""
    story = deducting()
    story.give(SYSTEM, report(30_000))
    assert (story.m.hold, remedy(story).uncollected) == (70_000, 70_000)
    story.lapse()
    assert story.m.hold == 0


def test_an_advance_keeps_the_hold_until_it_is_recovered() -> None:
    story = deducting(platform_advance=True)
    story.give(SYSTEM, report(100_000, 0, 100_000))
    assert story.m.hold == 100_000
    story.give(SYSTEM, report(100_000, 25_000, 100_000))
    assert story.m.hold == 75_000


def test_no_more_is_held_than_what_was_agreed_or_is_still_owed() -> None:
    story = awarded()
    story.give(CUSTOMER, c.ProposeAgreement(Solution(RemedyKind.REFUND, 20_000)))
    story.give(SELLER, c.AcceptAgreement())
    assert story.m.hold == 20_000
    story = paying()
    story.fact(OutsideRefund("a", (1,), 40_000, story.now))
    assert story.m.hold == 60_000


def test_a_second_dispute_that_is_lost_ends_the_hold() -> None:
    story = dismissed()
    story.give(CUSTOMER, c.RaiseDispute(text=TEXT))
    story.wait(HOUR)
    story.complete()
    judged_for_seller(story, actor=SECOND_AGENT)
    assert (story.m.phase, story.m.hold) == (Phase.CLOSED, 0)


def test_strangers_may_say_nothing_about_payments() -> None:
    story = paying()
    other = Actor(SELLER.role, "other")
    assert story.refused(other, c.ReportOwnPayment(1, PROOF)) is Code.NOT_YOURS
    assert story.refused(CUSTOMER, report(1)) is Code.WRONG_ROLE
