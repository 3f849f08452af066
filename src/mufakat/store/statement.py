"""The one writing statement: every table a command touches, set-based over a batch, guarded by each order's version.

`moved` raises the version of each order that still stands where its command was decided. Every other part inserts
only rows of the orders in `moved`, so a stale command leaves nothing behind, and the answer tells who was not stale.
A part that a batch does not need is left out; the few statements that result stay prepared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Final

from mufakat.core.case import Case
from mufakat.core.judged import JudgedLine
from mufakat.core.settlement import Transfer
from mufakat.core.waiting import Waiting
from mufakat.store import codec
from mufakat.store.hooks import KNOWN
from mufakat.store.records import Lane, Write, lane, position, row_of


@dataclass(frozen=True, slots=True)
class Part:
    """A table's share: columns with their types, the first two always marketplace and order; `skip` are not stored.

    `removes`: the columns name rows that go. `gives`: what the statement goes on with. `then`: what follows from that.
    """

    table: str
    columns: tuple[tuple[str, str], ...]
    skip: tuple[str, ...] = ()
    conflict: str = ""
    removes: bool = False
    gives: str = ""
    then: str = ""

    @property
    def name(self) -> str:
        """Names the part, and its rows."""
        return f"{self.table}_over" if self.removes else self.table


UNIT_SEPARATOR: Final = "\x1f"
"""Between the items of a list that is kept as one text."""

_WHERE: Final = (("marketplace", "text"), ("order_id", "text"))
_CASE: Final = (*_WHERE, ("case_id", "text"))
_WORK: Final = (*_CASE, ("matter", "int4"), ("kind", "text"))

_CASES_CHANGING: Final = (
    ("number", "int4"),
    ("head", "bytea"),
    ("shape", "text"),
    ("state", "bytea"),
    ("phases", "text"),
    ("is_open", "bool"),
    ("due", "timestamptz"),
    ("wake", "timestamptz"),
    ("failures", "int4"),
    ("asked", "int8"),
    ("held", "int8"),
    ("ordered", "int8"),
    ("paid", "int8"),
    ("changed_at", "timestamptz"),
)
_WORK_CHANGING: Final = (
    ("due", "timestamptz"),
    ("turn", "timestamptz"),
    ("since", "timestamptz"),
    ("amount", "int8"),
    ("escalations", "int4"),
    ("language", "text"),
    ("categories", "text"),
    ("barred", "text"),
)
_CASES_FIXED: Final = (
    ("policy", "text"),
    ("type", "text"),
    ("customer_id", "text"),
    ("seller_id", "text"),
    ("currency", "text"),
    ("opened_at", "timestamptz"),
)

PARTS: Final = (
    Part(
        "events",
        (*_CASE, ("number", "int4"), ("body", "bytea"), ("hash", "bytea"), ("previous", "bytea")),
        gives="marketplace, order_id, case_id, number",
        then=KNOWN,
    ),
    Part(
        "cases",
        (*_CASE, *_CASES_CHANGING, *_CASES_FIXED),
        conflict="(marketplace, order_id, case_id) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name, _ in _CASES_CHANGING),
    ),
    Part(
        "outbox",
        (
            *_CASE,
            ("key", "text"),
            ("lane", "text"),
            ("position", "int8"),
            ("body", "bytea"),
            ("state", "text"),
            ("next_try", "timestamptz"),
        ),
    ),
    Part(
        "transfers",
        (
            *_CASE,
            ("number", "int4"),
            ("leg", "int4"),
            ("matter", "int4"),
            ("kind", "text"),
            ("debit", "text"),
            ("debit_party", "text"),
            ("credit", "text"),
            ("credit_party", "text"),
            ("currency", "text"),
            ("amount", "int8"),
            ("cause", "text"),
            ("rule", "text"),
            ("at", "timestamptz"),
            ("resolves", "text"),
            ("reference", "text"),
            ("seller_id", "text"),
        ),
    ),
    Part(
        "judgements",
        (
            *_CASE,
            ("number", "int4"),
            ("line_id", "text"),
            ("units", "text"),
            ("matter", "int4"),
            ("dispute", "int4"),
            ("step", "text"),
            ("decision", "text"),
            ("rule", "text"),
            ("kind", "text"),
            ("amount", "int8"),
            ("reason", "text"),
            ("category", "text"),
            ("judged_by", "text"),
            ("automatic", "bool"),
            ("judged_at", "timestamptz"),
            ("waited_from", "timestamptz"),
        ),
    ),
    Part(
        "idempotency",
        (*_CASE, ("key", "text"), ("input_hash", "bytea"), ("first", "int4"), ("last", "int4")),
    ),
    Part("sealed", (*_CASE, ("hash", "text"), ("ciphertext", "bytea"))),
    Part("case_keys", (*_CASE, ("wrapped", "bytea"), ("wrapped_by", "text"))),
    Part(
        "policies",
        (*_WHERE, ("hash", "text"), ("body", "bytea")),
        skip=("order_id",),
        conflict="(marketplace, hash) DO NOTHING",
    ),
    Part("order_facts", (*_WHERE, ("number", "int4"), ("body", "bytea"))),
    Part(
        "work",
        (
            *_WORK,
            *_WORK_CHANGING,
            ("currency", "text"),
            ("customer_id", "text"),
            ("seller_id", "text"),
        ),
        # Whoever has it keeps it, unless it went and came back: then it is as if it were new.
        conflict="(marketplace, order_id, case_id, matter, kind) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name, _ in _WORK_CHANGING)
        + ", holder = CASE WHEN work.since = excluded.since THEN work.holder END"
        + ", until = CASE WHEN work.since = excluded.since THEN work.until END"
        + ", passed = CASE WHEN work.since = excluded.since THEN work.passed ELSE '{}' END",
    ),
    Part("work", _WORK, removes=True),
)
_BY_NAME: Final = {part.name: part for part in PARTS}


def table_columns(table: str) -> tuple[str, ...]:
    """The columns of a table as rows of it are made here."""
    return tuple(name for name, _ in _BY_NAME[table].columns)


@cache
def upsert(table: str) -> str:
    """The statement that puts one row of a table, all its columns as arguments, by itself and not with a command."""
    part = _BY_NAME[table]
    places = ", ".join(f"${n}" for n, _ in enumerate(part.columns, start=1))
    conflict = f" ON CONFLICT {part.conflict}" if part.conflict else ""
    return f"INSERT INTO {table} ({', '.join(table_columns(table))}) VALUES ({places}){conflict}"


_MOVED: Final = """WITH moved AS (
    UPDATE orders SET version = orders.version + 1, uses = coalesce(i.uses, orders.uses)
    FROM unnest($1::text[], $2::text[], $3::int8[], $4::bytea[]) AS i (marketplace, order_id, expected, uses)
    WHERE orders.marketplace = i.marketplace AND orders.order_id = i.order_id AND orders.version = i.expected
    RETURNING orders.marketplace, orders.order_id
)"""
_MOVED_ARGUMENTS: Final = 4

Row = tuple[Any, ...]


@cache
def sql(parts: tuple[str, ...]) -> str:
    """The statement that writes orders and these parts; it returns marketplace and order of who was not stale."""
    statement, argument = [_MOVED], _MOVED_ARGUMENTS
    for name in parts:
        part = _BY_NAME[name]
        arrays = []
        for _, kind in part.columns:
            argument += 1
            arrays.append(f"${argument}::{kind}[]")
        rows = f"unnest({', '.join(arrays)}) AS r ({', '.join(column for column, _ in part.columns)})"
        statement.append(_removing(part, rows) if part.removes else _inserting(part, rows))
        statement += [part.then] if part.then else []
    return ", ".join(statement) + " SELECT marketplace, order_id FROM moved"


def _inserting(part: Part, rows: str) -> str:
    kept = [name for name, _ in part.columns if name not in part.skip]
    conflict = f" ON CONFLICT {part.conflict}" if part.conflict else ""
    conflict += f" RETURNING {part.gives}" if part.gives else ""
    return (
        f"to_{part.name} AS (INSERT INTO {part.table} ({', '.join(kept)}) "
        f"SELECT {', '.join(f'r.{name}' for name in kept)} FROM {rows} "
        f"JOIN moved ON moved.marketplace = r.marketplace AND moved.order_id = r.order_id{conflict})"
    )


def _removing(part: Part, rows: str) -> str:
    same = " AND ".join(f"{part.table}.{name} = r.{name}" for name, _ in part.columns)
    return (
        f"to_{part.name} AS (DELETE FROM {part.table} USING {rows} "
        f"JOIN moved ON moved.marketplace = r.marketplace AND moved.order_id = r.order_id WHERE {same})"
    )


def prepare(batch: Sequence[Write]) -> tuple[str, list[Any]]:
    """The statement of a batch and its arguments: one array a column. At most one write of an order in a batch."""
    moving = [
        (
            write.marketplace,
            write.order_id,
            write.expected,
            None if write.uses is None else codec.encode_uses(write.uses),
        )
        for write in batch
    ]
    return assembled(moving, chain.from_iterable(rows_of(write) for write in batch))


def assembled(moving: Iterable[Row], rows: Iterable[tuple[str, Row]]) -> tuple[str, list[Any]]:
    """The statement that moves orders (marketplace, order, expected version, uses) and inserts rows, each by its table.

    Its arguments are one array a column.
    """
    found: dict[str, list[Row]] = {}
    for table, row in rows:
        found.setdefault(table, []).append(row)
    parts = tuple(part.name for part in PARTS if part.name in found)
    arguments: list[Any] = []
    for each in (moving, *(found[name] for name in parts)):
        arguments += [list(column) for column in zip(*each, strict=True)]
    return sql(parts), arguments


def rows_of(write: Write) -> Iterable[tuple[str, Row]]:
    """What one write inserts, row by row, each with its table."""
    where = (write.marketplace, write.order_id)
    return chain(_fact_rows(write, where), _case_rows(write, where))


def _fact_rows(write: Write, where: Row) -> Iterable[tuple[str, Row]]:
    if write.fact is not None:
        body = codec.encode_fact(write.fact)
        yield "order_facts", (*where, write.fact_number, body)
        key = fact_key(write.order_id, write.fact_number)
        yield "outbox", (*where, "", key, Lane.FACT.value, write.fact_number, body, "PENDING", write.try_at or write.at)


def _case_rows(write: Write, where: Row) -> Iterable[tuple[str, Row]]:
    case = write.case
    if case is None:
        return
    here = (*where, case.case_id)
    if write.recorded:
        logged = codec.log(write.marketplace, case.case_id, write.recorded, write.head, write.firsts)
        for event in logged:
            yield "events", (*here, event.number, event.body, event.hash, event.previous)
        yield "cases", (*here, *_case_columns(write, logged[-1].hash))
    for effect in write.effects:
        told = (effect.key, lane(effect).value, position(effect), codec.encode_effect(effect), "PENDING", write.at)
        yield "outbox", (*here, *told)
    yield from _derived_rows(write, case)
    if write.key is not None:
        yield "idempotency", (*here, write.key, write.input_hash, *answer_range(write))
    for text in write.sealed:
        yield "sealed", (*here, text.hash, text.ciphertext)
    if write.case_key is not None:
        yield "case_keys", (*here, write.case_key.wrapped, write.case_key.wrapped_by)
    if write.policy is not None:
        yield "policies", (*where, *write.policy)
    yield from _work_rows(write, case)


def _work_rows(write: Write, case: Case) -> Iterable[tuple[str, Row]]:
    for work in write.work:
        yield "work", work_row(write.marketplace, case, work)
    for gone in write.over:
        yield "work_over", (write.marketplace, case.order_id, case.case_id, *gone)


def _derived_rows(write: Write, case: Case) -> Iterable[tuple[str, Row]]:
    """Rows that the events lead to, and that can be made of them again."""
    for transfer in write.transfers:
        yield "transfers", transfer_row(write.marketplace, case.order_id, case.seller_id, transfer)
    for line in write.judged:
        yield "judgements", judged_row(write.marketplace, line)


def transfer_row(marketplace: str, order_id: str, seller_id: str, t: Transfer) -> Row:
    """A transfer as a row of its table: in the order of the part's columns."""
    where = (marketplace, order_id, t.case_id, t.number, t.leg, t.matter, t.kind.value)
    sides = (t.debit.value, t.debit_party, t.credit.value, t.credit_party, t.currency, t.amount)
    return (*where, *sides, t.cause, t.rule, t.at, t.resolves, t.reference, seller_id)


