"""A case before one viewer: everything in it that the viewer may see, and nothing else.

What the customer and the seller may know is said in `core/sight.py` and `core/view.py`; here it is only laid out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mufakat.api import held
from mufakat.api.addresses import order_href
from mufakat.api.principals import Principal
from mufakat.api.wire import cases as w
from mufakat.core import claim, remedies, view
from mufakat.core import events as e
from mufakat.core.case import Case, Matter, Proposal
from mufakat.core.expected import expected_material
from mufakat.core.order import OrderState
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Policy
from mufakat.core.preview import as_of
from mufakat.core.sight import sees, sees_all, sees_borne, sees_findings, sees_hold, written
from mufakat.core.words import Language
from mufakat.core.words.events import tell
from mufakat.store.records import CaseRow, Loaded

TALK: Final = (e.RequestOpened, e.MessageSent, e.RequestRejected, e.AskedAgain)
"""Events with which one side says something to the other."""

FORGOTTEN: Final = ""
"""What stands in place of a text whose case was forgotten."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A case before one viewer. `texts`: what people wrote, by hash. `now`: the marketplace's moment (UTC).

    `who` views it, where more than the role is known; `work`: what they have in it, as `held.work_in` says.
    """

    case: Case
    order: OrderState
    policy: Policy
    role: Role
    now: datetime
    texts: Mapping[str, str]
    who: Principal | None = None
    work: held.Work | None = None

    def text(self, hash_: str) -> str:
        """What a person wrote."""
        return self.texts.get(hash_, FORGOTTEN)

    def out(self) -> w.CaseOut:
        """The case as it stands now: what is due has happened, whether the clock has fired yet or not (reading 13)."""
        case = as_of(self.case, self.order, self.policy, self.now)
        href = f"/v1/cases/{case.case_id}"
        actions = self._actions(case)
        return w.CaseOut(
            case_id=case.case_id,
            order_id=case.order_id,
            customer_id=case.customer_id,
            seller_id=case.seller_id,
            currency=case.currency,
            type=case.type,
            state=view.viewer_state(case, self.role),
            is_open=case.is_open,
            due=case.due,
            version=self.case.number,
            opened_at=case.opened_at,
            opened_by=case.opened_by,
            changed_at=self.case.last_at or case.opened_at,
            policy=case.policy,
            lines=[_line(case, each) for each in case.lines],
            matters=[self._matter(each) for each in case.matters],
            exhibits=self._exhibits(case),
            available_actions=[
                w.ActionOut(a.command, a.matter, a.due, a.mandatory, f"{href}/commands") for a in actions
            ],
            duties=[_duty(each) for each in remedies.duties(case, self.now)],
            expected_material=self._expected(case),
            links={
                "self": href,
                "commands": f"{href}/commands",
                "preview": f"{href}/preview",
                "messages": f"{href}/messages",
                "record": f"{href}/record",
                "statements": f"{href}/statements",
                "timeline": f"{href}/timeline",
                "order": order_href(case.order_id),
            }
            | ({name: f"{href}/{name}" for name in ("signals", "worksheet")} if self.role is Role.AGENT else {}),
        )

    def _actions(self, case: Case) -> list[view.Action]:
        """What the viewer may do now: what the process table allows, of work only what is in their hand."""
        if self.who is None:
            return view.available_actions(case, self.role, self.now)
        drafted = {each.number: each.draft.by for each in case.matters if each.draft is not None}
        found = view.available_actions(case, self.role, self.now, self.who.id)
        return [each for each in found if held.is_offered(self.who, self.work, each, drafted.get(each.matter, ""))]

    def wanted_texts(self) -> list[str]:
        """The hashes of the texts that the case shows."""
        found = [each.material.text for each in self.case.exhibits]
        for matter in self.case.matters:
            found += [each.text for each in matter.findings]
            found += [each.text for each in matter.assessments]
            found += [each.text for each in matter.asked]
            if matter.draft is not None and sees_all(self.role):
                found += [matter.draft.paragraph, *(each.text for each in matter.draft.overrides)]
            solutions = [matter.offer, matter.proposal.solution if matter.proposal else None]
            found += [each.text for each in solutions if each is not None]
        return [each for each in found if each]

    def _matter(self, matter: Matter) -> w.MatterOut:
        waited = view.waited_for(matter)
        return w.MatterOut(
            number=matter.number,
            lines=list(matter.lines),
            phase=matter.phase,
            state=view.matter_state(matter, self.role),
            waiting_for=[role for role in Role if role in waited],
            due=matter.due,
            on_silence=matter.lapse if matter.is_open else None,
            outcome=matter.outcome,
            offer=self._solution(matter.offer),
            proposal=self._proposal(matter.proposal),
            disputes=matter.disputes,
            dispute=matter.dispute,
            carried=list(matter.carried),
            carried_messages=list(matter.carried_said),
            windows=[w.WindowOut(each.party, each.until) for each in matter.windows],
            findings=self._findings(matter),
            assessments=self._assessments(matter),
            judgement=[_judgement(each) for each in matter.judgement],
            enforceable=matter.enforceable,
            appeal_used=matter.appeal_used,
            remedy=_remedy(matter, self.role),
            hold=matter.hold if sees_hold(self.role) else None,
            remind=list(matter.remind),
            debt=matter.debt,
            waits_for_bank=list(matter.frozen),
            chargebacks=[
                w.ChargebackOut(each.reference, each.bearer, each.amount)
                for each in matter.charged
                if sees_borne(each.bearer, self.role)
            ],
            carrier_claims=[
                w.CarrierClaimOut(each.tracking, each.issue, each.amount, each.bearer, each.paid)
                for each in matter.carrier_claims
                if sees_all(self.role) or each.bearer is self.role
            ],
            automatic=matter.automatic,
            machine=matter.machine,
            person_asked=matter.person_asked,
            draft=self._draft(matter),
        )

    def _draft(self, matter: Matter) -> w.DraftOut | None:
        draft = matter.draft
        if draft is None or not sees_all(self.role):
            return None
        reasons = {each.line_id: self.text(each.text) for each in draft.overrides}
        return w.DraftOut(draft.by, [_judgement(each) for each in draft.lines], reasons, self.text(draft.paragraph))

    def _solution(self, solution: claim.Solution | None) -> w.SolutionOut | None:
        if solution is None:
            return None
        return w.SolutionOut(solution.kind, solution.amount, self.text(solution.text))

    def _proposal(self, proposal: Proposal | None) -> w.ProposalOut | None:
        if proposal is None:
            return None
        solution = w.SolutionOut(proposal.solution.kind, proposal.solution.amount, self.text(proposal.solution.text))
        return w.ProposalOut(proposal.by, proposal.until, solution)

    def _findings(self, matter: Matter) -> list[w.FindingOut]:
        if not sees_findings(matter, self.role):
            return []
        inside = sees_all(self.role)
        return [
            w.FindingOut(
                line_id=each.line_id,
                party=each.party,
                item=each.item,
                value=each.value,
                exhibit=each.exhibit,
                derived=each.derived if inside else None,
                by=each.by if inside else "",
                text=self.text(each.text) if inside else "",
            )
            for each in matter.findings
        ]

    def _assessments(self, matter: Matter) -> list[w.AssessmentOut]:
        inside = sees_all(self.role)
        if not inside and not sees_findings(matter, self.role):
            return []
        return [
            w.AssessmentOut(
                line_id=each.line_id,
                ground=each.ground,
                severity=each.severity,
                deception=each.deception,
                cause=each.cause,
                returnable=each.returnable,
                text=self.text(each.text) if inside else "",
            )
            for each in matter.assessments
        ]

    def _exhibits(self, case: Case) -> list[w.ExhibitOut]:
        carried = {number for matter in case.matters for number in matter.carried}
        role = Role.AGENT if sees_all(self.role) else self.role
        return [
            w.ExhibitOut(
                number=each.number,
                by=each.giver,
                item=each.material.item,
                kind=each.material.kind,
                stage=each.stage,
                lines=list(each.material.lines),
                digest=each.material.digest,
                text=self.text(each.material.text),
                refers_to=each.material.refers_to,
                carried=each.number in carried,
                href=_file(case, each),
                views_href=_file(case, each, "/views"),
            )
            for each in view.visible_exhibits(case, role)
        ]

    def _expected(self, case: Case) -> list[w.ExpectedOut]:
        """Each side its own list (S6); the platform both."""
        parties = PARTIES if sees_all(self.role) else (self.role,)
        return [
            w.ExpectedOut(
                matter=x.matter,
                line_id=x.line_id,
                party=x.party,
                item=x.item,
                level=x.level,
                state=x.state,
                exhibits=list(x.exhibits),
                until=x.until,
                stage=x.stage,
                ahead=x.ahead,
                group=x.group,
                asked_by=x.asked_by,
                text=self.text(x.text),
                known=list(x.known),
            )
            for party in parties
            for x in expected_material(case, self.order, self.policy, party, self.now)
        ]


def entries(
    recorded: tuple[e.Recorded, ...],
    role: Role,
    language: Language,
    zone: str,
    currency: str,
    texts: Mapping[str, str],
) -> list[w.EntryOut]:
    """Events in sentences, as far as the role may know of them. Who of the platform acted is for the platform."""
    return [
        w.EntryOut(
            number=each.number,
            at=each.at,
            by=each.actor.role,
            event=e.NAMES[type(each.event)],
            matter=getattr(each.event, "matter", None),
            text=tell(each, language, zone, currency),
            texts=[texts.get(hash_, FORGOTTEN) for hash_ in written(each.event, role)],
            actor_id=each.actor.id if sees_all(role) else None,
        )
        for each in recorded
        if sees(each.event, role)
    ]


@dataclass(frozen=True, slots=True)
class Said:
    """What one side said to the other; `text` is the hash of what it wrote."""

    number: int
    at: datetime
    by: Role
    text: str
    exhibits: list[int]


def messages(recorded: tuple[e.Recorded, ...]) -> list[Said]:
    """What was said, oldest first: what the request and each message said, with the material that came with them."""
    found: list[Said] = []
    for each in recorded:
        if isinstance(each.event, TALK):
            found.append(Said(each.number, each.at, each.actor.role, each.event.text, []))
            continue
        came_with = found and (each.at, each.actor.role) == (found[-1].at, found[-1].by)
        if isinstance(each.event, e.MaterialGiven) and came_with:
            found[-1].exhibits.append(each.event.exhibit.number)
    return found


def row(case: CaseRow, role: Role) -> w.CaseRowOut:
    """A case in a list."""
    return w.CaseRowOut(
        case_id=case.case_id,
        order_id=case.order_id,
        customer_id=case.customer_id,
        seller_id=case.seller_id,
        currency=case.currency,
        type=claim.RequestType(case.type),
        phases=[Phase(each) for each in case.phases],
        state=view.row_state(case.phases, role),
        is_open=case.is_open,
        due=case.due,
        version=case.number,
        asked=case.asked,
        held=case.held if sees_hold(role) else None,
        ordered=case.ordered,
        paid=case.paid,
        opened_at=case.opened_at,
        changed_at=case.changed_at,
        href=f"/v1/cases/{case.case_id}",
    )


def moment_of(loaded: Loaded, real: datetime) -> datetime:
    """The marketplace's moment, never before what the case has seen."""
    now = loaded.marketplace.at(real)
    last = loaded.case.last_at if loaded.case is not None else None
    return now if last is None else max(now, last)


