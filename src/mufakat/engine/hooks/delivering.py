"""Webhooks leave: at least once, in order within a case, and no endpoint or case holds up another.

A case is claimed for an endpoint with a lease; its next events are sent one after the other, and how far it is stands
in its row after each. Whoever dies in between leaves the rest to the next after the lease, and the last one may come
twice, under the same id. What fails is tried again, ever more rarely, for three days. Then, where the endpoint took
others meanwhile, that event is given up and the case goes on: the next one says by `previous` that it is missing. Where
it took nothing at all, the endpoint is paused and nothing is given up.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from mufakat.core.events import NAMES
from mufakat.engine.hooks.ports import HookStore
from mufakat.engine.hooks.sending import GONE, MOST_AT_ONCE, Sender, message_of
from mufakat.engine.ports import Clock
from mufakat.store.codec import Stored
from mufakat.store.database import StoreLost
from mufakat.store.hooks import RESTING, Hook, HookCase, Outcome, Paused, Try

PER_HOOK: Final = 8
"""Cases of one endpoint under way at once in one process."""
RUN: Final = 20
"""Events of a case that are sent before another case has its turn."""
LEASE: Final = timedelta(seconds=60)
PATIENCE: Final = timedelta(days=3)
"""How long an event is tried."""
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
LONGEST_REST: Final = timedelta(minutes=5)
"""How long an endpoint that takes nothing is left alone; then some cases are tried, which are few."""
KEPT: Final = timedelta(days=30)
"""How long tries stay in the log."""
SWEEP_PAUSE: Final = timedelta(hours=1)
LOOK: Final = 0.5
"""Seconds between looks for more while something is under way."""
_MOST_DOUBLED: Final = 20

Step = Callable[[str], Awaitable[None]]

log: Final = logging.getLogger(__name__)


async def _nothing(step: str) -> None:
    del step


class HookDeliveries:
    """The loop. `between` is called between the steps of a delivery; tests crash there."""

    def __init__(
        self, store: HookStore, sender: Sender, clock: Clock, chance: Random, between: Step = _nothing
    ) -> None:
        self._store, self._sender, self._clock, self._chance, self._between = store, sender, clock, chance, between
        self._running: dict[asyncio.Task[int], tuple[str, str]] = {}
        self._sweep_at: datetime | None = None
        self._stop: asyncio.Event | None = None

    async def drain(self, stop: asyncio.Event | None = None) -> int:
        """Send until nothing is left that can be sent now, or `stop` is set; how many were delivered.

        Raises StoreLost. Each event that is under way is finished first, whatever happens.
        """
        total, self._stop = 0, stop
        await self._sweep()
        try:
            while True:
                if stop is None or not stop.is_set():
                    await self._start()
                if not self._running:
                    return total
                ended, _ = await asyncio.wait(self._running, timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
                for each in ended:
                    del self._running[each]
                    total += each.result()
        finally:
            if self._running:
                await asyncio.wait(self._running)
                self._running.clear()

    async def _start(self) -> None:
        """Claim what is due, as far as there is room, and begin with it."""
        now = self._clock.now()
        for hook in await self._store.due_hooks(now):
            busy = Counter(self._running.values())
            room = min(PER_HOOK - busy[hook.marketplace, hook.id], MOST_AT_ONCE - len(self._running))
            if room > 0:
                for held in await self._store.claim_hook(hook, now, LEASE, room):
                    task = asyncio.create_task(self._case(hook, held))
                    self._running[task] = (hook.marketplace, hook.id)

    async def _case(self, hook: Hook, held: HookCase) -> int:
        """Tell of the next events of a case in order, until one fails; how many were delivered."""
        try:
            await self._between("claimed")
            return await self._run(hook, held)
        except StoreLost:
            raise
        except Exception:  # one bad case must not stop the loop; its lease ends, and it is tried again
            log.exception("webhooks of case %s of %s to %s failed", held.case_id, held.marketplace, held.hook_id)
            return 0

    async def _run(self, hook: Hook, held: HookCase) -> int:
        events = await self._store.events_after(held, RUN)
        if not events:
            return 0
        wanted = [each for each in events if hook.wants(NAMES[type(each.recorded.event)])]
        end = events[-1].recorded.number
        for done, each in enumerate(wanted):
            last = each is wanted[-1]
            went = await self._event(hook, held, each, end if last else None)
            if went is None:
                return done
            held = went
            if self._stop is not None and self._stop.is_set() and not last:
                await self._store.hook_moved(held, replace(held, attempts=0), None)
                return done + 1
        if not wanted:
            await self._store.hook_moved(held, replace(held, sent=end, attempts=0, failed_since=None), None)
        return len(wanted)

    async def _event(self, hook: Hook, held: HookCase, stored: Stored, end: int | None) -> HookCase | None:
        """Tell of one event; how the case stands then, and None where it does not go on now.

        end: the number up to which the case is done with after it, and then given back.
        """
        number = stored.recorded.number
        tried = await self._sender.send(
            hook, message_of(hook, held.order_id, held.case_id, stored.recorded, held.previous)
        )
        await self._between("sent")
        if tried.outcome is not Outcome.DELIVERED:
            await self._failed(hook, held, tried)
            return None
        now = self._clock.now()
        after = replace(held, sent=end or number, previous=number, attempts=0 if end else 1, failed_since=None)
        mine = await self._store.hook_told(held, after, tried, None if end else now + LEASE, now + LEASE)
        await self._between("moved")
        return after if mine else None

    async def _failed(self, hook: Hook, held: HookCase, tried: Try) -> None:
        if tried.status == GONE:
            await self._store.hook_failed(held, replace(held, attempts=0, failed_since=None), tried, None)
            await self._pause(hook, Paused.GONE)
            return
        since = held.failed_since or tried.at
        if tried.at - since >= PATIENCE:
            await self._out_of_patience(hook, held, tried, since)
            return
        pause = _doubled(FIRST_PAUSE, held.attempts - 1, LONGEST_PAUSE) * (0.5 + self._chance.random())
        again = min(tried.at + pause, since + PATIENCE)
        failures = await self._store.hook_failed(held, replace(held, failed_since=since), tried, again)
        if failures >= RESTING:
            rest = _doubled(FIRST_PAUSE, failures - RESTING, LONGEST_REST) * (0.5 + self._chance.random())
            await self._store.rest_hook(hook.marketplace, hook.id, tried.at + rest)

    async def _out_of_patience(self, hook: Hook, held: HookCase, tried: Try, since: datetime) -> None:
        there = await self._store.hook(hook.marketplace, hook.id)
        if there is not None and there.failing_since is not None and there.failing_since <= since:
            await self._store.hook_failed(held, replace(held, attempts=0, failed_since=None), tried, None)
            await self._pause(hook, Paused.FAILING)
            return
        log.error("event %s of case %s of %s is given up at %s", tried.number, held.case_id, held.marketplace, hook.id)
        after = replace(held, sent=tried.number, previous=tried.number, attempts=0, failed_since=None)
        await self._store.hook_failed(held, after, replace(tried, outcome=Outcome.GIVEN_UP), None)

    async def _pause(self, hook: Hook, why: Paused) -> None:
        log.warning("the endpoint %s of %s is paused: %s", hook.id, hook.marketplace, why.value)
        await self._store.change_hook(hook.marketplace, hook.id, paused=why)

    async def _sweep(self) -> None:
        now = self._clock.now()
        if self._sweep_at is None or now >= self._sweep_at:
            self._sweep_at = now + SWEEP_PAUSE
            for each in await self._store.marketplaces():
                await self._store.sweep_tries(each.marketplace, now - KEPT)


def _doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    return min(first * (1 << min(times, _MOST_DOUBLED)), longest)
