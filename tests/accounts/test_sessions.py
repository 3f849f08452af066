"""Sessions: opaque, new with each sign-in, ended at once by whoever may; proofs that must be fresh; second factors.

The items of OWASP ASVS 5.0 that each test is about are named beside it.
"""

import asyncio
from datetime import timedelta

import pytest

from mufakat.api import links
from mufakat.api.principals import of_session
from mufakat.engine.accounts.second_factor import AROUND, STEP
from mufakat.engine.accounts.signing_in import RECENT, SEEN_EVERY, SESSION_IDLE, SESSION_LIFE
from tests.accounts.people import PASSWORD, person, refused
from tests.api.doors import OTHER, bearer, furnished
from tests.api.shop import SHOP, Shop


async def in_(shop: Shop, token: str) -> int:
    return (await shop.http.get("/v1/cases", headers=bearer(token))).status_code


async def test_each_sign_in_begins_a_session_of_its_own(shop: Shop) -> None:
    """ASVS 7.2.4 (fixation): what somebody sends never becomes their session; tokens are opaque and kept as a hash."""
    rina = await person(shop, "rina")
    first = rina.token
    said = await shop.http.post(
        "/v1/sessions",
        json={"marketplace": SHOP, "login": rina.login, "password": PASSWORD},
        headers=bearer(first) | {"cookie": f"session={first}"},
    )
    second = said.json()["token"]
    assert second.split("_")[1:3] != first.split("_")[1:3]
    assert (await in_(shop, first), await in_(shop, second)) == (200, 200)
    rows = await shop.site.store.fetch("SELECT s::text AS whole FROM sessions s")
    assert len(rows) == 2
    for token in (first, second):
        assert len(token.split("_")[2]) == 64
        assert token.split("_")[2] not in repr([row["whole"] for row in rows])
        assert second not in said.headers.get("set-cookie", "")


@pytest.mark.parametrize("part", ["id", "secret", "marketplace", "prefix", "short", "empty", "long"])
async def test_no_made_up_token_is_a_session(shop: Shop, part: str) -> None:
    rina, dewi = await person(shop, "rina"), await person(shop, "dewi")
    prefix, id_, secret, market = rina.token.split("_")
    forged = {
        "id": f"{prefix}_{dewi.token.split('_')[1]}_{secret}_{market}",
        "secret": f"{prefix}_{id_}_{'0' * 64}_{market}",
        "marketplace": f"{prefix}_{id_}_{secret}_{OTHER}",
        "prefix": f"ma_{id_}_{secret}_{market}",
        "short": f"{prefix}_{id_}",
        "empty": f"{prefix}___",
        "long": f"{prefix}_{id_}_{secret * 80}_{market}",
    }[part]
    assert await in_(shop, forged) == 401
    assert await in_(shop, rina.token) == 200


async def test_a_session_ends_after_a_day_of_work_and_after_an_hour_of_rest(shop: Shop) -> None:
    """ASVS 7.3.1, 7.3.2: idle and absolute life."""
    rina = await person(shop, "rina")
    shop.clock.forward(seconds=SESSION_IDLE.total_seconds())
    assert await in_(shop, rina.token) == 401
    await rina.sign_in()
    hours = 0
    while await in_(shop, rina.token) == 200:
        shop.clock.forward(minutes=50)
        hours += 1
    assert timedelta(minutes=50) * hours >= SESSION_LIFE
    assert timedelta(minutes=50) * (hours - 1) < SESSION_LIFE


async def test_that_a_session_is_used_is_noted_once_a_minute(shop: Shop) -> None:
    rina = await person(shop, "rina")

    async def seen() -> str:
        return str((await rina.ask("GET", "sessions")).json()["sessions"][0]["seen_at"])

    first = await seen()
    shop.clock.forward(seconds=SEEN_EVERY.total_seconds() - 1)
    assert await seen() == first
    shop.clock.forward(seconds=1)
    await seen()
    assert await seen() != first


