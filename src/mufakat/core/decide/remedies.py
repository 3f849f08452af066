"""Remedies: granting one, its steps in order, paying and deducting (S18 to S21, readings 5 and 11)."""

from datetime import datetime

from mufakat.core import events as e
from mufakat.core.case import Matter, Remedy, awarded, obligation
from mufakat.core.claim import (
    Basis,
    Cause,
    LineShare,
    RemedyKind,
    RequestType,
    ReturnMethod,
)
from mufakat.core.decide.bank import awaited, freeze
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.worth import asked_shares, paid_elsewhere, payable, shipping_due
from mufakat.core.liability import freight_bearer
from mufakat.core.parties import Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import ClockName, LapseOutcome
from mufakat.core.process import EXECUTION
from mufakat.core.shares import allocate_within

WITHOUT_RETURN = {RemedyKind.RETURN_AND_REFUND: RemedyKind.REFUND, RemedyKind.EXCHANGE: RemedyKind.REPLACEMENT}
"""The same remedy where the goods stay, or are back already."""


def asked_kind(type_: RequestType) -> RemedyKind:
    """The remedy that a request type asks for."""
    return RemedyKind.REFUND if type_ is RequestType.CANCEL else RemedyKind(type_.value)


def causes(d: Draft, lines: tuple[str, ...]) -> tuple[Cause, ...]:
    """Whose fault the lines' reasons count as where nobody judged them."""
    return tuple(d.policy.grounds[d.case.line(line).reason].cause for line in lines)


def grant_asked(d: Draft, number: int, basis: Basis, *, keep_goods: bool = False) -> None:
    """Grant what was asked for a matter's lines."""
    matter = d.matter(number)
    kind = asked_kind(d.case.type)
    returned = matter.remedy is not None and matter.remedy.returned
    if keep_goods or returned:
        kind = WITHOUT_RETURN.get(kind, kind)
    start(d, number, kind, basis, asked_shares(d, matter.lines), causes(d, matter.lines))


def start(
    d: Draft,
    number: int,
    kind: RemedyKind,
    basis: Basis,
    shares: tuple[LineShare, ...],
    at_fault: tuple[Cause, ...],
) -> None:
    """Order a remedy and begin its first step. NOTHING ends the matter as settled by the parties."""
    if kind is RemedyKind.NOTHING:
        d.close(number, Outcome.SETTLED_BY_PARTIES)
        return
    terms = basis in (Basis.OFFER, Basis.AGREEMENT, Basis.COURT)
    shipping = 0 if terms else shipping_due(d, number, shares, at_fault)
    bearer = freight_bearer(d.policy, at_fault)
    d.add(e.RemedyOrdered(number, kind, basis, shares, shipping, bearer))
    d.fit_hold(number, remedy_of(d, number).total)
    next_step(d, number)


def enforce(d: Draft, number: int) -> None:
    """Begin to carry out what was judged for the customer: it is enforceable from now (reading 5)."""
    lines = awarded(d.matter(number))
    shares = tuple(LineShare(each.line_id, d.case.line(each.line_id).units, each.amount) for each in lines)
    kind = lines[0].kind or RemedyKind.REFUND
    start(d, number, kind, Basis.JUDGEMENT, shares, tuple(each.cause for each in lines))


def remedy_of(d: Draft, number: int) -> Remedy:
    """The remedy of a matter; a matter in a phase of execution has one."""
    remedy = d.matter(number).remedy
    if remedy is None:
        message = f"matter {number} has no remedy"
        raise RuntimeError(message)
    return remedy


def is_judged(remedy: Remedy) -> bool:
    """Whether the remedy carries out a judgement, so that S19 and S20 apply."""
    return remedy.basis is Basis.JUDGEMENT


def next_step(d: Draft, number: int) -> None:
    """Begin the next step in order; the last one done, the matter closes. None while a chargeback is open."""
    remedy = remedy_of(d, number)
    if awaited(d, number):
        freeze(d, number)
    elif remedy.goods_back and not remedy.returned:
        _send_back(d, number, remedy)
    elif remedy.performs and not remedy.performed:
        clock = ClockName.COMPLIANCE if is_judged(remedy) else ClockName.SHIP_OUT
        d.enter(number, Phase.PERFORMING, clock, _seller_until(d, number))
    elif remedy.in_money:
        pay(d, number)
    elif remedy.kind is RemedyKind.OTHER:
        d.close(number, Outcome.REMEDIED)
    else:
        d.close(number, Outcome.GOODS_DELIVERED)


