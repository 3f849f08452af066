"""TikTok Shop's official state machine, shown by ours: each of its transitions walked, each of its guards met.

The rows are those of partner.tiktokshop.com/docv2/page/return-refund-and-cancel-api-overview (11 April 2025).
"""

from collections.abc import Callable

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Reason, RemedyKind, RequestType, ReturnMethod, Solution
from mufakat.core.order import OUTBOUND, OrderLine, OrderState, Scan, ScanKind
from mufakat.core.parties import SYSTEM
from mufakat.core.refusals import Refusal
from mufakat.dialects.tiktok.states import Arbitration, Status, arbitration_status, error_code, return_status
from tests.core.findings import judged_for_customer, judged_for_seller, with_material
from tests.core.story import CUSTOMER, DAY, DELIVERED, HOUR, SELLER, Story, order

RETURN = RequestType.RETURN_AND_REFUND
REPLACE = RequestType.REPLACEMENT
PARCEL_CODE = "reverse_reject_return_parcel_reason_1"


def cancelling() -> Story:
    """A pre-order awaiting collection: its cancellation is reviewed by the seller."""
    bought = order(lines=(OrderLine("a", "blender", 1, 100_000, preorder=True),))
    story = Story(state=OrderState(bought, (Scan(OUTBOUND, ScanKind.AWAITING_COLLECTION, DELIVERED - 2 * DAY),)))
    story.now = DELIVERED - DAY
    return story.open(RequestType.CANCEL, ClaimLine("a", Reason.OTHER)).wait(HOUR)


def pending(type_: RequestType) -> Story:
    return Story().open(type_).wait(HOUR)


def approved(type_: RequestType) -> Story:
    story = pending(type_)
    story.give(SELLER, c.ApproveRequest())
    return story.wait(HOUR)


def shipped() -> Story:
    story = approved(RETURN)
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "R1"))
    return story.wait(HOUR)


def parcel_rejected() -> Story:
    story = shipped()
    story.give(SELLER, c.RejectParcel(PARCEL_CODE))
    return story.wait(HOUR)


def parcel_disputed() -> Story:
    story = parcel_rejected()
    story.give(CUSTOMER, c.RaiseDispute())
    return with_material(story.wait(HOUR))


def rejected(type_: RequestType) -> Story:
    return Story().rejected(type_).wait(HOUR)


def disputed(type_: RequestType) -> Story:
    return with_material(Story().disputed(type_).wait(HOUR))


def do(actor: object, command: c.Command) -> Callable[[Story], object]:
    return lambda story: story.give(actor, command)  # type: ignore[arg-type]


def silence(story: Story) -> object:
    return story.lapse()


def for_buyer(story: Story) -> object:
    judged_for_customer(story)
    return story.give(SELLER, c.AcceptJudgement())


def for_seller(story: Story) -> object:
    judged_for_seller(story)
    return story.give(CUSTOMER, c.AcceptJudgement())


def paid(story: Story) -> object:
    remedy = story.m.remedy
    assert remedy is not None
    return story.give(SYSTEM, c.ReportPayment("c1:1", remedy.ordered))


approve = do(SELLER, c.ApproveRequest())
withdraw = do(CUSTOMER, c.WithdrawRequest())


def reject(story: Story) -> object:
    return story.give(SELLER, c.RejectRequest(story.reject_code(story.case.type)))


