"""`mufakat orders`: a marketplace's orders out of a file, and mappings tried out."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from mufakat.cli import feeding, main
from mufakat.engine.feeding import running
from tests.cli.typing_in import DELIVERED, ORDER, at, fine, mufakat, opened

MAP = """
[order]
order_id = "order"
customer_id = "buyer"
seller_id = { value = "toko-budi" }
currency = { value = "IDR" }
purchased_at = "bought"
[line]
product_id = "sku"
unit_price = "price"
[[fact]]
kind = "delivered"
at = "arrived"
"""
ROWS = """order,buyer,bought,sku,price,arrived
x1,ani,2026-02-01T03:00:00Z,cup,25000,2026-02-03T03:00:00Z
x1,ani,2026-02-01T03:00:00Z,pot,75000,2026-02-03T03:00:00Z
x2,ani,2026-02-01T03:00:00Z,cup,much,
x3,budi,2026-02-01T03:00:00Z,cup,25000,
"""


@pytest.fixture
def files(place: Path) -> tuple[str, str, Path]:
    """A CSV, its mapping, and a place for the report; a marketplace beside them."""
    at("2026-03-02T09:00")
    (place / "orders.csv").write_text(ROWS)
    (place / "map.toml").write_text(MAP.lstrip())
    return str(place / "orders.csv"), str(place / "map.toml"), place / "bad.jsonl"


def told(report: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in report.read_text().splitlines()]


def test_a_csv_comes_in_and_its_bad_rows_are_reported(files: tuple[str, str, Path]) -> None:
    rows, mapping, report = files
    said = mufakat("orders", "import", rows, "--mapping", mapping, "--report", str(report))
    assert said.code == 1
    assert said.out.splitlines() == [
        "new 2, the same 0, changed 0",
        "facts recorded 1",
        "rows or parts of them that could not be used: 1",
    ]
    assert "row 4: order x2, FIELD_WRONG: unit_price: 'much' is no amount" in said.err
    (bad,) = told(report)
    assert (bad["row"], bad["order_id"], bad["code"]) == (4, "x2", "FIELD_WRONG")
    assert bad["mend"]


def test_the_same_file_again_changes_nothing_and_a_mended_one_brings_the_rest(files: tuple[str, str, Path]) -> None:
    rows, mapping, _ = files
    mufakat("orders", "import", rows, "--mapping", mapping)
    Path(rows).write_text(ROWS.replace("much", "1000"))
    assert fine("orders", "import", rows, "--mapping", mapping).startswith(
        "new 1, the same 2, changed 0\nfacts recorded 0"
    )
    assert fine("orders", "import", rows, "--mapping", mapping).startswith(
        "new 0, the same 3, changed 0\nfacts recorded 0"
    )


def test_a_dry_run_writes_nothing(files: tuple[str, str, Path]) -> None:
    rows, mapping, _ = files
    for _ in range(2):
        said = mufakat("orders", "import", rows, "--mapping", mapping, "--dry-run")
        assert said.out.startswith("would be new 2, the same 0, changed 0\nfacts that would be recorded 1")


def test_many_orders_come_in_several_batches(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at("2026-03-02T09:00")
    monkeypatch.setattr(running, "SALES_AT_ONCE", 10)
    monkeypatch.setattr(feeding, "TOLD_EVERY", -1.0)
    lines = [json.dumps({**ORDER, "order_id": f"o{n % 40}", "facts": [DELIVERED][: n // 40]}) for n in range(60)]
    (place / "many.jsonl").write_text("\n".join(lines))
    said = mufakat("orders", "import", str(place / "many.jsonl"))
    assert said.code == 0
    assert said.out.startswith("new 40, the same 20, changed 0\nfacts recorded 20\n")
    assert said.err.splitlines()[-1] == "60 orders, 100% of the file"


def test_a_case_keeps_its_terms_and_is_told_of_facts(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(place)
    refund = {"fact": "outside_refund", "line_id": "2", "units": [1], "amount": 5, "at": "2026-03-01T06:00:00Z"}
    line = json.dumps({**ORDER, "shipping_fee": 1, "facts": [DELIVERED, refund]})

    class Piped:
        buffer = io.BytesIO(line.encode())

    monkeypatch.setattr("sys.stdin", Piped)
    said = mufakat("orders", "import", "-")
    assert said.code == 1
    assert "order-1, ALREADY_OPEN: a case was opened on this order, and shipping_fee differ" in said.err
    assert said.out.startswith("new 0, the same 0, changed 0\nfacts recorded 1\n")


def test_only_the_first_bad_rows_are_told_on_the_screen(place: Path) -> None:
    at("2026-03-02T09:00")
    (place / "bad.jsonl").write_text("{\n" * 30)
    said = mufakat("orders", "import", str(place / "bad.jsonl"))
    assert len(said.err.splitlines()) == feeding.MOST_TOLD + 1
    assert said.err.splitlines()[-1] == "More rows cannot be used; --report FILE writes them all."
    assert said.out.endswith("could not be used: 30\n")


def test_on_a_terminal_a_bar_shows_how_far_it_is(files: tuple[str, str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    rows, mapping, _ = files
    screen = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", screen)
    assert main(["orders", "import", rows, "--mapping", mapping]) == feeding.FOUND
    assert "100 %" in screen.getvalue()
    assert "2 orders" in screen.getvalue()


def test_a_mapping_is_tried_out_without_a_database(files: tuple[str, str, Path]) -> None:
    rows, mapping, _ = files
    said = mufakat("orders", "mapping", "check", mapping, rows)
    assert said.code == 1
    first, end = json.JSONDecoder().raw_decode(said.out)
    assert [line["unit_price"] for line in first["lines"]] == [2_500_000, 7_500_000]
    assert first["facts"][0]["kind"] == "DELIVERED"
    assert '"x3"' in said.out[end:]
    assert "row 4: order x2" in said.err
    assert mufakat("orders", "mapping", "check", mapping, rows, "--rows", "1").code == 0


@pytest.mark.parametrize(
    "words,why",
    [
        (("orders", "import", "{rows}"), "CSV needs a mapping"),
        (("orders", "import", "{rows}.none"), "cannot be read"),
        (("orders", "import", "{rows}", "--mapping", "{rows}"), "cannot be read"),
        (("orders", "import", "{rows}", "--mapping", "{map}", "--report", "{rows}/no"), "cannot be written"),
        (("orders", "import", "{rows}", "--format", "xml"), "--format is csv or jsonl"),
        (("orders", "mapping", "check", "{map}", "{map}", "--format", "csv"), "has no column"),
        (("orders", "mapping", "chekc"), "There is no verb `orders mapping chekc`"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    files: tuple[str, str, Path], words: tuple[str, ...], why: str
) -> None:
    rows, mapping, _ = files
    said = mufakat(*(word.format(rows=rows, map=mapping) for word in words))
    assert said.code == 2
    assert why in said.err