def _seller_until(d: Draft, number: int) -> datetime | None:
    """The end of the seller's 48 hours where they run already: all steps of a judgement share them (S19)."""
    matter = d.matter(number)
    return matter.due if matter.clock is ClockName.COMPLIANCE and is_judged(remedy_of(d, number)) else None


def _send_back(d: Draft, number: int, remedy: Remedy) -> None:
    """Wait for the goods: on their way already where new terms were agreed on while they travel."""
    if not remedy.tracking:
        phase, clock = Phase.AWAITING_RETURN, ClockName.SHIP_BACK
    elif remedy.method is ReturnMethod.SELF_ARRANGED:
        phase, clock = Phase.INSPECTING, ClockName.INSPECTION_SELF
    elif remedy.arrived:
        phase, clock = Phase.INSPECTING, ClockName.INSPECTION_PLATFORM
    else:
        phase, clock = Phase.RETURNING, ClockName.NO_SCAN
    matter = d.matter(number)
    travels = phase is not Phase.AWAITING_RETURN and matter.clock is clock
    d.enter(number, phase, clock, matter.due if travels else None)


def pay(d: Draft, number: int) -> None:
    """Order the refund; what is not paid in 48 hours is deducted (S20, market.md arithmetic 12).

    The provider pays at once, but for a judged refund: its seller has 48 hours, unless it is the seller itself that
    brings the step about (taking the return, paying instead of shipping).
    """
    by_seller = d.actor.role is Role.SELLER and d.matter(number).phase in EXECUTION
    at_once = by_seller or not is_judged(remedy_of(d, number))
    if order_refund(d, number, at_once=at_once):
        d.enter(number, Phase.PAYING, ClockName.COMPLIANCE, _seller_until(d, number))


def order_refund(d: Draft, number: int, *, at_once: bool, again: bool = False) -> bool:
    """Say what is owed in all; False where nothing is, and the matter was closed. `again`: although it was said."""
    remedy = remedy_of(d, number)
    owed = payable(d, remedy)
    if owed < remedy.total:
        d.add(e.RefundReduced(number, remedy.total - owed, paid_elsewhere(d, remedy)))
    total = max(owed, remedy.paid)
    if owed <= remedy.paid and remedy.advanced == remedy.recovered:
        borne = remedy.risk is not None and remedy.total == 0
        if remedy.ordered > total:
            order_total(d, number, total, at_once=at_once)
        d.close(number, Outcome.RISK_BORNE_BY_CUSTOMER if borne else Outcome.PAID_ELSEWHERE)
        return False
    if again or (total, at_once) != (remedy.ordered, remedy.at_once):
        order_total(d, number, total, at_once=at_once)
    d.fit_hold(number, remedy_of(d, number).uncollected)
    return True


def order_total(d: Draft, number: int, total: int, *, at_once: bool) -> None:
    """Say what is owed in all (minor units), as a change against what was said before, and where it goes.

    Where to is chosen once for an obligation, by the method with which the order was paid.
    """
    remedy = remedy_of(d, number)
    to = remedy.destination if remedy.ordered or remedy.paid else d.policy.destination(d.order.paid_by())
    name = obligation(d.case.case_id, number)
    d.add(e.RefundOrdered(number, name, total, total - remedy.ordered, at_once, to))


def deduct(d: Draft, number: int) -> None:
    """Let the provider deduct what is unpaid from payments due to the seller (S20)."""
    if remedy_of(d, number).ordered == 0 and not order_refund(d, number, at_once=False):
        return
    collect(d, number)
    d.enter(number, Phase.DEDUCTING, ClockName.COLLECTION)


def collect(d: Draft, number: int) -> None:
    """Order what is unpaid to be collected from the seller; the platform advances it where the market has that."""
    remedy, name, switches = remedy_of(d, number), obligation(d.case.case_id, number), d.policy.switches
    if switches.platform_advance and remedy.ordered > remedy.paid:
        d.add(e.AdvanceOrdered(number, name, remedy.ordered - remedy.paid))
    d.add(e.DeductionOrdered(number, name, remedy.uncollected, switches.debit_balance))


