"""The auditor's own picture of one case: what stands where, put together from the log alone."""

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mufakat.lab.auditor.faults import Fault, Json
from mufakat.lab.auditor.law import Law
from mufakat.lab.auditor.parcel import Known

CUSTOMER, SELLER, AGENT, CLOCK, SYSTEM = "CUSTOMER", "SELLER", "AGENT", "CLOCK", "SYSTEM"
PARTIES = (CUSTOMER, SELLER)
LOCKED = {"EVIDENCE", "DECIDING", "APPEAL_EVIDENCE", "APPEAL_DECIDING"}
"""Where the platform decides (reading 12)."""
BEFORE_REMEDY = {"REVIEW", "OFFERED", "REJECTED", "EVIDENCE", "DECIDING", "DISMISSED", "AWARDED"}
EXECUTION = {
    "AWAITING_RETURN",
    "RETURNING",
    "INSPECTING",
    "REPORTED",
    "ASSESSING",
    "PERFORMING",
    "DELIVERING",
    "CONFIRMING",
    "PAYING",
    "DEDUCTING",
}
GOODS = {"REPLACEMENT", "EXCHANGE", "RESEND_MISSING"}


@dataclass(frozen=True, slots=True)
class Event:
    """One envelope, its instant read."""

    name: str
    number: int
    batch: int
    at: datetime
    role: str
    by: str
    data: Json


@dataclass(slots=True)
class Dispute:
    """One dispute of a matter: what was asked in it and how it was judged."""

    raised: datetime
    number: int
    carried: list[int]
    was: str  # the phase in which it was raised
    was_due: datetime | None
    asked: int = 0
    appeals: int = 0
    send_backs: int = 0
    judged_at: datetime | None = None
    lines: dict[str, Json] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    appealed_at: datetime | None = None
    still: timedelta = timedelta()  # how long the platform had decided until its last judgement
    deciding_since: datetime | None = None
    late: bool = False
    decided: bool = False
    machine: str = ""  # the class by which a machine may judge it
    person_asked: bool = False
    automatic: bool = False  # a machine judged it last


@dataclass(slots=True)
class Remedy:
    """What is to be done in a matter, and how far it is paid; money in minor units."""

    kind: str
    basis: str
    shares: list[Json]
    shipping: int
    freight_bearer: str
    at: datetime
    lowered: int = 0
    freight: int = 0
    reduced: int = 0
    total: int | None = None
    highest: int = 0
    paid: int = 0
    at_once: bool = False
    advance: int = 0  # the most of it that was ever to be paid with the platform's money
    advanced: int = 0
    recovered: int = 0
    own: int = 0  # what the seller says that it paid by itself
    confirmed: int = 0
    by_hand: dict[str, int] = field(default_factory=dict)  # of that, what each line had
    obligation: str = ""
    destination: str = ""
    off: dict[str, int] = field(default_factory=dict)  # by how much less a line is owed, where that was told by line
    adjusted: dict[str, int] = field(default_factory=dict)
    deducted_at: datetime | None = None
    last_paid: datetime | None = None

    @property
    def base(self) -> int:
        """The shares of the lines and the shipping fee."""
        return sum(int(share["amount"]) for share in self.shares) + self.shipping

    @property
    def open(self) -> int:
        """What the seller has not given yet: to the customer, or back to the platform that paid in its place."""
        return max(0, (self.total or 0) - self.paid) + max(0, self.advanced - self.recovered)


@dataclass(slots=True)
class Matter:
    """One part of the case: its lines, where it stands, and the moments from which its clocks run."""

    number: int
    lines: list[str]
    phase: str = ""
    due: datetime | None = None
    clock: str = ""
    interrupted: str = ""  # the clock that ran when a court's order suspended it
    outcome: str = ""
    closed_at: datetime | None = None
    anchors: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    resumed: list[datetime] = field(default_factory=list)
    left: timedelta | None = None
    remind: list[datetime] = field(default_factory=list)
    windows: dict[str, datetime] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)  # parties whose window is over
    seller_waits: bool = False
    accept: dict[str, datetime | None] = field(default_factory=dict)
    accept_before: dict[str, datetime | None] = field(default_factory=dict)
    offers: int = 0
    offer: Json | None = None
    asked_again: int = 0
    proposal: Json | None = None
    agreed: bool = False
    stopped: bool = False
    ordered: bool = False
    level: int = 0
    disputes: list[Dispute] = field(default_factory=list)
    draft: Event | None = None  # a judgement that waits for a second person
    judges: set[str] = field(default_factory=set)  # who judged or confirmed what is at issue
    findings: dict[tuple[str, str, str], Json] = field(default_factory=dict)
    assessed: dict[str, Json] = field(default_factory=dict)
    remedy: Remedy | None = None
    hold: int = 0
    method: str = ""
    tracking: str = ""
    uploaded: datetime | None = None
    arrived: bool = False
    report: Json | None = None
    goods: str = ""
    charged: dict[tuple[str, str], int] = field(default_factory=dict)  # of a chargeback, by whom how much is borne
    recovered: int = 0  # of what the seller bears of chargebacks
    claims: dict[tuple[str, str], Json] = field(default_factory=dict)  # of carriers, by parcel and for whom

    @property
    def dispute(self) -> Dispute | None:
        """The latest dispute."""
        return self.disputes[-1] if self.disputes else None

    @property
    def judged(self) -> bool:
        """Whether its remedy was ordered by a judgement, so that the 48 hours of S19 count."""
        return self.remedy is not None and self.remedy.basis == "JUDGEMENT"

    @property
    def closed(self) -> bool:
        """Whether nothing is open about it any more (reading 15)."""
        return self.closed_at is not None


