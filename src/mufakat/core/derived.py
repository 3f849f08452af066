"""What follows from the platform's record (S7): facts, each with entries, arithmetic and rule behind it. Pure.

A fact is derived only where its entries are there; what nobody reported is not guessed. `words/record.py` says each as
a sentence in both languages, and how it was come by.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from mufakat.core import calendar
from mufakat.core.case import Case
from mufakat.core.chargebacks import chargebacks
from mufakat.core.claim import MaterialKind, RequestType, ReturnMethod
from mufakat.core.money import outside
from mufakat.core.order import (
    OUTBOUND,
    ChargebackNotice,
    ChargebackStage,
    OrderState,
    OutsideRefund,
    Payment,
    ScanKind,
)
from mufakat.core.parties import Role
from mufakat.core.policy.policy import ClockName, Policy
from mufakat.core.record import (
    ELSEWHERE,
    FIXED,
    MESSAGES,
    ORDER,
    PRICE,
    Came,
    Scanned,
    Value,
    arrival,
    delivery_refs,
    ref,
    scans_of,
    scans_under,
)


class FactCode(StrEnum):
    """What can follow from the record. Public: never rename one."""

    DELIVERED_IN_TIME = "DELIVERED_IN_TIME"
    DELIVERED_LATE = "DELIVERED_LATE"
    DELIVERED = "DELIVERED"
    NOT_DELIVERED = "NOT_DELIVERED"
    OVERDUE = "OVERDUE"
    AT_THE_ADDRESS = "AT_THE_ADDRESS"
    NOT_AT_THE_ADDRESS = "NOT_AT_THE_ADDRESS"
    SIGNED_FOR = "SIGNED_FOR"
    NOT_SIGNED_FOR = "NOT_SIGNED_FOR"
    NEVER_SCANNED = "NEVER_SCANNED"
    NOT_SCANNED_SINCE = "NOT_SCANNED_SINCE"
    REPORTED_LOST = "REPORTED_LOST"
    RETURN_ARRIVED = "RETURN_ARRIVED"
    RETURN_ARRIVED_IN_WINDOW = "RETURN_ARRIVED_IN_WINDOW"
    RETURN_ARRIVED_AFTER_WINDOW = "RETURN_ARRIVED_AFTER_WINDOW"
    RETURN_WEIGHS_LESS = "RETURN_WEIGHS_LESS"
    RETURN_WEIGHS_MORE = "RETURN_WEIGHS_MORE"
    RETURN_WEIGHS_THE_SAME = "RETURN_WEIGHS_THE_SAME"
    PRICE = "PRICE"
    PAID = "PAID"
    MESSAGES_EXCHANGED = "MESSAGES_EXCHANGED"
    SELLER_ANSWERED = "SELLER_ANSWERED"
    SELLER_NOT_ANSWERED = "SELLER_NOT_ANSWERED"
    DISPUTED_ELSEWHERE = "DISPUTED_ELSEWHERE"
    REFUNDED_ELSEWHERE = "REFUNDED_ELSEWHERE"
    REFUNDED_OUTSIDE = "REFUNDED_OUTSIDE"
    TRACKING_KNOWN = "TRACKING_KNOWN"
    TRACKING_UNKNOWN = "TRACKING_UNKNOWN"


class Unit(StrEnum):
    """What a fact's value counts. MONEY: minor units of the case's currency."""

    CALENDAR_DAYS = "CALENDAR_DAYS"
    SECONDS = "SECONDS"
    PERCENT = "PERCENT"
    MONEY = "MONEY"
    COUNT = "COUNT"


class How(StrEnum):
    """The arithmetic by which a fact was come by."""

    DAYS_BETWEEN = "DAYS_BETWEEN"
    DAYS_UNTIL_NOW = "DAYS_UNTIL_NOW"
    COMPARED = "COMPARED"
    NO_SUCH_SCAN = "NO_SUCH_SCAN"
    AS_REPORTED = "AS_REPORTED"
    WITHIN_PERIOD = "WITHIN_PERIOD"
    RATIO = "RATIO"
    SUM = "SUM"
    COUNTED = "COUNTED"
    TIME_BETWEEN = "TIME_BETWEEN"
    LOOKED_UP = "LOOKED_UP"


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact with how it was come by: `entries` of the record, the arithmetic, the rulebook's value where one counts.

    `value` counts `unit`s; both None for a plain yes. `told` is what its sentence shows beside. `lines` are the claimed
    lines it is about (empty: the whole case), `exhibit` the party's material that it checks (0: none).
    """

    code: FactCode
    how: How
    entries: tuple[str, ...]
    value: int | None = None
    unit: Unit | None = None
    rule: str = ""
    rule_value: str = ""
    lines: tuple[str, ...] = ()
    exhibit: int = 0
    told: dict[str, Value] = field(default_factory=dict)


