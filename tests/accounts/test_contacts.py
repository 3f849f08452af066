"""Contacts: sealed, masked for all but their own party, shown in full for a reason that is recorded, forgotten (S8)."""

from typing import Any

import pytest

from mufakat.engine.accounts.contacts import Contact, masked
from mufakat.store.records import Forgotten
from tests.accounts.people import Person, person, refused
from tests.api.doors import OTHER, furnished
from tests.api.shop import SHOP, Shop

ANI = {
    "name": "Ani Wijaya",
    "email": "ani@mail.example",
    "phone": "+62 811 222 333",
    "address": "Jalan Mawar 1, Bandung",
}
BUDI = {"name": "Toko Budi", "email": "layanan@budi.example", "phone": "021 5551234", "address": ""}
BOTH: dict[str, Any] = {"customer": ANI, "seller": BUDI}
FULL = ("Wijaya", "ani@mail", "811 222", "Mawar", "layanan", "5551234")
REASON = "The courier asks at which door."


async def told(shop: Shop, order_id: str = "o-1", **contacts: Any) -> str:
    """A case of an order whose contacts are known; its id."""
    case_id = await shop.case(order_id)
    put = await shop.http.put(f"/v1/orders/{order_id}/contacts", json=contacts or BOTH, headers=shop.server)
    assert put.status_code == 200, put.text
    return case_id


async def reveal(agent: Person, case_id: str, party: str = "CUSTOMER", reason: str = REASON) -> Any:
    return await agent.ask("POST", f"cases/{case_id}/contacts/reveal", party=party, reason=reason)


async def test_each_party_sees_its_own_and_nobody_sees_more(shop: Shop) -> None:
    case_id = await told(shop)
    url = "/v1/orders/o-1/contacts"
    rina = await person(shop, "rina")
    await rina.had_work_in(case_id)
    customer = (await shop.http.get(url, headers=shop.customer())).json()
    assert customer["customer"] == ANI | {"masked": False}
    seller = (await shop.http.get(url, headers=shop.seller())).json()
    assert seller["seller"] == BUDI | {"masked": False}
    hidden = {"name": "A*** W***", "email": "a***@m***", "phone": "***33", "address": "***", "masked": True}
    assert seller["customer"] == hidden
    for headers in (rina.headers, shop.server):
        said = await shop.http.get(url, headers=headers)
        assert said.json()["customer"] == hidden
        assert not any(each in said.text for each in FULL)
    assert refused(await shop.http.get(url, headers=shop.customer("c-2"))) == (404, "NO_SUCH_ORDER")


@pytest.mark.parametrize(
    "plain,shown",
    [
        (Contact(), Contact()),
        (Contact("Ani", "a@b", "12", "x"), Contact("A***", "a***@b***", "***", "***")),
        (Contact("", "not an address", "none", ""), Contact("", "***", "***", "")),
        (Contact("  Ani  B ", "@", "0811-22", ""), Contact("A*** B***", "***@***", "***22", "")),
    ],
)
def test_what_is_masked_reaches_nobody(plain: Contact, shown: Contact) -> None:
    assert masked(plain) == shown


async def test_contacts_are_kept_sealed_and_never_in_a_log(shop: Shop) -> None:
    place = await furnished(shop)
    put = await shop.http.put("/v1/orders/o-1/contacts", json=BOTH, headers=shop.server)
    assert not any(each in put.text for each in FULL)
    rina = await person(shop, "rina")
    await rina.had_work_in(place.ids["case_id"])
    assert (await reveal(rina, place.ids["case_id"])).status_code == 200
    rows = repr(await place.all_rows())
    assert not any(each in rows for each in (*FULL, "courier"))


async def test_putting_contacts_takes_the_place_of_those_before(shop: Shop) -> None:
    case_id = await told(shop)
    rina = await person(shop, "rina")
    await rina.had_work_in(case_id)
    await shop.http.put("/v1/orders/o-1/contacts", json={"customer": {"name": "Citra"}}, headers=shop.server)
    seen = (await shop.http.get("/v1/orders/o-1/contacts", headers=shop.customer())).json()
    assert (seen["customer"]["name"], seen["customer"]["email"], seen["seller"]) == ("Citra", "", None)
    assert refused(await reveal(rina, case_id, "SELLER")) == (404, "NOT_FOUND")
    elsewhere = await shop.http.put("/v1/orders/o-77/contacts", json=BOTH, headers=shop.server)
    assert refused(elsewhere) == (404, "NO_SUCH_ORDER")


