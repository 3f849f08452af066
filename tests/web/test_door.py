"""Coming in and leaving: the marketplace's token, the cookie, whose form it is, and the language."""

from datetime import timedelta

import pytest

from mufakat.api.rights import Caller
from mufakat.api.site import Person, Trial
from mufakat.core.parties import Role
from mufakat.web.routes.door import own_path
from mufakat.web.visits import VISIT
from tests.api.shop import CUSTOMER, Shop
from tests.web.browsing import HTML, Browser, Drawn, browser

COOKIE = "__Host-mufakat-visit"


async def test_a_token_becomes_a_cookie_and_leaves_the_address(visitor: Browser) -> None:
    came = await visitor.enter()
    assert (came.status_code, came.headers["location"]) == (303, "/orders")
    assert came.headers["referrer-policy"] == "no-referrer"
    kept = came.headers["set-cookie"]
    assert kept.startswith(f"{COOKIE}=")
    for each in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", f"Max-Age={int(VISIT.total_seconds())}"):
        assert each.lower() in kept.lower()
    assert (await visitor.get("/orders")).status_code == 200


async def test_on_this_machine_the_cookie_needs_no_tls(shop: Shop) -> None:
    here = browser(shop, "http://127.0.0.1:8080")
    kept = (await here.enter()).headers["set-cookie"]
    assert kept.startswith("mufakat-visit=")
    assert "secure" not in kept.lower()


async def test_a_visit_ends_with_its_time(ani: Browser) -> None:
    ani.shop.clock.forward(seconds=(VISIT - timedelta(seconds=1)).total_seconds())
    assert (await ani.get("/orders")).status_code == 200
    ani.shop.clock.forward(seconds=1)
    over = await ani.get("/orders")
    assert over.status_code == 401
    assert "Your visit has ended" in over.text


async def test_a_visit_ends_at_once_with_the_credential_behind_it(ani: Browser) -> None:
    key, store = ani.shop.key.credential, ani.shop.site.store
    await store.end_credential(key.marketplace, key.id, ani.shop.clock.now(), revoke=True)
    assert (await ani.get("/orders")).status_code == 401


@pytest.mark.parametrize("spoil", ["", "x", "{}.{}", "{}.", ".{}"])
async def test_a_cookie_of_ones_own_making_opens_nothing(ani: Browser, spoil: str) -> None:
    good = ani.http.cookies[COOKIE]
    ani.http.cookies.clear()
    ani.http.cookies.set(COOKIE, spoil.format(*good.split(".")) if spoil != "{}.{}" else f"{good[:-2]}AA")
    assert (await ani.get("/orders")).status_code == 401


async def test_what_was_written_when_the_visit_had_ended_can_be_copied(ani: Browser) -> None:
    case = await ani.shop.case()
    form = (await ani.page(f"/cases/{case}/steps/SendMessage")).form(f"/cases/{case}")
    ani.shop.clock.forward(hours=9)
    late = await ani.send(form, text="A long story <b>of mine</b>", stage="give")
    assert late.status_code == 401
    assert "A long story &lt;b&gt;of mine&lt;/b&gt;" in late.text


async def test_a_token_that_is_none_is_told_as_a_page(visitor: Browser) -> None:
    refused = await visitor.get("/enter?token=nonsense")
    assert refused.status_code == 401
    assert refused.text.startswith("<!doctype html>")
    assert "set-cookie" not in refused.headers


async def test_an_agent_does_not_come_in_by_this_door(visitor: Browser) -> None:
    token = (await visitor.shop.agent())["authorization"].removeprefix("Bearer ")
    assert (await visitor.get(f"/enter?token={token}")).status_code == 401


async def test_whoever_leaves_is_gone(ani: Browser) -> None:
    form = (await ani.page("/orders")).form("/leave")
    left = await ani.send(form)
    assert (left.status_code, left.headers["location"]) == (303, "/")
    assert (await ani.get("/orders")).status_code == 401


async def test_a_form_of_another_site_does_nothing(ani: Browser) -> None:
    form = (await ani.page("/orders")).form("/leave")
    for said in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.test"}):
        refused = await ani.send(form, headers=said)
        assert refused.status_code == 403
        assert "set-cookie" not in refused.headers
    assert (await ani.send(form, headers={"origin": "https://mufakat.test"})).status_code == 303


