"""What the platform itself knows of a case: order, price, promise, scans, messages, other cases (S7). Pure.

Theory of operation. Entries are numbered `R1`, `R2`, ... apart from the parties' exhibits. The first five are always
there; then comes each later fact about the order, in the order in which the platform heard of it. Facts are only ever
appended, so an entry keeps its number, and material may refer to it. Nothing here is stored, judged or guessed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mufakat.core.case import Case
from mufakat.core.claim import ClaimLine
from mufakat.core.order import (
    OUTBOUND,
    Amendment,
    CarrierAnswer,
    ChargebackNotice,
    Fact,
    OrderState,
    OutsideRefund,
    Payment,
    Scan,
    ScanKind,
)
from mufakat.core.parties import Role

Value = str | int | bool | datetime
"""A plain value: a code, a count, minor units, grams, a yes or no, an instant."""


class EntryKind(StrEnum):
    """What an entry is about. The first five are always there, in this order."""

    ORDER = "ORDER"
    PRICE = "PRICE"
    PROMISE = "PROMISE"
    MESSAGES = "MESSAGES"
    ELSEWHERE = "ELSEWHERE"
    SCAN = "SCAN"
    PROMISE_CHANGED = "PROMISE_CHANGED"
    OUTSIDE_REFUND = "OUTSIDE_REFUND"
    PAYMENT = "PAYMENT"
    CHARGEBACK = "CHARGEBACK"
    CARRIER_ANSWER = "CARRIER_ANSWER"


class Source(StrEnum):
    """Who says so."""

    MARKETPLACE = "MARKETPLACE"
    CARRIER = "CARRIER"
    PLATFORM = "PLATFORM"
    BANK = "BANK"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the platform knows: who says so, since when it is so, and its plain values.

    `name` is who exactly, where that was told. Money in minor units, weights in grams, instants in UTC.
    """

    number: int
    kind: EntryKind
    source: Source
    at: datetime
    values: tuple[tuple[str, Value], ...]
    name: str = ""

    @property
    def ref(self) -> str:
        """How others refer to it: `R3`."""
        return ref(self.number)


ORDER, PRICE, PROMISE, MESSAGES, ELSEWHERE = range(1, 6)
"""The numbers of the entries that are always there."""

FIXED = 5
"""How many entries stand before the order's later facts."""

_REF = re.compile(r"R([1-9][0-9]{0,6})")


def ref(number: int) -> str:
    """How an entry is referred to."""
    return f"R{number}"


def has_entry(order: OrderState, named: str) -> bool:
    """Whether the record has the entry of that name (`R3`)."""
    found = _REF.fullmatch(named)
    return found is not None and int(found[1]) <= FIXED + len(order.facts)


def record(order: OrderState, case: Case, now: datetime) -> tuple[Entry, ...]:
    """All that the platform knows of a case at `now` (UTC), in the order of its numbers (S7)."""
    later = tuple(_later(FIXED + n, fact) for n, fact in enumerate(order.facts, start=1))
    return (*_bought(order), _messages(case), _elsewhere(order, case, now), *later)


def _bought(order: OrderState) -> tuple[Entry, ...]:
    """What was ordered, for how much, and what was promised, as the order's snapshot has it."""
    bought = order.order
    goods = bought.goods()
    ordered: tuple[tuple[str, Value], ...] = (
        ("order_id", bought.order_id),
        ("lines", len(bought.lines)),
        ("units", sum(line.quantity for line in bought.lines)),
        ("mall", bought.mall),
        ("shipped_by_seller", bought.shipped_by_seller),
        ("status", order.status().value),
    )
    paid: tuple[tuple[str, Value], ...] = (
        ("goods", goods),
        ("shipping_fee", bought.shipping_fee),
        ("total", bought.paid()),
        *_known(
            voucher=bought.voucher or None,
            tax=sum(line.tax for line in bought.lines) or None,
            method=bought.payment_method or None,
        ),
    )
    promised = _known(promised_by=bought.promised_by)
    at = bought.purchased_at
    return (
        Entry(ORDER, EntryKind.ORDER, Source.MARKETPLACE, at, ordered),
        Entry(PRICE, EntryKind.PRICE, Source.MARKETPLACE, at, paid),
        Entry(PROMISE, EntryKind.PROMISE, Source.MARKETPLACE, at, promised),
    )


