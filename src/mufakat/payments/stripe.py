"""Stripe as provider, by its own SDK: totals become refunds and transfer reversals, each made at most once.

Stripe knows movements, the port knows totals. So a call first reads what was moved for its obligation (each refund and
reversal carries the obligation in its metadata), then moves the difference. Stripe's idempotency key of a movement is
the obligation and how many were made before it: two calls that saw the same past can only ever make one movement. So
what they ask must be the same, too: the key and the sequence of the call that moved are written to the movement's
metadata afterwards. A call with a lower sequence than what was moved already moves nothing.

What of the port fits: the customer's payment is a destination charge (Stripe Connect), so a refund can take the money
back from the seller's account, and what the platform advanced comes back by reversing the transfer, each whole or not
at all. Stripe holds no single amount back from payouts, so HOLD is not among its verbs; delay payouts instead
(docs/guides/providers.md). Without Connect the account's money counts as the seller's, and RECOVER is not there.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import stripe

from mufakat.payments.exponents import from_provider, to_provider
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

TIMEOUT: Final = 20.0
"""Seconds for one call."""
NOT_FOUND: Final = 404
PAGE: Final = 100
MOST_PAGES: Final = 20
"""Pages of refunds of one payment that are read."""
MOST_TURNS: Final = 50
"""Rejections of one movement that Stripe may remember: those of one day."""
REPEATED: Final = "idempotent-replayed"
OBLIGATION: Final = "mufakat_obligation"
KEY: Final = "mufakat_key"
SEQUENCE: Final = "mufakat_sequence"

# https://docs.stripe.com/currencies: as ISO 4217, but for these.
EXPONENTS: Final = {"ISK": 2, "UGX": 2, "MGA": 0}

_LOST: Final = frozenset({"failed", "canceled"})
_CODES: Final = {
    "charge_already_refunded": Reason.INVALID,
    "charge_disputed": Reason.ALREADY_CHARGED_BACK,
    "charge_not_refundable": Reason.TOO_OLD,
    "insufficient_funds": Reason.INSUFFICIENT_FUNDS,
    "balance_insufficient": Reason.INSUFFICIENT_FUNDS,
    "resource_missing": Reason.NO_SUCH_PAYMENT,
    "account_closed": Reason.ACCOUNT_CLOSED,
    "account_invalid": Reason.ACCOUNT_CLOSED,
    "refund_disputed_payment": Reason.ALREADY_CHARGED_BACK,
}


@dataclass(frozen=True, slots=True)
class _Moved:
    """What stands at Stripe for one obligation, in our minor units.

    `made` counts failed movements too; `sequence` is the highest of the calls that moved something.
    """

    paid: int = 0
    waiting: int = 0
    advanced: int = 0
    recovered: int = 0
    made: int = 0
    sequence: int = -1
    reference: str = ""


class StripeProvider:
    """One platform's Stripe account. `base`: where its API is, for a double; empty for Stripe itself.

    connect: whether payments are destination charges, so that a seller's money can be reached at all. `http`: what
    carries the calls, else httpx.
    """

    def __init__(
        self, api_key: str, *, connect: bool = True, base: str = "", http: stripe.HTTPClient | None = None
    ) -> None:
        self._connect = connect
        self._http = http or stripe.HTTPXClient(timeout=TIMEOUT)
        self._client = stripe.StripeClient(
            api_key,
            http_client=self._http,
            max_network_retries=0,  # the outbox tries again, and looks first
            base_addresses={"api": base} if base else None,
        )

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call]  # the SDK names no types here

    async def capabilities(self) -> Capabilities:
        """Refunds, and with Connect their recovery from the seller; no holds, no adjustments."""
        verbs = {Verb.REFUND, Verb.CANCEL} | ({Verb.RECOVER} if self._connect else set())
        return Capabilities(
            name="stripe",
            verbs=frozenset(verbs),
            destinations=frozenset({Destination.ORIGINAL}),
            advance=True,
            webhooks=True,
            collects=False,
            exponents=EXPONENTS,
        )

    async def call(self, verb: Verb, key: str, owed: Owed) -> Answer:
        """Move what is missing to the total; see `Provider.call`."""
        if verb not in (await self.capabilities()).verbs:
            return Answer(Outcome.REJECTED, reason=Reason.NOT_SUPPORTED, why=f"Stripe cannot {verb}")
        if owed.destination is not Destination.ORIGINAL:
            return Answer(Outcome.REJECTED, reason=Reason.NOT_SUPPORTED, why=f"Stripe cannot pay to {owed.destination}")
        if not owed.payment.startswith(("pi_", "ch_")):
            return Answer(Outcome.REJECTED, reason=Reason.NO_SUCH_PAYMENT, why="the payment has no name at Stripe")
        return await self._answered(lambda: self._act(verb, key, owed))

    async def lookup(self, key: str, owed: Owed) -> Answer | None:
        """What came of a call: found by the key in the metadata of what it moved."""
        found = await self._answered(lambda: self._named(key, owed))
        return None if found.outcome is Outcome.REJECTED and found.reason is Reason.NO_SUCH_PAYMENT else found

    async def status(self, owed: Owed) -> Standing | None:
        """Where the obligation stands; None where nothing was ever moved, or Stripe cannot be asked now."""
        try:
            refunds = await self._refunds(owed)
            moved = self._summed(owed, refunds, await self._reversals(owed, refunds))
        except (stripe.StripeError, ValueError):
            return None
        if not moved.made:
            return None
        return Standing(
            owed.obligation,
            paid=moved.paid,
            total=owed.total,
            advanced=moved.advanced,
            recovered=moved.recovered,
            reference=moved.reference,
        )

    async def _act(self, verb: Verb, key: str, owed: Owed) -> Answer:
        refunds = await self._refunds(owed)
        reversals = await self._reversals(owed, refunds)
        moved = self._summed(owed, refunds, reversals)
        if verb is Verb.CANCEL or owed.sequence < moved.sequence:  # nothing is collected by itself; it was overtaken
            return _done(moved)
        if verb is Verb.RECOVER and owed.funding is not Funding.SELLER:
            return await self._recover(key, owed, moved)
        missing = owed.total - moved.paid - moved.waiting
        if missing <= 0:
            return Answer(Outcome.ACCEPTED, moved.paid, moved.recovered) if moved.waiting else _done(moved)
        asked: Any = {
            **_payment(owed),
            "amount": to_provider(missing, owed.currency, EXPONENTS),
            "metadata": {OBLIGATION: owed.obligation, "funding": owed.funding.value},
        }
        if owed.funding is Funding.SELLER and self._connect:
            asked["reverse_transfer"] = True
        made = await _at_most_once(
            f"{owed.obligation}:{moved.made}", lambda options: self._client.v1.refunds.create_async(asked, options)
        )
        await self._name(key, owed, [made], [])
        return self._after(owed, [*refunds, made], reversals, made)

    async def _recover(self, key: str, owed: Owed, moved: _Moved) -> Answer:
        """Take back from the seller what the platform advanced, or lost to the bank, by reversing the transfer."""
        missing = min(owed.total, moved.advanced) - moved.recovered
        if missing <= 0:
            return _done(moved)
        transfer = await self._transfer(owed)
        if transfer is None:
            return Answer(Outcome.REJECTED, reason=Reason.NOT_SUPPORTED, why="the payment was not passed to a seller")
        asked: Any = {
            "amount": to_provider(missing, owed.currency, EXPONENTS),
            "metadata": {OBLIGATION: owed.obligation},
        }
        made = await _at_most_once(
            f"{owed.obligation}:back:{moved.recovered}",
            lambda options: self._client.v1.transfers.reversals.create_async(transfer, asked, options),
        )
        await self._name(key, owed, [], [made])
        refunds = await self._refunds(owed)
        return _done(self._summed(owed, refunds, await self._reversals(owed, refunds)))

    async def _named(self, key: str, owed: Owed) -> Answer:
        refunds = await self._refunds(owed)
        reversals = await self._reversals(owed, refunds)
        for made in (*refunds, *reversals):
            if _metadata(made).get(KEY) == key:
                return self._after(owed, refunds, reversals, made)
        unnamed = [[each for each in made if _unnamed(each, owed)] for made in (refunds, reversals)]
        for made in (*unnamed[0], *unnamed[1]):  # it arrived, and only its name was lost
            await self._name(key, owed, *unnamed)
            return self._after(owed, refunds, reversals, made)
        return Answer(Outcome.REJECTED, reason=Reason.NO_SUCH_PAYMENT)  # it never arrived

    async def _name(self, key: str, owed: Owed, refunds: Iterable[Any], reversals: Iterable[Any]) -> None:
        """Write on what was moved which call moved it."""
        name: Any = {"metadata": {KEY: key, SEQUENCE: str(owed.sequence)}}
        for made in refunds:
            await self._client.v1.refunds.update_async(made.id, name)
        for made in reversals:
            transfer = made.transfer if isinstance(made.transfer, str) else made.transfer.id
            await self._client.v1.transfers.reversals.update_async(transfer, made.id, name)

    def _after(self, owed: Owed, refunds: list[Any], reversals: list[Any], made: Any) -> Answer:
        moved = self._summed(owed, refunds, reversals)
        status = getattr(made, "status", "succeeded")
        if status in _LOST:
            why = getattr(made, "failure_reason", None) or status
            return Answer(Outcome.REJECTED, moved.paid, reason=Reason.INVALID, why=f"the refund {status}: {why}")
        outcome = Outcome.DONE if status == "succeeded" else Outcome.ACCEPTED
        return Answer(outcome, moved.paid, moved.recovered, reference=made.id, advanced=moved.advanced)

    def _summed(self, owed: Owed, refunds: Iterable[Any], reversals: Iterable[Any]) -> _Moved:
        mine = [each for each in refunds if _metadata(each).get(OBLIGATION) == owed.obligation]

        def inward(each: Any) -> int:
            return from_provider(each.amount, owed.currency, EXPONENTS)

        paid = [each for each in mine if each.status == "succeeded"]
        back = [each for each in reversals if _metadata(each).get(OBLIGATION) == owed.obligation]
        if owed.funding is Funding.CHARGEBACK:  # the bank has paid it, and every movement takes some of it back
            recovered = sum(inward(each) for each in back)
            sequence = max((_sequence(each) for each in back), default=-1)
            made, reference = len(back), back[0].id if back else ""
            return _Moved(owed.total, 0, owed.total, recovered, made, sequence, reference)
        return _Moved(
            paid=sum(inward(each) for each in paid),
            waiting=sum(inward(each) for each in mine if each.status not in _LOST and each.status != "succeeded"),
            advanced=sum(inward(each) for each in paid if _metadata(each).get("funding") == Funding.PLATFORM.value),
            recovered=sum(inward(each) for each in back),
            made=len(mine),
            sequence=max((_sequence(each) for each in (*mine, *back)), default=-1),
            reference=mine[0].id if mine else "",
        )

    async def _refunds(self, owed: Owed) -> list[Any]:
        """Every refund of the payment, newest first. Raises ValueError where there are more than can be read."""
        asked: Any = {**_payment(owed), "limit": PAGE}
        found: list[Any] = []
        for _ in range(MOST_PAGES):
            page = await self._client.v1.refunds.list_async(asked)
            found += page.data
            if not page.has_more or not page.data:
                return found
            asked = {**asked, "starting_after": page.data[-1].id}
        raise ValueError(f"more than {PAGE * MOST_PAGES} refunds of {owed.payment}")

    async def _reversals(self, owed: Owed, refunds: Iterable[Any]) -> list[Any]:
        """What was taken back of the payment's transfer by itself, where the platform's money paid, or lost it."""
        advanced = any(
            (told.get(OBLIGATION), told.get("funding")) == (owed.obligation, Funding.PLATFORM.value)
            for told in map(_metadata, refunds)
        )
        if not self._connect or not (advanced or owed.funding is Funding.CHARGEBACK):
            return []
        transfer = await self._transfer(owed)
        if transfer is None:
            return []
        page = await self._client.v1.transfers.reversals.list_async(transfer, {"limit": PAGE})
        return list(page.data)

    async def _transfer(self, owed: Owed) -> str | None:
        """The transfer by which the payment was passed to the seller."""
        charge: Any
        if owed.payment.startswith("pi_"):
            intent = await self._client.v1.payment_intents.retrieve_async(owed.payment, {"expand": ["latest_charge"]})
            charge = intent.latest_charge
        else:
            charge = await self._client.v1.charges.retrieve_async(owed.payment)
        transfer = getattr(charge, "transfer", None)
        return transfer if isinstance(transfer, str) or transfer is None else str(transfer.id)

    async def _answered(self, act: Callable[[], Awaitable[Answer]]) -> Answer:
        """What Stripe's errors mean."""
        try:
            return await act()
        except ValueError as error:  # an amount that Stripe cannot count, or too much to read
            return Answer(Outcome.REJECTED, reason=Reason.INVALID, why=str(error))
        except (stripe.AuthenticationError, stripe.PermissionError) as error:
            return Answer(Outcome.REJECTED, reason=Reason.INVALID, why=f"Stripe does not let us: {_said(error)}")
        except stripe.RateLimitError as error:
            return Answer(Outcome.REJECTED, reason=Reason.OUT_OF_ORDER, why=_said(error))
        except stripe.IdempotencyError as error:  # another call moved meanwhile: look again
            return Answer(Outcome.UNKNOWN, why=_said(error))
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            missing = error.http_status == NOT_FOUND
            reason = Reason.NO_SUCH_PAYMENT if missing else _CODES.get(error.code or "", Reason.INVALID)
            return Answer(Outcome.REJECTED, reason=reason, why=_said(error))
        except stripe.StripeError as error:  # no answer, or an error of theirs: it may have acted
            return Answer(Outcome.UNKNOWN, why=_said(error))


