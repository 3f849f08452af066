"""Who may do what over HTTP: one table. Every route names a right; this says which callers have it.

A marketplace's server has a right only where its key has the scope of that name. What a customer, seller or agent may
do to a case is the process table's to say (`core/process.py`); here is only whether they may knock.
"""

from enum import StrEnum
from typing import Final


class Caller(StrEnum):
    """Kinds of callers. SERVER is the marketplace's own server; to a case it is the system, and a LEAD is an agent."""

    SERVER = "SERVER"
    CUSTOMER = "CUSTOMER"
    SELLER = "SELLER"
    AGENT = "AGENT"
    LEAD = "LEAD"


class Right(StrEnum):
    """What a route asks of its caller; for servers also the name of a scope."""

    ORDERS_WRITE = "orders:write"
    ORDERS_READ = "orders:read"
    CASES_OPEN = "cases:open"
    CASES_READ = "cases:read"
    CASES_COMMAND = "cases:command"
    EVENTS_READ = "events:read"
    STATEMENTS_READ = "statements:read"
    FILES_WRITE = "files:write"
    FILES_READ = "files:read"
    ORIGINALS_OPEN = "originals:open"
    SIGNALS_READ = "signals:read"
    WORKSHEETS_READ = "worksheets:read"
    IMPORT = "imports:write"
    TOKENS_ISSUE = "tokens:issue"
    KEYS_MANAGE = "keys:manage"
    HOOKS_MANAGE = "hooks:manage"
    ACCOUNTS_MANAGE = "accounts:manage"
    SESSIONS_OWN = "sessions:own"
    CONTACTS_REVEAL = "contacts:reveal"
    REVEALS_READ = "reveals:read"
    ENTRIES_MAKE = "entries:make"
    CASES_SEE_AS = "cases:see-as"
    QUALITY_READ = "quality:read"
    NOTICES_OWN = "notices:own"
    TELLINGS_READ = "tellings:read"
    TELLINGS_LEAD = "tellings:lead"
    SAMPLES_JUDGE = "samples:judge"
    SIMILAR_READ = "similar:read"
    QUEUE_WORK = "queue:work"
    QUEUE_LEAD = "queue:lead"
    RULEBOOKS_READ = "rulebooks:read"
    SANDBOX = "sandbox"


_ALL: Final = frozenset(Caller)
_PARTIES: Final = frozenset({Caller.CUSTOMER, Caller.SELLER})
_PEOPLE: Final = frozenset({Caller.AGENT, Caller.LEAD})
_PLATFORM: Final = _PEOPLE | {Caller.SERVER}
_SERVER: Final = frozenset({Caller.SERVER})

RIGHTS: Final[dict[Right, frozenset[Caller]]] = {
    Right.ORDERS_WRITE: _SERVER,
    Right.ORDERS_READ: _ALL,
    Right.CASES_OPEN: _PARTIES,
    Right.CASES_READ: _ALL,
    Right.CASES_COMMAND: _ALL,
    Right.EVENTS_READ: _PLATFORM,
    Right.STATEMENTS_READ: _PLATFORM | {Caller.SELLER},
    Right.FILES_WRITE: _PARTIES,
    Right.FILES_READ: _ALL,
    Right.ORIGINALS_OPEN: _PEOPLE,
    Right.SIGNALS_READ: _PEOPLE,
    Right.WORKSHEETS_READ: _PEOPLE,
    Right.IMPORT: _SERVER,
    Right.TOKENS_ISSUE: _SERVER,
    Right.KEYS_MANAGE: _SERVER,
    Right.HOOKS_MANAGE: frozenset({Caller.SERVER, Caller.LEAD}),
    Right.ACCOUNTS_MANAGE: frozenset({Caller.SERVER, Caller.LEAD}),
    Right.SESSIONS_OWN: _PEOPLE,
    Right.CONTACTS_REVEAL: _PEOPLE,
    Right.REVEALS_READ: frozenset({Caller.LEAD}),
    Right.ENTRIES_MAKE: frozenset({Caller.SERVER, Caller.LEAD}),
    Right.CASES_SEE_AS: frozenset({Caller.LEAD}),
    Right.QUALITY_READ: frozenset({Caller.SERVER, Caller.LEAD}),
    Right.NOTICES_OWN: _PARTIES,
    Right.TELLINGS_READ: _PLATFORM,
    Right.TELLINGS_LEAD: frozenset({Caller.SERVER, Caller.LEAD}),
    Right.SAMPLES_JUDGE: _PEOPLE,
    Right.SIMILAR_READ: _PEOPLE,
    Right.QUEUE_WORK: _PEOPLE,
    Right.QUEUE_LEAD: frozenset({Caller.LEAD}),
    Right.RULEBOOKS_READ: _ALL,
    Right.SANDBOX: _SERVER,
}
"""Right to the callers who have it."""

SCOPES: Final = frozenset(right.value for right, callers in RIGHTS.items() if Caller.SERVER in callers)
"""What the key of a server may be given."""


def may(caller: Caller, scopes: frozenset[str], right: Right) -> bool:
    """Whether a caller has a right."""
    return caller in RIGHTS[right] and (caller is not Caller.SERVER or right.value in scopes)
