"""Asking and answering: S1, S2, S13, S27, readings 6, 12, 13, 14."""

from datetime import timedelta

import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import Basis, ClaimLine, Reason, RemedyKind, RequestType, Solution
from mufakat.core.order import OUTBOUND, OrderLine, OrderState, OutsideRefund, Scan, ScanKind
from mufakat.core.parties import CLOCK, Actor, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.refusals import Code
from tests.core.stands import PARCEL_CODE, inspecting, review
from tests.core.story import AGENT, CUSTOMER, DAY, DELIVERED, HOUR, SELLER, TEXT, Story, delivered, order

REFUND = RequestType.REFUND


def asks(story: Story, type_: RequestType, *lines: ClaimLine) -> Code:
    return story.refused(CUSTOMER, c.OpenRequest(type_, lines or (ClaimLine("a", Reason.DEFECTIVE),)))


def test_s1_no_dispute_before_the_seller_has_refused() -> None:
    assert review().refused(CUSTOMER, c.RaiseDispute()) is Code.WRONG_PHASE


@pytest.mark.parametrize("actor", [SELLER, AGENT, CLOCK])
def test_s2_only_the_customer_brings_the_platform_in(actor: Actor) -> None:
    story = Story().rejected()
    assert story.refused(actor, c.RaiseDispute()) is Code.WRONG_ROLE


def test_s27_silence_of_two_calendar_days_is_approval() -> None:
    story = Story().open()
    assert story.m.due == story.now + 2 * DAY
    events = story.lapse()
    assert e.RequestApproved(1, Basis.LAPSE) in events
    assert story.m.phase is Phase.PAYING


def test_s27_vietnam_gives_the_seller_one_working_day() -> None:
    story = Story("vn")
    story.now = DELIVERED + 4 * DAY + HOUR  # a Friday
    story.open(reason=Reason.NOT_AS_DESCRIBED)
    assert story.m.due == story.now + 3 * DAY


@pytest.mark.parametrize("mall, days", [(False, 6), (True, 15)])
def test_s27_the_request_window_ends_six_days_from_delivery_or_fifteen_in_a_mall(mall: bool, days: int) -> None:  # noqa: FBT001
    bought = order(mall=mall)
    last = DELIVERED + timedelta(days=days)
    story = Story(state=OrderState(bought, delivered()))
    story.now = last - timedelta(seconds=1)
    story.open(reason=Reason.OTHER)
    story = Story(state=OrderState(bought, delivered()))
    story.now = last
    assert asks(story, REFUND, ClaimLine("a", Reason.OTHER)) is Code.REQUEST_WINDOW_OVER


def test_reading_6_a_request_can_be_opened_until_the_later_of_window_and_acceptance_period() -> None:
    story = Story()
    story.now = DELIVERED + 14 * DAY - timedelta(seconds=1)
    story.open(reason=Reason.DEFECTIVE)
    late = Story()
    late.now = DELIVERED + 14 * DAY
    assert asks(late, REFUND) is Code.REQUEST_WINDOW_OVER


def test_vietnam_gives_six_days_for_phones_and_fifteen_for_the_rest() -> None:
    phone = order(lines=(OrderLine("a", "phone", 1, 5_000, category="phones and electronics"),))
    story = Story("vn", OrderState(phone, delivered()))
    categories = {name for rule in story.policy.windows.values() for name, _ in rule.category_spans}
    assert categories
    phone = order(lines=(OrderLine("a", "phone", 1, 5_000, category=min(categories)),))
    story = Story("vn", OrderState(phone, delivered()))
    story.now = DELIVERED + 6 * DAY
    assert asks(story, REFUND, ClaimLine("a", Reason.NOT_AS_DESCRIBED)) is Code.REQUEST_WINDOW_OVER
    other = Story("vn")
    other.now = DELIVERED + 15 * DAY - timedelta(seconds=1)
    other.open(reason=Reason.NOT_AS_DESCRIBED)


def cancellation(scan: ScanKind | None, **line: object) -> Story:
    bought = order(lines=(OrderLine("a", "blender", 1, 100_000, **line),))  # type: ignore[arg-type]
    facts = () if scan is None else (Scan(OUTBOUND, scan, DELIVERED - DAY),)
    story = Story(state=OrderState(bought, facts))
    story.now = DELIVERED - DAY + HOUR
    return story


