"""A file of orders gone through row by row, whatever its size: what was read of each, or why it could not be used.

JSON lines are an order a line. CSV is a line of an order a row, and the rows of an order stand together: only they are
in memory. Which orders have been is kept in a file of its own that vanishes, so that rows which stand apart are told
instead of taken for the order as it now is.
"""

import csv
import hashlib
import io
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, Self

import msgspec

from mufakat.core.order import MAX_ORDER_LINES, Fact, Order
from mufakat.engine.feeding.making import FieldError, Maker
from mufakat.engine.feeding.mapping import Mapping, MappingError
from mufakat.engine.feeding.records import Amiss, BadRow, Given
from mufakat.engine.feeding.values import FIRST_YEAR, LAST_YEAR, MAX_NAME, WrongValueError, shown, text_of
from mufakat.store import codec

MOST_BYTES: Final = 1_000_000
"""Bytes of one JSON line."""
MOST_FACTS: Final = 1000
"""Facts that come with one order."""


class Reader:
    """Goes through a file once. mapping: None for our own JSON lines. Raises MappingError when it does not fit."""

    def __init__(self, file: BinaryIO, form: str, mapping: Mapping | None = None) -> None:
        if form == "csv" and mapping is None:
            raise MappingError("CSV needs a mapping that says which column is which field.")
        self._file, self._form, self._mapping = file, form, mapping
        self.skipped = 0
        """Orders that the mapping leaves out."""

    def __iter__(self) -> Iterator[Given | BadRow]:
        return self._csv(self._mapping) if self._form == "csv" and self._mapping else self._lines()

    def position(self) -> int:
        """Bytes that were read so far, a little ahead of what was given out; 0 of a pipe, which does not count."""
        return self._file.tell() if self._file.seekable() else 0

    # --- JSON lines

    def _lines(self) -> Iterator[Given | BadRow]:
        maker = None if self._mapping is None else Maker(self._mapping, None)
        for row, line in enumerate(self._cut(), start=1):
            if line is None:
                yield BadRow(row, "", Amiss.UNREADABLE, f"the line has more than {MOST_BYTES} bytes")
            elif line.strip():
                read = self._own(row, line) if maker is None else self._foreign(row, line, maker)
                if read is not None:
                    yield read

    def _cut(self) -> Iterator[bytes | None]:
        """Each line; None for one that is too long, whose rest is passed over."""
        while line := self._file.readline(MOST_BYTES):
            if len(line) < MOST_BYTES or line.endswith(b"\n"):
                yield line
                continue
            while (rest := self._file.readline(MOST_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield None

    def _own(self, row: int, line: bytes) -> Given | BadRow:
        """An order as the API has it, with its id, and its facts under `facts`."""
        order_id = ""
        try:
            told = _object(line)
            order_id = str(told.get("order_id", ""))[:MAX_NAME]
            facts = _own_facts(told.pop("facts", []))
            order = codec.decode_order_json(told)
            _check_names(order)
            return Given(row, order, facts)
        except _NotJsonError as error:
            return BadRow(row, order_id, Amiss.UNREADABLE, str(error))
        except (codec.CodecError, WrongValueError) as error:
            return BadRow(row, order_id, Amiss.FIELD_WRONG, str(error))

    def _foreign(self, row: int, line: bytes, maker: Maker) -> Given | BadRow | None:
        order_id = ""
        try:
            told = _object(line)
            if maker.skips(told):
                self.skipped += 1
                return None
            order_id = _named(maker, told)
            entries = self._entries(told)
            order, facts = maker.make(told, entries)
            return Given(row, order, facts)
        except _NotJsonError as error:
            return BadRow(row, order_id, Amiss.UNREADABLE, str(error))
        except FieldError as error:
            return BadRow(row, order_id, error.code, str(error))

    def _entries(self, told: dict[str, Any]) -> list[Any]:
        """The lines of a foreign order: those of the list that `each` names, or the whole as the only one."""
        found: Any = told
        if self._mapping is None or not self._mapping.each:
            return [told]
        for name in self._mapping.each.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        if not isinstance(found, list) or not 1 <= len(found) <= MAX_ORDER_LINES:
            raise FieldError(Amiss.FIELD_WRONG, f"{self._mapping.each} is no list of 1 to {MAX_ORDER_LINES} lines")
        return found

    # --- CSV

    def _csv(self, mapping: Mapping) -> Iterator[Given | BadRow]:
        # What is no UTF-8 stays as marks that no name has, so that it is told with its row and stops nothing.
        text = io.TextIOWrapper(self._file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        rows = csv.reader(text, delimiter=mapping.delimiter)
        try:
            header = next(rows, None)
            if not header:
                raise MappingError("The file is empty: its first row names the columns.")
            maker = Maker(mapping, header)
            with _Been() as been:
                yield from self._groups(_numbered(rows, len(header)), maker, been)
        finally:
            text.detach()

    def _groups(self, rows: Iterator["_Row"], maker: Maker, been: "_Been") -> Iterator[Given | BadRow]:
        """The orders, of rows that stand together. A row that cannot be read spoils the order that it may belong to."""
        group, next_spoilt = _Group(), 0
        for row in rows:
            name, fault = _whose(maker, row)
            if name and name != group.name:
                yield from self._order(group, maker, been)
                group = _Group(name, next_spoilt)
            next_spoilt = 0 if name else row.number  # a row of nobody may be of the order before it or after it
            if fault is not None:
                yield fault
                group.spoilt = group.spoilt or row.number
            elif len(group.rows) <= MAX_ORDER_LINES:
                group.rows.append(row)
        yield from self._order(group, maker, been)

    def _order(self, group: "_Group", maker: Maker, been: "_Been") -> Iterator[Given | BadRow]:
        apart = bool(group.name) and been.before(group.name)
        if not group.rows:
            return
        first, name, rows = group.rows[0].number, group.name, [row.cells for row in group.rows]
        if group.spoilt:
            why = f"row {group.spoilt} cannot be read, and may be a line of this order"
            yield BadRow(first, name, Amiss.UNREADABLE, why)
        elif maker.skips(rows[0]):
            self.skipped += 1
        elif apart:
            yield BadRow(first, name, Amiss.STANDS_APART, f"other rows of order {name} stand further up")
        else:
            try:
                order, facts = maker.make(rows[0], rows)
                yield Given(first, order, facts, len(rows))
            except FieldError as error:
                yield BadRow(group.rows[error.at].number, name, error.code, str(error))


@dataclass(slots=True)
class _Row:
    """A row of CSV with its number; `fault` says why it cannot be used."""

    number: int
    cells: list[str]
    fault: str = ""


@dataclass(slots=True)
class _Group:
    """The rows of one order so far. `spoilt`: the number of a row that may be one of them and cannot be read."""

    name: str = ""
    spoilt: int = 0
    rows: list[_Row] = field(default_factory=list)


class _Been:
    """Which orders have been: their hashes in a file that vanishes, however many they are."""

    def __enter__(self) -> Self:
        self._table = sqlite3.connect("", isolation_level=None)  # an empty name: a temporary file, gone when closed
        self._table.execute("PRAGMA journal_mode = OFF")
        self._table.execute("PRAGMA synchronous = OFF")
        self._table.execute("CREATE TABLE been (name INTEGER PRIMARY KEY) WITHOUT ROWID")
        return self

    def __exit__(self, *_: object) -> None:
        self._table.close()

    def before(self, name: str) -> bool:
        """Whether it has been; from now on it has."""
        short = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
        return self._table.execute("INSERT OR IGNORE INTO been VALUES (?)", (short,)).rowcount == 0


class _NotJsonError(ValueError):
    """A line that is no JSON object."""


def _object(line: bytes) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _NotJsonError(f"this is no JSON: {error}") from error
    if not isinstance(told, dict):
        raise _NotJsonError("this is no JSON object")
    return told


def _own_facts(told: Any) -> tuple[Fact, ...]:
    if not isinstance(told, list) or len(told) > MOST_FACTS or not all(isinstance(each, dict) for each in told):
        raise codec.CodecError(f"facts is a list of at most {MOST_FACTS} objects")
    return tuple(codec.decode_fact_json(each) for each in told)


def _check_names(order: Order) -> None:
    """Names and years as the API takes them. Raises WrongValueError."""
    names = [order.order_id, order.customer_id, order.seller_id, order.payment_method]
    for line in order.lines:
        names += [line.line_id, line.product_id, line.category]
    for each in names:
        text_of(each)
    for at in (order.purchased_at, order.promised_by):
        if at is not None and not FIRST_YEAR <= at.year <= LAST_YEAR:
            raise WrongValueError(f"{at.isoformat()} is not in the years {FIRST_YEAR} to {LAST_YEAR}")


def _named(maker: Maker, row: Any) -> str:
    """The order's id. Raises FieldError."""
    try:
        found = maker.order_id(row, row, "")
    except WrongValueError as error:
        raise FieldError(Amiss.FIELD_WRONG, f"order_id: {error}") from error
    if not found:
        raise FieldError(Amiss.FIELD_MISSING, "order_id is missing")
    return str(found)


def _whose(maker: Maker, row: _Row) -> tuple[str, BadRow | None]:
    """The order that a row is of, as far as it can be told, and what is wrong with the row."""
    try:
        name = _named(maker, row.cells)
    except IndexError:  # only where the row is too short, which its fault says
        name = ""
    except FieldError as error:
        return "", BadRow(row.number, "", error.code, str(error))
    return name, BadRow(row.number, name, Amiss.UNREADABLE, row.fault) if row.fault else None


def _numbered(rows: Any, width: int) -> Iterator[_Row]:
    """Each row with its number, the header's being 1."""
    number = 1
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield _Row(number, [], f"this is no row of CSV: {error}")
            continue
        if cells:
            fault = "" if len(cells) == width else f"{len(cells)} cells instead of {width}, from {shown(cells[0])} on"
            yield _Row(number, cells, fault)