async def test_people_see_and_end_their_own_sessions_and_leads_all(shop: Shop) -> None:
    """ASVS 7.4.1, 7.4.2, 7.5.2: signing out ends a session at once, here and elsewhere; nobody ends another's."""
    rina, dewi = await person(shop, "rina"), await person(shop, "dewi")
    lead = await person(shop, "lead", "LEAD")
    first = rina.token
    shop.clock.forward(seconds=1)
    await rina.sign_in()
    own = (await rina.ask("GET", "sessions")).json()["sessions"]
    assert [each["current"] for each in own] == [False, True]
    assert all("secret" not in each and each["device"].startswith("python-httpx") for each in own)
    old = own[0]["session_id"]
    assert refused(await dewi.ask("DELETE", f"sessions/{old}")) == (404, "NOT_FOUND")
    assert refused(await dewi.ask("GET", f"sessions?account_id={rina.account_id}")) == (404, "NOT_FOUND")
    assert (await rina.ask("DELETE", f"sessions/{old}")).json() == {"ended": 1}
    assert (await rina.ask("DELETE", f"sessions/{old}")).json() == {"ended": 0}
    assert (await in_(shop, first), await in_(shop, rina.token)) == (401, 200)
    theirs = (await lead.ask("GET", f"sessions?account_id={rina.account_id}")).json()["sessions"]
    assert [each["session_id"] for each in theirs] == [own[1]["session_id"]]
    assert (await lead.ask("DELETE", f"sessions/{theirs[0]['session_id']}")).json() == {"ended": 1}
    assert await in_(shop, rina.token) == 401
    for _ in range(2):
        await dewi.sign_in()
    assert (await dewi.ask("DELETE", "sessions")).json() == {"ended": 3}
    assert await in_(shop, dewi.token) == 401
    assert await in_(shop, lead.token) == 200


async def test_a_disabled_account_is_out_with_its_next_request(shop: Shop) -> None:
    """ASVS 7.4.2: and stays out where it is enabled again, until its person signs in anew."""
    rina = await person(shop, "rina")
    for _ in range(2):
        done = await shop.http.post(f"/v1/accounts/{rina.account_id}/disable", headers=shop.server)
        assert done.json()["disabled_at"]
    assert await in_(shop, rina.token) == 401
    invite = f"/v1/accounts/{rina.account_id}/invite"
    assert refused(await shop.http.post(invite, headers=shop.server)) == (409, "ACCOUNT_DISABLED")
    await shop.http.post(f"/v1/accounts/{rina.account_id}/enable", headers=shop.server)
    assert await in_(shop, rina.token) == 401
    assert (await rina.sign_in()).status_code == 201


async def test_what_an_account_may_is_asked_with_every_request(shop: Shop) -> None:
    rina = await person(shop, "rina")
    url = f"/v1/accounts/{rina.account_id}"
    assert refused(await rina.ask("GET", "accounts")) == (403, "NOT_ALLOWED")
    await shop.http.patch(url, json={"role": "LEAD"}, headers=shop.server)
    assert (await rina.ask("GET", "accounts")).status_code == 200
    await person(shop, "lead", "LEAD")
    await shop.http.patch(url, json={"role": "AGENT"}, headers=shop.server)
    assert refused(await rina.ask("GET", "accounts")) == (403, "NOT_ALLOWED")


async def test_a_new_password_by_invitation_ends_every_session(shop: Shop) -> None:
    rina = await person(shop, "rina")
    invited = await shop.http.post(f"/v1/accounts/{rina.account_id}/invite", headers=shop.server)
    assert await in_(shop, rina.token) == 200
    sent = {"invitation": invited.json()["invitation"], "password": "a password, new and long"}
    assert (await shop.http.post("/v1/invitations/accept", json=sent)).status_code == 200
    assert await in_(shop, rina.token) == 401


async def test_a_link_ends_with_the_session_behind_it(shop: Shop) -> None:
    place = await furnished(shop)
    rina = await person(shop, "rina")
    session = await shop.site.store.session(SHOP, rina.token.split("_")[1])
    assert session is not None
    who = of_session(session)
    now = shop.clock.now()
    token, _ = links.make(shop.site.links_key, who, place.ids["case_id"], place.ids["digest"], 1, now)
    _, viewer = await links.used(shop.site.links_key, token, shop.site.store, now)
    assert viewer == who
    await rina.ask("DELETE", "sessions")
    with pytest.raises(links.NoSuchLink):
        await links.used(shop.site.links_key, token, shop.site.store, now)


# Proofs that must be fresh


