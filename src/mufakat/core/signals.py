"""Signals: what agents are shown beside the material, and never a verdict.

Each says what was seen and links to it; none has a weight, none decides, and no party ever sees one. That the same
picture was there before may be a fraud, a seller who photographs every parcel at the same table, or a customer who
bought two of the same.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mufakat.core.parties import Role


class SignalKind(StrEnum):
    """What was seen."""

    SAME_FILE = "SAME_FILE"
    NEAR_PICTURE = "NEAR_PICTURE"
    NEAR_TEXT = "NEAR_TEXT"
    TRACKING_USED_TWICE = "TRACKING_USED_TWICE"
    TAKEN_BEFORE_DELIVERY = "TAKEN_BEFORE_DELIVERY"
    CONTENT_CREDENTIALS = "CONTENT_CREDENTIALS"


class Tie(StrEnum):
    """How the other place is tied to this one: by its case, its order, the account of who gave it, or not at all."""

    SAME_CASE = "SAME_CASE"
    SAME_ORDER = "SAME_ORDER"
    SAME_ACCOUNT = "SAME_ACCOUNT"
    OTHER_ACCOUNT = "OTHER_ACCOUNT"


class Zone(StrEnum):
    """How sure the moment of a picture is: KNOWN to the second, or by a clock whose zone nobody wrote down.

    ANY: whatever the zone was. MARKET: if it was the market's.
    """

    KNOWN = "KNOWN"
    ANY = "ANY"
    MARKET = "MARKET"


@dataclass(frozen=True, slots=True)
class Link:
    """Another place where it was seen: a case, and in it the exhibit or else the event (0: none).

    `account` is who gave it there, in the role `giver`; `digest` names the file that the exhibit is (empty: it is
    none); `alike` is the share of 0 to 100 in which a text is the same, or the bits of 256 in which a picture differs
    (None: it is the same in full).
    """

    tie: Tie
    order_id: str
    case_id: str
    giver: Role
    account: str
    opened_at: datetime
    exhibit: int = 0
    event: int = 0
    alike: int | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that was seen about an exhibit or an event (0: none) of a case.

    `links` are the most telling places, `found` how many there are; `at_least` when there may be more. What is said
    beside them: `taken` and `delivered` (UTC; `taken` without zone where that is not known) with `zone`, and
    `credentials` by name.
    """

    kind: SignalKind
    giver: Role
    exhibit: int = 0
    event: int = 0
    links: tuple[Link, ...] = ()
    found: int = 0
    at_least: bool = False
    taken: datetime | None = None
    delivered: datetime | None = None
    zone: Zone | None = None
    credentials: tuple[tuple[str, str], ...] = ()
