"""Who bears what befell goods on their way back (S22 to S25), by the rulebook's return-risk table. Pure look-ups."""

from mufakat.core.case import Matter, Remedy
from mufakat.core.claim import Cause, Ground, LineJudgement, Reason, ReturnIssue, ReturnPart, RiskPart
from mufakat.core.parties import Role
from mufakat.core.policy.policy import Policy, RiskRule
from mufakat.core.shares import allocate_within


def risk_rule(policy: Policy, ground: Ground, *, aggravated: bool) -> RiskRule | None:
    """The row for a ground. A counterfeit is goods inconsistent with the order unless it has a row of its own."""
    found = policy.risk_row(ground, aggravated=aggravated)
    if found is None and ground is Ground.COUNTERFEIT:
        return policy.risk_row(Ground.INCONSISTENT, aggravated=aggravated)
    return found


def line_risk(policy: Policy, reason: Reason, judged: LineJudgement | None) -> RiskRule | None:
    """The row for a line: by the ground judged, else by what its reason means unjudged (reading 10)."""
    if judged is not None:
        return risk_rule(policy, judged.ground, aggravated=judged.aggravated)
    meant = policy.grounds[reason]
    return risk_rule(policy, meant.ground, aggravated=meant.aggravated)


UNSHIPPED = "reading 10"
"""Before the customer has shipped and uploaded the risk is the customer's."""


def whole_parcel(remedy: Remedy, issue: ReturnIssue, value_lost: int) -> tuple[ReturnPart, ...]:
    """Harm to a parcel as a whole: it falls on the lines by what each is worth (minor units)."""
    amounts = allocate_within(value_lost, [share.amount for share in remedy.shares])
    pairs = zip(remedy.shares, amounts, strict=True)
    return tuple(ReturnPart(share.line_id, share.units, issue, amount) for share, amount in pairs)


def bears(
    policy: Policy, matter: Matter, remedy: Remedy, reasons: dict[str, Reason], parts: tuple[ReturnPart, ...]
) -> tuple[RiskPart, ...]:
    """Who bears each part of what befell a return, by which rule, and what it takes off the refund (minor units).

    By the row of each line (S22 to S25); a line without a row of its own is the customer's risk, and so is everything
    before the customer has shipped and uploaded (reading 10).
    """
    return tuple(_bears(policy, matter, remedy, reasons[part.line_id], part) for part in parts)


def _bears(policy: Policy, matter: Matter, remedy: Remedy, reason: Reason, part: ReturnPart) -> RiskPart:
    judged = matter.judged(part.line_id) if matter.enforceable else None
    row = line_risk(policy, reason, judged)
    rule, bearer = ("default", Role.CUSTOMER) if row is None else (row.rule, row.bearer(part.issue))
    if remedy.shipped_at is None:
        rule, bearer = UNSHIPPED, Role.CUSTOMER
    off = part.value_lost if bearer is Role.CUSTOMER else 0
    return RiskPart(part.line_id, part.units, part.issue, bearer, rule, part.value_lost, off)


def freight_bearer(policy: Policy, causes: tuple[Cause, ...]) -> Role:
    """Who pays the way back: freight follows fault; without the seller's fault the market's default."""
    return Role.SELLER if Cause.SELLER in causes else policy.switches.freight_default_bearer
