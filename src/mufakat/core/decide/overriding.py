"""Overrides: what an agent decides otherwise than derived, openly (house principle 8). Pure, and adds no events."""

from dataclasses import replace

from mufakat.core.claim import Decision, Ground, LineJudgement, Override, RemedyKind
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.prospect import Prospect, prospect, stays
from mufakat.core.decide.remedies import WITHOUT_RETURN
from mufakat.core.decide.worth import asked_shares, full_shares
from mufakat.core.judgement import aggravated
from mufakat.core.liability import freight_bearer, risk_rule
from mufakat.core.refusals import Code, refuse

OVERRIDE = "OVERRIDE"
"""What stands as the rule of a line that an agent decided otherwise than derived."""


def overridden(
    d: Draft, number: int, derived: tuple[LineJudgement, ...], overrides: tuple[Override, ...]
) -> tuple[LineJudgement, ...]:
    """The derived judgement with an agent's overrides in it.

    Refusals: NO_SUCH_LINE, LINE_TWICE, OVERRIDE_NEEDS_REASON, OVERRIDE_NOT_FITTING, ASSESSMENT_MISSING,
    AMOUNT_NOT_POSITIVE, ASKED_TOO_MUCH.
    """
    wanted = {each.line_id: each for each in overrides}
    if len(wanted) != len(overrides):
        raise refuse(Code.LINE_TWICE, line=next(x.line_id for x in overrides if wanted[x.line_id] is not x))
    lines = {each.line_id for each in derived}
    if strangers := [line for line in wanted if line not in lines]:
        raise refuse(Code.NO_SUCH_LINE, line=strangers[0])
    return tuple(_set_aside(d, number, x, wanted[x.line_id]) if x.line_id in wanted else x for x in derived)


def _set_aside(d: Draft, number: int, derived: LineJudgement, wanted: Override) -> LineJudgement:
    if not wanted.text:
        raise refuse(Code.OVERRIDE_NEEDS_REASON, derived=derived.decision)
    if (wanted.decision, wanted.kind, wanted.amount) == (derived.decision, derived.kind, derived.amount):
        raise refuse(Code.OVERRIDE_NOT_FITTING, line=wanted.line_id)
    over = (*derived.passed_over, f"{derived.rule}: set aside by an agent, with a reason")
    aside = replace(derived, rule=OVERRIDE, because=(), passed_over=over, set_aside=derived.rule)
    if wanted.decision is Decision.FOR_SELLER:
        if wanted.kind is not None or wanted.amount:
            raise refuse(Code.OVERRIDE_NOT_FITTING, line=wanted.line_id)
        return replace(aside, decision=Decision.FOR_SELLER, kind=None, amount=0, risk_rule="")
    return _for_customer(d, number, aside, wanted)


def _for_customer(d: Draft, number: int, aside: LineJudgement, wanted: Override) -> LineJudgement:
    found = prospect(d, number, wanted.line_id)
    if found.is_assumed and found.assessment.ground is not Ground.DELIVERY:
        raise refuse(Code.ASSESSMENT_MISSING, line=wanted.line_id)
    if wanted.kind is None or not _is_possible(d, number, found, wanted.kind):
        raise refuse(Code.OVERRIDE_NOT_FITTING, line=wanted.line_id)
    most = full_shares(d, (wanted.line_id,))[0].amount
    if wanted.amount <= 0:
        raise refuse(Code.AMOUNT_NOT_POSITIVE)
    if wanted.amount > most:
        raise refuse(Code.ASKED_TOO_MUCH, asked=wanted.amount, most=most)
    severe = aggravated(found.assessment)
    risk = risk_rule(d.policy, found.assessment.ground, aggravated=severe)
    return replace(
        aside,
        decision=Decision.FOR_CUSTOMER,
        kind=wanted.kind,
        amount=wanted.amount,
        ground=found.assessment.ground,
        aggravated=severe,
        cause=found.assessment.cause,
        deception=found.assessment.deception,
        risk_rule=risk.rule if risk and wanted.kind in WITHOUT_RETURN else "",
        freight_bearer=freight_bearer(d.policy, (found.assessment.cause,)),
    )


def _is_possible(d: Draft, number: int, found: Prospect, kind: RemedyKind) -> bool:
    """Whether a remedy can be carried out: goods go back only where there are some that can."""
    claim = d.case.line(found.line_id)
    goes_back = kind in WITHOUT_RETURN
    return kind is not RemedyKind.NOTHING and not (goes_back and stays(d, d.matter(number), claim, found.assessment))


def stake(d: Draft, number: int, lines: tuple[LineJudgement, ...]) -> int:
    """What a judgement is about, in minor units: asked or awarded, whichever is more."""
    asked = sum(share.amount for share in asked_shares(d, d.matter(number).lines))
    return max(asked, sum(each.amount for each in lines))


def needs_second(d: Draft, amount: int, overrides: tuple[Override, ...] = ()) -> bool:
    """Whether a judgement about so much (minor units) binds only once a second person confirms it."""
    above = d.policy.switches.four_eyes_above
    return bool(overrides) or 0 < above < amount
