"""`mufakat serve` says at its start how files are shut in while they are looked into: aloud where they are not."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from mufakat.cli import serving
from mufakat.evidence.inspection.door import WorkshopLost
from mufakat.evidence.inspection.inspector import Inspector
from mufakat.evidence.inspection.isolation import ALL, Walls
from tests.cli.serving import free_port
from tests.cli.typing_in import mufakat


@pytest.fixture
def alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a server of its own in this process, once it is started."""
    assert place.is_dir()
    listen = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("MUFAKAT_LISTEN", listen)
    monkeypatch.setenv("MUFAKAT_METRICS", f"127.0.0.1:{free_port()}")
    return f"http://{listen}"


@pytest.mark.parametrize("walls, shut_in", [(Walls.NONE, "LIMITED"), (ALL, "ISOLATED")])
def test_it_says_at_the_start_how_files_are_shut_in(
    alone: str, monkeypatch: pytest.MonkeyPatch, walls: Walls, shut_in: str
) -> None:
    """Aloud where the machine cannot isolate: a warning, and for anybody who asks how it does."""
    told: list[Any] = []

    async def asking(stop: asyncio.Event) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            while not told or told[-1]["files_shut_in"] == "NOT_STARTED":
                await asyncio.sleep(0.05)
                told.append((await http.get(f"{alone}/health/ready")).json())
        stop.set()

    monkeypatch.setattr(serving, "Inspector", lambda: Inspector(walls=walls))
    monkeypatch.setattr(serving, "_loops", lambda _, stop: [asking(stop)])
    said = mufakat("serve")
    assert said.code == 0
    if shut_in not in {told[-1]["files_shut_in"], "LIMITED"}:
        pytest.skip("this machine does not allow every wall")
    assert told[-1]["files_shut_in"] == shut_in
    (line,) = (each for each in said.err.splitlines() if told[-1]["files"] in each)
    assert ("WARNING" if shut_in == "LIMITED" else "INFO") in line.upper()


def test_a_machine_that_cannot_look_into_files_serves_all_else(alone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(_: Inspector) -> None:
        raise WorkshopLost("no process can be started")

    async def asking(stop: asyncio.Event) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            await asyncio.sleep(0.2)
            ready = await http.get(f"{alone}/health/ready")
            assert (ready.status_code, ready.json()["files_shut_in"]) == (200, "NOT_STARTED")
        stop.set()

    monkeypatch.setattr(Inspector, "start", lost)
    monkeypatch.setattr(serving, "_loops", lambda _, stop: [asking(stop)])
    said = mufakat("serve")
    assert said.code == 0, said
    assert "Files cannot be looked into now, so none are taken: no process can be started" in said.err
