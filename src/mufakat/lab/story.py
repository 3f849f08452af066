"""A world's story, readable: who asked what when, and what came of it."""

from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any, Final

from mufakat.core import events as e
from mufakat.core.parties import Role
from mufakat.core.refusals import Refusal
from mufakat.engine.handle import Done
from mufakat.lab.stage import Told

PLAIN: Final = {"matter", "text"}
"""Fields that are told apart or not at all."""
LONGEST: Final = 60


def lines(story: list[Told], case_id: str = "", most: int = 400) -> list[str]:
    """The story line by line, newest last; of one case where it is named. At most the last `most` of them."""
    told = [each for each in story if not case_id or each.case_id == case_id]
    names = _short_names(told)
    cut = [f"... {len(told) - most} before"] if len(told) > most else []
    return cut + [_line(each, names) for each in told[-most:]]


def _short_names(told: list[Told]) -> dict[str, str]:
    cases = dict.fromkeys(each.case_id for each in told if each.case_id)
    return {case_id: f"case {n}" for n, case_id in enumerate(cases, start=1)}


def _line(told: Told, names: dict[str, str]) -> str:
    who = f"{told.actor.role} {told.actor.id}"
    where = f"{told.marketplace} {names.get(told.case_id, '-')}"
    return f"{told.at:%Y-%m-%d %H:%M:%S} {where} | {who}: {_say(told.command)} -> {_answer(told.answer)}"


def _answer(answer: Done | Refusal | str) -> str:
    if isinstance(answer, Refusal):
        return f"refused {answer.code} " + ", ".join(f"{name}={_short(value)}" for name, value in answer.facts)
    if isinstance(answer, str):
        return answer
    return "; ".join(_event(each) for each in answer.recorded) or "nothing new"


def _event(recorded: e.Recorded) -> str:
    name = e.NAMES[type(recorded.event)]
    clock = "" if recorded.actor.role is not Role.CLOCK else "(clock) "
    return f"#{recorded.number} {clock}{name} {_fields(recorded.event)}".strip()


def _say(command: Any) -> str:
    return f"{type(command).__name__}({_fields(command)})"


def _fields(made: Any) -> str:
    """What is not a default, shortly."""
    shown = []
    for each in fields(made):
        value = getattr(made, each.name)
        if each.name == "matter":
            shown.append(f"m{value}")
        elif each.name not in PLAIN and value != each.default:
            shown.append(f"{each.name}={_short(value)}")
    return " ".join(shown)


def _short(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return f"{value:%m-%d %H:%M:%S}"
    text = str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
