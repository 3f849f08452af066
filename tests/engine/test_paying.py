"""Money effects: each answer of a provider has its one way on, and nothing is asked twice that may have acted."""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from mufakat.core import commands as c
from mufakat.core.effects import Effect, EffectKind
from mufakat.core.order import Payment
from mufakat.core.refusals import Refusal
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.paying import Paying
from mufakat.lab.memory import MemoryStore
from mufakat.payments.false import EVERYTHING, FalseProvider
from mufakat.payments.provider import (
    Answer,
    Capabilities,
    Destination,
    Outcome,
    Owed,
    Provider,
    Reason,
    Standing,
    Verb,
)
from mufakat.store import codec
from mufakat.store.records import Claim, Lane
from tests.core.story import DELIVERED, HOUR, SELLER
from tests.store.world import World

ACCEPTED = Answer(Outcome.ACCEPTED)
UNKNOWN = Answer(Outcome.UNKNOWN)
Said = Answer | None


def rejected(reason: Reason) -> Answer:
    """A rejection."""
    return Answer(Outcome.REJECTED, reason=reason, why="says the provider")


class Scripted:
    """A provider that answers what it is told to; what it is not told of, a false one answers. `heard`: what it got."""

    def __init__(self, behind: FalseProvider, **answers: list[Said]) -> None:
        self.behind, self.can = behind, EVERYTHING
        self.answers: dict[str, Iterator[Said]] = {name: iter(each) for name, each in answers.items()}
        self.heard: list[tuple[str, str, str]] = []

    async def capabilities(self) -> Capabilities:
        return self.can

    async def call(self, verb: Verb, key: str, owed: Owed) -> Answer:
        self.heard.append(("call", verb, key.partition(":")[2]))
        said = next(self.answers.get(verb, iter(())), None)
        return said if said is not None else await self.behind.call(verb, key, owed)

    async def lookup(self, key: str, owed: Owed) -> Answer | None:
        self.heard.append(("lookup", "", key.partition(":")[2]))
        said = next(self.answers.get("lookup", iter(())), None)
        return said if said is not None else await self.behind.lookup(key, owed)

    async def status(self, owed: Owed) -> Standing | None:
        return await self.behind.status(owed)

    def asked(self, verb: Verb) -> list[str]:
        """The keys under which it was called for a verb."""
        return [key for kind, each, key in self.heard if (kind, each) == ("call", verb)]


class Only:
    """One provider for all."""

    def __init__(self, one: Provider) -> None:
        self.one = one

    def provider(self, marketplace: str) -> Provider:
        assert marketplace
        return self.one


async def conceded(sold: int = 500_000) -> tuple[World, str]:
    """A case whose refund is owed at once, before anything was delivered."""
    world = await World(MemoryStore()).ready(sold=sold)
    paid = Payment(200_000, DELIVERED - HOUR, "GOPAY", "pay_1")
    assert not isinstance(await world.engine.record_fact("here", "o1", paid), Refusal)
    case_id = await world.disputed()
    await world.give(SELLER, c.Concede(), case_id)
    return world, case_id


async def passes(world: World, provider: Scripted, count: int) -> Deliveries:
    """So many passes of a delivery loop, half a day apart."""
    loop = Deliveries(world.engine, Only(provider), Random(1))
    for _ in range(count):
        await loop.drain()
        world.clock.at += timedelta(hours=12)
    return loop


async def paid(world: World, case_id: str) -> int:
    """What the customer has had by the case."""
    row = await world.store.find_case("here", case_id)
    assert row is not None
    return row.paid


async def test_what_is_accepted_is_waited_for_and_never_asked_again() -> None:
    world, case_id = await conceded()
    provider = Scripted(world.provider, REFUND=[ACCEPTED], lookup=[*[ACCEPTED] * 20, Answer(Outcome.DONE, 100_000)])
    await passes(world, provider, 24)
    assert len(provider.asked(Verb.REFUND)) == 1
    assert await paid(world, case_id) == 100_000
    assert await world.store.given_up("here") == []


async def test_an_unknown_call_is_looked_up_and_made_again_under_its_key_only_when_it_never_arrived() -> None:
    world, case_id = await conceded()
    provider = Scripted(world.provider, REFUND=[UNKNOWN], lookup=[UNKNOWN, UNKNOWN])
    await passes(world, provider, 2)
    assert len(provider.asked(Verb.REFUND)) == 1
    await passes(world, provider, 2)
    first, second = provider.asked(Verb.REFUND)
    assert first == second
    assert await paid(world, case_id) == 100_000


@pytest.mark.parametrize("reason", [Reason.OUT_OF_ORDER, Reason.QUIET_HOURS, Reason.INSUFFICIENT_FUNDS])
async def test_a_rejection_that_passes_is_tried_again_later(reason: Reason) -> None:
    world, case_id = await conceded()
    provider = Scripted(world.provider, REFUND=[rejected(reason)] * 3)
    await passes(world, provider, 5)
    assert len(provider.asked(Verb.REFUND)) == 4
    assert await paid(world, case_id) == 100_000


async def test_a_rejection_that_stays_waits_for_a_person_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    world, case_id = await conceded()
    provider = Scripted(world.provider, REFUND=[rejected(Reason.NO_SUCH_PAYMENT)])
    await passes(world, provider, 2)
    (given_up,) = await world.store.given_up("here")
    assert given_up.last_error == "NO_SUCH_PAYMENT: says the provider"
    assert len(provider.asked(Verb.REFUND)) == 1
    assert await world.store.revive("here", given_up.key, world.clock.at)
    await passes(world, provider, 1)
    assert await paid(world, case_id) == 100_000


