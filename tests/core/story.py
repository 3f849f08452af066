"""Stories: given a case that came so far, when somebody commands something, then these events or this refusal."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.claim import ClaimLine, Material, Reason, RequestType
from mufakat.core.decide import Decided, step
from mufakat.core.order import OUTBOUND, Fact, Order, OrderLine, OrderState, Scan, ScanKind
from mufakat.core.parties import CLOCK, SYSTEM, Actor, Role
from mufakat.core.policy.policy import Policy
from mufakat.core.policy.rulebook import resolve
from mufakat.core.refusals import Code, Refusal
from mufakat.core.usage import usage
from mufakat.rulebooks import load

CUSTOMER = Actor(Role.CUSTOMER, "ani")
SELLER = Actor(Role.SELLER, "toko")
AGENT = Actor(Role.AGENT, "dewi")
SECOND_AGENT = Actor(Role.AGENT, "budi")
THIRD_AGENT = Actor(Role.AGENT, "citra")

DELIVERED = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
"""A Monday, 10:00 in Jakarta."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TEXT = "sha256:text"


def policy(market: str = "id") -> Policy:
    """The market's policy on the day of the stories."""
    return resolve(load(market), date(2026, 11, 2))


def order(**changes: object) -> Order:
    """One line of two units at 100,000 less 1 of discount, one line of one unit; shipping 9,000."""
    lines = (
        OrderLine("a", "blender", 2, 100_000, discount=1),
        OrderLine("b", "cup", 1, 50_000),
    )
    made = Order("o1", CUSTOMER.id, SELLER.id, "IDR", lines, DELIVERED - 3 * DAY, 9_000, promised_by=DELIVERED + DAY)
    return replace(made, **changes)  # type: ignore[arg-type]


def delivered() -> tuple[Fact, ...]:
    """The order's own parcel, picked up and delivered."""
    return (
        Scan(OUTBOUND, ScanKind.IN_TRANSIT, DELIVERED - DAY),
        Scan(OUTBOUND, ScanKind.DELIVERED, DELIVERED),
    )


class Story:
    """A case in the making on a clock of its own."""

    def __init__(
        self, market: str = "id", state: OrderState | None = None, rules: Policy | None = None, case_id: str = "c1"
    ) -> None:
        self.policy = rules or policy(market)
        self.order = state or OrderState(order(), delivered())
        self.case_id = case_id
        self.now = DELIVERED + HOUR
        self._case: Case | None = None
        self.log: list[e.Recorded] = []

    @property
    def case(self) -> Case:
        """The case so far."""
        assert self._case is not None
        return self._case

    @property
    def m(self) -> Matter:
        """The first matter."""
        return self.case.matter(1)

    def wait(self, span: timedelta) -> "Story":
        """Let time pass; nothing fires by itself."""
        self.now += span
        return self

    def answer(self, actor: Actor, command: c.Command) -> Decided | Refusal:
        """Decide, and keep what was decided."""
        answer = step(self._case, self.order, command, actor, self.policy, self.now, self.case_id, "policy")
        if isinstance(answer, Decided):
            self._case = answer.case
            self.log += answer.recorded
            self.order = replace(self.order, uses=self.order.uses | {self.case_id: usage(answer.case)})
        return answer

    def give(self, actor: Actor, command: c.Command) -> list[e.Event]:
        """A command that must be allowed; gives its events."""
        answer = self.answer(actor, command)
        assert isinstance(answer, Decided), answer
        return [each.event for each in answer.recorded]

    def refused(self, actor: Actor, command: c.Command) -> Code:
        """A command that must be refused, with nothing changed; gives the code."""
        before = (self._case, len(self.log))
        answer = self.answer(actor, command)
        assert isinstance(answer, Refusal), answer
        assert (self._case, len(self.log)) == before
        return answer.code

    def fact(self, fact: Fact) -> list[e.Event]:
        """A later fact about the order, told to the case."""
        self.order = replace(self.order, facts=(*self.order.facts, fact))
        return self.give(SYSTEM, c.RecordFact(fact))

    def scan(self, parcel: str, kind: ScanKind) -> list[e.Event]:
        """A scan, now."""
        return self.fact(Scan(parcel, kind, self.now))

    def lapse(self, matter: int = 1) -> list[e.Event]:
        """Let the matter's due moment come and the clock fire; a second before, it must not."""
        due = self.case.matter(matter).due
        assert due is not None
        self.now = due - timedelta(seconds=1)
        assert self.refused(CLOCK, c.Lapse()) is Code.NOT_DUE_YET
        self.now = due
        return self.give(CLOCK, c.Lapse())

    def open(
        self,
        type_: RequestType = RequestType.REFUND,
        *lines: ClaimLine,
        actor: Actor = CUSTOMER,
        reason: Reason = Reason.DEFECTIVE,
    ) -> "Story":
        """Open a request about one unit of line a, or the lines given."""
        wanted = lines or (ClaimLine("a", reason),)
        self.give(actor, c.OpenRequest(type_, wanted, (Material("PHOTOS_OF_RECEIVED_ITEM", digest="d1"),), TEXT))
        return self

    def rejected(self, type_: RequestType = RequestType.REFUND, *lines: ClaimLine, **how: object) -> "Story":
        """A request that the seller rejected an hour later."""
        self.open(type_, *lines, **how).wait(HOUR)  # type: ignore[arg-type]
        self.give(SELLER, c.RejectRequest(self.reject_code(type_)))
        return self

    def reject_code(self, type_: RequestType) -> str:
        """A code of the market that fits a rejection of that type."""
        use = {"CANCEL": "REJECT_CANCEL", "REFUND": "REJECT_REFUND", "RESEND_MISSING": "REJECT_REFUND"}
        wanted = use.get(type_, "REJECT_RETURN")
        fitting = [
            r.code for r in self.policy.codes if r.use == wanted and (not r.statuses or "DELIVERED" in r.statuses)
        ]
        return fitting[0] if fitting else "OTHER"

    def disputed(self, type_: RequestType = RequestType.REFUND, *lines: ClaimLine, **how: object) -> "Story":
        """A rejected request that the customer disputed an hour later."""
        self.rejected(type_, *lines, **how).wait(HOUR)
        self.give(CUSTOMER, c.RaiseDispute(text=TEXT))
        return self

    def deciding(self, type_: RequestType = RequestType.REFUND, *lines: ClaimLine, **how: object) -> "Story":
        """A dispute on which both sides' material is complete."""
        self.disputed(type_, *lines, **how).wait(HOUR)
        self.complete()
        return self

    def complete(self, matter: int = 1) -> None:
        """Both sides say that their material is complete."""
        for actor in (CUSTOMER, SELLER):
            if self.case.matter(matter).window(actor.role) is not None:
                self.give(actor, c.CompleteMaterial(matter))
