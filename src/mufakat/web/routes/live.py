"""News of a case for an open page: a stream that says when something happened that its visitor may know of.

It carries no text of the case: the page asks for itself again. What is watched is the case's version, by one small
query every few seconds. So many streams a process and a visitor; over that the page asks less often by itself.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Final

from litestar import Request, get
from litestar.params import QueryParameter
from litestar.response import Stream

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.principals import NotSignedIn, Principal
from mufakat.api.problems import Troubled
from mufakat.api.site import Site
from mufakat.api.troubles import Trouble
from mufakat.core.sight import sees
from mufakat.store.database import StoreLost
from mufakat.web import visits

LOOK_EVERY: Final = 2.0
"""Seconds between two looks at a case."""
SAY_EVERY: Final = 15.0
"""Seconds after which a stream with nothing to say says that it is there."""
LONGEST: Final = 600.0
"""Seconds after which a stream ends; the page opens another."""
HERE: Final = "event: here\ndata:\n\n"
"""A sign of life: a page that hears none knows that it has lost touch."""
MOST_STREAMS: Final = 500
"""Streams of one process."""
MOST_OF_ONE: Final = 6
"""Streams of one visitor."""


class Streams:
    """The streams of one process. `ending` is set when the process ends: then they end, too."""

    def __init__(self, ending: asyncio.Event) -> None:
        self.ending = ending
        self._open: Counter[tuple[str, str]] = Counter()

    def enter(self, who: Principal) -> None:
        """Count one more. Raises Troubled (SLOW_DOWN) where there are enough."""
        key = (who.marketplace, who.id)
        if self._open.total() >= MOST_STREAMS or self._open[key] >= MOST_OF_ONE:
            raise Troubled(Trouble.SLOW_DOWN, headers={"Retry-After": "60"})
        self._open[key] += 1

    def leave(self, who: Principal) -> None:
        """Count one less."""
        key = (who.marketplace, who.id)
        self._open[key] -= 1
        if self._open[key] <= 0:
            del self._open[key]

    @property
    def open(self) -> int:
        """How many there are."""
        return self._open.total()


@get("/cases/{case_id:str}/live", opt={visits.CALLERS: visits.EVERYBODY}, include_in_schema=False)
async def listen(
    request: Request[Any, Any, Any],
    case_id: CaseId,
    after: Annotated[int, QueryParameter(required=False, ge=0, le=10**9)] = 0,
) -> Stream:
    """Say `changed` whenever something was recorded after that version that the visitor may know of."""
    site, who = site_of(request), caller(request)
    loaded = await site.loaded(who, case_id)
    streams: Streams = request.app.state.streams
    streams.enter(who)
    last = request.headers.get("last-event-id", "")
    since = int(last) if last.isdigit() and len(last) < 10 else after  # noqa: PLR2004 - as long as a version can be
    order_id, cookie = loaded.order.order.order_id, request.cookies.get(visits.cookie_name(request), "")
    return Stream(
        _news(site, who, order_id, case_id, since, cookie, streams),
        status_code=200,
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _news(
    site: Site, who: Principal, order_id: str, case_id: str, since: int, cookie: str, streams: Streams
) -> AsyncGenerator[str]:
    began = said = asyncio.get_running_loop().time()
    try:
        yield f"retry: 3000\n\n{HERE}"
        while not streams.ending.is_set():
            now = asyncio.get_running_loop().time()
            if now - began > LONGEST or not await _still(site, cookie):
                return
            version = await _version(site, who, case_id)
            if version is not None and version > since:
                if await _concerns(site, who, order_id, case_id, since):
                    yield f"event: changed\nid: {version}\ndata: {version}\n\n"
                    said = now
                since = version
            if now - said > SAY_EVERY:
                yield HERE
                said = now
            await _pause(streams.ending)
    finally:
        streams.leave(who)


async def _still(site: Site, cookie: str) -> bool:
    """Whether the visit goes on: it ends with its credential, also for a page that is open."""
    try:
        await visits.visiting(site, cookie)
    except NotSignedIn:
        return False
    except StoreLost:
        return True
    return True


async def _version(site: Site, who: Principal, case_id: str) -> int | None:
    try:
        row = await site.store.find_case(who.marketplace, case_id)
    except StoreLost:
        return None
    return None if row is None else row.number


async def _concerns(site: Site, who: Principal, order_id: str, case_id: str, since: int) -> bool:
    """Whether anything after a version is for the visitor's eyes."""
    log = await site.store.history(who.marketplace, order_id, case_id)
    return any(each.recorded.number > since and sees(each.recorded.event, who.role) for each in log)


async def _pause(ending: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(ending.wait(), LOOK_EVERY)
    except TimeoutError:
        return
