"""Cases as they travel: what one viewer sees of one. Amounts in minor units of the case's currency, instants in UTC."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from mufakat.api.wire.mirror import Name, mirror
from mufakat.core.claim import (
    Basis,
    Cause,
    Deception,
    Decision,
    Destination,
    FindingValue,
    Given,
    Ground,
    Level,
    MaterialKind,
    Reason,
    RemedyKind,
    RequestType,
    ReturnIssue,
    ReturnMethod,
    Severity,
    Stage,
)
from mufakat.core.commands import OpenRequest
from mufakat.core.parties import Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import LapseOutcome
from mufakat.core.remedies import StepCode
from mufakat.core.view import ViewerState


class _Out(msgspec.Struct):
    """What goes out."""


if TYPE_CHECKING:
    OpenCaseIn = Any
    OpenRequestIn = Any
else:
    OpenRequestIn = mirror(OpenRequest, name="OpenRequestIn")
    OpenCaseIn = msgspec.defstruct(
        "OpenCaseIn",
        [("order_id", Name)],
        bases=(OpenRequestIn,),
        forbid_unknown_fields=True,
        frozen=True,
        kw_only=True,
        module=__name__,
        namespace={"__doc__": OpenRequest.__doc__},
    )


def open_command(sent: Any) -> OpenRequest:
    """The request that was sent."""
    plain = {name: getattr(sent, name) for name in OpenRequest.__dataclass_fields__}
    return msgspec.convert(plain, OpenRequest, from_attributes=True)


class SolutionOut(_Out):
    """What an offer or an agreement would do. `amount` None: all that is due."""

    kind: RemedyKind
    amount: int | None
    text: str


class ProposalOut(_Out):
    """Terms that wait for the other side, until then."""

    by: Role
    until: datetime
    solution: SolutionOut


class ClaimLineOut(_Out):
    """One line of the request. `accept_until`: when the acceptance period of its reason ends (S26)."""

    line_id: str
    reason: Reason
    reason_code: str
    units: list[int]
    amount: int | None
    hidden: bool
    accept_until: datetime | None


class ExhibitOut(_Out):
    """Supporting material on the record. `href` shows a file, `views_href` lists what there is to see of it.

    `digest` is the SHA-256 of its bytes as they were handed in, in hex; what others see are copies without metadata.

    `refers_to`: the tracking number of TRACKING, the entry of the platform's record that RECORD refers to.
    """

    number: int
    by: Role
    item: str
    kind: MaterialKind
    stage: str
    lines: list[str]
    digest: str
    text: str
    refers_to: str
    carried: bool
    href: str | None
    views_href: str | None = None


class WindowOut(_Out):
    """Until when a party may hand in material."""

    party: Role
    until: datetime


class FindingOut(_Out):
    """The answer about one expected item. `by` and `text` are for the platform's own people."""

    line_id: str
    party: Role
    item: str
    value: FindingValue
    exhibit: int
    derived: FindingValue | None = None
    by: str = ""
    text: str = ""


class AssessmentOut(_Out):
    """What an agent found about a line as a whole."""

    line_id: str
    ground: Ground
    severity: Severity
    deception: Deception
    cause: Cause
    returnable: bool
    text: str = ""


class LineJudgementOut(_Out):
    """The judgement of one line: for whom, by which rule, why, and what did not apply (S15 to S17).

    `set_aside`: by which rule it would have been decided, where an agent decided otherwise; `rule` is OVERRIDE then.
    """

    line_id: str
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
    set_aside: str = ""


class DraftOut(_Out):
    """A judgement that waits for a second person, for agents to see: who drafted it, and what it would be.

    `reasons`: by line, why its drafter decided otherwise than derived; `paragraph`: the drafter's words for both sides.
    """

    by: str
    lines: list[LineJudgementOut]
    reasons: dict[str, str]
    paragraph: str


