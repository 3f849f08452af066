"""A customer's orders: what was bought, what may be asked about it until when, and what was asked already."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.params import QueryParameter

from mufakat.api import showing
from mufakat.api.asked import OrderId, caller, site_of
from mufakat.api.principals import Principal
from mufakat.api.rights import Caller
from mufakat.api.site import Site
from mufakat.api.wire.cases import CaseRowOut
from mufakat.core.eligibility import Eligibility
from mufakat.core.order import OrderLine, OrderState, Scan, ScanKind
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Refusal
from mufakat.core.view import ViewerState
from mufakat.core.words import sentence_case, term
from mufakat.store.records import CaseSort, CasesWanted
from mufakat.web import visits
from mufakat.web.drawing import page, tongue_of
from mufakat.web.phases import PILLS
from mufakat.web.seen import moment, product_name
from mufakat.web.tongue import Tongue

A_PAGE: Final = 12
"""Orders on a page of the list."""
MOST_CASES: Final = 100
"""Cases of an order, or of a visitor, that a page names."""
MINE: Final = {visits.CALLERS: frozenset({Caller.CUSTOMER})}
Skip = Annotated[int, QueryParameter(required=False, ge=0, le=10_000)]


@dataclass(frozen=True, slots=True)
class Card:
    """An order as the list and its own page show it. `until`: the last moment at which anything can be asked."""

    t: Tongue
    state: OrderState
    eligible: Eligibility | None
    cases: list[CaseRowOut]
    now: datetime

    @property
    def id(self) -> str:
        """The order's id."""
        return self.state.order.order_id

    @property
    def lines(self) -> tuple[OrderLine, ...]:
        """What was bought."""
        return self.state.order.lines

    @property
    def status(self) -> str:
        """How far the parcel has come."""
        return sentence_case(term(self.state.status(), self.t.language))

    @property
    def until(self) -> datetime | None:
        """Until when the last thing can be asked; None where nothing can be, or where there is no end."""
        ends = [each.until for each in self._askings() if each.until]
        return max(ends, default=None)

    @property
    def can_ask(self) -> bool:
        """Whether anything can be asked now."""
        return bool(self._askings())

    @property
    def delivered_at(self) -> datetime | None:
        """When it came."""
        return self.state.delivered_at()

    @property
    def scans(self) -> list[Scan]:
        """What carriers reported, the newest first."""
        return sorted(self.state.scans(), key=lambda each: each.at, reverse=True)

    def why_not(self, line_id: str) -> str:
        """Why nothing can be asked about a line; empty where something can be."""
        if self.eligible is None:
            return ""
        line = next(each for each in self.eligible.lines if each.line_id == line_id)
        types = [kind for units in line.units for kind in units.types]
        reasons = [each.refusal for kind in types for each in kind.reasons]
        if None in reasons:
            return ""
        refusal = line.refusal or next(iter(reasons), None) or next((each.refusal for each in types), None)
        order = self.state.order
        return "" if refusal is None else self._tell(refusal, order.currency)

    def money(self, minor: int) -> str:
        """An amount of the order."""
        return self.t.money(minor, self.state.order.currency)

    def product(self, line: OrderLine) -> str:
        """What a line is."""
        return product_name(line.product_id)

    def scan(self, kind: ScanKind) -> str:
        """What a carrier reported, in words."""
        return sentence_case(term(kind, self.t.language))

    def _askings(self) -> list[Any]:
        found = [] if self.eligible is None else self.eligible.lines
        kinds = [kind for line in found for units in line.units for kind in units.types]
        return [each for kind in kinds for each in kind.reasons if each.refusal is None]

    def _tell(self, refusal: Refusal, currency: str) -> str:
        role = self.eligible.role if self.eligible else None
        assert role is not None
        return sentence(refusal, role, self.t.language, self.t.zone, currency)


