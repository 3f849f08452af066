"""Stripe by the settings: its webhooks, checked by its own SDK, and the provider of live marketplaces."""

import builtins
import json
import time
from typing import Any

import pytest
import stripe

from mufakat.cli.errors import CliError
from mufakat.cli.providers import ChosenProviders
from mufakat.payments.false import FalseProvider
from mufakat.payments.hooks import Heard, NotUnderstoodError
from mufakat.payments.signing import NotSignedError
from mufakat.payments.stripe import StripeProvider
from mufakat.payments.stripe_hooks import StripeHooks
from mufakat.settings import read
from mufakat.store.records import Marketplace
from tests.store.world import HERE

SECRET = "whsec_0123456789abcdef"
REFUND = {
    "id": "evt_1",
    "object": "event",
    "type": "refund.updated",
    "data": {"object": {"id": "re_1", "object": "refund", "metadata": {"mufakat_obligation": "case:1"}}},
}


def signed(event: Any, secret: str = SECRET, at: int | None = None) -> tuple[dict[str, str], bytes]:
    """A webhook as Stripe sends it, signed by its own SDK."""
    body = event if isinstance(event, str) else json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, secret, at)
    return {"stripe-signature": header}, body.encode()


def test_a_refund_of_ours_names_its_obligation_and_anything_else_none() -> None:
    hooks = StripeHooks(SECRET)
    assert hooks.read(*signed(REFUND)) == Heard("evt_1", "case:1")
    other = {**REFUND, "id": "evt_2", "data": {"object": {"id": "ch_1", "object": "charge"}}}
    assert hooks.read(*signed(other)) == Heard("evt_2", "")


@pytest.mark.parametrize(
    "headers, body",
    [
        signed(REFUND, "whsec_another0123456"),
        signed(REFUND, at=int(time.time()) - 400),
        (signed(REFUND)[0], b"{}"),
        (signed(REFUND)[0], b"\xff"),
        ({}, b"{}"),
        ({"stripe-signature": "t=1,v1=\u00e9"}, b"{}"),
        ({"stripe-signature": "t=" + "9" * 9999 + ",v1=a"}, b"{}"),
        ({"stripe-signature": "nonsense"}, b"{}"),
    ],
    ids=["another secret", "stale", "another body", "no text", "unsigned", "no ASCII", "endless", "nonsense"],
)
def test_what_stripe_has_not_signed_is_refused(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(NotSignedError):
        StripeHooks(SECRET).read(headers, body)


@pytest.mark.parametrize(
    "event",
    ["[1]", "null", "{}", "not JSON", "[" * 100_000, {**REFUND, "id": 1}, {**REFUND, "data": {"object": None}}],
    ids=["a list", "null", "empty", "no JSON", "deep", "a number for an id", "no object"],
)
def test_what_is_signed_and_no_event_is_said_so(event: Any) -> None:
    with pytest.raises(NotUnderstoodError):
        StripeHooks(SECRET).read(*signed(event))


class Places:
    """A store that knows one live marketplace and a sandbox."""

    pool: Any = None

    async def marketplaces(self) -> list[Any]:
        return [HERE, Marketplace("trying", "id", sandbox=True)]


STRIPE = {"MUFAKAT_PROVIDER": "stripe", "MUFAKAT_STRIPE_KEY": "sk_test_1234567890"}


async def test_live_marketplaces_have_the_account_and_its_webhooks_where_the_endpoint_has_a_secret() -> None:
    store: Any = Places()
    clock: Any = None
    async with ChosenProviders.of(read(STRIPE), store, clock) as chosen:
        assert isinstance(chosen.provider("here"), StripeProvider)
        assert isinstance(chosen.provider("trying"), FalseProvider)
        assert chosen.hooks is None
    with_hooks = read({**STRIPE, "MUFAKAT_STRIPE_WEBHOOK_SECRET": SECRET})
    async with ChosenProviders.of(with_hooks, store, clock) as chosen:
        assert isinstance(chosen.hooks, StripeHooks)
    async with ChosenProviders.of(read({}), store, clock) as chosen:
        assert isinstance(chosen.provider("here"), FalseProvider)


async def test_where_its_package_is_not_installed_one_sentence_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name.startswith("mufakat.payments.stripe"):
            raise ModuleNotFoundError("No module named 'stripe'")
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    store: Any = Places()
    clock: Any = None
    with pytest.raises(CliError, match=r"pip install 'mufakat\[stripe\]'"):
        async with ChosenProviders.of(read(STRIPE), store, clock):
            pass
