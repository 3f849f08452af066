"""A store that loses its connection now and then: before a write, or after it, when nobody knows whether it landed."""

from random import Random
from typing import Any

from mufakat.engine.ports import Store
from mufakat.store.database import StoreLost
from mufakat.store.records import Write


class UnluckyStore:
    """Any store with bad luck in front of `write`; everything else goes straight through."""

    def __init__(self, store: Store, chance: Random, before: float = 0.01, after: float = 0.02) -> None:
        self._store, self._chance = store, chance
        self._before, self._after = before, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def write(self, write: Write) -> bool:
        """Write, unless the connection is lost before or right after."""
        rolled = self._chance.random()
        if rolled < self._before:
            raise StoreLost("the connection was lost before the write")
        written = await self._store.write(write)
        if self._before <= rolled < self._before + self._after:
            raise StoreLost("the connection was lost after the write")
        return written

    def stop(self) -> None:
        """The connection holds from here on."""
        self._before = self._after = 0.0