def _messages(case: Case) -> Entry:
    """What the two said to each other: how much and since when, never what."""
    spoken = case.said[1:]  # the first is the request itself
    by = {role: [each for each in spoken if each.by is role] for role in (Role.CUSTOMER, Role.SELLER)}
    values: tuple[tuple[str, Value], ...] = (
        ("by_customer", len(by[Role.CUSTOMER])),
        ("by_seller", len(by[Role.SELLER])),
        *_known(answered_at=case.answered_at),
    )
    last = case.said[-1].at if case.said else case.opened_at
    return Entry(MESSAGES, EntryKind.MESSAGES, Source.PLATFORM, last, values)


def _elsewhere(order: OrderState, case: Case, now: datetime) -> Entry:
    """What other cases of the order have used of the same units."""
    units = {(line.line_id, unit) for line in case.lines for unit in line.units}
    mine = {
        case_id: [use for use in used.units if (use.line_id, use.unit) in units]
        for case_id, used in order.uses.items()
        if case_id != case.case_id
    }
    others = [uses for uses in mine.values() if uses]
    values: tuple[tuple[str, Value], ...] = (
        ("cases", len(others)),
        ("disputes", max((order.disputes(line, unit, case.case_id) for line, unit in units), default=0)),
        ("refunded", sum(use.refunded for uses in others for use in uses)),
    )
    return Entry(ELSEWHERE, EntryKind.ELSEWHERE, Source.PLATFORM, now, values)


def _later(number: int, fact: Fact) -> Entry:
    """A later fact as an entry."""
    if isinstance(fact, Scan):
        told = _known(
            grams=fact.grams,
            address_matched=fact.address_matched,
            signed=fact.signed,
            place=fact.place or None,
            tracking=fact.tracking or None,
        )
        scanned: tuple[tuple[str, Value], ...] = (("parcel", fact.parcel), ("kind", fact.kind), *told)
        return Entry(number, EntryKind.SCAN, Source.CARRIER, fact.at, scanned, fact.source)
    if isinstance(fact, OutsideRefund):
        went_back: tuple[tuple[str, Value], ...] = (
            ("line", fact.line_id),
            ("units", ", ".join(str(unit) for unit in fact.units)),
            ("amount", fact.amount),
            ("chargeback", fact.chargeback),
        )
        return Entry(number, EntryKind.OUTSIDE_REFUND, Source.MARKETPLACE, fact.at, went_back)
    if isinstance(fact, Payment):
        captured = _known(amount=fact.amount, method=fact.method or None)
        return Entry(number, EntryKind.PAYMENT, Source.MARKETPLACE, fact.at, captured)
    if isinstance(fact, ChargebackNotice):
        return Entry(number, EntryKind.CHARGEBACK, Source.BANK, fact.at, _told_by_bank(fact))
    if isinstance(fact, CarrierAnswer):
        answered: tuple[tuple[str, Value], ...] = (("parcel", fact.parcel), ("paid", fact.paid))
        return Entry(number, EntryKind.CARRIER_ANSWER, Source.CARRIER, fact.at, answered)
    changed = _known(promised_by=fact.promised_by)
    return Entry(number, EntryKind.PROMISE_CHANGED, Source.MARKETPLACE, fact.at, changed)


def _told_by_bank(notice: ChargebackNotice) -> tuple[tuple[str, Value], ...]:
    about = _known(line=notice.line_id or None, units=", ".join(str(unit) for unit in notice.units) or None)
    return (("reference", notice.reference), ("stage", notice.stage), ("amount", notice.amount), *about)


def _known(**values: Value | None) -> tuple[tuple[str, Value], ...]:
    """The values that are known."""
    return tuple((name, value) for name, value in values.items() if value is not None)


# --- looking entries up


Scanned = list[tuple[str, Scan]]
"""Scans with how to refer to them, oldest first."""


