"""Statements of reasons over HTTP: each side its own, as data, page and PDF, the same bytes each time (S15 to S18)."""

import hashlib
import json
import uuid
from typing import Any

import pytest

from mufakat.api.routes import statements
from mufakat.core.claim import RequestType
from mufakat.core.statement import SectionKey
from mufakat.engine import stating
from mufakat.paper import page
from mufakat.paper.document import NoDocument
from tests.api.shop import Shop
from tests.core.story import Story

PARAGRAPH = "The seller's photo shows #another <b>blender</b>."


class Desk:
    """A dispute over HTTP up to its judgement."""

    def __init__(self, shop: Shop, case_id: str, agent: dict[str, str]) -> None:
        self.shop, self.case_id, self.agent = shop, case_id, agent
        self.url = f"/v1/cases/{case_id}/statements"

    async def give(self, headers: dict[str, str], command: str, **fields: Any) -> None:
        """A command that must be allowed."""
        said = await self.shop.give(self.case_id, headers | {"idempotency-key": uuid.uuid4().hex}, command, **fields)
        assert said.status_code == 200, said.text


async def judged(shop: Shop, asked: RequestType = RequestType.RETURN_AND_REFUND) -> Desk:
    """A case that was judged for the customer, with words of everybody."""
    desk = Desk(shop, await shop.case(type=asked), await shop.agent())
    code = Story().reject_code(asked)
    await desk.give(shop.seller(), "RejectRequest", code=code, text="We sent a good one.")
    await desk.give(shop.customer(), "RaiseDispute", text="It never worked.")
    material = {"item": "STATUS_OF_MERCHANDISE", "kind": "TEXT", "text": "It smells of smoke."}
    await desk.give(shop.customer(), "HandIn", material=material)
    await desk.give(shop.customer(), "CompleteMaterial")
    await desk.give(shop.seller(), "CompleteMaterial")
    found = {"line_id": "1", "party": "CUSTOMER", "item": "STATUS_OF_MERCHANDISE", "value": "VALID", "exhibit": 1}
    await desk.give(desk.agent, "RecordFinding", **found, text="note of an agent")
    await desk.give(desk.agent, "AssessLine", assessment={"line_id": "1", "ground": "QUALITY", "text": "second note"})
    await desk.give(desk.agent, "Judge", paragraph=PARAGRAPH)
    return desk


async def test_s15_each_side_reads_its_own_and_nothing_private_of_the_other(shop: Shop) -> None:
    desk = await judged(shop)
    customer = await shop.http.get(f"{desk.url}/1", headers=shop.customer())
    seller = await shop.http.get(f"{desk.url}/1", headers=shop.seller())
    assert (customer.status_code, seller.status_code) == (200, 200), customer.text
    assert (customer.json()["for"], seller.json()["for"]) == ("CUSTOMER", "SELLER")
    for mine in ("The blender does not start.", "It never worked.", "It smells of smoke."):
        assert mine in customer.text
        assert mine not in seller.text
    assert "We sent a good one." in seller.text
    assert "We sent a good one." not in customer.text
    for each in (customer, seller):
        assert json.dumps(PARAGRAPH) in each.text
        assert "note of an agent" not in each.text
        assert "second note" not in each.text
        assert not any(f'"{who}"' in each.text for who in ("c-1", "s-1", "agent-1"))
        assert [line["rule"] for line in each.json()["lines"]] == ["S15"]
        assert {section["key"] for section in each.json()["sections"]} == set(SectionKey)


async def test_servers_and_agents_say_whose_and_a_party_gets_no_other(shop: Shop) -> None:
    desk = await judged(shop)
    for headers in (shop.server, await shop.agent()):
        unsaid = await shop.http.get(f"{desk.url}/1", headers=headers)
        assert (unsaid.status_code, unsaid.json()["code"]) == (400, "PARAMETER_NOT_VALID")
        for role, party in (("CUSTOMER", shop.customer()), ("SELLER", shop.seller())):
            theirs = await shop.http.get(f"{desk.url}/1?for={role}", headers=headers)
            assert theirs.content == (await shop.http.get(f"{desk.url}/1", headers=party)).content
    other = await shop.http.get(f"{desk.url}/1?for=SELLER", headers=shop.customer())
    assert (other.status_code, other.json()["code"]) == (404, "NOT_FOUND")
    foreign = await shop.http.get(f"{desk.url}/1", headers=shop.customer("c-9"))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "NO_SUCH_CASE")
    none = await shop.http.get(f"{desk.url}/2", headers=shop.customer())
    assert (none.status_code, none.json()["code"]) == (404, "NOT_FOUND")


