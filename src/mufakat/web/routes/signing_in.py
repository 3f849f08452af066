"""Signing in of agents and leads: login, password and code, and the invitation by which a password is set."""

from typing import Annotated, Any, Final
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from mufakat.api.asked import site_of
from mufakat.api.knocking import address_of, take_stranger
from mufakat.engine.accounts.passwords import PasswordNotTaken
from mufakat.engine.accounts.signing_in import CodeNeeded, SignInRefused, TooManyTries, Try
from mufakat.web import visits
from mufakat.web.drawing import page, tongue_of
from mufakat.web.filling import Filled, typed
from mufakat.web.proving import too_soon
from mufakat.web.routes.door import NO_STORE, own_path, signed_in_here
from mufakat.web.tongue import mark as _

MOST: Final = 1000
"""Characters of what is typed into one of these fields."""
Given = Annotated[str, QueryParameter(required=False, max_length=MOST)]
Back = Annotated[str, QueryParameter(required=False, max_length=MOST)]


@get("/sign-in", opt={visits.OPEN: True}, include_in_schema=False)
async def read_sign_in(
    request: Request[Any, Any, Any], marketplace: Given = "", back: Back = "/desk", welcome: Given = ""
) -> Response[str]:
    """Where agents and leads sign in; `welcome`: right after a password was set."""
    given = Filled({"marketplace": [marketplace], "back": [own_path(back)]})
    return _drawn(request, given, 200, welcome=bool(welcome))


@post("/sign-in", opt={visits.OPEN: True}, include_in_schema=False)
async def sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Sign in. What is wrong is not told apart; after some failures tries are held apart."""
    site, t = site_of(request), tongue_of(request)
    take_stranger(request)
    given = await _typed(request)
    password, code = given.fields.pop("password", [""])[0], given.fields.pop("code", [""])[0].strip()
    device = request.headers.get("user-agent", "")
    about = (given.get("marketplace").strip(), given.get("login"), password, code)
    try:
        begun = await site.people.sign_in(Try(*about, address_of(request), device))
    except SignInRefused:
        given.wrong.append(t.say(_("Marketplace, address, password or code is wrong.")))
        return _drawn(request, given, 401)
    except CodeNeeded:
        given.wrong.append(t.say(_("A code is needed as well. Type your password once more, with the code.")))
        return _drawn(request, given, 401)
    except TooManyTries as error:
        given.wrong.append(too_soon(error, t))
        return _drawn(request, given, 429)
    return signed_in_here(request, begun, given.get("back"))


@get("/invitation", opt={visits.OPEN: True}, include_in_schema=False)
async def read_invitation(request: Request[Any, Any, Any]) -> Response[str]:
    """Where a password is set by an invitation."""
    return page(request, "invitation.html", tongue_of(request), given=Filled())


@post("/invitation", opt={visits.OPEN: True}, include_in_schema=False)
async def accept_invitation(request: Request[Any, Any, Any]) -> Response[Any]:
    """Set a password by an invitation, which is used up; then they sign in."""
    site, t = site_of(request), tongue_of(request)
    take_stranger(request)
    given = await _typed(request)
    password = given.fields.pop("password", [""])[0]
    try:
        account = await site.people.accept(given.get("invitation").strip(), password, address_of(request))
    except PasswordNotTaken:
        given.wrong.append(t.say(not_taken()))
        return page(request, "invitation.html", t, status=422, given=given)
    except TooManyTries as error:
        given.wrong.append(too_soon(error, t))
        return page(request, "invitation.html", t, status=429, given=given)
    if account is None:
        given.wrong.append(t.say(_("This invitation is not good, or not any more. Ask a lead for a new one.")))
        return page(request, "invitation.html", t, status=422, given=given)
    where = f"/sign-in?welcome=yes&marketplace={quote(account.marketplace, safe='')}"
    return Redirect(where, status_code=303, headers=NO_STORE)


def not_taken() -> str:
    """What is said of a password that is not taken."""
    return _("Choose another password: 12 to 200 characters, not one that everybody tries, nor your own name.")


async def _typed(request: Request[Any, Any, Any]) -> Filled:
    given = await typed(request)
    return Filled({name: [values[0][:MOST]] for name, values in given.fields.items()})


def _drawn(request: Request[Any, Any, Any], given: Filled, status: int, *, welcome: bool = False) -> Response[str]:
    oidc = site_of(request).oidc is not None and bool(given.get("marketplace"))
    return page(request, "sign_in.html", tongue_of(request), status=status, given=given, welcome=welcome, oidc=oidc)
