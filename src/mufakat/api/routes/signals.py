"""Signals of a case: for agents only, put together when they are asked for."""

from typing import Any

from litestar import Request, Router, get

from mufakat.api.addresses import order_href
from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.rights import Right
from mufakat.api.site import language_of
from mufakat.api.wire import signals as w
from mufakat.core.case import Case
from mufakat.core.signals import Link, Signal, SignalKind
from mufakat.core.words import Language
from mufakat.core.words.signals import say
from mufakat.rulebooks import load


@get("/{case_id:str}/signals", opt={RIGHT: Right.SIGNALS_READ})
async def read_signals(request: Request[Any, Any, Any], case_id: CaseId) -> w.SignalsOut:
    """What was seen beside the material: the same or a near picture or text elsewhere, a tracking number named twice.

    Also pictures that say that they were taken before the delivery, and content credentials (C2PA). For agents only:
    no signal has a weight, and none decides. Places in cases in which the agent has a part are not told.
    """
    site, who, language = site_of(request), caller(request), language_of(request)
    loaded = await site.loaded(who, case_id)
    assert loaded.case is not None
    told = await site.signals.for_case(loaded, who.id, who.ties)
    zone = load(loaded.marketplace.market).zone
    return w.SignalsOut(
        case_id=case_id,
        language=language.value,
        signals=[_signal(loaded.case, each, zone, language) for each in told.signals],
        left_out=told.left_out,
    )


def _signal(case: Case, signal: Signal, zone: str, language: Language) -> w.SignalOut:
    """A signal with its sentence, where it is read, and the numbers behind it."""
    digest = next((each.material.digest for each in case.exhibits if each.number == signal.exhibit), "")
    known = signal.taken is not None and signal.taken.tzinfo is not None
    return w.SignalOut(
        kind=signal.kind,
        text=say(signal, zone, language),
        by=signal.giver,
        exhibit=signal.exhibit,
        event=signal.event,
        href=_href(case.case_id, digest, 0 if signal.exhibit else signal.event),
        places=[_place(signal.kind, each) for each in signal.links],
        found=signal.found,
        at_least=signal.at_least,
        taken_at=signal.taken if known else None,
        taken_local=None if signal.taken is None or known else signal.taken.isoformat(),
        delivered_at=signal.delivered,
        zone=signal.zone,
        credentials=dict(signal.credentials) or None,
    )


def _place(kind: SignalKind, link: Link) -> w.SignalPlaceOut:
    of_text = kind is SignalKind.NEAR_TEXT
    return w.SignalPlaceOut(
        tie=link.tie,
        case_id=link.case_id,
        order_id=link.order_id,
        by=link.giver,
        account=link.account,
        opened_at=link.opened_at,
        exhibit=link.exhibit,
        event=link.event,
        differing_bits=None if of_text else link.alike,
        same_percent=link.alike if of_text else None,
        href=_href(link.case_id, link.digest, link.event),
        case_href=_href(link.case_id),
        order_href=order_href(link.order_id),
    )


def _href(case_id: str, digest: str = "", event: int = 0) -> str:
    """Where a file's views, an event, or else the whole case is read."""
    case = f"/v1/cases/{case_id}"
    if digest:
        return f"{case}/files/{digest}/views"
    return f"{case}/events?after={event - 1}" if event else case


router = Router("/v1/cases", route_handlers=[read_signals], tags=["Cases"])
