"""The list of commands: each enters it under its stored name where it is defined."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

COMMANDS: dict[str, type] = {}
"""Name to command type: the whole list."""

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def command(kind: type[T]) -> type[T]:
    """Make a frozen command and enter it in the list."""
    made = dataclass(frozen=True, slots=True)(kind)
    COMMANDS[made.__name__] = made
    return made
