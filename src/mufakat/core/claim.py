"""The words of a claim: what may be asked, why, what was handed in, what was found. Public enums, upper snake.

Names are the field's (TikTok Shop, PayPal); S-numbers refer to the rules in docs/reference/rules.md.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from mufakat.core.parties import Role

SEALED = {"sealed": True}
"""Field metadata: personal text. Outside the engine plain, inside events only its salted hash (house principle 11)."""


def sealed() -> Any:
    """A field for what a person wrote: the engine seals it and the core sees its salted hash, or empty."""
    return field(default="", metadata=SEALED)


class RequestType(StrEnum):
    """What a customer may ask for."""

    CANCEL = "CANCEL"
    REFUND = "REFUND"
    RETURN_AND_REFUND = "RETURN_AND_REFUND"
    REPLACEMENT = "REPLACEMENT"
    EXCHANGE = "EXCHANGE"
    RESEND_MISSING = "RESEND_MISSING"


class Reason(StrEnum):
    """Why: one for each line."""

    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED"
    WRONG_ITEM = "WRONG_ITEM"
    MISSING_ITEMS = "MISSING_ITEMS"
    DAMAGED = "DAMAGED"
    COUNTERFEIT = "COUNTERFEIT"
    DEFECTIVE = "DEFECTIVE"
    ARRIVED_LATE = "ARRIVED_LATE"
    ITEM_NOT_RECEIVED = "ITEM_NOT_RECEIVED"
    OTHER = "OTHER"


class RemedyKind(StrEnum):
    """What is to be done (S21). OTHER is any other determined remedy; NOTHING an agreement that asks for nothing."""

    REFUND = "REFUND"
    RETURN_AND_REFUND = "RETURN_AND_REFUND"
    REPLACEMENT = "REPLACEMENT"
    EXCHANGE = "EXCHANGE"
    RESEND_MISSING = "RESEND_MISSING"
    OTHER = "OTHER"
    NOTHING = "NOTHING"


class Basis(StrEnum):
    """Why a remedy is owed."""

    APPROVAL = "APPROVAL"
    RULE = "RULE"
    LAPSE = "LAPSE"
    OFFER = "OFFER"
    CONCESSION = "CONCESSION"
    AGREEMENT = "AGREEMENT"
    JUDGEMENT = "JUDGEMENT"
    SELLER_INITIATED = "SELLER_INITIATED"
    COURT = "COURT"


class FindingValue(StrEnum):
    """The answer about one item of material or data."""

    VALID = "VALID"
    INSUFFICIENT = "INSUFFICIENT"
    MISSING = "MISSING"
    CONTRADICTED = "CONTRADICTED"
    NOT_GENUINE = "NOT_GENUINE"


class Level(StrEnum):
    """How much a kind of material is expected (S6)."""

    REQUIRED = "REQUIRED"
    ONE_OR_MORE = "ONE_OR_MORE"
    OPTIONAL = "OPTIONAL"


class Stage(StrEnum):
    """For what material is expected: the request itself, a dispute, an appeal, goods that go back."""

    REQUEST = "REQUEST"
    DISPUTE = "DISPUTE"
    APPEAL = "APPEAL"
    RETURN = "RETURN"


class Given(StrEnum):
    """Whether an expected kind of material is there.

    COVERED: another of its group is there, so this one need not be. KNOWN: the platform's own data settles it, so
    nobody need prove it.
    """

    GIVEN = "GIVEN"
    MISSING = "MISSING"
    COVERED = "COVERED"
    KNOWN = "KNOWN"


class Ground(StrEnum):
    """The judged ground; with severity or deception it picks the row of the return-risk table (S22 to S25)."""

    INCONSISTENT = "INCONSISTENT"
    QUALITY = "QUALITY"
    DELIVERY = "DELIVERY"
    COUNTERFEIT = "COUNTERFEIT"


class Severity(StrEnum):
    """How grave a quality issue is: MAJOR does not work, MINOR does."""

    MAJOR = "MAJOR"
    MINOR = "MINOR"


class Deception(StrEnum):
    """Who deceived, as an agent found."""

    SELLER = "SELLER"
    CUSTOMER = "CUSTOMER"
    NONE = "NONE"


class Cause(StrEnum):
    """Whose doing it was."""

    SELLER = "SELLER"
    CUSTOMER = "CUSTOMER"
    CARRIER = "CARRIER"
    PLATFORM = "PLATFORM"


class ReturnIssue(StrEnum):
    """What may befall goods on their way back (S22 to S25, reading 10)."""

    BREAKAGE = "BREAKAGE"
    DAMAGE = "DAMAGE"
    LOSS = "LOSS"


class Decision(StrEnum):
    """For whom a line was judged."""

    FOR_CUSTOMER = "FOR_CUSTOMER"
    FOR_SELLER = "FOR_SELLER"


class ReturnMethod(StrEnum):
    """How goods go back."""

    PLATFORM_CARRIER = "PLATFORM_CARRIER"
    SELF_ARRANGED = "SELF_ARRANGED"


class Destination(StrEnum):
    """Where a customer's money goes back to: the way it came, the platform's wallet, or a bank account of theirs."""

    ORIGINAL = "ORIGINAL"
    WALLET = "WALLET"
    BANK_ACCOUNT = "BANK_ACCOUNT"


class Forum(StrEnum):
    """Where a judicial process runs (S14)."""

    COURT = "COURT"
    REGULATOR = "REGULATOR"
    MEDIATION = "MEDIATION"
    CHARGEBACK = "CHARGEBACK"
    OTHER = "OTHER"


class MaterialKind(StrEnum):
    """What a piece of material is: a file, a text, a parcel's tracking number, an entry of the platform's record."""

    FILE = "FILE"
    TEXT = "TEXT"
    TRACKING = "TRACKING"
    RECORD = "RECORD"


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One order line in a request: chosen units, one reason, and the amount asked.

    `units` empty means the lowest free ones (`quantity` of them); `amount` in minor units of the order's
    currency, None for all that is due. `hidden` marks a counterfeit that was not visible at delivery.
    """

    line_id: str
    reason: Reason
    units: tuple[int, ...] = ()
    quantity: int = 1
    amount: int | None = None
    reason_code: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """One piece of supporting material as its giver names it. `digest` is the SHA-256 (hex) of the content.

    `refers_to` is a tracking number for TRACKING, an entry of the platform's record (`R3`) for RECORD, else empty.
    """

    item: str
    kind: MaterialKind = MaterialKind.FILE
    digest: str = ""
    lines: tuple[str, ...] = ()
    text: str = sealed()
    refers_to: str = ""


