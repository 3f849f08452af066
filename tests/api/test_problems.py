"""Problem documents: every code has its status on purpose, every trouble is met, and nothing of ours leaks out."""

import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from mufakat.api import problems
from mufakat.api.allowances import Allowances
from mufakat.api.app import MAX_BODY
from mufakat.api.troubles import STATUSES, TROUBLES, Trouble, status_of
from mufakat.core.parties import Role
from mufakat.core.refusals import Code
from tests.api.doors import Place, furnished
from tests.api.shop import Shop

CONFLICTS: Final = frozenset(
    {
        # What was asked does not fit what stands: it was fine at another time, or it is more than there may be.
        Code.WRONG_PHASE, Code.LOCKED_WHILE_DECIDING, Code.CASE_CLOSED, Code.ALREADY_OPEN, Code.UNITS_NOT_AVAILABLE,
        Code.ALREADY_SETTLED, Code.NOTHING_LEFT, Code.NOT_DELIVERED_YET, Code.PROMISED_DATE_NOT_OVER,
        Code.REQUEST_WINDOW_OVER, Code.ALREADY_IN_TRANSIT, Code.TOO_MANY_OFFERS, Code.ALREADY_ASKED_AGAIN,
        Code.NO_PROPOSAL, Code.OWN_PROPOSAL, Code.PROPOSAL_EXPIRED, Code.TWO_DISPUTES, Code.OUTSIDE_ACCEPTANCE,
        Code.NOT_DISPUTABLE, Code.SETTLED_BY_AGREEMENT, Code.WINDOW_OVER, Code.ALREADY_COMPLETE,
        Code.TOO_MANY_REQUESTS_FOR_MATERIAL, Code.FINDINGS_MISSING, Code.ASSESSMENT_MISSING, Code.APPEAL_USED,
        Code.SENT_BACK_ONCE, Code.LATE_APPEAL_NOT_SENT_BACK, Code.ONLY_A_COURT_SUSPENDS, Code.NOTHING_TO_SHIP,
        Code.ALREADY_SHIPPED, Code.PARCEL_NOT_REJECTABLE, Code.NOT_A_RETURN_MATTER, Code.NOT_A_DELIVERY_MATTER,
        Code.PAYMENT_UNDER_WAY, Code.NOTHING_OWED, Code.OVERPAID, Code.ADVANCE_NOT_FITTING, Code.NOTHING_CLAIMED,
        Code.NOT_DUE_YET,
        Code.TIME_WENT_BACK, Code.CHARGEBACK_OPEN,
        Code.NOTHING_DUE, Code.TOO_MANY_EVENTS, Code.TOO_MANY_MATERIALS, Code.TOO_MANY_MESSAGES, Code.TOO_MANY_FILES,
        Code.TOO_MANY_UPLOADS,
        Code.STILL_OPEN, Code.UNDER_HOLD, Code.MONEY_OPEN, Code.MONEY_MOVED, Code.ALREADY_IMPORTED,
        Code.NOT_A_SANDBOX, Code.MOVED_MEANWHILE, Code.NOT_DERIVABLE,
        Code.DRAFT_STANDS, Code.NO_DRAFT, Code.DRAFT_OUTDATED, Code.NOT_AUTOMATIC, Code.PERSON_ALREADY,
    }
)  # fmt: skip
"""Codes that travel as 409. A new code has to be put here, or given a status of its own in `api/troubles.py`."""

Met = Callable[[Place], Awaitable[httpx.Response]]


def test_every_refusal_has_its_status_on_purpose() -> None:
    assert set(Code) - CONFLICTS - set(STATUSES) == set(), "a code without a decision"
    assert CONFLICTS & set(STATUSES) == set(), "a code with two"
    assert {status_of(code) for code in CONFLICTS} == {409}
    assert {status_of(code) for code in STATUSES} <= {403, 404, 412, 413, 415, 422, 503}


def test_every_trouble_has_its_status_and_says_what_to_do() -> None:
    assert set(TROUBLES) == set(Trouble)
    for trouble, (status, todo) in TROUBLES.items():
        assert 400 <= status <= 503
        assert todo.endswith("."), trouble


