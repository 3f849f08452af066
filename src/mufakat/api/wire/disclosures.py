"""The record of what was opened, shown and given for a reason, as it travels."""

from datetime import datetime

import msgspec

from mufakat.core.disclosed import Disclosed
from mufakat.core.parties import Role


class DisclosureOut(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody opened, had shown or gave. ORIGINAL: the bytes of an `exhibit` of the case. CONTACT: the contact of
    a `party` in full. SEEN_AS: the case as the party sees it. LET_IN: a link that signs the party in once.

    `reason` is null once the case is forgotten.
    """

    id: str
    what: Disclosed
    order_id: str
    case_id: str
    exhibit: int | None
    party: Role | None
    by_id: str
    at: datetime
    reason: str | None


class DisclosuresOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was disclosed from `since`, before `until`, the newest first, and the cursor of the next page."""

    since: datetime
    until: datetime
    disclosures: list[DisclosureOut]
    next: str | None
