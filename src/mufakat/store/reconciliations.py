"""Reconciliations on PostgreSQL: whose money is to be compared with the provider's books, and what each run found."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from mufakat.store.database import Database

KEPT: Final = timedelta(days=366)
"""How long a run is kept."""
ABANDONED: Final = timedelta(hours=6)
"""A run that has not ended after so long is begun again by whoever comes first."""


class DriftState(StrEnum):
    """What became of a difference. TO_REPAIR: a run that changes nothing would have mended it; FOUND: for a person."""

    REPAIRED = "REPAIRED"
    TO_REPAIR = "TO_REPAIR"
    FOUND = "FOUND"


@dataclass(frozen=True, slots=True)
class Drift:
    """Where a case and its provider differ. `ours` and `theirs` in minor units where it is about an amount.

    `about`: the obligation, the delivery or the ledger's check that it is about; `code` says what (engine/drifts.py).
    """

    code: str
    state: DriftState
    about: str
    case_id: str = ""
    ours: int = 0
    theirs: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One run over a marketplace, for the moment `at` (UTC). `asked`: obligations that the provider was asked about."""

    marketplace: str
    at: datetime
    ended_at: datetime | None = None
    asked: int = 0
    drifts: tuple[Drift, ...] = ()

    @property
    def found(self) -> tuple[Drift, ...]:
        """What waits for a person."""
        return tuple(each for each in self.drifts if each.state is DriftState.FOUND)


class PostgresReconciliations(Database):
    """Runs of reconciliation."""

    async def money_cases(self, marketplace: str, after: str, since: datetime, limit: int) -> list[tuple[str, str]]:
        """A page of cases, as order and case, of which the provider was told: open, or changed since then."""
        rows = await self.fetch(
            "SELECT c.order_id, c.case_id FROM cases c WHERE c.marketplace = $1 AND c.case_id > $2 "
            "AND (c.is_open OR c.changed_at >= $3) AND EXISTS (SELECT 1 FROM outbox o WHERE o.marketplace = $1 "
            "AND o.case_id = c.case_id AND o.lane = 'MONEY') ORDER BY c.case_id LIMIT $4",
            marketplace,
            after,
            since,
            limit,
        )
        return [(row["order_id"], row["case_id"]) for row in rows]

    async def begin_reconciliation(self, marketplace: str, at: datetime, now: datetime) -> bool:
        """Note that the run for a moment begins now; False where somebody else has begun or ended it."""
        rows = await self.fetch(
            "INSERT INTO reconciliations AS r (marketplace, at, began_at) VALUES ($1, $2, $3) "
            "ON CONFLICT (marketplace, at) DO UPDATE SET began_at = $3 "
            "WHERE r.ended_at IS NULL AND r.began_at < $4 RETURNING marketplace",
            marketplace,
            at,
            now,
            now - ABANDONED,
        )
        return bool(rows)

    async def end_reconciliation(self, done: Reconciliation) -> None:
        """Keep what a run found, and drop what is older than a year."""
        await self.fetch(
            "WITH old AS (DELETE FROM reconciliations WHERE marketplace = $1 AND at < $6) "
            "UPDATE reconciliations SET ended_at = $3, asked = $4, drifts = $5 WHERE marketplace = $1 AND at = $2",
            done.marketplace,
            done.at,
            done.ended_at,
            done.asked,
            msgspec.json.encode(done.drifts).decode(),
            done.at - KEPT,
        )

    async def reconciliations(self, marketplace: str, limit: int = 30) -> list[Reconciliation]:
        """The last runs that ended, newest first."""
        rows = await self.fetch(
            "SELECT marketplace, at, ended_at, asked, drifts FROM reconciliations "
            "WHERE marketplace = $1 AND ended_at IS NOT NULL ORDER BY at DESC LIMIT $2",
            marketplace,
            limit,
        )
        return [
            Reconciliation(
                row["marketplace"],
                row["at"],
                row["ended_at"],
                row["asked"],
                msgspec.json.decode(row["drifts"], type=tuple[Drift, ...]),
            )
            for row in rows
        ]
