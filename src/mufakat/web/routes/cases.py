"""The page of a case, a copy of it to keep, and its statements of reasons."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import QueryParameter

from mufakat.api.asked import CaseId, caller
from mufakat.api.routes import statements
from mufakat.core.parties import Role
from mufakat.web import visits
from mufakat.web.drawing import page
from mufakat.web.filling import Filled
from mufakat.web.phases import STEPS_SAID
from mufakat.web.routes.desk import read_docket
from mufakat.web.seen import seen

Done = Annotated[str, QueryParameter(required=False, max_length=40, pattern="^[A-Za-z]*$")]


@get("/cases/{case_id:str}", opt={visits.CALLERS: visits.EVERYBODY}, include_in_schema=False)
async def read_case(request: Request[Any, Any, Any], case_id: CaseId, done: Done = "") -> Response[str]:
    """Where a case stands, what its visitor can do, what was said and handed in, and what happened."""
    if caller(request).role is Role.AGENT:
        return await read_docket(request, case_id, done)
    shown = await seen(request, case_id)
    return page(
        request, "case.html", shown.t, s=shown, done=done, steps_said=STEPS_SAID, none_given=Filled(), key=Filled().key
    )


@get("/cases/{case_id:str}/copy", include_in_schema=False)
async def read_copy(request: Request[Any, Any, Any], case_id: CaseId) -> Response[str]:
    """All that a visitor may see of a case as one file to keep, without anything that must be fetched."""
    shown = await seen(request, case_id)
    name = "".join(each for each in case_id if each.isalnum() or each == "-")[:60]
    headers = {"Content-Disposition": f'attachment; filename="mufakat-{name}.html"'}
    return page(request, "copy.html", shown.t, headers=headers, s=shown, steps_said=STEPS_SAID)


as_in_the_api = Router("/cases", route_handlers=[statements.read_reasons], opt={visits.CALLERS: visits.EVERYBODY})
"""Statements of reasons, with their own page and PDF, as the API has them."""
