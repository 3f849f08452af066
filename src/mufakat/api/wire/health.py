"""How the program does, as it travels."""

from enum import StrEnum

import msgspec


class ShutIn(StrEnum):
    """How a file is shut in while it is looked into."""

    ISOLATED = "ISOLATED"
    """By namespaces, and whatever else the machine allows."""
    PARTLY = "PARTLY"
    """Without namespaces, which the machine forbids; by Landlock or a filter of system calls or both."""
    LIMITED = "LIMITED"
    """By nothing: the machine allows none of them, and only time, memory and open files are limited."""
    NOT_STARTED = "NOT_STARTED"
    """Nothing looks into files yet, or nothing can here."""


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """The program runs."""

    status: str
    version: str


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Whether requests can be served. `oldest_due_seconds`: how long the oldest due moment has waited for a worker.

    `files_shut_in`: how uploaded files are shut in while this process looks into them; `files` says it in a sentence.
    """

    status: str
    database: bool
    oldest_due_seconds: float | None
    files_shut_in: ShutIn
    files: str
