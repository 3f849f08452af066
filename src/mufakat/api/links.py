"""Short-lived links to one view of a file, for pictures and players of a browser, which send no token.

A link is signed, not kept. It names the view and the viewer, and each use asks anew whether the viewer may still see
it.
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from typing import Final

import msgspec

from mufakat.api.principals import Credentials, Principal, of_session
from mufakat.api.rights import Caller, Right
from mufakat.engine.accounts.signing_in import SESSION_IDLE

LIFE: Final = timedelta(minutes=5)
"""How long a link can be used."""
MAC_BYTES: Final = 32
MAX_TOKEN: Final = 3000
"""Characters of a link's token."""


class NoSuchLink(Exception):  # noqa: N818 - says what it is
    """A link that we did not give, that has ended, or whose viewer may not come any more."""


class Link(msgspec.Struct, frozen=True, array_like=True):
    """Who may see which view of which file of a case; `until` in whole seconds since 1970."""

    marketplace: str
    caller: Caller
    id: str
    credential: str
    case_id: str
    digest: str
    number: int
    until: int


def make(key: bytes, who: Principal, case_id: str, digest: str, number: int, now: datetime) -> tuple[str, datetime]:
    """The token of a link for a viewer, and when it ends."""
    until = (now + LIFE).replace(microsecond=0)
    link = Link(who.marketplace, who.caller, who.id, who.credential, case_id, digest, number, int(until.timestamp()))
    body = msgspec.json.encode(link)
    return base64.urlsafe_b64encode(_mac(key, body) + body).decode().rstrip("="), until


async def used(key: bytes, token: str, store: Credentials, now: datetime) -> tuple[Link, Principal]:
    """What a token links to, and its viewer, whose key or token still holds. Raises NoSuchLink."""
    link = _read(key, token)
    if now.timestamp() >= link.until:
        raise NoSuchLink("this link has ended; ask for a new one")
    who = await _viewer(link, store, now)
    if not who.may(Right.FILES_READ):
        raise NoSuchLink("whoever asked for this link may not see files")
    return link, who


async def _viewer(link: Link, store: Credentials, now: datetime) -> Principal:
    """Whoever asked for a link, as they stand now. Raises NoSuchLink."""
    if link.caller in (Caller.AGENT, Caller.LEAD):
        session = await store.session(link.marketplace, link.credential)
        if session is not None and session.is_good(now, SESSION_IDLE):
            return of_session(session)
    found = await store.credential(link.marketplace, link.credential)
    if found is None or not found.is_good(now):
        raise NoSuchLink("the key or session behind this link has ended")
    scopes = found.scopes if link.caller is Caller.SERVER else frozenset[str]()
    return Principal(link.caller, link.marketplace, link.id, scopes, link.credential)


def _read(key: bytes, token: str) -> Link:
    if len(token) > MAX_TOKEN:
        raise NoSuchLink("this is no link of ours")
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoSuchLink("this is no link of ours") from error
    mac, body = raw[:MAC_BYTES], raw[MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, body)):
        raise NoSuchLink("this is no link of ours")
    return msgspec.json.decode(body, type=Link)


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")
