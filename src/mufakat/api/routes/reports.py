"""Reports: what happened in a period, for leads over all sellers, for a seller over its own cases. JSON, or CSV."""

import asyncio
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get
from litestar.params import FromQuery, PathParameter, QueryParameter

from mufakat.api.asked import caller, site_of
from mufakat.api.held import is_held_to_work
from mufakat.api.knocking import RIGHT
from mufakat.api.periods import period
from mufakat.api.principals import Principal
from mufakat.api.problems import RefusedByRules, Troubled
from mufakat.api.rights import Right
from mufakat.api.site import Site, is_tied
from mufakat.api.troubles import Trouble
from mufakat.api.wire import reports as w
from mufakat.api.wire.mirror import MAX_NAME, NO_NUL
from mufakat.core.parties import Role
from mufakat.core.policy.policy import ClockName
from mufakat.core.refusals import Code, Refusal
from mufakat.core.reported import PAID_OUT, Bearer, Cost, Figure, Grouping
from mufakat.engine.tables import report_csv
from mufakat.rulebooks import load
from mufakat.store.reports import FIGURES, ReportLine, ReportWanted

CSV: Final = "text/csv"
JSON: Final = "application/json"
LONGEST: Final = timedelta(days=1100)
"""The longest period of a report."""
MOST: Final = 20
"""Sellers, categories or products by name where the caller names no number."""
MOST_BY_NAME: Final = 200


AT_A_GLANCE: Final = (Figure.VOLUMES, Figure.OUTCOMES, Figure.TIMES, Figure.REVERSALS, Figure.MONEY)
"""What a period at a glance is told by."""


class TableForm(StrEnum):
    """How a report is answered."""

    JSON = "JSON"
    CSV = "CSV"


By = Annotated[Grouping, QueryParameter(description="By what it is counted.")]
FigureAsked = Annotated[Figure, QueryParameter(description="What is counted.")]
SellerPath = Annotated[str, PathParameter(description="The seller's id.", max_length=MAX_NAME, pattern=NO_NUL)]
SellerAsked = Annotated[
    str,
    QueryParameter(required=False, description="Of this seller only.", max_length=MAX_NAME, pattern="^[^\\x00]*$"),
]
Most = Annotated[
    int,
    QueryParameter(ge=1, le=MOST_BY_NAME, description="So many sellers, categories or products by name."),
]
Format = Annotated[
    TableForm | None, QueryParameter(name="format", required=False, description="JSON or CSV, before `Accept`.")
]


@get("/reports", opt={RIGHT: Right.QUALITY_READ})
async def read_report(
    request: Request[Any, Any, Any],
    figure: FigureAsked = Figure.VOLUMES,
    by: By = Grouping.ALL,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    seller_id: SellerAsked = "",
    most: Most = MOST,
    form: Format = None,
) -> Response[w.FigureOut]:
    """What happened in a period, the last 31 days by default: in all, by reason, category, seller, product or week.

    VOLUMES: cases opened and closed, disputes raised, lines. OUTCOMES: how lines ended. TIMES: to a decision, and to
    the end. LAPSES: whose clock ran out. REVERSALS: what became of judgements until now. MONEY: why it moved, and who
    bore it. A case with lines of two reasons counts for both. What happened is counted within some seconds.
    """
    return await _answer(request, seller_id, (figure, by, most), (since, until), form)


@get("/reports/summary", opt={RIGHT: Right.QUALITY_READ})
async def read_summary(
    request: Request[Any, Any, Any],
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    seller_id: SellerAsked = "",
) -> w.SummaryOut:
    """A period at a glance beside the one before it, the last 31 days by default, and how many cases are open now."""
    return await summary_of(site_of(request), caller(request), seller_id, (since, until))


@get("/sellers/{seller_id:str}/reports", opt={RIGHT: Right.STATEMENTS_READ})
async def read_seller_report(
    request: Request[Any, Any, Any],
    seller_id: SellerPath,
    figure: FigureAsked = Figure.VOLUMES,
    by: By = Grouping.ALL,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    most: Most = MOST,
    form: Format = None,
) -> Response[w.FigureOut]:
    """What happened to one seller's cases in a period, the last 31 days by default; see `GET /v1/reports`.

    Another seller finds nothing here.
    """
    return await _answer(request, seller_id, (figure, by, most), (since, until), form)


@get("/sellers/{seller_id:str}/reports/summary", opt={RIGHT: Right.STATEMENTS_READ})
async def read_seller_summary(
    request: Request[Any, Any, Any],
    seller_id: SellerPath,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
) -> w.SummaryOut:
    """One seller's period at a glance beside the one before it; the last 31 days by default."""
    return await summary_of(site_of(request), caller(request), seller_id, (since, until))


async def summary_of(
    site: Site, who: Principal, seller_id: str, asked: tuple[datetime | None, datetime | None]
) -> w.SummaryOut:
    """A period at a glance beside the one before it. Raises Troubled and RefusedByRules."""
    wanted = await _wanted(site, who, seller_id, (Figure.VOLUMES, Grouping.ALL, 1), asked)
    turn = wanted.since
    begins = max(turn - (wanted.until - turn), datetime.min.replace(tzinfo=turn.tzinfo) + timedelta(days=1))
    asked_for = [
        ReportWanted(who.marketplace, begins, wanted.until, figure, Grouping.ALL, wanted.zone, seller_id)
        for figure in AT_A_GLANCE
    ]
    halves = await asyncio.gather(*(site.store.halves(each, turn) for each in asked_for))
    told = dict(zip(AT_A_GLANCE, halves, strict=True))
    return w.SummaryOut(
        seller_id=seller_id or None,
        open=await site.store.open_cases(who.marketplace, seller_id),
        now=_glance(told, "NOW", turn, wanted.until),
        before=_glance(told, "BEFORE", begins, turn),
    )


