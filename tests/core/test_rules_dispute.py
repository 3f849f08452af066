"""The dispute, its judgement and its appeal: S3 to S7, S9 to S12, S14 to S18, S26, readings 2 to 8."""

from datetime import date, datetime, timedelta

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import (
    ClaimLine,
    Deception,
    Decision,
    FindingValue,
    Forum,
    Given,
    Ground,
    Material,
    Reason,
    RemedyKind,
    RequestType,
    Solution,
)
from mufakat.core.expected import expected_material
from mufakat.core.order import OUTBOUND, OrderLine, OrderState, Scan, ScanKind
from mufakat.core.parties import SYSTEM, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.refusals import Code
from tests.core.findings import assess, find, judged_for_customer, judged_for_seller, with_material
from tests.core.stands import awarded, deciding, dismissed, late_appeal, paying
from tests.core.story import (
    AGENT,
    CUSTOMER,
    DAY,
    DELIVERED,
    HOUR,
    SECOND_AGENT,
    SELLER,
    TEXT,
    Story,
    delivered,
    order,
)


def windows(story: Story) -> dict[Role, datetime]:
    return {window.party: window.until for window in story.m.windows}


VALID, WEAK = FindingValue.VALID, FindingValue.INSUFFICIENT


# --- S3 to S6: material


def test_s3_both_have_24_hours_for_their_material() -> None:
    story = Story().disputed()
    assert windows(story) == {Role.CUSTOMER: story.now + 24 * HOUR, Role.SELLER: story.now + 24 * HOUR}


def test_s3_a_hidden_counterfeit_gives_seven_days_and_the_seller_is_asked_after() -> None:
    story = Story().disputed(RequestType.REFUND, ClaimLine("a", Reason.COUNTERFEIT, hidden=True))
    assert windows(story) == {Role.CUSTOMER: story.now + timedelta(hours=7 * 24)}
    story.wait(DAY)
    story.give(CUSTOMER, c.CompleteMaterial())
    assert windows(story) == {Role.SELLER: story.now + 24 * HOUR}
    story.lapse()
    assert story.m.phase is Phase.DECIDING


def test_s4_what_was_said_before_is_carried_into_the_dispute_first_in_order() -> None:
    story = Story().open()
    story.give(SELLER, c.SendMessage(text="sha256:seller"))
    story.give(CUSTOMER, c.SendMessage((Material("PROOF_OF_DAMAGE", digest="photo"),), "sha256:customer"))
    story.give(SELLER, c.RejectRequest(story.reject_code(RequestType.REFUND)))
    events = story.give(CUSTOMER, c.RaiseDispute())
    raised = next(each for each in events if isinstance(each, e.DisputeRaised))
    givers = [story.case.exhibits[number - 1].giver for number in raised.carried]
    assert givers == [Role.CUSTOMER] * 3 + [Role.SELLER]


def test_s5_more_is_asked_of_either_side_at_most_twice() -> None:
    story = deciding()
    for _ in range(2):
        story.give(AGENT, c.AskMaterial((Role.SELLER,), "MERCHANT_RESPONSE", text=TEXT))
        assert windows(story) == {Role.SELLER: story.now + 24 * HOUR}
        assert story.refused(CUSTOMER, c.HandIn(Material("BUYER_RESPONSE", digest="x"))) is Code.WINDOW_OVER
        story.lapse()
        assert story.m.due == story.now + 24 * HOUR
    again = c.AskMaterial((Role.SELLER,), "MERCHANT_RESPONSE", text=TEXT)
    assert story.refused(AGENT, again) is Code.TOO_MANY_REQUESTS_FOR_MATERIAL


def test_s6_each_side_sees_its_own_list_and_what_is_missing() -> None:
    story = Story().disputed()
    mine = expected_material(story.case, story.order, story.policy, Role.CUSTOMER)
    assert mine
    assert {each.state for each in mine} == {Given.MISSING}
    story.give(CUSTOMER, c.HandIn(Material(mine[0].item, digest="x")))
    assert expected_material(story.case, story.order, story.policy, Role.CUSTOMER)[0].state is Given.GIVEN
    theirs = expected_material(story.case, story.order, story.policy, Role.SELLER)
    assert {each.party for each in theirs} == {Role.SELLER}


