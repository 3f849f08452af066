"""A decoder that is taken over is shut in: each act is tried where it works, behind each wall, and behind all."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from mufakat.core.refusals import Code, Refusal
from mufakat.evidence.inspection.inspector import Inspected, Inspector
from mufakat.evidence.inspection.isolation import ALL, Walls
from tests.evidence.hostile import ACTS
from tests.evidence.inspected import content, look, photo

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOMEBODY = "1000"
ROOT = Path(__file__).parents[2]

needs_all_walls = pytest.mark.skipif(
    sys.platform != "linux"
    or subprocess.run(
        [sys.executable, "-m", "tests.evidence.hostile", str(int(ALL)), "standing", ""],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    != b"worked\n",
    reason="this machine does not allow every wall",
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def taken_over() -> AsyncIterator[Inspector]:
    """An inspector whose decoder does what the file says."""
    async with Inspector(examine="tests.evidence.hostile:act_quickly") as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def taken_over_without_walls() -> AsyncIterator[Inspector]:
    """The same where the machine allows no wall at all: only the limits hold."""
    async with Inspector(examine="tests.evidence.hostile:act_quickly", walls=Walls.NONE) as running:
        yield running


@pytest.fixture
def arguments(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What acts need: an address where somebody listens, a place to write to, a process to kill."""
    tmp_path.chmod(0o777)  # so that nothing but the walls is in the way
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        yield {
            "connect": port,
            "send_datagram": port,
            "write_file": str(tmp_path / "written"),
            "kill": str(os.getpid()),
            "allocate": str(4 * 1024**3),
            "write_much": "200",
        }


async def does(inspector: Inspector, act: str, argument: str = "") -> Code | bytes:
    """What comes of an act: the refusal, or what it wrote to show that it worked."""
    answer = await look(inspector, f"{act} {argument}".encode())
    if isinstance(answer, Refusal):
        return answer.code
    with answer:
        return content(answer.derivatives[0])


async def by_itself(walls: Walls, act: str, argument: str = "", *user: str) -> str:
    """What comes of an act behind some walls and without limits, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.evidence.hostile",
        str(int(walls)),
        act,
        argument,
        *user,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said, complaint = await process.communicate()
    return said.decode().strip() or complaint.decode()[-500:]


REACHING_OUT = ["connect", "read_passwords", "write_file", "kill"]
"""What every wall stops that is meant to; see below for the rest."""


@pytest.mark.parametrize("act", [*REACHING_OUT, "send_datagram", "list_files", "fork", "start_program", "start_thread"])
async def test_each_act_works_where_nothing_stands_in_its_way(act: str, arguments: dict[str, str]) -> None:
    assert await by_itself(Walls.NONE, act, arguments.get(act, "")) == "worked"


@needs_all_walls
@pytest.mark.parametrize("act", [*REACHING_OUT, "send_datagram", "mount", "own_users", "start_program"])
async def test_namespaces_alone_stop_it(act: str, arguments: dict[str, str]) -> None:
    assert (await by_itself(Walls.NAMESPACES, act, arguments.get(act, ""))).startswith("stopped")


@needs_all_walls
@pytest.mark.parametrize("act", [*REACHING_OUT, "list_files", "start_program"])
async def test_landlock_alone_stops_it(act: str, arguments: dict[str, str]) -> None:
    assert (await by_itself(Walls.LANDLOCK, act, arguments.get(act, ""))).startswith("stopped")


@needs_all_walls
@pytest.mark.parametrize(
    "act", [*REACHING_OUT, "send_datagram", "make_memory_file", "fork", "start_program", "mount", "own_users"]
)
async def test_the_filter_of_calls_alone_stops_it(act: str, arguments: dict[str, str]) -> None:
    assert (await by_itself(Walls.CALLS, act, arguments.get(act, ""))).startswith("stopped")


@needs_all_walls
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else to try it")
@pytest.mark.parametrize("act", ["standing", *REACHING_OUT])
async def test_an_ordinary_user_is_shut_in_as_well(act: str, arguments: dict[str, str]) -> None:
    said = await by_itself(ALL, act, arguments.get(act, ""), SOMEBODY)
    assert said == "worked" if act == "standing" else said.startswith("stopped")


ALWAYS_STOPPED = [
    "connect",
    "send_datagram",
    "read_passwords",
    "write_file",
    "make_memory_file",
    "fork",
    "start_program",
    "allocate",
    "write_much",
    "change_the_original",
    "kill",
    "mount",
]
"""What is stopped with every wall and with none."""


@pytest.mark.parametrize("act", ALWAYS_STOPPED)
async def test_in_the_workshop_it_is_stopped(taken_over: Inspector, act: str, arguments: dict[str, str]) -> None:
    assert await does(taken_over, act, arguments.get(act, "")) is Code.FILE_DAMAGED


@pytest.mark.parametrize("act", [each for each in ALWAYS_STOPPED if each not in {"kill", "mount"}])
async def test_limits_stop_it_where_no_wall_can_stand(
    taken_over_without_walls: Inspector, act: str, arguments: dict[str, str]
) -> None:
    assert await does(taken_over_without_walls, act, arguments.get(act, "")) is Code.FILE_DAMAGED


@pytest.mark.parametrize("act", ["loop", "wait", "break_down"])
async def test_what_does_not_end_is_ended(taken_over: Inspector, act: str) -> None:
    assert await does(taken_over, act) is Code.FILE_NOT_UNDERSTOOD


async def test_the_hook_of_these_tests_tells_when_an_act_works(taken_over: Inspector) -> None:
    assert await does(taken_over, "start_thread") == b"worked"


async def test_every_act_is_tried() -> None:
    tried = {*ALWAYS_STOPPED, *REACHING_OUT, "loop", "wait", "break_down", "start_thread", "list_files", "own_users"}
    assert tried | {"lie", "standing"} == set(ACTS)


@needs_all_walls
async def test_it_says_how_files_are_shut_in(inspector: Inspector) -> None:
    assert inspector.isolation() == (
        "Files are inspected in isolation, by namespaces and Landlock and a filter of system calls."
    )


@pytest.mark.parametrize(
    "walls, says",
    [
        (Walls.NONE, "Files are inspected without isolation: this machine allows no namespaces"),
        (Walls.LANDLOCK | Walls.CALLS, "shut in by Landlock and a filter of system calls."),
    ],
)
async def test_it_says_aloud_where_it_cannot_isolate_and_still_works(
    walls: Walls, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with Inspector(walls=walls) as inspector:
        assert says in inspector.isolation()
        assert [record.levelname for record in caplog.records if says in record.getMessage()] == ["WARNING"]
        answer = await look(inspector, photo())
        assert isinstance(answer, Inspected)
        answer.close()


async def test_before_the_first_file_nothing_is_claimed() -> None:
    assert Inspector().isolation() == "No file was looked into yet."