@dataclass(frozen=True, slots=True)
class Solution:
    """What an offer or an agreement would do. `amount`: minor units for the whole, None for all that is due."""

    kind: RemedyKind
    amount: int | None = None
    text: str = sealed()


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Material on the record of a case: numbered, with its giver, its time and the stage it was given in."""

    number: int
    giver: Role
    material: Material
    stage: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An agent's answer about one expected item of one line. The text is a note, owed as a reason for an override."""

    line_id: str
    party: Role
    item: str
    value: FindingValue
    exhibit: int = 0
    text: str = sealed()


DERIVATION: Final = "derivation"
"""Who a finding is by that was filled in from the record and that nobody confirmed or changed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An agent's or a derivation's answer about one item for one line; `derived` stays beside an override."""

    line_id: str
    party: Role
    item: str
    value: FindingValue
    by: str
    derived: FindingValue | None = None
    exhibit: int = 0
    text: str = sealed()

    @property
    def is_derived(self) -> bool:
        """Whether it was filled in from the record, and nobody confirmed or changed it."""
        return self.by == DERIVATION


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an agent found about a line as a whole. Worth and loss in minor units."""

    line_id: str
    ground: Ground
    severity: Severity = Severity.MINOR
    deception: Deception = Deception.NONE
    cause: Cause = Cause.SELLER
    returnable: bool = True
    other_worth: int | None = None
    text: str = sealed()


@dataclass(frozen=True, slots=True)
class LineShare:
    """What a line's units are owed: minor units of the order's currency."""

    line_id: str
    units: tuple[int, ...]
    amount: int


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What refunds mean between seller and platform, in minor units.

    `commission` and `fees` go back to the seller, `subsidy` (the platform's part of discounts) back to the platform;
    `tax` is what was contained in them and moves nothing by itself.
    """

    commission: int = 0
    fees: int = 0
    subsidy: int = 0
    tax: int = 0

    @property
    def net(self) -> int:
        """What the platform owes the seller of it; below nothing, the seller owes the platform."""
        return self.commission + self.fees - self.subsidy

    def __add__(self, other: "Adjustment") -> "Adjustment":
        return Adjustment(
            self.commission + other.commission,
            self.fees + other.fees,
            self.subsidy + other.subsidy,
            self.tax + other.tax,
        )

    def __sub__(self, other: "Adjustment") -> "Adjustment":
        return self + Adjustment(-other.commission, -other.fees, -other.subsidy, -other.tax)


UNADJUSTED = Adjustment()
"""Nothing has gone back yet."""


@dataclass(frozen=True, slots=True)
class ReturnPart:
    """What befell some units of a line on their way back; `value_lost`: minor units of what is refunded for them."""

    line_id: str
    units: tuple[int, ...]
    issue: ReturnIssue
    value_lost: int


@dataclass(frozen=True, slots=True)
class RiskPart:
    """What befell some units of a line on their way back, who bears it and by which rule (S22 to S25).

    `value_lost` and `lowered` (by so much the refund is lower) in minor units.
    """

    line_id: str
    units: tuple[int, ...]
    issue: ReturnIssue
    bearer: Role
    rule: str
    value_lost: int
    lowered: int


@dataclass(frozen=True, slots=True)
class Override:
    """What an agent decides about a line otherwise than derived. The text is the reason, for both sides to read.

    `kind` and `amount` (minor units) are what is awarded; for the seller there is neither.
    """

    line_id: str
    decision: Decision
    kind: RemedyKind | None = None
    amount: int = 0
    text: str = sealed()


@dataclass(frozen=True, slots=True)
class LineJudgement:
    """The derived judgement of one line, with why and what did not apply (S15 to S17, house principle 8).

    `amount` minor units awarded; `kind` the remedy (None where it is for the seller); `risk_rule` the row of the
    return-risk table (S22 to S25) where goods go back; `freight_bearer` who pays their way. `set_aside`: by which rule
    it would have been decided, where an agent decided otherwise (then `rule` is OVERRIDE); else empty.
    """

    line_id: str
    decision: Decision
    rule: str
    because: tuple[str, ...]
    passed_over: tuple[str, ...]
    kind: RemedyKind | None = None
    amount: int = 0
    ground: Ground = Ground.INCONSISTENT
    aggravated: bool = False
    cause: Cause = Cause.SELLER
    deception: Deception = Deception.NONE
    risk_rule: str = ""
    freight_bearer: Role = Role.CUSTOMER
    set_aside: str = ""