async def test_what_needs_a_fresh_proof_is_refused_until_it_is_given(shop: Shop) -> None:
    """ASVS 7.5.1, 7.5.3: before others' accounts or one's own factors are changed."""
    lead, rina = await person(shop, "lead", "LEAD"), await person(shop, "rina")
    shop.clock.forward(seconds=RECENT.total_seconds() + 1)
    new = {"login": "new@toko.example", "name": "New"}
    for method, path, sent in (
        ("POST", "accounts", new),
        ("PATCH", f"accounts/{rina.account_id}", {"ties": ["s-1"]}),
        ("POST", f"accounts/{rina.account_id}/invite", {}),
        ("POST", f"accounts/{rina.account_id}/disable", {}),
        ("POST", f"accounts/{rina.account_id}/enable", {}),
        ("POST", f"accounts/{rina.account_id}/reset-second-factor", {}),
        ("POST", "second-factor", {}),
    ):
        assert refused(await lead.ask(method, path, **sent)) == (403, "REAUTHENTICATION_NEEDED"), path
    wrong = await lead.ask("POST", "sessions/reauthenticate", password="not it")
    assert refused(wrong) == (422, "PROOF_WRONG")
    assert refused(await lead.ask("POST", "accounts", **new)) == (403, "REAUTHENTICATION_NEEDED")
    assert "good for 10 minutes" in (await lead.ask("POST", "accounts", **new)).json()["detail"]
    proved = await lead.ask("POST", "sessions/reauthenticate", password=PASSWORD)
    assert proved.status_code == 200, proved.text
    assert (await lead.ask("POST", "accounts", **new)).status_code == 201
    session = await shop.site.store.session(SHOP, lead.token.split("_")[1])
    assert session is not None
    assert session.reauthenticated_at == shop.clock.now()


async def test_proving_is_counted_as_signing_in_is(shop: Shop) -> None:
    rina = await person(shop, "rina")
    said = [await rina.ask("POST", "sessions/reauthenticate", password=f"guess {n}") for n in range(11)]
    assert [each.status_code for each in said] == [422] * 10 + [429]
    assert "retry-after" in said[-1].headers
    assert refused(await rina.sign_in()) == (429, "TOO_MANY_TRIES")


async def test_a_token_that_is_no_session_has_no_password_and_no_factor(shop: Shop) -> None:
    headers = await shop.agent()
    for path, sent in (
        ("sessions/reauthenticate", {"password": "x"}),
        ("password", {"password": "x", "new_password": "y"}),
        ("second-factor", None),
        ("second-factor/confirm", {"code": "1"}),
        ("second-factor/remove", {"code": "1"}),
    ):
        assert refused(await shop.http.post(f"/v1/{path}", json=sent, headers=headers)) == (409, "NO_SESSION")


# Second factors


async def test_a_second_factor_is_asked_for_once_it_is_confirmed(shop: Shop) -> None:
    """ASVS 6.5.1, 6.5.3: secrets by chance, sealed; recovery codes kept as hashes."""
    rina = await person(shop, "rina")
    offered = (await rina.ask("POST", "second-factor")).json()
    assert offered["uri"].startswith("otpauth://totp/Mufakat%20toko:rina%40toko.example?secret=")
    assert (await rina.sign_in()).status_code == 201  # not yet
    rina.secret = offered["secret"]
    assert refused(await rina.ask("POST", "second-factor/confirm", code="000000")) == (422, "PROOF_WRONG")
    confirmed = await rina.ask("POST", "second-factor/confirm", code=rina.code())
    codes = confirmed.json()["recovery_codes"]
    assert len(set(codes)) == 10
    assert refused(await rina.ask("POST", "second-factor/confirm", code=rina.code(1))) == (409, "SECOND_FACTOR_SET")
    assert refused(await rina.ask("POST", "second-factor")) == (409, "SECOND_FACTOR_SET")
    assert refused(await rina.sign_in()) == (401, "SECOND_FACTOR_NEEDED")
    assert refused(await rina.sign_in(code="000000")) == (401, "SIGN_IN_FAILED")
    assert refused(await rina.sign_in(password="wrong", code=rina.code(1))) == (401, "SIGN_IN_FAILED")
    assert (await rina.sign_in(code=rina.code(1))).status_code == 201
    rows = await shop.site.store.fetch("SELECT a::text AS whole FROM accounts a")
    for secret in (rina.secret, *codes, codes[0].replace("-", "")):
        assert secret not in repr([row["whole"] for row in rows])


