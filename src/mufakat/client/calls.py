"""One call of the API as data: what is sent, what its answer is, and whether it may be sent again. No I/O here."""

import uuid
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

import msgspec

from mufakat import __version__
from mufakat.api.wire.problems import Problem
from mufakat.client.errors import Refused, Unreachable, Unreadable
from mufakat.client.reading import read

T = TypeVar("T")

USER_AGENT: Final = f"mufakat-python/{__version__}"
GATEWAY: Final = frozenset({502, 503, 504})
"""Statuses of whoever stands before the server and did not get through; 503 also the server's own."""
SHOWN: Final = 500
"""Characters of an unreadable answer that its error keeps."""

_GOOD: Final = 200
_NOT_GOOD: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One call. `answer`: the type of a good answer; `bytes` for its plain bytes, NoneType for none, `str` for one
    `header` of it.

    `key`: the idempotency key. `repeatable`: it may be sent again where nobody knows whether it was carried out:
    reading, putting, and whatever has a key or is told apart by its content. `also`: statuses beside 2xx that are good.
    `body`: JSON, unless the headers say otherwise; a path stands for what the file holds. `slow`: seconds that the
    server may take over it, where that is more than the caller's timeout.
    """

    method: str
    path: str
    answer: type[T]
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Path | None = None
    key: str = ""
    repeatable: bool = True
    also: frozenset[int] = frozenset()
    slow: float = 0.0
    header: str = ""

    def parameters(self) -> dict[str, str | list[str]]:
        """The query as it travels, a list as a repeated name; what is None or empty is left out."""
        given = {name: value for name, value in self.query.items() if value is not None and value != ""}
        return {
            name: [_text(each) for each in value] if isinstance(value, list | tuple) else _text(value)
            for name, value in given.items()
        }

    def sent_headers(self, token: str, language: str) -> dict[str, str]:
        """Every header of the request."""
        found = {"accept": "application/json, application/problem+json", "user-agent": USER_AGENT}
        if self.answer is bytes:
            found["accept"] = "*/*"
        if token:
            found["authorization"] = f"Bearer {token}"
        if language:
            found["accept-language"] = language
        if self.body is not None:
            found["content-type"] = "application/json"
        if self.key:
            found["idempotency-key"] = self.key
        return found | dict(self.headers)

    def read(self, status: int, headers: Mapping[str, str], content: bytes, attempts: int) -> T:
        """The answer. Raises Refused, Unreachable for a gateway's, Unreadable."""
        if _GOOD <= status < _NOT_GOOD or status in self.also:
            return self._good(status, headers, content)
        if (problem := _problem(headers, content)) is not None:
            raise Refused(problem, self.key, retry_after(headers))
        if status in GATEWAY:
            raise Unreachable(f"a gateway answers {status} in place of the server", attempts, self.key)
        raise Unreadable("it is no problem document", status, _shown(content), self.key)

    def _good(self, status: int, headers: Mapping[str, str], content: bytes) -> T:
        kind: Any = self.answer
        if kind in (bytes, NoneType):
            found: Any = content if kind is bytes else None
            return found  # type: ignore[no-any-return]
        if self.header:
            found = headers.get(self.header)
            if found is None:
                raise Unreadable(f"it has no {self.header}", status, _shown(content), self.key)
            return found  # type: ignore[no-any-return]
        try:
            good: T = read(kind, content)
        except msgspec.MsgspecError as error:
            raise Unreadable(str(error), status, _shown(content), self.key) from error
        return good


def address(*parts: str) -> str:
    """An address made of parts, of which each may hold any letters."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def path(*parts: str) -> str:
    """An address under /v1."""
    return address("v1", *parts)


def fresh_key(given: str | None) -> str:
    """The key that was given, else a new one."""
    return given if given is not None else str(uuid.uuid4())


def body(value: Any, *, without: str = "", **more: Any) -> bytes:
    """A dataclass of the core as it travels, `without` one of its fields; `more` are fields beside its own."""
    members = plain(value)
    members.pop(without, None)
    return msgspec.json.encode(more | members)


def plain(value: Any) -> Any:
    """A dataclass of the core as members of JSON.

    What has its default is left out, so that a server that is older than a field understands.
    """
    if is_dataclass(value):
        own = ((each, getattr(value, each.name)) for each in fields(value))
        return {each.name: plain(sent) for each, sent in own if each.default is MISSING or sent != each.default}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def json(**members: Any) -> bytes:
    """A body of those members; what is None is left out."""
    return msgspec.json.encode({name: value for name, value in members.items() if value is not None})


def version(number: int | None) -> dict[str, str]:
    """The header that holds a command back unless the case still has that version."""
    return {} if number is None else {"if-match": f'"{number}"'}


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait: as a number or until a date; None where it asks for none."""
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return None
    return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _problem(headers: Mapping[str, str], content: bytes) -> Problem | None:
    if "json" not in headers.get("content-type", ""):
        return None
    try:
        return msgspec.json.decode(content, type=Problem)
    except msgspec.MsgspecError:
        return None


def _shown(content: bytes) -> str:
    return content.decode(errors="replace")[:SHOWN]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
