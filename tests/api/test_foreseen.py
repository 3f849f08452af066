"""Statements read before they are: what who judges was shown equals what each party then reads (S15 to S18)."""

import json
import uuid
from typing import Any, Final

import pytest

from mufakat.store.records import TextsWanted
from tests.accounts.people import person
from tests.api.shop import SHOP, Shop
from tests.api.test_second_person import OVERRIDE, taken
from tests.api.test_worksheet import ANSWERS, ASSESSMENTS, Desk, deciding

PARAGRAPH: Final = "The photo shows <smoke>."
REFUSING: Final = [ANSWERS[0] | {"value": "INSUFFICIENT", "exhibit": 1}]
READERS: Final = [(role, language) for role in ("CUSTOMER", "SELLER") for language in ("en", "id")]


async def foreseen(desk: Desk, body: dict[str, Any], agent: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """What each party would read, in both languages; asking writes nothing."""
    headers, shop = agent or desk.agent, desk.shop
    order_id = (await shop.http.get(f"/v1/cases/{desk.case_id}", headers=shop.server)).json()["order_id"]
    before = await shop.site.store.history(SHOP, order_id, desk.case_id)
    read = []
    for role, language in READERS:
        where = f"{desk.url}/statement?for={role}"
        said = await shop.http.post(where, json=body, headers=headers | {"accept-language": language})
        assert said.status_code == 200, said.text
        read.append(said.json())
    assert await shop.site.store.history(SHOP, order_id, desk.case_id) == before
    hashes = frozenset(_hashes(read))
    assert await shop.site.store.sealed_texts(TextsWanted(SHOP, order_id, desk.case_id, hashes)) == []
    return read


def _hashes(read: list[dict[str, Any]]) -> set[str]:
    return {word for word in json.dumps(read).split('"') if word.startswith("sha256:")}


async def recorded(desk: Desk, number: int) -> list[dict[str, Any]]:
    """What each party reads of a judgement, in both languages."""
    read = []
    for role, language in READERS:
        where = f"/v1/cases/{desk.case_id}/statements/{number}?for={role}&language={language}&format=JSON"
        said = await desk.shop.http.get(where, headers=desk.shop.server)
        assert said.status_code == 200, said.text
        read.append(said.json())
    return read


@pytest.mark.parametrize("answers", [ANSWERS, REFUSING], ids=["for_customer", "for_seller"])
async def test_s15_s17_what_was_foreseen_is_what_each_party_reads(shop: Shop, answers: list[dict[str, Any]]) -> None:
    """While the clock stands still, nothing differs at all."""
    desk = await deciding(shop)
    found = {"answers": answers, "assessments": ASSESSMENTS}
    read = await foreseen(desk, found | {"paragraph": PARAGRAPH})
    assert all(json.dumps(PARAGRAPH)[1:-1] in json.dumps(each) for each in read)
    assert [each["language"] for each in read] == ["en", "id", "en", "id"]
    await desk.give(desk.agent, "RecordFindings", **found)
    assert await foreseen(desk, {"paragraph": PARAGRAPH}) == read, "what is recorded need not be said again"
    await desk.give(desk.agent, "Judge", paragraph=PARAGRAPH)
    assert await recorded(desk, 1) == read


async def test_an_override_is_foreseen_as_if_confirmed_and_a_waiting_draft_as_it_stands(shop: Shop) -> None:
    """Who confirms stands in no statement, so that is the same, too; also for the second person, who gives nothing."""
    desk = await deciding(shop)
    found = {"answers": ANSWERS, "assessments": ASSESSMENTS}
    first, second = await person(shop, "rina"), await person(shop, "budi")
    await taken(first)
    read = await foreseen(desk, found | {"overrides": [OVERRIDE], "paragraph": PARAGRAPH}, first.headers)
    assert [each["lines"][0]["rule"] for each in read] == ["OVERRIDE"] * 4
    assert all(OVERRIDE["text"] in json.dumps(each) for each in read)
    await desk.give(first.headers, "RecordFindings", **found)
    await desk.give(first.headers, "Judge", overrides=[OVERRIDE], paragraph=PARAGRAPH)
    await taken(second)
    drafted = await foreseen(desk, {}, second.headers)
    assert drafted == read
    await desk.give(second.headers, "ConfirmJudgement")
    assert await recorded(desk, 1) == read


async def test_the_decision_of_an_appeal_is_foreseen(shop: Shop) -> None:
    """S18: the number goes on, and it says that another agent decided."""
    desk = await deciding(shop)
    await desk.give(desk.agent, "RecordFindings", answers=ANSWERS, assessments=ASSESSMENTS)
    await desk.give(desk.agent, "Judge")
    await desk.give(shop.seller(), "Appeal", text="The photo is of another blender.")
    for party in (shop.customer(), shop.seller()):
        await desk.give(party, "CompleteMaterial")
    own = await shop.http.post(f"{desk.url}/statement?for=SELLER", json={}, headers=desk.agent)
    assert (own.status_code, own.json()["code"]) == (403, "SAME_AGENT")
    other = await shop.agent("agent-2")
    body = {"answers": REFUSING, "paragraph": PARAGRAPH}
    read = await foreseen(desk, body, other)
    assert [(each["number"], each["appeal"]) for each in read] == [(2, True)] * 4
    assert "The photo is of another blender." in json.dumps(read[2:])
    assert "The photo is of another blender." not in json.dumps(read[:2])
    await desk.give(other, "RecordFindings", answers=REFUSING)
    await desk.give(other, "DecideAppeal", paragraph=PARAGRAPH)
    assert await recorded(desk, 2) == read


async def test_it_is_refused_as_judging_would_be_and_says_whose_it_is(shop: Shop) -> None:
    desk = await deciding(shop)
    where = f"{desk.url}/statement"

    async def refused(query: str, body: dict[str, Any], headers: dict[str, str]) -> str:
        said = await shop.http.post(where + query, json=body, headers=headers)
        assert 400 <= said.status_code < 500, said.text
        return str(said.json()["code"])

    whole = {"answers": ANSWERS, "assessments": ASSESSMENTS}
    assert await refused("", whole, desk.agent) == "PARAMETER_NOT_VALID"
    assert await refused("?for=AGENT", whole, desk.agent) == "PARAMETER_NOT_VALID"
    for_customer = "?for=CUSTOMER"
    assert await refused(for_customer, {}, desk.agent) == "FINDINGS_MISSING"
    assert await refused(for_customer, {"answers": ANSWERS}, desk.agent) == "ASSESSMENT_MISSING"
    unreasoned = [{name: value for name, value in OVERRIDE.items() if name != "text"} | {"text": " "}]
    assert await refused(for_customer, whole | {"overrides": unreasoned}, desk.agent) == "OVERRIDE_NEEDS_REASON"
    long = whole | {"paragraph": "x" * 5000}
    assert await refused(for_customer, long, desk.agent) == "TEXT_TOO_LONG"
    assert await refused(for_customer, {"answers": ANSWERS * 2}, desk.agent) == "ANSWERED_TWICE"
    for headers in (shop.customer(), shop.seller(), shop.server):
        assert await refused(for_customer, whole, headers) == "NOT_ALLOWED"
    await desk.give(desk.agent, "RecordFindings", **whole)
    await desk.give(desk.agent, "Judge", overrides=[OVERRIDE])
    assert await refused(for_customer, {"paragraph": uuid.uuid4().hex}, desk.agent) == "DRAFT_STANDS"
    await desk.give(await shop.agent("agent-2"), "ConfirmJudgement")
    assert await refused(for_customer, {}, desk.agent) == "WRONG_PHASE"
