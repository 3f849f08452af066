"""An order out of the rows that a mapping speaks of: every field looked up, translated, and read as what it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mufakat.core.order import OUTBOUND, Amendment, Fact, Order, OrderLine, OutsideRefund, Payment, Scan, ScanKind
from mufakat.engine.feeding import mapping as m
from mufakat.engine.feeding.records import Amiss
from mufakat.engine.feeding.values import WrongValueError, amount_of, count_of, flag_of, moment_of, shown, text_of

Look = Callable[[Any, Any], Any]
"""What stands somewhere: given the row (or object) of the order, and the one of the line."""
Field = Callable[[Any, Any, str], Any]
"""A field's value out of the same, and the order's currency; None where there is none."""
_UNSAID: Final = object()


class FieldError(ValueError):
    """A field that is missing or wrong: a code, a sentence, and of which of the order's rows it is, from 0."""

    def __init__(self, code: Amiss, why: str, at: int = 0) -> None:
        super().__init__(why)
        self.code, self.at = code, at


@dataclass(frozen=True, slots=True)
class _FactFields:
    kind: str
    at: Field
    holds: Callable[[Any, Any], bool]
    more: dict[str, Field]


class Maker:
    """Makes orders by a mapping. header: the columns of a CSV file; None for JSON. Raises MappingError."""

    def __init__(self, mapping: m.Mapping, header: Sequence[str] | None) -> None:
        self._mapping = mapping
        self._header = None if header is None else {name.strip(): n for n, name in reversed(list(enumerate(header)))}
        self._check_columns()
        self._order = {each.name: self._field(each, of_line=False) for each in mapping.order if not each.sums}
        self._sums = {each.name: self._field(each, of_line=True) for each in mapping.order if each.sums}
        self._lines = {each.name: self._field(each, of_line=True) for each in mapping.lines}
        self._facts = [self._fact(each) for each in mapping.facts]
        self._skips = self._holds(mapping.skip)
        self.order_id = self._order["order_id"]
        same = [each.column for each in mapping.order if each.column and not each.sums]
        self._same = [] if self._header is None else [(name, self._header[name]) for name in dict.fromkeys(same)]

    def skips(self, row: Any) -> bool:
        """Whether the mapping leaves this order out."""
        return self._mapping.skip is not None and self._skips(row, row)

    def make(self, whole: Any, entries: Sequence[Any]) -> tuple[Order, tuple[Fact, ...]]:
        """The order and its facts, out of its first row and the rows of its lines. Raises FieldError."""
        self._check_same(entries)
        named = self._values(self._order, whole, whole, "", 0)
        currency = self._must(named, "currency", 0)
        amounts = {name: get for name, get in self._order.items() if name in m.MONEY}
        named |= self._values(amounts, whole, whole, currency, 0)
        for name in ("order_id", "customer_id", "seller_id", "purchased_at"):
            self._must(named, name, 0)
        for name, get in self._sums.items():
            named[name] = sum(self._value(name, get, whole, row, currency, n) or 0 for n, row in enumerate(entries))
        order = Order(**named, lines=tuple(self._line(whole, row, currency, n) for n, row in enumerate(entries)))
        facts = [fact for n, row in enumerate(entries) for fact in self._facts_of(order, whole, row, n)]
        return order, tuple(dict.fromkeys(facts))

    def _line(self, whole: Any, row: Any, currency: str, n: int) -> OrderLine:
        named = self._values(self._lines, whole, row, currency, n)
        named.setdefault("line_id", str(n + 1))
        named.setdefault("quantity", 1)
        for name in ("product_id", "unit_price"):
            self._must(named, name, n)
        return OrderLine(**named)

    def _facts_of(self, order: Order, whole: Any, row: Any, n: int) -> Iterator[Fact]:
        for source in self._facts:
            if not source.holds(whole, row):
                continue
            at = self._value("at", source.at, whole, row, order.currency, n)
            if at is not None:
                more = self._values(source.more, whole, row, order.currency, n)
                yield from _fact(source.kind, order, order.lines[n], at, more)

    def _values(self, fields: dict[str, Field], whole: Any, row: Any, currency: str, n: int) -> dict[str, Any]:
        """The fields that have a value. Amounts wait for a currency: without one they are left out."""
        found = {}
        for name, get in fields.items():
            if not currency and name in m.MONEY:
                continue
            value = self._value(name, get, whole, row, currency, n)
            if value is not None:
                found[name] = value
        return found

    def _value(self, name: str, get: Field, whole: Any, row: Any, currency: str, n: int) -> Any:
        try:
            return get(whole, row, currency)
        except WrongValueError as error:
            raise FieldError(Amiss.FIELD_WRONG, f"{name}: {error}", n) from error

    def _must(self, named: dict[str, Any], name: str, n: int) -> Any:
        if named.get(name) in (None, ""):
            raise FieldError(Amiss.FIELD_MISSING, f"{name} is missing", n)
        return named[name]

    def _check_same(self, rows: Sequence[Any]) -> None:
        """The rows of an order say the same of it."""
        for n, row in enumerate(rows[1:], start=1):
            for name, at in self._same:
                if row[at] != rows[0][at]:
                    why = f"{name} is {shown(row[at])}, and {shown(rows[0][at])} in the order's first row"
                    raise FieldError(Amiss.ROWS_DIFFER, why, n)

    # --- putting the fields together, once for a file

    def _check_columns(self) -> None:
        if self._header is None:
            return
        for name in self._mapping.columns():
            if name not in self._header:
                raise m.MappingError(f"The file has no column {name!r}; it has {', '.join(self._header)}.")

    def _look(self, column: str, *, of_line: bool) -> Look:
        if self._header is not None:
            at = self._header[column]
            return (lambda _, row: row[at]) if of_line else (lambda whole, _: whole[at])
        names = column.removeprefix(".").split(".")
        if column.startswith("."):
            return lambda _, entry: _at(entry, names)
        return lambda whole, _: _at(whole, names)

    def _field(self, source: m.Source, *, of_line: bool) -> Field:
        read = self._reads(source)
        if not source.column:
            return lambda _whole, _row, currency: read(source.value, currency)
        look, means, default = self._look(source.column, of_line=of_line), source.means, source.default

        def field(whole: Any, row: Any, currency: str) -> Any:
            value = look(whole, row)
            if means and value is not None:
                value = _meant(value, means)
            if value is None or (isinstance(value, str) and not value.strip()):
                value = default
            return None if value is None else read(value, currency)

        return field

    def _reads(self, source: m.Source) -> Callable[[Any, str], Any]:
        name, money, form, zone = source.name, self._mapping.money, source.format, source.zone
        if name in m.MONEY:
            return lambda value, currency: amount_of(value, currency, money)
        if name in m.MOMENTS:
            return lambda value, _: moment_of(value, form, zone)
        read = flag_of if name in m.FLAGS else count_of if name in m.COUNTS else text_of
        return lambda value, _: read(value)

    def _fact(self, source: m.FactSource) -> _FactFields:
        more = {name: self._field(each, of_line=True) for name, each in source.more.items()}
        return _FactFields(source.kind, self._field(source.at, of_line=True), self._holds(source.when), more)

    def _holds(self, when: m.When | None) -> Callable[[Any, Any], bool]:
        if when is None:
            return lambda _whole, _row: True
        look, any_of = self._look(when.column, of_line=True), when.any_of
        return lambda whole, row: _plain(look(whole, row)) in any_of