def test_material_after_the_window_is_refused_and_empty_material_too() -> None:
    story = deciding()
    assert story.refused(CUSTOMER, c.HandIn(Material("BUYER_RESPONSE", digest="x"))) is Code.WRONG_PHASE
    assert Story().open().refused(CUSTOMER, c.HandIn(Material("BUYER_RESPONSE"))) is Code.MATERIAL_EMPTY
    once = Story().disputed()
    once.give(CUSTOMER, c.CompleteMaterial())
    assert once.refused(CUSTOMER, c.CompleteMaterial()) is Code.ALREADY_COMPLETE


def test_no_judgement_before_both_are_complete_or_both_windows_ended() -> None:
    """Arithmetic 4."""
    story = Story().disputed()
    story.give(CUSTOMER, c.CompleteMaterial())
    assert story.refused(AGENT, c.Judge()) is Code.WRONG_PHASE
    story.lapse()
    assert story.m.phase is Phase.DECIDING


def test_an_overdue_decision_escalates_and_is_never_decided_by_silence() -> None:
    story = deciding()
    for level in (1, 2, 3):
        assert story.lapse()[0] == e.DecisionEscalated(1, level)
        assert story.m.phase is Phase.DECIDING


# --- S10 to S12, S26: raising, withdrawing, raising again


def test_s10_s11_a_withdrawn_dispute_can_be_raised_again_in_what_is_left() -> None:
    story = Story().disputed()
    until = story.case.accept_until["a"]
    assert until is not None
    left = until - story.now
    story.wait(5 * HOUR)
    story.give(CUSTOMER, c.WithdrawDispute())
    assert (story.m.phase, story.m.due) == (Phase.REJECTED, story.now + left)
    story.give(CUSTOMER, c.RaiseDispute())
    assert story.m.disputes == 2


def test_s12_no_third_dispute_about_the_same_goods() -> None:
    story = Story().disputed()
    story.give(CUSTOMER, c.WithdrawDispute())
    story.give(CUSTOMER, c.RaiseDispute())
    story.give(CUSTOMER, c.WithdrawDispute())
    assert story.m.phase is Phase.CLOSED
    again = Story(state=story.order, case_id="c2")
    again.now = story.now
    again.rejected(RequestType.REFUND, ClaimLine("a", Reason.DEFECTIVE, units=(1,)))
    assert again.refused(CUSTOMER, c.RaiseDispute()) is Code.TWO_DISPUTES


def test_s12_counts_across_cases() -> None:
    story = Story().disputed()
    story.give(CUSTOMER, c.WithdrawDispute())
    story.give(CUSTOMER, c.WithdrawRequest())
    again = Story(state=story.order, case_id="c2")
    again.now = story.now
    again.rejected(RequestType.REFUND, ClaimLine("a", Reason.DEFECTIVE, units=(1,)))
    assert isinstance(again.give(CUSTOMER, c.RaiseDispute())[0], e.DisputeRaised)
    judged_for_seller(with_material(again))
    assert again.m.phase is Phase.CLOSED


PERIODS = [
    (Reason.NOT_AS_DESCRIBED, timedelta(days=6), False),
    (Reason.WRONG_ITEM, timedelta(days=6), False),
    (Reason.MISSING_ITEMS, timedelta(days=6), False),
    (Reason.DAMAGED, timedelta(days=6), False),
    (Reason.COUNTERFEIT, timedelta(days=14), False),
    (Reason.DEFECTIVE, timedelta(days=14), False),
    (Reason.DEFECTIVE, timedelta(days=181), True),
    (Reason.ARRIVED_LATE, timedelta(hours=48), False),
    (Reason.ITEM_NOT_RECEIVED, timedelta(days=7), False),
    (Reason.OTHER, timedelta(days=6), False),
]


