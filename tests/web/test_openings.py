"""The record of openings before a lead: who, what, why; narrowed to a person, a case or a kind; and as a table."""

import pytest

from tests.accounts.people import Person, person
from tests.api.test_disclosures import FORMULA, four
from tests.web.browsing import Browser, browser
from tests.web.signing import sign_in
from tests.web.test_steps import ENGLISH


@pytest.fixture
async def lia(visitor: Browser) -> Person:
    """A lead with an account."""
    return await person(visitor.shop, "lia", "LEAD")


async def test_a_lead_reads_and_narrows_the_record(visitor: Browser, lia: Person) -> None:
    assert (await sign_in(visitor, lia)).status_code == 303
    assert "Nothing in this time." in (await visitor.page("/openings", **ENGLISH)).text
    case_id = await four(visitor.shop, lia)
    page = await visitor.page("/openings", **ENGLISH)
    for said in (
        "Lia made a link that lets the customer in",
        "Lia saw the case as the customer sees it",
        "Lia saw the seller's contact in full",
        "rina opened the original of exhibit 1",
        FORMULA,
    ):
        assert said in page.text, said
    assert f"/cases/{case_id}" in page.links
    mine = (await visitor.page("/openings?person=rina&what=ORIGINAL&days=93", **ENGLISH)).text
    assert "opened the original" in mine
    assert "made a link" not in mine
    (table,) = (link for link in page.links if link.startswith("/openings/table"))
    taken = await visitor.get(table)
    assert taken.headers["content-type"].startswith("text/csv")
    assert f"'{FORMULA}" in taken.text
    assert "made a link" in (await visitor.page(f"/openings?case={case_id}", **ENGLISH)).text
    assert "membuka berkas asli bukti 1" in (await visitor.page("/openings", **{"accept-language": "id"})).text


async def test_agents_have_no_record_of_openings(visitor: Browser) -> None:
    desk = browser(visitor.shop)
    await sign_in(desk, await person(visitor.shop, "rina"))
    for path in ("/openings", "/openings/table"):
        assert (await desk.get(path)).status_code == 404
