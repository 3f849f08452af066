"""What a case uses up of its order: `usage(case)` is written into the order's guarded row with every command.

The order's row is a cache of these, so rebuilding it asks each case alone, in any order.
"""

from mufakat.core.adjusting import refunded
from mufakat.core.case import Case, Matter
from mufakat.core.order import CaseUse, UnitUse
from mufakat.core.phases import Outcome, Phase
from mufakat.core.shares import shares

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
        paid_back = _refunded(matter)
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
                    )
                )
    return CaseUse(tuple(units), sum(shipping_used(matter) for matter in case.matters))


def shipping_used(matter: Matter) -> int:
    """The shipping fee that a matter has paid back or may yet; one that ended without paying has used none."""
    remedy = matter.remedy
    return remedy.shipping if remedy is not None and (matter.is_open or remedy.paid or matter.debt) else 0


def _refunded(matter: Matter) -> dict[tuple[str, int], int]:
    """What was paid of a remedy, by unit: spread over the lines by worth, over a line's units evenly.

    With what the customer confirmed that the seller paid by itself.
    """
    if matter.remedy is None or not (matter.remedy.paid or matter.remedy.outside):
        return {}
    by_line = refunded(matter.remedy)
    return {
        (share.line_id, unit): amount
        for share in matter.remedy.shares
        for unit, amount in zip(share.units, shares(by_line[share.line_id], len(share.units)), strict=True)
    }
