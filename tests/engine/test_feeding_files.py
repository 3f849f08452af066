"""Files of orders: what a mapping makes of their rows, and what is told of rows that cannot be used."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from mufakat.core.order import OUTBOUND, Amendment, OrderLine, OutsideRefund, Payment, Scan, ScanKind
from mufakat.engine.feeding.mapping import MappingError, read_mapping
from mufakat.engine.feeding.reading import MOST_BYTES, Reader
from mufakat.engine.feeding.records import MEND, Amiss, BadRow, Given

CSV_MAP = """
delimiter = ";"
zone = "Asia/Jakarta"
dates = "%d/%m/%Y %H:%M"
skip = { column = "Status", is = ["Unpaid"] }

[money]
decimal = ","
thousands = "."
sign = "Rp"

[order]
order_id = "Order ID"
customer_id = "Buyer"
seller_id = { value = "toko-1" }
currency = { value = "IDR" }
purchased_at = "Created"
shipping_fee = { column = "Shipping", sum = true }
mall = { column = "Shop", map = { Mall = true, "*" = false } }
payment_method = { column = "Method", default = "CARD" }

[line]
product_id = "SKU"
quantity = "Qty"
unit_price = "Price"
discount = { column = "Discount", default = "0" }

[[fact]]
kind = "delivered"
at = "Delivered"

[[fact]]
kind = "refunded"
at = { column = "Closed", format = "iso", zone = "UTC" }
when = { column = "Status", is = ["Refunded"] }

