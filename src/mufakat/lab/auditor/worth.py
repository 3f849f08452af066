"""What units are worth: rule 9 of "Exact arithmetic", reckoned anew in whole minor units.

A unit is worth its price less its share of the line's discounts, less what went back to the customer outside. The
order's voucher is one of the discounts: each line has its share by what it costs after its own. Shares round half to
even, the last takes the rest, and none is more than what it is taken from.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from fractions import Fraction

from mufakat.lab.auditor.faults import Json
from mufakat.lab.auditor.parcel import Known


def shares(total: int, parts: int) -> list[int]:
    """A total in equal shares, rounded half to even; the last takes the rest."""
    if parts <= 0:
        return []
    each = round(Fraction(total, parts))
    return [*([each] * (parts - 1)), total - each * (parts - 1)]


def spread(total: int, over: list[int]) -> list[int]:
    """A total over amounts by their size, none taken below nothing; what is more than all of them is on the last."""
    whole, left, later = sum(over), total, sum(over)
    found: list[int] = []
    for amount in over:
        later -= amount
        fair = round(Fraction(total * amount, whole)) if whole else 0
        took = min(left, amount, max(fair, left - later)) if total <= whole else min(left, amount)
        found.append(took)
        left -= took
    if found and left:
        found[-1] += left
    return found


def discounted(line: Json) -> int:
    """What a line costs after its own discount."""
    return int(line["unit_price"]) * int(line["quantity"]) - int(line.get("discount", 0))


def of_voucher(known: Known, line_id: str, name: str = "voucher") -> int:
    """A line's share of the order's voucher, or of the platform's part in it."""
    names = list(known.lines)
    parts = spread(known.order.get("voucher", 0), [discounted(known.lines[each]) for each in names])
    if name == "platform_voucher":
        parts = spread(known.order.get("platform_voucher", 0), parts)
    return parts[names.index(line_id)]


def line_price(known: Known, line_id: str) -> int:
    """What was paid for a whole line."""
    return discounted(known.lines[line_id]) - of_voucher(known, line_id)


def unit_price(known: Known, line_id: str, unit: int) -> int:
    """What was paid for one unit."""
    line = known.lines[line_id]
    if line_id not in known.prices:
        price: int = line["unit_price"]
        off = spread(line.get("discount", 0) + of_voucher(known, line_id), [price] * line["quantity"])
        known.prices[line_id] = [price - each for each in off]
    units = known.prices[line_id]
    return units[unit - 1] if 0 < unit <= len(units) else 0


def price(known: Known, line_id: str, units: list[int]) -> int:
    """What was paid for units of a line."""
    return sum(unit_price(known, line_id, unit) for unit in units)


def lost(known: Known, notices: Iterable[Json]) -> Iterator[Json]:
    """What lost chargebacks came to, line by line and unit by unit; of a whole order by what everything had cost."""
    for fact in notices:
        if fact["stage"] != "LOST":
            continue
        lines = [fact["line_id"]] if fact.get("line_id") else list(known.lines)
        parts = [int(fact["amount"])]
        if not fact.get("line_id"):
            costs = [int(known.order.get("shipping_fee", 0)), *(line_price(known, each) for each in lines)]
            parts = by_size(int(fact["amount"]), costs)[1:]
        for line_id, amount in zip(lines, parts, strict=True):
            units = list(fact.get("units") or range(1, known.lines[line_id]["quantity"] + 1))
            prices = [unit_price(known, line_id, unit) for unit in units]
            by_unit = dict(zip(units, spread(amount, prices), strict=True))
            yield {"line_id": line_id, "units": units, "amount": amount, "by_unit": by_unit}


def by_size(total: int, sizes: list[int]) -> list[int]:
    """A total by size, rounded half to even, the last takes the rest, also where it is more than the sizes."""
    whole, left, found = sum(sizes), total, list[int]()
    for size in sizes[:-1]:
        part = min(left, round(Fraction(total * size, whole))) if whole else 0
        found.append(part)
        left -= part
    return [*found, left]


def went_back(known: Known, at: datetime) -> Iterator[Json]:
    """All that had gone back outside of any case by then: refunds that were told of, and lost chargebacks."""
    yield from (fact for seen, fact in known.outside if seen <= at)
    yield from lost(known, known.banks(at).values())


def outside(known: Known, line_id: str, units: list[int], at: datetime) -> int:
    """What had gone back for these units outside of any case by then, each refund by what its units had cost."""
    total = 0
    for fact in went_back(known, at):
        if fact["line_id"] != line_id or not fact["units"]:
            continue
        costs = [unit_price(known, line_id, unit) for unit in fact["units"]]
        parts = dict(zip(fact["units"], spread(fact["amount"], costs), strict=True))
        total += sum(parts.get(unit, 0) for unit in units)
    return total


def worth(known: Known, line_id: str, units: list[int], at: datetime) -> int:
    """What units of a line are worth at an instant, other cases left aside; never below zero."""
    return sum(max(0, unit_price(known, line_id, unit) - outside(known, line_id, [unit], at)) for unit in units)


def all_units(known: Known) -> set[tuple[str, int]]:
    """Every unit of the order."""
    return {(line_id, unit) for line_id, line in known.lines.items() for unit in range(1, line["quantity"] + 1)}
