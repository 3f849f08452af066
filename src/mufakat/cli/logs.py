"""The log on standard error: a line for each thing, as text for people or as JSON for machines.

What people wrote must not be in it, since nobody could make a log forget. So of an error it shows the kind and the
place; the error's text, which may quote a value, is shown on the level debug alone.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

Line = MutableMapping[str, Any]

DEEPEST: Final = 10
"""How many errors behind an error are shown."""


_ALWAYS: Final = frozenset({*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"})
"""What every record has of itself."""


class _Ours(logging.StreamHandler[Any]):
    """The handler that `set_up` adds, and replaces when it is called again."""


def set_up(level: str, style: str) -> None:
    """Let everything be logged from a level on; `style` is text or json, or empty for what fits standard error."""
    text = style == "text" or (not style and sys.stderr.isatty())
    errors = _Errors(texts=level == "debug")
    handler = _Ours(sys.stderr)
    handler.setFormatter(_for_people(errors) if text else _ForMachines(errors))
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, _Ours)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())


def _for_people(errors: "_Errors") -> logging.Formatter:
    import structlog

    before: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # The usual formatter would show the variables of every frame.
    plain = structlog.dev.plain_traceback
    screen = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=plain)
    after: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, errors, screen]
    return structlog.stdlib.ProcessorFormatter(processors=after, foreign_pre_chain=before)


class _ForMachines(logging.Formatter):
    """A line as an object of JSON. Written here because every request is a line: structlog took five times as long."""

    def __init__(self, errors: "_Errors") -> None:
        super().__init__()
        self._errors = errors
        self._encode = msgspec.json.Encoder(enc_hook=repr).encode

    def format(self, record: logging.LogRecord) -> str:
        """The line: what came with it, then what happened, how bad it is, whose it is and when (UTC)."""
        line: Line = {name: value for name, value in record.__dict__.items() if name not in _ALWAYS}
        line["event"] = record.getMessage()
        line["level"] = record.levelname.lower()
        line["logger"] = record.name
        line["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        if record.exc_info:
            line["exc_info"] = record.exc_info
            line = self._errors(None, "", line)
        return self._encode(line).decode()


class _Errors:
    """Puts what is known of an error in its line, as text."""

    def __init__(self, *, texts: bool) -> None:
        self._texts = texts

    def __call__(self, logger: Any, name: str, line: Line) -> Line:
        """The line, with `exception` where it is about an error."""
        del logger, name
        given = line.pop("exc_info", None)
        error = given[1] if isinstance(given, tuple) else given
        if isinstance(error, BaseException):
            line["exception"] = "\n".join(_told(error, texts=self._texts))
        return line


def _told(error: BaseException | None, *, texts: bool) -> Iterator[str]:
    """An error and those behind it, the one that began it last."""
    for _ in range(DEEPEST):
        if error is None:
            return
        yield "".join(traceback.format_tb(error.__traceback__)) + _named(error, texts=texts)
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _told(each, texts=texts)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if error is not None:
            yield "after:"


def _named(error: BaseException, *, texts: bool) -> str:
    """The kind of an error, with what it says where that can be nobody's text."""
    known = ""
    if texts:
        known = str(error)
    elif isinstance(error, OSError):
        known = error.strerror or ""
    elif state := getattr(error, "sqlstate", None):
        parts = ("SQLSTATE", state, getattr(error, "constraint_name", None))
        known = " ".join(each for each in parts if isinstance(each, str))
    return f"{type(error).__module__}.{type(error).__qualname__}{': ' if known else ''}{known}"
