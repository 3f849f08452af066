"""The case: what its events add up to. `evolve` folds one event in; nothing here decides anything.

A case starts as one matter with all its lines. Where lines part (a dispute about some, a judgement that differs by
line) a matter splits, and each part runs on through the same one process with its own phase and due moment. So
a customer's second dispute about one line never delays what the first judgement awarded for another (reading 5).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from mufakat.core.claim import (
    UNADJUSTED,
    Adjustment,
    Assessment,
    Basis,
    ClaimLine,
    Decision,
    Destination,
    Exhibit,
    Finding,
    Forum,
    LineJudgement,
    LineShare,
    Override,
    RemedyKind,
    RequestType,
    ReturnIssue,
    ReturnMethod,
    ReturnPart,
    RiskPart,
    Solution,
)
from mufakat.core.parties import Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import ClockName, LapseOutcome
from mufakat.core.shares import allocate_within

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Report:
    """A seller's report about a return: `value_lost` in minor units; `contested` by the customer or not.

    `parts`: what befell which units; one for each line where the report was about the parcel as a whole.
    """

    issue: ReturnIssue
    value_lost: int
    contested: bool = False
    parts: tuple[ReturnPart, ...] = ()


@dataclass(frozen=True)
class Remedy:
    """What is owed and how far it has come. Amounts in minor units of the order's currency.

    `shares` are the lines' worth: paid out by a refund, the price behind a remedy in goods (market.md, arithmetic 8).
    `lowered` is what is off them; of which lines, `off` says as far as that is known.
    `ordered` is the total owed as the provider knows it, `most_ordered` the highest it ever was (a payment may be
    on its way when an outside refund lowers it), `paid` what the customer has had by the provider, at `destination`. So
    much of that was the platform's money (`advanced`; at most `most_advance` was ordered to be), and `recovered` of it
    came back from the seller. `claimed` is what the seller says that it paid the customer itself, `outside` by line
    what the customer confirmed of that. `adjusted` is what all this means between seller and platform so far.
    `risk_parts`: what was found to have befallen the return, unit by unit, and how much of `lowered` comes of each.
    """

    kind: RemedyKind
    basis: Basis
    shares: tuple[LineShare, ...]
    shipping: int = 0
    freight_bearer: Role = Role.CUSTOMER
    method: ReturnMethod | None = None
    shipped_at: datetime | None = None
    tracking: str = ""
    freight: int = 0
    arrived: bool = False
    returned: bool = False
    report: Report | None = None
    risk: ReturnIssue | None = None
    risk_parts: tuple[RiskPart, ...] = ()
    lowered: int = 0
    off: tuple[tuple[str, int], ...] = ()
    out_tracking: str = ""
    scanned: bool = False
    delivered_at: datetime | None = None
    performed: bool = False
    problem: bool = False
    in_money: bool = False
    ordered: int = 0
    most_ordered: int = 0
    at_once: bool = False
    deducting: bool = False
    paid: int = 0
    destination: Destination = Destination.ORIGINAL
    adjusted: Adjustment = UNADJUSTED
    most_advance: int = 0
    advanced: int = 0
    recovered: int = 0
    claimed: int = 0
    outside: tuple[tuple[str, int], ...] = ()

    @property
    def goods_back(self) -> bool:
        """Whether the goods go back first."""
        return self.kind in (RemedyKind.RETURN_AND_REFUND, RemedyKind.EXCHANGE)

    @property
    def performs(self) -> bool:
        """Whether the seller owes something other than money."""
        done_by_seller = (RemedyKind.REPLACEMENT, RemedyKind.EXCHANGE, RemedyKind.RESEND_MISSING, RemedyKind.OTHER)
        return self.kind in done_by_seller and not self.in_money

    @property
    def goods(self) -> int:
        """The worth of the lines, less what is borne by the customer."""
        return max(0, sum(share.amount for share in self.shares) - self.lowered)

    def owed_by_line(self) -> dict[str, int]:
        """What each line is owed of `goods`: its share less what is off it; what is off no line by name, by worth."""
        left = {share.line_id: share.amount for share in self.shares}
        for line_id, amount in self.off:
            left[line_id] = max(0, left.get(line_id, 0) - amount)
        return dict(zip(left, allocate_within(min(self.goods, sum(left.values())), list(left.values())), strict=True))

    @property
    def total(self) -> int:
        """What the customer is owed in money where this remedy is paid in money."""
        freight = self.freight if self.freight_bearer is Role.SELLER else 0
        return self.goods + self.shipping + freight

    @property
    def uncollected(self) -> int:
        """What is still to be collected from the seller: for the customer, and for the platform that advanced it."""
        return max(0, self.ordered - self.paid + self.advanced - self.recovered)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Terms that wait for the other side."""

    solution: Solution
    by: Role
    until: datetime