@pytest.mark.parametrize("reason, span, durable", PERIODS)
def test_s26_the_acceptance_period_of_each_reason(reason: Reason, span: timedelta, durable: bool) -> None:  # noqa: FBT001
    bought = order(mall=True, lines=(OrderLine("a", "blender", 1, 100_000, durable=durable),))
    for extra, allowed in ((timedelta(seconds=-1), True), (timedelta(0), False)):
        story = Story(state=OrderState(bought, delivered()))
        story.now = DELIVERED + span + extra
        if not allowed and span >= timedelta(days=15):
            assert story.refused(CUSTOMER, c.OpenRequest(RequestType.REFUND, (ClaimLine("a", reason),))) is (
                Code.REQUEST_WINDOW_OVER
            )
            continue
        story.rejected(RequestType.REFUND, ClaimLine("a", reason))
        if allowed:
            story.give(CUSTOMER, c.RaiseDispute())
        else:
            assert story.refused(CUSTOMER, c.RaiseDispute()) is Code.OUTSIDE_ACCEPTANCE


def test_s26_a_parcel_that_never_came_is_claimed_from_the_promised_date() -> None:
    """Arithmetic 13 and docs/decisions/0003: its period cannot be over before it opens."""
    bought = order(promised_by=DELIVERED + 10 * DAY)
    state = OrderState(bought, (Scan(OUTBOUND, ScanKind.IN_TRANSIT, DELIVERED - DAY),))
    story = Story(state=state)
    story.now = DELIVERED + 17 * DAY - timedelta(seconds=1)
    story.open(RequestType.REFUND, ClaimLine("a", Reason.ITEM_NOT_RECEIVED))
    late = Story(state=state)
    late.now = DELIVERED + 17 * DAY
    asked = c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.ITEM_NOT_RECEIVED),))
    assert late.refused(CUSTOMER, asked) is Code.REQUEST_WINDOW_OVER


def test_reading_6_at_least_48_hours_remain_after_a_rejection() -> None:
    story = Story()
    story.now = DELIVERED + 6 * DAY - timedelta(seconds=1)
    story.rejected(RequestType.REFUND, ClaimLine("a", Reason.OTHER)).wait(47 * HOUR)
    story.give(CUSTOMER, c.RaiseDispute())


def test_some_lines_are_disputed_and_the_others_go_their_own_way() -> None:
    lines = (ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.DEFECTIVE))
    story = Story().rejected(RequestType.REFUND, *lines)
    story.give(CUSTOMER, c.RaiseDispute(lines=("a",)))
    assert [(m.lines, m.phase) for m in story.case.matters] == [
        (("a",), Phase.EVIDENCE),
        (("b",), Phase.REJECTED),
    ]
    assert story.refused(CUSTOMER, c.RaiseDispute(1)) is Code.WRONG_PHASE
    assert story.refused(CUSTOMER, c.RaiseDispute(2, ("a",))) is Code.NO_SUCH_LINE
    assert story.refused(CUSTOMER, c.RaiseDispute(3)) is Code.NO_SUCH_MATTER


# --- S15 to S17, reading 2: the judgement


def judged(customer: FindingValue, seller: FindingValue, **found: object) -> tuple[Decision, str]:
    story = deciding()
    find(story, customer, seller)
    assess(story, **found)  # type: ignore[arg-type]
    story.give(AGENT, c.Judge())
    line = story.m.judgement[0]
    return line.decision, line.rule


def test_s15_the_material_supports_the_customer() -> None:
    assert judged(VALID, WEAK) == (Decision.FOR_CUSTOMER, "S15")


def test_s16_the_material_substantiates_the_seller() -> None:
    assert judged(VALID, VALID) == (Decision.FOR_SELLER, "S16")


def test_s16_a_deceptive_customer() -> None:
    assert judged(VALID, WEAK, deception=Deception.CUSTOMER) == (Decision.FOR_SELLER, "S16")


def test_s17_the_customers_material_is_insufficient() -> None:
    assert judged(WEAK, VALID) == (Decision.FOR_SELLER, "S17")
    assert judged(WEAK, WEAK) == (Decision.FOR_SELLER, "S17")
    assert judged(FindingValue.NOT_GENUINE, WEAK) == (Decision.FOR_SELLER, "S17")