def _glance(told: dict[Figure, list[ReportLine]], half: str, since: datetime, until: datetime) -> w.SummaryPeriodOut:
    def number(figure: Figure, *names: str) -> int | None:
        line = next((each for each in told[figure] if each.group == half), None)
        values = {} if line is None else dict(zip(FIGURES[figure].names, line.values, strict=True))
        found = [values.get(name) for name in names]
        return None if None in found else sum(each or 0 for each in found)

    def count(figure: Figure, *names: str) -> int:
        return number(figure, *names) or 0

    paid: dict[str, int] = {}
    for line in told[Figure.MONEY]:
        cause, _, currency = line.keys
        if line.group == half and Cost(cause) in PAID_OUT:
            paid[currency] = paid.get(currency, 0) + (line.values[0] or 0)
    return w.SummaryPeriodOut(
        since=since,
        until=until,
        opened=count(Figure.VOLUMES, "opened"),
        closed=count(Figure.VOLUMES, "closed"),
        disputed=count(Figure.VOLUMES, "disputed"),
        decided=count(Figure.TIMES, "decided"),
        decision_median_seconds=number(Figure.TIMES, "decision_median"),
        ended=count(Figure.OUTCOMES, "ended"),
        lapsed=count(Figure.OUTCOMES, "lapsed"),
        judged=count(Figure.REVERSALS, "judged"),
        fell=count(Figure.REVERSALS, "changed", "reversed"),
        paid=[w.PaidOut(currency=currency, amount=amount) for currency, amount in sorted(paid.items())],
    )


Asked = tuple[Figure, Grouping, int]


async def _answer(
    request: Request[Any, Any, Any],
    seller_id: str,
    what: Asked,
    asked: tuple[datetime | None, datetime | None],
    form: TableForm | None,
) -> Response[w.FigureOut]:
    site, who = site_of(request), caller(request)
    wanted = await _wanted(site, who, seller_id, what, asked)
    lines = await site.store.report(wanted)
    if (form or preferred(request)) is TableForm.JSON:
        return Response(report_out(wanted, lines), headers={"Vary": "Accept"})
    name = f"{wanted.figure.lower()}-by-{wanted.by.lower()}.csv"
    headers = {"Vary": "Accept", "Content-Disposition": f'attachment; filename="{name}"'}
    answer: Any = Response(report_csv(wanted, lines), media_type=CSV, headers=headers)
    return answer  # type: ignore[no-any-return]


def report_out(wanted: ReportWanted, lines: list[ReportLine]) -> w.FigureOut:
    """A report as it travels."""
    counted = FIGURES[wanted.figure]
    names, values = [name for name, _ in counted.keys], [name for name, _ in counted.values]
    rows = []
    for line in lines:
        keys = dict(zip(names, line.keys, strict=True))
        who = keys.get("whose") or keys.get("borne_by")
        rows.append(
            w.FigureRowOut(
                group=line.group,
                clock=ClockName(keys["clock"]) if "clock" in keys else None,
                cause=Cost(keys["cause"]) if "cause" in keys else None,
                who=Bearer(who) if who else None,
                currency=keys.get("currency"),
                numbers=dict(zip(values, line.values, strict=True)),
            )
        )
    return w.FigureOut(
        figure=wanted.figure,
        by=wanted.by,
        since=wanted.since,
        until=wanted.until,
        seller_id=wanted.seller_id or None,
        rows=rows,
    )


async def _wanted(
    site: Site, who: Principal, seller_id: str, what: Asked, asked: tuple[datetime | None, datetime | None]
) -> ReportWanted:
    """What to count, once the caller may know it: of a seller, only itself and the platform. Raises like the routes."""
    if who.role is Role.SELLER and who.id != seller_id:
        raise Troubled(Trouble.NOT_FOUND)
    if is_tied(who, seller_id, seller_id):
        raise RefusedByRules(Refusal(Code.CONFLICT_OF_INTEREST), who.role)
    if is_held_to_work(who):
        raise RefusedByRules(Refusal(Code.NOT_YOUR_WORK), who.role)
    begins, ends = await period(site, who, *asked)
    if ends - begins > LONGEST:
        said = f"a report has at most {LONGEST.days} days"
        raise Troubled(Trouble.PARAMETER_NOT_VALID, said, where="since")
    figure, by, most = what
    zone = load((await site.place(who)).market).zone
    return ReportWanted(who.marketplace, begins, ends, figure, by, zone, seller_id, most)


def preferred(request: Request[Any, Any, Any]) -> TableForm:
    """What a caller would rather have, by `Accept`."""
    return TableForm.CSV if request.accept.best_match([JSON, CSV]) == CSV else TableForm.JSON


router = Router(
    "/v1", route_handlers=[read_report, read_summary, read_seller_report, read_seller_summary], tags=["Reports"]
)
