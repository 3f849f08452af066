"""The record of openings as a lead reads it: by whom, in which case, of what kind and since when; and as a table."""

from datetime import datetime, timedelta
from enum import IntEnum
from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.params import FromQuery, QueryParameter

from mufakat.api.asked import caller, site_of
from mufakat.api.routes import disclosures
from mufakat.api.routes.reports import TableForm
from mufakat.core.disclosed import Disclosed
from mufakat.web import visits
from mufakat.web.answered import answered
from mufakat.web.drawing import page
from mufakat.web.routes.orders import market_tongue
from mufakat.web.tongue import mark as _

FOR_LEADS: Final = {visits.CALLERS: visits.LEADS}
KINDS: Final[dict[str, str]] = {
    "": _("All"),
    Disclosed.ORIGINAL.value: _("Originals opened"),
    Disclosed.CONTACT.value: _("Contacts shown in full"),
    Disclosed.SEEN_AS.value: _("Cases seen as a party"),
    Disclosed.LET_IN.value: _("Links for a party"),
}
"""What the record can be narrowed to."""


class Days(IntEnum):
    """Of how many days back the record is shown."""

    MONTH = 31
    QUARTER = 93
    YEAR = 365


Narrowed = Annotated[str, QueryParameter(required=False, max_length=200, pattern="^[^\\x00]*$")]
Cursor = Annotated[str, QueryParameter(required=False, max_length=1000)]


@get("/openings", opt=FOR_LEADS, include_in_schema=False)
async def read_openings(
    request: Request[Any, Any, Any],
    person: Narrowed = "",
    case: Narrowed = "",
    what: FromQuery[str] = "",
    days: FromQuery[Days] = Days.MONTH,
    cursor: Cursor = "",
) -> Response[str]:
    """Who opened what, the newest first, a page at a time."""
    site, who = site_of(request), caller(request)
    t = await market_tongue(request, site, who)
    asked = {**_asked(person, case, what), "limit": disclosures.PAGE, "cursor": cursor}
    answer = await answered(request, disclosures.list_disclosures, t, **asked, since=_since(request, days))
    people = await site.store.accounts(who.marketplace)
    shown: dict[str, Any] = {"person": person, "case": case.strip(), "what": what, "days": days, "every": list(Days)}
    names = {each.account_id: each.name for each in people}
    return page(request, "openings.html", t, found=answer.content, kinds=KINDS, people=people, names=names, **shown)


@get("/openings/table", opt=FOR_LEADS, include_in_schema=False)
async def read_table(
    request: Request[Any, Any, Any],
    person: Narrowed = "",
    case: Narrowed = "",
    what: FromQuery[str] = "",
    days: FromQuery[Days] = Days.MONTH,
) -> Response[Any]:
    """All of it as comma-separated values, times in UTC."""
    asked = {**_asked(person, case, what), "form": TableForm.CSV, "since": _since(request, days)}
    return await answered(request, disclosures.list_disclosures, **asked)  # type: ignore[no-any-return]


def _asked(person: str, case: str, what: str) -> dict[str, Any]:
    kind = Disclosed(what) if what in list(Disclosed) else None
    return {"by_id": person, "case_id": case.strip(), "what": kind}


def _since(request: Request[Any, Any, Any], days: Days) -> datetime:
    """The beginning of that many days, of the real clock, as the record is."""
    now = site_of(request).engine.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return now - timedelta(days=days)
