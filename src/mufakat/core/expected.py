"""The list of expected material (S5, S6): by reason, party and stage; what is there, what is missing and until when.

Theory of operation. The rulebook says what is expected for a reason, and when goods come back. A part of a case stands
in one stage, and who can open the next one (a dispute, an appeal) sees that list before submitting anything. To it
comes what an agent asked for. What the platform's own data settles nobody need prove. Nothing here is stored.
"""

from dataclasses import dataclass
from datetime import datetime

from mufakat.core.case import Asked, Case, Matter
from mufakat.core.claim import ClaimLine, Exhibit, FindingValue, Given, Level, Stage
from mufakat.core.decide.dispute import line_fault
from mufakat.core.decide.draft import Draft
from mufakat.core.judgement import data_value
from mufakat.core.order import OrderState
from mufakat.core.parties import SYSTEM, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Policy
from mufakat.core.process import OWNERS
from mufakat.core.record import arrival, delivery_refs, known_for


@dataclass(frozen=True, slots=True)
class Expected:
    """One expected kind of material of a party: how much it is expected, what was given, until when more can be.

    `line_id` is empty where it is about the whole matter. `ahead`: the stage has not begun; it can be opened, with
    material, until then. `until` None: nothing can be handed in for it now. One of a `group` is enough (ONE_OR_MORE).
    `asked_by` is the agent's role where an agent asked for it, with that text's hash. `known`: entries of the
    platform's record that speak of it (`R3`).
    """

    matter: int
    line_id: str
    party: Role
    item: str
    level: Level
    state: Given
    exhibits: tuple[int, ...]
    until: datetime | None
    stage: Stage
    ahead: bool = False
    group: str = ""
    asked_by: Role | None = None
    text: str = ""
    known: tuple[str, ...] = ()


STAGES: dict[Phase, Stage] = {
    Phase.REVIEW: Stage.REQUEST,
    Phase.OFFERED: Stage.REQUEST,
    Phase.REJECTED: Stage.REQUEST,
    Phase.EVIDENCE: Stage.DISPUTE,
    Phase.DECIDING: Stage.DISPUTE,
    Phase.DISMISSED: Stage.DISPUTE,
    Phase.AWARDED: Stage.DISPUTE,
    Phase.LATE_APPEAL: Stage.DISPUTE,
    Phase.APPEAL_EVIDENCE: Stage.APPEAL,
    Phase.APPEAL_DECIDING: Stage.APPEAL,
    Phase.AWAITING_RETURN: Stage.RETURN,
    Phase.RETURNING: Stage.RETURN,
    Phase.INSPECTING: Stage.RETURN,
    Phase.REPORTED: Stage.RETURN,
    Phase.PARCEL_REJECTED: Stage.RETURN,
}
"""The stage of each phase; in the others nothing is expected any more."""

NEXT: dict[tuple[Phase, Role], Stage] = {
    (Phase.REJECTED, Role.CUSTOMER): Stage.DISPUTE,
    (Phase.PARCEL_REJECTED, Role.CUSTOMER): Stage.DISPUTE,
    (Phase.DISMISSED, Role.CUSTOMER): Stage.DISPUTE,
    (Phase.AWARDED, Role.SELLER): Stage.APPEAL,
    (Phase.LATE_APPEAL, Role.SELLER): Stage.APPEAL,
}
"""The stage that a role can open next, where it can."""

OF_RETURNS = ("INSPECTING", "REPORTED", "ASSESSING", "PARCEL_REJECTION", "PARCEL_REJECTED", "RETURN_REPORT")
"""Stages of exhibits that are about goods which came back."""


def expected_material(
    case: Case, order: OrderState, policy: Policy, party: Role, now: datetime | None = None
) -> list[Expected]:
    """A party's own list: what is expected of it, what is there, what is missing and until when (S6).

    now: the case's moment (UTC); without it that of its last event. First what an agent asked for (S5).
    """
    listing = _Listing(case, order, policy, party, now or case.last_at or case.opened_at)
    return [each for matter in case.matters for each in listing.of(matter)]