S = Status
TRANSITIONS: list[tuple[str, Callable[[], Story], Status, Callable[[Story], object], Status]] = [
    ("cancellation accepted by seller", cancelling, S.CANCEL_PENDING, approve, S.CANCEL_SUCCESS),
    ("cancellation accepted by system", cancelling, S.CANCEL_PENDING, silence, S.CANCEL_SUCCESS),
    ("cancellation withdrawn", cancelling, S.CANCEL_PENDING, withdraw, S.CANCEL_CLOSED),
    ("cancellation rejected", cancelling, S.CANCEL_PENDING, reject, S.CANCEL_CLOSED),
    ("refund approved by seller", lambda: pending(RequestType.REFUND), S.PENDING, approve, S.SUCCESS),
    ("refund approved by system", lambda: pending(RequestType.REFUND), S.PENDING, silence, S.SUCCESS),
    ("refund rejected", lambda: pending(RequestType.REFUND), S.PENDING, reject, S.REJECT),
    ("refund withdrawn", lambda: pending(RequestType.REFUND), S.PENDING, withdraw, S.CANCEL),
    ("refund, no arbitration in time", lambda: rejected(RequestType.REFUND), S.REJECT, silence, S.CANCEL),
    ("refund, arbitration for the seller", lambda: disputed(RequestType.REFUND), S.REJECT, for_seller, S.CANCEL),
    ("refund, arbitration for the buyer", lambda: disputed(RequestType.REFUND), S.REJECT, for_buyer, S.SUCCESS),
    ("refund paid", lambda: approved(RequestType.REFUND), S.SUCCESS, paid, S.COMPLETE),
    ("return approved by seller", lambda: pending(RETURN), S.PENDING, approve, S.AWAITING_BUYER_SHIP),
    ("return approved by system", lambda: pending(RETURN), S.PENDING, silence, S.AWAITING_BUYER_SHIP),
    (
        "return shipped, self-arranged",
        lambda: approved(RETURN),
        S.AWAITING_BUYER_SHIP,
        do(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "R1")),
        S.BUYER_SHIPPED_ITEM,
    ),
    (
        "return shipped, platform carrier",
        lambda: approved(RETURN),
        S.AWAITING_BUYER_SHIP,
        do(CUSTOMER, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "R1")),
        S.BUYER_SHIPPED_ITEM,
    ),
    ("return not shipped", lambda: approved(RETURN), S.AWAITING_BUYER_SHIP, silence, S.CANCEL),
    ("inspection passed", shipped, S.BUYER_SHIPPED_ITEM, do(SELLER, c.ConfirmReceipt()), S.SUCCESS),
    ("inspection passed by system", shipped, S.BUYER_SHIPPED_ITEM, silence, S.SUCCESS),
    (
        "parcel refused",
        shipped,
        S.BUYER_SHIPPED_ITEM,
        do(SELLER, c.RejectParcel(PARCEL_CODE)),
        S.REJECT_RECEIVE_PACKAGE,
    ),
    ("parcel, arbitration for the buyer", parcel_disputed, S.REJECT_RECEIVE_PACKAGE, for_buyer, S.SUCCESS),
    ("parcel, arbitration for the seller", parcel_disputed, S.REJECT_RECEIVE_PACKAGE, for_seller, S.CANCEL),
    ("parcel, no arbitration in time", parcel_rejected, S.REJECT_RECEIVE_PACKAGE, silence, S.CANCEL),
    ("return rejected", lambda: pending(RETURN), S.PENDING, reject, S.REJECT),
    ("return withdrawn", lambda: pending(RETURN), S.PENDING, withdraw, S.CANCEL),
    ("return, arbitration for the buyer", lambda: disputed(RETURN), S.REJECT, for_buyer, S.AWAITING_BUYER_SHIP),
    ("return, arbitration for the seller", lambda: disputed(RETURN), S.REJECT, for_seller, S.CANCEL),
    ("return, no arbitration in time", lambda: rejected(RETURN), S.REJECT, silence, S.CANCEL),
    ("replacement rejected", lambda: pending(REPLACE), S.REPLACEMENT_PENDING, reject, S.REPLACEMENT_REJECT),
    ("replacement cancelled", lambda: pending(REPLACE), S.REPLACEMENT_PENDING, withdraw, S.REPLACEMENT_CANCEL),
    ("replacement accepted", lambda: pending(REPLACE), S.REPLACEMENT_PENDING, approve, S.REPLACEMENT_COMPLETE),
    (
        "replacement accepted by system",
        lambda: pending(REPLACE),
        S.REPLACEMENT_PENDING,
        silence,
        S.REPLACEMENT_COMPLETE,
    ),
    ("replacement ordered", lambda: disputed(REPLACE), S.REPLACEMENT_REJECT, for_buyer, S.REPLACEMENT_COMPLETE),
]


