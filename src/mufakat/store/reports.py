"""Reports on PostgreSQL: what happened in a period, by reason, category, seller, product or week. One statement each.

They count rows that the log makes (`core/reported.py`); the loop that notes what has changed puts them here, so that
no command pays for them. What became of judgements is counted where judgements are (`store/judgements.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from mufakat.core.claim import Reason
from mufakat.core.reported import Figure, Grouping, ReportRow, Way, What
from mufakat.store.database import Connection, Database
from mufakat.store.judgements import FATES, Fate
from mufakat.store.records import Reported


@dataclass(frozen=True, slots=True)
class ReportWanted:
    """What to count in a marketplace from `since`, before `until` (UTC), and by what.

    `zone`: whose weeks are counted. `seller_id`: of this seller only, empty for all. `most`: so many sellers,
    categories or products by name, those of which most is told; the others together.
    """

    marketplace: str
    since: datetime
    until: datetime
    figure: Figure
    by: Grouping
    zone: str
    seller_id: str = ""
    most: int = 20


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of a report. `group` None: the groups beyond the most that were asked for, together.

    `keys` and `values` are those that `FIGURES` names; an amount in minor units, a time in seconds, None where there is
    none.
    """

    group: str | None
    keys: tuple[str, ...]
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How a figure is counted: of which rows, told apart by which columns, and what of them."""

    of: tuple[What, ...]
    keys: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The keys and the values by name."""
        return tuple(name for name, _ in (*self.keys, *self.values))


def _cases(what: What) -> str:
    return f"count(DISTINCT case_id) FILTER (WHERE what = '{what}')"


def _took(share: float, what: What) -> str:
    return f"percentile_cont({share}) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE what = '{what}')"


def _lines(what: What) -> str:
    return f"count(*) FILTER (WHERE what = '{what}')"


FIGURES: Final[dict[Figure, Counted]] = {
    Figure.VOLUMES: Counted(
        (What.OPENED, What.DISPUTED, What.CLOSED),
        (),
        (
            ("opened", _cases(What.OPENED)),
            ("disputed", f"count(DISTINCT (case_id, number)) FILTER (WHERE what = '{What.DISPUTED}')"),
            ("closed", _cases(What.CLOSED)),
            ("lines", _lines(What.OPENED)),
        ),
    ),
    Figure.OUTCOMES: Counted(
        (What.ENDED,),
        (),
        (("ended", "count(*)"), *((way.lower(), f"count(*) FILTER (WHERE code = '{way}')") for way in Way)),
    ),
    Figure.TIMES: Counted(
        (What.DECIDED, What.ENDED),
        (),
        (
            ("decided", _lines(What.DECIDED)),
            ("decision_median", _took(0.5, What.DECIDED)),
            ("decision_p90", _took(0.9, What.DECIDED)),
            ("ended", _lines(What.ENDED)),
            ("end_median", _took(0.5, What.ENDED)),
            ("end_p90", _took(0.9, What.ENDED)),
        ),
    ),
    Figure.LAPSES: Counted(
        (What.LAPSED,),
        (("clock", "code"), ("whose", "party")),
        (("ran_out", "count(DISTINCT (case_id, number))"),),
    ),
    Figure.REVERSALS: Counted(
        (),
        (),
        (("judged", ""), ("looked", ""), ("upheld", ""), ("changed", ""), ("reversed", "")),
    ),
    Figure.MONEY: Counted(
        (What.MONEY,),
        (("cause", "code"), ("borne_by", "party"), ("currency", "currency")),
        (("amount", "sum(amount)::int8"),),
    ),
}
"""What each figure counts. Cases are counted once in each group; disputes and lapses each once; all else by line."""

_OPEN_ENDED: Final = (Grouping.CATEGORY, Grouping.SELLER, Grouping.PRODUCT)
_GROUPS: Final = {
    Grouping.ALL: "''",
    Grouping.REASON: "r.reason",
    Grouping.CATEGORY: "r.category",
    Grouping.SELLER: "r.seller_id",
    Grouping.PRODUCT: "r.product",
    Grouping.WEEK: "date_trunc('week', {at} AT TIME ZONE {zone})",
}
_OF_JUDGEMENTS: Final = {Grouping.REASON: "j.reason", Grouping.CATEGORY: "j.category"}
"""What a judgement's own row knows."""
_BY_SELLER: Final = (Grouping.SELLER, Grouping.PRODUCT)
"""What only the row of what was opened knows."""
_HALF: Final = "CASE WHEN {at} < {turn} THEN 'BEFORE' ELSE 'NOW' END"

