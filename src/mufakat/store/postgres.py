"""The store on PostgreSQL, put together of its parts: log, index, outbox, upkeep, credentials, files over one pool."""

from mufakat.store.credentials import PostgresCredentials
from mufakat.store.files import PostgresFiles
from mufakat.store.index import PostgresIndex
from mufakat.store.log import PostgresLog
from mufakat.store.outbox import PostgresOutbox
from mufakat.store.upkeep import PostgresUpkeep


class PostgresStore(PostgresLog, PostgresIndex, PostgresOutbox, PostgresUpkeep, PostgresCredentials, PostgresFiles):
    """Everything the engine keeps. `await PostgresStore.connect(url)` on a migrated database."""
