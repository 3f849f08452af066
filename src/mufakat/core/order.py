"""The order as the marketplace knows it: terms from the snapshot, later facts, and what its cases have used up.

Everything here is about one order of one seller. Money in minor units of the order's currency, instants in UTC,
units of a line numbered from 1.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from mufakat.core.shares import allocate_within


class ScanKind(StrEnum):
    """What a carrier reports about a parcel."""

    AWAITING_COLLECTION = "AWAITING_COLLECTION"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    LOST = "LOST"


class OrderStatus(StrEnum):
    """How far the order's own parcel has come."""

    AWAITING_SHIPMENT = "AWAITING_SHIPMENT"
    AWAITING_COLLECTION = "AWAITING_COLLECTION"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"


OUTBOUND = "OUTBOUND"
"""The parcel name under which scans of the order's own delivery are kept."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line: `unit_price` before discount, `discount` for the whole line, both in minor units.

    Further for the whole line, in minor units: `platform_discount`, how much of `discount` the platform gave instead of
    the seller; `tax` that is contained in what was paid; `commission` and `fees` that the platform charges the seller.
    """

    line_id: str
    product_id: str
    quantity: int
    unit_price: int
    discount: int = 0
    category: str = ""
    durable: bool = False
    perishable: bool = False
    virtual: bool = False
    preorder: bool = False
    made_to_order: bool = False
    platform_discount: int = 0
    tax: int = 0
    commission: int = 0
    fees: int = 0

    @property
    def discounted(self) -> int:
        """What the line costs after its own discount, the order's voucher left aside."""
        return self.unit_price * self.quantity - self.discount


@dataclass(frozen=True, slots=True)
class Order:
    """The snapshot: the terms of the purchase. Never holds names, contacts or addresses.

    `voucher` is taken off all lines together, once for the order, spread by what each costs after its own discount;
    `platform_voucher` is how much of it the platform gave and not the seller. Minor units. `language`: the customer's,
    as ISO 639 has it (`id`, `en`); empty for the market's own.
    """

    order_id: str
    customer_id: str
    seller_id: str
    currency: str
    lines: tuple[OrderLine, ...]
    purchased_at: datetime
    shipping_fee: int = 0
    mall: bool = False
    shipped_by_seller: bool = False
    promised_by: datetime | None = None
    payment_method: str = ""
    voucher: int = 0
    platform_voucher: int = 0
    language: str = ""

    def voucher_of(self, line: OrderLine) -> int:
        """The share of the order's voucher that a line has (minor units)."""
        return _voucher_parts(self)[line.line_id] if self.voucher else 0

    def platform_voucher_of(self, line: OrderLine) -> int:
        """The platform's part of a line's share of the voucher (minor units)."""
        return _platform_parts(self)[line.line_id] if self.platform_voucher else 0

    def paid_for(self, line: OrderLine) -> int:
        """What was paid for a whole line: its price less all discounts (minor units)."""
        return line.discounted - self.voucher_of(line)

    def goods(self) -> int:
        """What was paid for everything but the shipping (minor units)."""
        return sum(line.discounted for line in self.lines) - self.voucher

    def paid(self) -> int:
        """What was paid for everything, the shipping fee with it (minor units)."""
        return self.goods() + self.shipping_fee

    def line(self, line_id: str) -> OrderLine | None:
        """The line of that id, or None."""
        return next((each for each in self.lines if each.line_id == line_id), None)


@lru_cache(maxsize=256)
def _voucher_parts(order: Order) -> dict[str, int]:
    parts = allocate_within(order.voucher, [line.discounted for line in order.lines])
    return {line.line_id: part for line, part in zip(order.lines, parts, strict=True)}


@lru_cache(maxsize=256)
def _platform_parts(order: Order) -> dict[str, int]:
    parts = allocate_within(order.platform_voucher, list(_voucher_parts(order).values()))
    return {line.line_id: part for line, part in zip(order.lines, parts, strict=True)}


LANGUAGE = re.compile("[a-z]{2,3}")
"""A language as ISO 639 has it."""

MAX_ORDER_LINES = 200
"""Lines of one order."""

MAX_UNITS = 10_000
"""Units of one line."""

MAX_AMOUNT = 10**15
"""Minor units of any one amount: far above any order, far below what a database column holds."""


