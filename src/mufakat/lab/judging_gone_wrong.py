"""What may go wrong with who judges: patches of the mutants (`mutants.py`)."""

from contextlib import ExitStack
from typing import Any
from unittest import mock

from mufakat.core import effects, view
from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.decide import dispute, judging
from mufakat.core.phases import Phase


def one_is_enough(stack: ExitStack) -> None:
    """Overrides and high amounts bind at once."""
    stack.enter_context(mock.patch.object(judging, "needs_second", return_value=False))


def own_draft(stack: ExitStack) -> None:
    """Who drafted a judgement may confirm it."""
    stack.enter_context(mock.patch.object(judging, "check_second", return_value=None))


def overtaken(stack: ExitStack) -> None:
    """Agents go on judging while a draft waits for a second person."""

    def to_judge(d: Any, number: int) -> Matter:
        matter: Matter = d.matter(number)
        judging.check_agent(d, matter)
        return matter

    stack.enter_context(mock.patch.object(judging, "to_judge", to_judge))
    stack.enter_context(mock.patch.object(view, "JUDGING", ()))


def machine_unbound(stack: ExitStack) -> None:
    """A machine judges whatever it can derive, whoever asked for a person and whatever was handed in."""
    stack.enter_context(mock.patch.object(judging, "hindrance", return_value=None))

    def is_for_machine(event: e.PhaseEntered, case: Case) -> bool:
        return event.phase is Phase.DECIDING and bool(case.matter(event.matter).machine)

    stack.enter_context(mock.patch.object(effects, "_is_for_machine", is_for_machine))


def any_class(stack: ExitStack) -> None:
    """A machine is let loose on every dispute."""
    stack.enter_context(mock.patch.object(dispute, "machine_class", return_value="EVERYTHING"))
    stack.enter_context(mock.patch.object(judging, "hindrance", return_value=None))
