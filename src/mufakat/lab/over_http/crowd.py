"""The data under the benchmark of the pages: ten thousand cases in all phases that commands alone lead to.

Every case is told to the engine command by command, as people would: there are words and material in it, and a log.
One seller has many cases, one a few dozen; a fifth of all waits for agents; one case has a long talk. Two phases are
missing, DEDUCTING and LATE_APPEAL, because only days that pass lead there.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from mufakat.api import principals
from mufakat.api.rights import SCOPES
from mufakat.core import commands as c
from mufakat.core.claim import (
    Answer,
    Assessment,
    ClaimLine,
    Exhibit,
    FindingValue,
    Forum,
    Ground,
    Material,
    MaterialKind,
    Reason,
    RemedyKind,
    RequestType,
    ReturnIssue,
    ReturnMethod,
    Solution,
)
from mufakat.core.order import Scan, ScanKind
from mufakat.core.parties import SYSTEM, Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.refusals import Refusal
from mufakat.core.waiting import WorkKind
from mufakat.engine.accounts.signing_in import SigningIn
from mufakat.engine.handle import Engine
from mufakat.engine.queue import Queue
from mufakat.engine.signals.noting import Noting
from mufakat.lab.over_http import ground
from mufakat.lab.over_http.ground import PLACE
from mufakat.store.accounts import AGENT, LEAD, Account
from mufakat.store.postgres import PostgresStore
from mufakat.store.queue import WorkKey
from mufakat.store.records import CredentialKind, Marketplace
from mufakat.store.seal import Sealer

MANY, FEW = "seller-many", "seller-few"
"""The seller of three cases in ten, and the one with a few dozen that all wait for an answer."""
FORTY: Final = 40
SELLERS: Final = 200
ORDERS_EACH: Final = 12
"""Orders of a customer; about two of them nothing was asked."""
FEWEST: Final = 200
"""So few cases still are in every phase, and are about enough orders of a customer."""
TALK: Final = 60
"""Messages of the case with a long talk."""
NO: Final = "reverse_reject_request_reason_1"
NO_PARCEL: Final = "reverse_reject_return_parcel_reason_1"
"""The market's codes for what a seller does not accept."""
ITEM, ANSWER = "STATUS_OF_MERCHANDISE", "MERCHANT_RESPONSE"
WORDS: Final = "The screen stays dark whatever I do: charged all night, another cable, another socket, nothing."
JUDGE, OTHER_JUDGE = "agent-first", "agent-second"

Step = tuple[Role, Any]
Story = Callable[[datetime], list[Step]]
"""What is said to a case, by whom; the moment (UTC) is for what carriers report."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What there is to ask for. `waiting`: pieces of work for agents.

    `talk`: the case with the long talk, about `order`, which the agent has; `customer` and `seller` are its parties.
    `free`: an order of that customer about which nothing was asked. `credential`: the marketplace's, by which parties
    come. `agent` and `lead`: the tokens of their sessions.
    """

    cases: int
    waiting: int
    talk: str
    order: str
    free: str
    customer: str
    seller: str
    credential: str
    agent: str
    lead: str


def _text(item: str) -> Material:
    return Material(item, MaterialKind.TEXT, text=WORDS)


def _opened(type_: RequestType = RequestType.REFUND) -> list[Step]:
    request = c.OpenRequest(type_, (ClaimLine("a", Reason.DEFECTIVE),), (_text(ITEM),), text=WORDS)
    said = [(Role.CUSTOMER, c.SendMessage(text=WORDS)), (Role.SELLER, c.SendMessage(text="We are looking into it."))]
    return [(Role.CUSTOMER, request), *said]


def _disputed() -> list[Step]:
    return [*_opened(), (Role.SELLER, c.RejectRequest(NO, text=WORDS)), (Role.CUSTOMER, c.RaiseDispute(text=WORDS))]


def _complete() -> list[Step]:
    handed = (Role.SELLER, c.HandIn(_text(ANSWER)))
    return [(Role.CUSTOMER, c.CompleteMaterial()), handed, (Role.SELLER, c.CompleteMaterial())]


def _deciding() -> list[Step]:
    return [*_disputed(), *_complete()]


def _judged(value: FindingValue) -> list[Step]:
    answers = (
        Answer("a", Role.CUSTOMER, ITEM, value, text=WORDS),
        Answer("a", Role.SELLER, ANSWER, FindingValue.INSUFFICIENT, text=WORDS),
    )
    found = c.RecordFindings(answers, (Assessment("a", Ground.QUALITY, text=WORDS),))
    return [*_deciding(), (Role.AGENT, found), (Role.AGENT, c.Judge())]


