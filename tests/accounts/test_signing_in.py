"""Signing in: nothing tells whether an account exists, tries are held apart, passwords are kept as argon2.

The items of OWASP ASVS 5.0 that each test is about are named beside it.
"""

import asyncio
import time
from typing import Any

import argon2
import httpx
import pytest

from mufakat.engine.accounts import passwords, signing_in
from mufakat.engine.accounts.passwords import PasswordNotTaken
from tests.accounts.people import PASSWORD, Person, accept, invited, person, refused
from tests.api.doors import OTHER, bearer
from tests.api.shop import SHOP, Shop


async def test_somebody_invited_sets_a_password_and_signs_in(shop: Shop) -> None:
    rina, invitation = await invited(shop, "rina")
    assert refused(await rina.sign_in()) == (401, "SIGN_IN_FAILED")
    assert (await accept(shop, invitation)).json()["has_password"]
    said = await rina.sign_in(login="  RINA@toko.example ")
    assert (said.status_code, said.json()["session"]["how"]) == (201, "PASSWORD")
    assert said.headers["cache-control"] == "no-store"
    assert (await rina.ask("GET", "cases")).status_code == 200


async def test_an_invitation_is_good_once_and_for_three_days(shop: Shop) -> None:
    _, once = await invited(shop, "rina")
    assert (await accept(shop, once)).status_code == 200
    assert refused(await accept(shop, once, "another good password")) == (422, "INVITATION_NOT_GOOD")
    dewi, late = await invited(shop, "dewi")
    shop.clock.forward(days=3)
    assert refused(await accept(shop, late)) == (422, "INVITATION_NOT_GOOD")
    first = (await shop.http.post(f"/v1/accounts/{dewi.account_id}/invite", headers=shop.server)).json()["invitation"]
    second = (await shop.http.post(f"/v1/accounts/{dewi.account_id}/invite", headers=shop.server)).json()["invitation"]
    assert refused(await accept(shop, first)) == (422, "INVITATION_NOT_GOOD")
    assert (await accept(shop, second)).status_code == 200


@pytest.mark.parametrize(
    "token", ["", "mi", "mi___", "mi_x_y_z", "ms_x_y_toko", "x" * 900, f"mi_{'0' * 32}_{'0' * 64}_toko"]
)
async def test_no_made_up_invitation_is_taken(shop: Shop, token: str) -> None:
    assert refused(await accept(shop, token)) == (422, "INVITATION_NOT_GOOD")


def test_passwords_are_long_and_not_ones_own_and_of_any_letters() -> None:
    """ASVS 6.2.1, 6.2.4, 6.2.5, 6.2.9: length, no usual ones, no rules of composition, long ones are taken."""
    for good in (PASSWORD, "aaaabbbbccccdddd", "😀😁😂🤣" * 3, "x yz" * 50, "kata sandi yang panjang"):
        passwords.check(good, "rina@toko.example", "Rina Wijaya")
    for bad in ("short", "a" * 12, "abcabcabcabc", "Password1234", "x" * 201, "rina@toko.example", "RinaWijaya123"):
        with pytest.raises(PasswordNotTaken):
            passwords.check(bad, "rina@toko.example", "Rina Wijaya")


async def test_a_password_that_is_not_taken_leaves_the_invitation(shop: Shop) -> None:
    _, invitation = await invited(shop, "rina")
    said = await accept(shop, invitation, "rina@toko.example")
    assert refused(said) == (422, "PASSWORD_NOT_TAKEN")
    assert "name or address" in said.json()["detail"]
    assert (await accept(shop, invitation)).status_code == 200


async def test_a_password_is_the_same_from_every_keyboard(shop: Shop) -> None:
    rina, invitation = await invited(shop, "rina")
    assert (await accept(shop, invitation, "caf\u00e9 di kota lama")).status_code == 200
    assert (await rina.sign_in(password="cafe\u0301 di kota lama")).status_code == 201