async def test_a_code_is_good_once_and_for_a_step_around_its_own(shop: Shop) -> None:
    """ASVS 6.5.1, 6.5.5: nobody who looks over a shoulder uses a code again."""
    rina = await person(shop, "rina")
    await rina.enrol()
    shop.clock.forward(seconds=10 * STEP)
    assert (await rina.sign_in(code=rina.code())).status_code == 201
    for steps in (0, -1):  # used, and older than one that was used
        assert refused(await rina.sign_in(code=rina.code(steps))) == (401, "SIGN_IN_FAILED")
    assert refused(await rina.sign_in(code=rina.code(AROUND + 1))) == (401, "SIGN_IN_FAILED")
    assert (await rina.sign_in(code=rina.code(AROUND))).status_code == 201
    shop.clock.forward(seconds=10 * STEP)
    assert refused(await rina.sign_in(code=rina.code(-AROUND - 1))) == (401, "SIGN_IN_FAILED")
    assert (await rina.sign_in(code=rina.code(-AROUND))).status_code == 201


async def test_a_code_used_twice_at_once_lets_one_in(shop: Shop) -> None:
    rina = await person(shop, "rina")
    recovery = await rina.enrol()
    shop.clock.forward(seconds=10 * STEP)
    said = await asyncio.gather(*(rina.sign_in(code=rina.code()) for _ in range(4)))
    assert sorted(each.status_code for each in said) == [201, 401, 401, 401]
    said = await asyncio.gather(*(rina.sign_in(code=recovery[0]) for _ in range(4)))
    assert sorted(each.status_code for each in said) == [201, 401, 401, 401]


async def test_a_recovery_code_is_good_once(shop: Shop) -> None:
    """ASVS 6.5.1."""
    rina = await person(shop, "rina")
    codes = await rina.enrol()
    assert (await rina.sign_in(code=codes[3].upper())).status_code == 201
    assert refused(await rina.sign_in(code=codes[3])) == (401, "SIGN_IN_FAILED")
    assert (await rina.sign_in(code=codes[4].replace("-", " "))).status_code == 201
    account = await shop.site.store.account(SHOP, rina.account_id)
    assert account is not None
    assert account.recovery_left == 8


async def test_guessing_codes_is_held_back(shop: Shop) -> None:
    """ASVS 6.5.5, 6.3.1: also for who knows the password."""
    rina = await person(shop, "rina")
    await rina.enrol()
    said = [await rina.sign_in(code=f"{n:06d}") for n in range(11)]
    assert [each.status_code for each in said] == [401] * 10 + [429]


async def test_a_code_proves_anew_who_is_there(shop: Shop) -> None:
    rina = await person(shop, "rina")
    await rina.enrol()
    shop.clock.forward(minutes=10)
    assert refused(await rina.ask("POST", "sessions/reauthenticate", code="000000")) == (422, "PROOF_WRONG")
    assert (await rina.ask("POST", "sessions/reauthenticate", code=rina.code())).status_code == 200
    assert refused(await rina.ask("POST", "sessions/reauthenticate", code=rina.code())) == (422, "PROOF_WRONG")


async def test_a_factor_is_removed_by_its_code_or_by_somebody_else(shop: Shop) -> None:
    """ASVS 6.4.4, 7.4.3."""
    rina, lead = await person(shop, "rina"), await person(shop, "lead", "LEAD")
    await rina.enrol()
    assert refused(await rina.ask("POST", "second-factor/remove", code="")) == (422, "PROOF_WRONG")
    shop.clock.forward(seconds=STEP)
    assert (await rina.ask("POST", "second-factor/remove", code=rina.code())).status_code == 200
    assert refused(await rina.ask("POST", "second-factor/remove", code="1")) == (409, "SECOND_FACTOR_NOT_SET")
    assert refused(await rina.ask("POST", "second-factor/confirm", code="1")) == (409, "SECOND_FACTOR_NOT_SET")
    assert (await rina.sign_in()).status_code == 201
    await rina.enrol()
    await lead.enrol()
    own = await lead.ask("POST", f"accounts/{lead.account_id}/reset-second-factor")
    assert refused(own) == (409, "OWN_ACCOUNT")
    reset = await lead.ask("POST", f"accounts/{rina.account_id}/reset-second-factor")
    assert reset.json()["second_factor"] is False
    assert await in_(shop, rina.token) == 401
    assert (await rina.sign_in()).status_code == 201
