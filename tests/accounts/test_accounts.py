"""Accounts: made by leads and servers, changed at once, never one's own ties, never without a lead; ties hold."""

import asyncio
from typing import Any

import pytest

from mufakat.api.principals import of_session
from mufakat.core.commands import SendMessage
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.handle import Done
from mufakat.store.accounts import LastLead
from tests.accounts.people import accept, invited, person, refused
from tests.api.doors import OTHER, Place, furnished
from tests.api.shop import SHOP, Shop

NEW: dict[str, Any] = {
    "login": "Dewi@Toko.example",
    "name": "Dewi",
    "languages": ["id", "en", "id"],
    "categories": ["phones"],
    "ties": ["s-7"],
}


async def test_a_lead_makes_an_account_which_shows_nothing_secret(shop: Shop) -> None:
    lead = await person(shop, "lead", "LEAD")
    made = await lead.ask("POST", "accounts", **NEW)
    assert made.headers["cache-control"] == "no-store"
    account, invitation = made.json()["account"], made.json()["invitation"]
    assert account["login"] == "dewi@toko.example"
    assert (account["languages"], account["ties"]) == (["id", "en"], ["s-7"])
    assert (account["role"], account["has_password"], account["second_factor"]) == ("AGENT", False, False)
    listed = await lead.ask("GET", "accounts")
    assert [each["login"] for each in listed.json()["accounts"]] == ["dewi@toko.example", "lead@toko.example"]
    assert (await lead.ask("GET", f"accounts/{account['account_id']}")).json() == account
    rows = await shop.site.store.fetch("SELECT a::text AS whole FROM accounts a")
    for text in (listed.text, repr([row["whole"] for row in rows])):
        assert invitation.split("_")[2] not in text
        assert "argon2" not in listed.text


async def test_a_login_and_an_id_are_somebodys_alone(shop: Shop) -> None:
    own = NEW | {"account_id": "agent-7"}
    assert (await shop.http.post("/v1/accounts", json=own, headers=shop.server)).status_code == 201
    same_id = await shop.http.post("/v1/accounts", json=own | {"login": "x@toko.example"}, headers=shop.server)
    assert refused(same_id) == (409, "LOGIN_TAKEN")
    again = await shop.http.post("/v1/accounts", json=NEW, headers=shop.server)
    assert refused(again) == (409, "LOGIN_TAKEN")


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": "dewi"},
        {"login": "de wi@toko.example"},
        {"login": ""},
        {"name": ""},
        {"role": "SERVER"},
        {"account_id": "a_b"},
        {"account_id": "a\0"},
        {"ties": ["x" * 201]},
        {"password": "chosen by somebody else"},
    ],
)
async def test_no_account_of_another_shape_is_made(shop: Shop, wrong: dict[str, Any]) -> None:
    said = await shop.http.post("/v1/accounts", json=NEW | wrong, headers=shop.server)
    assert refused(said) == (400, "BODY_NOT_VALID")


async def test_a_marketplace_sees_and_changes_its_own_accounts_only(shop: Shop) -> None:
    place = await furnished(shop)
    rina = await person(shop, "rina")
    theirs = await place.signed_in("lead-9", "LEAD", OTHER)
    listed = (await shop.http.get("/v1/accounts", headers=theirs)).json()["accounts"]
    assert [each["account_id"] for each in listed] == ["lead-9"]
    url = f"/v1/accounts/{rina.account_id}"
    for said in (
        await shop.http.get(url, headers=theirs),
        await shop.http.patch(url, json={"role": "LEAD"}, headers=theirs),
        await shop.http.post(f"{url}/disable", headers=theirs),
        await shop.http.post(f"{url}/invite", headers=theirs),
        await shop.http.post(f"{url}/reset-second-factor", headers=theirs),
    ):
        assert refused(said) == (404, "NOT_FOUND")
    same = await shop.http.get("/v1/sessions", params={"account_id": rina.account_id}, headers=theirs)
    assert same.json()["sessions"] == []


async def test_a_key_needs_the_scope_for_accounts(shop: Shop) -> None:
    place = await furnished(shop)
    for scope, status in (("accounts:manage", 200), ("keys:manage", 403)):
        headers = await place.kept(place.key(scope))
        assert (await shop.http.get("/v1/accounts", headers=headers)).status_code == status


async def test_nobody_changes_their_own_role_or_ties(shop: Shop) -> None:
    lead = await person(shop, "lead", "LEAD", ties=["s-1"])
    unfit: tuple[dict[str, Any], ...] = ({"ties": []}, {"role": "AGENT"}, {"name": "L", "ties": ["s-2"]})
    for changed in unfit:
        assert refused(await lead.ask("PATCH", f"accounts/{lead.account_id}", **changed)) == (409, "OWN_ACCOUNT")
    named = await lead.ask("PATCH", f"accounts/{lead.account_id}", name="Lia", languages=["en"])
    assert (named.json()["name"], named.json()["ties"]) == ("Lia", ["s-1"])


