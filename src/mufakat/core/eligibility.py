"""What may be asked for the lines of an order now, until when, with what material (S6, S26, S27). Pure.

Theory of operation. Nothing is decided here: each type and reason is put to the very checks with which
`decide/intake.py` opens a request, and what they refuse with is the answer. So what is called allowed here opens, and
what is not meets that refusal (tests/core/test_eligibility.py proves it with `step`). The answer is by the policy of
today; a request that is opened on a later day pins that day's.
"""

from dataclasses import dataclass
from datetime import datetime

from mufakat.core.claim import ClaimLine, Reason, RequestType
from mufakat.core.decide import check_actor
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.intake import (
    Coming,
    at_once,
    check_line,
    check_lines,
    check_type,
    code_needed,
    coming,
    fitting_codes,
    free_units,
    order_line,
    units_chosen,
)
from mufakat.core.money import ceiling
from mufakat.core.order import OrderLine, OrderState
from mufakat.core.parties import PARTIES, Actor, Role
from mufakat.core.policy.policy import CodeRule, MaterialRule, Policy
from mufakat.core.refusals import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Asking:
    """One reason under one type. `refusal` is what the request would meet; None: it may be asked.

    It may be asked before `until` and no more at it (None: the market sets no end). A dispute about it meets its
    acceptance (S26) where the request is opened before `acceptance_until` (None: no period of its own).
    """

    reason: Reason
    refusal: Refusal | None = None
    until: datetime | None = None
    acceptance_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Type:
    """One type. `refusal` is what it would meet for every reason; there are no `reasons` then.

    `at_once`: it would be granted without waiting for anybody. Several lines are, where each of them is.
    """

    type: RequestType
    refusal: Refusal | None
    at_once: bool
    reasons: tuple[Asking, ...]


@dataclass(frozen=True, slots=True)
class Units:
    """Free units of a line that came alike, so that the same holds for each of them and for all together.

    `most`: the most that may be refunded for them, minor units.
    """

    units: tuple[int, ...]
    most: int
    types: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its free units (from 1), the most that may be refunded for them (minor units), what may be asked.

    Units that came on different days stand apart. `refusal`: what any request meets where no unit is free.
    """

    line_id: str
    bought: int
    free: tuple[int, ...]
    most: int
    refusal: Refusal | None
    units: tuple[Units, ...]


@dataclass(frozen=True, slots=True)
class Codes:
    """The market's reason codes that a request of this type may carry now; `needed` where it must carry one."""

    type: RequestType
    needed: bool
    codes: tuple[CodeRule, ...]

    def fitting(self, reason: Reason) -> tuple[CodeRule, ...]:
        """Those that may be given for a reason."""
        return tuple(rule for rule in self.codes if rule.reason is None or rule.reason is reason)


@dataclass(frozen=True, slots=True)
class Material:
    """The material that is expected of both sides for a reason (S6), in the rulebook's order."""

    reason: Reason
    customer: tuple[MaterialRule, ...]
    seller: tuple[MaterialRule, ...]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What a role may ask for the chosen lines of an order at `now` (UTC). Amounts in minor units of `currency`."""

    order_id: str
    currency: str
    role: Role
    now: datetime
    lines: tuple[Line, ...]
    codes: tuple[Codes, ...]
    material: tuple[Material, ...]


def eligibility(
    order: OrderState, policy: Policy, actor: Actor, role: Role, now: datetime, line_ids: tuple[str, ...] = ()
) -> Eligibility | Refusal:
    """What `role`, one of the two parties, may ask for these lines (none named: all of the order's) at `now`.

    actor: who wants to know, for whose own order or on whose behalf. Refusals: NOT_YOURS, CONFLICT_OF_INTEREST,
    TOO_MANY_LINES, LINE_TWICE, NO_SUCH_LINE. Raises KeyError for a role that is no party.
    """
    bought = order.order
    asker = {Role.CUSTOMER: bought.customer_id, Role.SELLER: bought.seller_id}[role]
    d = Draft(None, order, policy, Actor(role, asker), now)
    wanted = line_ids or tuple(line.line_id for line in bought.lines)
    try:
        check_actor(actor, bought.customer_id, bought.seller_id)
        check_lines(wanted)
        chosen = [order_line(d, line_id) for line_id in wanted]
    except Refused as refused:
        return refused.refusal
    codes = tuple(_codes(d, type_) for type_ in RequestType)
    return Eligibility(
        order_id=bought.order_id,
        currency=bought.currency,
        role=role,
        now=now,
        lines=tuple(_line(d, line, codes) for line in chosen),
        codes=codes,
        material=tuple(Material(each, *(policy.expected(each, party) for party in PARTIES)) for each in Reason),
    )


def _codes(d: Draft, type_: RequestType) -> Codes:
    status = d.order.status()
    fitting = {rule: None for reason in Reason for rule in fitting_codes(d, type_, reason, status)}
    return Codes(type_, code_needed(d, type_), tuple(fitting))


def _line(d: Draft, line: OrderLine, codes: tuple[Codes, ...]) -> Line:
    free = free_units(d, line)
    most = ceiling(d.order, line.line_id, free)
    refusal = None if free else _refusal_of_taken(d, line)
    alike: dict[Coming, list[int]] = {}
    for unit in free:
        alike.setdefault(coming(d, line, (unit,)), []).append(unit)
    parts = tuple(_units(d, line, tuple(units), came, codes) for came, units in alike.items())
    return Line(line.line_id, line.quantity, free, most, refusal, parts)


def _refusal_of_taken(d: Draft, line: OrderLine) -> Refusal | None:
    """What a request for a line without a free unit meets, whatever it asks."""
    try:
        units_chosen(d, ClaimLine(line.line_id, Reason.OTHER))
    except Refused as refused:
        return refused.refusal
    return None


def _units(d: Draft, line: OrderLine, units: tuple[int, ...], came: Coming, codes: tuple[Codes, ...]) -> Units:
    types = tuple(_type(d, each, line, units, came) for each in codes)
    return Units(units, ceiling(d.order, line.line_id, units), types)


def _type(d: Draft, codes: Codes, line: OrderLine, units: tuple[int, ...], came: Coming) -> Type:
    type_ = codes.type
    try:
        check_type(d, type_)
    except Refused as refused:
        return Type(type_, refused.refusal, at_once=False, reasons=())
    reasons = tuple(_asking(d, codes, _claim(line, units, reason, codes), came) for reason in Reason)
    refusals = {each.refusal for each in reasons}
    common = next(iter(refusals)) if len(refusals) == 1 else None
    if common is not None:
        return Type(type_, common, at_once=False, reasons=())
    return Type(type_, None, at_once(d, type_, (line.line_id,)) is not None, reasons)


def _claim(line: OrderLine, units: tuple[int, ...], reason: Reason, codes: Codes) -> ClaimLine:
    """The claim that is put to the checks: with a fitting code where one is owed."""
    code = next((rule.code for rule in codes.fitting(reason)), "") if codes.needed else ""
    return ClaimLine(line.line_id, reason, units, len(units), reason_code=code)


def _asking(d: Draft, codes: Codes, claim: ClaimLine, came: Coming) -> Asking:
    try:
        periods = check_line(d, codes.type, claim, came)
    except Refused as refused:
        return Asking(claim.reason, refused.refusal)
    return Asking(claim.reason, None, periods.until, periods.acceptance)
