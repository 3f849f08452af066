"""What a case uses up of its order: `usage(case)` is written into the order's guarded row with every command.

The order's row is a cache of these, so rebuilding it asks each case alone, in any order.
"""

from mufakat.core.adjusting import refunded
from mufakat.core.case import Case, Matter, Remedy
from mufakat.core.order import CaseUse, UnitUse
from mufakat.core.phases import Outcome, Phase
from mufakat.core.shares import allocate_within, shares

UNSETTLED = (
    Outcome.WITHDRAWN,
    Outcome.NOT_PURSUED,
    Outcome.NOT_RETURNED,
    Outcome.DISMISSED,
)
"""Endings after which the units may be asked for again, while their periods last."""


def usage(case: Case) -> CaseUse:
    """The units of a case: held or settled, what was refunded, how often they were disputed."""
    generations = {(line, unit): generation for line, unit, generation in case.generations}
    units: list[UnitUse] = []
    for matter in case.matters:
        paid_back, twice = _refunded(matter)
        borne = lowered_by_unit(matter.remedy) if matter.remedy is not None else {}
        for line_id in matter.lines:
            for unit in case.line(line_id).units:
                remedy = matter.remedy
                replaced = remedy.delivered_at if remedy is not None and remedy.performed else None
                units.append(
                    UnitUse(
                        line_id=line_id,
                        unit=unit,
                        held=matter.is_open,
                        settled=matter.phase is Phase.CLOSED and matter.outcome not in UNSETTLED,
                        refunded=paid_back.get((line_id, unit), 0),
                        disputes=matter.disputes,
                        generation=generations[line_id, unit],
                        replaced_at=replaced,
                        borne=borne.get((line_id, unit), 0),
                        twice=twice.get((line_id, unit), 0),
                    )
                )
    return CaseUse(tuple(units), sum(shipping_used(matter) for matter in case.matters))


def shipping_used(matter: Matter) -> int:
    """The shipping fee that a matter has paid back or may yet; one that ended without paying has used none."""
    remedy = matter.remedy
    return remedy.shipping if remedy is not None and (matter.is_open or remedy.paid or matter.debt) else 0


Units = dict[tuple[str, int], int]
"""An amount for each unit of a line (minor units)."""


def _refunded(matter: Matter) -> tuple[Units, Units]:
    """What was paid of a remedy by unit: as owed, and beyond it, before less came to be owed for what went back.

    To each line what it is owed, over its units by what is left of their worth: what the customer bears of harm to
    them on their way back is not. With what the customer confirmed that the seller paid by itself.
    """
    remedy = matter.remedy
    if remedy is None or not (remedy.paid or remedy.outside):
        return {}, {}
    lowered, by_line = lowered_by_unit(remedy), refunded(remedy)
    left = {pair: worth - lowered.get(pair, 0) for pair, worth in unit_worth(remedy).items()}
    owed = _over_units(remedy, by_line, left)
    left = {pair: most - owed[pair] for pair, most in left.items()}
    most = [sum(left[share.line_id, unit] for unit in share.units) for share in remedy.shares]
    by_provider = sum(by_line.values()) - sum(amount for _, amount in remedy.outside)
    beyond = remedy.paid - (remedy.total - remedy.goods) - by_provider
    more = allocate_within(max(0, min(beyond, sum(most))), most)
    return owed, _over_units(remedy, {s.line_id: x for s, x in zip(remedy.shares, more, strict=True)}, left)


def _over_units(remedy: Remedy, by_line: dict[str, int], left: Units) -> Units:
    """An amount for each line over its units, by what is left of each."""
    found: Units = {}
    for share in remedy.shares:
        pairs = [(share.line_id, unit) for unit in share.units]
        most = [left[pair] for pair in pairs]
        parts = allocate_within(min(by_line[share.line_id], sum(most)), most)
        found |= dict(zip(pairs, parts, strict=True))
    return found


def lowered_by_unit(remedy: Remedy) -> Units:
    """By how much the refund is lowered for each unit, for what befell it on its way back (minor units)."""
    worth = unit_worth(remedy)
    found: dict[tuple[str, int], int] = {}
    for part in remedy.risk_parts:
        pairs = [(part.line_id, unit) for unit in part.units]
        left = [worth.get(pair, 0) - found.get(pair, 0) for pair in pairs]
        for pair, amount in zip(pairs, allocate_within(min(part.lowered, sum(left)), left), strict=True):
            found[pair] = found.get(pair, 0) + amount
    return found


def unit_worth(remedy: Remedy) -> Units:
    """What each unit of a remedy is worth: the shares of the lines, evenly over their units (minor units)."""
    return {
        (share.line_id, unit): amount
        for share in remedy.shares
        for unit, amount in zip(share.units, shares(share.amount, len(share.units)), strict=True)
    }
