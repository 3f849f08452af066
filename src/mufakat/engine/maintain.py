"""Maintenance: make caches again from the logs, check every chain, forget people.

The log is the truth. `rebuild` makes cases, what they used of their orders, what waits for agents and the ledger again
and says what differed. `verify` recomputes every hash. `forget` destroys the key of a closed case, after which nobody
can read its texts, in any copy of the database, while its events stay and still verify.
"""

from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from mufakat.core.case import Case
from mufakat.core.evolve import evolve
from mufakat.core.judged import JudgedLine, judged_lines
from mufakat.core.order import CaseUse, Order
from mufakat.core.phases import Outcome
from mufakat.core.refusals import Code, Refusal
from mufakat.core.reported import ReportRow, report_rows
from mufakat.core.settlement import Account, Transfer, balances, transfers
from mufakat.core.usage import usage
from mufakat.core.waiting import waiting
from mufakat.engine.ports import Clock, Store
from mufakat.store import codec
from mufakat.store.records import Caches, Forgotten, LoggedEvent, Reported, row_of

TRIES: Final = 20
"""How often an order's caches are made again while commands keep changing it."""

OWED: Final = frozenset(
    {
        Account.CUSTOMER_CLAIM,
        Account.CUSTOMER_ARREARS,
        Account.CUSTOMER_DEBT,
        Account.SELLER_DEBT,
        Account.SELLER_ARREARS,
        Account.SELLER_CLAIM,
    }
)
"""Accounts of the ledger that are zero once nobody owes anybody anything."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A cache that was not what the log says. `what`: case, uses, ledger, work and the like."""

    marketplace: str
    order_id: str
    case_id: str
    what: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A chain that does not hold: the first event at which it breaks, and why."""

    marketplace: str
    order_id: str
    case_id: str
    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Remade:
    """What a case's log adds up to: the case, its transfers, what was judged and is reported, its last event's hash."""

    case: Case
    transfers: tuple[Transfer, ...]
    judged: tuple[JudgedLine, ...]
    head: bytes
    reported: tuple[ReportRow, ...]


class Maintenance:
    """What an operator runs by hand or at night. Safe beside live traffic."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def rebuild(self) -> AsyncIterator[Difference]:
        """Make every cache again; gives each difference, mended. Raises ValueError for a broken log."""
        async for marketplace, order_id in self._store.every_order():
            for difference in await self._rebuild(marketplace, order_id):
                yield difference

    async def compare(self, marketplaces: Collection[str]) -> AsyncIterator[Difference]:
        """Compare every case's transfers with its log and mend nothing. Raises ValueError for a broken log."""
        async for marketplace, order_id in self._store.every_order():
            if marketplace in marketplaces:
                for case_id in await self._uneven(marketplace, order_id):
                    yield Difference(marketplace, order_id, case_id, "ledger")

    async def _uneven(self, marketplace: str, order_id: str) -> list[str]:
        """The cases of an order whose ledger is not what the log says."""
        while True:
            found = await self._store.caches(marketplace, order_id)
            if found is None:
                return []
            remade = await self._remade(marketplace, order_id, _order(found))
            fresh = _fresh(marketplace, found, remade)
            cases = sorted({*remade, *(each.case_id for each in found.transfers)})
            uneven = [each for each in cases if _transfers(found, each) != _transfers(fresh, each)]
            again = await self._store.caches(marketplace, order_id)
            if not uneven or (again is not None and again.version == found.version):
                return uneven  # nothing came between the two readings

    async def verify(self) -> AsyncIterator[Broken]:
        """Check every chain and every head; gives those that do not hold."""
        async for marketplace, order_id in self._store.every_order():
            for broken in await self._verify(marketplace, order_id):
                yield broken

    async def forget(self, marketplace: str, case_id: str) -> Forgotten | Refusal:
        """Destroy a closed case's key and what is derived from its texts. Forgetting twice is forgetting once.

        Refusals: NO_SUCH_CASE, STILL_OPEN, UNDER_HOLD, MONEY_OPEN (unpaid money, a debt, or a payment on its way).
        """
        row = await self._store.find_case(marketplace, case_id)
        if row is None:
            return Refusal(Code.NO_SUCH_CASE, (("case", case_id),))
        if row.held:
            return Refusal(Code.UNDER_HOLD, (("held", str(row.held)),))
        if row.is_open:
            return Refusal(Code.STILL_OPEN, (("case", case_id),))
        if why := await self._money_open(marketplace, row.order_id, case_id):
            return Refusal(Code.MONEY_OPEN, (("why", why),))
        forgotten = Forgotten(marketplace, row.order_id, case_id, self._clock.now())
        await self._store.forget(forgotten)
        return forgotten

    async def apply_forgotten(self, kept: Iterable[Forgotten] = ()) -> int:
        """After restoring a backup: forget again everybody on the list that was kept beside it, and on its own."""
        every = {*kept, *await self._store.forgotten()}
        for each in every:
            await self._store.forget(each)
        return len(every)

    async def _money_open(self, marketplace: str, order_id: str, case_id: str) -> str:
        """Why money is still open, or empty."""
        caches = await self._store.caches(marketplace, order_id)
        case = caches.states.get(case_id) if caches is not None else None
        if case is None:
            return "the case must be rebuilt first"
        if any(matter.outcome is Outcome.DEBT_LEFT for matter in case.matters):
            return "debt"
        moved = await self._store.transfers(marketplace, case_id)
        if any(amount for account, amount in balances(moved).items() if account in OWED):
            return "unpaid"
        states = await self._store.outbox_of(marketplace, case_id)
        return "" if "PENDING" not in states.values() else "on its way"

    async def _rebuild(self, marketplace: str, order_id: str) -> list[Difference]:
        for _ in range(TRIES):
            # The version is read before the logs: if it still stands when the caches are put, nothing came between.
            old = await self._store.caches(marketplace, order_id)
            if old is None:
                return []
            remade = await self._remade(marketplace, order_id, _order(old))
            fresh = _fresh(marketplace, old, remade)
            found = [Difference(marketplace, order_id, case_id, what) for case_id, what in _differences(old, fresh)]
            if not found or await self._store.replace_caches(marketplace, order_id, fresh):
                return found
        raise ValueError(f"order {order_id} of {marketplace} kept changing; rebuild it again")

    async def _remade(self, marketplace: str, order_id: str, order: Order) -> dict[str, Remade]:
        """What the log of each case of an order adds up to."""
        return {
            case_id: remake(marketplace, case_id, await self._store.events(marketplace, order_id, case_id), order)
            for case_id in await self._store.logged_cases(marketplace, order_id)
        }

    async def _verify(self, marketplace: str, order_id: str) -> list[Broken]:
        caches = await self._store.caches(marketplace, order_id)
        heads = caches.heads if caches is not None else {}
        found = []
        logged = await self._store.logged_cases(marketplace, order_id)
        for case_id in sorted({*logged, *heads}):
            events = await self._store.events(marketplace, order_id, case_id)
            broken = broken_at(marketplace, case_id, events)
            if broken is None and (not events or events[-1].hash != heads.get(case_id)):
                # A command may have come between the two readings; then the case has moved on, and is in order.
                again = await self._store.caches(marketplace, order_id)
                events = await self._store.events(marketplace, order_id, case_id)
                head = again.heads.get(case_id) if again is not None else None
                if head not in [event.hash for event in events]:
                    broken = (len(events), "the log does not reach the case's last event")
            if broken is not None:
                found.append(Broken(marketplace, order_id, case_id, *broken))
        return found


