"""Rates that the database counts are those that a naive walk over the logs of a simulated world counts."""

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

import pytest

from mufakat.core.judged import JUDGING, By, Step, judged_lines
from mufakat.lab.world import MARKETS, Scale, World, live, seeded
from mufakat.payments.false_tables import TableBooks
from mufakat.store import codec
from mufakat.store.judgements import Period
from mufakat.store.postgres import PostgresStore
from tests.lab import naive_quality as naive

QUARRELSOME: Final = Scale(
    orders=7,
    nonsense=60,
    bent=(("appeals", 0.95), ("sends_back", 0.7), ("disputes", 0.95), ("accepts", 0.0), ("errs", 0.5)),
)
"""A world in which nobody lets a judgement stand, and agents err."""
EVER: Final = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("seed", [201, 202, 203])
async def test_counted_in_the_database_and_counted_by_hand_is_the_same(seed: int, database_url: str) -> None:
    store = await PostgresStore.connect(database_url)
    try:
        books = {name: TableBooks(store.pool, name) for name in MARKETS}
        world = World(seed, store, QUARRELSOME, dict(books))
        with seeded(world):
            ended = await asyncio.wait_for(world.live(), timeout=180)
        assert not ended.faults, ended.faults[:5]
        judged = 0
        for name, record in ended.records.items():
            walked, period = naive.rows(record), Period(name, *EVER)
            for by in By:
                counted = {fate.group: asdict(fate) for fate in await store.fates(period, by)}
                assert {group: each | {"group": group} for group, each in naive.fates(walked, by).items()} == counted
            took = {each.step.value: each for each in await store.times(period)}
            wanted = naive.times(walked)
            assert took.keys() == wanted.keys()
            for step, (lines, automatic, timed, median, p90) in wanted.items():
                assert (took[step].judged, took[step].automatic, took[step].timed) == (lines, automatic, timed)
                assert took[step].median == pytest.approx(median)
                assert took[step].p90 == pytest.approx(p90)
            judged += sum(row["step"] in naive.JUDGING for row in walked)
        assert judged
    finally:
        await store.close()


def test_worlds_hold_every_kind_of_step_and_rows_tell_each_as_the_logs_do() -> None:
    seen: set[Step] = set()
    for seed in range(1, 60):
        for record in live(seed, QUARRELSOME).records.values():
            walked = {(row["case"], row["number"], row["line"]): row for row in naive.rows(record)}
            for order in record["orders"]:
                sold = codec.decode_order(json.dumps(order["order"]).encode())
                for log in order["cases"].values():
                    events = [codec.decode_event(json.dumps(each).encode()).recorded for each in log]
                    for line in judged_lines(None, events, sold):
                        row = walked.pop((line.case_id, line.number, line.line_id))
                        assert (row["step"], row["decision"], row["RULE"]) == (line.step, line.decision, line.rule)
                        assert (row["dispute"], row["remedy"]) == (line.dispute, (line.kind, line.amount))
                        assert (line.waited_from is not None) == (line.step in JUDGING)
                        seen.add(line.step)
            assert not walked
        if seen == set(Step):
            return
    raise AssertionError(f"no world had {set(Step) - seen}")
