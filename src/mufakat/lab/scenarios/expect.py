"""What a scenario can expect: each key, how it is read, and where the answer is found."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.calendar import zone_of
from mufakat.core.case import Matter, Remedy
from mufakat.core.claim import Basis, Decision, Destination, Given, LineJudgement, RemedyKind
from mufakat.core.derived import derived
from mufakat.core.effects import JUDGED_BY_MACHINE, Effect, EffectKind, effects
from mufakat.core.expected import Expected, expected_material
from mufakat.core.parties import Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import ClockName, LapseOutcome
from mufakat.core.process import OWNERS
from mufakat.core.refusals import Code
from mufakat.core.view import available_actions
from mufakat.lab.scenarios.keys import FLAG, NONE, NUMBER, TEXT, WORDS, Key, choice, choices, moment_or, words_of
from mufakat.lab.scenarios.shape import Step
from mufakat.lab.scenarios.verbs import SINGLE
from mufakat.lab.scenarios.world import ImpossibleStepError, World

CAN: dict[str, dict[str, type]] = {
    who: {what: verb.command for what, verb in SINGLE[who][1].items()} for who in ("customer", "seller", "agent")
}
CAN["agent"] |= {"finds": c.RecordFinding, "assesses": c.AssessLine}
"""What each can do in a case, in the words of a step, and the command that it is."""

CLOSED, WAITS = "closed", "waits"
"""What stands for a party's window for material that is over, or that has not begun."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Where an expectation looks: the case, the part of it that a line is in, and what the last step added."""

    world: World
    case: int
    line: str

    @property
    def matter(self) -> Matter:
        """The part of the case."""
        return self.world.matter(self.case, self.line)

    @property
    def remedy(self) -> Remedy:
        """What is owed; raises ImpossibleStepError where nothing is."""
        remedy = self.matter.remedy
        if remedy is None:
            raise ImpossibleStepError("nothing is owed yet: no remedy was granted or judged")
        return remedy

    @property
    def judged(self) -> LineJudgement:
        """The judgement about the line, or the first of the part."""
        judged = self.matter.judged(self.line) if self.line else next(iter(self.matter.judgement), None)
        if judged is None:
            raise ImpossibleStepError("nothing was judged yet")
        return judged

    @property
    def claimed(self) -> str:
        """The line, or the first that was asked for."""
        return self.line or self.world.case(self.case).lines[0].line_id

    def latest(self, kind: type) -> Any:
        """The latest event of a kind in the case; raises ImpossibleStepError where there is none."""
        found = [each.event for each in self.world.logs.get(self.case, []) if isinstance(each.event, kind)]
        if not found:
            raise ImpossibleStepError(f"there was no {e.NAMES[kind]} yet")
        return found[-1]

    def local(self, at: datetime | None) -> datetime | str:
        """An instant as the market's clocks show it."""
        if at is None:
            return NONE
        return at.astimezone(zone_of(self.world.policy.zone)).replace(tzinfo=None)

    def window(self, role: Role) -> datetime | str:
        """Until when a party may hand in material."""
        until = self.matter.window(role)
        if until is not None:
            return self.local(until)
        return WAITS if role in self.matter.waiting_windows else CLOSED

    def last(self) -> list[e.Recorded]:
        """What the last step added to the case."""
        return self.world.last.get(self.case, [])

    def effects(self) -> list[Effect]:
        """What the last step tells the world."""
        case = self.world.case(self.case)
        return [effect for each in self.last() for effect in effects(each, case)]

    def told(self, role: Role) -> list[str]:
        """The notices of the last step to a role."""
        return [x.code for x in self.effects() if x.kind is EffectKind.NOTICE and x.to_role == role]

    def expected(self, role: Role, *, missing: bool) -> list[str]:
        """A party's list of material by the rulebook: name and level, or the names that are missing."""
        mine = [each for each in self.listed(role) if each.asked_by is None]
        if missing:
            return [each.item for each in mine if each.state is Given.MISSING]
        return [f"{each.item} {each.level}" for each in mine]

    def listed(self, role: Role) -> list[Expected]:
        """A party's list of material, about the line where one is named."""
        listed = expected_material(self.world.case(self.case), self.world.order, self.world.policy, role)
        return [each for each in listed if not self.line or each.line_id in ("", self.line)]

    def stages(self, role: Role) -> list[str]:
        """The stages that a party's list is for; those that have not begun are said to be ahead."""
        found = dict.fromkeys(f"{each.stage}{' ahead' if each.ahead else ''}" for each in self.listed(role))
        return list(found)

    def asked_of(self, role: Role) -> list[str]:
        """What an agent asked of a party: name and whether it is there."""
        return [f"{each.item} {each.state}" for each in self.listed(role) if each.asked_by is not None]

    def known(self, role: Role) -> list[str]:
        """Names of what the platform's own data settles, so that the party need not prove it."""
        return [each.item for each in self.listed(role) if each.state is Given.KNOWN]

    def platform_says(self) -> list[str]:
        """What follows from the platform's own record: a code, and its value where it counts something (S7)."""
        world = self.world
        found = derived(world.order, world.case(self.case), world.policy, world.now)
        return [each.code if each.value is None else f"{each.code} {each.value}" for each in found]

    def may(self, who: str) -> list[str]:
        """What somebody can do now, in the words of a step."""
        can = {each.command for each in available_actions(self.world.case(self.case), SINGLE[who][0])}
        return [what for what, command in CAN[who].items() if command.__name__ in can]