def scans_of(order: OrderState, parcel: str) -> Scanned:
    """The scans of a parcel by the name that it has here."""
    return _scans(order, lambda scan: scan.parcel == parcel)


def scans_under(order: OrderState, number: str) -> Scanned:
    """The scans under a tracking number, however it is written: the parcel's name here or the carrier's own number."""
    wanted = number.casefold()
    return _scans(order, lambda scan: wanted in (scan.parcel.casefold(), scan.tracking.casefold()))


def _scans(order: OrderState, fits: Callable[[Scan], bool]) -> Scanned:
    numbered = enumerate(order.facts, start=1)
    found = [(ref(FIXED + n), fact) for n, fact in numbered if isinstance(fact, Scan) and fits(fact)]
    return sorted(found, key=lambda each: each[1].at)


def promise_ref(order: OrderState) -> str:
    """The entry of the promised date in force."""
    numbered = enumerate(order.facts, start=1)
    changed = [(fact.at, -n) for n, fact in numbered if isinstance(fact, Amendment)]
    return ref(FIXED - max(changed)[1]) if changed else ref(PROMISE)


class Came(StrEnum):
    """Whether goods came, and in time: what every other look at a delivery rests on."""

    IN_TIME = "IN_TIME"
    LATE = "LATE"
    CAME = "CAME"
    NOT_THERE = "NOT_THERE"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How the units of a claimed line came. CAME: delivered, and no date was promised."""

    came: Came
    delivered: datetime | None
    promised: datetime | None


def arrival(order: OrderState, claim: ClaimLine) -> Arrival:
    """Whether a line's units were delivered and in time: the one place where that is reckoned (S7)."""
    delivered = order.unit_delivered_at(claim.line_id, claim.units[0])
    promised = order.promised_by()
    if delivered is None:
        return Arrival(Came.NOT_THERE, None, promised)
    if promised is None:
        return Arrival(Came.CAME, delivered, None)
    return Arrival(Came.LATE if delivered > promised else Came.IN_TIME, delivered, promised)


def delivery_refs(order: OrderState, arrived: Arrival) -> tuple[str, ...]:
    """The entries that say when something was delivered, and by when it was promised."""
    promise = (promise_ref(order),) if arrived.promised is not None else ()
    if arrived.delivered is None:
        return (*promise, *(name for name, _ in scans_of(order, OUTBOUND)[-1:]))
    scan = next(
        (name for name, x in scans_of(order, OUTBOUND) if x.kind is ScanKind.DELIVERED and x.at == arrived.delivered),
        ref(ELSEWHERE),  # a replacement that another case brought
    )
    return (*promise, scan)


def known_for(order: OrderState, case: Case, item: str, line_id: str) -> tuple[str, ...]:
    """The entries that speak of what a named item would show: whoever is asked for it may refer to them."""
    return tuple(dict.fromkeys(_speaking(order, case, item, line_id)))


def _speaking(order: OrderState, case: Case, item: str, line_id: str) -> Iterator[str]:
    outbound = scans_of(order, OUTBOUND)
    if item == "ORDER_DETAILS":
        yield from (ref(ORDER), ref(PRICE), promise_ref(order))
    elif item in ("ONLINE_TRACKING_INFORMATION", "DELIVERY_RECEIPT"):
        yield from (name for name, _ in outbound)
    elif item == "PROOF_OF_FULFILLMENT":
        yield from (name for name, x in outbound if x.kind is ScanKind.IN_TRANSIT)
    elif item == "PROOF_OF_DELIVERY_SIGNATURE":
        yield from (name for name, x in outbound if x.signed or x.address_matched)
    elif item == "PROOF_OF_ITEM_NOT_RECEIVED":
        arrived = arrival(order, case.line(line_id)) if line_id else None
        if arrived is not None and arrived.came in (Came.NOT_THERE, Came.LATE):
            yield from delivery_refs(order, arrived)
    elif item in ("PROOF_OF_RETURN", "RETURN_TRACKING_INFORMATION"):
        for matter in case.matters:
            if matter.remedy is not None and matter.remedy.tracking:
                yield from (name for name, _ in scans_of(order, matter.remedy.tracking))
