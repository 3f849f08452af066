"""Reports as pages: the dashboard of leads, and a seller's report over its own cases; each figure also as CSV."""

import asyncio
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromQuery, QueryParameter

from mufakat.api.asked import caller, site_of
from mufakat.api.rights import Caller
from mufakat.api.routes import reports
from mufakat.core.reported import Figure, Grouping
from mufakat.web import visits
from mufakat.web.answered import answered
from mufakat.web.drawing import page
from mufakat.web.reporting import DAYS, GROUPINGS, Drawing, Span, glances, span_of
from mufakat.web.routes.door import NO_STORE
from mufakat.web.routes.orders import market_tongue
from mufakat.web.tongue import Tongue

FOR_LEADS: Final = {visits.CALLERS: visits.LEADS}
FOR_SELLERS: Final = {visits.CALLERS: frozenset({Caller.SELLER})}
Days = Annotated[str, QueryParameter(required=False, max_length=4)]
Day = Annotated[str, QueryParameter(required=False, max_length=10)]


@get("/dashboard", opt=FOR_LEADS, include_in_schema=False)
async def read_dashboard(
    request: Request[Any, Any, Any],
    by: FromQuery[Grouping] = Grouping.WEEK,
    days: Days = "",
    first: Day = "",
    last: Day = "",
) -> Response[str]:
    """What happened in a period over all sellers, beside the period before."""
    return await _drawn(request, by, (days, first, last))


@get("/report", opt=FOR_SELLERS, include_in_schema=False)
async def read_own_report(
    request: Request[Any, Any, Any],
    by: FromQuery[Grouping] = Grouping.PRODUCT,
    days: Days = "",
    first: Day = "",
    last: Day = "",
) -> Response[str]:
    """The same about the cases of the seller who visits."""
    return await _drawn(request, by, (days, first, last))


@get("/dashboard/csv", opt=FOR_LEADS, include_in_schema=False)
async def read_dashboard_csv(
    request: Request[Any, Any, Any],
    figure: FromQuery[Figure],
    by: FromQuery[Grouping] = Grouping.WEEK,
    days: Days = "",
    first: Day = "",
    last: Day = "",
) -> Response[Any]:
    """One figure of the dashboard as comma-separated values."""
    return await _csv(request, figure, by, (days, first, last))


@get("/report/csv", opt=FOR_SELLERS, include_in_schema=False)
async def read_own_csv(
    request: Request[Any, Any, Any],
    figure: FromQuery[Figure],
    by: FromQuery[Grouping] = Grouping.PRODUCT,
    days: Days = "",
    first: Day = "",
    last: Day = "",
) -> Response[Any]:
    """One figure of a seller's own report as comma-separated values."""
    return await _csv(request, figure, by, (days, first, last))


async def _drawn(request: Request[Any, Any, Any], by: Grouping, asked: tuple[str, str, str]) -> Response[str]:
    who = caller(request)
    own = who.caller is Caller.SELLER
    t = await market_tongue(request, site_of(request), who)
    span, period = await _period(request, t, asked)
    summary = reports.read_seller_summary if own else reports.read_summary
    found = await answered(request, summary, t, **_whose(request), **period)
    told = await asyncio.gather(*(_asked(request, t, each, by, period, reports.TableForm.JSON) for each in Figure))
    panels = [Drawing(t, each.content).panel() for each in told]
    days, first, last = asked if span is not None else ("", "", "")
    chosen = {"days": days, "first": first, "last": last}
    offered = {each: said for each, said in GROUPINGS.items() if not own or each is not Grouping.SELLER}
    where = "/report" if own else "/dashboard"

    def link(**changed: str) -> str:
        query = {name: value for name, value in ({"by": by.value} | chosen | changed).items() if value}
        return urlencode(query)

    return page(
        request,
        "report.html",
        t,
        own=own,
        where=where,
        link=link,
        by=by,
        groupings=offered,
        span=span or Span(DAYS[1]),
        wrong=span is None,
        offered=DAYS,
        found=found,
        glances=glances(t, found),
        panels=panels,
    )


async def _csv(
    request: Request[Any, Any, Any], figure: Figure, by: Grouping, asked: tuple[str, str, str]
) -> Response[Any]:
    t = await market_tongue(request, site_of(request), caller(request))
    _, period = await _period(request, t, asked)
    told = await _asked(request, t, figure, by, period, reports.TableForm.CSV)
    told.headers.update(NO_STORE)
    return told


async def _asked(
    request: Request[Any, Any, Any], t: Tongue, figure: Figure, by: Grouping, period: Any, form: reports.TableForm
) -> Response[Any]:
    """The API's answer: to a seller about itself, to a lead about all."""
    handler = reports.read_seller_report if caller(request).caller is Caller.SELLER else reports.read_report
    answer: Response[Any] = await answered(
        request, handler, t, figure=figure, by=by, form=form, most=reports.MOST, **_whose(request), **period
    )
    return answer


def _whose(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Of which seller: a seller's report is about whoever visits, whatever stands in the address."""
    who = caller(request)
    return {"seller_id": who.id if who.caller is Caller.SELLER else ""}


async def _period(
    request: Request[Any, Any, Any], t: Tongue, asked: tuple[str, str, str]
) -> tuple[Span | None, dict[str, Any]]:
    """The period that was chosen (None: it cannot be read, and is the usual one), and its moments."""
    site = site_of(request)
    now = (await site.place(caller(request))).at(site.engine.clock.now())
    days, first, last = asked
    span = span_of(days or str(DAYS[1]), first, last)
    since, until = (span or Span(DAYS[1])).moments(now, t.zone)
    if until - since > reports.LONGEST:
        span = None
        since, until = Span(DAYS[1]).moments(now, t.zone)
    return span, {"since": since, "until": until}
