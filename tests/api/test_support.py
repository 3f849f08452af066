"""Links that sign in once and cases seen as a party sees them, over HTTP; sweeping of what has ended."""

import asyncio
from datetime import timedelta

from mufakat.engine.sweeping import ENTRY_KEPT, sweep
from tests.accounts.people import person, refused
from tests.api.shop import Shop
from tests.api.test_queue import disputed

WHY = {"party": "CUSTOMER", "reason": "Her phone was stolen; we rang her at home."}


async def test_a_case_is_seen_as_its_party_sees_it_for_a_reason(shop: Shop) -> None:
    case_id, lead = await disputed(shop, handed_in=True), await person(shop, "lia", "LEAD")
    seen = await lead.ask("POST", f"cases/{case_id}/seen-as", **WHY)
    assert seen.status_code == 201, seen.text
    own = await shop.http.get(f"/v1/cases/{case_id}", headers=shop.customer())
    assert seen.json()["case"] == own.json()
    talk = await shop.http.get(f"/v1/cases/{case_id}/messages", headers=shop.customer())
    assert seen.json()["messages"] == talk.json()["messages"]
    again = await lead.ask("GET", f"cases/{case_id}/seen-as/{seen.json()['support_id']}")
    assert again.json()["case"] == own.json()
    (helped,) = (await lead.ask("GET", f"cases/{case_id}/entries")).json()["helped"]
    assert (helped["what"], helped["party"], helped["by_id"]) == ("SEEN_AS", "CUSTOMER", lead.account_id)
    assert helped["reason"] == WHY["reason"]
    blank = await lead.ask("POST", f"cases/{case_id}/seen-as", party="SELLER", reason="        ")
    assert refused(blank) == (400, "BODY_NOT_VALID")
    tied = await person(shop, "wati", "LEAD", ties=["s-1"])
    for path in ("seen-as", "entries"):
        assert refused(await tied.ask("POST", f"cases/{case_id}/{path}", **WHY)) == (403, "CONFLICT_OF_INTEREST")
    shop.clock.forward(minutes=11)
    for path in ("seen-as", "entries"):
        assert refused(await lead.ask("POST", f"cases/{case_id}/{path}", **WHY)) == (403, "REAUTHENTICATION_NEEDED")


async def test_of_many_at_once_one_uses_a_link(shop: Shop) -> None:
    case_id = await disputed(shop)
    made = await shop.http.post(f"/v1/cases/{case_id}/entries", json=WHY, headers=shop.server)
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    token = made.json()["href"].removeprefix("/come-in/")
    altered = f"{token[:-6]}0_toko" if token[-6] != "0" else f"{token[:-6]}1_toko"
    assert await shop.site.support.use(altered) is None
    assert await shop.site.support.waiting(altered) is None
    found = await asyncio.gather(*(shop.site.support.use(token) for _ in range(8)))
    (entry,) = [each for each in found if each is not None]
    assert (entry.party_id, entry.case_id, entry.order_id) == ("c-1", case_id, "o-1")
    assert await shop.site.support.waiting(token) is None
    rows = await shop.site.store.fetch("SELECT e::text AS whole FROM entries e")
    assert token.split("_")[1] not in str([row["whole"] for row in rows]), "the secret is kept nowhere"


async def test_links_that_ended_are_swept_and_the_record_of_them_stays(shop: Shop) -> None:
    case_id = await disputed(shop)
    await shop.http.post(f"/v1/cases/{case_id}/entries", json=WHY | {"hours": 1}, headers=shop.server)
    vault, ended = shop.site.materials.vault, shop.clock.now() + timedelta(hours=1) + ENTRY_KEPT

    async def kept() -> tuple[int, int]:
        said = (await shop.http.get(f"/v1/cases/{case_id}/entries", headers=shop.server)).json()
        return len(said["entries"]), len(said["helped"])

    await sweep(shop.site.store, vault, ended)
    assert await kept() == (1, 1)
    await sweep(shop.site.store, vault, ended + timedelta(seconds=1))
    assert await kept() == (0, 1)
