"""A place where no file can be kept is told before a command begins that needs it: one sentence, exit code 2."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mufakat.evidence import vault as vaults
from tests.cli.serving import free_port
from tests.cli.typing_in import Said, fine, mufakat

VERBS = [("serve",), ("work",), ("work", "--once")]
REFUSES_KEYS = b"""<?xml version="1.0"?><Error><Code>InvalidAccessKeyId</Code>
<Message>The key that you sent does not exist.</Message></Error>"""


@pytest.fixture(params=VERBS, ids=" ".join)
def verb(request: pytest.FixtureRequest, place: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """A verb that keeps files or sweeps them, with a database and free ports."""
    assert place.is_dir()
    for name in ("LISTEN", "METRICS"):
        monkeypatch.setenv(f"MUFAKAT_{name}", f"127.0.0.1:{free_port()}")
    monkeypatch.setattr(vaults, "RETRIES", 0)
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION"):
        monkeypatch.setenv(f"AWS_{name}", "x")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    found: tuple[str, ...] = request.param
    return found


class _RefusingKeys(BaseHTTPRequestHandler):
    """A store that does not know whoever asks."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        """Take the body and refuse it."""
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(403)
        self.send_header("content-length", str(len(REFUSES_KEYS)))
        self.end_headers()
        self.wfile.write(REFUSES_KEYS)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def refusing() -> Iterator[str]:
    """The address of an object store that refuses every key."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _RefusingKeys) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def check_told(said: Said, where: str) -> None:
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1), said
    assert said.err.startswith(f"mufakat: Files cannot be kept in {where}")
    assert said.err.endswith(").\n"), "and why"


def test_a_folder_that_cannot_be_written(verb: tuple[str, ...], place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes to /proc, not even root."""
    for where in ("/proc", str(place / "a file" / "files")):
        (place / "a file").touch()
        monkeypatch.setenv("MUFAKAT_FILES", where)
        check_told(mufakat(*verb), where)


def test_a_store_that_does_not_answer(verb: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUFAKAT_FILES", "s3://bucket/files")
    monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    check_told(mufakat(*verb), "s3://bucket/files: the store of files ")


def test_a_store_that_refuses_our_keys(verb: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, refusing: str) -> None:
    monkeypatch.setenv("MUFAKAT_FILES", "s3://bucket/files")
    monkeypatch.setenv("AWS_ENDPOINT", refusing)
    check_told(mufakat(*verb), "s3://bucket/files: the store of files ")


def test_a_place_that_can_be_used_keeps_nothing_of_the_trial(place: Path) -> None:
    assert fine("work", "--once")
    assert [path for path in (place / "home" / "files").rglob("*") if path.is_file()] == []