def order_fault(order: Order) -> str:
    """What is wrong with a snapshot, in words, or nothing: identities, quantities, amounts, currency."""
    if not (order.order_id and order.customer_id and order.seller_id):
        return "order_id, customer_id and seller_id must be given"
    if order.customer_id == order.seller_id:
        return "customer and seller are the same"
    if not (len(order.currency) == 3 and order.currency.isascii() and order.currency.isupper()):  # noqa: PLR2004
        return f"currency {order.currency!r} is no ISO 4217 code of three capitals"
    if order.language and not LANGUAGE.fullmatch(order.language):
        return f"language {order.language!r} is no ISO 639 code of two or three small letters"
    if not 1 <= len(order.lines) <= MAX_ORDER_LINES:
        return f"an order has 1 to {MAX_ORDER_LINES} lines, not {len(order.lines)}"
    if len({line.line_id for line in order.lines}) < len(order.lines):
        return "two lines have the same line_id"
    if not 0 <= order.shipping_fee <= MAX_AMOUNT:
        return f"shipping_fee {order.shipping_fee} is not between 0 and {MAX_AMOUNT}"
    if fault := next((fault for line in order.lines if (fault := _line_fault(line))), ""):
        return fault
    total = order.shipping_fee + sum(line.unit_price * line.quantity for line in order.lines)
    if total > MAX_AMOUNT:
        return f"the price of everything, {total}, is not between 0 and {MAX_AMOUNT}"
    return _voucher_fault(order) or next((fault for line in order.lines if (fault := _tax_fault(order, line))), "")


def _voucher_fault(order: Order) -> str:
    most = sum(line.discounted for line in order.lines)
    if not 0 <= order.voucher <= most:
        return f"voucher {order.voucher} is not between 0 and what the lines cost after their discounts, {most}"
    if not 0 <= order.platform_voucher <= order.voucher:
        return f"platform_voucher {order.platform_voucher} is not between 0 and the voucher, {order.voucher}"
    return ""


def _tax_fault(order: Order, line: OrderLine) -> str:
    paid = order.paid_for(line) if line.tax else 0
    return (
        "" if 0 <= line.tax <= paid else f"line {line.line_id}: tax {line.tax} is not between 0 and {paid}, paid for it"
    )


def _line_fault(line: OrderLine) -> str:
    if not (line.line_id and line.product_id):
        return "every line needs line_id and product_id"
    if not 1 <= line.quantity <= MAX_UNITS:
        return f"line {line.line_id}: quantity {line.quantity} is not between 1 and {MAX_UNITS}"
    if not 0 <= line.unit_price <= MAX_AMOUNT:
        return f"line {line.line_id}: unit_price {line.unit_price} is not between 0 and {MAX_AMOUNT}"
    most = line.unit_price * line.quantity
    if not 0 <= line.discount <= most:
        return f"line {line.line_id}: discount {line.discount} is not between 0 and the line's price {most}"
    if not 0 <= line.platform_discount <= line.discount:
        given = f"platform_discount {line.platform_discount} is not between 0 and the discount {line.discount}"
        return f"line {line.line_id}: {given}"
    for name, amount in (("commission", line.commission), ("fees", line.fees)):
        if not 0 <= amount <= MAX_AMOUNT:
            return f"line {line.line_id}: {name} {amount} is not between 0 and {MAX_AMOUNT}"
    return ""


@dataclass(frozen=True, slots=True)
class Scan:
    """A carrier scanned a parcel (`OUTBOUND`, or the tracking number of a return or a replacement).

    What the carrier told beside, where it told it: `grams` as weighed then; `address_matched` and `signed` of a
    delivery; `place` and `source` (who reported) as short codes, never personal text; `tracking`, the carrier's own
    number of a parcel that is called otherwise here.
    """

    parcel: str
    kind: ScanKind
    at: datetime
    grams: int | None = None
    address_matched: bool | None = None
    signed: bool | None = None
    place: str = ""
    source: str = ""
    tracking: str = ""


@dataclass(frozen=True, slots=True)
class OutsideRefund:
    """Money went back to the customer outside of any case; `chargeback` when the customer's bank took it."""

    line_id: str
    units: tuple[int, ...]
    amount: int
    at: datetime
    chargeback: bool = False

    def covers(self, line_id: str, unit: int) -> bool:
        """Whether it is about a unit."""
        return self.line_id == line_id and unit in self.units


@dataclass(frozen=True, slots=True)
class Amendment:
    """The marketplace changed a promise of the order."""

    promised_by: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """The customer's payment for the order was captured: minor units of the order's currency, by a method's short name.

    The snapshot says what the order costs and how it is to be paid; whether it was, and when, only this says.
    `reference`: the payment provider's own name of it, under which it is refunded.
    """

    amount: int
    at: datetime
    method: str = ""
    reference: str = ""


class ChargebackStage(StrEnum):
    """How far a chargeback has come at the customer's bank; WON and LOST as the marketplace sees it."""

    OPENED = "OPENED"
    WON = "WON"
    LOST = "LOST"


