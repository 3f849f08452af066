"""Money to look at: every movement of a case with cause, rule and reference, and a seller's statement."""

from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Router, get
from litestar.params import FromQuery, PathParameter, QueryParameter

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.cursors import CursorError
from mufakat.api.held import is_held_to_work
from mufakat.api.knocking import RIGHT
from mufakat.api.movements import money_out, plain, stood
from mufakat.api.periods import period
from mufakat.api.principals import Principal
from mufakat.api.problems import RefusedByRules, Troubled
from mufakat.api.rights import Right
from mufakat.api.site import Site, is_tied
from mufakat.api.troubles import Trouble
from mufakat.api.wire import money as w
from mufakat.api.wire.mirror import MAX_NAME, NO_NUL
from mufakat.core.parties import Role
from mufakat.core.refusals import Code, Refusal
from mufakat.core.settlement import state
from mufakat.engine.money import case_money
from mufakat.store.records import StatementWanted

PAGE: Final = 50
"""Movements on a page of a statement where the caller names no number."""
MOST_A_PAGE: Final = 200
"""The most movements on a page of a statement."""

Place = tuple[datetime, str, int, int]
SellerId = Annotated[str, PathParameter(description="The seller's id.", max_length=MAX_NAME, pattern=NO_NUL)]


@get("/cases/{case_id:str}/money", opt={RIGHT: Right.CASES_READ})
async def read_money(request: Request[Any, Any, Any], case_id: CaseId) -> w.MoneyOut:
    """Every movement of money of a case: between which accounts, by which event and rule, where it stands.

    A customer reads its refund, a seller its own accounts; agents and the marketplace all of it, with what the payment
    provider was told and what came of that.
    """
    site, who = site_of(request), caller(request)
    loaded = await site.loaded(who, case_id)
    assert loaded.case is not None
    return money_out(loaded.case, await case_money(site.store, who.marketplace, case_id), who.role)


@get("/sellers/{seller_id:str}/statement", opt={RIGHT: Right.STATEMENTS_READ})
async def read_statement(
    request: Request[Any, Any, Any],
    seller_id: SellerId,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_A_PAGE)] = PAGE,
    cursor: Annotated[str, QueryParameter(required=False, max_length=1000)] = "",
) -> w.StatementOut:
    """A seller's holds, deductions, debts and adjustments in a period, oldest first; the last 31 days by default.

    Everybody but the seller itself, leads and the marketplace finds nothing here. `next` is the cursor of the next
    page of the same period, so `since` and `until` need not be named with it.
    """
    return await statement_of(site_of(request), caller(request), seller_id, (since, until), limit, cursor)


async def statement_of(
    site: Site,
    who: Principal,
    seller_id: str,
    asked: tuple[datetime | None, datetime | None] = (None, None),
    limit: int = PAGE,
    cursor: str = "",
) -> w.StatementOut:
    """A page of a seller's statement of a period, as the caller may read it. Raises Troubled and RefusedByRules."""
    if who.role is Role.SELLER and who.id != seller_id:
        raise Troubled(Trouble.NOT_FOUND)
    if is_tied(who, seller_id, seller_id):
        raise RefusedByRules(Refusal(Code.CONFLICT_OF_INTEREST), who.role)
    if is_held_to_work(who):
        raise RefusedByRules(Refusal(Code.NOT_YOUR_WORK), who.role)
    about = ("statement", who.marketplace, who.role, who.id, seller_id)
    if cursor:
        begins, ends, after = _on_from(site, about, cursor)
    else:
        begins, ends = await period(site, who, *asked)
        after = None
    found = await site.store.statement(StatementWanted(who.marketplace, seller_id, begins, ends, after, limit))
    place: list[str] = []
    if len(found) == limit:
        last = found[-1].transfer
        place = [begins.isoformat(), ends.isoformat(), last.at.isoformat(), last.case_id, f"{last.number}:{last.leg}"]
    moments = () if cursor else (begins, ends)
    opening, closing = [await site.store.balances(who.marketplace, seller_id, each) for each in moments] or ([], [])
    return w.StatementOut(
        seller_id=seller_id,
        since=begins,
        until=ends,
        opening=stood(opening),
        closing=stood(closing),
        lines=[
            w.StatementLineOut(
                **plain(each.transfer, state(each.transfer.kind, each.ended), who.role, each.transfer.reference),
                case_id=each.transfer.case_id,
                order_id=each.order_id,
                currency=each.transfer.currency,
            )
            for each in found
        ],
        next=site.cursors.make(about, place) if place else None,
    )


def _on_from(site: Site, about: tuple[Any, ...], cursor: str) -> tuple[datetime, datetime, Place]:
    """The period of a statement, and where its last page ended. Raises Troubled."""
    try:
        begins, ends, at, case_id, event = site.cursors.read(about, cursor)
    except CursorError as error:
        raise Troubled(Trouble.CURSOR_NOT_VALID, str(error)) from error
    number, _, leg = event.partition(":")
    moments = (datetime.fromisoformat(each) for each in (begins, ends, at))
    since, until, last = moments
    return since, until, (last, case_id, int(number), int(leg))


router = Router("/v1", route_handlers=[read_money, read_statement], tags=["Money"])
