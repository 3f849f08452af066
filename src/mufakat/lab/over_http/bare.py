"""The yardstick of the HTTP benchmarks: an ASGI application without framework that makes the same statements.

It reads the caller's credential, loads what a command needs and writes as many rows of the same bytes, by the same
statements in the same batches as the real application, and answers a small JSON. What it leaves out is the price of
the real one: knowing who calls, checking what was sent, deciding, sealing, hashing, encoding, and showing the case.
"""

import asyncio
import hashlib
import os
import re
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import uvicorn
import uvloop

from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Refusal
from mufakat.engine.ids import Uuids
from mufakat.lab.over_http.ground import PLACE, RealClock, engine_over, message, opening
from mufakat.store import codec
from mufakat.store.batching import Batcher
from mufakat.store.index import listing
from mufakat.store.log import LANES
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask, CaseSort, CasesWanted, TextsWanted, Write
from mufakat.store.statement import PARTS, assembled, rows_of

MASTER: Final = bytes(32)
"""The master key of the benchmarks' made-up data."""
COLUMNS: Final = {part.name: {name: n for n, (name, _) in enumerate(part.columns)} for part in PARTS}
MOST_EVENTS: Final = 8
"""More than any of the models records."""
TEXT: Final = re.compile(rb"sha256:[0-9a-f]{64}")
"""The name of a text, as it stands in a case's stored state."""
URL: Final = "BENCH_DATABASE_URL"
CREDENTIAL: Final = "BENCH_CREDENTIAL"
"""Variables that say where the database is, and whose credential every request reads."""

Scope = MutableMapping[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]
Moving = tuple[tuple[Any, ...], list[tuple[str, tuple[Any, ...]]]]


class Recording(PostgresStore):
    """A store that keeps what it should have written."""

    kept: Write | None = None

    async def write(self, write: Write) -> bool:
        """Keep it, and say that it was written."""
        self.kept = write
        return True


@dataclass(frozen=True, slots=True)
class Stencil:
    """The rows of one real command, to be written again for other cases with other keys."""

    uses: bytes
    first: int
    rows: tuple[tuple[str, tuple[Any, ...]], ...]

    def moving(self, order: str, case: str, version: int, last: int, key: str) -> Moving:
        """What such a command writes for a case whose last event has the number `last`."""
        ahead = last + 1 - self.first
        found = []
        for n, (table, row) in enumerate(self.rows):
            at, fresh = COLUMNS[table], list(row)
            fresh[at["order_id"]] = order
            if "case_id" in at:
                fresh[at["case_id"]] = case
            if "number" in at:
                fresh[at["number"]] += ahead
            if "key" in at:
                fresh[at["key"]] = f"{key}:{n}"
            if table == "sealed":
                fresh[at["hash"]] = f"sha256:{key[5:]}{n % 10}"
            found.append((table, tuple(fresh)))
        return (PLACE, order, version, self.uses), found


def stencil(write: Write | None) -> Stencil:
    """The stencil of a command that was kept."""
    assert write is not None
    assert write.uses is not None
    return Stencil(codec.encode_uses(write.uses), write.recorded[0].number, tuple(rows_of(write)))