def _borne(seen: Seen) -> list[str]:
    return [f"{each.bearer} {each.amount}" for each in seen.matter.charged]


def _risk_parts(seen: Seen) -> list[str]:
    parts = seen.latest(e.RiskDecided).parts
    units = {id(each): ", ".join(str(unit) for unit in each.units) for each in parts}
    return [f"{x.line_id} {units[id(x)]}: {x.issue} {x.bearer} {x.rule} {x.lowered}" for x in parts]


def _carrier_claims(seen: Seen) -> list[str]:
    claims = seen.matter.carrier_claims
    return [f"{x.bearer} {x.amount}" + ("" if x.paid is None else f" paid {x.paid}") for x in claims]


Find = Callable[[Seen], object]


@dataclass(frozen=True, slots=True)
class Expectation:
    """How one key is checked: EQUAL to what is found, HOLDS all of it, LACKS all of it, or SAYS it somewhere."""

    key: Key
    find: Find
    check: str = "EQUAL"


def _none(value: object) -> object:
    return NONE if value is None else value


def _disputes(seen: Seen) -> int:
    """How many disputes were raised about the goods, in every case of the order (S12)."""
    line = seen.world.case(seen.case).line(seen.claimed)
    return max(seen.world.order.disputes(line.line_id, unit) for unit in line.units)


def _accept_until(seen: Seen) -> object:
    return seen.local(seen.world.case(seen.case).accept_until[seen.claimed])


def _carried(seen: Seen) -> list[str]:
    exhibits = {each.number: each for each in seen.world.case(seen.case).exhibits}
    return [f"{exhibits[n].giver} {exhibits[n].material.item}" for n in seen.matter.carried]


def _for_provider(seen: Seen) -> list[str]:
    told = [each for each in seen.effects() if each.kind not in (EffectKind.NOTICE, EffectKind.JUDGE)]
    return [_told_provider(each) for each in told]


def _for_machine(seen: Seen) -> bool:
    """Whether the last step asks the machine to judge."""
    return any(each.kind is EffectKind.JUDGE for each in seen.effects())


def _told_provider(effect: Effect) -> str:
    """What the provider is told: the total, PLATFORM where it is the platform's money, BALANCE where that is open."""
    how = [str(effect.amount)] if effect.amount else []
    how += ["PLATFORM"] if effect.funding == "PLATFORM" else []
    how += ["BALANCE"] if effect.debit else []
    return " ".join((str(effect.kind), *how))


def _remind(seen: Seen) -> object:
    return seen.local(seen.matter.remind[0] if seen.matter.remind else None)


def _awarded(seen: Seen) -> int:
    judged = seen.matter.judgement
    return sum(each.amount for each in judged if not seen.line or each.line_id == seen.line)


def _waits_for(seen: Seen) -> tuple[Role, ...]:
    return tuple(sorted(OWNERS.get(seen.matter.phase, frozenset())))


def _lapsed(seen: Seen) -> bool:
    return any(each.actor.role is Role.CLOCK for each in seen.last())


def _happened(seen: Seen) -> list[str]:
    return [e.NAMES[type(each.event)] for each in seen.last()]


NOTICES = (
    *e.EVENTS,
    JUDGED_BY_MACHINE,
    *(f"{why}.{phase.lower()}" for why in ("your_turn", "reminder") for phase in OWNERS),
)
"""Every notice that can stand in an inbox: something happened, it is one's turn, or one is reminded of that."""


