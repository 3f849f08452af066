"""Samples on PostgreSQL: which first judgements are judged once more, blind, and what both people said.

A sample waits as work of the kind SAMPLE in the queue (`store/queue.py`), which sees to leases, ties and turns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mufakat.core.case import Case
from mufakat.core.waiting import Waiting
from mufakat.store.database import Connection, Database
from mufakat.store.judgements import Period
from mufakat.store.queue import put_work
from mufakat.store.statement import work_row

PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class FirstJudgement:
    """A first judgement by a person, of a matter of a case: the number of its event, by whom, when (UTC)."""

    marketplace: str
    order_id: str
    case_id: str
    matter: int
    number: int
    first_by: str
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """What two people said of the same: the decision of a line (party and item empty), or the value of a finding."""

    line_id: str
    party: str
    item: str
    reason: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Rated:
    """How often two people said a pair of values; `item` empty for decisions."""

    item: str
    reason: str
    first_by: str
    second_by: str
    first: str
    second: str
    times: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many samples there are of a period, and how many of them were judged a second time."""

    drawn: int
    judged: int


_UNDRAWN: Final = """
SELECT DISTINCT marketplace, order_id, case_id, matter, number, judged_by, judged_at FROM judgements
WHERE marketplace = $1 AND (judged_at, case_id, number) > ($2, $3, $4) AND step = 'JUDGED' AND dispute = 1
    AND NOT automatic
ORDER BY judged_at, case_id, number LIMIT $5
"""
_HERE: Final = "marketplace = $1 AND order_id = $2 AND case_id = $3 AND matter = $4"
_RATED: Final = """
SELECT v.item, v.reason, s.first_by, s.second_by, v.first, v.second, count(*) AS times
FROM samples s JOIN sample_values v USING (marketplace, order_id, case_id, matter)
WHERE s.marketplace = $1 AND s.first_at >= $2 AND s.first_at < $3 AND s.second_by IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""
FORGET_SAMPLES: Final = (
    "DELETE FROM work WHERE marketplace = $1 AND case_id = $2 AND order_id = $3 AND kind = 'SAMPLE'",
    "DELETE FROM samples WHERE marketplace = $1 AND case_id = $2 AND order_id = $3 AND second_by IS NULL",
)
"""What forgetting a case does to samples of it that wait: nobody could judge them any more."""


class PostgresSamples(Database):
    """Samples of a marketplace."""

    async def first_judgements(self, marketplace: str, after: tuple[datetime, str, int]) -> list[FirstJudgement]:
        """A page of first judgements by people, oldest first, after that moment, case and event."""
        return [FirstJudgement(*row.values()) for row in await self.fetch(_UNDRAWN, marketplace, *after, PAGE)]

    async def draw(self, first: FirstJudgement, case: Case, work: Waiting) -> bool:
        """Make a first judgement a sample and put it into the queue; False where it is one already."""

        async def put(connection: Connection) -> bool:
            made = await connection.fetch(
                "INSERT INTO samples (marketplace, order_id, case_id, matter, number, first_by, first_at) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING 1",
                *(first.marketplace, first.order_id, first.case_id, first.matter, first.number),
                *(first.first_by, first.first_at),
            )
            if made:
                await put_work(connection, [work_row(first.marketplace, case, work)])
            return bool(made)

        return await self.transact(put)

    async def waiting_sample(
        self, marketplace: str, case_id: str, matter: int, agent_id: str, now: datetime
    ) -> FirstJudgement | None:
        """The sample of a matter which an agent has in hand at a moment (the real clock's), or None."""
        row = await self.fetch_one(
            "SELECT s.marketplace, s.order_id, s.case_id, s.matter, s.number, s.first_by, s.first_at "
            "FROM samples s JOIN work w USING (marketplace, order_id, case_id, matter) "
            "WHERE s.marketplace = $1 AND s.case_id = $2 AND s.matter = $3 AND s.second_by IS NULL "
            "AND w.kind = 'SAMPLE' AND w.holder = $4 AND (w.until IS NULL OR w.until > $5)",
            *(marketplace, case_id, matter, agent_id, now),
        )
        return None if row is None else FirstJudgement(*row.values())

    async def judge_sample(self, first: FirstJudgement, by: str, at: datetime, pairs: Iterable[Pair]) -> bool:
        """Keep what the second agent said, and take the sample from the queue; False where somebody was before."""
        here = (first.marketplace, first.order_id, first.case_id, first.matter)

        async def put(connection: Connection) -> bool:
            done = await connection.fetch(
                f"UPDATE samples SET second_by = $5, second_at = $6 WHERE {_HERE} AND second_by IS NULL RETURNING 1",
                *(*here, by, at),
            )
            if not done:
                return False
            await connection.execute(f"DELETE FROM work WHERE {_HERE} AND kind = 'SAMPLE'", *here)
            await connection.executemany(
                "INSERT INTO sample_values VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                [(*here, p.line_id, p.party, p.item, p.reason, p.first, p.second) for p in pairs],
            )
            return True

        return await self.transact(put)

    async def rated(self, period: Period) -> list[Rated]:
        """What was said twice of first judgements of a period: each pair of values by reason and pair of people."""
        return [
            Rated(*row.values()) for row in await self.fetch(_RATED, period.marketplace, period.since, period.until)
        ]

    async def drawn(self, period: Period) -> Drawn:
        """How many samples there are of first judgements of a period."""
        row = await self.fetch_one(
            "SELECT count(*) AS drawn, count(second_by) AS judged FROM samples "
            "WHERE marketplace = $1 AND first_at >= $2 AND first_at < $3",
            *(period.marketplace, period.since, period.until),
        )
        assert row is not None
        return Drawn(*row.values())
