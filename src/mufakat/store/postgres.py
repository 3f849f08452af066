"""The store on PostgreSQL, put together of its parts over one pool: log, index, outbox, ledger, upkeep and others."""

from mufakat.store.accounts import PostgresAccounts
from mufakat.store.carriers import PostgresCarriers
from mufakat.store.contacts import PostgresContacts
from mufakat.store.credentials import PostgresCredentials
from mufakat.store.derivatives import PostgresDerivatives
from mufakat.store.disclosures import PostgresDisclosures
from mufakat.store.entries import PostgresEntries
from mufakat.store.feeding import PostgresFeeding
from mufakat.store.files import PostgresFiles
from mufakat.store.hooks import PostgresHooks
from mufakat.store.inbox import PostgresInbox
from mufakat.store.index import PostgresIndex
from mufakat.store.judgements import PostgresJudgements
from mufakat.store.log import PostgresLog
from mufakat.store.outbox import PostgresOutbox
from mufakat.store.pulls import PostgresPulls
from mufakat.store.queue import PostgresQueue
from mufakat.store.queue_health import PostgresQueueHealth
from mufakat.store.reconciliations import PostgresReconciliations
from mufakat.store.reports import PostgresReports
from mufakat.store.samples import PostgresSamples
from mufakat.store.sandboxes import PostgresSandboxes
from mufakat.store.sessions import PostgresSessions
from mufakat.store.signals import PostgresSignals
from mufakat.store.similar import PostgresSimilar
from mufakat.store.tellings import PostgresTellings
from mufakat.store.transfers import PostgresTransfers
from mufakat.store.upkeep import PostgresUpkeep
from mufakat.store.uploads import PostgresUploads


class PostgresStore(
    PostgresLog,
    PostgresIndex,
    PostgresOutbox,
    PostgresInbox,
    PostgresTellings,
    PostgresUpkeep,
    PostgresTransfers,
    PostgresJudgements,
    PostgresReports,
    PostgresCredentials,
    PostgresFiles,
    PostgresDerivatives,
    PostgresUploads,
    PostgresSandboxes,
    PostgresSignals,
    PostgresSimilar,
    PostgresReconciliations,
    PostgresAccounts,
    PostgresSessions,
    PostgresContacts,
    PostgresQueue,
    PostgresQueueHealth,
    PostgresSamples,
    PostgresHooks,
    PostgresEntries,
    PostgresCarriers,
    PostgresFeeding,
    PostgresPulls,
    PostgresDisclosures,
):
    """Everything the engine keeps. `await PostgresStore.connect(url)` on a migrated database."""
