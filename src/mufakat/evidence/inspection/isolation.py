"""Shutting a process in: no network, no files, no other processes, no rights, and a bound on what it may use.

Three walls that do not lean on each other, all of the Linux kernel and none in need of an installed program:

- namespaces: own users, network (without any interface), files (one empty folder), processes and message queues. They
  work as root and as an ordinary user, unless the machine forbids them, as most containers do;
- Landlock: no file can be opened and no TCP connection made, whoever asks. It works in most containers;
- calls to the kernel that no decoder needs are refused (`calls`). It works in most containers too.

`shut_in` puts up the first two where the machine allows it and says what stands; `limit` puts up the third and bounds
the process that takes one file. All of it is inherited and none of it can be undone. What is opened before stays open,
so everything must be loaded first.
"""

import ctypes
import itertools
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from enum import IntFlag
from pathlib import Path
from typing import Final

from mufakat.evidence.inspection import calls
from mufakat.evidence.inspection.limits import CPU_SECONDS, MADE_BYTES, MEMORY

NOBODY: Final = 65534
"""The user and group that own nothing."""

# <sched.h>, <sys/mount.h>, <sys/prctl.h>, <linux/capability.h>
_CLONE_NEWNS: Final = 0x00020000
_CLONE_NEWCGROUP: Final = 0x02000000
_CLONE_NEWUTS: Final = 0x04000000
_CLONE_NEWIPC: Final = 0x08000000
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWPID: Final = 0x20000000
_CLONE_NEWNET: Final = 0x40000000
_MS_RDONLY: Final = 1
_MS_NOSUID_NODEV_NOEXEC: Final = 2 | 4 | 8
_MS_REMOUNT: Final = 32
_MS_REC_PRIVATE: Final = 0x4000 | 0x40000
_MNT_DETACH: Final = 2
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_CAPBSET_DROP: Final = 24
_PR_SET_NO_NEW_PRIVS: Final = 38
_CAPABILITY_VERSION: Final = 0x20080522
_CAPABILITIES: Final = 64

_NAMESPACES: Final = _CLONE_NEWNS | _CLONE_NEWCGROUP | _CLONE_NEWUTS | _CLONE_NEWIPC | _CLONE_NEWPID | _CLONE_NEWNET

