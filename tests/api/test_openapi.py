"""The OpenAPI document is whole, the pages about it are served by us alone, and each code of a problem has its page."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import httpx
import pytest

from mufakat.api.app import OPEN, V1, build, describe
from mufakat.api.describing import answers
from mufakat.api.describing.document import document, routes_of
from mufakat.api.problems import MEDIA_TYPE
from mufakat.api.rights import RIGHTS, Caller
from mufakat.api.routes.docs import FILES
from mufakat.api.telemetry import telemetry
from mufakat.api.troubles import TROUBLES, Trouble, status_of
from mufakat.api.wire import commands
from mufakat.core.refusals import Code
from tests.api.contract import components, fits, operations

ANYWHERE = {Trouble.METHOD_NOT_ALLOWED}
"""What is no operation's answer: the address, or the method, is none of ours."""
OUR_PAGES = ("docs.html", "docs.js")


def parts_of(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a document."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts_of(each)


def codes_of(operation: dict[str, Any]) -> dict[str, set[str]]:
    """The codes with which an operation may refuse, by status."""
    found = {}
    for at, answer in operation["responses"].items():
        for content in (each for kind, each in answer.get("content", {}).items() if kind == MEDIA_TYPE):
            found[at] = set(content["schema"]["allOf"][1]["properties"]["code"]["enum"])
    return found


def named() -> list[tuple[str, str, dict[str, Any]]]:
    """Address, method and description of every operation."""
    return [(path, method, each) for path, item in describe()["paths"].items() for method, each in item.items()]


def client() -> httpx.AsyncClient:
    """The application without a database: enough for what anybody may read."""
    app = telemetry(build(None))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://mufakat.test")


def test_every_operation_is_described_and_has_a_name_of_its_own() -> None:
    every = operations()
    assert len(every) > 30
    assert Counter(each["operationId"] for _, _, each in every).most_common(1)[0][1] == 1
    for _, _, operation in every:
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", operation["operationId"])
        assert operation["summary"]
        assert len(operation["description"]) > 30
        assert "deprecated" not in operation
        assert operation["tags"]


def test_every_parameter_says_what_it_is() -> None:
    for _, _, operation in operations():
        for parameter in operation.get("parameters", []):
            assert "$ref" in parameter or len(parameter["description"]) > 10, (operation["operationId"], parameter)


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    made = describe()
    led = {each["$ref"] for each in parts_of(made) if isinstance(each.get("$ref"), str)}
    led |= {target for each in parts_of(made) for target in each.get("mapping", {}).values() if "mapping" in each}
    there = {f"#/components/{kind}/{name}" for kind, named in made["components"].items() for name in named}
    assert led - there == set()
    assert there - led == {"#/components/securitySchemes/bearer"}
    assert [name for name in made["components"]["schemas"] if not re.fullmatch(r"[A-Z][A-Za-z]+", name)] == []
    told = {tag["name"] for tag in made["tags"]}
    assert {tag for _, _, operation in operations() for tag in operation["tags"]} == told


def test_an_opened_case_links_to_what_can_be_done_with_it() -> None:
    (opening,) = [each for _, _, each in operations() if each["operationId"] == "openCase"]
    names = {each["operationId"]: path for path, _, each in named()}
    for link in opening["responses"]["201"]["links"].values():
        assert "{case_id}" in names[link["operationId"]]
    assert len(opening["responses"]["201"]["links"]) >= 5


def test_a_command_is_told_apart_by_its_name() -> None:
    (body,) = [x["requestBody"] for _, _, x in operations() if x["operationId"] == "commandCase"]
    discriminator = body["content"]["application/json"]["schema"]["discriminator"]
    assert discriminator["propertyName"] == "command"
    assert set(discriminator["mapping"]) == {kind.__name__ for kind in get_args(commands.AnyCommand)}
    assert len(discriminator["mapping"]) == 51


@pytest.mark.parametrize("route", routes_of([*V1, *OPEN]), ids=lambda route: route.name)
def test_a_route_promises_every_problem_that_its_door_has(route: answers.Route) -> None:
    (operation,) = [each for _, _, each in operations() if each["operationId"] == route.name]
    codes = codes_of(operation)
    assert "OUR_FAULT" in codes["500"]
    if route.right is None:
        return
    for code in (Trouble.NOT_SIGNED_IN, Trouble.NOT_ALLOWED, Trouble.SLOW_DOWN, Trouble.DATABASE_AWAY):
        assert code.value in codes[str(TROUBLES[code][0])]
    assert operation["security"] == [{"bearer": []}]
    callers = [each.value for each in Caller if each in RIGHTS[route.right]]
    assert f"For {', '.join(callers)}." in operation["description"]


def test_every_code_that_can_be_met_over_http_is_promised_somewhere() -> None:
    promised: set[str] = set().union(*(set().union(*codes_of(each).values()) for _, _, each in operations()))
    assert {each.value for each in (*Trouble, *Code)} - promised == ANYWHERE | answers.NOT_BY_HAND


def test_codes_travel_with_their_own_status() -> None:
    for _, _, operation in operations():
        for at, codes in codes_of(operation).items():
            for code in codes:
                own = TROUBLES[Trouble(code)][0] if code in Trouble.__members__ else status_of(Code(code))
                assert str(own) == at


def test_the_document_is_made_alike_each_time() -> None:
    assert json.dumps(document([*V1, *OPEN])) == json.dumps(describe())


def test_what_would_not_fit_is_seen() -> None:
    """The check to which every answer in these tests is held can fail."""
    schema = components()["components"]["schemas"]["Live"]
    assert fits({"status": "live", "version": "1"}, schema) == []
    assert fits({"status": 1}, schema) != []


async def test_programs_get_the_document_once() -> None:
    async with client() as http:
        first = await http.get("/openapi.json")
        again = await http.get("/openapi.json", headers={"if-none-match": first.headers["etag"]})
    assert first.json() == json.loads(json.dumps(describe()))
    assert first.json()["openapi"].startswith("3.1")
    assert (again.status_code, again.content) == (304, b"")


async def test_people_get_a_page_that_loads_nothing_from_elsewhere() -> None:
    async with client() as http:
        page = await http.get("/docs")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        policy = page.headers["content-security-policy"]
        named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert {each for each in named if each != "openapi.json"} == {f"docs/{name}" for name in FILES}
        for name in (*named, *[f"docs/{name}" for name in FILES]):
            found = await http.get(f"/{name}")
            assert (found.status_code, len(found.content) > 100) == (200, True), name
            assert "max-age" in found.headers["cache-control"] or name == "openapi.json"
        assert (await http.get("/docs/swagger-initializer.js")).status_code == 404
        assert (await http.get("/docs/..%2fdocs.html")).status_code == 404
        ours = page.text + (await http.get("/docs/docs.js")).text
    assert "unsafe" not in policy
    assert "default-src 'none'; script-src 'self';" in policy
    assert re.search(r"<script>|\son\w+=|style=|https?:", ours) is None


@pytest.mark.parametrize("code", sorted([*Trouble, *Code]))
async def test_a_code_has_a_page_for_programs_and_for_people(code: str) -> None:
    async with client() as http:
        plain = await http.get(f"/problems/{code}")
        page = await http.get(f"/problems/{code}", headers={"accept": "text/html,*/*;q=0.8"})
    told = plain.json()
    assert plain.headers["content-type"] == "application/json"
    assert (told["type"], told["code"]) == (f"/problems/{code}", code)
    assert {each["who"] for each in told["sentences"]} in ({"OTHERS"}, {"CUSTOMER", "SELLER", "OTHERS"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert f"<code>{code}</code>, status {told['status']}" in page.text


async def test_all_codes_are_listed_and_lead_to_their_pages() -> None:
    async with client() as http:
        plain = (await http.get("/problems")).json()["problems"]
        page = await http.get("/problems", headers={"accept": "text/html"})
        unknown = await http.get("/problems/NOTHING_LIKE_IT")
    assert {each["code"] for each in plain} == {*Trouble, *Code}
    assert all(f'href="{each["type"]}"' in page.text for each in plain)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "NOT_FOUND")
