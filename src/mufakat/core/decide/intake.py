"""Opening a request: who may ask for what until when, of which units, for how much (S26, S27, readings 6, 14)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from mufakat.core import calendar
from mufakat.core import events as e
from mufakat.core.chargebacks import open_about
from mufakat.core.claim import Basis, ClaimLine, Reason, RequestType
from mufakat.core.commands import OpenRequest
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.remedies import grant_asked
from mufakat.core.money import ceiling, unit_ceiling
from mufakat.core.order import OrderLine, OrderStatus
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import AcceptanceRule, Anchor, ClockName, CodeRule, CodeUse
from mufakat.core.refusals import Code, refuse

MAX_LINES = 50
"""Lines of one request."""

TRACKED = (Reason.ITEM_NOT_RECEIVED, Reason.ARRIVED_LATE)
"""Reasons about the delivery itself: they need no delivery, but the promised date must be over."""

BY_SELLER = (RequestType.CANCEL, RequestType.REFUND, RequestType.RETURN_AND_REFUND)

_end_of = lru_cache(maxsize=4096)(calendar.add)
"""Many lines came on the same day, and many reasons have the same period."""


@dataclass(frozen=True, slots=True)
class Coming:
    """How chosen units of a line came.

    `arrived`: when the first of them did, None while any is missing; `some`: whether any came at all; `again`: whether
    any was delivered anew. `status`, `promised` and `tracked` (the last update) are those of the order's own parcel.
    """

    line: OrderLine
    arrived: datetime | None
    some: bool
    again: bool
    status: OrderStatus
    promised: datetime | None
    tracked: datetime | None


@dataclass(frozen=True, slots=True)
class Periods:
    """Two ends, in UTC: from `until` on it is too late to ask for a line (None: never too late).

    `acceptance` ends the line's acceptance period (S26); None where it has none.
    """

    until: datetime | None
    acceptance: datetime | None


def open_request(d: Draft, command: OpenRequest, case_id: str, policy_ref: str) -> None:
    """Open a request, and grant it at once where the rulebook says so."""
    lines = tuple(units_chosen(d, line) for line in _checked(command))
    check_type(d, command.type)
    for line in lines:
        _check_amount(d, command.type, line)
    came = {line.line_id: coming(d, order_line(d, line.line_id), line.units) for line in lines}
    periods = {line.line_id: check_line(d, command.type, line, came[line.line_id]) for line in lines}
    accept = {line_id: each.acceptance for line_id, each in periods.items()}
    by = Role.SELLER if _by_seller(d) else Role.CUSTOMER
    order = d.order.order
    d.add(
        e.RequestOpened(
            case_id=case_id,
            order_id=order.order_id,
            customer_id=order.customer_id,
            seller_id=order.seller_id,
            currency=order.currency,
            policy=policy_ref,
            type=command.type,
            lines=lines,
            accept_until=tuple(accept.items()),
            in_time=tuple(line for line, until in accept.items() if until is None or d.now < until),
            generations=tuple((x.line_id, u, d.order.generation(x.line_id, u)) for x in lines for u in x.units),
            by=d.actor.role,
            text=command.text,
            facts=len(d.order.facts),
        )
    )
    d.material(command.materials, by, "REQUEST")
    basis = at_once(d, command.type, tuple(line.line_id for line in lines))
    if basis is not None:
        d.add(e.RequestApproved(1, basis))
        grant_asked(d, 1, basis)
    else:
        clock = ClockName.CANCEL_REVIEW if command.type is RequestType.CANCEL else ClockName.SELLER_REVIEW
        d.enter(1, Phase.REVIEW, clock)


def _by_seller(d: Draft) -> bool:
    """Whether the seller itself asks; an agent asks for the customer."""
    return d.actor.role is Role.SELLER


def _checked(command: OpenRequest) -> tuple[ClaimLine, ...]:
    """The lines, when there is a fair number of them and none twice."""
    check_lines(tuple(line.line_id for line in command.lines))
    return command.lines


def check_lines(line_ids: tuple[str, ...]) -> None:
    """Refuse no line at all, more than MAX_LINES, and one that is named twice."""
    if not line_ids:
        raise refuse(Code.NOTHING_ASKED)
    if len(line_ids) > MAX_LINES:
        raise refuse(Code.TOO_MANY_LINES, limit=MAX_LINES)
    if len(set(line_ids)) < len(line_ids):
        raise refuse(Code.LINE_TWICE)


def order_line(d: Draft, line_id: str) -> OrderLine:
    """The order's line of that id; refuses one that the order does not have."""
    line = d.order.order.line(line_id)
    if line is None:
        raise refuse(Code.NO_SUCH_LINE, line=line_id)
    return line


