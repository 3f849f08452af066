"""What units are worth: rule 9 of "Exact arithmetic", reckoned anew in whole minor units.

A unit is worth its price less its share of the line's discount, less what went back to the customer outside. Shares
round half to even, and the last share takes the rest.
"""

from datetime import datetime
from fractions import Fraction

from mufakat.lab.auditor.parcel import Known


def shares(total: int, parts: int) -> list[int]:
    """A total in equal shares, rounded half to even; the last takes the rest."""
    if parts <= 0:
        return []
    each = round(Fraction(total, parts))
    return [*([each] * (parts - 1)), total - each * (parts - 1)]


def unit_price(known: Known, line_id: str, unit: int) -> int:
    """What was paid for one unit."""
    line = known.lines[line_id]
    price: int = line["unit_price"]
    parts = shares(line.get("discount", 0), line["quantity"])
    return price - parts[unit - 1] if 0 < unit <= len(parts) else 0


def price(known: Known, line_id: str, units: list[int]) -> int:
    """What was paid for units of a line."""
    return sum(unit_price(known, line_id, unit) for unit in units)


def outside(known: Known, line_id: str, units: list[int], at: datetime) -> int:
    """What had gone back for these units outside of any case by then."""
    total = 0
    for seen, fact in known.outside:
        if seen > at or fact["line_id"] != line_id or not fact["units"]:
            continue
        parts = dict(zip(fact["units"], shares(fact["amount"], len(fact["units"])), strict=True))
        total += sum(parts.get(unit, 0) for unit in units)
    return total


def worth(known: Known, line_id: str, units: list[int], at: datetime) -> int:
    """What units of a line are worth at an instant, other cases left aside; never below zero."""
    return sum(max(0, unit_price(known, line_id, unit) - outside(known, line_id, [unit], at)) for unit in units)


def all_units(known: Known) -> set[tuple[str, int]]:
    """Every unit of the order."""
    return {(line_id, unit) for line_id, line in known.lines.items() for unit in range(1, line["quantity"] + 1)}