def broken_at(marketplace: str, case_id: str, events: list[LoggedEvent]) -> tuple[int, str] | None:
    """The first event at which a chain breaks, and why; None when it holds."""
    previous = codec.genesis(marketplace, case_id)
    for expected, event in enumerate(events, start=1):
        if event.number != expected:
            return expected, "an event is missing"
        if event.previous != previous:
            return expected, "it does not follow the event before it"
        if codec.chain(previous, event.body) != event.hash:
            return expected, "its bytes are not what was hashed"
        previous = event.hash
    return None


def remake(marketplace: str, case_id: str, events: list[LoggedEvent], order: Order) -> Remade:
    """What a log adds up to. Raises ValueError when the chain does not hold."""
    broken = broken_at(marketplace, case_id, events)
    if broken is not None:
        raise ValueError(f"case {case_id} of {marketplace}, event {broken[0]}: {broken[1]}; it cannot be rebuilt")
    case: Case | None = None
    moved: list[Transfer] = []
    log = [codec.decode_event(event.body).recorded for event in events]
    for recorded in log:
        moved += transfers(case, recorded)
        case = evolve(case, recorded)
    assert case is not None, "a logged case has events"
    return Remade(case, tuple(moved), judged_lines(None, log, order), events[-1].hash, report_rows(log, order))


def _order(caches: Caches) -> Order:
    assert caches.order is not None, "the store tells of the order"
    return caches.order


def _fresh(marketplace: str, old: Caches, remade: dict[str, Remade]) -> Caches:
    uses: dict[str, CaseUse] = {case_id: usage(each.case) for case_id, each in remade.items()}
    order = _order(old)
    return replace(
        old,
        uses=uses,
        rows={case_id: row_of(marketplace, each.case) for case_id, each in remade.items()},
        states={case_id: each.case for case_id, each in remade.items()},
        heads={case_id: each.head for case_id, each in remade.items()},
        transfers=tuple(each for _, made in sorted(remade.items()) for each in made.transfers),
        work={case_id: waiting(each.case, order) for case_id, each in remade.items()},
        judged=tuple(each for _, made in sorted(remade.items()) for each in made.judged),
        reported={each: _reported(had, remade[each]) for each, had in old.reported.items() if each in remade},
    )


def _reported(had: Reported, made: Remade) -> Reported:
    """What reports ought to know of a case as far as they know of it; the rest comes with the loop that notes it."""
    number = min(had.number, made.case.number)
    rows = tuple(each for each in made.reported if each.number <= number)
    return replace(had, number=number, seller_id=made.case.seller_id, currency=made.case.currency, rows=rows)


def _differences(old: Caches, fresh: Caches) -> list[tuple[str, str]]:
    """Case and field of everything that is not as it should be."""
    found = []
    for case_id in sorted({*old.rows, *fresh.rows, *old.uses, *fresh.uses}):
        pairs = {
            "case": (old.rows.get(case_id), fresh.rows.get(case_id)),
            "state": (old.states.get(case_id), fresh.states.get(case_id)),
            "head": (old.heads.get(case_id), fresh.heads.get(case_id)),
            "uses": (old.uses.get(case_id), fresh.uses.get(case_id)),
            "ledger": (_transfers(old, case_id), _transfers(fresh, case_id)),
            "work": (old.work.get(case_id, ()), fresh.work.get(case_id, ())),
            "judgements": (_judged(old, case_id), _judged(fresh, case_id)),
            "reports": (old.reported.get(case_id), fresh.reported.get(case_id)),
        }
        found += [(case_id, what) for what, (had, made) in pairs.items() if had != made]
    return found


def _transfers(caches: Caches, case_id: str) -> list[Transfer]:
    return [each for each in caches.transfers if each.case_id == case_id]


def _judged(caches: Caches, case_id: str) -> set[JudgedLine]:
    return {each for each in caches.judged if each.case_id == case_id}
