"""Carriers' webhooks over HTTP: signed, taken once, told to the orders and cases that know the number."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from mufakat import standard_webhooks
from mufakat.core import commands as c
from mufakat.core.claim import ReturnMethod
from mufakat.core.order import Scan
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.carriers.known import Carrier
from mufakat.engine.carriers.shapes import shape_of
from mufakat.engine.carriers.telling import KEPT, LEASE, REMEMBERED, UNKNOWN
from mufakat.engine.handle import Done, Engine
from mufakat.engine.signals.noting import Noting
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask
from tests.api.shop import CUSTOMER, SELLER, SHOP, Shop

SECRET = b"a secret of thirty-two characters"
SHIPPER, CUSTOMER_ACTOR = Actor(Role.SELLER, SELLER), Actor(Role.CUSTOMER, CUSTOMER)


def scan(shop: Shop, tracking: str, status: str = "DELIVERED", **changed: Any) -> dict[str, Any]:
    """A scan of a minute ago in our own shape."""
    at = shop.clock.now() - timedelta(minutes=1)
    return {"tracking": tracking, "status": status, "at": at.isoformat()} | changed


async def told(shop: Shop, *scans: Any, secret: bytes = SECRET, to: str = f"/carriers/jnt/{SHOP}") -> httpx.Response:
    """The answer to a webhook of the carrier."""
    shop.site.carriers = {"jnt": Carrier("jnt", shape_of("mufakat"), SECRET)}
    body, at = json.dumps({"scans": scans}).encode(), int(time.time())
    headers = {
        "webhook-id": "m-1",
        "webhook-timestamp": str(at),
        "webhook-signature": standard_webhooks.of_webhook(secret, "m-1", at, body),
    }
    return await shop.http.post(to, content=body, headers=headers)


async def seen(shop: Shop, order_id: str = "o-1") -> list[tuple[str, str, str]]:
    """The scans that are facts of an order, as they became known: parcel, kind, tracking."""
    loaded = await shop.site.store.load(Ask(SHOP, order_id, None))
    assert loaded is not None
    return [(each.parcel, each.kind.value, each.tracking) for each in loaded.order.facts if isinstance(each, Scan)]


async def left(shop: Shop) -> list[tuple[str, str, str]]:
    """What no order was told of."""
    scans = (await shop.http.get("/v1/scans", headers=shop.server)).json()["scans"]
    return [(each["tracking"], each["state"], each["why"]) for each in scans]


async def sent_back(shop: Shop, tracking: str) -> str:
    """A case whose goods are on their way back under a number."""
    case_id = await shop.case()
    engine = shop.site.engine
    for key, who, command in (
        ("a", SHIPPER, c.ApproveRequest()),
        ("b", CUSTOMER_ACTOR, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, tracking)),
    ):
        done = await engine.handle(SHOP, "o-1", case_id, command, who, key)
        assert isinstance(done, Done), done
    return case_id


async def noted(shop: Shop) -> None:
    """What cases name is noted, as the loop does."""
    await Noting(shop.site.store, shop.site.sealer, shop.clock).drain()


async def test_a_scan_of_an_orders_own_parcel_becomes_a_fact_of_the_order_once(shop: Shop) -> None:
    await shop.order()
    before = await seen(shop)
    put = await shop.http.put("/v1/orders/o-1/parcels/JP-1", headers=shop.server)
    assert [each["tracking"] for each in put.json()["parcels"]] == ["JP-1"]
    answer = await told(shop, scan(shop, "JP1", "IN_TRANSIT"), scan(shop, "jp1", place="Jalan Melati 4"))
    assert answer.json() == {"scans": 2, "new": 2, "not_read": []}
    assert await shop.site.scans.drain() == 2
    assert (await told(shop, scan(shop, "JP1", "IN_TRANSIT"))).json()["new"] == 0
    assert await shop.site.scans.drain() == 0
    assert (await seen(shop))[len(before) :] == [("OUTBOUND", "IN_TRANSIT", "JP1"), ("OUTBOUND", "DELIVERED", "jp1")]
    assert await left(shop) == []
    assert (await shop.http.get("/v1/orders/o-1/parcels", headers=shop.customer())).json() == put.json()


async def test_a_return_that_arrives_moves_its_case(shop: Shop) -> None:
    """S15: the seller's time to look at what came back runs from the carrier's scan."""
    case_id = await sent_back(shop, "RET-77")
    await noted(shop)
    shop.clock.forward(hours=30)
    await told(shop, scan(shop, "RET77", "IN_TRANSIT"), scan(shop, "RET-77", at=shop.clock.now().isoformat()))
    await shop.site.scans.drain()
    case = (await shop.http.get(f"/v1/cases/{case_id}", headers=shop.seller())).json()
    assert case["matters"][0]["phase"] == "INSPECTING"
    assert ("RET-77", "DELIVERED", "") in await seen(shop)


async def test_a_scan_waits_for_the_number_to_be_named(shop: Shop) -> None:
    await shop.order()
    shop.clock.forward(hours=1)
    await told(shop, scan(shop, "JP-9"))
    assert await shop.site.scans.drain() == 1
    assert await left(shop) == [("JP-9", "WAITING", UNKNOWN)]
    await shop.http.put("/v1/orders/o-1/parcels/JP-9", headers=shop.server)
    assert await shop.site.scans.drain() == 1
    assert await left(shop) == []
    assert ("OUTBOUND", "DELIVERED", "JP-9") in await seen(shop)


async def test_a_scan_waits_for_a_case_to_name_the_number(shop: Shop) -> None:
    case_id = await shop.case()
    shop.clock.forward(hours=2)
    await told(shop, scan(shop, "RET-78", "IN_TRANSIT"))
    await shop.site.scans.drain()
    assert await left(shop) == [("RET-78", "WAITING", UNKNOWN)]
    engine = shop.site.engine
    assert isinstance(await engine.handle(SHOP, "o-1", case_id, c.ApproveRequest(), SHIPPER, "a"), Done)
    ship = c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "RET-78")
    assert isinstance(await engine.handle(SHOP, "o-1", case_id, ship, CUSTOMER_ACTOR, "b"), Done)
    await noted(shop)
    assert await shop.site.scans.drain() == 1
    assert ("RET-78", "IN_TRANSIT", "") in await seen(shop)


async def test_what_was_scanned_before_there_was_an_order_or_a_case_is_another_parcel(shop: Shop) -> None:
    """A number that a party names is not believed for what happened before: numbers are used again."""
    await sent_back(shop, "OLD-1")
    await noted(shop)
    await shop.http.put("/v1/orders/o-1/parcels/OLD-2", headers=shop.server)
    long_ago = (shop.clock.now() - timedelta(days=40)).isoformat()
    before = await seen(shop)
    await told(shop, scan(shop, "OLD-1", at=long_ago), scan(shop, "OLD-2", at=long_ago))
    await shop.site.scans.drain()
    assert await seen(shop) == before
    assert {why for _, _, why in await left(shop)} == {UNKNOWN}


async def test_a_number_that_is_only_shown_as_material_moves_nothing(shop: Shop) -> None:
    """S4: a tracking number in supporting material is a claim; only the parcel of the return itself is one."""
    case_id = await shop.case()
    proof = {"item": "PROOF_OF_RETURN", "kind": "TRACKING", "refers_to": "SEEN-1"}
    given = await shop.give(case_id, shop.customer(), "HandIn", material=proof)
    assert given.status_code == 200, given.text
    await noted(shop)
    await told(shop, scan(shop, "SEEN-1"))
    await shop.site.scans.drain()
    assert await left(shop) == [("SEEN-1", "WAITING", UNKNOWN)]


async def test_what_nobody_names_is_given_up_and_swept_in_time(shop: Shop) -> None:
    await told(shop, scan(shop, "JP-9"))
    await shop.site.scans.drain()
    shop.clock.forward(seconds=(KEPT + timedelta(hours=1)).total_seconds())
    assert await shop.site.scans.drain() == 1
    assert await left(shop) == [("JP-9", "GIVEN_UP", UNKNOWN)]
    shop.clock.forward(seconds=(REMEMBERED - KEPT).total_seconds())
    await shop.site.scans.drain()
    assert await left(shop) == []


async def test_who_dies_after_telling_leaves_it_to_the_next_and_nothing_is_told_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.order()
    await shop.http.put("/v1/orders/o-1/parcels/JP-1", headers=shop.server)
    await told(shop, scan(shop, "JP-1"))

    async def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(PostgresStore, "scan_told", die)
        with pytest.raises(KeyboardInterrupt):
            await shop.site.scans.drain()
    assert await shop.site.scans.drain() == 0  # leased
    after = await seen(shop)
    shop.clock.forward(seconds=LEASE.total_seconds() + 1)
    assert await shop.site.scans.drain() == 1
    assert await seen(shop) == after
    assert await left(shop) == []


async def test_what_does_not_fit_is_given_up_with_the_reason(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop.order()
    await shop.http.put("/v1/orders/o-1/parcels/JP-1", headers=shop.server)
    await told(shop, scan(shop, "JP-1"))

    async def refuse(*_: Any) -> Refusal:
        return Refusal(Code.FACT_NOT_FITTING, (("fault", "it was never sent"),))

    monkeypatch.setattr(Engine, "record_fact", refuse)
    await shop.site.scans.drain()
    ((_, state, why),) = await left(shop)
    assert state == "GIVEN_UP"
    assert "it was never sent" in why


async def test_what_is_forged_stale_or_for_others_is_refused(shop: Shop) -> None:
    one = scan(shop, "JP-1")
    assert (await told(shop, one, secret=SECRET[::-1])).status_code == 401
    assert (await told(shop, one, to=f"/carriers/ghn/{SHOP}")).status_code == 404
    assert (await told(shop, one, to="/carriers/jnt/nowhere")).status_code == 404
    assert (await shop.http.post(f"/carriers/jnt/{SHOP}", content=b"{}")).status_code == 401
    only = Carrier("jnt", shape_of("mufakat"), SECRET, frozenset({"pasar"}))
    shop.site.carriers = {"jnt": only}
    assert (await shop.http.post(f"/carriers/jnt/{SHOP}", content=b"{}")).status_code == 404
    assert await left(shop) == []


async def test_what_cannot_be_read_is_told_to_the_sender(shop: Shop) -> None:
    answer = (await told(shop, scan(shop, "JP-1"), scan(shop, "JP-2", "FLEW"))).json()
    assert answer == {"scans": 1, "new": 1, "not_read": ["entry 2: the shape says nothing of the status 'FLEW'"]}
    assert (await told(shop, *[scan(shop, "JP-1")] * 501)).status_code == 400


async def test_a_parcel_needs_its_order_and_a_number(shop: Shop) -> None:
    assert (await shop.http.put("/v1/orders/o-9/parcels/JP-1", headers=shop.server)).status_code == 404
    await shop.order()
    refused = await shop.http.put("/v1/orders/o-1/parcels/two%20words", headers=shop.server)
    assert refused.status_code == 400


async def test_a_scan_is_told_to_every_order_of_a_shared_parcel(shop: Shop) -> None:
    for order_id in ("o-1", "o-2"):
        await shop.order(order_id)
        await shop.http.put(f"/v1/orders/{order_id}/parcels/JP-1", headers=shop.server)
    await told(shop, scan(shop, "JP-1"))
    await shop.site.scans.drain()
    for order_id in ("o-1", "o-2"):
        assert ("OUTBOUND", "DELIVERED", "JP-1") in await seen(shop, order_id)


async def test_a_sandboxs_clock_is_the_one_of_its_facts(shop: Shop) -> None:
    await shop.order()
    await shop.http.put("/v1/orders/o-1/parcels/JP-1", headers=shop.server)
    (place,) = [each for each in await shop.site.store.marketplaces() if each.marketplace == SHOP]
    await shop.site.store.put_marketplace(replace(place, offset=timedelta(days=3)))
    await told(shop, scan(shop, "JP-1"))
    await shop.site.scans.drain()
    order = (await shop.http.get("/v1/orders/o-1", headers=shop.server)).json()
    latest = max(each["at"] for each in order["scans"])
    assert latest == (shop.clock.now() + timedelta(days=3, minutes=-1)).isoformat().replace("+00:00", "Z")
