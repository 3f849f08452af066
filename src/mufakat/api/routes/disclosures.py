"""The record of openings for leads: who opened originals, saw contacts in full or helped a party in, when and why."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get
from litestar.params import FromQuery, QueryParameter

from mufakat.api.asked import caller, site_of
from mufakat.api.cursors import CursorError
from mufakat.api.knocking import RIGHT
from mufakat.api.periods import period
from mufakat.api.principals import Principal
from mufakat.api.problems import Troubled
from mufakat.api.rights import Right
from mufakat.api.routes.reports import CSV, Format, TableForm, preferred
from mufakat.api.site import Site, is_tied
from mufakat.api.troubles import Trouble
from mufakat.api.wire import disclosures as w
from mufakat.api.wire.mirror import MAX_NAME
from mufakat.core.disclosed import Disclosed
from mufakat.engine.disclosures import reason_of
from mufakat.engine.tables import comma_separated
from mufakat.store.disclosures import DisclosureRow, DisclosuresWanted

PAGE: Final = 50
"""Entries on a page where the caller names no number."""
MOST_A_PAGE: Final = 200
LONGEST: Final = timedelta(days=366)
"""The longest period of a list."""
HEADER: Final = ("at", "what", "by_id", "order_id", "case_id", "exhibit", "party", "reason", "id")
By = Annotated[
    str,
    QueryParameter(required=False, description="Only by this account.", max_length=MAX_NAME, pattern="^[^\\x00]*$"),
]
Case = Annotated[
    str, QueryParameter(required=False, description="Only in this case.", max_length=MAX_NAME, pattern="^[^\\x00]*$")
]
Kind = Annotated[Disclosed | None, QueryParameter(required=False, description="Only of this kind.")]


@get("/openings", opt={RIGHT: Right.REVEALS_READ})
async def list_disclosures(
    request: Request[Any, Any, Any],
    by_id: By = "",
    case_id: Case = "",
    what: Kind = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_A_PAGE)] = PAGE,
    cursor: Annotated[str, QueryParameter(required=False, max_length=1000)] = "",
    form: Format = None,
) -> Response[w.DisclosuresOut]:
    """Originals opened, contacts shown in full, cases seen as a party and links made for one: by whom, when and why.

    The newest first, of the last 31 days by the real clock where no period is named, of 366 days at most. As CSV all of
    the period at once.
    """
    site, who = site_of(request), caller(request)
    begins, ends = await period(site, who, since, until, real=True)
    if ends - begins > LONGEST:
        raise Troubled(Trouble.PARAMETER_NOT_VALID, f"a list has at most {LONGEST.days} days", where="since")
    case = ((await site.loaded(who, case_id)).order.order.order_id, case_id) if case_id else None
    about = ("openings", who.marketplace, who.id, by_id, case_id, what or "")
    wanted = DisclosuresWanted(who.marketplace, begins, ends, by_id, case, what, _after(site, about, cursor), limit)
    if (form or preferred(request)) is TableForm.CSV:
        return await _table(site, who, wanted)
    found = await site.store.disclosures(wanted)
    out = w.DisclosuresOut(
        since=begins,
        until=ends,
        disclosures=[_out(site, each) for each in found if not is_tied(who, each.customer_id, each.seller_id)],
        next=site.cursors.make(about, [found[-1].id]) if len(found) == limit else None,
    )
    return Response(out, headers={"Vary": "Accept"})


async def _table(site: Site, who: Principal, wanted: DisclosuresWanted) -> Response[w.DisclosuresOut]:
    rows: list[tuple[object, ...]] = []
    after: str | None = ""
    while after is not None:
        page = DisclosuresWanted(
            *(wanted.marketplace, wanted.since, wanted.until, wanted.by_id, wanted.case, wanted.what),
            after=after,
            limit=MOST_A_PAGE,
        )
        found = await site.store.disclosures(page)
        rows += [_cells(_out(site, x)) for x in found if not is_tied(who, x.customer_id, x.seller_id)]
        after = found[-1].id if len(found) == MOST_A_PAGE else None
    headers = {"Vary": "Accept", "Content-Disposition": 'attachment; filename="openings.csv"'}
    answer: Any = Response(comma_separated(HEADER, rows), media_type=CSV, headers=headers)
    return answer  # type: ignore[no-any-return]


def _out(site: Site, row: DisclosureRow) -> w.DisclosureOut:
    return w.DisclosureOut(
        id=row.id,
        what=row.what,
        order_id=row.order_id,
        case_id=row.case_id,
        exhibit=row.exhibit,
        party=row.party,
        by_id=row.by_id,
        at=row.at,
        reason=reason_of(site.sealer, row),
    )


def _cells(out: w.DisclosureOut) -> tuple[object, ...]:
    return tuple(out.at.isoformat() if name == "at" else getattr(out, name) for name in HEADER)


def _after(site: Site, about: tuple[Any, ...], cursor: str) -> str:
    if not cursor:
        return ""
    try:
        (last,) = site.cursors.read(about, cursor)
    except CursorError as error:
        raise Troubled(Trouble.CURSOR_NOT_VALID, str(error)) from error
    return str(last)


router = Router("/v1", route_handlers=[list_disclosures], tags=["Openings"])
