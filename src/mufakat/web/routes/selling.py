"""The cases of who visits: a customer's own, or a seller's worklist by urgency, with filters."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import FromQuery, QueryParameter

from mufakat.api.asked import caller
from mufakat.core.parties import Role
from mufakat.web.drawing import page
from mufakat.web.filling import Filled
from mufakat.web.routes.orders import cases_page
from mufakat.web.worklist import Filter, worklist

Cursor = Annotated[str, QueryParameter(required=False, max_length=1000)]

Ticked = Annotated[str, QueryParameter(required=False, max_length=10)]


@get("/cases", include_in_schema=False)
async def read_cases(
    request: Request[Any, Any, Any], show: FromQuery[Filter] = Filter.ALL, cursor: Cursor = "", ticked: Ticked = ""
) -> Response[str]:
    """A seller's cases by what is due first, those of one filter or all, a page at a time; all of a customer's."""
    if caller(request).role is not Role.SELLER:
        return await cases_page(request)
    found = await worklist(request, show, cursor)
    return page(request, "worklist.html", found.t, w=found, ticked=ticked, key=Filled().key)
