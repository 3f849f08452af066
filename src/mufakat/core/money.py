"""What a unit cost, and how much of it may still go back. Minor units of the order's currency."""

from collections import deque
from collections.abc import Mapping, Sequence

from mufakat.core.chargebacks import went_back
from mufakat.core.order import Order, OrderLine, OrderState
from mufakat.core.shares import allocate, allocate_within, share, share_within, shares

__all__ = ["allocate", "ceiling", "ceilings", "outside", "share", "shares", "unit_ceiling", "unit_paid", "units_paid"]


Refund = tuple[Sequence[int], int]
"""Of which units, and how much for them together."""
Step = tuple[int, int, int]


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
    """What went back for a unit outside of any case, by lost chargebacks too (minor units).

    Each refund by what its units had cost; what was given beyond that stands with the last of its units.
    """
    line, total = order.order.line(line_id), 0
    for fact in went_back(order):
        if fact.line_id == line_id and unit in fact.units and line is not None:
            paid = units_paid(order.order, line, fact.units)
            parts = allocate_within(min(fact.amount, sum(paid)), paid)
            parts[-1] += fact.amount - sum(parts)
            total += parts[fact.units.index(unit)]
    return total


def ceilings(order: OrderState, line_id: str, units: Sequence[int], but: str = "") -> list[int]:
    """What may still go back for each of these units: paid, less refunds of other cases (all but `but`) and outside.

    Which unit a refund of several was for is not known; it is taken off them so that as much of every refund as can be
    is off its own units. So nothing is left of units that went back whole, however the refunds were cut.
    """
    line = order.order.line(line_id)
    if line is None:
        return [0] * len(units)
    refunds = _refunds(order, line_id, but)
    if not refunds:
        return units_paid(order.order, line, units)
    cost = {unit: unit_paid(order.order, line, unit) for unit in {*units, *(u for some, _ in refunds for u in some)}}
    left = _taken_off(cost, refunds)
    return [left[unit] for unit in units]


def _taken_off(cost: Mapping[int, int], refunds: Sequence[Refund]) -> dict[int, int]:
    """What is left of each unit's cost after refunds of several each: by what is left of each, the narrowest first.

    Where a refund no longer fits into its units, others that share one of them make room where they can. What fits
    even so nowhere was given beyond what the units cost, and is off nothing.
    """
    left, taken = dict(cost), list[dict[int, int]]()
    for units, amount in sorted(refunds, key=lambda refund: len(refund[0])):
        most = [left[unit] for unit in units]
        parts = allocate_within(min(amount, sum(most)), most)
        mine = dict(zip(units, parts, strict=True))
        for unit, part in mine.items():
            left[unit] -= part
        over = amount - sum(parts)
        while over and (way := _way_out(units, taken, left)):
            over -= _make_room(way, over, mine, taken, left)
        taken.append(mine)
    return left


def _way_out(start: Sequence[int], taken: Sequence[dict[int, int]], left: Mapping[int, int]) -> list[Step]:
    """How to move refunds on from one of these units to one with something left: (from, by which refund, to) each."""
    came: dict[int, Step | None] = dict.fromkeys(start)
    queue = deque(start)
    while queue:
        unit = queue.popleft()
        for by, part in enumerate(taken):
            for to in part if part.get(unit) else ():
                if to in came:
                    continue
                came[to] = (unit, by, to)
                if not left[to]:
                    queue.append(to)
                    continue
                way, step = list[Step](), came[to]
                while step is not None:
                    way.append(step)
                    step = came[step[0]]
                return way[::-1]
    return []


def _make_room(
    way: Sequence[Step], wanted: int, mine: dict[int, int], taken: Sequence[dict[int, int]], left: dict[int, int]
) -> int:
    """Move as much as is wanted and can be along a way, and take it off its first unit; gives how much."""
    moved = min(wanted, left[way[-1][2]], *(taken[by][unit] for unit, by, _ in way))
    for unit, by, to in way:
        taken[by][unit] -= moved
        taken[by][to] += moved
    mine[way[0][0]] += moved
    left[way[-1][2]] -= moved
    return moved


def _refunds(order: OrderState, line_id: str, but: str) -> list[Refund]:
    """The refunds of a line: of which units, how much together. How a case spread one over its units counts for none.

    A case knows nothing of what units cost, so the spread it keeps is an even one; but a unit for which it paid
    nothing, because it was lost on the customer's risk, has had none of it.
    """
    found: list[Refund] = []
    for case_id, use in order.uses.items():
        if case_id != but:
            here = (each for each in use.units if each.line_id == line_id)
            mine = [each for each in here if each.refunded or each.twice or not each.borne]
            if amount := sum(each.refunded + each.twice for each in mine):
                found.append(([each.unit for each in mine], amount))
    for fact in went_back(order):
        if fact.line_id == line_id:
            found.append((fact.units, fact.amount))  # noqa: PERF401 - asked for every unit of every request
    return found


def unit_ceiling(order: OrderState, line_id: str, unit: int, but: str = "") -> int:
    """What may still go back for a unit (minor units); see `ceilings`."""
    return ceilings(order, line_id, (unit,), but)[0]


def ceiling(order: OrderState, line_id: str, units: Sequence[int], but: str = "") -> int:
    """What may still go back for some units of a line (minor units)."""
    return sum(ceilings(order, line_id, units, but))
