"""Sandboxes as they travel: their clock, canned people, orders to try with, judgements by wish."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from mufakat.api.wire.mirror import NO_NUL, Moment, Name
from mufakat.core.claim import Cause, Deception, Decision, Ground, Severity
from mufakat.core.parties import Role

PartyId = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]
"""Whom the marketplace knows under that id."""


class OrderKind(StrEnum):
    """Where an order to try with stands. The engine's names, once more: clients read this room without the engine."""

    DELIVERED_YESTERDAY = "DELIVERED_YESTERDAY"
    DELIVERED_LATE = "DELIVERED_LATE"
    DELIVERED_LONG_AGO = "DELIVERED_LONG_AGO"
    IN_TRANSIT = "IN_TRANSIT"
    LATE = "LATE"
    NOT_SHIPPED = "NOT_SHIPPED"
    MULTI_LINE = "MULTI_LINE"
    EXPENSIVE = "EXPENSIVE"
    PERISHABLE = "PERISHABLE"
    SHIPPED_BY_SELLER = "SHIPPED_BY_SELLER"


class CannedOut(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who acts by itself: every id that is `prefix`, or begins with it and a hyphen."""

    prefix: str
    role: Role
    does: str


class OrderKindOut(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of order to try with."""

    kind: OrderKind
    about: str


class SandboxOut(msgspec.Struct, frozen=True, kw_only=True):
    """A sandbox: what its clock shows (UTC), how far ahead of the real one that is, and what there is to try with."""

    marketplace: str
    rulebook: str
    now: datetime
    ahead_seconds: int
    people: list[CannedOut]
    orders: list[OrderKindOut]


class ForwardIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far the clock is moved: `to` a moment, or by a span of days, hours, minutes and seconds together."""

    to: Moment | None = None
    days: Annotated[int, Meta(ge=0, le=400)] = 0
    hours: Annotated[int, Meta(ge=0, le=10_000)] = 0
    minutes: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    seconds: Annotated[int, Meta(ge=0, le=100_000_000)] = 0


class ForwardOut(msgspec.Struct, frozen=True, kw_only=True):
    """From when to when the clock was moved (UTC), how many deadlines fired, and which cases changed on the way.

    `whole`: false where so much was due that the call ended before its target; call again from where the clock stands.
    """

    before: datetime
    now: datetime
    lapses: int
    cases: list[str]
    whole: bool


class WantedIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The judgement that is wanted.

    `rule`: S15 for the customer, S16 or S17 for the seller; without it the first that the material leads to. Ground,
    severity, deception, cause and returnable are found about every line; without them what the reason means by itself.
    `complete` ends open windows for material first. `matter` is needed where the platform has several.
    """

    decision: Decision
    rule: Name = ""
    ground: Ground | None = None
    severity: Severity = Severity.MINOR
    deception: Deception = Deception.NONE
    cause: Cause | None = None
    returnable: bool = True
    complete: bool = False
    matter: Annotated[int, Meta(ge=0, le=1000)] = 0


class JudgedLineOut(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was judged, and why. `amount` in minor units."""

    line_id: str
    decision: Decision
    rule: str
    because: list[str]
    amount: int


class JudgedOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was judged, by whom; `version` is the case's after it."""

    case_id: str
    version: int
    by: str
    lines: list[JudgedLineOut]
    links: dict[str, str]


class SandboxOrderIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The order that is wanted, and whose it is."""

    kind: OrderKind
    customer_id: PartyId
    seller_id: PartyId


class SandboxOrderOut(msgspec.Struct, frozen=True, kw_only=True):
    """An order that was made. `paid`: all that the customer paid for it, in minor units."""

    order_id: str
    kind: OrderKind
    customer_id: str
    seller_id: str
    currency: str
    paid: int
    links: dict[str, str]