@pytest.mark.parametrize("row", TRANSITIONS, ids=[row[0] for row in TRANSITIONS])
def test_each_official_transition_is_one_of_ours(
    row: tuple[str, Callable[[], Story], Status, Callable[[Story], object], Status],
) -> None:
    _, make, before, move, after = row
    story = make()
    assert return_status(story.case, story.m) is before
    move(story)
    assert return_status(story.case, story.m) is after


def test_seller_refunds_instead_of_replacing() -> None:
    story = approved(REPLACE)
    story.give(SELLER, c.RefundInstead())
    assert return_status(story.case, story.m) is S.REPLACEMENT_REFUND_SUCCESS


def test_an_offer_awaits_the_buyers_response_and_a_refusal_returns_it() -> None:
    story = pending(RequestType.REFUND)
    story.give(SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 20_000)))
    assert return_status(story.case, story.m) is S.AWAITING_BUYER_RESPONSE
    story.give(CUSTOMER, c.DeclineOffer())
    assert return_status(story.case, story.m) is S.PENDING


def test_the_dispute_shows_as_arbitration_status() -> None:
    story = disputed(RequestType.REFUND)
    assert arbitration_status(story.m) is Arbitration.IN_PROGRESS
    for_buyer(story)
    assert arbitration_status(story.m) is Arbitration.SUPPORT_BUYER
    story = disputed(RequestType.REFUND)
    judged_for_seller(story)
    assert arbitration_status(story.m) is Arbitration.SUPPORT_SELLER
    story = disputed(RequestType.REFUND)
    story.give(CUSTOMER, c.WithdrawDispute())
    assert arbitration_status(story.m) is Arbitration.CLOSED
    assert arbitration_status(pending(RequestType.REFUND).m) is None


GUARDS: list[tuple[int, Callable[[], Story], c.Command]] = [
    (25011010, lambda: disputed(RequestType.REFUND), c.ApproveRequest()),
    (25007007, lambda: offered(pending(RequestType.REFUND)), c.MakeOffer(Solution(RemedyKind.REFUND, 1))),
    (25011032, lambda: rejected(RequestType.REFUND), c.MakeOffer(Solution(RemedyKind.REFUND, 1))),
    (25011035, lambda: approved(RETURN), c.RejectParcel(PARCEL_CODE)),
    (25011012, lambda: approved(RETURN), c.ApproveRequest()),
    (25011013, lambda: approved(RETURN), c.ConfirmReceipt()),
    (25020004, lambda: pending(RequestType.REFUND), c.MakeOffer(Solution(RemedyKind.REPLACEMENT, 1))),
    (25020009, lambda: withdrawn(pending(RequestType.REFUND)), c.ApproveRequest()),
    (25001014, lambda: pending(RequestType.REFUND), c.RejectRequest("no_such_reason")),
    (25001016, lambda: pending(RequestType.REFUND), c.RejectRequest(PARCEL_CODE)),
]


def offered(story: Story) -> Story:
    story.give(SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 20_000)))
    return story


def withdrawn(story: Story) -> Story:
    story.give(CUSTOMER, c.WithdrawRequest())
    return story


@pytest.mark.parametrize("row", GUARDS, ids=[str(row[0]) for row in GUARDS])
def test_each_official_guard_refuses_with_its_code(row: tuple[int, Callable[[], Story], c.Command]) -> None:
    code, make, command = row
    answer = make().answer(SELLER, command)
    assert isinstance(answer, Refusal)
    assert error_code(answer, command) == code


def test_someone_elses_order_is_no_permission() -> None:
    story = pending(RequestType.REFUND)
    stranger = c.ApproveRequest()
    answer = story.answer(type(SELLER)(SELLER.role, "another shop"), stranger)
    assert isinstance(answer, Refusal)
    assert error_code(answer, stranger) == 25020005


def test_every_state_of_ours_has_one_of_theirs() -> None:
    """The projection is total: no phase is without a state."""
    from tests.core.stands import STANDS

    for make in STANDS.values():
        story = make()
        assert return_status(story.case, story.m) in set(Status)
