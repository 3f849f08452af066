"""Every rule that there is for a line: which applies, which does not and why, and which cannot be told yet. Pure."""

from typing import Final

from mufakat.core.case import Matter
from mufakat.core.claim import Decision, LineJudgement, RemedyKind
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.prospect import Prospect, is_whole, returns_by_rule, stays
from mufakat.core.decide.remedies import WITHOUT_RETURN, asked_kind
from mufakat.core.liability import risk_rule
from mufakat.core.policy.policy import RiskRule
from mufakat.core.worksheet.model import RETURN_AS_ASKED, RETURN_BY_RULE, Applies, RuleRow, Why

WHO_IS_RIGHT: Final = ("S15", "S16", "S17")
"""The rules that decide for whom a line is judged."""


def rule_rows(d: Draft, matter: Matter, found: Prospect) -> tuple[RuleRow, ...]:
    """The rules for a line that would be judged as `found`: who is right, what goes back, who bears what then."""
    return (*_deciding(found), *_returning(d, matter, found), *_risks(d, found.judgement, _pending(found)))


def judged_rows(d: Draft, judged: LineJudgement) -> tuple[RuleRow, ...]:
    """The rules for a line whose judgement is in force."""
    asked, back = asked_kind(d.case.type) in WITHOUT_RETURN, judged.kind in WITHOUT_RETURN
    ways = {RETURN_AS_ASKED: (back and asked, Why.ASKED), RETURN_BY_RULE: (back and not asked, Why.BY_RULE)}
    no = Why.FOR_SELLER if judged.decision is Decision.FOR_SELLER else Why.AS_JUDGED
    returning = (_row(name, yes, so if yes else no) for name, (yes, so) in ways.items())
    return (*_who_is_right(judged.rule, judged.passed_over), *returning, *_risks(d, judged, None))


def _pending(found: Prospect) -> Why | None:
    """What the judgement still waits for."""
    if found.unanswered:
        return Why.FINDINGS_MISSING
    return Why.ASSESSMENT_MISSING if found.is_unassessed else None


def _row(rule: str, applies: bool, why: Why) -> RuleRow:  # noqa: FBT001 - the one answer that a row is about
    return RuleRow(rule, Applies.YES if applies else Applies.NO, why)


def _deciding(found: Prospect) -> tuple[RuleRow, ...]:
    if found.verdict is None:
        return tuple(RuleRow(rule, Applies.OPEN, Why.FINDINGS_MISSING) for rule in WHO_IS_RIGHT)
    rows = _who_is_right(found.verdict.rule, found.verdict.passed_over)
    if not found.is_unassessed:
        return rows
    # An assessment can still find the customer deceptive, which is a matter of S16 (reading 2).
    return (*(RuleRow(rule, Applies.OPEN, Why.ASSESSMENT_MISSING) for rule in ("S15", "S16")), rows[-1])


def _who_is_right(rule: str, passed_over: tuple[str, ...]) -> tuple[RuleRow, ...]:
    said = {each.partition(":")[0]: each for each in passed_over}
    return tuple(
        RuleRow(name, Applies.YES if name == rule else Applies.NO, said=said.get(name, "")) for name in WHO_IS_RIGHT
    )


# --- whether goods go back


def _returning(d: Draft, matter: Matter, found: Prospect) -> tuple[RuleRow, ...]:
    names = (RETURN_AS_ASKED, RETURN_BY_RULE)
    judged = found.judgement
    if judged is None:
        return tuple(RuleRow(name, Applies.OPEN, _pending(found)) for name in names)
    if judged.decision is Decision.FOR_SELLER:
        return tuple(_row(name, False, Why.FOR_SELLER) for name in names)
    if judged.kind is RemedyKind.OTHER:
        return tuple(_row(name, False, Why.OTHER_REMEDY) for name in names)
    kind, claim = asked_kind(d.case.type), d.case.line(found.line_id)
    stay = stays(d, matter, claim, found.assessment)
    stuck = Why(stay.value) if stay is not None else None
    asked = Why.NOT_ASKED if kind not in WITHOUT_RETURN else stuck
    if not returns_by_rule(d):
        by_rule: Why | None = Why.NOT_IN_MARKET
    elif kind is not RemedyKind.REFUND:
        by_rule = Why.ASKED_ANYWAY if kind in WITHOUT_RETURN else Why.GOODS_ASKED
    elif stuck is None and not is_whole(claim):
        by_rule = Why.PART_ASKED if claim.amount is not None else Why.NOTHING_CAME
    else:
        by_rule = stuck
    return (
        _row(RETURN_AS_ASKED, asked is None, asked or Why.ASKED),
        _row(RETURN_BY_RULE, by_rule is None, by_rule or Why.BY_RULE),
    )


# --- who bears what befalls them


def _risks(d: Draft, judged: LineJudgement | None, pending: Why | None) -> tuple[RuleRow, ...]:
    return tuple(_risk(d, row, judged, pending) for row in d.policy.risk)


def _risk(d: Draft, row: RiskRule, judged: LineJudgement | None, pending: Why | None) -> RuleRow:
    """One row of the return-risk table (S22 to S25)."""
    applies, why = Applies.NO, pending
    if judged is None:
        applies = Applies.OPEN
    elif judged.decision is Decision.FOR_SELLER:
        why = Why.FOR_SELLER
    elif judged.kind not in WITHOUT_RETURN:
        why = Why.NOTHING_GOES_BACK
    elif row is (fitting := risk_rule(d.policy, judged.ground, aggravated=judged.aggravated)):
        applies, why = Applies.YES, Why.ROW_FITS
    elif fitting is None or row.ground is not fitting.ground:
        why = Why.OTHER_GROUND
    else:
        why = Why.GRAVER if judged.aggravated else Why.LESS_GRAVE
    return RuleRow(row.rule, applies, why, "", row.ground, row.aggravated, row.bearers)
