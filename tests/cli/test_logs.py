"""The log: a line for each thing, as JSON where nobody watches, and nobody's text, token or key in it."""

import asyncio
import io
import json
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mufakat.api.app import application
from mufakat.cli.logs import set_up
from mufakat.cli.place import Place, opened, settings
from mufakat.cli.serving import _left_over, site_over
from mufakat.evidence.inspection.inspector import Inspector
from mufakat.store.postgres import PostgresStore
from tests.cli.typing_in import fine

SECRET = "what Ani wrote"
log = logging.getLogger("mufakat.tests")


class Screen(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


class Written:
    """What was written to standard error, which is no terminal here."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._text = ""

    @property
    def text(self) -> str:
        """All of it."""
        self._text += self._capsys.readouterr().err
        return self._text

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of a log of JSON."""
        found = [json.loads(each) for each in self.text.splitlines()]
        for each in found:
            each.pop("message", None)  # left on the record by the test runner's own handler
        return found


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    """What is written while the log is set up; it is as it was afterwards."""
    root, uvicorns = logging.getLogger(), logging.getLogger("uvicorn.error")
    handlers, level, theirs = list(root.handlers), root.level, uvicorns.level
    yield Written(capsys)
    root.handlers[:] = handlers
    root.setLevel(level)
    uvicorns.setLevel(theirs)


def failing() -> ValueError:
    """An error that says what somebody wrote, after another one that does, with it in a variable as well."""
    text = SECRET

    def first() -> None:
        raise KeyError(text)

    def second() -> None:
        try:
            first()
        except KeyError as error:
            raise ValueError(f"no number: {text!r}") from error

    try:
        second()
    except ValueError as error:
        return error
    raise AssertionError


def test_it_is_json_where_standard_error_is_no_terminal(written: Written) -> None:
    set_up("info", "")
    log.info("it %s", "happened", extra={"case": "c-1"})
    line = written.lines[0]
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "it happened", "level": "info", "logger": "mufakat.tests", "case": "c-1"}


