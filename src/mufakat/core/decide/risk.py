"""What befell goods on their way back: who bears it for each line and unit, and what is claimed of the carrier.

S22 to S25 by the row of each line (reading 10). The refund is lowered for exactly the units of which the customer bears
the harm. Where one of the platform's carriers had the parcel, what was harmed or lost is claimed of it, for whoever
bears it; the claim outlives the matter, and the carrier's answer is recorded whenever it comes (docs/decisions/0025).
"""

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import CarrierClaim, Matter
from mufakat.core.claim import ReturnIssue, ReturnMethod, ReturnPart, RiskPart
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.remedies import next_step, remedy_of
from mufakat.core.liability import bears, whole_parcel
from mufakat.core.order import CarrierAnswer
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Outcome
from mufakat.core.refusals import Code, refuse
from mufakat.core.shares import allocate_within
from mufakat.core.usage import unit_worth

Said = c.ReportReturn | c.AssessReturn


def parts_said(d: Draft, number: int, said: Said) -> tuple[ReturnPart, ...]:
    """What a report or a finding says befell which units; of the parcel as a whole where it names none.

    Refuses a whole and parts at once, lines and units that are not in the parcel, and more lost than they are worth.
    """
    remedy = remedy_of(d, number)
    if said.parts:
        if said.issue is not None or said.value_lost:
            raise refuse(Code.RETURN_PARTS_NOT_FITTING)
        _check_parts(d, number, said.parts)
        return tuple(_with_units(d, part) for part in said.parts)
    if said.issue is None:
        return ()
    if not 0 <= said.value_lost <= remedy.goods:
        raise refuse(Code.LOSS_TOO_HIGH, most=remedy.goods)
    return whole_parcel(remedy, said.issue, said.value_lost)


def _with_units(d: Draft, part: ReturnPart) -> ReturnPart:
    """The part with its units named: all of the line's where it names none."""
    units = tuple(sorted(part.units)) or d.case.line(part.line_id).units
    return ReturnPart(part.line_id, units, part.issue, part.value_lost)


def _check_parts(d: Draft, number: int, parts: tuple[ReturnPart, ...]) -> None:
    matter, worth = d.matter(number), unit_worth(remedy_of(d, number))
    seen: set[tuple[str, int]] = set()
    for part in parts:
        if part.line_id not in matter.lines:
            raise refuse(Code.NO_SUCH_LINE, line=part.line_id)
        pairs = [(part.line_id, unit) for unit in _with_units(d, part).units]
        if len(set(pairs)) < len(pairs) or seen & set(pairs) or not set(pairs) <= worth.keys():
            raise refuse(Code.RETURN_PARTS_NOT_FITTING, line=part.line_id)
        seen |= set(pairs)
        most = sum(worth[pair] for pair in pairs)
        if not 0 < part.value_lost <= most:
            raise refuse(Code.LOSS_TOO_HIGH, most=most, line=part.line_id)


def all_lost(d: Draft, number: int) -> tuple[ReturnPart, ...]:
    """The whole parcel never arrived."""
    remedy = remedy_of(d, number)
    return whole_parcel(remedy, ReturnIssue.LOSS, remedy.goods)


def risk_of(d: Draft, number: int, parts: tuple[ReturnPart, ...]) -> tuple[RiskPart, ...]:
    """Who would bear each part, by which rule, and by how much the refund would be lowered for it."""
    matter, remedy = d.matter(number), remedy_of(d, number)
    reasons = {line: d.case.line(line).reason for line in matter.lines}
    return bears(d.policy, matter, remedy, reasons, parts)


def settle_risk(d: Draft, number: int, parts: tuple[ReturnPart, ...], found_by: Role, *, text: str = "") -> None:
    """Decide who bears what befell the return (S22 to S25; no parts: nothing did) and go on to the next step."""
    risk = risk_of(d, number, parts)
    borne = sum(part.lowered for part in risk)
    rules = ", ".join(dict.fromkeys(part.rule for part in risk))
    issue = risk[0].issue if risk else None
    bearer = Role.CUSTOMER if borne else Role.SELLER
    d.add(e.RiskDecided(number, issue, bearer, rules, borne, found_by, text, risk))
    _claim_of_carrier(d, number, risk)
    remedy = remedy_of(d, number)
    if borne and remedy.goods == 0:
        d.close(number, Outcome.RISK_BORNE_BY_CUSTOMER)
        return
    if borne and remedy.performs:
        d.add(e.TurnedIntoRefund(number))
    d.fit_hold(number, remedy.total)
    next_step(d, number)


# --- the carrier


def _claim_of_carrier(d: Draft, number: int, risk: tuple[RiskPart, ...]) -> None:
    """Note what is claimed of a carrier of the platform's: one claim for each who bears a part of it."""
    remedy = remedy_of(d, number)
    if remedy.method is not ReturnMethod.PLATFORM_CARRIER:
        return
    for bearer in PARTIES:
        mine = [part for part in risk if part.bearer is bearer]
        amount = sum(part.value_lost for part in mine)
        if amount:
            d.add(e.CarrierClaimNoted(number, remedy.tracking, mine[0].issue, amount, bearer))
    answers = [x for x in d.order.facts if isinstance(x, CarrierAnswer) and x.parcel == remedy.tracking]
    if answers:
        hear_carrier(d, answers[0])


def hear_carrier(d: Draft, answer: CarrierAnswer) -> None:
    """The carrier has answered: what it paid goes to the claims for that parcel by their amounts, once."""
    claims = [(m, x) for m in d.case.matters for x in m.carrier_claims if x.tracking == answer.parcel]
    waiting: list[tuple[Matter, CarrierClaim]] = [each for each in claims if each[1].paid is None]
    given = sum(x.paid or 0 for _, x in claims)
    amounts = [x.amount for _, x in waiting]
    paid = min(max(0, answer.paid - given), sum(amounts))
    for (matter, claim), part in zip(waiting, allocate_within(paid, amounts), strict=True):
        d.add(e.CarrierClaimAnswered(matter.number, claim.tracking, part, claim.bearer))
