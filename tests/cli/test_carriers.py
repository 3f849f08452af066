"""`mufakat carrier`: the file of carriers looked at, and a message tried."""

import json
from pathlib import Path

import pytest

from tests.cli.typing_in import fine, mufakat

KNOWN = '[jnt]\nshape = "mufakat"\nsecret = "a secret of thirty-two characters"\n'


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of carriers that the settings name."""
    made = tmp_path / "carriers.toml"
    made.write_text(KNOWN)
    monkeypatch.setenv("MUFAKAT_CARRIERS", str(made))
    return made


def test_the_file_of_carriers_is_checked(file: Path) -> None:
    assert fine("carrier", "check") == "jnt: signed by standard-webhooks, 4 statuses\n1 carrier\n"
    file.write_text(KNOWN.replace("mufakat", "swift"))
    said = mufakat("carrier", "check")
    assert said.code == 2
    assert "MUFAKAT_CARRIERS: the carrier jnt: there is no shape swift" in said.err


def test_a_message_is_tried(file: Path, tmp_path: Path) -> None:
    del file
    scan = {"tracking": "JP-1", "status": "DELIVERED", "at": "2026-03-02T04:05:00+07:00"}
    body = tmp_path / "body.json"
    body.write_text(json.dumps({"scans": [scan, scan | {"status": "FLEW"}]}))
    said = mufakat("carrier", "check", "--carrier", "jnt", "--message", str(body))
    assert said.code == 1
    assert "JP-1" in said.out
    assert "2026-03-01T21:05:00+00:00" in said.out
    assert "entry 2: the shape says nothing of the status 'FLEW'" in said.out
    assert (
        "There is no carrier 'ghn'; there are jnt."
        in mufakat("carrier", "check", "--carrier", "ghn", "--message", "x").err
    )
    assert "cannot be read" in mufakat("carrier", "check", "--carrier", "jnt", "--message", str(tmp_path / "no")).err


def test_what_no_order_knows_is_listed(place: Path) -> None:
    del place
    fine("marketplace", "put", "toko", "--rulebook", "id")
    assert fine("carrier", "left") == ""
