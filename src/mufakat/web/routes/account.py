"""A seller's account: what stands, and what moved because of cases in a period, as a page and as a table to keep."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.params import FromQuery, QueryParameter

from mufakat.api.asked import caller, site_of
from mufakat.api.principals import Principal
from mufakat.api.rights import Caller
from mufakat.api.routes.money import MOST_A_PAGE, statement_of
from mufakat.api.site import Site
from mufakat.api.wire.mirror import FIRST_YEAR, LAST_YEAR
from mufakat.api.wire.money import StatementLineOut, StatementOut
from mufakat.core.calendar import zone_of
from mufakat.core.currencies import exponent
from mufakat.core.settlement import Account, State
from mufakat.engine.tables import comma_separated
from mufakat.web import visits
from mufakat.web.drawing import HEADERS, page
from mufakat.web.filling import NotFilled, checked_day
from mufakat.web.routes.orders import market_tongue
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

MINE: Final = {visits.CALLERS: frozenset({Caller.SELLER})}
Cursor = Annotated[str, QueryParameter(required=False, max_length=1000)]
Day = Annotated[str, QueryParameter(required=False, max_length=20)]
ACCOUNTS: Final[dict[Account, str]] = {
    Account.SELLER_PAYABLE: _("Your payouts"),
    Account.SELLER_DEBT: _("What you owe for open cases"),
    Account.SELLER_ARREARS: _("Debts that are left"),
    Account.SELLER_CLAIM: _("What customers owe you"),
    Account.SELLER_COMPENSATION: _("What carriers owe you"),
    Account.CARRIER_CLAIM: _("Claims on carriers"),
    Account.PLATFORM_COMMISSION: _("The platform's commission"),
    Account.PLATFORM_FEES: _("The platform's fees"),
    Account.PLATFORM_SUBSIDY: _("The platform's discounts"),
}
"""The accounts that a seller may know of, as they are called on the page."""
STATES: Final[dict[State, str]] = {
    State.POSTED: _("moved"),
    State.PENDING: _("held"),
    State.VOIDED: _("released"),
    State.EXPIRED: _("released"),
}
REASONS: Final[dict[str, str]] = {
    "S1": _("You agreed to the refund."),
    "S9": _("You and the customer agreed on it."),
    "S14": _("A court or regulator ordered it."),
    "S18": _("The platform decided so."),
    "S20": _(
        "You did not pay in time, so it was taken from your payouts. The case shows why it was owed, and whether you "
        "can still appeal."
    ),
    "S21": _("It is owed to the customer."),
    "S27": _("The rules of the market ask for it, or nobody answered in time."),
    "reading 7": _("You granted the claim."),
    "reading 8": _("The customer's bank took the money back."),
    "reading 9": _("Held while the case is open, so that a refund can be paid from it. It is no payment yet."),
    "reading 10": _("The carrier has to answer for what befell the parcel."),
    "arithmetic 5": _("A refund was reversed."),
    "arithmetic 9": _("Commission, fees and discounts follow the refund."),
    "arithmetic 11": _("The time for which it could be held has ended."),
    "arithmetic 12": _("You paid the refund."),
}
"""Why a movement stands there, by its rule."""


class Period(StrEnum):
    """Of which time the account is shown."""

    RECENT = "recent"
    MONTH = "month"
    LAST = "last"
    DATES = "dates"


PERIODS: Final[dict[Period, str]] = {
    Period.RECENT: _("The last 31 days"),
    Period.MONTH: _("This month"),
    Period.LAST: _("Last month"),
    Period.DATES: _("From one day to another"),
}
"""What each is called."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A period as it was asked for: `first` and `last` are days of the market (empty: none), both of them in it."""

    period: Period
    first: str
    last: str

    def between(self, today: date, t: Tongue) -> tuple[datetime | None, datetime | None]:
        """Its beginning and its end (UTC), None where the API's own are meant. Raises NotFilled."""
        month = today.replace(day=1)
        if self.period is Period.RECENT:
            return None, None
        if self.period is Period.MONTH:
            return _midnight(month, t), None
        if self.period is Period.LAST:
            return _midnight((month - timedelta(days=1)).replace(day=1), t), _midnight(month, t)
        first, last = (date.fromisoformat(checked_day(each, t)) for each in (self.first, self.last))
        if first > last or not FIRST_YEAR < first.year <= last.year < LAST_YEAR:
            raise NotFilled(t.say(_("The first day has to come before the last.")))
        return _midnight(first, t), _midnight(last + timedelta(days=1), t)