EXPECTATIONS: dict[str, Expectation] = {
    "lapsed": Expectation(FLAG, _lapsed),
    "phase": Expectation(choice(Phase), lambda s: s.matter.phase),
    "outcome": Expectation(choice(Outcome, none=True), lambda s: s.matter.outcome),
    "due": Expectation(moment_or(NONE), lambda s: s.local(s.matter.due)),
    "remind": Expectation(moment_or(NONE), _remind),
    "clock": Expectation(choice(ClockName, none=True), lambda s: s.matter.clock),
    "silence": Expectation(choice(LapseOutcome, none=True), lambda s: s.matter.lapse),
    "waits_for": Expectation(choices(Role), _waits_for),
    "open": Expectation(FLAG, lambda s: s.world.case(s.case).is_open),
    "parts": Expectation(NUMBER, lambda s: len(s.world.case(s.case).matters)),
    "disputes": Expectation(NUMBER, _disputes),
    "accept_until": Expectation(moment_or(NONE), _accept_until),
    "customer_until": Expectation(moment_or(CLOSED, WAITS), lambda s: s.window(Role.CUSTOMER)),
    "seller_until": Expectation(moment_or(CLOSED, WAITS), lambda s: s.window(Role.SELLER)),
    "hold": Expectation(NUMBER, lambda s: s.matter.hold),
    "decision": Expectation(choice(Decision), lambda s: s.judged.decision),
    "rule": Expectation(TEXT, lambda s: s.judged.rule),
    "because": Expectation(TEXT, lambda s: "; ".join(s.judged.because), "SAYS"),
    "passed_over": Expectation(TEXT, lambda s: "; ".join(s.judged.passed_over), "SAYS"),
    "set_aside": Expectation(TEXT, lambda s: s.judged.set_aside),
    "drafted": Expectation(FLAG, lambda s: s.matter.draft is not None),
    "by_machine": Expectation(FLAG, lambda s: s.matter.automatic),
    "for_machine": Expectation(FLAG, _for_machine),
    "awarded": Expectation(NUMBER, _awarded),
    "risk_row": Expectation(TEXT, lambda s: s.judged.risk_rule),
    "remedy": Expectation(choice(RemedyKind, none=True), lambda s: s.remedy.kind),
    "judged_remedy": Expectation(choice(RemedyKind, none=True), lambda s: s.judged.kind),
    "basis": Expectation(choice(Basis), lambda s: s.remedy.basis),
    "owed": Expectation(NUMBER, lambda s: s.remedy.ordered),
    "at_once": Expectation(FLAG, lambda s: s.remedy.at_once),
    "paid": Expectation(NUMBER, lambda s: s.remedy.paid),
    "shipping": Expectation(NUMBER, lambda s: s.remedy.shipping),
    "lowered": Expectation(NUMBER, lambda s: s.remedy.lowered),
    "freight": Expectation(NUMBER, lambda s: s.remedy.freight),
    "freight_bearer": Expectation(choice(Role), lambda s: s.remedy.freight_bearer),
    "bearer": Expectation(choice(Role), lambda s: s.latest(e.RiskDecided).bearer),
    "risk_rule": Expectation(TEXT, lambda s: s.latest(e.RiskDecided).rule),
    "destination": Expectation(choice(Destination), lambda s: s.remedy.destination),
    "commission_back": Expectation(NUMBER, lambda s: s.remedy.adjusted.commission),
    "fees_back": Expectation(NUMBER, lambda s: s.remedy.adjusted.fees),
    "subsidy_back": Expectation(NUMBER, lambda s: s.remedy.adjusted.subsidy),
    "tax_back": Expectation(NUMBER, lambda s: s.remedy.adjusted.tax),
    "risk_parts": Expectation(WORDS, _risk_parts),
    "carrier_claims": Expectation(WORDS, _carrier_claims),
    "waits_for_bank": Expectation(WORDS, lambda s: list(s.matter.frozen)),
    "borne": Expectation(WORDS, _borne),
    "debt": Expectation(NUMBER, lambda s: s.latest(e.DebtLeft).amount),
    "debt_now": Expectation(NUMBER, lambda s: s.matter.debt),
    "advanced": Expectation(NUMBER, lambda s: s.remedy.advanced),
    "recovered": Expectation(NUMBER, lambda s: s.remedy.recovered),
    "reversal": Expectation(NUMBER, lambda s: s.latest(e.ReversalBooked).amount),
    "reversal_bearer": Expectation(choice(Role), lambda s: s.latest(e.ReversalBooked).bearer),
    "escalations": Expectation(NUMBER, lambda s: s.matter.escalations),
    "carried": Expectation(WORDS, _carried),
    "customer_list": Expectation(WORDS, lambda s: s.expected(Role.CUSTOMER, missing=False)),
    "seller_list": Expectation(WORDS, lambda s: s.expected(Role.SELLER, missing=False)),
    "customer_lacks": Expectation(WORDS, lambda s: s.expected(Role.CUSTOMER, missing=True)),
    "seller_lacks": Expectation(WORDS, lambda s: s.expected(Role.SELLER, missing=True)),
    "customer_stage": Expectation(WORDS, lambda s: s.stages(Role.CUSTOMER)),
    "seller_stage": Expectation(WORDS, lambda s: s.stages(Role.SELLER)),
    "customer_asked": Expectation(WORDS, lambda s: s.asked_of(Role.CUSTOMER)),
    "seller_asked": Expectation(WORDS, lambda s: s.asked_of(Role.SELLER)),
    "customer_known": Expectation(WORDS, lambda s: s.known(Role.CUSTOMER)),
    "platform_says": Expectation(WORDS, lambda s: s.platform_says(), "HOLDS"),
    "customer_may": Expectation(words_of(CAN["customer"]), lambda s: s.may("customer"), "HOLDS"),
    "customer_may_not": Expectation(words_of(CAN["customer"]), lambda s: s.may("customer"), "LACKS"),
    "seller_may": Expectation(words_of(CAN["seller"]), lambda s: s.may("seller"), "HOLDS"),
    "seller_may_not": Expectation(words_of(CAN["seller"]), lambda s: s.may("seller"), "LACKS"),
    "agent_may": Expectation(words_of(CAN["agent"]), lambda s: s.may("agent"), "HOLDS"),
    "agent_may_not": Expectation(words_of(CAN["agent"]), lambda s: s.may("agent"), "LACKS"),
    "customer_told": Expectation(words_of(NOTICES), lambda s: s.told(Role.CUSTOMER), "HOLDS"),
    "seller_told": Expectation(words_of(NOTICES), lambda s: s.told(Role.SELLER), "HOLDS"),
    "agents_told": Expectation(words_of(NOTICES), lambda s: s.told(Role.AGENT), "HOLDS"),
    "provider_told": Expectation(WORDS, _for_provider, "HOLDS"),
    "happened": Expectation(words_of(e.EVENTS), _happened, "HOLDS"),
    "not_happened": Expectation(words_of(e.EVENTS), _happened, "LACKS"),
}
"""Every key of an expectation but `refused`, and the selectors `case` and `line`."""