async def test_a_password_is_kept_as_argon2_and_made_anew_when_its_cost_changes(shop: Shop) -> None:
    """ASVS 11.4.2: hashed by argon2id with the parameters that are named."""
    rina = await person(shop, "rina")
    kept = await shop.site.store.account(SHOP, rina.account_id)
    assert kept is not None
    named = f"$argon2id$v=19$m={passwords.MEMORY_KIB},t={passwords.PASSES},p={passwords.LANES}$"
    assert kept.password.startswith(named)
    cheap = argon2.PasswordHasher(1, 8, 1).hash(PASSWORD)
    assert await shop.site.store.set_password(SHOP, rina.account_id, kept.password, cheap)
    assert (await rina.sign_in(password="wrong")).status_code == 401
    assert (await shop.site.store.account(SHOP, rina.account_id)).password == cheap  # type: ignore[union-attr]
    assert (await rina.sign_in()).status_code == 201
    again = await shop.site.store.account(SHOP, rina.account_id)
    assert again is not None
    assert again.password.startswith(named)


def _told(said: httpx.Response) -> tuple[int, Any, list[tuple[str, str]]]:
    """An answer without what differs from request to request."""
    own = ("x-request-id", "ratelimit", "date")
    headers = [(name, value) for name, value in said.headers.items() if not name.startswith(own)]
    return said.status_code, said.json() | {"request_id": ""}, headers


async def test_an_account_that_is_not_there_answers_as_a_wrong_password_does(shop: Shop) -> None:
    """ASVS 6.3.8: accounts cannot be found out, whether unknown, invited only, disabled, or of another marketplace."""
    rina, fired = await person(shop, "rina"), await person(shop, "fired")
    waiting, _ = await invited(shop, "waiting")
    await shop.http.post(f"/v1/accounts/{fired.account_id}/disable", headers=shop.server)
    wrong = await rina.sign_in(password="the wrong password")
    nobody = Person(shop, "", "nobody@toko.example")
    for said in (
        await nobody.sign_in(),
        await fired.sign_in(),
        await waiting.sign_in(),
        await rina.sign_in(marketplace=OTHER),
        await rina.sign_in(marketplace="nowhere"),
        await rina.sign_in(password="the wrong password", code="123456"),
    ):
        assert _told(said) == _told(wrong)
    assert refused(wrong) == (401, "SIGN_IN_FAILED")


