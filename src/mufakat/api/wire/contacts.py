"""Contacts of an order's parties as they travel."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mufakat.api.wire.mirror import NO_NUL

Line = Annotated[str, Meta(max_length=200, pattern=NO_NUL)]
Address = Annotated[str, Meta(max_length=1000, pattern=NO_NUL)]
SHORTEST = 5
"""The least characters of a reason."""


class ContactIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a party can be reached; what is not known is left out."""

    name: Line = ""
    email: Line = ""
    phone: Line = ""
    address: Address = ""


class ContactsIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The contacts of both parties, in place of those before; a party that is left out has none any more."""

    customer: ContactIn | None = None
    seller: ContactIn | None = None


class ContactOut(msgspec.Struct, frozen=True, kw_only=True):
    """A contact; `masked`: nobody can reach the person by what is shown."""

    name: str
    email: str
    phone: str
    address: str
    masked: bool


class ContactsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The contacts of an order as the caller may see them: one's own in full, all others masked."""

    order_id: str
    customer: ContactOut | None
    seller: ContactOut | None


class RevealIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose contact is to be shown in full, and why."""

    party: Literal["CUSTOMER", "SELLER"]
    reason: Annotated[str, Meta(min_length=SHORTEST, max_length=1000, pattern=NO_NUL)]


class RevealedOut(msgspec.Struct, frozen=True, kw_only=True):
    """A contact in full."""

    case_id: str
    party: str
    contact: ContactOut


class RevealOut(msgspec.Struct, frozen=True, kw_only=True):
    """A contact was shown in full; `reason` is null once the case is forgotten."""

    reveal_id: str
    party: str
    agent_id: str
    at: datetime
    reason: str | None


class RevealsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Every time a contact was shown in a case, oldest first."""

    case_id: str
    reveals: list[RevealOut]
