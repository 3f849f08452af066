"""A party that cannot get in: seeing its page, letting it in once, and nothing beyond that (decision 0034)."""

import re

import pytest

from mufakat.core.parties import Role
from mufakat.store.records import Forgotten
from tests.accounts.people import Person, person
from tests.api.shop import SHOP, Shop
from tests.api.test_queue import disputed
from tests.web.browsing import Browser, Drawn, browser
from tests.web.signing import sign_in
from tests.web.test_steps import ENGLISH

WHY = "Her phone was stolen; we rang her at home."


@pytest.fixture
async def lia(shop: Shop) -> Person:
    """A lead with an account."""
    return await person(shop, "lia", "LEAD")


@pytest.fixture
async def lead(visitor: Browser, lia: Person) -> Browser:
    """The lead, signed in on the pages."""
    assert (await sign_in(visitor, lia)).status_code == 303
    return visitor


async def link(lead: Browser, case_id: str, party: str = "CUSTOMER") -> str:
    """A link that lets a party in once, as the lead's page shows it; its path."""
    form = (await lead.page(f"/cases/{case_id}/support")).form(f"/cases/{case_id}/support")
    made = await lead.send(form, do="let-in", party=party, reason=WHY, headers=ENGLISH)
    assert made.status_code == 200, Drawn(made.text).text
    assert "over a channel that you have verified" in Drawn(made.text).text
    found = re.search(r"https://mufakat\.test(/come-in/[\w%.-]+)", made.text)
    assert found is not None
    assert found[1] not in (await lead.page(f"/cases/{case_id}/support")).source, "it is shown once"
    return found[1]


async def used(shop: Shop, path: str) -> tuple[Browser, str]:
    """A fresh browser that comes in by a link, and where it leads."""
    party = browser(shop)
    sent = await party.send((await party.page(path)).form("/come-in"))
    assert sent.status_code == 303, Drawn(sent.text).text
    return party, sent.headers["location"]


async def test_a_lead_sees_the_partys_own_page_to_read_only_and_that_stands_on_record(lead: Browser) -> None:
    case_id = await disputed(lead.shop, handed_in=True)
    page = await lead.page(f"/cases/{case_id}/support", **ENGLISH)
    assert f"/cases/{case_id}/steps/ExtendDue?matter=1" in page.links
    assert f"/cases/{case_id}/support" in (await lead.page(f"/cases/{case_id}")).links
    place = ""
    for party, other in (("CUSTOMER", "seller"), ("SELLER", "customer")):
        sent = await lead.send(page.form(f"/cases/{case_id}/support"), do="look", party=party, reason=WHY)
        assert sent.status_code == 303, Drawn(sent.text).text
        place = sent.headers["location"]
        seen = await lead.page(place, **ENGLISH)
        assert f"as the {party.lower()} sees it" in seen.text
        assert f"as the {other} sees it" not in seen.text
        assert [each["action"] for each in seen.forms if "/cases/" in each["action"]] == []
        assert not any("/steps/" in each for each in seen.links)
        own = browser(lead.shop)
        await own.enter(Role(party))
        theirs = await own.page(f"/cases/{case_id}", **ENGLISH)
        for part in ("What is expected of you", "The blender does not start."):
            assert (part in seen.text) is (part in theirs.text), part
        assert "Signals" not in seen.text
    record = (await lead.page(f"/cases/{case_id}/support", **ENGLISH)).text
    assert record.count("Lia saw the case as they see it") == 2
    assert WHY in record
    lead.shop.clock.forward(minutes=31)
    assert (await lead.get(place)).status_code == 404
    sonya = browser(lead.shop)
    await sign_in(sonya, await person(lead.shop, "sonya", "LEAD"))
    again = await lead.send(page.form(f"/cases/{case_id}/support"), do="look", party="SELLER", reason=WHY)
    assert again.status_code == 422, "it needs a fresh proof"
    assert (await sonya.get(place)).status_code == 404, "a look is for who gave the reason"


