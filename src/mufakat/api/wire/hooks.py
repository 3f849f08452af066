"""Endpoints for webhooks, and what was tried at them, as they travel."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mufakat.api.wire.mirror import NO_NUL, Moment, Name

LONGEST_URL = 2000
"""Characters of an endpoint's address."""
MOST_EVENTS = 200
"""Names of events that an endpoint may list."""
MOST_OVERLAP = 720
"""Hours for which an old secret may go on beside a new one."""

Url = Annotated[str, Meta(min_length=1, max_length=LONGEST_URL, pattern=NO_NUL)]
"""Where webhooks go: https."""
Kind = Literal["HMAC", "ED25519"]
"""Signed under a secret that both know, or under a key of which the receiver has the public half."""
Paused = Literal["BY_HAND", "GONE", "FAILING"]
"""Somebody said so; the endpoint said that it is gone (410); it took nothing for three days."""
Outcome = Literal["DELIVERED", "FAILED", "GIVEN_UP"]
"""GIVEN_UP: it failed for three days, and the case goes on without it."""
Wanted = Annotated[list[Name], Meta(max_length=MOST_EVENTS)]
"""Names of events, as `/asyncapi.json` lists them; none for all."""


class HookIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint: where it is, which events it wants (none: all), and how what it gets is signed."""

    url: Url
    events: Wanted = []
    kind: Kind = "HMAC"


class HookChangeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; what is left out stays. Going on after a pause sends what waited."""

    url: Url | None = None
    events: Wanted | None = None
    paused: bool | None = None


class SecretIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the old secret goes on beside the new one."""

    hours: Annotated[int, Meta(ge=0, le=MOST_OVERLAP)] = 24


class ReplayIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From where on to tell again: a moment, for every case; or one case, from the event of that number on."""

    since: Moment | None = None
    case_id: Name | None = None
    number: Annotated[int, Meta(ge=1, le=2**31 - 1)] = 1


class HookOut(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint. `events`: none for all. `public_keys`: with which ED25519 is checked, the newest first.

    `paused`: why nothing is sent, null where it is. `failures`: tries since the last that went well, the first of them
    at `failing_since`.
    """

    id: str
    url: str
    events: list[str]
    kind: Kind
    public_keys: list[str]
    paused: Paused | None
    failures: int
    failing_since: datetime | None
    created_at: datetime


class NewHookOut(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint. `secret`: what its receiver checks HMAC with (`whsec_...`), shown this once; null with ED25519."""

    hook: HookOut
    secret: str | None


class HooksOut(msgspec.Struct, frozen=True, kw_only=True):
    """The endpoints of the marketplace, oldest first."""

    hooks: list[HookOut]


class DeliveryOut(msgspec.Struct, frozen=True, kw_only=True):
    """One try. `number`: which event of the case, null for a test. `status`: of the answer, null where none came.

    `answer`: its first bytes; `why`: what went wrong, empty where nothing did. Both are emptied when the case is
    forgotten.
    """

    id: str
    type: str
    order_id: str | None
    case_id: str | None
    number: int | None
    at: datetime
    outcome: Outcome
    status: int | None
    took_ms: int
    answer: str
    why: str


class DeliveriesOut(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the log, the newest first. `next` is the cursor of the page after it, null at the end."""

    deliveries: list[DeliveryOut]
    next: str | None


class ReplayOut(msgspec.Struct, frozen=True, kw_only=True):
    """Of how many cases the endpoint is told again."""

    cases: int
