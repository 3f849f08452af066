"""What a scenario is once it is read: an order, steps, and what each step is expected to lead to."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from mufakat.core.policy.policy import AutomaticRule, Span


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `who` does `what` with `args`; `who` is "expect" for an expectation and "given" for a beginning.

    `at` is local to the market's zone; `after` counts from the step before; neither means at the same moment.
    `case` tells several cases about one order apart; `about` names a line where a case has split; `by` names a person
    other than the usual one.
    """

    number: int
    who: str
    what: str
    args: dict[str, Any]
    at: datetime | None = None
    after: Span | None = None
    case: int = 1
    about: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story about one order. `order` holds what differs from the usual order (`order.py`).

    `switches` are those of the market that it sets otherwise, to show what they do; `automatic` the classes of disputes
    that a machine may judge in it.
    """

    file: str
    line: int
    name: str
    shows: tuple[str, ...]
    order: dict[str, Any]
    steps: tuple[Step, ...]
    begins: datetime
    """When the first step happens, local to the market."""
    switches: dict[str, Any] = field(default_factory=dict)
    automatic: tuple[AutomaticRule, ...] = ()

    @property
    def day(self) -> date:
        """The day of the market's calendar whose policy the scenario's cases are judged by."""
        return self.begins.date()
