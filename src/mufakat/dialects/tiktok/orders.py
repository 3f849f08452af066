"""An order as TikTok Shop's order API tells it, as an order of ours with what happened to it. Pure.

Source: Order List (`/order/202309/orders/search`) and Price Detail (`/order/202407/orders/{id}/price_detail`) as
partner.tiktokshop.com documents them, read in November 2026. Their line item is one unit. Amounts are decimal text in
the currency's own units, moments are seconds since 1970. Names, addresses and messages are never looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from mufakat.core.order import OUTBOUND, TRACKING_NUMBER, Fact, Order, OrderLine, OutsideRefund, Payment, Scan, ScanKind
from mufakat.engine.feeding.records import Amiss, BadRow, Given
from mufakat.engine.feeding.values import Money, WrongValueError, amount_of, moment_of, text_of

_SCANS: Final = {
    "rts_time": ScanKind.AWAITING_COLLECTION,
    "collection_time": ScanKind.IN_TRANSIT,
    "delivery_time": ScanKind.DELIVERED,
}
STATUSES: Final[Mapping[str, tuple[str, ...] | None]] = {
    "UNPAID": None,
    "ON_HOLD": ("paid_time",),
    "AWAITING_SHIPMENT": ("paid_time",),
    "PARTIALLY_SHIPPING": ("paid_time", "rts_time"),
    "AWAITING_COLLECTION": ("paid_time", "rts_time"),
    "IN_TRANSIT": ("paid_time", "rts_time", "collection_time"),
    "DELIVERED": ("paid_time", "rts_time", "collection_time", "delivery_time"),
    "COMPLETED": ("paid_time", "rts_time", "collection_time", "delivery_time"),
    "CANCELLED": ("paid_time", "rts_time", "collection_time", "cancel_time"),
}
"""Which of their moments are facts in each of their statuses; None: the order is left out, nothing is bought yet.

