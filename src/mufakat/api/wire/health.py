"""How the program does, as it travels."""

import msgspec


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """The program runs."""

    status: str
    version: str


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Whether requests can be served. `oldest_due_seconds`: how long the oldest due moment has waited for a worker."""

    status: str
    database: bool
    oldest_due_seconds: float | None
