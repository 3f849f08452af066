"""Through a real server on this machine: what only raw bytes can do wrong, and that they smuggle nothing in."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import pytest
from PIL import Image

from mufakat.cli.serving import MOST_HEAD, Server, _config
from tests.api.doors import PNG, Place, furnished
from tests.api.shop import Shop
from tests.evidence.inspected import photo as noise

PATIENCE: Final = 1.0
"""Seconds without another byte after which an answer is complete."""


@dataclass
class Line:
    """A server that listens, and the shop behind it."""

    place: Place
    port: int

    async def send(self, *pieces: bytes, pause: float = 0, close: bool = False) -> bytes:
        """Send bytes as they are, and give back what came until nothing more comes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        got = b""
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
            while not close:
                more = await asyncio.wait_for(reader.read(65536), PATIENCE)
                if not more:
                    break
                got += more
        except (TimeoutError, ConnectionError):
            pass
        finally:
            writer.close()
        return got

    async def lives(self) -> None:
        """It still answers."""
        got = await self.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert got.startswith(b"HTTP/1.1 200 "), got

    @property
    def signed(self) -> bytes:
        """Headers of the marketplace's server, who could revoke a key."""
        return b"Host: x\r\n" + f"Authorization: Bearer {self.place.shop.key.text}\r\n".encode()

    @property
    def revoking(self) -> bytes:
        """A request that would be seen in the database if it were smuggled in."""
        return f"DELETE /v1/keys/{self.place.ids['key_id']} HTTP/1.1\r\n".encode() + self.signed + b"\r\n"

    def command(self, *headers: bytes) -> bytes:
        """The head of a command by the customer, without its body."""
        who = self.place.shop.customer()
        lines = [f"POST /v1/cases/{self.place.ids['case_id']}/commands HTTP/1.1", "Host: x", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in who.items()] + ["Content-Type: application/json"]
        return "\r\n".join(lines).encode() + b"\r\n" + b"".join(each + b"\r\n" for each in headers) + b"\r\n"