async def test_a_link_lets_one_party_into_one_case_once(lead: Browser) -> None:
    case_id, other = await disputed(lead.shop), await lead.shop.case("o-2")
    path = await link(lead, case_id)
    for _ in range(3):  # as programs that follow links in mail do
        opened = await browser(lead.shop).page(path)
        assert "WIB" in opened.text, "until when is told in the market's own time"
    party, place = await used(lead.shop, path)
    assert place == f"/cases/{case_id}"
    page = await party.page(place, **ENGLISH)
    assert "It is for this case alone" in page.text
    assert "/orders" not in page.links
    assert not any(each.startswith(("/orders", "/account")) for each in page.links)
    closed = ("/orders", "/orders/o-1", "/orders/o-2", "/cases", "/account", f"/cases/{other}", f"/cases/{other}/live")
    for address in (*closed, "/orders/o-2/files/" + "0" * 64, "/desk"):
        assert (await party.get(address)).status_code == 404, address
    assert (await party.get("/rules")).status_code == 200, "what holds is for everybody"
    assert (await party.get("/")).headers["location"] == place
    said = await party.step(case_id, "SendMessage", text="I am here again.")
    assert said.status_code == 303, Drawn(said.text).text
    assert "I am here again." in (await party.page(place)).text
    second = browser(lead.shop)
    assert (await second.get(path)).status_code == 410
    sent = await second.send({"action": "/come-in", "fields": {"link": [path.removeprefix("/come-in/")]}})
    assert sent.status_code == 410
    assert "mufakat-visit" not in str(sent.headers)
    assert "used" in (await lead.page(f"/cases/{case_id}/support", **ENGLISH)).text
    assert (await party.send(page.form("/leave"))).status_code == 303
    assert (await party.get(place)).status_code == 401


async def test_a_link_that_is_taken_back_ends_its_visit_and_one_that_ended_lets_nobody_in(
    lead: Browser, lia: Person
) -> None:
    case_id = await disputed(lead.shop)
    party, place = await used(lead.shop, await link(lead, case_id, "SELLER"))
    assert (await party.get(place)).status_code == 200
    page = await lead.page(f"/cases/{case_id}/support")
    revoking = next(each for each in page.forms if "entry" in each["fields"])
    assert (await lead.send(revoking, do="revoke")).status_code == 303
    assert (await party.get(place)).status_code == 401
    unused = await link(lead, case_id)
    lead.shop.clock.forward(hours=4, seconds=1)
    assert (await browser(lead.shop).get(unused)).status_code == 410
    await sign_in(lead, lia)
    late = await link(lead, case_id)
    third, place = await used(lead.shop, late)
    await lead.shop.site.store.forget(Forgotten(SHOP, "o-1", case_id, lead.shop.clock.now()))
    assert (await third.get(place)).status_code == 401, "forgetting a case purges links and their visits"
    rows = await lead.shop.site.store.fetch("SELECT reason, wrapped FROM support")
    assert {(row["reason"], row["wrapped"]) for row in rows} == {(b"", None)}


async def test_who_works_for_the_platform_does_not_come_in_as_a_party(lead: Browser) -> None:
    """Words in the record are their author's: a lead who opens a link neither uses it nor burns it."""
    path = await link(lead, await disputed(lead.shop))
    opened = await lead.page(path, **ENGLISH)
    assert "This link is not for you" in opened.text
    word = opened.form("/leave")["fields"]["token"][0]
    sent = {"action": "/come-in", "fields": {"token": [word], "link": [path.removeprefix("/come-in/")]}}
    assert "This link is not for you" in (await lead.send(sent, headers=ENGLISH)).text
    assert (await lead.get("/queue")).status_code == 200
    assert (await used(lead.shop, path))[1].startswith("/cases/")


async def test_what_is_not_filled_in_comes_back_and_agents_have_none_of_it(lead: Browser) -> None:
    case_id = await disputed(lead.shop)
    form = (await lead.page(f"/cases/{case_id}/support")).form(f"/cases/{case_id}/support")
    wrong: tuple[dict[str, str], ...] = (
        {"reason": WHY},
        {"party": "CUSTOMER", "reason": "so"},
        {"party": "AGENT", "reason": WHY},
    )
    for fields in wrong:
        assert (await lead.send(form, fields={"do": "let-in", **fields})).status_code == 422
    assert (await lead.send(form, do="let-in", party="CUSTOMER", reason=WHY, hours="900")).status_code == 422
    assert (await lead.send(form, do="else")).status_code == 404
    desk = browser(lead.shop)
    rina = await person(lead.shop, "rina")
    await rina.had_work_in(case_id)
    await sign_in(desk, rina)
    assert (await desk.get(f"/cases/{case_id}/support")).status_code == 404
    for made_up in ("x", "_" * 9, "a_b_toko", "%00_b_toko", "a" * 499):
        assert (await browser(lead.shop).get(f"/come-in/{made_up}")).status_code in (400, 410), made_up
