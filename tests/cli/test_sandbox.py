"""Making a sandbox on the command line, which stays one."""

from pathlib import Path

from tests.cli.typing_in import fine, mufakat


def test_a_sandbox_is_made_and_stays_one(place: Path) -> None:
    made = fine("marketplace", "put", "try", "--rulebook", "id", "--sandbox")
    assert made == "try: rulebook id, a sandbox, its clock runs\n"
    assert fine("marketplace", "put", "try", "--sandbox") == made
    assert fine("marketplace", "put", "try", "--rulebook", "vn") == made.replace("id", "vn", 1)
    assert "a sandbox" in fine("marketplace", "list")
    for clock in (["--now", "2026-03-02T09:00"], ["--run"]):
        said = mufakat("marketplace", "put", "try", *clock)
        assert said.code == 2
        assert "its clock always runs" in said.err


def test_a_live_marketplace_never_becomes_one(place: Path) -> None:
    fine("marketplace", "put", "toko", "--rulebook", "id")
    said = mufakat("marketplace", "put", "toko", "--sandbox")
    assert said.code == 2
    assert "toko is live and never becomes a sandbox" in said.err
    assert "sandbox" not in fine("marketplace", "list")
