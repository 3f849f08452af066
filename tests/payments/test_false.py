"""The false provider: never above a total, no money lost, oldest debt first, whatever goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mufakat.payments.account import Account
from mufakat.payments.false import FalseProvider, Faults, MemoryBooks, decode, encode
from mufakat.payments.false_tables import TableBooks
from mufakat.payments.provider import Outcome, Owed
from mufakat.store.database import Database

START = datetime(2026, 11, 2, tzinfo=UTC)
DAY = timedelta(days=1)

amounts = st.integers(0, 1000)
acts = st.tuples(
    st.sampled_from(["hold", "release", "pay", "deduct", "stop", "reimburse"]), st.sampled_from("abc"), amounts
)
steps = st.lists(st.one_of(acts, st.tuples(st.just("expect"), st.text(max_size=3), amounts)), max_size=40)


def owed(name: str, total: int) -> Owed:
    """An obligation of the one seller of these tests."""
    return Owed(name, "toko", "ani", "IDR", total)


@given(steps, st.integers(0, 100))
def test_money_is_never_made_nor_lost_and_no_total_exceeded(moves: list[tuple[str, str, int]], hours: int) -> None:
    account, now, most = Account(), START, dict.fromkeys("abc", 0)
    for verb, name, amount in moves:
        now += timedelta(hours=hours)
        account.run(now)
        before = {each: debt.paid for each, debt in account.debts.items()}
        if verb == "expect":
            account.expect(name, amount, now + 2 * DAY)
        else:
            account.act(verb, owed(name, amount), now)
        if verb in ("pay", "deduct"):
            most[name] = max(most[name], amount)
        for each, debt in account.debts.items():
            assert before.get(each, 0) <= debt.paid <= most[each]
        came_in = sum(payout.amount for payout in account.payouts)
        assert came_in == account.paid + account.paid_out + account.balance
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


async def test_what_is_held_is_not_paid_out_and_pays_first(shop: Shop) -> None:
    provider, clock, _ = shop
    await provider.expect("toko", "IDR", "o1", 100, START + DAY)
    await provider.hold("h", owed("a", 60))
    clock.at += 2 * DAY
    assert (await provider.run("toko", "IDR")).paid_out == 40
    assert await provider.pay("p", owed("b", 50)) == await provider.lookup("p")
    assert (await provider.pay("q", owed("a", 70))).paid == 60
    standing = await provider.status("a")
    assert standing is not None
    assert (standing.paid, standing.held, standing.total) == (60, 0, 70)


async def test_debts_are_collected_from_later_payouts_oldest_first(shop: Shop) -> None:
    provider, clock, _ = shop
    for name in "ab":
        assert (await provider.deduct(name, owed(name, 50))).paid == 0
    await provider.expect("toko", "IDR", "o1", 70, clock.at + DAY)
    paid = [(await provider.status(name)) for name in "ab"]
    assert [standing.paid for standing in paid if standing is not None] == [50, 20]
    await provider.stop("s", owed("b", 0))
    await provider.expect("toko", "IDR", "o2", 70, clock.at + DAY)
    standing = await provider.status("b")
    assert standing is not None
    assert (standing.paid, standing.collecting) == (20, False)


async def test_a_key_is_acted_on_once(shop: Shop) -> None:
    provider, _, _ = shop
    await provider.expect("toko", "IDR", "o1", 100, START + DAY)
    first = await provider.reimburse("r", owed("a", 30))
    assert await provider.reimburse("r", owed("a", 30)) == first
    account = await provider.run("toko", "IDR")
    assert (account.balance, account.paid_out) == (100, 30)
    assert await provider.lookup("never") is None
    assert await provider.status("never") is None


@pytest.mark.parametrize("fault", ["times_out", "acts_late", "acts_twice", "fails"])
async def test_each_fault_and_how_it_is_cleared_up(shop: Shop, fault: str) -> None:
    provider, clock, faults = shop
    await provider.expect("toko", "IDR", "o1", 100, START + DAY)
    setattr(faults, fault, 1.0)
    answer = await provider.pay("p", owed("a", 60))
    expected = {"times_out": Outcome.UNKNOWN, "acts_late": Outcome.UNKNOWN, "fails": Outcome.FAILED}
    assert answer.outcome is expected.get(fault, Outcome.DONE)
    faults.stop()
    seen = await provider.lookup("p")
    if fault in ("times_out", "acts_twice"):
        assert seen is not None
        assert seen.paid == 60
    else:
        assert seen is None
    clock.at += DAY / 2
    assert (await provider.pay("p", owed("a", 60))).paid == 60
    account = await provider.run("toko", "IDR")
    assert (account.paid, account.balance) == (60, 40)


async def test_calls_at_once_are_all_kept(shop: Shop) -> None:
    provider, _, _ = shop
    await asyncio.gather(*(provider.expect("toko", "IDR", f"o{n}", 10, START + DAY) for n in range(5)))
    await asyncio.gather(*(provider.pay(f"p{n}", owed(f"d{n}", 10)) for n in range(6)))
    account = await provider.run("toko", "IDR")
    assert (account.paid, account.balance) == (50, 0)


@given(st.permutations(range(6)))
def test_calls_that_overtake_one_another_end_as_if_they_had_not(order: list[int]) -> None:
    """A release that arrives before its hold, a lowered total before the higher one: the later order stands."""
    calls = [("hold", 90), ("release", 0), ("hold", 70), ("pay", 50), ("deduct", 40), ("stop", 0)]
    account = Account()
    for at in order:
        verb, total = calls[at]
        account.act(verb, Owed("a", "toko", "ani", "IDR", total, at), START)
    debt = account.debts["a"]
    assert (debt.held, bool(debt.collecting)) == (70, False)
    assert debt.paid == 0  # nothing has come in
