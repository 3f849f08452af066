"""Signing in by an identity provider, a process of its own, and everything in its answer that may be wrong."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from mufakat.engine.accounts.oidc import AGAIN_AFTER, PATIENCE, Client, Oidc, OidcRefused
from tests.accounts.people import accept, invited, refused
from tests.accounts.provider import Provider, running
from tests.api.doors import OTHER, bearer
from tests.api.shop import SHOP, Shop

BASE = "https://disputes.example"
START = f"/v1/oidc/{SHOP}/start"
CALLBACK = f"/v1/oidc/{SHOP}/callback"
KEY = b"k" * 32


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """One provider for all tests of this file."""
    with running() as made:
        yield made


@pytest.fixture
def shop_with(shop: Shop, provider: Provider) -> Shop:
    """A shop whose agents sign in there."""
    shop.site.oidc = Oidc(Client(provider.issuer, "mufakat", "s3cret", BASE), KEY, shop.clock)
    return shop


async def begun(shop: Shop, **query: str) -> tuple[str, dict[str, str]]:
    """Where somebody is sent, and the cookie of their browser."""
    said = await shop.http.get(START, params=query)
    assert (said.status_code, said.content) == (303, b""), said.text
    cookie = said.headers["set-cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/v1/oidc", f"Max-Age={int(PATIENCE.total_seconds())}"):
        assert part.lower() in cookie.lower()
    shop.http.cookies.clear()
    return said.headers["location"], {"cookie": cookie.partition(";")[0]}


async def back(shop: Shop, answer: dict[str, str], cookie: dict[str, str], where: str = CALLBACK) -> httpx.Response:
    """Come back from the provider."""
    said = await shop.http.get(where, params=answer, headers=cookie)
    shop.http.cookies.clear()
    return said


async def signs_in(shop: Shop, provider: Provider, subject: str, **changed: str) -> httpx.Response:
    """All of it."""
    url, cookie = await begun(shop)
    return await back(shop, provider.signs_in(url, subject, **changed), cookie)


async def test_somebody_invited_comes_in_by_their_verified_address(shop_with: Shop, provider: Provider) -> None:
    rina, invitation = await invited(shop_with, "rina")
    provider.user("rina-1", email="Rina@Toko.example", email_verified=True)
    said = await signs_in(shop_with, provider, "rina-1")
    assert said.status_code == 201, said.text
    assert (said.json()["session"]["account_id"], said.json()["session"]["how"]) == (rina.account_id, "OIDC")
    assert said.json()["session"]["reauthenticated_at"] is not None  # the provider says when
    assert 'mufakat-oidc=""' in said.headers["set-cookie"] or "Max-Age=0" in said.headers["set-cookie"]
    assert (await shop_with.http.get("/v1/cases", headers=bearer(said.json()["token"]))).status_code == 200
    assert refused(await accept(shop_with, invitation)) == (422, "INVITATION_NOT_GOOD")
    provider.user("rina-1", email="another@toko.example", email_verified=False, auth_time=None)
    again = await signs_in(shop_with, provider, "rina-1")  # by issuer and subject from now on
    assert again.json()["session"]["account_id"] == rina.account_id
    assert again.json()["session"]["reauthenticated_at"] is None


async def test_the_question_says_what_it_should(shop_with: Shop) -> None:
    url, _ = await begun(shop_with)
    other, _ = await begun(shop_with, fresh="yes")
    asked, again = dict(httpx.URL(url).params), dict(httpx.URL(other).params)
    assert asked["redirect_uri"] == f"{BASE}{CALLBACK}"
    assert (asked["response_type"], asked["code_challenge_method"], asked["scope"]) == ("code", "S256", "openid email")
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) >= 43
        assert asked[name] != again[name]
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert (again["prompt"], again["max_age"]) == ("login", "0")
    assert "prompt" not in asked


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "rina@toko.example", "email_verified": False},
        {"email": "rina@toko.example"},
        {"email": "rina@toko.example", "email_verified": "true"},
        {"email": "somebody@toko.example", "email_verified": True},
        {"email": "", "email_verified": True},
        {},
    ],
)
async def test_nobody_comes_in_without_an_account_and_a_verified_address(
    shop_with: Shop, provider: Provider, claims: dict[str, Any]
) -> None:
    await invited(shop_with, "rina")
    provider.user("stranger", **claims)
    assert refused(await signs_in(shop_with, provider, "stranger")) == (401, "SIGN_IN_FAILED")


async def test_an_account_that_nobody_invited_anew_is_not_taken_over(shop_with: Shop, provider: Provider) -> None:
    """Nor one that is disabled, nor one that is somebody's already."""
    _, invitation = await invited(shop_with, "rina")
    assert (await accept(shop_with, invitation)).status_code == 200
    provider.user("rina-2", email="rina@toko.example", email_verified=True)
    assert refused(await signs_in(shop_with, provider, "rina-2")) == (401, "SIGN_IN_FAILED")
    dewi, _ = await invited(shop_with, "dewi")
    provider.user("dewi-1", email="dewi@toko.example", email_verified=True)
    assert (await signs_in(shop_with, provider, "dewi-1")).status_code == 201
    provider.user("dewi-2", email="dewi@toko.example", email_verified=True)
    assert refused(await signs_in(shop_with, provider, "dewi-2")) == (401, "SIGN_IN_FAILED")
    await shop_with.http.post(f"/v1/accounts/{dewi.account_id}/disable", headers=shop_with.server)
    assert refused(await signs_in(shop_with, provider, "dewi-1")) == (401, "SIGN_IN_FAILED")