async def test_the_last_lead_stays(shop: Shop) -> None:
    lead, rina = await person(shop, "lead", "LEAD"), await person(shop, "rina", "LEAD")
    assert (await rina.ask("POST", f"accounts/{rina.account_id}/disable")).status_code == 200
    assert refused(await lead.ask("POST", f"accounts/{lead.account_id}/disable")) == (409, "LAST_LEAD")
    url = f"/v1/accounts/{lead.account_id}"
    said = await shop.http.patch(url, json={"role": "AGENT"}, headers=shop.server)
    assert refused(said) == (409, "LAST_LEAD")
    assert (await lead.ask("GET", "accounts")).status_code == 200
    assert (await shop.http.post(f"{url}/disable", headers=shop.server)).status_code == 200  # it can make another


async def test_of_two_leads_who_go_at_once_one_stays(shop: Shop) -> None:
    first, second = await person(shop, "first", "LEAD"), await person(shop, "second", "LEAD")
    now = shop.clock.now()
    done = await asyncio.gather(
        *(shop.site.store.disable_account(SHOP, each.account_id, now) for each in (first, second)),
        return_exceptions=True,
    )
    assert sorted(isinstance(each, LastLead) for each in done) == [False, True]


async def test_one_invitation_accepted_twice_at_once_sets_one_password(shop: Shop) -> None:
    _, invitation = await invited(shop, "rina")
    said = await asyncio.gather(*(accept(shop, invitation, f"a good password {n}") for n in range(3)))
    assert sorted(each.status_code for each in said) == [200, 422, 422]


async def _tied(place: Place) -> dict[str, str]:
    return await place.signed_in("tied", ties=("s-1", "s-3"))


async def test_an_agent_decides_nothing_in_the_case_of_somebody_it_is_tied_to(shop: Shop) -> None:
    """In the engine as well, whatever door a command comes by; and its tie holds from the next request on."""
    place = await furnished(shop)
    case_id, order_id = place.ids["case_id"], place.ids["order_id"]
    rina = await person(shop, "rina")
    await rina.had_work_in(case_id)
    say = {"command": "SendMessage", "text": "Hello."}
    headers = rina.headers | {"idempotency-key": "k"}
    url = f"/v1/cases/{case_id}/commands"
    free = await shop.http.post(url, json=say, headers=headers)
    assert free.json()["code"] != "CONFLICT_OF_INTEREST"
    change = f"/v1/accounts/{rina.account_id}"
    await shop.http.patch(change, json={"ties": ["s-1"]}, headers=shop.server)
    for said in (
        await shop.http.post(url, json=say, headers=headers),
        await shop.http.post(f"/v1/cases/{case_id}/preview", json=say, headers=rina.headers),
        await shop.http.get(f"/v1/cases/{case_id}", headers=rina.headers),
        await shop.http.get(f"/v1/orders/{order_id}/eligibility", headers=rina.headers),
    ):
        assert refused(said) == (403, "CONFLICT_OF_INTEREST")
    assert (await rina.ask("GET", "cases")).json()["cases"] == []
    await shop.http.patch(change, json={"ties": []}, headers=shop.server)
    assert len((await rina.ask("GET", "cases")).json()["cases"]) == 1


async def test_ties_are_an_agents_and_no_partys(shop: Shop) -> None:
    place = await furnished(shop)
    engine = shop.site.engine
    case_id, order_id = place.ids["case_id"], place.ids["order_id"]
    said = await engine.handle(
        SHOP, order_id, case_id, SendMessage(text="Hello."), Actor(Role.CUSTOMER, "c-1"), ties=frozenset({"s-1"})
    )
    assert isinstance(said, Done)
    tied = await engine.handle(
        SHOP, order_id, case_id, SendMessage(text="Hello."), Actor(Role.AGENT, "a"), ties=frozenset({"s-1"})
    )
    assert tied == Refusal(Code.CONFLICT_OF_INTEREST)


async def test_an_agents_keys_stay_theirs_when_they_become_a_lead(shop: Shop) -> None:
    rina = await person(shop, "rina")
    session = await shop.site.store.session(SHOP, rina.token.split("_")[1])
    assert session is not None
    before = of_session(session).own_key("once")
    await shop.http.patch(f"/v1/accounts/{rina.account_id}", json={"role": "LEAD"}, headers=shop.server)
    after = await shop.site.store.session(SHOP, rina.token.split("_")[1])
    assert after is not None
    assert of_session(after).own_key("once") == before