async def test_an_agent_sees_one_in_full_once_it_said_why(shop: Shop) -> None:
    case_id = await told(shop)
    rina, lead = await person(shop, "rina"), await person(shop, "lead", "LEAD")
    await rina.had_work_in(case_id)
    for reason in ("", "why", "     x     "):
        assert refused(await reveal(rina, case_id, reason=reason)) == (400, "BODY_NOT_VALID")
    url = f"cases/{case_id}/contacts/reveals"
    assert (await lead.ask("GET", url)).json()["reveals"] == []
    shown = await reveal(rina, case_id)
    assert shown.json()["contact"] == ANI | {"masked": False}
    shop.clock.forward(minutes=1)
    assert (await reveal(lead, case_id, "SELLER", "  To call them back. ")).status_code == 200
    first, second = (await lead.ask("GET", url)).json()["reveals"]
    assert (first["agent_id"], first["party"], first["reason"]) == (rina.account_id, "CUSTOMER", REASON)
    assert (second["agent_id"], second["party"], second["reason"]) == (lead.account_id, "SELLER", "To call them back.")
    assert first["at"] < second["at"]
    assert refused(await rina.ask("GET", url)) == (403, "NOT_ALLOWED")


async def test_only_agents_who_may_know_of_the_case_see_a_contact(shop: Shop) -> None:
    place = await furnished(shop)
    case_id = place.ids["case_id"]
    sent = {"party": "CUSTOMER", "reason": REASON}
    url = f"/v1/cases/{case_id}/contacts/reveal"
    for headers, code in (
        (await place.signed_in("tied", ties=("c-1",)), "CONFLICT_OF_INTEREST"),
        (await place.agent("s-1"), "CONFLICT_OF_INTEREST"),
        (await place.signed_in("elsewhere", "LEAD", OTHER), "NO_SUCH_CASE"),
        (shop.customer(), "NOT_ALLOWED"),
        (shop.seller(), "NOT_ALLOWED"),
        (shop.server, "NOT_ALLOWED"),
    ):
        said = await shop.http.post(url, json=sent, headers=headers)
        assert said.json()["code"] == code
    assert (await place.all_rows())["reveals"] == []


async def _forget(shop: Shop, order_id: str, case_id: str) -> None:
    await shop.site.store.forget(Forgotten(SHOP, order_id, case_id, shop.clock.now()))


async def test_contacts_go_with_the_last_case_of_their_order(shop: Shop) -> None:
    place = await furnished(shop)
    first = place.ids["case_id"]
    await shop.http.put("/v1/orders/o-1/contacts", json=BOTH, headers=shop.server)
    body = {"order_id": "o-1", "type": "REFUND", "lines": [{"line_id": "1", "reason": "DAMAGED"}]}
    opened = await shop.http.post("/v1/cases", json=body, headers=shop.customer())
    second = opened.json()["case"]["case_id"]
    rina, lead = await person(shop, "rina"), await person(shop, "lead", "LEAD")
    for each in (first, second):
        await rina.had_work_in(each)
    assert (await reveal(rina, first)).status_code == 200
    await _forget(shop, "o-1", first)
    revealed = (await lead.ask("GET", f"cases/{first}/contacts/reveals")).json()["reveals"]
    assert [(each["agent_id"], each["reason"]) for each in revealed] == [(rina.account_id, None)]
    assert (await reveal(rina, second)).status_code == 200  # the other case still needs it
    await _forget(shop, "o-1", second)
    gone = (await shop.http.get("/v1/orders/o-1/contacts", headers=shop.customer())).json()
    assert (gone["customer"], gone["seller"]) == (None, None)
    assert refused(await reveal(rina, second)) == (404, "NOT_FOUND")
    kept = await shop.site.store.fetch("SELECT sealed, wrapped FROM contacts")
    assert [(row["sealed"], row["wrapped"]) for row in kept] == [(b"", None)] * 2


async def test_what_is_forgotten_is_not_taken_in_again(shop: Shop) -> None:
    case_id = await told(shop)
    await _forget(shop, "o-1", case_id)
    said = await shop.http.put("/v1/orders/o-1/contacts", json=BOTH, headers=shop.server)
    assert refused(said) == (409, "CASE_CLOSED")
    body = {"order_id": "o-1", "type": "REFUND", "lines": [{"line_id": "1", "reason": "DAMAGED"}]}
    assert (await shop.http.post("/v1/cases", json=body, headers=shop.customer())).status_code == 201
    again = await shop.http.put("/v1/orders/o-1/contacts", json=BOTH, headers=shop.server)
    assert again.status_code == 200  # a new case needs them


async def test_a_contact_of_another_order_cannot_be_put_in_place_of_one(shop: Shop) -> None:
    """A sealed row is bound to its order and its party."""
    await told(shop)
    await told(shop, "o-2")
    await shop.site.store.fetch(
        "UPDATE contacts c SET sealed = o.sealed, wrapped = o.wrapped FROM contacts o "
        "WHERE c.order_id = 'o-1' AND o.order_id = 'o-2' AND c.role = o.role"
    )
    said = await shop.http.get("/v1/orders/o-1/contacts", headers=shop.server)
    assert (said.status_code, said.json()["code"]) == (500, "OUR_FAULT")
