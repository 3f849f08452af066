"""Who bears what befell goods on their way back (S22 to S25), by the rulebook's return-risk table. Pure look-ups."""

from mufakat.core.case import Matter, Remedy
from mufakat.core.claim import Cause, Ground, LineJudgement, Reason, ReturnIssue
from mufakat.core.money import allocate
from mufakat.core.parties import Role
from mufakat.core.policy.policy import Policy, RiskRule


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


def bears(
    policy: Policy, matter: Matter, remedy: Remedy, reasons: dict[str, Reason], issue: ReturnIssue, value_lost: int
) -> tuple[int, tuple[str, ...]]:
    """How much of `value_lost` (minor units) the customer bears, and by which rules.

    The loss falls on the lines by what each is worth; a line without a row of its own is the customer's risk.
    """
    parts = allocate(value_lost, [share.amount for share in remedy.shares])
    borne, rules = 0, []
    for share, part in zip(remedy.shares, parts, strict=True):
        judged = matter.judged(share.line_id) if matter.enforceable else None
        row = line_risk(policy, reasons[share.line_id], judged)
        rules.append(row.rule if row else "default")
        if row is None or row.bearer(issue) is Role.CUSTOMER:
            borne += part
    return borne, tuple(dict.fromkeys(rules))


def freight_bearer(policy: Policy, causes: tuple[Cause, ...]) -> Role:
    """Who pays the way back: freight follows fault; without the seller's fault the market's default."""
    return Role.SELLER if Cause.SELLER in causes else policy.switches.freight_default_bearer
