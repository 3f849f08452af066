"""The Stripe adapter: totals into movements, each at most once, whatever happens on the way (S18 to S21).

Against Stripe's documented shapes (`stripe_shapes.py`), and for payments and refunds against localstripe, a Stripe
double from PyPI in a process of its own. Stripe itself was never called: nothing here leaves the machine.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from mufakat.payments.provider import Destination, Funding, Outcome, Owed, Reason, Verb
from mufakat.payments.stripe import StripeProvider
from tests.payments.stripe_shapes import Stripe

OWED = Owed("case:1", "seller", "customer", "USD", 30_000, payment="pi_1")
ADVANCED = replace(OWED, funding=Funding.PLATFORM)


def provider(account: Stripe, *, connect: bool = True) -> StripeProvider:
    """The adapter with an account at the other end."""
    return StripeProvider("sk_test_1", connect=connect, http=account.client())


async def test_a_refund_takes_the_money_back_from_the_seller() -> None:
    account = Stripe()
    answer = await provider(account).call(Verb.REFUND, "k1", OWED)
    assert (answer.outcome, answer.paid, answer.reference) == (Outcome.DONE, 30_000, "re_1_1")
    assert account.balance == 70_000


async def test_a_total_is_reached_once_however_often_and_under_whatever_key_it_is_asked() -> None:
    account = Stripe()
    adapter = provider(account)
    for verb, key in ((Verb.REFUND, "k1"), (Verb.REFUND, "k1"), (Verb.RECOVER, "k2")):
        answer = await adapter.call(verb, key, OWED)
        assert (answer.outcome, answer.paid) == (Outcome.DONE, 30_000)
    answer = await adapter.call(Verb.RECOVER, "k3", replace(OWED, total=45_000))
    assert (answer.outcome, answer.paid) == (Outcome.DONE, 45_000)
    assert [each["amount"] for each in account.refunds] == [30_000, 15_000]


@pytest.mark.parametrize("fault", ["lost after", "error after"])
async def test_what_acted_without_an_answer_is_looked_up(fault: str) -> None:
    account = Stripe(fault=fault)
    adapter = provider(account)
    assert (await adapter.call(Verb.REFUND, "k1", OWED)).outcome is Outcome.UNKNOWN
    found = await adapter.lookup("k1", OWED)
    assert found is not None
    assert (found.outcome, found.paid) == (Outcome.DONE, 30_000)


async def test_what_never_arrived_is_known_to_be_nothing() -> None:
    account = Stripe(fault="lost before")
    adapter = provider(account)
    assert (await adapter.call(Verb.REFUND, "k1", OWED)).outcome is Outcome.UNKNOWN
    assert await adapter.lookup("k1", OWED) is None
    assert (await adapter.call(Verb.REFUND, "k1", OWED)).paid == 30_000
    assert len(account.refunds) == 1


async def test_two_calls_that_saw_the_same_past_move_once() -> None:
    account = Stripe()
    adapter, other = provider(account), provider(account)
    await adapter.call(Verb.REFUND, "k1", OWED)
    account.lists_nothing = True  # the other still sees none
    again = await other.call(Verb.REFUND, "k2", OWED)
    account.lists_nothing = False
    assert again.reference == "re_1_1"  # the same idempotency key, the same request: the same refund
    assert (await other.call(Verb.REFUND, "k2", OWED)).paid == 30_000
    assert len(account.refunds) == 1


async def test_two_calls_that_saw_the_same_past_and_want_different_amounts_move_once() -> None:
    account = Stripe()
    adapter, other = provider(account), provider(account)
    await adapter.call(Verb.REFUND, "k1", OWED)
    account.lists_nothing = True
    assert (await other.call(Verb.REFUND, "k2", replace(OWED, total=40_000))).outcome is Outcome.UNKNOWN
    account.lists_nothing = False
    assert (await other.call(Verb.REFUND, "k2", replace(OWED, total=40_000))).paid == 40_000
    assert [each["amount"] for each in account.refunds] == [30_000, 10_000]


async def test_a_rejection_that_stripe_remembers_does_not_stand_in_the_way_of_what_became_possible() -> None:
    account = Stripe(balance=0)
    adapter = provider(account)
    for key in ("k1", "k1", "k2"):
        assert (await adapter.call(Verb.RECOVER, key, OWED)).reason is Reason.INSUFFICIENT_FUNDS
    account.balance = 30_000
    assert (await adapter.call(Verb.RECOVER, "k2", OWED)).paid == 30_000


async def test_a_movement_whose_name_was_lost_is_found_and_named() -> None:
    account = Stripe(fault="unnamed")
    adapter = provider(account)
    assert (await adapter.call(Verb.REFUND, "k1", replace(OWED, sequence=7))).outcome is Outcome.UNKNOWN
    found = await adapter.lookup("k1", replace(OWED, sequence=7))
    assert found is not None
    assert (found.outcome, found.paid) == (Outcome.DONE, 30_000)
    assert account.refunds[0]["metadata"]["mufakat_sequence"] == "7"
    overtaken = await adapter.call(Verb.REFUND, "k0", replace(OWED, sequence=6, total=90_000))
    assert (overtaken.outcome, overtaken.paid) == (Outcome.DONE, 30_000)


async def test_an_obligation_that_was_never_moved_for_is_not_known() -> None:
    account = Stripe()
    adapter = provider(account)
    await adapter.call(Verb.REFUND, "k1", OWED)
    assert await adapter.status(replace(OWED, obligation="case:2")) is None


async def test_a_refund_that_waits_is_accepted_and_not_made_again() -> None:
    account = Stripe(status="pending")
    adapter = provider(account)
    assert (await adapter.call(Verb.REFUND, "k1", OWED)).outcome is Outcome.ACCEPTED
    assert (await adapter.call(Verb.REFUND, "k1", OWED)).outcome is Outcome.ACCEPTED
    account.refunds[0]["status"] = "succeeded"
    found = await adapter.lookup("k1", OWED)
    assert found is not None
    assert (found.outcome, found.paid, len(account.refunds)) == (Outcome.DONE, 30_000, 1)


async def test_a_refund_that_failed_later_is_made_anew() -> None:
    account = Stripe(status="pending")
    adapter = provider(account)
    await adapter.call(Verb.REFUND, "k1", OWED)
    account.refunds[0] |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    found = await adapter.lookup("k1", OWED)
    assert found is not None
    assert found.outcome is Outcome.REJECTED
    assert "expired_or_canceled_card" in found.why
    account.status = "succeeded"
    assert (await adapter.call(Verb.REFUND, "k2", OWED)).paid == 30_000


async def test_an_advance_is_the_platforms_money_and_comes_back_from_the_seller() -> None:
    account = Stripe(balance=10_000)
    adapter = provider(account)
    answer = await adapter.call(Verb.REFUND, "k1", ADVANCED)
    assert (answer.paid, answer.advanced, account.balance) == (30_000, 30_000, 10_000)
    answer = await adapter.call(Verb.RECOVER, "k2", ADVANCED)
    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, Reason.INSUFFICIENT_FUNDS)
    account.balance = 50_000
    answer = await adapter.call(Verb.RECOVER, "k2", ADVANCED)
    assert (answer.outcome, answer.recovered, account.balance) == (Outcome.DONE, 30_000, 20_000)
    standing = await adapter.status(ADVANCED)
    assert standing is not None
    assert (standing.paid, standing.advanced, standing.recovered) == (30_000, 30_000, 30_000)


async def test_what_is_owed_beyond_the_advance_goes_to_the_customer_first() -> None:
    account = Stripe()
    adapter = provider(account)
    await adapter.call(Verb.REFUND, "k1", ADVANCED)
    answer = await adapter.call(Verb.RECOVER, "k2", replace(ADVANCED, total=40_000))
    assert (answer.outcome, answer.paid, answer.advanced, answer.recovered) == (Outcome.DONE, 40_000, 30_000, 30_000)
    assert account.balance == 60_000


async def test_a_chargeback_comes_back_from_the_seller_and_pays_the_customer_nothing() -> None:
    account = Stripe()
    adapter = provider(account)
    charged = replace(OWED, obligation="case:1:chargeback", funding=Funding.CHARGEBACK)
    answer = await adapter.call(Verb.RECOVER, "k1", charged)
    assert (answer.outcome, answer.recovered, answer.paid - answer.advanced) == (Outcome.DONE, 30_000, 0)
    assert (account.refunds, account.balance) == ([], 70_000)
    assert (await adapter.call(Verb.REFUND, "k2", charged)).reason is Reason.INVALID
    standing = await adapter.status(replace(charged, funding=Funding.SELLER))
    assert standing is not None
    assert (standing.recovered, standing.paid - standing.advanced) == (30_000, 0)


async def test_the_sellers_empty_balance_is_a_reason_that_passes() -> None:
    answer = await provider(Stripe(balance=0)).call(Verb.RECOVER, "k1", OWED)
    assert (answer.outcome, answer.reason, answer.paid) == (Outcome.REJECTED, Reason.INSUFFICIENT_FUNDS, 0)


@pytest.mark.parametrize(
    "verb,owed,connect,reason",
    [
        (Verb.HOLD, OWED, True, Reason.NOT_SUPPORTED),
        (Verb.ADJUST, OWED, True, Reason.NOT_SUPPORTED),
        (Verb.RECOVER, ADVANCED, False, Reason.NOT_SUPPORTED),
        (Verb.RECOVER, OWED, False, Reason.NOT_SUPPORTED),
        (Verb.REFUND, replace(OWED, payment=""), True, Reason.NO_SUCH_PAYMENT),
        (Verb.REFUND, replace(OWED, payment="pi_2"), True, Reason.NO_SUCH_PAYMENT),
        (Verb.REFUND, replace(OWED, destination=Destination.WALLET), True, Reason.NOT_SUPPORTED),
        (Verb.REFUND, replace(OWED, currency="MGA", total=30_001), True, Reason.INVALID),
        (Verb.REFUND, replace(OWED, total=200_000), True, Reason.INVALID),
    ],
)
async def test_what_stripe_cannot_is_rejected_and_moves_nothing(
    verb: Verb,
    owed: Owed,
    connect: bool,  # noqa: FBT001 - a case of the table above
    reason: Reason,
) -> None:
    account = Stripe()
    answer = await provider(account, connect=connect).call(verb, "k1", owed)
    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, reason)
    assert (account.refunds, account.balance) == ([], 100_000)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "lost before", "lost after", "error after"]),
            st.integers(1, 50_000),
            st.sampled_from([Verb.REFUND, Verb.RECOVER]),
        ),
        max_size=12,
    )
)
async def test_no_luck_pays_above_the_highest_total(calls: list[tuple[str, int, Verb]]) -> None:
    account = Stripe()
    adapter = provider(account)
    for number, (fault, total, verb) in enumerate(calls):
        account.fault = fault
        await adapter.call(verb, f"k{number}", replace(OWED, total=total))
    paid = sum(each["amount"] for each in account.refunds)
    assert paid <= max((total for _, total, _ in calls), default=0)
    assert account.balance == 100_000 - paid


@pytest.fixture(scope="module")
def localstripe() -> Iterator[str]:
    """The address of a running localstripe."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    # GPL-3, so it only ever runs as a process of its own.
    process = subprocess.Popen(
        [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://localhost:{port}"
    try:
        for _ in range(100):
            try:
                httpx.get(f"{base}/v1/balance", timeout=1)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(10)


async def test_against_localstripe_a_payment_is_refunded_in_parts_and_found_again(localstripe: str) -> None:
    http = stripe.HTTPXClient(timeout=5)
    client = stripe.StripeClient("sk_test_12345", http_client=http, base_addresses={"api": localstripe})
    method = await client.v1.payment_methods.create_async(
        {"type": "card", "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"}}
    )
    intent = await client.v1.payment_intents.create_async(
        {"amount": 100_000, "currency": "usd", "payment_method": method.id, "confirm": True}
    )
    adapter = StripeProvider("sk_test_12345", connect=False, base=localstripe)
    owed = replace(ADVANCED, payment=intent.id)
    for total, key in ((30_000, "k1"), (30_000, "k1"), (45_000, "k2")):
        answer = await adapter.call(Verb.REFUND, key, replace(owed, total=total))
        assert (answer.outcome, answer.paid) == (Outcome.DONE, total)
    other = await adapter.call(Verb.REFUND, "k3", replace(owed, obligation="case:2", total=5_000))
    assert other.paid == 5_000
    found = await adapter.lookup("k1", owed)
    assert found is not None
    assert (found.outcome, found.paid) == (Outcome.DONE, 45_000)
    assert await adapter.lookup("k4", owed) is None
    standing = await adapter.status(owed)
    assert standing is not None
    assert standing.paid == 45_000
    refunds = await client.v1.refunds.list_async({"payment_intent": intent.id})
    assert sorted(each.amount for each in refunds.data) == [5_000, 15_000, 30_000]
    await adapter.aclose()
    await http.close_async()  # type: ignore[no-untyped-call]  # the SDK names no types here


async def test_a_payment_that_localstripe_does_not_know_is_named_so(localstripe: str) -> None:
    adapter = StripeProvider("sk_test_12345", connect=False, base=localstripe)
    answer = await adapter.call(Verb.REFUND, "k1", replace(ADVANCED, payment="pi_nobody"))
    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, Reason.NO_SUCH_PAYMENT)
    await adapter.aclose()
