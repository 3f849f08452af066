"""The port to a payment provider: obligations with totals, so that no repetition and no order of calls pays twice.

Every call takes an idempotency key. An outcome is `Done`, `Failed` (did not act; try again later), or `Unknown` (may
have acted): then `lookup(key)` tells, and only a call that never arrived is made again, under the same key.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Owed:
    """Who owes whom how much for an obligation in all, in minor units of the currency.

    `sequence` rises with every call about an obligation: one that arrives after a later one changes nothing, so calls
    may be doubled and reordered on their way.
    """

    obligation: str
    seller_id: str
    customer_id: str
    currency: str
    total: int
    sequence: int = 0


class Outcome(StrEnum):
    """What came of a call."""

    DONE = "DONE"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call. `paid`: what the customer has had for the obligation so far, minor units."""

    outcome: Outcome
    paid: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an obligation stands at the provider, minor units."""

    obligation: str
    paid: int = 0
    held: int = 0
    total: int = 0
    collecting: bool = False
    reimbursed: int = 0


class Provider(Protocol):
    """A payment provider. No call raises for what may happen in the world; that is an outcome."""

    async def hold(self, key: str, owed: Owed) -> Answer:
        """Hold `total` back from the seller's payouts for the obligation; a later hold replaces an earlier one."""

    async def release(self, key: str, owed: Owed) -> Answer:
        """End the hold of the obligation."""

    async def pay(self, key: str, owed: Owed) -> Answer:
        """Pay the customer up to `total` in all, now, from what is held and what is there."""

    async def deduct(self, key: str, owed: Owed) -> Answer:
        """Pay the customer up to `total` in all from payments due to the seller, now and as they come (S20)."""

    async def stop(self, key: str, owed: Owed) -> Answer:
        """Collect nothing more for the obligation."""

    async def reimburse(self, key: str, owed: Owed) -> Answer:
        """Give `total` back to the seller."""

    async def lookup(self, key: str) -> Answer | None:
        """What came of the call with this key; None when it never arrived. UNKNOWN when that cannot be told now."""

    async def status(self, obligation: str) -> Standing | None:
        """Where an obligation stands; None when it cannot be told now."""