_COUNT: Final = """
WITH found AS (
    SELECT {group} AS asked, r.* FROM reported r
    WHERE r.marketplace = $1 AND r.at >= $2 AND r.at < $3 AND r.what = ANY ({what}::text[]) {only}
), named AS (
    SELECT {name} AS name, found.* FROM found
)
SELECT name, count(*) AS size{keys}{values} FROM named GROUP BY name{by} ORDER BY name{by}
"""
_NAME_OF_MANY: Final = (
    "CASE WHEN asked IN (SELECT asked FROM found GROUP BY asked ORDER BY count(*) DESC, asked LIMIT {most}) "
    "THEN asked END"
)
_WHAT_WAS_JUDGED: Final = (
    "JOIN reported r ON r.marketplace = j.marketplace AND r.order_id = j.order_id AND r.case_id = j.case_id "
    f"AND r.line_id = j.line_id AND r.number = 1 AND r.what = '{What.OPENED}'"
)
_OPEN: Final = "SELECT count(*) AS open FROM cases WHERE marketplace = $1 AND is_open"
_COLUMNS: Final = (
    "marketplace, order_id, case_id, number, line_id, place, what, code, party, at, seconds, amount, reason, category, "
    "product, seller_id, currency"
)
_INSERT: Final = f"INSERT INTO reported ({_COLUMNS})"
_PUT: Final = f"""
WITH moved AS (
    INSERT INTO noted (marketplace, order_id, case_id, number, reported) VALUES ($1, $2, $3, 0, $4)
    ON CONFLICT (marketplace, order_id, case_id) DO UPDATE SET reported = excluded.reported
        WHERE noted.reported < excluded.reported
    RETURNING 1
), rows AS (
    {_INSERT} SELECT $1, $2, $3, r.*, $5, $6
    FROM unnest($7::int4[], $8::text[], $9::int4[], $10::text[], $11::text[], $12::text[], $13::timestamptz[],
        $14::int8[], $15::int8[], $16::text[], $17::text[], $18::text[]) AS r
    WHERE EXISTS (SELECT FROM moved) ON CONFLICT DO NOTHING
)
SELECT 1 AS kept FROM moved
"""


class _Arguments:
    """The arguments of a statement that is put together; each knows its place."""

    def __init__(self, *first: Any) -> None:
        self.values: list[Any] = list(first)

    def put(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


class PostgresReports(Database):
    """What happened, counted."""

    async def put_reported(self, reported: Reported) -> bool:
        """Add to what reports count; False when it was added already."""
        rows = [_values(each) for each in reported.rows]
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(12)]
        at = (reported.marketplace, reported.order_id, reported.case_id, reported.number)
        return bool(await self.fetch(_PUT, *at, reported.seller_id, reported.currency, *columns))

    async def open_cases(self, marketplace: str, seller_id: str = "") -> int:
        """How many cases are open now; of one seller, where named."""
        only = (" AND seller_id = $2", seller_id) if seller_id else ("",)
        row = await self.fetch_one(_OPEN + only[0], marketplace, *only[1:])
        return 0 if row is None else int(row["open"])

    async def report(self, wanted: ReportWanted) -> list[ReportLine]:
        """The lines of a report, the largest group first, weeks in order; a group without anything is not there."""
        given = _Arguments(wanted.marketplace, wanted.since, wanted.until)
        moment = "j.judged_at" if wanted.figure is Figure.REVERSALS else "r.at"
        group = _OF_JUDGEMENTS.get(wanted.by, "") if wanted.figure is Figure.REVERSALS else ""
        group = group or _GROUPS[wanted.by]
        if wanted.by is Grouping.WEEK:
            group = group.format(at=moment, zone=given.put(wanted.zone) + "::text")
        return _sorted(await self._count(wanted, group, given), wanted.by)

    async def halves(self, wanted: ReportWanted, turn: datetime) -> list[ReportLine]:
        """A report of two groups: BEFORE a moment of its period, and NOW, from then on."""
        given = _Arguments(wanted.marketplace, wanted.since, wanted.until)
        moment = "j.judged_at" if wanted.figure is Figure.REVERSALS else "r.at"
        group = _HALF.format(at=moment, turn=given.put(turn) + "::timestamptz")
        return [line for _, line in await self._count(wanted, group, given)]

    async def _count(self, wanted: ReportWanted, group: str, given: _Arguments) -> list[tuple[int, ReportLine]]:
        """The lines of a report, each with how much is told of it."""
        only = f"AND r.seller_id = {given.put(wanted.seller_id)}" if wanted.seller_id else ""
        if wanted.figure is Figure.REVERSALS:
            joined = _WHAT_WAS_JUDGED if wanted.seller_id or wanted.by in _BY_SELLER else ""
            sql = FATES.format(group=group, joined=joined, only=only)
            fates = [Fate(_name(name), *row) for name, *row in await self.fetch(sql, *given.values)]
            return _of_fates(fates, wanted)
        counted = FIGURES[wanted.figure]
        many = wanted.by in _OPEN_ENDED
        sql = _COUNT.format(
            group=group,
            name=_NAME_OF_MANY.format(most=given.put(wanted.most)) if many else "asked",
            what=given.put([each.value for each in counted.of]),
            only=only,
            keys="".join(f", {column} AS key_{name}" for name, column in counted.keys),
            values="".join(f", {column} AS {name}" for name, column in counted.values),
            by="".join(f", {column}" for _, column in counted.keys),
        )
        n, found = len(counted.keys), []
        for name, size, *rest in await self.fetch(sql, *given.values):
            values = tuple(_whole(each) for each in rest[n:])
            found.append((size, ReportLine(None if name is None else _name(name), tuple(rest[:n]), values)))
        return found


