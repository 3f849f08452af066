"""The embedded server: starts anywhere, is shared, survives crashes, keeps what it acknowledged."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil
import pytest

from mufakat.store import embedded
from mufakat.store.embedded import (
    EmbeddedPostgres,
    create_database,
    drop_database,
    with_database,
)
from mufakat.store.programs import EmbeddedError
from tests import homes


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that every account can reach; pytest's own folders are closed to others."""
    with homes.open_folder() as folder:
        yield folder / "data"


async def ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for_death(pid: int) -> None:
    give_up = time.monotonic() + 20
    while alive(pid):
        assert time.monotonic() < give_up, "the server still runs"
        time.sleep(0.02)


def test_a_temporary_server_leaves_nothing_behind() -> None:
    with EmbeddedPostgres.start(fast=True) as server:
        assert asyncio.run(ask(server.url(), "SELECT 1")) == 1
        folder, pid = server.folder, server.pid
    assert not folder.exists()
    assert not alive(pid)
    server.stop()  # stopping twice does nothing


async def test_durable_closed_and_the_same_everywhere(home: Path) -> None:
    with EmbeddedPostgres.start(home) as server:
        for setting, value in {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "listen_addresses": "",
            "TimeZone": "UTC",
            "server_encoding": "UTF8",
        }.items():
            assert await ask(server.url(), f"SHOW {setting}") == value
        assert await ask(server.url(), "SELECT datlocale FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"
        socket_folder = Path(urlsplit(server.url()).query.removeprefix("host="))
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "pg" / "password").stat().st_mode) == 0o600
        parts = urlsplit(server.url())
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(server.url().replace(str(parts.password), "wrong"), "SELECT 1")


async def test_data_outlives_the_server(home: Path) -> None:
    with EmbeddedPostgres.start(home, fast=True) as server:
        await ask(await create_database(server.url(), "mufakat"), "CREATE TABLE t AS SELECT 7 AS x")
    assert not alive(server.pid)
    with EmbeddedPostgres.start(home, fast=True) as server:
        assert await ask(server.url("mufakat"), "SELECT x FROM t") == 7


async def test_the_second_joins_and_the_last_one_stops(home: Path) -> None:
    first = EmbeddedPostgres.start(home, fast=True)
    second = EmbeddedPostgres.start(home, fast=True)
    assert (first.pid, first.url()) == (second.pid, second.url())
    first.stop()
    assert await ask(second.url(), "SELECT 1") == 1
    second.stop()
    assert not alive(second.pid)


CHILD = """
    import sys, time
    from pathlib import Path
    from mufakat.store.embedded import EmbeddedPostgres
    server = EmbeddedPostgres.start(Path(sys.argv[1]), fast=sys.argv[2] == "fast")
    print(server.pid, flush=True)
    sys.stdin.read()
    server.stop()
"""


