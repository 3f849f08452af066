"""What may be asked, and what a command would do: over HTTP, and without changing anything."""

from typing import Any

from tests.api.shop import Shop


async def _types(shop: Shop, headers: dict[str, str], **params: str) -> dict[str, Any]:
    found = await shop.http.get("/v1/orders/o-1/eligibility", params=params, headers=headers)
    assert found.status_code == 200, found.text
    return {each["type"]: each for each in found.json()["lines"][0]["units"][0]["types"]}


async def test_what_is_called_eligible_opens_and_what_is_not_meets_that_refusal(shop: Shop) -> None:
    """S26, S27."""
    await shop.order()
    types = await _types(shop, shop.customer())
    assert types["CANCEL"]["not_now"]["code"] == "ALREADY_IN_TRANSIT"
    asking = types["RETURN_AND_REFUND"]["reasons"]
    assert all(each["until"] for each in asking if each["not_now"] is None)
    for kind, code in (("CANCEL", "ALREADY_IN_TRANSIT"), ("RETURN_AND_REFUND", "")):
        body = {"type": kind, "lines": [{"line_id": "1", "reason": "DEFECTIVE"}]}
        preview = await shop.http.post("/v1/orders/o-1/preview", json=body, headers=shop.customer())
        assert preview.json().get("code", "") == code


async def test_the_material_of_both_sides_is_told_before_anything_is_sent(shop: Shop) -> None:
    """S6."""
    await shop.order()
    found = (await shop.http.get("/v1/orders/o-1/eligibility", headers=shop.customer())).json()
    defective = next(each for each in found["material"] if each["reason"] == "DEFECTIVE")
    assert defective["customer"]
    assert defective["seller"]
    assert {each["level"] for each in defective["seller"]} <= {"REQUIRED", "ONE_OR_MORE", "OPTIONAL"}
    assert all(each["text"] for each in defective["seller"])


async def test_a_server_asks_for_either_party_and_a_party_only_for_itself(shop: Shop) -> None:
    await shop.order()
    assert "not_now" in (await _types(shop, shop.server, **{"for": "SELLER"}))["REPLACEMENT"]
    refused = await shop.http.get("/v1/orders/o-1/eligibility", params={"for": "SELLER"}, headers=shop.customer())
    assert (refused.status_code, refused.json()["code"]) == (403, "WRONG_ROLE")


async def test_a_preview_tells_what_then_happens_and_changes_nothing(shop: Shop) -> None:
    case = await shop.case()
    body = {"command": "ApproveRequest", "keep_goods": True}
    preview = await shop.http.post(f"/v1/cases/{case}/preview", json=body, headers=shop.seller())
    told = preview.json()
    assert preview.status_code == 200, preview.text
    assert (await shop.http.get(f"/v1/cases/{case}", headers=shop.seller())).json()["version"] == told["version"] == 2
    done = (await shop.give(case, shop.seller(), "ApproveRequest", keep_goods=True)).json()
    assert [each["event"] for each in told["recorded"]] == [each["event"] for each in done["recorded"]]
    assert [each["text"] for each in told["recorded"]] == [each["text"] for each in done["recorded"]]
    after, matter = told["matters"][0]["after"], done["case"]["matters"][0]
    assert (after["phase"], after["due"]) == (matter["phase"], matter["due"])
    assert after["owed"] == matter["remedy"]["total"] == 45_000_000


async def test_a_preview_is_refused_as_the_command_would_be(shop: Shop) -> None:
    case = await shop.case()
    body = {"command": "RaiseDispute"}
    preview = await shop.http.post(f"/v1/cases/{case}/preview", json=body, headers=shop.customer())
    command = await shop.give(case, shop.customer(), "RaiseDispute")
    assert preview.status_code == command.status_code == 409
    assert preview.json()["code"] == command.json()["code"] == "WRONG_PHASE"


async def test_the_rules_in_force_are_read_with_their_sources(shop: Shop) -> None:
    case = await shop.case()
    listed = (await shop.http.get("/v1/rulebooks", headers=shop.customer())).json()["rulebooks"]
    assert [each["name"] for each in listed if each["own"]] == ["id"]
    book = (await shop.http.get("/v1/rulebooks/id", headers=shop.customer())).json()
    assert all(each["cites"] and each["grade"] for each in book["values"])
    early = await shop.http.get("/v1/rulebooks/id", params={"on": "1999-01-01"}, headers=shop.customer())
    assert (early.status_code, early.json()["code"]) == (400, "PARAMETER_NOT_VALID")
    read = (await shop.http.get(f"/v1/cases/{case}", headers=shop.seller())).json()
    policy = (await shop.http.get(f"/v1/cases/{case}/policy", headers=shop.seller())).json()
    assert policy["hash"] == read["policy"]
    assert policy["policy"]["policy"]["market"] == "ID"
