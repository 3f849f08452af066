"""The record of openings over HTTP: who opened, saw or gave what, in which case and why, for leads; as JSON and CSV."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from mufakat.store.records import Forgotten, Marketplace
from tests.accounts.people import Person, person, refused
from tests.accounts.test_contacts import BOTH
from tests.api.shop import SHOP, Shop
from tests.api.test_views_of_files import REASON, _case

FORMULA = "=HYPERLINK(1) is what the note says; we have to see it."


@pytest.fixture
async def lia(shop: Shop) -> Person:
    """A lead with an account."""
    return await person(shop, "lia", "LEAD")


async def four(shop: Shop, lia: Person) -> str:
    """One of each kind in a case: an agent opens an original, the lead does all else. A minute lies between."""
    place = await _case(shop)
    case_id = place.split("/")[3]
    await shop.http.put("/v1/orders/o-1/contacts", json=BOTH, headers=shop.server)
    opened = await shop.http.post(f"{place}/original", json={"reason": REASON}, headers=await shop.agent("rina"))
    assert opened.status_code == 200
    for path, body in (
        ("contacts/reveal", {"party": "SELLER", "reason": FORMULA}),
        ("seen-as", {"party": "CUSTOMER", "reason": "She cannot find the button."}),
        ("entries", {"party": "CUSTOMER", "reason": "Her phone was stolen."}),
    ):
        shop.clock.forward(minutes=1)
        said = await lia.ask("POST", f"cases/{case_id}/{path}", **body)
        assert said.status_code in (200, 201), said.text
    return case_id


async def listed(who: Person, query: str = "") -> Any:
    said = await who.ask("GET", f"openings{query}")
    assert said.status_code == 200, said.text
    return said.json()


async def test_a_lead_reads_who_opened_what_and_why_the_newest_first(shop: Shop, lia: Person) -> None:
    case_id = await four(shop, lia)
    found = (await listed(lia))["disclosures"]
    assert [(x["what"], x["by_id"], x["exhibit"], x["party"]) for x in found] == [
        ("LET_IN", lia.account_id, None, "CUSTOMER"),
        ("SEEN_AS", lia.account_id, None, "CUSTOMER"),
        ("CONTACT", lia.account_id, None, "SELLER"),
        ("ORIGINAL", "rina", 1, None),
    ]
    assert [x["reason"] for x in found[2:]] == [FORMULA, REASON]
    assert {(x["case_id"], x["order_id"]) for x in found} == {(case_id, "o-1")}
    assert found == (await listed(lia, f"?case_id={case_id}"))["disclosures"]
    assert [x["what"] for x in (await listed(lia, "?by_id=rina"))["disclosures"]] == ["ORIGINAL"]
    assert [x["what"] for x in (await listed(lia, "?what=SEEN_AS"))["disclosures"]] == ["SEEN_AS"]
    assert (await listed(lia, "?by_id=rina&what=LET_IN"))["disclosures"] == []


async def test_pages_go_on_where_the_one_before_ended(shop: Shop, lia: Person) -> None:
    await four(shop, lia)
    first = await listed(lia, "?limit=3")
    second = await listed(lia, f"?limit=3&cursor={first['next']}")
    whole = (await listed(lia))["disclosures"]
    assert first["disclosures"] + second["disclosures"] == whole
    assert second["next"] is None
    elsewhere = await lia.ask("GET", f"openings?limit=3&by_id=rina&cursor={first['next']}")
    assert refused(elsewhere) == (400, "CURSOR_NOT_VALID")


async def test_a_period_is_of_the_real_clock_and_of_a_year_at_most(shop: Shop, lia: Person) -> None:
    await shop.site.store.put_marketplace(Marketplace(SHOP, "id", timedelta(days=-3)))
    await four(shop, lia)
    assert len((await listed(lia))["disclosures"]) == 4
    last = shop.clock.now()
    since = (last - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    until = last.isoformat().replace("+00:00", "Z")
    found = (await listed(lia, f"?since={since}&until={until}"))["disclosures"]
    assert [x["what"] for x in found] == ["SEEN_AS"], "the end is not in it"
    long = await lia.ask("GET", "openings?since=2020-01-01T00:00:00Z")
    assert refused(long) == (400, "PARAMETER_NOT_VALID")


async def test_all_of_it_as_a_table_without_formulas(shop: Shop, lia: Person) -> None:
    await four(shop, lia)
    said = await lia.ask("GET", "openings?format=CSV")
    assert said.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(said.text)))
    assert [row["what"] for row in rows] == ["LET_IN", "SEEN_AS", "CONTACT", "ORIGINAL"]
    assert rows[2]["reason"] == f"'{FORMULA}"
    assert (rows[3]["exhibit"], rows[3]["party"], rows[3]["by_id"]) == ("1", "", "rina")


async def test_forgetting_empties_the_reasons_and_the_rest_stays(shop: Shop, lia: Person) -> None:
    case_id = await four(shop, lia)
    await shop.site.store.forget(Forgotten(SHOP, "o-1", case_id, shop.clock.now()))
    found = (await listed(lia))["disclosures"]
    assert [(x["what"], x["reason"]) for x in found] == [
        (what, None) for what in ("LET_IN", "SEEN_AS", "CONTACT", "ORIGINAL")
    ]


async def test_it_is_for_leads_and_without_cases_of_those_whom_they_know(shop: Shop, lia: Person) -> None:
    case_id = await four(shop, lia)
    assert refused(await (await person(shop, "rina")).ask("GET", "openings")) == (403, "NOT_ALLOWED")
    assert (await shop.http.get("/v1/openings", headers=shop.server)).status_code == 403
    tied = await person(shop, "wati", "LEAD", ties=["s-1"])
    assert (await listed(tied))["disclosures"] == []
    assert (await tied.ask("GET", "openings?format=CSV")).text.count("\n") == 1
    assert refused(await tied.ask("GET", f"openings?case_id={case_id}")) == (403, "CONFLICT_OF_INTEREST")
    assert refused(await lia.ask("GET", "openings?case_id=no-such-case")) == (404, "NO_SUCH_CASE")