def test_reading_2_refuted_claims_of_the_seller_do_not_win() -> None:
    assert judged(VALID, FindingValue.CONTRADICTED) == (Decision.FOR_CUSTOMER, "S15")


def test_reading_2_a_silent_seller_proves_nothing_and_loses_nothing_by_silence_alone() -> None:
    story = Story().disputed()
    for rule in story.policy.expected(Reason.DEFECTIVE, Role.CUSTOMER):
        story.give(CUSTOMER, c.HandIn(Material(rule.item, digest=rule.item)))
    story.complete()
    find(story, VALID, WEAK)
    assess(story)
    story.give(AGENT, c.Judge())
    assert (story.m.judgement[0].rule, story.m.judgement[0].decision) == ("S15", Decision.FOR_CUSTOMER)
    silent = Story().disputed()
    silent.complete()
    silent.give(AGENT, c.Judge())
    assert silent.m.judgement[0].rule == "S17"


def test_s7_the_platforms_own_data_can_suffice() -> None:
    """Reading 2: for late and missing parcels, without any material of the customer."""
    state = OrderState(order(), delivered()[:1])
    story = Story(state=state)
    story.now = DELIVERED + 2 * DAY
    story.deciding(RequestType.REFUND, ClaimLine("a", Reason.ITEM_NOT_RECEIVED))
    story.give(AGENT, c.Judge())
    line = story.m.judgement[0]
    assert (line.decision, line.rule, line.ground) == (Decision.FOR_CUSTOMER, "S15", Ground.DELIVERY)
    arrived = Story().deciding(RequestType.REFUND, ClaimLine("a", Reason.ITEM_NOT_RECEIVED))
    arrived.give(AGENT, c.Judge())
    assert arrived.m.judgement[0].rule == "S17"


def test_the_judgement_says_why_and_what_did_not_apply() -> None:
    line = awarded().m.judgement[0]
    assert any("VALID" in reason for reason in line.because)
    assert [each.split(":")[0] for each in line.passed_over] == ["S17", "S16"]


def test_nothing_is_judged_while_answers_are_missing() -> None:
    story = deciding()
    assert story.refused(AGENT, c.Judge()) is Code.FINDINGS_MISSING
    find(story, VALID, WEAK)
    assert story.refused(AGENT, c.Judge()) is Code.ASSESSMENT_MISSING


def test_an_override_needs_a_reason_and_stays_beside_what_was_derived() -> None:
    story = Story().disputed()
    story.give(CUSTOMER, c.HandIn(Material("SOMETHING_ELSE", digest="x")))
    story.complete()
    item = story.policy.expected(Reason.DEFECTIVE, Role.CUSTOMER)[0].item
    exhibit = len(story.case.exhibits)
    bare = c.RecordFinding("a", Role.CUSTOMER, item, VALID, exhibit)
    assert story.refused(AGENT, bare) is Code.OVERRIDE_NEEDS_REASON
    story.give(AGENT, c.RecordFinding("a", Role.CUSTOMER, item, VALID, exhibit, text=TEXT))
    finding = story.m.finding("a", Role.CUSTOMER, item)
    assert finding is not None
    assert (finding.value, finding.derived) == (VALID, FindingValue.MISSING)


def test_a_finding_is_about_an_expected_item_and_rests_on_an_exhibit() -> None:
    story = deciding()
    item = story.policy.expected(Reason.DEFECTIVE, Role.CUSTOMER)[0].item
    assert story.refused(AGENT, c.RecordFinding("a", Role.CUSTOMER, "HOROSCOPE", VALID, 1)) is Code.NOT_EXPECTED
    assert story.refused(AGENT, c.RecordFinding("a", Role.CUSTOMER, item, VALID, 0)) is Code.NO_SUCH_EXHIBIT
    assert story.refused(AGENT, c.RecordFinding("a", Role.CUSTOMER, item, VALID, 99)) is Code.NO_SUCH_EXHIBIT
    assert story.refused(AGENT, c.RecordFinding("b", Role.CUSTOMER, item, VALID, 1)) is Code.NO_SUCH_LINE


