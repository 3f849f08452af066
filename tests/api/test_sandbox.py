"""Sandboxes over HTTP: a dispute of three weeks played in a moment, orders to try with, judgements by wish."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from mufakat.api import principals
from mufakat.api.rights import SCOPES
from mufakat.engine.sandbox import PEOPLE, OrderKind
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import CredentialKind, Marketplace
from tests.api.shop import Shop, opened

TRY = "try"


@pytest.fixture
async def sand(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """A sandbox behind the application."""
    store = await PostgresStore.connect(database_url)
    shop = await opened(store, tmp_path)
    await store.put_marketplace(Marketplace(TRY, "id", sandbox=True))
    key = principals.make(CredentialKind.SERVER, TRY, "an integrator's server", SCOPES, shop.clock.now(), None)
    assert await store.put_credential(key.credential)
    yield replace(shop, key=key)
    await shop.http.aclose()
    await store.close()


async def post(sand: Shop, path: str, **body: Any) -> httpx.Response:
    """What the sandbox's server sends."""
    return await sand.http.post(f"/v1/sandbox/{path}", json=body, headers=sand.server)


async def made(sand: Shop, customer: str, seller: str, kind: str = "DELIVERED_YESTERDAY") -> dict[str, Any]:
    """An order to try with."""
    answer = await post(sand, "orders", kind=kind, customer_id=customer, seller_id=seller)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def asked(sand: Shop, customer: str, seller: str) -> tuple[dict[str, Any], str]:
    """An order and a case about it: the customer asks for the money back."""
    order = await made(sand, customer, seller)
    body = {"order_id": order["order_id"], "type": "REFUND", "lines": [{"line_id": "1", "reason": "DEFECTIVE"}]}
    answer = await sand.http.post("/v1/cases", json=body, headers=sand.customer(customer))
    assert answer.status_code == 201, answer.text
    return order, answer.json()["case"]["case_id"]


async def read(sand: Shop, case_id: str) -> dict[str, Any]:
    """The case as the server sees it."""
    body: dict[str, Any] = (await sand.http.get(f"/v1/cases/{case_id}", headers=sand.server)).json()
    return body


async def test_three_weeks_in_a_moment(sand: Shop) -> None:
    order, case_id = await asked(sand, "customer-disputes", "seller-rejects")
    assert (await read(sand, case_id))["matters"][0]["phase"] == "DECIDING"
    judged = await post(sand, f"cases/{case_id}/judge", decision="FOR_CUSTOMER")
    assert judged.status_code == 200, judged.text
    assert judged.json()["by"] == "agent-sandbox"
    assert [(x["rule"], x["amount"]) for x in judged.json()["lines"]] == [("S15", 28_900_000)]
    moved = await post(sand, "forward", days=21)
    assert moved.status_code == 200, moved.text
    assert (moved.json()["lapses"], moved.json()["cases"], moved.json()["whole"]) == (3, [case_id], True)
    (matter,) = (await read(sand, case_id))["matters"]
    assert (matter["phase"], matter["outcome"], matter["remedy"]["paid"]) == ("CLOSED", "REFUNDED", order["paid"])


async def test_the_answer_to_a_command_shows_what_canned_people_did_on_it(sand: Shop) -> None:
    order = await made(sand, "ani", "seller-rejects")
    body = {"order_id": order["order_id"], "type": "REFUND", "lines": [{"line_id": "1", "reason": "DEFECTIVE"}]}
    answer = await sand.http.post("/v1/cases", json=body, headers=sand.customer("ani"))
    assert answer.json()["case"]["matters"][0]["phase"] == "REJECTED"
    assert answer.json()["version"] < answer.json()["case"]["version"]
    case_id = answer.json()["case"]["case_id"]
    disputed = await sand.give(case_id, sand.customer("ani"), "RaiseDispute")
    assert disputed.json()["case"]["matters"][0]["phase"] == "EVIDENCE"


async def test_what_there_is_to_try_with(sand: Shop) -> None:
    before = (await sand.http.get("/v1/sandbox", headers=sand.server)).json()
    assert (before["marketplace"], before["rulebook"], before["ahead_seconds"]) == (TRY, "id", 0)
    assert [x["prefix"] for x in before["people"]] == [x.prefix for x in PEOPLE]
    assert [x["kind"] for x in before["orders"]] == list(OrderKind)
    to = datetime.fromisoformat(before["now"]) + timedelta(hours=5)
    moved = await post(sand, "forward", to=to.isoformat())
    assert moved.status_code == 200, moved.text
    after = (await sand.http.get("/v1/sandbox", headers=sand.server)).json()
    assert (datetime.fromisoformat(after["now"]), after["ahead_seconds"]) == (to, 5 * 3600)