@dataclass(frozen=True, slots=True)
class ChargebackNotice:
    """The customer's bank asks money back, or has decided whether it keeps it (S14, reading 8).

    `reference`: the bank's own name of the chargeback, the same over all its notices, of which the latest by `at`
    counts. `amount` in minor units, at the latest decision what the customer got. Without `line_id` it is about the
    whole order with its shipping, without `units` about all of the line.
    """

    reference: str
    amount: int
    stage: ChargebackStage
    at: datetime
    line_id: str = ""
    units: tuple[int, ...] = ()

    def covers(self, line_id: str, unit: int) -> bool:
        """Whether it is about a unit."""
        return self.line_id in ("", line_id) and (not self.units or unit in self.units)


@dataclass(frozen=True, slots=True)
class CarrierAnswer:
    """A carrier has answered what was claimed of it for a parcel: so much is paid in all (minor units), or nothing."""

    parcel: str
    paid: int
    at: datetime


Fact = Scan | OutsideRefund | Amendment | Payment | ChargebackNotice | CarrierAnswer


MAX_GRAMS = 10_000_000
"""Grams of one parcel: ten tonnes."""

PLACE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9&._/-]{0,39}")
"""A short code of a place or a source: nothing personal fits into it."""
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}")
_METHOD = re.compile(r"[A-Za-z0-9][A-Za-z0-9 &._/-]{0,39}")
TRACKING_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
"""A carrier's number of a parcel: a code without spaces, so that nothing personal is written into it."""


def _scan_fault(scan: Scan) -> str:
    """What is wrong with a scan, in words, or nothing."""
    if not scan.parcel:
        return "a scan names its parcel"
    if scan.grams is not None and not 0 < scan.grams <= MAX_GRAMS:
        return f"grams {scan.grams} is not between 1 and {MAX_GRAMS}"
    if scan.kind is not ScanKind.DELIVERED and (scan.address_matched is not None or scan.signed is not None):
        return "only a delivery tells of the address and of a signature"
    for name, code in (("place", scan.place), ("source", scan.source)):
        if code and not PLACE_CODE.fullmatch(code):
            return f"{name} {code!r} is no code of at most 40 letters, digits and & . _ / -"
    if scan.tracking and not TRACKING_NUMBER.fullmatch(scan.tracking):
        return f"tracking {scan.tracking!r} is no number of at most 100 letters, digits and . _ / -"
    return ""


def _payment_fault(payment: Payment) -> str:
    """What is wrong with a payment, in words, or nothing."""
    if not 0 < payment.amount <= MAX_AMOUNT:
        return f"amount {payment.amount} is not between 1 and {MAX_AMOUNT}"
    if payment.method and not _METHOD.fullmatch(payment.method):
        return f"method {payment.method!r} is no short name of at most 40 letters, digits, spaces and & . _ / -"
    if payment.reference and not _REFERENCE.fullmatch(payment.reference):
        return f"reference {payment.reference!r} is no name of at most 100 letters, digits and . _ : / -"
    return ""


def fact_fault(order: Order, fact: Fact) -> str:
    """What is wrong with a later fact about an order, in words, or nothing."""
    if isinstance(fact, Scan):
        return _scan_fault(fact)
    if isinstance(fact, Amendment):
        return ""
    if isinstance(fact, Payment):
        return _payment_fault(fact)
    if isinstance(fact, CarrierAnswer):
        return _answer_fault(fact)
    if isinstance(fact, ChargebackNotice):
        return _chargeback_fault(order, fact)
    if not fact.units:
        return "an outside refund names its units, each once"
    return _units_fault(order, fact.line_id, fact.units) or _amount_fault(fact.amount)


def _chargeback_fault(order: Order, notice: ChargebackNotice) -> str:
    """What is wrong with a chargeback's notice, in words, or nothing."""
    if not TRACKING_NUMBER.fullmatch(notice.reference):
        return f"reference {notice.reference!r} is no name of at most 100 letters, digits and . _ / -"
    if notice.units and not notice.line_id:
        return "units are those of a line: name it"
    fault = _units_fault(order, notice.line_id, notice.units) if notice.line_id else ""
    return fault or _amount_fault(notice.amount)


def _answer_fault(answer: CarrierAnswer) -> str:
    """What is wrong with a carrier's answer, in words, or nothing."""
    if not answer.parcel or answer.parcel == OUTBOUND:
        return "a carrier's answer names the parcel that was claimed for"
    return "" if 0 <= answer.paid <= MAX_AMOUNT else f"paid {answer.paid} is not between 0 and {MAX_AMOUNT}"


def _units_fault(order: Order, line_id: str, units: tuple[int, ...]) -> str:
    """What is wrong with units that a fact names, in words, or nothing."""
    line = order.line(line_id)
    if line is None:
        return f"the order has no line {line_id}"
    if len(set(units)) < len(units):
        return "a fact names its units, each once"
    return "" if all(1 <= unit <= line.quantity for unit in units) else f"line {line_id} has units 1 to {line.quantity}"


