"""The contract kit: what any adapter to a payment provider must hold, as checks that a test suite runs.

An adapter is brought as a `Stand`: the adapter itself, and the means to let money come in, to let something go wrong
with the next call, and to let time pass. `CHECKS` are async functions of a stand that raise AssertionError; each takes
a fresh one. docs/guides/providers.md shows how to run them with pytest. What a provider says that it cannot do is not
asked of it, but then it must reject it.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final, Protocol

from mufakat.payments.exponents import NotRepresentableError, to_provider
from mufakat.payments.provider import (
    PASSING,
    Answer,
    Destination,
    Funding,
    Outcome,
    Owed,
    Provider,
    Reason,
    Standing,
    Verb,
)

MOST_TRIES: Final = 30
MOST_WHY: Final = 300
CENT: Final = 100
"""Minor units of a rupiah: the checks count in whole ones, which every provider can say."""


class Stand(Protocol):
    """An adapter in its test surroundings. `faults`: what `goes_wrong` can do here."""

    provider: Provider
    faults: tuple[str, ...]

    async def sold(self, seller_id: str, amount: int) -> None:
        """Rupiah in minor units become due to the seller."""

    def payment(self, seller_id: str) -> str:
        """The provider's name of a payment that a customer of the seller made; there is one from the start."""

    async def goes_wrong(self, fault: str) -> None:
        """The next call goes wrong in that way, one of `faults`."""

    async def later(self) -> None:
        """So much time passes that what was accepted is done."""


Check = Callable[[Stand], Awaitable[None]]


class Obligation:
    """One obligation of a fresh seller, with calls that carry on as the delivery loop does."""

    def __init__(self, stand: Stand, **more: Any) -> None:
        name = secrets.token_hex(8)
        self.stand, self.provider = stand, stand.provider
        self.seller = f"seller-{name}"
        about: dict[str, Any] = {"order_id": f"order-{name}", "payment": stand.payment(self.seller), **more}
        self.owed = Owed(f"{name}:1", self.seller, f"customer-{name}", "IDR", 0, **about)
        self.sequence, self.most = 0, 0

    def say(self, total: int, **more: Any) -> Owed:
        """The obligation with a total, in whole rupiah, as the next call names it."""
        self.sequence += 1
        return replace(self.owed, total=total * CENT, sequence=self.sequence, **more)

    async def sold(self, rupiah: int) -> None:
        """Money becomes due to the seller."""
        await self.stand.sold(self.seller, rupiah * CENT)

    async def done(self, verb: Verb, total: int, **more: Any) -> Answer:
        """A call until it is done: looked up where unknown, waited for where accepted, made again where it passed."""
        owed = self.say(total, **more)
        key = f"{owed.obligation}:{owed.sequence}"
        answer = await self.provider.call(verb, key, owed)
        for _ in range(MOST_TRIES):
            if answer.outcome is Outcome.DONE:
                return answer
            assert answer.outcome is not Outcome.REJECTED or answer.reason in PASSING, f"{verb} was rejected: {answer}"
            await self.stand.later()
            seen = await self.provider.lookup(key, owed)
            again = seen is None or (seen.outcome is Outcome.REJECTED and seen.reason in PASSING)
            answer = await self.provider.call(verb, key, owed) if again or seen is None else seen
        raise AssertionError(f"{verb} is never done: {answer}")

    async def standing(self) -> Standing:
        """Where it stands; it must be known."""
        found = await self.provider.status(self.owed)
        assert found is not None, "an obligation that was paid is not known"
        assert found.paid >= self.most, f"what was paid became less: {found.paid} after {self.most}"
        assert found.recovered <= found.advanced <= found.paid, (
            f"more was collected than advanced, or than paid: {found}"
        )
        self.most = found.paid
        return found

    async def paid(self) -> int:
        """What the customer has had, in whole rupiah."""
        rupiah, rest = divmod((await self.standing()).paid, CENT)
        assert not rest, "an amount of whole rupiah came back as another"
        return rupiah


