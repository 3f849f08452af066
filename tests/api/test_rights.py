"""The door: every route by every kind of caller as the table of rights says; what is not yours does not exist."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from mufakat.api import principals
from mufakat.api.rights import RIGHTS, SCOPES, Caller, Right
from mufakat.api.wire.commands import BY_NOBODY
from mufakat.core.commands import COMMANDS
from mufakat.core.parties import Role
from mufakat.core.process import PROCESS
from mufakat.store.records import CredentialKind
from tests.api.doors import OTHER, SAMPLES, Door, Place, bearer, code_of, doors, furnished, inner_doors, no_such_ids
from tests.api.shop import Shop
from tests.core.stands import deciding, samples

OPEN_TO_ALL = (
    *("/health", "/openapi", "/asyncapi", "/docs", "/problems", "/schema", "/static", "/links", "/providers"),
    "/carriers",
)
"""What anybody may read besides the first page: how it goes, how it is used, and what a link names that they hold."""
SIGNED = ("/providers/{marketplace}/webhooks", "/carriers/{carrier}/{marketplace}")
"""What may be sent by nobody whom we know: it is signed."""
CREATES_ITS_OWN = {"PUT /v1/orders/{order_id}": 201, "GET /v1/cases": 200}
"""Doors that answer to an id that is not there otherwise than by 404: an order that is put is new, a list is empty."""
OF_TUS = ("/v1/orders/{order_id}/uploads", "/v1/uploads/{upload_id}")
"""Where OPTIONS is answered to anybody, as that protocol demands."""
OWN_TO_REQUEST = ("x-request-id", "date", "ratelimit")


@pytest.fixture
async def place(shop: Shop) -> Place:
    """A shop with a case, and another marketplace beside it."""
    return await furnished(shop)


def test_every_route_names_its_right_and_has_the_guard() -> None:
    found = inner_doors()
    assert len(found) > 20
    for door in found:
        assert isinstance(door.right, Right), f"{door.name} names no right"
        assert door.guarded, f"{door.name} has no guard"
    assert {door.right for door in found} <= set(RIGHTS)


def test_every_right_is_in_the_table_for_somebody() -> None:
    assert set(RIGHTS) == set(Right)
    assert all(RIGHTS.values())


def test_every_route_has_a_sample() -> None:
    """A new route fails here until it says with what it can be asked."""
    assert {door.name for door in inner_doors()} <= set(SAMPLES)


def test_what_is_open_to_all_is_listed() -> None:
    for door in doors():
        if not door.path.startswith("/v1"):
            assert door.path == "/" or door.path.startswith(OPEN_TO_ALL), door.name
            assert door.method == "GET" or door.path in SIGNED, door.name


async def _keys(place: Place, right: Right) -> dict[str, tuple[Caller, dict[str, str]]]:
    """Server keys: of every scope, of the one that is asked for, and of all others."""
    made = {"all scopes": SCOPES, "this scope": {right.value} & SCOPES, "all other scopes": SCOPES - {right.value}}
    return {name: (Caller.SERVER, await place.kept(place.key(*scopes))) for name, scopes in made.items()}


async def _people(place: Place) -> dict[str, tuple[Caller, dict[str, str]]]:
    return {
        "customer": (Caller.CUSTOMER, place.party(Role.CUSTOMER, "c-1")),
        "seller": (Caller.SELLER, place.party(Role.SELLER, "s-1")),
        "agent": (Caller.AGENT, await place.agent("agent-1")),
        "lead": (Caller.LEAD, await place.agent("lead-1", kind=CredentialKind.LEAD)),
        "agent who signed in": (Caller.AGENT, await place.signed_in("agent-2")),
        "lead who signed in": (Caller.LEAD, await place.signed_in("lead-2", "LEAD")),
    }


async def test_every_route_by_every_caller_is_as_the_table_says(place: Place) -> None:
    faults = []
    for door in inner_doors():
        assert door.right is not None
        for name, (caller, headers) in (await _keys(place, door.right) | await _people(place)).items():
            has = caller in RIGHTS[door.right] and name != "all other scopes"
            if name == "this scope" and door.right.value not in SCOPES:
                has = False
            spare = place.key("orders:read")
            await place.kept(spare)
            said = await place.knock(door, headers, key_id=spare.credential.id, scope=door.right.value)
            if _fault(said, let_in=has):
                faults.append(f"{door.name} by {name}: {said.status_code} {said.text}")
    assert faults == []


def _fault(said: httpx.Response, *, let_in: bool) -> bool:
    code = code_of(said)
    if not let_in:
        return said.status_code != 403 or code != _told(said, "NOT_ALLOWED")
    return said.status_code in (400, 401, 405, 415) or said.status_code >= 500 or code == "NOT_ALLOWED"


def _told(said: httpx.Response, code: str) -> str:
    """The code, where an answer can tell one."""
    return "" if said.request.method == "HEAD" else code


async def _strangers(place: Place) -> dict[str, dict[str, str]]:
    """Callers who are not, or no longer, known."""
    shop, now = place.shop, place.shop.clock.now()
    expired = place.key(*SCOPES, days=-1)
    revoked, signer = place.key(*SCOPES), place.key(*SCOPES)
    fired = principals.make(CredentialKind.AGENT, "toko", "agent-9", frozenset(), now, None)
    found = {
        "nobody": {},
        "no scheme": {"authorization": place.shop.key.text},
        "another scheme": {"authorization": f"Basic {place.shop.key.text}"},
        "a made-up key": bearer(f"mk_{'0' * 32}_{'0' * 64}_toko"),
        "a made-up token": bearer("e30.e30.e30"),
        "an expired key": await place.kept(expired),
        "a revoked key": await place.kept(revoked),
        "a revoked agent": await place.kept(fired),
        "a token of a revoked key": place.party(Role.CUSTOMER, "c-1", signer),
    }
    await place.kept(signer)
    for each in (revoked, signer, fired):
        await place.store.end_credential("toko", each.credential.id, now, revoke=True)
    old, _ = principals.party_token(
        shop.site.own_key, shop.key.credential, Role.CUSTOMER, "c-1", now - timedelta(hours=2), timedelta(hours=1)
    )
    return found | {"an expired token": bearer(old)}


async def test_no_route_lets_in_who_is_not_known(place: Place) -> None:
    before = await place.all_rows()
    strangers = await _strangers(place)
    rows = await place.all_rows()
    assert len(rows["credentials"]) > len(before["credentials"])
    for door in inner_doors():
        for name, headers in strangers.items():
            said = await place.knock(door, headers)
            assert (said.status_code, code_of(said)) == (401, _told(said, "NOT_SIGNED_IN")), f"{door.name} by {name}"
            assert said.headers["www-authenticate"] == 'Bearer realm="mufakat"'
    assert await place.all_rows() == rows


async def _foreigners(place: Place) -> dict[str, dict[str, str]]:
    """Callers with every right that their kind has, to whom neither the case nor the order belongs."""
    return {
        "another customer": place.party(Role.CUSTOMER, "c-2"),
        "another seller": place.party(Role.SELLER, "s-2"),
        "the seller as a customer": place.party(Role.CUSTOMER, "s-1"),
        "the customer as a seller": place.party(Role.SELLER, "c-1"),
        "the same customer elsewhere": place.party(Role.CUSTOMER, "c-1", place.other),
        "the same seller elsewhere": place.party(Role.SELLER, "s-1", place.other),
        "an agent elsewhere": await place.agent("agent-1", OTHER),
        "a lead elsewhere": await place.agent("lead-1", OTHER, CredentialKind.LEAD),
        "a lead who signed in elsewhere": await place.signed_in("lead-2", "LEAD", OTHER),
        "a server elsewhere": bearer(place.other.text),
    }


def _with_ids() -> Iterator[Door]:
    """The doors to something that has an id; putting an order comes last, because it makes one elsewhere."""
    for door in sorted(inner_doors(), key=lambda each: each.name in CREATES_ITS_OWN):
        text = f"{door.path}{SAMPLES[door.name].query}{SAMPLES[door.name].json}"
        if any(
            f"{{{name}}}" in text for name in ("case_id", "order_id", "key_id", "upload_id", "account_id", "session_id")
        ):
            yield door


def _plain(said: httpx.Response, ids: dict[str, str]) -> tuple[int, str, list[tuple[str, str]]]:
    """An answer without what differs from request to request, and without the ids that were asked for."""
    body = said.json() | {"request_id": ""} if code_of(said) else said.text
    text = str(body)
    headers = [(k, v) for k, v in said.headers.items() if not k.startswith(OWN_TO_REQUEST)]
    for each in ids.values():
        text = text.replace(each, "ID")
        headers = [(k, v.replace(each, "ID")) for k, v in headers]
    return said.status_code, text, headers


async def test_what_is_not_yours_is_as_if_it_did_not_exist(place: Place) -> None:
    foreigners = await _foreigners(place)
    rows = await place.all_rows()
    real = {name: place.ids[name] for name in no_such_ids(place)}
    checked = 0
    for door in _with_ids():
        assert door.right is not None
        for name, headers in foreigners.items():
            made_up = no_such_ids(place)
            theirs = await place.knock(door, headers)
            nothing = await place.knock(door, headers, **made_up)
            where = f"{door.name} by {name}: {theirs.status_code} {theirs.text}"
            assert _plain(theirs, real) == _plain(nothing, made_up), f"{where} but {nothing.text}"
            assert theirs.status_code in (403, 404, CREATES_ITS_OWN.get(door.name)), where
            checked += theirs.status_code == 404
    assert checked > 40
    assert await place.all_rows() == rows


async def test_no_command_tells_a_stranger_that_there_is_a_case(place: Place) -> None:
    """Not by its version, its phase, the files of others, the length of a text, or a key that was used before."""
    rows = await place.all_rows()
    long = {"command": "SendMessage", "text": "x" * 19_999}
    file = {"command": "HandIn", "material": {"item": "PHOTOS_OF_RECEIVED_ITEM", "digest": place.ids["digest"]}}
    lost = {"command": "HandIn", "material": {"item": "PHOTOS_OF_RECEIVED_ITEM", "digest": "0" * 64}}
    bodies: list[Any] = [_body(name) for name in sorted(COMMANDS) if name not in BY_NOBODY]
    for headers in (place.party(Role.CUSTOMER, "c-2"), place.party(Role.SELLER, "s-2")):
        for body in (*bodies, long, file, lost):
            for more in ({}, {"if-match": '"2"'}, {"if-match": '"9"'}, {"idempotency-key": "again"}):
                for way in ("commands", "preview"):
                    url = f"/v1/cases/{place.ids['case_id']}/{way}"
                    asked = {"idempotency-key": "fresh", **headers, **more}
                    said = await place.shop.http.post(url, json=body, headers=asked)
                    assert (said.status_code, said.json()["code"]) == (404, "NO_SUCH_CASE"), f"{body} {more}"
                    assert "happened" not in said.json()
    after = await place.all_rows()
    assert after == rows


def _body(name: str) -> dict[str, Any]:
    """A command that fits a case somewhere, as it travels."""
    made = samples(deciding())[COMMANDS[name]]
    return {"command": name, **msgspec.to_builtins(made)}


ROLES = {Role.CUSTOMER: "c-1", Role.SELLER: "s-1", Role.AGENT: "agent-1", Role.SYSTEM: ""}


@pytest.mark.parametrize("role", ROLES)
async def test_nobody_gives_a_command_of_another_role(place: Place, role: Role) -> None:
    if role is Role.AGENT:
        headers = await place.agent(ROLES[role])
    else:
        headers = place.shop.server if role is Role.SYSTEM else place.party(role, ROLES[role])
    rows = await place.all_rows()
    tried = 0
    for name in sorted(set(COMMANDS) - BY_NOBODY):
        if any(role in move.roles for move in PROCESS if move.command is COMMANDS[name]):
            continue
        asked = {"idempotency-key": f"own-{name}", **headers}
        url = f"/v1/cases/{place.ids['case_id']}/commands"
        said = await place.shop.http.post(url, json=_body(name), headers=asked)
        assert said.status_code in (403, 409, 422), f"{name} by {role}: {said.text}"
        tried += 1
    assert tried > 5
    assert await place.all_rows() == rows


@pytest.mark.parametrize("name", sorted(BY_NOBODY))
async def test_what_nobody_gives_is_no_command(place: Place, name: str) -> None:
    for headers in (place.shop.server, await place.agent("agent-1"), place.party(Role.CUSTOMER, "c-1")):
        asked = {"idempotency-key": "k", **headers}
        url = f"/v1/cases/{place.ids['case_id']}/commands"
        said = await place.shop.http.post(url, json={"command": name}, headers=asked)
        assert (said.status_code, said.json()["code"]) == (400, "BODY_NOT_VALID")


async def _tied(place: Place) -> list[tuple[Caller, dict[str, str]]]:
    """Agents and leads who are a party of the order, or tied to one."""
    signed_in = [await place.signed_in(f"tied-to-{who}", ties=("s-9", who)) for who in ("c-1", "s-1")]
    return [
        *[(Caller.AGENT, await place.agent(who)) for who in ("c-1", "s-1")],
        *[(Caller.AGENT, headers) for headers in signed_in],
        (Caller.LEAD, await place.agent("c-1", kind=CredentialKind.LEAD)),
        (Caller.LEAD, await place.signed_in("tied-lead", "LEAD", ties=("c-1",))),
    ]


async def test_an_agent_neither_reads_nor_decides_a_case_of_its_own(place: Place) -> None:
    """Who is the customer or the seller of an order as well, or tied to them, has no part in it as an agent or lead."""
    for caller, headers in await _tied(place):
        for door in _with_ids():
            assert door.right is not None
            own = door.path.startswith(("/v1/sessions", "/v1/accounts", "/v1/hooks"))
            if caller not in RIGHTS[door.right] or door.name in CREATES_ITS_OWN or own:
                continue
            said = await place.knock(door, headers)
            assert (said.status_code, said.json()["code"]) == (403, "CONFLICT_OF_INTEREST"), f"{door.name}: {said.text}"
        listed = await place.shop.http.get("/v1/cases", headers=headers)
        assert listed.json()["cases"] == []
    free = await place.shop.http.get("/v1/cases", headers=await place.agent("agent-1"))
    assert len(free.json()["cases"]) == 1


async def test_a_party_lists_its_own_cases_only(place: Place) -> None:
    await place.shop.order("o-2", customer_id="c-2", seller_id="s-2")
    other = {"order_id": "o-2", "type": "REFUND", "lines": [{"line_id": "1", "reason": "DAMAGED"}]}
    assert (await place.shop.http.post("/v1/cases", json=other, headers=place.shop.customer("c-2"))).status_code == 201
    for headers, field, own, foreign in (
        (place.party(Role.CUSTOMER, "c-1"), "customer_id", "c-1", "c-2"),
        (place.party(Role.SELLER, "s-1"), "seller_id", "s-1", "s-2"),
    ):
        for params in ({}, {field: own}, {"sort": "DUE"}, {"sort": "CHANGED"}):
            listed = await place.shop.http.get("/v1/cases", params=params, headers=headers)
            assert {each[field] for each in listed.json()["cases"]} == {own}
        refused = await place.shop.http.get("/v1/cases", params={field: foreign}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "PARAMETER_NOT_VALID")
        empty = await place.shop.http.get("/v1/cases", params={"order_id": "o-2"}, headers=headers)
        assert empty.json() == {"cases": [], "next": None}


async def test_another_method_is_told_which_there_are(place: Place) -> None:
    there: dict[str, set[str]] = {}
    inside = {door.path for door in inner_doors()}
    for door in doors():
        if door.path in inside:
            there.setdefault(door.path, set()).add(door.method)
    for template, methods in there.items():
        path = template.format(**place.ids)
        for method in {"OPTIONS", "PATCH", "TRACE", "HEAD", "BREW"} - methods:
            said = await place.shop.http.request(method, path, headers=place.shop.server)
            if method == "OPTIONS" and template in OF_TUS:
                assert (said.status_code, said.headers["tus-version"]) == (204, "1.0.0")
                continue
            assert said.status_code == 405, f"{method} {template}"
            assert set(said.headers["allow"].split(", ")) == methods
        asked = await place.shop.http.options(path)
        assert asked.status_code == (204 if template in OF_TUS else 401)
