"""What a file that has taken over its decoder might do. Run in the workshop in place of the real examination.

Each act is tried; where it works, the report says that the file is a text, and where it is stopped, that it is damaged.
The file's content is the name of the act and an argument. Only tests can have this run: they name it when they start a
workshop.
"""

import ctypes
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from mufakat.evidence.inspection import calls, warming
from mufakat.evidence.inspection.examine import examine
from mufakat.evidence.inspection.isolation import Walls, shut_in

WORKED = b"worked"
LITTLE_MEMORY = 48 * 1024 * 1024
"""Bytes; enough for a small photo, whatever its credentials say."""


def act(source: int, made: int, report: int) -> None:
    """Do what the file says, and tell whether it worked."""
    name, _, argument = os.pread(source, 1000, 0).decode().partition(" ")
    try:
        worked = ACTS[name](argument, source, made, report)
    except BaseException:  # noqa: BLE001 - any way to be stopped is a way to be stopped
        worked = False
    tell(report, made, worked=worked)


def tell(report: int, made: int, *, worked: bool) -> None:
    if worked:
        os.ftruncate(made, 0)
        os.pwrite(made, WORKED, 0)
        said = (
            f'{{"kind":"TEXT","type":"text/plain","pieces":[{{"made":"COPY","type":"text/plain","start":0,'
            f'"size":{len(WORKED)}}}]}}'
        )
    else:
        said = '{"refused":"FILE_DAMAGED"}'
    os.ftruncate(report, 0)
    os.pwrite(report, said.encode(), 0)


def act_quickly(source: int, made: int, report: int) -> None:
    """The same, where a file has one second of computing and three of time."""
    act(source, made, report)


def examine_quickly(source: int, made: int, report: int) -> None:
    """The real examination, where a file has one second of computing and three of time."""
    examine(source, made, report)


def examine_poorly(source: int, made: int, report: int) -> None:
    """The real examination, where a file has little memory."""
    examine(source, made, report)


def warm_up() -> None:
    """Runs in the workshop before the walls stand: shortens what a file may take, where the workshop is for that."""
    warming.warm_up()
    program: Any = sys.modules["__main__"]
    if sys.argv[2].endswith("_quickly"):
        program.WALL_SECONDS = 3
        program.limit = partial(program.limit, cpu_seconds=1)
    if sys.argv[2].endswith("_poorly"):
        program.limit = partial(program.limit, memory=LITTLE_MEMORY)


def connect(argument: str, *_: int) -> bool:
    with socket.create_connection(("127.0.0.1", int(argument)), timeout=5):
        return True


def send_datagram(argument: str, *_: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        return out.sendto(b"out", ("127.0.0.1", int(argument))) == 3


def read_passwords(*_: object) -> bool:
    return bool(Path("/etc/passwd").read_bytes())


def list_files(*_: object) -> bool:
    return bool(os.listdir("/"))  # noqa: PTH208 - the plain call


def write_file(argument: str, *_: int) -> bool:
    return Path(argument).write_bytes(b"x") == 1


def make_memory_file(*_: object) -> bool:
    return os.memfd_create("x") >= 0


def fork(*_: object) -> bool:
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def start_thread(*_: object) -> bool:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    return True


def start_program(*_: object) -> bool:
    return subprocess.run([sys.executable, "-c", ""], check=False).returncode == 0


def allocate(argument: str, *_: int) -> bool:
    return len(bytearray(int(argument))) > 0


def write_much(argument: str, _: int, made: int, *__: int) -> bool:
    for _ in range(int(argument)):
        os.write(made, bytes(1024 * 1024))
    return True


def change_the_original(_: str, source: int, *__: int) -> bool:
    return os.pwrite(source, b"x", 0) == 1


def kill(argument: str, *_: int) -> bool:
    """A process of the outside, by its number there."""
    os.kill(int(argument), 0)
    return True


def loop(*_: object) -> bool:
    while True:
        pass


def wait(*_: object) -> bool:
    time.sleep(3600)
    return True


def break_down(*_: object) -> bool:
    ctypes.string_at(1)
    return True


def mount(*_: object) -> bool:
    return bool(ctypes.CDLL(None).mount(b"tmpfs", b"/", b"tmpfs", ctypes.c_ulong(0), None) == 0)


def own_users(*_: object) -> bool:
    return bool(ctypes.CDLL(None).unshare(0x10000000) == 0)


def standing(*_: object) -> bool:
    """Nothing; whether the walls stand is said by the one who asks."""
    return True


def lie(argument: str, _: int, made: int, report: int) -> bool:
    """Leave a report of the file's own making and end at once."""
    made_bytes, _sep, said = argument.partition("|")
    os.pwrite(made, bytes.fromhex(made_bytes), 0)
    os.pwrite(report, said.encode(), 0)
    os._exit(0)


ACTS: dict[str, Callable[..., bool]] = {
    each.__name__: each
    for each in (
        connect,
        send_datagram,
        read_passwords,
        list_files,
        write_file,
        make_memory_file,
        fork,
        start_thread,
        start_program,
        allocate,
        write_much,
        change_the_original,
        kill,
        loop,
        wait,
        break_down,
        mount,
        own_users,
        lie,
        standing,
    )
}

if __name__ == "__main__":
    # Without the workshop: `python -m tests.evidence.hostile WALLS ACT ARGUMENT [USER]`, behind these walls and no
    # limits, by root as another user.
    walls, name, argument = Walls(int(sys.argv[1])), sys.argv[2], sys.argv[3]
    try:
        socket.getaddrinfo("127.0.0.1", 1)  # loads what is loaded late
        if len(sys.argv) > 4:
            os.setgroups([])
            os.setresgid(*[int(sys.argv[4])] * 3)
            os.setresuid(*[int(sys.argv[4])] * 3)
        found = shut_in(walls) if walls else walls
        if found & Walls.CALLS:
            calls.forbid()
        worked = found == walls and ACTS[name](argument, -1, -1, -1)
        print("worked" if worked else f"only {found!r}" if found != walls else "stopped")
    except BaseException as error:  # noqa: BLE001 - any way to be stopped is a way to be stopped
        print("stopped by", type(error).__name__)
