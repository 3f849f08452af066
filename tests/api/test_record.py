"""The platform's own record over HTTP, and lists of material that rest on it (S4 to S7)."""

from tests.api.shop import Shop
from tests.core.story import Story

CODE = Story().reject_code(next(iter(Story().policy.windows)))


async def test_s7_both_sides_and_the_agent_read_the_same_record(shop: Shop) -> None:
    case_id = await shop.case()
    fact = {"fact": "scan", "parcel": "OUTBOUND", "kind": "DELIVERED", "at": shop.clock.now().isoformat()}
    told = fact | {"grams": 1200, "address_matched": True, "signed": False, "place": "CGK-3", "source": "JNE"}
    sent = await shop.http.post("/v1/orders/o-1/facts", json=told, headers=shop.server)
    assert sent.status_code == 200, sent.text
    paid = {"fact": "payment", "amount": 5, "method": "card", "at": shop.clock.now().isoformat()}
    assert (await shop.http.post("/v1/orders/o-1/facts", json=paid, headers=shop.server)).status_code == 200
    answers = [
        (await shop.http.get(f"/v1/cases/{case_id}/record", headers=headers)).json()
        for headers in (shop.customer(), shop.seller(), await shop.agent(), shop.server)
    ]
    assert all(each == answers[0] for each in answers)
    entries = {each["ref"]: each for each in answers[0]["entries"]}
    scan = next(each for each in entries.values() if each["source_name"] == "JNE")
    assert (scan["kind"], scan["source"], scan["values"]["grams"]) == ("SCAN", "CARRIER", 1200)
    assert "at the address of the order, not signed for" in scan["text"]
    payment = next(each for each in entries.values() if each["kind"] == "PAYMENT")
    assert payment["values"] == {"amount": 5, "method": "card"}
    found = {each["code"]: each for each in answers[0]["facts"]}
    assert found["PAID"]["entries"] == [payment["ref"]]
    assert all(name in entries for each in answers[0]["facts"] for name in each["entries"])
    assert all(each["derivation"] for each in answers[0]["facts"])


async def test_the_record_speaks_the_callers_language(shop: Shop) -> None:
    case_id = await shop.case()
    headers = shop.customer() | {"accept-language": "id"}
    answer = (await shop.http.get(f"/v1/cases/{case_id}/record", headers=headers)).json()
    assert answer["language"] == "id"
    assert answer["entries"][0]["text"].startswith("Dipesan ")


async def test_a_record_that_is_not_yours_does_not_exist(shop: Shop) -> None:
    case_id = await shop.case()
    answer = await shop.http.get(f"/v1/cases/{case_id}/record", headers=shop.customer("c-9"))
    assert (answer.status_code, answer.json()["code"]) == (404, "NO_SUCH_CASE")


async def test_a_fact_that_tells_too_much_is_refused(shop: Shop) -> None:
    await shop.case()
    fact = {"fact": "scan", "parcel": "OUTBOUND", "kind": "IN_TRANSIT", "at": shop.clock.now().isoformat()}
    for more in ({"place": "Jl. Merdeka 5"}, {"signed": True}, {"grams": 0}, {"tracking": "to Ani"}):
        sent = await shop.http.post("/v1/orders/o-1/facts", json=fact | more, headers=shop.server)
        assert (sent.status_code, sent.json()["code"]) == (422, "FACT_NOT_FITTING"), more


async def test_s5_s6_the_list_says_stage_group_and_what_an_agent_asked(shop: Shop) -> None:
    case_id = await shop.case()
    await shop.give(case_id, shop.seller(), "RejectRequest", code=CODE)
    case = (await shop.http.get(f"/v1/cases/{case_id}", headers=shop.customer())).json()
    mine = case["expected_material"]
    assert {(each["stage"], each["ahead"]) for each in mine} == {("DISPUTE", True)}
    assert {each["until"] for each in mine} == {case["matters"][0]["due"]}
    assert await _given(shop, case_id, "customer", "RaiseDispute", text="Please decide.")
    for who in ("customer", "seller"):
        assert await _given(shop, case_id, who, "CompleteMaterial")
    asked = {"parties": ["SELLER"], "item": "ITEM_DESCRIPTION", "hours": 8}
    agent = await shop.agent()
    answer = await shop.give(case_id, agent | {"idempotency-key": "a"}, "AskMaterial", text="Which model?", **asked)
    assert answer.status_code == 200, answer.text
    seller = (await shop.http.get(f"/v1/cases/{case_id}", headers=shop.seller())).json()
    first = seller["expected_material"][0]
    assert (first["item"], first["asked_by"], first["text"], first["state"]) == (
        "ITEM_DESCRIPTION",
        "AGENT",
        "Which model?",
        "MISSING",
    )
    assert first["until"] == seller["matters"][0]["due"]
    customer = await shop.http.get(f"/v1/cases/{case_id}", headers=shop.customer())
    assert "Which model?" not in customer.text
    again = {**asked, "hours": 2}
    refused = await shop.give(case_id, agent | {"idempotency-key": "b"}, "AskMaterial", **again)
    assert refused.status_code in (409, 422)


async def test_s4_a_dispute_says_what_it_carried_over(shop: Shop) -> None:
    case_id = await shop.case()
    await _given(shop, case_id, "seller", "SendMessage", text="Did you charge it?")
    await _given(shop, case_id, "customer", "SendMessage", text="All night.")
    await _given(shop, case_id, "seller", "RejectRequest", code=CODE, text="It was fine.")
    assert await _given(shop, case_id, "customer", "RaiseDispute", text="Please decide.")
    assert await _given(shop, case_id, "customer", "SendMessage", text="One more word.")
    case = (await shop.http.get(f"/v1/cases/{case_id}", headers=shop.seller())).json()
    matter = case["matters"][0]
    assert [each["number"] for each in case["exhibits"][: len(matter["carried"])]] == matter["carried"]
    said = (await shop.http.get(f"/v1/cases/{case_id}/messages", headers=shop.seller())).json()["messages"]
    carried = [each["number"] for each in said if each["carried"]]
    assert carried == matter["carried_messages"]
    assert [each["text"] for each in said if not each["carried"]] == ["One more word."]


async def _given(shop: Shop, case_id: str, who: str, command: str, **fields: object) -> bool:
    """A command of one of the two that must be allowed."""
    headers = shop.customer() if who == "customer" else shop.seller()
    answer = await shop.give(case_id, headers, command, **fields)
    assert answer.status_code == 200, answer.text
    return True
