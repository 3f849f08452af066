"""Helping parties who cannot get in, as it travels: links that sign in once, and cases seen as a party sees them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mufakat.api.wire.cases import CaseOut, EntryOut, MessageOut
from mufakat.api.wire.mirror import NO_NUL

SHORTEST = 5
"""The least characters of a reason."""
LONGEST = 1000
LONGEST_HOURS = 72
"""Hours for which a link can be used."""

Reason = Annotated[str, Meta(min_length=SHORTEST, max_length=LONGEST, pattern=NO_NUL)]
PartyRole = Literal["CUSTOMER", "SELLER"]


class LetInIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which party of the case a link is for, why it is needed, and for how many hours it can be used."""

    party: PartyRole
    reason: Reason
    hours: Annotated[int, Meta(ge=1, le=LONGEST_HOURS)] = 24


class OnceOut(msgspec.Struct, frozen=True, kw_only=True):
    """A link that signs in once. It can be used until `until`, unless it was used or revoked."""

    entry_id: str
    party: PartyRole
    made_by: str
    made_at: datetime
    until: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class NewOnceOut(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh link; `href`, to put after the address of the pages, is told this once."""

    entry: OnceOut
    href: str


class HelpOut(msgspec.Struct, frozen=True, kw_only=True):
    """Something done for a party: SEEN_AS, the case was seen as it sees it; LET_IN, a link was made for it.

    `reason` is null once the case is forgotten.
    """

    support_id: str
    what: Literal["SEEN_AS", "LET_IN"]
    party: PartyRole
    by_id: str
    at: datetime
    reason: str | None


class SupportOut(msgspec.Struct, frozen=True, kw_only=True):
    """Links into a case that are still kept, and all that was done for its parties, oldest first."""

    case_id: str
    entries: list[OnceOut]
    helped: list[HelpOut]


class SeenAsIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As which party the case is to be seen, and why."""

    party: PartyRole
    reason: Reason


class SeenAsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A case as one of its parties sees it. It can be looked at again under `support_id` until `until`."""

    support_id: str
    party: PartyRole
    until: datetime
    case: CaseOut
    timeline: list[EntryOut]
    messages: list[MessageOut]
