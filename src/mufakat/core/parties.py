"""Who acts: the roles of the process and one actor in a role."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The five roles. Dialects call CUSTOMER the buyer and AGENT the operator."""

    CUSTOMER = "CUSTOMER"
    SELLER = "SELLER"
    AGENT = "AGENT"
    CLOCK = "CLOCK"
    SYSTEM = "SYSTEM"


PARTIES = (Role.CUSTOMER, Role.SELLER)


def other(party: Role) -> Role:
    """The other party of the two; raises KeyError for a role that is no party."""
    return {Role.CUSTOMER: Role.SELLER, Role.SELLER: Role.CUSTOMER}[party]


@dataclass(frozen=True, slots=True)
class Actor:
    """A role and the pseudonymous id under which the marketplace knows who acts."""

    role: Role
    id: str


CLOCK = Actor(Role.CLOCK, "clock")
SYSTEM = Actor(Role.SYSTEM, "system")