async def test_a_form_without_the_word_of_this_visit_does_nothing(ani: Browser) -> None:
    form = (await ani.page("/orders")).form("/leave")
    other = browser(ani.shop)
    await other.enter(who="c-2")
    theirs = (await other.page("/orders")).form("/leave")["fields"]["token"][0]
    for word in (None, "", theirs):
        assert (await ani.send(form, token=word)).status_code == 403
    assert (await ani.get("/orders")).status_code == 200


async def test_no_form_is_taken_without_its_word(ani: Browser) -> None:
    """Each address that takes a form, sent one without the word: it must not even look at what it says."""
    case = await ani.shop.case()
    for path in (f"/cases/{case}/steps/WithdrawRequest", "/orders/o-1/ask", "/leave", "/web/orders/o-1/uploads"):
        said = await ani.http.post(path, data={"stage": "give", "key": "k"}, headers=HTML)
        assert said.status_code == 403, path


def trial(shop: Shop) -> Trial:
    """The shop as one for trying."""
    people = (Person(Caller.CUSTOMER, CUSTOMER, "Ani, a customer"), Person(Caller.AGENT, "agent-1", "Eka, who judges"))
    return Trial(shop.key.credential, shop.key.text, "ma_", people, "o-1", ())


async def test_only_a_shop_for_trying_offers_its_people_and_only_here(shop: Shop) -> None:
    here, away = browser(shop, "http://localhost:8080"), browser(shop)
    try_ani = {"action": "/try", "fields": {"person": [CUSTOMER]}}
    assert "/try" not in (await here.get("/")).text
    assert (await here.send(try_ani)).status_code == 404
    shop.site.trial = trial(shop)
    assert (await away.send(try_ani)).status_code == 404
    door = await here.page("/")
    assert [each["action"] for each in door.forms].count("/try") == 2
    assert (await here.send({"action": "/try", "fields": {"person": ["agent-1"]}})).status_code == 404
    assert (await here.send(door.form("/try"), person=CUSTOMER)).headers["location"] == "/orders"
    assert (await here.get("/orders")).status_code == 200


async def test_an_odd_host_is_no_error(visitor: Browser) -> None:
    for host in ("localhost:8080.example", "[::2]:80", "a@b"):
        assert (await visitor.get("/", host=host)).status_code == 200


async def test_programs_still_get_text_at_the_first_address(visitor: Browser) -> None:
    said = await visitor.http.get("/")
    assert said.headers["content-type"].startswith("text/plain")
    assert (await visitor.get("/developers")).status_code == 200


async def test_the_language_is_chosen_then_preferred_then_the_markets(ani: Browser) -> None:
    await ani.shop.order()
    assert 'lang="id"' in (await ani.get("/orders")).text, "the market is Indonesia's"
    assert 'lang="en"' in (await ani.get("/orders", **{"accept-language": "en-GB,en;q=0.9"})).text
    assert 'lang="id"' in (await ani.get("/orders", **{"accept-language": "fr,de;q=0.9"})).text
    page = await ani.page("/orders?skip=0", **{"accept-language": "id"})
    chosen = await ani.send(page.form("/language"), language="en")
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/orders?skip=0")
    assert 'lang="en"' in (await ani.get("/orders", **{"accept-language": "id"})).text


@pytest.mark.parametrize(
    "wanted", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)", "", "orders", "/a\nb"]
)
def test_one_is_never_sent_to_another_site(wanted: str) -> None:
    assert own_path(wanted) == "/"
    assert own_path("/orders?skip=12") == "/orders?skip=12"


async def test_a_seller_begins_at_the_worklist_and_sees_no_orders(visitor: Browser) -> None:
    came = await visitor.enter(Role.SELLER)
    assert came.headers["location"] == "/cases"
    assert (await visitor.get("/cases")).status_code == 200
    lost = await visitor.get("/orders")
    assert lost.status_code == 404
    assert "/orders" not in Drawn((await visitor.get("/cases")).text).links
