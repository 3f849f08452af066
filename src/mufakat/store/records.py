"""What passes between the engine and a store: plain values of the core, never rows or bytes of a database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mufakat.core.case import Case
from mufakat.core.effects import Effect
from mufakat.core.events import Recorded
from mufakat.core.judged import JudgedLine
from mufakat.core.order import CaseUse, Fact, Order, OrderState
from mufakat.core.policy.policy import Policy
from mufakat.core.reported import ReportRow
from mufakat.core.settlement import Kind, Transfer
from mufakat.core.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Marketplace:
    """A tenant. `market` names its rulebook; `frozen` or else `offset` is its own clock (demo and sandbox).

    `sandbox`: for trying; its clock only moves forward (`engine/sandbox`). Said when it is made, and never changed.
    """

    marketplace: str
    market: str
    offset: timedelta = timedelta()
    frozen: datetime | None = None
    sandbox: bool = False

    def at(self, moment: datetime) -> datetime:
        """What this marketplace's clock shows at a moment of the real one."""
        return self.frozen or moment + self.offset


class CredentialKind(StrEnum):
    """What a credential is for. SIGNING: the public key under which a marketplace signs its parties' tokens.

    AGENT and LEAD are tokens for machines and for trying; people have accounts.
    """

    SERVER = "SERVER"
    AGENT = "AGENT"
    LEAD = "LEAD"
    SIGNING = "SIGNING"


@dataclass(frozen=True, slots=True)
class Credential:
    """Something that lets a caller in. `secret`: the SHA-256 of the secret, or a public key in PEM.

    `subject` is the agent's id, or what people call the key. `scopes` narrow what a server may do.
    """

    marketplace: str
    id: str
    kind: CredentialKind
    subject: str
    secret: bytes
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it lets anybody in at a moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def other_kind(wanted: Marketplace) -> str:
    """What is told to who would make a sandbox of a live marketplace, or the other way round."""
    there, asked = ("live", "a sandbox") if wanted.sandbox else ("a sandbox", "live")
    return f"the marketplace {wanted.marketplace} is {there} and never becomes {asked}; make another one"


class Lane(StrEnum):
    """Rows of the outbox that wait for each other: MONEY leaves a case in order, NOTICE and FACT as they come."""

    MONEY = "MONEY"
    NOTICE = "NOTICE"
    FACT = "FACT"


class OrderPut(StrEnum):
    """What became of a snapshot. IN_USE: it differs from the one on which a case was opened, so nothing changed."""

    NEW = "NEW"
    SAME = "SAME"
    CHANGED = "CHANGED"
    IN_USE = "IN_USE"
    NO_MARKETPLACE = "NO_MARKETPLACE"


