"""What lines are worth: the shares of a remedy, the shipping fee, and what a matter may still pay."""

from mufakat.core.case import Remedy
from mufakat.core.chargebacks import shipping_charged_back
from mufakat.core.claim import Cause, LineShare, RequestType
from mufakat.core.decide.draft import Draft
from mufakat.core.money import ceiling, ceilings
from mufakat.core.phases import Outcome
from mufakat.core.shares import allocate_within
from mufakat.core.usage import lowered_by_unit, shipping_used


def asked_shares(d: Draft, lines: tuple[str, ...]) -> tuple[LineShare, ...]:
    """What was asked for each line, at most what may still go back for its units."""
    found = []
    for line_id in lines:
        claim = d.case.line(line_id)
        most = ceiling(d.order, line_id, claim.units, d.case.case_id)
        amount = most if claim.amount is None else min(claim.amount, most)
        found.append(LineShare(line_id, claim.units, amount))
    return tuple(found)


def full_shares(d: Draft, lines: tuple[str, ...], total: int | None = None) -> tuple[LineShare, ...]:
    """All that may still go back for the lines, or `total` of it, spread by what each is worth."""
    most = [ceiling(d.order, line, d.case.line(line).units, d.case.case_id) for line in lines]
    amounts = most if total is None else allocate_within(min(total, sum(most)), most)
    return tuple(LineShare(line, d.case.line(line).units, n) for line, n in zip(lines, amounts, strict=True))


def shipping_due(d: Draft, number: int, shares: tuple[LineShare, ...], causes: tuple[Cause, ...]) -> int:
    """The shipping fee, when with these shares all units of the order go back for the seller's or carrier's fault.

    A cancellation of all units gives it back whoever is at fault: nothing was shipped. Once for an order.
    """
    order = d.order.order
    if not d.policy.switches.shipping_fee_with_all_units or not order.shipping_fee:
        return 0
    faulty = all(cause in (Cause.SELLER, Cause.CARRIER) for cause in causes)
    if not faulty and d.case.type is not RequestType.CANCEL:
        return 0
    if any(use.shipping for case_id, use in d.order.uses.items() if case_id != d.case.case_id):
        return 0
    if any(shipping_used(m) for m in d.case.matters if m.number != number):
        return 0
    whole = [s for s in shares if s.amount == ceiling(d.order, s.line_id, s.units, d.case.case_id)]
    covered = {(share.line_id, unit) for share in whole for unit in share.units}
    every = {(line.line_id, unit) for line in order.lines for unit in range(1, line.quantity + 1)}
    return order.shipping_fee if all(_gone(d, *unit) for unit in every - covered) else 0


def _gone(d: Draft, line_id: str, unit: int) -> bool:
    """Whether a unit has gone back whole already, in another matter of this case or elsewhere."""
    for matter in d.case.matters:
        if matter.outcome is Outcome.REFUNDED and line_id in matter.lines:
            return unit in d.case.line(line_id).units
    return ceiling(d.order, line_id, (unit,)) == 0


def paid_elsewhere(d: Draft, remedy: Remedy) -> tuple[tuple[str, int], ...]:
    """By how much each line is owed more than its own units still allow now; what another line has left is no help."""
    owed = remedy.owed_by_line()
    over = ((share.line_id, owed[share.line_id] - _room(d, remedy, share)) for share in remedy.shares)
    return tuple((line_id, amount) for line_id, amount in over if amount > 0)


def _room(d: Draft, remedy: Remedy, share: LineShare) -> int:
    """What a line's units still allow. What a customer bears of harm to one of them makes no room for another."""
    borne = lowered_by_unit(remedy)
    left = ceilings(d.order, share.line_id, share.units, d.case.case_id)
    pairs = zip(share.units, left, strict=True)
    return sum(max(0, most - borne.get((share.line_id, unit), 0)) for unit, most in pairs)


def payable(d: Draft, remedy: Remedy) -> int:
    """What the customer may have in money for a remedy now: its total, within what each line's units still allow."""
    fee = max(0, d.order.order.shipping_fee - shipping_charged_back(d.order))
    return remedy.total - sum(amount for _, amount in paid_elsewhere(d, remedy)) - max(0, remedy.shipping - fee)