def two_lines() -> Story:
    """Judged apart: line a for the customer, line b for the seller."""
    lines = (ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.DEFECTIVE))
    story = with_material(Story().disputed(RequestType.REFUND, *lines).wait(HOUR))
    find(story, VALID, WEAK, lines=("a",))
    find(story, WEAK, WEAK, lines=("b",))
    assess(story, lines=("a",))
    story.give(AGENT, c.Judge())
    return story


def test_lines_are_judged_apart_and_go_their_own_way() -> None:
    story = two_lines()
    assert [(m.lines, m.phase) for m in story.case.matters] == [
        (("a",), Phase.AWARDED),
        (("b",), Phase.DISMISSED),
    ]
    assert (story.case.matter(1).hold, story.case.matter(2).hold) == (100_000, 0)


def test_reading_5_the_second_dispute_never_delays_what_the_first_awarded() -> None:
    story = two_lines()
    enforceable = story.case.matter(1).due
    story.give(CUSTOMER, c.RaiseDispute(2, text=TEXT))
    assert story.case.matter(1).due == enforceable
    assert story.case.matter(2).phase is Phase.EVIDENCE


# --- readings 3 to 5: disagreeing


def test_reading_4_the_customer_may_disagree_by_the_second_dispute_and_then_no_more() -> None:
    story = dismissed()
    assert story.m.due is not None
    assert story.m.due >= story.now + 47 * HOUR
    story.give(CUSTOMER, c.RaiseDispute(text=TEXT))
    judged_for_seller(with_material(story), actor=SECOND_AGENT)
    assert (story.m.phase, story.m.outcome) == (Phase.CLOSED, Outcome.DISMISSED)


def test_vietnam_gives_48_hours_for_the_second_dispute_whatever_is_left_of_the_period() -> None:
    story = judged_for_seller(with_material(Story("vn").disputed(reason=Reason.NOT_AS_DESCRIBED)))
    assert story.m.due == story.now + 48 * HOUR


def test_acceptance_stands_still_while_the_platform_decides() -> None:
    """Arithmetic 2."""
    story = Story().disputed()
    before = story.case.accept_until["a"]
    assert before is not None
    story.wait(20 * HOUR)
    with_material(story)
    judged_for_seller(story)
    assert story.m.due == before + 20 * HOUR


def test_reading_4_one_appeal_decided_by_another_agent() -> None:
    story = awarded()
    story.give(SELLER, c.Appeal(text=TEXT))
    story.complete()
    assert story.refused(AGENT, c.DecideAppeal()) is Code.SAME_AGENT
    story.give(SECOND_AGENT, c.DecideAppeal())
    assert story.m.phase is Phase.PAYING
    assert story.m.enforceable


def test_an_appeal_that_convinces_reverses_the_judgement() -> None:
    story = awarded()
    story.give(SELLER, c.Appeal(text=TEXT))
    story.complete()
    find(story, WEAK, WEAK, actor=SECOND_AGENT)
    story.give(SECOND_AGENT, c.DecideAppeal())
    assert (story.m.phase, story.m.judgement[0].rule) == (Phase.DISMISSED, "S17")


def test_a_judgement_is_sent_back_at_most_once_and_then_judged_by_another() -> None:
    story = awarded()
    story.give(SELLER, c.Appeal(text=TEXT))
    story.complete()
    assert story.refused(SECOND_AGENT, c.SendBack()) is Code.REASON_NEEDED
    story.give(SECOND_AGENT, c.SendBack(text=TEXT))
    assert story.m.phase is Phase.DECIDING
    assert story.refused(AGENT, c.Judge()) is Code.SAME_AGENT
    story.give(SECOND_AGENT, c.Judge())
    story.give(SELLER, c.Appeal(text=TEXT))
    story.complete()
    assert story.refused(AGENT, c.SendBack(text=TEXT)) is Code.SENT_BACK_ONCE