async def test_an_answer_counts_in_the_browser_that_asked_and_once(shop_with: Shop, provider: Provider) -> None:
    """A state of another sign-in, none, a cookie of another, none, one of another marketplace, one too old."""
    await invited(shop_with, "rina")
    provider.user("rina-1", email="rina@toko.example", email_verified=True)
    url, cookie = await begun(shop_with)
    _, others = await begun(shop_with)
    answer = provider.signs_in(url, "rina-1")
    forged = {"cookie": f"mufakat-oidc={base64.urlsafe_b64encode(b'x' * 80).decode()}"}
    for given, kept in (
        (answer | {"state": "x"}, cookie),
        ({"code": answer["code"]}, cookie),
        (answer, others),
        (answer, {}),
        (answer, forged),
        (answer, {"cookie": "mufakat-oidc=%C3%A9"}),
        (answer | {"iss": "https://another.example"}, cookie),
        (answer | {"error": "access_denied"}, cookie),
    ):
        assert refused(await back(shop_with, given, kept)) == (401, "SIGN_IN_FAILED")
    elsewhere = f"/v1/oidc/{OTHER}/callback"
    assert refused(await back(shop_with, answer, cookie, elsewhere)) == (401, "SIGN_IN_FAILED")
    assert (await back(shop_with, answer | {"iss": provider.issuer}, cookie)).status_code == 201
    assert refused(await back(shop_with, answer, cookie)) == (401, "SIGN_IN_FAILED")  # the code is used up
    url, cookie = await begun(shop_with)
    answer = provider.signs_in(url, "rina-1")
    shop_with.clock.forward(seconds=PATIENCE.total_seconds())
    late = await back(shop_with, answer, cookie)
    assert refused(late) == (401, "SIGN_IN_FAILED")
    assert "too long" in late.json()["detail"]


async def test_who_does_not_want_to_sign_in_does_not(shop_with: Shop, provider: Provider) -> None:
    url, cookie = await begun(shop_with)
    assert refused(await back(shop_with, provider.denies(url), cookie)) == (401, "SIGN_IN_FAILED")


async def test_an_answer_to_another_question_is_none(shop_with: Shop, provider: Provider) -> None:
    """Another nonce, another challenge (PKCE), another client."""
    await invited(shop_with, "rina")
    provider.user("rina-1", email="rina@toko.example", email_verified=True)
    said = await signs_in(shop_with, provider, "rina-1", nonce="of somebody else")
    assert "nonce" in said.json()["detail"]
    for changed in ({"nonce": "of somebody else"}, {"client_id": "somebody else"}):
        assert refused(await signs_in(shop_with, provider, "rina-1", **changed)) == (401, "SIGN_IN_FAILED")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody else"},
        {"aud": []},
        {"aud": ["mufakat", "somebody else"]},
        {"aud": ["mufakat", "somebody else"], "azp": "somebody else"},
        {"iss": "https://another.example"},
        {"exp": 1_000_000_000},
        {"exp": "never"},
        {"exp": None},
        {"exp": True},
        {"exp": 10**30},
        {"iat": 10**11},
        {"iat": None},
        {"nonce": ""},
        {"nonce": 7},
        {"auth_time": "now"},
        {"email": ["rina@toko.example"]},
    ],
)
async def test_an_answer_that_says_something_else_is_none(
    shop_with: Shop, provider: Provider, claims: dict[str, Any]
) -> None:
    """The audience, the issuer, the times, the nonce: each signed by the provider, and each not ours."""
    await invited(shop_with, "rina")
    provider.user("odd", **({"email": "rina@toko.example", "email_verified": True} | claims))
    said = await signs_in(shop_with, provider, "odd")
    assert refused(said) == (401, "SIGN_IN_FAILED"), claims


