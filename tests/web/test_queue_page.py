"""The queue before a lead: clocks, who may take what, how it stands, drafts that wait for a second person."""

from datetime import datetime, timedelta

import pytest

from mufakat.lab import little_shop
from mufakat.store.records import Marketplace
from tests.accounts.people import Person, person
from tests.api.shop import SHOP, Shop
from tests.api.test_queue import disputed, give, take
from tests.api.test_reports import noted
from tests.api.test_second_person import OVERRIDE, to_judge
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


async def drafted(shop: Shop, by: Person | None = None) -> tuple[str, Person]:
    """A case with a judgement that waits for a second person, and who drafted it."""
    who = by or await person(shop, "rina")
    case_id = await to_judge(shop, await shop.agent())
    await take(who)
    said = await give(who, case_id, "Judge", overrides=[OVERRIDE])
    assert said.status_code == 200, said.text
    return case_id, who


def left(page: Drawn) -> list[tuple[datetime, datetime]]:
    """Each due moment of a page, and the moment against which it is held."""
    times = [found for _, found in page.tags if found.get("data-until")]
    return [(datetime.fromisoformat(x["data-until"] or ""), datetime.fromisoformat(x["data-now"] or "")) for x in times]


async def test_due_moments_are_held_against_the_marketplaces_own_clock_and_leases_against_the_real_one(
    lead: Browser, lia: Person
) -> None:
    """A sandbox owns its clock, and deadlines are the marketplace's; how long somebody has work is measured by ours."""
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


async def test_drafts_are_a_list_of_their_own_that_says_who_and_why_and_is_not_offered_to_its_drafter(
    lead: Browser, lia: Person
) -> None:
    """Four eyes: a judgement that waits for a second person."""
    shop = lead.shop
    assert "No judgement waits" in (await lead.page("/queue/drafts", **ENGLISH)).text
    case_id, rina = await drafted(shop)
    shop.clock.forward(hours=2)
    await sign_in(lead, lia)
    page = await lead.page("/queue/drafts", **ENGLISH)
    for said in ("Drafted by Rina", "(2 hours ago)", "Rp450,000", "decided otherwise than derived", "With nobody"):
        assert said in page.text, said
    mine, anybody = (each for each in page.forms if each["action"] == "/queue/assign")
    assert rina.account_id not in page.source, "it cannot be given to whoever drafted it"
    assert anybody["fields"]["account"] == [""]
    taken = await lead.send(mine, account=lia.account_id)
    assert taken.headers["location"] == f"/cases/{case_id}"
    docket = await lead.page(f"/cases/{case_id}", **ENGLISH)
    assert f"/cases/{case_id}/steps/ConfirmJudgement?matter=1" in docket.links
    assert "Judge a dispute Rp" not in (await lead.page("/queue?show=CONFIRM", **ENGLISH)).text


async def test_a_drafter_who_leads_reads_that_another_confirms_it(lead: Browser, lia: Person) -> None:
    case_id, _ = await drafted(lead.shop, lia)
    page = await lead.page("/queue/drafts", **ENGLISH)
    assert "You drafted this one, so somebody else confirms it." in page.text
    assert "Look at it myself" not in page.text
    docket = await lead.page(f"/cases/{case_id}", **ENGLISH)
    assert f"/cases/{case_id}/steps/ReturnDraft?matter=1" in docket.links
    assert "ConfirmJudgement" not in docket.source


async def test_a_list_of_nothing_that_there_is_not_found(lead: Browser) -> None:
    assert (await lead.get("/queue?show=everything")).status_code == 404
    assert (await lead.get("/queue/drafts?cursor=x")).status_code == 400


async def test_the_queue_opens_with_what_falls_due_who_is_at_work_and_how_it_is_run(lead: Browser, lia: Person) -> None:
    shop = lead.shop
    assert "Nothing waits." in (await lead.page("/queue", **ENGLISH)).text
    await disputed(shop)
    rina = await person(shop, "rina")
    await take(rina)
    await noted(shop)
    shop.clock.forward(hours=21)
    await sign_in(lead, lia)
    await lia.sign_in()
    await lia.ask("PUT", "queue/rules", fallback=rina.account_id, lease_minutes=30)
    page = await lead.page("/queue", **ENGLISH)
    for said in ("Due within 4 hours 1", "Due within 24 hours 1", "Overdue 0", "Judge a dispute 1 0 1 1 0 1 0"):
        assert said in page.text, said
    for said in ("has it for 30 minutes", "What nobody else may take is for Rina.", "counts as Indonesian"):
        assert said in page.text, said
    assert "All 14 days 1 0 0 0" in page.text
    assert "<svg" in page.source