def test_no_code_is_of_both_kinds() -> None:
    assert {each.value for each in Code} & {each.value for each in Trouble} == set()


@pytest.fixture
async def place(shop: Shop) -> Place:
    """A shop with a case, and another marketplace beside it."""
    return await furnished(shop)


def customer(place: Place) -> dict[str, str]:
    return place.party(Role.CUSTOMER, "c-1") | {"idempotency-key": "k", "content-type": "application/json"}


def get(path: str) -> Met:
    async def ask(place: Place) -> httpx.Response:
        return await place.shop.http.get(path, headers=customer(place))

    return ask


def command(body: bytes = b'{"command":"SendMessage","text":"x"}', header: str = "", value: str = "") -> Met:
    async def ask(place: Place) -> httpx.Response:
        headers = customer(place) | ({header: value} if header else {})
        headers = {name: each for name, each in headers.items() if each}
        return await place.shop.http.post(f"/v1/cases/{place.ids['case_id']}/commands", content=body, headers=headers)

    return ask


def server(path: str, body: Any) -> Met:
    async def ask(place: Place) -> httpx.Response:
        return await place.shop.http.post(path, json=body, headers=place.shop.server)

    return ask


async def nobody(place: Place) -> httpx.Response:
    return await place.shop.http.get("/v1/cases")


async def too_often(place: Place) -> httpx.Response:
    place.shop.site.allowances = Allowances(0.001, 1)
    await place.shop.http.get("/v1/cases", headers=customer(place))
    return await place.shop.http.get("/v1/cases", headers=customer(place))


async def without_database(place: Place) -> httpx.Response:
    place.store.pool.terminate()
    return await place.shop.http.get("/v1/cases", headers=customer(place))


async def broken(place: Place) -> httpx.Response:
    async def breaks(*_: Any) -> None:
        raise RuntimeError("SELECT secret FROM everything")

    place.shop.site.store.list_cases = breaks  # type: ignore[method-assign, assignment]
    return await place.shop.http.get("/v1/cases", headers=customer(place))


async def wrong_method(place: Place) -> httpx.Response:
    return await place.shop.http.patch("/v1/cases", headers=customer(place))


MET: Final[dict[Trouble, Met]] = {
    Trouble.NOT_SIGNED_IN: nobody,
    Trouble.NOT_ALLOWED: get("/v1/keys"),
    Trouble.NOT_FOUND: get("/v1/nothing"),
    Trouble.METHOD_NOT_ALLOWED: wrong_method,
    Trouble.BODY_NOT_JSON: command(b"{"),
    Trouble.BODY_NOT_VALID: command(b"{}"),
    Trouble.BODY_TOO_LARGE: command(b" " * (MAX_BODY + 1)),
    Trouble.BODY_TYPE_NOT_SUPPORTED: command(header="content-type", value="text/plain"),
    Trouble.PARAMETER_NOT_VALID: get("/v1/cases?limit=0"),
    Trouble.CURSOR_NOT_VALID: get("/v1/cases?cursor=AAAA"),
    Trouble.KEY_NEEDED: command(header="idempotency-key"),
    Trouble.KEY_NOT_VALID: command(header="idempotency-key", value="x" * 201),
    Trouble.PRECONDITION_NOT_VALID: command(header="if-match", value="2"),
    Trouble.SIGNING_KEY_NOT_VALID: server("/v1/signing-keys", {"name": "x", "public_key": "x"}),
    Trouble.SCOPE_NOT_KNOWN: server("/v1/keys", {"name": "x", "scopes": ["everything"]}),
    Trouble.HOOK_NOT_VALID: server("/v1/hooks", {"url": "http://shop.example/"}),
    Trouble.SLOW_DOWN: too_often,
    Trouble.DATABASE_AWAY: without_database,
    Trouble.OUR_FAULT: broken,
}
"""How each trouble is met; a new one has to be put here, or below."""
ELSEWHERE: Final = {
    "UPLOAD_MOVED_ON": "test_uploads.py",
    "PIECE_NOT_AS_CLAIMED": "test_uploads.py",
    "TUS_VERSION_NOT_SPOKEN": "test_uploads.py",
    "RANGE_NOT_VALID": "test_views_of_files.py",
    "FILES_AWAY": "test_views_of_files.py",
    "STATEMENT_FORGOTTEN": "test_statements.py",
    "DOCUMENT_NOT_MADE": "test_statements.py",
    "SIGN_IN_FAILED": "../accounts/test_oidc.py",
    "SECOND_FACTOR_NEEDED": "../accounts/test_sessions.py",
    "REAUTHENTICATION_NEEDED": "../accounts/test_sessions.py",
    "NO_SESSION": "../accounts/test_sessions.py",
    "PASSWORD_NOT_TAKEN": "../accounts/test_signing_in.py",
    "INVITATION_NOT_GOOD": "../accounts/test_oidc.py",
    "PROOF_WRONG": "../accounts/test_sessions.py",
    "SECOND_FACTOR_SET": "../accounts/test_sessions.py",
    "SECOND_FACTOR_NOT_SET": "../accounts/test_sessions.py",
    "LOGIN_TAKEN": "../accounts/test_accounts.py",
    "OWN_ACCOUNT": "../accounts/test_accounts.py",
    "LAST_LEAD": "../accounts/test_accounts.py",
    "ACCOUNT_DISABLED": "../accounts/test_sessions.py",
    "PROVIDER_AWAY": "../accounts/test_oidc.py",
    "TOO_MANY_TRIES": "../accounts/test_sessions.py",
}
"""Troubles that take a longer story to meet, and which tests tell it."""


