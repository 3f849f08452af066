"""One's own account as an agent or lead: sessions, password, second factor. Each change takes a proof in its form."""

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.response import Redirect

from mufakat.api.asked import caller, site_of
from mufakat.api.knocking import address_of
from mufakat.api.problems import Troubled
from mufakat.api.proofs import own_session
from mufakat.api.troubles import Trouble
from mufakat.engine.accounts.passwords import PasswordNotTaken
from mufakat.engine.accounts.signing_in import SESSION_IDLE, SignInRefused, TooManyTries
from mufakat.web import visits
from mufakat.web.drawing import page, tongue_of
from mufakat.web.filling import Filled, NotFilled, typed
from mufakat.web.proving import check_proved, needs_proof, take_proof, too_soon
from mufakat.web.routes.door import NO_STORE
from mufakat.web.routes.orders import market_tongue
from mufakat.web.routes.signing_in import not_taken
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

MINE: Final = {visits.CALLERS: visits.PEOPLE}


@get("/me", opt=MINE, include_in_schema=False)
async def read_me(request: Request[Any, Any, Any]) -> Response[str]:
    """Who one is here, where one is signed in, and what proves it."""
    return await _drawn(request, Filled())


@post("/me", opt=MINE, include_in_schema=False)
async def change_me(request: Request[Any, Any, Any]) -> Response[Any]:
    """End a session or all, change the password, set up, confirm or remove the second factor; `do` says which."""
    t, given = tongue_of(request), await typed(request)
    deed = _DEEDS.get(given.get("do"))
    if deed is None:
        raise Troubled(Trouble.NOT_FOUND)
    try:
        return await deed(request, given, t)
    except NotFilled as error:
        given.wrong.append(str(error))
        return await _drawn(request, given, status=422)


async def _end(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> Response[Any]:
    del t
    site, who = site_of(request), caller(request)
    found = await site.store.session(who.marketplace, given.get("session"))
    if found is None or found.account.account_id != who.id:
        raise Troubled(Trouble.NOT_FOUND)
    await site.store.end_session(who.marketplace, found.session_id, site.engine.clock.now())
    return Redirect("/me", status_code=303, headers=NO_STORE)


async def _end_all(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> Response[Any]:
    del given, t
    site, who = site_of(request), caller(request)
    await site.store.end_sessions(who.marketplace, who.id, site.engine.clock.now())
    return Redirect("/sign-in", status_code=303, headers=NO_STORE)


async def _password(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> Response[Any]:
    old, new = (given.fields.pop(name, [""])[0] for name in ("old-password", "new-password"))
    site, session = site_of(request), await own_session(request)
    try:
        await site.people.change_password(session, old, new, address_of(request))
    except PasswordNotTaken as error:
        raise NotFilled(t.say(not_taken())) from error
    except SignInRefused as error:
        raise NotFilled(t.say(_("The password or the code is wrong."))) from error
    except TooManyTries as error:
        raise NotFilled(too_soon(error, t)) from error
    return Redirect("/me?done=password", status_code=303, headers=NO_STORE)


async def _offer(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> Response[Any]:
    site, session = site_of(request), await own_session(request)
    await take_proof(request, given, t)
    check_proved(request, t)
    if session.account.totp_at is not None:
        return Redirect("/me", status_code=303, headers=NO_STORE)
    offered = await site.people.factor.offer(session.account)
    return await _drawn(request, given, secret=offered.secret, uri=offered.uri)


async def _confirm(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> Response[Any]:
    site, session = site_of(request), await own_session(request)
    await take_proof(request, given, t)
    check_proved(request, t)
    account = session.account
    if account.totp_at is not None or account.totp_key is None:
        raise NotFilled(t.say(_("Begin again: set up the second factor first.")))
    codes = await site.people.factor.confirm(account, given.get("code"), site.engine.clock.now())
    if codes is None:
        raise NotFilled(t.say(_("This code is not right. Set it up again, and type the code that the app shows then.")))
    return await _drawn(request, given, codes=codes)


async def _remove(request: Request[Any, Any, Any], given: Filled, t: Tongue) -> Response[Any]:
    site, session = site_of(request), await own_session(request)
    code, account = given.fields.pop("code", [""])[0].strip(), session.account
    if account.totp_at is None:
        return Redirect("/me", status_code=303, headers=NO_STORE)
    try:
        at = await site.people.reauthenticate(session, "", code or "-", address_of(request))
    except SignInRefused as error:
        raise NotFilled(t.say(_("The password or the code is wrong."))) from error
    except TooManyTries as error:
        raise NotFilled(too_soon(error, t)) from error
    await site.store.drop_factor(account.marketplace, account.account_id, at, but_session=session.session_id)
    return Redirect("/me", status_code=303, headers=NO_STORE)


async def _drawn(request: Request[Any, Any, Any], given: Filled, status: int = 200, **fresh: Any) -> Response[str]:
    """The page; `fresh`: a secret or recovery codes, which are shown this once."""
    site, session = site_of(request), await own_session(request)
    account = session.account
    now = site.engine.clock.now()
    sessions = await site.store.sessions(account.marketplace, account.account_id, now, SESSION_IDLE)
    shown: dict[str, Any] = {"secret": "", "uri": "", "codes": []} | fresh
    return page(
        request,
        "me.html",
        await market_tongue(request, site, caller(request)),
        status=status,
        given=given,
        account=account,
        sessions=sessions,
        current=session.session_id,
        proof_needed=needs_proof(request),
        **shown,
    )


_DEEDS: Final = {
    "end": _end,
    "end-all": _end_all,
    "password": _password,
    "offer": _offer,
    "confirm": _confirm,
    "remove": _remove,
}