def work_row(marketplace: str, case: Case, work: Waiting) -> Row:
    """A piece of work as a row of its table: in the order of the part's columns."""
    return (
        *(marketplace, case.order_id, case.case_id, work.matter, work.kind.value),
        *(work.due, work.turn, work.since, work.amount, work.escalations, work.language),
        *(UNIT_SEPARATOR.join(work.categories), UNIT_SEPARATOR.join(work.barred)),
        *(case.currency, case.customer_id, case.seller_id),
    )


def judged_row(marketplace: str, j: JudgedLine) -> Row:
    """A line that was judged as a row of its table: in the order of the part's columns."""
    where = (marketplace, j.order_id, j.case_id, j.number, j.line_id)
    units = " ".join(str(unit) for unit in j.units)
    decision = None if j.decision is None else j.decision.value
    kind = None if j.kind is None else j.kind.value
    what = (units, j.matter, j.dispute, j.step.value, decision, j.rule, kind, j.amount, j.reason.value, j.category)
    return (*where, *what, j.by, j.automatic, j.at, j.waited_from)


def answer_range(write: Write) -> tuple[int, int]:
    """First and last event of the answer; last before first when nothing was recorded."""
    if write.recorded:
        return write.recorded[0].number, write.recorded[-1].number
    number = write.case.number if write.case is not None else 0
    return number + 1, number


def _case_columns(write: Write, head: bytes) -> Row:
    case = write.case
    assert case is not None
    row = row_of(write.marketplace, case)
    changing = (
        case.number,
        head,
        codec.shape(),
        codec.encode_case(case),
        " ".join(row.phases),
        row.is_open,
        row.due,
        case.wake,
        0,
        row.asked,
        row.held,
        row.ordered,
        row.paid,
        row.changed_at,
    )
    return (*changing, row.policy, row.type, row.customer_id, row.seller_id, row.currency, row.opened_at)


def fact_key(order_id: str, number: int) -> str:
    """The outbox key of a fact that joined an order."""
    return f"fact:{order_id}:{number}"
