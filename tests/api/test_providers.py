"""Webhooks of the payment provider: signed, recent, each heard once, and never believed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest

from mufakat.core import commands as c
from mufakat.core.claim import ReturnMethod
from mufakat.core.parties import Actor, Role
from mufakat.engine.deliveries import LEASE, Deliveries
from mufakat.engine.handle import Done
from mufakat.payments import protocol, signing
from mufakat.payments.false import FalseProvider, MemoryBooks
from mufakat.payments.hooks import MarketplaceHooks
from mufakat.payments.provider import Provider
from mufakat.store.outbox import LONG_PAUSE
from tests.api.shop import SELLER, SHOP, Shop

SECRET = b"a secret of thirty-two characters"


def signed(obligation: str, message_id: str = "evt_1", at: int = 0, secret: bytes = SECRET) -> dict[str, Any]:
    """A webhook as a provider sends it."""
    body = f'{{"obligation":"{obligation}","paid":99999999999}}'.encode()
    moment = at or int(time.time())
    headers = {
        protocol.HOOK_ID: message_id,
        protocol.HOOK_AT: str(moment),
        protocol.HOOK_SIGNATURE: signing.of_webhook(secret, message_id, moment, body),
    }
    return {"content": body, "headers": headers}


async def sent(shop: Shop, **webhook: Any) -> httpx.Response:
    """The answer to a webhook."""
    shop.site.hooks = MarketplaceHooks(SECRET)
    return await shop.http.post(f"/providers/{SHOP}/webhooks", **webhook)


@dataclass
class Counted:
    """A provider whose looks are counted."""

    one: FalseProvider
    looked: list[str] = field(default_factory=list)

    def provider(self, marketplace: str) -> Provider:
        assert marketplace == SHOP
        return self.one

    def __post_init__(self) -> None:
        real = self.one.status

        async def status(owed: Any) -> Any:
            self.looked.append(owed.obligation)
            return await real(owed)

        self.one.status = status  # type: ignore[method-assign]


async def unpaid(shop: Shop) -> tuple[str, Counted, Deliveries]:
    """A case whose refund was ordered while the seller had nothing: its obligation is looked up in six hours."""
    case_id = await shop.case()
    seller, customer = Actor(Role.SELLER, SELLER), Actor(Role.CUSTOMER, "c-1")
    steps: tuple[tuple[Actor, c.Command], ...] = (
        (seller, c.ApproveRequest()),
        (customer, c.ShipBack(ReturnMethod.SELF_ARRANGED, "T-1")),
        (seller, c.ConfirmReceipt()),
    )
    for number, (actor, command) in enumerate(steps):
        given = await shop.site.engine.handle(SHOP, "o-1", case_id, command, actor, f"step {number}")
        assert isinstance(given, Done), given
    bank = Counted(FalseProvider(MemoryBooks(), shop.clock.now))
    loop = Deliveries(shop.site.engine, bank, Random(1))
    await loop.drain()
    assert bank.looked == []
    return case_id, bank, loop


async def test_a_webhook_lets_the_state_be_fetched_and_only_that_is_reported(shop: Shop) -> None:
    case_id, bank, loop = await unpaid(shop)
    await bank.one.expect(SELLER, "IDR", "sale", 10**12, shop.clock.now() + timedelta(days=9))
    assert (await sent(shop, **signed(f"{case_id}:1"))).status_code == 204
    await loop.drain()
    assert bank.looked == [f"{case_id}:1"]
    row = await shop.site.store.find_case(SHOP, case_id)
    standing = await bank.one.standing(f"{case_id}:1")
    assert row is not None
    assert standing is not None
    assert row.paid == standing.paid < 99999999999  # what the webhook claims


async def test_doubled_and_reordered_ones_ask_once_each(shop: Shop) -> None:
    case_id, bank, loop = await unpaid(shop)
    earlier = signed(f"{case_id}:1", "evt_1", int(time.time()) - 5)
    later = signed(f"{case_id}:1", "evt_2")
    for webhook in (later, later, earlier, earlier, later):
        assert (await sent(shop, **webhook)).status_code == 204
        await loop.drain()
    assert len(bank.looked) == 2


@pytest.mark.parametrize(
    "webhook, why",
    [
        (lambda: signed("x:1", secret=SECRET[::-1]), "signature is not right"),
        (lambda: signed("x:1") | {"content": b'{"obligation":"y:1"}'}, "signature is not right"),
        (lambda: signed("x:1", at=int(time.time()) - 400), "is not within 300 seconds of now"),
        (lambda: signed("x:1", at=int(time.time()) + 400), "is not within 300 seconds of now"),
        (lambda: {"content": b'{"obligation":"x:1"}'}, "are needed"),
    ],
    ids=["another secret", "another body", "stale", "of the future", "unsigned"],
)
async def test_what_is_forged_or_stale_is_refused(shop: Shop, webhook: Callable[[], dict[str, Any]], why: str) -> None:
    said = await sent(shop, **webhook())  # signed when it is sent: what was signed at import is stale by then
    assert (said.status_code, said.json()["code"]) == (401, "NOT_SIGNED_IN")
    assert said.headers["content-type"].startswith("application/problem+json")
    assert why in said.text


async def test_what_cannot_be_read_is_refused_and_what_we_do_not_know_is_nothing(shop: Shop) -> None:
    body = b"[1]"
    at = int(time.time())
    headers = {
        protocol.HOOK_ID: "evt_9",
        protocol.HOOK_AT: str(at),
        protocol.HOOK_SIGNATURE: signing.of_webhook(SECRET, "evt_9", at, body),
    }
    assert (await sent(shop, content=body, headers=headers)).json()["code"] == "BODY_NOT_VALID"
    assert (await sent(shop, **signed("no such:1"))).status_code == 204
    assert (await sent(shop, **signed("x:1", "e" * 300))).json()["code"] == "BODY_NOT_VALID"


async def test_where_the_provider_sends_none_there_is_no_such_door(shop: Shop) -> None:
    said = await shop.http.post(f"/providers/{SHOP}/webhooks", **signed("x:1"))
    assert (said.status_code, said.json()["code"]) == (404, "NOT_FOUND")


def test_no_row_in_hand_is_taken_for_one_that_waits() -> None:
    assert LONG_PAUSE > LEASE
