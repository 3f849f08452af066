"""Reading a marketplace's orders and complaints: JSON lines, one object a line, prices as decimal text.

A line that cannot be used is reported by number and reason and does not stop the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from mufakat.core.order import OUTBOUND, Order, OrderLine, Scan, ScanKind, order_fault

T = TypeVar("T")

DECIMALS: Final = {"BRL": 2, "IDR": 2, "USD": 2, "EUR": 2, "GBP": 2, "MYR": 2, "PHP": 2, "SGD": 2, "THB": 2, "VND": 0}
"""Decimals of a currency's minor unit (ISO 4217)."""
MOST_LINES: Final = 200


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used, and why."""

    file: str
    number: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.number}: {self.why}"


class LineError(ValueError):
    """Why a line cannot be used."""


@dataclass(frozen=True, slots=True)
class Imported:
    """An order with the scans of its own parcel, oldest first."""

    order: Order
    scans: tuple[Scan, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a customer wrote about an order, and when."""

    complaint_id: str
    order_id: str
    created_at: datetime
    text: str
    language: str = ""


@dataclass(slots=True)
class Source:
    """Everything that was read."""

    orders: dict[str, Imported] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)


def read(orders: Path, complaints: Path) -> Source:
    """Both files; complaints in the order of their times. Raises OSError when a file cannot be read."""
    source = Source()
    for number, made in _lines(orders, _order, source):
        if made.order.order_id in source.orders:
            source.bad.append(BadLine(orders.name, number, f"order {made.order.order_id} comes a second time"))
        else:
            source.orders[made.order.order_id] = made
    seen: set[str] = set()
    for number, complaint in _lines(complaints, _complaint, source):
        if complaint.order_id not in source.orders:
            source.bad.append(BadLine(complaints.name, number, f"there is no order {complaint.order_id}"))
        elif complaint.complaint_id in seen:
            source.bad.append(BadLine(complaints.name, number, f"complaint {complaint.complaint_id} comes twice"))
        else:
            seen.add(complaint.complaint_id)
            source.complaints.append(complaint)
    source.complaints.sort(key=lambda each: (each.created_at, each.complaint_id))
    return source


def _lines(path: Path, make: Callable[[dict[str, Any]], T], source: Source) -> list[tuple[int, T]]:
    """What each good line of a file makes, with its number; bad lines are noted."""
    made = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            made.append((number, make(_object(line))))
        except LineError as error:
            source.bad.append(BadLine(path.name, number, str(error)))
    return made


def _object(line: bytes) -> dict[str, Any]:
    try:
        data = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LineError(f"is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise LineError("is no JSON object")
    return data


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise LineError(f"`{name}` is missing")
    return value


def _moment(data: dict[str, Any], name: str) -> datetime | None:
    value = data.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise LineError(f"`{name}` is no time such as 2018-07-01T20:21:03Z: {value!r}") from error
    if moment.tzinfo is None:
        raise LineError(f"`{name}` has no zone: {value!r}")
    return moment


def _must(data: dict[str, Any], name: str) -> datetime:
    moment = _moment(data, name)
    if moment is None:
        raise LineError(f"`{name}` is missing")
    return moment


def minor(value: Any, currency: str, name: str) -> int:
    """A decimal text in minor units of its currency; raises LineError for what cannot be paid in it."""
    if currency not in DECIMALS:
        raise LineError(f"`currency` {currency!r} is not known; known are {', '.join(sorted(DECIMALS))}")
    try:
        amount = Decimal(value if isinstance(value, str) else "none").scaleb(DECIMALS[currency])
    except InvalidOperation as error:
        raise LineError(f"`{name}` is no decimal text: {value!r}") from error
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        raise LineError(f"`{name}` is no amount in {currency}: {value!r}")
    return int(amount)


def _order(data: dict[str, Any]) -> Imported:
    """An order from one object. Approval is no scan; shipping and delivery are."""
    currency = _text(data, "currency")
    lines = data.get("lines")
    if not isinstance(lines, list) or not 1 <= len(lines) <= MOST_LINES:
        raise LineError(f"`lines` has 1 to {MOST_LINES} lines")
    bought = [_line(each, currency) for each in lines]
    if len({line.line_id for line in bought}) < len(bought):
        raise LineError("two lines have the same `line_id`")
    purchased = _must(data, "purchased_at")
    order = Order(
        order_id=_text(data, "order_id"),
        customer_id=_text(data, "customer_id"),
        seller_id=_text(data, "seller_id"),
        currency=currency,
        lines=tuple(bought),
        purchased_at=purchased,
        shipping_fee=sum(minor(each.get("shipping_fee", "0"), currency, "shipping_fee") for each in lines),
        mall=data.get("mall") is True,
        shipped_by_seller=data.get("shipped_by_seller") is True,
        promised_by=_moment(data, "estimated_delivery_at"),
        payment_method=str(data.get("payment_method") or ""),
        voucher=minor(data.get("voucher", "0"), currency, "voucher"),
        platform_voucher=minor(data.get("platform_voucher", "0"), currency, "platform_voucher"),
    )
    if fault := order_fault(order):
        raise LineError(fault)
    shipped, delivered = _moment(data, "shipped_at"), _moment(data, "delivered_at")
    scans = [(shipped, ScanKind.IN_TRANSIT), (delivered, ScanKind.DELIVERED)]
    return Imported(order, tuple(Scan(OUTBOUND, kind, at) for at, kind in scans if at is not None))


def _line(data: Any, currency: str) -> OrderLine:
    if not isinstance(data, dict):
        raise LineError("a line of an order is no JSON object")
    quantity = data.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        raise LineError(f"`quantity` is no number from 1: {quantity!r}")
    price = minor(data.get("unit_price"), currency, "unit_price")
    discount = minor(data.get("discount", "0"), currency, "discount")
    if discount > price * quantity:
        raise LineError("`discount` is more than the line costs")
    flags = ("durable", "perishable", "virtual", "preorder", "made_to_order")
    return OrderLine(
        line_id=_text(data, "line_id"),
        product_id=_text(data, "product_id"),
        quantity=quantity,
        unit_price=price,
        discount=discount,
        category=str(data.get("category") or ""),
        **{name: data.get(name) is True for name in flags},
        platform_discount=minor(data.get("platform_discount", "0"), currency, "platform_discount"),
        tax=minor(data.get("tax", "0"), currency, "tax"),
        commission=minor(data.get("commission", "0"), currency, "commission"),
        fees=minor(data.get("fees", "0"), currency, "fees"),
    )


def _complaint(data: dict[str, Any]) -> Complaint:
    return Complaint(
        complaint_id=_text(data, "complaint_id"),
        order_id=_text(data, "order_id"),
        created_at=_must(data, "created_at"),
        text=_text(data, "text"),
        language=str(data.get("language") or ""),
    )
