"""Keys of the marketplace's servers, its public signing keys, and tokens for its customers and sellers."""

from datetime import timedelta
from typing import Annotated, Any, Final

from litestar import Request, Router, delete, get, post
from litestar.params import JSONBody, PathParameter

from mufakat.api import principals
from mufakat.api.asked import caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.principals import Principal
from mufakat.api.problems import Troubled
from mufakat.api.rights import SCOPES, Right
from mufakat.api.troubles import Trouble
from mufakat.api.wire import keys as w
from mufakat.api.wire.mirror import NO_NUL
from mufakat.core.parties import Role
from mufakat.store.records import Credential, CredentialKind

KeyId = Annotated[str, PathParameter(max_length=64, pattern=NO_NUL, description="The credential's id.")]
MOST_KEYS: Final = 1000
"""Credentials of one marketplace that are not revoked."""


@get("/keys", opt={RIGHT: Right.KEYS_MANAGE})
async def list_keys(request: Request[Any, Any, Any]) -> w.KeysOut:
    """Every credential of the marketplace, without what is secret."""
    site, who = site_of(request), caller(request)
    return w.KeysOut(keys=[_out(each) for each in await site.store.credentials(who.marketplace)])


@post("/keys", opt={RIGHT: Right.KEYS_MANAGE})
async def make_key(request: Request[Any, Any, Any], data: JSONBody[w.KeyIn]) -> w.NewKeyOut:
    """Make a key for a server, with at most the scopes of the key that makes it. Its secret is shown this once."""
    site, who = site_of(request), caller(request)
    _check_scopes(who, frozenset(data.scopes))
    now = site.engine.clock.now()
    until = None if data.days is None else now + timedelta(days=data.days)
    made = principals.make(CredentialKind.SERVER, who.marketplace, data.name, frozenset(data.scopes), now, until)
    await _keep(request, made.credential)
    return w.NewKeyOut(key=_out(made.credential), secret=made.text)


@post("/keys/{key_id:str}/rotate", opt={RIGHT: Right.KEYS_MANAGE})
async def rotate_key(request: Request[Any, Any, Any], key_id: KeyId, data: JSONBody[w.RotateIn]) -> w.NewKeyOut:
    """Make a key with the same name and scopes, and as long a life; the old one goes on for some hours.

    So nothing stops while the new one is put in its place.
    """
    site, who = site_of(request), caller(request)
    now = site.engine.clock.now()
    old = await site.store.credential(who.marketplace, key_id)
    if old is None or old.kind is not CredentialKind.SERVER or not old.is_good(now):
        raise Troubled(Trouble.NOT_FOUND)
    _check_scopes(who, old.scopes)
    until = None if old.expires_at is None else now + (old.expires_at - old.created_at)
    made = principals.make(old.kind, who.marketplace, old.subject, old.scopes, now, until)
    await _keep(request, made.credential)
    await site.store.end_credential(who.marketplace, key_id, now + timedelta(hours=data.hours), revoke=False)
    return w.NewKeyOut(key=_out(made.credential), secret=made.text)


@delete("/keys/{key_id:str}", opt={RIGHT: Right.KEYS_MANAGE}, status_code=200)
async def revoke_key(request: Request[Any, Any, Any], key_id: KeyId) -> w.KeyOut:
    """Revoke a credential of any kind: it, and every token made with it, is of no use from the next request on."""
    site, who = site_of(request), caller(request)
    ended = await site.store.end_credential(who.marketplace, key_id, site.engine.clock.now(), revoke=True)
    if ended is None:
        raise Troubled(Trouble.NOT_FOUND)
    return _out(ended)


@post("/signing-keys", opt={RIGHT: Right.KEYS_MANAGE})
async def register_signing_key(request: Request[Any, Any, Any], data: JSONBody[w.SigningKeyIn]) -> w.KeyOut:
    """Register a public key under which the marketplace signs tokens of its customers and sellers.

    Such a token is a JWT with `kid` (the id answered here) in its header and `iss` (the marketplace), `aud` (mufakat),
    `sub` (the party's id), `role` (CUSTOMER or SELLER), `iat` and `exp` (an hour later at most) as claims.
    """
    site, who = site_of(request), caller(request)
    pem = data.public_key.encode()
    try:
        principals.algorithm(pem)
    except ValueError as error:
        raise Troubled(Trouble.SIGNING_KEY_NOT_VALID, str(error), where="public_key") from error
    now = site.engine.clock.now()
    made = Credential(who.marketplace, principals.new_id(now), CredentialKind.SIGNING, data.name, pem, frozenset(), now)
    await _keep(request, made)
    return _out(made)


@post("/tokens", opt={RIGHT: Right.TOKENS_ISSUE})
async def issue_token(request: Request[Any, Any, Any], data: JSONBody[w.TokenIn]) -> w.TokenOut:
    """A short-lived token for a customer or seller, for marketplaces that do not want to sign their own."""
    site, who = site_of(request), caller(request)
    found = await site.store.credential(who.marketplace, who.credential)
    assert found is not None, "the guard has just read it"
    now = site.engine.clock.now()
    life = timedelta(minutes=data.minutes)
    token, until = principals.party_token(site.own_key, found, Role(data.role), data.id, now, life)
    return w.TokenOut(token=token, expires_at=until)


def _check_scopes(who: Principal, scopes: frozenset[str]) -> None:
    """A key gives no more than it has."""
    if unknown := scopes - SCOPES:
        known = ", ".join(sorted(SCOPES))
        raise Troubled(Trouble.SCOPE_NOT_KNOWN, f"there is no {', '.join(sorted(unknown))}; there are {known}")
    if more := scopes - who.scopes:
        raise Troubled(Trouble.SCOPE_NOT_KNOWN, f"your own key lacks {', '.join(sorted(more))}")


async def _keep(request: Request[Any, Any, Any], made: Credential) -> None:
    site = site_of(request)
    now = site.engine.clock.now()
    there = await site.store.credentials(made.marketplace)
    if sum(each.is_good(now) for each in there) >= MOST_KEYS:
        raise Troubled(Trouble.NOT_ALLOWED, f"a marketplace has at most {MOST_KEYS} keys; revoke one")
    if not await site.store.put_credential(made):
        raise Troubled(Trouble.NOT_FOUND)


def _out(made: Credential) -> w.KeyOut:
    return w.KeyOut(
        id=made.id,
        kind=made.kind.value,
        name=made.subject,
        scopes=sorted(made.scopes),
        created_at=made.created_at,
        expires_at=made.expires_at,
        revoked_at=made.revoked_at,
    )


router = Router(
    "/v1",
    route_handlers=[list_keys, make_key, rotate_key, revoke_key, register_signing_key, issue_token],
    tags=["Keys and tokens"],
)
