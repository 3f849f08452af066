"""What travels between this program and a marketplace's finance service, as JSON over signed HTTP.

docs/guides/providers.md tells it to those who write the other end. Amounts are whole numbers of the service's own minor
units; `exponent` says how many decimal places those have, so no side has to guess. Fields that a side does not know it
passes over: new ones can be added.
"""

from datetime import timedelta
from typing import Final
from urllib.parse import quote

import msgspec

from mufakat.core.currencies import exponent
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

MARKETPLACE: Final = "mufakat-marketplace"
AT: Final = "mufakat-timestamp"
NONCE: Final = "mufakat-nonce"
SIGNATURE: Final = "mufakat-signature"
"""Headers of a request; SIGNATURE also of its reply."""
HOOK_ID: Final = "webhook-id"
HOOK_AT: Final = "webhook-timestamp"
HOOK_SIGNATURE: Final = "webhook-signature"
"""Headers of a webhook."""
MOST_WHY: Final = 300
MOST_REFERENCE: Final = 100
"""Characters that are kept of what a service says for people, and of its own names."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A call: `PUT /calls/{key}`."""

    verb: Verb
    obligation: str
    seller_id: str
    customer_id: str
    currency: str
    exponent: int
    total: int
    sequence: int
    order_id: str = ""
    payment: str = ""
    method: str = ""
    destination: Destination = Destination.ORIGINAL
    funding: Funding = Funding.SELLER
    debit: bool = False


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a call: its answer, and that of `GET /calls/{key}`."""

    outcome: Outcome
    currency: str
    exponent: int
    paid: int = 0
    advanced: int = 0
    recovered: int = 0
    reason: Reason | None = None
    why: str = ""
    reference: str = ""


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """Where an obligation stands: `GET /obligations/{obligation}`."""

    obligation: str
    currency: str
    exponent: int
    total: int = 0
    paid: int = 0
    advanced: int = 0
    recovered: int = 0
    held: int = 0
    reimbursed: int = 0
    adjusted: int = 0
    collecting: bool = False
    reference: str = ""


class Can(msgspec.Struct, frozen=True, kw_only=True):
    """What a service can do: `GET /capabilities`. `oldest`: days after the payment by method, "" for any other."""

    name: str
    verbs: list[Verb]
    destinations: list[Destination] = msgspec.field(default_factory=lambda: [Destination.ORIGINAL])
    partial_refund: bool = True
    advance: bool = False
    debit_balance: bool = False
    webhooks: bool = False
    collects: bool = True
    oldest: dict[str, int] = {}
    exponents: dict[str, int] = {}


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was not taken (400, 401), as a sentence for people."""

    why: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook: something changed about an obligation. What it says beside the name is never believed."""

    obligation: str


def call_path(key: str) -> str:
    """Where a call is made and looked up, under the service's address."""
    return f"/calls/{quote(key, safe='')}"


def obligation_path(obligation: str) -> str:
    """Where an obligation's standing is, under the service's address."""
    return f"/obligations/{quote(obligation, safe='')}"


def asked(verb: Verb, owed: Owed, can: Capabilities) -> Asked:
    """A call as it travels. Raises NotRepresentableError for an amount that the service cannot say."""
    return Asked(
        verb=verb,
        obligation=owed.obligation,
        seller_id=owed.seller_id,
        customer_id=owed.customer_id,
        currency=owed.currency,
        exponent=can.exponents.get(owed.currency, exponent(owed.currency)),
        total=to_provider(owed.total, owed.currency, can.exponents),
        sequence=owed.sequence,
        order_id=owed.order_id,
        payment=owed.payment,
        method=owed.method,
        destination=owed.destination,
        funding=owed.funding,
        debit=owed.debit,
    )


def owed(came: Asked) -> Owed:
    """What a call is about, in our minor units. Raises NotRepresentableError."""
    total = from_provider(came.total, came.currency, {came.currency: came.exponent})
    return Owed(
        came.obligation,
        came.seller_id,
        came.customer_id,
        came.currency,
        total,
        came.sequence,
        came.order_id,
        came.payment,
        came.method,
        came.destination,
        came.funding,
        came.debit,
    )


def came(answer: Answer, currency: str, exponents: dict[str, int]) -> Came:
    """An answer as it travels."""
    return Came(
        outcome=answer.outcome,
        currency=currency,
        exponent=exponents.get(currency, exponent(currency)),
        paid=to_provider(answer.paid, currency, exponents),
        advanced=to_provider(answer.advanced, currency, exponents),
        recovered=to_provider(answer.recovered, currency, exponents),
        reason=answer.reason,
        why=answer.why,
        reference=answer.reference,
    )


def answer(said: Came) -> Answer:
    """An answer in our minor units. Raises NotRepresentableError."""
    places = {said.currency: said.exponent}
    return Answer(
        said.outcome,
        paid=from_provider(said.paid, said.currency, places),
        recovered=from_provider(said.recovered, said.currency, places),
        reason=(said.reason or Reason.INVALID) if said.outcome is Outcome.REJECTED else None,
        why=said.why[:MOST_WHY],
        reference=said.reference[:MOST_REFERENCE],
        advanced=from_provider(said.advanced, said.currency, places),
    )


def stands(standing: Standing, currency: str, exponents: dict[str, int]) -> Stands:
    """A standing as it travels."""

    def there(amount: int) -> int:
        return to_provider(amount, currency, exponents)

    return Stands(
        obligation=standing.obligation,
        currency=currency,
        exponent=exponents.get(currency, exponent(currency)),
        total=there(standing.total),
        paid=there(standing.paid),
        advanced=there(standing.advanced),
        recovered=there(standing.recovered),
        held=there(standing.held),
        reimbursed=there(standing.reimbursed),
        adjusted=there(standing.adjusted),
        collecting=standing.collecting,
        reference=standing.reference,
    )


def standing(said: Stands) -> Standing:
    """A standing in our minor units. Raises NotRepresentableError."""

    def here(amount: int) -> int:
        return from_provider(amount, said.currency, {said.currency: said.exponent})

    return Standing(
        said.obligation,
        paid=here(said.paid),
        held=here(said.held),
        total=here(said.total),
        collecting=said.collecting,
        recovered=here(said.recovered),
        reimbursed=here(said.reimbursed),
        adjusted=here(said.adjusted),
        reference=said.reference[:MOST_REFERENCE],
        advanced=here(said.advanced),
    )


def can(capabilities: Capabilities) -> Can:
    """Capabilities as they travel."""
    return Can(
        name=capabilities.name,
        verbs=sorted(capabilities.verbs),
        destinations=sorted(capabilities.destinations),
        partial_refund=capabilities.partial_refund,
        advance=capabilities.advance,
        debit_balance=capabilities.debit_balance,
        webhooks=capabilities.webhooks,
        collects=capabilities.collects,
        oldest={method: oldest.days for method, oldest in capabilities.oldest.items()},
        exponents=capabilities.exponents,
    )


def capabilities(said: Can) -> Capabilities:
    """Capabilities as they came."""
    return Capabilities(
        said.name[:MOST_REFERENCE],
        frozenset(said.verbs),
        frozenset(said.destinations),
        partial_refund=said.partial_refund,
        advance=said.advance,
        debit_balance=said.debit_balance,
        webhooks=said.webhooks,
        collects=said.collects,
        oldest={method: timedelta(days=days) for method, days in said.oldest.items()},
        exponents=dict(said.exponents),
    )