def derived(order: OrderState, case: Case, policy: Policy, now: datetime) -> tuple[Derived, ...]:
    """All that follows from the record of a case at `now` (UTC), by the case's own policy (S7)."""
    return tuple(_Deriving(order, case, policy, now).all())


@dataclass(frozen=True, slots=True)
class _Deriving:
    """One case whose facts are being derived."""

    order: OrderState
    case: Case
    policy: Policy
    now: datetime

    def all(self) -> Iterator[Derived]:
        """Every fact, by what it is about."""
        yield from self._deliveries()
        yield from self._parcels()
        yield from self._returns()
        yield from self._money()
        yield from self._talk()
        yield from self._elsewhere()
        yield from self._trackings()

    # --- the delivery

    def _deliveries(self) -> Iterator[Derived]:
        """Whether the claimed lines came and in time: for all at once where they came alike."""
        alike: dict[object, list[str]] = {}
        for claim in self.case.lines:
            alike.setdefault(arrival(self.order, claim), []).append(claim.line_id)
        for lines in alike.values():
            yield from self._delivery(tuple(lines))
        delivered = next(
            ((name, x) for name, x in scans_of(self.order, OUTBOUND) if x.kind is ScanKind.DELIVERED), None
        )
        if delivered is None:
            return
        name, scan = delivered
        told: dict[str, Value] = {"at": scan.at}
        if scan.address_matched is not None:
            code = FactCode.AT_THE_ADDRESS if scan.address_matched else FactCode.NOT_AT_THE_ADDRESS
            yield Derived(code, How.AS_REPORTED, (name,), told=told)
        if scan.signed is not None:
            code = FactCode.SIGNED_FOR if scan.signed else FactCode.NOT_SIGNED_FOR
            yield Derived(code, How.AS_REPORTED, (name,), told=told)

    def _delivery(self, lines: tuple[str, ...]) -> Iterator[Derived]:
        arrived = arrival(self.order, self.case.line(lines[0]))
        refs = delivery_refs(self.order, arrived)
        told: dict[str, Value] = {"line": ", ".join(lines)}
        told |= {"promised": arrived.promised} if arrived.promised else {}
        told |= {"delivered": arrived.delivered} if arrived.delivered else {}
        if arrived.came is Came.NOT_THERE:
            yield Derived(FactCode.NOT_DELIVERED, How.NO_SUCH_SCAN, refs, lines=lines, told=told)
            if arrived.promised is not None and self.now > arrived.promised:
                days = self._days(arrived.promised, self.now)
                yield self._counted(FactCode.OVERDUE, How.DAYS_UNTIL_NOW, refs[:1], days, lines, told)
            return
        if arrived.came is Came.CAME or arrived.promised is None or arrived.delivered is None:
            yield Derived(FactCode.DELIVERED, How.AS_REPORTED, refs, lines=lines, told=told)
        elif arrived.came is Came.IN_TIME:
            yield Derived(FactCode.DELIVERED_IN_TIME, How.COMPARED, refs, lines=lines, told=told)
        else:
            days = self._days(arrived.promised, arrived.delivered)
            yield self._counted(FactCode.DELIVERED_LATE, How.DAYS_BETWEEN, refs, days, lines, told)

    def _days(self, start: datetime, end: datetime) -> int:
        """Calendar days from one instant's day to another's, in the market's zone."""
        days = calendar.market_day(end, self.policy.zone) - calendar.market_day(start, self.policy.zone)
        return days.days

    def _counted(
        self,
        code: FactCode,
        how: How,
        refs: tuple[str, ...],
        days: int,
        lines: tuple[str, ...] = (),
        told: dict[str, Value] | None = None,
    ) -> Derived:
        """A fact that counts calendar days of the market's zone."""
        unit, zone = Unit.CALENDAR_DAYS, self.policy.zone
        return Derived(code, how, refs, days, unit, "zone", zone, lines, told=told or {})

    # --- parcels

    def _parcels(self) -> Iterator[Derived]:
        """Which parcels have not been scanned, or not for long, or are lost."""
        parcels = [OUTBOUND]
        for matter in self.case.matters:
            if matter.remedy is not None:
                parcels += [matter.remedy.tracking, matter.remedy.out_tracking]
        for parcel in dict.fromkeys(each for each in parcels if each):
            yield from self._parcel(parcel)

    def _parcel(self, parcel: str) -> Iterator[Derived]:
        scans = scans_of(self.order, parcel)
        told: dict[str, Value] = {"parcel": parcel}
        if not scans:
            yield Derived(FactCode.NEVER_SCANNED, How.NO_SUCH_SCAN, (), told=told)
        elif any(scan.kind is ScanKind.DELIVERED for _, scan in scans):
            return
        else:
            name, last = scans[-1]
            told["at"], told["kind"] = last.at, last.kind
            if last.place:
                told["place"] = last.place
            if last.kind is ScanKind.LOST:
                yield Derived(FactCode.REPORTED_LOST, How.AS_REPORTED, (name,), told=told)
            found = self._counted(
                FactCode.NOT_SCANNED_SINCE, How.DAYS_UNTIL_NOW, (name,), self._days(last.at, self.now), told=told
            )
            yield found if parcel == OUTBOUND else self._by_clock(found, ClockName.NO_SCAN)

    def _by_clock(self, found: Derived, clock: ClockName) -> Derived:
        """The fact, with the rulebook's clock that counts for it."""
        rule = self.policy.clocks.get(clock)
        if rule is None:
            return found
        return replace(found, rule=f"clock.{clock}.span", rule_value=calendar.write_span(rule.span))

    # --- returns

    def _returns(self) -> Iterator[Derived]:
        """When goods came back, and how the parcel's weight compares with that of the one which went out."""
        done: set[str] = set()
        for matter in self.case.matters:
            remedy = matter.remedy
            if remedy is None or not remedy.tracking or remedy.tracking in done:
                continue
            done.add(remedy.tracking)
            scans = scans_of(self.order, remedy.tracking)
            yield from self._came_back(scans, remedy.tracking, remedy.method, remedy.shipped_at)
            yield from self._weighed(scans, remedy.tracking)

    def _came_back(
        self, scans: Scanned, parcel: str, method: ReturnMethod | None, shipped: datetime | None
    ) -> Iterator[Derived]:
        found = next(((name, x) for name, x in scans if x.kind is ScanKind.DELIVERED), None)
        if found is None or shipped is None:
            return
        name, scan = found
        told: dict[str, Value] = {"parcel": parcel, "shipped": shipped, "at": scan.at}
        days = self._days(shipped, scan.at)
        yield self._counted(FactCode.RETURN_ARRIVED, How.DAYS_BETWEEN, (name,), days, told=told)
        window = self.policy.clocks.get(ClockName.INSPECTION_SELF)
        if method is ReturnMethod.SELF_ARRANGED and window is not None:
            end = calendar.add(window.span, shipped, self.policy.zone, self.policy.holidays)
            late = scan.at > end
            code = FactCode.RETURN_ARRIVED_AFTER_WINDOW if late else FactCode.RETURN_ARRIVED_IN_WINDOW
            inside = Derived(code, How.WITHIN_PERIOD, (name,), told=told | {"until": end})
            yield self._by_clock(inside, ClockName.INSPECTION_SELF)

    def _weighed(self, scans: Scanned, parcel: str) -> Iterator[Derived]:
        """The latest weight of each parcel, and how many of the order's units go back: what that means is not ours."""
        outbound = [(name, x.grams) for name, x in scans_of(self.order, OUTBOUND) if x.grams is not None]
        back = [(name, x.grams) for name, x in scans if x.grams is not None]
        if not outbound or not back:
            return
        (sent, out_grams), (returned, back_grams) = outbound[-1], back[-1]
        percent = round(Fraction(100 * (back_grams - out_grams), out_grams))
        code = FactCode.RETURN_WEIGHS_LESS if back_grams < out_grams else FactCode.RETURN_WEIGHS_MORE
        if back_grams == out_grams:
            code = FactCode.RETURN_WEIGHS_THE_SAME
        lines = [
            line
            for matter in self.case.matters
            if matter.remedy is not None and matter.remedy.tracking == parcel
            for line in matter.lines
        ]
        told: dict[str, Value] = {
            "parcel": parcel,
            "out_grams": out_grams,
            "back_grams": back_grams,
            "units_back": sum(len(self.case.line(line).units) for line in lines),
            "units_out": sum(line.quantity for line in self.order.order.lines),
        }
        refs = (sent, returned, ref(ORDER))
        yield Derived(code, How.RATIO, refs, abs(percent), Unit.PERCENT, lines=tuple(lines), told=told)

    # --- money, talk, other cases

    def _money(self) -> Iterator[Derived]:
        bought = self.order.order
        total = bought.paid()
        told: dict[str, Value] = {"method": bought.payment_method} if bought.payment_method else {}
        yield Derived(FactCode.PRICE, How.SUM, (ref(PRICE),), total, Unit.MONEY, told=told)
        paid = [(ref(FIXED + n), x) for n, x in enumerate(self.order.facts, start=1) if isinstance(x, Payment)]
        if paid:
            told = {"at": max(x.at for _, x in paid), "total": total}
            methods = ", ".join(dict.fromkeys(x.method for _, x in paid if x.method))
            told |= {"method": methods} if methods else {}
            refs, amount = tuple(name for name, _ in paid), sum(x.amount for _, x in paid)
            yield Derived(FactCode.PAID, How.SUM, refs, amount, Unit.MONEY, told=told)
        units = [(line.line_id, unit) for line in self.case.lines for unit in line.units]
        went_back = sum(outside(self.order, line, unit) for line, unit in units)
        if went_back:
            lost = [x for x in chargebacks(self.order) if x.stage is ChargebackStage.LOST]
            refs = tuple(
                ref(FIXED + n)
                for n, fact in enumerate(self.order.facts, start=1)
                if (isinstance(fact, OutsideRefund) or (isinstance(fact, ChargebackNotice) and fact in lost))
                and any(fact.covers(line, unit) for line, unit in units)
            )
            yield Derived(FactCode.REFUNDED_OUTSIDE, How.SUM, refs, went_back, Unit.MONEY)

    def _talk(self) -> Iterator[Derived]:
        spoken = self.case.said[1:]
        sides: dict[str, Value] = {
            "by_customer": sum(each.by is Role.CUSTOMER for each in spoken),
            "by_seller": sum(each.by is Role.SELLER for each in spoken),
        }
        refs = (ref(MESSAGES),)
        yield Derived(FactCode.MESSAGES_EXCHANGED, How.COUNTED, refs, len(spoken), Unit.COUNT, told=sides)
        if self.case.opened_by is Role.SELLER:
            return
        answered, opened = self.case.answered_at, self.case.opened_at
        took = int(((answered or self.now) - opened).total_seconds())
        code = FactCode.SELLER_ANSWERED if answered is not None else FactCode.SELLER_NOT_ANSWERED
        told: dict[str, Value] = {"opened": opened}
        if answered is not None:
            told["at"] = answered
        clock = ClockName.CANCEL_REVIEW if self.case.type is RequestType.CANCEL else ClockName.SELLER_REVIEW
        yield self._by_clock(Derived(code, How.TIME_BETWEEN, refs, took, Unit.SECONDS, told=told), clock)

    def _elsewhere(self) -> Iterator[Derived]:
        units = [(line.line_id, unit) for line in self.case.lines for unit in line.units]
        refs, own = (ref(ELSEWHERE),), self.case.case_id
        disputes = max((self.order.disputes(line, unit, own) for line, unit in units), default=0)
        if disputes:
            yield Derived(FactCode.DISPUTED_ELSEWHERE, How.COUNTED, refs, disputes, Unit.COUNT)
        uses = [use for line, unit in units for use in self.order.unit_uses(line, unit, own)]
        refunded = sum(use.refunded for use in uses)
        if refunded:
            yield Derived(FactCode.REFUNDED_ELSEWHERE, How.SUM, refs, refunded, Unit.MONEY)

    def _trackings(self) -> Iterator[Derived]:
        """Each tracking number that was handed in as material, against the scans that the platform knows."""
        for exhibit in self.case.exhibits:
            material = exhibit.material
            if material.kind is not MaterialKind.TRACKING or not material.refers_to:
                continue
            scans = scans_under(self.order, material.refers_to)
            told: dict[str, Value] = {"number": material.refers_to, "exhibit": exhibit.number}
            if not scans:
                yield Derived(FactCode.TRACKING_UNKNOWN, How.LOOKED_UP, (), exhibit=exhibit.number, told=told)
                continue
            last = scans[-1][1]
            told |= {"parcel": last.parcel, "kind": last.kind, "at": last.at}
            refs = tuple(name for name, _ in scans)
            yield Derived(FactCode.TRACKING_KNOWN, How.LOOKED_UP, refs, exhibit=exhibit.number, told=told)