def units_chosen(d: Draft, claim: ClaimLine) -> ClaimLine:
    """The claim with its units named: those asked for, else the lowest free (market.md, arithmetic 13)."""
    line = order_line(d, claim.line_id)
    every = range(1, line.quantity + 1)
    if claim.units:
        units = tuple(sorted(set(claim.units)))
        if len(units) != len(claim.units) or not set(units) <= set(every):
            raise refuse(Code.UNITS_NOT_AVAILABLE, line=claim.line_id, bought=line.quantity)
    else:
        free = free_units(d, line)
        units = free[: claim.quantity]
        if claim.quantity < 1 or (free and len(units) < claim.quantity):
            raise refuse(Code.UNITS_NOT_AVAILABLE, line=claim.line_id, left=len(free))
        units = units or tuple(every)
    for unit in units:
        fault = _unit_fault(d, claim.line_id, unit)
        if fault is not None:
            raise refuse(fault, line=claim.line_id, unit=unit)
    return ClaimLine(
        claim.line_id, claim.reason, units, len(units), claim.amount, claim.reason_code, hidden=claim.hidden
    )


def free_units(d: Draft, line: OrderLine) -> tuple[int, ...]:
    """The units of a line that can be asked for (reading 14)."""
    return tuple(unit for unit in range(1, line.quantity + 1) if _unit_fault(d, line.line_id, unit) is None)


def _unit_fault(d: Draft, line_id: str, unit: int) -> Code | None:
    """Why a unit cannot be asked for, or None (reading 14)."""
    if d.order.is_held(line_id, unit):
        return Code.UNITS_NOT_AVAILABLE
    if d.order.is_settled(line_id, unit):
        return Code.ALREADY_SETTLED
    if open_about(d.order, line_id, unit):
        return Code.CHARGEBACK_OPEN
    return Code.NOTHING_LEFT if unit_ceiling(d.order, line_id, unit) == 0 else None


def _check_amount(d: Draft, type_: RequestType, claim: ClaimLine) -> None:
    if claim.amount is None:
        return
    if type_ not in (RequestType.REFUND, RequestType.RETURN_AND_REFUND):
        raise refuse(Code.AMOUNT_NOT_FITTING, line=claim.line_id, type=type_)
    if claim.amount <= 0:
        raise refuse(Code.AMOUNT_NOT_POSITIVE, line=claim.line_id)
    most = ceiling(d.order, claim.line_id, claim.units)
    if claim.amount > most:
        raise refuse(Code.ASKED_TOO_MUCH, line=claim.line_id, asked=claim.amount, most=most)


def _code_use(d: Draft, type_: RequestType) -> CodeUse:
    seller = _by_seller(d)
    if type_ is RequestType.CANCEL:
        return CodeUse.SELLER_CANCEL if seller else CodeUse.CANCEL
    if type_ is RequestType.REFUND or type_ is RequestType.RESEND_MISSING:
        return CodeUse.SELLER_REFUND if seller else CodeUse.REFUND
    return CodeUse.SELLER_RETURN if seller else CodeUse.RETURN


def fitting_codes(d: Draft, type_: RequestType, reason: Reason, status: OrderStatus) -> tuple[CodeRule, ...]:
    """The market's reason codes that a request of this type may carry for this reason in this status of the order."""
    use = _code_use(d, type_)
    return tuple(
        rule
        for rule in d.policy.codes
        if rule.use is use
        and (rule.reason is None or rule.reason is reason)
        and (not rule.statuses or status in rule.statuses)
    )


def code_needed(d: Draft, type_: RequestType) -> bool:
    """Whether a request of this type must carry a reason code: a seller's must, where the market has any for it."""
    return _by_seller(d) and any(rule.use is _code_use(d, type_) for rule in d.policy.codes)


def _check_code(d: Draft, type_: RequestType, claim: ClaimLine, status: OrderStatus) -> None:
    """A code must be known, fit the order's status and mean the reason given. A seller owes one."""
    if not claim.reason_code:
        if code_needed(d, type_):
            raise refuse(Code.CODE_NEEDED, line=claim.line_id)
        return
    if all(rule.code != claim.reason_code for rule in d.policy.codes):
        raise refuse(Code.UNKNOWN_CODE, code=claim.reason_code)
    if all(rule.code != claim.reason_code for rule in fitting_codes(d, type_, claim.reason, status)):
        raise refuse(Code.CODE_NOT_FITTING, code=claim.reason_code, status=status)


def at_once(d: Draft, type_: RequestType, line_ids: tuple[str, ...]) -> Basis | None:
    """Why a request would be granted without anybody's answer (S27, market.md); None where the seller is asked."""
    if _by_seller(d):
        return Basis.SELLER_INITIATED
    return Basis.RULE if type_ is RequestType.CANCEL and _cancel_is_free(d, line_ids) else None


