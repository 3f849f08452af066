"""Runs in which cases were compared with the payment provider's books, as they travel."""

from datetime import datetime

import msgspec


class DriftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Where a case and the provider differ. `ours` and `theirs` in minor units, where it is about an amount.

    `about`: the obligation, the delivery or the check of the ledger. `state`: REPAIRED, or FOUND for a person.
    """

    code: str
    state: str
    about: str
    case_id: str
    ours: int
    theirs: int
    why: str


class ReconciliationOut(msgspec.Struct, frozen=True, kw_only=True):
    """One run: the moment it stands for, when it ended, how many obligations were compared, what differed."""

    at: datetime
    ended_at: datetime | None
    asked: int
    drifts: list[DriftOut]


class ReconciliationsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The last thirty runs that ended, newest first."""

    reconciliations: list[ReconciliationOut]
