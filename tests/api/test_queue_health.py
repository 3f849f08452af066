"""How the queue fares over HTTP: what falls due, what came and was done day by day, and who is at work today."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mufakat.store.records import Marketplace
from tests.accounts.people import Person, person, refused
from tests.api.shop import SHOP, Shop
from tests.api.test_queue import FOUND, disputed, give, take, work
from tests.api.test_reports import noted


@pytest.fixture
async def lia(shop: Shop) -> Person:
    """A lead with an account."""
    return await person(shop, "lia", "LEAD")


async def health(who: Person) -> Any:
    """How the queue fares now, to whom that has signed in anew."""
    await who.sign_in()
    said = await who.ask("GET", "queue/health")
    assert said.status_code == 200, said.text
    return said.json()


async def test_what_falls_due_is_told_by_how_soon(shop: Shop, lia: Person) -> None:
    """A dispute is due in 24 hours; a lead gives another one."""
    case_id = await disputed(shop)

    async def told() -> tuple[int, int, int]:
        (found,) = (await health(lia))["standings"]
        assert found["waiting"] == 1
        return found["within_4_hours"], found["within_24_hours"], found["overdue"]

    assert await told() == (0, 1, 0)
    assert (await give(lia, case_id, "ExtendDue", seconds=3600, text="later")).status_code == 200
    assert await told() == (0, 0, 0)
    shop.clock.forward(hours=1)
    assert await told() == (0, 1, 0)
    shop.clock.forward(hours=20)
    assert await told() == (1, 1, 0)
    shop.clock.forward(hours=4)
    assert await told() == (0, 0, 1)


async def test_days_of_the_market_count_what_came_and_what_was_decided(shop: Shop, lia: Person) -> None:
    case_id = await disputed(shop)
    await disputed(shop, await shop.order("o-2"))
    shop.clock.forward(days=1)
    await lia.sign_in()
    await lia.ask("POST", "queue/assign", **work(case_id), account_id=lia.account_id)
    assert (await give(lia, case_id, "AssessLine", assessment=FOUND)).status_code == 200
    assert (await give(lia, case_id, "Judge")).status_code == 200
    await noted(shop)
    told = await health(lia)
    assert len(told["days"]) == 14
    yesterday, today = told["days"][-2:]
    assert (yesterday["raised"], yesterday["judged"]) == (2, 0)
    assert (today["raised"], today["judged"], today["automatic"], today["appeals"]) == (0, 1, 0, 0)
    assert today["day"] == shop.clock.now().astimezone(ZoneInfo("Asia/Jakarta")).date().isoformat()
    assert not any(each["raised"] or each["judged"] for each in told["days"][:-2])
    shop.clock.forward(days=14)
    assert not any(each["raised"] or each["judged"] for each in (await health(lia))["days"])


async def test_who_is_at_work_and_how_much_each_did_today(shop: Shop, lia: Person) -> None:
    case_id = await disputed(shop)
    rina, budi = await person(shop, "rina"), await person(shop, "budi")
    await person(shop, "sari")
    assert (await take(rina))["case_id"] == case_id
    assert (await give(rina, case_id, "AssessLine", assessment=FOUND)).status_code == 200
    assert (await give(rina, case_id, "Judge")).status_code == 200
    await disputed(shop, await shop.order("o-2"))
    taken = await take(budi)
    back = await budi.ask("POST", "queue/hand-back", **work(taken["case_id"]), reason="NO_TIME")
    assert back.status_code == 200
    await take(rina)
    first, second = (await health(lia))["people"]
    when = shop.clock.now().isoformat().replace("+00:00", "Z")
    assert first == {
        "account_id": rina.account_id,
        "judged": 1,
        "taken": 2,
        "handed_back": 0,
        "lapsed": 0,
        "held": 1,
        "last": when,
    }
    assert (second["account_id"], second["taken"], second["handed_back"], second["held"]) == (budi.account_id, 1, 1, 0)
    shop.clock.forward(days=1)
    assert (await health(lia))["people"] == [], "yesterday's, and its lease is over"


async def test_deadlines_and_judgements_are_by_the_marketplaces_clock_and_taking_work_by_ours(
    shop: Shop, lia: Person
) -> None:
    await shop.site.store.put_marketplace(Marketplace(SHOP, "id", timedelta(days=-3)))
    case_id = await disputed(shop)
    await take(lia)
    assert (await give(lia, case_id, "AssessLine", assessment=FOUND)).status_code == 200
    assert (await give(lia, case_id, "Judge")).status_code == 200
    await noted(shop)
    told = await health(lia)
    assert datetime.fromisoformat(told["at"]) == shop.clock.now() - timedelta(days=3)
    assert (told["days"][-1]["raised"], told["days"][-1]["judged"]) == (1, 1)
    (mine,) = told["people"]
    assert (mine["judged"], mine["taken"]) == (1, 1)


async def test_it_is_for_leads(shop: Shop) -> None:
    assert refused(await (await person(shop, "rina")).ask("GET", "queue/health")) == (403, "NOT_ALLOWED")
