"""The worksheet against what happens: in simulated worlds it is looked at before every finding and every judgement."""

from dataclasses import replace
from typing import Any
from unittest import mock

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case
from mufakat.core.decide import Decided, step
from mufakat.core.order import OrderState
from mufakat.core.parties import PARTIES, Actor
from mufakat.core.preview import preview
from mufakat.core.refusals import Refusal
from mufakat.core.worksheet import Second, Sheet, supposed, worksheet
from mufakat.core.worksheet.model import Worksheet
from mufakat.engine import asking
from mufakat.lab.world import Scale, live

Judging = c.Judge | c.DecideAppeal | c.ConfirmJudgement | c.JudgeAutomatically
QUARRELS = Scale(bent=(("disputes", 0.95), ("approves", 0.02), ("accepts", 0.1), ("appeals", 0.6), ("sends_back", 0.4)))
"""A world in which much is disputed."""


class Watching:
    """Decides as ever, and holds every judgement and every finding of agents against the sheet of a moment before."""

    def __init__(self) -> None:
        self.judged, self.drafted, self.refused, self.marked = 0, 0, 0, 0

    def __call__(self, case: Case | None, order: OrderState, command: c.Command, actor: Actor, *more: Any) -> Any:
        policy, now = more[0], more[1]
        decided = step(case, order, command, actor, *more)
        if case is not None and isinstance(command, Judging) and actor.role not in PARTIES:
            overrides = command.overrides if isinstance(command, c.Judge | c.DecideAppeal) else ()
            self._judging(case, command, decided, worksheet(case, order, policy, actor, now, overrides))
        if case is not None and isinstance(command, c.RecordFindings):
            self._marking(decided, supposed(case, order, policy, actor, now, command), order, policy, actor, now)
        return decided

    def _judging(self, case: Case, command: Judging, decided: Decided | Refusal, before: Worksheet) -> None:
        sheet = next((each for each in before.sheets if each.number == command.matter), None)
        if isinstance(command, c.JudgeAutomatically):
            if isinstance(decided, Decided):
                assert sheet is not None
                assert sheet.hindrance is None
            return
        if sheet is None or sheet.command != type(command).__name__:
            assert isinstance(decided, Refusal)
            return
        if isinstance(decided, Refusal):
            assert sheet.not_now == decided
            assert sheet.after == ()
            self.refused += 1
            return
        self._is_what_it_said(sheet, decided)
        # Where a lapse was due, the sheet has it behind it already, and a preview of the command has it in front.
        then = [(x.matter, x.after) for x in preview(case, decided).matters if x.came_from == command.matter]
        assert [(x.matter, x.after) for x in sheet.after] == then

    def _is_what_it_said(self, sheet: Sheet, decided: Decided) -> None:
        events = [each.event for each in decided.recorded]
        (said,) = (each for each in events if isinstance(each, e.Judged | e.JudgementDrafted))
        drafts = isinstance(said, e.JudgementDrafted)
        assert drafts is (sheet.second is not Second.NOT_NEEDED and sheet.drafted_by == "")
        if sheet.drafted:
            assert sheet.drafted == said.lines
            self.drafted += drafts
            return
        assert tuple(line.judgement for line in sheet.lines) == said.lines
        assert sheet.total == sum(each.amount for each in said.lines)
        assert not any(line.unanswered or line.needs_assessment for line in sheet.lines)
        for line in sheet.lines:
            assert line.judgement is not None
            by_name = {row.rule: row.applies.value for row in line.rules if row.rule in ("S15", "S16", "S17")}
            assert by_name == {rule: "YES" if rule == line.judgement.rule else "NO" for rule in by_name}
            borne = [row.rule for row in line.rules if row.bearers and row.applies.value == "YES"]
            assert borne == [line.judgement.risk_rule] * bool(line.judgement.risk_rule)
        self.judged += 1

    def _marking(self, decided: Decided | Refusal, tried: Worksheet | Refusal, *more: Any) -> None:
        if isinstance(decided, Refusal):
            assert tried == decided
            return
        assert isinstance(tried, Worksheet)
        assert replace(tried, version=decided.case.number) == worksheet(decided.case, *more)
        self.marked += 1


def test_what_the_sheet_shows_is_what_judging_then_records() -> None:
    """House principle 8, S15 to S17 and S22 to S25: the prospect is the judgement, and what if is what is."""
    watching = Watching()
    for seed in range(8):
        with mock.patch.object(asking, "step", watching):
            ended = live(seed, QUARRELS)
        assert not ended.faults
    assert watching.judged > 20
    assert watching.drafted > 0
    assert watching.marked > 10
    assert watching.refused > 0