@dataclass(frozen=True, slots=True)
class _Listing:
    """One party's list in the making."""

    case: Case
    order: OrderState
    policy: Policy
    party: Role
    now: datetime

    def of(self, matter: Matter) -> list[Expected]:
        """What is expected about one part of the case."""
        stage = STAGES.get(matter.phase)
        if matter.phase is Phase.ASSESSING and matter.remedy is not None and matter.remedy.report is not None:
            stage = Stage.RETURN
        if stage is None:
            return []
        found = self._asked(matter) if stage is Stage.DISPUTE else []
        ahead = self._ahead(matter)
        if stage is Stage.RETURN and len(ahead) < len(matter.lines):
            found += self._returned(matter)
        for line_id in matter.lines:
            if line_id in ahead:
                found += self._line(matter, line_id, NEXT[matter.phase, self.party], matter.due, ahead=True)
            elif stage is not Stage.RETURN:
                found += self._line(matter, line_id, stage, self._until(matter, stage))
        return found

    def _ahead(self, matter: Matter) -> tuple[str, ...]:
        """The lines for which this party can open the next stage now."""
        stage = NEXT.get((matter.phase, self.party))
        if stage is Stage.APPEAL:
            return () if matter.appeal_used else matter.lines
        if stage is None or matter.agreed:
            return ()
        d = Draft(self.case, self.order, self.policy, SYSTEM, self.now)
        return tuple(line for line in matter.lines if line_fault(d, matter, line) is None)

    def _until(self, matter: Matter, stage: Stage) -> datetime | None:
        """Until when this party can hand something in, or answer with it."""
        if stage in (Stage.DISPUTE, Stage.APPEAL):
            return matter.window(self.party)
        return matter.due if self.party in OWNERS.get(matter.phase, ()) else None

    def _line(
        self, matter: Matter, line_id: str, stage: Stage, until: datetime | None, *, ahead: bool = False
    ) -> list[Expected]:
        """What the rulebook expects for a line's reason."""
        claim = self.case.line(line_id)
        settled = self._settled(claim) if self.party is Role.CUSTOMER else ()
        rules = [(rule.item, rule.level) for rule in self.policy.expected(claim.reason, self.party)]
        given = {item: self._given(item, (line_id,)) for item, _ in rules}
        return [
            Expected(
                matter=matter.number,
                line_id=line_id,
                party=self.party,
                item=item,
                level=level,
                state=_state(item, level, rules, given, settled=bool(settled)),
                exhibits=given[item],
                until=until,
                stage=stage,
                ahead=ahead,
                group=f"{stage}:{self.party}:{line_id}" if level is Level.ONE_OR_MORE else "",
                known=tuple(dict.fromkeys((*known_for(self.order, self.case, item, line_id), *settled))),
            )
            for item, level in rules
        ]

    def _settled(self, claim: ClaimLine) -> tuple[str, ...]:
        """The entries of the record that support a claim by themselves: nobody need prove it (S7, reading 2)."""
        rules = [rule for rule in self.policy.data if rule.reason is claim.reason]
        if not any(data_value(rule, self.order, claim) is FindingValue.VALID for rule in rules):
            return ()
        return delivery_refs(self.order, arrival(self.order, claim))

    def _returned(self, matter: Matter) -> list[Expected]:
        """What the rulebook expects when goods go back."""
        rules = [(rule.item, rule.level) for rule in self.policy.returned if rule.party is self.party]
        given = {item: self._given(item, matter.lines, OF_RETURNS) for item, _ in rules}
        return [
            Expected(
                matter=matter.number,
                line_id="",
                party=self.party,
                item=item,
                level=level,
                state=_state(item, level, rules, given),
                exhibits=given[item],
                until=self._until(matter, Stage.RETURN),
                stage=Stage.RETURN,
                group=f"{Stage.RETURN}:{self.party}:" if level is Level.ONE_OR_MORE else "",
                known=known_for(self.order, self.case, item, ""),
            )
            for item, level in rules
        ]

    def _asked(self, matter: Matter) -> list[Expected]:
        """What an agent asked this party for, in order (S5): only what came after counts as the answer."""
        return [self._asking(matter, asked) for asked in matter.asked if self.party in asked.parties]

    def _asking(self, matter: Matter, asked: Asked) -> Expected:
        given = tuple(number for number in self._given(asked.item, matter.lines) if number > asked.before)
        return Expected(
            matter=matter.number,
            line_id="",
            party=self.party,
            item=asked.item,
            level=Level.REQUIRED,
            state=Given.GIVEN if given else Given.MISSING,
            exhibits=given,
            until=matter.window(self.party),
            stage=Stage.DISPUTE,
            asked_by=Role.AGENT,
            text=asked.text,
            known=known_for(self.order, self.case, asked.item, matter.lines[0]),
        )

    def _given(self, item: str, lines: tuple[str, ...], stages: tuple[str, ...] = ()) -> tuple[int, ...]:
        """The numbers of what this party handed in under a name, about any of these lines."""
        return tuple(
            each.number
            for each in self.case.exhibits
            if each.giver is self.party and each.material.item == item and _is_about(each, lines, stages)
        )


def _is_about(exhibit: Exhibit, lines: tuple[str, ...], stages: tuple[str, ...]) -> bool:
    about = exhibit.material.lines
    return (not about or bool(set(about) & set(lines))) and (not stages or exhibit.stage in stages)


def _state(
    item: str,
    level: Level,
    rules: list[tuple[str, Level]],
    given: dict[str, tuple[int, ...]],
    *,
    settled: bool = False,
) -> Given:
    """Whether an item is there, or need not be."""
    if given[item]:
        return Given.GIVEN
    if settled:
        return Given.KNOWN
    group = [each for each, other in rules if other is Level.ONE_OR_MORE]
    covered = level is Level.ONE_OR_MORE and any(given[each] for each in group)
    return Given.COVERED if covered else Given.MISSING
