"""Simulated worlds: what holds in every one of them, on memory and on PostgreSQL."""

import asyncio
from collections import Counter
from itertools import chain
from typing import Final

import pytest

from mufakat.core import commands as c
from mufakat.core.events import EVENTS
from mufakat.core.phases import Phase
from mufakat.engine.handle import Done
from mufakat.lab import story
from mufakat.lab.simulate import count
from mufakat.lab.world import MARKETS, Ended, Scale, World, live, seeded
from mufakat.payments.false_tables import TableBooks
from mufakat.store.postgres import PostgresStore

SEEDS: Final = range(1, 13)
ON_POSTGRES: Final = (101, 102, 103)
LATE_REGRETS: Final = Scale(
    bent=(
        ("appeals", 0.0),
        ("regrets", 0.95),
        ("accepts", 0.0),
        ("approves", 0.02),
        ("errs", 0.5),
        ("disputes", 0.95),
        ("pays", 0.9),
    )
)
"""A world in which sellers let the judgement stand, and regret it after they have paid."""
SENT_BACK: Final = Scale(bent=(("appeals", 0.95), ("sends_back", 0.95), ("disputes", 0.95), ("accepts", 0.0)))
"""A world in which sellers appeal at once, and agents send judgements back."""
BY_HAND: Final = Scale(
    bent=(
        ("pays_by_hand", 0.95),
        ("pays", 0.0),
        ("disputes", 0.95),
        ("appeals", 0.0),
        ("approves", 0.02),
        ("rejects", 0.95),
        ("accepts", 0.9),
        ("silent", 0.0),
    )
)
"""A world in which sellers pay what was judged by themselves, and customers say whether they did."""
MOST_SENT_BACK: Final = 12
MOST_BY_HAND: Final = 12
MOST_LATE_WORLDS: Final = 60
BY_OTHERS: Final = {
    "Lapse": "the deadline loop",
    "Remind": "the deadline loop",
    "RecordFact": "the order's facts",
    "ReportPayment": "the delivery loop",
    "JudgeAutomatically": "the delivery loop",
}
"""Commands that do not come from people: who gives them."""


def why(ended: Ended) -> str:
    """The faults of a world and the end of its story."""
    return "\n".join([f"seed {ended.seed}", *ended.faults[:10], *story.lines(ended.story, most=60)])


@pytest.fixture(scope="module")
def worlds() -> list[Ended]:
    """A few worlds, lived once."""
    return [live(seed) for seed in SEEDS]


def test_the_auditor_and_the_worlds_own_checks_find_nothing(worlds: list[Ended]) -> None:
    guilty = [ended for ended in worlds if ended.faults]
    assert not guilty, why(guilty[0])


def test_every_case_closes_in_a_bounded_number_of_rounds(worlds: list[Ended]) -> None:
    for ended in worlds:
        logs = [
            log for record in ended.records.values() for order in record["orders"] for log in order["cases"].values()
        ]
        matters = Counter(phase_at_the_end(log) for log in logs)
        assert set(matters) <= {Phase.CLOSED}
        assert 0 < ended.rounds < 6000


def phase_at_the_end(log: list[dict[str, object]]) -> str:
    """CLOSED where as many matters closed as there are."""
    names = Counter(event["name"] for event in log)
    return Phase.CLOSED if names["matter.closed"] == names["matter.split"] + 1 else "OPEN"


def test_the_same_seed_lives_the_same_world_again() -> None:
    first, again = live(7), live(7)
    assert story.lines(first.story) == story.lines(again.story)
    assert first.records["toko"]["transfers"] == again.records["toko"]["transfers"]


def test_worlds_differ_by_seed(worlds: list[Ended]) -> None:
    assert len({tuple(story.lines(ended.story)) for ended in worlds}) == len(worlds)


def test_bad_luck_is_met_and_nonsense_is_refused(worlds: list[Ended]) -> None:
    total: Counter[str] = sum((count(ended)[2] for ended in worlds), Counter())
    expected = {
        "WRONG_ROLE",
        "WRONG_PHASE",
        "NO_SUCH_CASE",
        "CASE_CLOSED",
        "CONFLICT_OF_INTEREST",
        "UNITS_NOT_AVAILABLE",
    }
    assert expected <= set(total)
    assert len(total) > 25


def test_both_marketplaces_are_alive_in_every_world(worlds: list[Ended]) -> None:
    for ended in worlds:
        assert set(ended.records) == set(MARKETS)
        assert all(any(order["cases"] for order in record["orders"]) for record in ended.records.values())


def test_every_command_and_every_event_is_reached(worlds: list[Ended]) -> None:
    commands, events = Counter[str](), Counter[str]()
    sent_back = (live(seed, SENT_BACK) for seed in range(MOST_SENT_BACK))
    late = (live(seed, LATE_REGRETS) for seed in range(len(worlds), MOST_LATE_WORLDS))
    by_hand = (live(seed, BY_HAND) for seed in range(MOST_BY_HAND))
    for ended in chain(worlds, sent_back, by_hand, late):
        counted = count(ended)
        commands.update(counted[0])
        events.update(counted[1])
        if set(events) == set(EVENTS) and set(c.COMMANDS) <= {*commands, *BY_OTHERS}:
            break
    assert set(EVENTS) == set(events)
    assert set(c.COMMANDS) == {*commands, *BY_OTHERS}
    assert events["order.fact_noted"]
    assert events["refund.paid"]


def test_a_story_tells_who_did_what_and_what_came_of_it(worlds: list[Ended]) -> None:
    told = story.lines(worlds[0].story)
    assert len(told) > 50
    assert any("OpenRequest" in line and "request.opened" in line for line in told)
    assert any("-> refused" in line for line in told)
    case_id = next(each.case_id for each in worlds[0].story if isinstance(each.answer, Done))
    assert 0 < len(story.lines(worlds[0].story, case_id)) < len(told)


@pytest.mark.parametrize("seed", ON_POSTGRES)
async def test_the_same_holds_on_postgresql(seed: int, database_url: str) -> None:
    store = await PostgresStore.connect(database_url)
    try:
        books = {name: TableBooks(store.pool, name) for name in MARKETS}
        world = World(seed, store, Scale(orders=5, nonsense=60), dict(books))
        with seeded(world):
            ended = await asyncio.wait_for(world.live(), timeout=180)
    finally:
        await store.close()
    assert not ended.faults, why(ended)
    assert ended.commands > 50