def _name(group: Any) -> str:
    """A group by name: a week comes as its Monday."""
    if not isinstance(group, datetime):
        return str(group)
    year, week, _ = group.isocalendar()
    return f"{year}-W{week:02d}"


def _of_fates(fates: list[Fate], wanted: ReportWanted) -> list[tuple[int, ReportLine]]:
    """Fates as lines; those beyond the most as one, where groups may be many."""
    ranked = sorted(fates, key=lambda each: (-each.judged, each.group))
    most = wanted.most if wanted.by in _OPEN_ENDED else len(ranked)
    lines = [(each.judged, ReportLine(each.group, (), _fate(each))) for each in ranked[:most]]
    if others := ranked[most:]:
        sums = tuple(sum(column) for column in zip(*map(_fate, others), strict=True))
        lines.append((sums[0], ReportLine(None, (), sums)))
    return lines


def _fate(fate: Fate) -> tuple[int, ...]:
    return fate.judged, fate.looked, fate.upheld, fate.changed, fate.reversed


def _sorted(found: Iterable[tuple[int, ReportLine]], by: Grouping) -> list[ReportLine]:
    """Weeks by name, other groups by how much is told of them; what is beyond the most at the end."""
    lines = list(found)
    sizes: dict[str | None, int] = {}
    for size, line in lines:
        sizes[line.group] = sizes.get(line.group, 0) + size

    def place(line: ReportLine) -> tuple[Any, ...]:
        size = 0 if by is Grouping.WEEK else -sizes[line.group]
        return line.group is None, size, line.group or "", line.keys

    return sorted((line for _, line in lines), key=place)


def _whole(value: Any) -> int | None:
    return None if value is None else round(value)


def _values(row: ReportRow) -> tuple[Any, ...]:
    return (
        *(row.number, row.line_id, row.place, row.what.value, row.code, row.party, row.at, row.seconds, row.amount),
        *(row.reason.value, row.category, row.product),
    )


async def read_reported(connection: Connection, marketplace: str, order_id: str) -> dict[str, Reported]:
    """What reports know of the cases of an order."""
    where = "WHERE marketplace = $1 AND order_id = $2"
    known = await connection.fetch(
        f"SELECT case_id, reported FROM noted {where} AND reported > 0", marketplace, order_id
    )
    found = {row["case_id"]: Reported(marketplace, order_id, row["case_id"], row["reported"]) for row in known}
    rows = await connection.fetch(f"SELECT {_COLUMNS} FROM reported {where}", marketplace, order_id)
    for case_id, case in found.items():
        of_case = [list(row) for row in rows if row["case_id"] == case_id]
        if of_case:
            whose = of_case[0][-2:]
            by_place = sorted((each[3:-2] for each in of_case), key=lambda values: values[:3])
            made = tuple(_report_row(values) for values in by_place)
            found[case_id] = replace(case, seller_id=whose[0], currency=whose[1], rows=made)
    return found


def _report_row(values: list[Any]) -> ReportRow:
    number, line_id, place, what, code, party, at, seconds, amount, reason, *kind = values
    return ReportRow(number, line_id, place, What(what), code, party, at, seconds, amount, Reason(reason), *kind)


async def replace_reported(
    connection: Connection, marketplace: str, order_id: str, reported: Iterable[Reported]
) -> None:
    """Put what reports know of the cases of an order in place of what they knew."""
    await connection.execute("DELETE FROM reported WHERE marketplace = $1 AND order_id = $2", marketplace, order_id)
    for case in reported:
        await connection.execute(
            "UPDATE noted SET reported = $4 WHERE marketplace = $1 AND order_id = $2 AND case_id = $3",
            *(marketplace, order_id, case.case_id, case.number),
        )
        at, whose = (marketplace, order_id, case.case_id), (case.seller_id, case.currency)
        places = ", ".join(f"${n}" for n in range(1, len(_COLUMNS.split(", ")) + 1))
        await connection.executemany(
            f"{_INSERT} VALUES ({places})", [(*at, *_values(each), *whose) for each in case.rows]
        )
