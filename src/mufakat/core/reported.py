"""What a case's log adds to reports: who asked for what, how it ended, whose clock ran out, who bore which money. Pure.

A row is one line of a case at one event: codes, ids, moments and amounts only, nothing that anybody wrote. Rows are
only ever added, so the rows of a log's beginning are the beginning of its rows (decision record 0035).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.claim import Basis, Decision, Reason, RequestType
from mufakat.core.evolve import evolve
from mufakat.core.judged import JUDGING, judged_lines
from mufakat.core.order import Order
from mufakat.core.parties import Role
from mufakat.core.pending import unpaid
from mufakat.core.phases import Outcome, Phase
from mufakat.core.process import OWNERS
from mufakat.core.shares import allocate


class What(StrEnum):
    """What a row tells of a line. CLOSED: with it the whole case was over."""

    OPENED = "OPENED"
    DISPUTED = "DISPUTED"
    DECIDED = "DECIDED"
    LAPSED = "LAPSED"
    ENDED = "ENDED"
    CLOSED = "CLOSED"
    MONEY = "MONEY"


class Way(StrEnum):
    """How a line ended, as a report has it.

    SETTLED: between the parties. LAPSED: somebody's silence decided. CANCELLED: the order was cancelled in agreement.
    PARTLY: for the customer, but for less than it asked. COURT: a court, a regulator or the customer's bank decides.
    ELSEWHERE: the units were paid for elsewhere.
    """

    SETTLED = "SETTLED"
    FOR_CUSTOMER = "FOR_CUSTOMER"
    PARTLY = "PARTLY"
    FOR_SELLER = "FOR_SELLER"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"
    CANCELLED = "CANCELLED"
    COURT = "COURT"
    ELSEWHERE = "ELSEWHERE"


class Cost(StrEnum):
    """Why money moved.

    REFUND: the seller's money, paid to the customer; DEDUCTION: the same, taken by the provider (S20); ADVANCE: the
    platform's money, paid in the seller's place; RECOVERED: collected from the seller for the platform; OWN_PAYMENT:
    what the seller paid by itself; FREIGHT: the way of goods that go back (where the seller bears it, part of a refund,
    too); FEES: commission and fees given back to the seller; SUBSIDY: discounts given back to the platform; DEBT: could
    not be collected; REVERSAL: a late appeal was won; CHARGEBACK: what the bank took; CARRIER: what a carrier paid.
    """

    REFUND = "REFUND"
    DEDUCTION = "DEDUCTION"
    ADVANCE = "ADVANCE"
    RECOVERED = "RECOVERED"
    OWN_PAYMENT = "OWN_PAYMENT"
    FREIGHT = "FREIGHT"
    FEES = "FEES"
    SUBSIDY = "SUBSIDY"
    DEBT = "DEBT"
    REVERSAL = "REVERSAL"
    CHARGEBACK = "CHARGEBACK"
    CARRIER = "CARRIER"


class Bearer(StrEnum):
    """Who bore it, or whose clock ran out."""

    CUSTOMER = "CUSTOMER"
    SELLER = "SELLER"
    AGENT = "AGENT"
    PLATFORM = "PLATFORM"
    CARRIER = "CARRIER"


class Figure(StrEnum):
    """What a report counts."""

    VOLUMES = "VOLUMES"
    OUTCOMES = "OUTCOMES"
    TIMES = "TIMES"
    LAPSES = "LAPSES"
    REVERSALS = "REVERSALS"
    MONEY = "MONEY"


class Grouping(StrEnum):
    """By what it is counted. WEEK: weeks of ISO 8601 in the marketplace's zone, as `2026-W31`."""

    ALL = "ALL"
    REASON = "REASON"
    CATEGORY = "CATEGORY"
    SELLER = "SELLER"
    PRODUCT = "PRODUCT"
    WEEK = "WEEK"


