"""The inbox as a page: the bell with its number, filters, the way to each case, and what was read."""

from datetime import timedelta

from mufakat.core.parties import Role
from mufakat.store.records import Notice
from tests.api.shop import SELLER, SHOP
from tests.api.test_notices import deliver
from tests.web.browsing import Browser
from tests.web.test_steps import ENGLISH


async def test_the_bell_counts_what_is_new_and_the_inbox_leads_to_each_case(visitor: Browser) -> None:
    shop = visitor.shop
    case_id = await shop.case()
    await deliver(shop)
    assert (await visitor.enter(Role.SELLER)).status_code == 303
    bell = next(tag for name, tag in (await visitor.page("/cases", **ENGLISH)).tags if tag.get("id") == "bell")
    assert bell["aria-label"] == "Notices, 2 unread"
    page = await visitor.page("/inbox", **ENGLISH)
    assert page.links.count(f"/cases/{case_id}") == 2
    assert "Please answer the customer's request" in page.text
    assert "You have until" in page.text
    sent = await visitor.send(page.form("/inbox"))
    assert (sent.status_code, sent.headers["location"]) == (303, "/inbox")
    page = await visitor.page("/inbox?show=new", **ENGLISH)
    assert "Nothing new: you have read everything." in page.text
    bell = next(tag for name, tag in page.tags if tag.get("id") == "bell")
    assert bell["aria-label"] == "Notices"
    assert f"/cases/{case_id}" in (await visitor.page("/inbox?show=asked")).links
    assert "Belum ada hasil." in (await visitor.page("/inbox?show=results", **{"accept-language": "id"})).text


async def test_the_inbox_of_others_is_not_shown_and_agents_have_no_bell(visitor: Browser) -> None:
    await visitor.shop.case()
    await deliver(visitor.shop)
    await visitor.enter(Role.SELLER, "s-2")
    page = await visitor.page("/inbox", **ENGLISH)
    assert "You have no notices yet." in page.text
    assert "/cases/" not in " ".join(page.links)
    visitor.http.cookies.clear()
    assert (await visitor.get("/inbox")).status_code == 401


async def test_a_long_inbox_comes_a_page_at_a_time(visitor: Browser) -> None:
    shop = visitor.shop
    for number in range(120):
        at = shop.clock.now() + timedelta(seconds=number)
        await shop.site.store.put_notice(
            SHOP, Notice("SELLER", SELLER, f"{number}", "o", "c", 1, "refund.paid", "", at), at
        )
    await visitor.enter(Role.SELLER)
    page = await visitor.page("/inbox", **ENGLISH)
    assert "99+" in page.text
    more = next(link for link in page.links if "cursor=" in link)
    assert len((await visitor.page(more)).links) == len(page.links)


async def test_a_bad_moment_in_the_form_marks_nothing(visitor: Browser) -> None:
    await visitor.shop.case()
    await deliver(visitor.shop)
    await visitor.enter(Role.SELLER)
    form = (await visitor.page("/inbox", **ENGLISH)).form("/inbox")
    for bad in ("yesterday", "2026-01-01T00:00:00"):
        assert (await visitor.send(form, until=bad)).status_code == 303
    assert "New 2" in (await visitor.page("/inbox", **ENGLISH)).text
