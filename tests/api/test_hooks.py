"""Endpoints over HTTP: kept, tried out, told of things again; no secret is shown twice, nothing of others at all."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from mufakat.engine.hooks.delivering import HookDeliveries
from tests.api.doors import OTHER, Place, furnished
from tests.api.shop import Shop
from tests.engine.receiver import Plan

URL = "https://shop.example/hooks"


@pytest.fixture
async def place(shop: Shop) -> Place:
    return await furnished(shop)


async def made(shop: Shop, **more: Any) -> dict[str, Any]:
    """A new endpoint."""
    said = await shop.http.post("/v1/hooks", json={"url": URL} | more, headers=shop.server)
    assert said.status_code == 201, said.text
    found: dict[str, Any] = said.json()
    return found


def line(shop: Shop) -> Plan:
    """What came at the endpoints."""
    found = shop.site.endpoints._sender._line
    assert isinstance(found, Plan)
    return found


async def told(shop: Shop) -> int:
    """Let the loop tell what there is."""
    sender = shop.site.endpoints._sender
    return await HookDeliveries(shop.site.store, sender, shop.clock, Random(1)).drain()


async def test_a_secret_is_shown_once_and_a_public_key_always(shop: Shop) -> None:
    shared = await made(shop)
    shop.clock.forward(seconds=1)
    public = await made(shop, kind="ED25519", events=["refund.paid", "refund.paid"])
    assert shared["secret"].startswith("whsec_")
    assert public["secret"] is None
    assert public["hook"]["public_keys"][0].startswith("whpk_")
    listed = await shop.http.get("/v1/hooks", headers=shop.server)
    assert listed.json()["hooks"] == [shared["hook"], public["hook"]]
    assert public["hook"]["events"] == ["refund.paid"]
    assert shared["secret"] not in listed.text
    fresh = await shop.http.post(f"/v1/hooks/{public['hook']['id']}/secret", json={}, headers=shop.server)
    assert len(fresh.json()["hook"]["public_keys"]) == 2
    gone = await shop.http.delete(f"/v1/hooks/{shared['hook']['id']}", headers=shop.server)
    assert (gone.status_code, gone.content) == (204, b"")


async def test_what_cannot_be_an_endpoint_is_said_with_its_place(shop: Shop) -> None:
    for body, where in (({"url": "http://shop.example/"}, "url"), ({"url": URL, "events": ["no.such"]}, "events")):
        said = await shop.http.post("/v1/hooks", json=body, headers=shop.server)
        assert (said.status_code, said.json()["code"], said.json()["where"]) == (422, "HOOK_NOT_VALID", where)
    hook = (await made(shop))["hook"]["id"]
    for body in ({}, {"since": "2026-01-01T00:00:00Z", "case_id": "x"}):
        said = await shop.http.post(f"/v1/hooks/{hook}/replay", json=body, headers=shop.server)
        assert (said.status_code, said.json()["code"]) == (400, "BODY_NOT_VALID")
    said = await shop.http.post(f"/v1/hooks/{hook}/replay", json={"case_id": "x"}, headers=shop.server)
    assert said.status_code == 404


async def test_the_story_of_an_endpoint(shop: Shop) -> None:
    hook = (await made(shop))["hook"]["id"]
    case_id = await shop.case()
    await told(shop)
    count = len(line(shop).came)
    version = (await shop.http.get(f"/v1/cases/{case_id}", headers=shop.server)).json()["version"]
    assert [each.data["number"] for each in line(shop).came] == list(range(1, version + 1))
    where = f"/v1/hooks/{hook}/deliveries"
    first = (await shop.http.get(where, params={"limit": count - 1}, headers=shop.server)).json()
    rest = await shop.http.get(where, params={"cursor": first["next"], "limit": 9}, headers=shop.server)
    (last,) = rest.json()["deliveries"]
    assert (last["outcome"], last["status"], rest.json()["next"]) == ("DELIVERED", 204, None)
    numbers = [each["number"] for each in (*first["deliveries"], last)]
    assert sorted(numbers) == list(range(1, version + 1))
    other = await shop.http.get(where, params={"cursor": first["next"], "case_id": case_id}, headers=shop.server)
    assert other.json()["code"] == "CURSOR_NOT_VALID"
    paused = await shop.http.patch(f"/v1/hooks/{hook}", json={"paused": True}, headers=shop.server)
    assert paused.json()["paused"] == "BY_HAND"
    replayed = await shop.http.post(f"/v1/hooks/{hook}/replay", json={"case_id": case_id}, headers=shop.server)
    assert replayed.json() == {"cases": 1}
    assert await told(shop) == 0
    went = await shop.http.patch(f"/v1/hooks/{hook}", json={"paused": False}, headers=shop.server)
    assert went.json()["paused"] is None
    assert await told(shop) == version
    assert {each.id for each in line(shop).came[:count]} == {each.id for each in line(shop).came[count:]}
    resent = await shop.http.post(f"{where}/{last['id']}/resend", headers=shop.server)
    assert resent.json()["number"] == last["number"]
    assert line(shop).came[-1].id == line(shop).came[last["number"] - 1].id
    since = (shop.clock.now() - timedelta(days=1)).isoformat()
    replayed = await shop.http.post(f"/v1/hooks/{hook}/replay", json={"since": since}, headers=shop.server)
    assert replayed.json() == {"cases": 1}


async def test_nothing_of_another_marketplace_can_be_reached(place: Place) -> None:
    shop, hook = place.shop, place.ids["hook_id"]
    stranger = {"authorization": f"Bearer {place.other.text}"}
    assert place.other.credential.marketplace == OTHER
    before = await place.all_rows()
    for method, path, body in (
        ("PATCH", "", {"paused": True}),
        ("DELETE", "", None),
        ("POST", "/secret", {}),
        ("POST", "/test", None),
        ("GET", "/deliveries", None),
        ("POST", f"/deliveries/{place.ids['delivery_id']}/resend", None),
        ("POST", "/replay", {"since": "2026-01-01T00:00:00Z"}),
    ):
        said = await shop.http.request(method, f"/v1/hooks/{hook}{path}", json=body, headers=stranger)
        assert said.status_code == 404, path
    assert (await shop.http.get("/v1/hooks", headers=stranger)).json() == {"hooks": []}
    assert await place.all_rows() == before