async def says_what_it_can(stand: Stand) -> None:
    """A name, at least refunds, and a place to send them."""
    can = await stand.provider.capabilities()
    assert can.name, "it has no name"
    assert Verb.REFUND in can.verbs, "it cannot refund"
    assert can.destinations, "it can send a refund nowhere"


async def pays_once_however_often_asked(stand: Stand) -> None:
    """The same key is the same call, with the same answer."""
    one = Obligation(stand)
    await one.sold(500)
    first = await one.done(Verb.REFUND, 120)
    owed = replace(one.owed, total=120 * CENT, sequence=one.sequence)
    for _ in range(3):
        again = await stand.provider.call(Verb.REFUND, f"{owed.obligation}:{owed.sequence}", owed)
        assert again.outcome is Outcome.DONE, f"asked again under its key: {again}"
        assert again.paid == first.paid, f"asked again it says {again.paid} instead of {first.paid}"
    assert await one.paid() == 120  # noqa: PLR2004 - what was asked


async def knows_what_it_did_and_what_never_came(stand: Stand) -> None:
    """`lookup` tells of a call that was made, and of no other."""
    one = Obligation(stand)
    await one.sold(500)
    done = await one.done(Verb.REFUND, 80)
    owed = replace(one.owed, total=80 * CENT, sequence=one.sequence)
    seen = await stand.provider.lookup(f"{owed.obligation}:{owed.sequence}", owed)
    assert seen is not None, "a call that was done is not found by its key"
    assert (seen.outcome, seen.paid) == (Outcome.DONE, done.paid), f"{seen} is found instead of {done}"
    stranger = Obligation(stand)
    assert await stand.provider.lookup("never", stranger.owed) is None, "a call that never came is found"
    assert await stand.provider.status(stranger.owed) is None, "an obligation that never came is found"


async def totals_are_totals(stand: Stand) -> None:
    """A higher total pays the difference, a lower one takes nothing back, and no order of them pays more."""
    one = Obligation(stand)
    await one.sold(1000)
    for total, had in ((60, 60), (100, 100), (40, 100), (100, 100), (130, 130)):
        await one.done(Verb.REFUND, total)
        assert await one.paid() == had, f"{await one.paid()} paid of a total of {total}, {had} expected"


async def what_was_overtaken_changes_nothing(stand: Stand) -> None:
    """A call that arrives after a later one about the same obligation."""
    one = Obligation(stand)
    await one.sold(1000)
    early = one.say(300)
    await one.done(Verb.REFUND, 90)
    await stand.provider.call(Verb.REFUND, f"{early.obligation}:early", early)
    await stand.later()
    assert await one.paid() == 90, "a call that was overtaken paid"  # noqa: PLR2004 - what the later one said


async def is_honest_about_what_it_lacks(stand: Stand) -> None:
    """What it says it cannot do it rejects, for that reason, and goes on rejecting."""
    can = await stand.provider.capabilities()
    calls: list[tuple[Verb, dict[str, Any]]] = [(verb, {}) for verb in Verb if verb not in can.verbs]
    lacking = [each for each in Destination if each not in can.destinations]
    calls += [(Verb.REFUND, {"destination": each}) for each in lacking]
    if not can.advance:
        calls.append((Verb.REFUND, {"funding": Funding.PLATFORM, "destination": min(can.destinations)}))
    for verb, more in calls:
        one = Obligation(stand)
        await one.sold(100)
        owed = one.say(10, **more)
        for _ in range(2):
            answer = await stand.provider.call(verb, f"{owed.obligation}:lacks", owed)
            _check_rejection(answer)
            assert answer.reason is Reason.NOT_SUPPORTED, f"{verb} is rejected as {answer.reason}"


def _check_rejection(answer: Answer) -> None:
    assert answer.outcome is Outcome.REJECTED, f"{answer} is no rejection"
    assert answer.reason is not None, "a rejection has no reason"
    assert len(answer.why) <= MOST_WHY, "a rejection says more than people read"


