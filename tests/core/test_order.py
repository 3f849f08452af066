"""What may come in as an order or as a fact about one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mufakat.core.order import (
    MAX_AMOUNT,
    OUTBOUND,
    Amendment,
    Fact,
    Order,
    OrderLine,
    OutsideRefund,
    Scan,
    ScanKind,
    fact_fault,
    order_fault,
)
from tests.core.story import DELIVERED, order


def lined(**changes: object) -> Order:
    return order(lines=(replace(OrderLine("a", "x", 2, 100), **changes),))  # type: ignore[arg-type]


def test_a_sound_order_has_no_fault() -> None:
    assert order_fault(order()) == ""
    assert (
        order_fault(replace(lined(discount=10, platform_discount=10, tax=180), voucher=10, platform_voucher=10)) == ""
    )
    assert order_fault(replace(lined(quantity=10_000, unit_price=MAX_AMOUNT // 10_000), shipping_fee=0)) == ""


@pytest.mark.parametrize(
    "bad, word",
    [
        (order(order_id=""), "order_id"),
        (order(seller_id="ani"), "same"),
        (order(currency="rp"), "ISO 4217"),
        (order(lines=()), "lines"),
        (order(lines=(OrderLine("a", "x", 1, 1), OrderLine("a", "y", 1, 1))), "line_id"),
        (order(shipping_fee=-1), "shipping_fee"),
        (lined(quantity=0), "quantity"),
        (lined(quantity=10_001), "quantity"),
        (lined(unit_price=-1), "unit_price"),
        (lined(unit_price=MAX_AMOUNT + 1), "unit_price"),
        (lined(discount=201), "discount"),
        (lined(quantity=2, unit_price=MAX_AMOUNT), "everything"),
        (replace(lined(quantity=1, unit_price=MAX_AMOUNT), shipping_fee=1), "everything"),
        (lined(product_id=""), "product_id"),
        (lined(discount=10, platform_discount=11), "platform_discount"),
        (lined(commission=-1), "commission"),
        (lined(fees=MAX_AMOUNT + 1), "fees"),
        (lined(discount=10, tax=191), "tax"),
        (replace(lined(discount=10, tax=190), voucher=1), "tax"),
        (replace(lined(discount=10), voucher=191), "voucher"),
        (replace(lined(), voucher=-1), "voucher"),
        (replace(lined(), voucher=5, platform_voucher=6), "platform_voucher"),
    ],
)
def test_an_unsound_order_is_named_for_what_is_wrong(bad: Order, word: str) -> None:
    assert word in order_fault(bad)


@pytest.mark.parametrize(
    "fact, word",
    [
        (Scan("", ScanKind.LOST, DELIVERED), "parcel"),
        (OutsideRefund("z", (1,), 5, DELIVERED), "no line"),
        (OutsideRefund("a", (), 5, DELIVERED), "units"),
        (OutsideRefund("a", (1, 1), 5, DELIVERED), "units"),
        (OutsideRefund("a", (3,), 5, DELIVERED), "units 1 to 2"),
        (OutsideRefund("a", (1,), -5, DELIVERED), "amount"),
    ],
)
def test_a_fact_that_does_not_fit_is_named_for_what_is_wrong(fact: Fact, word: str) -> None:
    assert word in fact_fault(order(), fact)


def test_facts_that_fit() -> None:
    for fact in (
        Scan(OUTBOUND, ScanKind.DELIVERED, DELIVERED),
        Amendment(DELIVERED + timedelta(days=1), DELIVERED),
        OutsideRefund("a", (1, 2), 5, DELIVERED),
    ):
        assert fact_fault(order(), fact) == ""
