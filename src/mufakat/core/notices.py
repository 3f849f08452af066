"""Which notices there are: every code that `effects` can make, to whom, and what each is for (S1, S8, S27)."""

from collections import defaultdict
from enum import StrEnum
from functools import cache
from typing import Final

from mufakat.core import events as e
from mufakat.core.effects import JUDGED_BY_MACHINE, NOTICES, REMINDER, YOUR_TURN
from mufakat.core.parties import PARTIES, Role
from mufakat.core.process import OWNERS

READERS: Final = (*PARTIES, Role.AGENT)
"""Who has an inbox."""


class NoticeKind(StrEnum):
    """What a notice is for its reader, the most urgent first.

    REMINDER: the time for what was asked ends soon. ASKS: something is asked. RESULT: how it was decided, what was
    paid, that it is closed. NEWS: all else.
    """

    REMINDER = "REMINDER"
    ASKS = "ASKS"
    RESULT = "RESULT"
    NEWS = "NEWS"


class Telling(StrEnum):
    """How far a telling is. OFF: it stayed in the inbox alone, because nothing was set up in time to tell it by.

    FAILED: it was tried until there was no point. BOUNCED: it was refused for good, or came back. NO_CONTACT: there was
    no address to send it to.
    """

    WAITING = "WAITING"
    SENT = "SENT"
    FAILED = "FAILED"
    BOUNCED = "BOUNCED"
    NO_CONTACT = "NO_CONTACT"
    OFF = "OFF"


class WhatWasDone(StrEnum):
    """What somebody did where a result could not be delivered."""

    CALLED = "CALLED"
    WROTE = "WROTE"
    MARKETPLACE_TOLD = "MARKETPLACE_TOLD"
    CANNOT_BE_REACHED = "CANNOT_BE_REACHED"


RESULTS: Final = frozenset(
    {
        JUDGED_BY_MACHINE,
        *(
            e.NAMES[kind]
            for kind in (
                e.Judged,
                e.AppealDecided,
                e.OrderRecorded,
                e.RiskDecided,
                e.DeliveryAssessed,
                e.TurnedIntoRefund,
                e.RefundOrdered,
                e.DeductionOrdered,
                e.AdvanceOrdered,
                e.RefundPaid,
                e.AdvanceRecovered,
                e.DebtLeft,
                e.ReversalBooked,
                e.ChargebackSettled,
                e.MatterClosed,
            )
        ),
    }
)
"""Codes that tell a result: both parties are told it on their contacts, or an agent sees that they were not (S8)."""

ASKING: Final = frozenset({e.NAMES[kind] for kind in (e.MaterialAsked, e.AgreementProposed, e.OwnPaymentClaimed)})
"""Codes of events that ask something of whom they are told, whatever phase the matter stands in."""


def kind_of(code: str) -> NoticeKind:
    """What a notice is for its reader."""
    if code.startswith(REMINDER):
        return NoticeKind.REMINDER
    if code.startswith(YOUR_TURN) or code in ASKING:
        return NoticeKind.ASKS
    return NoticeKind.RESULT if code in RESULTS else NoticeKind.NEWS


@cache
def every_notice() -> dict[str, frozenset[Role]]:
    """Every code that a notice can have, and the roles that can get it."""
    found: defaultdict[str, set[Role]] = defaultdict(set)
    for kind, roles in NOTICES.items():
        found[e.NAMES[kind]].update(roles)
    found[JUDGED_BY_MACHINE].update(PARTIES)
    for phase, owners in OWNERS.items():
        for role in owners & set(READERS):
            found[f"{YOUR_TURN}{phase.lower()}"].add(role)
            found[f"{REMINDER}{phase.lower()}"].add(role)
    return {code: frozenset(roles) for code, roles in found.items()}


@cache
def codes_of(kinds: frozenset[NoticeKind]) -> tuple[str, ...]:
    """Every code of a notice of these kinds."""
    return tuple(sorted(code for code in every_notice() if kind_of(code) in kinds))