async def test_the_provider_may_vouch_that_somebody_proved_it_just_now(shop_with: Shop, provider: Provider) -> None:
    await invited(shop_with, "lia", "LEAD")
    now = int(shop_with.clock.now().timestamp())
    for at, fresh in ((now - 3600, 403), (now, 201), (now + 10**6, 201)):
        provider.user("lia-1", email="lia@toko.example", email_verified=True, auth_time=at)
        token = (await signs_in(shop_with, provider, "lia-1")).json()["token"]
        made = {"login": f"p{at}@toko.example", "name": "P"}
        assert (await shop_with.http.post("/v1/accounts", json=made, headers=bearer(token))).status_code == fresh


async def test_a_rotated_key_is_found_and_a_strangers_is_not(shop: Shop) -> None:
    with running() as first:
        port = first.port
        shop.site.oidc = oidc = Oidc(Client(first.issuer, "mufakat", "s3cret", BASE), KEY, shop.clock)
        rina, _ = await invited(shop, "rina")
        first.user("rina-1", email="rina@toko.example", email_verified=True)
        assert (await signs_in(shop, first, "rina-1")).status_code == 201
    with running(port) as second:
        second.user("rina-1", email="rina@toko.example", email_verified=True)
        shop.clock.forward(seconds=AGAIN_AFTER.total_seconds())
        said = await signs_in(shop, second, "rina-1")
        assert said.json()["session"]["account_id"] == rina.account_id
        with running() as stranger:
            oidc._about = None
            known = oidc._keys
            stranger.user("rina-1", email="rina@toko.example", email_verified=True, iss=second.issuer)
            shop.site.oidc = theirs = Oidc(Client(stranger.issuer, "mufakat", "s3cret", BASE), KEY, shop.clock)
            url, cookie = await begun(shop)
            about = await theirs._described()
            theirs.client = replace(theirs.client, issuer=second.issuer)
            theirs._about = (shop.clock.now(), about)
            theirs._keys = known
            forged = await back(shop, stranger.signs_in(url, "rina-1"), cookie)
            assert "not signed as it should be" in forged.json()["detail"]


async def test_a_provider_that_is_away_is_told(shop: Shop) -> None:
    with running() as made:
        client = Client(made.issuer, "mufakat", "s3cret", BASE)
        shop.site.oidc = Oidc(client, KEY, shop.clock)
        url, cookie = await begun(shop)
        answer = made.signs_in(url, "rina-1")
        shop.site.oidc = Oidc(replace(client, issuer=f"{made.issuer}/"), KEY, shop.clock)
        said = await shop.http.get(START)
        assert "no provider of that name" in said.json()["detail"]
    shop.site.oidc = Oidc(client, KEY, shop.clock)
    assert refused(await shop.http.get(START)) == (503, "PROVIDER_AWAY")
    assert refused(await back(shop, answer, cookie)) == (503, "PROVIDER_AWAY")


async def test_without_a_provider_there_is_no_such_door(shop: Shop) -> None:
    assert refused(await shop.http.get(START)) == (404, "NOT_FOUND")
    assert refused(await shop.http.get(CALLBACK, params={"code": "x", "state": "y"})) == (404, "NOT_FOUND")


@pytest.mark.parametrize("token", ["", "x", "e30.e30.", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
async def test_no_made_up_token_is_vouched_for(shop_with: Shop, token: str) -> None:
    assert shop_with.site.oidc is not None
    with pytest.raises(OidcRefused):
        await shop_with.site.oidc.vouched(token, "n")