@pytest.fixture
async def line(shop: Shop) -> AsyncIterator[Line]:
    """A server over the shop, set up as `mufakat serve` does."""
    place = await furnished(shop)
    server = Server(_config(shop.site, asyncio.Event()))
    server.config.port = 0
    serving = asyncio.create_task(server.serve())
    await server.listens.wait()
    yield Line(place, server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    await serving


def answers(got: bytes) -> list[int]:
    """The statuses of the answers in what came."""
    return [int(each[:3]) for each in got.split(b"HTTP/1.1 ")[1:]]


BODY: Final = b'{"command":"SendMessage","text":"x"}'
SMUGGLING: Final = {
    "two lengths": b"Content-Length: 5\r\nContent-Length: 500\r\n",
    "a list of lengths": b"Content-Length: 5, 5\r\n",
    "a length with a sign": b"Content-Length: +5\r\n",
    "a negative length": b"Content-Length: -5\r\n",
    "a length in hex": b"Content-Length: 0x5\r\n",
    "a huge length": b"Content-Length: 99999999999999999999999\r\n",
    "a length and pieces": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "pieces and a length": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "pieces of another kind": b"Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n",
    "pieces and identity": b"Transfer-Encoding: chunked, identity\r\n",
    "a space before the colon": b"Content-Length: 5\r\nTransfer-Encoding : chunked\r\n",
    "a folded line": b"Content-Length: 5\r\nTransfer-Encoding:\r\n chunked\r\n",
    "a bare line feed": b"Content-Length: 5\r\nX: y\nTransfer-Encoding: chunked\r\n",
    "a bare return": b"Content-Length: 5\r\nX: y\rTransfer-Encoding: chunked\r\n",
    "NUL in a header": b"Content-Length: 5\r\nX: a\0b\r\n",
    "NUL in a name": b"Content-Length: 5\r\nX\0Y: a\r\n",
    "no colon": b"Content-Length: 5\r\nTransfer-Encoding chunked\r\n",
}
"""Headers about the length of a body on which two servers may not agree."""


@pytest.mark.filterwarnings("default::ResourceWarning")
async def test_no_request_is_smuggled_behind_another(line: Line) -> None:
    rows = await line.place.all_rows()
    for name, headers in SMUGGLING.items():
        head = b"POST /health/live HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n"
        got = await line.send(head + b"0\r\n\r\n" + line.revoking)
        assert len(answers(got)) <= 1, f"{name}: {got!r}"
        assert not got or 400 <= answers(got)[0] < 500, f"{name}: {got!r}"
        assert b"Traceback" not in got
        assert await line.place.all_rows() == rows, name
    await line.lives()


BROKEN: Final = {
    "no request": b"\r\n\r\n\r\n",
    "noise": bytes(range(256)) * 20,
    "a handshake": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 300,
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an old protocol": b"GET /health/live\r\n\r\n",
    "a newer protocol": b"GET /health/live HTTP/9.9\r\nHost: x\r\n\r\n",
    "a space in the address": b"GET /health/li ve HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in the address": b"GET /health/\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "letters from elsewhere": b"GET /health/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "no method": b" / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method of signs": b"G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
    "only a line": b"GET / HTTP/1.1\r\n",
    "a bad piece": b"POST /v1/cases HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a negative piece": b"POST /v1/cases HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
    "a huge piece": b"POST /v1/cases HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    "a tunnel": b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "an upgrade": b"GET /v1/cases HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
}


async def test_what_is_no_request_is_refused_or_left_unanswered(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    rows = await line.place.all_rows()
    for name, sent in BROKEN.items():
        got = await line.send(sent)
        assert all(status < 500 for status in answers(got)), f"{name}: {got!r}"
        assert b"Traceback" not in got
        assert len(got) < 10_000
    await line.lives()
    assert await line.place.all_rows() == rows
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


async def test_an_address_of_another_host_is_only_an_address(line: Line) -> None:
    for target in (b"http://evil.example/health/live", b"*", b"//evil.example/health/live"):
        got = await line.send(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert all(status in (200, 400, 404) for status in answers(got)), got
    await line.lives()


async def test_who_goes_away_in_the_middle_leaves_nothing(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    rows = await line.place.all_rows()
    head = line.command(b"Content-Length: %d" % len(BODY))
    pieces = line.command(b"Transfer-Encoding: chunked") + b"5\r\nab"
    file = line.command(b"Content-Length: 5000").replace(b"/v1/cases/", b"/v1/orders/o-1/files?", 1) + PNG
    for sent in (head, head + BODY[:1], head + BODY[:-1], head[:40], pieces, file):
        await line.send(sent, close=True)
    await asyncio.sleep(0.2)
    await line.lives()
    assert await line.place.all_rows() == rows
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


async def test_a_slow_body_holds_up_nobody_and_arrives(line: Line) -> None:
    head = line.command(b"Content-Length: %d" % len(BODY))
    slow = asyncio.create_task(line.send(head, *(BODY[n : n + 6] for n in range(0, len(BODY), 6)), pause=0.1))
    for _ in range(3):
        await line.lives()
    assert answers(await slow) == [200]


async def test_a_body_that_is_too_large_is_refused_while_it_comes(line: Line) -> None:
    announced = await line.send(line.command(b"Content-Length: 99999999"))
    assert answers(announced) == [413]
    assert b"BODY_TOO_LARGE" in announced
    pieces = [b"186a0\r\n" + b" " * 100_000 + b"\r\n"] * 15
    told = await line.send(line.command(b"Transfer-Encoding: chunked"), *pieces)
    assert all(status == 413 for status in answers(told))
    await line.lives()


async def test_requests_in_one_go_are_answered_one_by_one(line: Line) -> None:
    one = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert answers(await line.send(one + one + last)) == [200, 200, 404]


async def test_the_server_does_not_say_what_it_is(line: Line) -> None:
    got = await line.send(b"GET /v1/cases HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head = got.partition(b"\r\n\r\n")[0].lower()
    assert b"\r\nserver:" not in head
    assert b"x-powered-by" not in head


async def test_a_large_body_may_come_with_its_head(line: Line) -> None:
    photo = noise("PNG", Image.effect_noise((400, 400), 100))
    assert len(photo) > MOST_HEAD
    head = f"POST /v1/orders/o-1/files HTTP/1.1\r\nHost: x\r\nContent-Length: {len(photo)}\r\n"
    about = line.place.shop.customer(**{"content-type": "image/png"})
    upload = (head + "".join(f"{name}: {value}\r\n" for name, value in about.items()) + "\r\n").encode() + photo
    live = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    assert answers(await line.send(upload)) == [201]
    assert answers(await line.send(live + upload + live)) == [200, 201, 200]
    assert answers(await line.send(live * 2000)) == [200] * 2000


async def test_heads_without_end_are_not_read_without_end(line: Line) -> None:
    filler = b"X-Filler: " + b"x" * 8000 + b"\r\n"
    got = await line.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\n", *([filler] * 200), b"\r\n")
    assert all(status in (400, 431) for status in answers(got)), got[:300]
    await line.lives()