def _amount_fault(amount: int) -> str:
    return "" if 0 < amount <= MAX_AMOUNT else f"amount {amount} is not between 1 and {MAX_AMOUNT}"


@dataclass(frozen=True, slots=True)
class UnitUse:
    """What one case has used of one unit.

    `held`: the case is open on it. `settled`: a remedy for it was carried out or agreed. `refunded`: minor units
    paid. `disputes`: raised about it here. `generation`: which delivery of the unit the case is about (0 is the
    order's own). `replaced_at`: when this case's replacement of it was delivered. `borne`: what the customer bears of
    harm to it on its way back, `twice`: what was paid although it came to be owed no more, because it went back
    elsewhere as well (minor units).
    """

    line_id: str
    unit: int
    held: bool
    settled: bool = False
    refunded: int = 0
    disputes: int = 0
    generation: int = 0
    replaced_at: datetime | None = None
    borne: int = 0
    twice: int = 0


@dataclass(frozen=True, slots=True)
class CaseUse:
    """All that one case has used of its order: units, and the shipping fee paid back (minor units)."""

    units: tuple[UnitUse, ...]
    shipping: int = 0


@dataclass(frozen=True, slots=True)
class OrderState:
    """The order, what happened to it since, and what its cases used: the guarded row of the order."""

    order: Order
    facts: tuple[Fact, ...] = ()
    uses: dict[str, CaseUse] = field(default_factory=dict)

    def scans(self, parcel: str = OUTBOUND) -> list[Scan]:
        """The scans of a parcel, oldest first."""
        found = [each for each in self.facts if isinstance(each, Scan) and each.parcel == parcel]
        return sorted(found, key=lambda scan: scan.at)

    def delivered_at(self, parcel: str = OUTBOUND) -> datetime | None:
        """When the parcel was first scanned as delivered, or None."""
        return next((each.at for each in self.scans(parcel) if each.kind is ScanKind.DELIVERED), None)

    def last_tracking(self, parcel: str = OUTBOUND) -> datetime | None:
        """The last tracking update: the latest scan of the parcel, or None."""
        scans = self.scans(parcel)
        return scans[-1].at if scans else None

    def promised_by(self) -> datetime | None:
        """The promised date in force: the latest amendment's, else the snapshot's."""
        changed = [each for each in self.facts if isinstance(each, Amendment)]
        return max(changed, key=lambda each: each.at).promised_by if changed else self.order.promised_by

    def paid_by(self) -> str:
        """The method of the latest payment that was captured, else the one that the snapshot names; may be empty."""
        paid = [each for each in self.facts if isinstance(each, Payment) and each.method]
        return max(paid, key=lambda each: each.at).method if paid else self.order.payment_method

    def status(self) -> OrderStatus:
        """How far the order's own parcel has come."""
        kinds = {each.kind for each in self.scans()}
        if ScanKind.DELIVERED in kinds:
            return OrderStatus.DELIVERED
        if kinds & {ScanKind.IN_TRANSIT, ScanKind.LOST}:
            return OrderStatus.IN_TRANSIT
        if ScanKind.AWAITING_COLLECTION in kinds:
            return OrderStatus.AWAITING_COLLECTION
        return OrderStatus.AWAITING_SHIPMENT

    def unit_uses(self, line_id: str, unit: int, but: str = "") -> list[UnitUse]:
        """What every case (except `but`) has used of one unit."""
        return [
            use
            for case_id, case_use in self.uses.items()
            if case_id != but
            for use in case_use.units
            if use.line_id == line_id and use.unit == unit
        ]

    def generation(self, line_id: str, unit: int) -> int:
        """How many times the unit has been delivered anew; each new delivery has its own dates and disputes."""
        return sum(use.replaced_at is not None for use in self.unit_uses(line_id, unit))

    def unit_delivered_at(self, line_id: str, unit: int) -> datetime | None:
        """When the unit was last delivered: by a replacement, or by the order's own parcel where that came later."""
        times = [use.replaced_at for use in self.unit_uses(line_id, unit)]
        return max((at for at in (*times, self.delivered_at()) if at is not None), default=None)

    def disputes(self, line_id: str, unit: int, but: str = "") -> int:
        """Disputes raised about the current delivery of a unit (S12), in all cases except `but`."""
        now = self.generation(line_id, unit)
        return sum(use.disputes for use in self.unit_uses(line_id, unit, but) if use.generation == now)

    def is_held(self, line_id: str, unit: int, but: str = "") -> bool:
        """Whether an open case (except `but`) has the unit."""
        return any(use.held for use in self.unit_uses(line_id, unit, but))

    def is_settled(self, line_id: str, unit: int) -> bool:
        """Whether a remedy for the current delivery of the unit was carried out."""
        now = self.generation(line_id, unit)
        return any(use.settled and use.generation == now for use in self.unit_uses(line_id, unit))
