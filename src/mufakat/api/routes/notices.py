"""The inbox of a party: what it is told, in its language, and how far it has read (S1, S8, S27)."""

from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Router, get, post
from litestar.params import JSONBody, QueryParameter

from mufakat.api.asked import caller, check_moment, site_of
from mufakat.api.cursors import CursorError
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import Troubled
from mufakat.api.rights import Right
from mufakat.api.site import Site, language_of
from mufakat.api.troubles import Trouble
from mufakat.api.wire import notices as w
from mufakat.core.notices import NoticeKind, codes_of, kind_of
from mufakat.core.parties import Role
from mufakat.core.words import Language
from mufakat.core.words.notices import said, until
from mufakat.rulebooks import load
from mufakat.store.inbox import NoticesWanted
from mufakat.store.records import Notice

PAGE: Final = 25
"""Notices on a page where the caller names no number."""
MOST_A_PAGE: Final = 100

Kinds = Annotated[
    list[NoticeKind] | None, QueryParameter(name="kind", required=False, description="Only notices of these kinds.")
]
Unread = Annotated[bool, QueryParameter(description="Only what the caller has not read.")]


@get("/notices", opt={RIGHT: Right.NOTICES_OWN})
async def list_notices(
    request: Request[Any, Any, Any],
    kinds: Kinds = None,
    unread: Unread = False,  # noqa: FBT002
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_A_PAGE)] = PAGE,
    cursor: Annotated[str, QueryParameter(required=False, max_length=1000)] = "",
) -> w.NoticesOut:
    """The caller's inbox, newest first: what is asked of it until when, what it is reminded of, and what became of it.

    Agents and leads have none: their desk and the queue say what waits for them.
    """
    site, who = site_of(request), caller(request)
    own = (who.marketplace, who.role.value, who.id)
    wanted_kinds = frozenset(kinds or ())
    about = ("notices", *own, unread, *sorted(wanted_kinds))
    read = await site.store.read_until(*own)
    wanted = NoticesWanted(
        *own,
        limit,
        codes=codes_of(wanted_kinds) if wanted_kinds else (),
        since=read if unread else None,
        before=_before(site, about, cursor),
    )
    found = await site.store.inbox_page(wanted)
    zone, language = load((await site.place(who)).market).zone, language_of(request)
    return w.NoticesOut(
        notices=[_out(each, read, zone, language) for each in found],
        unread=await site.store.unread(*own),
        next=_next(site, about, found[-1]) if len(found) == limit else None,
    )


@post("/notices/read", opt={RIGHT: Right.NOTICES_OWN}, status_code=200)
async def mark_notices_read(request: Request[Any, Any, Any], data: JSONBody[w.ReadIn]) -> w.UnreadOut:
    """Note that the caller has read what was placed up to a moment; what is read stays so. How many are unread then."""
    check_moment(data.until, "until")
    site, who = site_of(request), caller(request)
    own = (who.marketplace, who.role.value, who.id)
    now = (await site.place(who)).at(site.engine.clock.now())  # what is yet to come is not read
    await site.store.mark_read(*own, min(data.until, now))
    return w.UnreadOut(unread=await site.store.unread(*own))


def _out(notice: Notice, read: datetime | None, zone: str, language: Language) -> w.NoticeOut:
    due = datetime.fromisoformat(notice.due) if notice.due else None
    return w.NoticeOut(
        notice_id=notice.key,
        order_id=notice.order_id,
        case_id=notice.case_id,
        matter=notice.matter,
        code=notice.code,
        kind=kind_of(notice.code),
        text=said(notice.code, Role(notice.to_role), language),
        until=until(notice.code, due, notice.lapse, zone, language),
        due=due,
        placed_at=notice.placed_at,
        unread=read is None or notice.placed_at > read,
    )


def _next(site: Site, about: tuple[Any, ...], last: Notice) -> str:
    return site.cursors.make(about, [last.placed_at.isoformat(), last.key])


def _before(site: Site, about: tuple[Any, ...], cursor: str) -> tuple[datetime, str] | None:
    """Where the page before ended. Raises Troubled (CURSOR_NOT_VALID)."""
    if not cursor:
        return None
    try:
        at, key = site.cursors.read(about, cursor)
    except CursorError as error:
        raise Troubled(Trouble.CURSOR_NOT_VALID, str(error)) from error
    return datetime.fromisoformat(at), key


router = Router("/v1", route_handlers=[list_notices, mark_notices_read], tags=["Notices"])
"""The routes."""
