"""The world of one running scenario: one order, its cases, a clock that only steps move."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.decide import step
from mufakat.core.order import Fact, OrderState
from mufakat.core.parties import CLOCK, SYSTEM, Actor, Role
from mufakat.core.policy.policy import Policy
from mufakat.core.refusals import Refusal
from mufakat.core.usage import usage
from mufakat.lab.scenarios.order import CUSTOMER, SELLER
from mufakat.lab.scenarios.shape import Step

AGENT = "dewi"

USUAL = {Role.CUSTOMER: CUSTOMER, Role.SELLER: SELLER, Role.AGENT: AGENT, Role.CLOCK: CLOCK.id, Role.SYSTEM: SYSTEM.id}
"""Who acts in a role unless a step says another."""


class RefusedStepError(Exception):
    """A step that the process does not allow; holds the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class ImpossibleStepError(Exception):
    """A step that makes no sense where the scenario stands; the message says why."""


@dataclass
class World:
    """What is known while a scenario runs. `now` in UTC; `last` what the last step added to each case."""

    policy: Policy
    order: OrderState
    now: datetime
    cases: dict[int, Case] = field(default_factory=dict)
    logs: dict[int, list[e.Recorded]] = field(default_factory=dict)
    last: dict[int, list[e.Recorded]] = field(default_factory=dict)

    def case(self, number: int) -> Case:
        """A case that was opened; raises ImpossibleStepError for one that was not."""
        if number not in self.cases:
            raise ImpossibleStepError(f"case {number} was not opened yet: a step where someone asks comes first")
        return self.cases[number]

    def matter(self, number: int, line: str = "") -> Matter:
        """The part of a case that a line is in; without a line, the only part."""
        case = self.case(number)
        if line:
            found = [matter for matter in case.matters if line in matter.lines]
            if not found:
                asked = ", ".join(each.line_id for each in case.lines)
                raise ImpossibleStepError(f"'{line}' is no line of case {number}: those asked for are {asked}")
            return found[0]
        if len(case.matters) > 1:
            raise ImpossibleStepError(f"case {number} has split by line: say which line is meant")
        return case.matter(1)

    def number(self, said: Step) -> int:
        """The part of the case that a step names by its line, or 0: the only one the command fits."""
        return self.matter(said.case, said.about).number if said.about else 0

    def actor(self, role: Role, said: Step) -> Actor:
        """Who acts in a step."""
        return Actor(role, said.by or USUAL[role])

    def give(self, number: int, actor: Actor, command: c.Command) -> None:
        """Give a command to a case and keep what it leads to; raises RefusedStepError."""
        case_id = f"case-{number}"
        before = self.cases.get(number)
        if before is None and not isinstance(command, c.OpenRequest):
            self.case(number)
        answer = step(before, self.order, command, actor, self.policy, self.now, case_id, "policy")
        if isinstance(answer, Refusal):
            raise RefusedStepError(answer)
        self.cases[number] = answer.case
        self.logs.setdefault(number, []).extend(answer.recorded)
        self.last.setdefault(number, []).extend(answer.recorded)
        self.order = replace(self.order, uses=self.order.uses | {case_id: usage(answer.case)})

    def fact(self, fact: Fact) -> None:
        """A later fact about the order, told to every case."""
        self.order = replace(self.order, facts=(*self.order.facts, fact))
        for number in self.cases:
            self.give(number, SYSTEM, c.RecordFact(fact))

    def lapse(self, number: int) -> None:
        """Let the clock fire now."""
        self.give(number, CLOCK, c.Lapse())
