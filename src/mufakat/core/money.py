"""Money in minor units: shares that lose nothing, what a unit cost, and how much of it may still go back."""

from collections.abc import Sequence
from fractions import Fraction

from mufakat.core.order import OrderLine, OrderState, OutsideRefund


def shares(total: int, n: int) -> list[int]:
    """`total` minor units over `n` equal shares: each rounded half even, the last takes the rest.

    No share is more than what is left, so no share turns negative (market.md, arithmetic 9).
    """
    return allocate(total, [1] * n)


def share(total: int, n: int, k: int) -> int:
    """The kth of `shares(total, n)`, counted from 1, without making the others."""
    part = round(Fraction(total, n))
    rest = max(0, total - (k - 1) * part)
    return rest if k == n else min(part, rest)


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """`total` minor units by weight, rounded half even; the last share takes the rest, and the sum is exact."""
    whole = sum(weights)
    if not weights or whole == 0:
        return [0] * (len(weights) - 1) + [total] if weights else []
    parts: list[int] = []
    rest = total
    for weight in weights[:-1]:
        part = min(rest, round(Fraction(total * weight, whole)))
        parts.append(part)
        rest -= part
    return [*parts, rest]


def unit_paid(line: OrderLine, unit: int) -> int:
    """What was paid for one unit: its price less its share of the line's discount (minor units)."""
    return line.unit_price - share(line.discount, line.quantity, unit)


def outside(order: OrderState, line_id: str, unit: int) -> int:
    """What went back for a unit outside of any case (minor units)."""
    total = 0
    for fact in order.facts:
        if isinstance(fact, OutsideRefund) and fact.line_id == line_id and unit in fact.units:
            total += share(fact.amount, len(fact.units), fact.units.index(unit) + 1)
    return total


def unit_ceiling(order: OrderState, line_id: str, unit: int, but: str = "") -> int:
    """What may still go back for a unit: paid, less refunds of other cases (all but `but`) and outside ones."""
    line = order.order.line(line_id)
    if line is None:
        return 0
    refunded = sum(use.refunded for use in order.unit_uses(line_id, unit, but))
    return max(0, unit_paid(line, unit) - refunded - outside(order, line_id, unit))


def ceiling(order: OrderState, line_id: str, units: Sequence[int], but: str = "") -> int:
    """What may still go back for some units of a line (minor units)."""
    return sum(unit_ceiling(order, line_id, unit, but) for unit in units)
