"""Carrying it out: S18 to S25, readings 5, 10, 11, 14, and the money behind it."""

from datetime import timedelta

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import (
    Cause,
    ClaimLine,
    Deception,
    Ground,
    Material,
    Reason,
    RemedyKind,
    RequestType,
    ReturnIssue,
    ReturnMethod,
    Severity,
    Solution,
)
from mufakat.core.order import OrderState, OutsideRefund, ScanKind
from mufakat.core.parties import SYSTEM, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.refusals import Code
from tests.core.findings import judged_for_customer, with_material
from tests.core.stands import (
    awaiting_return,
    confirming,
    deducting,
    delivering,
    inspecting,
    paying,
    performing,
    performing_other,
    reported,
    returning,
)
from tests.core.story import AGENT, CUSTOMER, DAY, DELIVERED, HOUR, SELLER, TEXT, Story, delivered, order

RETURN = RequestType.RETURN_AND_REFUND


def owed(story: Story) -> int:
    remedy = story.m.remedy
    assert remedy is not None
    return remedy.total


def judged_return(**found: object) -> Story:
    """A return under an enforceable judgement."""
    story = judged_for_customer(with_material(Story().disputed(RETURN)), **found)  # type: ignore[arg-type]
    story.give(SELLER, c.AcceptJudgement())
    return story


# --- S19, S20: 48 hours, then deduction


def test_s19_the_seller_has_48_hours_from_when_the_judgement_is_enforceable() -> None:
    story = paying()
    assert story.m.due is not None
    assert story.m.due == story.now - HOUR + 48 * HOUR


def test_s20_what_is_unpaid_after_48_hours_is_deducted_and_never_before() -> None:
    story = paying()
    events = story.lapse()
    assert e.DeductionOrdered(1, "c1:1", 100_000) in events
    assert story.m.phase is Phase.DEDUCTING


def test_s20_a_partial_payment_leaves_the_rest_to_be_deducted() -> None:
    story = paying()
    story.give(SELLER, c.PayRefund())
    story.give(SYSTEM, c.ReportPayment("c1:1", 30_000))
    assert e.DeductionOrdered(1, "c1:1", 70_000) in story.lapse()
    story.give(SYSTEM, c.ReportPayment("c1:1", 100_000))
    assert story.m.phase is Phase.LATE_APPEAL


def test_what_cannot_be_collected_stays_a_debt() -> None:
    story = deducting()
    assert e.DebtLeft(1, "c1:1", 100_000) in story.lapse()
    assert story.m.outcome is Outcome.DEBT_LEFT
    story.give(SYSTEM, c.ReportPayment("c1:1", 10_000))  # a payment that was on its way is still recorded
    assert story.m.remedy is not None
    assert story.m.remedy.paid == 10_000


def test_an_approved_refund_is_paid_at_once_and_the_rest_deducted() -> None:
    """Arithmetic 12."""
    story = Story().open().wait(HOUR)
    events = story.give(SELLER, c.ApproveRequest())
    assert e.RefundOrdered(1, "c1:1", 100_000, 100_000, at_once=True) in events
    assert story.m.due == story.now + 48 * HOUR
    story.lapse()
    assert story.m.phase is Phase.DEDUCTING


def test_a_payment_report_that_comes_twice_or_too_high_changes_nothing() -> None:
    story = paying()
    story.give(SYSTEM, c.ReportPayment("c1:1", 30_000))
    assert story.give(SYSTEM, c.ReportPayment("c1:1", 30_000)) == []
    assert story.give(SYSTEM, c.ReportPayment("c1:1", 20_000)) == []
    assert story.refused(SYSTEM, c.ReportPayment("c1:1", 100_001)) is Code.OVERPAID
    assert story.refused(SYSTEM, c.ReportPayment("c9:1", 1)) is Code.NOTHING_OWED


def test_an_outside_refund_lowers_what_is_still_paid() -> None:
    story = paying()
    story.fact(OutsideRefund("a", (1,), 40_000, story.now))
    assert owed(story) == 60_000
    story.fact(OutsideRefund("a", (1,), 60_000, story.now))
    assert (story.m.phase, story.m.outcome) == (Phase.CLOSED, Outcome.PAID_ELSEWHERE)


