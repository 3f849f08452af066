"""Deliveries: what left with the events by the outbox reaches inboxes, cases and payment providers, at least once.

A row is claimed with a lease, delivered, and marked; whoever dies in between leaves it to the next after the lease.
A call to a provider whose outcome is unknown is looked up under its key, and made again only when it never arrived.
What the provider has paid comes back as an ordinary command (`ReportPayment`), at once or from a later look.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from mufakat.core import commands as c
from mufakat.core.effects import Effect, EffectKind
from mufakat.core.parties import SYSTEM
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.handle import Busy, Engine
from mufakat.engine.ports import Providers
from mufakat.engine.together import together
from mufakat.payments.provider import Answer, Outcome, Owed, Provider
from mufakat.store.database import StoreLost
from mufakat.store.records import Claim, Marketplace, Notice, Watched

BATCH: Final = 200
AT_ONCE: Final = 16
LEASE: Final = timedelta(seconds=60)
MOST_ATTEMPTS: Final = 12
"""Attempts at one delivery before it is given up and waits, visibly, for a person."""
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
LOOK_EVERY: Final = timedelta(hours=6)
"""How often an obligation that is not paid in full is looked up in its first week; once a day after that."""
LOOKS_OF_A_WEEK: Final = 28
MOST_LOOKS: Final = LOOKS_OF_A_WEEK + 400
"""Looks at one obligation: more than a year of them."""

PAYS: Final = frozenset({EffectKind.PAY, EffectKind.DEDUCT})
TELLS: Final = PAYS | {EffectKind.STOP_COLLECTING}
"""Calls whose answer says what was paid; a stop tells of what came in before it."""
_OVER: Final = frozenset({Code.NOTHING_OWED, Code.CASE_CLOSED, Code.NO_SUCH_CASE, Code.NO_SUCH_ORDER})

log: Final = logging.getLogger(__name__)

Step = Callable[[str], Awaitable[None]]


async def _nothing(step: str) -> None:
    del step


class NotYet(Exception):  # noqa: N818 - says what happened; the row is tried again
    """A delivery did not succeed. `unknown`: it may have acted all the same."""

    def __init__(self, why: str, *, unknown: bool = False) -> None:
        super().__init__(why)
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one pass did."""

    done: int = 0
    again: int = 0
    given_up: int = 0
    looked: int = 0


