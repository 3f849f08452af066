"""Deliveries: what left with the events by the outbox reaches inboxes, cases, payment providers and the machine that
judges, at least once.

A row is claimed with a lease, delivered, and marked; whoever dies in between leaves it to the next after the lease.
Money goes through `paying.py`. What is not delivered is tried again, ever more rarely, until it is given up and waits,
visibly, for a person: at once where the provider refuses it for good.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from mufakat.core.effects import Effect, EffectKind
from mufakat.engine.handle import Busy, Engine
from mufakat.engine.machine import Doubts, Machine
from mufakat.engine.paying import NotYet, Paying, Refused, Step
from mufakat.engine.ports import Providers
from mufakat.engine.together import together
from mufakat.store.database import StoreLost
from mufakat.store.records import Claim, Marketplace, Notice, Watched

BATCH: Final = 200
AT_ONCE: Final = 16
LEASE: Final = timedelta(seconds=60)
MOST_ATTEMPTS: Final = 12
"""Attempts at one delivery before it is given up and waits, visibly, for a person."""
MOST_WAITS: Final = 150
"""Attempts at one that waits for the provider (accepted, out of order, short of money): five weeks of them."""
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
_MOST_DOUBLED: Final = 20

log: Final = logging.getLogger(__name__)


async def _nothing(step: str) -> None:
    del step


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one pass did."""

    done: int = 0
    again: int = 0
    given_up: int = 0
    looked: int = 0


class Deliveries:
    """The delivery loop. `between` is called between the steps of a delivery; tests crash there.

    doubts: look for what speaks against a machine's judgement; without them no machine judges.
    """

    def __init__(
        self,
        engine: Engine,
        providers: Providers,
        chance: Random,
        between: Step = _nothing,
        doubts: Doubts | None = None,
    ) -> None:
        self._engine, self._store = engine, engine.store
        self._chance, self._between = chance, between
        self._paying = Paying(engine, providers, between)
        self._machine = Machine(engine, doubts)
        self._places: dict[str, Marketplace] = {}

    async def once(self, limit: int = BATCH, marketplace: str = "") -> Delivered:
        """Deliver what is due now and look up what is to be looked up, at most `limit` of each.

        marketplace: only what is of that one, else of all.
        """
        now = self._engine.clock.now()
        claims = await self._store.claim(now, LEASE, limit, marketplace)
        looks = await self._store.to_look(now, LEASE, limit, marketplace)
        if not claims and not looks:
            return Delivered()
        self._places = {each.marketplace: each for each in await self._store.marketplaces()}
        works = [*(self._deliver(claim) for claim in claims), *(self._look(watched) for watched in looks)]
        ends = await together(works, AT_ONCE)
        return Delivered(ends.count("done"), ends.count("again"), ends.count("given up"), ends.count("looked"))

    async def drain(self, stop: asyncio.Event | None = None) -> int:
        """Passes until nothing more can be delivered now or `stop` is set; how many rows were delivered."""
        total = 0
        while not (stop and stop.is_set()):
            done = await self.once()
            total += done.done
            if not done.done and not done.looked:
                break
        return total

    async def _deliver(self, claim: Claim) -> str:
        try:
            reference = await self._to_its_port(claim)
            await self._between("delivered")
        except StoreLost:
            raise
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the loop; it is kept and logged
            return await self._not_delivered(claim, error)
        await self._store.done(claim, reference)
        return "done"

    async def _not_delivered(self, claim: Claim, error: Exception) -> str:
        why = f"{type(error).__name__}: {error}" if not isinstance(error, NotYet | Refused) else str(error)
        waits = isinstance(error, NotYet) and error.waits
        if isinstance(error, Refused) or claim.attempts >= (MOST_WAITS if waits else MOST_ATTEMPTS):
            log.error("delivery %s of %s is given up: %s", claim.key, claim.marketplace, why)
            await self._store.give_up(claim, why)
            return "given up"
        if not isinstance(error, NotYet | Busy):
            log.warning("delivery %s of %s failed: %s", claim.key, claim.marketplace, why)
        if waits and claim.attempts == MOST_ATTEMPTS:
            log.warning("delivery %s of %s still waits for the provider: %s", claim.key, claim.marketplace, why)
        doubled = min(claim.attempts - 1, _MOST_DOUBLED)
        pause = min(FIRST_PAUSE * 2**doubled, LONGEST_PAUSE) * (0.5 + self._chance.random())
        # An error of our own may have come after the provider acted.
        unknown = error.unknown if isinstance(error, NotYet) else True
        await self._store.again(claim, self._engine.clock.now() + pause, why, unknown=unknown)
        return "again"

    async def _to_its_port(self, claim: Claim) -> str:
        """Deliver it; the provider's own name of what it did, for money."""
        if not isinstance(claim.what, Effect):
            number = int(claim.key.rpartition(":")[2])
            await self._engine.tell_fact(claim.marketplace, claim.order_id, number, claim.what)
        elif claim.what.kind is EffectKind.NOTICE:
            await self._notice(claim, claim.what)
        elif claim.what.kind is EffectKind.JUDGE:
            where = (claim.marketplace, claim.order_id, claim.case_id)
            await self._machine.judge(*where, claim.what.matter, claim.key)
        else:
            return await self._paying.deliver(claim, claim.what)
        return ""

    async def _look(self, watched: Watched) -> str:
        await self._paying.look(watched)
        return "looked"

    async def _notice(self, claim: Claim, effect: Effect) -> None:
        notice = Notice(
            to_role=effect.to_role,
            to_id=effect.to_id,
            key=claim.key,
            order_id=claim.order_id,
            case_id=claim.case_id,
            matter=effect.matter,
            code=effect.code,
            due=effect.due,
            placed_at=self._now(claim.marketplace),
            lapse=effect.lapse,
            cause=effect.cause or int(claim.key.rsplit(":", 2)[1]),  # of an earlier version: each its own
            among=effect.among,
        )
        await self._store.put_notice(claim.marketplace, notice, self._engine.clock.now())

    def _now(self, marketplace: str) -> datetime:
        now = self._engine.clock.now()
        place = self._places.get(marketplace)
        return place.at(now) if place is not None else now
