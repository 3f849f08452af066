"""The program's end of the workshop: starts it, hands it files, hears how each job ended, and ends it.

One door is one workshop; when the workshop is gone, so is the door, and a new one is opened.
"""

import asyncio
import contextlib
import itertools
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import Final, Self

from mufakat.evidence.inspection.isolation import Walls
from mufakat.evidence.inspection.limits import WALL_SECONDS
from mufakat.evidence.inspection.workshop import JOB, NEWS

START_SECONDS: Final = 60
"""How long the workshop may take to load and to be shut in; a second, mostly."""
GRACE_SECONDS: Final = 15
"""How long after a job's time is over the workshop may be silent; then it is ended itself."""


class WorkshopLost(Exception):  # noqa: N818 - says what happened
    """The workshop ended or cannot be started; the text is a sentence for people."""


class Door:
    """A running workshop. `walls`: what stands around it."""

    def __init__(self, door: socket.socket, process: subprocess.Popen[bytes]) -> None:
        self._door, self._process = door, process
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[int]] = {}
        self._heard = b""
        self.walls = Walls.NONE
        self.open = True
        self._loop = asyncio.get_running_loop()
        door.setblocking(False)
        self._loop.add_reader(door, self._hear)

    @classmethod
    async def open_at(cls, examine: str, walls: Walls) -> Self:
        """Start a workshop with that function (`module:function`), behind these walls where the machine allows them.

        Raises WorkshopLost.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = await asyncio.to_thread(_started, theirs, examine, walls)
            except OSError as error:
                ours.close()
                raise WorkshopLost(f"Files cannot be looked into: no process can be started ({error}).") from error
        door = cls(ours, process)
        started = door._loop.create_future()
        door._waiting[0] = started
        try:
            door.walls = Walls(await asyncio.wait_for(started, START_SECONDS))
        except BaseException as error:
            await door.close()
            if isinstance(error, TimeoutError):
                raise WorkshopLost("Files cannot be looked into: the process for it does not come up.") from error
            raise
        return door

    async def job(self, files: Sequence[int]) -> int:
        """Hand over open files, and wait for the end of that job: zero, or how its process ended.

        The files may be closed once this returns or raises WorkshopLost; it takes WALL_SECONDS at most, and a little.
        """
        number = next(self._numbers)
        ended = self._waiting[number] = self._loop.create_future()
        try:
            socket.send_fds(self._door, [JOB.pack(number)], list(files))
            return await asyncio.wait_for(ended, WALL_SECONDS + GRACE_SECONDS)
        except (OSError, TimeoutError) as error:
            await self.close()
            raise WorkshopLost("The process that looks into files does not answer.") from error
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """End the workshop and everything in it, and wait until it is gone."""
        self._lose()
        if self._process.poll() is None:
            self._process.kill()
        await asyncio.to_thread(self._process.wait)

    def _hear(self) -> None:
        try:
            news = self._door.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            news = b""
        if not news:
            self._lose()
            return
        self._heard += news
        while len(self._heard) >= NEWS.size:
            number, status = NEWS.unpack(self._heard[: NEWS.size])
            self._heard = self._heard[NEWS.size :]
            if (waiting := self._waiting.get(number)) and not waiting.done():
                waiting.set_result(status)

    def _lose(self) -> None:
        """Let nobody wait for a workshop that is gone. Its process ends with the socket, and is waited for later."""
        if self.open:
            self.open = False
            self._loop.remove_reader(self._door)
            self._door.close()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(WorkshopLost("The process that looks into files ended."))


def _started(door: socket.socket, examine: str, walls: Walls) -> subprocess.Popen[bytes]:
    """A fresh interpreter: nothing of this program's memory, environment or open files goes along but the door."""
    environment = {
        "PYTHONPATH": os.pathsep.join(each for each in sys.path if each),
        "LANG": "C.UTF-8",
        # All memory of a file's process is fresh: in large pages the kernel hands it out with a fifth less of the time.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "OPENBLAS_NUM_THREADS": "1",  # one thread only can be shut in
        "OMP_NUM_THREADS": "1",
    }
    with contextlib.ExitStack() as stack:
        nowhere = stack.enter_context(open(os.devnull, "r+b"))  # noqa: PTH123 - an open file is what is wanted
        return subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "mufakat.evidence.inspection.workshop",
                str(door.fileno()),
                examine,
                str(int(walls)),
            ],
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
            cwd="/",
            env=environment,
            pass_fds=[door.fileno()],
            start_new_session=True,
        )