@pytest.mark.parametrize("reason", [Reason.TOO_OLD, Reason.NOT_SUPPORTED])
async def test_where_the_original_method_takes_nothing_back_the_next_place_is_tried_under_its_own_key(
    reason: Reason,
) -> None:
    world, case_id = await conceded()
    provider = Scripted(world.provider, REFUND=[rejected(reason), UNKNOWN], lookup=[rejected(reason), UNKNOWN])
    await passes(world, provider, 2)
    first, second = provider.asked(Verb.REFUND)
    assert second == f"{first}:WALLET"  # and while it is unknown what became of that, no third place is tried
    provider.answers["lookup"] = iter([rejected(reason)])
    await passes(world, provider, 1)
    assert provider.asked(Verb.REFUND) == [first, second, second]
    assert await paid(world, case_id) == 100_000


async def test_a_place_that_the_provider_lacks_is_not_asked_for() -> None:
    world, case_id = await conceded()
    provider = Scripted(world.provider)
    provider.can = replace(EVERYTHING, destinations=frozenset({Destination.BANK_ACCOUNT}))
    await passes(world, provider, 2)
    assert provider.asked(Verb.REFUND)[0].endswith(":BANK_ACCOUNT")
    assert await paid(world, case_id) == 100_000


async def test_a_verb_that_the_provider_lacks_is_recorded_once_and_what_would_end_it_is_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    world, case_id = await conceded()
    provider = Scripted(world.provider)
    provider.can = replace(EVERYTHING, name="plain", verbs=frozenset({Verb.REFUND}))
    await passes(world, provider, 3)
    (given_up,) = await world.store.given_up("here")
    assert given_up.last_error == "NOT_SUPPORTED: plain cannot HOLD"
    assert {verb for kind, verb, _ in provider.heard if kind == "call"} == {Verb.REFUND}
    assert await paid(world, case_id) == 100_000


async def test_the_provider_is_told_of_the_customers_payment_and_its_name_is_kept() -> None:
    world, case_id = await conceded()
    told: list[Owed] = []
    real = world.provider.call

    async def call(verb: Verb, key: str, owed: Owed) -> Answer:
        told.append(owed)
        return await real(verb, key, owed)

    world.provider.call = call  # type: ignore[method-assign]
    await world.deliveries.drain()
    owed = told[-1]
    assert (owed.order_id, owed.payment, owed.method) == ("o1", "pay_1", "GOPAY")
    assert [each.sequence for each in told] == sorted({each.sequence for each in told})
    history = await world.store.history("here", "o1", case_id)
    (event,) = [each.recorded.event for each in history if type(each.recorded.event).__name__ == "RefundPaid"]
    assert event.reference.startswith("false_")  # type: ignore[union-attr]


@pytest.mark.parametrize("old", ["PAY", "DEDUCT", "STOP_COLLECTING"])
def test_effects_of_earlier_versions_are_still_read(old: str) -> None:
    body = codec.encode_effect(Effect(EffectKind.REFUND, "x:3:0", "SELLER", "toko", obligation="x:1", amount=5))
    stored = body.replace(b'"kind":"REFUND"', f'"kind":"{old}"'.encode())
    for field in (b',"funding":"SELLER"', b',"debit":false', b',"destination":"ORIGINAL"'):
        assert field in stored
        stored = stored.replace(field, b"")
    today = {"PAY": EffectKind.REFUND, "DEDUCT": EffectKind.RECOVER, "STOP_COLLECTING": EffectKind.CANCEL}
    read = codec.decode_effect(stored)
    assert (read.kind, read.amount, read.funding) == (today[old], 5, "SELLER")


class Killed(BaseException):
    """The process died here."""


@pytest.mark.parametrize("kind", [each for each in EffectKind if each not in {EffectKind.NOTICE, EffectKind.JUDGE}])
@pytest.mark.parametrize("step", ["asking", "called", "watched", "reported"])
async def test_each_verb_that_dies_at_any_step_has_acted_once_in_the_end(kind: EffectKind, step: str) -> None:
    world, case_id = await conceded(sold=30_000)
    await world.deliveries.drain()
    effect = Effect(kind, f"{case_id}:90:0", "SELLER", SELLER.id, "", 1, f"{case_id}:1", 90_000, "IDR")
    claim = Claim("here", effect.key, "o1", case_id, Lane.MONEY, 1, unknown=False, what=effect)

    async def die(at: str) -> None:
        if at == step:
            raise Killed(at)

    async def live(at: str) -> None:
        assert at

    with contextlib.suppress(Killed):
        await Paying(world.engine, Only(world.provider), die).deliver(claim, effect)
    for _ in range(2):  # the row is claimed again after the lease, and once more by one whose lease was lost
        await Paying(world.engine, Only(world.provider), live).deliver(replace(claim, unknown=True), effect)
    standing = await world.provider.standing(f"{case_id}:1")
    account = await world.provider.run(SELLER.id, "IDR")
    assert standing is not None
    assert account.balanced
    assert (standing.paid, await paid(world, case_id)) == (30_000, 30_000)
    moved = {EffectKind.REIMBURSE: standing.reimbursed, EffectKind.ADJUST: standing.adjusted}
    assert moved.get(kind, 90_000) == 90_000
    assert sum(payout.amount for payout in account.payouts) == 30_000 + (90_000 if kind in moved else 0)
