"""A party that cannot get in: a lead's page to help it, the case as it sees it, and coming in by a link once.

All of it is the API's own (`api/routes/support.py`): recorded with who and why, and nothing in the party's name.
"""

from typing import Annotated, Any, Final
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.params import PathParameter
from litestar.response import Redirect

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import take_stranger
from mufakat.api.problems import Troubled
from mufakat.api.routes import support
from mufakat.api.troubles import Trouble
from mufakat.api.wire import support as w
from mufakat.core.parties import Role
from mufakat.engine.support import MOST_TOKEN
from mufakat.web import visits
from mufakat.web.answered import answered
from mufakat.web.drawing import page, tongue_of
from mufakat.web.filling import Filled, NotFilled, converted, typed
from mufakat.web.phases import STEPS_SAID
from mufakat.web.proving import check_proved, needs_proof, take_proof
from mufakat.web.routes.door import NO_STORE, home_of
from mufakat.web.seen import seen, seen_by
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

FOR_LEADS: Final = {visits.CALLERS: visits.LEADS}
Token = Annotated[str, PathParameter(max_length=MOST_TOKEN)]
SupportId = Annotated[str, PathParameter(pattern="^[0-9a-f]{1,64}$")]


@get("/cases/{case_id:str}/support", opt=FOR_LEADS, include_in_schema=False)
async def read_support(request: Request[Any, Any, Any], case_id: CaseId) -> Response[str]:
    """Who has to do what until when, and what helps a party that cannot get in."""
    return await _drawn(request, case_id, Filled())


@post("/cases/{case_id:str}/support", opt=FOR_LEADS, include_in_schema=False)
async def give_support(request: Request[Any, Any, Any], case_id: CaseId) -> Response[Any]:
    """Make a link, take one back, or look; `do` says which."""
    given, t, here = await typed(request), tongue_of(request), f"/cases/{quote(case_id, safe='')}/support"
    deed = given.get("do")
    if deed == "revoke":
        await answered(request, support.revoke_entry, case_id=case_id, support_id=given.get("entry"))
        return Redirect(here, status_code=303, headers=NO_STORE)
    if deed not in ("let-in", "look"):
        raise Troubled(Trouble.NOT_FOUND)
    try:
        await take_proof(request, given, t)
        body = _body(given, t)
        check_proved(request, t)
    except NotFilled as error:
        given.wrong.append(str(error))
        return await _drawn(request, case_id, given, status=422)
    if deed == "look":
        asked = converted(body, w.SeenAsIn, t)
        looked = await answered(request, support.see_as, t, case_id=case_id, data=asked)
        return Redirect(f"{here}/{looked.support_id}", status_code=303, headers=NO_STORE)
    wanted = converted(body | {"hours": int(given.get("hours"))}, w.LetInIn, t)
    fresh = (await answered(request, support.let_in, t, case_id=case_id, data=wanted)).content
    return await _drawn(request, case_id, Filled(), fresh=fresh)


@get("/cases/{case_id:str}/support/{support_id:str}", opt=FOR_LEADS, include_in_schema=False)
async def read_seen_as(request: Request[Any, Any, Any], case_id: CaseId, support_id: SupportId) -> Response[str]:
    """The case as the party sees it, to read only, while the look goes on that was recorded."""
    found = await answered(request, support.read_seen_as, case_id=case_id, support_id=support_id)
    who = caller(request)
    loaded = await site_of(request).loaded(who, case_id)
    shown = await seen_by(request, support.as_party(who, loaded, Role(found.party)), loaded)
    told = {"steps_said": STEPS_SAID, "ends": found.until}
    return page(request, "seen_as.html", shown.t, s=shown, **told)


@get(f"{support.COME_IN}{{link:str}}", opt={visits.OPEN: True}, include_in_schema=False)
async def read_come_in(request: Request[Any, Any, Any], link: Token) -> Response[str]:
    """What a link that signs in once is, with a button that uses it up."""
    return await _entrance(request, link)


@post("/come-in", opt={visits.OPEN: True}, include_in_schema=False)
async def come_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Use the link up, and go to its case. Somebody of the platform does not use it up: it is not for them."""
    site, link = site_of(request), (await typed(request)).get("link")
    visit = visits.visit_of(request)
    entry = None if visit is not None and visit.who.caller in visits.PEOPLE else await site.support.use(link)
    if entry is None:
        return await _entrance(request, link)
    value, fresh = visits.entered(site, entry)
    return Redirect(home_of(fresh.who), status_code=303, headers=NO_STORE, cookies=[visits.cookie(request, value)])


async def _entrance(request: Request[Any, Any, Any], link: str) -> Response[str]:
    """The page of a link; it does not say whom it is for."""
    site, visit = site_of(request), visits.visit_of(request)
    found = await site.support.waiting(link)
    if found is None:
        take_stranger(request)
    until = None if found is None else found.until
    places = await site.store.marketplaces() if found is not None else []
    market = next((each.market for each in places if found and each.marketplace == found.marketplace), "")
    t = tongue_of(request, market) if market else tongue_of(request)
    is_staff = visit is not None and visit.who.caller in visits.PEOPLE
    told: dict[str, Any] = {"is_open": found is not None, "is_staff": is_staff, "until": until, "link": link}
    return page(request, "come_in.html", t, status=200 if found else 410, **told)


def _body(given: Filled, t: Tongue) -> dict[str, Any]:
    """Whom and why. Raises NotFilled."""
    party, reason, hours = given.get("party"), given.get("reason").strip(), given.get("hours")
    if party not in visits.PARTIES:
        raise NotFilled(t.say(_("Say who cannot get in.")))
    if len(reason) < w.SHORTEST:
        raise NotFilled(t.say(_("Say why, in %(least)s characters or more."), least=w.SHORTEST))
    if not (hours.isascii() and hours.isdigit() and 0 < int(hours[:4]) <= w.LONGEST_HOURS):
        raise NotFilled(t.say(_("Choose for how long the link can be used.")))
    return {"party": party, "reason": reason[: w.LONGEST]}


async def _drawn(
    request: Request[Any, Any, Any],
    case_id: str,
    given: Filled,
    *,
    fresh: w.NewOnceOut | None = None,
    status: int = 200,
) -> Response[str]:
    """The page; `fresh`: a link that is shown this once."""
    site, who, shown = site_of(request), caller(request), await seen(request, case_id)
    scheme = "http" if visits.is_loopback(request) else "https"
    return page(
        request,
        "support.html",
        shown.t,
        status=status,
        s=shown,
        given=given,
        fresh=fresh,
        address="" if fresh is None else f"{scheme}://{request.headers.get('host', '')}{fresh.href}",
        found=await answered(request, support.list_support, shown.t, case_id=case_id),
        names={each.account_id: each.name for each in await site.store.accounts(who.marketplace)},
        real=site.engine.clock.now(),
        proof_needed=needs_proof(request),
    )
