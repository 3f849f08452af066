"""Which column or path of somebody else's file is which field of an order: a mapping, written in TOML.

A field is a column's name (CSV) or a path (JSON lines: names with dots between; one that begins with a dot is of the
entry of the list that `each` names), or a table that also says a constant, what their values mean here, a default, how
a date is written. `docs/guides/orders.md` shows whole ones. A mapping is checked when it is read, not row by row.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from mufakat.core.calendar import zone_of
from mufakat.core.order import Order, OrderLine
from mufakat.engine.feeding.values import Money

FORMATS: Final = ("csv", "jsonl")
_OF_ORDERS: Final = ("shipping_fee", "voucher", "platform_voucher")
_OF_LINES: Final = ("unit_price", "discount", "platform_discount", "tax", "commission", "fees")
MONEY: Final = frozenset((*_OF_ORDERS, *_OF_LINES, "amount"))
MOMENTS: Final = frozenset(("purchased_at", "promised_by", "at"))
FLAGS: Final = frozenset(("mall", "shipped_by_seller", "durable", "perishable", "virtual", "preorder", "made_to_order"))
COUNTS: Final = frozenset(("quantity", "units"))
SCANS: Final = ("awaiting_collection", "in_transit", "delivered", "lost")
"""Kinds of facts that are scans of the order's own parcel."""
KINDS: Final = (*SCANS, "paid", "promised", "refunded")
ANY_OTHER: Final = "*"
"""In a map: whatever is not named."""
LEFT_OUT: Final = ("line_id", "quantity")
"""What a line need not say: it is its place in the order then, and one unit."""


class MappingError(ValueError):
    """A mapping that cannot be used; the text is a sentence for people."""


class _When(msgspec.Struct, forbid_unknown_fields=True):
    column: str
    any_of: list[Any] = msgspec.field(name="is")


class _Field(msgspec.Struct, forbid_unknown_fields=True):
    column: str = ""
    value: Any = None
    map: dict[str, Any] = {}
    default: Any = None
    format: str = ""
    zone: str = ""
    sum: bool = False