def test_every_trouble_of_a_longer_story_is_met_there() -> None:
    assert set(MET) | {Trouble(each) for each in ELSEWHERE} == set(Trouble)
    for code, name in ELSEWHERE.items():
        assert code in (Path(__file__).parent / name).read_text()


@pytest.mark.parametrize("trouble", [each for each in Trouble if each not in ELSEWHERE])
async def test_every_trouble_is_met(place: Place, trouble: Trouble) -> None:
    said = await MET[trouble](place)
    status, todo = TROUBLES[trouble]
    problem = said.json()
    assert (said.status_code, problem["status"], problem["code"]) == (status, status, trouble.value)
    assert said.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"/problems/{trouble}"
    assert problem["title"]
    assert problem["detail"].endswith(todo)
    assert problem["request_id"] == said.headers["x-request-id"]
    assert said.headers["cache-control"] == "private, no-cache"
    assert said.headers["x-content-type-options"] == "nosniff"
    told = await place.shop.http.get(problem["type"], headers={"accept": "application/json"})
    assert told.status_code == 200


async def test_a_broken_route_is_logged_and_says_nothing_of_it(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, problems.__name__):
        said = await broken(place)
    assert said.status_code == 500
    assert not any(each in said.text for each in ("SELECT", "RuntimeError", "Traceback", ".py"))
    (record,) = [each for each in caplog.records if each.name == problems.__name__]
    assert said.json()["request_id"] in record.getMessage()
    assert record.exc_info is not None
    assert "SELECT secret" in str(record.exc_info[1])


@pytest.mark.parametrize("door", ["POST commands", "POST cases", "GET case", "GET cases", "PUT order", "GET ready"])
async def test_without_the_database_everybody_is_asked_to_come_again(place: Place, door: str) -> None:
    headers, url = customer(place), f"/v1/cases/{place.ids['case_id']}"
    place.store.pool.terminate()
    request = {"order_id": "o-1", "type": "REFUND", "lines": [{"line_id": "1", "reason": "DAMAGED"}]}
    asked = {
        "POST commands": lambda: place.shop.http.post(
            f"{url}/commands", content=b'{"command":"SendMessage","text":"x"}', headers=headers
        ),
        "POST cases": lambda: place.shop.http.post("/v1/cases", json=request, headers=headers),
        "GET case": lambda: place.shop.http.get(url, headers=headers),
        "GET cases": lambda: place.shop.http.get("/v1/cases", headers=headers),
        "PUT order": lambda: place.shop.http.put("/v1/orders/o-9", json={}, headers=place.shop.server),
        "GET ready": lambda: place.shop.http.get("/health/ready"),
    }
    said = await asked[door]()
    assert said.status_code == 503
    if door != "GET ready":
        assert said.json()["code"] == "DATABASE_AWAY"
        assert int(said.headers["retry-after"]) >= 1


