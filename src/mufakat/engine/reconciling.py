"""Nightly reconciliation: what cases say is compared with the provider's books; what is safe is mended, the rest told.

Safe is to report what the provider paid and we have not heard of, and to tell it again what it lacks although the
delivery is done: under a key of the day, with the sequence of the case's last event, so that nothing older can follow.
Everything else is kept, counted and logged once, and waits for a person. Each live marketplace has its minute of the
day; several processes make each run once. A sandbox's money is made up and is not looked at.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final, Protocol

from prometheus_client import Counter

from mufakat.core.case import Case
from mufakat.engine import drifts
from mufakat.engine.drifts import Difference, Ours
from mufakat.engine.handle import Engine
from mufakat.engine.paying import NotYet, Paying, Refused
from mufakat.engine.ports import Providers, Store
from mufakat.engine.together import together
from mufakat.payments.provider import Capabilities, Funding, Owed, Standing
from mufakat.store.database import StoreLost
from mufakat.store.reconciliations import Drift, DriftState, Reconciliation
from mufakat.store.records import Amiss, Ask, Claim, Lane, Marketplace, Told, Watched

CHANGED_SINCE: Final = timedelta(days=90)
"""How long after its last change a closed case is still compared."""
PAGE: Final = 200
"""Cases taken at once."""
AT_ONCE: Final = 8
"""Cases under way at once."""
MOST_DRIFTS: Final = 10_000
"""Differences that one run keeps; a provider that lost everything must not fill the database."""
GIVEN_UP: Final = "GIVEN_UP"
"""A delivery that was given up."""
LEDGER: Final = "LEDGER"
"""A check of the ledger that found something."""
DRIFTS: Final = Counter("mufakat_reconciliation_drifts_total", "Differences from payment providers.", ["code", "state"])

log: Final = logging.getLogger(__name__)


class Reconciled(Store, Protocol):
    """A store that also knows runs of reconciliation: PostgreSQL."""

    async def money_cases(self, marketplace: str, after: str, since: datetime, limit: int) -> list[tuple[str, str]]:
        """A page of cases, as order and case, of which the provider was told: open, or changed since then."""

    async def amiss(self, marketplace: str) -> list[Amiss]:
        """Everything that is not as it should be in the ledger."""

    async def begin_reconciliation(self, marketplace: str, at: datetime, now: datetime) -> bool:
        """Note that the run for a moment begins now; False where somebody else has begun or ended it."""

    async def end_reconciliation(self, done: Reconciliation) -> None:
        """Keep what a run found."""

    async def reconciliations(self, marketplace: str, limit: int = 30) -> list[Reconciliation]:
        """The last runs that ended, newest first."""


class Reconciling:
    """Reconciliation by hand, and as one of the worker's loops: `drain` may be called as often as one likes."""

    def __init__(self, engine: Engine, store: Reconciled, providers: Providers) -> None:
        self._engine, self._store, self._providers = engine, store, providers
        self._paying = Paying(engine, providers, _nothing)
        self._next: dict[str, datetime] = {}

    async def drain(self, stop: asyncio.Event | None = None) -> int:
        """Make the runs that it is time for; how many. Raises StoreLost."""
        now, made = self._engine.clock.now(), 0
        if self._next and now < min(self._next.values()):
            return 0
        places = [each for each in await self._store.marketplaces() if not each.sandbox]
        for place in places:
            at = moment(place.marketplace, now)
            self._next[place.marketplace] = at + timedelta(days=1)
            if (stop is None or not stop.is_set()) and await self._store.begin_reconciliation(
                place.marketplace, at, now
            ):
                await self._run(place, at)
                made += 1
        self._next = {each.marketplace: self._next[each.marketplace] for each in places}
        return made

    async def reconcile(self, place: Marketplace, *, dry_run: bool = False) -> Reconciliation:
        """A run over one marketplace now. dry_run: nothing is mended, told, logged or kept."""
        at = self._engine.clock.now()
        if dry_run:
            return await self._compared(place, at, dry_run=True)
        await self._store.begin_reconciliation(place.marketplace, at, at)
        return await self._run(place, at)

    async def _run(self, place: Marketplace, at: datetime) -> Reconciliation:
        last = await self._store.reconciliations(place.marketplace, 1)
        known = {(each.code, each.about) for run in last for each in run.found}
        done = await self._compared(place, at, dry_run=False)
        await self._store.end_reconciliation(done)
        for each in done.drifts:
            DRIFTS.labels(each.code, each.state.value).inc()
        for each in done.found:
            if (each.code, each.about) not in known:
                log.error("%s of %s: %s", each.about, place.marketplace, each.code)
        return done

    async def _compared(self, place: Marketplace, at: datetime, *, dry_run: bool) -> Reconciliation:
        name, asked = place.marketplace, 0
        found: list[Drift] = []
        can = await self._providers.provider(name).capabilities()
        async for page in self._cases(place):
            works = [self._safely(name, *each, can, at, dry_run=dry_run) for each in page]
            for count, drifted in await together(works, AT_ONCE):
                asked += count
                found += drifted
        found += [
            Drift(GIVEN_UP, DriftState.FOUND, each.key, each.case_id, why=each.last_error)
            for each in await self._store.given_up(name)
        ]
        found += [
            Drift(LEDGER, DriftState.FOUND, f"{each.check}: {each.what}", each.case_id)
            for each in await self._store.amiss(name)
        ]
        return Reconciliation(name, at, self._engine.clock.now(), asked, tuple(found[:MOST_DRIFTS]))

    async def _cases(self, place: Marketplace) -> AsyncIterator[list[tuple[str, str]]]:
        since, after = place.at(self._engine.clock.now()) - CHANGED_SINCE, ""
        while page := await self._store.money_cases(place.marketplace, after, since, PAGE):
            yield page
            after = page[-1][1]

    async def _safely(
        self, marketplace: str, order_id: str, case_id: str, can: Capabilities, at: datetime, *, dry_run: bool
    ) -> tuple[int, list[Drift]]:
        """A case; one that fails does not keep the others from being compared."""
        try:
            return await self._case(marketplace, order_id, case_id, can, at, dry_run=dry_run)
        except StoreLost:
            raise
        except Exception:
            log.exception("case %s of %s cannot be compared", case_id, marketplace)
            return 0, [Drift(drifts.NOT_COMPARED, DriftState.FOUND, case_id, case_id)]

    async def _case(
        self, marketplace: str, order_id: str, case_id: str, can: Capabilities, at: datetime, *, dry_run: bool
    ) -> tuple[int, list[Drift]]:
        """How many obligations of a case were asked about, and what differs."""
        told = await self._store.told(marketplace, case_id)
        case = await self._folded(marketplace, order_id, case_id)
        settled = not any(each.state == "PENDING" for each in told)
        of_order = await self._paying.told_of(marketplace, order_id)
        names = sorted({each.effect.obligation for each in told})
        found: list[Drift] = []
        for name in names:
            rows = tuple(each for each in told if each.effect.obligation == name)
            ours = Ours(case, case.matter(rows[0].effect.matter), rows)
            theirs = await self._status(marketplace, of_order, ours)
            for difference in drifts.differences(ours, theirs, can, settled=settled):
                mending = _Mending(marketplace, order_id, ours, theirs, at)
                found.append(await self._dealt_with(mending, difference, dry_run=dry_run))
        return len(names), found

    async def _folded(self, marketplace: str, order_id: str, case_id: str) -> Case:
        loaded = await self._store.load(Ask(marketplace, order_id, case_id))
        assert loaded is not None, "a case without its order"
        assert loaded.case is not None, "a row of a case without its log"
        return loaded.case

    async def _status(self, marketplace: str, of_order: Owed, ours: Ours) -> Standing | None:
        last = ours.told[-1].effect
        owed = replace(of_order, obligation=ours.obligation, total=last.amount, funding=Funding(last.funding))
        return await self._providers.provider(marketplace).status(owed)

    async def _dealt_with(self, mending: "_Mending", difference: Difference, *, dry_run: bool) -> Drift:
        if not difference.mendable:
            return difference.drift
        if dry_run:
            return replace(difference.drift, state=DriftState.TO_REPAIR)
        try:
            if difference.told is not None:
                await self._tell_again(mending, difference.told)
            elif not await self._report(mending):
                return replace(difference.drift, code=drifts.PAID_UNASKED)
        except (NotYet, Refused) as error:
            return replace(difference.drift, why=str(error))
        return replace(difference.drift, state=DriftState.REPAIRED)

    async def _tell_again(self, mending: "_Mending", told: Told) -> None:
        """Raises NotYet, Refused."""
        key, effect = drifts.again(mending.ours.case, told, mending.at.date().isoformat())
        where = (mending.marketplace, key, mending.order_id, mending.ours.case.case_id)
        await self._paying.deliver(Claim(*where, Lane.MONEY, 1, unknown=True, what=effect), effect)

    async def _report(self, mending: "_Mending") -> bool:
        """Report what the provider paid; whether the case knows it now. Raises NotYet."""
        ours, theirs = mending.ours, mending.theirs
        assert theirs is not None, "nothing to report"
        case_id = ours.case.case_id
        watched = Watched(mending.marketplace, ours.obligation, mending.order_id, case_id, theirs.total)
        await self._paying.report(watched, theirs)
        case = await self._folded(mending.marketplace, mending.order_id, case_id)
        after = replace(ours, case=case, matter=case.matter(ours.matter.number)).paid()
        return all(one >= other for one, other in zip(after, drifts.paid_of(ours.obligation, theirs), strict=True))


class _Mending:
    """What a difference is about."""

    def __init__(self, marketplace: str, order_id: str, ours: Ours, theirs: Standing | None, at: datetime) -> None:
        self.marketplace, self.order_id = marketplace, order_id
        self.ours, self.theirs, self.at = ours, theirs, at


def moment(marketplace: str, now: datetime) -> datetime:
    """The last moment up to `now` (UTC) at which a marketplace's daily run was due: spread over the day by name."""
    minute = int.from_bytes(hashlib.sha256(marketplace.encode()).digest()[:4]) % (24 * 60)
    at = datetime.combine(now.date(), time(tzinfo=UTC)) + timedelta(minutes=minute)
    return at if at <= now else at - timedelta(days=1)


async def _nothing(step: str) -> None:
    del step
