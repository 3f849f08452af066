"""Pending movements of a matter: what is held of the seller's payouts, and what a carrier has yet to answer.

`pending_after` folds them, so that every event knows which transfer it posts, voids or replaces. The row that resolves
one comes first among an event's transfers, and what takes its place second: that is how their names are known here.
"""

from typing import Final

from mufakat.core import events as e
from mufakat.core.case import Matter, Pending, is_of_chargebacks
from mufakat.core.parties import Role

HOLD: Final = ""
"""The name of the hold among what is pending; a claim on a carrier goes by `claimed_as`."""


def claimed_as(event: e.CarrierClaimNoted | e.CarrierClaimAnswered) -> str:
    """The name of a claim on a carrier: by its tracking number, and for whom."""
    return f"{event.tracking} {event.bearer}"


def pending(matter: Matter, name: str = HOLD) -> Pending | None:
    """What is pending under a name, or None."""
    return next((each for each in matter.pending if each.name == name), None)


def unpaid(matter: Matter) -> int:
    """What the customer is still owed of what was ordered (minor units)."""
    remedy = matter.remedy
    return max(0, remedy.ordered - remedy.paid) if remedy is not None else 0


def drawn(matter: Matter, event: e.Event) -> int:
    """How much of the hold an event uses up (minor units): what the seller pays of what it owes, as far as it goes."""
    held = pending(matter)
    if held is None:
        return 0
    if isinstance(event, e.RefundPaid) and not event.advanced:
        return min(held.amount, event.amount, unpaid(matter))
    if isinstance(event, e.AdvanceRecovered) and not is_of_chargebacks(event.obligation):
        return min(held.amount, event.amount)
    return 0


def pending_after(matter: Matter, recorded: e.Recorded) -> tuple[Pending, ...]:
    """What is pending after an event, from the matter as it stood before it."""
    event = recorded.event
    if isinstance(event, e.HoldPlaced):
        return _replaced(matter, HOLD, recorded, event.amount)
    if isinstance(event, e.HoldReleased):
        return _replaced(matter, HOLD, recorded, 0)
    if isinstance(event, e.CarrierClaimNoted):
        return _replaced(matter, claimed_as(event), recorded, event.amount, event.bearer)
    if isinstance(event, e.CarrierClaimAnswered):
        return _replaced(matter, claimed_as(event), recorded, 0)
    used = drawn(matter, event)
    held = pending(matter)
    return _replaced(matter, HOLD, recorded, held.amount - used) if held is not None and used else matter.pending


def _replaced(
    matter: Matter, name: str, recorded: e.Recorded, amount: int, claimant: Role = Role.SELLER
) -> tuple[Pending, ...]:
    """The same with another amount under a name; none where it is zero."""
    leg = 0 if pending(matter, name) is None else 1
    others = tuple(each for each in matter.pending if each.name != name)
    return (*others, Pending(name, f"{recorded.number}:{leg}", amount, claimant)) if amount > 0 else others


CHANGES_PENDING: Final = frozenset(
    {
        e.HoldPlaced,
        e.HoldReleased,
        e.RefundPaid,
        e.AdvanceRecovered,
        e.CarrierClaimNoted,
        e.CarrierClaimAnswered,
    }
)
"""Events after which something else is pending."""
