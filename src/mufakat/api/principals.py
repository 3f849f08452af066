"""Who calls: keys of servers, sessions and tokens of agents and leads, short-lived tokens of customers and sellers.

A key is `mk_<id>_<secret>_<marketplace>`, an agent's token `ma_...` of the same form; both are kept as a hash. A
party's token is a JWT of an hour at most that says who they are, signed by the marketplace under a public key that it
registered, or by us when its server asks for one (`POST /v1/tokens`). Its `kid` names the credential that stands
behind it, so that revoking a key ends the tokens made with it at once. A session is `ms_...`; its row is read with the
account's, so that whatever is changed there holds from the next request on.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from mufakat.api.rights import Caller, Right, may
from mufakat.core.parties import Actor, Role
from mufakat.engine.accounts.signing_in import SEEN_EVERY, SESSION, SESSION_IDLE
from mufakat.engine.ids import uuid7
from mufakat.store.records import Credential, CredentialKind
from mufakat.store.sessions import Session

LONGEST_TOKEN: Final = timedelta(hours=1)
"""The longest life of a party's token."""
SKEW: Final = timedelta(seconds=60)
"""How far a signer's clock may run ahead of ours."""
MAX_TOKEN: Final = 4096
"""Characters of a bearer token."""
MAX_ID: Final = 200
"""Characters of a party's id."""
MOST_DAYS: Final = 3650
"""The longest life of a key that ends by itself."""
MOST_HOURS: Final = 720
"""The longest that a key lives on beside the one that replaces it."""
MOST_REMEMBERED: Final = 2_000
"""Tokens, and public keys, of which it is remembered what they say."""
AUDIENCE: Final = "mufakat"
SECRET_BYTES: Final = 32
PREFIXES: Final = {CredentialKind.SERVER: "mk", CredentialKind.AGENT: "ma", CredentialKind.LEAD: "ma"}
OF_PEOPLE: Final = {CredentialKind.AGENT: "AGENT", CredentialKind.LEAD: "LEAD"}
"""Kinds of credentials that stand for an agent or a lead, and as whom they come."""
_HALVES: Final = re.compile("[\ud800-\udfff]")
ROLES: Final = {
    Caller.SERVER: Role.SYSTEM,
    Caller.CUSTOMER: Role.CUSTOMER,
    Caller.SELLER: Role.SELLER,
    Caller.AGENT: Role.AGENT,
    Caller.LEAD: Role.AGENT,
}


class _Head(msgspec.Struct):
    """What is read of a token's head before anything is verified."""

    kid: Any = None


class _Body(msgspec.Struct):
    """What is read of a token's claims before anything is verified."""

    iss: Any = None


class NotSignedIn(Exception):  # noqa: N818 - says what is the matter
    """Nobody whom we know; the text says why, without telling a stranger what exists."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, for which marketplace. `id`: the party's or agent's id, for a server the id of its key.

    credential: the key or session that let them in. Only with a session: `session`, its id; `reauthenticated_at`, when
    its person last proved who they are; `ties`, ids of parties in whose cases the account has no part.
    within: order and case to which a link that signs in once has let them in, and to nothing else (`web/visits.py`).
    """

    caller: Caller
    marketplace: str
    id: str
    scopes: frozenset[str] = frozenset()
    credential: str = ""
    session: str = ""
    reauthenticated_at: datetime | None = None
    ties: frozenset[str] = frozenset()
    within: tuple[str, str] | None = None

    @property
    def role(self) -> Role:
        """The role in which the caller meets a case."""
        return ROLES[self.caller]

    @property
    def actor(self) -> Actor:
        """Who acts, as the log records it."""
        return Actor(self.role, "system" if self.caller is Caller.SERVER else self.id)

    def own_key(self, key: str) -> str:
        """An idempotency key of this caller: no other caller's can be the same, and its text is kept nowhere."""
        # A server keeps its keys when it changes its own, and an agent who becomes a lead keeps theirs.
        kind = Caller.AGENT if self.role is Role.AGENT else self.caller
        name = f"{kind}\0{self.actor.id}\0{key}"
        return f"api:{hashlib.sha256(name.encode()).hexdigest()}"

    def may(self, right: Right) -> bool:
        """Whether the caller has a right."""
        return may(self.caller, self.scopes, right)


