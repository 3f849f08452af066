"""Other ways than mail, through Apprise, against a server of the test's own; and without the package."""

import builtins
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest

from mufakat.notify import elsewhere
from mufakat.notify.elsewhere import AddressError, Elsewhere, NotInstalledError, NotSent

apprise = pytest.importorskip("apprise")


class Heard(BaseHTTPRequestHandler):
    """Keeps what is posted; answers 500 where the path says so."""

    posted: list[dict[str, Any]]

    def do_POST(self) -> None:
        """Keep it."""
        body = self.rfile.read(int(self.headers["content-length"]))
        type(self).posted.append({"path": self.path, **json.loads(body)})
        self.send_response(500 if "fails" in self.path else 200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """A server that takes messages as JSON."""
    Heard.posted = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Heard)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


async def test_a_message_is_sent_to_whom_it_is_for(port: int) -> None:
    way = Elsewhere(f"json://127.0.0.1:{port}/to/{{phone}}")
    assert way.needs() == {"phone"}
    await way.send("Jawaban ditunggu", "Silakan jawab.", {"phone": "+62 811/222", "email": "ani@mail.example"})
    (sent,) = Heard.posted
    assert (sent["title"], sent["message"]) == ("Jawaban ditunggu", "Silakan jawab.")
    path = sent["path"].rstrip("/")
    assert unquote(path) == "/to/+62 811/222"
    assert path.count("/") == len(["to", "phone"])  # nobody's number adds a part of its own to the address


async def test_one_for_all_needs_no_contact(port: int) -> None:
    await Elsewhere(f"json://127.0.0.1:{port}/staff").send("A", "B", {})
    assert [each["path"].rstrip("/") for each in Heard.posted] == ["/staff"]


async def test_what_is_not_taken_is_told_without_the_address(port: int) -> None:
    way = Elsewhere(f"json://secret-user:secret-word@127.0.0.1:{port}/fails")
    with pytest.raises(NotSent) as told:
        await way.send("A", "B", {})
    assert "secret" not in str(told.value)
    assert "secret" not in repr(way)


async def test_a_contact_that_lacks_what_is_needed_is_told(port: int) -> None:
    with pytest.raises(KeyError):
        await Elsewhere(f"json://127.0.0.1:{port}/{{phone}}").send("A", "B", {"email": "ani@mail.example"})
    assert Heard.posted == []


@pytest.mark.parametrize("address", ["", "nothing", "nowhere://x", "json://h/{name}"])
def test_an_address_that_cannot_be_used_is_refused(address: str) -> None:
    with pytest.raises(AddressError) as told:
        Elsewhere(address)
    assert not address or address not in str(told.value)


def test_without_the_package_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *more: Any, **named: Any) -> Any:
        if name == "apprise":
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(NotInstalledError, match=r"install mufakat\[apprise\]"):
        Elsewhere("json://h/")
    assert elsewhere.NAMES == ("email", "phone")
