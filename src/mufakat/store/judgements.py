"""How judgements fare, on PostgreSQL: how many stood, how many were reversed and by what, how long they took.

Each is one statement over the rows of a period; what came after a judgement is read from the rows about the same goods.
Rows are written with the events that cause them (`store/statement.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mufakat.core.claim import Decision, Reason, RemedyKind
from mufakat.core.judged import By, JudgedLine, Step
from mufakat.store.database import Database

COLUMNS: Final = (
    "case_id, order_id, number, line_id, units, matter, dispute, step, decision, rule, kind, amount, reason, category, "
    "judged_by, automatic, judged_at, waited_from"
)
"""The columns of a row, in the order of the fields of `JudgedLine`."""


@dataclass(frozen=True, slots=True)
class Period:
    """What was judged in a marketplace from `since`, before `until` (UTC)."""

    marketplace: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Fate:
    """How the judgements of a group fared until now, in lines.

    `looked`: of all that were `judged`, those about which something was decided later. Of these `upheld` kept decision
    and remedy, `changed` the decision only, `reversed` not even that. What was not upheld fell `by_appeal`, when it was
    judged anew after it was `sent_back`, by a `by_dispute` (the second one) or `by_court`.
    """

    group: str
    judged: int
    looked: int
    upheld: int
    changed: int
    reversed: int
    by_appeal: int
    anew: int
    by_dispute: int
    by_court: int
    sent_back: int

    @property
    def rate(self) -> float:
        """What share of the judged was changed or reversed, 0 to 1, to four places."""
        return round((self.changed + self.reversed) / self.judged, 4)


@dataclass(frozen=True, slots=True)
class Took:
    """How long the judgements of a kind took, in lines judged; seconds from when the dispute or appeal was raised.

    `timed` of them are known to have waited; `median` and `p90` are None where none is.
    """

    step: Step
    judged: int
    automatic: int
    timed: int
    median: float | None
    p90: float | None


_GROUPS: Final = {
    By.ALL: "''",
    By.RULE: "j.rule",
    By.AGENT: "CASE WHEN j.automatic THEN '' ELSE j.judged_by END",
    By.CATEGORY: "j.category",
    By.REASON: "j.reason",
}

# The next thing decided about the same goods: later in the same case, or in a later dispute of another case. Of several
# cases with the same goods the one that was decided first counts. A replacement is new goods: its disputes count anew.
FATES: Final = """
SELECT {group} AS name, count(*) AS judged, count(k.step) AS looked,
    count(*) FILTER (WHERE k.decision = j.decision AND k.amount = j.amount AND k.kind IS NOT DISTINCT FROM j.kind),
    count(*) FILTER (WHERE k.decision = j.decision AND (k.amount <> j.amount OR k.kind IS DISTINCT FROM j.kind)),
    count(*) FILTER (WHERE k.decision <> j.decision),
    count(*) FILTER (WHERE k.fell AND k.step = 'APPEAL'),
    count(*) FILTER (WHERE k.fell AND k.step = 'AGAIN'),
    count(*) FILTER (WHERE k.fell AND k.step = 'JUDGED'),
    count(*) FILTER (WHERE k.fell AND k.step = 'COURT'),
    count(*) FILTER (WHERE EXISTS (SELECT FROM judgements b WHERE b.marketplace = j.marketplace
        AND b.order_id = j.order_id AND b.case_id = j.case_id AND b.line_id = j.line_id AND b.step = 'SENT_BACK'
        AND b.number > j.number AND (k.case_id IS DISTINCT FROM j.case_id OR b.number < k.number)))
FROM judgements j {joined} LEFT JOIN LATERAL (
    SELECT n.case_id, n.number, n.step, n.decision, n.amount, n.kind,
        n.decision <> j.decision OR n.amount <> j.amount OR n.kind IS DISTINCT FROM j.kind AS fell
    FROM judgements n WHERE n.marketplace = j.marketplace AND n.order_id = j.order_id AND n.line_id = j.line_id
        AND n.step <> 'SENT_BACK' AND string_to_array(n.units, ' ') && string_to_array(j.units, ' ')
        AND CASE WHEN n.case_id = j.case_id THEN n.number > j.number ELSE n.dispute > j.dispute END
    ORDER BY n.judged_at, n.case_id, n.number LIMIT 1) k ON true
WHERE j.marketplace = $1 AND j.judged_at >= $2 AND j.judged_at < $3 AND j.step IN ('JUDGED', 'AGAIN', 'APPEAL') {only}
GROUP BY 1 ORDER BY 1
"""
"""How judgements fared by `group` ($1: marketplace, $2: since, $3: until); reports join what they narrow them by."""

_TOOK: Final = """
SELECT step, count(*) AS judged, count(*) FILTER (WHERE automatic) AS automatic, count(took) AS timed,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS median,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY took) AS p90
FROM (SELECT step, automatic, extract(epoch FROM judged_at - waited_from)::float8 AS took FROM judgements
    WHERE marketplace = $1 AND judged_at >= $2 AND judged_at < $3 AND step IN ('JUDGED', 'AGAIN', 'APPEAL')) j
GROUP BY step ORDER BY step
"""


class PostgresJudgements(Database):
    """What was judged, and how it fared."""

    async def fates(self, period: Period, by: By) -> list[Fate]:
        """How the judgements of a period fared until now, by group; a group without judgements is not there."""
        sql = FATES.format(group=_GROUPS[by], joined="", only="")
        rows = await self.fetch(sql, period.marketplace, period.since, period.until)
        return [Fate(*row) for row in rows]

    async def times(self, period: Period) -> list[Took]:
        """How long the judgements of a period took, by kind."""
        rows = await self.fetch(_TOOK, period.marketplace, period.since, period.until)
        return [Took(Step(step), *rest) for step, *rest in rows]


def judged_line(row: Any) -> JudgedLine:
    """A row of the table as a value, from its columns."""
    case_id, order_id, number, line_id, units, matter, dispute, step, decision, rule, kind, *rest = list(row)
    amount, reason, *others = rest
    return JudgedLine(
        *(case_id, order_id, number, line_id, tuple(int(each) for each in units.split()), matter, dispute),
        Step(step),
        None if decision is None else Decision(decision),
        rule,
        None if kind is None else RemedyKind(kind),
        amount,
        Reason(reason),
        *others,
    )
