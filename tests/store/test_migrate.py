"""Migrations: applied once, in order, whole or not at all, and never over a schema that nobody can name."""

import asyncio
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from mufakat.store.embedded import drop_database, with_database
from mufakat.store.migrate import MigrationError, load, migrate, pending


def write(folder: Path, **files: str) -> None:
    """Write SQL files; `_0001_a` becomes 0001_a.sql."""
    folder.mkdir(exist_ok=True)
    for name, sql in files.items():
        (folder / f"{name.removeprefix('_')}.sql").write_text(sql)


async def fetch(url: str, query: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


def test_load_reads_in_order(tmp_path: Path) -> None:
    write(tmp_path, _0002_b="SELECT 2", _0001_a="SELECT 1")
    assert [(m.number, m.name, m.title) for m in load(tmp_path)] == [(1, "a", "0001_a"), (2, "b", "0002_b")]


def test_load_of_a_missing_folder_is_empty(tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    "files,sentence",
    [
        ({"_0001_a": "", "_0003_c": ""}, "Migration 0002 should come next, and 0003_c does"),
        ({"_0002_b": ""}, "Migration 0001 should come next"),
        ({"_0001_a": "", "_0001_b": ""}, "Migration 0002 should come next, and 0001_b does"),
        ({"_1_a": ""}, "1_a.sql is no migration"),
        ({"_0001_Big": ""}, "0001_Big.sql is no migration"),
    ],
)
def test_load_refuses_what_it_cannot_order(tmp_path: Path, files: dict[str, str], sentence: str) -> None:
    write(tmp_path, **files)
    with pytest.raises(MigrationError, match=sentence):
        load(tmp_path)


async def test_applies_in_order_and_once(tmp_path: Path, empty_database_url: str) -> None:
    write(tmp_path, _0001_a="CREATE TABLE a (x int); INSERT INTO a VALUES (1)", _0002_b="UPDATE a SET x = x + 1")
    steps = load(tmp_path)
    assert await pending(empty_database_url, steps) == steps
    assert await migrate(empty_database_url, steps) == steps
    assert await pending(empty_database_url, steps) == ()
    assert await migrate(empty_database_url, steps) == ()
    assert await fetch(empty_database_url, "SELECT x FROM a") == [(2,)]
    recorded = await fetch(empty_database_url, "SELECT number, name, sha256 FROM schema_migration ORDER BY number")
    assert recorded == [(step.number, step.name, step.sha256) for step in steps]


async def test_applies_only_what_is_new(tmp_path: Path, empty_database_url: str) -> None:
    write(tmp_path, _0001_a="CREATE TABLE a ()")
    await migrate(empty_database_url, load(tmp_path))
    write(tmp_path, _0002_b="CREATE TABLE b ()")
    assert [m.title for m in await migrate(empty_database_url, load(tmp_path))] == ["0002_b"]


async def test_a_failing_migration_leaves_no_trace_and_can_be_mended(tmp_path: Path, empty_database_url: str) -> None:
    write(tmp_path, _0001_a="CREATE TABLE a ()", _0002_b="CREATE TABLE b (); SELECT 1 / 0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_database_url, load(tmp_path))
    assert await fetch(empty_database_url, "SELECT to_regclass('a')::text, to_regclass('b')::text") == [("a", None)]
    write(tmp_path, _0002_b="CREATE TABLE b ()")
    assert [m.title for m in await migrate(empty_database_url, load(tmp_path))] == ["0002_b"]


async def test_a_changed_old_file_is_refused(tmp_path: Path, empty_database_url: str) -> None:
    write(tmp_path, _0001_a="CREATE TABLE a ()")
    await migrate(empty_database_url, load(tmp_path))
    write(tmp_path, _0001_a="CREATE TABLE a (x int)", _0002_b="CREATE TABLE b ()")
    for act in (migrate, pending):
        with pytest.raises(MigrationError, match="0001_a was changed after it was applied"):
            await act(empty_database_url, load(tmp_path))
    assert await fetch(empty_database_url, "SELECT to_regclass('b')::text") == [(None,)]


async def test_a_newer_database_is_refused(tmp_path: Path, empty_database_url: str) -> None:
    write(tmp_path, _0001_a="CREATE TABLE a ()", _0002_b="CREATE TABLE b ()")
    steps = load(tmp_path)
    await migrate(empty_database_url, steps)
    for act in (migrate, pending):
        with pytest.raises(MigrationError, match="ahead of this program: it has migration 0002_b"):
            await act(empty_database_url, steps[:1])


async def test_a_file_that_commits_by_itself_is_refused(tmp_path: Path, empty_database_url: str) -> None:
    write(tmp_path, _0001_a="CREATE TABLE a (); COMMIT")
    with pytest.raises(MigrationError, match="0001_a ends its own transaction"):
        await migrate(empty_database_url, load(tmp_path))
    assert await fetch(empty_database_url, "SELECT number FROM schema_migration") == []


async def test_many_at_once_apply_each_file_once(tmp_path: Path, empty_database_url: str) -> None:
    slow = "SELECT pg_sleep(0.05)"
    write(tmp_path, **{f"_{n:04}_t": f"CREATE TABLE t{n} (); {slow}" for n in range(1, 6)})
    steps = load(tmp_path)
    results = await asyncio.gather(*(migrate(empty_database_url, steps) for _ in range(8)))
    assert sorted(m.number for result in results for m in result) == [1, 2, 3, 4, 5]


async def test_the_second_waits_for_the_first(tmp_path: Path, empty_database_url: str) -> None:
    write(tmp_path, _0001_a="CREATE TABLE a (); SELECT pg_sleep(0.3)")
    steps = load(tmp_path)
    first = asyncio.create_task(migrate(empty_database_url, steps))
    await asyncio.sleep(0.15)
    assert await migrate(empty_database_url, steps) == ()
    assert await fetch(empty_database_url, "SELECT to_regclass('a')::text") == [("a",)]
    assert await first == steps


async def test_a_killed_migrator_leaves_the_lock_free(tmp_path: Path, empty_database_url: str) -> None:
    write(tmp_path, _0001_a="CREATE TABLE a ()")
    steps = load(tmp_path)
    await migrate(empty_database_url, ())
    holder = await asyncpg.connect(empty_database_url)
    await holder.execute("BEGIN; SELECT id FROM schema_lock FOR UPDATE")
    waiting = asyncio.create_task(migrate(empty_database_url, steps))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    holder.terminate()
    assert await waiting == steps


async def test_the_programs_own_migrations_are_applied(database_url: str) -> None:
    assert await pending(database_url) == ()


async def test_a_database_that_lacks_letters_is_refused(server_url: str) -> None:
    name = f"test_{uuid.uuid4().hex}"
    await fetch(
        server_url, f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
    )
    try:
        for look in (pending, migrate):
            with pytest.raises(
                MigrationError, match="text as LATIN1, which lacks letters; make one with ENCODING 'UTF8'"
            ):
                await look(with_database(server_url, name))
    finally:
        await drop_database(server_url, name)


async def test_the_rights_of_a_databases_owner_are_enough(server_url: str) -> None:
    name = f"test_{uuid.uuid4().hex}"
    await fetch(server_url, f"CREATE ROLE {name} LOGIN PASSWORD 'choose-one'")
    try:
        await fetch(server_url, f"CREATE DATABASE {name} OWNER {name} ENCODING 'UTF8' TEMPLATE template0")
        parts = urlsplit(with_database(server_url, name))
        own = parts._replace(netloc=f"{name}:choose-one@{parts.netloc.rpartition('@')[2]}").geturl()
        assert await migrate(own) == load()
        assert await pending(own) == ()
        assert await fetch(own, "SELECT usesuper FROM pg_user WHERE usename = current_user") == [(False,)]
    finally:
        await drop_database(server_url, name)
        await fetch(server_url, f"DROP ROLE {name}")