# <linux/landlock.h>; the numbers of its calls are the same on every architecture
_LANDLOCK_CREATE: Final = 444
_LANDLOCK_RESTRICT: Final = 446
_LANDLOCK_VERSION: Final = 1
_LANDLOCK_FILES: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Every right to files, by the first version that knows them."""
_LANDLOCK_TCP: Final = 3
_LANDLOCK_TCP_SINCE: Final = 4
_LANDLOCK_SCOPES: Final = 3
_LANDLOCK_SCOPES_SINCE: Final = 6

_libc: Final = ctypes.CDLL(None, use_errno=True)


class Walls(IntFlag):
    """What stands around the process."""

    NONE = 0
    NAMESPACES = 1
    LANDLOCK = 2
    CALLS = 4


ALL: Final = Walls.NAMESPACES | Walls.LANDLOCK | Walls.CALLS


def shut_in(wanted: Walls = ALL) -> Walls:
    """Put up the walls that the machine allows, and say which; that of calls is left to the process of each file.

    With namespaces the caller goes on in a new process, the first of its own; the one that was waits for it and ends
    as it does. Only for a process with one thread.
    """
    standing = Walls.NONE
    if wanted & Walls.NAMESPACES and _enter_namespaces():
        standing |= Walls.NAMESPACES
    with suppress(OSError):
        _become_nobody()
    _drop_rights()
    if wanted & Walls.LANDLOCK:
        with suppress(OSError):
            _landlock()
            standing |= Walls.LANDLOCK
    if wanted & Walls.CALLS and calls.can_forbid():
        standing |= Walls.CALLS
    return standing


def die_with_parent() -> None:
    """Be killed when the process that started this one ends, however it ends."""
    with suppress(OSError):
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def address_space() -> int:
    """Bytes of address space that this process has; zero where the system does not tell. Ask before being shut in."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def limit(
    has: int,
    standing: Walls,
    *,
    memory: int = MEMORY,
    cpu_seconds: int = CPU_SECONDS,
    made_bytes: int = MADE_BYTES,
) -> None:
    """Bind this process: so many bytes beside what it `has`, so long, files so large; no new files, no new processes.

    It cannot open, connect or start anything from here on, wall or no wall; what is open goes on working.
    """
    for what, most in (
        (resource.RLIMIT_AS, has + memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, made_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        _bound(what, most)
    if standing & Walls.CALLS:
        calls.forbid()
    else:
        _bound(resource.RLIMIT_NPROC, 0)  # no thread either, and what decodes HEIC needs one


def close_all_but(kept: set[int]) -> None:
    """Close every open file but these and the three that every process has."""
    edges = [2, *sorted(kept), resource.getrlimit(resource.RLIMIT_NOFILE)[0]]
    for low, high in itertools.pairwise(edges):
        os.closerange(low + 1, min(high, 65536))


def _bound(what: int, most: int) -> None:
    with suppress(OSError, ValueError):  # a lower one stands already, or the system does not know it
        resource.setrlimit(what, (most, most))


# --- namespaces


def _enter_namespaces() -> bool:
    """Go on inside, by the first way that this machine allows; a process of its own tries each before."""
    ways = [_as_a_user, _as_root] if os.geteuid() == 0 else [_as_a_user]
    for way in ways:
        if _works(way):
            way()
            _go_on_as_first_process()
            return True
    return False


def _works(way: Callable[[], None]) -> bool:
    pid = os.fork()
    if not pid:
        with suppress(BaseException):
            way()
            if not os.fork():
                os._exit(0)
            os._exit(os.waitstatus_to_exitcode(os.wait()[1]) & 0xFF)
        os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def _as_a_user() -> None:
    """Without any right: own users first. Root becomes nobody before, so that limits bind it."""
    _become_nobody()
    _prctl(_PR_SET_DUMPABLE, 1)  # else, after a change of user, its own /proc/self belongs to root
    user, group = os.geteuid(), os.getegid()
    _check(_libc.unshare(_CLONE_NEWUSER | _NAMESPACES), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")
    with suppress(OSError):  # /proc may be read-only; then the wall is one stone lower
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    _empty_root()


def _as_root() -> None:
    """By root's own rights, where the machine forbids namespaces of users."""
    _check(_libc.unshare(_NAMESPACES), "unshare")
    _empty_root()


def _empty_root() -> None:
    """Make an empty read-only folder all that there is."""
    place = tempfile.gettempdir()
    _mount(None, "/", None, _MS_REC_PRIVATE)
    _mount("tmpfs", place, "tmpfs", _MS_NOSUID_NODEV_NOEXEC, "size=4k,nr_inodes=1,mode=555")
    os.chdir(place)
    _check(_libc.pivot_root(b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", _MNT_DETACH), "umount2")
    os.chdir("/")
    _mount(None, "/", None, _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID_NODEV_NOEXEC)


def _go_on_as_first_process() -> None:
    """Own processes begin with the next one; this one only waits, holding nothing open, and ends as that one does."""
    pid = os.fork()
    if not pid:
        die_with_parent()
        return
    close_all_but(set())
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os._exit(status if status >= 0 else 128 - status)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    given = [None if each is None else each.encode() for each in (source, target, kind, data)]
    _check(_libc.mount(given[0], given[1], given[2], ctypes.c_ulong(flags), given[3]), "mount")


# --- rights


def _become_nobody() -> None:
    """Where this is root; raises OSError where that is not allowed."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _drop_rights() -> None:
    """No capability now, none to come."""
    with suppress(OSError):
        for capability in range(_CAPABILITIES):
            _prctl(_PR_CAPBSET_DROP, capability)
    with suppress(OSError, AttributeError):
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
        _check(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    with suppress(OSError):
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform != "linux":
        raise OSError("prctl is of Linux only")
    nothing = ctypes.c_ulong(0)
    _check(_libc.prctl(option, ctypes.c_ulong(value), nothing, nothing, nothing), "prctl")


# --- Landlock


def _landlock() -> None:
    """Rule out every file and every TCP connection, and reach no process outside; raises OSError."""
    if sys.platform != "linux":
        raise OSError("Landlock is of Linux only")
    version = _syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_VERSION))
    files = _LANDLOCK_FILES[max(first for first in _LANDLOCK_FILES if first <= version)]
    tcp = _LANDLOCK_TCP if version >= _LANDLOCK_TCP_SINCE else 0
    scopes = _LANDLOCK_SCOPES if version >= _LANDLOCK_SCOPES_SINCE else 0
    rules = (ctypes.c_uint64 * 3)(files, tcp, scopes)
    number = _syscall(_LANDLOCK_CREATE, rules, ctypes.c_size_t(ctypes.sizeof(rules)), ctypes.c_uint32(0))
    try:
        _syscall(_LANDLOCK_RESTRICT, ctypes.c_int(number), ctypes.c_uint32(0))
    finally:
        os.close(number)


def _syscall(number: int, *arguments: object) -> int:
    return _check(_libc.syscall(ctypes.c_long(number), *arguments), f"system call {number}")


def _check(answer: int, what: str) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return answer
