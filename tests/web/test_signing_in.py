"""Agents and leads at the pages' door: signing in, a second factor, sessions, invitations, and the people to try."""

import pytest

from mufakat.api.rights import Caller
from mufakat.api.site import Person as OfShop
from mufakat.api.site import Trial
from mufakat.engine.accounts.signing_in import PER_LOGIN
from mufakat.store.accounts import Account
from tests.accounts.people import Person, invited, person
from tests.accounts.provider import Provider
from tests.accounts.test_oidc import CALLBACK, START, provider, shop_with
from tests.api.shop import SHOP, Shop
from tests.web.browsing import HTML, Browser, Drawn, browser
from tests.web.signing import sign_in
from tests.web.test_steps import ENGLISH

__all__ = ["provider", "shop_with"]


@pytest.fixture
async def rina(shop: Shop) -> Person:
    """An agent with an account."""
    return await person(shop, "rina")


async def test_signing_in_leads_to_the_desk_and_leaving_ends_the_session(visitor: Browser, rina: Person) -> None:
    assert (await visitor.get("/desk")).status_code == 401
    came = await sign_in(visitor, rina)
    assert (came.status_code, came.headers["location"]) == (303, "/desk")
    for each in ("HttpOnly", "Secure", "SameSite=lax"):
        assert each.lower() in came.headers["set-cookie"].lower()
    cookies = dict(visitor.http.cookies)
    assert (await visitor.get("/")).headers["location"] == "/desk"
    assert (await visitor.send((await visitor.page("/desk")).form("/leave"))).status_code == 303
    visitor.http.cookies.update(cookies)
    assert (await visitor.get("/desk")).status_code == 401, "a copy of the cookie opens nothing either"


@pytest.mark.parametrize(
    "wrong", [{"password": "another one, quite long"}, {"login": "nobody@toko.example"}, {"marketplace": "x"}]
)
async def test_what_is_wrong_is_not_told_apart_and_no_password_comes_back(
    visitor: Browser, rina: Person, wrong: dict[str, str]
) -> None:
    refused = await sign_in(visitor, rina, **wrong)
    assert refused.status_code == 401
    assert "set-cookie" not in refused.headers

    assert (wrong.get("password") or rina.password) not in refused.text


async def test_tries_are_held_apart(visitor: Browser, rina: Person) -> None:
    for _ in range(PER_LOGIN.free):
        await sign_in(visitor, rina, password="not this one at all")
    assert (await sign_in(visitor, rina)).status_code == 429


async def test_a_second_factor_is_set_up_asked_for_and_removed(visitor: Browser, rina: Person) -> None:
    await sign_in(visitor, rina)
    me = await visitor.page("/me")
    offer = next(each for each in me.forms if each["fields"].get("do") == ["offer"])
    offered = Drawn((await visitor.send(offer)).text)
    uri = next(link for link in offered.links if link.startswith("otpauth:"))
    rina.secret = uri.partition("secret=")[2].partition("&")[0]
    confirm = next(each for each in offered.forms if each["fields"].get("do") == ["confirm"])
    assert (await visitor.send(confirm, code="000000")).status_code == 422
    codes = await visitor.send(confirm, code=rina.code(), headers=ENGLISH)
    assert "Recovery codes" in codes.text
    rina.shop.clock.forward(seconds=60)
    again = browser(rina.shop)
    asked = await sign_in(again, rina)
    assert asked.status_code == 401
    assert (await sign_in(again, rina, code=rina.code())).status_code == 303
    rina.shop.clock.forward(seconds=60)
    remove = next(each for each in (await again.page("/me")).forms if each["fields"].get("do") == ["remove"])
    assert (await again.send(remove, code=rina.code())).status_code == 303
    assert (await visitor.get("/desk")).status_code == 401, "the other sessions ended with it"
    assert (await sign_in(visitor, rina)).status_code == 303


async def test_a_session_elsewhere_is_ended_here(visitor: Browser, rina: Person) -> None:
    await sign_in(visitor, rina)
    away = browser(rina.shop)
    await sign_in(away, rina)
    ends = [each for each in (await away.page("/me")).forms if each["fields"].get("do") == ["end"]]
    for each in ends:
        assert (await away.send(each)).status_code == 303
    assert (await visitor.get("/desk")).status_code == 401
    assert (await away.get("/desk")).status_code == 200