class _Fact(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    at: Any
    when: _When | None = None
    amount: Any = None
    method: Any = None
    reference: Any = None
    tracking: Any = None
    units: Any = None
    promised_by: Any = None


class _Money(msgspec.Struct, forbid_unknown_fields=True):
    minor: bool = False
    decimal: str = "."
    thousands: str = ""
    sign: str = ""


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    order: dict[str, Any]
    line: dict[str, Any]
    format: str = ""
    delimiter: str = ","
    each: str = ""
    zone: str = "UTC"
    dates: str = "iso"
    skip: _When | None = None
    money: _Money = msgspec.field(default_factory=_Money)
    fact: list[_Fact] = []


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field comes from. `column` empty: it is `value`. `sums`: over all lines of the order."""

    name: str
    column: str = ""
    value: Any = None
    means: dict[str, Any] = field(default_factory=dict)
    default: Any = None
    format: str = "iso"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    sums: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """Only where a column has one of these values, as text."""

    column: str
    any_of: frozenset[str]


@dataclass(frozen=True, slots=True)
class FactSource:
    """Where a kind of fact comes from; left out where `when` does not hold and where `at` is empty."""

    kind: str
    at: Source
    when: When | None
    more: dict[str, Source]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping that was checked. `format` empty: by the file's name."""

    order: tuple[Source, ...]
    lines: tuple[Source, ...]
    facts: tuple[FactSource, ...] = ()
    format: str = ""
    delimiter: str = ","
    each: str = ""
    money: Money = field(default_factory=Money)
    skip: When | None = None

    def columns(self) -> list[str]:
        """Every column that it names, each once."""
        found = [each.column for each in (*self.order, *self.lines)]
        for fact in self.facts:
            found += [fact.at.column, *(each.column for each in fact.more.values())]
            found += [fact.when.column] if fact.when else []
        found += [self.skip.column] if self.skip else []
        return [each for each in dict.fromkeys(found) if each]


def mapping_of(path: Path) -> Mapping:
    """The mapping in a file; raises MappingError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"The mapping {path} cannot be read.") from error
    return read_mapping(text, str(path))


def read_mapping(text: str, name: str = "given") -> Mapping:
    """The mapping that a text holds; raises MappingError."""
    try:
        written = msgspec.convert(tomllib.loads(text), type=_Written)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MappingError(f"The mapping {name} cannot be read: {error}.") from error
    try:
        return _checked(written)
    except ValueError as error:
        raise MappingError(f"The mapping {name} cannot be used: {error}.") from error


def _checked(written: _Written) -> Mapping:
    if written.format and written.format not in FORMATS:
        raise MappingError(f"format is {' or '.join(FORMATS)}, not {written.format!r}")
    if len(written.delimiter) != 1:
        raise MappingError("delimiter is one character")
    order = _fields(written, written.order, Order, "order", without=("lines",))
    lines = _fields(written, written.line, OrderLine, "line")
    made = Mapping(
        order=order,
        lines=lines,
        facts=tuple(_fact(written, each) for each in written.fact),
        format=written.format,
        delimiter=written.delimiter,
        each=written.each,
        money=Money(written.money.minor, written.money.decimal, written.money.thousands, written.money.sign),
        skip=_when(written.skip),
    )
    relative = [each for each in made.columns() if each.startswith(".")]
    if relative and not made.each and made.format == "jsonl":
        raise MappingError(f"{relative[0]} is of an entry, and `each` names no list")
    return made


def _fields(
    written: _Written, given: dict[str, Any], kind: type, where: str, without: Sequence[str] = ()
) -> tuple[Source, ...]:
    """The sources of a section, all that are needed among them."""
    known = {each.name: each for each in fields(kind) if each.name not in without}
    for name in given:
        if name not in known:
            raise MappingError(f"[{where}] has no field {name}; it has {', '.join(known)}")
    needed = [name for name, each in known.items() if each.default is MISSING and name not in LEFT_OUT]
    if missing := [name for name in needed if name not in given]:
        raise MappingError(f"[{where}] needs {', '.join(missing)}")
    return tuple(_source(written, name, value, f"[{where}] {name}") for name, value in given.items())


def _source(written: _Written, name: str, given: Any, where: str) -> Source:
    try:
        made = _Field(column=given) if isinstance(given, str) else msgspec.convert(given, _Field)
    except msgspec.ValidationError as error:
        raise MappingError(f"{where}: {error}") from error
    if not made.column and made.value is None:
        raise MappingError(f'{where} names a column, or a constant as {{ value = "..." }}')
    if made.column and made.value is not None:
        raise MappingError(f"{where} names a column or a constant, not both")
    if made.sum and name not in MONEY:
        raise MappingError(f"{where}: only amounts can be summed")
    if (made.format or made.zone) and name not in MOMENTS:
        raise MappingError(f"{where}: format and zone are of moments")
    return Source(
        name=name,
        column=made.column,
        value=made.value,
        means=made.map,
        default=made.default,
        format=made.format or written.dates,
        zone=zone_of(made.zone or written.zone),
        sums=made.sum,
    )


def _fact(written: _Written, given: _Fact) -> FactSource:
    where = f"[[fact]] {given.kind}"
    if given.kind not in KINDS:
        raise MappingError(f"a fact is {', '.join(KINDS)}, not {given.kind!r}")
    allowed = {"paid": ("amount", "method", "reference"), "promised": ("promised_by",), "refunded": ("amount", "units")}
    may = allowed.get(given.kind, ("tracking",))
    named = {name: getattr(given, name) for name in ("amount", "method", "reference", "tracking", "units")}
    named["promised_by"] = given.promised_by
    more = {name: value for name, value in named.items() if value is not None}
    if wrong := [name for name in more if name not in may]:
        raise MappingError(f"{where} has no {wrong[0]}; it may have {', '.join(may)}")
    if given.kind == "promised" and not more:
        raise MappingError(f"{where} needs promised_by")
    sources = {name: _source(written, name, value, f"{where} {name}") for name, value in more.items()}
    return FactSource(given.kind, _source(written, "at", given.at, f"{where} at"), _when(given.when), sources)


def _when(given: _When | None) -> When | None:
    return None if given is None else When(given.column, frozenset(str(each) for each in given.any_of))