@dataclass(frozen=True, slots=True)
class Ask:
    """What to load for a command: its order, its case if it has one, its idempotency key if it has one."""

    marketplace: str
    order_id: str
    case_id: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The first answer to a key: events `first` to `last` of the case. `input_hash` is empty once forgotten."""

    input_hash: bytes
    order_id: str
    case_id: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class CaseKey:
    """A case's data key, wrapped; None once destroyed."""

    wrapped: bytes | None
    wrapped_by: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that a command needs, as of one moment. `policy` is the one the case pinned."""

    marketplace: Marketplace
    version: int
    order: OrderState
    case: Case | None = None
    head: bytes = b""
    policy: Policy | None = None
    key: CaseKey | None = None
    answered: Answered | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text at rest: the salted hash under which events know it, and the ciphertext."""

    hash: str
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class TextsWanted:
    """Which sealed texts of a case to read, by hash."""

    marketplace: str
    order_id: str
    case_id: str
    hashes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Write:
    """All that one command changes. It lands whole, or not at all when the order is no longer at `expected`.

    `head` is the hash of the case's last event before this command. `key` and `input_hash` are the idempotency key
    and the keyed hash of what was asked; `policy` only when the case opens; `fact` when a fact joins the order.
    `firsts` are the numbers of the events with which a command begins, where `recorded` holds those of several. `work`
    is what waits for an agent as it differs from before, `over` (matter, kind) what does not wait any more.
    """

    marketplace: str
    order_id: str
    expected: int
    at: datetime
    uses: dict[str, CaseUse] | None = None
    case: Case | None = None
    head: bytes = b""
    recorded: tuple[Recorded, ...] = ()
    firsts: tuple[int, ...] = ()
    effects: tuple[Effect, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    judged: tuple[JudgedLine, ...] = ()
    key: str | None = None
    input_hash: bytes = b""
    sealed: tuple[Sealed, ...] = ()
    case_key: CaseKey | None = None
    policy: tuple[str, bytes] | None = None
    fact: Fact | None = None
    fact_number: int = 0
    try_at: datetime | None = None
    work: tuple[Waiting, ...] = ()
    over: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event as stored, byte for byte."""

    number: int
    body: bytes
    hash: bytes
    previous: bytes


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list. Amounts in minor units of `currency`; `number` is that of its last event."""

    marketplace: str
    order_id: str
    case_id: str
    number: int
    policy: str
    type: str
    phases: tuple[str, ...]
    is_open: bool
    due: datetime | None
    customer_id: str
    seller_id: str
    currency: str
    asked: int
    held: int
    ordered: int
    paid: int
    opened_at: datetime
    changed_at: datetime


class CaseSort(StrEnum):
    """The orders in which cases are listed. DUE lists open cases with a due moment only."""

    OLDEST = "OLDEST"
    NEWEST = "NEWEST"
    DUE = "DUE"
    CHANGED = "CHANGED"


@dataclass(frozen=True, slots=True)
class CasesWanted:
    """Which cases to list, and from where: `after` is the place of the last row of the page before. Empty: any.

    `phases`: with a matter in one of them. `worker`: an agent who has or had work in them.
    """

    marketplace: str
    sort: CaseSort = CaseSort.NEWEST
    order_id: str = ""
    customer_id: str = ""
    seller_id: str = ""
    type: str = ""
    phases: tuple[str, ...] = ()
    is_open: bool | None = None
    due_before: datetime | None = None
    changed_since: datetime | None = None
    worker: str = ""
    after: tuple[object, ...] = ()
    limit: int = 50


@dataclass(frozen=True, slots=True)
class OpenCases:
    """So many of a seller's open cases whose matters stand in these phases. `soon`: due before the moment asked for."""

    phases: tuple[str, ...]
    soon: bool
    cases: int


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case for which the clock has something to do: its due moment has come, or before that a reminder.

    `wake` is when it had; `failures` counts how often the loop has stumbled over it.
    """

    marketplace: str
    order_id: str
    case_id: str
    due: datetime
    failures: int
    wake: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of the outbox that is ours until the lease ends. `attempts` is the fencing token.

    `unknown`: the last attempt may have acted; look it up before anything else. `what` is a Fact in the lane FACT.
    """

    marketplace: str
    key: str
    order_id: str
    case_id: str
    lane: Lane
    attempts: int
    unknown: bool
    what: Effect | Fact


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A delivery that was tried as often as allowed."""

    marketplace: str
    key: str
    case_id: str
    attempts: int
    last_error: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands in an inbox. `lapse`, `cause`, `among`: as an Effect has them."""

    to_role: str
    to_id: str
    key: str
    order_id: str
    case_id: str
    matter: int
    code: str
    due: str
    placed_at: datetime
    lapse: str = ""
    cause: int = 0
    among: int = 1


@dataclass(frozen=True, slots=True)
class Watched:
    """An obligation that is not paid in full, to be looked up; `looks` counts how often it was."""

    marketplace: str
    obligation: str
    order_id: str
    case_id: str
    total: int
    looks: int = 0


@dataclass(frozen=True, slots=True)
class Ahead:
    """What one marketplace has before it.

    `wake`: when the next case is due, by its own clock. `look`: when the next obligation is looked up, by the real one.
    `waiting`: effects that wait or are being delivered.
    """

    wake: datetime | None
    look: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider was told, as the outbox has it: `effect`, whether it is done, and the provider's name of it."""

    key: str
    effect: Effect
    state: str
    attempts: int
    last_error: str
    reference: str


@dataclass(frozen=True, slots=True)
class StatementWanted:
    """Which movements on a seller's accounts: from `since`, before `until` (UTC), after the place of the last one."""

    marketplace: str
    seller_id: str
    since: datetime
    until: datetime
    after: tuple[datetime, str, int, int] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Stated:
    """A line of a seller's statement: the transfer, its order, and by what it was resolved (None: by nothing yet)."""

    transfer: Transfer
    order_id: str
    ended: Kind | None


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account stands at, minor units; `state`: POSTED or PENDING."""

    account: str
    currency: str
    state: str
    amount: int


@dataclass(frozen=True, slots=True)
class Amiss:
    """What is not as it should be in the ledger: which check found it, in which case, and what."""

    check: str
    case_id: str
    what: str


@dataclass(frozen=True, slots=True)
class Reported:
    """What reports know of a case: the rows of its log's first `number` events, or those that are new among them."""

    marketplace: str
    order_id: str
    case_id: str
    number: int
    seller_id: str = ""
    currency: str = ""
    rows: tuple[ReportRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Caches:
    """Everything of one order that `rebuild` can make again, as the store holds it. `order`: its snapshot."""

    version: int
    uses: dict[str, CaseUse]
    rows: dict[str, CaseRow]
    states: dict[str, Case | None] = field(default_factory=dict)
    heads: dict[str, bytes] = field(default_factory=dict)
    transfers: tuple[Transfer, ...] = ()
    work: dict[str, tuple[Waiting, ...]] = field(default_factory=dict)
    order: Order | None = None
    judged: tuple[JudgedLine, ...] = ()
    reported: dict[str, Reported] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A case whose texts are destroyed."""

    marketplace: str
    order_id: str
    case_id: str
    forgotten_at: datetime


def row_of(marketplace: str, case: Case) -> CaseRow:
    """The index row of a case, derived from its fold."""
    remedies = [matter.remedy for matter in case.matters if matter.remedy is not None]
    return CaseRow(
        marketplace=marketplace,
        order_id=case.order_id,
        case_id=case.case_id,
        number=case.number,
        policy=case.policy,
        type=case.type.value,
        phases=tuple(matter.phase.value for matter in case.matters),
        is_open=case.is_open,
        due=case.due,
        customer_id=case.customer_id,
        seller_id=case.seller_id,
        currency=case.currency,
        asked=sum(line.amount or 0 for line in case.lines),
        held=sum(matter.hold for matter in case.matters),
        ordered=sum(remedy.ordered for remedy in remedies),
        paid=sum(remedy.paid for remedy in remedies),
        opened_at=case.opened_at,
        changed_at=case.last_at or case.opened_at,
    )


POSITIONS_AN_EVENT = 1000
"""Room for the effects of one event in the order of a lane."""


def position(effect: Effect) -> int:
    """Where an effect stands in its lane, from its key `case:event number:n`."""
    _, number, n = effect.key.rsplit(":", 2)
    return int(number) * POSITIONS_AN_EVENT + int(n)


def lane(effect: Effect) -> Lane:
    """The lane in which an effect leaves."""
    return Lane.NOTICE if effect.kind.value in ("NOTICE", "JUDGE") else Lane.MONEY