# --- Steps in order: reading 11


def test_reading_11_the_sellers_clock_starts_when_the_parcel_arrives() -> None:
    story = judged_return()
    assert (story.m.phase, story.m.due) == (Phase.AWAITING_RETURN, story.now + 10 * DAY)
    story.wait(9 * DAY)
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "R1"))
    story.wait(DAY)
    story.scan("R1", ScanKind.DELIVERED)
    assert (story.m.phase, story.m.due) == (Phase.INSPECTING, story.now + 48 * HOUR)
    story.lapse()
    assert story.m.phase is Phase.DEDUCTING


def test_reading_11_a_customer_who_does_not_ship_lets_the_step_lapse() -> None:
    story = judged_return()
    story.lapse()
    assert (story.m.phase, story.m.outcome) == (Phase.CLOSED, Outcome.NOT_RETURNED)


def test_inspection_by_carrier_and_self_arranged() -> None:
    story = inspecting()  # scanned on Monday, an hour ago
    assert story.m.due == story.now - HOUR + 2 * DAY
    story.lapse()
    assert story.m.phase is Phase.PAYING
    own = awaiting_return()
    own.give(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "R1"))
    assert (own.m.phase, own.m.due) == (Phase.INSPECTING, own.now + 14 * DAY)
    own.lapse()
    assert own.m.phase is Phase.PAYING


def test_a_parcel_without_a_scan_for_seven_days_is_lost() -> None:
    story = returning()
    story.wait(5 * DAY)
    story.scan("R1", ScanKind.IN_TRANSIT)
    assert story.m.due == story.now + 7 * DAY
    events = story.lapse()
    decided = next(each for each in events if isinstance(each, e.RiskDecided))
    assert decided.issue is ReturnIssue.LOSS


def test_another_parcels_scan_is_no_scan_of_this_one() -> None:
    story = returning()
    due = story.m.due
    story.wait(DAY)
    story.scan("somebody else's", ScanKind.DELIVERED)
    assert (story.m.phase, story.m.due) == (Phase.RETURNING, due)


def test_a_tracking_number_is_ones_own() -> None:
    story = awaiting_return()
    ship = c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "OUTBOUND")
    assert story.refused(CUSTOMER, ship) is Code.TRACKING_USED
    assert story.refused(CUSTOMER, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "")) is Code.TRACKING_NEEDED


def test_arithmetic_6_a_judged_self_arranged_parcel_that_is_seen_to_arrive_starts_the_48_hours() -> None:
    story = judged_return()
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "R1"))
    assert story.m.due == story.now + 14 * DAY
    story.wait(2 * DAY)
    story.scan("R1", ScanKind.DELIVERED)
    assert (story.m.phase, story.m.due) == (Phase.INSPECTING, story.now + 48 * HOUR)


def test_new_terms_do_not_start_the_inspection_anew() -> None:
    story = awaiting_return()
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "R1"))
    due = story.m.due
    story.wait(3 * DAY)
    story.give(SELLER, c.ProposeAgreement(Solution(RemedyKind.RETURN_AND_REFUND, 80_000)))
    story.give(CUSTOMER, c.AcceptAgreement())
    assert (story.m.phase, story.m.due) == (Phase.INSPECTING, due)


def test_new_terms_after_a_report_ask_for_no_second_inspection() -> None:
    """A seed of the simulation."""
    story = reported()
    story.give(SELLER, c.ProposeAgreement(Solution(RemedyKind.RETURN_AND_REFUND, 80_000)))
    story.give(CUSTOMER, c.AcceptAgreement())
    assert (story.m.phase, owed(story)) == (Phase.PAYING, 80_000)


def test_freight_follows_fault_up_to_the_outbound_fee() -> None:
    for reason, extra in ((Reason.DEFECTIVE, 9_000), (Reason.OTHER, 0)):
        story = Story().open(RETURN, reason=reason).wait(HOUR)
        story.give(SELLER, c.ApproveRequest())
        story.give(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "R1", freight=20_000))
        story.give(SELLER, c.ConfirmReceipt())
        assert owed(story) == 100_000 + extra


# --- S22 to S25: who bears what befell the return


