"""Opening a request: who may ask for what until when, of which units, for how much (S26, S27, readings 6, 14)."""

from datetime import datetime, timedelta

from mufakat.core import calendar
from mufakat.core import events as e
from mufakat.core.claim import Basis, ClaimLine, Reason, RequestType
from mufakat.core.commands import OpenRequest
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.remedies import grant_asked
from mufakat.core.money import unit_ceiling
from mufakat.core.order import OrderLine, OrderStatus
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import AcceptanceRule, Anchor, ClockName, CodeUse
from mufakat.core.refusals import Code, refuse

MAX_LINES = 50
"""Lines of one request."""

TRACKED = (Reason.ITEM_NOT_RECEIVED, Reason.ARRIVED_LATE)
"""Reasons about the delivery itself: they need no delivery, but the promised date must be over."""

BY_SELLER = (RequestType.CANCEL, RequestType.REFUND, RequestType.RETURN_AND_REFUND)


def open_request(d: Draft, command: OpenRequest, case_id: str, policy_ref: str) -> None:
    """Open a request, and grant it at once where the rulebook says so."""
    lines = tuple(_units_chosen(d, line) for line in _checked(command))
    for line in lines:
        _check_amount(d, command.type, line)
        _check_code(d, command.type, line)
    by = Role.SELLER if d.actor.role is Role.SELLER else Role.CUSTOMER
    if by is Role.SELLER and command.type not in BY_SELLER:
        raise refuse(Code.TYPE_NOT_FOR_SELLER, type=command.type)
    accept = {line.line_id: _check_time(d, command.type, line, by) for line in lines}
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
        )
    )
    d.material(command.materials, by, "REQUEST")
    if by is Role.SELLER:
        d.add(e.RequestApproved(1, Basis.SELLER_INITIATED))
        grant_asked(d, 1, Basis.SELLER_INITIATED)
    elif command.type is RequestType.CANCEL and _cancel_is_free(d, lines):
        d.add(e.RequestApproved(1, Basis.RULE))
        grant_asked(d, 1, Basis.RULE)
    else:
        clock = ClockName.CANCEL_REVIEW if command.type is RequestType.CANCEL else ClockName.SELLER_REVIEW
        d.enter(1, Phase.REVIEW, clock)


def _checked(command: OpenRequest) -> tuple[ClaimLine, ...]:
    """The lines, when there is a fair number of them and none twice."""
    if not command.lines:
        raise refuse(Code.NOTHING_ASKED)
    if len(command.lines) > MAX_LINES:
        raise refuse(Code.TOO_MANY_LINES, limit=MAX_LINES)
    if len({line.line_id for line in command.lines}) < len(command.lines):
        raise refuse(Code.LINE_TWICE)
    return command.lines


def _order_line(d: Draft, line_id: str) -> OrderLine:
    line = d.order.order.line(line_id)
    if line is None:
        raise refuse(Code.NO_SUCH_LINE, line=line_id)
    return line


def _units_chosen(d: Draft, claim: ClaimLine) -> ClaimLine:
    """The claim with its units named: those asked for, else the lowest free (market.md, arithmetic 13)."""
    line = _order_line(d, claim.line_id)
    every = range(1, line.quantity + 1)
    if claim.units:
        units = tuple(sorted(set(claim.units)))
        if len(units) != len(claim.units) or not set(units) <= set(every):
            raise refuse(Code.UNITS_NOT_AVAILABLE, line=claim.line_id, bought=line.quantity)
    else:
        free = [unit for unit in every if _unit_fault(d, claim.line_id, unit) is None]
        units = tuple(free[: claim.quantity])
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


def _unit_fault(d: Draft, line_id: str, unit: int) -> Code | None:
    """Why a unit cannot be asked for, or None (reading 14)."""
    if d.order.is_held(line_id, unit):
        return Code.UNITS_NOT_AVAILABLE
    if d.order.is_settled(line_id, unit):
        return Code.ALREADY_SETTLED
    return Code.NOTHING_LEFT if unit_ceiling(d.order, line_id, unit) == 0 else None


def _check_amount(d: Draft, type_: RequestType, claim: ClaimLine) -> None:
    if claim.amount is None:
        return
    if type_ not in (RequestType.REFUND, RequestType.RETURN_AND_REFUND):
        raise refuse(Code.AMOUNT_NOT_FITTING, line=claim.line_id, type=type_)
    if claim.amount <= 0:
        raise refuse(Code.AMOUNT_NOT_POSITIVE, line=claim.line_id)
    most = sum(unit_ceiling(d.order, claim.line_id, unit) for unit in claim.units)
    if claim.amount > most:
        raise refuse(Code.ASKED_TOO_MUCH, line=claim.line_id, asked=claim.amount, most=most)


def _code_use(d: Draft, type_: RequestType) -> CodeUse:
    seller = d.actor.role is Role.SELLER
    if type_ is RequestType.CANCEL:
        return CodeUse.SELLER_CANCEL if seller else CodeUse.CANCEL
    if type_ is RequestType.REFUND or type_ is RequestType.RESEND_MISSING:
        return CodeUse.SELLER_REFUND if seller else CodeUse.REFUND
    return CodeUse.SELLER_RETURN if seller else CodeUse.RETURN


