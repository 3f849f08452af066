"""The money of a case and a seller's statement over HTTP: what there is, and what is nobody's business (S18 to S20)."""

from datetime import timedelta
from typing import Any

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import RequestType
from mufakat.core.parties import SYSTEM
from tests.api.shop import SHOP, Shop
from tests.core.story import Story

CODE = Story().reject_code(RequestType.REFUND)
OTHERS_THAN_THE_CUSTOMER = ("seller", "platform", "provider", "carrier", "hold")
OTHERS_THAN_THE_SELLER = (
    "customer",
    "platform/funds",
    "platform/advance",
    "platform/claim",
    "platform/cost",
    "provider",
)


async def paid(shop: Shop) -> str:
    """A case whose dispute the seller conceded; the provider paid half of it so far."""
    case_id = await shop.case(type="REFUND")
    await shop.give(case_id, shop.seller(), "RejectRequest", code=CODE)
    await shop.give(case_id, shop.customer(), "RaiseDispute", text="It never worked.")
    await shop.give(case_id, shop.seller(), "Concede")
    case = (await shop.http.get(f"/v1/cases/{case_id}", headers=shop.server)).json()
    half = case["matters"][0]["remedy"]["total"] // 2
    report = c.ReportPayment(f"{case_id}:1", half, reference="pay-77")
    await shop.site.engine.handle(SHOP, "o-1", case_id, report, SYSTEM)
    return case_id