`paid_time` is a payment of the whole, `rts_time`, `collection_time` and `delivery_time` are scans of the order's own
parcel, `cancel_time` after a payment is money that went back for every line, outside of any case.
"""
_UTC: Final = ZoneInfo("UTC")
_DECIMAL: Final = Money()
_FLAGS: Final = {"PRE_ORDER": "preorder", "MADE_TO_ORDER": "made_to_order", "VIRTUAL_ORDER": "virtual"}


@dataclass(frozen=True, slots=True)
class Price:
    """What a line costs, and what is off: by the seller and the platform together, and by the platform alone."""

    unit_price: int
    discount: int
    platform_discount: int


class AmountsDifferError(ValueError):
    """The lines do not add up to what the order says: its Price Detail is needed."""


def is_wanted(told: Mapping[str, Any]) -> bool:
    """Whether an order is bought, so that it is taken; one of an unknown status is, and is told as bad."""
    return STATUSES.get(str(told.get("status")), ()) is not None


def given_of(
    told: Mapping[str, Any], seller_id: str, row: int, detail: Mapping[str, Any] | None = None
) -> Given | BadRow:
    """An order of theirs as one of ours; detail: its Price Detail. Raises AmountsDifferError where that is needed."""
    order_id = str(told.get("id", ""))[:200]
    try:
        return _given(told, seller_id, row, detail)
    except AmountsDifferError as error:
        if detail is None:
            raise
        return BadRow(row, order_id, Amiss.FIELD_WRONG, str(error))
    except WrongValueError as error:
        return BadRow(row, order_id, Amiss.FIELD_WRONG, str(error))
    except (TypeError, AttributeError, KeyError) as error:
        return BadRow(row, order_id, Amiss.UNREADABLE, f"this is not in the documented shape: {error}")


def _given(told: Mapping[str, Any], seller_id: str, row: int, detail: Mapping[str, Any] | None) -> Given:
    status = str(told.get("status"))
    if status not in STATUSES:
        raise WrongValueError(f"status {status!r} is none of {', '.join(STATUSES)}")
    payment, items = told["payment"], told["line_items"]
    currency = text_of(payment["currency"])
    prices = _prices(items, currency) if detail is None else _detailed(items, detail, currency)
    paid, wanted = sum(each.unit_price - each.discount for each in prices), _amount(payment, "sub_total", currency)
    if paid != wanted:
        raise AmountsDifferError(f"the lines add up to {paid} and the order says {wanted} (minor units of {currency})")
    order = Order(
        order_id=text_of(told["id"]),
        customer_id=text_of(told["user_id"]),
        seller_id=seller_id,
        currency=currency,
        lines=tuple(_line(told, item, price) for item, price in zip(items, prices, strict=True)),
        purchased_at=_moment(told, "create_time") or _missing("create_time"),
        shipping_fee=_amount(payment, "shipping_fee", currency),
        shipped_by_seller=told.get("shipping_type") == "SELLER",
        promised_by=_moment(told, "delivery_option_required_delivery_time"),
        payment_method=text_of(told.get("payment_method_code") or ""),
    )
    return Given(row, order, tuple(_facts(told, order, status)), parcels=_parcels(told, items))


def _line(told: Mapping[str, Any], item: Mapping[str, Any], price: Price) -> OrderLine:
    kinds = {_FLAGS[kind] for kind in (told.get("order_type"), item.get("sku_type")) if kind in _FLAGS}
    if told.get("shipping_type") == "TIKTOK_DIGITAL":
        kinds.add("virtual")
    return OrderLine(
        line_id=text_of(item["id"]),
        product_id=text_of(item["product_id"]),
        quantity=1,
        unit_price=price.unit_price,
        discount=price.discount,
        platform_discount=price.platform_discount,
        virtual="virtual" in kinds,
        preorder="preorder" in kinds,
        made_to_order="made_to_order" in kinds,
    )


def _prices(items: list[Any], currency: str) -> list[Price]:
    """What the lines themselves say."""
    found = []
    for item in items:
        platform = _amount(item, "platform_discount", currency)
        whole = platform + _amount(item, "seller_discount", currency)
        found.append(Price(_amount(item, "original_price", currency), whole, platform))
    return found


def _detailed(items: list[Any], detail: Mapping[str, Any], currency: str) -> list[Price]:
    """What the Price Detail says of the same lines, its vouchers included."""
    by_id = {each["id"]: each for each in detail["line_items"]}
    found = []
    for item in items:
        line = by_id.get(item["id"]) or _missing(f"the price of line {item['id']}")
        platform = sum(
            _amount(line, f"{kind}_platform", currency) for kind in ("subtotal_deduction", "voucher_deduction")
        )
        seller = sum(_amount(line, f"{kind}_seller", currency) for kind in ("subtotal_deduction", "voucher_deduction"))
        found.append(Price(_amount(line, "sku_list_price", currency), platform + seller, platform))
    return found


def _facts(told: Mapping[str, Any], order: Order, status: str) -> list[Fact]:
    """What happened, by the moments that count in this status."""
    found: list[Fact] = []
    paid_at = None
    for name in STATUSES[status] or ():
        at = _moment(told, name)
        if at is None:
            continue
        if name == "paid_time":
            paid_at = at
            amount = _amount(told["payment"], "total_amount", order.currency)
            found += [Payment(amount, at, order.payment_method)] if amount else []
        elif name in _SCANS:
            found.append(Scan(OUTBOUND, _SCANS[name], at))
        elif paid_at is not None:
            found += [OutsideRefund(x.line_id, (1,), order.paid_for(x), at) for x in order.lines if order.paid_for(x)]
    return found


def _parcels(told: Mapping[str, Any], items: list[Any]) -> tuple[str, ...]:
    """The numbers under which carriers know the order's parcels."""
    named = [told.get("tracking_number"), *(item.get("tracking_number") for item in items)]
    return tuple(dict.fromkeys(each for each in named if isinstance(each, str) and TRACKING_NUMBER.fullmatch(each)))


def _amount(told: Mapping[str, Any], name: str, currency: str) -> int:
    value = told.get(name)
    try:
        return 0 if value in (None, "") else amount_of(value, currency, _DECIMAL)
    except WrongValueError as error:
        raise WrongValueError(f"{name}: {error}") from error


def _moment(told: Mapping[str, Any], name: str) -> datetime | None:
    value = told.get(name)
    try:
        return moment_of(value, "seconds", _UTC) if value else None
    except WrongValueError as error:
        raise WrongValueError(f"{name}: {error}") from error


def _missing(name: str) -> Any:
    raise WrongValueError(f"{name} is missing")
