"""The policy: one rulebook resolved for one day. A case pins it by hash; judgement and replay read only this.

Spans are kept as written; `calendar.py` adds them to instants. Clock names, lapse outcomes and the parameters
listed here are the whole vocabulary a rulebook may use; `rulebook.py` refuses anything else.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mufakat.core.claim import Cause, Destination, Ground, Level, Reason, RequestType, ReturnIssue
from mufakat.core.parties import Role


class SpanUnit(StrEnum):
    """What a span counts in."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar days"
    WORKING_DAYS = "working days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Span:
    """A period as people write it: `2 calendar days`, `48 hours`, `6 months`."""

    n: int
    unit: SpanUnit


class ClockName(StrEnum):
    """Every clock of the process. Each phase with a due moment runs one of these."""

    SELLER_REVIEW = "seller_review"
    CANCEL_REVIEW = "cancel_review"
    OFFER = "offer"
    DISPUTE_WINDOW = "dispute_window"
    PARCEL_DISPUTE_WINDOW = "parcel_dispute_window"
    MATERIAL_CUSTOMER = "material_customer"
    MATERIAL_CUSTOMER_HIDDEN = "material_customer_hidden"
    MATERIAL_SELLER = "material_seller"
    MATERIAL_ASKED = "material_asked"
    DECISION = "decision"
    SECOND_DISPUTE = "second_dispute"
    SELLER_APPEAL = "seller_appeal"
    LATE_APPEAL = "late_appeal"
    APPEAL_MATERIAL = "appeal_material"
    APPEAL_DECISION = "appeal_decision"
    SHIP_BACK = "ship_back"
    NO_SCAN = "no_scan"
    INSPECTION_PLATFORM = "inspection_platform"
    INSPECTION_SELF = "inspection_self"
    REPORT = "report"
    EXECUTION_DECISION = "execution_decision"
    SHIP_OUT = "ship_out"
    CONFIRM = "confirm"
    COMPLIANCE = "compliance"
    COLLECTION = "collection"
    STOP = "stop"
    SUSPENSION = "suspension"
    PROPOSAL = "proposal"


class LapseOutcome(StrEnum):
    """What silence means. The process table says which outcomes a phase can have; the rulebook picks one."""

    APPROVE = "APPROVE"
    REJECT = "REJECT"
    CLOSE = "CLOSE"
    REOPEN_REVIEW = "REOPEN_REVIEW"
    JUDGE_ON_FILE = "JUDGE_ON_FILE"
    ESCALATE = "ESCALATE"
    FINAL = "FINAL"
    REFUND = "REFUND"
    LOST = "LOST"
    BINDS = "BINDS"
    DONE = "DONE"
    DEDUCT = "DEDUCT"
    LEAVE_DEBT = "LEAVE_DEBT"
    RELEASE = "RELEASE"
    RESUME = "RESUME"
    EXPIRE = "EXPIRE"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long a clock runs and what its lapse does. A rulebook without the clock leaves the right out.

    `remind`: so long before the due moment whoever it waits for is reminded, in hours.
    """

    span: Span
    lapse: LapseOutcome
    remind: tuple[Span, ...] = ()


class Anchor(StrEnum):
    """Where an acceptance period starts."""

    DELIVERY = "DELIVERY"
    LAST_TRACKING = "LAST_TRACKING"


@dataclass(frozen=True, slots=True)
class AcceptanceRule:
    """The acceptance period of a reason (S26); `durable_span` applies to durable goods where given."""

    reason: Reason
    anchor: Anchor
    span: Span
    durable_span: Span | None = None


@dataclass(frozen=True, slots=True)
class WindowRule:
    """Until when a type may be asked, from delivery. `mall_span` for Mall shops, `category_spans` by category."""

    type: RequestType
    span: Span
    mall_span: Span | None = None
    category_spans: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class MaterialRule:
    """One expected kind of material (S6): reason, party, name and how much it is expected."""

    reason: Reason
    party: Role
    item: str
    level: Level


@dataclass(frozen=True, slots=True)
class ReturnedRule:
    """One kind of material expected of a party when goods go back (S6): name and how much it is expected."""

    party: Role
    item: str
    level: Level


class DataTest(StrEnum):
    """What the platform's own data can show (S7)."""

    NOT_DELIVERED = "NOT_DELIVERED"
    DELIVERED_LATE = "DELIVERED_LATE"


@dataclass(frozen=True, slots=True)
class DataRule:
    """Platform data that can support a claim of this reason by itself."""

    reason: Reason
    item: str
    test: DataTest


@dataclass(frozen=True, slots=True)
class GroundRule:
    """What a reason means where nobody judged it: its ground, whose fault it counts as, aggravated or not."""

    reason: Reason
    ground: Ground
    cause: Cause
    aggravated: bool = False


