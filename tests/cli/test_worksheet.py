"""`mufakat worksheet`: what an agent has before it judges, on the terminal."""

import re
from pathlib import Path

from tests.cli.typing_in import ASSESSMENT, FINDING, disputed, do, fine, judged, mufakat, opened

WHOLE = {
    "command": "RecordFindings",
    "answers": [{name: value for name, value in FINDING.items() if name != "command"} | {"text": "It stands still."}],
    "assessments": [ASSESSMENT["assessment"]],
}


def test_it_shows_what_is_open_and_what_the_record_answers(place: Path) -> None:
    case = disputed(place)
    text = fine("worksheet", case)
    assert "not to be judged yet" in text
    assert re.search(r"the customer +photo or video of the defect .* 1 +not answered yet", text)
    assert re.search(r"missing +answered by the record", text)
    assert "Nobody handed it in." in text
    assert "The judgement as it would stand" in text
    assert re.search(r"still to say +the customer: photo or video of the defect", text)
    assert re.search(r"S15 +cannot be told yet +Some items are not answered yet\.", text)


def test_it_shows_the_judgement_that_then_is_given(place: Path) -> None:
    case = disputed(place)
    assert do("AGENT:rina", case, WHOLE).code == 0
    text = fine("worksheet", case)
    assert re.search(r"S15 +For the customer: refund, the goods stay, Rp450,000", text)
    assert "rina: “It stands still.”" in text
    assert "once judged, line 1" in text
    assert re.search(r"S24, quality +does not apply +Nothing goes back\. +Breakage: the seller", text)
    assert "not to be judged yet" not in text
    assert do("AGENT:rina", case, {"command": "Judge"}).code == 0
    assert "The judgement in force" in fine("worksheet", case)


def test_who_may_not_judge_reads_why_and_in_which_language(place: Path) -> None:
    case = judged(place)
    assert do("SELLER:toko-budi", case, {"command": "Appeal", "text": "It was fine."}).code == 0
    for who in ("CUSTOMER:ani", "SELLER:toko-budi"):
        assert do(who, case, {"command": "CompleteMaterial"}).code == 0
    assert "not to be judged yet" in fine("worksheet", case, "--agent", "rina")
    assert "not to be judged yet" not in fine("worksheet", case, "--agent", "budi")
    assert "Putusan bila dijatuhkan sekarang" in fine("worksheet", case, "--language", "id")


def test_a_case_without_a_dispute_has_nothing_on_it(place: Path) -> None:
    case = opened(place)
    assert fine("worksheet", case).strip() == "Nothing of it is disputed or judged."
    assert mufakat("worksheet", "no-such-case").code == 2
