"""OpenID Connect: an identity provider of the marketplace's own says who somebody is, and the account follows.

Authorization code with PKCE (RFC 7636), `state` and `nonce`. What a sign-in needs to remember goes to the browser in a
cookie that is sealed under a key of ours, so that the answer counts only in the browser that asked (no login by
stealth), on whichever process it arrives. Of the provider only the signed id_token is believed, under its keys as
they stand now: a key that is not known is looked for anew.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
import jwt
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mufakat.engine.ports import Clock

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""How an id_token may be signed: never with a secret that we hold as well, never not at all."""
KINDS: Final = frozenset({"RSA", "EC", "OKP"})
SCOPE: Final = "openid email"
PATIENCE: Final = timedelta(minutes=10)
"""How long a person may take at the provider."""
SKEW: Final = timedelta(seconds=60)
"""How far the provider's clock may be off."""
KEPT_FOR: Final = timedelta(hours=1)
"""How long what a provider says of itself, and its keys, are kept."""
AGAIN_AFTER: Final = timedelta(seconds=5)
"""How soon its keys are asked for again because of one that is not known."""
TIMEOUT: Final = 10.0
"""Seconds that a provider has for an answer."""
MOST_BYTES: Final = 1_000_000
"""Bytes of one answer of a provider."""
NONCE_BYTES: Final = 12
_OK: Final = 200


class OidcRefused(Exception):  # noqa: N818 - says what happened
    """Nobody is signed in; the text says why."""


class OidcAway(Exception):  # noqa: N818 - same
    """The provider does not answer as one should; the text says how."""


@dataclass(frozen=True, slots=True)
class Client:
    """How we are known to a provider. redirect: our address to which it sends people, before the marketplace's name."""

    issuer: str
    client_id: str
    client_secret: str
    base: str

    def redirect(self, marketplace: str) -> str:
        """Where the provider sends people of a marketplace back to."""
        return f"{self.base}/v1/oidc/{quote(marketplace, safe='')}/callback"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a provider vouches for. `proved_at`: when the person last proved it there, where the provider says so."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    proved_at: datetime | None


class Remembered(msgspec.Struct, frozen=True):
    """What one sign-in needs when the person comes back; travels sealed."""

    marketplace: str
    state: str
    nonce: str
    verifier: str
    until: int


