"""The measurement of importing runs, and both sides of it end with the same rows."""

import io

import asyncpg
from rich.console import Console

from mufakat.lab import bench_orders


async def test_bringing_orders_in_is_measured_beside_a_bare_copy(server_url: str) -> None:
    said = io.StringIO()
    took = await bench_orders.bench_orders(Console(file=said, width=200), server_url, orders=40, repeats=1)
    assert took.orders == 40
    assert min(took.ours, took.copied, took.again, took.ratio) > 0
    assert "bare COPY of the rows" in said.getvalue()


async def test_what_is_measured_has_lines_and_facts(database_url: str) -> None:
    brought = await bench_orders.bring_in(database_url, bench_orders.written(30))
    assert (brought.counts.new, brought.counts.facts) == (30, 90)
    connection = await asyncpg.connect(database_url)
    rows = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in bench_orders.TABLES]
    await connection.close()
    assert rows == [30, 90, 90]
