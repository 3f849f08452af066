"""The false provider: never above a total, no money lost, oldest debt first, whatever goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mufakat.payments.account import Account
from mufakat.payments.false import EVERYTHING, FalseProvider, Faults, MemoryBooks, decode, encode
from mufakat.payments.false_tables import TableBooks
from mufakat.payments.provider import Destination, Funding, Outcome, Owed, Reason, Standing, Verb
from mufakat.store.database import Database

START = datetime(2026, 11, 2, tzinfo=UTC)
DAY = timedelta(days=1)
HOLD, RELEASE, REFUND, RECOVER, CANCEL = Verb.HOLD, Verb.RELEASE, Verb.REFUND, Verb.RECOVER, Verb.CANCEL
PLATFORM = Funding.PLATFORM

amounts = st.integers(0, 1000)
acts = st.tuples(
    st.sampled_from(list(Verb)), st.sampled_from("abc"), amounts, st.sampled_from(list(Funding)), st.booleans()
)
sales = st.tuples(st.text(max_size=3), amounts)
steps = st.lists(st.one_of(acts, sales), max_size=40)


def owed(name: str, total: int, sequence: int = 0, **more: Any) -> Owed:
    """An obligation of the one seller of these tests."""
    return Owed(name, "toko", "ani", "IDR", total, sequence, **more)


@given(steps, st.integers(0, 100))
def test_money_is_never_made_nor_lost_and_no_total_exceeded(moves: list[tuple[Any, ...]], hours: int) -> None:
    account, now, most = Account(), START, dict.fromkeys("abc", 0)
    for number, move in enumerate(moves):
        now += timedelta(hours=hours)
        account.run(now)
        before = {each: debt.paid for each, debt in account.debts.items()}
        if len(move) == 2:
            account.expect(move[0], move[1], now + 2 * DAY)
        else:
            verb, name, amount, funding, debit = move
            signed = -amount if verb is Verb.ADJUST and debit else amount
            account.act(verb, owed(name, signed, number, funding=funding, debit=debit), now)
            if verb in (REFUND, RECOVER):
                most[name] = max(most[name], amount)
        for each, debt in account.debts.items():
            assert before.get(each, 0) <= debt.paid <= most[each]
        assert account.balanced
        assert account.balance >= 0
    assert decode(encode(account)) == account


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """The moment."""
        return self.at


@pytest.fixture(params=["memory", "tables"])
async def shop(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[tuple[FalseProvider, Clock, Faults]]:
    """A provider without faults, on either kind of books."""
    clock, faults = Clock(), Faults(Random(1))
    if request.param == "memory":
        yield FalseProvider(MemoryBooks(), clock.now, faults), clock, faults
        return
    database = await Database.connect(database_url)
    yield FalseProvider(TableBooks(database.pool, "here"), clock.now, faults), clock, faults
    await database.close()


Shop = tuple[FalseProvider, Clock, Faults]


async def standing(provider: FalseProvider, name: str) -> Standing:
    """Where an obligation stands, which there is."""
    found = await provider.standing(name)
    assert found is not None
    return found


async def test_what_is_held_is_not_paid_out_and_pays_first(shop: Shop) -> None:
    provider, clock, _ = shop
    await provider.expect("toko", "IDR", "o1", 100, START + DAY)
    await provider.call(HOLD, "h", owed("a", 60))
    clock.at += 2 * DAY
    assert (await provider.run("toko", "IDR")).paid_out == 40
    assert await provider.call(REFUND, "p", owed("b", 50)) == await provider.lookup("p", owed("a", 60))
    assert (await provider.call(REFUND, "q", owed("a", 70))).paid == 60
    found = await standing(provider, "a")
    assert (found.paid, found.held, found.total) == (60, 0, 70)


async def test_debts_are_collected_from_later_payouts_oldest_first(shop: Shop) -> None:
    provider, clock, _ = shop
    for name in "ab":
        assert (await provider.call(RECOVER, name, owed(name, 50))).paid == 0
    await provider.expect("toko", "IDR", "o1", 70, clock.at + DAY)
    assert [(await standing(provider, name)).paid for name in "ab"] == [50, 20]
    await provider.call(CANCEL, "s", owed("b", 0))
    await provider.expect("toko", "IDR", "o2", 70, clock.at + DAY)
    found = await standing(provider, "b")
    assert (found.paid, found.collecting) == (20, False)


async def test_the_platform_advances_whole_and_collects_it_back_as_it_comes(shop: Shop) -> None:
    provider, clock, _ = shop
    await provider.expect("toko", "IDR", "o1", 30, clock.at + DAY)
    assert (await provider.call(REFUND, "own", owed("a", 100, 1))).paid == 30
    advanced = await provider.call(REFUND, "advance", owed("a", 100, 2, funding=PLATFORM))
    assert (advanced.paid, advanced.advanced, advanced.recovered) == (100, 70, 0)
    await provider.call(RECOVER, "back", owed("a", 100, 3, funding=PLATFORM))
    assert (await standing(provider, "a")).collecting
    await provider.expect("toko", "IDR", "o2", 50, clock.at + DAY)
    assert (await standing(provider, "a")).recovered == 50
    await provider.expect("toko", "IDR", "o3", 90, clock.at + DAY)
    found = await standing(provider, "a")
    assert (found.paid, found.recovered, found.collecting) == (100, 70, False)
    assert (await provider.run("toko", "IDR")).balance == 70


async def test_a_balance_is_debited_only_where_that_is_allowed(shop: Shop) -> None:
    provider, clock, _ = shop
    await provider.expect("toko", "IDR", "o1", 80, clock.at)
    clock.at += DAY
    assert (await provider.run("toko", "IDR")).paid_out == 80
    assert (await provider.call(RECOVER, "r", owed("a", 50, 1))).paid == 0
    assert (await provider.call(RECOVER, "d", owed("a", 50, 2, debit=True))).paid == 50
    account = await provider.run("toko", "IDR")
    assert (account.debited, account.balanced) == (50, True)


async def test_adjustments_are_signed_totals_and_what_is_missing_is_taken_later(shop: Shop) -> None:
    provider, clock, _ = shop
    await provider.call(Verb.ADJUST, "a1", owed("a", -40, 1))
    await provider.expect("toko", "IDR", "o1", 25, clock.at + DAY)
    assert (await provider.run("toko", "IDR")).balance == 0
    assert (await standing(provider, "a")).adjusted == -40
    await provider.call(Verb.ADJUST, "a2", owed("a", 30, 2))
    await provider.call(Verb.ADJUST, "a1 overtaken", owed("a", -40, 1))
    account = await provider.run("toko", "IDR")
    assert account.balanced
    assert account.debts["a"].settled == 30
    assert account.balance + account.paid_out == 55


async def test_a_key_is_acted_on_once(shop: Shop) -> None:
    provider, _, _ = shop
    await provider.expect("toko", "IDR", "o1", 100, START + DAY)
    first = await provider.call(Verb.REIMBURSE, "r", owed("a", 30))
    assert first.reference
    assert await provider.call(Verb.REIMBURSE, "r", owed("a", 30)) == first
    account = await provider.run("toko", "IDR")
    assert (account.balance, account.paid_out) == (100, 30)
    assert await provider.lookup("never", owed("a", 60)) is None
    assert await provider.status(owed("never", 0)) is None


@pytest.mark.parametrize("fault", ["times_out", "acts_late", "acts_twice", "accepts", "fails", "lacks_funds", "quiet"])
async def test_each_fault_and_how_it_is_cleared_up(shop: Shop, fault: str) -> None:
    provider, clock, faults = shop
    await provider.expect("toko", "IDR", "o1", 100, START + DAY)
    setattr(faults, fault, 1.0)
    answer = await provider.call(REFUND, "p", owed("a", 60))
    expected = {
        "times_out": Outcome.UNKNOWN,
        "acts_late": Outcome.UNKNOWN,
        "accepts": Outcome.ACCEPTED,
        "fails": Outcome.REJECTED,
        "lacks_funds": Outcome.REJECTED,
        "quiet": Outcome.REJECTED,
    }
    assert answer.outcome is expected.get(fault, Outcome.DONE)
    faults.stop()
    seen = await provider.lookup("p", owed("a", 60))
    if fault in ("times_out", "acts_twice"):
        assert seen is not None
        assert seen.paid == 60
    elif fault == "accepts":
        assert seen is not None
        assert seen.outcome is Outcome.ACCEPTED
        assert await provider.call(REFUND, "p", owed("a", 60)) == seen
    else:
        assert seen is None
    clock.at += DAY / 2
    assert (await provider.call(REFUND, "p", owed("a", 60))).paid == 60
    account = await provider.run("toko", "IDR")
    assert (account.paid, account.balance) == (60, 40)


async def test_what_it_cannot_do_is_rejected_for_good(shop: Shop) -> None:
    full, clock, _ = shop
    narrow = replace(EVERYTHING, verbs=frozenset({REFUND}), destinations=frozenset({Destination.WALLET}), advance=False)
    provider = FalseProvider(full.books, clock.now, None, narrow)
    wallet = owed("a", 5, destination=Destination.WALLET)
    calls = [(HOLD, wallet), (REFUND, owed("a", 5)), (REFUND, replace(wallet, funding=PLATFORM))]
    for number, (verb, what) in enumerate(calls):
        answer = await provider.call(verb, f"k{number}", what)
        assert (answer.outcome, answer.reason) == (Outcome.REJECTED, Reason.NOT_SUPPORTED)
        assert await provider.lookup(f"k{number}", what) == answer
    assert (await provider.call(REFUND, "w", wallet)).outcome is Outcome.DONE
    late = FalseProvider(full.books, clock.now, too_old=frozenset({"GOPAY"}))
    assert (await late.call(REFUND, "t", owed("a", 5, method="GOPAY"))).reason is Reason.TOO_OLD


async def test_calls_at_once_are_all_kept(shop: Shop) -> None:
    provider, _, _ = shop
    await asyncio.gather(*(provider.expect("toko", "IDR", f"o{n}", 10, START + DAY) for n in range(5)))
    await asyncio.gather(*(provider.call(REFUND, f"p{n}", owed(f"d{n}", 10)) for n in range(6)))
    account = await provider.run("toko", "IDR")
    assert (account.paid, account.balance) == (50, 0)


@given(st.permutations(range(6)))
def test_calls_that_overtake_one_another_end_as_if_they_had_not(order: list[int]) -> None:
    """A release that arrives before its hold, a lowered total before the higher one: the later order stands."""
    calls = [(HOLD, 90), (RELEASE, 0), (HOLD, 70), (REFUND, 50), (RECOVER, 40), (CANCEL, 0)]
    account = Account()
    for at in order:
        verb, total = calls[at]
        account.act(verb, owed("a", total, at), START)
    debt = account.debts["a"]
    assert (debt.held, bool(debt.collecting)) == (70, False)
    assert debt.paid == 0  # nothing has come in