RISK = [
    ("S22", Ground.INCONSISTENT, Severity.MINOR, Deception.SELLER, (Role.SELLER, Role.SELLER, Role.SELLER)),
    ("S23", Ground.INCONSISTENT, Severity.MINOR, Deception.NONE, (Role.SELLER, Role.CUSTOMER, Role.CUSTOMER)),
    ("S24", Ground.QUALITY, Severity.MAJOR, Deception.NONE, (Role.SELLER, Role.SELLER, Role.SELLER)),
    ("S25", Ground.QUALITY, Severity.MINOR, Deception.NONE, (Role.SELLER, Role.CUSTOMER, Role.CUSTOMER)),
]


@pytest.mark.parametrize("rule, ground, severity, deception, bearers", RISK)
def test_s22_to_s25_who_bears_breakage_damage_and_loss(
    rule: str, ground: Ground, severity: Severity, deception: Deception, bearers: tuple[Role, Role, Role]
) -> None:
    for issue, bearer in zip(ReturnIssue, bearers, strict=True):
        story = judged_return(ground=ground, severity=severity, deception=deception)
        story.give(CUSTOMER, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "R1"))
        story.scan("R1", ScanKind.DELIVERED)
        story.give(SELLER, c.ReportReturn(issue, 30_000))
        if bearer is Role.CUSTOMER:
            assert story.m.phase is Phase.REPORTED
            story.lapse()
        decided = next(each.event for each in story.log if isinstance(each.event, e.RiskDecided))
        assert (decided.bearer, decided.rule) == (bearer, rule)
        assert owed(story) == 100_000 - (30_000 if bearer is Role.CUSTOMER else 0)


def test_reading_10_before_the_customer_has_shipped_nothing_can_be_reported() -> None:
    assert judged_return().refused(SELLER, c.ReportReturn(ReturnIssue.LOSS, 1)) is Code.WRONG_PHASE


def test_arithmetic_7_a_sellers_report_binds_only_by_silence_or_an_agents_finding() -> None:
    story = reported()
    assert story.m.due is not None
    story.give(CUSTOMER, c.ContestReport())
    assert story.refused(AGENT, c.AssessReturn(ReturnIssue.DAMAGE, 100_001)) is Code.LOSS_TOO_HIGH
    story.give(AGENT, c.AssessReturn(ReturnIssue.DAMAGE, 10_000))
    assert owed(story) == 90_000
    nothing = reported()
    nothing.give(CUSTOMER, c.ContestReport())
    nothing.give(AGENT, c.AssessReturn(None))
    assert owed(nothing) == 100_000


def test_a_total_loss_at_the_customers_risk_leaves_no_refund() -> None:
    story = inspecting()
    story.give(SELLER, c.ReportReturn(ReturnIssue.LOSS, 100_000))
    story.give(CUSTOMER, c.AcceptReport())
    assert (story.m.phase, story.m.outcome) == (Phase.CLOSED, Outcome.RISK_BORNE_BY_CUSTOMER)


def test_a_return_under_a_judgement_is_no_new_dispute() -> None:
    """Arithmetic 6."""
    story = judged_return()
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "R1"))
    story.scan("R1", ScanKind.DELIVERED)
    code = "reverse_reject_return_parcel_reason_1"
    assert story.refused(SELLER, c.RejectParcel(code)) is Code.PARCEL_NOT_REJECTABLE


def test_a_judged_refund_after_a_rejected_parcel_asks_for_no_second_return() -> None:
    story = inspecting()
    story.give(SELLER, c.RejectParcel("reverse_reject_return_parcel_reason_1"))
    story.give(CUSTOMER, c.RaiseDispute())
    judged_for_customer(with_material(story))
    story.give(SELLER, c.AcceptJudgement())
    assert story.m.phase is Phase.PAYING


# --- S21: goods and other remedies


def test_s21_a_replacement_is_done_when_scanned_and_is_a_new_delivery() -> None:
    story = confirming()
    story.lapse()
    assert story.m.outcome is Outcome.GOODS_DELIVERED
    assert story.order.generation("a", 1) == 1
    delivered_at = story.order.unit_delivered_at("a", 1)
    assert delivered_at is not None
    assert delivered_at > DELIVERED
    again = Story(state=story.order, case_id="c2")
    again.now = delivered_at + DAY
    again.rejected(RequestType.REFUND, ClaimLine("a", Reason.DEFECTIVE, units=(1,)))
    again.give(CUSTOMER, c.RaiseDispute())
    assert again.m.disputes == 1