def test_s27_a_cancellation_before_awaiting_collection_is_granted_at_once() -> None:
    story = cancellation(None, preorder=True).open(RequestType.CANCEL, ClaimLine("a", Reason.OTHER))
    assert story.m.phase is Phase.PAYING
    assert story.m.remedy is not None
    assert story.m.remedy.total == 109_000  # the shipping fee too: nothing was shipped


def test_s27_after_it_a_preorder_is_for_the_seller_to_review_and_the_rest_is_granted() -> None:
    waiting = ScanKind.AWAITING_COLLECTION
    assert cancellation(waiting).open(RequestType.CANCEL).m.phase is Phase.PAYING
    assert cancellation(waiting, preorder=True).open(RequestType.CANCEL).m.phase is Phase.REVIEW
    assert cancellation(waiting, perishable=True).open(RequestType.CANCEL).m.phase is Phase.REVIEW


def test_s27_nothing_in_transit_can_be_cancelled() -> None:
    assert asks(cancellation(ScanKind.IN_TRANSIT), RequestType.CANCEL) is Code.ALREADY_IN_TRANSIT


def test_s27_a_unit_that_was_replaced_is_not_cancelled_though_the_orders_own_parcel_was_never_scanned() -> None:
    """A seed of the simulation: the customer kept the replacement and had the whole price back."""
    story = cancellation(None)
    story.now = DELIVERED + 2 * DAY
    story.open(RequestType.REPLACEMENT, ClaimLine("a", Reason.ITEM_NOT_RECEIVED))
    story.give(SELLER, c.ApproveRequest())
    story.give(SELLER, c.ShipOut("N1"))
    story.scan("N1", ScanKind.DELIVERED)
    story.give(CUSTOMER, c.ConfirmDelivery())
    again = Story(state=story.order, case_id="c2")
    again.now = story.now + HOUR
    assert asks(again, RequestType.CANCEL, ClaimLine("a", Reason.OTHER)) is Code.ALREADY_IN_TRANSIT


def test_s27_shipped_by_seller_the_first_hour_is_free() -> None:
    bought = order(shipped_by_seller=True)
    for minutes, phase in ((59, Phase.PAYING), (60, Phase.REVIEW)):
        story = Story(state=OrderState(bought))
        story.now = bought.purchased_at + timedelta(minutes=minutes)
        assert story.open(RequestType.CANCEL).m.phase is phase


def test_a_rejected_cancellation_is_not_disputable_in_indonesia_but_in_vietnam() -> None:
    story = cancellation(ScanKind.AWAITING_COLLECTION, preorder=True).rejected(RequestType.CANCEL)
    assert story.refused(CUSTOMER, c.RaiseDispute()) is Code.NOT_DISPUTABLE
    bought = order(lines=(OrderLine("a", "blender", 1, 100_000, preorder=True),))
    state = OrderState(bought, (Scan(OUTBOUND, ScanKind.AWAITING_COLLECTION, DELIVERED - DAY),))
    vietnam = Story("vn", state).rejected(RequestType.CANCEL)
    assert vietnam.m.due == vietnam.now + 7 * DAY
    vietnam.give(CUSTOMER, c.RaiseDispute())
    assert vietnam.m.phase is Phase.EVIDENCE


def test_an_offer_stops_the_review_and_a_refusal_resumes_what_was_left() -> None:
    """Arithmetic 3: the seller's review stands still while the offer waits."""
    story = Story().open().wait(10 * HOUR)
    story.give(SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 30_000)))
    assert story.m.due == story.now + 48 * HOUR
    story.wait(20 * HOUR)
    story.give(CUSTOMER, c.DeclineOffer())
    assert story.m.due == story.now + 38 * HOUR


def test_silence_on_an_offer_returns_it_to_review() -> None:
    story = Story().open().wait(10 * HOUR)
    story.give(SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 30_000)))
    story.lapse()
    assert (story.m.phase, story.m.due) == (Phase.REVIEW, story.now + 38 * HOUR)


def test_an_accepted_offer_is_what_is_owed() -> None:
    story = review()
    story.give(SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 30_000)))
    story.give(CUSTOMER, c.AcceptOffer())
    assert story.m.remedy is not None
    assert (story.m.remedy.basis, story.m.remedy.total) == (Basis.OFFER, 30_000)


