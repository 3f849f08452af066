"""Orders and what happened to them, as they travel."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Union

import msgspec

from mufakat.api.wire.mirror import convert, mirror
from mufakat.core.order import Amendment, CarrierAnswer, ChargebackNotice, Order, OutsideRefund, Payment, Scan

if TYPE_CHECKING:
    AnyFact = Any
    OrderIn = Any
else:
    AnyFact: Final = Union[  # noqa: UP007 - made of classes that are made here
        mirror(Scan, tag_field="fact", tag="scan"),
        mirror(OutsideRefund, tag_field="fact", tag="outside_refund"),
        mirror(Amendment, tag_field="fact", tag="amendment"),
        mirror(Payment, tag_field="fact", tag="payment"),
        mirror(ChargebackNotice, tag_field="fact", tag="chargeback"),
        mirror(CarrierAnswer, tag_field="fact", tag="carrier_answer"),
    ]
    OrderIn: Final = mirror(Order, without=frozenset({"order_id"}), name="OrderIn")

KINDS: Final = (Scan, OutsideRefund, Amendment, Payment, ChargebackNotice, CarrierAnswer)
FACTS: Final[dict[str, type]] = {kind.__name__: kind for kind in KINDS}


def fact(sent: msgspec.Struct) -> Any:
    """The fact that was sent, as the core has it."""
    return convert(sent, FACTS[type(sent).__name__])


def order(sent: msgspec.Struct, order_id: str) -> Order:
    """The order that was sent."""
    return convert(sent, Order, order_id=order_id)


class OrderPutOut(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order. NEW, SAME or CHANGED."""

    order_id: str
    result: str


class FactPutOut(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a fact: how many open cases were told of it."""

    order_id: str
    cases_told: int


class OrderLineOut(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it stands: what was bought, and of which units nothing is open or settled. Amounts in minor units.

    `paid`: what was paid for the line after all discounts, `tax`: contained in it. What the platform charges the seller
    is not told here: the answer is the customer's too.
    """

    line_id: str
    product_id: str
    quantity: int
    unit_price: int
    discount: int
    tax: int
    paid: int
    category: str
    free_units: list[int]


class ScanOut(msgspec.Struct, frozen=True, kw_only=True):
    """A scan of a parcel, with what the carrier told beside, where it did: weight in grams, address, signature."""

    parcel: str
    kind: str
    at: datetime
    grams: int | None
    address_matched: bool | None
    signed: bool | None
    place: str
    source: str
    tracking: str


class OrderOut(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it stands now: its terms, how far it came, its cases. `paid`: for everything, minor units."""

    order_id: str
    customer_id: str
    seller_id: str
    currency: str
    status: str
    purchased_at: datetime
    promised_by: datetime | None
    delivered_at: datetime | None
    shipping_fee: int
    voucher: int
    paid: int
    lines: list[OrderLineOut]
    scans: list[ScanOut]
    cases: list[str]
    links: dict[str, str]
