"""Filling in findings and judging, in a sandbox: from the side that is to be right to the commands that lead there.

Nothing is set: canned agents answer about the material that is there, assess the lines, and let the judgement be
derived, by the commands that agents give. What cannot be derived from the material and the platform's own data is
refused with why; the platform's data is never contradicted.
"""

from dataclasses import dataclass, field
from typing import Final

from mufakat.core import commands as c
from mufakat.core.case import Case, Matter
from mufakat.core.claim import (
    DERIVATION,
    Assessment,
    Cause,
    ClaimLine,
    Deception,
    Decision,
    Finding,
    FindingValue,
    Ground,
    Severity,
)
from mufakat.core.judgement import data_value, judge_line
from mufakat.core.order import OrderState
from mufakat.core.parties import CLOCK, PARTIES, Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Policy
from mufakat.core.process import APPEAL, DISPUTE
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.handle import Done, Engine
from mufakat.engine.sandbox.clock import find
from mufakat.store.records import Ask

AGENTS: Final = ("agent-sandbox", *(f"agent-sandbox-{number}" for number in range(2, 7)))
"""Who judges in a sandbox: the first who may, and as many as one matter can ever need, each with a second person."""
MOST_WINDOWS: Final = 4
"""Windows for material that are completed at most: each party's, and the seller's that opens after the customer's."""
RULES: Final = {"S15": Decision.FOR_CUSTOMER, "S16": Decision.FOR_SELLER, "S17": Decision.FOR_SELLER}
"""The rules by which a line is judged, and for whom."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The judgement that is wanted: for whom, or by which rule where that is for the seller.

    rule: S15, S16 or S17; empty for S15, or for the first of S16 and S17 that the material leads to. Ground, severity,
    deception, cause and returnable are what is found about each line; the reason's own where not given. `complete`
    ends open windows for material first, by the parties' own word. Raises ValueError for a rule of the other side.
    """

    decision: Decision
    rule: str = ""
    ground: Ground | None = None
    severity: Severity = Severity.MINOR
    deception: Deception = Deception.NONE
    cause: Cause | None = None
    returnable: bool = True
    complete: bool = False

    def __post_init__(self) -> None:
        if not self.rules:
            fitting = " or ".join(rule for rule, decision in RULES.items() if decision is self.decision)
            raise ValueError(f"{self.decision} is judged by {fitting}, not by {self.rule}")

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that would do, the first one first."""
        fitting = tuple(rule for rule, decision in RULES.items() if decision is self.decision)
        return tuple(rule for rule in fitting if self.rule in ("", rule))


@dataclass(frozen=True, slots=True)
class Stand:
    """A matter that is to be judged."""

    case: Case
    matter: Matter
    order: OrderState
    policy: Policy


@dataclass(slots=True)
class Plan:
    """The commands that lead to a judgement, or by which rule a line would be judged instead and why."""

    commands: list[c.Command] = field(default_factory=list)
    instead: tuple[str, str, str] | None = None


async def judge(engine: Engine, marketplace: str, case_id: str, wanted: Wanted, matter: int = 0) -> Done | Refusal:
    """Record findings and assessments, then judge, or decide the appeal; the judgement is the wanted one.

    matter: which one, 0 for the only one that the platform has. Refusals: NOT_A_SANDBOX, NO_SUCH_CASE, NO_SUCH_MATTER,
    WRONG_PHASE where nothing is to be judged or material may still come, WHICH_MATTER, NOT_DERIVABLE where the material
    leads to another judgement, and those of the commands. Raises StoreLost.
    """
    place = await find(engine, marketplace)
    if isinstance(place, Refusal):
        return place
    row = await engine.store.find_case(marketplace, case_id)
    if row is None:
        return Refusal(Code.NO_SUCH_CASE, (("case", case_id),))
    return await Judging(engine, marketplace, row.order_id, case_id).judge(wanted, matter)


class Judging:
    """One case of a sandbox that is being judged."""

    def __init__(self, engine: Engine, marketplace: str, order_id: str, case_id: str) -> None:
        self._engine, self._where = engine, (marketplace, order_id, case_id)

    async def judge(self, wanted: Wanted, number: int) -> Done | Refusal:
        """See `judge` above."""
        await self._engine.handle(*self._where, c.Lapse(), CLOCK)  # what is due has happened; mostly nothing is
        stand = await self._stand(number)
        for _ in range(MOST_WINDOWS):
            if isinstance(stand, Refusal) or not (wanted.complete and stand.matter.windows):
                break
            refusal = await self._complete(stand)
            stand = refusal or await self._stand(stand.matter.number)
        if isinstance(stand, Refusal):
            return stand
        command = c.DecideAppeal if stand.matter.phase in APPEAL else c.Judge
        if stand.matter.phase not in (Phase.DECIDING, Phase.APPEAL_DECIDING):
            return Refusal(Code.WRONG_PHASE, (("phase", stand.matter.phase), ("command", command.__name__)))
        plan = _plan(stand, wanted)
        if plan.instead is not None:
            line, rule, why = plan.instead
            asked = " or ".join(wanted.rules)
            return Refusal(Code.NOT_DERIVABLE, (("line", line), ("wanted", asked), ("rule", rule), ("why", why)))
        return await self._give([*plan.commands, command(stand.matter.number)], stand.matter)

    async def _stand(self, number: int) -> Stand | Refusal:
        """The matter that is to be judged, as it stands."""
        loaded = await self._engine.store.load(Ask(*self._where))
        if loaded is None or loaded.case is None or loaded.policy is None:
            return Refusal(Code.NO_SUCH_CASE, (("case", self._where[2]),))
        case = loaded.case
        if number > len(case.matters) or number < 0:
            return Refusal(Code.NO_SUCH_MATTER, (("matter", str(number)),))
        here = [m for m in case.matters if m.phase in (*DISPUTE, *APPEAL) and number in (0, m.number)]
        if len(here) > 1:
            return Refusal(Code.WHICH_MATTER, (("matters", ", ".join(str(m.number) for m in here)),))
        if not here:
            phase = ", ".join(str(m.phase) for m in case.matters if number in (0, m.number))
            return Refusal(Code.WRONG_PHASE, (("phase", phase), ("command", c.Judge.__name__)))
        return Stand(case, here[0], loaded.order, loaded.policy)

    async def _complete(self, stand: Stand) -> Refusal | None:
        """End one open window, by the word of the party whose it is."""
        ids = {Role.CUSTOMER: stand.case.customer_id, Role.SELLER: stand.case.seller_id}
        party = stand.matter.windows[0].party
        command = c.CompleteMaterial(stand.matter.number)
        answer = await self._engine.handle(*self._where, command, Actor(party, ids[party]))
        return answer if isinstance(answer, Refusal) else None

    async def _give(self, commands: list[c.Command], matter: Matter) -> Done | Refusal:
        """Give commands one after the other, the last confirmed by a second agent where that is needed.

        The last answer, or the first refusal.
        """
        agent, second = (Actor(Role.AGENT, each) for each in _agents(matter))
        first, *others = commands
        answer = await self._engine.handle(*self._where, first, agent)
        for command in others:
            if isinstance(answer, Refusal):
                break
            answer = await self._engine.handle(*self._where, command, agent)
        if isinstance(answer, Refusal) or answer.case.matter(matter.number).draft is None:
            return answer
        return await self._engine.handle(*self._where, c.ConfirmJudgement(matter.number), second)


def _agents(matter: Matter) -> tuple[str, str]:
    """Two agents who may decide this: nobody who judged before."""
    first, second, *_ = (each for each in AGENTS if each not in matter.judges)
    return first, second


def _plan(stand: Stand, wanted: Wanted) -> Plan:
    """The first rule that every line can be judged by, with its commands; else what stands against the first one."""
    plans = [_by(stand, wanted, rule) for rule in wanted.rules]
    return next((plan for plan in plans if plan.instead is None), plans[0])


def _by(stand: Stand, wanted: Wanted, rule: str) -> Plan:
    plan = Plan()
    for line_id in stand.matter.lines:
        claim = stand.case.line(line_id)
        findings, commands = _findings(stand, claim, rule)
        found = _assessment(stand, claim, wanted)
        verdict = judge_line(claim, findings, found, stand.policy)
        if verdict.rule != rule:
            plan.instead = (line_id, verdict.rule, "; ".join(verdict.because or verdict.passed_over))
            return plan
        plan.commands += [*commands, c.AssessLine(found, stand.matter.number)]
    return plan


def _findings(stand: Stand, claim: ClaimLine, rule: str) -> tuple[list[Finding], list[c.Command]]:
    """Every finding of a line as it will be, and the commands for those that the record does not answer by itself."""
    values = {
        Role.CUSTOMER: FindingValue.INSUFFICIENT if rule == "S17" else FindingValue.VALID,
        Role.SELLER: FindingValue.INSUFFICIENT if rule == "S15" else FindingValue.VALID,
    }
    findings, commands = list[Finding](), list[c.Command]()
    for party in PARTIES:
        for item in (each.item for each in stand.policy.expected(claim.reason, party)):
            exhibit = _last_exhibit(stand, claim, party, item)
            value = values[party] if exhibit else FindingValue.MISSING
            findings.append(Finding(claim.line_id, party, item, value, AGENTS[0], exhibit=exhibit))
            if exhibit:
                commands.append(c.RecordFinding(claim.line_id, party, item, value, exhibit, stand.matter.number))
    for data in stand.policy.data:
        if data.reason is claim.reason:
            value = data_value(data, stand.order, claim)
            findings.append(Finding(claim.line_id, Role.SYSTEM, data.item, value, DERIVATION, value))
    return findings, commands


def _last_exhibit(stand: Stand, claim: ClaimLine, party: Role, item: str) -> int:
    """The number of the last piece of material of that name for a line; 0 for none."""
    given = [
        x.number
        for x in stand.case.exhibits
        if x.giver is party and x.material.item == item and (not x.material.lines or claim.line_id in x.material.lines)
    ]
    return given[-1] if given else 0


def _assessment(stand: Stand, claim: ClaimLine, wanted: Wanted) -> Assessment:
    """What is found about a line: as wanted, else what its reason means by itself."""
    meant = stand.policy.grounds[claim.reason]
    return Assessment(
        claim.line_id,
        wanted.ground or meant.ground,
        wanted.severity,
        wanted.deception,
        wanted.cause or meant.cause,
        wanted.returnable,
    )
