"""The false provider: pays, holds and collects like a real one, with faults on demand.

Faults come from a seeded Random, so a world that went wrong can be run again. Whatever goes wrong, an obligation is
never paid above its total: totals are kept, not movements.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final, Protocol, TypeVar

import msgspec

from mufakat.payments.account import Account, Late
from mufakat.payments.provider import Answer, Outcome, Owed, Standing

TRIES: Final = 50
"""How often an account is loaded again that others keep writing."""
LATE_BY: Final = timedelta(hours=3)
"""How much later a late call is acted on."""


T = TypeVar("T")


class Busy(Exception):  # noqa: N818 - says what happened
    """The account could not be written: others kept writing it."""


class Books(Protocol):
    """Where the accounts are kept."""

    async def account(self, seller_id: str, currency: str) -> tuple[int, Account]:
        """An account and its version; a fresh one with version 0 when there is none."""

    async def save(self, seller_id: str, currency: str, version: int, account: Account, names: tuple[str, ...]) -> bool:
        """Write an account and which names are in it; False when it is no longer at that version."""

    async def whose(self, name: str) -> tuple[str, str] | None:
        """Seller and currency of the account that has an obligation or a call of that name."""


@dataclass(slots=True)
class Faults:
    """How often what goes wrong, each from 0 to 1: acts but does not answer, acts twice, acts late, does not act."""

    chance: Random
    times_out: float = 0.0
    acts_twice: float = 0.0
    acts_late: float = 0.0
    fails: float = 0.0

    def draw(self) -> str:
        """What goes wrong with the next call: empty for nothing."""
        rolled = self.chance.random()
        for name in ("times_out", "acts_twice", "acts_late", "fails"):
            rolled -= getattr(self, name)
            if rolled < 0:
                return name
        return ""

    def stop(self) -> None:
        """Nothing goes wrong from here on."""
        self.times_out = self.acts_twice = self.acts_late = self.fails = 0.0


@dataclass(slots=True)
class MemoryBooks:
    """Accounts in memory, for the simulator and for tests."""

    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def account(self, seller_id: str, currency: str) -> tuple[int, Account]:
        """The account itself: a simulator has one thread, so nobody can write it meanwhile."""
        return 0, self.accounts.setdefault((seller_id, currency), Account())

    async def save(self, seller_id: str, currency: str, version: int, account: Account, names: tuple[str, ...]) -> bool:
        """Keep the names; the account is changed in place."""
        del version, account
        self.names.update(dict.fromkeys(names, (seller_id, currency)))
        return True

    async def whose(self, name: str) -> tuple[str, str] | None:
        """Seller and currency of the account that has a name."""
        return self.names.get(name)


class FalseProvider:
    """One marketplace's false provider. `clock` tells its moment; it does what is due whenever it is called."""

    def __init__(self, books: Books, clock: Callable[[], datetime], faults: Faults | None = None) -> None:
        self.books, self._clock, self._faults = books, clock, faults

    async def expect(self, seller_id: str, currency: str, name: str, amount: int, at: datetime) -> None:
        """An order was sold: `amount` is due to the seller, paid out from `at` on. The same name is one."""

        def sell(account: Account) -> None:
            account.expect(name, amount, at)

        await self._change(seller_id, currency, (), sell)

    async def hold(self, key: str, owed: Owed) -> Answer:
        """Hold `total` back from payouts."""
        return await self._call(key, "hold", owed)

    async def release(self, key: str, owed: Owed) -> Answer:
        """End the hold."""
        return await self._call(key, "release", owed)

    async def pay(self, key: str, owed: Owed) -> Answer:
        """Pay the customer now from what is there."""
        return await self._call(key, "pay", owed)

    async def deduct(self, key: str, owed: Owed) -> Answer:
        """Pay the customer from payments due to the seller, now and as they come."""
        return await self._call(key, "deduct", owed)

    async def stop(self, key: str, owed: Owed) -> Answer:
        """Collect nothing more."""
        return await self._call(key, "stop", owed)

    async def reimburse(self, key: str, owed: Owed) -> Answer:
        """Give `total` back to the seller."""
        return await self._call(key, "reimburse", owed)

    async def lookup(self, key: str) -> Answer | None:
        """What came of a call; None when it never arrived, or lies unread: then the same key does no harm."""
        place = await self.books.whose(f"call:{key}")
        if place is None:
            return None
        _, account = await self.books.account(*place)
        return account.answers.get(key)

    async def status(self, obligation: str) -> Standing | None:
        """Where an obligation stands now; None for one it does not know."""
        place = await self.books.whose(obligation)
        if place is None:
            return None
        return await self._change(*place, (), lambda account: account.standing(obligation))

    async def run(self, seller_id: str, currency: str) -> Account:
        """Let the account do what is due, and show it."""
        return await self._change(seller_id, currency, (), lambda account: account)

    async def _call(self, key: str, verb: str, owed: Owed) -> Answer:
        fault = self._faults.draw() if self._faults else ""
        if fault == "fails":
            return Answer(Outcome.FAILED, why="the provider is out of order")

        def act(account: Account) -> Answer:
            now, seen = self._clock(), account.answers.get(key)
            if seen is not None:
                return seen
            if fault == "acts_late":
                account.late.append(Late(key, verb, owed, now + LATE_BY))
                return Answer(Outcome.UNKNOWN, why="no answer yet")
            if fault == "acts_twice":
                account.act(verb, owed, now)
            answer = Answer(Outcome.DONE, account.act(verb, owed, now))
            account.answers[key] = answer
            return answer

        answer = await self._change(owed.seller_id, owed.currency, (owed.obligation, f"call:{key}"), act)
        return Answer(Outcome.UNKNOWN, why="timed out") if fault == "times_out" else answer

    async def _change(self, seller_id: str, currency: str, names: tuple[str, ...], change: Callable[[Account], T]) -> T:
        for _ in range(TRIES):
            version, account = await self.books.account(seller_id, currency)
            account.run(self._clock())
            result = change(account)
            if await self.books.save(seller_id, currency, version, account, names):
                return result
        raise Busy(seller_id)


def encode(account: Account) -> bytes:
    """An account as bytes."""
    return msgspec.json.encode(account)


def decode(body: bytes) -> Account:
    """An account from its bytes."""
    return msgspec.json.decode(body, type=Account)
