"""Import over HTTP: a case that is under way elsewhere goes on here."""

from datetime import timedelta
from typing import Any

from tests.api.shop import CUSTOMER, SELLER, Shop

NO = "reverse_reject_request_reason_1"


def _history(shop: Shop) -> dict[str, Any]:
    then = shop.clock.now() - timedelta(hours=20)

    def step(hours: int, role: str, who: str, **command: Any) -> dict[str, Any]:
        at = (then + timedelta(hours=hours)).isoformat()
        return {"at": at, "actor": {"role": role, "id": who}, "command": command}

    lines = [{"line_id": "1", "reason": "DEFECTIVE"}]
    return {
        "order_id": "o-1",
        "source": "oldshop",
        "external_id": "RMA-7",
        "steps": [
            step(0, "CUSTOMER", CUSTOMER, command="OpenRequest", type="REFUND", lines=lines, text="It is broken."),
            step(3, "SELLER", SELLER, command="RejectRequest", code=NO, text="It was not."),
        ],
    }


async def test_a_case_goes_on_where_it_stood_elsewhere(shop: Shop) -> None:
    await shop.order()
    body = _history(shop)
    dry = await shop.http.post("/v1/imports", params={"dry_run": "true"}, json=body, headers=shop.server)
    assert (dry.status_code, dry.json()["case"]) == (200, None), dry.text
    done = await shop.http.post("/v1/imports", json=body, headers=shop.server)
    assert done.status_code == 201, done.text
    assert done.json()["case"]["matters"][0]["phase"] == "REJECTED"
    again = await shop.http.post("/v1/imports", json=body, headers=shop.server)
    assert (again.status_code, again.json()["again"]) == (200, True)
    assert again.json()["case_id"] == done.json()["case_id"]
    raised = await shop.give(done.json()["case_id"], shop.customer(), "RaiseDispute")
    assert raised.status_code == 200, raised.text


async def test_a_history_that_the_rules_refuse_is_refused_at_its_step_and_leaves_nothing(shop: Shop) -> None:
    await shop.order()
    body = _history(shop)
    body["steps"].append(body["steps"][1] | {"at": shop.clock.now().isoformat()})
    refused = await shop.http.post("/v1/imports", json=body, headers=shop.server)
    assert refused.status_code == 409, refused.text
    assert refused.json()["facts"]["step"] == "3"
    assert (await shop.http.get("/v1/cases", headers=shop.server)).json()["cases"] == []
