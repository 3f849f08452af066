"""Stripe behind the engine, in its documented shapes: it collects nothing by itself, so the engine asks again (S20)."""

from datetime import timedelta
from random import Random

import pytest

from mufakat.core import commands as c
from mufakat.core.order import Payment
from mufakat.engine.deliveries import Deliveries
from mufakat.lab.memory import MemoryStore
from mufakat.payments.stripe import StripeProvider
from tests.core.story import AGENT, DELIVERED, HOUR, SELLER
from tests.payments.stripe_shapes import FAULTS, ManyPayments, Stripe
from tests.store.world import World

DAY = timedelta(days=1)


class Shop:
    """A world whose money is at Stripe."""

    def __init__(self, world: World, case_id: str, platform: ManyPayments) -> None:
        self.world, self.case_id, self.platform = world, case_id, platform
        self.stripe = StripeProvider("sk_test_1", http=platform.client())
        self.loop = Deliveries(world.engine, self, Random(1))

    def provider(self, marketplace: str) -> StripeProvider:
        assert marketplace == "here"
        return self.stripe

    @property
    def payment(self) -> Stripe:
        """The customer's payment."""
        return self.platform.of("one")

    async def days(self, count: int) -> None:
        """So many days, with the loops four times a day."""
        for turn in range(count * 4):
            await self.world.deadlines.drain()
            await self.loop.drain()
            self.world.clock.at += DAY / 4
            if turn % 4 == 3:
                self.payment.keys.clear()

    async def paid(self) -> int:
        """What the customer has had by the case, which is what Stripe moved."""
        row = await self.world.store.find_case("here", self.case_id)
        assert row is not None
        assert row.paid == sum(each["amount"] for each in self.payment.refunds)
        return row.paid

    async def phases(self) -> tuple[str, ...]:
        row = await self.world.store.find_case("here", self.case_id)
        assert row is not None
        return row.phases


async def owing() -> Shop:
    """A case whose refund is owed, of a seller who has nothing at Stripe."""
    world = await World(MemoryStore()).ready()
    await world.engine.record_fact("here", "o1", Payment(200_000, DELIVERED - HOUR, "CARD", "pi_one"))
    case_id = await world.disputed()
    await world.give(SELLER, c.Concede(), case_id)
    shop = Shop(world, case_id, ManyPayments())
    await shop.days(1)
    assert await shop.paid() == 0
    return shop


async def test_what_is_owed_is_asked_for_again_until_all_of_it_is_there() -> None:
    shop = await owing()
    shop.payment.balance = 60_000
    await shop.days(6)
    assert await shop.paid() == 0  # whole or not at all
    assert await shop.phases() == ("DEDUCTING",)
    (given_up,) = await shop.world.store.given_up("here")
    assert given_up.last_error == "NOT_SUPPORTED: stripe cannot HOLD"
    shop.payment.balance += 40_000
    await shop.days(2)
    assert await shop.paid() == 100_000
    assert len(shop.payment.refunds) == 1
    assert await shop.world.nothing_owed()


async def test_what_was_cancelled_is_not_asked_for_and_what_goes_on_is() -> None:
    shop = await owing()
    await shop.days(4)
    await shop.world.give(AGENT, c.SuspendExecution(reference="PN 12/2026"), shop.case_id)
    await shop.days(1)
    shop.payment.balance = 500_000
    await shop.days(5)
    assert (await shop.paid(), await shop.phases()) == (0, ("SUSPENDED",))
    await shop.world.give(AGENT, c.ResumeExecution(reference="PN 12/2026"), shop.case_id)
    await shop.days(2)
    assert await shop.paid() == 100_000


async def test_at_the_end_of_the_period_what_was_never_there_is_a_debt_and_still_asked_for() -> None:
    shop = await owing()
    await shop.days(190)
    assert await shop.phases() == ("CLOSED",)
    assert "PENDING" not in (await shop.world.store.outbox_of("here", shop.case_id)).values()
    shop.payment.balance = 500_000
    await shop.days(2)
    assert await shop.paid() == 100_000
    asked = shop.payment.posts
    await shop.days(10)
    assert shop.payment.posts == asked  # nothing is asked for any more


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_goes_wrong_it_is_collected_once(fault: str) -> None:
    shop = await owing()
    shop.payment.balance = 500_000
    for _ in range(6):
        shop.platform.fault = fault
        await shop.days(1)
        for refund in shop.payment.refunds:
            refund["status"] = "succeeded"
    shop.platform.fault = ""
    await shop.days(3)
    assert await shop.paid() == 100_000
    assert shop.payment.balance == 400_000