PAID_OUT: Final = (Cost.REFUND, Cost.DEDUCTION, Cost.ADVANCE, Cost.OWN_PAYMENT)
"""What customers were paid."""
_BORNE_BY: Final = {Role.CUSTOMER: Bearer.CUSTOMER, Role.SELLER: Bearer.SELLER, Role.SYSTEM: Bearer.PLATFORM}
_WAITED_FOR: Final = {
    frozenset({Role.CUSTOMER}): Bearer.CUSTOMER,
    frozenset({Role.SELLER}): Bearer.SELLER,
    frozenset({Role.AGENT}): Bearer.AGENT,
    frozenset({Role.CLOCK}): Bearer.CARRIER,
    frozenset({Role.SYSTEM}): Bearer.PLATFORM,
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One thing about one line at one event.

    `place`: of several rows of one line at one event, which. `code`: by `what`, the request's type, the step that
    decided (`core/judged.py`), the clock, the way it ended, or the cost. `party`: who bore it or was waited for, empty
    where that says nothing. `seconds`: how long a decision (since the dispute or the appeal) or an end (since the
    request) took, None where it is not known; `amount` in minor units, 0 where no money is told of.
    """

    number: int
    line_id: str
    place: int
    what: What
    code: str
    party: str
    at: datetime
    seconds: int | None
    amount: int
    reason: Reason
    category: str
    product: str


@dataclass(frozen=True, slots=True)
class _Told:
    """Something to tell of a line, before its row is made."""

    line_id: str
    what: What
    code: str
    party: str = ""
    seconds: int | None = None
    amount: int = 0


def report_rows(recorded: Iterable[e.Recorded], order: Order) -> tuple[ReportRow, ...]:
    """The rows of a case from the whole of its log, by event, line and place; `order` says what its lines are."""
    log = tuple(recorded)
    decided: dict[int, list[_Told]] = {}
    for each in judged_lines(None, log, order):
        if each.step in JUDGING:
            took = None if each.waited_from is None else _seconds(each.waited_from, each.at)
            decided.setdefault(each.number, []).append(_Told(each.line_id, What.DECIDED, each.step.value, seconds=took))
    case: Case | None = None
    rows, lapsed = list[ReportRow](), set[tuple[Any, ...]]()
    for one in log:
        after = evolve(case, one)
        told = [*_told(case, one, after, lapsed), *decided.get(one.number, ())]
        rows += _rows(after, one, order, told)
        case = after
    return tuple(sorted(rows, key=lambda row: (row.number, row.line_id, row.place)))


def _rows(case: Case, recorded: e.Recorded, order: Order, told: Iterable[_Told]) -> Iterator[ReportRow]:
    places: dict[str, int] = {}
    for each in told:
        place = places[each.line_id] = places.get(each.line_id, -1) + 1
        sold = order.line(each.line_id)
        yield ReportRow(
            number=recorded.number,
            line_id=each.line_id,
            place=place,
            what=each.what,
            code=each.code,
            party=each.party,
            at=recorded.at,
            seconds=each.seconds,
            amount=each.amount,
            reason=case.line(each.line_id).reason,
            category="" if sold is None else sold.category,
            product="" if sold is None else sold.product_id,
        )


def _told(before: Case | None, recorded: e.Recorded, after: Case, lapsed: set[tuple[Any, ...]]) -> Iterator[_Told]:
    """What an event tells of lines; `lapsed`: the clocks that ran out already, to which is added."""
    event: Any = recorded.event
    if before is None:
        yield from (_Told(line.line_id, What.OPENED, after.type.value) for line in after.lines)
        return
    number = getattr(event, "matter", 0)
    if not number:
        return
    matter = before.matter(number)
    yield from _lapses(matter, recorded, lapsed)
    if isinstance(event, e.DisputeRaised):
        yield from (_Told(line_id, What.DISPUTED, str(event.number)) for line_id in matter.lines)
    elif isinstance(event, e.MatterClosed):
        yield from _ended(before, matter, event, recorded.at)
        if not after.is_open:
            yield from (_Told(line.line_id, What.CLOSED, after.type.value) for line in after.lines)
    elif (costs := COSTS.get(type(event))) is not None:
        for cost, bearer, by_line in costs(matter, event):
            yield from (
                _Told(line_id, What.MONEY, cost.value, bearer.value, amount=amount)
                for line_id, amount in by_line.items()
                if amount
            )


# --- clocks


def _lapses(matter: Matter, recorded: e.Recorded, lapsed: set[tuple[Any, ...]]) -> Iterator[_Told]:
    """The clock that ran out, once, at the first thing that its lapse brought about."""
    event = recorded.event
    if isinstance(event, e.WindowClosed):  # of several windows each has its own clock
        window = next((each for each in matter.windows if each.party is event.party), None)
        if event.lapsed and window is not None:
            yield from _of_clock(matter, window.clock.value, frozenset({event.party}))
        return
    windows = (Phase.EVIDENCE, Phase.APPEAL_EVIDENCE)
    if recorded.actor.role is not Role.CLOCK or isinstance(event, e.Reminded) or matter.phase in windows:
        return
    if matter.clock is None or matter.due is None or recorded.at < matter.due:
        return
    key = (matter.number, matter.phase, matter.clock, matter.due)
    if key not in lapsed:
        lapsed.add(key)
        yield from _of_clock(matter, matter.clock.value, OWNERS[matter.phase])


def _of_clock(matter: Matter, clock: str, owners: frozenset[Role]) -> Iterator[_Told]:
    whose = _WAITED_FOR.get(owners, Bearer.PLATFORM).value
    return (_Told(line_id, What.LAPSED, clock, whose) for line_id in matter.lines)


# --- ends

_BY_OUTCOME: Final = {
    Outcome.WITHDRAWN: Way.WITHDRAWN,
    Outcome.NOT_PURSUED: Way.LAPSED,
    Outcome.NOT_RETURNED: Way.LAPSED,
    Outcome.SETTLED_BY_PARTIES: Way.SETTLED,
    Outcome.DISMISSED: Way.FOR_SELLER,
    Outcome.REVERSED_ON_APPEAL: Way.FOR_SELLER,
    Outcome.PAID_ELSEWHERE: Way.ELSEWHERE,
    Outcome.STOPPED_EXTERNAL_PROCESS: Way.COURT,
}


def _ended(case: Case, matter: Matter, event: e.MatterClosed, at: datetime) -> Iterator[_Told]:
    took = _seconds(case.opened_at, at)
    for line_id in matter.lines:
        yield _Told(line_id, What.ENDED, way(case, matter, event.outcome, line_id).value, seconds=took)


def way(case: Case, matter: Matter, outcome: Outcome, line_id: str) -> Way:
    """How a line of a matter ended that closes with that outcome; where a remedy was due, by why it was."""
    found = _BY_OUTCOME.get(outcome)
    if found is not None:
        return found
    basis = Basis.APPROVAL if matter.remedy is None else matter.remedy.basis
    if basis is Basis.COURT:
        return Way.COURT
    if basis is Basis.LAPSE:
        return Way.LAPSED
    if basis is Basis.JUDGEMENT:
        return _judged(case, matter, outcome, line_id)
    return Way.CANCELLED if case.type is RequestType.CANCEL else Way.SETTLED


def _judged(case: Case, matter: Matter, outcome: Outcome, line_id: str) -> Way:
    judgement, asked = matter.judged(line_id), case.line(line_id).amount
    lost = outcome is Outcome.RISK_BORNE_BY_CUSTOMER
    if lost or (judgement is not None and judgement.decision is Decision.FOR_SELLER):
        return Way.FOR_SELLER
    less = judgement is not None and asked is not None and judgement.amount < asked
    return Way.PARTLY if less else Way.FOR_CUSTOMER


# --- money

Costs = Iterator[tuple[Cost, Bearer, dict[str, int]]]
"""Why, who bore it, and how much by line (minor units)."""


def _by_line(matter: Matter, amount: int) -> dict[str, int]:
    """An amount over a matter's lines: as what is owed is, else as their shares are, else evenly."""
    weights = dict.fromkeys(matter.lines, 0)
    if matter.remedy is not None:
        weights |= matter.remedy.owed_by_line()
        if not any(weights.values()):
            weights |= {share.line_id: share.amount for share in matter.remedy.shares}
    if not any(weights.values()):
        weights = dict.fromkeys(matter.lines, 1)
    parts = allocate(abs(amount), list(weights.values()))
    return {line_id: part if amount > 0 else -part for line_id, part in zip(weights, parts, strict=True)}


def _paid(matter: Matter, event: e.RefundPaid) -> Costs:
    remedy = matter.remedy
    taken = matter.outcome is Outcome.DEBT_LEFT or (remedy is not None and remedy.deducting)
    cost = Cost.ADVANCE if event.advanced else Cost.DEDUCTION if taken else Cost.REFUND
    yield cost, Bearer.PLATFORM if event.advanced else Bearer.SELLER, _by_line(matter, event.amount)


def _recovered(matter: Matter, event: e.AdvanceRecovered) -> Costs:
    yield Cost.RECOVERED, Bearer.SELLER, _by_line(matter, event.amount)


def _own_payment(matter: Matter, event: e.OwnPaymentConfirmed) -> Costs:
    """By line as far as that is known; what went for freight and shipping besides as the lines are owed."""
    by_line = _by_line(matter, event.amount - sum(amount for _, amount in event.parts))
    for line_id, amount in event.parts:
        by_line[line_id] = by_line.get(line_id, 0) + amount
    yield Cost.OWN_PAYMENT, Bearer.SELLER, by_line


def _freight(matter: Matter, event: e.ReturnShipped) -> Costs:
    bearer = Role.CUSTOMER if matter.remedy is None else matter.remedy.freight_bearer
    yield Cost.FREIGHT, _BORNE_BY[bearer], _by_line(matter, event.freight)


def _adjusted(matter: Matter, event: e.AdjustmentBooked) -> Costs:
    yield Cost.FEES, Bearer.PLATFORM, _by_line(matter, event.commission + event.fees)
    yield Cost.SUBSIDY, Bearer.SELLER, _by_line(matter, event.subsidy)


def _debt(matter: Matter, event: e.DebtLeft) -> Costs:
    """What the customer has not had it bears; the rest the platform had advanced."""
    lacking = min(event.amount, unpaid(matter))
    yield Cost.DEBT, Bearer.CUSTOMER, _by_line(matter, lacking)
    yield Cost.DEBT, Bearer.PLATFORM, _by_line(matter, event.amount - lacking)


def _reversed(matter: Matter, event: e.ReversalBooked) -> Costs:
    yield Cost.REVERSAL, _BORNE_BY[event.bearer], _by_line(matter, event.amount)


def _chargeback(matter: Matter, event: e.ChargebackSettled) -> Costs:
    """An event says a total for its reference and bearer; the change is what moved."""
    change = event.amount - matter.borne(event.bearer, event.reference)
    yield Cost.CHARGEBACK, _BORNE_BY[event.bearer], _by_line(matter, change)


def _carrier(matter: Matter, event: e.CarrierClaimAnswered) -> Costs:
    yield Cost.CARRIER, Bearer.CARRIER, _by_line(matter, event.paid)


COSTS: Final[dict[type, Callable[[Matter, Any], Costs]]] = {
    e.RefundPaid: _paid,
    e.AdvanceRecovered: _recovered,
    e.OwnPaymentConfirmed: _own_payment,
    e.ReturnShipped: _freight,
    e.AdjustmentBooked: _adjusted,
    e.DebtLeft: _debt,
    e.ReversalBooked: _reversed,
    e.ChargebackSettled: _chargeback,
    e.CarrierClaimAnswered: _carrier,
}
"""The events of which reports tell money."""


def _seconds(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds())