class Trial:
    """One case under audit."""

    def __init__(self, case_id: str, law: Law, known: Known) -> None:
        self.case_id = case_id
        self.law = law
        self.known = known
        self.faults: list[Fault] = []
        self.opened: Event | None = None
        self.kind = ""
        self.claims: dict[str, Json] = {}
        self.in_time: set[str] = set()
        self.matters: dict[int, Matter] = {}
        self.exhibits: list[Json] = []
        self.batch: list[Event] = []
        self.past: list[Event] = []
        self.paid_elsewhere: dict[tuple[str, int], list[tuple[datetime, int]]] = {}
        self.redelivered: dict[tuple[str, int], list[datetime]] = {}
        self.resent: dict[tuple[str, int], list[datetime]] = {}
        self.freight_paid: dict[str, int] = {}  # tracking number to the matter that paid for it
        self.raised_elsewhere: list[tuple[datetime, str, int, int]] = []

    def fault(self, rule: str, event: Event | None, text: str) -> None:
        """Record a breach."""
        self.faults.append(Fault(rule, self.case_id, event.number if event else 0, text))

    def matter_of(self, event: Event) -> Matter | None:
        """The matter that an event speaks of, or None."""
        number = event.data.get("matter")
        return None if number is None else self.matters.get(number)

    def units(self, line_id: str) -> list[int]:
        """The units of a line that the case is about."""
        claim = self.claims[line_id]
        return list(claim["units"]) or list(range(1, claim["quantity"] + 1))

    def pairs(self, matter: Matter) -> set[tuple[str, int]]:
        """The units that a matter is about."""
        return {(line_id, unit) for line_id in matter.lines for unit in self.units(line_id)}

    def deliveries(self, at: datetime, claim: Json, first: datetime | None) -> list[datetime | None]:
        """When the units of a claim were last delivered; `first` is the order's own delivery.

        A replacement is a new delivery with dates of its own (reading 14). Whether resending what was missing is one
        too the seed does not say: then both dates are possible.
        """
        pairs = [(claim["line_id"], unit) for unit in claim["units"]]
        sure = [max((t for t in self.redelivered.get(pair, []) if t <= at), default=first) for pair in pairs]
        maybe = [t for pair in pairs for t in self.resent.get(pair, []) if t <= at]
        known = [each for each in sure if each is not None]
        found: list[datetime | None] = [max(known, default=first)]
        if len(set(sure)) > 1:  # units of one line from different deliveries: which one counts is not told
            found.append(None if None in sure else min(known))
        if maybe:
            found.append(max([*known, *maybe]))
        return found

    def in_batch(self, *names: str, matter: int | None = None) -> list[Event]:
        """The events of those names in the batch at hand, of one matter where given."""
        return [e for e in self.batch if e.name in names and (matter is None or e.data.get("matter") == matter)]

    def in_batch_of(self, matter: int) -> list[Event]:
        """The events of one matter in the batch at hand."""
        return [e for e in self.batch if e.data.get("matter") == matter]

    def split(self, matter: Matter, new: int, lines: list[str]) -> Matter:
        """Some lines of a matter go their own way."""
        other = deepcopy(matter)
        other.number = new
        other.lines = [line for line in matter.lines if line in lines]
        matter.lines = [line for line in matter.lines if line not in lines]
        for part in (matter, other):
            if part.remedy is not None:
                part.remedy.shares = [share for share in part.remedy.shares if share["line_id"] in part.lines]
        other.hold = 0  # the hold stays with the matter that has it until it is placed anew
        other.charged, other.recovered, other.claims = {}, 0, {}
        self.matters[new] = other
        return other


def read(envelope: Json, instants: Any) -> Event:
    """An envelope as an event; `instants` reads its time."""
    return Event(
        envelope["name"],
        envelope["number"],
        envelope["batch"],
        instants(envelope["at"]),
        envelope["role"],
        envelope["by"],
        envelope["data"],
    )
