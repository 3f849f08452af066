"""The application: routes, door, problems, telemetry and the description of it all (OpenAPI 3.1)."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from litestar import Litestar, Request, Response, Router
from litestar.datastructures import State

from mufakat.api import problems
from mufakat.api.addresses import with_slashes
from mufakat.api.asked import CheckedRequest
from mufakat.api.knocking import guard
from mufakat.api.routes import (
    accounts,
    asking,
    carriers,
    cases,
    contacts,
    disclosures,
    docs,
    drafts,
    files,
    health,
    hooks,
    imports,
    keys,
    money,
    notices,
    oidc,
    orders,
    parcels,
    problem_types,
    providers,
    quality,
    queue,
    queue_health,
    reconciliations,
    record,
    reports,
    rulebooks,
    samples,
    sandbox,
    sessions,
    signals,
    statements,
    support,
    tellings,
    uploads,
    views,
    welcome,
    worksheet,
)
from mufakat.api.site import Site
from mufakat.api.telemetry import App, telemetry
from mufakat.api.tus import speaking_tus

MAX_BODY: Final = 1_000_000
"""Bytes of a body, but for files."""

V1: Final[tuple[Router, ...]] = (
    orders.router,
    parcels.router,
    cases.router,
    asking.router,
    files.router,
    views.router,
    record.router,
    signals.router,
    worksheet.router,
    money.router,
    statements.router,
    uploads.router,
    rulebooks.router,
    imports.router,
    keys.router,
    hooks.router,
    reconciliations.router,
    accounts.router,
    sessions.router,
    contacts.router,
    notices.router,
    disclosures.router,
    tellings.router,
    quality.router,
    quality.similar_router,
    reports.router,
    samples.router,
    queue.router,
    queue_health.router,
    drafts.router,
    support.router,
    sandbox.router,
)
"""The routes that need a caller whom we know."""
OPEN: Final[tuple[Any, ...]] = (
    docs.router,
    problem_types.router,
    health.router,
    views.read_link,
    sessions.sign_in,
    accounts.accept_invitation,
    oidc.start_oidc,
    oidc.finish_oidc,
    providers.router,
    carriers.router,
)
"""The routes that need no caller whom we know: what anybody may read, and what is signed by other means."""


Answer = Callable[[Request[Any, Any, Any], Exception], Response[Any]]
"""How an error is told of."""


@dataclass(frozen=True, slots=True)
class Front:
    """What stands before the API in the same application: its handlers, the first page among them.

    `answer`: how it tells of errors, those of the API included. `state`: what its handlers find in the application.
    """

    handlers: tuple[Any, ...] = (welcome.router,)
    answer: Answer = problems.answer
    state: Mapping[str, Any] = field(default_factory=dict)


API_ALONE: Final = Front()
"""No pages for people but the first one, which says how the API is tried."""


def application(site: Site, front: Front = API_ALONE) -> App:
    """The application over a site, watched: what a server runs."""
    return telemetry(with_slashes(speaking_tus(build(site, front), site.materials.limits.file_bytes)))


def build(site: Site, front: Front = API_ALONE) -> Litestar:
    """The application itself: the routes of all, which a site cannot change, with a state of its own."""
    built = copy(_routes(front.handlers, front.answer))
    built.state = State({"site": site, "describe": describe, **front.state})
    return built


@cache
def _routes(handlers: tuple[Any, ...], answer: Answer) -> Litestar:
    """The routes put together, once in a process: it takes longer than many a test does."""
    return Litestar(
        route_handlers=[Router("/", route_handlers=list(V1), guards=[guard]), *OPEN, *handlers],
        exception_handlers={Exception: answer},
        request_max_body_size=MAX_BODY,
        request_class=CheckedRequest,
        openapi_config=None,
        logging_config=None,
    )


@cache
def describe() -> dict[str, Any]:
    """The description of every route (OpenAPI 3.1), made when it is first asked for."""
    from mufakat.api.describing.document import document

    return document([*V1, *OPEN])
