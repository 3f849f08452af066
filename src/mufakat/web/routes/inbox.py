"""A party's inbox as a page: what it is told, newest first, what is new among it, and a way to each case."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect

from mufakat.api.asked import caller, site_of
from mufakat.api.routes import notices as of_notices
from mufakat.api.wire.notices import NoticesOut, ReadIn
from mufakat.core.notices import NoticeKind
from mufakat.web.answered import answered
from mufakat.web.drawing import page
from mufakat.web.filling import typed
from mufakat.web.routes.orders import market_tongue
from mufakat.web.tongue import mark as _

Cursor = Annotated[str, QueryParameter(required=False, max_length=1000)]


class Filter(StrEnum):
    """What a party looks for in its inbox."""

    ALL = "all"
    NEW = "new"
    ASKED = "asked"
    RESULTS = "results"


FILTERS: Final[dict[Filter, tuple[str, str, tuple[NoticeKind, ...]]]] = {
    Filter.ALL: (_("All"), _("You have no notices yet. What happens in your cases appears here."), ()),
    Filter.NEW: (_("New"), _("Nothing new: you have read everything."), ()),
    Filter.ASKED: (_("Asked of you"), _("Nothing has been asked of you."), (NoticeKind.REMINDER, NoticeKind.ASKS)),
    Filter.RESULTS: (_("Results"), _("There are no results yet."), (NoticeKind.RESULT,)),
}
"""Each filter: its name, what is said where nothing is behind it, and which kinds it is about (none: any)."""


@get("/inbox", include_in_schema=False)
async def read_inbox(
    request: Request[Any, Any, Any], show: FromQuery[Filter] = Filter.ALL, cursor: Cursor = ""
) -> Response[str]:
    """The visitor's notices of one filter, a page at a time."""
    tongue = await market_tongue(request, site_of(request), caller(request))
    found: NoticesOut = await answered(
        request,
        of_notices.list_notices,
        tongue,
        kinds=list(FILTERS[show][2]),
        unread=show is Filter.NEW,
        limit=of_notices.PAGE,
        cursor=cursor,
    )
    newest = max((each.placed_at for each in found.notices), default=None)
    return page(request, "inbox.html", tongue, found=found, filters=FILTERS, chosen=show, newest=newest)


@post("/inbox", include_in_schema=False)
async def mark_read(request: Request[Any, Any, Any]) -> Redirect:
    """What stood on the page has been read; what came since has not."""
    given = (await typed(request)).get("until")
    try:
        until = datetime.fromisoformat(given)
    except ValueError:
        return Redirect("/inbox", status_code=303)
    if until.tzinfo is not None:
        await answered(request, of_notices.mark_notices_read, data=ReadIn(until=until))
    return Redirect("/inbox", status_code=303)
