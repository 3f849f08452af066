"""Quality of judging over HTTP: leads and servers read how judgements fare, agents and parties do not."""

from datetime import timedelta
from typing import Any

import pytest

from mufakat.api import principals
from mufakat.core.claim import RequestType
from mufakat.engine.queue import Queue
from mufakat.engine.sampling import Sampling
from mufakat.store.queue import Worker
from mufakat.store.records import CredentialKind
from tests.api.shop import AGENT, SHOP, Shop
from tests.core.story import Story

CODE = Story().reject_code(RequestType.REFUND)


async def lead(shop: Shop) -> dict[str, str]:
    """A lead, with a token of its own."""
    made = principals.make(CredentialKind.LEAD, SHOP, "lead-1", frozenset(), shop.clock.now(), None)
    assert await shop.site.store.put_credential(made.credential)
    return {"authorization": f"Bearer {made.text}"}


async def dismissed(shop: Shop, order_id: str = "o-1") -> str:
    """A case in which the customer handed in nothing that is expected, judged for the seller an hour later (S17)."""
    lines = [{"line_id": "1", "product_id": "blender", "quantity": 1, "unit_price": 45_000_000, "category": "kitchen"}]
    await shop.order(order_id, lines=lines)
    body = {"order_id": order_id, "type": "REFUND", "lines": [{"line_id": "1", "reason": "DEFECTIVE"}], "text": "No."}
    opened = await shop.http.post("/v1/cases", json=body, headers=shop.customer())
    case_id: str = opened.json()["case"]["case_id"]
    for headers, command, fields in (
        (shop.seller(), "RejectRequest", {"code": CODE}),
        (shop.customer(), "RaiseDispute", {"text": "It never worked."}),
        (shop.customer(), "CompleteMaterial", {}),
        (shop.seller(), "CompleteMaterial", {}),
    ):
        assert (await shop.give(case_id, headers, command, **fields)).status_code == 200
    shop.clock.forward(hours=1)
    answer = await shop.give(case_id, await shop.agent(), "Judge")
    assert answer.status_code == 200, answer.text
    return case_id


