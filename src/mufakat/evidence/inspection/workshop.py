"""The workshop: a process that loads the decoders, is shut in, and then forks for each file that it is handed.

Run as a program of its own, never forked from the platform's, whose memory holds keys: it gets the number of a socket
and the name of the function that examines (`module:function`). Over the socket come numbered jobs with three open
files: the file to look at, read-only, one for what is made of it, and one for the report. Back go the walls that stand,
once, and then the end of each job. When the socket closes, everything here ends.
"""

import gc
import importlib
import os
import selectors
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from mufakat.evidence.inspection.isolation import (
    Walls,
    address_space,
    close_all_but,
    die_with_parent,
    limit,
    shut_in,
)
from mufakat.evidence.inspection.limits import WALL_SECONDS

JOB: Final = struct.Struct("!Q")
"""A job's number."""
NEWS: Final = struct.Struct("!Qi")
"""A job's number and how it ended: zero when it wrote its report. Job zero: the walls that stand."""
FILES: Final = 3
"""Open files that come with a job."""
NOT_STARTED: Final = 1000
"""How a job ended for which no process could be started."""

Examine = Callable[[int, int, int], None]
"""Looks at an open file and writes what it makes and its report to two others."""


def main(arguments: list[str]) -> None:
    """Load, be shut in, serve until the socket closes."""
    door, name, walls = socket.socket(fileno=int(arguments[0])), arguments[1], Walls(int(arguments[2]))
    place, _, function = name.partition(":")
    module = importlib.import_module(place)
    examine: Examine = getattr(module, function)
    getattr(module, "warm_up", lambda: None)()
    has = address_space()
    close_all_but({door.fileno()})
    standing = shut_in(walls)
    gc.collect()
    gc.freeze()  # what is loaded is shared with every fork, and no collection need touch it
    door.sendall(NEWS.pack(0, int(standing)))
    _Workshop(door, examine, has, standing).serve()
    os._exit(0)  # with the first process of the namespace, all others end


class _Workshop:
    """Jobs that are under way, by their process: number, and when its time is over."""

    def __init__(self, door: socket.socket, examine: Examine, has: int, standing: Walls) -> None:
        self._door, self._examine, self._has, self._standing = door, examine, has, standing
        self._under_way: dict[int, tuple[int, float]] = {}

    def serve(self) -> None:
        """Take jobs and tell their ends until nobody listens any more."""
        ended, wakes = socket.socketpair()
        for each in (ended, wakes):
            each.setblocking(False)
        signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the platform, which then closes the socket
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._door, selectors.EVENT_READ)
            waiting.register(ended, selectors.EVENT_READ)
            with suppress(EOFError, OSError):
                while True:
                    for key, _ in waiting.select(self._patience()):
                        if key.fileobj is ended:
                            ended.recv(4096)
                        else:
                            self._take()
                    self._tell_ends()
        for pid in self._under_way:
            os.kill(pid, signal.SIGKILL)

    def _take(self) -> None:
        """Take one job and start a process for it."""
        message, files, _, _ = socket.recv_fds(self._door, JOB.size, FILES)
        if not message:
            raise EOFError
        (number,) = JOB.unpack(message)
        try:
            pid = os.fork()
        except OSError:
            self._door.sendall(NEWS.pack(number, NOT_STARTED))
        else:
            if not pid:
                self._work(files)
            self._under_way[pid] = number, time.monotonic() + WALL_SECONDS
        for each in files:
            os.close(each)

    def _work(self, files: list[int]) -> None:
        """In the process of one file: nothing else open, everything bound, no way back."""
        status = 1
        with suppress(BaseException):
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            die_with_parent()
            gc.disable()
            close_all_but(set(files))
            limit(self._has, self._standing)
            self._examine(files[0], files[1], files[2])
            status = 0
        os._exit(status)

    def _patience(self) -> float | None:
        """Seconds until the next job's time is over."""
        ends = [end for _, end in self._under_way.values()]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _tell_ends(self) -> None:
        """Kill what takes too long, and tell what ended."""
        now = time.monotonic()
        for pid, (_, end) in self._under_way.items():
            if end <= now:
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                if job := self._under_way.pop(found[0], None):
                    self._door.sendall(NEWS.pack(job[0], os.waitstatus_to_exitcode(found[1])))


if __name__ == "__main__":
    main(sys.argv[1:])
