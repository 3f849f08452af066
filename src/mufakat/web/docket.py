"""A case before an agent: the page of the parties with what only agents see beside it (worksheet, signals, record).

Everything is what the API answers to the same agent (`answered.py`), who must have or have had work in the case.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request

from mufakat.api.asked import caller, site_of
from mufakat.api.routes import contacts, record, signals, worksheet
from mufakat.api.wire.contacts import ContactsOut
from mufakat.api.wire.record import RecordOut
from mufakat.api.wire.signals import SignalsOut
from mufakat.api.wire.worksheet import WorksheetOut
from mufakat.core.waiting import BackReason, WorkKind
from mufakat.store.queue import Work
from mufakat.web.answered import answered
from mufakat.web.seen import Seen, seen
from mufakat.web.tongue import mark as _

KINDS: Final[dict[WorkKind, str]] = {
    WorkKind.JUDGE: _("Judge a dispute"),
    WorkKind.APPEAL: _("Decide an appeal"),
    WorkKind.ASSESS: _("Assess a return or a delivery"),
    WorkKind.CONFIRM: _("Confirm a colleague's judgement"),
    WorkKind.SAMPLE: _("Judge once more, unseen"),
}
"""What work is called."""
BACK: Final[dict[BackReason, str]] = {
    BackReason.KNOWS_A_PARTY: _("I know one of the parties"),
    BackReason.LACKS_SKILL: _("I lack the language or the knowledge"),
    BackReason.NO_TIME: _("I have no time"),
    BackReason.OTHER: _("Something else"),
}
"""Why work is handed back."""


@dataclass(frozen=True, slots=True)
class Docket:
    """All that an agent has before it. `held`: the work of the case that is the visitor's own."""

    s: Seen
    sheet: WorksheetOut
    signals: SignalsOut
    record: RecordOut
    contacts: ContactsOut
    held: list[Work]


async def docket(request: Request[Any, Any, Any], case_id: str) -> Docket:
    """A case before the agent who visits. Raises RefusedByRules for what is not their work."""
    site, who = site_of(request), caller(request)
    shown = await seen(request, case_id)
    t = shown.t
    sheet, told, known, contact, held = await asyncio.gather(
        answered(request, worksheet.read_worksheet, t, case_id=case_id),
        answered(request, signals.read_signals, t, case_id=case_id),
        answered(request, record.read_record, t, case_id=case_id),
        answered(request, contacts.read_contacts, t, order_id=shown.case.order_id),
        site.queue.held(who.marketplace, who.id),
    )
    return Docket(
        s=shown,
        sheet=sheet,
        signals=told,
        record=known,
        contacts=contact,
        held=[each for each in held if each.key.case_id == case_id],
    )
