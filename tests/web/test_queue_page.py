"""The queue before a lead: clocks, who may take what, how it stands, drafts that wait for a second person."""

from datetime import datetime, timedelta

import pytest

from mufakat.lab import little_shop
from mufakat.store.records import Marketplace
from tests.accounts.people import Person, person
from tests.api.shop import SHOP, Shop
from tests.api.test_queue import disputed, take
from tests.web.browsing import Browser, Drawn, browser
from tests.web.signing import sign_in
from tests.web.test_steps import ENGLISH


@pytest.fixture
async def lia(shop: Shop) -> Person:
    """A lead with an account."""
    return await person(shop, "lia", "LEAD")


@pytest.fixture
async def lead(visitor: Browser, lia: Person) -> Browser:
    """The lead, signed in on the pages."""
    assert (await sign_in(visitor, lia)).status_code == 303
    return visitor


def left(page: Drawn) -> list[tuple[datetime, datetime]]:
    """Each due moment of a page, and the moment against which it is held."""
    times = [found for _, found in page.tags if found.get("data-until")]
    return [(datetime.fromisoformat(x["data-until"] or ""), datetime.fromisoformat(x["data-now"] or "")) for x in times]


async def test_due_moments_are_held_against_the_marketplaces_own_clock_and_leases_against_the_real_one(
    lead: Browser, lia: Person
) -> None:
    """Reading 6 of the house: a demo or sandbox marketplace owns its clock; who has work is measured by the real one."""
    shop = lead.shop
    moved = timedelta(days=-3)
    await shop.site.store.put_marketplace(Marketplace(SHOP, "id", moved))
    await disputed(shop)
    await take(lia)
    for path in ("/queue", "/desk"):
        page = await lead.page(path, **ENGLISH)
        ((_, now),) = left(page)
        assert now == shop.clock.now() + moved, path
    assert "With Lia" in (await lead.page("/queue", **ENGLISH)).text
    shop.clock.forward(minutes=61)
    await sign_in(lead, lia)
    assert "Was with Lia, whose time is over" in (await lead.page("/queue", **ENGLISH)).text


async def test_the_made_up_shop_has_somebody_for_its_work(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes in at its door can take work, also after the shop was opened again."""
    site = shop.site
    monkeypatch.setattr(little_shop, "SHOP", "made-up")
    for _ in range(2):
        site.trial = await little_shop.furnish(site.engine, site.store, site.providers, site.own_key)
    lead = browser(shop, "http://127.0.0.1:8080")
    door = await lead.page("/")
    entered = await lead.send(door.form("/try"), person=little_shop.LEAD)
    assert entered.status_code == 303
    page = await lead.page("/queue", **ENGLISH)
    assert "With nobody" in page.text
    assert "nobody may take it" not in page.text
    eka = browser(shop, "http://127.0.0.1:8080")
    assert (await eka.send(door.form("/try"), person=little_shop.AGENT)).status_code == 303
    assert (await eka.send((await eka.page("/desk")).form("/desk/next"))).headers["location"].startswith("/cases/")
    assert "With Eka" in (await lead.page("/queue", **ENGLISH)).text
