"""The benchmarks over HTTP run from end to end, with sizes so small that nothing is learnt about speed."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from mufakat.core.parties import Actor, Role
from mufakat.engine.handle import Done
from mufakat.lab import bench_http as bench
from mufakat.lab.bench_memory import bench_memory
from mufakat.lab.bench_start import bench_start
from mufakat.lab.over_http import bare, ground, servers
from mufakat.lab.over_http.client import Answer, Connection, Unexpected, drive, request
from mufakat.store.postgres import PostgresStore

TINY = bench.Size(seconds=20, repeats=1, clients=(1, 2), cases=40, orders=200, most=4)


async def test_serve_is_measured_beside_the_bare_application(server_url: str) -> None:
    rows = await bench.bench_http(url=server_url, size=TINY)
    assert [(row.workload, row.clients) for row in rows] == [
        (name, clients)
        for name in (
            "commands: a message",
            "commands: open a case, then a message",
            "reads: a case",
            "reads: a page of 50 cases",
        )
        for clients in (1, 2)
    ]
    for row in rows:
        assert list(row.figures) == ["mufakat", "bare"]
        assert row.ratio("bare") == 1
        for each in row.figures.values():
            assert each.per_second > 0
            assert 0 < each.median <= each.slow


async def test_servers_are_held_against_each_other(server_url: str) -> None:
    rows = await bench.bench_servers(url=server_url, size=bench.Size(20, 1, (2,), 40, 200, 4))
    assert len(rows) == 4
    assert all(list(row.figures) == ["uvicorn, uvloop", "uvicorn, asyncio", "granian, uvloop"] for row in rows)


async def test_memory_is_measured_part_by_part() -> None:
    found = await bench_memory(cases=20, customers=7, parts=2)
    assert [(each.cases, each.requests) for each in found] == [(0, 0), (10, 14), (20, 28)]
    assert all(each.resident > 10_000_000 for each in found)


async def test_beginnings_are_measured() -> None:
    found = await bench_start(helps=1, starts=1)
    assert [each.goal for each in found] == [0.3, 10, 10]
    assert all(each.seconds > 0 for each in found)


@pytest.fixture
async def yardstick(database_url: str) -> AsyncIterator[tuple[bare.Bare, ground.Ground, PostgresStore]]:
    """The bare application's statements on a small ground, and a look at what they leave."""
    over = await ground.lay(database_url, bare.MASTER, orders=8, cases=4, customers=2)
    yard = await bare.Bare.over(database_url, over.server_key.credential.id)
    store = await PostgresStore.connect(database_url)
    yield yard, over, store
    await yard.close()
    await store.close()


TABLES = ("events", "cases", "outbox", "idempotency", "sealed", "case_keys", "policies", "transfers")


async def grown(store: PostgresStore) -> dict[str, int]:
    """How many rows each table has."""
    return {table: (await store.fetch(f"SELECT count(*) FROM {table}"))[0][0] for table in TABLES}


async def test_the_yardstick_writes_as_many_rows_as_the_engine(
    yardstick: tuple[bare.Bare, ground.Ground, PostgresStore],
) -> None:
    yard, over, store = yardstick
    engine = ground.engine_over(store, bare.MASTER)
    left = []
    for order in (5, 6):
        before = await grown(store)
        if order == 5:
            case = await yard.open({"order_id": ground.order_id(order)}, "one")
            await yard.say(case, "two")
        else:
            actor = Actor(Role.CUSTOMER, ground.customer_id(order % over.customers))
            done = await engine.handle(ground.PLACE, ground.order_id(order), None, ground.opening(), actor, "three")
            assert isinstance(done, Done)
            await engine.handle(ground.PLACE, ground.order_id(order), done.case_id, ground.message(), actor, "four")
        after = await grown(store)
        left.append({table: after[table] - before[table] for table in TABLES})
    assert left[0] == left[1]
    assert left[0]["events"] > 2


async def test_the_yardstick_reads_what_is_there(yardstick: tuple[bare.Bare, ground.Ground, PostgresStore]) -> None:
    yard, over, _ = yardstick
    assert await yard.read(over.cases[0]) == 1, "the text of the material"
    assert await yard.page() == 4


async def test_an_answer_that_is_not_counted_on_ends_a_run() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Len")
        await writer.drain()
        writer.write(b"gth: 7\r\n\r\nnot")
        await writer.drain()
        writer.write(b" you")
        await writer.drain()
        writer.close()

    async def read(line: Connection, n: int) -> None:
        await line.ask(request("GET", f"/{n}", "token"), 200)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(Unexpected, match="403 instead of 200: not you"):
            await drive(port, 1, read, count(), seconds=20, most=1)
    assert Answer(201, b"http/1.1 201 created\r\nlocation: /v1/cases/1", b"").header(b"location") == b"/v1/cases/1"


async def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    line, given = servers.serve("postgresql://nobody@127.0.0.1:1/none", tmp_path, servers.free_port(), work=False)
    with pytest.raises(RuntimeError, match="cannot be reached"):
        async with servers.running(line, given, servers.free_port(), tmp_path / "log"):
            pass
