"""Reports as they travel: what happened in a period, by group. Minor units, seconds, instants in UTC."""

from datetime import datetime

import msgspec

from mufakat.core.policy.policy import ClockName
from mufakat.core.reported import Bearer, Cost, Figure, Grouping


class FigureRowOut(msgspec.Struct, kw_only=True):
    """A line of a report.

    `group`: the reason, category, seller's id, product's id or week (`2026-W31`); empty for all and for no category,
    null for all groups beyond the most asked for. Of LAPSES, `clock` says which ran out, `who` was waited
    for; of MONEY, `cause` why it moved, `who` bore it, which `currency`. `numbers` by name, null where there is none.
    """

    group: str | None
    clock: ClockName | None
    cause: Cost | None
    who: Bearer | None
    currency: str | None
    numbers: dict[str, int | None]


class FigureOut(msgspec.Struct, kw_only=True):
    """What happened from `since` to just before `until`, of one seller where named.

    Groups without anything are left out. Weeks come in their order, other groups by how much is told of them.
    """

    figure: Figure
    by: Grouping
    since: datetime
    until: datetime
    seller_id: str | None
    rows: list[FigureRowOut]


class PaidOut(msgspec.Struct, kw_only=True):
    """What customers were paid in one currency, by whomever."""

    currency: str
    amount: int


class SummaryPeriodOut(msgspec.Struct, kw_only=True):
    """A period at a glance.

    Cases `opened` and `closed`, disputes raised; `decided` lines and the median of how long that took, from the dispute
    or appeal on; `ended` lines, those of them that `lapsed` by silence; `judged` lines, those that `fell` until now.
    """

    since: datetime
    until: datetime
    opened: int
    closed: int
    disputed: int
    decided: int
    decision_median_seconds: int | None
    ended: int
    lapsed: int
    judged: int
    fell: int
    paid: list[PaidOut]


class SummaryOut(msgspec.Struct, kw_only=True):
    """Cases that are `open` now, the period asked for, and the one as long before it."""

    seller_id: str | None
    open: int
    now: SummaryPeriodOut
    before: SummaryPeriodOut
