"""The verbs about quality: how judgements fared and how long they took, as a table and as comma-separated values."""

import csv
import io
from pathlib import Path

import pytest

from mufakat.cli.place import Place, run
from mufakat.core.claim import Answer, Assessment, FindingValue, Ground, Severity
from mufakat.core.commands import RecordFindings
from mufakat.core.parties import Actor, Role
from mufakat.engine.queue import Queue
from mufakat.engine.sampling import Blind, Sampling
from mufakat.store.queue import Worker
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


def test_agreement_is_shown_with_how_many(place: Path) -> None:
    case = judged(place)
    assert fine("quality", "agreement") == "Nothing was judged twice in that time.\n"

    async def twice(found: Place) -> int:
        where = await found.marketplace("")
        clock = found.engine.clock
        sampling = Sampling(found.store, found.sealer, clock, 1.0)
        assert await sampling.drain() == 1
        assert await Queue(found.store, found.sealer, clock).take(where.marketplace, Worker("dewi"))
        blind = await sampling.stand(where.marketplace, case, 1, Actor(Role.AGENT, "dewi"))
        assert isinstance(blind, Blind)
        answer = Answer("1", Role.CUSTOMER, "STATUS_OF_MERCHANDISE", FindingValue.INSUFFICIENT, 1)
        dead = Assessment("1", Ground.QUALITY, Severity.MAJOR)
        assert await sampling.judge(blind, RecordFindings((answer,), (dead,))) is None
        return 0

    assert run(twice) == 0
    found = {(row["what"], row["of"]): row for row in rows(fine("quality", "agreement", "--csv"))}
    decisions = found["decisions", ""]
    assert (decisions["n"], decisions["agreed"], decisions["kappa"]) == ("1", "0", "0.0000")
    assert found["decisions by pair", "rina / dewi"] == decisions | {"what": "decisions by pair", "of": "rina / dewi"}
    assert found["findings by value", "MISSING"]["kappa"] == ""