def _fact(kind: str, order: Order, line: OrderLine, at: datetime, more: dict[str, Any]) -> Iterator[Fact]:
    """A fact of that kind; none of a payment or refund of nothing."""
    if kind in m.SCANS:
        yield Scan(OUTBOUND, ScanKind(kind.upper()), at, tracking=more.get("tracking", ""))
    elif kind == "promised":
        if "promised_by" in more:
            yield Amendment(more["promised_by"], at)
    elif kind == "paid":
        amount = more.pop("amount", None)
        amount = order.paid() if amount is None else amount
        if amount:
            yield Payment(amount, at, **more)
    else:
        amount = more.get("amount")
        amount = order.paid_for(line) if amount is None else amount
        if amount:
            yield OutsideRefund(line.line_id, tuple(range(1, more.get("units", line.quantity) + 1)), amount, at)


def _at(whole: Any, names: Sequence[str]) -> Any:
    """What stands at a path; a number is a place in a list, from 0. None where nothing does."""
    for name in names:
        if isinstance(whole, dict):
            whole = whole.get(name)
        elif isinstance(whole, list) and name.isdigit() and int(name) < len(whole):
            whole = whole[int(name)]
        else:
            return None
    return whole


def _plain(value: Any) -> str:
    """A value as maps name it: JSON's true is `true`, a text without room around it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value).strip()


def _meant(value: Any, means: dict[str, Any]) -> Any:
    found = means.get(_plain(value), means.get(m.ANY_OTHER, _UNSAID))
    if found is _UNSAID:
        raise WrongValueError(f"the mapping says nothing of {shown(value)}; it knows {', '.join(means)}")
    return found
