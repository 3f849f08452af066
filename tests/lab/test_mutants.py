"""Every named mutant must be caught by the auditor or by a world's own checks: a proof of the judges."""

from typing import Final

import pytest

from mufakat.core.process import MOVES, PROCESS
from mufakat.lab.mutants import MUTANTS, Mutant, hunt
from mufakat.lab.world import Scale, live

MOST_SEEDS: Final = 80
"""Worlds that a rare mutant may need until it shows; most show in the first."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_it_is_caught(mutant: Mutant) -> None:
    caught = hunt(mutant, range(MOST_SEEDS))
    assert caught is not None, f"{mutant.name}: {mutant.says}; nobody noticed in {MOST_SEEDS} worlds"
    assert mutant.shows in caught.fault


def test_mutants_leave_nothing_behind() -> None:
    table, cells = PROCESS, dict(MOVES)
    for mutant in MUTANTS:
        mutant.live(0, Scale(orders=1, nonsense=4))
    assert (table, cells) == (PROCESS, dict(MOVES))
    assert not live(1).faults


def test_there_are_a_dozen_and_more_with_names_of_their_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) > 12
    assert all(mutant.shows for mutant in MUTANTS)