def test_a_replacement_not_shipped_becomes_a_refund() -> None:
    story = performing()
    assert story.m.due == story.now - HOUR + 2 * DAY
    story.lapse()
    assert (story.m.phase, owed(story)) == (Phase.PAYING, 100_000)


def test_arithmetic_8_judged_goods_undone_are_worth_their_price_and_deducted() -> None:
    story = judged_for_customer(with_material(Story().disputed(RequestType.REPLACEMENT)))
    story.give(SELLER, c.AcceptJudgement())
    assert story.m.due == story.now + 48 * HOUR
    assert e.DeductionOrdered(1, "c1:1", 100_000) in story.lapse()


def test_s19_the_48_hours_run_once_for_all_steps() -> None:
    """Paying the price at the last moment instead of shipping gains no time."""
    story = judged_for_customer(with_material(Story().disputed(RequestType.REPLACEMENT)))
    story.give(SELLER, c.AcceptJudgement())
    due = story.m.due
    story.wait(47 * HOUR)
    story.give(SELLER, c.RefundInstead())
    assert (story.m.phase, story.m.due) == (Phase.PAYING, due)


def test_a_label_alone_is_no_shipment() -> None:
    story = performing()
    story.give(SELLER, c.ShipOut("N1"))
    assert story.refused(SELLER, c.ShipOut("N2")) is Code.ALREADY_SHIPPED
    story.lapse()
    assert story.m.phase is Phase.PAYING


def test_a_replacement_lost_on_its_way_is_refunded() -> None:
    story = delivering()
    story.lapse()
    assert story.m.phase is Phase.PAYING


def test_the_customer_has_six_days_to_say_that_it_is_wrong() -> None:
    story = confirming()
    assert story.m.due == story.now - HOUR + 6 * DAY
    assert story.refused(CUSTOMER, c.ReportProblem()) is Code.REASON_NEEDED
    story.give(CUSTOMER, c.ReportProblem(text=TEXT))
    assert story.refused(AGENT, c.AssessReturn(None)) is Code.NOT_A_RETURN_MATTER
    story.give(AGENT, c.AssessDelivery(upheld=True))
    assert story.m.phase is Phase.PAYING


def test_an_exchange_goes_back_before_it_comes() -> None:
    story = awaiting_return(RequestType.EXCHANGE)
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "R1"))
    story.give(SELLER, c.ConfirmReceipt())
    assert story.m.phase is Phase.PERFORMING


def test_any_other_remedy_needs_proof() -> None:
    story = performing_other()
    assert story.refused(SELLER, c.ShipOut("N1")) is Code.NOTHING_TO_SHIP
    assert performing().refused(SELLER, c.CompleteRemedy(Material("X", digest="x"))) is Code.NOT_A_DELIVERY_MATTER
    story.give(SELLER, c.CompleteRemedy(Material("PROOF_OF_FULFILLMENT", digest="x")))
    story.give(CUSTOMER, c.ConfirmDelivery())
    assert story.m.outcome is Outcome.REMEDIED


def test_missing_items_are_sent() -> None:
    story = Story().open(RequestType.RESEND_MISSING, reason=Reason.MISSING_ITEMS).wait(HOUR)
    story.give(SELLER, c.ApproveRequest())
    assert story.m.phase is Phase.PERFORMING


# --- Amounts: arithmetic 9


def test_the_shipping_fee_goes_back_with_all_units_for_the_sellers_fault_only() -> None:
    every = (ClaimLine("a", Reason.DEFECTIVE, quantity=2), ClaimLine("b", Reason.DEFECTIVE))
    other = tuple(ClaimLine(line.line_id, Reason.OTHER, quantity=line.quantity) for line in every)
    for lines, total in ((every, 258_999), (other, 249_999), (every[:1], 199_999)):
        story = Story().open(RequestType.REFUND, *lines).wait(HOUR)
        story.give(SELLER, c.ApproveRequest())
        assert owed(story) == total


