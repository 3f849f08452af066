"""Exhibits before an agent: a picture to zoom and turn, a film with its stills, two beside each other, the original.

The original is opened by the API's own handler, which records who asked, when and why before a byte leaves.
"""

from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import PathParameter, QueryParameter

from mufakat.api.asked import CaseId
from mufakat.api.problems import Troubled
from mufakat.api.routes import views
from mufakat.api.troubles import Trouble
from mufakat.api.wire.cases import ExhibitOut
from mufakat.api.wire.files import LONGEST, SHORTEST, FileViewsOut, OpenOriginalIn
from mufakat.web import visits
from mufakat.web.answered import answered
from mufakat.web.drawing import page
from mufakat.web.filling import Filled, typed
from mufakat.web.seen import Seen, seen
from mufakat.web.tongue import mark as _

AT_DESK: Final = {visits.CALLERS: visits.PEOPLE}
Number = Annotated[str, PathParameter(pattern="^[1-9][0-9]{0,5}$")]
Beside = Annotated[int, QueryParameter(name="with", required=False, ge=0, le=10**6)]


@get("/cases/{case_id:str}/exhibits/{number:str}", opt=AT_DESK, include_in_schema=False)
async def read_exhibit(
    request: Request[Any, Any, Any], case_id: CaseId, number: Number, beside: Beside = 0
) -> Response[str]:
    """One exhibit, and another beside it where one is named."""
    return await _drawn(request, await seen(request, case_id), int(number), beside, Filled())


@post("/cases/{case_id:str}/exhibits/{number:str}", opt=AT_DESK, include_in_schema=False, status_code=200)
async def open_original(request: Request[Any, Any, Any], case_id: CaseId, number: Number) -> Any:
    """The file as its giver sent it, to an agent who says why."""
    shown, given = await seen(request, case_id), await typed(request)
    reason = given.get("reason").strip()
    if len(reason) < SHORTEST:
        said = shown.t.say(_("Say why you need it, in %(least)s characters or more."), least=SHORTEST)
        given.wrong.append(said)
        return await _drawn(request, shown, int(number), 0, given, status=422)
    body = OpenOriginalIn(reason=reason[:LONGEST])
    digest = _exhibit(shown, int(number)).digest
    return await answered(request, views.open_original, shown.t, case_id=case_id, digest=digest, data=body)


def _exhibit(shown: Seen, number: int) -> ExhibitOut:
    found = next((each for each in shown.case.exhibits if each.number == number), None)
    if found is None:
        raise Troubled(Trouble.NOT_FOUND)
    return found


async def _views(request: Request[Any, Any, Any], shown: Seen, x: ExhibitOut) -> FileViewsOut | None:
    """What there is to see of it; None for what is no file, or could not be looked into."""
    if not shown.is_file(x):
        return None
    try:
        found: FileViewsOut = await answered(
            request, views.list_views, shown.t, case_id=shown.case.case_id, digest=x.digest
        )
    except Troubled:
        return None
    return found


async def _drawn(
    request: Request[Any, Any, Any], shown: Seen, number: int, beside: int, given: Filled, status: int = 200
) -> Response[str]:
    chosen = [_exhibit(shown, each) for each in (number, beside) if each]
    pairs = [(each, await _views(request, shown, each)) for each in chosen]
    files = [each.number for each in shown.case.exhibits if shown.is_file(each)]
    return page(request, "viewer.html", shown.t, status=status, s=shown, pairs=pairs, files=files, given=given)