def _line(case: Case, line: claim.ClaimLine) -> w.ClaimLineOut:
    return w.ClaimLineOut(
        line_id=line.line_id,
        reason=line.reason,
        reason_code=line.reason_code,
        units=list(line.units),
        amount=line.amount,
        hidden=line.hidden,
        accept_until=case.accept_until.get(line.line_id),
    )


def _judgement(line: claim.LineJudgement) -> w.LineJudgementOut:
    return w.LineJudgementOut(
        line_id=line.line_id,
        decision=line.decision,
        rule=line.rule,
        because=list(line.because),
        passed_over=list(line.passed_over),
        kind=line.kind,
        amount=line.amount,
        ground=line.ground,
        cause=line.cause,
        deception=line.deception,
        risk_rule=line.risk_rule,
        freight_bearer=line.freight_bearer,
        set_aside=line.set_aside,
    )


def _duty(duty: remedies.Duty) -> w.DutyOut:
    waits = [role for role in Role if role in duty.waits_for]
    return w.DutyOut(duty.matter, duty.step, waits, duty.due, duty.seconds_left, duty.amount)


def _remedy(matter: Matter, role: Role) -> w.RemedyOut | None:
    remedy = matter.remedy
    if remedy is None:
        return None
    report = remedy.report
    return w.RemedyOut(
        kind=remedy.kind,
        basis=remedy.basis,
        total=remedy.total,
        goods=remedy.goods,
        shipping=remedy.shipping,
        freight=remedy.freight,
        freight_bearer=remedy.freight_bearer,
        return_method=remedy.method,
        return_tracking=remedy.tracking,
        returned=remedy.returned,
        report=None
        if report is None
        else w.ReportOut(
            report.issue,
            report.value_lost,
            report.contested,
            [w.ReturnPartOut(x.line_id, list(x.units), x.issue, x.value_lost) for x in report.parts],
        ),
        risk=remedy.risk,
        risk_parts=[
            w.ReturnPartOut(x.line_id, list(x.units), x.issue, x.value_lost, x.bearer, x.rule, x.lowered)
            for x in remedy.risk_parts
        ],
        out_tracking=remedy.out_tracking,
        delivered_at=remedy.delivered_at,
        performed=remedy.performed,
        problem=remedy.problem,
        in_money=remedy.in_money,
        deducting=remedy.deducting,
        ordered=remedy.ordered,
        paid=remedy.paid,
        advanced=remedy.advanced,
        recovered=remedy.recovered if sees_hold(role) else None,
        claimed=remedy.claimed,
        paid_by_hand=sum(amount for _, amount in remedy.outside),
        steps=[w.RemedyStepOut(x.step, x.by, x.done, x.under_way) for x in remedies.progress(matter)],
        destination=remedy.destination if remedy.ordered else None,
    )


def _file(case: Case, exhibit: claim.Exhibit, below: str = "") -> str | None:
    material = exhibit.material
    if material.kind is not claim.MaterialKind.FILE or not material.digest:
        return None
    return f"/v1/cases/{case.case_id}/files/{material.digest}{below}"
