"""The demo: reading orders and complaints, and the whole run on a trial database."""

import json
import os
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from rich.console import Console

from mufakat.core.claim import Reason, RequestType
from mufakat.core.order import ScanKind
from mufakat.lab.bazaar import COMPLAINTS, ORDERS, bazaar
from mufakat.lab.demo import run_demo
from mufakat.lab.importing import LineError, minor, read
from mufakat.lab.keywords import KEYWORDS, claims, plain, understand

OLIST: Final = Path(os.environ.get("OLIST_FOLDER", Path(__file__).parents[3] / "shared" / "data" / "olist"))
"""Real orders and complaints, where they are at hand; never part of the project."""

ORDER: Final[dict[str, Any]] = {
    "order_id": "o1",
    "customer_id": "c1",
    "seller_id": "s1",
    "currency": "BRL",
    "purchased_at": "2018-07-01T20:21:03Z",
    "approved_at": "2018-07-01T20:35:15Z",
    "shipped_at": "2018-07-04T14:22:00Z",
    "delivered_at": "2018-07-10T20:33:05Z",
    "estimated_delivery_at": "2018-07-18T00:00:00Z",
    "payment_method": "credit_card",
    "lines": [
        {
            "line_id": "1",
            "product_id": "p1",
            "category": None,
            "quantity": 1,
            "unit_price": "89.00",
            "shipping_fee": "9.93",
        },
        {
            "line_id": "2",
            "product_id": "p2",
            "category": "toys",
            "quantity": 2,
            "unit_price": "0.10",
            "shipping_fee": "1",
        },
    ],
}
COMPLAINT: Final = {
    "complaint_id": "k1",
    "order_id": "o1",
    "created_at": "2018-07-11T00:00:00Z",
    "text": "veio quebrado",
}


def files(folder: Path, orders: list[Any], complaints: list[Any]) -> tuple[Path, Path]:
    """Two files of JSON lines; text goes in as it is."""
    paths = folder / "orders.jsonl", folder / "complaints.jsonl"
    for path, rows in zip(paths, (orders, complaints), strict=True):
        path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return paths


# --- reading


def test_an_order_is_read_in_minor_units_with_its_scans(tmp_path: Path) -> None:
    source = read(*files(tmp_path, [ORDER], [COMPLAINT]))
    made = source.orders["o1"]
    assert [line.unit_price for line in made.order.lines] == [8900, 10]
    assert made.order.shipping_fee == 1093
    assert made.order.promised_by is not None
    assert [scan.kind for scan in made.scans] == [ScanKind.IN_TRANSIT, ScanKind.DELIVERED]
    assert [each.text for each in source.complaints] == ["veio quebrado"]
    assert not source.bad


@pytest.mark.parametrize(
    "bad, why",
    [
        ("{", "is not JSON"),
        ("[1]", "is no JSON object"),
        ({**ORDER, "order_id": ""}, "`order_id` is missing"),
        ({**ORDER, "currency": "QQQ"}, "'QQQ' is not known"),
        ({**ORDER, "purchased_at": "yesterday"}, "`purchased_at` is no time"),
        ({**ORDER, "purchased_at": "2018-07-01T20:21:03"}, "`purchased_at` has no zone"),
        ({**ORDER, "lines": []}, "`lines` has 1 to"),
        ({**ORDER, "lines": [ORDER["lines"][0], ORDER["lines"][0]]}, "the same `line_id`"),
        ({**ORDER, "lines": [{**ORDER["lines"][0], "quantity": 0}]}, "`quantity` is no number from 1"),
        ({**ORDER, "lines": [{**ORDER["lines"][0], "unit_price": "1.005"}]}, "no amount in BRL"),
        ({**ORDER, "lines": [{**ORDER["lines"][0], "unit_price": "-1"}]}, "no amount in BRL"),
        ({**ORDER, "lines": [{**ORDER["lines"][0], "unit_price": "NaN"}]}, "no amount in BRL"),
        ({**ORDER, "lines": [{**ORDER["lines"][0], "unit_price": 89.0}]}, "is no decimal text"),
        ({**ORDER, "lines": [{**ORDER["lines"][0], "discount": "90"}]}, "`discount` is more"),
        ({**ORDER, "lines": ["x"]}, "is no JSON object"),
    ],
)
def test_a_bad_line_is_named_by_number_and_reason_and_does_not_stop_the_rest(
    tmp_path: Path, bad: Any, why: str
) -> None:
    good = {**ORDER, "order_id": "o2"}
    source = read(*files(tmp_path, [bad, good], []))
    assert list(source.orders) == ["o2"]
    assert [(each.file, each.number) for each in source.bad] == [("orders.jsonl", 1)]
    assert why in str(source.bad[0])


