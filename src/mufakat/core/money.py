"""What a unit cost, and how much of it may still go back. Minor units of the order's currency."""

from collections.abc import Sequence

from mufakat.core.order import Order, OrderLine, OrderState, OutsideRefund
from mufakat.core.shares import allocate, allocate_within, share, share_within, shares

__all__ = ["allocate", "ceiling", "ceilings", "outside", "share", "shares", "unit_ceiling", "unit_paid", "units_paid"]


def unit_paid(order: Order, line: OrderLine, unit: int) -> int:
    """What was paid for one unit: its price less its share of the line's discounts (minor units).

    The line's share of the order's voucher is one of them. Never negative, and all units together cost what was paid.
    """
    off = line.discount + order.voucher_of(line)
    return line.unit_price - share_within(off, line.quantity, unit, line.unit_price) if off else line.unit_price


def units_paid(order: Order, line: OrderLine, units: Sequence[int]) -> list[int]:
    """`unit_paid` of several units."""
    return [unit_paid(order, line, unit) for unit in units]


def outside(order: OrderState, line_id: str, unit: int) -> int:
    """What went back for a unit outside of any case (minor units): each refund by what its units had cost.

    What was given beyond that stands with the last of its units.
    """
    line, total = order.order.line(line_id), 0
    for fact in order.facts:
        if isinstance(fact, OutsideRefund) and fact.line_id == line_id and unit in fact.units and line is not None:
            paid = units_paid(order.order, line, fact.units)
            parts = allocate_within(min(fact.amount, sum(paid)), paid)
            parts[-1] += fact.amount - sum(parts)
            total += parts[fact.units.index(unit)]
    return total


def ceilings(order: OrderState, line_id: str, units: Sequence[int], but: str = "") -> list[int]:
    """What may still go back for each of these units: paid, less refunds of other cases (all but `but`) and outside.

    A refund of several units is taken off them by what is left of each, so that nothing is left of units that were
    refunded whole, however the refunds were cut.
    """
    line = order.order.line(line_id)
    if line is None:
        return [0] * len(units)
    refunds = _refunds(order, line_id, but)
    if not refunds:
        return units_paid(order.order, line, units)
    left = {unit: unit_paid(order.order, line, unit) for unit in {*units, *(u for some, _ in refunds for u in some)}}
    for some, amount in refunds:
        most = [left[unit] for unit in some]
        for unit, part in zip(some, allocate_within(min(amount, sum(most)), most), strict=True):
            left[unit] -= part
    return [left[unit] for unit in units]


def _refunds(order: OrderState, line_id: str, but: str) -> list[tuple[Sequence[int], int]]:
    """The refunds of a line: of which units, how much together. How a case spread one over its units counts for none.

    A case knows nothing of what units cost, so the spread it keeps is an even one.
    """
    found: list[tuple[Sequence[int], int]] = []
    for case_id, use in order.uses.items():
        if case_id != but:
            mine = [each for each in use.units if each.line_id == line_id]
            if amount := sum(each.refunded for each in mine):
                found.append(([each.unit for each in mine], amount))
    outside_of = (fact for fact in order.facts if isinstance(fact, OutsideRefund) and fact.line_id == line_id)
    return [*found, *((fact.units, fact.amount) for fact in outside_of)]


def unit_ceiling(order: OrderState, line_id: str, unit: int, but: str = "") -> int:
    """What may still go back for a unit (minor units); see `ceilings`."""
    return ceilings(order, line_id, (unit,), but)[0]


def ceiling(order: OrderState, line_id: str, units: Sequence[int], but: str = "") -> int:
    """What may still go back for some units of a line (minor units)."""
    return sum(ceilings(order, line_id, units, but))
