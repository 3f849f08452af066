"""The door: coming in by a link of the marketplace, leaving, choosing a language, and the people of a shop to try.

Agents and leads sign in (`signing_in.py`); those of a shop to try come in here with a click, into a session like any.
"""

from datetime import timedelta
from typing import Annotated, Any, Final
from urllib.parse import quote, urlsplit

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import QueryParameter
from litestar.response import Redirect

from mufakat.api.asked import caller, site_of
from mufakat.api.knocking import take_stranger
from mufakat.api.principals import MAX_TOKEN, NotSignedIn, Principal, signed_in
from mufakat.api.problems import Troubled
from mufakat.api.rights import Caller
from mufakat.api.routes import welcome
from mufakat.api.site import Trial
from mufakat.api.troubles import Trouble
from mufakat.core.words import Language
from mufakat.engine.accounts.signing_in import Begun
from mufakat.web import visits
from mufakat.web.drawing import LANGUAGE, page, tongue_of

YEAR: Final = timedelta(days=365)
HOMES: Final[dict[Caller, str]] = {
    Caller.CUSTOMER: "/orders",
    Caller.SELLER: "/cases",
    Caller.AGENT: "/desk",
    Caller.LEAD: "/desk",
}
"""Where each kind of visitor begins."""
NO_STORE: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@get("/", opt={visits.OPEN: True}, include_in_schema=False)
async def read_door(request: Request[Any, Any, Any]) -> Response[Any]:
    """Home for who visits; else how to come in, and for programs what the API's own first page says."""
    visit = visits.visit_of(request)
    if not welcome.prefers_page(request):
        return welcome.answer(request, wants_page=False)
    if visit is not None:
        return Redirect(home_of(visit.who), status_code=303, headers=NO_STORE)
    trial = _trial(request)
    tongue = tongue_of(request)
    people = [] if trial is None else list(trial.people)
    return page(request, "door.html", tongue, people=people)


@get("/developers", opt={visits.OPEN: True}, include_in_schema=False)
async def read_developers(request: Request[Any, Any, Any]) -> Response[Any]:
    """What this is, for engineers, with keys and lines to try where the database is one for trying."""
    return welcome.answer(request, wants_page=True)


@get("/enter", opt={visits.OPEN: True}, include_in_schema=False)
async def enter(
    request: Request[Any, Any, Any],
    token: Annotated[str, QueryParameter(required=False, max_length=MAX_TOKEN)] = "",
) -> Response[Any]:
    """Come in by a token that the marketplace signed for one of its people. Afterwards the address is without it."""
    site = site_of(request)
    try:
        who = await signed_in(token, site.store, site.own_key, site.engine.clock.now())
    except NotSignedIn as error:
        take_stranger(request)
        raise Troubled(Trouble.NOT_SIGNED_IN, str(error)) from error
    if who.caller not in visits.PARTIES:
        raise Troubled(Trouble.NOT_SIGNED_IN, "this way in is for customers and sellers")
    return _come_in(request, who)


@post("/try", opt={visits.OPEN: True}, include_in_schema=False)
async def try_as(request: Request[Any, Any, Any]) -> Response[Any]:
    """Come in as somebody of the made-up shop: only where the database is one for trying, and from this machine."""
    trial, form = _trial(request), await request.form()
    found = [each for each in (trial.people if trial else ()) if each.id == form.get("person")]
    if trial is None or not found:
        raise Troubled(Trouble.NOT_FOUND)
    shop = trial.credential
    if found[0].caller in visits.PEOPLE:
        return await _let_sign_in(request, shop.marketplace, found[0].id)
    return _come_in(request, Principal(found[0].caller, shop.marketplace, found[0].id, credential=shop.id))


@post("/leave", opt={visits.CALLERS: visits.EVERYBODY, visits.INSIDE: True}, include_in_schema=False)
async def leave(request: Request[Any, Any, Any]) -> Response[Any]:
    """End the visit in this browser; the session of who signed in ends with it."""
    site, who = site_of(request), caller(request)
    if who.session:
        await site.store.end_session(who.marketplace, who.session, site.engine.clock.now())
    gone = visits.cookie(request, "", timedelta())
    return Redirect("/", status_code=303, headers=NO_STORE | {"Clear-Site-Data": '"cache"'}, cookies=[gone])


@post("/language", opt={visits.OPEN: True}, include_in_schema=False)
async def choose_language(request: Request[Any, Any, Any]) -> Response[Any]:
    """Keep a language for this browser and go back to where it was chosen."""
    form = await request.form()
    chosen = str(form.get("language", ""))
    if chosen not in list(Language):
        raise Troubled(Trouble.NOT_FOUND)
    kept = Cookie(
        key=LANGUAGE,
        value=chosen,
        max_age=int(YEAR.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=not visits.is_loopback(request),
    )
    return Redirect(own_path(str(form.get("back", "/"))), status_code=303, headers=NO_STORE, cookies=[kept])


def home_of(who: Principal) -> str:
    """Where a visitor begins: who came by a link that signs in once, at its case."""
    return HOMES[who.caller] if who.within is None else f"/cases/{quote(who.within[1], safe='')}"


def own_path(wanted: str) -> str:
    """An address of this site to go on to; the door for any other."""
    found = urlsplit(wanted)
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not found.netloc and not found.scheme
    return wanted if inside and wanted.isprintable() and len(wanted) < MAX_TOKEN else "/"


def _come_in(request: Request[Any, Any, Any], who: Principal) -> Response[Any]:
    value, _ = visits.begun(site_of(request), who)
    kept = visits.cookie(request, value)
    return Redirect(HOMES[who.caller], status_code=303, headers=NO_STORE, cookies=[kept])


async def _let_sign_in(request: Request[Any, Any, Any], marketplace: str, account_id: str) -> Response[Any]:
    """A session for somebody of the shop to try, who has no password."""
    site = site_of(request)
    account = await site.store.account(marketplace, account_id)
    if account is None or account.disabled_at is not None:
        raise Troubled(Trouble.NOT_FOUND)
    device = request.headers.get("user-agent", "")
    return signed_in_here(request, await site.people.begin(account, "PASSWORD", device, site.engine.clock.now()))


def signed_in_here(request: Request[Any, Any, Any], begun: Begun, back: str = "/desk") -> Response[Any]:
    """Into the pages with a fresh session."""
    kept = visits.session_cookie(request, begun.token)
    return Redirect(own_path(back), status_code=303, headers=NO_STORE, cookies=[kept])


def _trial(request: Request[Any, Any, Any]) -> Trial | None:
    """The shop to try, for who asks this machine by a name of its own."""
    return site_of(request).trial if visits.is_loopback(request) else None
