"""Playing a scenario: step by step through the core, and what came out otherwise than it was written."""

from dataclasses import dataclass, replace

from mufakat.core.calendar import add
from mufakat.core.events import Recorded
from mufakat.core.evolve import replay
from mufakat.core.parties import Role
from mufakat.core.policy.policy import Policy
from mufakat.core.process import OWNERS
from mufakat.core.refusals import Refusal
from mufakat.core.settlement import ZERO_WHEN_CLOSED, Account, balances, settle, still_pending
from mufakat.lab.scenarios.expect import differences, show_utc
from mufakat.lab.scenarios.order import instant, order_state
from mufakat.lab.scenarios.shape import Scenario, Step
from mufakat.lab.scenarios.together import act, begin
from mufakat.lab.scenarios.world import ImpossibleStepError, RefusedStepError, World


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that came out otherwise; `step` 0 is the end of the scenario."""

    file: str
    line: int
    scenario: str
    step: int
    problem: str

    def __str__(self) -> str:
        where = f"step {self.step}" if self.step else "at the end"
        return f'{self.file}:{self.line}: scenario "{self.scenario}", {where}: {self.problem}'


def run(scenario: Scenario, policy: Policy) -> list[Failure]:
    """Play a scenario under a policy, usually that of `scenario.day`; gives all that came out otherwise.

    A step that cannot be done ends it there, since nothing after it would mean anything.
    """
    run_ = _Run(scenario, policy)
    for step in scenario.steps:
        try:
            run_.step(step)
        except ImpossibleStepError as error:
            run_.fail(step.number, str(error))
            return run_.failures
    run_.end()
    return run_.failures


class _Run:
    """One run: the world, the refusal and the lapses that the next step must expect, and what failed."""

    def __init__(self, scenario: Scenario, policy: Policy) -> None:
        begins = instant(scenario.begins, policy.zone)
        switches = replace(policy.switches, **scenario.switches)
        policy = replace(policy, switches=switches, automatic=scenario.automatic or policy.automatic)
        self.scenario = scenario
        self.world = World(policy, order_state(scenario.order, policy.zone), begins)
        self.refusal: Refusal | None = None
        self.open_lapse = False
        self.acted = 0
        self.failures: list[Failure] = []

    def fail(self, step: int, problem: str) -> None:
        self.failures.append(Failure(self.scenario.file, self.scenario.line, self.scenario.name, step, problem))

    def step(self, said: Step) -> None:
        if said.who == "expect":
            self.expect(said)
            return
        self.nothing_left_unsaid()
        self.acted = said.number
        self.move(said)
        self.world.last = {}
        try:
            (begin if said.who == "given" else act)(self.world, said)
        except RefusedStepError as refused:
            if said.who == "given":
                raise ImpossibleStepError(f"the beginning was refused: {_say(refused.refusal)}") from refused
            self.refusal = refused.refusal
        by_clock = [x for added in self.world.last.values() for x in added if x.actor.role is Role.CLOCK]
        self.open_lapse = bool(by_clock) and said.who != "clock"

    def move(self, said: Step) -> None:
        zone = self.world.policy.zone
        if said.at is not None:
            at = instant(said.at, zone)
            if at < self.world.now:
                raise ImpossibleStepError(f"goes back in time: it is {show_utc(self.world.now)} already")
            self.world.now = at
        elif said.after is not None:
            self.world.now = add(said.after, self.world.now, zone, self.world.policy.holidays)

    def expect(self, said: Step) -> None:
        wanted = said.args.get("refused")
        if wanted is not None:
            if self.refusal is None:
                self.fail(said.number, f"expected the refusal {wanted}, but it was allowed")
            elif self.refusal.code is not wanted:
                self.fail(said.number, f"expected the refusal {wanted}, found {_say(self.refusal)}")
            self.refusal = None
        self.nothing_left_unsaid(but_lapse="lapsed" in said.args)
        for each in differences(self.world, said):
            self.fail(said.number, each)

    def nothing_left_unsaid(self, *, but_lapse: bool = False) -> None:
        """A refusal that nobody expected is a surprise, and so is a clock that had fired before a step."""
        refusal, self.refusal = self.refusal, None
        if refusal is not None:
            raise ImpossibleStepError(f"step {self.acted} was refused: {_say(refusal)}")
        lapse, self.open_lapse = self.open_lapse, False
        if lapse and not but_lapse:
            self.fail(self.acted, "a due moment had passed before this step: let the clock fire, or expect lapsed")

    def end(self) -> None:
        """What must hold wherever a scenario ends: no surprise, the log replays, nobody waits for nothing."""
        try:
            self.nothing_left_unsaid()
        except ImpossibleStepError as error:
            self.fail(0, str(error))
        for number, case in self.world.cases.items():
            log = self.world.logs[number]
            if replay(log) != case:
                self.fail(0, f"the log of case {number} does not replay to the same case")
            if not case.is_open:
                self.nothing_left_owed(number, log)
            for matter in case.matters:
                if matter.is_open and (matter.due is None or not OWNERS.get(matter.phase)):
                    self.fail(0, f"case {number} waits in {matter.phase} without a due moment or for nobody")

    def nothing_left_owed(self, number: int, log: list[Recorded]) -> None:
        """A closed case owes nothing that is not in the arrears, and holds nothing."""
        moved = settle(None, log)
        standing = balances(moved)
        if any(standing.get(account, 0) for account in ZERO_WHEN_CLOSED):
            self.fail(0, f"case {number} is closed and owes money: {standing}")
        if any(each.debit is Account.SELLER_PAYABLE for each in still_pending(moved).values()):
            self.fail(0, f"case {number} is closed and holds money")


def _say(refusal: Refusal) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in refusal.facts)
    return f"{refusal.code} ({facts})" if facts else str(refusal.code)
