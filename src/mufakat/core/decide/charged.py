"""One liability for every minor unit that a lost chargeback came to: the seller's, the platform's or the customer's.

The seller bears it; the platform does where its own judgement in force was for the seller; and what the customer has
beyond what the units cost, because it was paid here or elsewhere as well, the customer owes (docs/decisions/0025).
"""

from dataclasses import replace

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Matter, chargeback_obligation
from mufakat.core.chargebacks import by_line, chargebacks
from mufakat.core.claim import Basis, Decision
from mufakat.core.decide.bank import news
from mufakat.core.decide.draft import Draft
from mufakat.core.money import ceiling, outside
from mufakat.core.order import ChargebackNotice, ChargebackStage, OrderState, OutsideRefund
from mufakat.core.parties import Role
from mufakat.core.refusals import Code, refuse
from mufakat.core.usage import usage

BEARERS = (Role.SELLER, Role.SYSTEM, Role.CUSTOMER)
LATER_TERMS = (Basis.AGREEMENT, Basis.CONCESSION, Basis.COURT)
"""Why something is owed in spite of a judgement for the seller."""


def settle(d: Draft, number: int) -> None:
    """Say who bears what each decided chargeback came to; nothing where that was said already.

    Of several about the same units the first that was heard of comes first, so the end of one can change another's.
    """
    for notice in chargebacks(d.order):
        if notice.stage is ChargebackStage.OPENED or not news(d, notice):
            continue
        due = _due(d, d.matter(number), notice) if notice.stage is ChargebackStage.LOST else {}
        for bearer in BEARERS:
            amount = due.get(bearer, 0)
            if amount != d.matter(number).borne(bearer, notice.reference):
                d.add(e.ChargebackSettled(number, notice.reference, amount, bearer))
        if notice.reference in d.matter(number).frozen:
            d.add(e.ChargebackSettled(number, notice.reference, 0, Role.CUSTOMER))


def report_recovered(d: Draft, command: c.ReportPayment) -> None:
    """What the provider has recovered from the seller of chargebacks, in all. A repeated or older report is nothing."""
    names = {chargeback_obligation(d.case.case_id, x.number): x for x in d.case.matters if x.most_charged}
    matter = names.get(command.obligation)
    if matter is None:
        raise refuse(Code.NOTHING_OWED, obligation=command.obligation)
    if command.recovered > matter.most_charged:
        raise refuse(Code.OVERPAID, owed=matter.most_charged, paid=command.recovered)
    if command.recovered > matter.recovered:
        d.add(e.AdvanceRecovered(matter.number, command.obligation, command.recovered - matter.recovered))


def _due(d: Draft, matter: Matter, notice: ChargebackNotice) -> dict[Role, int]:
    """Who bears how much of a lost chargeback about a matter's units (minor units).

    What the customer has beyond what the units cost, with all that went back for them before, is the customer's debt.
    """
    due = dict.fromkeys(BEARERS, 0)
    before = _before(d, notice)
    for refund in by_line(d.order.order, notice):
        if refund.line_id not in matter.lines:
            continue
        units = [u for u in d.case.line(refund.line_id).units if u in refund.units and _books(d, refund.line_id, u)]
        amount = sum(outside(replace(d.order, facts=(refund,)), refund.line_id, unit) for unit in units)
        over = max(0, amount - ceiling(before, refund.line_id, units))
        due[Role.CUSTOMER] += over
        due[_bearer(matter, refund)] += amount - over
    return due


def _before(d: Draft, notice: ChargebackNotice) -> OrderState:
    """The order with all that went back but for this chargeback and those heard of after it."""
    known = [x.reference for x in chargebacks(d.order)]
    later = known[known.index(notice.reference) :]
    facts = (x for x in d.order.facts if not (isinstance(x, ChargebackNotice) and x.reference in later))
    return replace(d.order, facts=tuple(facts), uses={**d.order.uses, d.case.case_id: usage(d.case)})


def _bearer(matter: Matter, refund: OutsideRefund) -> Role:
    """The seller; the platform where its judgement in force found for the seller and the bank did not."""
    judged = matter.judged(refund.line_id)
    agreed = matter.agreed or (matter.remedy is not None and matter.remedy.basis in LATER_TERMS)
    return Role.SYSTEM if judged is not None and judged.decision is Decision.FOR_SELLER and not agreed else Role.SELLER


def _books(d: Draft, line_id: str, unit: int) -> bool:
    """Whether this case speaks for a unit: the open one that has it, else the one that had it last."""
    using = [
        (use.held, case_id)
        for case_id, used in d.order.uses.items()
        for use in used.units
        if (use.line_id, use.unit) == (line_id, unit)
    ]
    return max(using, default=(True, d.case.case_id))[1] == d.case.case_id