def test_at_most_three_offers() -> None:
    story = review()
    for _ in range(3):
        story.give(SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 1_000)))
        story.give(CUSTOMER, c.DeclineOffer())
    assert story.refused(SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 1_000))) is Code.TOO_MANY_OFFERS


@pytest.mark.parametrize(
    "solution, code",
    [
        (Solution(RemedyKind.REFUND, 100_001), Code.ASKED_TOO_MUCH),
        (Solution(RemedyKind.REFUND, 0), Code.AMOUNT_NOT_POSITIVE),
        (Solution(RemedyKind.REPLACEMENT, 5), Code.AMOUNT_NOT_FITTING),
        (Solution(RemedyKind.NOTHING), Code.OFFER_NOT_FITTING),
        (Solution(RemedyKind.OTHER, 5), Code.OFFER_NOT_FITTING),
    ],
)
def test_an_offer_must_be_possible(solution: Solution, code: Code) -> None:
    assert review().refused(SELLER, c.MakeOffer(solution)) is code


def test_asking_once_more_restarts_the_review_and_only_once() -> None:
    story = Story().rejected().wait(HOUR)
    story.give(CUSTOMER, c.AskAgain(text=TEXT))
    assert (story.m.phase, story.m.due) == (Phase.REVIEW, story.now + 2 * DAY)
    story.give(SELLER, c.RejectRequest(story.reject_code(REFUND)))
    assert story.refused(CUSTOMER, c.AskAgain()) is Code.ALREADY_ASKED_AGAIN


def test_a_rejection_needs_a_code_of_the_market_that_fits() -> None:
    assert review().refused(SELLER, c.RejectRequest("")) is Code.CODE_NEEDED
    assert review().refused(SELLER, c.RejectRequest("because")) is Code.UNKNOWN_CODE
    assert review().refused(SELLER, c.RejectRequest(PARCEL_CODE)) is Code.CODE_NOT_FITTING


def test_a_rejected_request_closes_after_48_hours_of_silence() -> None:
    story = Story().rejected()
    assert story.m.due == story.now + 48 * HOUR
    story.lapse()
    assert (story.m.phase, story.m.outcome) == (Phase.CLOSED, Outcome.NOT_PURSUED)


def test_reason_codes_fit_type_and_status() -> None:
    code = "ecom_order_delivered_refund_reason_defective"
    Story().open(REFUND, ClaimLine("a", Reason.DEFECTIVE, reason_code=code))
    assert asks(Story(), REFUND, ClaimLine("a", Reason.DAMAGED, reason_code=code)) is Code.CODE_NOT_FITTING
    assert asks(Story(), RequestType.RETURN_AND_REFUND, ClaimLine("a", Reason.DEFECTIVE, reason_code=code)) is (
        Code.CODE_NOT_FITTING
    )
    assert asks(Story(), REFUND, ClaimLine("a", Reason.DEFECTIVE, reason_code="x")) is Code.UNKNOWN_CODE


def test_a_seller_may_refund_by_itself_with_its_own_code_only() -> None:
    missing = [
        ClaimLine("a", Reason.MISSING_ITEMS, reason_code=rule.code)
        for rule in Story().policy.codes
        if rule.use == "SELLER_REFUND"
    ]
    assert len(missing) == 1
    story = Story()
    assert story.refused(SELLER, c.OpenRequest(REFUND, (ClaimLine("a", Reason.MISSING_ITEMS),))) is Code.CODE_NEEDED
    story.give(SELLER, c.OpenRequest(REFUND, tuple(missing)))
    assert story.m.remedy is not None
    assert (story.m.phase, story.m.remedy.basis) == (Phase.PAYING, Basis.SELLER_INITIATED)
    assert Story().refused(SELLER, c.OpenRequest(RequestType.REPLACEMENT, tuple(missing))) in (
        Code.TYPE_NOT_FOR_SELLER,
        Code.CODE_NOT_FITTING,
    )


def test_reading_14_units_are_chosen_numbered_and_never_in_two_cases() -> None:
    first = Story().open(REFUND, ClaimLine("a", Reason.DEFECTIVE, quantity=1))
    assert first.case.line("a").units == (1,)
    second = Story(state=first.order, case_id="c2").open(REFUND, ClaimLine("a", Reason.DEFECTIVE))
    assert second.case.line("a").units == (2,)
    third = Story(state=second.order, case_id="c3")
    assert asks(third, REFUND) is Code.UNITS_NOT_AVAILABLE
    assert asks(third, REFUND, ClaimLine("a", Reason.DEFECTIVE, units=(3,))) is Code.UNITS_NOT_AVAILABLE


