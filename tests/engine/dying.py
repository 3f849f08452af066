"""A process that delivers and dies: for each line of its input it forks one that is killed with SIGKILL at a step.

A line is `moment step step ...`; the fork settles what is due at that moment and kills itself where a delivery first
reaches one of those steps. What became of it goes to the output: `killed step`, or `done`.
"""

import asyncio
import os
import signal
import sys
from datetime import datetime
from random import Random

from mufakat.engine.deadlines import Deadlines
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.handle import Engine
from mufakat.engine.ids import Uuids
from mufakat.engine.policies import Rulebooks
from mufakat.payments.line import Line
from mufakat.payments.marketplace import MarketplaceProvider
from mufakat.payments.provider import Provider
from mufakat.store.postgres import PostgresStore
from mufakat.store.seal import Sealer
from tests.payments.stands import SECRET
from tests.store.world import MASTER, HandClock


class Only:
    """One finance service for every marketplace."""

    def __init__(self, one: Provider) -> None:
        self.one = one

    def provider(self, marketplace: str) -> Provider:
        assert marketplace
        return self.one


async def settle(database: str, url: str, moment: datetime, at: list[str]) -> None:
    """Settle what is due; die at the first of those steps."""

    async def step(name: str) -> None:
        if name in at:
            os.write(1, f"killed {name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    store = await PostgresStore.connect(database)
    engine = Engine(store, Rulebooks(), HandClock(moment), Sealer(MASTER), Uuids())
    async with Line(url, SECRET, private=True, timeout=10) as line:
        loop = Deliveries(engine, Only(MarketplaceProvider(line, "here")), Random(1), step)
        await Deadlines(engine).drain()
        await loop.drain()
    await store.close()


def main(database: str, url: str) -> None:
    """Fork for each line."""
    for line in sys.stdin:
        moment, *at = line.split()
        child = os.fork()
        if child == 0:
            asyncio.run(settle(database, url, datetime.fromisoformat(moment), at))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            os.write(1, b"done\n" if status == 0 else f"failed {status}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