@get("/orders", opt=MINE, include_in_schema=False)
async def read_orders(request: Request[Any, Any, Any], skip: Skip = 0) -> Response[str]:
    """A customer's orders, the newest first, with what they asked about them."""
    site, who = site_of(request), caller(request)
    ids = await site.store.orders_of(who.marketplace, who.id, A_PAGE + 1, skip)
    found = ids[:A_PAGE]
    known, bare = await asyncio.gather(
        _asked_of(site, who, found), asyncio.gather(*(_bare(request, site, who, each) for each in found))
    )
    cards = [replace(each, cases=known[each.id]) for each in bare]
    more = skip + A_PAGE if len(ids) > A_PAGE else None
    tongue = cards[0].t if cards else await market_tongue(request, site, who)
    return page(request, "orders.html", tongue, cards=cards, more=more, skip=skip, tell=Telling(tongue))


@get("/orders/{order_id:str}", opt=MINE, include_in_schema=False)
async def read_order(request: Request[Any, Any, Any], order_id: OrderId) -> Response[str]:
    """One order: what was bought, where the parcel is, what can be asked, what was asked."""
    site, who = site_of(request), caller(request)
    shown = await card(request, site, who, order_id)
    return page(request, "order.html", shown.t, card=shown, tell=Telling(shown.t))


async def cases_page(request: Request[Any, Any, Any]) -> Response[str]:
    """A customer's cases, those that wait for them first."""
    site, who = site_of(request), caller(request)
    rows = await cases_of(site, who)
    rows.sort(key=lambda each: (not each.is_open, each.state is not ViewerState.YOUR_TURN))
    tongue = await market_tongue(request, site, who)
    return page(request, "cases.html", tongue, rows=rows, tell=Telling(tongue))


@dataclass(frozen=True, slots=True)
class Telling:
    """A case in a list, in words."""

    t: Tongue

    def pill(self, row: CaseRowOut) -> str:
        """Whose turn it is."""
        return self.t.say(PILLS[row.state])

    def tone(self, row: CaseRowOut) -> str:
        """How pressing it looks."""
        return "turn" if row.state is ViewerState.YOUR_TURN else "over" if not row.is_open else "wait"

    def title(self, row: CaseRowOut) -> str:
        """What was asked."""
        return sentence_case(term(row.type, self.t.language))


async def card(request: Request[Any, Any, Any], site: Site, who: Principal, order_id: str) -> Card:
    """One order before its customer. Raises RefusedByRules (NO_SUCH_ORDER) for what is not theirs."""
    bare, cases = await asyncio.gather(_bare(request, site, who, order_id), cases_of(site, who, order_id))
    return replace(bare, cases=cases)


async def _bare(request: Request[Any, Any, Any], site: Site, who: Principal, order_id: str) -> Card:
    """The same without what was asked about it."""
    loaded, eligible = await asyncio.gather(
        site.loaded_order(who, order_id), site.engine.eligibility(who.marketplace, order_id, who.actor)
    )
    tongue = tongue_of(request, loaded.marketplace.market)
    found = None if isinstance(eligible, Refusal) else eligible
    return Card(tongue, loaded.order, found, [], moment(site, loaded))


async def _asked_of(site: Site, who: Principal, order_ids: list[str]) -> dict[str, list[CaseRowOut]]:
    """What was asked about these orders: one look at all cases of the visitor, unless there are more than it shows."""
    rows = await cases_of(site, who)
    if len(rows) == MOST_CASES:
        each = await asyncio.gather(*(cases_of(site, who, order_id) for order_id in order_ids))
        return dict(zip(order_ids, each, strict=True))
    return {order_id: [row for row in rows if row.order_id == order_id] for order_id in order_ids}


async def cases_of(site: Site, who: Principal, order_id: str = "") -> list[CaseRowOut]:
    """A customer's own cases, of one order or of all, the newest first."""
    wanted = CasesWanted(who.marketplace, CaseSort.NEWEST, order_id, customer_id=who.id, limit=MOST_CASES)
    return [showing.row(each, who.role) for each in await site.store.list_cases(wanted)]


async def market_tongue(request: Request[Any, Any, Any], site: Site, who: Principal) -> Tongue:
    """How to speak to a visitor where no order says which market it is."""
    return tongue_of(request, (await site.place(who)).market)
