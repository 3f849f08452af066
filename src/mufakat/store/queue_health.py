"""How the queue fares, on PostgreSQL: what came and what was done day by day, and who does what today."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from mufakat.store.database import Database


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a marketplace's zone. `raised`: disputes raised. `judged`: disputes decided, of which `automatic` by
    rule alone. `appeals`: appeals decided or sent back.
    """

    day: date
    raised: int = 0
    judged: int = 0
    automatic: int = 0
    appeals: int = 0


@dataclass(frozen=True, slots=True)
class AtWork:
    """What somebody did since a moment, in pieces of work, and how much they have now. `judged`: disputes and appeals.

    `last`: when they last took work or gave it back; None where they did neither.
    """

    agent_id: str
    judged: int
    taken: int
    handed_back: int
    lapsed: int
    held: int
    last: datetime | None


# $1 marketplace, $2 since, $3 until, $4 zone. A judgement has a row for each line.
_DAYS: Final = """
WITH came AS (
    SELECT (at AT TIME ZONE $4)::date AS day, count(DISTINCT (case_id, number)) AS raised
    FROM reported WHERE marketplace = $1 AND what = 'DISPUTED' AND at >= $2 AND at < $3 GROUP BY 1),
done AS (
    SELECT (judged_at AT TIME ZONE $4)::date AS day,
        count(DISTINCT (case_id, number)) FILTER (WHERE step IN ('JUDGED', 'AGAIN')) AS judged,
        count(DISTINCT (case_id, number)) FILTER (WHERE step IN ('JUDGED', 'AGAIN') AND automatic) AS automatic,
        count(DISTINCT (case_id, number)) FILTER (WHERE step IN ('APPEAL', 'SENT_BACK')) AS appeals
    FROM judgements WHERE marketplace = $1 AND judged_at >= $2 AND judged_at < $3 GROUP BY 1)
SELECT day, coalesce(raised, 0), coalesce(judged, 0), coalesce(automatic, 0), coalesce(appeals, 0)
FROM came FULL JOIN done USING (day) ORDER BY day
"""

# $1 marketplace, $2 since by the marketplace's clock, $3 since by the real one, $4 now by the real one.
_PEOPLE: Final = """
WITH done AS (
    SELECT judged_by AS agent_id, count(DISTINCT (case_id, number)) AS judged FROM judgements
    WHERE marketplace = $1 AND judged_at >= $2 AND NOT automatic AND step <> 'COURT' GROUP BY 1),
known AS (SELECT account_id AS agent_id FROM accounts WHERE marketplace = $1 UNION SELECT agent_id FROM done)
SELECT k.agent_id, coalesce(d.judged, 0), l.taken, l.back, l.lapsed, h.held, l.last
FROM known k LEFT JOIN done d USING (agent_id)
    CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE what = 'TAKEN') AS taken,
        count(*) FILTER (WHERE what = 'HANDED_BACK') AS back, count(*) FILTER (WHERE what = 'LAPSED') AS lapsed,
        max(at) FILTER (WHERE what IN ('TAKEN', 'HANDED_BACK')) AS last
        FROM work_log WHERE marketplace = $1 AND agent_id = k.agent_id AND at >= $3) l
    CROSS JOIN LATERAL (SELECT count(*) AS held FROM work
        WHERE marketplace = $1 AND holder = k.agent_id AND (until IS NULL OR until > $4)) h
WHERE d.judged > 0 OR l.taken > 0 OR l.back > 0 OR l.lapsed > 0 OR h.held > 0
ORDER BY 2 DESC, 3 DESC, 1
"""


class PostgresQueueHealth(Database):
    """How the queue of each marketplace fares."""

    async def days(self, marketplace: str, since: datetime, until: datetime, zone: str) -> list[Day]:
        """Each day from `since`, before `until` (UTC), on which something came or was done, in their order."""
        return [Day(*row) for row in await self.fetch(_DAYS, marketplace, since, until, zone)]

    async def at_work(self, marketplace: str, since: datetime, real_since: datetime, now: datetime) -> list[AtWork]:
        """Who did something since then or has work now, who judged most first.

        since: by the marketplace's clock, as judgements are; real_since, now: by the real one, as taking work is.
        """
        return [AtWork(*row) for row in await self.fetch(_PEOPLE, marketplace, since, real_since, now)]
