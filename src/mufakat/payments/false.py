"""The false provider: pays, holds and collects like a real one, with faults on demand.

Faults come from a seeded Random, so a world that went wrong can be run again. Whatever goes wrong, an obligation is
never paid above its total: totals are kept, not movements.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final, Protocol, TypeVar

import msgspec

from mufakat.payments.account import Account, Late, Sale
from mufakat.payments.provider import (
    Answer,
    Capabilities,
    Destination,
    Funding,
    Outcome,
    Owed,
    Reason,
    Standing,
    Verb,
)

TRIES: Final = 50
"""How often an account is loaded again that others keep writing."""
LATE_BY: Final = timedelta(hours=3)
"""How much later a late call is acted on."""

EVERYTHING: Final = Capabilities(
    "false", frozenset(Verb), frozenset(Destination), advance=True, debit_balance=True, webhooks=True
)
"""What the false provider can do where nothing narrower is asked of it."""


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
    """How often what goes wrong, each from 0 to 1.

    `times_out`: acts but does not answer; `acts_twice`; `acts_late`: does not answer and acts later; `accepts`: says so
    and acts later; `fails`: is out of order and does not act; `lacks_funds`: cannot act now for want of money; `quiet`:
    does not act at this hour.
    """

    chance: Random
    times_out: float = 0.0
    acts_twice: float = 0.0
    acts_late: float = 0.0
    accepts: float = 0.0
    fails: float = 0.0
    lacks_funds: float = 0.0
    quiet: float = 0.0

    def draw(self) -> str:
        """What goes wrong with the next call: empty for nothing."""
        rolled = self.chance.random()
        for name in FAULTS:
            rolled -= getattr(self, name)
            if rolled < 0:
                return name
        return ""

    def stop(self) -> None:
        """Nothing goes wrong from here on."""
        for name in FAULTS:
            setattr(self, name, 0.0)


FAULTS: Final = ("times_out", "acts_twice", "acts_late", "accepts", "fails", "lacks_funds", "quiet")
REJECTS: Final = {
    "fails": Answer(Outcome.REJECTED, reason=Reason.OUT_OF_ORDER, why="the provider is out of order"),
    "lacks_funds": Answer(Outcome.REJECTED, reason=Reason.INSUFFICIENT_FUNDS, why="there is not enough money for it"),
    "quiet": Answer(Outcome.REJECTED, reason=Reason.QUIET_HOURS, why="nothing is paid at this hour"),
}


class Luck(Protocol):
    """What goes wrong, one call after the other."""

    def draw(self) -> str:
        """The name of what goes wrong with the next call, one of FAULTS: empty for nothing."""


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
    """One marketplace's false provider. `clock` tells its moment; it does what is due whenever it is called.

    can: what it can do; whatever is not there is rejected, as a real provider would. too_old: methods of payments that
    it no longer refunds to.
    """

    def __init__(
        self,
        books: Books,
        clock: Callable[[], datetime],
        faults: Luck | None = None,
        can: Capabilities = EVERYTHING,
        too_old: frozenset[str] = frozenset(),
    ) -> None:
        self.books, self.can, self.too_old = books, can, too_old
        self._clock, self._faults = clock, faults

    async def capabilities(self) -> Capabilities:
        """What it can do."""
        return self.can

    async def expect(self, seller_id: str, currency: str, name: str, amount: int, at: datetime) -> None:
        """An order was sold: `amount` is due to the seller, paid out from `at` on. The same name is one."""

        def sell(account: Account) -> None:
            account.expect(name, amount, at)

        await self._change(seller_id, currency, (), sell)

    async def expect_all(self, seller_id: str, currency: str, sales: Sequence[Sale]) -> None:
        """The same for many orders of one seller, its account written once."""
        await self._change(seller_id, currency, (), lambda account: account.expect_all(sales))

    async def call(self, verb: Verb, key: str, owed: Owed) -> Answer:
        """Do one thing, once, however often it is asked under this key."""
        cannot = self._cannot(verb, owed)
        fault = self._faults.draw() if self._faults else ""

        def act(account: Account) -> Answer:
            now, seen = self._clock(), account.answers.get(key)
            if seen is not None:
                return seen
            if cannot is not None:
                answer = cannot
            elif fault in REJECTS:
                return REJECTS[fault]  # it passes, so the same key may be asked again
            elif fault in ("acts_late", "accepts"):
                account.late.append(Late(key, verb, owed, now + LATE_BY))
                answer = Answer(Outcome.ACCEPTED, why="it will be done", reference=named(key))
                if fault == "acts_late":
                    return replace(answer, outcome=Outcome.UNKNOWN, why="no answer yet", reference="")
            else:
                if fault == "acts_twice":
                    account.act(verb, owed, now)
                answer = account.act(verb, owed, now, named(key))
            account.answers[key] = answer
            return answer

        answer = await self._change(owed.seller_id, owed.currency, (owed.obligation, f"call:{key}"), act)
        return Answer(Outcome.UNKNOWN, why="timed out") if fault == "times_out" else answer

    async def lookup(self, key: str, owed: Owed) -> Answer | None:
        """What came of a call; None when it never arrived, or lies unread: then the same key does no harm."""
        del owed
        return await self.looked_up(key)

    async def looked_up(self, key: str) -> Answer | None:
        """What came of a call, by its key alone."""
        place = await self.books.whose(f"call:{key}")
        if place is None:
            return None
        return await self._change(*place, (), lambda account: account.answers.get(key))

    async def status(self, owed: Owed) -> Standing | None:
        """Where the obligation stands now; None for one it does not know."""
        return await self.standing(owed.obligation)

    async def standing(self, obligation: str) -> Standing | None:
        """Where an obligation stands now, by its name alone; None for one it does not know."""
        place = await self.books.whose(obligation)
        if place is None:
            return None
        return await self._change(*place, (), lambda account: account.standing(obligation))

    async def run(self, seller_id: str, currency: str) -> Account:
        """Let the account do what is due, and show it."""
        return await self._change(seller_id, currency, (), lambda account: account)

    def _cannot(self, verb: Verb, owed: Owed) -> Answer | None:
        """The rejection of what it cannot do."""
        what = ""
        if verb not in self.can.verbs:
            what = verb.value
        elif verb is Verb.REFUND and owed.destination not in self.can.destinations:
            what = f"REFUND to {owed.destination}"
        elif verb is Verb.REFUND and owed.destination is Destination.ORIGINAL and owed.method in self.too_old:
            return Answer(Outcome.REJECTED, reason=Reason.TOO_OLD, why=f"{owed.method} takes no refund this late")
        elif owed.funding is Funding.PLATFORM and not self.can.advance:
            what = "advance the platform's money"
        return Answer(Outcome.REJECTED, reason=Reason.NOT_SUPPORTED, why=f"it cannot {what}") if what else None

    async def _change(self, seller_id: str, currency: str, names: tuple[str, ...], change: Callable[[Account], T]) -> T:
        for _ in range(TRIES):
            version, account = await self.books.account(seller_id, currency)
            account.run(self._clock())
            result = change(account)
            if await self.books.save(seller_id, currency, version, account, names):
                return result
        raise Busy(seller_id)


def named(key: str) -> str:
    """The provider's own name of what it does under a key."""
    return "false_" + hashlib.sha256(key.encode()).hexdigest()[:16]


def encode(account: Account) -> bytes:
    """An account as bytes."""
    return msgspec.json.encode(account)


def decode(body: bytes) -> Account:
    """An account from its bytes."""
    return msgspec.json.decode(body, type=Account)
