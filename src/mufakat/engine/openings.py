"""Opening originals: an agent may, for a reason that is recorded before a byte leaves (readings of privacy; S7).

Others see what was made of a file; the original holds time, place and camera of whoever took it. The record names who,
when, which exhibit and why. The reason is sealed under a key of its own, which is destroyed when the case is forgotten;
that it was opened stays.
"""

from dataclasses import dataclass
from datetime import datetime

from mufakat.core.parties import Actor
from mufakat.engine.ids import uuid7
from mufakat.engine.ports import Clock, StoreWithFiles
from mufakat.store.derivatives import OpeningRow
from mufakat.store.seal import Sealer


@dataclass(frozen=True, slots=True)
class Opening:
    """An agent opened an original; `reason` is None once the case is forgotten."""

    opening_id: str
    exhibit: int
    digest: str
    agent_id: str
    at: datetime
    reason: str | None


class Openings:
    """Records who opened which original, and why."""

    def __init__(self, store: StoreWithFiles, sealer: Sealer, clock: Clock) -> None:
        self._store, self._sealer, self._clock = store, sealer, clock

    async def record(
        self, marketplace: str, order_id: str, case_id: str, exhibit: int, digest: str, agent: Actor, reason: str
    ) -> None:
        """Record an opening; when this returns, it survives the loss of power. Raises StoreLost."""
        now = self._clock.now()
        opening_id = uuid7(now).replace("-", "")
        bound = about(case_id, opening_id)
        sealed, key = self._sealer.seal_alone(marketplace, bound, reason)
        row = OpeningRow(marketplace, order_id, case_id, opening_id, exhibit, digest, agent.id, now, sealed, key)
        await self._store.put_opening(row)

    async def of(self, marketplace: str, order_id: str, case_id: str) -> list[Opening]:
        """Every opening of a case, oldest first. Raises StoreLost."""
        rows = await self._store.openings_of(marketplace, order_id, case_id)
        return [
            Opening(row.opening_id, row.exhibit, row.digest, row.agent_id, row.at, self._reason(row)) for row in rows
        ]

    def _reason(self, row: OpeningRow) -> str | None:
        if row.key.wrapped is None:
            return None
        bound = about(row.case_id, row.opening_id)
        return self._sealer.open_alone(row.marketplace, bound, row.reason, row.key)


def about(case_id: str, opening_id: str) -> str:
    """What a reason's key is bound to beside its marketplace. No id of a case can look like it: ids have no NUL."""
    return f"opening\0{case_id}\0{opening_id}"
