"""Bad input at every door: a documented problem with a code, never an error of ours, and nothing changed by it."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import httpx
import msgspec
import pytest

from mufakat.api.app import MAX_BODY
from mufakat.api.rights import RIGHTS, Caller
from mufakat.api.telemetry import GIVEN_ID
from mufakat.api.wire.commands import BY_NOBODY
from mufakat.core.parties import Role
from mufakat.core.process import PROCESS
from mufakat.core.refusals import Code
from tests.api.contract import operations
from tests.api.doors import SAMPLES, Door, Place, filled, furnished, inner_doors
from tests.api.shop import Shop
from tests.core.stands import deciding, samples

JSON: Final = "application/json"
SAID: Final = "application/problem+json"

Asked = tuple[str, dict[str, Any], int, str]


@pytest.fixture
async def place(shop: Shop) -> Place:
    """A shop with a case, and another marketplace beside it."""
    return await furnished(shop)


def customer(place: Place, **more: str) -> dict[str, str]:
    return place.party(Role.CUSTOMER, "c-1") | {"idempotency-key": "k-1", "content-type": JSON} | more


def check(said: httpx.Response, what: str) -> None:
    """An answer of which nobody needs to be ashamed."""
    assert said.status_code < 500, f"{what}: {said.text}"
    assert "Traceback" not in said.text
    assert "site-packages" not in said.text
    if said.status_code >= 400 and said.request.method != "HEAD":
        assert said.headers["content-type"] == SAID, what
        assert said.json()["code"], what
        assert said.json()["request_id"] == said.headers["x-request-id"]


async def refused(place: Place, said: httpx.Response, status: int, code: str, what: str) -> None:
    check(said, what)
    assert (said.status_code, said.json()["code"]) == (status, code), f"{what}: {said.text}"


# Bodies

MESSAGE: Final = b'{"command":"SendMessage","text":"x"}'
BODIES: Final[dict[str, tuple[bytes, int, str]]] = {
    "nothing": (b"", 400, "BODY_NOT_VALID"),
    "white space": (b" \n\t ", 400, "BODY_NOT_JSON"),
    "half an object": (b'{"command":"SendMessage"', 400, "BODY_NOT_JSON"),
    "two objects": (MESSAGE * 2, 400, "BODY_NOT_JSON"),
    "null": (b"null", 400, "BODY_NOT_VALID"),
    "a list": (b"[]", 400, "BODY_NOT_VALID"),
    "a list of commands": (b"[" + MESSAGE + b"]", 400, "BODY_NOT_VALID"),
    "a text": (b'"SendMessage"', 400, "BODY_NOT_VALID"),
    "a number": (b"1", 400, "BODY_NOT_VALID"),
    "single quotes": (b"{'command':'SendMessage'}", 400, "BODY_NOT_JSON"),
    "a comment": (b"/* */" + MESSAGE, 400, "BODY_NOT_JSON"),
    "a comma too many": (b'{"command":"SendMessage","text":"x",}', 400, "BODY_NOT_JSON"),
    "deep lists": (b"[" * 100_000, 400, "BODY_NOT_JSON"),
    "deep and closed": (b"[" * 50_000 + b"]" * 50_000, 400, "BODY_NOT_JSON"),
    "deep objects": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400, "BODY_NOT_JSON"),
    "deep inside": (b'{"command":"SendMessage","text":' + b"[" * 9_000 + b"]" * 9_000 + b"}", 400, "BODY_NOT_JSON"),
    "NUL escaped": (b'{"command":"SendMessage","text":"a\\u0000b"}', 400, "BODY_NOT_VALID"),
    "NUL as it is": (b'{"command":"SendMessage","text":"a\x00b"}', 400, "BODY_NOT_JSON"),
    "NUL after": (MESSAGE + b"\x00", 400, "BODY_NOT_JSON"),
    "half a character": (b'{"command":"SendMessage","text":"\\ud800"}', 400, "BODY_NOT_JSON"),
    "halves the wrong way": (b'{"command":"SendMessage","text":"\\udc00\\ud800"}', 400, "BODY_NOT_JSON"),
    "no UTF-8": (b'{"command":"SendMessage","text":"\xff\xfe"}', 400, "BODY_NOT_JSON"),
    "UTF-8 cut short": (b'{"command":"SendMessage","text":"\xe2\x82"}', 400, "BODY_NOT_JSON"),
    "UTF-8 too long": (b'{"command":"SendMessage","text":"\xc0\xaf"}', 400, "BODY_NOT_JSON"),
    "UTF-16": ('{"command":"SendMessage","text":"x"}'.encode("utf-16"), 400, "BODY_NOT_JSON"),
    "a mark before it": (b"\xef\xbb\xbf" + MESSAGE, 400, "BODY_NOT_JSON"),
    "NaN": (b'{"command":"RecordOrder","amount":NaN}', 400, "BODY_NOT_JSON"),
    "infinite": (b'{"command":"RecordOrder","amount":1e999}', 400, "BODY_NOT_JSON"),
    "a huge number": (b'{"command":"RecordOrder","amount":' + b"9" * 300 + b"}", 400, "BODY_NOT_VALID"),
    "the hugest number": (b'{"command":"RecordOrder","amount":' + b"9" * 90_000 + b"}", 400, "BODY_NOT_JSON"),
    "a number over the limit": (b'{"command":"RecordOrder","amount":1000000000000001}', 400, "BODY_NOT_VALID"),
    "a negative number": (b'{"command":"RecordOrder","amount":-1}', 400, "BODY_NOT_VALID"),
    "half a number": (b'{"command":"RecordOrder","amount":0.5}', 400, "BODY_NOT_VALID"),
    "true for a number": (b'{"command":"RecordOrder","amount":true}', 400, "BODY_NOT_VALID"),
    "a text too long": (b'{"command":"SendMessage","text":"' + b"x" * 20_001 + b'"}', 400, "BODY_NOT_VALID"),
    "a text too long to keep": (b'{"command":"SendMessage","text":"' + b"x" * 19_999 + b'"}', 422, "TEXT_TOO_LONG"),
    "no command": (b'{"text":"x"}', 400, "BODY_NOT_VALID"),
    "a command that is none": (b'{"command":"__class__"}', 400, "BODY_NOT_VALID"),
    "a command that is a list": (b'{"command":["SendMessage"]}', 400, "BODY_NOT_VALID"),
    "a field of its own": (b'{"command":"SendMessage","text":"x","actor":{"role":"AGENT"}}', 400, "BODY_NOT_VALID"),
    "a field from Python": (b'{"command":"SendMessage","text":"x","__class__":"x"}', 400, "BODY_NOT_VALID"),
    "too large": (b'{"command":"SendMessage","text":"' + b"x" * MAX_BODY + b'"}', 413, "BODY_TOO_LARGE"),
}  # fmt: skip


async def test_no_body_does_harm(place: Place) -> None:
    rows = await place.all_rows()
    for name, (body, status, code) in BODIES.items():
        for way in ("commands", "preview"):
            url = f"/v1/cases/{place.ids['case_id']}/{way}"
            said = await place.shop.http.post(url, content=body, headers=customer(place))
            await refused(place, said, status, code, f"{name} to {way}")
    assert await place.all_rows() == rows


async def test_a_body_in_pieces_is_measured_as_well(place: Place) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * (MAX_BODY // 10)

    url = f"/v1/cases/{place.ids['case_id']}/commands"
    said = await place.shop.http.post(url, content=pieces(), headers=customer(place))
    await refused(place, said, 413, "BODY_TOO_LARGE", "in pieces")


async def test_of_a_field_that_comes_twice_the_last_counts(place: Place) -> None:
    body = b'{"command":"Concede","text":"first","text":"last","command":"SendMessage"}'
    url = f"/v1/cases/{place.ids['case_id']}/commands"
    said = await place.shop.http.post(url, content=body, headers=customer(place))
    assert said.status_code == 200
    assert said.json()["recorded"][0]["texts"] == ["last"]


KINDS: Final = {
    "application/json": True,
    "application/json; charset=utf-8": True,
    "APPLICATION/JSON": True,
    "application/vnd.api+json": True,
    "text/plain": False,
    "text/json": False,
    "application/x-www-form-urlencoded": False,
    "multipart/form-data": False,
    "multipart/form-data; boundary=x": False,
    "application/msgpack": False,
    "application/xml": False,
    "application/jsonx": False,
    "json": False,
    "": False,
    ";": False,
    "é": False,
}
"""Media types, and whether a body of JSON may come under them."""


async def test_a_body_that_is_not_said_to_be_json_is_not_read(place: Place) -> None:
    url = f"/v1/cases/{place.ids['case_id']}/commands"
    for n, (kind, good) in enumerate(KINDS.items()):
        rows = await place.all_rows()
        asked = customer(place, **{"content-type": kind, "idempotency-key": f"k-{n}"})
        headers = [(name.encode(), each.encode("latin-1")) for name, each in asked.items()]
        said = await place.shop.http.post(url, content=MESSAGE, headers=headers)
        if good:
            assert said.status_code == 200, kind
            continue
        await refused(place, said, 415, "BODY_TYPE_NOT_SUPPORTED", kind)
        assert await place.all_rows() == rows


# Every place of every body, parameter and header

NASTY: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 10**15 + 1, 2**63, 10**30, 0.5, -1e300, "", "\0", " ", "x" * 201, "x" * 30_000,
    "é😀\u202e", "' OR 1=1 --", "../../etc/passwd", "\r\nX-Evil: 1", "{{7*7}}", "<script>alert(1)</script>", "null",
    "-1", "NaN", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01", [], ["x"], [[]], {}, {"x": 1},
    [None] * 300, ["x"] * 300,
)  # fmt: skip


def spoiled(value: Any) -> Iterator[Any]:
    """The value with something nasty in each of its places in turn, and with each field missing."""
    yield from NASTY
    if isinstance(value, dict):
        for name, each in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            for bad in spoiled(each):
                yield value | {name: bad}
    if isinstance(value, list):
        for n, each in enumerate(value):
            for bad in spoiled(each):
                yield [*value[:n], bad, *value[n + 1 :]]
            yield [*value, *value]


FEW: Final[tuple[Any, ...]] = (
    None,
    -1,
    10**15,
    "",
    "x" * 201,
    "0001-01-01",
    "9999-12-31",
    "2199-12-31T23:59:59-12:00",
    ["x"],
    {},
)
"""A choice of them, for where there are many places."""


def with_body() -> list[Door]:
    return [door for door in inner_doors() if SAMPLES[door.name].json is not None]


def who(place: Place, door: Door) -> dict[str, str]:
    """Somebody with the right to knock there."""
    assert door.right is not None
    if Caller.SERVER in RIGHTS[door.right] and Caller.CUSTOMER not in RIGHTS[door.right]:
        return place.shop.server
    return place.party(Role.CUSTOMER, "c-1")


@pytest.mark.parametrize("door", with_body(), ids=lambda each: each.name)
async def test_nothing_nasty_in_any_place_of_a_body_breaks_anything(place: Place, door: Door) -> None:
    headers = who(place, door)
    known = place.ids | {"login": "a@toko.example"}
    body = filled(SAMPLES[door.name].json, known)
    path = filled(door.path, known)
    for n, bad in enumerate(spoiled(body)):
        asked = headers | {"idempotency-key": f"n-{n}"}
        said = await place.shop.http.request(door.method, path, json=bad, headers=asked)
        check(said, f"{door.name} with {json.dumps(bad)[:300]}")


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.SELLER, Role.AGENT, Role.SYSTEM])
async def test_nothing_nasty_in_any_command_breaks_anything(place: Place, role: Role) -> None:
    who = {Role.CUSTOMER: place.party(Role.CUSTOMER, "c-1"), Role.SELLER: place.party(Role.SELLER, "s-1")}
    headers = who.get(role) or (place.shop.server if role is Role.SYSTEM else await place.agent("agent-1"))
    rows = await place.all_rows()
    url = f"/v1/cases/{place.ids['case_id']}/preview"
    story = deciding()
    for kind, made in samples(story).items():
        if kind.__name__ in BY_NOBODY or not any(role in move.roles for move in PROCESS if move.command is kind):
            continue
        body = {"command": kind.__name__, **msgspec.to_builtins(made)}
        for name in body.keys() - {"command"}:
            for bad in FEW:
                said = await place.shop.http.post(url, json=body | {name: bad}, headers=headers)
                check(said, f"{kind.__name__} with {name} {bad}")
    assert await place.all_rows() == rows


PARTS: Final = (
    "%00", "a%00b", "x" * 201, "x" * 5000, "%ff", "%ed%a0%80", "%c0%af", "%F0%9F%98%80", "..%2f..%2fetc%2fpasswd",
    "%2e%2e", "%252e", "%zz", "%", "%0d%0aX-Evil:1", "%20", "*", "'", '"', "-1", "0", "null", "%3Cscript%3E", "a;b",
    "a:b", "a@b",
)  # fmt: skip


@pytest.mark.parametrize("door", [each for each in inner_doors() if "{" in each.path], ids=lambda each: each.name)
async def test_nothing_nasty_in_an_address_breaks_anything(place: Place, door: Door) -> None:
    headers, sample, rows = who(place, door), SAMPLES[door.name], await place.all_rows()
    names = [part.strip("{}") for part in door.path.split("/") if part.startswith("{")]
    for part in PARTS:
        for name in names:
            path = door.path.format(**(place.ids | {name: part}))
            asked = {"idempotency-key": "n", "content-type": sample.type or JSON} | sample.headers | headers
            content = sample.content or json.dumps(filled(sample.json, place.ids)).encode()
            said = await place.shop.http.request(door.method, path, content=content, headers=asked)
            check(said, f"{door.method} {path[:200]}")
            # A seller without cases has an empty statement, and empty reports.
            fine = door.method == "PUT" or door.name.startswith("GET /v1/sellers/{seller_id}/")
            assert said.status_code >= 400 or fine, f"{door.method} {path[:200]}"
    if door.method != "PUT":
        assert await place.all_rows() == rows


def queries() -> Iterator[tuple[str, str, str, str]]:
    """Method, address, kind and name of every parameter that is not in an address."""
    for (_, method, operation), path in zip(operations(), _paths(), strict=True):
        for each in operation.get("parameters", []):
            if path.startswith("/v1") and each.get("in") in ("query", "header"):
                yield method, path, each["in"], each["name"]


def _paths() -> list[str]:
    from mufakat.api.app import describe

    return [path for path, item in describe()["paths"].items() for _ in item]


async def test_nothing_nasty_in_a_query_or_header_breaks_anything(place: Place) -> None:
    found = list(queries())
    assert {name for _, _, kind, name in found if kind == "query"} >= {"cursor", "limit", "sort", "due_before"}
    assert {name for _, _, kind, name in found if kind == "header"} >= {"Idempotency-Key", "If-Match"}
    by_name = {door.name: door for door in inner_doors()}
    ids = place.ids | {"login": "a@toko.example"}
    for method, path, kind, name in found:
        door = by_name.get(f"{method} {path}")
        if door is None:  # open to all, and tried in tests/accounts
            continue
        sample, headers = SAMPLES[door.name], who(place, door)
        content = sample.content or json.dumps(filled(sample.json, ids)).encode()
        for n, bad in enumerate(each for each in NASTY if isinstance(each, str)):
            asked = {"idempotency-key": f"q-{n}", "content-type": sample.type or JSON} | sample.headers | headers
            raw = [(key.encode(), value.encode()) for key, value in asked.items() if key != name.lower()]
            params = {name: bad} if kind == "query" else {}
            if kind == "header":
                raw.append((name.encode(), bad.replace("\r\n", "\t").encode()[:8000]))
            url = filled(path, ids)
            said = await place.shop.http.request(method, url, content=content, headers=raw, params=params)
            check(said, f"{method} {path} with {name} {bad[:100]!r}")


FILTERS: Final = {
    "limit=0": "PARAMETER_NOT_VALID",
    "limit=201": "PARAMETER_NOT_VALID",
    "limit=99999999999999999999": "PARAMETER_NOT_VALID",
    "limit=": "PARAMETER_NOT_VALID",
    "sort=BEST": "PARAMETER_NOT_VALID",
    "open=maybe": "PARAMETER_NOT_VALID",
    "type=GIFT": "PARAMETER_NOT_VALID",
    "order_id=%00": "PARAMETER_NOT_VALID",
    "order_id=" + "x" * 201: "PARAMETER_NOT_VALID",
    "due_before=tomorrow": "PARAMETER_NOT_VALID",
    "due_before=0001-01-01T00:00:00%2B14:00": "PARAMETER_NOT_VALID",
    "due_before=9999-12-31T23:59:59-14:00": "PARAMETER_NOT_VALID",
    "changed_since=2026-01-01T00:00:00": "PARAMETER_NOT_VALID",
    "cursor=x": "CURSOR_NOT_VALID",
    "cursor=%00": "CURSOR_NOT_VALID",
    "cursor=%F0%9F%98%80": "CURSOR_NOT_VALID",
    "cursor=" + "A" * 1000: "CURSOR_NOT_VALID",
    "cursor=" + "A" * 1001: "PARAMETER_NOT_VALID",
}
"""Queries of the list of cases, and the code with which they are refused."""


async def test_a_filter_that_makes_no_sense_is_refused_by_name(place: Place) -> None:
    for query, code in FILTERS.items():
        said = await place.shop.http.get(f"/v1/cases?{query}", headers=place.shop.server)
        await refused(place, said, 400, code, query)
        if code == "PARAMETER_NOT_VALID":
            assert said.json()["where"] == query.partition("=")[0]


TAGS: Final = ("2", '"', '""', 'W/"2"', '"2", "3"', '"-2"', '"9999999999"', '"2-é"', '"٣"', '"2"; DROP', "x" * 5000)


async def test_a_condition_that_is_no_etag_of_ours_is_refused(place: Place) -> None:
    rows = await place.all_rows()
    url = f"/v1/cases/{place.ids['case_id']}/commands"
    for tag in TAGS:
        headers = [(k.encode(), v.encode()) for k, v in customer(place).items()] + [(b"if-match", tag.encode())]
        said = await place.shop.http.post(url, content=MESSAGE, headers=headers)
        await refused(place, said, 400, "PRECONDITION_NOT_VALID", tag)
    assert await place.all_rows() == rows


async def test_any_case_that_is_there_fulfils_a_star(place: Place) -> None:
    url, headers = f"/v1/cases/{place.ids['case_id']}", place.party(Role.CUSTOMER, "c-1")
    tag = (await place.shop.http.get(url, headers=headers)).headers["etag"]
    for given, status in (
        ("*", 304),
        (tag, 304),
        (f"W/{tag}", 304),
        (f'"x", {tag} , "y"', 304),
        ("x", 200),
        ('"', 200),
        ("", 200),
        (tag.strip('"'), 200),
        ("*, x", 200),
    ):
        said = await place.shop.http.get(url, headers=headers | {"if-none-match": given})
        assert said.status_code == status, given
        assert said.headers["etag"] == tag
    gone = await place.shop.http.get("/v1/cases/nothing", headers=headers | {"if-none-match": "*"})
    assert gone.status_code == 404
    star = await place.shop.http.post(f"{url}/commands", content=MESSAGE, headers=customer(place, **{"if-match": "*"}))
    assert star.status_code == 200


KEYS: Final = ("", " ", "x" * 201, "\t", "a\tb", "é", "a\u00a0", " x ")


async def test_a_key_that_cannot_be_kept_is_refused(place: Place) -> None:
    rows = await place.all_rows()
    given = [(k.encode(), v.encode()) for k, v in customer(place).items() if k != "idempotency-key"]
    url = f"/v1/cases/{place.ids['case_id']}/commands"
    for key in KEYS:
        said = await place.shop.http.post(url, content=MESSAGE, headers=[*given, (b"idempotency-key", key.encode())])
        await refused(place, said, 400, "KEY_NOT_VALID", key)
    assert await place.all_rows() == rows


BAD_IDS: Final = (
    "x",
    "x" * 101,
    "<script>alert(1)</script>",
    "aaaaaaaa bbbb",
    "aaaaaaaa\tb",
    "é" * 10,
    "",
    "${jndi:x}/abcd",
)


async def test_a_request_id_that_could_do_harm_is_not_taken_over(shop: Shop) -> None:
    for given in BAD_IDS:
        for path in ("/v1/cases", "/nothing", "/health/live"):
            said = await shop.http.get(path, headers=[(b"x-request-id", given.encode())])
            (own,) = said.headers.get_list("x-request-id")
            assert own != given
            assert GIVEN_ID.fullmatch(own.encode())


async def test_a_good_request_id_is_taken_over(shop: Shop) -> None:
    said = await shop.http.get("/v1/cases", headers={"x-request-id": "proxy-7.abc_DEF"})
    assert said.headers["x-request-id"] == said.json()["request_id"] == "proxy-7.abc_DEF"


@pytest.mark.parametrize("header", ["x-http-method-override", "x-method-override", "x-http-method"])
async def test_a_method_is_what_it_is(place: Place, header: str) -> None:
    rows = await place.all_rows()
    url = f"/v1/keys/{place.ids['key_id']}"
    said = await place.shop.http.get(url, headers=place.shop.server | {header: "DELETE"})
    assert said.status_code == 405
    said = await place.shop.http.post(f"{url}?_method=DELETE", headers=place.shop.server)
    assert said.status_code == 405
    assert await place.all_rows() == rows


async def test_an_address_has_one_spelling(place: Place) -> None:
    headers, case = place.party(Role.CUSTOMER, "c-1"), place.ids["case_id"]
    for path in (
        "//v1/cases",
        "/V1/cases",
        "/v1/Cases",
        f"/v1/cases/{case}%2f..%2f{case}",
        f"/v1/cases/.%2f{case}",
        f"/v1/cases/{case};x=1",
        f"/v1/cases/{case}.json",
        "/etc/passwd",
        "/docs/..%2f..%2f..%2fetc%2fpasswd",
        "/docs/%2e%2e%2f%2e%2e%2fsettings.py",
        "/problems/..%2f..%2fetc%2fpasswd",
        "/problems/NO%00PE",
        "/docs/%00",
    ):
        said = await place.shop.http.get(path, headers=headers)
        check(said, path)
        assert said.status_code in (400, 404), path


async def test_what_is_not_for_us_to_know_is_not_asked(place: Place) -> None:
    """Headers with which proxies and old servers are led astray change nothing."""
    headers, url = place.party(Role.CUSTOMER, "c-1"), f"/v1/cases/{place.ids['case_id']}"
    plain = (await place.shop.http.get(url, headers=headers)).json()
    for more in (
        {"x-original-url": "/v1/keys"},
        {"x-rewrite-url": "/v1/keys"},
        {"x-forwarded-host": "evil.example", "x-forwarded-proto": "ftp"},
        {"host": "evil.example"},
        {"x-marketplace": "toko lain", "x-role": "AGENT", "x-user": "agent-1"},
        {"range": "bytes=0-1"},
        {"expect": "200-ok"},
        {"transfer-encoding": "identity"},
        {"cookie": "session=1; role=AGENT"},
        {"accept": "text/html"},
        {"accept-encoding": "x" * 500},
    ):
        said = await place.shop.http.get(url, headers=headers | more)
        assert (said.status_code, said.json()) == (200, plain), more


@pytest.mark.parametrize(
    "order_id,line",
    [("9", {"quantity": 10**12}), ("9", {"quantity": 0}), ("9", {"unit_price": 10**15, "quantity": 2})],
)
async def test_an_order_that_cannot_be_is_refused_by_the_rules(
    place: Place, order_id: str, line: dict[str, Any]
) -> None:
    rows = await place.all_rows()
    order = filled(SAMPLES["PUT /v1/orders/{order_id}"].json, place.ids)
    order["lines"][0] |= line
    said = await place.shop.http.put(f"/v1/orders/{order_id}", json=order, headers=place.shop.server)
    await refused(place, said, 422, Code.ORDER_NOT_SOUND.value, str(line))
    assert await place.all_rows() == rows
