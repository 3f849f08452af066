"""The benchmark of the queue runs from end to end, with sizes so small that nothing is learnt about speed."""

from io import StringIO

import asyncpg
from rich.console import Console

from mufakat.lab.bench_queue import bench_queue


async def test_the_queue_is_measured_and_nothing_is_left(server_url: str) -> None:
    out = StringIO()
    (row,) = await bench_queue(Console(file=out, width=200), server_url, most=2000, rounds=2)
    assert (row.cases, row.waiting) == (2000, 20)
    assert min(row.page, row.take, row.rare, row.disk) > 0
    assert "2,000" in out.getvalue()
    connection = await asyncpg.connect(server_url)
    left = await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = 'mufakat_bench_queue'")
    await connection.close()
    assert left == 0
