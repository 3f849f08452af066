"""Types as JSON Schema, by the same library that reads and writes them, so that the two cannot differ."""

from collections.abc import Iterable, Sequence
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

import msgspec
from msgspec import inspect

PLACE: Final = "#/components/schemas/"


def shapes(wanted: Sequence[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The schema of each type, in order, and what they refer to, by name."""
    found, components = msgspec.json.schema_components(wanted, ref_template=PLACE + "{name}")
    for kind in _structs(inspect.multi_type_info(wanted)):
        _mark_moments(kind, components[kind.cls.__name__])
    for each in (*found, *components.values()):
        _mark_texts(each)
    return list(found), dict(sorted(components.items()))


def without_none(kind: Any) -> Any:
    """A type without None among its choices."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    left = tuple(each for each in get_args(kind) if each is not NoneType)
    return Union[left]  # noqa: UP007 - made of a list


def _structs(infos: Iterable[Any]) -> list[inspect.StructType]:
    """Every struct in the types, each once."""
    found: dict[type, inspect.StructType] = {}
    left = list(infos)
    while left:
        info = left.pop()
        if isinstance(info, inspect.StructType):
            if info.cls in found:
                continue
            found[info.cls] = info
            left += [each.type for each in info.fields]
        elif isinstance(info, inspect.UnionType):
            left += info.types
        elif isinstance(info, inspect.Metadata):
            left.append(info.type)
        elif isinstance(info, inspect.DictType):
            left.append(info.value_type)
        elif isinstance(info, inspect.CollectionType | inspect.VarTupleType):
            left.append(info.item_type)
    return list(found.values())


def _mark_moments(kind: inspect.StructType, schema: dict[str, Any]) -> None:
    """An instant without a word about its zone is taken for any text; ours all go out with theirs."""
    for each in kind.fields:
        choices = each.type.types if isinstance(each.type, inspect.UnionType) else (each.type,)
        if any(isinstance(choice, inspect.DateTimeType) for choice in choices):
            stated = schema["properties"][each.encode_name]
            for part in stated.get("anyOf", [stated]):
                if part.get("type") == "string":
                    part["format"] = "date-time"


def _mark_texts(schema: Any) -> None:
    """Say of words from a list that they are texts: some readers of schemas want a type beside an enum."""
    if isinstance(schema, list):
        for each in schema:
            _mark_texts(each)
    elif isinstance(schema, dict):
        words = schema.get("enum")
        if isinstance(words, list) and "type" not in schema and all(isinstance(word, str) for word in words):
            schema["type"] = "string"
        for each in schema.values():
            _mark_texts(each)
