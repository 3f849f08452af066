"""Drafts: judgements that wait for a second person, for leads to see who drafted what, when, and why it takes two."""

from typing import Annotated, Any, Final

from litestar import Request, Router, get
from litestar.params import QueryParameter

from mufakat.api.asked import caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.principals import Principal
from mufakat.api.rights import Right
from mufakat.api.routes.queue import waiting_page, work_out
from mufakat.api.site import Site
from mufakat.api.wire import queue as w
from mufakat.core import events as e
from mufakat.core.waiting import WorkKind
from mufakat.store.queue import Work
from mufakat.store.records import Ask

PAGE: Final = 20
"""Drafts on a page where the caller names no number."""
MOST_A_PAGE: Final = 50


@get("/queue/drafts", opt={RIGHT: Right.QUEUE_LEAD})
async def list_drafts(
    request: Request[Any, Any, Any],
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_A_PAGE)] = PAGE,
    cursor: Annotated[str, QueryParameter(required=False, max_length=1000)] = "",
) -> w.DraftsOut:
    """Judgements that wait for a second person, in the order of the queue: who drafted them, when, why it takes two."""
    site, who = site_of(request), caller(request)
    found, more = await waiting_page(site, who, limit, cursor, kind=WorkKind.CONFIRM)
    drafts = [await _draft(site, who, each) for each in found]
    return w.DraftsOut(drafts=[each for each in drafts if each is not None], next=more)


async def _draft(site: Site, who: Principal, work: Work) -> w.WaitingDraftOut | None:
    """What waits in some work; None where it was confirmed or given back in this very moment."""
    key = work.key
    loaded = await site.store.load(Ask(who.marketplace, key.order_id, key.case_id))
    log = await site.store.history(who.marketplace, key.order_id, key.case_id)
    drafted = next((each.recorded for each in reversed(log) if _is_draft(each.recorded.event, key.matter)), None)
    waits = loaded is not None and loaded.case is not None and loaded.case.matter(key.matter).draft is not None
    if loaded is None or loaded.policy is None or drafted is None or not waits:
        return None
    event, above = drafted.event, loaded.policy.switches.four_eyes_above
    assert isinstance(event, e.JudgementDrafted)
    is_above = 0 < above < event.amount
    why = [w.FourEyes.ABOVE_AMOUNT] if is_above else []
    return w.WaitingDraftOut(
        work=work_out(work),
        drafted_by=drafted.actor.id,
        drafted_at=drafted.at,
        appeal=event.appeal,
        amount=event.amount,
        why=[*why, w.FourEyes.OVERRIDDEN] if event.overrides else why,
        above=above if is_above else None,
        own=drafted.actor.id == who.id,
    )


def _is_draft(event: object, matter: int) -> bool:
    return isinstance(event, e.JudgementDrafted) and event.matter == matter


router = Router("/v1", route_handlers=[list_drafts], tags=["Queue"])
