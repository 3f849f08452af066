"""The receivers that the guide of webhooks shows, run as they stand there, and told by the real sender."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from mufakat.engine.hooks.keeping import Endpoints
from mufakat.engine.hooks.sending import Sender, message_of, outside
from mufakat.lab.memory import MemoryStore
from mufakat.standard_webhooks import Kind
from mufakat.store.hooks import Outcome
from tests.cli.serving import free_port
from tests.node import installed
from tests.store.world import World

ROOT = Path(__file__).parents[2]
LOCKED = ROOT / "tests" / "javascript"
GUIDE = (ROOT / "docs/guides/webhooks.md").read_text(encoding="utf-8")


class Now:
    """The machine's clock: receivers compare with theirs."""

    def now(self) -> datetime:
        """The moment."""
        return datetime.now(UTC)


def shown(language: str) -> str:
    """The program that the guide shows in a language."""
    found = re.search(rf"^```{language}\n(.*?)^```\n", GUIDE, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


@pytest.fixture(params=["python", "javascript"])
async def program(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[str]]:
    """How the receiver of a language is started."""
    if request.param == "python":
        file = tmp_path / "receiver.py"
        file.write_text(shown("python"), encoding="utf-8")
        yield [sys.executable, str(file)]
        return
    place = await asyncio.to_thread(installed, LOCKED)
    if place is None:
        pytest.skip("the receiver in JavaScript is not tried: there is no Node with npm here, or it could not install")
    file = place / f"receiver-{os.getpid()}.mjs"
    file.write_text(shown("javascript"), encoding="utf-8")  # where it finds its packages
    yield ["node", str(file)]
    file.unlink()


@pytest.fixture
async def sending() -> AsyncIterator[tuple[World, Sender, Endpoints]]:
    """Endpoints, and how they are told."""
    store, clock = MemoryStore(), Now()
    world = World(store)
    async with outside(private=True) as line:
        sender = Sender(store, world.sealer, clock, line)
        yield world, sender, Endpoints(store, sender, clock, private=True)


async def test_the_receiver_of_the_guide_takes_each_once_and_tells_a_gap(
    program: list[str], sending: tuple[World, Sender, Endpoints]
) -> None:
    world, sender, endpoints = sending
    await world.ready()
    port = free_port()
    made = await endpoints.make("here", f"http://127.0.0.1:{port}/", (), Kind.HMAC)
    case_id = await world.opened()
    history = [each.recorded for each in await world.store.history("here", "o1", case_id)]
    running = await asyncio.create_subprocess_exec(
        *program, stdout=subprocess.PIPE, env=os.environ | {"HOOK_SECRET": made.secret, "PORT": str(port)}
    )
    try:
        tried = await endpoints.test("here", made.hook.id)
        for _ in range(200):
            if tried is not None and tried.status is not None:
                break
            await asyncio.sleep(0.05)  # it has yet to listen
            tried = await endpoints.test("here", made.hook.id)
        assert tried is not None
        assert (tried.outcome, tried.status) == (Outcome.DELIVERED, 204)
        first, second, third = history[:3]
        for recorded, previous in ((first, None), (first, None), (third, 2), (second, None)):
            went = await sender.send(made.hook, message_of(made.hook, "o1", case_id, recorded, previous))
            assert went.outcome is Outcome.DELIVERED, went.why
        stranger = await endpoints.make("here", made.hook.url, (), Kind.HMAC)
        went = await sender.send(stranger.hook, message_of(made.hook, "o1", case_id, first, None))
        assert went.status == 401
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.post(made.hook.url, content=b"{}")).status_code == 401
    finally:
        running.terminate()
    out, _ = await running.communicate()
    said = out.decode().splitlines()
    names = ["request.opened", "material.given", "phase.entered"]
    assert said[0] == "hook.test"
    assert said[1:] == [
        f"{names[0]} o1 1",
        "missed one before 3",
        f"{names[2]} o1 3",
        f"{names[1]} o1 2",
    ]