@dataclass(frozen=True, slots=True)
class Paused:
    """Where execution stood when a court's order suspended it; `left` seconds remained."""

    phase: Phase
    clock: ClockName | None
    lapse: LapseOutcome | None
    left: int


@dataclass(frozen=True, slots=True)
class Charged:
    """What somebody bears of a chargeback in all (minor units); SYSTEM stands for the platform."""

    reference: str
    bearer: Role
    amount: int


@dataclass(frozen=True, slots=True)
class CarrierClaim:
    """What is claimed of a carrier, for whom, and what it paid (minor units); None while it has not answered."""

    tracking: str
    issue: ReturnIssue
    amount: int
    bearer: Role
    paid: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Until when a party may hand in material, and which clock says so."""

    party: Role
    until: datetime
    clock: ClockName


@dataclass(frozen=True, slots=True)
class Asked:
    """What an agent asked for: a named item of these parties, until then (S5). `before`: exhibits there were then."""

    parties: tuple[Role, ...]
    item: str
    text: str
    until: datetime | None
    before: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """Somebody said something to the other side: the number of the event, when, by whom."""

    number: int
    at: datetime
    by: Role


@dataclass(frozen=True, slots=True)
class DraftedJudgement:
    """A judgement that waits for a second person: who drafted it, and what it would be.

    `appeal`: it decides an appeal; `paragraph`: the drafter's own words for the statement of reasons.
    """

    by: str
    lines: tuple[LineJudgement, ...]
    overrides: tuple[Override, ...] = ()
    appeal: bool = False
    paragraph: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A movement of money that is not decided yet: a hold, or a claim on a carrier, for whom.

    `transfer` is its place in the case's ledger, `event number:leg`; `amount` what is left of it, in minor units.
    """

    name: str
    transfer: str
    amount: int
    claimant: Role = Role.SELLER


