"""Rulebooks and policies as they travel."""

from datetime import date
from typing import Any

import msgspec


class RulebookRowOut(msgspec.Struct):
    """A rulebook. `own`: the one that the caller's marketplace follows."""

    name: str
    market: str
    zone: str
    own: bool


class RulebooksOut(msgspec.Struct):
    """The rulebooks there are."""

    rulebooks: list[RulebookRowOut]


class ValueOut(msgspec.Struct):
    """A value in force: where it stands, what it is, since when, from which source, and how well founded that is."""

    path: str
    value: str
    since: date
    cites: str
    grade: str


class RulebookOut(msgspec.Struct):
    """A rulebook on a day."""

    name: str
    market: str
    zone: str
    day: date
    values: list[ValueOut]


class PolicyOut(msgspec.Struct):
    """A policy whole. `hash` is the SHA-256 of its canonical bytes, by which a case pins it."""

    case_id: str
    hash: str
    policy: dict[str, Any]
