"""The rules in force: every value of a market on a day with its source, and the policy that a case pinned."""

from datetime import UTC, date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.params import PathParameter, QueryParameter

from mufakat import rulebooks
from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import Troubled
from mufakat.api.rights import Right
from mufakat.api.troubles import Trouble
from mufakat.api.wire.rulebooks import PolicyOut, RulebookOut, RulebookRowOut, RulebooksOut, ValueOut
from mufakat.core.policy.codec import encode
from mufakat.core.policy.rulebook import BeforeRulebookError, entries_in_force


@get("/rulebooks", opt={RIGHT: Right.RULEBOOKS_READ})
async def list_rulebooks(request: Request[Any, Any, Any]) -> RulebooksOut:
    """The rulebooks there are, and which one the caller's marketplace follows."""
    site, who = site_of(request), caller(request)
    own = (await site.place(who)).market
    found = [rulebooks.load(name) for name in rulebooks.names()]
    rows = [RulebookRowOut(each.name, each.market, each.zone, each.name == own) for each in found]
    return RulebooksOut(rows)


@get("/rulebooks/{name:str}", opt={RIGHT: Right.RULEBOOKS_READ})
async def read_rulebook(
    request: Request[Any, Any, Any],
    name: Annotated[str, PathParameter(max_length=20, description="The rulebook's name, such as `id`.")],
    on: Annotated[date | None, QueryParameter(required=False, description="The day; today without it.")] = None,
) -> RulebookOut:
    """Every value of a rulebook in force on a day: since when, from which source, how well founded."""
    site = site_of(request)
    if name not in rulebooks.names():
        raise Troubled(Trouble.NOT_FOUND)
    book = rulebooks.load(name)
    day = on or site.engine.clock.now().astimezone(UTC).date()
    try:
        values = [
            ValueOut(each.path, each.value, each.since, each.cites, each.grade.value)
            for each in entries_in_force(book, day)
        ]
    except BeforeRulebookError as error:
        raise Troubled(Trouble.PARAMETER_NOT_VALID, str(error), where="on") from error
    return RulebookOut(book.name, book.market, book.zone, day, values)


@get("/cases/{case_id:str}/policy", opt={RIGHT: Right.CASES_READ})
async def read_policy(request: Request[Any, Any, Any], case_id: CaseId) -> Response[PolicyOut]:
    """The policy that a case pinned when its request opened: the rules by which it is judged, whole."""
    site, who = site_of(request), caller(request)
    loaded = await site.loaded(who, case_id)
    assert loaded.case is not None
    assert loaded.policy is not None
    out = PolicyOut(case_id=case_id, hash=loaded.case.policy, policy=msgspec.json.decode(encode(loaded.policy)))
    return Response(out, headers={"ETag": f'"{loaded.case.policy}"'})


router = Router("/v1", route_handlers=[list_rulebooks, read_rulebook, read_policy], tags=["Rules"])
