"""Folds of what makes a matter stand still, and of who else owes: courts, chargebacks, claims on carriers. Pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from mufakat.core import events as e
from mufakat.core.case import CarrierClaim, Charged, Matter, Paused, changed
from mufakat.core.parties import Role


def _declared(matter: Matter, event: e.ProcessDeclared, recorded: e.Recorded) -> Matter:
    del recorded
    return changed(matter, forum=event.forum)


def _paused(matter: Matter, left: int) -> Paused:
    return matter.paused or Paused(matter.phase, matter.clock, matter.lapse, left)


def _suspended(matter: Matter, event: e.ExecutionSuspended, recorded: e.Recorded) -> Matter:
    del recorded
    return changed(matter, paused=_paused(matter, event.left), by_court=True)


def _resumed(matter: Matter, event: e.ExecutionResumed, recorded: e.Recorded) -> Matter:
    del event, recorded
    return changed(matter, paused=None, by_court=False)


def _frozen(matter: Matter, event: e.ChargebackFrozen, recorded: e.Recorded) -> Matter:
    del recorded
    frozen = tuple(dict.fromkeys((*matter.frozen, event.reference)))
    return changed(matter, frozen=frozen, paused=_paused(matter, event.left) if matter.is_open else None)


def _charged(matter: Matter, event: e.ChargebackSettled, recorded: e.Recorded) -> Matter:
    del recorded
    kept = [x for x in matter.charged if (x.reference, x.bearer) != (event.reference, event.bearer)]
    borne = [Charged(event.reference, event.bearer, event.amount)] if event.amount else []
    frozen = tuple(each for each in matter.frozen if each != event.reference)
    return _balanced(changed(matter, charged=(*kept, *borne), frozen=frozen))


def _balanced(matter: Matter) -> Matter:
    """What was recovered beyond what the seller bears by now goes back to it; that is never taken back."""
    borne = matter.borne(Role.SELLER)
    given_back = max(matter.given_back, matter.recovered - borne)
    return changed(matter, given_back=given_back, most_charged=max(matter.most_charged, borne + given_back))


def _claimed(matter: Matter, event: e.CarrierClaimNoted, recorded: e.Recorded) -> Matter:
    del recorded
    claim = CarrierClaim(event.tracking, event.issue, event.amount, event.bearer)
    return changed(matter, carrier_claims=(*matter.carrier_claims, claim))


def _answered(matter: Matter, event: e.CarrierClaimAnswered, recorded: e.Recorded) -> Matter:
    del recorded
    claims = tuple(
        replace(x, paid=event.paid) if (x.tracking, x.bearer) == (event.tracking, event.bearer) else x
        for x in matter.carrier_claims
    )
    return changed(matter, carrier_claims=claims)


def recovered_of_chargebacks(matter: Matter, amount: int) -> Matter:
    """The matter after so much of what chargebacks came to was collected from the seller (minor units)."""
    return _balanced(changed(matter, recovered=matter.recovered + amount))


STANDING_STILL: Final[dict[type, Callable[[Matter, Any, e.Recorded], Matter]]] = {
    e.ProcessDeclared: _declared,
    e.ExecutionSuspended: _suspended,
    e.ExecutionResumed: _resumed,
    e.ChargebackFrozen: _frozen,
    e.ChargebackSettled: _charged,
    e.CarrierClaimNoted: _claimed,
    e.CarrierClaimAnswered: _answered,
}
"""Event to its fold; `evolve` has the others."""
