"""The log on standard error: a line for each thing, as text for people or as JSON for machines.

What people wrote must not be in it, since nobody could make a log forget. So of an error it shows the kind and the
place; the error's text, which may quote a value, is shown on the level debug alone.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any, Final

Line = MutableMapping[str, Any]

DEEPEST: Final = 10
"""How many errors behind an error are shown."""


class _Ours(logging.StreamHandler[Any]):
    """The handler that `set_up` adds, and replaces when it is called again."""


def set_up(level: str, style: str) -> None:
    """Let everything be logged from a level on; `style` is text or json, or empty for what fits standard error."""
    import structlog

    text = style == "text" or (not style and sys.stderr.isatty())
    before: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    after: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _Errors(texts=level == "debug")]
    if text:
        # The usual formatter would show the variables of every frame.
        plain = structlog.dev.plain_traceback
        after.append(
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=plain)
        )
    else:
        after.append(structlog.processors.JSONRenderer())
    handler = _Ours(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=after, foreign_pre_chain=before))
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, _Ours)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())


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
