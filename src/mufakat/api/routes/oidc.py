"""Signing in by an identity provider of the platform's own (OpenID Connect), where one is set."""

from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, get
from litestar.datastructures import Cookie
from litestar.params import PathParameter, QueryParameter
from litestar.response import Redirect

from mufakat.api.asked import site_of
from mufakat.api.knocking import take_stranger
from mufakat.api.problems import Troubled
from mufakat.api.proofs import NO_STORE
from mufakat.api.routes.sessions import signed_in
from mufakat.api.routes.welcome import prefers_page
from mufakat.api.site import Site
from mufakat.api.troubles import Trouble
from mufakat.api.wire.mirror import MAX_NAME, NO_NUL
from mufakat.api.wire.sessions import SignedInOut
from mufakat.engine.accounts.oidc import PATIENCE, Oidc, OidcAway, OidcRefused, Person
from mufakat.engine.accounts.signing_in import own_login
from mufakat.store.accounts import Account

COOKIE: Final = "mufakat-oidc"
MAX_GIVEN: Final = 4000
"""Characters of what a provider sends back."""

Where = Annotated[str, PathParameter(max_length=MAX_NAME, pattern=NO_NUL, description="The marketplace.")]
Given = Annotated[str, QueryParameter(required=False, max_length=MAX_GIVEN, pattern=NO_NUL)]
State = Annotated[str, QueryParameter(name="state", required=False, max_length=MAX_GIVEN, pattern=NO_NUL)]
"""Under another name here, because the framework has a `state` of its own."""


@get("/v1/oidc/{marketplace:str}/start", tags=["Accounts"], status_code=303)
async def start_oidc(
    request: Request[Any, Any, Any],
    marketplace: Where,
    fresh: Annotated[
        Literal["yes", "no"],
        QueryParameter(required=False, description="Whether the person is to prove anew there who they are."),
    ] = "no",
) -> Redirect:
    """Go to the identity provider to sign in; a cookie remembers in this browser what was asked."""
    _, oidc = _door(request)
    try:
        url, kept = await oidc.start(marketplace, fresh=fresh == "yes")
    except OidcAway as error:
        raise Troubled(Trouble.PROVIDER_AWAY, str(error)) from error
    seconds = int(PATIENCE.total_seconds())
    return Redirect(url, status_code=303, headers=NO_STORE, cookies=[_cookie(oidc, kept, seconds)])


@get("/v1/oidc/{marketplace:str}/callback", tags=["Accounts"], status_code=201)
async def finish_oidc(
    request: Request[Any, Any, Any],
    marketplace: Where,
    code: Given = "",
    state_: State = "",
    error: Given = "",
    iss: Given = "",
) -> Response[SignedInOut]:
    """Come back from the identity provider, with an account that its person was matched to or invited to."""
    site, oidc = _door(request)
    kept = request.cookies.get(COOKIE, "")
    if error:
        raise Troubled(Trouble.SIGN_IN_FAILED, "the provider signed nobody in")
    try:
        person = await oidc.finish(marketplace, kept, state_, code, iss)
    except OidcRefused as refused:
        raise Troubled(Trouble.SIGN_IN_FAILED, str(refused)) from refused
    except OidcAway as away:
        raise Troubled(Trouble.PROVIDER_AWAY, str(away)) from away
    account = await _account(site, marketplace, person)
    device = request.headers.get("user-agent", "")
    begun = await site.people.begin(account, "OIDC", device, person.proved_at)
    enter = request.app.state.get("enter")  # pages, where there are any, take a browser in
    answer = enter(request, begun) if enter is not None and prefers_page(request) else signed_in(begun)
    answer.set_cookie(_cookie(oidc, "", 0))
    return answer


def _door(request: Request[Any, Any, Any]) -> tuple[Site, Oidc]:
    """Raises Troubled where no provider is set, and where somebody comes too often."""
    site = site_of(request)
    take_stranger(request)
    if site.oidc is None:
        raise Troubled(Trouble.NOT_FOUND)
    return site, site.oidc


async def _account(site: Site, marketplace: str, person: Person) -> Account:
    """The account of somebody: by issuer and subject, or one that is invited and has their verified address.

    Never an account that is not invited: whoever runs the provider could else take over any. Raises Troubled.
    """
    found = await site.store.account_by_subject(marketplace, person.issuer, person.subject)
    if found is None and person.email and person.email_verified:
        now = site.engine.clock.now()
        there = await site.store.account_by_login(marketplace, own_login(person.email))
        if there is not None:
            about = (marketplace, there.account_id, person.issuer, person.subject)
            found = await site.store.accept_subject(*about, now)
    if found is None or found.disabled_at is not None:
        raise Troubled(Trouble.SIGN_IN_FAILED, "there is no account of yours here, and no invitation to your address")
    return found


def _cookie(oidc: Oidc, value: str, seconds: int) -> Cookie:
    """Lax, because the provider sends the browser back from another site; no script reads it."""
    secure = oidc.client.base.startswith("https:")
    return Cookie(
        key=COOKIE, value=value, path="/v1/oidc", max_age=seconds, secure=secure, httponly=True, samesite="lax"
    )
