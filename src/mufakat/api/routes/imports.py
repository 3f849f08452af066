"""Import: requests and disputes that are under way in another system become cases here."""

from typing import Annotated, Any

from litestar import Request, Response, Router, post
from litestar.params import JSONBody, QueryParameter

from mufakat.api import showing
from mufakat.api.asked import caller, check_moment, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.rights import Right
from mufakat.api.routes.cases import shown
from mufakat.api.site import language_of
from mufakat.api.wire import imports as w
from mufakat.core.decide.imported import Step
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Refusal
from mufakat.engine.importing import History, import_case
from mufakat.rulebooks import load

DryRun = Annotated[bool, QueryParameter(required=False, description="Decide, answer, and write nothing.")]


@post("/imports", opt={RIGHT: Right.IMPORT})
async def import_one(
    request: Request[Any, Any, Any],
    data: JSONBody[w.ImportIn],
    dry_run: DryRun = False,  # noqa: FBT002 - a parameter of the query has a name where it is given
) -> Response[w.ImportedOut]:
    """Take over a case with its history, whole or not at all.

    The rules decide each step as they would have; what the other system's clocks allowed is not held against anybody,
    and from now on ours run. A refusal about a step names its number (`step`). The same history again is the same case.
    """
    site, who, language = site_of(request), caller(request), language_of(request)
    for n, moment in enumerate(step.at for step in data.steps):
        check_moment(moment, f"steps[{n}].at")
    for number, moment in data.due.items():
        check_moment(moment, f"due.{number}")
    history = History(
        order_id=data.order_id,
        source=data.source,
        external_id=data.external_id,
        steps=tuple(Step(x.at, Actor(Role(x.actor.role), x.actor.id), w.command(x.command)) for x in data.steps),
        due={int(number): until for number, until in data.due.items()},
    )
    done = await import_case(site.engine, who.marketplace, history, dry_run=dry_run)
    if isinstance(done, Refusal):
        raise await site.refused(done, who, language, data.order_id)
    loaded = await site.loaded_order(who, data.order_id)
    zone, currency = load(loaded.marketplace.market).zone, loaded.order.order.currency
    out = w.ImportedOut(
        case_id=done.case_id,
        version=done.version,
        again=done.again,
        recorded=showing.entries(done.recorded, who.role, language, zone, currency, {}),
        case=None if dry_run else (await shown(site, who, await site.loaded(who, done.case_id))).out(),
    )
    new = not (dry_run or done.again)
    headers = {"Location": f"/v1/cases/{done.case_id}"} if new else {}
    return Response(out, status_code=201 if new else 200, headers=headers)


router = Router("/v1", route_handlers=[import_one], tags=["Import"])
