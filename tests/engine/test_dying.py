"""Processes killed with SIGKILL at every step of a settlement, ours and the provider's: nobody is paid twice.

The provider is `mufakat provider`, a process of its own with its books in a file; ours delivers over HTTP.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from mufakat.core import commands as c
from mufakat.core.settlement import Account, balances
from mufakat.engine.deliveries import LEASE
from mufakat.store.postgres import PostgresStore
from tests.cli.serving import PATIENCE, environment, free_port, soon
from tests.core.story import DAY, DELIVERED, SELLER
from tests.payments.stands import SECRET
from tests.store.world import World

MOST_STEPS = 400
STEPS = {"asking", "called", "watched", "reported", "delivered"}
ENOUGH = 3  # deaths at each; after those it only goes on


@dataclass
class Bank:
    """The provider's process, which can be killed and begun again."""

    books: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self) -> None:
        """Start it on its books."""
        command = [sys.executable, "-m", "mufakat.cli", "provider", str(self.books), "--port", str(self.port)]
        settings = environment(self.books.parent, MUFAKAT_PROVIDER_SECRET=SECRET.decode())
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=settings)
        soon("the provider listens", self._listens)

    def _listens(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "the provider ended"
        try:
            return httpx.get(f"{self.url}/admin/accounts", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """Kill it as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)

    def accounts(self) -> list[dict[str, Any]]:
        """Every account as the bank has it."""
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/admin/accounts", trust_env=False).json()
        return found

    def tell(self, method: str, path: str, body: object) -> None:
        """Something that the bank alone knows."""
        assert httpx.request(method, f"{self.url}/admin/{path}", json=body, trust_env=False).status_code < 300


@contextmanager
def running(folder: Path, database: str) -> Iterator[tuple[Bank, "subprocess.Popen[str]"]]:
    """The provider and the process that delivers and dies."""
    bank = Bank(folder / "books.db", free_port())
    bank.begin()
    command = [sys.executable, "-m", "tests.engine.dying", database, f"{bank.url}/v1"]
    worker = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=os.environ.copy()
    )
    try:
        yield bank, worker
    finally:
        for stream in (worker.stdin, worker.stdout):
            assert stream is not None
            stream.close()
        worker.wait(PATIENCE)
        if bank.process is not None and bank.process.poll() is None:
            bank.process.send_signal(signal.SIGTERM)
            bank.process.wait(PATIENCE)


def settled(worker: "subprocess.Popen[str]", moment: datetime, at: set[str]) -> str:
    """What became of a process that settled at a moment and was to die at the first of those steps."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(f"{moment.isoformat()} {' '.join(at)}\n")
    worker.stdin.flush()
    return worker.stdout.readline().strip()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[PostgresStore]:
    """The store that both look into."""
    made = await PostgresStore.connect(database_url)
    yield made
    await made.close()


@pytest.mark.parametrize("sold, later", [(500_000, 0), (40_000, 0), (40_000, 60_000)], ids=["whole", "part", "parts"])
async def test_killed_at_every_step_of_a_settlement_nobody_is_paid_twice(
    store: PostgresStore, database_url: str, tmp_path: Path, sold: int, later: int
) -> None:
    """`sold` is due to the seller from the start, `later` comes in after the 48 hours. The refund is 100 000."""
    world = await World(store).ready()
    case_id = await world.disputed()
    await world.give(SELLER, c.Concede(), case_id)
    with running(tmp_path, database_url) as (bank, worker):
        sale = {"marketplace": "here", "seller_id": SELLER.id, "currency": "IDR", "amount": sold}
        bank.tell("PUT", "sales/first", {**sale, "at": "2099-01-01T00:00:00Z"})
        deaths, enough = Counter[str](), set[str]()
        for _ in range(MOST_STEPS):
            while (end := await asyncio.to_thread(settled, worker, world.clock.at, STEPS - enough)) != "done":
                killed, step = end.split()
                assert killed == "killed"
                deaths[step] += 1
                enough = {each for each, count in deaths.items() if count >= ENOUGH}
                world.clock.at += LEASE + timedelta(seconds=1)
                if deaths.total() % 4 == 0:  # the provider dies as well now and then
                    bank.kill()
                    await asyncio.to_thread(bank.begin)
            moment = await store.next_moment()
            if moment is None or world.clock.at > DELIVERED + 7 * DAY:
                break
            if later and world.clock.at > DELIVERED + 5 * DAY:
                bank.tell("PUT", "sales/later", {**sale, "amount": later, "at": "2099-01-01T00:00:00Z"})
            world.clock.at = max(world.clock.at + timedelta(microseconds=1), moment)
        accounts = bank.accounts()
    (account,) = [each for each in accounts if each["seller_id"] == SELLER.id]
    debt = account["account"]["debts"][f"{case_id}:1"]
    row = await store.find_case("here", case_id)
    assert row is not None
    assert account["balanced"]
    assert row.paid == debt["paid"] == min(100_000, sold + later)
    assert enough == STEPS - ({"watched"} if sold >= 100_000 else set())  # what is paid at once is not watched
    assert await store.given_up("here") == []
    books = balances(await store.transfers("here"))
    assert sum(books.values()) == 0
    assert books[Account.PROVIDER_CLEARING] == row.paid