def test_reading_14_what_was_refunded_is_not_asked_for_again() -> None:
    story = Story().open(REFUND, ClaimLine("b", Reason.DEFECTIVE)).wait(HOUR)
    story.give(SELLER, c.ApproveRequest())
    story.give(Actor(Role.SYSTEM, "system"), c.ReportPayment("c1:1", 50_000))
    again = Story(state=story.order, case_id="c2")
    assert asks(again, REFUND, ClaimLine("b", Reason.DEFECTIVE)) is Code.ALREADY_SETTLED


def test_over_asking_is_refused() -> None:
    assert asks(Story(), REFUND, ClaimLine("a", Reason.DEFECTIVE, amount=100_001)) is Code.ASKED_TOO_MUCH
    assert asks(Story(), REFUND, ClaimLine("a", Reason.DEFECTIVE, amount=0)) is Code.AMOUNT_NOT_POSITIVE
    replacement = ClaimLine("a", Reason.DEFECTIVE, amount=5)
    assert asks(Story(), RequestType.REPLACEMENT, replacement) is Code.AMOUNT_NOT_FITTING


def test_an_outside_refund_lowers_what_may_be_asked() -> None:
    facts = (*delivered(), OutsideRefund("a", (1,), 40_000, DELIVERED + HOUR))
    story = Story(state=OrderState(order(), facts))
    assert asks(story, REFUND, ClaimLine("a", Reason.DEFECTIVE, units=(1,), amount=60_001)) is Code.ASKED_TOO_MUCH
    whole = (*delivered(), OutsideRefund("b", (1,), 50_000, DELIVERED + HOUR))
    assert asks(Story(state=OrderState(order(), whole)), REFUND, ClaimLine("b", Reason.OTHER)) is Code.NOTHING_LEFT


def test_malformed_requests_are_refused() -> None:
    twice = (ClaimLine("a", Reason.OTHER), ClaimLine("a", Reason.OTHER))
    assert Story().refused(CUSTOMER, c.OpenRequest(REFUND, ())) is Code.NOTHING_ASKED
    assert Story().refused(CUSTOMER, c.OpenRequest(REFUND, twice)) is Code.LINE_TWICE
    assert asks(Story(), REFUND, ClaimLine("z", Reason.OTHER)) is Code.NO_SUCH_LINE
    many = tuple(ClaimLine(str(n), Reason.OTHER) for n in range(51))
    assert Story().refused(CUSTOMER, c.OpenRequest(REFUND, many)) is Code.TOO_MANY_LINES


def test_nothing_is_asked_before_it_could_have_come() -> None:
    coming = OrderState(order(), delivered()[:1])
    early = Story(state=coming)
    early.now = DELIVERED
    assert asks(early, REFUND) is Code.NOT_DELIVERED_YET
    assert asks(early, REFUND, ClaimLine("a", Reason.ITEM_NOT_RECEIVED)) is Code.PROMISED_DATE_NOT_OVER
    late = Story(state=coming)
    late.now = DELIVERED + DAY
    late.open(reason=Reason.ITEM_NOT_RECEIVED)


def test_somebody_elses_case_is_not_yours_and_an_agent_has_none_of_its_own() -> None:
    story = review()
    assert story.refused(Actor(Role.CUSTOMER, "eve"), c.WithdrawRequest()) is Code.NOT_YOURS
    assert story.refused(Actor(Role.AGENT, SELLER.id), c.ExtendDue(60, text=TEXT)) is Code.CONFLICT_OF_INTEREST


def test_s13_an_agreement_needs_both_and_ends_it() -> None:
    story = Story().disputed()
    story.give(SELLER, c.ProposeAgreement(Solution(RemedyKind.REFUND, 70_000)))
    assert story.refused(SELLER, c.AcceptAgreement()) is Code.OWN_PROPOSAL
    story.give(CUSTOMER, c.AcceptAgreement())
    assert story.m.remedy is not None
    assert (story.m.phase, story.m.remedy.basis, story.m.remedy.total) == (Phase.PAYING, Basis.AGREEMENT, 70_000)