def _awarded() -> list[Step]:
    return _judged(FindingValue.VALID)


def _appealed() -> list[Step]:
    return [*_awarded(), (Role.SELLER, c.Appeal(text=WORDS))]


def _paying() -> list[Step]:
    return [*_awarded(), (Role.SELLER, c.AcceptJudgement())]


def _approved(type_: RequestType) -> list[Step]:
    return [*_opened(type_), (Role.SELLER, c.ApproveRequest())]


def _returning() -> list[Step]:
    return [
        *_approved(RequestType.RETURN_AND_REFUND),
        (Role.CUSTOMER, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "R1")),
    ]


def _scanned(parcel: str, kind: ScanKind, at: datetime) -> Step:
    return Role.SYSTEM, Scan(parcel, kind, at)


def _inspecting(at: datetime) -> list[Step]:
    return [*_returning(), _scanned("R1", ScanKind.DELIVERED, at)]


def _reported(at: datetime) -> list[Step]:
    return [*_inspecting(at), (Role.SELLER, c.ReportReturn(ReturnIssue.DAMAGE, 30_000))]


def _delivering(at: datetime) -> list[Step]:
    shipped = (Role.SELLER, c.ShipOut("N1"))
    return [*_approved(RequestType.REPLACEMENT), shipped, _scanned("N1", ScanKind.IN_TRANSIT, at)]


STORIES: Final[dict[Phase, Story]] = {
    Phase.REVIEW: lambda _: _opened(),
    Phase.OFFERED: lambda _: [*_opened(), (Role.SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 10_000)))],
    Phase.REJECTED: lambda _: [*_opened(), (Role.SELLER, c.RejectRequest(NO, text=WORDS))],
    Phase.EVIDENCE: lambda _: _disputed(),
    Phase.DECIDING: lambda _: _deciding(),
    Phase.DISMISSED: lambda _: _judged(FindingValue.INSUFFICIENT),
    Phase.AWARDED: lambda _: _awarded(),
    Phase.APPEAL_EVIDENCE: lambda _: _appealed(),
    Phase.APPEAL_DECIDING: lambda _: [*_appealed(), *reversed(_complete()[::2])],
    Phase.AWAITING_RETURN: lambda _: _approved(RequestType.RETURN_AND_REFUND),
    Phase.RETURNING: lambda _: _returning(),
    Phase.INSPECTING: _inspecting,
    Phase.PARCEL_REJECTED: lambda at: [*_inspecting(at), (Role.SELLER, c.RejectParcel(NO_PARCEL))],
    Phase.REPORTED: _reported,
    Phase.ASSESSING: lambda at: [*_reported(at), (Role.CUSTOMER, c.ContestReport())],
    Phase.PERFORMING: lambda _: _approved(RequestType.REPLACEMENT),
    Phase.DELIVERING: _delivering,
    Phase.CONFIRMING: lambda at: [*_delivering(at), _scanned("N1", ScanKind.DELIVERED, at)],
    Phase.PAYING: lambda _: _paying(),
    Phase.SUSPENDED: lambda _: [*_paying(), (Role.AGENT, c.SuspendExecution(reference="12/2026"))],
    Phase.STOPPED: lambda at: [
        *_disputed(),
        (Role.CUSTOMER, c.DeclareProcess(Forum.COURT, at.date(), reference="12/2026")),
    ],
    Phase.CLOSED: lambda _: [*_opened(), (Role.CUSTOMER, c.WithdrawRequest())],
}
"""How a case comes to stand where it stands."""
OPEN: Final = tuple(phase for phase in STORIES if phase is not Phase.CLOSED)