async def _at_most_once(past: str, make: Callable[[Any], Awaitable[Any]]) -> Any:
    """One movement after `past`. Raises stripe.StripeError.

    Under its key Stripe repeats a rejection for a day, whatever has changed. A repeated rejection is certain, so the
    next key is tried: whoever saw the same past goes through the same keys in the same order.
    """
    for turn in range(MOST_TURNS):
        try:
            return await make({"idempotency_key": f"{past}:{turn}" if turn else past})
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            headers = {name.lower(): value for name, value in (error.headers or {}).items()}
            if headers.get(REPEATED) != "true" or turn == MOST_TURNS - 1:
                raise
    raise AssertionError("unreachable")


def _done(moved: _Moved) -> Answer:
    return Answer(Outcome.DONE, moved.paid, moved.recovered, reference=moved.reference, advanced=moved.advanced)


def _payment(owed: Owed) -> dict[str, Any]:
    return {"payment_intent" if owed.payment.startswith("pi_") else "charge": owed.payment}


def _unnamed(made: Any, owed: Owed) -> bool:
    """Whether it was moved for the obligation and does not say by which call."""
    told = _metadata(made)
    return told.get(OBLIGATION) == owed.obligation and KEY not in told


def _sequence(made: Any) -> int:
    text = str(_metadata(made).get(SEQUENCE, ""))
    return int(text) if text.isascii() and text.isdigit() else -1


def _metadata(made: Any) -> dict[str, Any]:
    return made.metadata.to_dict() if made.metadata else {}


def _said(error: stripe.StripeError) -> str:
    """What Stripe says, without the request's body."""
    return str(error.user_message or type(error).__name__)
