"""The judgement: from findings to a decision, line by line, with why and what did not apply (S15 to S17). Pure.

Reading 2 makes it total. First: is the customer's material, with the platform's own data, sufficient? If not, S17.
Then: are the seller's claims substantiated and not refuted, or was the customer deceptive? If so, S16. Else S15.
A silent seller skips S16 and proves nothing by silence alone. The same findings always give the same answer.
"""

from dataclasses import dataclass

from mufakat.core.claim import (
    Assessment,
    Cause,
    ClaimLine,
    Deception,
    Decision,
    Finding,
    FindingValue,
    Ground,
    Level,
    Severity,
)
from mufakat.core.order import OrderState
from mufakat.core.parties import Role
from mufakat.core.policy.policy import DataRule, DataTest, Policy
from mufakat.core.record import Came, arrival

REFUTED = (FindingValue.CONTRADICTED, FindingValue.NOT_GENUINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision about a line, by which rule, because of what, and what did not apply."""

    decision: Decision
    rule: str
    because: tuple[str, ...]
    passed_over: tuple[str, ...]


def data_value(rule: DataRule, order: OrderState, line: ClaimLine) -> FindingValue:
    """What the platform's own record says about the claim (S7): VALID supports it, CONTRADICTED speaks against it."""
    arrived = arrival(order, line)
    if rule.test is DataTest.NOT_DELIVERED:
        return FindingValue.VALID if arrived.came is Came.NOT_THERE else FindingValue.CONTRADICTED
    if arrived.promised is None:
        return FindingValue.INSUFFICIENT
    return FindingValue.CONTRADICTED if arrived.came is Came.IN_TIME else FindingValue.VALID


def say(finding: Finding) -> str:
    """A finding in one line: who, what, which value, and what was derived where an agent differed."""
    differs = finding.derived is not None and finding.derived is not finding.value
    exhibit = f" (exhibit {finding.exhibit})" if finding.exhibit else ""
    return f"{finding.party} {finding.item}: {finding.value}{exhibit}" + (
        f" instead of derived {finding.derived}" if differs else ""
    )


def satisfied(claim: ClaimLine, party: Role, findings: dict[tuple[Role, str], Finding], policy: Policy) -> bool:
    """Whether a party's material meets what is expected: every REQUIRED, one of ONE_OR_MORE, at least one at all."""
    rules = policy.expected(claim.reason, party)
    valid = {item for (who, item), f in findings.items() if who is party and f.value is FindingValue.VALID}
    required = [rule.item for rule in rules if rule.level is Level.REQUIRED]
    one_of = [rule.item for rule in rules if rule.level is Level.ONE_OR_MORE]
    enough = all(item in valid for item in required) and (not one_of or any(item in valid for item in one_of))
    return bool(valid) and enough


def judge_line(claim: ClaimLine, line_findings: list[Finding], found: Assessment | None, policy: Policy) -> Verdict:
    """Decide one line from its findings."""
    findings = {(f.party, f.item): f for f in line_findings}
    data = [f for f in line_findings if f.party is Role.SYSTEM]
    by_data = any(f.value is FindingValue.VALID for f in data)
    customer = satisfied(claim, Role.CUSTOMER, findings, policy) or by_data
    refuted = any(f.value in REFUTED for f in line_findings if f.party is Role.SELLER)
    seller = satisfied(claim, Role.SELLER, findings, policy) and not refuted
    deceptive = found is not None and found.deception is Deception.CUSTOMER
    said = {role: tuple(say(f) for f in line_findings if f.party is role) for role in (Role.CUSTOMER, Role.SELLER)}
    from_data = tuple(say(f) for f in data)
    if not customer:
        because = (*said[Role.CUSTOMER], *from_data) or ("CUSTOMER handed in nothing that is expected",)
        over = ("S16: not reached", "S15: the customer's material, with the platform's data, is insufficient")
        return Verdict(Decision.FOR_SELLER, "S17", because, over)
    not_s17 = "S17: the customer's material, with the platform's data, is sufficient"
    if deceptive:
        over = (not_s17, "S15: the customer was found deceptive")
        return Verdict(Decision.FOR_SELLER, "S16", ("deception by CUSTOMER", *said[Role.SELLER]), over)
    if seller:
        over = (not_s17, "S15: the seller's claims are substantiated and not refuted")
        return Verdict(Decision.FOR_SELLER, "S16", said[Role.SELLER], over)
    heard = any(f.value is not FindingValue.MISSING for f in line_findings if f.party is Role.SELLER)
    why_not = "refuted" if refuted else "not substantiated" if heard else "silent"
    over = (not_s17, f"S16: the seller's claims are {why_not}")
    return Verdict(Decision.FOR_CUSTOMER, "S15", (*said[Role.CUSTOMER], *from_data), over)


def aggravated(found: Assessment) -> bool:
    """Whether the severe row of the return-risk table applies: deception by the seller, or a major quality issue."""
    if found.ground is Ground.QUALITY:
        return found.severity is Severity.MAJOR
    return found.deception is Deception.SELLER


def assumed(claim: ClaimLine, policy: Policy) -> Assessment:
    """What a reason means by itself, for claims that the platform's data decide (late, not received)."""
    meant = policy.grounds[claim.reason]
    cause = Cause(meant.cause)
    return Assessment(claim.line_id, meant.ground, Severity.MINOR, Deception.NONE, cause)
