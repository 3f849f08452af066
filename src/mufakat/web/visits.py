"""Who visits: the cookie of a party that came from its marketplace or of somebody who signed in, and what forms carry.

`/enter` exchanges the marketplace's signed token for a cookie of some hours. The cookie names the party and the
credential behind the token, under our own signature; that credential is read with every request, so revoking it ends
the visit at once. The cookie of an agent or lead is their session's token, read with every request as the API reads it.
A visit by a link that signs in once names that link instead, and is for its one case. A form carries a word that only
pages of the same visit know, and comes from this very site.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers.base import BaseRouteHandler

from mufakat.api.addresses import restore
from mufakat.api.knocking import take, take_stranger
from mufakat.api.principals import Credentials, NotSignedIn, Principal, signed_in
from mufakat.api.problems import Troubled
from mufakat.api.rights import Caller
from mufakat.api.routes.welcome import LOCAL
from mufakat.api.site import Site, derived
from mufakat.api.troubles import Trouble
from mufakat.core.parties import Role
from mufakat.engine.accounts.signing_in import SESSION, SESSION_IDLE, SESSION_LIFE
from mufakat.store.entries import Entry

VISIT: Final = timedelta(hours=8)
"""How long a visit lasts."""
COOKIE: Final = "mufakat-visit"
TOKEN: Final = "token"  # noqa: S105 - the name of a field
"""The field of a form that holds the visit's word; scripts send it in the header below."""
TOKEN_HEADER: Final = "x-form-token"  # noqa: S105 - the name of a header
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
WRITTEN: Final = "written"
MOST_WRITTEN: Final = 200_000
"""Bytes of a form that is still read after its visit has ended."""
READING: Final = frozenset({"GET", "HEAD"})
OPEN: Final = "open"
"""Set in the `opt` of a page that needs nobody whom we know."""
CALLERS: Final = "callers"
"""In the `opt` of a page: who may come; without it both parties."""
PARTIES: Final = frozenset({Caller.CUSTOMER, Caller.SELLER})
PEOPLE: Final = frozenset({Caller.AGENT, Caller.LEAD})
"""Agents and leads, who come with a session."""
INSIDE: Final = "inside"
"""Set in the `opt` of what is no page of a case and yet open to who came by a link that signs in once."""
ENTRY: Final = "entry."
"""What the credential of such a visit begins with, before the link's id; no other credential has a dot."""
LEADS: Final = frozenset({Caller.LEAD})
EVERYBODY: Final = PARTIES | PEOPLE


class _Kept(msgspec.Struct, array_like=True):
    """What a cookie says: marketplace, role, id, credential, when it ends (seconds since 1970), and chance."""

    marketplace: str
    role: str
    id: str
    credential: str
    until: int
    nonce: str


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who visits. `word`: what forms of this visit carry; `until`: when it ends (UTC).

    `unread`: of a party, how many notices it has not read, for the bell on the page that is asked for.
    """

    who: Principal
    word: str
    until: datetime
    unread: int = 0


def begun(site: Site, who: Principal) -> tuple[str, Visit]:
    """A new visit: what the cookie holds, and the visit."""
    until = site.engine.clock.now() + VISIT
    nonce = secrets.token_urlsafe(12)
    kept = _Kept(who.marketplace, who.role.value, who.id, who.credential, int(until.timestamp()), nonce)
    body = _plain(msgspec.json.encode(kept))
    return f"{body}.{_plain(_mac(site, b'visits', body))}", _visit(site, kept, body, who.within)


async def visiting(site: Site, cookie: str) -> Visit:
    """Who comes with a cookie. Raises NotSignedIn."""
    if cookie.startswith(f"{SESSION}_"):
        return await _in_session(site, cookie)
    body, _, mac = cookie.partition(".")
    if not body or not cookie.isascii() or not hmac.compare_digest(mac, _plain(_mac(site, b"visits", body))):
        raise NotSignedIn("there is no visit under way")
    kept = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=_Kept)
    now, store = site.engine.clock.now(), _credentials(site)
    if now >= datetime.fromtimestamp(kept.until, UTC):
        raise NotSignedIn("this visit has ended")
    if kept.credential.startswith(ENTRY):
        return await _by_entry(site, kept, body)
    found = await store.credential(kept.marketplace, kept.credential)
    if found is None or not found.is_good(now):
        raise NotSignedIn("what let this visit in was revoked or has expired")
    return _visit(site, kept, body)


def entered(site: Site, entry: Entry) -> tuple[str, Visit]:
    """A new visit of whom a link has let in, with their only case: what the cookie holds, and the visit."""
    credential, within = f"{ENTRY}{entry.entry_id}", (entry.order_id, entry.case_id)
    who = Principal(Caller(entry.role), entry.marketplace, entry.party_id, credential=credential, within=within)
    return begun(site, who)


async def _by_entry(site: Site, kept: _Kept, body: str) -> Visit:
    """Who came by a link that signs in once, which still stands. Raises NotSignedIn."""
    entry = await site.store.entry(kept.marketplace, kept.credential.removeprefix(ENTRY))
    if entry is None or entry.used_at is None or entry.revoked_at is not None:
        raise NotSignedIn("the link that let this visit in was revoked")
    return _visit(site, kept, body, (entry.order_id, entry.case_id))


async def _in_session(site: Site, token: str) -> Visit:
    """Who comes with a session. Raises NotSignedIn."""
    now = site.engine.clock.now()
    who = await signed_in(token, site.store, site.own_key, now)
    return Visit(who, _plain(_mac(site, b"forms", token)), now + SESSION_IDLE)


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let in who visits; a page finds them as `request.user` and the visit as `request.auth`. Raises Troubled."""
    site: Site = connection.app.state.site
    reading = connection.scope.get("method") in READING
    if not reading:
        check_own_site(connection)
    try:
        visit = await visiting(site, connection.cookies.get(cookie_name(connection), ""))
    except NotSignedIn as error:
        if handler.opt.get(OPEN):
            take_stranger(connection)
            return
        await _save_what_was_written(connection)
        raise Troubled(Trouble.NOT_SIGNED_IN, str(error)) from error
    if reading and visit.who.caller in PARTIES and "text/html" in connection.headers.get("accept", ""):
        unread = await site.store.unread(visit.who.marketplace, visit.who.role.value, visit.who.id)
        visit = replace(visit, unread=unread)
    connection.scope["user"], connection.scope["auth"] = visit.who, visit
    take(connection, site.allowances, f"{visit.who.caller}\0{visit.who.marketplace}\0{visit.who.id}")
    if not handler.opt.get(OPEN) and visit.who.caller not in handler.opt.get(CALLERS, PARTIES):
        raise Troubled(Trouble.NOT_FOUND)
    if not reading:
        await _check_word(connection, visit)
    restore(connection.scope["path_params"])
    if visit.who.within is not None and not _is_inside(visit.who.within, connection, handler):
        raise Troubled(Trouble.NOT_FOUND)


