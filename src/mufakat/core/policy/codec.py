"""A policy as bytes and back: canonical JSON, so that equal policies have equal bytes and one hash.

Keys are sorted, lists that are sets are sorted, periods stand as people write them. The bytes that a case was
pinned to are kept as they are; a field that a later version adds takes its default when they are read.
"""

import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from mufakat.core.calendar import parse_span, write_span
from mufakat.core.policy.policy import Policy, Span

FORMAT = 1
"""The version of this encoding, stored in it."""


def encode(policy: Policy) -> bytes:
    """The policy as canonical JSON in UTF-8: equal policies give equal bytes."""
    document = {"format": FORMAT, "policy": _write(policy)}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def decode(data: bytes) -> Policy:
    """The policy that was encoded; raises ValueError for bytes that are none."""
    document = json.loads(data)
    if not isinstance(document, dict) or document.get("format") != FORMAT or set(document) != {"format", "policy"}:
        raise ValueError(f"these bytes are no policy of format {FORMAT}")
    policy = _read(Policy, document["policy"], "policy")
    assert isinstance(policy, Policy)
    return policy


def policy_hash(data: bytes) -> str:
    """The SHA-256 of an encoded policy, 64 small hexadecimal digits: the name a case pins it by."""
    return hashlib.sha256(data).hexdigest()


def _write(value: object) -> object:
    if isinstance(value, Span):
        return write_span(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _write(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _write(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(_write(each)) for each in value)
    if isinstance(value, tuple):
        return [_write(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, raw: Any, where: str) -> object:
    """The value of a type; ValueError, naming where, if the raw value cannot be one."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = next(each for each in arguments if each is not type(None))
        return None if raw is None else _read(inner, raw, where)
    if origin is dict:
        key, each = arguments
        return {_read(key, k, where): _read(each, v, f"{where}.{k}") for k, v in _fit(raw, dict, where).items()}
    if origin in (tuple, frozenset):
        return _read_list(origin, arguments, _fit(raw, list, where), where)
    if kind is Span:
        return parse_span(_fit(raw, str, where))
    if kind is date:
        return date.fromisoformat(_fit(raw, str, where))
    if is_dataclass(kind):
        return _read_fields(kind, _fit(raw, dict, where), where)
    return kind(_fit(raw, str, where)) if issubclass(kind, StrEnum) else _fit(raw, kind, where)


def _fit(raw: Any, kind: type, where: str) -> Any:
    if type(raw) is not kind:
        raise ValueError(f"{where} must be {kind.__name__}; is {raw!r}")
    return raw


def _read_list(origin: Any, arguments: tuple[Any, ...], raw: list[Any], where: str) -> object:
    if origin is frozenset or arguments[-1] is Ellipsis:
        return origin(_read(arguments[0], each, where) for each in raw)
    if len(arguments) != len(raw):
        raise ValueError(f"{where} must have {len(arguments)} parts; has {len(raw)}")
    return tuple(_read(kind, each, where) for kind, each in zip(arguments, raw, strict=True))


def _read_fields(kind: Any, raw: dict[str, Any], where: str) -> object:
    hints = _hints(kind)
    if strangers := set(raw) - set(hints):
        raise ValueError(f"{where} has no {', '.join(sorted(strangers))}")
    for each in fields(kind):
        if each.name not in raw and each.default is MISSING:
            raise ValueError(f"{where} lacks {each.name}")
    return kind(**{name: _read(hints[name], value, f"{where}.{name}") for name, value in raw.items()})
