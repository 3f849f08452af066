"""The worksheet as it travels to agents and leads. Money in minor units, instants in UTC; sentences beside codes."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from mufakat.api.wire.asking import ChangeOut, NotNowOut
from mufakat.api.wire.mirror import mirror
from mufakat.api.wire.record import FactOut
from mufakat.api.wire.statements import DecidedLineOut
from mufakat.core.claim import (
    Cause,
    Deception,
    Decision,
    FindingValue,
    Ground,
    Level,
    Override,
    Reason,
    RemedyKind,
    RequestType,
    ReturnIssue,
    Severity,
)
from mufakat.core.commands import RecordFindings
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.worksheet import Applies, Hindrance, ItemState, RestsOn, Second, Why

if TYPE_CHECKING:
    SupposedIn = Any
    TriedIn = Any
    ForeseenIn = Any
else:
    SupposedIn = mirror(RecordFindings, name="SupposedIn")
    TriedIn = msgspec.defstruct(
        "TriedIn",
        [("overrides", tuple[mirror(Override), ...], ())],
        bases=(SupposedIn,),
        forbid_unknown_fields=True,
        frozen=True,
        kw_only=True,
        module=__name__,
        namespace={"__doc__": "What to try out: what `RecordFindings` takes, and the overrides that `Judge` takes."},
    )
    ForeseenIn = msgspec.defstruct(
        "ForeseenIn",
        [("paragraph", str, "")],
        bases=(TriedIn,),
        forbid_unknown_fields=True,
        frozen=True,
        kw_only=True,
        module=__name__,
        namespace={"__doc__": "What to read a statement of before it is: what is tried out, and `Judge`'s paragraph."},
    )
"""Answers and assessments to try out, as `RecordFindings` takes them; `TriedIn` takes overrides beside them.

`ForeseenIn` takes the agent's paragraph, too.
"""


class SheetFindingOut(msgspec.Struct, kw_only=True):
    """An agent's answer on record: `by` whom, resting on an exhibit (0: none), with the note (empty: none).

    `derived` is what the record alone said then. `text` of an answer that is only tried out is not told back.
    """

    value: FindingValue
    by: str
    exhibit: int
    derived: FindingValue | None
    text: str


class SheetItemOut(msgspec.Struct, kw_only=True):
    """One expected item of a party's material, or of the platform's data (SYSTEM, without a level).

    `derived`: what the record answers by itself, and what that `rests_on`, said in `derivation`; `facts` follow from
    the record about it, `entries` of it speak of it, `exhibits` are on offer. `finding`: None while no agent answered.
    """

    party: Role
    item: str
    name: str
    level: Level | None
    state: ItemState
    state_text: str
    derived: FindingValue | None
    rests_on: RestsOn | None
    derivation: str
    facts: list[FactOut]
    entries: list[str]
    exhibits: list[int]
    finding: SheetFindingOut | None


class SheetAssessmentOut(msgspec.Struct, kw_only=True):
    """What was found about a line as a whole, or what its reason means by itself (`is_assumed`)."""

    ground: Ground
    severity: Severity
    deception: Deception
    cause: Cause
    returnable: bool
    other_worth: int | None
    text: str
    is_assumed: bool


class SheetJudgementOut(msgspec.Struct, kw_only=True):
    """What a line would be judged as, or was: for whom, by which rule, because of what, with which remedy.

    `because` and `passed_over` are sentences. `risk_rule`: the row of the return-risk table (empty: nothing goes back).
    """

    decision: Decision
    rule: str
    because: list[str]
    passed_over: list[str]
    kind: RemedyKind | None
    amount: int
    ground: Ground
    cause: Cause
    deception: Deception
    risk_rule: str
    freight_bearer: Role


class SheetRuleOut(msgspec.Struct, kw_only=True):
    """A rule that there is for a line, whether it applies, and why.

    `name` is what people call it, `text` the rule in a sentence, `reason` why in another. `bearers`: who bears which
    issue, in words `bearing`, by a row of the return-risk table (S22 to S25), which is for a `ground` and, where
    `aggravated`, for its graver form.
    """

    rule: str
    name: str
    text: str
    applies: Applies
    why: Why | None
    reason: str
    ground: Ground | None
    aggravated: bool
    bearers: dict[ReturnIssue, Role] | None
    bearing: str


class SheetLineOut(msgspec.Struct, kw_only=True):
    """One claimed line: what is asked, every item, the assessment, the judgement as it would stand, every rule.

    `asked` of at most `most` can go back. `unanswered` counts the items that nothing answers yet; `needs_assessment`:
    the judgement waits for one. `judgement` is None until nothing is missing.
    """

    line_id: str
    units: list[int]
    type: RequestType
    reason: Reason
    asked: int
    most: int
    items: list[SheetItemOut]
    unanswered: int
    assessment: SheetAssessmentOut
    needs_assessment: bool
    judgement: SheetJudgementOut | None
    rules: list[SheetRuleOut]


class SheetOut(msgspec.Struct, kw_only=True):
    """One part of the case that is disputed or judged. `is_judged`: the judgements are in force.

    `command` judges it in this phase (empty: none does), and `not_now` says why the caller could not give it now.
    `after`: where each line would stand once judged, until when, and what silence would mean then.

    `stake`: what the judgement is about, and `second` whether a second person must confirm it. `drafted`: what waits
    for one, of `drafted_by`, or what would. `machine`: the class of the rulebook by which a machine may judge (empty:
    none); `hindrance` is why none does.
    """

    matter: int
    phase: Phase
    dispute: int
    due: datetime | None
    is_judged: bool
    total: int
    held: int
    lines: list[SheetLineOut]
    command: str
    not_now: NotNowOut | None
    after: list[ChangeOut]
    stake: int
    second: Second
    second_text: str
    drafted: list[DecidedLineOut]
    drafted_by: str
    machine: str
    hindrance: Hindrance | None
    machine_text: str


class WorksheetOut(msgspec.Struct, kw_only=True):
    """What an agent has before it judges, at `now` and on `version` of the case."""

    case_id: str
    version: int
    now: datetime
    language: str
    currency: str
    sheets: list[SheetOut]