def _is_inside(
    within: tuple[str, str], connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> bool:
    """Whether an address is about the one case that a visit is for, or is open to such a visit as well."""
    order_id, case_id = within
    asked = connection.scope["path_params"]
    if "case_id" in asked:
        return bool(asked["case_id"] == case_id)
    if handler.opt.get(OPEN):
        return True
    return bool(handler.opt.get(INSIDE)) and asked.get("order_id", order_id) == order_id


def check_own_site(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Raises Troubled (NOT_ALLOWED) for what a page of another site sent, as browsers say themselves."""
    where = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    same = where in (None, "same-origin") and (
        origin is None or urlsplit(origin).netloc == connection.headers.get("host", "")
    )
    if not same:
        raise Troubled(Trouble.NOT_ALLOWED, "this form came from another site")


async def _check_word(connection: ASGIConnection[Any, Any, Any, Any], visit: Visit) -> None:
    """Raises Troubled (NOT_ALLOWED) for a form without the visit's word."""
    said = connection.headers.get(TOKEN_HEADER, "")
    if not said and isinstance(connection, Request):
        form = await connection.form() if _kind(connection) in FORMS else {}
        said = str(form.get(TOKEN, ""))
    if not hmac.compare_digest(said.encode(), visit.word.encode()):
        raise Troubled(Trouble.NOT_ALLOWED, "this form belongs to another visit; open the page again")


async def _save_what_was_written(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Remember the text of a form that came after its visit had ended, so that the page of the error can show it."""
    length = connection.headers.get("content-length", "")
    small = length.isdigit() and int(length) <= MOST_WRITTEN
    if isinstance(connection, Request) and small and _kind(connection) in FORMS:
        form = await connection.form()
        connection.scope.setdefault("state", {})[WRITTEN] = str(form.get("text", ""))


def _kind(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    return connection.headers.get("content-type", "").partition(";")[0].strip().lower()


def cookie_name(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """What the cookie is called: with the prefix by which a browser keeps it to this site, but for plain loopback."""
    return COOKIE if is_loopback(connection) else f"__Host-{COOKIE}"


def is_loopback(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether this machine is asked by a name of its own: the one place where a cookie may go without TLS."""
    return LOCAL.fullmatch(connection.headers.get("host", "")) is not None


def cookie(connection: ASGIConnection[Any, Any, Any, Any], value: str, life: timedelta = VISIT) -> Cookie:
    """The cookie of a visit; empty and without life to end it."""
    return Cookie(
        key=cookie_name(connection),
        value=value,
        max_age=int(life.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=not is_loopback(connection),
    )


def session_cookie(connection: ASGIConnection[Any, Any, Any, Any], token: str) -> Cookie:
    """The cookie of somebody who has signed in; the session itself ends sooner where it is not used."""
    return cookie(connection, token, SESSION_LIFE)


def visit_of(request: Request[Any, Any, Any]) -> Visit | None:
    """The visit that a request belongs to; None for a stranger."""
    found = request.scope.get("auth")
    return found if isinstance(found, Visit) else None


def _visit(site: Site, kept: _Kept, body: str, within: tuple[str, str] | None = None) -> Visit:
    caller = Caller(Role(kept.role))
    who = Principal(caller, kept.marketplace, kept.id, credential=kept.credential, within=within)
    word = _plain(_mac(site, b"forms", body))
    return Visit(who, word, datetime.fromtimestamp(kept.until, UTC))


def _credentials(site: Site) -> Credentials:
    return site.store


def _mac(site: Site, purpose: bytes, body: str) -> bytes:
    return hmac.digest(derived(site.own_key, b"pages." + purpose), body.encode(), "sha256")


def _plain(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
