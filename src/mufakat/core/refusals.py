"""Refusals: commands that the process does not allow, as values with public codes.

The list is closed and public; each code has a sentence for every role in `refusal_texts.py` and in docs/reference.
"""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Every refusal code. Stored and sent as is: never rename one."""

    # Wrong person or place
    NOT_YOURS = "NOT_YOURS"
    WRONG_ROLE = "WRONG_ROLE"
    CONFLICT_OF_INTEREST = "CONFLICT_OF_INTEREST"
    SAME_AGENT = "SAME_AGENT"
    WRONG_PHASE = "WRONG_PHASE"
    LOCKED_WHILE_DECIDING = "LOCKED_WHILE_DECIDING"
    CASE_CLOSED = "CASE_CLOSED"
    NO_SUCH_CASE = "NO_SUCH_CASE"
    NO_SUCH_ORDER = "NO_SUCH_ORDER"
    NO_SUCH_MATTER = "NO_SUCH_MATTER"
    WHICH_MATTER = "WHICH_MATTER"
    NO_SUCH_LINE = "NO_SUCH_LINE"
    ALREADY_OPEN = "ALREADY_OPEN"
    ORDER_NOT_SOUND = "ORDER_NOT_SOUND"
    FACT_NOT_FITTING = "FACT_NOT_FITTING"
    # Asking
    NOTHING_ASKED = "NOTHING_ASKED"
    LINE_TWICE = "LINE_TWICE"
    UNITS_NOT_AVAILABLE = "UNITS_NOT_AVAILABLE"
    ALREADY_SETTLED = "ALREADY_SETTLED"
    NOTHING_LEFT = "NOTHING_LEFT"
    ASKED_TOO_MUCH = "ASKED_TOO_MUCH"
    AMOUNT_NOT_POSITIVE = "AMOUNT_NOT_POSITIVE"
    AMOUNT_NOT_FITTING = "AMOUNT_NOT_FITTING"
    NOT_DELIVERED_YET = "NOT_DELIVERED_YET"
    PROMISED_DATE_NOT_OVER = "PROMISED_DATE_NOT_OVER"
    REQUEST_WINDOW_OVER = "REQUEST_WINDOW_OVER"
    ALREADY_IN_TRANSIT = "ALREADY_IN_TRANSIT"
    TYPE_NOT_FOR_SELLER = "TYPE_NOT_FOR_SELLER"
    TYPE_NOT_IN_MARKET = "TYPE_NOT_IN_MARKET"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    CODE_NOT_FITTING = "CODE_NOT_FITTING"
    CODE_NEEDED = "CODE_NEEDED"
    # Talking
    TOO_MANY_OFFERS = "TOO_MANY_OFFERS"
    OFFER_NOT_FITTING = "OFFER_NOT_FITTING"
    ALREADY_ASKED_AGAIN = "ALREADY_ASKED_AGAIN"
    NO_PROPOSAL = "NO_PROPOSAL"
    OWN_PROPOSAL = "OWN_PROPOSAL"
    PROPOSAL_EXPIRED = "PROPOSAL_EXPIRED"
    EMPTY_MESSAGE = "EMPTY_MESSAGE"
    # Disputing
    TWO_DISPUTES = "TWO_DISPUTES"
    OUTSIDE_ACCEPTANCE = "OUTSIDE_ACCEPTANCE"
    NOT_DISPUTABLE = "NOT_DISPUTABLE"
    SETTLED_BY_AGREEMENT = "SETTLED_BY_AGREEMENT"
    # Material and findings
    WINDOW_OVER = "WINDOW_OVER"
    ALREADY_COMPLETE = "ALREADY_COMPLETE"
    TOO_MANY_REQUESTS_FOR_MATERIAL = "TOO_MANY_REQUESTS_FOR_MATERIAL"
    NOT_EXPECTED = "NOT_EXPECTED"
    NO_SUCH_EXHIBIT = "NO_SUCH_EXHIBIT"
    OVERRIDE_NEEDS_REASON = "OVERRIDE_NEEDS_REASON"
    FINDINGS_MISSING = "FINDINGS_MISSING"
    ASSESSMENT_MISSING = "ASSESSMENT_MISSING"
    MATERIAL_EMPTY = "MATERIAL_EMPTY"
    # Appeal and court
    APPEAL_USED = "APPEAL_USED"
    SENT_BACK_ONCE = "SENT_BACK_ONCE"
    LATE_APPEAL_NOT_SENT_BACK = "LATE_APPEAL_NOT_SENT_BACK"
    ONLY_A_COURT_SUSPENDS = "ONLY_A_COURT_SUSPENDS"
    STARTED_IN_THE_FUTURE = "STARTED_IN_THE_FUTURE"
    REASON_NEEDED = "REASON_NEEDED"
    # Carrying out
    TRACKING_NEEDED = "TRACKING_NEEDED"
    TRACKING_USED = "TRACKING_USED"
    NOTHING_TO_SHIP = "NOTHING_TO_SHIP"
    ALREADY_SHIPPED = "ALREADY_SHIPPED"
    PARCEL_NOT_REJECTABLE = "PARCEL_NOT_REJECTABLE"
    LOSS_TOO_HIGH = "LOSS_TOO_HIGH"
    NOT_A_RETURN_MATTER = "NOT_A_RETURN_MATTER"
    NOT_A_DELIVERY_MATTER = "NOT_A_DELIVERY_MATTER"
    PAYMENT_UNDER_WAY = "PAYMENT_UNDER_WAY"
    NOTHING_OWED = "NOTHING_OWED"
    OVERPAID = "OVERPAID"
    # Clock and limits
    NOT_DUE_YET = "NOT_DUE_YET"
    TIME_WENT_BACK = "TIME_WENT_BACK"
    NOTHING_DUE = "NOTHING_DUE"
    EXTENSION_NOT_FITTING = "EXTENSION_NOT_FITTING"
    TOO_MANY_EVENTS = "TOO_MANY_EVENTS"
    TOO_MANY_MATERIALS = "TOO_MANY_MATERIALS"
    TOO_MANY_MESSAGES = "TOO_MANY_MESSAGES"
    TOO_MANY_LINES = "TOO_MANY_LINES"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    # The engine
    KEY_REUSED = "KEY_REUSED"
    VERSION_CHANGED = "VERSION_CHANGED"
    TOO_BUSY = "TOO_BUSY"
    STILL_OPEN = "STILL_OPEN"
    UNDER_HOLD = "UNDER_HOLD"
    MONEY_OPEN = "MONEY_OPEN"
    # Taking a case over from another system
    HISTORY_NOT_SOUND = "HISTORY_NOT_SOUND"
    NOT_IMPORTABLE = "NOT_IMPORTABLE"
    MONEY_MOVED = "MONEY_MOVED"
    ALREADY_IMPORTED = "ALREADY_IMPORTED"
    BEFORE_RULEBOOK = "BEFORE_RULEBOOK"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that is not allowed. `facts`: what a sentence needs (phase, due, limit, what happened instead)."""

    code: Code
    facts: tuple[tuple[str, str], ...] = ()


class Refused(Exception):  # noqa: N818 - carries a value to the edge of decide; never leaves the core
    """Inside `decide` only: unwinds to `step`, which hands the refusal back as a value."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def refuse(code: Code, /, **facts: object) -> Refused:
    """A refusal to raise inside the core."""
    return Refused(Refusal(code, tuple((name, str(value)) for name, value in facts.items())))
