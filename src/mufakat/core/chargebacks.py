"""What the customer's bank has said about an order: which chargebacks are open, and what the lost ones came to. Pure.

Theory of operation. A chargeback is all notices under one reference; the latest of them by the bank's own time counts,
so doubled, late and reordered notices change nothing. OPENED: while it is, nothing is paid for its units. LOST: its
amount counts as paid for them outside of any case. WON: as if it had never been, also after it was lost.
"""

from collections.abc import Iterator

from mufakat.core.order import ChargebackNotice, ChargebackStage, Order, OrderState, OutsideRefund
from mufakat.core.shares import allocate

FINALITY = (ChargebackStage.OPENED, ChargebackStage.WON, ChargebackStage.LOST)
"""Of notices of the same instant the last of these counts: better to owe for a moment than to pay twice."""


def chargebacks(order: OrderState) -> tuple[ChargebackNotice, ...]:
    """The latest notice of every chargeback, in the order in which they were first heard of."""
    latest: dict[str, ChargebackNotice] = {}
    for fact in order.facts:
        if isinstance(fact, ChargebackNotice):
            before = latest.get(fact.reference)
            latest[fact.reference] = fact if before is None or _rank(fact) >= _rank(before) else before
    return tuple(latest.values())


def _rank(notice: ChargebackNotice) -> tuple[object, int]:
    return notice.at, FINALITY.index(notice.stage)


def open_about(order: OrderState, line_id: str, unit: int) -> tuple[ChargebackNotice, ...]:
    """The open chargebacks about a unit."""
    return tuple(x for x in chargebacks(order) if x.stage is ChargebackStage.OPENED and x.covers(line_id, unit))


def went_back(order: OrderState) -> Iterator[OutsideRefund]:
    """All that went back outside of any case, line by line: refunds the marketplace told of, and lost chargebacks."""
    for fact in order.facts:
        if isinstance(fact, OutsideRefund):
            yield fact
    for notice in chargebacks(order):
        if notice.stage is ChargebackStage.LOST:
            yield from by_line(order.order, notice)


def by_line(order: Order, notice: ChargebackNotice) -> Iterator[OutsideRefund]:
    """What a chargeback comes to for each line: of the whole order, spread by what lines and shipping had cost."""
    lines = [line for line in order.lines if notice.line_id in ("", line.line_id)]
    amounts = [notice.amount]
    if not notice.line_id:
        amounts = allocate(notice.amount, [order.shipping_fee, *(order.paid_for(line) for line in lines)])[1:]
    for line, amount in zip(lines, amounts, strict=True):
        units = notice.units or tuple(range(1, line.quantity + 1))
        if amount:
            yield OutsideRefund(line.line_id, units, amount, notice.at, chargeback=True)


def shipping_charged_back(order: OrderState) -> int:
    """How much of the shipping fee lost chargebacks of the whole order gave back (minor units)."""
    lost = [x for x in chargebacks(order) if x.stage is ChargebackStage.LOST and not x.line_id]
    return sum(notice.amount - sum(each.amount for each in by_line(order.order, notice)) for notice in lost)