def test_s18_accepting_waives_the_appeal_and_begins_execution() -> None:
    story = awarded()
    story.give(SELLER, c.AcceptJudgement())
    story.give(SELLER, c.PayRefund())
    story.give(SYSTEM, c.ReportPayment("c1:1", 100_000))
    assert story.m.phase is Phase.CLOSED  # no late appeal after an acceptance


def test_a_late_appeal_can_only_claw_back() -> None:
    """Reading 5, arithmetic 5: the reversal is the platform's cost unless the customer was deceptive."""
    for deception, bearer in ((Deception.NONE, Role.SYSTEM), (Deception.CUSTOMER, Role.CUSTOMER)):
        story = late_appeal()
        story.give(SELLER, c.Appeal(text=TEXT))
        story.complete()
        assert story.refused(SECOND_AGENT, c.SendBack(text=TEXT)) is Code.LATE_APPEAL_NOT_SENT_BACK
        find(story, VALID, VALID, actor=SECOND_AGENT)
        assess(story, deception=deception, actor=SECOND_AGENT)
        events = story.give(SECOND_AGENT, c.DecideAppeal())
        assert e.ReversalBooked(1, 100_000, bearer) in events
        assert story.m.outcome is Outcome.REVERSED_ON_APPEAL


# --- S9, S13, S14


def test_reading_7_an_agreement_may_replace_a_judgement_until_it_is_paid() -> None:
    story = paying()
    story.give(SELLER, c.ProposeAgreement(Solution(RemedyKind.REFUND, 60_000)))
    story.give(CUSTOMER, c.AcceptAgreement())
    assert story.m.remedy is not None
    assert story.m.remedy.total == 60_000
    story = paying()
    story.give(SELLER, c.PayRefund())
    late = c.ProposeAgreement(Solution(RemedyKind.REFUND, 60_000))
    assert story.refused(SELLER, late) is Code.PAYMENT_UNDER_WAY


def test_reading_7_what_is_paid_is_not_agreed_on_anew_during_a_late_appeal() -> None:
    """A seed of the demonstration: the refund had been paid, new terms made it owed once more."""
    story = late_appeal()
    story.give(SELLER, c.Appeal(text=TEXT))
    late = c.ProposeAgreement(Solution(RemedyKind.REFUND, 60_000))
    assert story.refused(SELLER, late) is Code.PAYMENT_UNDER_WAY


def test_reading_7_conceding_grants_the_claim_at_any_moment() -> None:
    for story in (Story().open(), Story().rejected(), Story().disputed(), deciding(), dismissed()):
        story.give(SELLER, c.Concede())
        assert story.m.phase is Phase.PAYING


def declared(on: date = date(2026, 11, 2)) -> c.DeclareProcess:
    return c.DeclareProcess(Forum.COURT, on, reference=TEXT)


def test_s14_a_judicial_process_stops_the_platform_and_keeps_the_hold() -> None:
    story = deciding()
    story.give(CUSTOMER, declared())
    assert (story.m.phase, story.m.hold) == (Phase.STOPPED, 100_000)
    assert story.refused(AGENT, c.Judge()) is Code.WRONG_PHASE
    events = story.lapse()
    assert e.HoldReleased(1) in events
    assert story.m.outcome is Outcome.STOPPED_EXTERNAL_PROCESS


def test_s14_the_hold_ends_by_order_too() -> None:
    story = deciding()
    story.give(SELLER, declared())
    assert story.refused(AGENT, c.RecordOrder(100_001, reference=TEXT)) is Code.ASKED_TOO_MUCH
    story.give(AGENT, c.RecordOrder(40_000, reference=TEXT))
    assert story.m.remedy is not None
    assert (story.m.phase, story.m.remedy.total) == (Phase.PAYING, 40_000)


def test_reading_8_after_an_enforceable_judgement_only_a_courts_order_suspends() -> None:
    hand = Story().disputed(RequestType.RETURN_AND_REFUND)
    judged_for_customer(with_material(hand))
    hand.lapse()
    assert hand.m.phase is Phase.AWAITING_RETURN
    assert hand.refused(SELLER, declared()) is Code.ONLY_A_COURT_SUSPENDS
    due = hand.m.due
    assert due is not None
    left = due - hand.now
    hand.give(AGENT, c.SuspendExecution(reference=TEXT))
    hand.wait(30 * DAY)
    hand.give(AGENT, c.ResumeExecution(reference=TEXT))
    assert (hand.m.phase, hand.m.due) == (Phase.AWAITING_RETURN, hand.now + left)


