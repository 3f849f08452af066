"""Who calls: keys, agents' tokens and parties' tokens, and every way in which somebody might make one up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from hypothesis import given, settings
from hypothesis import strategies as st

from mufakat.api import principals
from mufakat.api.principals import NotSignedIn, Principal, signed_in
from mufakat.api.rights import SCOPES, Caller
from mufakat.core.parties import Role
from mufakat.store.records import Credential, CredentialKind
from mufakat.store.sessions import Session
from tests.api.doors import OTHER
from tests.api.shop import SHOP
from tests.api.tokens import EC, ED, NOW, by_hand, claims, plain, public_pem

OWN_KEY: Final = b"o" * 32
ALL: Final = frozenset(SCOPES)


class Kept:
    """Credentials in memory."""

    def __init__(self, *kept: Credential) -> None:
        self._kept = {(each.marketplace, each.id): each for each in kept}

    async def credential(self, marketplace: str, id_: str) -> Credential | None:
        return self._kept.get((marketplace, id_))

    async def session(self, marketplace: str, session_id: str) -> Session | None:
        del marketplace, session_id
        return None

    async def see_session(self, marketplace: str, session_id: str, now: datetime) -> None:
        raise AssertionError((marketplace, session_id, now))


SERVER: Final = principals.make(CredentialKind.SERVER, SHOP, "a server", ALL, NOW, None)
AGENT: Final = principals.make(CredentialKind.AGENT, SHOP, "agent-1", frozenset(), NOW, None)


def signing(id_: str, key: Any, marketplace: str = SHOP) -> Credential:
    pem = public_pem(key).encode()
    return Credential(marketplace, id_, CredentialKind.SIGNING, "ours", pem, frozenset(), NOW)


KEPT: Final = Kept(
    SERVER.credential, AGENT.credential, signing("ed", ED), signing("ec", EC), signing("theirs", ED, OTHER)
)


def ed_token(body: Any, **header: Any) -> str:
    """A token that the registered Ed25519 key really signed."""
    return by_hand({"alg": "EdDSA", "typ": "JWT", "kid": "ed"} | header, body)


async def who(token: str, now: datetime = NOW) -> Principal:
    return await signed_in(token, KEPT, OWN_KEY, now)


async def refused(token: str, now: datetime = NOW) -> str:
    with pytest.raises(NotSignedIn) as error:
        await who(token, now)
    return str(error.value)


# What lets somebody in


@pytest.mark.parametrize("kid,key,algorithm", [("ed", ED, "EdDSA"), ("ec", EC, "ES256")])
@pytest.mark.parametrize("role,caller", [("CUSTOMER", Caller.CUSTOMER), ("SELLER", Caller.SELLER)])
async def test_a_token_of_a_registered_key_says_who_calls(
    kid: str, key: Any, algorithm: str, role: str, caller: Caller
) -> None:
    token = jwt.encode(claims(role=role, sub="p-7"), key, algorithm=algorithm, headers={"kid": kid})
    assert await who(token) == Principal(caller, SHOP, "p-7", frozenset(), kid)


async def test_our_own_token_says_who_calls() -> None:
    token, until = principals.party_token(OWN_KEY, SERVER.credential, Role.SELLER, "s-1", NOW, timedelta(hours=5))
    assert until == NOW + timedelta(hours=1)
    assert await who(token) == Principal(Caller.SELLER, SHOP, "s-1", frozenset(), SERVER.credential.id)
    assert "expired" in await refused(token, until)


async def test_keys_and_agents_tokens_say_who_calls() -> None:
    id_ = SERVER.credential.id
    assert await who(SERVER.text) == Principal(Caller.SERVER, SHOP, id_, ALL, id_)
    assert await who(AGENT.text) == Principal(Caller.AGENT, SHOP, "agent-1", frozenset(), AGENT.credential.id)


def test_the_secret_of_a_key_is_kept_nowhere() -> None:
    secret = SERVER.text.split("_")[2]
    assert len(bytes.fromhex(secret)) == principals.SECRET_BYTES
    assert secret not in repr(SERVER.credential)
    assert bytes.fromhex(secret) not in SERVER.credential.secret


# Keys that are not


def wrong_keys() -> dict[str, str]:
    prefix, id_, secret, place = SERVER.text.split("_")
    other = AGENT.text.split("_")
    return {
        "another secret": f"{prefix}_{id_}_{other[2]}_{place}",
        "no secret": f"{prefix}_{id_}__{place}",
        "half a secret": f"{prefix}_{id_}_{secret[:32]}_{place}",
        "secret in capitals": f"{prefix}_{id_}_{secret.upper()}_{place}",
        "another marketplace": f"{prefix}_{id_}_{secret}_{OTHER}",
        "no marketplace": f"{prefix}_{id_}_{secret}_",
        "a marketplace more": f"{prefix}_{id_}_{secret}_{place}_x",
        "an agent's prefix": f"ma_{id_}_{secret}_{place}",
        "a server's prefix on an agent's": "_".join(["mk", *other[1:]]),
        "an unknown prefix": f"mx_{id_}_{secret}_{place}",
        "an unknown id": f"{prefix}_{'0' * 32}_{secret}_{place}",
        "no id": f"{prefix}__{secret}_{place}",
        "only the prefix": "mk_",
        "nothing": "",
        "the id of a signing key": f"mk_ed_{secret}_{place}",
        "the hash for the secret": f"{prefix}_{id_}_{SERVER.credential.secret.hex()}_{place}",
        "NUL": f"{prefix}_{id_}_{secret}\0_{place}",
        "NUL in the marketplace": f"{prefix}_{id_}_{secret}_{place}\0",
        "half a character": f"{prefix}_{id_}_\ud800_{place}",
        "letters from elsewhere": f"{prefix}_{id_}_é{secret}_{place}",
        "huge": f"{prefix}_{id_}_{secret}_{place}" + "x" * 5000,
    }


@pytest.mark.parametrize("name", wrong_keys())
async def test_what_is_no_key_lets_nobody_in(name: str) -> None:
    said = await refused(wrong_keys()[name])
    assert SERVER.text.split("_")[2] not in said


@pytest.mark.parametrize("by", [SERVER, AGENT])
async def test_a_key_ends_when_it_is_revoked_or_expires(by: principals.Made) -> None:
    for changed in ({"revoked_at": NOW}, {"expires_at": NOW}):
        ended = Credential(**{name: getattr(by.credential, name) for name in Credential.__slots__} | changed)
        with pytest.raises(NotSignedIn, match="revoked or has expired"):
            await signed_in(by.text, Kept(ended), OWN_KEY, NOW)


# Tokens that are not


def hmac_with(key: bytes) -> Callable[[bytes], bytes]:
    def sign(text: bytes) -> bytes:
        made = HMAC(key, SHA256())
        made.update(text)
        return made.finalize()

    return sign


def wrong_tokens() -> dict[str, str]:
    """Tokens whose signature or header is not what it should be."""
    pem, nothing = public_pem(ED), lambda text: b""  # noqa: ARG005
    stranger = ed25519.Ed25519PrivateKey.generate()
    own = principals._own_key(OWN_KEY, SERVER.credential)
    good = ed_token(claims())
    head, body, signature = good.split(".")
    server = SERVER.credential.id
    return {
        "no algorithm": by_hand({"alg": "none", "kid": "ed"}, claims(), nothing),
        "no algorithm, written otherwise": by_hand({"alg": "nOnE", "kid": "ed"}, claims(), nothing),
        "no algorithm for our own": by_hand({"alg": "none", "kid": server}, claims(), nothing),
        "no alg": by_hand({"kid": "ed"}, claims()),
        "alg as a list": by_hand({"alg": ["EdDSA"], "kid": "ed"}, claims()),
        "alg null": by_hand({"alg": None, "kid": "ed"}, claims()),
        "HS256 under the public key": by_hand({"alg": "HS256", "kid": "ed"}, claims(), hmac_with(pem.encode())),
        "HS256 under the public key, stripped": by_hand(
            {"alg": "HS256", "kid": "ed"}, claims(), hmac_with(pem.strip().encode())
        ),
        "HS256 under nothing": by_hand({"alg": "HS256", "kid": "ed"}, claims(), hmac_with(b"")),
        "HS256 under the hash of a key": by_hand(
            {"alg": "HS256", "kid": server}, claims(), hmac_with(SERVER.credential.secret)
        ),
        "HS512 under our own key": jwt.encode(claims(), own * 2, algorithm="HS512", headers={"kid": server}),
        "our own key for another credential": by_hand({"alg": "HS256", "kid": "ed"}, claims(), hmac_with(own)),
        "our own key for an agent": by_hand(
            {"alg": "HS256", "kid": AGENT.credential.id}, claims(), hmac_with(AGENT.credential.secret)
        ),
        "EdDSA for our own": by_hand({"alg": "EdDSA", "kid": server}, claims()),
        "ES256 for an Ed25519 key": by_hand({"alg": "ES256", "kid": "ed"}, claims()),
        "a stranger's signature": by_hand({"alg": "EdDSA", "kid": "ed"}, claims(), stranger.sign),
        "no signature": f"{head}.{body}.",
        "no signature at all": f"{head}.{body}",
        "a part more": f"{good}.{signature}",
        "other claims under the signature": f"{head}.{plain(claims(sub='c-2'))}.{signature}",
        "a changed signature": f"{head}.{body}.{'A' * len(signature)}",
        "the key in the header": by_hand(
            {"alg": "EdDSA", "kid": "ed", "jwk": {"kty": "OKP"}, "x5c": ["x"], "jku": "http://x"},
            claims(),
            stranger.sign,
        ),
        "no kid": by_hand({"alg": "EdDSA"}, claims()),
        "an unknown kid": ed_token(claims(), kid="none"),
        "a kid that is a path": ed_token(claims(), kid="../../dev/null"),
        "a kid that is SQL": ed_token(claims(), kid="' OR 1=1 --"),
        "kid a number": ed_token(claims(), kid=1),
        "kid a list": ed_token(claims(), kid=["ed"]),
        "kid with NUL": ed_token(claims(), kid="ed\0"),
        "kid of half a character": ed_token(claims(), kid="\ud800"),
        "kid of another marketplace": ed_token(claims(), kid="theirs"),
        "iss of another marketplace": ed_token(claims(iss=OTHER)),
        "crit that nobody knows": ed_token(claims(), crit=["x"], x=1),
        "a detached payload": ed_token(claims(), crit=["b64"], b64=False),
        "a list for claims": ed_token([claims()]),
        "a text for claims": ed_token("nothing"),
        "a token in a token": ed_token(plain(claims()) + "." + plain(claims()), cty="JWT"),
        "nested without end": by_hand({"alg": "EdDSA", "kid": "ed"}, "[" * 2500),
        "a header nested without end": by_hand('{"alg":' + "[" * 2500, claims()),
        "a header that is a list": by_hand([], claims()),
        "a huge number": ed_token('{"exp":' + "9" * 2600 + "}"),
        "points": "...",
        "points only": ".." * 100,
        "no base64": "é.é.é",
    }


@pytest.mark.parametrize("name", wrong_tokens())
async def test_a_token_that_is_made_up_lets_nobody_in(name: str) -> None:
    await refused(wrong_tokens()[name])


WHEN: Final = int(NOW.timestamp())

WRONG_CLAIMS: Final[dict[str, dict[str, Any]]] = {
    "iss missing": {"iss": None},
    "iss a number": {"iss": 7},
    "iss a list": {"iss": [SHOP]},
    "iss with NUL": {"iss": f"{SHOP}\0"},
    "iss of half a character": {"iss": "\ud800"},
    "iss unknown": {"iss": "nowhere"},
    "aud missing": {"aud": None},
    "aud another": {"aud": "somebody else"},
    "aud empty": {"aud": []},
    "aud a number": {"aud": 1},
    "role missing": {"role": None},
    "role of an agent": {"role": "AGENT"},
    "role of a server": {"role": "SERVER"},
    "role of the system": {"role": "SYSTEM"},
    "role of the clock": {"role": "CLOCK"},
    "role in small letters": {"role": "customer"},
    "role a list": {"role": ["CUSTOMER"]},
    "role a number": {"role": 1},
    "role empty": {"role": ""},
    "sub missing": {"sub": None},
    "sub empty": {"sub": ""},
    "sub long": {"sub": "x" * 201},
    "sub with NUL": {"sub": "c-1\0"},
    "sub of half a character": {"sub": "\ud800"},
    "sub a number": {"sub": 1},
    "sub a list": {"sub": ["c-1"]},
    "sub true": {"sub": True},
    "exp missing": {"exp": None},
    "exp over": {"exp": WHEN},
    "exp too far": {"exp": WHEN + 3601},
    "exp very far": {"exp": WHEN + 10**9},
    "exp huge": {"exp": 10**30},
    "exp hugest": {"exp": 10**400},
    "exp true": {"exp": True},
    "exp a text": {"exp": str(WHEN + 60)},
    "exp negative": {"exp": -1},
    "exp very negative": {"exp": -(10**30)},
    "exp infinite": {"exp": float("inf")},
    "exp no number": {"exp": float("nan")},
    "exp a list": {"exp": [WHEN + 60]},
    "iat missing": {"iat": None},
    "iat in the future": {"iat": WHEN + 61, "exp": WHEN + 120},
    "iat far in the past": {"iat": WHEN - 3600, "exp": WHEN + 60},
    "iat huge": {"iat": 10**30},
    "iat infinite": {"iat": float("-inf")},
    "iat true": {"iat": True},
    "iat a text": {"iat": str(WHEN)},
    "exp before iat": {"iat": WHEN + 30, "exp": WHEN - 30},
}


@pytest.mark.parametrize("name", WRONG_CLAIMS)
async def test_a_token_that_claims_what_it_may_not_lets_nobody_in(name: str) -> None:
    await refused(ed_token(claims(**WRONG_CLAIMS[name])))


@pytest.mark.parametrize(
    "changed",
    [
        {"iat": WHEN + 60, "exp": WHEN + 600},
        {"exp": WHEN + 3600},
        {"exp": WHEN + 60.5, "iat": WHEN - 0.5},
        {"aud": ["somebody else", "mufakat"]},
        {"sub": "x" * 200},
        {"scopes": ["keys:manage"], "admin": True, "nbf": WHEN + 10**6},
        {"sub": "pelanggan é 😀"},
    ],
)
async def test_a_token_at_the_edge_is_good_and_widens_nothing(changed: dict[str, Any]) -> None:
    found = await who(ed_token(claims(**changed)))
    assert (found.caller, found.marketplace, found.scopes) == (Caller.CUSTOMER, SHOP, frozenset())


@given(st.text(st.characters(), max_size=5000) | st.from_regex(r"m[ka]_.{0,40}_.{0,80}_.{0,20}"))
async def test_any_text_is_nobody_or_somebody(text: str) -> None:
    with pytest.raises(NotSignedIn):
        await who(text)


ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(
    st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "cty", "zip", "jwk"]), ANYTHING),
    st.dictionaries(st.sampled_from(["iss", "aud", "sub", "role", "iat", "exp", "nbf", "jti"]), ANYTHING, min_size=1),
)
async def test_any_signed_token_is_nobody_or_somebody(header: dict[str, Any], changed: dict[str, Any]) -> None:
    """Even one that a registered key did sign raises nothing but NotSignedIn."""
    token = by_hand({"alg": "EdDSA", "kid": "ed"} | header, claims() | changed)
    try:
        found = await who(token)
    except NotSignedIn:
        return
    assert found.caller in (Caller.CUSTOMER, Caller.SELLER)
    assert found.marketplace == SHOP