@dataclass(frozen=True, slots=True)
class Sum:
    """What an account stood at in the beginning and at the end of a period, minor units; `held`: what is held of it."""

    account: Account
    currency: str
    held: bool
    opening: int
    closing: int

    @property
    def change(self) -> int:
        """What the period brought."""
        return self.closing - self.opening


@get("/account", opt=MINE, include_in_schema=False)
async def read_account(
    request: Request[Any, Any, Any],
    period: FromQuery[Period] = Period.RECENT,
    first: Day = "",
    last: Day = "",
    cursor: Cursor = "",
) -> Response[str]:
    """Holds, deductions, debts and adjustments of the visitor in a period, oldest first, a page at a time."""
    site, who = site_of(request), caller(request)
    t = await market_tongue(request, site, who)
    asked, wrong = Asked(period, first, last), ""
    try:
        between = asked.between(await _today(site, who, t), t)
    except NotFilled as error:
        between, wrong = (None, None), str(error)
    found = await statement_of(site, who, who.id, between, cursor=cursor)
    shown: dict[str, Any] = {"found": found, "sums": sums(found), "asked": asked, "wrong": wrong, "periods": PERIODS}
    named: dict[str, Any] = {"accounts": ACCOUNTS, "states": STATES, "reasons": REASONS}
    return page(request, "account.html", t, status=422 if wrong else 200, **shown, **named)


@get("/account/movements", opt=MINE, include_in_schema=False)
async def read_movements(
    request: Request[Any, Any, Any], period: FromQuery[Period] = Period.RECENT, first: Day = "", last: Day = ""
) -> Response[str]:
    """Every movement of a period as a table to keep, amounts as decimal numbers, times in UTC."""
    site, who = site_of(request), caller(request)
    t = await market_tongue(request, site, who)
    try:
        between = Asked(period, first, last).between(await _today(site, who, t), t)
    except NotFilled as error:
        return Response(str(error), status_code=422, media_type="text/plain")
    rows = [_row(each, t) async for each in _movements(site, who, between)]
    heads = ("Time", "Case", "Order", "Amount", "Currency", "State", "From", "To", "Rule", "Why", "Reference")
    name = "mufakat-account.csv"
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(comma_separated(heads, rows), media_type="text/csv; charset=utf-8", headers=headers)


def sums(found: StatementOut) -> list[Sum]:
    """Each account with what it stood at before and after the period; empty on later pages of it."""
    opening = {(each.account, each.currency, each.held): each.amount for each in found.opening}
    closing = {(each.account, each.currency, each.held): each.amount for each in found.closing}
    every = [key for key in dict.fromkeys([*opening, *closing]) if opening.get(key) or closing.get(key)]
    return [Sum(*key, opening.get(key, 0), closing.get(key, 0)) for key in every]


async def _movements(
    site: Site, who: Principal, between: tuple[datetime | None, datetime | None]
) -> AsyncIterator[StatementLineOut]:
    cursor: str | None = ""
    while cursor is not None:
        found = await statement_of(site, who, who.id, between, MOST_A_PAGE, cursor)
        for each in found.lines:
            yield each
        cursor = found.next


def _row(line: StatementLineOut, t: Tongue) -> tuple[str, ...]:
    places = exponent(line.currency)
    whole, rest = divmod(line.amount, 10**places)
    amount = f"{whole}.{rest:0{places}}" if places else str(whole)
    sides = (t.say(ACCOUNTS[each]) if each else "" for each in (line.debit, line.credit))
    told = (t.say(STATES[line.state]), *sides, line.rule, t.say(REASONS.get(line.rule, "")), line.reference)
    return (line.at.isoformat(), line.case_id, line.order_id, amount, line.currency, *told)


async def _today(site: Site, who: Principal, t: Tongue) -> date:
    """The day that it is for the market, by the marketplace's clock."""
    now = (await site.place(who)).at(site.engine.clock.now())
    return now.astimezone(zone_of(t.zone)).date()


def _midnight(day: date, t: Tongue) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(t.zone)).astimezone(UTC)