async def read(shop: Shop, case_id: str, headers: dict[str, str]) -> dict[str, Any]:
    answer = await shop.http.get(f"/v1/cases/{case_id}/money", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_s20_the_platform_reads_every_movement_with_cause_rule_and_reference(shop: Shop) -> None:
    case_id = await paid(shop)
    answers = [await read(shop, case_id, headers) for headers in (shop.server, await shop.agent())]
    assert answers[0] == answers[1]
    moves = answers[0]["movements"]
    told = [(each["kind"], each["state"], each["debit"], each["credit"], each["rule"]) for each in moves]
    assert told == [
        ("PENDING", "POSTED", "seller/payable", "seller/debt", "reading 9"),
        ("POSTED", "POSTED", "seller/debt", "customer/claim", "reading 7"),
        ("POST", "POSTED", "seller/payable", "seller/debt", "arithmetic 12"),
        ("PENDING", "PENDING", "seller/payable", "seller/debt", "reading 9"),
        ("POSTED", "POSTED", "customer/claim", "provider/clearing", "arithmetic 12"),
    ]
    assert {each["id"].rpartition(":")[0] for each in moves} == {f"{case_id}:{each['number']}" for each in moves}
    assert [each["cause"] for each in moves] == ["hold.placed", "refund.ordered", *["refund.paid"] * 3]
    assert {each["reference"] for each in moves if each["cause"] == "refund.paid"} == {"pay-77"}
    stands = {(each["account"], each["held"]): each["amount"] for each in answers[0]["balances"]}
    half = stands["provider/clearing", False]
    assert stands == {
        ("customer/claim", False): half,
        ("provider/clearing", False): half,
        ("seller/debt", False): -half,
        ("seller/payable", False): -half,
        ("seller/payable", True): -half,
    }


async def test_what_the_provider_was_told_stands_beside_it_with_its_name_of_it(shop: Shop) -> None:
    case_id = await paid(shop)
    before = (await read(shop, case_id, shop.server))["told"]
    assert {(each["verb"], each["state"]) for each in before} >= {("HOLD", "PENDING"), ("REFUND", "PENDING")}
    hold = next(each for each in before if each["verb"] == "HOLD")
    rows = await shop.site.store.claim(shop.clock.now(), shop.clock.now() - shop.clock.now(), 100)
    (claim,) = (each for each in rows if each.key == hold["key"])
    await shop.site.store.done(claim, "hold-5")
    after = await read(shop, case_id, shop.server)
    assert next(each for each in after["told"] if each["verb"] == "HOLD")["reference"] == "hold-5"
    (placed,) = (each for each in after["movements"] if each["cause"] == "hold.placed")
    assert placed["reference"] == "hold-5"


async def test_the_customer_reads_its_refund_and_nothing_else(shop: Shop) -> None:
    case_id = await paid(shop)
    answer = await read(shop, case_id, shop.customer())
    assert [(each["debit"], each["credit"], each["cause"]) for each in answer["movements"]] == [
        (None, "customer/claim", "refund.ordered"),
        ("customer/claim", None, "refund.paid"),
    ]
    assert [each["account"] for each in answer["balances"]] == ["customer/claim"]
    assert not any(each["held"] for each in answer["balances"])
    _nothing_but(answer, OTHERS_THAN_THE_CUSTOMER)


async def test_the_seller_reads_its_own_accounts_and_nothing_else(shop: Shop) -> None:
    case_id = await paid(shop)
    answer = await read(shop, case_id, shop.seller())
    assert {each["account"] for each in answer["balances"]} == {"seller/debt", "seller/payable"}
    assert [each["kind"] for each in answer["movements"]] == ["PENDING", "POSTED", "POST", "PENDING"]
    _nothing_but(answer, OTHERS_THAN_THE_SELLER)


def _nothing_but(answer: dict[str, Any], others: tuple[str, ...]) -> None:
    """No field of a party's answer speaks of anybody else's account, or of what the provider was told."""
    assert answer["told"] == []
    assert all(each["id"] is None for each in answer["movements"])
    plain = [str(value) for each in (*answer["movements"], *answer["balances"]) for value in each.values()]
    for other in others:
        assert not any(value.startswith(other) for value in plain), other


async def test_money_that_is_not_yours_does_not_exist(shop: Shop) -> None:
    case_id = await paid(shop)
    for headers in (shop.customer("c-9"), shop.seller("s-9")):
        answer = await shop.http.get(f"/v1/cases/{case_id}/money", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "NO_SUCH_CASE")


async def statement(shop: Shop, headers: dict[str, str], query: str = "") -> dict[str, Any]:
    answer = await shop.http.get(f"/v1/sellers/s-1/statement{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_statement_says_what_is_held_deducted_and_owed(shop: Shop) -> None:
    case_id = await paid(shop)
    answers = [await statement(shop, each) for each in (shop.seller(), shop.server, await shop.agent())]
    assert [[each["number"] for each in answer["lines"]] for answer in answers[1:]] == [
        [each["number"] for each in answers[0]["lines"]]
    ] * 2
    mine = answers[0]
    assert {(each["case_id"], each["order_id"], each["currency"]) for each in mine["lines"]} == {
        (case_id, "o-1", "IDR")
    }
    assert [each["state"] for each in mine["lines"]] == ["POSTED", "POSTED", "POSTED", "PENDING"]
    assert mine["opening"] == []
    stands = {(each["account"], each["held"]): each["amount"] for each in mine["closing"]}
    half = -stands["seller/payable", False]
    assert stands == {
        ("seller/payable", False): -half,
        ("seller/payable", True): -half,
        ("seller/debt", False): -half,
    }
    _nothing_but({"told": [], "movements": mine["lines"], "balances": mine["closing"]}, OTHERS_THAN_THE_SELLER)


@pytest.mark.parametrize("size", [1, 2, 3])
async def test_pages_of_a_statement_add_up_to_it(shop: Shop, size: int) -> None:
    await paid(shop)
    whole = (await statement(shop, shop.seller()))["lines"]
    page = await statement(shop, shop.seller(), f"?limit={size}")
    lines, since = page["lines"], page["since"]
    while page["next"]:
        page = await statement(shop, shop.seller(), f"?limit={size}&cursor={page['next']}")
        assert page["since"] == since
        assert page["opening"] == page["closing"] == []
        lines += page["lines"]
    assert lines == whole
    answer = await shop.http.get(f"/v1/sellers/s-1/statement?cursor={page['since']}", headers=shop.seller())
    assert answer.json()["code"] == "CURSOR_NOT_VALID"


async def test_a_period_leaves_out_what_was_before_and_opens_with_it(shop: Shop) -> None:
    await paid(shop)
    now = shop.clock.now().isoformat().replace("+", "%2B")
    later = await statement(shop, shop.seller(), f"?since={now}")
    earlier = await statement(shop, shop.seller(), f"?until={now}")
    whole = await statement(shop, shop.seller())
    assert earlier["lines"] + later["lines"] == whole["lines"]
    assert later["opening"] == earlier["closing"]
    for query in (
        f"?since={now}&until=2001-01-01T00:00:00Z",
        "?since=2026-01-01T00:00:00",
        "?since=1900-01-01T00:00:00Z",
    ):
        answer = await shop.http.get(f"/v1/sellers/s-1/statement{query}", headers=shop.seller())
        assert answer.json()["code"] == "PARAMETER_NOT_VALID", query


async def test_what_was_held_at_a_moment_is_told_whatever_came_later(shop: Shop) -> None:
    case_id = await shop.case(type="REFUND")
    await shop.give(case_id, shop.seller(), "RejectRequest", code=CODE)
    await shop.give(case_id, shop.customer(), "RaiseDispute", text="It never worked.")
    shop.clock.at += timedelta(minutes=5)
    before = (shop.clock.now() - timedelta(minutes=1)).isoformat().replace("+", "%2B")
    (held,) = (await statement(shop, shop.seller(), f"?until={before}"))["closing"]
    await shop.give(case_id, shop.customer(), "WithdrawDispute")
    assert (await statement(shop, shop.seller()))["closing"] == []
    assert (await statement(shop, shop.seller(), f"?until={before}"))["closing"] == [held]
    assert (held["account"], held["held"]) == ("seller/payable", True)


async def test_a_statement_is_the_sellers_own(shop: Shop) -> None:
    await paid(shop)
    for headers, code in (
        (shop.seller("s-9"), "NOT_FOUND"),
        (shop.customer(), "NOT_ALLOWED"),
        (await shop.agent("s-1"), "CONFLICT_OF_INTEREST"),
    ):
        answer = await shop.http.get("/v1/sellers/s-1/statement", headers=headers)
        assert answer.json()["code"] == code, headers
