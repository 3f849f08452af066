"""The inbox over HTTP: whose it is, what it says, and how far it has been read."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from mufakat.core.notices import Telling
from mufakat.engine.deliveries import Deliveries
from mufakat.store.inbox import MOST_COUNTED
from mufakat.store.records import Notice
from tests.api.shop import SELLER, SHOP, Shop


async def deliver(shop: Shop) -> None:
    """Bring what happened to the inboxes."""
    await Deliveries(shop.site.engine, shop.site.providers, Random(1)).drain()


async def inbox(shop: Shop, headers: dict[str, str], query: str = "", language: str = "en") -> dict[str, Any]:
    """What somebody finds."""
    got = await shop.http.get(f"/v1/notices{query}", headers=headers | {"accept-language": language})
    assert got.status_code == 200, got.text
    found: dict[str, Any] = got.json()
    return found


def notice(number: int, at: datetime, code: str = "message.sent") -> Notice:
    """One more in the seller's inbox."""
    return Notice("SELLER", SELLER, f"c:{number}:0", "o-1", "c", 1, code, "", at)


async def test_s27_a_seller_is_asked_until_when_and_told_what_silence_means(shop: Shop) -> None:
    case_id = await shop.case()
    await deliver(shop)
    found = await inbox(shop, shop.seller())
    asked, opened = found["notices"]
    assert (asked["code"], asked["kind"], asked["case_id"], asked["unread"]) == (
        "your_turn.review",
        "ASKS",
        case_id,
        True,
    )
    due = (await shop.http.get(f"/v1/cases/{case_id}", headers=shop.seller())).json()["due"]
    assert datetime.fromisoformat(asked["due"]) == datetime.fromisoformat(due)
    assert asked["text"].startswith("Please answer the customer's request")
    assert "WIB" in asked["until"]
    assert "If nothing is done by then, the request is approved." in asked["until"]
    assert (opened["code"], opened["kind"], opened["until"]) == ("request.opened", "NEWS", "")
    indonesian = await inbox(shop, shop.seller(), language="id")
    assert indonesian["notices"][0]["text"].startswith("Silakan jawab permintaan pembeli")
    assert "Jika sampai saat itu tidak ada tindakan" in indonesian["notices"][0]["until"]


async def test_an_inbox_is_its_owners_alone(shop: Shop) -> None:
    await shop.case()
    await deliver(shop)
    for headers in (shop.customer(), shop.seller("s-2"), shop.customer("s-1")):
        assert await inbox(shop, headers) == {"notices": [], "unread": 0, "next": None}
    assert (await shop.http.get("/v1/notices", headers=shop.server)).status_code == 403


async def test_what_was_read_stays_read_and_what_comes_later_is_new(shop: Shop) -> None:
    case_id = await shop.case()
    await deliver(shop)
    found = await inbox(shop, shop.seller())
    assert found["unread"] == 2
    until = {"until": found["notices"][0]["placed_at"]}
    marked = await shop.http.post("/v1/notices/read", json=until, headers=shop.seller())
    assert marked.json() == {"unread": 0}
    shop.clock.forward(minutes=5)
    assert (await shop.give(case_id, shop.customer(), "SendMessage", text="Hello?")).status_code == 200
    await deliver(shop)
    found = await inbox(shop, shop.seller())
    assert [each["unread"] for each in found["notices"]] == [True, False, False]
    assert [each["code"] for each in (await inbox(shop, shop.seller(), "?unread=true"))["notices"]] == ["message.sent"]
    early = {"until": (shop.clock.now() - timedelta(days=9)).isoformat()}
    marked = await shop.http.post("/v1/notices/read", json=early, headers=shop.seller())
    assert marked.json() == {"unread": 1}, "what is read stays so"


async def test_what_is_yet_to_come_is_not_read(shop: Shop) -> None:
    late = {"until": (shop.clock.now() + timedelta(days=9)).isoformat()}
    assert (await shop.http.post("/v1/notices/read", json=late, headers=shop.seller())).status_code == 200
    shop.clock.forward(minutes=1)
    await shop.case()
    await deliver(shop)
    assert (await inbox(shop, shop.seller()))["unread"] == 2


async def test_an_inbox_comes_a_page_at_a_time_and_by_kind(shop: Shop) -> None:
    store, at = shop.site.store, shop.clock.now()
    for number in range(MOST_COUNTED + 5):
        await store.put_notice(SHOP, notice(number, at + timedelta(seconds=number // 2)), at)
    await store.put_notice(SHOP, notice(999, at, "refund.paid"), at)
    await store.put_notice(SHOP, notice(999, at, "refund.paid"), at)
    first = await inbox(shop, shop.seller(), "?limit=70")
    query = f"?limit=70&cursor={first['next']}"
    found = await inbox(shop, shop.seller(), query)
    seen = [each["notice_id"] for each in first["notices"] + found["notices"]]
    assert found["next"] is None
    assert len(seen) == len(set(seen)) == MOST_COUNTED + 6
    assert found["unread"] == MOST_COUNTED
    results = await inbox(shop, shop.seller(), "?kind=RESULT&kind=REMINDER")
    assert [each["notice_id"] for each in results["notices"]] == ["c:999:0"]
    assert results["notices"][0]["text"] == "The customer's refund was paid."
    elsewhere = await shop.http.get(f"/v1/notices{query}&kind=NEWS", headers=shop.seller())
    assert elsewhere.status_code == 400, "a cursor belongs to its list"


async def test_s8_agents_see_who_was_told_and_a_result_that_did_not_arrive_waits_for_somebody(shop: Shop) -> None:
    case_id, at, store = await shop.case(), shop.clock.now(), shop.site.store
    lost = Notice("CUSTOMER", "c-1", f"{case_id}:90:0", "o-1", case_id, 1, "dispute.judged", "", at, cause=90)
    await store.put_notice(SHOP, lost, at)
    (held,) = await store.claim_tellings(at, timedelta(minutes=1), 9)
    await store.telling_settled(held, Telling.BOUNCED, at, "the mail server answered 550")
    where = f"/v1/cases/{case_id}/tellings"
    (told,) = (await shop.http.get(where, headers=shop.server)).json()["told"]
    assert (told["party"], told["codes"], told["state"], told["is_result"]) == (
        "CUSTOMER",
        ["dispute.judged"],
        "BOUNCED",
        True,
    )
    for headers in (shop.customer(), shop.seller()):
        assert (await shop.http.get(where, headers=headers)).status_code == 403
    waiting = await shop.http.get("/v1/tellings/undelivered", headers=shop.server)
    assert [each["cause"] for each in waiting.json()["told"]] == [90]
    body = {"cause": 90, "party": "CUSTOMER", "done": "CALLED"}
    noted = await shop.http.post(f"{where}/done", json=body, headers=await shop.agent())
    assert (noted.json()["done"], noted.json()["done_by"]) == ("CALLED", "agent-1")
    assert (await shop.http.post(f"{where}/done", json=body, headers=await shop.agent())).status_code == 404, "once"
    waiting = await shop.http.get("/v1/tellings/undelivered", headers=shop.server)
    assert waiting.json() == {"told": []}
    assert await store.undelivered(SHOP, 9, ("c-1",)) == [], "who is tied to a party is shown nothing of it"
