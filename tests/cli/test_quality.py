"""The verbs about quality: how judgements fared and how long they took, as a table and as comma-separated values."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.typing_in import ORDER, at, fine, judged, mufakat


def rows(said: str) -> list[dict[str, str]]:
    """Comma-separated values, read back."""
    return list(csv.DictReader(io.StringIO(said)))


def test_a_judgement_is_counted_by_rule_agent_category_and_reason(place: Path) -> None:
    judged(place)
    for by, group in (("all", ""), ("rule", "S15"), ("agent", "rina"), ("category", ""), ("reason", "DEFECTIVE")):
        (row,) = rows(fine("quality", "reversals", "--by", by, "--csv"))
        assert (row["group"], row["judged"], row["rate"]) == (group, "1", "0.0000")
    assert "S15" in fine("quality", "reversals", "--by", "rule")


def test_times_are_shown_by_kind(place: Path) -> None:
    judged(place)
    (row,) = rows(fine("quality", "times", "--csv"))
    assert (row["kind"], row["judged"], row["timed"], row["median"]) == ("JUDGED", "1", "1", "1 day, 0:00:00")


def test_a_period_can_be_named(place: Path) -> None:
    judged(place)
    at("2026-06-01T09:00")
    assert fine("quality", "reversals") == "Nothing was judged in that time.\n"
    assert rows(fine("quality", "reversals", "--csv")) == []
    assert rows(fine("quality", "times", "--since", "2026-03-01", "--until", "2026-03-31", "--csv"))
    assert "--since is not after --until" in mufakat("quality", "times", "--since", "2026-07-01").err


def test_no_cell_is_a_formula_to_a_spreadsheet(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = ORDER["lines"][0]
    monkeypatch.setitem(line, "category", "=1+1")
    judged(place)
    (row,) = rows(fine("quality", "reversals", "--by", "category", "--csv"))
    assert row["group"] == "'=1+1"
    assert "  =1+1" in fine("quality", "reversals", "--by", "category")