class Deliveries:
    """The delivery loop. `between` is called between the steps of a delivery; tests crash there."""

    def __init__(self, engine: Engine, providers: Providers, chance: Random, between: Step = _nothing) -> None:
        self._engine, self._store = engine, engine.store
        self._providers, self._chance, self._between = providers, chance, between
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
            await self._to_its_port(claim)
            await self._between("delivered")
        except StoreLost:
            raise
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the loop; it is kept and logged
            return await self._not_delivered(claim, error)
        await self._store.done(claim)
        return "done"

    async def _not_delivered(self, claim: Claim, error: Exception) -> str:
        why = f"{type(error).__name__}: {error}" if not isinstance(error, NotYet) else str(error)
        if claim.attempts >= MOST_ATTEMPTS:
            log.error("delivery %s of %s is given up: %s", claim.key, claim.marketplace, why)
            await self._store.give_up(claim, why)
            return "given up"
        if not isinstance(error, NotYet | Busy):
            log.warning("delivery %s of %s failed: %s", claim.key, claim.marketplace, why)
        pause = min(FIRST_PAUSE * 2 ** (claim.attempts - 1), LONGEST_PAUSE) * (0.5 + self._chance.random())
        # An error of our own may have come after the provider acted.
        unknown = error.unknown if isinstance(error, NotYet) else True
        await self._store.again(claim, self._engine.clock.now() + pause, why, unknown=unknown)
        return "again"

    async def _to_its_port(self, claim: Claim) -> None:
        if not isinstance(claim.what, Effect):
            number = int(claim.key.rpartition(":")[2])
            await self._engine.tell_fact(claim.marketplace, claim.order_id, number, claim.what)
        elif claim.what.kind is EffectKind.NOTICE:
            await self._notice(claim, claim.what)
        else:
            await self._money(claim, claim.what)

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
        )
        await self._store.put_notice(claim.marketplace, notice)

    async def _money(self, claim: Claim, effect: Effect) -> None:
        """Tell the provider, then keep watching and report what it paid. Raises NotYet."""
        case = await self._store.find_case(claim.marketplace, claim.case_id)
        assert case is not None, "an effect without its case"
        sequence = int(claim.key.split(":")[1])
        owed = Owed(effect.obligation, case.seller_id, case.customer_id, effect.currency, effect.amount, sequence)
        provider = self._providers.provider(claim.marketplace)
        answer = await self._call(provider, claim, effect.kind, owed)
        await self._between("called")
        if answer.outcome is not Outcome.DONE:
            raise NotYet(answer.why or answer.outcome, unknown=answer.outcome is Outcome.UNKNOWN)
        if effect.kind not in TELLS:
            return
        watched = Watched(claim.marketplace, effect.obligation, claim.order_id, claim.case_id, effect.amount)
        if effect.kind in PAYS and answer.paid < effect.amount:
            await self._store.watch(watched, self._engine.clock.now() + LOOK_EVERY)
            await self._between("watched")
        if answer.paid:
            await self._report(watched, answer.paid)

    async def _call(self, provider: Provider, claim: Claim, kind: EffectKind, owed: Owed) -> Answer:
        if claim.unknown:
            seen = await provider.lookup(claim.key)
            if seen is not None:
                return seen
        calls = {
            EffectKind.HOLD: provider.hold,
            EffectKind.RELEASE: provider.release,
            EffectKind.PAY: provider.pay,
            EffectKind.DEDUCT: provider.deduct,
            EffectKind.STOP_COLLECTING: provider.stop,
            EffectKind.REIMBURSE: provider.reimburse,
        }
        return await calls[kind](claim.key, owed)

    async def _look(self, watched: Watched) -> str:
        """Look an obligation up; report what was paid; go on until it is paid in full or the case wants no more."""
        pause = LOOK_EVERY if watched.looks < LOOKS_OF_A_WEEK else timedelta(days=1)
        later = self._engine.clock.now() + pause
        try:
            standing = await self._providers.provider(watched.marketplace).status(watched.obligation)
            paid = standing.paid if standing is not None else 0
            heard = await self._report(watched, paid) if paid else True
            wanted = heard and await self._still_open(watched)
        except StoreLost:
            raise
        except Exception:
            log.exception("obligation %s of %s cannot be looked up", watched.obligation, watched.marketplace)
            paid, wanted = 0, True
        go_on = wanted and paid < watched.total and watched.looks < MOST_LOOKS
        await self._store.looked(watched, later if go_on else None)
        return "looked"

    async def _report(self, watched: Watched, paid: int) -> bool:
        """Tell the case what was paid so far; False when it wants to hear no more. Raises NotYet when it is busy."""
        answer = await self._engine.handle(
            watched.marketplace,
            watched.order_id,
            watched.case_id,
            c.ReportPayment(watched.obligation, paid),
            SYSTEM,
            f"paid:{watched.obligation}:{paid}",
        )
        await self._between("reported")
        if not isinstance(answer, Refusal):
            return True
        if answer.code is Code.TOO_BUSY:
            raise NotYet("the case is busy", unknown=True)
        if answer.code not in _OVER:
            log.error("payment of %s for %s was refused: %s", paid, watched.obligation, answer.code)
        return False

    async def _still_open(self, watched: Watched) -> bool:
        case = await self._store.find_case(watched.marketplace, watched.case_id)
        return case is not None and case.is_open

    def _now(self, marketplace: str) -> datetime:
        now = self._engine.clock.now()
        place = self._places.get(marketplace)
        return place.at(now) if place is not None else now