class Credentials(Protocol):
    """Where credentials are kept."""

    async def credential(self, marketplace: str, id_: str) -> Credential | None:
        """The credential of that id."""

    async def session(self, marketplace: str, session_id: str) -> Session | None:
        """The session of that id, with its account as it stands."""

    async def see_session(self, marketplace: str, session_id: str, now: datetime) -> None:
        """Note that a session is in use."""


@dataclass(frozen=True, slots=True)
class Made:
    """A fresh credential and the text that lets its holder in, which is shown once and kept nowhere."""

    credential: Credential
    text: str


def make(
    kind: CredentialKind, marketplace: str, subject: str, scopes: frozenset[str], now: datetime, until: datetime | None
) -> Made:
    """A fresh key of a server or token of an agent."""
    return made(kind, marketplace, subject, scopes, now, until, new_id(now), secrets.token_hex(SECRET_BYTES))


def made(
    kind: CredentialKind,
    marketplace: str,
    subject: str,
    scopes: frozenset[str],
    now: datetime,
    until: datetime | None = None,
    id_: str = "",
    secret: str = "",
) -> Made:
    """A key or token of a given id and secret, neither of them with an underscore."""
    credential = Credential(marketplace, id_, kind, subject, _digest(secret), scopes, now, until)
    return Made(credential, f"{PREFIXES[kind]}_{id_}_{secret}_{marketplace}")


def new_id(now: datetime) -> str:
    """The id of a new credential."""
    return uuid7(now).replace("-", "")


