"""Events of the dispute, its judgement and its appeal."""

from datetime import date, datetime

from mufakat.core.claim import Assessment, Finding, Forum, LineJudgement, Override, sealed
from mufakat.core.events.registry import event
from mufakat.core.parties import Role
from mufakat.core.policy.policy import ClockName


@event("dispute.raised")
class DisputeRaised:
    """The customer asked the platform to step in.

    `number`: the how-manieth dispute of these units (S12); `carried`: exhibits carried over, first in order (S4).
    `machine`: the class of the rulebook by which a machine may judge it; empty for none.
    """

    matter: int
    number: int
    carried: tuple[int, ...]
    seller_waits: bool = False
    text: str = sealed()
    machine: str = ""


@event("dispute.withdrawn")
class DisputeWithdrawn:
    """The customer took the undecided dispute back."""

    matter: int
    accept_until: tuple[tuple[str, datetime | None], ...]


@event("material.window_opened")
class WindowOpened:
    """A party may hand in material until then."""

    matter: int
    party: Role
    until: datetime
    clock: ClockName


@event("material.window_closed")
class WindowClosed:
    """A party's material is complete, or its window ended."""

    matter: int
    party: Role
    lapsed: bool = False


@event("material.asked", 2)
class MaterialAsked:
    """The platform asked for a named item (S5), until then."""

    matter: int
    parties: tuple[Role, ...]
    item: str
    text: str = sealed()
    until: datetime | None = None


@event("finding.recorded")
class FindingRecorded:
    """An answer about one item."""

    matter: int
    finding: Finding


@event("line.assessed")
class LineAssessed:
    """What was found about a line as a whole."""

    matter: int
    assessment: Assessment


@event("dispute.judged")
class Judged:
    """The judgement, line by line, as derived.

    `facts`: how many facts about the order were known then (None in logs of before that was kept); `paragraph`: what
    the agent adds to the statement of reasons, for both sides to read. `overrides`: what was decided otherwise than
    derived, and why. `drafted_by`: the agent who judged, where the actor is the second person who confirmed it.
    `automatic`: a machine judged.
    """

    matter: int
    number: int
    lines: tuple[LineJudgement, ...]
    accept_until: tuple[tuple[str, datetime | None], ...]
    appeal: bool = False
    facts: int | None = None
    paragraph: str = sealed()
    overrides: tuple[Override, ...] = ()
    drafted_by: str = ""
    automatic: bool = False


@event("judgement.drafted")
class JudgementDrafted:
    """An agent judged, and it binds once a second person confirms it: because of overrides, or of the amount.

    `amount`: what is at stake, minor units.
    """

    matter: int
    number: int
    lines: tuple[LineJudgement, ...]
    amount: int
    appeal: bool = False
    paragraph: str = sealed()
    overrides: tuple[Override, ...] = ()


@event("judgement.draft_returned")
class DraftReturned:
    """A drafted judgement was given back unconfirmed; what was found stays."""

    matter: int
    text: str = sealed()


@event("person.asked")
class PersonAsked:
    """A party wants a person to judge. `automatic`: after a machine judged against it, and that judgement is open."""

    matter: int
    party: Role
    automatic: bool = False
    text: str = sealed()


@event("judgement.accepted")
class JudgementAccepted:
    """A party has no further disagreement (S18)."""

    matter: int
    party: Role


@event("appeal.raised")
class Appealed:
    """The seller disagrees. `late`: after it was carried out, so it can only claw back."""

    matter: int
    late: bool
    text: str = sealed()


@event("appeal.decided")
class AppealDecided:
    """The appeal was decided; `upheld` when the judgement stands."""

    matter: int
    upheld: bool


@event("appeal.sent_back")
class SentBack:
    """The judgement must be made anew."""

    matter: int
    text: str = sealed()


@event("process.declared")
class ProcessDeclared:
    """A judicial process was started; the platform stops (S14)."""

    matter: int
    forum: Forum
    started: date
    reference: str = sealed()


@event("process.order_recorded")
class OrderRecorded:
    """What a court or regulator ordered after a stop."""

    matter: int
    amount: int
    reference: str = sealed()


@event("decision.escalated")
class DecisionEscalated:
    """The decision is overdue: higher place, the lead is told."""

    matter: int
    level: int