async def test_the_program_lives_without_its_database(place: Place) -> None:
    place.store.pool.terminate()
    assert (await place.shop.http.get("/health/live")).status_code == 200


LANGUAGES: Final = {
    "": "There is no case",
    "id": "Tidak ada kasus",
    "id-ID,id;q=0.9,en;q=0.5": "Tidak ada kasus",
    "in": "Tidak ada kasus",
    "fr, en;q=0.1, id;q=0.2": "Tidak ada kasus",
    "en;q=0.9, id;q=0.1": "There is no case",
    "id;q=0": "There is no case",
    "id;q=nonsense": "There is no case",
    "id;q=nan": "There is no case",
    "*": "There is no case",
    "xx," * 50 + "id": "There is no case",
}
"""What is accepted, to how the answer begins."""


@pytest.mark.parametrize("way", ["", "/timeline", "/messages", "/commands"])
async def test_what_is_not_there_is_said_in_the_callers_language(shop: Shop, way: str) -> None:
    for accepted, said in LANGUAGES.items():
        headers = shop.customer(**{"accept-language": accepted})
        url = f"/v1/cases/nothing{way}"
        if way == "/commands":
            answer = await shop.http.post(url, json={"command": "AcceptOffer"}, headers=headers)
        else:
            answer = await shop.http.get(url, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "NO_SUCH_CASE")
        assert answer.json()["detail"].startswith(said), accepted


async def test_what_is_wrong_with_a_body_is_pointed_at(place: Place) -> None:
    bad = {"order_id": "o-1", "type": "REFUND", "lines": [{"line_id": "1", "reason": "UGLY"}]}
    said = await place.shop.http.post("/v1/cases", content=json.dumps(bad), headers=customer(place))
    assert (said.json()["code"], said.json()["where"]) == ("BODY_NOT_VALID", "lines[0].reason")
    assert "UGLY" in said.json()["detail"]


async def test_a_field_that_is_missing_or_not_known_is_named(place: Place) -> None:
    whole = {"order_id": "o-1", "type": "REFUND", "lines": [{"line_id": "1", "reason": "DEFECTIVE"}]}
    lacking = {name: value for name, value in whole.items() if name != "type"}
    inside = whole | {"lines": [{"line_id": "1", "reason": "DEFECTIVE", "wish": 1}]}
    for body, where in ((lacking, "type"), (whole | {"wish": 1}, "wish"), (inside, "lines[0].wish")):
        said = await place.shop.http.post("/v1/cases", content=json.dumps(body), headers=customer(place))
        assert (said.json()["code"], said.json()["where"]) == ("BODY_NOT_VALID", where), said.text


async def test_an_order_over_the_limits_is_refused_with_a_sentence_that_says_them(place: Place) -> None:
    line = {"product_id": "x", "quantity": 1, "unit_price": 1}
    order = {
        "customer_id": "c-1",
        "seller_id": "s-1",
        "currency": "IDR",
        "lines": [line | {"line_id": str(n)} for n in range(201)],
        "purchased_at": "2026-01-01T00:00:00Z",
    }
    before = await place.all_rows()
    said = await place.shop.http.put("/v1/orders/o-9", json=order, headers=place.shop.server)
    assert (said.status_code, said.json()["code"]) == (422, "ORDER_NOT_SOUND")
    assert "1 to 200 lines, not 201" in said.json()["detail"]
    assert await place.all_rows() == before


async def test_a_body_that_is_too_large_is_told_the_limit(place: Place) -> None:
    said = await MET[Trouble.BODY_TOO_LARGE](place)
    assert str(MAX_BODY) in said.json()["detail"]