def _check_code(d: Draft, type_: RequestType, claim: ClaimLine) -> None:
    """A code must be known, fit the order's status and mean the reason given. A seller owes one."""
    use = _code_use(d, type_)
    if not claim.reason_code:
        if d.actor.role is Role.SELLER and any(rule.use is use for rule in d.policy.codes):
            raise refuse(Code.CODE_NEEDED, line=claim.line_id)
        return
    known = [rule for rule in d.policy.codes if rule.code == claim.reason_code]
    if not known:
        raise refuse(Code.UNKNOWN_CODE, code=claim.reason_code)
    status = str(d.order.status())
    for rule in known:
        meant = rule.reason is None or rule.reason is claim.reason
        if rule.use is use and meant and (not rule.statuses or status in rule.statuses):
            return
    raise refuse(Code.CODE_NOT_FITTING, code=claim.reason_code, status=status)


def _cancel_is_free(d: Draft, lines: tuple[ClaimLine, ...]) -> bool:
    """Whether a cancellation is granted at once (S27, market.md)."""
    order = d.order.order
    if order.shipped_by_seller:
        free = timedelta(minutes=d.policy.switches.cancel_free_minutes_seller_shipped)
        return d.now < order.purchased_at + free
    if d.order.status() is OrderStatus.AWAITING_SHIPMENT:
        return True
    bought = [_order_line(d, line.line_id) for line in lines]
    return not any(line.preorder or line.perishable or line.virtual for line in bought)


def _check_time(d: Draft, type_: RequestType, claim: ClaimLine, by: Role) -> datetime | None:
    """The end of the line's acceptance period (None: none of its own); refuses what is asked too early or too late."""
    if type_ is RequestType.CANCEL:
        came = any(d.order.unit_delivered_at(claim.line_id, unit) is not None for unit in claim.units)
        if came or d.order.status() in (OrderStatus.IN_TRANSIT, OrderStatus.DELIVERED):
            raise refuse(Code.ALREADY_IN_TRANSIT)
        return None
    if type_ not in d.policy.windows:
        raise refuse(Code.TYPE_NOT_IN_MARKET, type=type_)
    delivered = [d.order.unit_delivered_at(claim.line_id, unit) for unit in claim.units]
    times = [at for at in delivered if at is not None]
    arrived = min(times) if len(times) == len(delivered) else None
    goods_back = type_ in (RequestType.RETURN_AND_REFUND, RequestType.EXCHANGE)
    if arrived is None and (goods_back or claim.reason not in TRACKED):
        raise refuse(Code.NOT_DELIVERED_YET, line=claim.line_id)
    promised = d.order.promised_by()
    if arrived is None and promised is not None and d.now < promised:
        raise refuse(Code.PROMISED_DATE_NOT_OVER, line=claim.line_id, promised=promised.isoformat())
    window = _window_end(d, type_, claim, arrived)
    accept = _acceptance_end(d, claim, arrived) or window
    ends = [end for end in (window, accept) if end is not None]
    if by is Role.CUSTOMER and ends and d.now >= max(ends):
        raise refuse(Code.REQUEST_WINDOW_OVER, line=claim.line_id, ended=max(ends).isoformat())
    return accept


def _window_end(d: Draft, type_: RequestType, claim: ClaimLine, arrived: datetime | None) -> datetime | None:
    """The end of the type's window, from delivery; None where nothing was delivered."""
    if arrived is None:
        return None
    rule = d.policy.windows[type_]
    line = _order_line(d, claim.line_id)
    span = dict(rule.category_spans).get(line.category, rule.span)
    if d.order.order.mall and rule.mall_span is not None:
        span = rule.mall_span
    return calendar.add(span, arrived, d.policy.zone, d.policy.holidays)


def _acceptance_end(d: Draft, claim: ClaimLine, arrived: datetime | None) -> datetime | None:
    """The end of the reason's acceptance period (S26); None where the market gives the reason none of its own."""
    rule = d.policy.acceptance.get(claim.reason)
    if rule is None:
        return None
    start = _anchor(d, rule, claim, arrived)
    if start is None:
        return None
    durable = _order_line(d, claim.line_id).durable and rule.durable_span is not None
    span = rule.durable_span if durable and rule.durable_span else rule.span
    return calendar.add(span, start, d.policy.zone, d.policy.holidays)


def _anchor(d: Draft, rule: AcceptanceRule, claim: ClaimLine, arrived: datetime | None) -> datetime | None:
    """Where a period starts: delivery, or the last tracking update.

    A parcel that never came can be claimed from the promised date on (market.md, arithmetic 13), so its period
    does not start before that date: it could else be over before it opens (docs/decisions/0003).
    """
    if rule.anchor is Anchor.DELIVERY:
        return arrived
    last = d.order.last_tracking()
    again = any(d.order.generation(claim.line_id, unit) for unit in claim.units)
    if again:
        return arrived
    promised = d.order.promised_by()
    if arrived is None and promised is not None:
        return max(last, promised) if last else promised
    return last
