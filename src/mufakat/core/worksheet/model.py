"""The worksheet as data: items with what answers them, lines with judgement and rules, parts with what follows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mufakat.core.claim import Assessment, ClaimLine, Finding, FindingValue, Ground, Level, LineJudgement, ReturnIssue
from mufakat.core.decide.automatic import Hindrance
from mufakat.core.derived import Derived
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.preview import Change
from mufakat.core.refusals import Refusal


class ItemState(StrEnum):
    """How an item stands. Public: never rename one.

    OPEN: nothing answers it yet. DERIVED: the record answers it by itself and will be taken at its word. CONFIRMED: an
    agent says what the record says. FOUND: an agent answered what the record leaves open. CHANGED: an agent says
    otherwise than the record alone.
    """

    OPEN = "OPEN"
    DERIVED = "DERIVED"
    CONFIRMED = "CONFIRMED"
    FOUND = "FOUND"
    CHANGED = "CHANGED"


class RestsOn(StrEnum):
    """What a derived answer rests on. NOTHING_GIVEN: nobody handed it in. DATA: the platform's own record."""

    NOTHING_GIVEN = "NOTHING_GIVEN"
    DATA = "DATA"


class Applies(StrEnum):
    """Whether a rule applies. OPEN: that hangs on what is still to be found."""

    YES = "YES"
    NO = "NO"
    OPEN = "OPEN"


class Why(StrEnum):
    """Why a rule applies, does not, or cannot be told yet. Public: never rename one."""

    FINDINGS_MISSING = "FINDINGS_MISSING"
    ASSESSMENT_MISSING = "ASSESSMENT_MISSING"
    FOR_SELLER = "FOR_SELLER"
    OTHER_REMEDY = "OTHER_REMEDY"
    ASKED = "ASKED"
    NOT_ASKED = "NOT_ASKED"
    ASKED_ANYWAY = "ASKED_ANYWAY"
    GOODS_ASKED = "GOODS_ASKED"
    BY_RULE = "BY_RULE"
    NOT_IN_MARKET = "NOT_IN_MARKET"
    PART_ASKED = "PART_ASKED"
    NOTHING_CAME = "NOTHING_CAME"
    ARE_BACK = "ARE_BACK"
    NEVER_ARRIVED = "NEVER_ARRIVED"
    NOT_RETURNABLE = "NOT_RETURNABLE"
    COUNTERFEIT = "COUNTERFEIT"
    MADE_TO_ORDER = "MADE_TO_ORDER"
    NOTHING_GOES_BACK = "NOTHING_GOES_BACK"
    ROW_FITS = "ROW_FITS"
    OTHER_GROUND = "OTHER_GROUND"
    GRAVER = "GRAVER"
    LESS_GRAVE = "LESS_GRAVE"
    AS_JUDGED = "AS_JUDGED"


class Second(StrEnum):
    """Whether a judgement binds only once a second person confirms it. Public: never rename one.

    ABOVE_AMOUNT: it is about more than the market lets one person decide. OVERRIDDEN: it differs from what is derived.
    """

    NOT_NEEDED = "NOT_NEEDED"
    ABOVE_AMOUNT = "ABOVE_AMOUNT"
    OVERRIDDEN = "OVERRIDDEN"


RETURN_AS_ASKED = "RETURN_AS_ASKED"
"""The rule by which goods go back because the customer asked for a return."""
RETURN_BY_RULE = "RETURN_BY_RULE"
"""The rule of some markets by which a judged refund sends the goods back."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule that there is for a line. `said`: the judge's short form of why one about who is right was passed over.

    `ground`, `aggravated` and `bearers` belong to a row of the return-risk table (S22 to S25).
    """

    rule: str
    applies: Applies
    why: Why | None = None
    said: str = ""
    ground: Ground | None = None
    aggravated: bool = False
    bearers: tuple[tuple[ReturnIssue, Role], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One expected item of a party's material, or of the platform's data (SYSTEM, with no level).

    `derived` is what the record answers by itself, and what that `rests_on`; `facts` are what follows from the record
    about it, `entries` the entries that speak of it. `exhibits` are on offer. `finding`: the agent's answer on record.
    """

    party: Role
    item: str
    level: Level | None
    state: ItemState
    derived: FindingValue | None
    rests_on: RestsOn | None
    facts: tuple[Derived, ...]
    entries: tuple[str, ...]
    exhibits: tuple[int, ...]
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class Line:
    """One claimed line. Amounts in minor units: `asked` of at most `most` that may still go back.

    `assessment` is the one on record, else what the reason means by itself (`is_assumed`); `needs_assessment`: that is
    not enough for its judgement. `judgement` is what it would be judged as now, or was where the part is judged.
    """

    claim: ClaimLine
    asked: int
    most: int
    items: tuple[Item, ...]
    assessment: Assessment
    is_assumed: bool
    needs_assessment: bool
    judgement: LineJudgement | None
    rules: tuple[RuleRow, ...]

    @property
    def unanswered(self) -> tuple[Item, ...]:
        """The items that nothing answers yet."""
        return tuple(each for each in self.items if each.state is ItemState.OPEN)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One part of the case that is disputed or judged.

    `is_judged`: the lines' judgements are in force, else they are as they would be now. `command` is the one that
    judges it in this phase (empty: none), `not_now` the refusal that it would meet from this agent, `after` where each
    line would then stand, until when, and what silence would mean. `total` and `held`: minor units, for the customer
    and kept back from the seller's payouts now.

    `stake`: what the judgement is about (minor units), by which `second` says whether a second person confirms it.
    `drafted`: the judgement that waits for one, or that would, and `drafted_by` whom it is of (empty: it would be the
    caller's). `machine`: the rulebook's class by which a machine may judge (empty: none), and why it does not
    (`hindrance`; None: it may, as far as the case shows).
    """

    number: int
    phase: Phase
    dispute: int
    due: datetime | None
    is_judged: bool
    total: int
    held: int
    lines: tuple[Line, ...]
    command: str
    not_now: Refusal | None
    after: tuple[Change, ...]
    stake: int
    second: Second
    drafted: tuple[LineJudgement, ...]
    drafted_by: str
    machine: str
    hindrance: Hindrance | None


@dataclass(frozen=True, slots=True)
class Worksheet:
    """What an agent has before it judges: at `now` (UTC), on `version` of the case. Amounts in `currency`."""

    case_id: str
    version: int
    now: datetime
    currency: str
    sheets: tuple[Sheet, ...]
