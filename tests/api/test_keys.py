"""Keys and tokens over HTTP: made, rotated, revoked, registered; none gives more than it has."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mufakat.api import principals
from mufakat.api.rights import SCOPES
from mufakat.store.records import CredentialKind
from tests.api.doors import OTHER, Place, bearer, furnished
from tests.api.shop import SHOP, Shop
from tests.api.tokens import EC, ED, claims, public_pem


@pytest.fixture
async def place(shop: Shop) -> Place:
    """A shop with a case, and another marketplace beside it."""
    return await furnished(shop)


async def status(place: Place, headers: dict[str, str], url: str = "/v1/cases") -> int:
    return (await place.shop.http.get(url, headers=headers)).status_code


async def test_a_revoked_key_and_its_tokens_end_at_once(place: Place) -> None:
    signer = place.key(*SCOPES)
    headers = await place.kept(signer)
    asked = {"role": "CUSTOMER", "id": "c-1", "minutes": 60}
    token = (await place.shop.http.post("/v1/tokens", json=asked, headers=headers)).json()["token"]
    assert (await status(place, headers), await status(place, bearer(token))) == (200, 200)
    gone = await place.shop.http.delete(f"/v1/keys/{signer.credential.id}", headers=place.shop.server)
    assert gone.json()["revoked_at"]
    assert (await status(place, headers), await status(place, bearer(token))) == (401, 401)
    again = await place.shop.http.delete(f"/v1/keys/{signer.credential.id}", headers=place.shop.server)
    assert again.json() == gone.json()


async def test_a_key_can_revoke_itself(place: Place) -> None:
    key = place.key("keys:manage")
    headers = await place.kept(key)
    assert (await place.shop.http.delete(f"/v1/keys/{key.credential.id}", headers=headers)).status_code == 200
    assert await status(place, headers) == 401


async def test_a_revoked_agent_is_out_at_once(place: Place) -> None:
    made = principals.make(CredentialKind.AGENT, SHOP, "agent-7", frozenset(), place.shop.clock.now(), None)
    headers = await place.kept(made)
    assert await status(place, headers) == 200
    await place.shop.http.delete(f"/v1/keys/{made.credential.id}", headers=place.shop.server)
    assert await status(place, headers) == 401


async def test_a_rotated_key_lives_on_for_its_grace_and_no_longer(place: Place) -> None:
    old = place.key("cases:read", "keys:manage")
    headers = await place.kept(old)
    url = f"/v1/keys/{old.credential.id}/rotate"
    made = (await place.shop.http.post(url, json={"hours": 2}, headers=headers)).json()
    fresh = bearer(made["secret"])
    assert made["key"]["scopes"] == ["cases:read", "keys:manage"]
    assert (await status(place, headers), await status(place, fresh)) == (200, 200)
    place.shop.clock.forward(hours=2)
    assert (await status(place, headers), await status(place, fresh)) == (401, 200)
    assert (await place.shop.http.post(url, json={}, headers=fresh)).json()["code"] == "NOT_FOUND"


async def test_rotating_again_never_makes_the_grace_longer(place: Place) -> None:
    old = place.key("cases:read")
    headers = await place.kept(old)
    url = f"/v1/keys/{old.credential.id}/rotate"
    for hours in (1, 720):
        assert (await place.shop.http.post(url, json={"hours": hours}, headers=place.shop.server)).status_code == 201
    place.shop.clock.forward(hours=1)
    assert await status(place, headers) == 401


async def test_a_rotation_without_grace_ends_the_old_key_at_once(place: Place) -> None:
    old = place.key("cases:read")
    headers = await place.kept(old)
    url = f"/v1/keys/{old.credential.id}/rotate"
    assert (await place.shop.http.post(url, json={"hours": 0}, headers=place.shop.server)).status_code == 201
    assert await status(place, headers) == 401


@pytest.mark.parametrize("scopes", [["cases:read"], ["keys:manage", "cases:read"], sorted(SCOPES)])
async def test_no_key_makes_one_that_may_more_than_itself(place: Place, scopes: list[str]) -> None:
    headers = await place.kept(place.key("keys:manage"))
    before = await place.all_rows()
    said = await place.shop.http.post("/v1/keys", json={"name": "more", "scopes": scopes}, headers=headers)
    assert (said.status_code, said.json()["code"]) == (422, "SCOPE_NOT_KNOWN")
    assert "lacks" in said.json()["detail"]
    rotated = await place.shop.http.post(f"/v1/keys/{place.ids['key_id']}/rotate", json={}, headers=headers)
    assert (rotated.status_code, rotated.json()["code"]) == (422, "SCOPE_NOT_KNOWN")
    assert await place.all_rows() == before


async def test_a_key_never_shows_its_secret_again(place: Place) -> None:
    asked = {"name": "once", "scopes": ["cases:read"], "days": 1}
    made = (await place.shop.http.post("/v1/keys", json=asked, headers=place.shop.server)).json()
    secret = made["secret"].split("_")[2]
    listed = await place.shop.http.get("/v1/keys", headers=place.shop.server)
    assert made["key"] in listed.json()["keys"]
    assert secret not in listed.text
    assert secret not in repr(await place.all_rows())
    place.shop.clock.forward(days=1)
    assert await status(place, bearer(made["secret"])) == 401


async def test_a_marketplace_sees_its_own_keys_only(place: Place) -> None:
    ours = (await place.shop.http.get("/v1/keys", headers=place.shop.server)).json()["keys"]
    theirs = (await place.shop.http.get("/v1/keys", headers=bearer(place.other.text))).json()["keys"]
    assert {each["id"] for each in ours} & {each["id"] for each in theirs} == set()
    assert [each["id"] for each in theirs] == [place.other.credential.id]


@pytest.mark.parametrize("make", [lambda: ED, lambda: EC])
async def test_a_registered_key_signs_in_parties_until_it_is_revoked(place: Place, make: Callable[[], Any]) -> None:
    key = make()
    body = {"name": "ours", "public_key": public_pem(key)}
    made = (await place.shop.http.post("/v1/signing-keys", json=body, headers=place.shop.server)).json()
    now = int(place.shop.clock.now().timestamp())
    said = claims(iat=now, exp=now + 900)
    algorithm = "EdDSA" if key is ED else "ES256"
    token = jwt.encode(said, key, algorithm=algorithm, headers={"kid": made["id"]})
    url = f"/v1/cases/{place.ids['case_id']}"
    assert await status(place, bearer(token), url) == 200
    elsewhere = jwt.encode(said | {"iss": OTHER}, key, algorithm=algorithm, headers={"kid": made["id"]})
    assert await status(place, bearer(elsewhere), url) == 401
    await place.shop.http.delete(f"/v1/keys/{made['id']}", headers=place.shop.server)
    assert await status(place, bearer(token), url) == 401


def unfit_keys() -> dict[str, str]:
    private = ED.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {
        "RSA": public_pem(rsa.generate_private_key(65537, 2048)),
        "P-384": public_pem(ec.generate_private_key(ec.SECP384R1())),
        "secp256k1": public_pem(ec.generate_private_key(ec.SECP256K1())),
        "Ed448": public_pem(ed448.Ed448PrivateKey.generate()),
        "X25519": public_pem(x25519.X25519PrivateKey.generate()),
        "a private key": private,
        "a secret": "s" * 64,
        "nothing": "",
        "an empty frame": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "letters from elsewhere": public_pem(ED).replace("M", "é"),
    }


@pytest.mark.parametrize("name", unfit_keys())
async def test_only_keys_that_can_be_trusted_are_registered(place: Place, name: str) -> None:
    before = await place.all_rows()
    body = {"name": "ours", "public_key": unfit_keys()[name]}
    said = await place.shop.http.post("/v1/signing-keys", json=body, headers=place.shop.server)
    assert (said.status_code, said.json()["code"]) == (422, "SIGNING_KEY_NOT_VALID")
    assert await place.all_rows() == before


async def test_a_token_is_made_for_parties_only_and_for_an_hour_at_most(place: Place) -> None:
    for asked in (
        {"role": "AGENT", "id": "a"},
        {"role": "SERVER", "id": "a"},
        {"role": "CUSTOMER", "id": ""},
        {"role": "CUSTOMER", "id": "x" * 201},
        {"role": "CUSTOMER", "id": "a\0"},
        {"role": "CUSTOMER", "id": "a", "minutes": 61},
        {"role": "CUSTOMER", "id": "a", "minutes": 0},
        {"role": "CUSTOMER", "id": "a", "marketplace": OTHER},
    ):
        said = await place.shop.http.post("/v1/tokens", json=asked, headers=place.shop.server)
        assert (said.status_code, said.json()["code"]) == (400, "BODY_NOT_VALID"), asked


async def test_how_a_token_came_in_is_not_told_by_the_answer(place: Place) -> None:
    """A wrong secret, another marketplace's key and one that never existed answer alike."""
    prefix, id_, secret, market = place.shop.key.text.split("_", 3)
    said = []
    for text in (
        f"{prefix}_{id_}_{'0' * 64}_{market}",
        f"{prefix}_{id_}_{secret}_{OTHER}",
        f"{prefix}_{'0' * 32}_{secret}_{market}",
        f"{prefix}_{id_}_{secret}_nowhere",
    ):
        answer = await place.shop.http.get("/v1/cases", headers=bearer(text))
        said.append((answer.status_code, answer.json() | {"request_id": ""}))
    assert all(each == said[0] for each in said)
    assert said[0][0] == 401


async def test_a_key_that_ends_is_replaced_by_one_that_ends(shop: Shop) -> None:
    made = await shop.http.post(
        "/v1/keys", json={"name": "feed", "scopes": ["orders:read"], "days": 30}, headers=shop.server
    )
    key_id = made.json()["key"]["id"]
    shop.clock.forward(days=10)
    rotated = await shop.http.post(f"/v1/keys/{key_id}/rotate", json={"hours": 1}, headers=shop.server)
    until = datetime.fromisoformat(rotated.json()["key"]["expires_at"])
    assert until == shop.clock.now() + timedelta(days=30)