def test_it_is_text_on_a_terminal_and_where_that_is_asked(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up("info", "text")
    log.info("it happened", extra={"case": "c-1"})
    assert "it happened" in written.text
    assert "case=c-1" in written.text
    monkeypatch.setattr(sys, "stderr", screen := Screen())
    set_up("info", "")
    log.info("it happened")
    assert not screen.getvalue().startswith("{")
    set_up("info", "json")
    log.info("once more")
    assert json.loads(screen.getvalue().splitlines()[-1])["event"] == "once more"


def test_it_begins_at_its_level_and_is_set_up_once(written: Written) -> None:
    other = logging.NullHandler()
    logging.getLogger().addHandler(other)
    set_up("info", "json")
    set_up("warning", "json")
    log.info("not this")
    log.warning("this")
    assert [each["event"] for each in written.lines] == ["this"]
    assert other in logging.getLogger().handlers


@pytest.mark.parametrize("style", ["json", "text"])
def test_an_error_shows_its_kinds_and_places_and_nobodys_text(written: Written, style: str) -> None:
    set_up("info", style)
    log.error("a pass failed", exc_info=failing())
    said = written.text
    assert SECRET not in said
    assert "builtins.ValueError" in said
    assert "builtins.KeyError" in said
    assert "in failing" in said


@pytest.mark.parametrize("style", ["json", "text"])
def test_on_debug_an_error_shows_what_it_says(written: Written, style: str) -> None:
    set_up("debug", style)
    log.error("a pass failed", exc_info=failing())
    assert "no number: 'what Ani wrote'" in written.text


def test_errors_together_and_errors_of_the_system_are_told_apart(written: Written) -> None:
    set_up("info", "json")
    log.error("two", exc_info=ExceptionGroup("both", [OSError(28, "No space left on device", SECRET), failing()]))
    said = written.lines[0]["exception"]
    assert "builtins.OSError: No space left on device" in said
    assert "builtins.ValueError" in said
    assert SECRET not in said
    log.error("nothing was raised", exc_info=True)  # noqa: LOG014 - that is what is tested
    assert "exception" not in written.lines[1]


def test_an_error_without_end_is_cut(written: Written) -> None:
    set_up("info", "json")
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    log.error("round and round", exc_info=first)
    assert written.lines[0]["exception"].count("builtins.KeyError") == 5


def test_an_error_of_the_database_shows_its_code(written: Written, place: Path) -> None:
    async def breaks(place: Place) -> None:
        try:
            await place.store.pool.fetch("SELECT ($1::text)::uuid", SECRET)
        except Exception:
            log.exception("a pass failed")

    _at(breaks)
    said = written.lines[0]["exception"]
    assert "SQLSTATE 22P02" in said
    assert SECRET not in written.text


def test_what_nobody_waited_for_is_logged_without_its_value(written: Written) -> None:
    set_up("info", "json")
    loop = asyncio.new_event_loop()
    done = loop.create_future()
    done.set_exception(failing())
    loop.set_exception_handler(_left_over)
    loop.call_exception_handler(
        {"message": "exception was never retrieved", "exception": done.exception(), "future": done}
    )
    loop.close()
    assert written.lines[0]["event"] == "left over: exception was never retrieved"
    assert SECRET not in written.text


# --- over HTTP


def _at(work: Callable[[Place], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with opened(settings("info")) as place:
            await work(place)

    asyncio.run(inside())


def _asked(written: Written, *requests: tuple[str, str, dict[str, Any]]) -> list[tuple[int, str, dict[str, Any]]]:
    """Status, request id and line of the log of some requests."""
    answers: list[tuple[int, str]] = []

    async def ask(place: Place) -> None:
        transport = httpx.ASGITransport(app=application(site_over(place, Inspector())), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://mufakat.test") as http:
            for method, path, more in requests:
                answer = await http.request(method, path, **more)
                answers.append((answer.status_code, answer.headers["x-request-id"]))

    _at(ask)
    found = [each for each in written.lines if each["logger"] == "mufakat.http"]
    return [(*answer, line) for answer, line in zip(answers, found, strict=True)]


@pytest.fixture
def key(place: Path) -> str:
    """The key of a server of a marketplace that is there."""
    fine("marketplace", "put", "toko", "--rulebook", "id")
    return fine("key", "make", "our shop").strip()


def test_each_request_is_one_line_with_its_id_its_route_and_its_status(written: Written, key: str) -> None:
    with_key = {"headers": {"authorization": f"Bearer {key}", "x-request-id": "from-the-proxy-1"}}
    asked = _asked(
        written,
        ("GET", "/health/live", {}),
        ("GET", "/v1/cases/not-a-case", with_key),
        ("GET", f"/nowhere/{SECRET}", {}),
        ("GET", f"/v1/cases?cursor={SECRET}", {}),
        ("BREW", "/health/live", {}),
    )
    shown = [(line["method"], line["route"], line["status"]) for _, _, line in asked]
    assert shown[:4] == [
        ("GET", "/health/live", 200),
        ("GET", "/v1/cases/{case_id}", 404),
        ("GET", "unknown", 404),
        ("GET", "/v1/cases", 401),
    ]
    assert shown[4][0] == "OTHER"
    for status, request_id, line in asked:
        assert line["event"] == "request"
        assert (line["status"], line["request_id"]) == (status, request_id)
        assert line["milliseconds"] >= 0
    assert asked[1][1] == "from-the-proxy-1"
    assert (asked[1][2]["marketplace"], asked[1][2]["caller"]) == ("toko", "SERVER")
    assert "caller" not in asked[0][2]
    assert len({request_id for _, request_id, _ in asked}) == len(asked)


def test_no_token_no_body_and_no_text_is_logged(written: Written, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(self: PostgresStore, *given: Any) -> None:
        raise ValueError(f"cannot load {given} {SECRET}")

    monkeypatch.setattr(PostgresStore, "load", breaks)
    headers = {"authorization": f"Bearer {key}", "idempotency-key": SECRET, "x-request-id": SECRET, "cookie": SECRET}
    request = {"order_id": "o-1", "type": "REFUND", "lines": [{"line_id": "1", "reason": "DEFECTIVE"}], "text": SECRET}
    asked = _asked(
        written,
        ("GET", "/v1/orders/o-1/eligibility", {"headers": headers}),
        ("POST", "/v1/cases", {"headers": headers, "json": request}),
        ("POST", "/v1/cases", {"headers": headers, "json": request | {"type": SECRET}}),
        ("POST", "/v1/cases", {"headers": headers, "content": f'{{"text": "{SECRET}'}),
        ("GET", "/v1/cases", {"headers": {"authorization": f"Bearer {key[:-6]}0_toko"}}),
        ("GET", "/v1/cases", {"headers": {"authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2VjcmV0"}}),
        ("GET", "/v1/cases", {"headers": headers, "params": {"after": SECRET}}),
    )
    assert asked[0][0] == 500
    broke = next(each for each in written.lines if each["level"] == "error")
    assert broke["event"] == f"request {asked[0][1]} broke"
    assert "builtins.ValueError" in broke["exception"]
    said = written.text
    for each in (SECRET, key.split("_")[2], key[:-6], "eyJhbGci", "c2VjcmV0"):
        assert each not in said
