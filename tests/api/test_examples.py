"""The examples of the reference are what the application really answers, and every command and operation has one."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from mufakat.api.describing import examples
from mufakat.api.describing.examples import filled
from mufakat.api.wire import commands
from mufakat.store.postgres import PostgresStore
from tests.api.contract import fits, operations
from tests.api.playing import Player, play, ready


@pytest.fixture
async def player(database_url: str, tmp_path: Path) -> AsyncIterator[Player]:
    """The people of the examples in a fresh shop."""
    store = await PostgresStore.connect(database_url)
    made = await ready(store, tmp_path)
    yield made
    await made.shop.http.aclose()
    await store.close()


async def test_the_calls_are_answered_as_the_reference_shows(player: Player) -> None:
    """Where the application is right and the reference is old, `python -m tests.api.playing` writes it anew."""
    played = await play(player)
    assert {call.name: call.status for call in examples.calls()} == {n: each["status"] for n, each in played.items()}
    for name, answer in played.items():
        assert answer == examples.answers()[name], name
    assert set(played) == set(examples.answers())


async def test_every_command_is_given_where_it_fits(player: Player) -> None:
    given = set()
    for name in examples.stories():
        for step, answer in await player.story(name):
            assert answer.status_code in (200, 201), f"{name}, {step}: {answer.text}"
            given.add(step.partition(" ")[2])
    no_machine = {"AskForPerson"}  # in no market that ships one judges, so there is nothing to ask for
    assert set(examples.commands()) - given == no_machine


def test_every_command_has_an_example_that_is_taken() -> None:
    assert set(examples.commands()) == {kind.__name__ for kind in get_args(commands.AnyCommand)}
    for name, body in examples.commands().items():
        sent = msgspec.json.decode(msgspec.json.encode(filled(body, examples.KNOWN)), type=commands.AnyCommand)
        assert type(commands.core(sent)).__name__ == name


def test_every_operation_has_an_example_of_its_success() -> None:
    shown = {call.operation for call in examples.calls() if call.status < 400}
    by_a_provider = {"startOidc", "finishOidc"}  # whose answers are those of a provider elsewhere
    assert {operation["operationId"] for _, _, operation in operations()} - shown == by_a_provider


def test_every_example_fits_its_schema() -> None:
    seen = 0
    for _, _, operation in operations():
        parts = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (each for part in parts for each in part.get("content", {}).values()):
            for name, example in content.get("examples", {}).items():
                assert fits(example["value"], content["schema"]) == [], (operation["operationId"], name)
                seen += 1
        for parameter in operation.get("parameters", []):
            if "example" in parameter and parameter["schema"].get("type") == "string":
                assert fits(parameter["example"], parameter["schema"]) == [], parameter["name"]
    assert seen > 100
