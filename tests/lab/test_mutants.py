"""Every named mutant must be caught by the auditor or by a world's own checks: a proof of the judges."""

from typing import Final

import pytest

from mufakat.core.process import MOVES, PROCESS
from mufakat.lab.mutants import MUTANTS, Mutant, hunt
from mufakat.lab.world import Scale, live

MOST_SEEDS: Final = 80
"""Worlds that a rare mutant may need until it shows; most show in the first."""
SEEN_IN: Final = {
    "any class": 7,
    "carriers spared": 2,
    "draft overtaken": 3,
    "harm on the customer": 2,
    "judged too early": 7,
    "other lines pay": 32,
    "own word enough": 2,
    "reminded early": 3,
    "rounded each time": 9,
    "same agent": 2,
    "sent back twice": 4,
    "wrong bearer": 2,
}
"""Where rare ones were seen: looked into first, which only saves time."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_it_is_caught(mutant: Mutant) -> None:
    caught = hunt(mutant, dict.fromkeys((SEEN_IN.get(mutant.name, 0), *range(MOST_SEEDS))))
    assert caught is not None, f"{mutant.name}: {mutant.says}; nobody noticed in {MOST_SEEDS} worlds"
    assert mutant.shows in caught.fault


def test_mutants_leave_nothing_behind() -> None:
    table, cells = PROCESS, dict(MOVES)
    for mutant in MUTANTS:
        mutant.live(0, Scale(orders=1, nonsense=4))
    assert (table, cells) == (PROCESS, dict(MOVES))
    assert not live(1).faults


def test_there_are_a_dozen_and_more_with_names_of_their_own() -> None:
    names = {mutant.name for mutant in MUTANTS}
    assert len(names) == len(MUTANTS) > 12
    assert names >= set(SEEN_IN)
    assert all(mutant.shows for mutant in MUTANTS)
