"""The workshop is lost and found again, is never believed blindly, and leaves nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from mufakat.core.refusals import Code, Refusal
from mufakat.evidence.inspection.door import WorkshopLost
from mufakat.evidence.inspection.inspector import Inspected, Inspector
from mufakat.evidence.inspection.report import Made
from tests.evidence.inspected import content, film, look, looked, only, opened, pdf, photo

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOT = Path(__file__).parents[2]
PATIENCE = 20
"""Seconds within which processes must be gone."""


@pytest_asyncio.fixture(loop_scope="session")
async def own() -> AsyncIterator[Inspector]:
    """An inspector of this test alone, whose processes it may kill."""
    async with Inspector() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def liar() -> AsyncIterator[Inspector]:
    """An inspector whose decoder reports what the file says."""
    async with Inspector(examine="tests.evidence.hostile:act_quickly") as running:
        yield running


def processes(inspector: Inspector) -> list[psutil.Process]:
    """The workshop's processes, outermost first."""
    assert inspector._door
    outer = psutil.Process(inspector._door._process.pid)
    return [outer, *outer.children(recursive=True)]


async def begun(inspector: Inspector) -> None:
    """Wait until there is a process for a file."""
    while len(processes(inspector)) < 3:  # noqa: ASYNC110 - nothing tells when
        await asyncio.sleep(0.005)


async def gone(found: list[psutil.Process]) -> bool:
    return not (await asyncio.to_thread(psutil.wait_procs, found, PATIENCE))[1]


async def test_twenty_files_at_once(own: Inspector) -> None:
    contents = [photo(), film(), pdf(2), b"text", photo("PNG")] * 4
    answers = await asyncio.gather(*(look(own, each) for each in contents))
    kinds = [answer.kind.value for answer in answers if isinstance(answer, Inspected)]
    assert kinds == ["PICTURE", "FILM", "DOCUMENT", "TEXT", "PICTURE"] * 4
    for answer in answers:
        assert isinstance(answer, Inspected)
        answer.close()
    found = processes(own)
    assert len(found) <= 2, "one that waits and one that forks; none of a file"
    assert not [each for each in found if each.status() == psutil.STATUS_ZOMBIE]


async def test_no_more_than_a_few_at_a_time(own: Inspector) -> None:
    under_way = [asyncio.ensure_future(look(own, pdf(50))) for _ in range(6)]
    most = 0
    while not all(each.done() for each in under_way):
        most = max(most, len(processes(own)) - 2)
        await asyncio.sleep(0.01)
    for each in under_way:
        answer = each.result()
        assert isinstance(answer, Inspected)
        answer.close()
    assert 1 <= most <= 2


@pytest.mark.parametrize("which", [0, -1])
async def test_a_killed_workshop_is_started_anew(own: Inspector, which: int) -> None:
    before = processes(own)
    before[which].kill()
    assert await gone(before)
    with await looked(own, photo()) as answer:
        assert only(answer, Made.COPY).size
    assert {each.pid for each in processes(own)}.isdisjoint(each.pid for each in before)


async def test_a_file_under_way_is_tried_again_when_the_workshop_is_killed(own: Inspector) -> None:
    under_way = asyncio.ensure_future(look(own, pdf(50)))
    await begun(own)
    await asyncio.sleep(0.3)  # some pages are made by then
    before = processes(own)
    before[1].kill()
    answer = await under_way
    assert isinstance(answer, Inspected)
    assert len(answer.derivatives) == 51
    answer.close()
    assert await gone(before)


async def test_a_file_that_takes_the_workshop_down_twice_is_refused(own: Inspector) -> None:
    under_way = asyncio.ensure_future(look(own, pdf(50)))
    killed: set[int] = set()
    while not under_way.done():
        if own._door and own._door.open and own._door._process.pid not in killed and len(processes(own)) > 2:
            killed.add(own._door._process.pid)
            own._door._process.kill()
        await asyncio.sleep(0.005)
    answer = under_way.result()
    assert isinstance(answer, Refusal)
    assert answer.code is Code.FILE_NOT_UNDERSTOOD
    assert len(killed) == 2


async def test_a_caller_who_gives_up_does_no_harm(own: Inspector) -> None:
    for _ in range(5):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(look(own, pdf(50)), 0.05)
    with await looked(own, photo()) as answer:
        assert answer.derivatives


async def test_nothing_is_left_when_it_is_closed() -> None:
    async with Inspector() as inspector:
        under_way = asyncio.ensure_future(look(inspector, pdf(50)))
        await begun(inspector)
        found = processes(inspector)
        await inspector.close()
        assert await gone(found)
        for late in (under_way, look(inspector, photo())):
            with pytest.raises(WorkshopLost, match="closed"):
                await late
        await inspector.start()
        with await looked(inspector, photo()):
            found = processes(inspector)
    assert await gone(found)