async def test_an_account_that_is_not_there_costs_as_much(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same work is done: one hash of the same cost, whoever asks (ASVS 6.3.8)."""
    rina = await person(shop, "rina")
    checked: list[tuple[int, int, int]] = []
    verify = argon2.PasswordHasher.verify

    def counted(self: argon2.PasswordHasher, hash_: str, password: str) -> bool:
        found = argon2.extract_parameters(hash_)
        checked.append((found.memory_cost, found.time_cost, found.parallelism))
        return verify(self, hash_, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    for asked in ({"password": "wrong"}, {"login": "nobody@toko.example"}, {"marketplace": "nowhere"}):
        assert (await rina.sign_in(**asked)).status_code == 401
    assert checked == [(passwords.MEMORY_KIB, passwords.PASSES, passwords.LANES)] * 3


async def test_hashing_holds_up_nobody_else(shop: Shop) -> None:
    """It is done in threads, a few at once."""
    people = shop.site.people._passwords
    began = time.perf_counter()
    alone = asyncio.create_task(people.hashed(PASSWORD))
    await asyncio.sleep(0)
    assert time.perf_counter() - began < 0.05
    assert (await alone).startswith("$argon2id$")
    assert people._few._value == passwords.HASHES_AT_ONCE


async def test_wrong_passwords_are_held_apart_and_nobody_is_locked_out(shop: Shop) -> None:
    """ASVS 6.3.1: guessing is held back; the right password gets in once the wait is over, and ends the count."""
    rina, dewi = await person(shop, "rina"), await person(shop, "dewi")
    for _ in range(signing_in.PER_LOGIN.free):
        assert (await rina.sign_in(password="wrong")).status_code == 401
    waits = []
    for _ in range(12):
        shut = await rina.sign_in()  # the right one does not get in before its time either
        assert refused(shut) == (429, "TOO_MANY_TRIES")
        waits.append(int(shut.headers["retry-after"]))
        shop.clock.forward(seconds=waits[-1])
        assert (await rina.sign_in(password="wrong")).status_code == 401
    assert waits == sorted(waits)
    assert waits[0] <= 2
    assert waits[-1] == signing_in.PER_LOGIN.longest
    assert (await dewi.sign_in()).status_code == 201  # another account is not in the way of this one
    shop.clock.forward(seconds=signing_in.PER_LOGIN.longest)
    assert (await rina.sign_in()).status_code == 201
    assert (await rina.sign_in(password="wrong")).status_code == 401
    assert (await rina.sign_in()).status_code == 201


async def test_a_login_that_is_not_there_is_held_apart_alike(shop: Shop) -> None:
    nobody = Person(shop, "", "nobody@toko.example")
    for _ in range(signing_in.PER_LOGIN.free):
        assert (await nobody.sign_in()).status_code == 401
    assert refused(await nobody.sign_in()) == (429, "TOO_MANY_TRIES")
    rows = await shop.site.store.fetch("SELECT who::text AS who FROM sign_in_tries")
    assert rows
    assert "nobody" not in repr([dict(row) for row in rows])


async def test_many_tries_at_once_are_no_more_than_one_after_the_other(shop: Shop) -> None:
    rina = await person(shop, "rina")
    said = await asyncio.gather(*(rina.sign_in(password=f"guess {n}") for n in range(25)))
    assert [each.status_code for each in said].count(401) == signing_in.PER_LOGIN.free


async def test_one_address_that_tries_many_logins_is_held_apart(shop: Shop) -> None:
    """ASVS 6.3.1: spraying one password over many logins, counted by address, and never for long."""
    tried = [await Person(shop, "", f"p-{n}@toko.example").sign_in() for n in range(signing_in.PER_ADDRESS.free + 1)]
    assert {each.status_code for each in tried[:-1]} == {401}
    assert refused(tried[-1]) == (429, "TOO_MANY_TRIES")
    shop.clock.forward(seconds=signing_in.PER_ADDRESS.longest)
    assert (await Person(shop, "", "p-x@toko.example").sign_in()).status_code == 401


async def test_who_gets_in_does_not_fill_the_count_of_an_address(shop: Shop) -> None:
    rina = await person(shop, "rina")
    for _ in range(signing_in.PER_ADDRESS.free + 5):
        assert (await rina.sign_in()).status_code == 201


async def test_a_password_is_changed_by_who_knows_it_and_ends_other_sessions(shop: Shop) -> None:
    """ASVS 6.2.2, 6.2.3, 7.4.3: with the old one; the sessions elsewhere end."""
    rina = await person(shop, "rina")
    elsewhere = rina.token
    await rina.sign_in()
    wrong = await rina.ask("POST", "password", password="not it", new_password="a password, new and long")
    assert refused(wrong) == (422, "PROOF_WRONG")
    own = await rina.ask("POST", "password", password=PASSWORD, new_password="rina@toko.example")
    assert refused(own) == (422, "PASSWORD_NOT_TAKEN")
    done = await rina.ask("POST", "password", password=PASSWORD, new_password="a password, new and long")
    assert done.status_code == 200, done.text
    assert (await rina.ask("GET", "cases")).status_code == 200
    assert (await shop.http.get("/v1/cases", headers=bearer(elsewhere))).status_code == 401
    assert (await rina.sign_in()).status_code == 401
    assert (await rina.sign_in(password="a password, new and long")).status_code == 201