async def can_say_every_amount_that_it_takes(stand: Stand) -> None:
    """An amount that its minor units cannot hold is rejected as INVALID and never rounded."""
    can = await stand.provider.capabilities()
    one = Obligation(stand)
    await one.sold(1000)
    owed = replace(one.say(0), total=12_345)
    answer = await stand.provider.call(Verb.REFUND, f"{owed.obligation}:odd", owed)
    try:
        to_provider(owed.total, owed.currency, can.exponents)
    except NotRepresentableError:
        _check_rejection(answer)
        assert answer.reason is Reason.INVALID, f"an amount that it cannot say is rejected as {answer.reason}"
        return
    await stand.later()
    assert (await one.standing()).paid == owed.total, "an amount came back as another"


async def what_goes_wrong_pays_once(stand: Stand) -> None:
    """After every fault that the stand knows, carrying on as the delivery loop does pays whole and once."""
    for fault in stand.faults:
        one = Obligation(stand)
        await one.sold(400)
        for total in (70, 110):
            await stand.goes_wrong(fault)
            await one.done(Verb.REFUND, total)
            assert await one.paid() == total, f"{fault}: {await one.paid()} paid of {total}"
        await stand.later()
        assert await one.paid() == total, f"{fault}: {await one.paid()} paid of {total} in the end"


async def collects_as_money_comes(stand: Stand) -> None:
    """RECOVER pays what there is and goes on, until it is paid or cancelled (S20)."""
    can = await stand.provider.capabilities()
    if Verb.RECOVER not in can.verbs or not can.collects:
        return
    one = Obligation(stand)
    await one.sold(30)
    assert (await one.done(Verb.RECOVER, 100)).paid == 30 * CENT, "it did not take what was there"
    assert (await one.standing()).collecting, "it says that it collects no more"
    await one.sold(50)
    await stand.later()
    assert await one.paid() == 80, "it did not collect what came"  # noqa: PLR2004 - 30 and 50
    if Verb.CANCEL in can.verbs:
        await one.done(Verb.CANCEL, 0)
        await one.sold(500)
        await stand.later()
        assert await one.paid() == 80, "it collected after it was cancelled"  # noqa: PLR2004 - same
        assert not (await one.standing()).collecting, "it says that it still collects"


async def recovers_whole_or_not_at_all(stand: Stand) -> None:
    """RECOVER of one that does not go on collecting: rejected until all of it is there, and then done under its key."""
    can = await stand.provider.capabilities()
    if Verb.RECOVER not in can.verbs or can.collects:
        return
    one = Obligation(stand)
    owed = one.say(100)
    key = f"{owed.obligation}:{owed.sequence}"
    for rupiah in (30, 50):
        await one.sold(rupiah)
        answer = await stand.provider.call(Verb.RECOVER, key, owed)
        assert (answer.outcome, answer.reason) == (Outcome.REJECTED, Reason.INSUFFICIENT_FUNDS), (
            f"what is there is not whole, and it says {answer}"
        )
        await stand.later()
        seen = await stand.provider.status(owed)
        assert seen is None or (seen.paid, seen.collecting) == (0, False), f"a part was taken: {seen}"
    await one.sold(20)
    assert (await stand.provider.call(Verb.RECOVER, key, owed)).outcome is Outcome.DONE, "all is there, and not taken"
    assert await one.paid() == 100, "not all was taken"  # noqa: PLR2004 - what was asked
    await one.done(Verb.CANCEL, 0)
    await one.sold(500)
    await stand.later()
    assert await one.paid() == 100, "it took more by itself"  # noqa: PLR2004 - same