class About(msgspec.Struct, frozen=True):
    """What is read of a provider's own description."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Keys(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class Oidc:
    """Sends people to a provider and reads what comes back."""

    def __init__(self, client: Client, key: bytes, clock: Clock) -> None:
        """key: 32 bytes, under which cookies are sealed."""
        self.client, self._box, self._clock = client, AESGCM(key), clock
        self._about: tuple[datetime, About] | None = None
        self._keys: tuple[datetime, list[jwt.PyJWK]] | None = None

    async def start(self, marketplace: str, *, fresh: bool = False) -> tuple[str, str]:
        """The address of the provider to go to, and the cookie to keep meanwhile. Raises OidcAway.

        fresh: the person is to prove anew who they are, even where the provider knows them already.
        """
        about = await self._described()
        until = int((self._clock.now() + PATIENCE).timestamp())
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        kept = Remembered(marketplace, state, nonce, verifier, until)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(kept.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect(marketplace),
            "scope": SCOPE,
            "state": kept.state,
            "nonce": kept.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | ({"prompt": "login", "max_age": "0"} if fresh else {})
        joint = "&" if "?" in about.authorization_endpoint else "?"
        return f"{about.authorization_endpoint}{joint}{urlencode(asked)}", self._sealed(kept)

    async def finish(self, marketplace: str, cookie: str, state: str, code: str, issuer: str = "") -> Person:
        """Whom the provider vouches for. issuer: who says that it answers (RFC 9207), where it says so.

        Raises OidcRefused, OidcAway.
        """
        kept = self._opened(cookie)
        if kept.marketplace != marketplace or not hmac.compare_digest(kept.state.encode(), state.encode()):
            raise OidcRefused("this answer belongs to no sign-in that was begun in this browser")
        if self._clock.now().timestamp() >= kept.until:
            raise OidcRefused("this sign-in took too long; begin anew")
        if issuer and issuer != self.client.issuer:
            raise OidcRefused("another provider answers than was asked")
        token = await self._exchanged(marketplace, code, kept.verifier)
        return await self.vouched(token, kept.nonce)

    async def vouched(self, token: str, nonce: str) -> Person:
        """Whom an id_token is about. Raises OidcRefused, OidcAway."""
        claims = await self._claims(token)
        now = self._clock.now()
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise OidcRefused("the provider answers to another sign-in (nonce)")
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self.client.client_id:
            raise OidcRefused("the provider's answer is meant for somebody else (azp)")
        if now >= _instant(claims["exp"]) + SKEW:
            raise OidcRefused("the provider's answer has expired")
        if _instant(claims["iat"]) > now + SKEW:
            raise OidcRefused("the provider's answer begins in the future")
        proved = claims.get("auth_time")
        subject, email = claims["sub"], claims.get("email", "")
        if not isinstance(subject, str) or not isinstance(email, str) or not subject:
            raise OidcRefused("the provider's answer names nobody")
        verified = claims.get("email_verified") is True
        return Person(
            issuer=self.client.issuer,
            subject=subject,
            email=email,
            email_verified=verified,
            proved_at=None if proved is None else min(now, _instant(proved)),
        )

    async def _claims(self, token: str) -> dict[str, Any]:
        """What stands under the provider's signature. Raises OidcRefused, OidcAway."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except jwt.InvalidTokenError as error:
            raise OidcRefused(f"the provider's answer cannot be read: {error}") from error
        fault = "under a key that the provider does not publish"
        for fresh in (False, True):
            for key in await self._published(fresh=fresh):
                if kid is not None and key.key_id is not None and key.key_id != kid:
                    continue
                try:
                    return self._verified(token, key)
                except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError) as error:
                    fault = str(error)
                except (jwt.InvalidTokenError, ValueError, TypeError) as error:
                    raise OidcRefused(f"the provider's answer cannot be used: {error}") from error
        raise OidcRefused(f"the provider's answer is not signed as it should be: {fault}")

    def _verified(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        return jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=self.client.client_id,
            issuer=self.client.issuer,
            options={
                "require": ["iss", "aud", "sub", "exp", "iat"],
                "verify_exp": False,  # held against our clock argument, not the machine's
                "verify_iat": False,
                "verify_nbf": False,
            },
        )

    async def _exchanged(self, marketplace: str, code: str, verifier: str) -> str:
        """The id_token for a code. Raises OidcRefused, OidcAway."""
        about = await self._described()
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect(marketplace),
            "code_verifier": verifier,
        }
        headers = {}
        methods = about.token_endpoint_auth_methods_supported
        if "client_secret_basic" in methods or "client_secret_post" not in methods:
            pair = f"{quote(self.client.client_id, safe='')}:{quote(self.client.client_secret, safe='')}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            sent |= {"client_id": self.client.client_id, "client_secret": self.client.client_secret}
        status, body = await _ask("POST", about.token_endpoint, data=sent, headers=headers)
        if status != _OK:
            raise OidcRefused("the provider does not take this code")
        try:
            return msgspec.json.decode(body, type=_Tokens).id_token
        except msgspec.MsgspecError as error:
            raise OidcAway("the provider gives no id_token") from error

    async def _described(self) -> About:
        now = self._clock.now()
        if self._about is not None and now - self._about[0] < KEPT_FOR:
            return self._about[1]
        status, body = await _ask("GET", f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            found = msgspec.json.decode(body, type=About) if status == _OK else None
        except msgspec.MsgspecError as error:
            raise OidcAway("the provider does not describe itself") from error
        if found is None or found.issuer != self.client.issuer:
            raise OidcAway("at the issuer's address there is no provider of that name")
        self._about = (now, found)
        return found

    async def _published(self, *, fresh: bool) -> list[jwt.PyJWK]:
        """The provider's keys; `fresh`: as they are now, unless they were asked for a moment ago."""
        now = self._clock.now()
        if self._keys is not None and now - self._keys[0] < (AGAIN_AFTER if fresh else KEPT_FOR):
            return self._keys[1]
        status, body = await _ask("GET", (await self._described()).jwks_uri)
        try:
            found = msgspec.json.decode(body, type=_Keys).keys if status == _OK else []
        except msgspec.MsgspecError as error:
            raise OidcAway("the provider's keys cannot be read") from error
        keys = [key for each in found if (key := _key(each)) is not None]
        self._keys = (now, keys)
        return keys

    def _sealed(self, kept: Remembered) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._box.encrypt(nonce, msgspec.json.encode(kept), b"oidc")).decode()

    def _opened(self, cookie: str) -> Remembered:
        try:
            raw = base64.urlsafe_b64decode(cookie)
            plain = self._box.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], b"oidc")
        except (ValueError, InvalidTag) as error:
            raise OidcRefused("no sign-in was begun in this browser") from error
        return msgspec.json.decode(plain, type=Remembered)


async def _ask(method: str, url: str, **sent: Any) -> tuple[int, bytes]:
    """Status and body of an answer. Raises OidcAway."""
    try:
        async with (
            httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as http,
            http.stream(method, url, **sent) as answer,
        ):
            body = b""
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise OidcAway("the provider's answer has no end")
            return answer.status_code, body
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OidcAway(f"the provider does not answer ({type(error).__name__})") from error


def _key(published: dict[str, Any]) -> jwt.PyJWK | None:
    """A key that can verify a signature; None for any other."""
    if published.get("kty") not in KINDS or published.get("use", "sig") != "sig":
        return None
    try:
        return jwt.PyJWK(published)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None


def _instant(value: Any) -> datetime:
    """Raises OidcRefused for what is no number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OidcRefused("the provider's answer has no sound times")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise OidcRefused("the provider's answer has no sound times") from error