[[fact]]
kind = "paid"
at = "Created"
when = { column = "Status", is = ["Paid", "Refunded"] }
method = "Method"
"""
HEADER = "Order ID;Buyer;Created;Shipping;Shop;Method;SKU;Qty;Price;Discount;Delivered;Status;Closed"
BOUGHT = datetime(2026, 2, 25, 3, 0, tzinfo=UTC)


def row(order: str = "A1", **changes: str) -> str:
    cells = {
        "Order ID": order,
        "Buyer": "ani",
        "Created": "25/02/2026 10:00",
        "Shipping": "5.000",
        "Shop": "Mall",
        "Method": "",
        "SKU": "cup",
        "Qty": "2",
        "Price": "Rp 12.500",
        "Discount": "",
        "Delivered": "",
        "Status": "Paid",
        "Closed": "",
    }
    cells |= changes
    return ";".join(cells[name] for name in HEADER.split(";"))


def read_csv(*rows: str, header: str = HEADER, mapping: str = CSV_MAP) -> list[Given | BadRow]:
    text = "\n".join([header, *rows]) + "\n"
    return list(Reader(io.BytesIO(text.encode()), "csv", read_mapping(mapping)))


def good(*rows: str, **how: Any) -> list[Given]:
    found = read_csv(*rows, **how)
    assert all(isinstance(each, Given) for each in found), found
    return [each for each in found if isinstance(each, Given)]


def codes(found: list[Given | BadRow]) -> list[tuple[int, str]]:
    """Number and code of each bad row, and the order of each good one."""
    return [(each.row, each.code if isinstance(each, BadRow) else each.order.order_id) for each in found]


def test_rows_that_stand_together_are_one_order() -> None:
    first, second = good(
        row(), row(SKU="plate", Qty="1", Price="100.000,50", Discount="500"), row("A2", Delivered="01/03/2026 07:30")
    )
    order = first.order
    assert (order.order_id, order.customer_id, order.seller_id, order.currency) == ("A1", "ani", "toko-1", "IDR")
    assert (order.purchased_at, order.mall, order.payment_method) == (BOUGHT, True, "CARD")
    assert order.shipping_fee == 1_000_000
    assert order.lines == (
        OrderLine("1", "cup", 2, 1_250_000),
        OrderLine("2", "plate", 1, 10_000_050, discount=50_000),
    )
    assert first.facts == (Payment(order.paid(), BOUGHT),)
    assert (first.row, first.rows, second.row) == (2, 2, 4)
    assert Scan(OUTBOUND, ScanKind.DELIVERED, datetime(2026, 3, 1, 0, 30, tzinfo=UTC)) in second.facts


def test_money_that_went_back_outside_is_a_fact_of_each_line() -> None:
    when = {"Status": "Refunded", "Closed": "2026-03-05T00:00:00"}
    (given,) = good(row(**when), row(SKU="plate", Qty="1", **when))
    at = datetime(2026, 3, 5, tzinfo=UTC)
    assert [each for each in given.facts if isinstance(each, OutsideRefund)] == [
        OutsideRefund("1", (1, 2), 2_500_000, at),
        OutsideRefund("2", (1,), 1_250_000, at),
    ]


def test_orders_that_the_mapping_leaves_out_are_counted() -> None:
    reader = Reader(io.BytesIO(f"{HEADER}\n{row(Status='Unpaid')}\n{row('A2')}".encode()), "csv", read_mapping(CSV_MAP))
    assert codes(list(reader)) == [(3, "A2")]
    assert reader.skipped == 1


@pytest.mark.parametrize(
    "changes,code,why",
    [
        ({"Price": "Rp 12.5x"}, Amiss.FIELD_WRONG, "unit_price: 'Rp"),
        ({"Price": "1,005"}, Amiss.FIELD_WRONG, "finer than amounts of IDR"),
        ({"Price": ""}, Amiss.FIELD_MISSING, "unit_price is missing"),
        ({"Qty": "two"}, Amiss.FIELD_WRONG, "quantity: 'two' is no whole number"),
        ({"Created": "2026-02-25"}, Amiss.FIELD_WRONG, "purchased_at: '2026-02-25' is no moment"),
        ({"Created": "25/02/1926 10:00"}, Amiss.FIELD_WRONG, "years 1970 to 2199"),
        ({"Buyer": ""}, Amiss.FIELD_MISSING, "customer_id is missing"),
        ({"Buyer": "a\x00b"}, Amiss.FIELD_WRONG, "characters that no name has"),
        ({"Buyer": "b" * 201}, Amiss.FIELD_WRONG, "more than 200 characters"),
        ({"Order ID": ""}, Amiss.FIELD_MISSING, "order_id is missing"),
    ],
)
def test_a_field_that_cannot_be_used_is_told_and_stops_nothing(changes: dict[str, str], code: str, why: str) -> None:
    bad, fine = read_csv(row(**changes), row("A2"))
    assert isinstance(bad, BadRow)
    assert (bad.row, bad.code) == (2, code)
    assert why in bad.why
    # A row of nobody's order may be one of the order after it.
    assert isinstance(fine, BadRow if not changes.get("Order ID", "x") else Given)


def test_what_is_no_utf_8_is_told_with_its_row() -> None:
    text = "\n".join([HEADER, row(Buyer="@"), row("A2")]).encode().replace(b"@", b"\xff")
    assert codes(list(Reader(io.BytesIO(text), "csv", read_mapping(CSV_MAP)))) == [(2, Amiss.FIELD_WRONG), (3, "A2")]


def test_a_row_that_cannot_be_read_spoils_its_order_and_no_other() -> None:
    found = read_csv(row(), row() + ";more", row("A2"), row("A3") + ";more", row("A3"), row("A4"))
    unreadable = Amiss.UNREADABLE
    assert codes(found) == [(3, unreadable), (2, unreadable), (4, "A2"), (5, unreadable), (6, unreadable), (7, "A4")]


def test_a_row_without_an_order_spoils_its_neighbours() -> None:
    found = read_csv(row(), row(""), row("A2"), row("A3"))
    assert codes(found) == [(3, Amiss.FIELD_MISSING), (2, Amiss.UNREADABLE), (4, Amiss.UNREADABLE), (5, "A3")]
    between = read_csv(row(), row(""), row(), row("A2"))
    assert codes(between) == [(3, Amiss.FIELD_MISSING), (2, Amiss.UNREADABLE), (5, "A2")]


def test_rows_of_an_order_that_stand_apart_are_told() -> None:
    found = read_csv(row(), row("A2"), row(SKU="plate"))
    assert codes(found) == [(2, "A1"), (3, "A2"), (4, Amiss.STANDS_APART)]


def test_rows_of_an_order_say_the_same_of_it() -> None:
    found = read_csv(row(), row(Buyer="budi"), row("A2"))
    assert codes(found) == [(3, Amiss.ROWS_DIFFER), (4, "A2")]
    assert isinstance(found[0], BadRow)
    assert "'budi', and 'ani'" in found[0].why


def test_the_file_needs_the_columns_that_the_mapping_names() -> None:
    with pytest.raises(MappingError, match="has no column 'Closed'"):
        read_csv(header=HEADER.removesuffix(";Closed"))
    with pytest.raises(MappingError, match="empty"):
        list(Reader(io.BytesIO(b""), "csv", read_mapping(CSV_MAP)))
    with pytest.raises(MappingError, match="CSV needs a mapping"):
        Reader(io.BytesIO(b""), "csv")


JSON_MAP = """
each = "items"
dates = "seconds"
[order]
order_id = "id"
customer_id = "buyer.id"
seller_id = "shop"
currency = "payment.currency"
purchased_at = "created"
promised_by = "promise"
[line]
line_id = ".id"
product_id = ".sku.id"
unit_price = ".price"
perishable = ".fresh"
[[fact]]
kind = "in_transit"
at = "parcels.0.sent"
tracking = "parcels.0.number"
[[fact]]
kind = "promised"
at = "changed"
promised_by = "promise"
"""
FOREIGN: dict[str, Any] = {
    "id": 77,
    "buyer": {"id": "ani"},
    "shop": "toko",
    "payment": {"currency": "VND"},
    "created": 1_772_000_000,
    "items": [{"id": "x", "sku": {"id": "mango"}, "price": "12000", "fresh": True}],
    "parcels": [{"sent": 1_772_100_000, "number": "JX1"}],
}


def read_lines(*lines: object, mapping: str | None = JSON_MAP) -> list[Given | BadRow]:
    text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
    return list(Reader(io.BytesIO(text.encode()), "jsonl", None if mapping is None else read_mapping(mapping)))


def test_foreign_json_lines_are_read_by_paths() -> None:
    changed = {**FOREIGN, "promise": 1_772_400_000, "changed": 1_772_300_000, "parcels": []}
    first, second = read_lines(FOREIGN, "", changed)
    assert isinstance(first, Given)
    assert isinstance(second, Given)
    assert (first.order.order_id, first.order.currency, second.row) == ("77", "VND", 3)
    assert first.order.lines == (OrderLine("x", "mango", 1, 12_000, perishable=True),)
    sent = datetime.fromtimestamp(1_772_100_000, UTC)
    assert first.facts == (Scan(OUTBOUND, ScanKind.IN_TRANSIT, sent, tracking="JX1"),)
    assert second.facts == (
        Amendment(datetime.fromtimestamp(1_772_400_000, UTC), datetime.fromtimestamp(1_772_300_000, UTC)),
    )


@pytest.mark.parametrize(
    "line,code",
    [
        ("{", Amiss.UNREADABLE),
        ("[]", Amiss.UNREADABLE),
        ({**FOREIGN, "items": []}, Amiss.FIELD_WRONG),
        ({**FOREIGN, "items": {}}, Amiss.FIELD_WRONG),
        ({**FOREIGN, "items": [3]}, Amiss.FIELD_MISSING),
        ({**FOREIGN, "payment": 3}, Amiss.FIELD_MISSING),
        ({**FOREIGN, "created": "now"}, Amiss.FIELD_WRONG),
        ({**FOREIGN, "created": True}, Amiss.FIELD_WRONG),
        ({**FOREIGN, "id": {"x": 1}}, Amiss.FIELD_WRONG),
        ('{"id": "' + "x" * MOST_BYTES + '"}', Amiss.UNREADABLE),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_stops_nothing(line: object, code: str) -> None:
    assert codes(read_lines(line, FOREIGN)) == [(1, code), (2, "77")]


OWN: dict[str, Any] = {
    "order_id": "o1",
    "customer_id": "ani",
    "seller_id": "toko",
    "currency": "IDR",
    "purchased_at": "2026-02-25T03:00:00Z",
    "lines": [{"line_id": "1", "product_id": "cup", "quantity": 1, "unit_price": 5}],
}
SENT = {"fact": "scan", "parcel": "OUTBOUND", "kind": "DELIVERED", "at": "2026-03-01T05:00:00Z"}


def test_our_own_json_lines_need_no_mapping() -> None:
    (given,) = read_lines({**OWN, "facts": [SENT]}, mapping=None)
    assert isinstance(given, Given)
    assert given.order.order_id == "o1"
    assert given.facts == (Scan(OUTBOUND, ScanKind.DELIVERED, datetime(2026, 3, 1, 5, tzinfo=UTC)),)


@pytest.mark.parametrize(
    "changes",
    [
        {"facts": [3]},
        {"facts": {}},
        {"facts": [{"fact": "rumour"}]},
        {"colour": "red"},
        {"purchased_at": "2026-02-25T03:00:00"},
        {"purchased_at": "1026-02-25T03:00:00Z"},
        {"customer_id": "a\x00"},
        {"customer_id": "\ud800"},
        {"lines": []},
    ],
)
def test_our_own_lines_are_as_strict_as_the_api(changes: dict[str, Any]) -> None:
    found = read_lines({**OWN, **changes}, OWN, mapping=None)
    if changes == {"lines": []}:  # the core says so, when it is put
        assert isinstance(found[0], Given)
    else:
        assert isinstance(found[0], BadRow)
        assert found[0].code == (Amiss.UNREADABLE if changes == {"customer_id": "\ud800"} else Amiss.FIELD_WRONG)
    assert isinstance(found[1], Given)


NEEDED = """
[order]
order_id = "a"
customer_id = "b"
seller_id = "c"
currency = "d"
purchased_at = "e"
[line]
product_id = "f"
unit_price = "g"
"""


@pytest.mark.parametrize(
    "text,why",
    [
        ("[order", "cannot be read"),
        (NEEDED.replace('currency = "d"', ""), "needs currency"),
        (NEEDED + 'colour = "h"', r"\[line\] has no field colour"),
        (NEEDED + "quantity = {}", "names a column, or a constant"),
        (NEEDED + 'quantity = { column = "q", value = 3 }', "not both"),
        (NEEDED + 'quantity = { column = "q", sum = true }', "only amounts"),
        (NEEDED + 'quantity = { column = "q", format = "iso" }', "of moments"),
        (NEEDED + 'quantity = { colum = "q" }', "colum"),
        ('zone = "Mars"' + NEEDED, "no time zone"),
        ('format = "xml"' + NEEDED, "csv or jsonl"),
        ('delimiter = ""' + NEEDED, "one character"),
        ('format = "jsonl"' + NEEDED + 'quantity = ".q"', "`each` names no list"),
        (NEEDED + '[[fact]]\nkind = "eaten"\nat = "x"', "a fact is"),
        (NEEDED + '[[fact]]\nkind = "delivered"\nat = "x"\namount = "y"', "has no amount"),
        (NEEDED + '[[fact]]\nkind = "promised"\nat = "x"', "needs promised_by"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_told_before_any_row(text: str, why: str) -> None:
    with pytest.raises(MappingError, match=why):
        read_mapping(text)


def test_every_code_says_how_to_mend_it() -> None:
    assert set(Amiss) <= set(MEND)
    assert all(each.endswith(".") for each in MEND.values())
