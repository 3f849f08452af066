"""Hearing the customer's bank: what an open, won or lost chargeback means for each matter, whatever came before.

Theory of operation. Nothing here depends on the order of notices: each time a matter is held against what the order's
facts say now. Stopped or frozen while any chargeback about it is open; then what lost ones came to is borne by exactly
one for each minor unit, what they paid the customer is taken off, and the rest goes on (docs/decisions/0025).
"""

from mufakat.core import commands as c
from mufakat.core.case import Matter
from mufakat.core.chargebacks import chargebacks
from mufakat.core.claim import Forum
from mufakat.core.decide.bank import awaited, can_stop, concerns, declare, news, stand_still
from mufakat.core.decide.charged import settle
from mufakat.core.decide.court import go_on_executing
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.remedies import after_outside, lower_debt
from mufakat.core.decide.worth import full_shares
from mufakat.core.order import ChargebackNotice, ChargebackStage
from mufakat.core.phases import Outcome, Phase
from mufakat.core.process import EXECUTION, MOVES


def hear(d: Draft, heard: ChargebackNotice) -> None:
    """Hold every matter that a notice is about against what the bank has said by now."""
    for matter in d.case.matters:
        named = heard.reference in (*matter.frozen, *(each.reference for each in matter.charged))
        if named or concerns(d, heard, matter):
            stand_still(d, matter.number)
            settle(d, matter.number)
            _go_on(d, matter.number, waited=bool(matter.frozen))


def _go_on(d: Draft, number: int, *, waited: bool) -> None:
    """Once no chargeback about a matter is open: end what it stopped, let go on what it froze."""
    matter = d.matter(number)
    if awaited(d, number):
        return
    if not matter.is_open:
        lower_debt(d, matter, again=waited)
        return
    d.allowed = MOVES[matter.phase, c.RecordFact].to
    lost = _lost(d, matter)
    if matter.phase is Phase.STOPPED and matter.forum is Forum.CHARGEBACK:
        d.close(number, _outcome(d, matter))
    elif matter.phase is Phase.SUSPENDED and not matter.by_court:
        go_on_executing(d, number, lapsed=False)
    elif lost is not None and can_stop(matter):
        declare(d, number, lost)
        d.close(number, _outcome(d, matter))
    elif lost is not None and matter.phase in EXECUTION:
        after_outside(d, number)


def _lost(d: Draft, matter: Matter) -> ChargebackNotice | None:
    """A chargeback about a matter that was lost since the case began, or None."""
    lost = (x for x in chargebacks(d.order) if x.stage is ChargebackStage.LOST)
    return next((x for x in lost if concerns(d, x, matter) and news(d, x)), None)


def _outcome(d: Draft, matter: Matter) -> Outcome:
    """How a matter ends that nobody decided but the bank: paid elsewhere where nothing is left that could go back."""
    left = sum(share.amount for share in full_shares(d, matter.lines))
    return Outcome.STOPPED_EXTERNAL_PROCESS if left else Outcome.PAID_ELSEWHERE
