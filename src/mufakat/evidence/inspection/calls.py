"""The third wall: calls to the kernel that no decoder needs are refused (seccomp), in the process of one file.

No new process or program, no socket, no file by name, no look at other processes, no mounting, no keys. Threads remain,
for one decoder insists on one; they end with their process. It works where containers forbid namespaces, and on the
two architectures whose numbers are known here.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

# <linux/filter.h>, <linux/seccomp.h>, <linux/audit.h>, <linux/sched.h>
_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_ANY_BIT: Final = 0x45
_ANSWER: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_ERROR: Final = 0x00050000
_KILL: Final = 0x80000000
_NUMBER_AT: Final = 0
_ARCHITECTURE_AT: Final = 4
_FIRST_ARGUMENT_AT: Final = 16
_CLONE_THREAD: Final = 0x00010000
_PR_SET_SECCOMP: Final = 22
_FILTER: Final = 2


@dataclass(frozen=True, slots=True)
class _Architecture:
    """The numbers of its calls. `foreign`: numbers from here on belong to another one that it also runs."""

    audit: int
    clone: int
    refused: tuple[int, ...]
    foreign: int = 0


# pidfd_send_signal, io_uring_setup, _enter, _register, pidfd_open, openat2, pidfd_getfd, memfd_secret: new enough to
# have one number everywhere. clone3 hides its flags from a filter, so it is said not to exist; then clone is asked.
_EVERYWHERE: Final = (424, 425, 426, 427, 434, 437, 438, 447)
_CLONE3: Final = 435

_ARCHITECTURES: Final = {
    "x86_64": _Architecture(
        audit=0xC000003E,
        clone=56,
        refused=(
            *(2, 85, 257, 303, 304, 319),  # open, creat, openat, name_to_, open_by_handle_at, memfd_create
            *(41, 42, 43, 44, 46, 49, 50, 53, 288),  # socket and what belongs to it
            *(57, 58, 59, 322, 62),  # fork, vfork, execve, execveat, kill
            *(101, 310, 311, 298, 321, 323),  # ptrace, process_vm_*, perf_event_open, bpf, userfaultfd
            *(76, 82, 83, 84, 86, 87, 88, 90, 92, 94, 133),  # truncate, rename, mkdir, link, chmod and the like
            *(258, 259, 260, 263, 264, 265, 266, 268, 316),  # the same with a folder
            *(155, 161, 165, 166, 272, 308, 248, 249, 250),  # roots, mounts, namespaces, keys
        ),
        foreign=0x40000000,
    ),
    "aarch64": _Architecture(
        audit=0xC00000B7,
        clone=220,
        refused=(
            *(56, 264, 265, 279),
            *(198, 199, 200, 201, 202, 203, 206, 211, 242),
            *(221, 281, 129),
            *(117, 270, 271, 241, 280, 282),
            *(45, 33, 34, 35, 36, 37, 38, 53, 54, 276),
            *(39, 40, 41, 51, 97, 268, 217, 218, 219),
        ),
    ),
}


def can_forbid() -> bool:
    """Does this machine refuse calls when asked? Tried in a process of its own."""
    pid = os.fork()
    if not pid:
        with suppress(BaseException):
            forbid()
            os._exit(0)
        os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def forbid() -> None:
    """Refuse them to this process from here on; raises OSError. It must have given up gaining rights before."""
    here = _ARCHITECTURES.get(platform.machine())
    if sys.platform != "linux" or here is None or sys.maxsize < 1 << 32:
        raise OSError(errno.ENOSYS, "the numbers of this machine's calls are not known")
    program = _program(here)
    code = ctypes.create_string_buffer(program)
    head = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_FILTER), head, ctypes.c_ulong(0), ctypes.c_ulong(0)):
        raise OSError(ctypes.get_errno(), "seccomp")


def _program(here: _Architecture) -> bytes:
    """The filter, in the kernel's packet language: what is not refused is allowed."""
    refuse = _step(_ANSWER, _ERROR | errno.EPERM)
    steps = [
        _step(_LOAD, _ARCHITECTURE_AT),
        _step(_EQUAL, here.audit, 1, 0),
        _step(_ANSWER, _KILL),
        _step(_LOAD, _NUMBER_AT),
    ]
    if here.foreign:
        steps += [_step(_AT_LEAST, here.foreign, 0, 1), _step(_ANSWER, _KILL)]
    for number in (*here.refused, *_EVERYWHERE):
        steps += [_step(_EQUAL, number, 0, 1), refuse]
    steps += [_step(_EQUAL, _CLONE3, 0, 1), _step(_ANSWER, _ERROR | errno.ENOSYS)]
    steps += [
        _step(_EQUAL, here.clone, 0, 3),
        _step(_LOAD, _FIRST_ARGUMENT_AT),
        _step(_ANY_BIT, _CLONE_THREAD, 1, 0),
        refuse,
        _step(_ANSWER, _ALLOW),
    ]
    return b"".join(steps)


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