async def advances_whole_and_collects_it_back(stand: Stand) -> None:
    """The platform's money pays at once whatever the seller has, and comes back up to what was advanced."""
    can = await stand.provider.capabilities()
    if not can.advance or Verb.RECOVER not in can.verbs:
        return
    one = Obligation(stand)
    place = {"funding": Funding.PLATFORM}
    await one.done(Verb.REFUND, 100, **place)
    assert await one.paid() == 100, "the advance is not whole"  # noqa: PLR2004 - what was asked
    assert (await one.standing()).advanced == 100 * CENT, "it does not say that it advanced"
    if can.collects:
        await one.done(Verb.RECOVER, 100, **place)
    await one.sold(40)
    await stand.later()
    await one.sold(500)
    if not can.collects:
        await one.done(Verb.RECOVER, 100, **place)
    await stand.later()
    found = await one.standing()
    assert (found.paid, found.recovered) == (100 * CENT, 100 * CENT), f"not collected back as advanced: {found}"
    assert not found.collecting, "it still collects what it has"


async def recovers_a_chargeback_for_the_platform(stand: Stand) -> None:
    """What the bank took is collected from the seller, and the customer, who has it, is paid nothing; less stops it."""
    can = await stand.provider.capabilities()
    if Verb.RECOVER not in can.verbs:
        return
    one = Obligation(stand)
    place = {"funding": Funding.CHARGEBACK}
    await one.sold(40)
    answer = await one.done(Verb.RECOVER, 40, **place)
    assert answer.recovered == 40 * CENT, "it did not collect what was there"
    assert answer.paid == answer.advanced, "it paid a customer whom the bank had paid"
    if can.collects:
        await one.done(Verb.RECOVER, 100, **place)
        await one.done(Verb.RECOVER, 60, **place)
        await one.sold(500)
        await stand.later()
        found = await one.standing()
        assert found.recovered == 60 * CENT, f"it collected {found.recovered} where 60 were left to collect"
    answer = await one.done(Verb.RECOVER, 30, **place)
    assert answer.recovered >= 40 * CENT, "what was collected is given back by REIMBURSE, not by a lower total"


async def holds_and_lets_go(stand: Stand) -> None:
    """A hold is shown until it is released; a later one replaces it; an overtaken one does nothing."""
    can = await stand.provider.capabilities()
    if not {Verb.HOLD, Verb.RELEASE} <= can.verbs:
        return
    one = Obligation(stand)
    await one.sold(300)
    early = one.say(250)
    await one.done(Verb.HOLD, 100)
    await one.done(Verb.HOLD, 60)
    await stand.provider.call(Verb.HOLD, f"{early.obligation}:early", early)
    assert (await one.standing()).held == 60 * CENT, "not the later hold stands"
    await one.done(Verb.RELEASE, 0)
    assert (await one.standing()).held == 0, "a released hold stands"


async def adjusts_by_signed_totals(stand: Stand) -> None:
    """ADJUST says the net in all, for either side; REIMBURSE a total that only rises."""
    can = await stand.provider.capabilities()
    one = Obligation(stand)
    await one.sold(300)
    if Verb.ADJUST in can.verbs:
        for total in (40, -25, -25, 10):
            await one.done(Verb.ADJUST, total)
            assert (await one.standing()).adjusted == total * CENT, f"adjusted is not {total}"
    if Verb.REIMBURSE in can.verbs:
        for total in (20, 20, 35):
            await one.done(Verb.REIMBURSE, total)
            assert (await one.standing()).reimbursed == total * CENT, f"reimbursed is not {total}"


CHECKS: Final[tuple[Check, ...]] = (
    says_what_it_can,
    pays_once_however_often_asked,
    knows_what_it_did_and_what_never_came,
    totals_are_totals,
    what_was_overtaken_changes_nothing,
    is_honest_about_what_it_lacks,
    can_say_every_amount_that_it_takes,
    what_goes_wrong_pays_once,
    collects_as_money_comes,
    recovers_whole_or_not_at_all,
    advances_whole_and_collects_it_back,
    recovers_a_chargeback_for_the_platform,
    holds_and_lets_go,
    adjusts_by_signed_totals,
)
"""Everything that an adapter must hold."""
