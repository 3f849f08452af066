"""The core's dataclasses as what travels over HTTP: strict structs, made from them, so the two cannot drift apart.

A struct has the fields of its dataclass, refuses fields that it does not know, and bounds what a caller may send: texts
without NUL, short identifiers, whole numbers that a database column holds, instants with a zone in sane years. What a
value means is still for the core to say; here only the shape is checked. `convert` turns a struct into the dataclass.
"""

import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from mufakat.core.order import MAX_AMOUNT

MAX_NAME: Final = 200
"""Characters of an identifier, a code or a tracking number."""
MAX_SENT: Final = 20_000
"""Characters of a text as sent; what is kept is bounded again, with a refusal that says the limit (TEXT_TOO_LONG)."""
FIRST_YEAR: Final = 1970
"""Instants and days are taken from this year on: outside, no calendar is right, and adding a period could end time."""
LAST_YEAR: Final = 2199
"""Instants and days are taken until the end of this year."""
NO_NUL: Final = r"^[^\x00]*$"
"""PostgreSQL keeps no NUL in a text."""

T = TypeVar("T")

Name = Annotated[str, Meta(max_length=MAX_NAME, pattern=NO_NUL)]
"""An identifier, a code, a tracking number."""
Text = Annotated[str, Meta(max_length=MAX_SENT, pattern=NO_NUL)]
"""What a person wrote."""
Number = Annotated[int, Meta(ge=0, le=MAX_AMOUNT)]
"""A count, or an amount in minor units."""
Moment = Annotated[datetime, Meta(tz=True)]
"""An instant with its zone."""


@cache
def mirror(
    kind: type,
    tag_field: str | None = None,
    tag: str | None = None,
    without: frozenset[str] = frozenset(),
    name: str = "",
) -> type[msgspec.Struct]:
    """The struct that a dataclass travels as; with a tag it can stand in a union of several."""
    hints = get_type_hints(kind)
    made: list[Any] = []
    for each in fields(kind):
        if each.name in without:
            continue
        sort = _travelling(hints[each.name], sealed=bool(each.metadata.get("sealed")))
        made.append((each.name, sort) if each.default is MISSING else (each.name, sort, each.default))
    return msgspec.defstruct(
        name or kind.__name__,
        made,
        tag_field=tag_field,
        tag=tag,
        forbid_unknown_fields=True,
        frozen=True,
        kw_only=True,
        module=__name__,
        namespace={"__doc__": kind.__doc__},
    )


def convert(sent: msgspec.Struct, kind: type[T], **more: Any) -> T:
    """The dataclass of a struct; `more` fills the fields that do not travel. Raises msgspec.ValidationError."""
    plain = msgspec.structs.asdict(sent) | more
    for name, value in plain.items():
        if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise msgspec.ValidationError(f"Expected a year from {FIRST_YEAR} to {LAST_YEAR} - at `$.{name}`")
    return msgspec.convert(plain, kind, from_attributes=True)


def _travelling(sort: Any, *, sealed: bool) -> Any:
    if sort is str:
        return Text if sealed else Name
    if sort is int:
        return Number
    if sort is datetime:
        return Moment
    if is_dataclass(sort) and isinstance(sort, type):
        return mirror(sort)
    if isinstance(sort, type) and issubclass(sort, Enum):
        return sort
    arguments = get_args(sort)
    if get_origin(sort) in (Union, types.UnionType):
        return Union[tuple(_travelling(each, sealed=sealed) for each in arguments)]  # noqa: UP007 - made of a list
    if get_origin(sort) is tuple:
        return types.GenericAlias(tuple, (_travelling(arguments[0], sealed=sealed), ...))
    return sort
