"""Deadlines: give `Lapse` to every open case whose due moment has come, and `Remind` where a reminder is to be given.

Any number of processes may do so at once: what comes twice or early is refused by the core, so nothing needs to
be locked here. A case that makes the loop stumble is put off with growing pauses and logged, and the others go on.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from mufakat.core import commands as c
from mufakat.core.parties import CLOCK
from mufakat.engine.handle import Done, Engine
from mufakat.engine.together import together
from mufakat.store.database import StoreLost
from mufakat.store.records import DueCase, Marketplace

BATCH: Final = 500
"""Cases taken in one pass, of each marketplace."""
AT_ONCE: Final = 16
"""Lapses under way at once; they share statements."""
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=6)

log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did: cases for which a deadline or a reminder was recorded, and those that made it stumble."""

    lapsed: int = 0
    failed: int = 0


class Deadlines:
    """The deadline loop over a store."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._store = engine, engine.store

    async def once(self, limit: int = BATCH) -> Pass:
        """Settle what is due now, oldest first, at most `limit` cases of each marketplace."""
        due = await self._store.due(self._engine.clock.now(), limit)
        if not due:
            return Pass()
        places = {each.marketplace: each for each in await self._store.marketplaces()}
        settled = await together([self.settle(case, places[case.marketplace]) for case in due], AT_ONCE)
        return Pass(lapsed=sum(settled), failed=len(settled) - sum(settled))

    async def drain(self, stop: asyncio.Event | None = None) -> int:
        """Passes until nothing is due or `stop` is set; how many cases lapsed."""
        total = 0
        while not (stop and stop.is_set()):
            done = await self.once()
            total += done.lapsed
            if not done.lapsed:
                break
        return total

    async def settle(self, case: DueCase, place: Marketplace) -> bool:
        """Give a case its lapse or its reminder, as its marketplace `place` has it; puts it off where that fails.

        Whether something was recorded. Raises StoreLost.
        """
        over = case.due <= place.at(self._engine.clock.now())
        command = c.Lapse() if over else c.Remind()
        try:
            answer = await self._engine.handle(case.marketplace, case.order_id, case.case_id, command, CLOCK)
        except StoreLost:
            raise
        except Exception:
            log.exception("the clock cannot go on with case %s of %s", case.case_id, case.marketplace)
            await self._put_off(case, place)
            return False
        # A refusal is fine when somebody else was first: the index has then moved on, and putting off does nothing.
        if isinstance(answer, Done) and answer.recorded:
            return True
        await self._put_off(case, place)
        return False

    async def _put_off(self, case: DueCase, place: Marketplace) -> None:
        pause = min(FIRST_PAUSE * 2 ** min(case.failures, 20), LONGEST_PAUSE)
        await self._store.postpone(case, place.at(self._engine.clock.now()) + pause)