async def read(shop: Shop, where: str, headers: dict[str, str], **query: str) -> dict[str, Any]:
    answer = await shop.http.get(f"/v1/quality/{where}", headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_lead_reads_how_judgements_fare(shop: Shop) -> None:
    await dismissed(shop)
    headers = await lead(shop)
    for by, group in (("ALL", ""), ("RULE", "S17"), ("AGENT", AGENT), ("CATEGORY", "kitchen"), ("REASON", "DEFECTIVE")):
        told = await read(shop, "reversals", headers, by=by)
        assert told["by"] == by
        (found,) = told["groups"]
        assert (found["group"], found["judged"], found["looked"], found["rate"]) == (group, 1, 0, 0.0)
    assert (await read(shop, "reversals", headers))["by"] == "ALL"


async def test_times_are_told_by_kind(shop: Shop) -> None:
    await dismissed(shop)
    (found,) = (await read(shop, "times", shop.server))["kinds"]
    assert (found["step"], found["judged"], found["automatic"], found["timed"]) == ("JUDGED", 1, 0, 1)
    assert (found["median_seconds"], found["p90_seconds"]) == (3600, 3600)


async def test_the_last_31_days_are_told_where_no_period_is_named(shop: Shop) -> None:
    await dismissed(shop)
    shop.clock.forward(days=32)
    headers = await lead(shop)
    told = await read(shop, "reversals", headers)
    assert told["groups"] == []
    since = (shop.clock.now() - timedelta(days=40)).isoformat()
    assert (await read(shop, "reversals", headers, since=since))["groups"] != []
    assert (await read(shop, "times", headers, since=since))["kinds"] != []


@pytest.mark.parametrize(
    "query", [{"by": "WEEKDAY"}, {"since": "2026-01-01T00:00:00"}, {"since": "2199-01-01T00:00:00Z"}]
)
async def test_what_is_no_period_is_refused(shop: Shop, query: dict[str, str]) -> None:
    answer = await shop.http.get("/v1/quality/reversals", headers=shop.server, params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "PARAMETER_NOT_VALID")


async def test_agents_and_parties_read_nothing_of_it(shop: Shop) -> None:
    for headers in (await shop.agent(), shop.customer(), shop.seller()):
        for where in ("reversals", "times"):
            answer = await shop.http.get(f"/v1/quality/{where}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ALLOWED")


# --- past cases like a case


async def test_agents_read_how_cases_like_it_ended_and_leads_which_they_are(shop: Shop) -> None:
    past = await dismissed(shop)
    assert (await shop.give(past, shop.customer(), "AcceptJudgement")).status_code == 200
    await shop.site.signals.drain()
    now = await shop.case("o-2", type="REFUND", text="No, it does not start.")
    told = [await read_of(shop, now, headers) for headers in (await shop.agent(), await lead(shop))]
    agents, leads = (each["cases"] for each in told)
    assert all(each["by_trigrams"] for each in told)
    assert (agents[0].pop("case_id"), leads[0].pop("case_id")) == (None, past)
    assert agents == leads
    (found,) = agents
    assert (found["same_kind"], found["same_reason"], found["categories"]) == (False, True, ["kitchen"])
    assert found["parts"] == [
        {
            "outcome": "DISMISSED",
            "judged": [{"decision": "FOR_SELLER", "rule": "S17"}],
            "disputes": 1,
            "remedy": None,
            "paid": 0,
        }
    ]
    assert found["alike"] > 0
    for name in ("c-1", "s-1", AGENT, "o-1", past):
        assert name not in str(agents)


async def read_of(shop: Shop, case_id: str, headers: dict[str, str]) -> dict[str, Any]:
    answer = await shop.http.get(f"/v1/cases/{case_id}/similar", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_nobody_else_reads_of_cases_like_it(shop: Shop) -> None:
    case_id = await shop.case()
    for headers in (shop.server, shop.customer(), shop.seller()):
        answer = await shop.http.get(f"/v1/cases/{case_id}/similar", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ALLOWED")


# --- samples


async def sampled(shop: Shop, order_id: str = "o-1") -> str:
    """A judged case of which agent-2 has the sample in hand."""
    case_id = await dismissed(shop, order_id)
    site = shop.site
    shop.clock.forward(minutes=2)
    assert await Sampling(site.store, site.sealer, site.engine.clock, 1.0).drain() == 1
    work = await Queue(site.store, site.sealer, site.engine.clock).take(SHOP, Worker("agent-2"))
    assert work is not None
    return case_id


async def test_a_sample_is_read_blind_and_judged(shop: Shop) -> None:
    case_id = await sampled(shop)
    where, headers = f"/v1/quality/samples/{case_id}/1", await shop.agent("agent-2")
    answer = await shop.http.get(where, headers=headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert AGENT not in answer.text
    assert {each["event"] for each in told["said"]} == {"request.opened", "dispute.raised"}
    assert "It never worked." in [each["text"] for each in told["said"]]
    (sheet,) = told["worksheet"]["sheets"]
    items = [each for line in sheet["lines"] for each in line["items"]]
    assert items
    assert {each["finding"] for each in items} == {None}
    assert not sheet["is_judged"]
    done = await shop.http.post(where, json={"answers": [], "assessments": []}, headers=headers)
    assert (done.status_code, done.json()) == (200, {"case_id": case_id, "matter": 1})
    gone = await shop.http.get(where, headers=headers)
    assert (gone.status_code, gone.json()["code"]) == (404, "NO_SUCH_CASE")
    found = await read(shop, "agreement", await lead(shop))
    assert (found["drawn"], found["judged_twice"]) == (1, 1)
    assert (found["decisions"]["n"], found["decisions"]["kappa"]) == (1, None)
    assert found["decisions"]["unknown"] == "ONE_VALUE_ONLY"
    assert found["findings"]["unknown"] == "NOTHING_RATED"
    assert [each["of"] for each in found["by_pair"]] == [[AGENT, "agent-2"]]


async def test_who_does_not_have_it_in_hand_finds_nothing(shop: Shop) -> None:
    case_id = await sampled(shop)
    for who in (await shop.agent(), await shop.agent("agent-3"), await lead(shop)):
        for method in ("GET", "POST"):
            body: dict[str, Any] | None = {"answers": [], "assessments": []} if method == "POST" else None
            answer = await shop.http.request(method, f"/v1/quality/samples/{case_id}/1", headers=who, json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "NO_SUCH_CASE")