class Bare:
    """The application's statements."""

    def __init__(self, store: PostgresStore, opens: Stencil, says: Stencil, credential: str) -> None:
        self._store, self._opens, self._says, self._credential = store, opens, says, credential
        self._orders: dict[str, str] = {}
        self._ids, self._clock = Uuids(), RealClock()
        self._loads: Batcher[Ask, Any] = Batcher(self._load, lanes=LANES)
        self._writes: Batcher[Moving, bool] = Batcher(self._write, lambda moving: moving[0][1], LANES)

    @classmethod
    async def over(cls, url: str, credential: str) -> "Bare":
        """The application over a database that `ground.lay` filled; its last order and first case are the model."""
        recording = await Recording.connect(url)
        engine = engine_over(recording, MASTER)
        orders = await recording.fetch("SELECT order_id, customer_id FROM orders WHERE uses = '{}' LIMIT 1")
        cases = await recording.fetch("SELECT order_id, case_id, customer_id FROM cases LIMIT 1")
        kept: list[Stencil] = []
        for row, case, command in ((orders[0], None, opening()), (cases[0], cases[0]["case_id"], message())):
            actor = Actor(Role.CUSTOMER, row["customer_id"])
            done = await engine.handle(PLACE, row["order_id"], case, command, actor, "the model's")
            assert not isinstance(done, Refusal), done
            kept.append(stencil(recording.kept))
        await recording.close()
        return cls(await PostgresStore.connect(url), kept[0], kept[1], credential)

    async def open(self, sent: Any, key: str) -> str:
        """Open a case; its id."""
        await self._store.credential(PLACE, self._credential)
        order, case = sent["order_id"], self._ids.case_id(self._clock.now())
        row = await self._loads(Ask(PLACE, order, None, key))
        assert await self._writes(self._opens.moving(order, case, row["version"], 0, key))
        self._orders[case] = order
        return case

    async def say(self, case: str, key: str) -> int:
        """Say something in a case; the number of what was recorded."""
        await self._store.credential(PLACE, self._credential)
        order = await self._order_of(case)
        row = await self._loads(Ask(PLACE, order, case, key))
        # The real application knows the number from the state that it decodes; here the order's version gives one.
        last = int(row["version"]) * MOST_EVENTS
        assert await self._writes(self._says.moving(order, case, row["version"], last, key))
        return last + 1

    async def read(self, case: str) -> int:
        """Read a case and its texts; how many of these."""
        await self._store.credential(PLACE, self._credential)
        order = await self._order_of(case)
        row = await self._loads(Ask(PLACE, order, case))
        named = frozenset(each.decode() for each in TEXT.findall(row["state"]))
        return len(await self._store.sealed_texts(TextsWanted(PLACE, order, case, named)))

    async def page(self) -> int:
        """Read a page of a list; how many rows."""
        await self._store.credential(PLACE, self._credential)
        sql, values = listing(CasesWanted(PLACE, CaseSort.DUE, is_open=True))
        return len(await self._store.fetch(sql, *values))

    async def close(self) -> None:
        """Let the database go."""
        await self._store.close()

    async def _order_of(self, case: str) -> str:
        if case not in self._orders:
            self._orders[case] = await self._store.order_of(PLACE, case) or ""
        return self._orders[case]

    async def _load(self, asks: list[Ask]) -> list[Any]:
        rows = {row["n"]: row for row in await self._store.load_rows(asks)}
        return [rows[n] for n in range(1, len(asks) + 1)]

    async def _write(self, batch: list[Moving]) -> list[bool]:
        sql, arguments = assembled([each for each, _ in batch], [row for _, rows in batch for row in rows])
        moved = {row["order_id"] for row in await self._store.fetch(sql, *arguments)}
        return [each[1] in moved for each, _ in batch]


def application(url: str, credential: str) -> App:
    """The ASGI application; it connects when the server starts it."""
    bare: Bare | None = None

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        nonlocal bare
        if scope["type"] == "lifespan":
            await receive()
            bare = await Bare.over(url, credential)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await bare.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        assert bare is not None
        status, said, location = await _answer(bare, scope, receive)
        body = msgspec.json.encode(said)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        headers += [(b"location", location)] if location else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def _answer(bare: Bare, scope: Scope, receive: Any) -> tuple[int, dict[str, Any], bytes]:
    """Status, body and location."""
    if not scope["path"].startswith("/v1/"):
        return 200, {}, b""
    case = scope["path"].removeprefix("/v1/cases").strip("/").partition("/")[0]
    if scope["method"] == "GET":
        found = await bare.read(case) if case else await bare.page()
        return 200, {"found": found}, b""
    sent = msgspec.json.decode(await _body(receive))
    given = next(value for name, value in scope["headers"] if name == b"idempotency-key")
    key = f"api:{hashlib.sha256(given).hexdigest()}"  # as long as the keys of the real one
    if case:
        return 200, {"version": await bare.say(case, key)}, b""
    made = await bare.open(sent, key)
    return 201, {"case_id": made}, f"/v1/cases/{made}".encode()


async def _body(receive: Any) -> bytes:
    body = b""
    while True:
        part = await receive()
        body += part.get("body", b"")
        if not part.get("more_body"):
            return bytes(body)


def from_environment() -> App:
    """The application that the environment names; what a server other than uvicorn is told to run."""
    return application(os.environ[URL], os.environ[CREDENTIAL])


def main() -> None:
    """Serve it by uvicorn: PORT, and the event loop, uvloop or asyncio."""
    port, loop = int(sys.argv[1]), sys.argv[2]
    config = uvicorn.Config(
        from_environment(), host="127.0.0.1", port=port, http="httptools", log_config=None, access_log=False
    )
    factory = uvloop.new_event_loop if loop == "uvloop" else asyncio.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
