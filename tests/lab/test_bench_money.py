"""The measurement of settling runs, and its yardstick writes the rows that settling writes."""

import io

from rich.console import Console

from mufakat.core.settlement import Kind
from mufakat.lab import bench_money
from mufakat.lab.bench import PLACE, ready
from mufakat.store.postgres import PostgresStore


async def test_settling_is_measured_beside_bare_inserts(server_url: str) -> None:
    said = io.StringIO()
    figures = await bench_money.bench_money(Console(file=said, width=200), server_url, short=True)
    assert [each.name.rpartition(", ")[2] for each in figures] == ["1 in flight", "4 in flight", "16 in flight"]
    assert all(each.per_second > 0 and each.yardstick > 0 for each in figures)
    assert "the same rows by bare inserts" in said.getvalue()


async def test_a_settlement_moves_from_the_hold_to_the_last_of_the_money(database_url: str) -> None:
    store = await PostgresStore.connect(database_url)
    engine = await ready(store, 1)
    case_id = await bench_money.rejected(engine, "o0")
    assert await store.transfers(PLACE) == []
    await bench_money.settle(engine, "o0", case_id)
    moved = await store.transfers(PLACE)
    rows = await bench_money.rows_of(store, case_id)
    assert [len(command) for command in rows] == [1, 1, 3, 2]
    assert sum(map(len, rows)) == len(moved)
    assert [each.kind for each in moved].count(Kind.POST) == 2
    assert await store.amiss(PLACE) == []
    await store.close()
