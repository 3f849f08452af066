"""Whether the program lives, whether it can serve, and how it shuts files in: for load balancers and for people."""

from datetime import timedelta
from typing import Any, Final

from litestar import Request, Response, Router, get

from mufakat import __version__
from mufakat.api.asked import site_of
from mufakat.api.wire.health import Live, Ready, ShutIn
from mufakat.evidence.inspection.inspector import Inspector
from mufakat.evidence.inspection.isolation import Walls
from mufakat.store.database import StoreLost

LATE: Final = timedelta(minutes=5)
"""How long a due moment may have gone by before a worker is missed."""
NOBODY: Final = "Nothing looks into files here."


@get("/live")
async def live() -> Live:
    """The program runs."""
    return Live(status="live", version=__version__)


@get("/ready")
async def ready(request: Request[Any, Any, Any]) -> Response[Ready]:
    """The database answers. A backlog of due moments is told, and does not make it unready.

    So is how uploaded files are shut in while they are looked into, which the machine may not allow.
    """
    site = site_of(request)
    looking = site.materials.looking
    shut_in, says = (ShutIn.NOT_STARTED, NOBODY) if looking is None else _shut_in(looking.inspector)
    now = site.engine.clock.now()
    try:
        next_ = await site.store.next_moment()
    except StoreLost:
        away = Ready(status="database away", database=False, oldest_due_seconds=None, files_shut_in=shut_in, files=says)
        return Response(away, status_code=503)
    late = (now - next_).total_seconds() if next_ is not None and next_ < now else None
    status = "late" if late is not None and late > LATE.total_seconds() else "ready"
    return Response(Ready(status=status, database=True, oldest_due_seconds=late, files_shut_in=shut_in, files=says))


def _shut_in(inspector: Inspector) -> tuple[ShutIn, str]:
    """How its files are shut in, as a word and as a sentence."""
    match inspector.walls:
        case None:
            return ShutIn.NOT_STARTED, inspector.isolation()
        case Walls.NONE:
            return ShutIn.LIMITED, inspector.isolation()
        case walls:
            return ShutIn.ISOLATED if walls & Walls.NAMESPACES else ShutIn.PARTLY, inspector.isolation()


router = Router("/health", route_handlers=[live, ready], tags=["Health"])
