"""The connection pool, and two rules of every statement: try again when asked to; say when an outcome is unknown."""

import asyncio
from collections.abc import Awaitable, Callable
from random import SystemRandom
from typing import Any, Final, Self, TypeAlias, TypeVar

import asyncpg

TRIES: Final = 8
"""How often a statement is tried that the database asks to try again (40001, 40P01)."""
FIRST_PAUSE: Final = 0.005  # seconds; doubled for each further try, with jitter
MOST_CONNECTIONS: Final = 10
STATEMENT_PATIENCE: Final = 30.0  # seconds

_AGAIN: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
_LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the driver says when a connection was cut in the middle of an answer
    asyncpg.OperatorInterventionError,
    OSError,
    TimeoutError,
)
_chance: Final = SystemRandom()

T = TypeVar("T")
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = Any  # a pool hands out proxies that the stubs type apart from connections


class StoreLost(Exception):  # noqa: N818 - says what happened, not that somebody erred
    """The database went away in the middle: whether the statement took effect is unknown. Load again to find out."""


class Database:
    """A pool of connections to one PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    @classmethod
    async def connect(cls, url: str, connections: int = MOST_CONNECTIONS) -> Self:
        """Connect; raises asyncpg's errors or OSError when there is no such server."""
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=connections,
            command_timeout=STATEMENT_PATIENCE,
            reset=_no_reset,
            # Days added to an instant are days of UTC, whatever zone the server keeps.
            server_settings={"jit": "off", "application_name": "mufakat", "timezone": "UTC"},
        )
        return cls(pool)

    async def close(self) -> None:
        """Let the connections go, after what they are doing."""
        await self.pool.close()

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of one statement; raises StoreLost, and asyncpg's errors for what the database refuses."""
        return await settled(lambda: self.pool.fetch(sql, *arguments))

    async def fetch_one(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        """The first row of one statement, or None."""
        rows = await self.fetch(sql, *arguments)
        return rows[0] if rows else None

    async def transact(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Several statements as one transaction; for maintenance, never for the hot path."""

        async def run() -> T:
            async with self.pool.acquire() as connection, connection.transaction():
                return await work(connection)

        return await settled(run)


async def settled(run: Callable[[], Awaitable[T]]) -> T:
    """What `run` gives, tried again while the database asks for it; raises StoreLost when the outcome is unknown."""
    pause = FIRST_PAUSE
    for left in reversed(range(TRIES)):
        try:
            return await run()
        except _AGAIN:
            if not left:
                raise
        except _LOST as error:
            raise StoreLost(str(error) or type(error).__name__) from error
        await asyncio.sleep(pause * (0.5 + _chance.random()))
        pause *= 2
    raise AssertionError("unreachable: the last try returns or raises")


async def _no_reset(connection: Any) -> None:
    """Nothing here changes a session, so handing a connection back needs no round trip."""
    del connection
