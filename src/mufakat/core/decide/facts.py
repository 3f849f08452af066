"""Later facts about the order: what carriers, banks and the marketplace report, and what it means for each matter."""

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Matter
from mufakat.core.decide.chargeback import hear
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.execute import look_at_scans
from mufakat.core.decide.remedies import check_paid_elsewhere, lower_debt
from mufakat.core.decide.risk import hear_carrier
from mufakat.core.order import CarrierAnswer, ChargebackNotice, OutsideRefund, Scan
from mufakat.core.process import MOVES

ALSO_CLOSED = (ChargebackNotice, CarrierAnswer)
"""Facts that closed cases are told too: who bears a chargeback, and what a carrier paid, is settled after the end."""


def note_fact(d: Draft, command: c.RecordFact) -> None:
    """A later fact about the order: every open matter looks at what it means for it, closed ones at money only."""
    d.add(e.FactNoted(command.fact))
    if isinstance(command.fact, ChargebackNotice):
        hear(d, command.fact)
    elif isinstance(command.fact, CarrierAnswer):
        hear_carrier(d, command.fact)
    for matter in d.case.matters:
        if not matter.is_open:
            if isinstance(command.fact, OutsideRefund):
                lower_debt(d, matter)
            continue
        d.allowed = MOVES[matter.phase, c.RecordFact].to
        if isinstance(command.fact, OutsideRefund):
            check_paid_elsewhere(d, matter)
        elif isinstance(command.fact, Scan) and _waits_for(matter, command.fact.parcel):
            look_at_scans(d, matter.number)


def _waits_for(matter: Matter, parcel: str) -> bool:
    """Whether a matter's goods travel in that parcel."""
    return matter.remedy is not None and parcel in (matter.remedy.tracking, matter.remedy.out_tracking)
