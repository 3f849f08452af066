"""The queue of work for agents as it travels."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mufakat.api.wire.mirror import NO_NUL, Name
from mufakat.core.waiting import BackReason, WorkKind

MOST_NOTE = 1000
"""Characters of what an agent adds when it hands work back."""

SHORTEST_LEASE = 5
"""Minutes."""
LONGEST_LEASE = 24 * 60
"""Minutes."""

Note = Annotated[str, Meta(max_length=MOST_NOTE, pattern=NO_NUL)]
Lease = Annotated[int, Meta(ge=SHORTEST_LEASE, le=LONGEST_LEASE)]
MatterNumber = Annotated[int, Meta(ge=1, le=10**6)]


class WorkOut(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of work. `amount`: what is at stake, minor units of `currency`. `since`: when it began to wait.

    `language` and `categories`: what it asks of an agent; an empty language is the market's own. `holder` has it until
    `until`, without end where that is empty (assigned); past `until` nobody has it. `stuck`, in a lead's list: nobody
    may take it, the fallback neither.
    """

    order_id: str
    case_id: str
    matter: int
    kind: WorkKind
    due: datetime
    since: datetime
    amount: int
    currency: str
    escalations: int
    language: str
    categories: list[str]
    holder: str | None
    until: datetime | None
    stuck: bool


class NextOut(msgspec.Struct, frozen=True, kw_only=True):
    """The work to do next; none where nothing waits that the caller may have."""

    work: WorkOut | None


class QueueOut(msgspec.Struct, frozen=True, kw_only=True):
    """Work in the order of the queue, and the cursor of the next page."""

    work: list[WorkOut]
    next: str | None


class FourEyes(StrEnum):
    """Why a judgement binds only once a second person confirms it."""

    ABOVE_AMOUNT = "ABOVE_AMOUNT"
    OVERRIDDEN = "OVERRIDDEN"


class WaitingDraftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A judgement that waits for a second person. `amount`: what is at stake, minor units of `work.currency`.

    `why`: ABOVE_AMOUNT, as more than `above` is at stake; OVERRIDDEN, as the drafter decided otherwise than derived.
    `own`: the caller drafted it, and cannot be the second person.
    """

    work: WorkOut
    drafted_by: str
    drafted_at: datetime
    appeal: bool
    amount: int
    why: list[FourEyes]
    above: int | None
    own: bool


class DraftsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Judgements that wait for a second person, in the order of the queue, and the cursor of the next page."""

    drafts: list[WaitingDraftOut]
    next: str | None


class HandBackIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Work that is given back, and why. `note` is needed with OTHER; it is kept sealed, for leads to read."""

    case_id: Name
    matter: MatterNumber
    kind: WorkKind
    reason: BackReason
    note: Note = ""


class AssignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Work and who is to do it; null puts it back into the queue."""

    case_id: Name
    matter: MatterNumber
    kind: WorkKind
    account_id: Name | None


class QueueStandingOut(msgspec.Struct, frozen=True, kw_only=True):
    """How the queue stands, of one kind, in pieces of work. `lapsed`: a lease ended and nobody has taken it since.

    `within_4_hours`, `within_24_hours`: what falls due until then; the later holds the earlier, and neither what is
    `overdue`.
    """

    kind: WorkKind
    waiting: int
    overdue: int
    within_4_hours: int
    within_24_hours: int
    held: int
    lapsed: int
    stuck: int
    oldest: datetime


class QueueStandingsOut(msgspec.Struct, frozen=True, kw_only=True):
    """How the queue stands, kind by kind; a kind of which nothing waits is left out."""

    standings: list[QueueStandingOut]


class QueueDayOut(msgspec.Struct, frozen=True, kw_only=True):
    """A day in the market's zone. `raised`: disputes raised. `judged`: disputes decided, `automatic` of them by rule
    alone. `appeals`: appeals decided or sent back.
    """

    day: date
    raised: int
    judged: int
    automatic: int
    appeals: int


class AtWorkOut(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did today, in pieces of work. `judged`: disputes and appeals, also what a second person confirmed
    for them. `held`: what they have now. `last`: when they last took work or gave it back today.
    """

    account_id: str
    judged: int
    taken: int
    handed_back: int
    lapsed: int
    held: int
    last: datetime | None


class QueueHealthOut(msgspec.Struct, frozen=True, kw_only=True):
    """How the queue fares at the moment `at` of the marketplace's clock.

    `days`: the last 14 in the market's zone, today the last; disputes are counted within some seconds. `people`: who
    did something today or has work now, who judged most first.
    """

    at: datetime
    standings: list[QueueStandingOut]
    days: list[QueueDayOut]
    people: list[AtWorkOut]


class QueueRulesIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the queue is run. `fallback`: the account that gets what nobody else may take; null for none."""

    fallback: Name | None
    lease_minutes: Lease


class QueueRulesOut(msgspec.Struct, frozen=True, kw_only=True):
    """How the queue is run. `language`: the market's, which work needs whose order names none."""

    fallback: str | None
    lease_minutes: int
    language: str


class BefellOut(msgspec.Struct, frozen=True, kw_only=True):
    """What befell somebody's work, and by whom; null is the clock. `note` is null once the case is forgotten."""

    matter: int
    kind: WorkKind
    what: Literal["TAKEN", "HANDED_BACK", "LAPSED", "ASSIGNED", "RELEASED"]
    agent_id: str
    by_id: str | None
    at: datetime
    reason: BackReason | None
    note: str | None


class WorkLogOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who had the work of a case, oldest first."""

    case_id: str
    entries: list[BefellOut]
