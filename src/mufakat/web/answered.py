"""What the API answers to who visits, for a page to show: the same handler, the same right, the page's language.

A page that is made of an answer cannot show what the API would not, and a lead's page cannot forget its right.
"""

from typing import Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler

from mufakat.api.asked import caller
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import Troubled
from mufakat.api.troubles import Trouble
from mufakat.web.tongue import Tongue


async def answered(
    request: Request[Any, Any, Any], handler: HTTPRouteHandler, t: Tongue | None = None, **given: Any
) -> Any:
    """The API's answer to what was asked with `given`, in the language of the page.

    Raises Troubled (NOT_FOUND) where the visitor has not the right of that address, and what the handler raises.
    """
    if not caller(request).may(handler.opt[RIGHT]):
        raise Troubled(Trouble.NOT_FOUND)
    return await handler.fn(request if t is None else speaking(request, t), **given)


def speaking(request: Request[Any, Any, Any], t: Tongue) -> Request[Any, Any, Any]:
    """The same request, preferring the language of the page: its reader may have chosen another than the browser's."""
    kept = [(name, value) for name, value in request.scope["headers"] if name != b"accept-language"]
    headers = [*kept, (b"accept-language", t.language.value.encode())]
    # What the framework keeps of a request under these names has the headers as they came, once anybody read them.
    state = {name: value for name, value in request.scope["state"].items() if not name.startswith("_ls_")}
    scope = {**request.scope, "headers": headers, "state": state}
    return type(request)(scope)  # type: ignore[arg-type]
