"""A client that costs little: HTTP/1.1 over connections that stay open, one request at a time on each.

It understands what the servers of the benchmarks answer and no more: a status line, headers, a body of a told length.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final, cast

MOST_SECONDS: Final = 30.0
"""How long one answer may take."""
_END: Final = b"\r\n\r\n"
_NO_BODY: Final = (204, 304)


class Unexpected(Exception):  # noqa: N818 - says what happened
    """A server answered with another status than the benchmark counts on, or cut the connection."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: the head as it came, in lower case, and the body."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        """The value of a header, empty where there is none; `name` in lower case."""
        _, _, rest = self.head.partition(b"\r\n" + name + b": ")
        return rest.partition(b"\r\n")[0]


class Connection(asyncio.Protocol):
    """One connection; `seconds` holds how long each answer took, `firsts` how long its first bytes."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.firsts: list[float] = []
        self._began = 0.0
        self._transport: asyncio.Transport | None = None
        self._got = b""
        self._waiting: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what to write to."""
        self._transport = cast("asyncio.Transport", transport)  # that of uvloop is not of that class

    def data_received(self, data: bytes) -> None:
        """Hand the answer over once it is whole."""
        if not self._got:
            self.firsts.append(time.perf_counter() - self._began)
        self._got += data
        head, found, body = self._got.partition(_END)
        if not found or self._waiting is None:
            return
        answer = Answer(int(head[9:12]), head.lower(), body)
        length = 0 if answer.status in _NO_BODY else int(answer.header(b"content-length"))
        if len(body) >= length and not self._waiting.done():
            self._got = b""
            self._waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(Unexpected(f"the server cut the connection ({exc})"))

    async def ask(self, request: bytes, expected: int) -> Answer:
        """The answer to a request. Raises Unexpected for any other status than the expected one, TimeoutError."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._began = time.perf_counter()
        self._transport.write(request)
        async with asyncio.timeout(MOST_SECONDS):
            answer = await self._waiting
        self.seconds.append(time.perf_counter() - self._began)
        if answer.status != expected:
            raise Unexpected(f"{answer.status} instead of {expected}: {answer.body.decode(errors='replace')}")
        return answer

    def close(self) -> None:
        """Let the connection go."""
        if self._transport is not None:
            self._transport.close()


def request(method: str, path: str, token: str, body: bytes = b"", key: str = "") -> bytes:
    """The bytes of a request; `key` is the idempotency key."""
    head = f"{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n"
    if key:
        head += f"idempotency-key: {key}\r\n"
    if body:
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


Unit = Callable[[Connection, int], Awaitable[None]]
"""One piece of a workload: what a client does with the piece's number, over its connection."""


@dataclass(slots=True)
class Ran:
    """What came of a run: the answers' times in seconds, and how long all of it took."""

    took: float
    seconds: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.took

    def percentile(self, percent: float) -> float:
        """The time in milliseconds within which so many of a hundred answers came."""
        ranked = sorted(self.seconds)
        return 1000 * ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]


async def drive(port: int, clients: int, unit: Unit, numbers: Iterator[int], *, seconds: float, most: int) -> Ran:
    """Let so many clients work at once, piece by piece, until the time is over or `most` pieces are begun."""
    loop = asyncio.get_running_loop()
    lines = [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(clients)]
    begun = count()
    began = time.perf_counter()

    async def one(line: Connection) -> None:
        while time.perf_counter() - began < seconds and next(begun) < most:
            await unit(line, next(numbers))

    wrong: list[BaseException] = []
    try:
        async with asyncio.TaskGroup() as group:
            for line in lines:
                group.create_task(one(line))
    except* Unexpected as errors:
        wrong = list(errors.exceptions)  # raised below: what is raised in here, some Pythons wrap in a group again
    finally:
        for line in lines:
            line.close()
    if wrong:
        raise wrong[0]
    return Ran(time.perf_counter() - began, [each for line in lines for each in line.seconds])
