"""The benchmark of the pages runs from end to end, with so few cases that nothing is learnt about speed."""

from io import StringIO

import asyncpg
from rich.console import Console

from mufakat.core.phases import Phase
from mufakat.lab.bench_pages import GOAL_BYTES, STATIC, Size, bench_pages
from mufakat.lab.over_http import bare, crowd
from mufakat.store.postgres import PostgresStore
from mufakat.web.worklist import Filter


async def test_every_page_is_measured_and_nothing_is_left(server_url: str) -> None:
    out = StringIO()
    rows = await bench_pages(Console(file=out, width=200), server_url, Size(cases=crowd.FEWEST, times=1, seconds=0.1))
    names = [row.name for row in rows]
    assert names[0] == STATIC
    assert len(set(names)) == len(names) == 20 + len(Filter)
    for row in rows:
        assert 0 < row.median <= row.slow
        assert 0 < row.median_of_eight <= row.slow_of_eight
        assert 0 < row.pressed < row.size < GOAL_BYTES
        assert row.rate > 0
        assert (row.statements > 0) is (row.name != STATIC)
    assert all(name in out.getvalue() for name in names)
    connection = await asyncpg.connect(server_url)
    left = await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname LIKE 'mufakat_bench_1%'")
    await connection.close()
    assert left == 0


async def test_the_crowd_is_in_every_phase_to_which_commands_lead(database_url: str) -> None:
    made = await crowd.lay(database_url, bare.MASTER, cases=crowd.FEWEST)
    store = await PostgresStore.connect(database_url)
    rows = await store.fetch("SELECT seller_id, phases, is_open FROM cases")
    await store.close()
    assert {row["phases"] for row in rows} == set(Phase) - {Phase.DEDUCTING, Phase.LATE_APPEAL}
    assert sum(row["is_open"] for row in rows if row["seller_id"] == crowd.MANY) == 3 * crowd.FEWEST // 10
    few = {row["phases"] for row in rows if row["seller_id"] == crowd.FEW}
    assert few == {Phase.REVIEW}
    assert made.waiting > crowd.FEWEST // 5