def test_reading_7_the_two_may_agree_while_a_court_suspends_execution() -> None:
    story = paying()
    story.give(AGENT, c.SuspendExecution(reference=TEXT))
    story.give(SELLER, c.ProposeAgreement(Solution(RemedyKind.REFUND, 60_000)))
    story.give(CUSTOMER, c.AcceptAgreement())
    assert (story.m.phase, story.m.paused) == (Phase.PAYING, None)


def test_s11_a_line_without_a_period_of_its_own_is_raised_again_in_the_windows_rest() -> None:
    """Vietnam: a rejected cancellation can be disputed for 7 calendar days."""
    bought = order(lines=(OrderLine("a", "blender", 1, 100_000, preorder=True),))
    state = OrderState(bought, (Scan(OUTBOUND, ScanKind.AWAITING_COLLECTION, DELIVERED - DAY),))
    story = Story("vn", state).rejected(RequestType.CANCEL)
    rejected = story.now
    story.wait(DAY)
    story.give(CUSTOMER, c.RaiseDispute())
    story.wait(HOUR)
    story.give(CUSTOMER, c.WithdrawDispute())
    assert (story.m.phase, story.m.due) == (Phase.REJECTED, rejected + 7 * DAY + HOUR)


def test_a_process_cannot_have_been_started_tomorrow() -> None:
    story = deciding()
    assert story.refused(CUSTOMER, declared(date(2027, 1, 1))) is Code.STARTED_IN_THE_FUTURE
    assert story.refused(CUSTOMER, c.DeclareProcess(Forum.COURT, DELIVERED.date())) is Code.REASON_NEEDED


def test_another_determined_remedy_has_a_worth() -> None:
    """S21: any other determined remedy."""
    story = deciding()
    find(story, VALID, WEAK)
    assess(story, other_worth=25_000)
    story.give(AGENT, c.Judge())
    line = story.m.judgement[0]
    assert (line.kind, line.amount) == (RemedyKind.OTHER, 25_000)


def test_vietnam_sends_goods_back_as_the_rule_unless_they_cannot() -> None:
    reason = Reason.NOT_AS_DESCRIBED
    goes = judged_for_customer(with_material(Story("vn").disputed(reason=reason)), ground=Ground.INCONSISTENT)
    assert goes.m.judgement[0].kind is RemedyKind.RETURN_AND_REFUND
    kept = Story("vn").disputed(reason=reason)
    judged_for_customer(with_material(kept), ground=Ground.INCONSISTENT, returnable=False)
    assert kept.m.judgement[0].kind is RemedyKind.REFUND
    fake = judged_for_customer(with_material(Story("vn").disputed(reason=reason)), ground=Ground.COUNTERFEIT)
    assert fake.m.judgement[0].kind is RemedyKind.REFUND


def test_vietnam_asks_nobody_to_send_back_what_never_came() -> None:
    """A case of the demonstration: tracking said delivered, the agent believed the customer."""
    story = with_material(Story("vn").disputed(reason=Reason.ITEM_NOT_RECEIVED))
    judged_for_customer(story, ground=Ground.INCONSISTENT)
    assert story.m.judgement[0].kind is RemedyKind.REFUND


def test_indonesia_judges_what_was_asked() -> None:
    assert awarded().m.judgement[0].kind is RemedyKind.REFUND


def test_s12_a_judgement_names_the_dispute_that_it_decides_counted_over_all_cases() -> None:
    first = Story().disputed()
    first.give(CUSTOMER, c.WithdrawDispute())
    first.give(CUSTOMER, c.WithdrawRequest())
    second = Story(state=first.order, case_id="c2").deciding()
    judged_for_seller(second)
    numbers = [each.event.number for each in second.log if isinstance(each.event, e.DisputeRaised | e.Judged)]
    assert numbers == [2, 2]
