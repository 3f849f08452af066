"""What a matter would be judged as now, line by line: the judgement before anybody gives it. Pure, and used by `Judge`.

Findings on record count as they are; where the record answers by itself and nobody else did, that counts (S7). Where
an item is still without an answer, or a line without an assessment that its judgement needs, there is no judgement yet,
and what is missing is said.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from mufakat.core.case import Matter
from mufakat.core.claim import (
    DERIVATION,
    Assessment,
    ClaimLine,
    Deception,
    Decision,
    Exhibit,
    Finding,
    FindingValue,
    Ground,
    LineJudgement,
    Reason,
    RemedyKind,
)
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.remedies import WITHOUT_RETURN, asked_kind
from mufakat.core.decide.worth import asked_shares, full_shares
from mufakat.core.judgement import Verdict, aggravated, assumed, data_value, judge_line
from mufakat.core.liability import freight_bearer, risk_rule
from mufakat.core.parties import PARTIES, Role
from mufakat.core.policy.policy import JudgedReturn

NEVER_CAME: Final = (Reason.ITEM_NOT_RECEIVED, Reason.MISSING_ITEMS)
"""Reasons under which a customer who is right has nothing to send back."""


class Stays(StrEnum):
    """Why goods do not go back after a judgement. Public: never rename one."""

    ARE_BACK = "ARE_BACK"
    NEVER_ARRIVED = "NEVER_ARRIVED"
    NOT_RETURNABLE = "NOT_RETURNABLE"
    COUNTERFEIT = "COUNTERFEIT"
    MADE_TO_ORDER = "MADE_TO_ORDER"


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a line would be judged as now.

    `findings`: those on record and those that the record answers by itself. `assessment`: the one on record, else what
    the reason means by itself (`is_assumed`), which is enough only for a delivery. `verdict` is None while any item is
    `unanswered`, `judgement` also while an assessment is missing (`is_unassessed`).
    """

    line_id: str
    findings: tuple[Finding, ...]
    unanswered: tuple[tuple[Role, str], ...]
    assessment: Assessment
    is_assumed: bool
    verdict: Verdict | None = None
    is_unassessed: bool = False
    judgement: LineJudgement | None = None


def exhibits_for(d: Draft, line_id: str, party: Role, item: str) -> list[Exhibit]:
    """What a party has handed in under a name, for a line or for all."""
    return [
        x
        for x in d.case.exhibits
        if x.giver is party and x.material.item == item and (not x.material.lines or line_id in x.material.lines)
    ]


def derived_value(d: Draft, claim: ClaimLine, party: Role, item: str) -> FindingValue | None:
    """What the record answers by itself: data rules, and MISSING for what nobody handed in."""
    for rule in d.policy.data:
        if party is Role.SYSTEM and rule.reason is claim.reason and rule.item == item:
            return data_value(rule, d.order, claim)
    if party in PARTIES and not exhibits_for(d, claim.line_id, party, item):
        return FindingValue.MISSING
    return None


def items_of(d: Draft, claim: ClaimLine) -> list[tuple[Role, str]]:
    """Every expected item of a line: both parties' material, and the platform's data."""
    material = [(party, rule.item) for party in PARTIES for rule in d.policy.expected(claim.reason, party)]
    return material + [(Role.SYSTEM, rule.item) for rule in d.policy.data if rule.reason is claim.reason]


def prospect(d: Draft, number: int, line_id: str) -> Prospect:
    """What a line of a matter would be judged as now."""
    matter, claim = d.matter(number), d.case.line(line_id)
    findings, unanswered = _answers(d, matter, claim)
    known = matter.assessment(line_id)
    assessment = known or assumed(claim, d.policy)
    found = Prospect(line_id, findings, unanswered, assessment, known is None)
    if unanswered:
        return found
    verdict = judge_line(claim, list(findings), known, d.policy)
    if verdict.decision is Decision.FOR_SELLER:
        return replace(found, verdict=verdict, judgement=_for_seller(d, claim, verdict, known))
    if known is None and d.policy.grounds[claim.reason].ground is not Ground.DELIVERY:
        return replace(found, verdict=verdict, is_unassessed=True)
    return replace(found, verdict=verdict, judgement=_for_customer(d, matter, claim, verdict, assessment))


