"""The AsyncAPI document: in the shape that AsyncAPI says, with an example of every event that fits its schema."""

import asyncio
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from mufakat.api.describing.events import document
from mufakat.core.events import EVENTS
from tests.api.shop import Shop
from tests.node import installed

LOCKED = Path(__file__).parents[1] / "javascript"
NAMES = [*EVENTS, "hook.test"]


def whole(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of the document with what it refers to."""
    return schema | {"components": document()["components"]}


async def test_it_is_as_asyncapi_says() -> None:
    """Held to the schema that AsyncAPI publishes."""
    place = await asyncio.to_thread(installed, LOCKED)
    if place is None:
        pytest.skip("the schema of AsyncAPI is not there: there is no Node with npm here, or npm could not install it")
    told = json.loads((place / "node_modules/@asyncapi/specs/schemas/3.0.0.json").read_text(encoding="utf-8"))
    checker = jsonschema_rs.Draft7Validator(told)
    assert [each.message for each in checker.iter_errors(document())] == []
    assert [*checker.iter_errors(document() | {"operations": {"tell": {"action": "whisper"}}})]


def test_every_event_has_a_message_and_each_is_sent() -> None:
    made = document()
    messages = made["components"]["messages"]
    assert set(messages) == set(NAMES)
    assert {each["$ref"].rpartition("/")[2] for each in made["operations"]["tell"]["messages"]} == set(NAMES)
    for name, message in messages.items():
        assert message["name"] == name
        assert len(message["summary"]) > 10
        assert message["payload"]["$ref"].removeprefix("#/components/schemas/") in made["components"]["schemas"]


@pytest.mark.parametrize("name", NAMES)
def test_every_example_fits_its_schema(name: str) -> None:
    message = document()["components"]["messages"][name]
    (example,) = message["examples"]
    for part in ("payload", "headers"):
        checker = jsonschema_rs.Draft202012Validator(whole(message[part]), validate_formats=True)
        assert [each.message for each in checker.iter_errors(example[part])] == []
    assert example["payload"]["type"] == name


async def test_it_is_served_to_anybody(shop: Shop) -> None:
    said = await shop.http.get("/asyncapi.json")
    assert (said.status_code, said.headers["content-type"]) == (200, "application/json")
    assert said.json() == document()
    again = await shop.http.get("/asyncapi.json", headers={"if-none-match": said.headers["etag"]})
    assert again.status_code == 304