def test_orders_and_complaints_that_come_twice_or_belong_nowhere_are_bad_lines(tmp_path: Path) -> None:
    lost = {**COMPLAINT, "complaint_id": "k2", "order_id": "nowhere"}
    source = read(*files(tmp_path, [ORDER, ORDER], [COMPLAINT, COMPLAINT, lost, {**COMPLAINT, "text": ""}]))
    said = [str(each) for each in source.bad]
    assert said == [
        "orders.jsonl:2: order o1 comes a second time",
        "complaints.jsonl:4: `text` is missing",
        "complaints.jsonl:2: complaint k1 comes twice",
        "complaints.jsonl:3: there is no order nowhere",
    ]


def test_amounts_follow_the_currency() -> None:
    assert minor("89.90", "BRL", "x") == 8990
    assert minor("45000", "VND", "x") == 45000
    with pytest.raises(LineError, match="no amount in VND"):
        minor("1.5", "VND", "x")


# --- what a complaint is about


@pytest.mark.parametrize(
    "text, reason",
    [
        ("NÃO RECEBI o produto", Reason.ITEM_NOT_RECEIVED),
        ("Produto falsificado", Reason.COUNTERFEIT),
        ("Comprei três e só chegaram dois", Reason.MISSING_ITEMS),
        ("veio com a tela quebrada", Reason.DAMAGED),
        ("não funciona", Reason.DEFECTIVE),
        ("produto atrasado", Reason.ARRIVED_LATE),
        ("veio errado", Reason.WRONG_ITEM),
        ("Barang pecah", Reason.DAMAGED),
        ("it looks smaller than the picture", Reason.NOT_AS_DESCRIBED),
    ],
)
def test_keywords_name_the_reason(text: str, reason: Reason) -> None:
    understood = understand(text, Random(1))
    assert understood.reason is reason
    assert understood.keyword in plain(text)


def test_without_a_keyword_the_seed_draws_the_reason_and_says_so() -> None:
    drawn = Counter(understand("hm", Random(seed)).reason for seed in range(50))
    assert len(drawn) > 1
    assert all(understand("hm", Random(seed)).keyword == "" for seed in range(5))
    assert understand("hm", Random(3)) == understand("hm", Random(3))


def test_what_is_asked_for_in_words_counts_where_it_fits() -> None:
    assert understand("veio quebrado, quero devolver", Random(1)).type is RequestType.RETURN_AND_REFUND
    assert understand("não recebi, quero devolver", Random(1)).type is not RequestType.RETURN_AND_REFUND


def test_keywords_are_written_as_they_are_compared() -> None:
    words = [word for _, listed in KEYWORDS for word in listed]
    assert [word for word in words if plain(word) != word] == []


def test_claims_take_lines_and_units_that_the_order_has() -> None:
    for made in bazaar(3).orders.values():
        understood = understand("isi paket kurang satu", Random(1))
        for claim in claims(made.order, understood, Random(2)):
            line = made.order.line(claim.line_id)
            assert line is not None
            assert 1 <= claim.quantity <= line.quantity


