"""The verb that tells what happened, as a table and as comma-separated values."""

import csv
import io
from pathlib import Path

import pytest

from mufakat.cli.place import Place, run
from mufakat.engine.signals.noting import Noting
from tests.cli.typing_in import ORDER, fine, judged, mufakat


def noted() -> None:
    """The loop that notes what has changed has come by."""

    async def note(place: Place) -> int:
        await Noting(place.store, place.sealer, place.engine.clock).drain()
        return 0

    assert run(note) == 0


def rows(said: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(said)))


def test_what_happened_is_told_by_figure_and_group(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ORDER["lines"][0], "category", "=1+1")
    judged(place)
    noted()
    (row,) = rows(fine("report", "volumes", "--by", "category", "--csv"))
    assert (row["category"], row["opened"], row["disputed"], row["closed"]) == ("'=1+1", "1", "1", "0")
    assert "=1+1" in fine("report", "volumes", "--by", "category")
    (row,) = rows(fine("report", "times", "--by", "week", "--csv"))
    assert row["decision_median"] == "86400"
    assert "1 day, 0:00:00" in fine("report", "times", "--by", "week")
    (row,) = rows(fine("report", "reversals", "--by", "seller", "--csv"))
    assert row["judged"] == "1"
    assert rows(fine("report", "volumes", "--seller", "nobody", "--csv")) == []
    assert "--since is not after --until" in mufakat("report", "money", "--since", "2030-07-01").err