def _answers(d: Draft, matter: Matter, claim: ClaimLine) -> tuple[tuple[Finding, ...], tuple[tuple[Role, str], ...]]:
    """The findings that count for a line, those on record first, and the items that nothing answers yet."""
    known = {(f.party, f.item): f for f in matter.findings if f.line_id == claim.line_id}
    fresh, unanswered = [], []
    for party, item in items_of(d, claim):
        finding, derived = known.get((party, item)), derived_value(d, claim, party, item)
        if finding is not None and (not finding.is_derived or finding.value is derived):
            continue
        known.pop((party, item), None)
        if derived is None:
            unanswered.append((party, item))
        else:
            fresh.append(Finding(claim.line_id, party, item, derived, DERIVATION, derived))
    return (*known.values(), *fresh), tuple(unanswered)


def _for_seller(d: Draft, claim: ClaimLine, verdict: Verdict, found: Assessment | None) -> LineJudgement:
    meant = d.policy.grounds[claim.reason]
    return LineJudgement(
        claim.line_id,
        verdict.decision,
        verdict.rule,
        verdict.because,
        verdict.passed_over,
        ground=meant.ground if found is None else found.ground,
        cause=meant.cause if found is None else found.cause,
        deception=found.deception if found else Deception.NONE,
    )


def _for_customer(d: Draft, matter: Matter, claim: ClaimLine, verdict: Verdict, found: Assessment) -> LineJudgement:
    kind, amount = _remedy(d, matter, claim, found)
    severe = aggravated(found)
    risk = risk_rule(d.policy, found.ground, aggravated=severe)
    return LineJudgement(
        claim.line_id,
        verdict.decision,
        verdict.rule,
        verdict.because,
        verdict.passed_over,
        kind,
        amount,
        found.ground,
        severe,
        found.cause,
        found.deception,
        risk.rule if risk and kind in WITHOUT_RETURN else "",
        freight_bearer(d.policy, (found.cause,)),
    )


def _remedy(d: Draft, matter: Matter, claim: ClaimLine, found: Assessment) -> tuple[RemedyKind, int]:
    """What was asked, as far as it is possible; goods go back as the market has it (market.md)."""
    if found.other_worth is not None:
        most = full_shares(d, (claim.line_id,))[0].amount
        return RemedyKind.OTHER, min(found.other_worth, most)
    kind = asked_kind(d.case.type)
    stay = stays(d, matter, claim, found)
    if kind is RemedyKind.REFUND and stay is None and returns_by_rule(d) and is_whole(claim):
        kind = RemedyKind.RETURN_AND_REFUND
    if stay is not None:
        kind = WITHOUT_RETURN.get(kind, kind)
    return kind, asked_shares(d, (claim.line_id,))[0].amount


def returns_by_rule(d: Draft) -> bool:
    """Whether a judged refund sends the goods back as the rule, not only where that was asked."""
    return d.policy.switches.judged_return is JudgedReturn.RULE


def is_whole(claim: ClaimLine) -> bool:
    """Whether all of a line's worth is asked for goods that came: only then the rule sends them back."""
    return claim.amount is None and claim.reason not in NEVER_CAME


def stays(d: Draft, matter: Matter, claim: ClaimLine, found: Assessment) -> Stays | None:
    """Why a line's goods cannot go back; None where they can."""
    if matter.remedy is not None and matter.remedy.returned:
        return Stays.ARE_BACK
    if d.order.unit_delivered_at(claim.line_id, claim.units[0]) is None:
        return Stays.NEVER_ARRIVED
    if not found.returnable:
        return Stays.NOT_RETURNABLE
    if returns_by_rule(d) and found.ground is Ground.COUNTERFEIT:
        return Stays.COUNTERFEIT
    return Stays.MADE_TO_ORDER if returns_by_rule(d) and _made_to_order(d, claim) else None


def _made_to_order(d: Draft, claim: ClaimLine) -> bool:
    line = d.order.order.line(claim.line_id)
    return line is not None and line.made_to_order
