"""A marketplace's endpoint for webhooks, on this machine: takes what comes, or goes wrong as a test wants it."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jsonschema_rs

from mufakat.api.describing.events import document
from mufakat.outside import Outside, OutsideError, Reply


@cache
def _checker(name: str) -> jsonschema_rs.Draft202012Validator:
    made = document()
    schema = made["components"]["messages"][name]["payload"] | {"components": made["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def faults(told: Any) -> list[str]:
    """What in a body is not as the AsyncAPI document has it."""
    return [f"{each.instance_path}: {each.message}" for each in _checker(told["type"]).iter_errors(told)]


@dataclass(frozen=True)
class Came:
    """A webhook as it came in, headers by lower-case name. Each is held to the AsyncAPI document."""

    headers: dict[str, str]
    body: bytes
    path: str = "/"

    @property
    def as_promised(self) -> bool:
        """Whether the body is what the AsyncAPI document says that it is."""
        return not faults(json.loads(self.body))

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)["data"]
        return found


@dataclass
class Receiver:
    """What came, and what is answered: `answers` in turn, then 200 for ever.

    An answer is a status, or `reset`, `stall`, `trickle` (200 and a body that never ends), `redirect`, `endless`.
    """

    url: str = ""
    came: list[Came] = field(default_factory=list)
    answers: list[int | str] = field(default_factory=list)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")) and not self.stopped.is_set():
                first, *lines = head.decode().rstrip().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                self.came.append(Came(headers, body, first.split()[1]))
                await self._answer(writer, self.answers.pop(0) if self.answers else 200)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, answer: int | str) -> None:
        if answer == "reset":
            writer.transport.abort()
        elif answer == "stall":
            await self.stopped.wait()
        elif answer in ("trickle", "endless"):
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n")
            while not self.stopped.is_set():
                writer.write(b"x" if answer == "trickle" else b"x" * 10_000)
                await writer.drain()
                await asyncio.sleep(0.05 if answer == "trickle" else 0)
        elif answer == "redirect":
            writer.write(f"HTTP/1.1 307 x\r\nlocation: {self.url}/elsewhere\r\ncontent-length: 0\r\n\r\n".encode())
        else:
            writer.write(f"HTTP/1.1 {answer} x\r\ncontent-length: 6\r\n\r\nthanks".encode())
            await writer.drain()


@asynccontextmanager
async def receiving(shown: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver that listens; `shown`: by what it shows who it is, where it speaks TLS."""
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", ssl=shown)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        made.stopped.set()
        server.close()
        await asyncio.sleep(0)
    assert all(each.as_promised for each in made.came if each.body.startswith(b"{"))


class Plan(Outside):
    """A line to an endpoint that does what a plan says, without a network: `True` takes it, `False` does not.

    `lost` takes it and says nothing. After the plan everything is taken.
    """

    def __init__(self, plan: list[bool | str | int]) -> None:
        super().__init__(private=True, timeout=1, most=500, at_once=1, cut=True)
        self.plan, self.came = plan, list[Came]()

    async def send(self, method: str, url: Any, headers: Any, body: bytes) -> Reply:
        """Take it or not."""
        del method, url
        step = self.plan.pop(0) if self.plan else True
        if step is False:
            raise OutsideError("no way there")
        if step is True or step == "lost":
            self.came.append(Came(dict(headers), body))
            assert self.came[-1].as_promised
        if step == "lost":
            raise OutsideError("no reply")
        return Reply(step if type(step) is int else 204, {}, b"")
