"""A token is verified once; all that may have changed since is still asked with every request."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mufakat.api.principals import AUDIENCE, NotSignedIn, signed_in
from mufakat.store.records import Credential, CredentialKind
from mufakat.store.sessions import Session

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
OWN = b"o" * 32


def pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class One:
    """A place with one credential, which may change."""

    def __init__(self, credential: Credential) -> None:
        self.one: Credential | None = credential

    async def credential(self, marketplace: str, id_: str) -> Credential | None:
        assert (marketplace, id_) == ("toko", "k1")
        return self.one

    async def session(self, marketplace: str, session_id: str) -> Session | None:
        del marketplace, session_id
        return None

    async def see_session(self, marketplace: str, session_id: str, now: datetime) -> None:
        raise AssertionError((marketplace, session_id, now))


async def test_what_is_remembered_of_a_token_is_held_against_what_stands_now() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    good = Credential("toko", "k1", CredentialKind.SIGNING, "ours", pem(key), frozenset(), NOW)
    claims = {"iss": "toko", "aud": AUDIENCE, "sub": "c-1", "role": "CUSTOMER", "iat": NOW}
    token = jwt.encode(claims | {"exp": NOW + timedelta(minutes=15)}, key, algorithm="EdDSA", headers={"kid": "k1"})
    place = One(good)
    for _ in range(2):
        assert (await signed_in(token, place, OWN, NOW)).id == "c-1"
    changes = (
        (None, NOW, "is not known"),
        (replace(good, revoked_at=NOW), NOW, "was revoked"),
        (replace(good, secret=pem(other)), NOW, "cannot be used"),
        (replace(good, kind=CredentialKind.SERVER), NOW, "cannot be used"),
        (good, NOW + timedelta(minutes=15), "has expired"),
        (good, NOW - timedelta(minutes=2), "in the future"),
    )
    for stands, at, why in changes:
        place.one = stands
        with pytest.raises(NotSignedIn, match=why):
            await signed_in(token, place, OWN, at)
    place.one = good
    assert (await signed_in(token, place, OWN, NOW)).id == "c-1"
    with pytest.raises(NotSignedIn, match="cannot be used"):
        await signed_in(token[:-8] + "AAAAAAAA", place, OWN, NOW)
