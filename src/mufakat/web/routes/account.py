"""A seller's account: what stands, and what moved because of cases in 31 days, as the API's statement has it."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.params import QueryParameter

from mufakat.api.asked import caller, site_of
from mufakat.api.rights import Caller
from mufakat.api.routes.money import statement_of
from mufakat.core.settlement import Account, State
from mufakat.web import visits
from mufakat.web.drawing import page
from mufakat.web.routes.orders import market_tongue
from mufakat.web.tongue import mark as _

MINE: Final = {visits.CALLERS: frozenset({Caller.SELLER})}
Cursor = Annotated[str, QueryParameter(required=False, max_length=1000)]
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


@get("/account", opt=MINE, include_in_schema=False)
async def read_account(request: Request[Any, Any, Any], cursor: Cursor = "") -> Response[str]:
    """Holds, deductions, debts and adjustments of the visitor, oldest first, a page at a time."""
    site, who = site_of(request), caller(request)
    found = await statement_of(site, who, who.id, cursor=cursor)
    tongue = await market_tongue(request, site, who)
    return page(request, "account.html", tongue, found=found, accounts=ACCOUNTS, states=STATES)