@pytest.mark.parametrize(
    "body, status, code",
    [
        ({}, 400, "BODY_NOT_VALID"),
        ({"days": 1, "to": "2199-01-01T00:00:00Z"}, 400, "BODY_NOT_VALID"),
        ({"days": -1}, 400, "BODY_NOT_VALID"),
        ({"weeks": 1}, 400, "BODY_NOT_VALID"),
        ({"to": "2026-01-01T00:00:00"}, 400, "BODY_NOT_VALID"),
        ({"to": "2020-01-01T00:00:00Z"}, 422, "MOVE_NOT_FITTING"),
        ({"to": "0001-01-01T00:00:00+14:00"}, 422, "MOVE_NOT_FITTING"),
        ({"to": "9999-12-31T23:59:59-14:00"}, 422, "MOVE_NOT_FITTING"),
        ({"days": 400, "seconds": 1}, 422, "MOVE_NOT_FITTING"),
    ],
)
async def test_a_move_that_does_not_fit(sand: Shop, body: dict[str, Any], status: int, code: str) -> None:
    answer = await post(sand, "forward", **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_a_judgement_that_the_material_does_not_lead_to(sand: Shop) -> None:
    _, case_id = await asked(sand, "ani", "seller-rejects")
    early = await post(sand, f"cases/{case_id}/judge", decision="FOR_SELLER")
    assert (early.status_code, early.json()["code"]) == (409, "WRONG_PHASE")
    await sand.give(case_id, sand.customer("ani"), "RaiseDispute")
    refused = await post(sand, f"cases/{case_id}/judge", decision="FOR_CUSTOMER", complete=True)
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_DERIVABLE")
    assert "Line 1 would be judged by S17 and not by S15" in refused.json()["detail"]
    wrong = await post(sand, f"cases/{case_id}/judge", decision="FOR_CUSTOMER", rule="S16")
    assert (wrong.status_code, wrong.json()["where"]) == (400, "rule")
    assert (await post(sand, "cases/none/judge", decision="FOR_SELLER")).status_code == 404


async def test_an_order_that_is_put_in_is_paid_from_too(sand: Shop) -> None:
    """The built-in provider expects the payout of every order, so that a refund can be paid."""
    now = sand.clock.now()
    body = {
        "customer_id": "ani",
        "seller_id": "seller-approves",
        "currency": "IDR",
        "lines": [{"line_id": "1", "product_id": "cup", "quantity": 1, "unit_price": 900_000}],
        "purchased_at": (now - timedelta(days=2)).isoformat(),
    }
    assert (await sand.http.put("/v1/orders/o-9", json=body, headers=sand.server)).status_code == 201
    asks = {"order_id": "o-9", "type": "CANCEL", "lines": [{"line_id": "1", "reason": "OTHER"}]}
    opened_ = await sand.http.post("/v1/cases", json=asks, headers=sand.customer("ani"))
    case_id = opened_.json()["case"]["case_id"]
    await post(sand, "forward", days=1)
    assert (await read(sand, case_id))["matters"][0]["remedy"]["paid"] == 900_000


async def test_a_live_marketplace_has_none_of_it(shop: Shop) -> None:
    case_id = await shop.case()
    answers = [
        await shop.http.get("/v1/sandbox", headers=shop.server),
        await post(shop, "forward", days=1),
        await post(shop, "orders", kind="LATE", customer_id="a", seller_id="b"),
        await post(shop, f"cases/{case_id}/judge", decision="FOR_SELLER"),
    ]
    assert [(x.status_code, x.json()["code"]) for x in answers] == [(409, "NOT_A_SANDBOX")] * 4
    assert (await read(shop, case_id))["version"] == 2


async def test_it_is_for_the_marketplaces_server_with_its_scope(sand: Shop) -> None:
    for headers in (sand.customer("ani"), sand.seller("toko")):
        assert (await sand.http.get("/v1/sandbox", headers=headers)).status_code == 403
    less = principals.make(CredentialKind.SERVER, TRY, "another", SCOPES - {"sandbox"}, sand.clock.now(), None)
    assert await sand.site.store.put_credential(less.credential)
    answer = await replace(sand, key=less).http.get("/v1/sandbox", headers=replace(sand, key=less).server)
    assert (answer.status_code, "`sandbox`" in answer.json()["detail"]) == (403, True)
