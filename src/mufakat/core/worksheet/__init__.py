"""The worksheet: what an agent has before it judges, how the judgement would stand, and why (S7, S15 to S17). Pure.

Theory of operation. For each part of a case that is disputed or judged it lists every expected item of each party and
of the platform's data, what the record answers by itself and on what that rests, what was answered, and what is still
open. What each line would be judged as comes from the very function by which `Judge` judges, and what would follow
from trying that command on the case; nothing is worked out twice, and nothing is stored.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from mufakat.core import commands as c
from mufakat.core.case import Case, Matter
from mufakat.core.claim import ClaimLine, Finding, FindingValue, Level, Override
from mufakat.core.decide import Decided, step
from mufakat.core.decide.automatic import Hindrance, hindrance
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.overriding import needs_second, stake
from mufakat.core.decide.prospect import derived_value, exhibits_for, items_of, prospect
from mufakat.core.decide.worth import asked_shares, full_shares
from mufakat.core.derived import Derived, derived
from mufakat.core.judgement import assumed
from mufakat.core.order import OrderState
from mufakat.core.parties import Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Policy
from mufakat.core.preview import Change, as_of, preview
from mufakat.core.process import APPEAL, DISPUTE
from mufakat.core.record import arrival, delivery_refs, known_for
from mufakat.core.refusals import Refusal
from mufakat.core.worksheet.model import (
    RETURN_AS_ASKED,
    RETURN_BY_RULE,
    Applies,
    Item,
    ItemState,
    Line,
    RestsOn,
    RuleRow,
    Second,
    Sheet,
    Why,
    Worksheet,
)
from mufakat.core.worksheet.rules import judged_rows, rule_rows

__all__ = [
    "RETURN_AS_ASKED",
    "RETURN_BY_RULE",
    "Applies",
    "Hindrance",
    "Item",
    "ItemState",
    "Line",
    "RestsOn",
    "RuleRow",
    "Second",
    "Sheet",
    "Why",
    "Worksheet",
    "blinded",
    "supposed",
    "worksheet",
]

UNDECIDED: Final = (*DISPUTE, *APPEAL)
"""Phases in which a judgement is still to come."""

JUDGING: Final[dict[Phase, type[c.Judge | c.DecideAppeal]]] = {
    Phase.DECIDING: c.Judge,
    Phase.APPEAL_DECIDING: c.DecideAppeal,
}
"""The command that judges, by phase."""


def worksheet(
    case: Case,
    order: OrderState,
    policy: Policy,
    agent: Actor,
    now: datetime,
    overrides: tuple[Override, ...] = (),
) -> Worksheet:
    """The worksheet of a case for an agent at `now` (UTC), what is due by then having happened.

    overrides: what the agent would decide otherwise than derived.
    """
    stands = as_of(case, order, policy, now)
    making = _Making(Draft(stands, order, policy, agent, now), derived(order, stands, policy, now), overrides)
    sheets = (making.sheet(matter) for matter in stands.matters if matter.phase in UNDECIDED or matter.judgement)
    return Worksheet(case.case_id, case.number, now, case.currency, tuple(sheets))


def supposed(
    case: Case,
    order: OrderState,
    policy: Policy,
    agent: Actor,
    now: datetime,
    given: c.RecordFindings,
    overrides: tuple[Override, ...] = (),
) -> Worksheet | Refusal:
    """The worksheet as it would be with these answers and assessments, or the refusal that recording them would meet.

    overrides: what the agent would decide otherwise than derived; `not_now` says where that cannot be. `version` is
    still that of the case as it is: nothing was recorded.
    """
    tried = step(case, order, given, agent, policy, now, case.case_id)
    if isinstance(tried, Refusal):
        return tried
    return replace(worksheet(tried.case, order, policy, agent, now, overrides), version=case.number)


def blinded(case: Case, agent: Actor) -> Case:
    """The case without what others found and judged, for an agent who is to judge by itself.

    Assessments do not tell who made them, so none is left. What the record answers by itself stays to be derived.
    """
    return replace(
        case,
        matters=tuple(
            replace(
                matter,
                findings=tuple(f for f in matter.findings if f.by == agent.id),
                assessments=(),
                judgement=(),
                judges=(),
                draft=None,
            )
            for matter in case.matters
        ),
    )


class _Making:
    """One worksheet in the making."""

    def __init__(self, d: Draft, facts: tuple[Derived, ...], overrides: tuple[Override, ...]) -> None:
        self._d, self._facts, self._overrides = d, facts, overrides

    def sheet(self, matter: Matter) -> Sheet:
        """One part of the case."""
        lines = tuple(self._line(matter, self._d.case.line(line)) for line in matter.lines)
        judged = tuple(line.judgement for line in lines if line.judgement is not None)
        overrides = self._overrides_of(matter)
        command, tried = self._judging(matter, overrides)
        drafted = matter.draft
        if isinstance(tried, Decided):
            drafted = tried.case.matter(matter.number).draft or drafted
        at_stake = stake(self._d, matter.number, judged if drafted is None else drafted.lines)
        return Sheet(
            number=matter.number,
            phase=matter.phase,
            dispute=matter.dispute,
            due=matter.due,
            is_judged=matter.phase not in UNDECIDED,
            total=sum(each.amount for each in judged),
            held=matter.hold,
            lines=lines,
            command=command,
            not_now=tried if isinstance(tried, Refusal) else None,
            after=self._after(matter, tried) if isinstance(tried, Decided) else (),
            stake=at_stake,
            second=self._second(at_stake, overrides if matter.draft is None else matter.draft.overrides),
            drafted=() if drafted is None else drafted.lines,
            drafted_by="" if matter.draft is None else matter.draft.by,
            machine=matter.machine,
            hindrance=hindrance(self._d, matter.number),
        )

    def _overrides_of(self, matter: Matter) -> tuple[Override, ...]:
        """What is to be decided otherwise about this part; a line that no part has is left to each to refuse."""
        elsewhere = {line for each in self._d.case.matters if each is not matter for line in each.lines}
        return tuple(each for each in self._overrides if each.line_id not in elsewhere)

    def _second(self, at_stake: int, overrides: tuple[Override, ...]) -> Second:
        if overrides:
            return Second.OVERRIDDEN
        return Second.ABOVE_AMOUNT if needs_second(self._d, at_stake) else Second.NOT_NEEDED

    def _judging(self, matter: Matter, overrides: tuple[Override, ...]) -> tuple[str, Decided | Refusal | None]:
        """The command that judges or confirms here, and what came of trying it; None where there is none."""
        kind = JUDGING.get(matter.phase)
        if kind is None:
            return "", None
        confirming = c.ConfirmJudgement(matter.number)
        command = kind(matter.number, overrides=overrides) if matter.draft is None else confirming
        d = self._d
        tried = step(d.case, d.order, command, d.actor, d.policy, d.now, d.case.case_id)
        return type(command).__name__, tried

    def _after(self, matter: Matter, tried: Decided) -> tuple[Change, ...]:
        """Where each line of the part would then stand."""
        return tuple(each for each in preview(self._d.case, tried).matters if each.came_from == matter.number)

    def _line(self, matter: Matter, claim: ClaimLine) -> Line:
        d = self._d
        items = tuple(self._item(matter, claim, party, item) for party, item in items_of(d, claim))
        known = matter.assessment(claim.line_id)
        judged = matter.judged(claim.line_id)
        needs = False
        if matter.phase in UNDECIDED:
            found = prospect(d, matter.number, claim.line_id)
            judged, needs, rules = found.judgement, found.is_unassessed, rule_rows(d, matter, found)
        else:
            assert judged is not None, "a part that is neither undecided nor judged has no sheet"
            rules = judged_rows(d, judged)
        return Line(
            claim=claim,
            asked=asked_shares(d, (claim.line_id,))[0].amount,
            most=full_shares(d, (claim.line_id,))[0].amount,
            items=items,
            assessment=known or assumed(claim, d.policy),
            is_assumed=known is None,
            needs_assessment=needs,
            judgement=judged,
            rules=rules,
        )

    def _item(self, matter: Matter, claim: ClaimLine, party: Role, item: str) -> Item:
        d = self._d
        alone = derived_value(d, claim, party, item)
        exhibits = tuple(x.number for x in exhibits_for(d, claim.line_id, party, item))
        finding = matter.finding(claim.line_id, party, item)
        finding = finding if finding is not None and not finding.is_derived else None
        data = party is Role.SYSTEM
        entries = known_for(d.order, d.case, item, claim.line_id)
        if data:
            entries = delivery_refs(d.order, arrival(d.order, claim))
        rests_on = None if alone is None else RestsOn.DATA if data else RestsOn.NOTHING_GIVEN
        return Item(
            party=party,
            item=item,
            level=self._level(claim, party, item),
            state=_state(finding, alone),
            derived=alone,
            rests_on=rests_on,
            facts=self._about(claim, entries if data else (), exhibits),
            entries=entries,
            exhibits=exhibits,
            finding=finding,
        )

    def _level(self, claim: ClaimLine, party: Role, item: str) -> Level | None:
        rules = self._d.policy.expected(claim.reason, party)
        return next((rule.level for rule in rules if rule.item == item), None)

    def _about(self, claim: ClaimLine, entries: tuple[str, ...], exhibits: tuple[int, ...]) -> tuple[Derived, ...]:
        """What follows from the record about a line's delivery by these entries, and about these exhibits."""
        return tuple(
            fact
            for fact in self._facts
            if (fact.exhibit and fact.exhibit in exhibits)
            or (claim.line_id in fact.lines and fact.entries and set(fact.entries) <= set(entries))
        )


def _state(finding: Finding | None, alone: FindingValue | None) -> ItemState:
    if finding is None:
        return ItemState.OPEN if alone is None else ItemState.DERIVED
    if alone is None:
        return ItemState.FOUND
    return ItemState.CONFIRMED if finding.value is alone else ItemState.CHANGED
