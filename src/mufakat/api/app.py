"""The application: routes, door, problems, telemetry and the description of it all (OpenAPI 3.1)."""

from typing import Any, Final

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Tag

from mufakat import __version__
from mufakat.api import problems
from mufakat.api.asked import CheckedRequest
from mufakat.api.knocking import guard
from mufakat.api.routes import asking, cases, files, health, keys, orders, rulebooks, sandbox
from mufakat.api.site import Site
from mufakat.api.telemetry import App, telemetry

MAX_BODY: Final = 1_000_000
"""Bytes of a body, but for files."""

V1: Final[tuple[Router, ...]] = (
    orders.router,
    cases.router,
    asking.router,
    files.router,
    rulebooks.router,
    keys.router,
    sandbox.router,
)
"""The routes that need a caller whom we know."""
OPEN: Final[tuple[Any, ...]] = (health.router,)
"""The routes that anybody may read."""


def application(site: Site) -> App:
    """The application over a site, watched: what a server runs."""
    return telemetry(build(site))


def build(site: Site) -> Litestar:
    """The application itself."""
    return Litestar(
        route_handlers=[Router("/", route_handlers=list(V1), guards=[guard], security=[{"bearer": []}]), *OPEN],
        state=State({"site": site}),
        exception_handlers={Exception: problems.answer},
        request_max_body_size=MAX_BODY,
        request_class=CheckedRequest,
        openapi_config=_openapi(),
        logging_config=None,
    )


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Mufakat",
        version=__version__,
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="The key of a server, or the token of an agent, a customer or a seller.",
                )
            }
        ),
        tags=[Tag(name="Orders"), Tag(name="Cases"), Tag(name="Keys and tokens"), Tag(name="Sandbox"), Tag(name="Health")],
        path="/openapi",
    )
