"""What a refund means between seller and platform: commission, fees and the platform's discounts back, the tax in it.

Theory of operation. A seller had what the customer paid and what the platform added of the discounts, less commission
and fees. Where part of a line's price goes back, the same part of each goes back too. That part is a function of how
much of what was paid for the line has gone back so far, in all cases together: rounded half even, nothing of nothing,
all of all. Each payment books the difference that it makes, so many small payments come to exactly what one whole one
does, in whatever order, and no cent drifts. The shipping fee and the freight bear no commission. Minor units.
"""

from collections.abc import Mapping
from typing import Final

from mufakat.core import events as e
from mufakat.core.case import Case, Matter, Remedy, obligation
from mufakat.core.claim import UNADJUSTED, Adjustment, Decision
from mufakat.core.order import Order, OrderLine, OrderState
from mufakat.core.policy.policy import Switches
from mufakat.core.shares import allocate_within, half_even

MEANS: Final = (e.RefundPaid, e.RefundReduced, e.OwnPaymentConfirmed, e.ReversalBooked)
"""Events after which more or less of what was paid for a line has gone back at the seller's cost."""


def refunded(remedy: Remedy | None) -> dict[str, int]:
    """What was paid of a remedy for each of its lines, by what each is owed; shipping and freight come last.

    With what the seller paid by itself, as the customer confirmed.
    """
    if remedy is None or not (remedy.paid or remedy.outside):
        return {}
    owed = remedy.owed_by_line()
    parts = allocate_within(min(remedy.paid, sum(owed.values())), list(owed.values()))
    found = dict(zip(owed, parts, strict=True))
    for line, amount in remedy.outside:
        found[line] += amount
    return found


def bears_any(order: Order) -> bool:
    """Whether a refund of this order means anything between seller and platform at all."""
    return bool(order.platform_voucher) or any(
        x.platform_discount or x.tax or x.commission or x.fees for x in order.lines
    )


def of_line(order: Order, line: OrderLine, back: int, switches: Switches) -> Adjustment:
    """What it means in all that `back` of what was paid for a line has gone back (at most what was paid)."""
    paid = order.paid_for(line)
    gone = min(back, paid)
    if gone <= 0:
        return UNADJUSTED
    return Adjustment(
        commission=half_even(line.commission * gone, paid) if switches.commission_back else 0,
        fees=half_even(line.fees * gone, paid) if switches.fees_back else 0,
        subsidy=half_even((line.platform_discount + order.platform_voucher_of(line)) * gone, paid),
        tax=half_even(line.tax * gone, paid),
    )


def difference(
    order: OrderState, switches: Switches, case_id: str, before: Mapping[str, int], after: Mapping[str, int]
) -> Adjustment:
    """What it changes that a case has now paid `after` for its lines and no more `before`, beside all other cases."""
    total = UNADJUSTED
    for line in order.order.lines:
        old, new = before.get(line.line_id, 0), after.get(line.line_id, 0)
        if old != new:
            other = _elsewhere(order, line.line_id, case_id)
            total += of_line(order.order, line, other + new, switches) - of_line(
                order.order, line, other + old, switches
            )
    return total


def _elsewhere(order: OrderState, line_id: str, case_id: str) -> int:
    """What other cases have paid for a line."""
    others = (use for other, use in order.uses.items() if other != case_id)
    return sum(unit.refunded for use in others for unit in use.units if unit.line_id == line_id)


def booked(
    order: OrderState, switches: Switches, before: Case, after: Case, event: e.Event
) -> e.AdjustmentBooked | None:
    """What an event that was folded into a case means between seller and platform; None where it changes nothing."""
    if not isinstance(event, MEANS) or not bears_any(order.order):
        return None
    old, new = before.matter(event.matter), after.matter(event.matter)
    left = _after_reversal(new) if isinstance(event, e.ReversalBooked) else refunded(new.remedy)
    change = difference(order, switches, after.case_id, refunded(old.remedy), left)
    if change == UNADJUSTED or new.remedy is None:
        return None
    return e.AdjustmentBooked(
        matter=event.matter,
        obligation=obligation(after.case_id, event.matter),
        commission=change.commission,
        fees=change.fees,
        subsidy=change.subsidy,
        total=(new.remedy.adjusted + change).net,
        tax=change.tax,
    )


def _after_reversal(matter: Matter) -> dict[str, int]:
    """What stays paid at the seller's cost when a late appeal was won: the lines that are still the customer's."""
    lost = {each.line_id for each in matter.judgement if each.decision is Decision.FOR_SELLER}
    return {line: amount for line, amount in refunded(matter.remedy).items() if line not in lost}