class ReturnPartOut(_Out):
    """What befell some units of a line on their way back. `bearer`, `rule` and `lowered` once that is decided."""

    line_id: str
    units: list[int]
    issue: ReturnIssue
    value_lost: int
    bearer: Role | None = None
    rule: str = ""
    lowered: int = 0


class ReportOut(_Out):
    """What the seller reports about a return; `parts` says which units it is about."""

    issue: ReturnIssue
    value_lost: int
    contested: bool
    parts: list[ReturnPartOut]


class ChargebackOut(_Out):
    """What a lost chargeback came to, and who bears it; SYSTEM is the platform. Each side sees what concerns it."""

    reference: str
    bearer: Role
    amount: int


class CarrierClaimOut(_Out):
    """What is claimed of the carrier of a return, for whom; `paid` None while it has not answered."""

    tracking: str
    issue: ReturnIssue
    amount: int
    bearer: Role
    paid: int | None


class RemedyStepOut(_Out):
    """A step of a remedy: who takes it, whether it is done, or is the one under way. What counts: remedies.md."""

    step: StepCode
    by: Role
    done: bool
    under_way: bool


class DutyOut(_Out):
    """What is due of a remedy: the step, from whom, until when, and the seconds that are left.

    `amount` is what is still to be paid, 0 for a step in goods. Nothing is due while a court's order suspends it.
    """

    matter: int
    step: StepCode
    waiting_for: list[Role]
    due: datetime
    seconds_left: int
    amount: int


class RemedyOut(_Out):
    """What is owed and how far it has come. `total` is what the customer gets where it is paid in money.

    `ordered` is owed in all as the payment provider knows it, `paid` what the customer has had by it, of which
    `advanced` was the platform's money; `recovered` of that the seller has paid back (None for the customer). `claimed`
    is what the seller says that it paid by itself, until the customer confirms or denies it; `paid_by_hand` what the
    customer confirmed. `destination` is where the money goes that was ordered, None before.
    """

    kind: RemedyKind
    basis: Basis
    total: int
    goods: int
    shipping: int
    freight: int
    freight_bearer: Role
    return_method: ReturnMethod | None
    return_tracking: str
    returned: bool
    report: ReportOut | None
    risk: ReturnIssue | None
    risk_parts: list[ReturnPartOut]
    out_tracking: str
    delivered_at: datetime | None
    performed: bool
    problem: bool
    in_money: bool
    deducting: bool
    ordered: int
    paid: int
    advanced: int
    recovered: int | None
    claimed: int
    paid_by_hand: int
    steps: list[RemedyStepOut]
    destination: Destination | None


class MatterOut(_Out):
    """A part of a case that runs as one. `on_silence` is what happens at `due` when nobody acts.

    `disputes` counts those raised here; `dispute` is the number of the last over all cases of the goods (S12).
    `carried` are the exhibits that were carried into it, in the order in which they are looked at, `carried_messages`
    the numbers of what was said before it (S4). `remind`: when whoever it waits for is reminded next. `debt` is what
    could not be collected in time and still is. `waits_for_bank`: chargebacks during which nothing is decided or paid.
    `automatic`: a machine judged; `machine`: the class of the rulebook by which one may judge the dispute, empty for
    none; `person_asked`: a party asked that none does. `draft` is for agents only.
    """

    number: int
    lines: list[str]
    phase: Phase
    state: ViewerState
    waiting_for: list[Role]
    due: datetime | None
    on_silence: LapseOutcome | None
    outcome: Outcome | None
    offer: SolutionOut | None
    proposal: ProposalOut | None
    disputes: int
    dispute: int
    carried: list[int]
    carried_messages: list[int]
    windows: list[WindowOut]
    findings: list[FindingOut]
    assessments: list[AssessmentOut]
    judgement: list[LineJudgementOut]
    enforceable: bool
    appeal_used: bool
    remedy: RemedyOut | None
    hold: int | None
    remind: list[datetime]
    debt: int
    waits_for_bank: list[str]
    chargebacks: list[ChargebackOut]
    carrier_claims: list[CarrierClaimOut]
    automatic: bool
    machine: str
    person_asked: bool
    draft: DraftOut | None


