"""Keys of a scenario file: what may stand under each, said in words, and how it is read."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from mufakat.core.calendar import parse_span
from mufakat.core.policy.policy import Span

NONE = "none"
"""What an expectation says where nothing is expected: no due moment, no outcome."""

E = TypeVar("E", bound=StrEnum)

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?")


class UnreadableError(ValueError):
    """A value that is not allowed; the message says what is."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: how its value is read, and whether it must be there."""

    read: Callable[[object], Any]
    needed: bool = False


def needed(key: Key) -> Key:
    """The same key, where it may not be left out."""
    return Key(key.read, needed=True)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UnreadableError(f"{value!r} is no text: write something between quotes")
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnreadableError(f"{value!r} is no whole number: write one such as 100000, without dots")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise UnreadableError(f"{value!r} is neither true nor false")
    return value


def read_moment(value: object) -> datetime:
    """A local time as people write it; raises UnreadableError, which says how, for anything else."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    raise UnreadableError(f'{value!r} is no time: write a local one such as "2026-11-02 10:00"')


def _moment_or(*words: str) -> Callable[[object], datetime | str]:
    def read(value: object) -> datetime | str:
        if value in words:
            return str(value)
        try:
            return read_moment(value)
        except UnreadableError as error:
            raise UnreadableError(f"{error}, or {listed(words)}") from error

    return read


def _span(value: object) -> Span:
    try:
        return parse_span(value if isinstance(value, str) else repr(value))
    except ValueError as error:
        raise UnreadableError(str(error)) from error


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise UnreadableError(f'{value!r} is no day: write one such as "2026-11-02"') from error


def listed(words: tuple[str, ...] | list[str]) -> str:
    """Words as a sentence names them: `a, b or c`, each quoted."""
    quoted = [f'"{word}"' for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _choice(kind: type[E], *, none: bool) -> Callable[[object], E | None]:
    names = {each.value.lower(): each for each in kind}

    def read(value: object) -> E | None:
        word = value.lower() if isinstance(value, str) else ""
        if none and word == NONE:
            return None
        if word not in names:
            allowed = [each.value for each in kind] + ([NONE] if none else [])
            raise UnreadableError(f"{value!r} is not allowed: write {listed(allowed)}")
        return names[word]

    return read


def _many(one: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...]]:
    def read(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise UnreadableError(f"{value!r} is no list: write values between [ and ]")
        return tuple(one(each) for each in value)

    return read


def read_table(table: object, keys: dict[str, Key]) -> dict[str, Any]:
    """The values of a table by its keys; raises UnreadableError for the first that is unknown, missing or wrong."""
    if not isinstance(table, dict):
        raise UnreadableError(f"{table!r} is no table: write keys and values between {{ and }}")
    for name in table:
        if name not in keys:
            raise UnreadableError(f"'{name}' is not known here: write {listed(sorted(keys))}")
    found: dict[str, Any] = {}
    for name, key in keys.items():
        if name in table:
            try:
                found[name] = key.read(table[name])
            except UnreadableError as error:
                raise UnreadableError(f"{name}: {error}") from error
        elif key.needed:
            raise UnreadableError(f"'{name}' is missing")
    return found


def choice(kind: type[StrEnum], *, none: bool = False) -> Key:
    """A public name, upper or lower case; with `none`, also the word none."""
    return Key(_choice(kind, none=none))


def choices(kind: type[StrEnum]) -> Key:
    """A list of public names."""
    return Key(_many(_choice(kind, none=False)))


def words_of(known: Iterable[str]) -> Key:
    """A list of words out of some."""
    words = tuple(known)

    def one(value: object) -> str:
        if value not in words:
            raise UnreadableError(f"{value!r} is not known: write {listed(words)}")
        return str(value)

    return Key(_many(one))


def moment_or(*words: str) -> Key:
    """A local time, or one of some words."""
    return Key(_moment_or(*words))


def tables(keys: dict[str, Key]) -> Key:
    """A list of tables with these keys."""
    return Key(_many(lambda each: read_table(each, keys)))


TEXT = Key(_text)
NUMBER = Key(_number)
FLAG = Key(_flag)
MOMENT = Key(read_moment)
SPAN = Key(_span)
DAY = Key(_day)
WORDS = Key(_many(_text))
NUMBERS = Key(_many(_number))