def paid_whole(d: Draft, number: int) -> None:
    """The customer and the platform have all: closed, or open for the seller's late appeal where the market has one."""
    matter = d.matter(number)
    remedy = remedy_of(d, number)
    without_return = remedy.kind is RemedyKind.REFUND and not remedy.returned
    if is_judged(remedy) and without_return and not matter.appeal_used and d.has(ClockName.LATE_APPEAL):
        d.release(number)
        d.enter(number, Phase.LATE_APPEAL, ClockName.LATE_APPEAL)
    else:
        d.close(number, Outcome.REFUNDED)


def check_paid_elsewhere(d: Draft, matter: Matter) -> None:
    """After money that went back outside: lower what is still to be paid for the same units."""
    remedy = matter.remedy
    if remedy is None or matter.phase not in (Phase.PAYING, Phase.DEDUCTING):
        return
    if payable(d, remedy) < max(remedy.total, remedy.ordered) and order_refund(
        d, matter.number, at_once=remedy.at_once
    ):
        lowered = remedy_of(d, matter.number).ordered < remedy.ordered
        if matter.phase is Phase.DEDUCTING and lowered:
            collect(d, matter.number)


def lower_debt(d: Draft, matter: Matter, *, again: bool = False) -> None:
    """After money that went back outside: a debt of the closed matter is lowered, so that nobody is paid twice.

    `again`: it is collected on although it is as it was, because collecting was stopped.
    """
    remedy = matter.remedy
    if remedy is None or not matter.debt:
        return
    owed = payable(d, remedy)
    total = max(owed, remedy.paid)
    if owed < remedy.total:
        d.add(e.RefundReduced(matter.number, remedy.total - owed, paid_elsewhere(d, remedy)))
    if total < remedy.ordered:
        order_total(d, matter.number, total, at_once=False)
    elif not again:
        return
    left = remedy_of(d, matter.number).uncollected
    name = obligation(d.case.case_id, matter.number)
    if left:
        d.add(e.DeductionOrdered(matter.number, name, left, d.policy.switches.debit_balance))
    else:
        d.add(e.CollectionStopped(matter.number, name))


def paid_by_itself(d: Draft, number: int, amount: int) -> None:
    """The customer confirmed that the seller paid it an amount outside of the provider: so much less is owed."""
    remedy = remedy_of(d, number)
    owed = remedy.owed_by_line()
    shares = allocate_within(min(amount, sum(owed.values())), list(owed.values()))
    parts = tuple((line, share) for line, share in zip(owed, shares, strict=True) if share)
    d.add(e.OwnPaymentConfirmed(number, amount, parts))
    d.add(e.RefundReduced(number, amount, parts))
    check_paid_elsewhere(d, d.matter(number))


def after_outside(d: Draft, number: int) -> bool:
    """After the bank has paid for the units: take it off what is owed; whether the matter ended or began anew by it.

    A remedy whose goods the carrier has not got yet turns into money, and only the rest is paid; goods that are on
    their way or done stand.
    """
    remedy = remedy_of(d, number)
    if d.matter(number).phase in (Phase.PAYING, Phase.DEDUCTING):
        check_paid_elsewhere(d, d.matter(number))
        return not d.matter(number).is_open
    if remedy.scanned or payable(d, remedy) >= remedy.total:
        return False
    if payable(d, remedy) <= remedy.paid:
        order_refund(d, number, at_once=False)
        return True
    if not remedy.performs or (remedy.out_tracking and d.order.scans(remedy.out_tracking)):
        return False
    d.add(e.TurnedIntoRefund(number))
    if remedy.goods_back and not remedy.returned:
        return False
    next_step(d, number)
    return True


def pay_instead(d: Draft, number: int, why: LapseOutcome | None = None) -> None:
    """Pay the price instead of the goods."""
    d.add(e.TurnedIntoRefund(number, why))
    pay(d, number)


def deduct_instead(d: Draft, number: int) -> None:
    """Deduct the price of goods that were judged and not sent (market.md, arithmetic 8)."""
    d.add(e.TurnedIntoRefund(number, LapseOutcome.DEDUCT))
    deduct(d, number)