def test_the_small_marketplace_is_the_same_for_a_seed_and_speaks_two_languages() -> None:
    first, again, other = bazaar(1), bazaar(1), bazaar(2)
    assert (first.orders, first.complaints) == (again.orders, again.complaints)
    assert first.complaints != other.complaints
    assert len(first.orders) == ORDERS
    assert {each.text for each in first.complaints} <= set(COMPLAINTS)


# --- the whole run


def played(open_folder: Path, **how: Any) -> tuple[int, str]:
    """Exit code and what was printed."""
    out = StringIO()
    code = run_demo(home=open_folder / "demo", console=Console(file=out, width=160), **how)
    return code, out.getvalue()


@pytest.mark.parametrize("rulebook", ["id", "vn"])
def test_the_small_marketplace_runs_to_the_last_case(open_folder: Path, rulebook: str) -> None:
    code, said = played(open_folder, seed=1, rulebook=rulebook)
    assert code == 0, said
    assert "Cases still open: 0. Faults found by the auditor and the checks: 0." in said
    assert "Closed cases owe nothing but recorded debts: yes." in said
    assert "listed table of keywords" in said
    assert "mufakat case " in said


def test_orders_from_before_the_rulebook_are_back_dated_and_it_is_said(open_folder: Path) -> None:
    late = {**COMPLAINT, "complaint_id": "k2", "created_at": "2018-09-11T00:00:00Z"}
    orders, complaints = files(open_folder, [ORDER, "{"], [COMPLAINT, late])
    code, said = played(open_folder, orders=orders, complaints=complaints)
    assert code == 0, said
    assert "back-dated on purpose" in said
    assert "bad line orders.jsonl:2" in said
    assert "refused: REQUEST_WINDOW_OVER" in said or "refused: ALREADY_SETTLED" in said


def test_the_demo_runs_again_in_its_own_folder_only(open_folder: Path) -> None:
    orders, complaints = files(open_folder, [ORDER], [COMPLAINT])
    first = played(open_folder, orders=orders, complaints=complaints)
    again = played(open_folder, orders=orders, complaints=complaints)
    assert first[0] == again[0] == 0
    assert table(first[1]) == table(again[1])
    with pytest.raises(ValueError, match="both --orders and --complaints"):
        run_demo(orders, None, home=open_folder)


def table(said: str) -> str:
    """The table alone: the same for the same seed."""
    return said[said.index("what came of it") : said.index("Closed cases owe")]


@pytest.mark.skipif(not OLIST.is_dir(), reason=f"no real orders at {OLIST}; set OLIST_FOLDER to a folder with some")
def test_real_orders_and_complaints_are_read_whole() -> None:
    source = read(OLIST / "orders.jsonl", OLIST / "complaints.jsonl")
    assert not source.bad
    assert (len(source.orders), len(source.complaints)) == (2849, 466)
    lines = [json.loads(line) for line in (OLIST / "orders.jsonl").read_text().splitlines()]
    asked = sum(Decimal(line["unit_price"]) * line["quantity"] for order in lines for line in order["lines"])
    made = sum(line.unit_price * line.quantity for each in source.orders.values() for line in each.order.lines)
    assert made == asked * 100


@pytest.mark.skipif(not OLIST.is_dir(), reason=f"no real orders at {OLIST}; set OLIST_FOLDER to a folder with some")
def test_a_part_of_the_real_complaints_runs_to_the_last_case(open_folder: Path) -> None:
    complaints = (OLIST / "complaints.jsonl").read_text().splitlines()[:40]
    wanted = {json.loads(line)["order_id"] for line in complaints}
    orders = [
        line for line in (OLIST / "orders.jsonl").read_text().splitlines() if json.loads(line)["order_id"] in wanted
    ]
    code, said = played(
        open_folder, **dict(zip(("orders", "complaints"), files(open_folder, orders, complaints), strict=True))
    )
    assert code == 0, said
    assert "Cases still open: 0" in said
