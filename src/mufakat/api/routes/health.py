"""Whether the program lives, and whether it can serve: for load balancers and for people."""

from datetime import timedelta
from typing import Any, Final

from litestar import Request, Response, Router, get

from mufakat import __version__
from mufakat.api.asked import site_of
from mufakat.api.wire.health import Live, Ready
from mufakat.store.database import StoreLost

LATE: Final = timedelta(minutes=5)
"""How long a due moment may have gone by before a worker is missed."""


@get("/live")
async def live() -> Live:
    """The program runs."""
    return Live(status="live", version=__version__)


@get("/ready")
async def ready(request: Request[Any, Any, Any]) -> Response[Ready]:
    """The database answers. A backlog of due moments is told, and does not make it unready."""
    site = site_of(request)
    now = site.engine.clock.now()
    try:
        next_ = await site.store.next_moment()
    except StoreLost:
        return Response(Ready(status="database away", database=False, oldest_due_seconds=None), status_code=503)
    late = (now - next_).total_seconds() if next_ is not None and next_ < now else None
    status = "late" if late is not None and late > LATE.total_seconds() else "ready"
    return Response(Ready(status=status, database=True, oldest_due_seconds=late))


router = Router("/health", route_handlers=[live, ready], tags=["Health"])