async def lay(url: str, master: bytes, *, cases: int) -> Crowd:
    """Fill an empty, migrated database with so many cases and the people who ask for pages."""
    store = await PostgresStore.connect(url)
    try:
        now = ground.RealClock().now()
        await store.put_marketplace(Marketplace(PLACE, "id"))
        key = principals.make(CredentialKind.SERVER, PLACE, "the shop's server", SCOPES, now, None)
        assert await store.put_credential(key.credential)
        customers = max(1, cases // (ORDERS_EACH - 2))
        sellers = [_seller(n, cases) for n in range(cases)] + [MANY] * (2 * customers)
        bought = (replace(ground.bought(n, customers, now), seller_id=seller) for n, seller in enumerate(sellers))
        await ground.put_orders(store, bought, now)
        telling = _Telling(ground.engine_over(store, master), customers, sellers, cases, now)
        last = await telling.all()
        await Noting(store, Sealer(master), ground.RealClock()).drain()  # what signals and reports are made of
        await store.fetch("VACUUM (ANALYZE)")
        agent, lead = [await _signed_in(store, master, each, now) for each in (AGENT, LEAD)]
        queue = Queue(store, Sealer(master), ground.RealClock())
        work = WorkKey(ground.order_id(cases - 1), last, 1, WorkKind.JUDGE)
        assert await queue.assign(PLACE, work, _id(AGENT), _id(LEAD))
        waiting = (await store.fetch("SELECT count(*) FROM work"))[0][0]
        mine = (cases - 1) % customers
        return Crowd(
            cases=cases,
            waiting=waiting,
            talk=last,
            order=ground.order_id(cases - 1),
            free=ground.order_id(cases + (mine - cases) % customers),
            customer=ground.customer_id(mine),
            seller=sellers[cases - 1],
            credential=key.credential.id,
            agent=agent,
            lead=lead,
        )
    finally:
        await store.close()


def _seller(number: int, cases: int) -> str:
    many, few = 3 * cases // 10, min(FORTY, cases // 10)
    if number < many:
        return MANY
    return FEW if number < many + few else f"seller-{number % SELLERS}"


def _phase(number: int, cases: int) -> Phase:
    """Where a case comes to stand: what few has waits for its answer, and of the others a fifth for agents."""
    few = 3 * cases // 10
    if few <= number < few + FORTY:
        return Phase.REVIEW
    if number % 5 == 4 or number == cases - 1:  # noqa: PLR2004 - every fifth
        return Phase.DECIDING
    all_ = OPEN if number < few else tuple(STORIES)
    return all_[number % len(all_)]


class _Telling:
    """Tells the engine all stories, as many at once as share its statements."""

    def __init__(self, engine: Engine, customers: int, sellers: list[str], cases: int, now: datetime) -> None:
        self._engine, self._customers, self._sellers, self._cases, self._now = engine, customers, sellers, cases, now

    async def all(self) -> str:
        """Every case; the id of the last one, which has the long talk."""
        left = iter(range(self._cases))
        last = ""

        async def some() -> None:
            nonlocal last
            for n in left:
                case_id = await self._tell(n)
                last = case_id if n == self._cases - 1 else last

        await asyncio.gather(*(some() for _ in range(ground.AT_ONCE)))
        return last

    async def _tell(self, n: int) -> str:
        phase = _phase(n, self._cases)
        opening, *steps = STORIES[phase](self._now)
        more: list[Step] = [
            ((Role.SELLER, Role.CUSTOMER)[m % 2], c.SendMessage(text=f"{m + 1}. {WORDS}")) for m in range(TALK - 2)
        ]
        case_id, exhibits = None, tuple[Exhibit, ...]()
        for role, command in [opening, *(more if n == self._cases - 1 else []), *steps]:
            if isinstance(command, Scan):
                at = self._engine.clock.now()  # not before the parcel was sent
                assert await self._engine.record_fact(PLACE, ground.order_id(n), replace(command, at=at)) == 1
                continue
            given = _pointing(command, exhibits) if isinstance(command, c.RecordFindings) else command
            done = await self._engine.handle(PLACE, ground.order_id(n), case_id, given, self._actor(role, n))
            assert not isinstance(done, Refusal), (phase, command, done)
            case_id, exhibits = done.case_id, done.case.exhibits
        assert case_id is not None
        return case_id

    def _actor(self, role: Role, n: int) -> Actor:
        ids = {
            Role.CUSTOMER: ground.customer_id(n % self._customers),
            Role.SELLER: self._sellers[n],
            Role.AGENT: JUDGE,
        }
        return SYSTEM if role is Role.SYSTEM else Actor(role, ids[role])


def _pointing(found: c.RecordFindings, exhibits: tuple[Exhibit, ...]) -> c.RecordFindings:
    """The findings with the numbers of the exhibits that they are about."""
    numbers = {(x.giver, x.material.item): x.number for x in exhibits}
    return replace(found, answers=tuple([replace(x, exhibit=numbers[x.party, x.item]) for x in found.answers]))


def _id(role: str) -> str:
    return f"{role.lower()}-bench"


async def _signed_in(store: PostgresStore, master: bytes, role: str, now: datetime) -> str:
    """An account in a role, and the token of its session."""
    account = Account(PLACE, _id(role), f"{role.lower()}@bench.example", role.capitalize(), role, now)
    assert await store.put_account(account)
    people = SigningIn(store, Sealer(master), ground.RealClock())
    return (await people.begin(account, "PASSWORD", "bench", now)).token