def test_s9_the_two_may_agree_to_nothing_at_all() -> None:
    story = Story().disputed()
    story.give(CUSTOMER, c.ProposeAgreement(Solution(RemedyKind.NOTHING)))
    events = story.give(SELLER, c.AcceptAgreement())
    assert e.HoldReleased(1) in events
    assert (story.m.phase, story.m.outcome) == (Phase.CLOSED, Outcome.SETTLED_BY_PARTIES)
    again = Story(state=story.order, case_id="c2")
    assert asks(again, REFUND, ClaimLine("a", Reason.DEFECTIVE, units=(1,))) is Code.ALREADY_SETTLED


def test_a_proposal_expires() -> None:
    story = Story().rejected(RequestType.REFUND)
    story.give(SELLER, c.ProposeAgreement(Solution(RemedyKind.REFUND, 70_000)))
    story.give(CUSTOMER, c.RaiseDispute())
    story.wait(23 * HOUR)
    story.give(AGENT, c.ExtendDue(5 * 24 * 3600, text=TEXT))
    story.wait(25 * HOUR)
    assert story.refused(CUSTOMER, c.AcceptAgreement()) is Code.PROPOSAL_EXPIRED


def test_reading_13_at_the_due_moment_only_the_lapse_is_possible() -> None:
    story = Story().open()
    assert story.m.due is not None
    story.now = story.m.due
    assert story.refused(SELLER, c.RejectRequest(story.reject_code(REFUND))) is Code.WRONG_PHASE
    story.give(SELLER, c.SendMessage(text=TEXT))  # what is due has happened before it
    assert story.m.phase is Phase.PAYING


def test_reading_13_a_due_moment_moves_on_with_a_reason() -> None:
    story = review()
    due = story.m.due
    assert due is not None
    assert story.refused(AGENT, c.ExtendDue(3600)) is Code.REASON_NEEDED
    assert story.refused(AGENT, c.ExtendDue(0, text=TEXT)) is Code.EXTENSION_NOT_FITTING
    story.give(AGENT, c.ExtendDue(3600, text=TEXT))
    assert story.m.due == due + HOUR


def test_s11_s26_more_time_to_dispute_is_more_time_in_the_acceptance_period() -> None:
    """Readings 6 and 13: an outage must not leave a window open that leads nowhere."""
    story = Story().rejected(REFUND)
    story.wait(HOUR)
    assert story.m.due is not None
    story.case.accept_until["a"] = story.m.due  # as after a long review: nothing but the window is left
    story.give(AGENT, c.ExtendDue(20 * 24 * 3600, text=TEXT))
    assert story.case.accept_until == {"a": story.m.due}
    story.now = story.m.due - HOUR
    story.give(CUSTOMER, c.RaiseDispute())
    assert story.m.phase is Phase.EVIDENCE


def test_s26_a_period_that_is_over_stays_over_when_the_window_is_extended() -> None:
    story = Story().rejected(REFUND, ClaimLine("a", Reason.DEFECTIVE), ClaimLine("b", Reason.DEFECTIVE))
    story.wait(HOUR)
    assert story.m.due is not None
    over, later = story.now, story.m.due + 30 * DAY
    story.case.accept_until.update(a=over, b=later)
    (extended,) = [x for x in story.give(AGENT, c.ExtendDue(3600, text=TEXT)) if isinstance(x, e.DueExtended)]
    assert extended.accept_until == (("a", over), ("b", later))
    assert story.refused(CUSTOMER, c.RaiseDispute(lines=("a",))) is Code.OUTSIDE_ACCEPTANCE
    reviewed = Story().open()
    (moved,) = [x for x in reviewed.give(AGENT, c.ExtendDue(60, text=TEXT)) if isinstance(x, e.DueExtended)]
    assert moved.accept_until == ()


def test_time_never_goes_back() -> None:
    story = review()
    story.now = DELIVERED
    assert story.refused(CUSTOMER, c.WithdrawRequest()) is Code.TIME_WENT_BACK


def test_a_parcel_can_be_asked_about_once_more() -> None:
    story = inspecting()
    story.give(SELLER, c.RejectParcel(PARCEL_CODE))
    story.give(CUSTOMER, c.AskAgain())
    assert story.m.phase is Phase.INSPECTING


def test_an_open_case_is_not_opened_again() -> None:
    assert review().refused(CUSTOMER, c.OpenRequest(REFUND, (ClaimLine("a", Reason.OTHER),))) is Code.ALREADY_OPEN
