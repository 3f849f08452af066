"""Our phases as TikTok Shop's states, and our refusals as its error codes. Pure look-ups over a folded case.

Source: partner.tiktokshop.com/docv2/page/return-refund-and-cancel-api-overview (11 April 2025),
search-returns-202309, approve-return-202309, reject-return-202309. Their machine is coarser than ours: the whole
dispute shows only as `arbitration_status`, appeals and execution not at all.
"""

from enum import StrEnum

from mufakat.core import commands as c
from mufakat.core.case import Case, Matter
from mufakat.core.claim import Decision, RequestType
from mufakat.core.phases import Outcome, Phase
from mufakat.core.process import APPEAL, DISPUTE
from mufakat.core.refusals import Code, Refusal


class Status(StrEnum):
    """TikTok Shop's `return_status` and cancellation status values."""

    CANCEL_PENDING = "CANCELLATION_REQUEST_PENDING"
    CANCEL_SUCCESS = "CANCELLATION_REQUEST_SUCCESS"
    CANCEL_CLOSED = "CANCELLATION_REQUEST_CANCELLED"
    CANCEL_COMPLETE = "CANCELLATION_REQUEST_COMPLETE"
    PENDING = "RETURN_OR_REFUND_REQUEST_PENDING"
    AWAITING_BUYER_RESPONSE = "AWAITING_BUYER_RESPONSE"
    REJECT = "REFUND_OR_RETURN_REQUEST_REJECT"
    AWAITING_BUYER_SHIP = "AWAITING_BUYER_SHIP"
    BUYER_SHIPPED_ITEM = "BUYER_SHIPPED_ITEM"
    REJECT_RECEIVE_PACKAGE = "REJECT_RECEIVE_PACKAGE"
    SUCCESS = "RETURN_OR_REFUND_REQUEST_SUCCESS"
    CANCEL = "RETURN_OR_REFUND_REQUEST_CANCEL"
    COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
    REPLACEMENT_PENDING = "REPLACEMENT_REQUEST_PENDING"
    REPLACEMENT_REJECT = "REPLACEMENT_REQUEST_REJECT"
    REPLACEMENT_REFUND_SUCCESS = "REPLACEMENT_REQUEST_REFUND_SUCCESS"
    REPLACEMENT_CANCEL = "REPLACEMENT_REQUEST_CANCEL"
    REPLACEMENT_COMPLETE = "REPLACEMENT_REQUEST_COMPLETE"


class Arbitration(StrEnum):
    """TikTok Shop's `arbitration_status` values."""

    IN_PROGRESS = "IN_PROGRESS"
    SUPPORT_BUYER = "SUPPORT_BUYER"
    SUPPORT_SELLER = "SUPPORT_SELLER"
    CLOSED = "CLOSED"


class _Step(StrEnum):
    """How far a matter has come, in the words that their three machines share."""

    PENDING = "PENDING"
    OFFERED = "OFFERED"
    REJECTED = "REJECTED"
    PARCEL_REJECTED = "PARCEL_REJECTED"
    TO_SHIP = "TO_SHIP"
    SHIPPED = "SHIPPED"
    GRANTED = "GRANTED"
    CANCELLED = "CANCELLED"
    DONE = "DONE"


_BY_PHASE = {
    Phase.REVIEW: _Step.PENDING,
    Phase.OFFERED: _Step.OFFERED,
    Phase.REJECTED: _Step.REJECTED,
    Phase.PARCEL_REJECTED: _Step.PARCEL_REJECTED,
    Phase.AWAITING_RETURN: _Step.TO_SHIP,
    Phase.RETURNING: _Step.SHIPPED,
    Phase.INSPECTING: _Step.SHIPPED,
    Phase.REPORTED: _Step.SHIPPED,
    Phase.ASSESSING: _Step.SHIPPED,
    Phase.PERFORMING: _Step.GRANTED,
    Phase.DELIVERING: _Step.GRANTED,
    Phase.CONFIRMING: _Step.GRANTED,
    Phase.PAYING: _Step.GRANTED,
    Phase.DEDUCTING: _Step.GRANTED,
    Phase.LATE_APPEAL: _Step.DONE,
}

_DONE = (Outcome.REFUNDED, Outcome.GOODS_DELIVERED, Outcome.REMEDIED, Outcome.PAID_ELSEWHERE, Outcome.DEBT_LEFT)