EXPECT_KEYS: dict[str, Key] = {
    "case": NUMBER,
    "line": TEXT,
    "refused": choice(Code),
    **{name: each.key for name, each in EXPECTATIONS.items()},
}


def differences(world: World, said: Step) -> list[str]:
    """What came out otherwise than a step expects, in words; `refused` is the runner's to check."""
    seen = Seen(world, said.case, said.args.get("line", ""))
    found: list[str] = []
    for name, wanted in said.args.items():
        if name not in EXPECTATIONS:
            continue
        try:
            answer = EXPECTATIONS[name].find(seen)
        except ImpossibleStepError as error:
            found.append(f"{name}: expected {show(wanted)}, but {error}")
            continue
        found += [f"{name}: {each}" for each in _compare(EXPECTATIONS[name].check, wanted, answer)]
    return found


def _compare(check: str, wanted: Any, found: Any) -> list[str]:
    if check == "SAYS":
        return [] if wanted in found else [f"expected '{wanted}' to be said, found '{found}'"]
    if check == "HOLDS":
        gone = [each for each in wanted if each not in found]
        return [f"expected {show(gone)} among {show(found)}"] if gone else []
    if check == "LACKS":
        there = [each for each in wanted if each in found]
        return [f"expected {show(there)} not to be there, among {show(found)}"] if there else []
    same = _none(wanted) == _none(tuple(found) if isinstance(found, list) else found)
    return [] if same else [f"expected {show(wanted)}, found {show(found)}"]


def show(value: object) -> str:
    """A value as a scenario would write it."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00") if value.tzinfo is None else show_utc(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(show(each) for each in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return NONE if value is None else str(value)


def show_utc(value: datetime) -> str:
    """An instant, said to be one."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
