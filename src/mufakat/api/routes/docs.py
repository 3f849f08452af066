"""The description of the API for programs (`/openapi.json`, `/asyncapi.json`) and for people (`/docs`).

Nothing comes from elsewhere.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get
from litestar.params import HeaderParameter, PathParameter

from mufakat.api.problems import Troubled
from mufakat.api.troubles import Trouble

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the pages may load: what we serve ourselves, and small pictures inside the style sheet."""
DAY: Final = "public, max-age=86400"
OURS: Final = "mufakat.api.pages"
PACKAGE: Final = "swagger_ui"
FILES: Final[dict[str, tuple[str, str, str]]] = {
    "docs.js": (OURS, "docs.js", "text/javascript"),
    "docs.css": (OURS, "docs.css", "text/css"),
    "swagger-ui-bundle.js": (PACKAGE, "static/swagger-ui-bundle.js", "text/javascript"),
    "swagger-ui.css": (PACKAGE, "static/swagger-ui.css", "text/css"),
    "favicon-32x32.png": (PACKAGE, "static/favicon-32x32.png", "image/png"),
}
"""All that the pages need: name to package, place in it, and type."""

Tag = Annotated[str | None, HeaderParameter(name="If-None-Match", required=False)]


@get("/openapi.json", include_in_schema=False)
async def read_document(request: Request[Any, Any, Any], if_none_match: Tag = None) -> Response[bytes]:
    """The OpenAPI document."""
    describe: Callable[[], Mapping[str, Any]] = request.app.state.describe
    return _answer(_encoded(describe), "application/json", if_none_match, "no-cache")


@get("/asyncapi.json", include_in_schema=False)
async def read_events_document(if_none_match: Tag = None) -> Response[bytes]:
    """The AsyncAPI document: what webhooks tell."""
    from mufakat.api.describing.events import document

    return _answer(_encoded(document), "application/json", if_none_match, "no-cache")


@get("/docs", include_in_schema=False)
async def read_docs(if_none_match: Tag = None) -> Response[bytes]:
    """The page that shows it."""
    return _answer(_file(OURS, "docs.html"), "text/html", if_none_match, "no-cache")


@get("/docs/{name:str}", include_in_schema=False)
async def read_docs_file(
    name: Annotated[str, PathParameter(max_length=100)], if_none_match: Tag = None
) -> Response[bytes]:
    """A file that the page needs."""
    if name not in FILES:
        raise Troubled(Trouble.NOT_FOUND)
    package, place, kind = FILES[name]
    return _answer(_file(package, place), kind, if_none_match, DAY)


@cache
def _encoded(describe: Callable[[], Mapping[str, Any]]) -> tuple[bytes, str]:
    return _tagged(msgspec.json.encode(describe()))


@cache
def _file(package: str, place: str) -> tuple[bytes, str]:
    """A file of a package, read once, and its tag."""
    return _tagged(resources.files(package).joinpath(place).read_bytes())


def _tagged(content: bytes) -> tuple[bytes, str]:
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _answer(found: tuple[bytes, str], kind: str, known: str | None, caching: str) -> Response[bytes]:
    content, tag = found
    headers = {"ETag": tag, "Cache-Control": caching, "Content-Security-Policy": POLICY}
    if known is not None and tag in [each.strip().removeprefix("W/") for each in known.split(",")]:
        return Response(b"", status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=kind)


router = Router("/", route_handlers=[read_document, read_events_document, read_docs, read_docs_file])
