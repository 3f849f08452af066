"""Reports that the database makes are those that a naive walk over the logs of a simulated world makes."""

import asyncio
import hashlib
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from mufakat.core.reported import Bearer, Figure, Grouping
from mufakat.engine.maintain import Maintenance
from mufakat.engine.signals.noting import Noting
from mufakat.lab.world import MARKETS, Scale, World, seeded
from mufakat.payments.false_tables import TableBooks
from mufakat.rulebooks import load
from mufakat.store.postgres import PostgresStore
from mufakat.store.reports import ReportLine, ReportWanted
from mufakat.store.seal import Sealer
from tests.lab import naive_reports as naive

BUSY: Final = Scale(orders=12, nonsense=20, bent=(("disputes", 0.8), ("accepts", 0.2), ("appeals", 0.5)))
EVER: Final = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
WALKED: Final = (Grouping.ALL, Grouping.SELLER, Grouping.WEEK)
KEPT: Final = tuple(figure for figure in Figure if figure is not Figure.REVERSALS)
"""What became of judgements is walked by its own naive walk."""


@pytest.mark.parametrize("seed", [301, 302, 309])
async def test_counted_in_the_database_and_counted_by_hand_is_the_same(seed: int, database_url: str) -> None:
    store = await PostgresStore.connect(database_url)
    try:
        books = {name: TableBooks(store.pool, name) for name in MARKETS}
        world = World(seed, store, BUSY, dict(books))
        with seeded(world):
            ended = await asyncio.wait_for(world.live(), timeout=180)
        assert not ended.faults, ended.faults[:5]
        await Noting(store, Sealer(hashlib.sha256(str(seed).encode()).digest()), world.clock).drain()
        for name, record in ended.records.items():
            zone = load(MARKETS[name]).zone
            walked = naive.rows(record, zone)
            assert walked
            for figure in KEPT:
                for by in WALKED:
                    wanted = ReportWanted(name, *EVER, figure, by, zone, most=1000)
                    told, wanted_too = counted(await store.report(wanted)), naive.report(walked, figure, by)
                    assert told.keys() == wanted_too.keys(), (figure, by)
                    within = 1 if figure is Figure.TIMES else 0  # a median between two seconds is rounded either way
                    for keys, values in wanted_too.items():
                        apart = [abs((a or 0) - (b or 0)) for a, b in zip(told[keys], values, strict=True)]
                        assert max(apart) <= within, (figure, by, keys, told[keys], values)
                for by in (Grouping.REASON, Grouping.CATEGORY, Grouping.PRODUCT):
                    if figure is not Figure.TIMES:
                        await adds_up(store, ReportWanted(name, *EVER, figure, by, zone, most=2))
            for by in (*WALKED, Grouping.REASON, Grouping.CATEGORY):
                wanted = ReportWanted(name, *EVER, Figure.REVERSALS, by, zone, most=1000)
                assert counted(await store.report(wanted)) == naive.fates(record, zone, by), by
        assert not [each async for each in Maintenance(store, world.clock).rebuild()]
    finally:
        await store.close()


def counted(lines: list[ReportLine]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Lines by group and keys; debts whoever bears them, as a naive walk cannot know."""
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for line in lines:
        keys = line.keys
        if keys and keys[0] == "DEBT":
            keys = (keys[0], "", *keys[2:])
        before = found.get((line.group, *keys), (0,) * len(line.values))
        whole = tuple(a if b is None else (a or 0) + b for a, b in zip(line.values, before, strict=True))
        found[line.group, *keys] = whole if keys else line.values
    return {keys: values for keys, values in found.items() if any(values)}


async def adds_up(store: PostgresStore, wanted: ReportWanted) -> None:
    """What stands by group is in all what stands without one; a case or clock of several lines may be in several."""
    lines = await store.report(wanted)
    whole = await store.report(ReportWanted(wanted.marketplace, *EVER, wanted.figure, Grouping.ALL, wanted.zone))
    if wanted.figure in (Figure.OUTCOMES, Figure.MONEY):
        assert sums(lines) == sums(whole)
    else:
        more, all_ = sums(lines), sums(whole)
        assert more.keys() == all_.keys()
        assert all(a >= b for keys in all_ for a, b in zip(more[keys], all_[keys], strict=True))
    if wanted.by is not Grouping.REASON:
        assert len({line.group for line in lines if line.group is not None}) <= wanted.most


def sums(lines: list[ReportLine]) -> dict[tuple[str, ...], tuple[int, ...]]:
    found: dict[tuple[str, ...], tuple[int, ...]] = {}
    for line in lines:
        before = found.get(line.keys, (0,) * len(line.values))
        found[line.keys] = tuple(a + (b or 0) for a, b in zip(before, line.values, strict=True))
    return {keys: values for keys, values in found.items() if any(values)}


def test_the_walk_names_whoever_is_named() -> None:
    assert set(naive.WAITS.values()) <= set(Bearer)