@dataclass(frozen=True)
class Matter:
    """A part of a case that runs as one: its lines, its phase and due moment, its disputes, its remedy.

    `disputes` were raised in this case; `dispute` is the number of the last one over all cases of the goods (S12).
    `carried` are the exhibits, `carried_said` the numbers of what was said, with which the last one began (S4).
    `hold` is what is still held back from the seller's payouts; `remind` when whoever it waits for is reminded next.
    `judges`: the agents who judged or confirmed what is at issue; `draft` waits for a second one. `machine`: the class
    of the rulebook by which a machine may judge the dispute; `person_asked` that none may; `automatic` that one did.
    `forum`: where the process runs for which it stopped. `frozen`: chargebacks whose end it waits for; `by_court`: a
    court's order suspends it; `charged`: what chargebacks came to; `recovered` of it from the seller, of which
    `given_back` again; `most_charged` was to be recovered at most (minor units). `since`: when it entered its phase.
    """

    number: int
    lines: tuple[str, ...]
    phase: Phase = Phase.REVIEW
    due: datetime | None = None
    clock: ClockName | None = None
    lapse: LapseOutcome | None = None
    outcome: Outcome | None = None
    offers: int = 0
    offer: Solution | None = None
    left: int = 0
    asked_again: int = 0
    agreed: bool = False
    disputes: int = 0
    dispute: int = 0
    raised_at: datetime | None = None
    raised_from: Phase = Phase.REJECTED
    carried: tuple[int, ...] = ()
    carried_said: tuple[int, ...] = ()
    windows: tuple[Window, ...] = ()
    waiting_windows: tuple[Role, ...] = ()
    material_requests: int = 0
    asked: tuple[Asked, ...] = ()
    findings: tuple[Finding, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    judgement: tuple[LineJudgement, ...] = ()
    judges: tuple[str, ...] = ()
    draft: DraftedJudgement | None = None
    machine: str = ""
    person_asked: bool = False
    automatic: bool = False
    appeal_used: bool = False
    appeal_late: bool = False
    sent_back: int = 0
    escalations: int = 0
    hold: int = 0
    pending: tuple[Pending, ...] = ()
    remedy: Remedy | None = None
    proposal: Proposal | None = None
    paused: Paused | None = None
    enforceable: bool = False
    remind: tuple[datetime, ...] = ()
    forum: Forum | None = None
    by_court: bool = False
    frozen: tuple[str, ...] = ()
    charged: tuple[Charged, ...] = ()
    most_charged: int = 0
    recovered: int = 0
    given_back: int = 0
    carrier_claims: tuple[CarrierClaim, ...] = ()
    since: datetime | None = None

    @property
    def wake(self) -> datetime | None:
        """When the clock next has something to do here: the next reminder, or the due moment."""
        return min((*self.remind[:1], self.due)) if self.due is not None else None

    @property
    def debt(self) -> int:
        """What could not be collected in time: a debt of the seller, lowered as it is still collected (minor units)."""
        return self.remedy.uncollected if self.outcome is Outcome.DEBT_LEFT and self.remedy is not None else 0

    def borne(self, bearer: Role, reference: str = "") -> int:
        """What somebody bears of a chargeback, or of all of them (minor units)."""
        return sum(x.amount for x in self.charged if x.bearer is bearer and reference in ("", x.reference))

    @property
    def is_open(self) -> bool:
        """Whether anything about these lines is still open."""
        return self.phase is not Phase.CLOSED

    def judged(self, line_id: str) -> LineJudgement | None:
        """The judgement in force about a line, or None."""
        return next((each for each in self.judgement if each.line_id == line_id), None)

    def finding(self, line_id: str, party: Role, item: str) -> Finding | None:
        """The answer about one item, or None."""
        wanted = (line_id, party, item)
        return next((f for f in self.findings if (f.line_id, f.party, f.item) == wanted), None)

    def assessment(self, line_id: str) -> Assessment | None:
        """What was found about a line as a whole, or None."""
        return next((each for each in self.assessments if each.line_id == line_id), None)

    def window(self, party: Role) -> datetime | None:
        """Until when a party may hand in material, or None."""
        return next((window.until for window in self.windows if window.party is party), None)


@dataclass(frozen=True)
class Case:
    """One after-sales matter from request to close: the fold of its log. `number` is that of the last event.

    `facts`: how many later facts about the order were known when it began. `said`: what the two said to each other,
    oldest first; `answered_at`: when the seller first answered.
    """

    case_id: str
    order_id: str
    customer_id: str
    seller_id: str
    currency: str
    policy: str
    type: RequestType
    lines: tuple[ClaimLine, ...]
    opened_at: datetime
    opened_by: Role
    accept_until: dict[str, datetime | None]
    in_time: tuple[str, ...]
    generations: tuple[tuple[str, int, int], ...]
    matters: tuple[Matter, ...]
    exhibits: tuple[Exhibit, ...] = ()
    facts: int = 0
    messages: int = 0
    said: tuple[Spoken, ...] = ()
    answered_at: datetime | None = None
    number: int = 0
    last_at: datetime | None = None

    @property
    def due(self) -> datetime | None:
        """The earliest due moment of its open matters."""
        times = [matter.due for matter in self.matters if matter.due is not None]
        return min(times) if times else None

    @property
    def wake(self) -> datetime | None:
        """The earliest due moment or reminder of its open matters: the one column that the deadline loop reads."""
        times = [wake for matter in self.matters if (wake := matter.wake) is not None]
        return min(times) if times else None

    @property
    def is_open(self) -> bool:
        """Whether any matter is open (reading 15)."""
        return any(matter.is_open for matter in self.matters)

    def matter(self, number: int) -> Matter:
        """The matter of that number (from 1)."""
        return self.matters[number - 1]

    def line(self, line_id: str) -> ClaimLine:
        """The claim about a line; raises StopIteration for a line that is not claimed."""
        return next(each for each in self.lines if each.line_id == line_id)

    def due_matter(self) -> Matter | None:
        """The matter whose due moment comes first."""
        waiting = [matter for matter in self.matters if matter.due is not None]
        return min(waiting, key=lambda matter: (matter.due, matter.number)) if waiting else None


def obligation(case_id: str, matter: int) -> str:
    """The name under which the provider knows what is owed for a matter."""
    return f"{case_id}:{matter}"


CHARGEBACK = "chargeback"


def is_of_chargebacks(name: str) -> bool:
    """Whether an obligation is what a seller owes the platform for chargebacks, and nothing the customer is owed."""
    return name.endswith(f":{CHARGEBACK}")


def chargeback_obligation(case_id: str, matter: int) -> str:
    """The name under which the provider knows what the seller owes the platform for a matter's chargebacks."""
    return f"{obligation(case_id, matter)}:{CHARGEBACK}"


def awarded(matter: Matter) -> tuple[LineJudgement, ...]:
    """The lines judged for the customer."""
    return tuple(each for each in matter.judgement if each.decision is Decision.FOR_CUSTOMER)


def changed(whole: T, **fields: object) -> T:
    """A copy with some fields changed: `dataclasses.replace` at a tenth of its cost, which is most of a fold's.

    For the classes here without slots and without checks of their own; raises TypeError for a field there is not.
    """
    copy = object.__new__(type(whole))
    held = copy.__dict__
    held.update(whole.__dict__)
    if not fields.keys() <= held.keys():
        message = f"{type(whole).__name__} has no {', '.join(fields.keys() - held.keys())}"
        raise TypeError(message)
    held.update(fields)
    return copy


def with_matter(case: Case, matter: Matter) -> Case:
    """The case with one of its matters replaced."""
    matters = list(case.matters)
    matters[matter.number - 1] = matter
    return changed(case, matters=tuple(matters))