def child(home: Path, mode: str = "fast") -> subprocess.Popen[str]:
    """Another process that starts or joins the server and stops when its standard input closes."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD), str(home), mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def pid_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def test_processes_that_start_at_once_share_one_server(home: Path) -> None:
    processes = [child(home) for _ in range(4)]
    pids = {pid_of(process) for process in processes}
    assert len(pids) == 1
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    assert not alive(pids.pop())


async def test_a_killed_process_counts_as_stopped(home: Path) -> None:
    with child(home) as other:
        pid = pid_of(other)
        other.kill()
    assert alive(pid)  # the server goes on for those who come
    with EmbeddedPostgres.start(home, fast=True) as server:
        assert server.pid == pid
        assert await ask(server.url(), "SELECT 1") == 1
    assert not alive(pid)


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
async def test_a_crash_keeps_what_was_acknowledged(home: Path, whose: str) -> None:
    server = EmbeddedPostgres.start(home)
    await ask(server.url(), "CREATE TABLE t AS SELECT 7 AS x")
    os.kill(server.pid, signal.SIGKILL)
    wait_for_death(server.pid)
    if whose == "another's":  # after a restart of the machine, the old number belongs to some other process
        path = home / "pg" / "data" / "postmaster.pid"
        path.write_text("\n".join([str(os.getpid()), *path.read_text().splitlines()[1:]]))
    with EmbeddedPostgres.start(home) as again:
        assert again.pid != server.pid
        assert await ask(again.url(), "SELECT x FROM t") == 7
    server.stop()


async def test_a_start_killed_half_way_is_begun_anew(home: Path) -> None:
    (home / "pg.new" / "data" / "base").mkdir(parents=True)
    with EmbeddedPostgres.start(home, fast=True) as server:
        assert await ask(server.url(), "SELECT 1") == 1
    assert not (home / "pg.new").exists()


async def test_a_path_too_long_or_too_odd_for_a_socket(home: Path) -> None:
    odd = home / "a folder, with commas & umlauts ü" / ("long" * 20)
    with EmbeddedPostgres.start(odd, fast=True) as server:
        assert await ask(server.url(), "SELECT 1") == 1
        socket_folder = Path(urlsplit(server.url()).query.removeprefix("host="))
        assert socket_folder.is_dir()
    assert not socket_folder.exists()
    assert (odd / "pg").is_dir()


def test_fast_and_durable_do_not_mix(home: Path) -> None:
    with (
        EmbeddedPostgres.start(home, fast=True),
        pytest.raises(EmbeddedError, match="made for tests, without durable commits"),
    ):
        EmbeddedPostgres.start(home)


def test_a_folder_that_cannot_be_is_refused_in_a_sentence(home: Path) -> None:
    home.write_text("a file")
    with pytest.raises(EmbeddedError, match="cannot be used"):
        EmbeddedPostgres.start(home / "data", fast=True)


def test_a_failed_start_tells_what_the_log_says(home: Path) -> None:
    EmbeddedPostgres.start(home, fast=True).stop()
    (home / "pg" / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match="incompatible"):
        EmbeddedPostgres.start(home, fast=True)


def test_the_folder_removed_under_a_running_server(home: Path) -> None:
    server = EmbeddedPostgres.start(home, fast=True)
    shutil.rmtree(home)
    server.stop()
    os.kill(server.pid, signal.SIGKILL)
    wait_for_death(server.pid)


def test_a_long_log_is_set_aside(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    EmbeddedPostgres.start(home, fast=True).stop()
    monkeypatch.setattr(embedded, "LARGEST_LOG", 1)
    with EmbeddedPostgres.start(home, fast=True) as server:
        assert server.log.exists()
        assert (home / "pg" / "server.log.1").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends accounts")
async def test_root_where_the_account_cannot_go(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0o700)
    with EmbeddedPostgres.start(closed / "data", fast=True, keep=False) as server:
        assert await ask(server.url(), "SELECT 1") == 1
        assert psutil.Process(server.pid).uids().real != 0
        place = (closed / "data" / "pg").resolve()
        assert not place.is_relative_to(home)
    assert not place.exists()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


async def test_databases_by_name(server_url: str) -> None:
    url = await create_database(server_url, "one_of_ours")
    await ask(url, "CREATE TABLE t AS SELECT 7 AS x")
    assert await create_database(server_url, "one_of_ours") == url  # there already
    clone = await create_database(server_url, "its_clone", template="one_of_ours")
    assert await ask(clone, "SELECT x FROM t") == 7
    for name in ("one_of_ours", "its_clone", "its_clone"):
        await drop_database(server_url, name)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await ask(url, "SELECT 1")


async def test_one_database_made_by_many_at_once(server_url: str) -> None:
    made = await asyncio.gather(*(create_database(server_url, "wanted_by_all") for _ in range(5)))
    assert len(set(made)) == 1
    await drop_database(server_url, "wanted_by_all")


@pytest.mark.parametrize("name", ["", "Big", "a-b", 'a"; DROP', "1a", "a" * 64, "a/b"])
def test_names_that_would_need_quotes_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no database name"):
        with_database("postgresql://x@/postgres?host=/tmp", name)


def test_with_database_keeps_the_rest() -> None:
    assert with_database("postgresql://u:p@h:1/a?host=/x", "b") == "postgresql://u:p@h:1/b?host=/x"