async def test_the_list_links_what_the_caller_may_read_and_every_link_works(shop: Shop) -> None:
    desk = await judged(shop)
    case = (await shop.http.get(f"/v1/cases/{desk.case_id}", headers=shop.customer())).json()
    listed = (await shop.http.get(case["links"]["statements"], headers=shop.customer())).json()["statements"]
    assert [(each["number"], each["dispute"], each["appeal"], each["lines"]) for each in listed] == [
        (1, 1, False, ["1"])
    ]
    assert set(listed[0]["links"]) == {"CUSTOMER"}
    all_of_them = (await shop.http.get(desk.url, headers=shop.server)).json()["statements"]
    assert set(all_of_them[0]["links"]) == {"CUSTOMER", "SELLER"}
    types = {"json": "application/json", "html": "text/html; charset=utf-8", "pdf": "application/pdf"}
    for links in all_of_them[0]["links"].values():
        for language, where in links.items():
            for form, kind in types.items():
                answer = await shop.http.get(where[form], headers=shop.server)
                assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
                assert answer.headers["content-language"] == language
    timeline = await shop.http.get(f"/v1/cases/{desk.case_id}/timeline", headers=shop.customer())
    assert "The statement of reasons says why." in timeline.text


async def test_a_case_without_judgement_has_no_statements(shop: Shop) -> None:
    case_id = await shop.case()
    listed = await shop.http.get(f"/v1/cases/{case_id}/statements", headers=shop.customer())
    assert listed.json() == {"case_id": case_id, "statements": []}


async def test_form_and_language_are_as_asked_and_the_etag_is_that_of_the_bytes(shop: Shop) -> None:
    desk = await judged(shop)
    html = await shop.http.get(f"{desk.url}/1", headers=shop.customer(accept="text/html", **{"accept-language": "id"}))
    assert html.headers["content-type"].startswith("text/html")
    assert html.headers["content-security-policy"] == page.POLICY
    assert '<html lang="id">' in html.text
    assert "#another &lt;b&gt;blender&lt;/b&gt;" in html.text
    document = await shop.http.get(f"{desk.url}/1?language=id", headers=shop.customer(accept="application/pdf"))
    assert document.content.startswith(b"%PDF")
    assert document.headers["content-disposition"] == 'inline; filename="statement-1-customer-id.pdf"'
    for form in ("JSON", "HTML", "PDF"):
        url = f"{desk.url}/1?format={form}&language=en"
        first, again = [await shop.http.get(url, headers=shop.customer()) for _ in range(2)]
        assert first.content == again.content
        assert first.headers["etag"] == f'"{hashlib.sha256(first.content).hexdigest()}"'
        same = await shop.http.get(url, headers=shop.customer(**{"if-none-match": f'"x", {first.headers["etag"]}'}))
        assert (same.status_code, same.content) == (304, b"")


async def test_what_happens_later_changes_nothing(shop: Shop) -> None:
    desk = await judged(shop)
    before = (await shop.http.get(f"{desk.url}/1", headers=shop.seller())).content
    await desk.give(shop.seller(), "AcceptJudgement")
    late = {"fact": "scan", "parcel": "OUTBOUND", "kind": "LOST", "at": "2026-01-02T03:04:05Z"}
    assert (await shop.http.post("/v1/orders/o-1/facts", json=late, headers=shop.server)).status_code == 200
    shop.clock.forward(days=3)
    assert (await shop.http.get(f"{desk.url}/1", headers=shop.seller())).content == before


async def test_a_forgotten_case_has_no_statement_any_more(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = await judged(shop)
    monkeypatch.setattr(stating, "is_forgotten", lambda _loaded: True)
    gone = await shop.http.get(f"{desk.url}/1", headers=shop.customer())
    assert (gone.status_code, gone.json()["code"]) == (410, "STATEMENT_FORGOTTEN")


async def test_a_pdf_that_cannot_be_made_is_a_problem_that_says_what_to_do(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(_statement: object) -> bytes:
        raise NoDocument("it is too large")

    desk = await judged(shop)
    monkeypatch.setattr(statements, "pdf", failing)
    none = await shop.http.get(f"{desk.url}/1?format=PDF", headers=shop.customer())
    assert (none.status_code, none.json()["code"]) == (503, "DOCUMENT_NOT_MADE")
    assert "It is too large." in none.text