class ActionOut(_Out):
    """Something the viewer may do now. `mandatory`: the case waits for it, and `due` is when silence counts."""

    command: str
    matter: int
    due: datetime | None
    mandatory: bool
    href: str


class ExpectedOut(_Out):
    """A kind of material that is expected of a party (S6): for what stage, how much, whether it is there, until when.

    `line_id` is empty where it is about the whole matter. `ahead`: that stage has not begun, and the party can open it,
    with material, before `until`. One of a `group` is enough; the others are COVERED then. `asked_by` is AGENT where an
    agent asked for it, with what the agent wrote in `text` (S5). `known`: entries of the platform's record that speak
    of it (`GET /v1/cases/{case_id}/record`); where the platform's data settles it, `state` is KNOWN.
    """

    matter: int
    line_id: str
    party: Role
    item: str
    level: Level
    state: Given
    exhibits: list[int]
    until: datetime | None
    stage: Stage
    ahead: bool
    group: str
    asked_by: Role | None
    text: str
    known: list[str]


class CaseOut(_Out):
    """A case as one viewer sees it. `version` is the number of its last event, and what `ETag` and `If-Match` name."""

    case_id: str
    order_id: str
    customer_id: str
    seller_id: str
    currency: str
    type: RequestType
    state: ViewerState
    is_open: bool
    due: datetime | None
    version: int
    opened_at: datetime
    opened_by: Role
    changed_at: datetime
    policy: str
    lines: list[ClaimLineOut]
    matters: list[MatterOut]
    exhibits: list[ExhibitOut]
    available_actions: list[ActionOut]
    duties: list[DutyOut]
    expected_material: list[ExpectedOut]
    links: dict[str, str]


class EntryOut(_Out):
    """One thing that happened, in a sentence. `texts`: what a person wrote with it, if the viewer may read it."""

    number: int
    at: datetime
    by: Role
    event: str
    matter: int | None
    text: str
    texts: list[str]
    actor_id: str | None = None


class TimelineOut(_Out):
    """What happened in a case, oldest first, as far as the viewer may know of it."""

    case_id: str
    version: int
    language: str
    entries: list[EntryOut]


class DoneOut(_Out):
    """A command was accepted: what was recorded (nothing: no change), and the case as it stands now.

    `version` is the case's after this command; the case may have moved on since, where the answer is to a repeated key.
    """

    version: int
    recorded: list[EntryOut]
    case: CaseOut


class MessageOut(_Out):
    """What one side said to the other. `carried`: it was carried into a dispute (S4)."""

    number: int
    at: datetime
    by: Role
    text: str
    exhibits: list[int]
    carried: bool


class MessagesOut(_Out):
    """What was said in a case, oldest first."""

    case_id: str
    version: int
    messages: list[MessageOut]


class EventOut(_Out):
    """An event as it stands in the log. `body` is the stored text, so that anybody can check the chain of hashes:

    `hash` is the SHA-256 of `previous` (as bytes) followed by the bytes of `body`; both hexadecimal.
    """

    number: int
    body: str
    hash: str
    previous: str


class EventsOut(_Out):
    """Events of a case after a number, oldest first. `next` is the number to go on from."""

    case_id: str
    events: list[EventOut]
    next: int


class CaseRowOut(_Out):
    """A case in a list."""

    case_id: str
    order_id: str
    customer_id: str
    seller_id: str
    currency: str
    type: RequestType
    phases: list[Phase]
    state: ViewerState
    is_open: bool
    due: datetime | None
    version: int
    asked: int
    held: int | None
    ordered: int
    paid: int
    opened_at: datetime
    changed_at: datetime
    href: str


class CasesOut(_Out):
    """A page of a list. `next` is the cursor of the page after it, None at the end."""

    cases: list[CaseRowOut]
    next: str | None