@lru_cache(maxsize=MOST_REMEMBERED)
def algorithm(pem: bytes) -> str:
    """The algorithm of a public key in PEM: EdDSA for Ed25519, ES256 for P-256. Raises ValueError for any other."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("this is no public key in PEM") from error
    if isinstance(key, Ed25519PublicKey):
        return "EdDSA"
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return "ES256"
    raise ValueError("a signing key is Ed25519 or ECDSA P-256")


def party_token(
    own_key: bytes, credential: Credential, role: Role, who: str, now: datetime, life: timedelta
) -> tuple[str, datetime]:
    """A party's token signed by us on behalf of a server's key, and when it ends."""
    until = now + min(life, LONGEST_TOKEN)
    claims = {"iss": credential.marketplace, "aud": AUDIENCE, "sub": who, "role": role.value, "iat": now, "exp": until}
    key = _own_key(own_key, credential)
    return jwt.encode(claims, key, algorithm="HS256", headers={"kid": credential.id}), until


async def signed_in(token: str, store: Credentials, own_key: bytes, now: datetime) -> Principal:
    """Who the bearer of a token is. Raises NotSignedIn."""
    if not token or len(token) > MAX_TOKEN or not token.isascii() or "\0" in token:
        raise NotSignedIn("a bearer token is needed: Authorization: Bearer <key or token>")
    prefix, _, rest = token.partition("_")
    if prefix == SESSION:
        return await _by_session(rest, store, now)
    if prefix in PREFIXES.values():
        return await _by_key(prefix, rest, store, now)
    return await _by_token(token, store, own_key, now)


async def _by_key(prefix: str, rest: str, store: Credentials, now: datetime) -> Principal:
    id_, _, rest = rest.partition("_")
    secret, _, marketplace = rest.partition("_")
    found = await store.credential(marketplace, id_)
    # Compared even where nothing was found, so that the time taken does not tell.
    known = hmac.compare_digest(_digest(secret), found.secret if found else b"")
    if found is None or not known or PREFIXES.get(found.kind) != prefix:
        raise NotSignedIn("this key is not known")
    _check_good(found, now)
    if found.kind in OF_PEOPLE:
        return Principal(Caller(OF_PEOPLE[found.kind]), marketplace, found.subject, credential=id_)
    return Principal(Caller.SERVER, marketplace, id_, found.scopes, id_)


async def _by_session(rest: str, store: Credentials, now: datetime) -> Principal:
    id_, _, rest = rest.partition("_")
    secret, _, marketplace = rest.partition("_")
    found = await store.session(marketplace, id_)
    known = hmac.compare_digest(_digest(secret), found.secret if found else b"")
    if found is None or not known:
        raise NotSignedIn("this session is not known")
    if not found.is_good(now, SESSION_IDLE):
        raise NotSignedIn("this session has ended; sign in again")
    if now - found.seen_at >= SEEN_EVERY:
        await store.see_session(marketplace, id_, now)
    return of_session(found)


def of_session(found: Session) -> Principal:
    """Who comes with a session that is good."""
    account = found.account
    return Principal(
        caller=Caller(account.role),
        marketplace=account.marketplace,
        id=account.account_id,
        credential=found.session_id,
        session=found.session_id,
        reauthenticated_at=found.reauthenticated_at,
        ties=frozenset(account.ties),
    )


async def _by_token(token: str, store: Credentials, own_key: bytes, now: datetime) -> Principal:
    try:
        kid, marketplace = _named(token)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotSignedIn("this is neither a key nor a token of ours") from error
    if not _is_text(kid) or not _is_text(marketplace):
        raise NotSignedIn("a token names its key (`kid`) and its marketplace (`iss`)")
    found = await store.credential(marketplace, kid)
    if found is None or found.kind in OF_PEOPLE:
        raise NotSignedIn("the key that this token names is not known")
    _check_good(found, now)
    claims = _claims(token, found, own_key, now)
    return Principal(Caller(claims["role"]), marketplace, claims["sub"], credential=kid)


def _named(token: str) -> tuple[Any, Any]:
    """The key and the marketplace that a token names, nothing of it verified."""
    head, _, rest = token.partition(".")
    body, _, _ = rest.partition(".")
    return msgspec.json.decode(_plain(head), type=_Head).kid, msgspec.json.decode(_plain(body), type=_Body).iss


def _plain(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@lru_cache(maxsize=MOST_REMEMBERED)
def _verified(token: str, key: bytes, algorithm_: str) -> Mapping[str, Any]:
    """The claims that stand under the signature; whether they hold now is asked with every request.

    Remembered, because the same bytes under the same key always say the same, and a caller comes more than once.
    """
    claims: Mapping[str, Any] = jwt.decode(
        token,
        key,
        algorithms=[algorithm_],
        audience=AUDIENCE,
        options={
            "require": ["iss", "aud", "sub", "role", "iat", "exp"],
            "verify_exp": False,  # held against our clock argument, not the machine's
            "verify_iat": False,
            "verify_nbf": False,
        },
    )
    return claims


def _claims(token: str, found: Credential, own_key: bytes, now: datetime) -> Mapping[str, Any]:
    """The verified claims of a party's token. The algorithm is the key's own, never the token's choice."""
    ours = found.kind is CredentialKind.SERVER
    key: Any = _own_key(own_key, found) if ours else found.secret
    try:
        claims = _verified(token, key, "HS256" if ours else algorithm(found.secret))
        begins, ends = _instant(claims["iat"]), _instant(claims["exp"])
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, OSError) as error:
        raise NotSignedIn(f"this token cannot be used: {error}") from error
    who, role = claims["sub"], claims["role"]
    if role not in (Role.CUSTOMER.value, Role.SELLER.value):
        raise NotSignedIn("the `role` of a token is CUSTOMER or SELLER")
    if not _is_text(who) or not 0 < len(who) <= MAX_ID:
        raise NotSignedIn(f"the `sub` of a token is the party's id, 1 to {MAX_ID} characters")
    if ends - begins > LONGEST_TOKEN:
        raise NotSignedIn(f"a token lives at most {LONGEST_TOKEN.total_seconds() / 60:.0f} minutes; this one is longer")
    if now >= ends:
        raise NotSignedIn("this token has expired; ask for a new one")
    if begins > now + SKEW:
        raise NotSignedIn("this token begins in the future; check the clock of whoever signs")
    return claims


def _is_text(value: Any) -> bool:
    """Whether it is a text that a database can keep: without NUL, and without halves of characters."""
    return isinstance(value, str) and "\0" not in value and not _HALVES.search(value)


def _instant(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("`iat` and `exp` are seconds since 1970")
    return datetime.fromtimestamp(value, UTC)


def _check_good(found: Credential, now: datetime) -> None:
    if not found.is_good(now):
        raise NotSignedIn("this key was revoked or has expired")


def _own_key(own_key: bytes, credential: Credential) -> bytes:
    """What we sign with for a server's key: of its own for each, so that one cannot stand in for another."""
    return hmac.digest(own_key, f"{credential.marketplace}\0{credential.id}".encode(), "sha256")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
