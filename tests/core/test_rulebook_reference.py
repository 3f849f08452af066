"""The reference names every key and every word that a rulebook may hold, and its example holds."""

import re
from dataclasses import fields
from enum import StrEnum
from pathlib import Path

import pytest

from mufakat.core.claim import Cause, Ground, Level, Reason, RequestType, ReturnIssue
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.history import Grade
from mufakat.core.policy.policy import Anchor, ClockName, CodeUse, DataTest, JudgedReturn, LapseOutcome, Switches
from mufakat.core.policy.schema import AGGRAVATION, RISK_RULES, SCHEMA, STATUSES, ClockAnchor, Node, Open, Table

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "rulebook.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[A-Za-z0-9_]+", " ".join(re.findall(r"`[^`\n]+`", PAGE))))
ENUMS: list[type[StrEnum]] = [
    *(Anchor, Cause, ClockAnchor, ClockName, CodeUse, DataTest, Grade, Ground, JudgedReturn, LapseOutcome, Level),
    *(Phase, Reason, RequestType, ReturnIssue, Role),
]


def keys(node: Node) -> set[str]:
    """Every key of a grammar, names of enums among them."""
    if isinstance(node, Table):
        return set(node.keys).union(*(keys(child) for child in node.keys.values()))
    return keys(node.node) if isinstance(node, Open) else set()


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_word_is_in_the_reference(enum: type[StrEnum]) -> None:
    assert {member.value for member in enum} - WORDS == set()


def test_every_key_is_in_the_reference() -> None:
    assert keys(SCHEMA) - WORDS == set()
    assert {"from", "value", "cites", "grade", "statuses", "text", "none", "ANY", *AGGRAVATION} - WORDS == set()
    assert {*RISK_RULES, *STATUSES} - WORDS == set()


def test_every_switch_is_in_the_reference() -> None:
    assert {each.name for each in fields(Switches)} - WORDS == set()


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example, "rulebook.md", "exec"), {})  # noqa: S102 - the page's own example
    assert "clock.seller_review.span 2 calendar days 2025-07-02 https://" in capsys.readouterr().out
