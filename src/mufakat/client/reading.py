"""Reads answers into their types, those of a server that knows more words than this client included. No I/O here.

Fields that are new are left aside by the codec. A word that is new (a phase, a fact) stays plain text in its place: the
enums of answers are texts, so that comparing and printing go on working.
"""

from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec


def read(kind: Any, content: bytes) -> Any:
    """An answer of that type. Raises msgspec.MsgspecError."""
    try:
        return _decoder(kind).decode(content)
    except msgspec.ValidationError:
        return _leniently(kind, msgspec.json.decode(content))


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _leniently(kind: Any, value: Any) -> Any:
    """The same, word by word; what is wrong beside unknown words is refused as ever."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _leniently(inside[0], value)
    if origin in (Union, UnionType):
        chosen = [each for each in inside if each is not type(None)]
        return None if value is None else _leniently(chosen[0], value) if len(chosen) == 1 else _strictly(kind, value)
    if origin is list and isinstance(value, list):
        return [_leniently(inside[0], each) for each in value]
    if origin is dict and isinstance(value, dict):
        return {_leniently(inside[0], name): _leniently(inside[1], each) for name, each in value.items()}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        return _struct(kind, value)
    if isinstance(kind, type) and issubclass(kind, Enum) and isinstance(value, str):
        return _strictly(kind, value) if value in {each.value for each in kind} else value
    return _strictly(kind, value)


def _struct(kind: type[msgspec.Struct], value: dict[str, Any]) -> msgspec.Struct:
    given = {}
    for each in msgspec.structs.fields(kind):
        if each.encode_name in value:
            given[each.name] = _leniently(each.type, value[each.encode_name])
        elif each.required:
            raise msgspec.ValidationError(f"Object missing required field `{each.encode_name}`")
    return kind(**given)


def _strictly(kind: Any, value: Any) -> Any:
    return msgspec.convert(value, kind)