def test_the_shipping_fee_goes_back_once_with_the_last_units() -> None:
    first = Story().open(RequestType.REFUND, ClaimLine("a", Reason.DEFECTIVE, quantity=2)).wait(HOUR)
    first.give(SELLER, c.ApproveRequest())
    first.give(SYSTEM, c.ReportPayment("c1:1", 199_999))
    last = Story(state=first.order, case_id="c2").open(RequestType.REFUND, ClaimLine("b", Reason.DEFECTIVE)).wait(HOUR)
    last.give(SELLER, c.ApproveRequest())
    assert owed(last) == 59_000


def test_the_shipping_fee_stays_owed_when_the_claim_is_granted_a_second_time() -> None:
    """A seed of the demonstration: conceded, the parcel refused, disputed, conceded again."""
    every = (ClaimLine("a", Reason.DEFECTIVE, quantity=2), ClaimLine("b", Reason.DEFECTIVE))
    story = Story().disputed(RETURN, *every)
    story.give(SELLER, c.Concede())
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "R1"))
    story.give(SELLER, c.RejectParcel("reverse_reject_return_parcel_reason_1"))
    story.give(CUSTOMER, c.RaiseDispute())
    story.give(SELLER, c.Concede())
    assert owed(story) == 258_999


def test_one_parcels_freight_is_paid_back_once_when_its_lines_part() -> None:
    """A seed of the simulation: the parcel was refused, its lines disputed apart, each granted."""
    both = (ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.DEFECTIVE))
    story = Story().open(RETURN, *both).wait(HOUR)
    story.give(SELLER, c.ApproveRequest())
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "R1", freight=5_000))
    story.give(SELLER, c.RejectParcel("reverse_reject_return_parcel_reason_1"))
    story.give(CUSTOMER, c.RaiseDispute(lines=("a",)))
    story.give(SELLER, c.Concede(1))
    story.give(SELLER, c.Concede(2))
    totals = [m.remedy.total for m in story.case.matters if m.remedy]
    assert totals == [105_000, 50_000]


def test_keeping_the_goods_is_the_sellers_choice() -> None:
    story = Story().open(RETURN).wait(HOUR)
    story.give(SELLER, c.ApproveRequest(keep_goods=True))
    assert story.m.phase is Phase.PAYING
    waiting = awaiting_return()
    waiting.give(SELLER, c.Concede())
    assert waiting.m.phase is Phase.PAYING


def test_terms_agreed_on_while_the_goods_travel_wait_for_the_same_parcel() -> None:
    story = returning()
    story.give(SELLER, c.ProposeAgreement(Solution(RemedyKind.RETURN_AND_REFUND, 80_000)))
    story.give(CUSTOMER, c.AcceptAgreement())
    assert story.m.phase is Phase.RETURNING
    story.scan("R1", ScanKind.DELIVERED)
    assert (story.m.phase, owed(story)) == (Phase.INSPECTING, 80_000)


def test_a_court_order_stops_the_collection_and_lets_it_go_on() -> None:
    """Arithmetic 11."""
    story = deducting()
    assert e.CollectionStopped(1, "c1:1") in story.give(AGENT, c.SuspendExecution(reference=TEXT))
    events = story.give(AGENT, c.ResumeExecution(reference=TEXT))
    assert e.DeductionOrdered(1, "c1:1", 100_000) in events
    lapsed = deducting()
    lapsed.give(AGENT, c.SuspendExecution(reference=TEXT))
    assert lapsed.m.due == lapsed.now + 180 * DAY
    lapsed.lapse()
    assert lapsed.m.phase is Phase.DEDUCTING


def test_a_hold_is_placed_when_the_dispute_is_raised_and_released_by_its_outcome() -> None:
    """Reading 9."""
    story = Story().disputed()
    assert story.m.hold == 100_000
    story.give(CUSTOMER, c.WithdrawDispute())
    assert story.m.hold == 0


def test_late_delivery_is_judged_on_the_scans() -> None:
    promised = DELIVERED - timedelta(hours=5)
    story = Story(state=OrderState(order(promised_by=promised), delivered()))
    story.deciding(RequestType.REFUND, ClaimLine("a", Reason.ARRIVED_LATE))
    story.give(AGENT, c.Judge())
    assert story.m.judgement[0].cause is Cause.CARRIER
    assert story.m.phase is Phase.AWARDED