async def test_nobody_ends_the_session_of_another(visitor: Browser, rina: Person) -> None:
    budi = await person(rina.shop, "budi")
    await sign_in(visitor, rina)
    form = next(each for each in (await visitor.page("/me")).forms if each["fields"].get("do") == ["end-all"])
    theirs = (await budi.ask("GET", "sessions")).json()["sessions"][0]["session_id"]
    assert (await visitor.send(form, do="end", session=theirs)).status_code == 404
    assert (await budi.ask("GET", "sessions")).status_code == 200


async def test_a_password_is_changed_by_who_knows_the_old_one(visitor: Browser, rina: Person) -> None:
    await sign_in(visitor, rina)
    form = next(each for each in (await visitor.page("/me")).forms if each["fields"].get("do") == ["password"])
    fresh = "empat gajah hijau muda"
    for old, new in (("not the old one", fresh), (rina.password, "short")):
        refused = await visitor.send(form, fields={"old-password": old, "new-password": new})
        assert refused.status_code == 422
        assert old not in refused.text
    assert (await visitor.send(form, fields={"old-password": rina.password, "new-password": fresh})).status_code == 303
    assert (await sign_in(browser(rina.shop), rina, password=fresh)).status_code == 303


async def test_an_invitation_sets_a_password_once(visitor: Browser) -> None:
    made, invitation = await invited(visitor.shop, "sari")
    form = (await visitor.page("/invitation")).form("/invitation")
    assert (await visitor.send(form, invitation=invitation, password="short")).status_code == 422
    taken = await visitor.send(form, invitation=invitation, password=made.password)
    assert taken.headers["location"] == f"/sign-in?welcome=yes&marketplace={SHOP}"
    assert (await visitor.send(form, invitation=invitation, password=made.password)).status_code == 422
    assert (await sign_in(visitor, made)).status_code == 303


async def test_a_disabled_account_is_out_at_once(visitor: Browser, rina: Person) -> None:
    await sign_in(visitor, rina)
    shop = rina.shop
    done = await shop.http.post(f"/v1/accounts/{rina.account_id}/disable", headers=shop.server)
    assert done.status_code == 200
    assert (await visitor.get("/desk")).status_code == 401


async def test_the_shop_to_try_lets_its_agent_and_lead_in_with_a_click_and_only_here(shop: Shop) -> None:
    """They have no password, so what needs a fresh proof takes the click for one, on this machine only."""
    await shop.site.store.put_account(Account(SHOP, "eka", "eka@toko.example", "Eka", "LEAD", shop.clock.now()))
    here = browser(shop, "http://localhost:8080")
    shop.site.trial = Trial(shop.key.credential, "mk_", "ma_", (OfShop(Caller.LEAD, "eka", "Eka, a lead"),), "o-1", ())
    away = await browser(shop).send({"action": "/try", "fields": {"person": ["eka"]}})
    assert away.status_code == 404
    assert (await here.send((await here.page("/")).form("/try"), person="eka")).headers["location"] == "/desk"
    shop.clock.forward(minutes=30)
    form = next(each for each in (await here.page("/me")).forms if each["fields"].get("do") == ["offer"])
    assert "proof-password" not in form["fields"]
    assert "otpauth:" in (await here.send(form)).text
    assert (await sign_in(here, Person(shop, "eka", "eka@toko.example"), password="")).status_code in (401, 403)


async def test_by_a_provider_of_identities_a_browser_comes_into_the_pages(shop_with: Shop, provider: Provider) -> None:
    await invited(shop_with, "rina")
    provider.user("rina-1", email="rina@toko.example", email_verified=True)
    visitor = browser(shop_with)
    assert START in (await visitor.page(f"/sign-in?marketplace={SHOP}")).links
    sent = await visitor.get(START)
    answer = provider.signs_in(sent.headers["location"], "rina-1")
    came = await visitor.http.get(CALLBACK, params=answer, headers=HTML)
    assert came.status_code == 303, came.text
    assert came.headers["location"] == "/desk"
    assert (await visitor.get("/desk")).status_code == 200
