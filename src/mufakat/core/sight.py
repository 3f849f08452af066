"""Who may see what of a case: events, what people wrote, findings, holds. One place for pages and for the API.

The parties see what is told to them and what is their own; agents and the system see all. A party never sees the
platform's own work before it judges, nor agents' notes to one another, nor what is no business of theirs.
"""

from dataclasses import fields
from functools import cache
from typing import Any, Final

from mufakat.core import events as e
from mufakat.core.case import Matter
from mufakat.core.parties import PARTIES, Role
from mufakat.core.process import APPEAL, DISPUTE
from mufakat.core.settlement import Account

INSIDE: Final = (e.FindingRecorded, e.LineAssessed, e.DecisionEscalated, e.JudgementDrafted, e.DraftReturned)
"""Events that are the platform's own work until it judges: the parties read the judgement instead."""

SELLERS: Final = (e.HoldPlaced, e.HoldReleased, e.AdjustmentBooked)
"""Events about the seller's payouts and what the platform charges it, which are no business of the customer's."""

CHARGES: Final = (
    Account.PLATFORM_COMMISSION,
    Account.PLATFORM_FEES,
    Account.PLATFORM_SUBSIDY,
    Account.CARRIER_CLAIM,
)
"""Accounts of others that a seller may know beside its own: what the platform charges it, and what a carrier owes."""

NOTES: Final = (
    e.FindingRecorded,
    e.LineAssessed,
    e.SentBack,
    e.JudgementDrafted,
    e.DraftReturned,
    e.RiskDecided,
    e.DeliveryAssessed,
)
"""Events whose text is an agent's note to other agents."""

WRAPPING: Final = ("exhibit", "material", "solution", "finding", "assessment", "overrides")
"""Fields of events whose values hold sealed text of their own."""


def sees_all(role: Role) -> bool:
    """Whether the role works for the platform and sees all of a case."""
    return role not in PARTIES


def sees(event: e.Event, role: Role) -> bool:
    """Whether a role may know of an event."""
    if sees_all(role):
        return True
    if isinstance(event, e.ReversalBooked):
        return role is Role.SELLER or event.bearer is Role.CUSTOMER
    if isinstance(event, e.CarrierClaimNoted | e.CarrierClaimAnswered):
        return role is event.bearer
    if isinstance(event, e.ChargebackSettled):
        return sees_borne(event.bearer, role) or not event.amount
    return not isinstance(event, INSIDE) and not (role is Role.CUSTOMER and isinstance(event, SELLERS))


def sees_borne(bearer: Role, role: Role) -> bool:
    """Whether the role may know what somebody bears of a chargeback: a customer its own debt, a seller the others."""
    return sees_all(role) or (role is Role.CUSTOMER) is (bearer is Role.CUSTOMER)


def written(event: e.Event, role: Role) -> list[str]:
    """The hashes of what a person wrote with an event, as far as the role may read it."""
    if isinstance(event, NOTES) and not sees_all(role):
        return []
    if isinstance(event, e.MaterialAsked) and not sees_all(role) and role not in event.parties:
        return []
    return [each for each in sealed_in(event) if each]


def sees_findings(matter: Matter, role: Role) -> bool:
    """Whether the findings of a matter are open to the role: to parties once it is judged on them."""
    undecided = matter.phase in (*DISPUTE, *APPEAL) or not matter.judgement
    return bool(matter.findings) and (sees_all(role) or not undecided)


def own_account(account: Account, role: Role) -> bool:
    """Whether an account of the ledger is the role's own: a party's begin with its name, the platform's are all."""
    return sees_all(role) or account.value.startswith(f"{role.value.lower()}/")


def sees_account(account: Account, role: Role) -> bool:
    """Whether a role may know that money came from an account, or went there."""
    return own_account(account, role) or (role is Role.SELLER and account in CHARGES)


def sees_hold(role: Role) -> bool:
    """Whether the role may know what is held back from the seller's payouts."""
    return role is not Role.CUSTOMER


def sealed_in(value: Any) -> list[str]:
    """The hashes of what a person wrote, in an event and in what it wraps."""
    found: list[str] = []
    kind: type = type(value)
    for name, sealed in _holding(kind):
        held = getattr(value, name)
        if sealed:
            found.append(held)
        elif isinstance(held, tuple):
            found += [name for each in held for name in sealed_in(each)]
        elif not isinstance(held, int):
            found += sealed_in(held)
    return found


@cache
def _holding(kind: type) -> tuple[tuple[str, bool], ...]:
    """The fields that are sealed (True), or that may hold something sealed."""
    sealed = [(each.name, bool(each.metadata.get("sealed"))) for each in fields(kind)]
    return tuple((name, is_sealed) for name, is_sealed in sealed if is_sealed or name in WRAPPING)
