"""The order of a scenario: what is usual unless the scenario says otherwise.

The usual order: two blenders at 100,000 and a cup at 50,000, shipping 9,000; bought on Wednesday 28 October 2026,
promised by Tuesday 3 November, delivered on Monday 2 November at 10:00. Where a scenario says another time of
delivery, the times that it does not say move along.
"""

from datetime import UTC, datetime
from typing import Any

from mufakat.core.calendar import zone_of
from mufakat.core.order import OUTBOUND, Fact, Order, OrderLine, OrderState, OrderStatus, Scan, ScanKind
from mufakat.lab.scenarios.keys import FLAG, MOMENT, NUMBER, TEXT, Key, choice, needed, tables

CUSTOMER, SELLER = "ani", "toko"

LINE_KEYS: dict[str, Key] = {
    "line": needed(TEXT),
    "price": needed(NUMBER),
    "quantity": NUMBER,
    "discount": NUMBER,
    "platform_discount": NUMBER,
    "tax": NUMBER,
    "commission": NUMBER,
    "fees": NUMBER,
    "category": TEXT,
    "durable": FLAG,
    "perishable": FLAG,
    "virtual": FLAG,
    "preorder": FLAG,
    "made_to_order": FLAG,
}
"""What a line may say; `price` of one unit, `discount` for the whole line."""

ORDER_KEYS: dict[str, Key] = {
    "lines": tables(LINE_KEYS),
    "status": choice(OrderStatus),
    "purchased": MOMENT,
    "awaiting_collection": MOMENT,
    "in_transit": MOMENT,
    "delivered": MOMENT,
    "promised": MOMENT,
    "shipping_fee": NUMBER,
    "currency": TEXT,
    "voucher": NUMBER,
    "platform_voucher": NUMBER,
    "payment_method": TEXT,
    "mall": FLAG,
    "shipped_by_seller": FLAG,
}
"""What an order may say; `status` is how far the parcel has come when the scenario begins."""

USUAL: dict[str, Any] = {
    "lines": (
        {"line": "blender", "price": 100_000, "quantity": 2},
        {"line": "cup", "price": 50_000},
    ),
    "status": OrderStatus.DELIVERED,
    "purchased": datetime(2026, 10, 28, 10, 0),  # noqa: DTZ001 - local to the market
    "awaiting_collection": datetime(2026, 10, 30, 10, 0),  # noqa: DTZ001 - same
    "in_transit": datetime(2026, 11, 1, 10, 0),  # noqa: DTZ001 - same
    "delivered": datetime(2026, 11, 2, 10, 0),  # noqa: DTZ001 - same
    "promised": datetime(2026, 11, 3, 10, 0),  # noqa: DTZ001 - same
    "shipping_fee": 9_000,
    "currency": "IDR",
    "mall": False,
    "shipped_by_seller": False,
}

_SCANS = (
    (OrderStatus.AWAITING_COLLECTION, "awaiting_collection", ScanKind.AWAITING_COLLECTION),
    (OrderStatus.IN_TRANSIT, "in_transit", ScanKind.IN_TRANSIT),
    (OrderStatus.DELIVERED, "delivered", ScanKind.DELIVERED),
)


def instant(local: datetime, zone: str) -> datetime:
    """A local time of the market as an instant in UTC."""
    return local.replace(tzinfo=zone_of(zone)).astimezone(UTC)


def with_times(said: dict[str, Any]) -> dict[str, Any]:
    """The whole order; times that are not said keep their distance from the delivery."""
    moved = said.get("delivered", USUAL["delivered"]) - USUAL["delivered"]
    usual = {name: each + moved if isinstance(each, datetime) else each for name, each in USUAL.items()}
    return usual | said


def order_state(said: dict[str, Any], zone: str) -> OrderState:
    """The order as the marketplace knows it when the scenario begins."""
    whole = with_times(said)
    order = Order(
        order_id="order",
        customer_id=CUSTOMER,
        seller_id=SELLER,
        currency=whole["currency"],
        lines=tuple(_line(each) for each in whole["lines"]),
        purchased_at=instant(whole["purchased"], zone),
        shipping_fee=whole["shipping_fee"],
        mall=whole["mall"],
        shipped_by_seller=whole["shipped_by_seller"],
        promised_by=instant(whole["promised"], zone),
        payment_method=whole.get("payment_method", ""),
        voucher=whole.get("voucher", 0),
        platform_voucher=whole.get("platform_voucher", 0),
    )
    return OrderState(order, _scans(whole, zone))


def _line(said: dict[str, Any]) -> OrderLine:
    marks = {name: said.get(name, False) for name in ("durable", "perishable", "virtual", "preorder", "made_to_order")}
    return OrderLine(
        line_id=said["line"],
        product_id=said["line"],
        quantity=said.get("quantity", 1),
        unit_price=said["price"],
        discount=said.get("discount", 0),
        platform_discount=said.get("platform_discount", 0),
        tax=said.get("tax", 0),
        commission=said.get("commission", 0),
        fees=said.get("fees", 0),
        category=said.get("category", ""),
        **marks,
    )


def _scans(whole: dict[str, Any], zone: str) -> tuple[Fact, ...]:
    reached = list(OrderStatus).index(whole["status"])
    return tuple(
        Scan(OUTBOUND, kind, instant(whole[name], zone))
        for status, name, kind in _SCANS
        if list(OrderStatus).index(status) <= reached
    )
