"""`mufakat import`: cases that were under way elsewhere, from a file."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.typing_in import REJECTION, at, do, fine, mufakat, request, shop


def history(external_id: str = "RMA-1", **changes: Any) -> dict[str, Any]:
    """A request about the blender that the seller rejected elsewhere."""
    steps = [
        {"at": "2026-03-01T09:00:00Z", "actor": {"role": "CUSTOMER", "id": "ani"}, "command": request()},
        {"at": "2026-03-01T15:00:00Z", "actor": {"role": "SELLER", "id": "toko-budi"}, "command": REJECTION},
    ]
    return {"order_id": "order-1", "source": "oldshop", "external_id": external_id, "steps": steps, **changes}


def cups(external_id: str) -> dict[str, Any]:
    """A request about cups of the same order, which waits for the seller."""
    ask = {**request(), "lines": [{"line_id": "2", "reason": "DEFECTIVE"}]}
    step = {"at": "2026-03-01T10:00:00Z", "actor": {"role": "CUSTOMER", "id": "ani"}, "command": ask}
    return history(external_id, steps=[step])


def written(folder: Path, *lines: object) -> str:
    file = folder / "cases.jsonl"
    file.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines))
    return str(file)


def test_cases_come_in_and_go_on_here(place: Path) -> None:
    shop(place)
    at("2026-03-05T09:00")
    said = fine("import", written(place, history(), cups("RMA-2")))
    first, second = said.splitlines()
    assert first.startswith("RMA-1: case ")
    assert second.startswith("RMA-2: case ")
    case = first.split()[2].rstrip(",")
    assert "oldshop" in fine("case", case)
    assert do("CUSTOMER:ani", case, {"command": "RaiseDispute", "text": "I want my money back."}).code == 0


def test_the_same_file_again_imports_only_what_is_not_there(place: Path) -> None:
    shop(place)
    fine("import", written(place, history()))
    case = fine("cases", "--ids").strip()
    said = fine("import", written(place, history(), cups("RMA-2")))
    assert said.splitlines()[0] == f"RMA-1: there already, as case {case}"
    assert len(fine("cases", "--ids").splitlines()) == 2


def test_a_dry_run_tells_and_writes_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop(place)
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(history())))
    assert fine("import", "-", "--dry-run") == "RMA-1: can be imported, 2 steps\n"
    assert fine("cases", "--ids") == ""


def test_each_bad_line_is_told_and_the_others_come_in(place: Path) -> None:
    shop(place)
    bad = history("RMA-3")
    bad["steps"][1]["actor"]["id"] = "somebody"
    said = mufakat(
        "import", written(place, "{not json", bad, history("RMA-4", due={"7": "2026-03-09T09:00:00Z"}), history())
    )
    assert said.code == 3
    assert said.out.startswith("RMA-1: case ")
    told = said.err.splitlines()
    assert told[0].startswith("mufakat: line 1: this is no history of a case")
    assert told[1] == "line 2, step 2: RMA-3 refused: NOT_YOURS"
    assert told[3] == "line 3: RMA-4 refused: HISTORY_NOT_SOUND"
    assert "matter 7" in told[4]


def test_a_line_that_cannot_be_read_alone_is_an_error(place: Path) -> None:
    shop(place)
    assert mufakat("import", written(place, {"order_id": "order-1"}, history())).code == 2
