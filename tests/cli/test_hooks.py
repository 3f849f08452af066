"""`mufakat hook ...`: an endpoint is made, told by `work`, tried out, looked back on, told again, and removed."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.cli.typing_in import disputed, fine, mufakat, opened

Came = list[tuple[dict[str, str], bytes]]


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Came]]:
    """The address of a receiver on this machine, and what came there."""
    monkeypatch.setenv("MUFAKAT_HOOKS_PRIVATE", "yes")
    found: Came = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(418 if self.path == "/teapot" else 204)
            self.end_headers()
            self.wfile.write(b"short and stout \x1b[2J" if self.path == "/teapot" else b"")

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", found
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_story_of_an_endpoint(place: Path, came: tuple[str, Came]) -> None:
    url, found = came
    case = opened(place)
    hook, secret = fine("hook", "make", f"{url}/hooks").split()
    assert hook in fine("hook", "list")
    assert fine("hook", "test", hook).startswith("hook.test: delivered in ")
    assert Webhook(secret).verify(found[-1][1], found[-1][0])["type"] == "hook.test"
    fresh = fine("hook", "rotate", hook, "--hours", "0").strip()
    assert (
        fine("hook", "replay", hook, "--case", case, "--number", "2") == f"{case} will be told again from event 2 on\n"
    )
    fine("work", "--once")
    numbers = [Webhook(fresh).verify(body, headers)["data"]["number"] for headers, body in found[1:]]
    assert numbers == list(range(2, 2 + len(numbers)))
    log = fine("hook", "log", hook, "--case", case)
    assert log.count("delivered") == len(numbers)
    delivery = log.split()[0]
    assert "delivered" in fine("hook", "resend", hook, delivery)
    assert found[-1][0]["webhook-id"] in {headers["webhook-id"] for headers, _ in found[1:-1]}
    assert fine("hook", "replay", hook, "--since", "2020-01-01") == "1 case will be told again\n"
    assert fine("hook", "pause", hook) == f"{hook}: paused (by hand)\n"
    before = len(found)
    fine("work", "--once")
    assert len(found) == before
    assert fine("hook", "resume", hook) == f"{hook}: well\n"
    fine("work", "--once")
    assert len(found) == before + len(numbers) + 1
    assert fine("hook", "remove", hook) == f"{hook}: removed\n"
    assert hook not in fine("hook", "list")


def test_an_endpoint_wants_some_events_and_says_no_in_its_own_way(place: Path, came: tuple[str, Came]) -> None:
    url, found = came
    fine("marketplace", "put", "toko", "--rulebook", "id")
    hook, key = fine("hook", "make", f"{url}/teapot", "--events", "dispute.raised, refund.paid", "--ed25519").split()
    assert key.startswith("whpk_")
    said = mufakat("hook", "test", hook)
    assert (said.code, said.out.partition(" in ")[0]) == (1, "hook.test: failed (answered 418)")
    assert "short and stout" in said.out
    assert "\x1b" not in said.out, "what an endpoint answers steers no terminal"
    disputed(place)
    fine("work", "--once")
    assert {json.loads(body)["type"] for _, body in found[1:]} == {"dispute.raised"}
    assert "failed 1 times in a row" in fine("hook", "list")


@pytest.mark.parametrize(
    "words, why",
    [
        (("make", "http://shop.example/"), "Give an address that begins with https://"),
        (("make", "https://shop.example/", "--events", "no.such"), "There is no event no.such"),
        (("test", "nothing"), "There is no nothing among the endpoints"),
        (("pause", "nothing"), "There is no nothing among the endpoints"),
        (("remove", "nothing"), "There is no nothing among the endpoints"),
        (("log", "nothing"), "There is no nothing among the endpoints"),
        (("log", "nothing", "--last", "0"), "--last is from 1 to 1000"),
        (("rotate", "nothing", "--hours", "721"), "--hours is from 0 to 720"),
        (("replay", "nothing"), "either --since or --case"),
        (("replay", "nothing", "--case", "c", "--number", "0"), "--number is 1 or more"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(place: Path, words: tuple[str, ...], why: str) -> None:
    fine("marketplace", "put", "toko", "--rulebook", "id")
    said = mufakat("hook", *words)
    assert said.code == 2
    assert why in said.err