@dataclass(frozen=True, slots=True)
class RiskRule:
    """One row of the return-risk table: who bears which issue (S22 to S25)."""

    ground: Ground
    aggravated: bool
    rule: str
    bearers: tuple[tuple[ReturnIssue, Role], ...]

    def bearer(self, issue: ReturnIssue) -> Role:
        """Who bears that issue."""
        return dict(self.bearers)[issue]


class CodeUse(StrEnum):
    """Where a reason code may be used."""

    REFUND = "REFUND"
    RETURN = "RETURN"
    CANCEL = "CANCEL"
    SELLER_REFUND = "SELLER_REFUND"
    SELLER_RETURN = "SELLER_RETURN"
    SELLER_CANCEL = "SELLER_CANCEL"
    REJECT_REFUND = "REJECT_REFUND"
    REJECT_RETURN = "REJECT_RETURN"
    REJECT_CANCEL = "REJECT_CANCEL"
    REJECT_PARCEL = "REJECT_PARCEL"


@dataclass(frozen=True, slots=True)
class CodeRule:
    """A reason code of the market: where it may be used, in which order statuses (empty: any), what it means.

    `text` is what the market shows a person for it.
    """

    code: str
    use: CodeUse
    statuses: tuple[str, ...] = ()
    reason: Reason | None = None
    text: str = ""


class JudgedReturn(StrEnum):
    """Whether judged refunds send the goods back: only where the customer asked so, or as the rule."""

    AS_ASKED = "AS_ASKED"
    RULE = "RULE"


@dataclass(frozen=True, slots=True)
class Switches:
    """Yes/no and counted parameters of a market.

    `four_eyes_above`: a judgement about more than this (minor units) needs a second person; 0: none does by amount.
    """

    max_disputes: int = 2
    max_offers: int = 3
    max_ask_again: int = 1
    max_material_requests: int = 2
    least_hours_for_material: int = 6
    max_send_backs: int = 1
    cancel_disputable: bool = False
    cancel_free_minutes_seller_shipped: int = 60
    second_dispute_in_acceptance: bool = True
    judged_return: JudgedReturn = JudgedReturn.AS_ASKED
    shipping_fee_with_all_units: bool = True
    late_reversal_bearer: Cause = Cause.PLATFORM
    debit_balance: bool = False
    platform_advance: bool = False
    freight_default_bearer: Role = Role.CUSTOMER
    commission_back: bool = True
    fees_back: bool = False
    four_eyes_above: int = 0


@dataclass(frozen=True, slots=True)
class DestinationRule:
    """Where money goes back to that was paid by a method, named as `method_key` makes it."""

    method: str
    to: Destination


@dataclass(frozen=True, slots=True)
class AutomaticRule:
    """A class of disputes that a machine may judge: for which reasons and requests, up to which amount (minor units).

    Whatever the class, it judges only where data settle every finding and nothing speaks against it (decision 0028).
    """

    name: str
    reasons: tuple[Reason, ...]
    types: tuple[RequestType, ...]
    up_to: int


def method_key(method: str) -> str:
    """The name of a payment method in a rulebook: `cash on delivery` is `CASH_ON_DELIVERY`."""
    return re.sub(r"[^A-Z0-9]+", "_", method.upper()).strip("_")


@dataclass(frozen=True, slots=True)
class Policy:
    """Every value of one market in force on one day."""

    market: str
    day: date
    zone: str
    holidays: frozenset[date]
    clocks: dict[ClockName, ClockRule]
    windows: dict[RequestType, WindowRule]
    acceptance: dict[Reason, AcceptanceRule]
    material: tuple[MaterialRule, ...]
    data: tuple[DataRule, ...]
    grounds: dict[Reason, GroundRule]
    risk: tuple[RiskRule, ...]
    codes: tuple[CodeRule, ...]
    switches: Switches
    returned: tuple[ReturnedRule, ...] = ()
    destinations: tuple[DestinationRule, ...] = ()
    automatic: tuple[AutomaticRule, ...] = ()

    def risk_row(self, ground: Ground, *, aggravated: bool) -> RiskRule | None:
        """The row of the return-risk table, or None where the ground has none (delivery)."""
        return next((r for r in self.risk if r.ground is ground and r.aggravated is aggravated), None)

    def destination(self, method: str) -> Destination:
        """Where money goes back to that was paid by a method: the way it came, where the rulebook says nothing else."""
        key = method_key(method)
        return next((rule.to for rule in self.destinations if rule.method == key), Destination.ORIGINAL)

    def expected(self, reason: Reason, party: Role) -> tuple[MaterialRule, ...]:
        """The material expected of a party for a reason, in the rulebook's order (S6)."""
        return tuple(rule for rule in self.material if rule.reason is reason and rule.party is party)