def _cancel_is_free(d: Draft, line_ids: tuple[str, ...]) -> bool:
    order = d.order.order
    if order.shipped_by_seller:
        free = timedelta(minutes=d.policy.switches.cancel_free_minutes_seller_shipped)
        return d.now < order.purchased_at + free
    if d.order.status() is OrderStatus.AWAITING_SHIPMENT:
        return True
    bought = [order_line(d, line_id) for line_id in line_ids]
    return not any(line.preorder or line.perishable or line.virtual for line in bought)


def check_type(d: Draft, type_: RequestType) -> None:
    """Refuse a type that a seller may not ask for, or that the market does not have."""
    if _by_seller(d) and type_ not in BY_SELLER:
        raise refuse(Code.TYPE_NOT_FOR_SELLER, type=type_)
    if type_ is not RequestType.CANCEL and type_ not in d.policy.windows:
        raise refuse(Code.TYPE_NOT_IN_MARKET, type=type_)


def coming(d: Draft, line: OrderLine, units: tuple[int, ...]) -> Coming:
    """How these units of a line came."""
    delivered = [d.order.unit_delivered_at(line.line_id, unit) for unit in units]
    times = [at for at in delivered if at is not None]
    return Coming(
        line=line,
        arrived=min(times) if times and len(times) == len(delivered) else None,
        some=bool(times),
        again=any(d.order.generation(line.line_id, unit) for unit in units),
        status=d.order.status(),
        promised=d.order.promised_by(),
        tracked=d.order.last_tracking(),
    )


def check_line(d: Draft, type_: RequestType, claim: ClaimLine, came: Coming) -> Periods:
    """The periods of a line whose units came so; refuses a code that does not fit, and what is too early or too late.

    The type has passed `check_type`, and the units are free.
    """
    _check_code(d, type_, claim, came.status)
    return _check_time(d, type_, claim, came)


def _check_time(d: Draft, type_: RequestType, claim: ClaimLine, came: Coming) -> Periods:
    """The line's periods; refuses what is asked too early or too late."""
    if type_ is RequestType.CANCEL:
        if came.some or came.status in (OrderStatus.IN_TRANSIT, OrderStatus.DELIVERED):
            raise refuse(Code.ALREADY_IN_TRANSIT)
        return Periods(None, None)
    goods_back = type_ in (RequestType.RETURN_AND_REFUND, RequestType.EXCHANGE)
    if came.arrived is None and (goods_back or claim.reason not in TRACKED):
        raise refuse(Code.NOT_DELIVERED_YET, line=claim.line_id)
    if came.arrived is None and came.promised is not None and d.now < came.promised:
        raise refuse(Code.PROMISED_DATE_NOT_OVER, line=claim.line_id, promised=came.promised.isoformat())
    window = _window_end(d, type_, came)
    accept = _acceptance_end(d, claim, came) or window
    ends = [end for end in (window, accept) if end is not None]
    until = max(ends) if ends and not _by_seller(d) else None
    if until is not None and d.now >= until:
        raise refuse(Code.REQUEST_WINDOW_OVER, line=claim.line_id, ended=until.isoformat())
    return Periods(until, accept)


def _window_end(d: Draft, type_: RequestType, came: Coming) -> datetime | None:
    """The end of the type's window, from delivery; None where nothing was delivered."""
    if came.arrived is None:
        return None
    rule = d.policy.windows[type_]
    span = dict(rule.category_spans).get(came.line.category, rule.span)
    if d.order.order.mall and rule.mall_span is not None:
        span = rule.mall_span
    return _end_of(span, came.arrived, d.policy.zone, d.policy.holidays)


def _acceptance_end(d: Draft, claim: ClaimLine, came: Coming) -> datetime | None:
    """The end of the reason's acceptance period (S26); None where the market gives the reason none of its own."""
    rule = d.policy.acceptance.get(claim.reason)
    if rule is None:
        return None
    start = _anchor(rule, came)
    if start is None:
        return None
    durable = came.line.durable and rule.durable_span is not None
    span = rule.durable_span if durable and rule.durable_span else rule.span
    return _end_of(span, start, d.policy.zone, d.policy.holidays)


def _anchor(rule: AcceptanceRule, came: Coming) -> datetime | None:
    """Where a period starts: delivery, or the last tracking update.

    A parcel that never came can be claimed from the promised date on (market.md, arithmetic 13), so its period
    does not start before that date: it could else be over before it opens (docs/decisions/0003).
    """
    if rule.anchor is Anchor.DELIVERY or came.again:
        return came.arrived
    if came.arrived is None and came.promised is not None:
        return max(came.tracked, came.promised) if came.tracked else came.promised
    return came.tracked