async def test_nothing_is_left_when_the_program_is_killed() -> None:
    program = (
        "import asyncio\n"
        "from mufakat.evidence.inspection.inspector import Inspector\n"
        "from tests.evidence.inspected import look, pdf\n"
        "async def main():\n"
        "    async with Inspector() as inspector:\n"
        "        asyncio.ensure_future(look(inspector, pdf(50)))\n"
        "        await asyncio.sleep(0.1)\n"
        "        print('looking', flush=True)\n"
        "        await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout
    assert await process.stdout.readline() == b"looking\n"
    found = psutil.Process(process.pid).children(recursive=True)
    assert len(found) >= 2
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert await gone(found)


async def test_a_workshop_that_cannot_be_started_is_told() -> None:
    with pytest.raises(WorkshopLost, match="ended"):
        await look(Inspector(examine="mufakat.evidence.no_such_module:examine"), photo())


async def test_what_others_see_is_in_files_of_its_own(own: Inspector) -> None:
    with await looked(own, photo()) as answer:
        numbers = {each.file.fileno() for each in answer.derivatives}
        assert len(numbers) == len(answer.derivatives)
        assert all(os.fstat(each).st_nlink == 0 for each in numbers), "no name"
    assert all(each.file.closed for each in answer.derivatives)


async def test_the_original_can_be_in_a_file_on_disk(own: Inspector, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    place.write_bytes(photo())
    with place.open("rb") as file:
        answer = await own.inspect(file)
    assert isinstance(answer, Inspected)
    answer.close()


JPEG = b"\xff\xd8\xff\xe0".hex()
PIECE = '{"made":"COPY","type":"image/jpeg","start":0,"size":4}'
LIES = {
    "no report": "|",
    "no JSON": "00|hello",
    "another shape": "00|[]",
    "nothing said": "00|{}",
    "an unknown field": '00|{"refused":"FILE_DAMAGED","x":1}',
    "an unknown refusal": '00|{"refused":"NO_SUCH_CODE"}',
    "a refusal of elsewhere": '00|{"refused":"NOT_YOURS"}',
    "no kind": JPEG + '|{"type":"image/jpeg","pieces":[' + PIECE + "]}",
    "a kind that does not fit": JPEG + '|{"kind":"FILM","type":"image/jpeg","pieces":[' + PIECE + "]}",
    "a type of elsewhere": JPEG + '|{"kind":"TEXT","type":"text/html","pieces":[' + PIECE + "]}",
    "nothing made": '|{"kind":"PICTURE","type":"image/jpeg"}',
    "more than was made": JPEG[:4] + '|{"kind":"PICTURE","type":"image/jpeg","pieces":[' + PIECE + "]}",
    "less than was made": JPEG + '00|{"kind":"PICTURE","type":"image/jpeg","pieces":[' + PIECE + "]}",
    "the same twice": JPEG + '|{"kind":"PICTURE","type":"image/jpeg","pieces":[' + PIECE + "," + PIECE + "]}",
    "markup for a picture": b"<htm".hex() + '|{"kind":"PICTURE","type":"image/jpeg","pieces":[' + PIECE + "]}",
    "a piece that may not be made": b"%PDF".hex()
    + '|{"kind":"DOCUMENT","type":"application/pdf","pieces":['
    + PIECE.replace("image/jpeg", "application/pdf")
    + "]}",
    "a place that cannot be": JPEG
    + '|{"kind":"PICTURE","type":"image/jpeg","private":{"latitude":1e9},"pieces":['
    + PIECE
    + "]}",
    "a name with an escape in it": JPEG
    + '|{"kind":"PICTURE","type":"image/jpeg","private":{"make":"\\u001b[2J"},"pieces":['
    + PIECE
    + "]}",
    "sides without end": JPEG + '|{"kind":"PICTURE","type":"image/jpeg","width":1e30,"pieces":[' + PIECE + "]}",
}


@pytest.mark.parametrize("name", LIES)
async def test_a_report_that_lies_is_not_believed(liar: Inspector, name: str) -> None:
    answer = await look(liar, b"lie " + LIES[name].encode())
    assert isinstance(answer, Refusal)
    assert answer.code is Code.FILE_NOT_UNDERSTOOD


async def test_the_same_report_is_believed_when_it_fits(liar: Inspector) -> None:
    honest = JPEG + '|{"kind":"PICTURE","type":"image/jpeg","pieces":[' + PIECE + "]}"
    answer = await look(liar, b"lie " + honest.encode())
    assert isinstance(answer, Inspected)
    with answer:
        assert content(answer.derivatives[0]) == bytes.fromhex(JPEG)


async def test_files_without_a_place_in_memory_are_looked_into_too(
    own: Inspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "memfd_create")
    with opened(photo()) as file:
        answer = await own.inspect(file)
    assert isinstance(answer, Inspected)
    with answer:
        assert content(only(answer, Made.COPY)).startswith(b"\xff\xd8\xff")