_CANCELLATION = {
    _Step.PENDING: Status.CANCEL_PENDING,
    _Step.OFFERED: Status.CANCEL_PENDING,
    _Step.GRANTED: Status.CANCEL_SUCCESS,
    _Step.DONE: Status.CANCEL_COMPLETE,
}
_RETURN = {
    _Step.PENDING: Status.PENDING,
    _Step.OFFERED: Status.AWAITING_BUYER_RESPONSE,
    _Step.REJECTED: Status.REJECT,
    _Step.PARCEL_REJECTED: Status.REJECT_RECEIVE_PACKAGE,
    _Step.TO_SHIP: Status.AWAITING_BUYER_SHIP,
    _Step.SHIPPED: Status.BUYER_SHIPPED_ITEM,
    _Step.GRANTED: Status.SUCCESS,
    _Step.CANCELLED: Status.CANCEL,
    _Step.DONE: Status.COMPLETE,
}
_REPLACEMENT = {
    _Step.PENDING: Status.REPLACEMENT_PENDING,
    _Step.OFFERED: Status.AWAITING_BUYER_RESPONSE,
    _Step.REJECTED: Status.REPLACEMENT_REJECT,
    _Step.PARCEL_REJECTED: Status.REJECT_RECEIVE_PACKAGE,
    _Step.TO_SHIP: Status.AWAITING_BUYER_SHIP,
    _Step.SHIPPED: Status.BUYER_SHIPPED_ITEM,
    _Step.GRANTED: Status.REPLACEMENT_COMPLETE,
    _Step.CANCELLED: Status.REPLACEMENT_CANCEL,
    _Step.DONE: Status.REPLACEMENT_COMPLETE,
}


def return_status(case: Case, matter: Matter) -> Status:
    """The state TikTok Shop would show for a matter."""
    step = _step(matter)
    if case.type is RequestType.CANCEL:
        return _CANCELLATION.get(step, Status.CANCEL_CLOSED)
    if case.type in (RequestType.REFUND, RequestType.RETURN_AND_REFUND):
        return _RETURN[step]
    remedy = matter.remedy
    if step in (_Step.GRANTED, _Step.DONE) and remedy is not None and remedy.in_money:
        return Status.REPLACEMENT_REFUND_SUCCESS
    return _REPLACEMENT[step]


def _step(matter: Matter) -> _Step:
    if matter.phase is Phase.CLOSED:
        return _Step.DONE if matter.outcome in _DONE else _Step.CANCELLED
    if matter.phase is Phase.SUSPENDED and matter.paused is not None:
        return _BY_PHASE[matter.paused.phase]
    found = _BY_PHASE.get(matter.phase)
    if found is not None:
        return found
    if matter.remedy is not None and matter.remedy.paid:
        return _Step.DONE
    parcel = matter.remedy is not None and matter.remedy.returned
    return _Step.PARCEL_REJECTED if parcel else _Step.REJECTED


def arbitration_status(matter: Matter) -> Arbitration | None:
    """How they show the dispute: nothing before one was raised; decided ones stay in progress while appealable."""
    if matter.disputes == 0:
        return None
    if matter.phase in (*DISPUTE, *APPEAL, Phase.AWARDED):
        return Arbitration.IN_PROGRESS
    if not matter.judgement:
        return Arbitration.CLOSED
    buyer = any(each.decision is Decision.FOR_CUSTOMER for each in matter.judgement)
    return Arbitration.SUPPORT_BUYER if buyer else Arbitration.SUPPORT_SELLER


_ERRORS = {
    Code.LOCKED_WHILE_DECIDING: 25011010,
    Code.TOO_MANY_OFFERS: 25007007,
    Code.OFFER_NOT_FITTING: 25020004,
    Code.AMOUNT_NOT_FITTING: 25020004,
    Code.PARCEL_NOT_REJECTABLE: 25011035,
    Code.NOT_YOURS: 25020005,
    Code.WRONG_ROLE: 25020005,
    Code.NO_SUCH_CASE: 25020005,
    Code.UNKNOWN_CODE: 25001014,
    Code.CODE_NEEDED: 25001014,
    Code.CODE_NOT_FITTING: 25001016,
    Code.TOO_BUSY: 25001028,
    Code.NOTHING_TO_SHIP: 25020004,
}

_BY_COMMAND: dict[type, int] = {
    c.MakeOffer: 25011032,
    c.ApproveRequest: 25011012,
    c.ConfirmReceipt: 25011013,
    c.RejectParcel: 25011035,
    c.RejectRequest: 25011012,
}


def error_code(refusal: Refusal, command: c.Command) -> int | None:
    """The error TikTok Shop answers where we refuse, or None where it has none of its own."""
    facts = dict(refusal.facts)
    if refusal.code is Code.CASE_CLOSED and "WITHDRAWN" in facts.get("outcome", ""):
        return 25020009
    if refusal.code is Code.WRONG_PHASE and isinstance(command, c.MakeOffer) and facts.get("phase") == "OFFERED":
        return 25007007
    if refusal.code in (Code.WRONG_PHASE, Code.CASE_CLOSED):
        return _BY_COMMAND.get(type(command))
    return _ERRORS.get(refusal.code)
