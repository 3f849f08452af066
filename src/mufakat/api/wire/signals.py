"""Signals, as they travel to agents: what was seen elsewhere, and what files say of themselves. Never a verdict."""

from datetime import datetime

import msgspec

from mufakat.core.parties import Role
from mufakat.core.signals import SignalKind, Tie, Zone


class SignalPlaceOut(msgspec.Struct, kw_only=True):
    """Another place where it was seen: a case, and in it an exhibit or else an event (0: none).

    `by` gave it there, whose account is `account`. Of a picture `differing_bits` counts the bits of its fingerprint of
    256 that are others, of a text `same_percent` the share of its pairs of words that are the same; both None where it
    is the same in full. `href`: where that exhibit or event is read.
    """

    tie: Tie
    case_id: str
    order_id: str
    by: Role
    account: str
    opened_at: datetime
    exhibit: int
    event: int
    differing_bits: int | None
    same_percent: int | None
    href: str
    case_href: str
    order_href: str


class SignalOut(msgspec.Struct, kw_only=True):
    """One thing that was seen about an exhibit or else an event (0: none, the order's own parcel) of the case.

    `text` says it in a sentence. `places`: the most telling ones; `found`: how many there are, `at_least`: or more.
    `taken_at`: when a picture was taken, where its zone is known, else `taken_local` by the camera's clock; `zone`: how
    sure that is. `credentials`: what content credentials (C2PA) say, by name. What does not belong to it is None.
    """

    kind: SignalKind
    text: str
    by: Role
    exhibit: int
    event: int
    href: str
    places: list[SignalPlaceOut]
    found: int
    at_least: bool
    taken_at: datetime | None
    taken_local: str | None
    delivered_at: datetime | None
    zone: Zone | None
    credentials: dict[str, str] | None


class SignalsOut(msgspec.Struct, kw_only=True):
    """What agents are shown beside the material of a case; none has a weight, and none decides.

    `left_out` counts pictures and texts that were not searched for elsewhere, because the case has so many.
    """

    case_id: str
    language: str
    signals: list[SignalOut]
    left_out: int
