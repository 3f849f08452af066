"""The list of event types: stored name, version, type. Names are stable and never a Python path."""

from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

EVENTS: dict[str, type] = {}
"""Stored name to event type: the whole list."""

VERSIONS: dict[str, int] = {}
"""Stored name to the version of its shape that is written today."""

NAMES: dict[type, str] = {}
"""Event type to stored name."""

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def event(name: str, version: int = 1) -> Any:
    """Make a frozen event and enter it under its stored name."""

    def made(kind: type[T]) -> type[T]:
        frozen = dataclass(frozen=True, slots=True)(kind)
        EVENTS[name], VERSIONS[name], NAMES[frozen] = frozen, version, name
        return frozen

    return made
