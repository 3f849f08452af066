"""The port to a payment provider: what it can do, calls that name totals, and answers that may be "I do not know".

Amounts are totals of an obligation, never movements, so no repetition and no order of calls pays twice. Every call
takes an idempotency key made by the caller, the same over all repetitions. What came of a call is one of four:
DONE; ACCEPTED, it will be done and `lookup` or a webhook tells when; REJECTED for a reason, nothing was done; UNKNOWN,
it may have acted: then `lookup(key)` tells, and only a call that never arrived is made again, under the same key.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol


class Verb(StrEnum):
    """What a provider may be asked to do. Each says the obligation's total, in minor units."""

    REFUND = "REFUND"
    HOLD = "HOLD"
    RELEASE = "RELEASE"
    RECOVER = "RECOVER"
    CANCEL = "CANCEL"
    ADJUST = "ADJUST"
    REIMBURSE = "REIMBURSE"


class Destination(StrEnum):
    """Where a customer's money goes back to."""

    ORIGINAL = "ORIGINAL"
    WALLET = "WALLET"
    BANK_ACCOUNT = "BANK_ACCOUNT"


class Funding(StrEnum):
    """Whose money pays the customer; what is recovered for an advance goes to the platform.

    CHARGEBACK: the customer's bank has taken it from the platform already, so that the customer is paid nothing, and
    all that is recovered is the platform's.
    """

    SELLER = "SELLER"
    PLATFORM = "PLATFORM"
    CHARGEBACK = "CHARGEBACK"


@dataclass(frozen=True, slots=True)
class Owed:
    """Who owes whom how much for an obligation in all, in minor units of the currency.

    `sequence` rises with every call about an obligation: one that arrives after a later one changes nothing, so calls
    may be doubled and reordered on their way. `payment` is the provider's own name of the customer's payment, `method`
    its short name; `debit`: the seller's balance may be debited beyond payments due.
    """

    obligation: str
    seller_id: str
    customer_id: str
    currency: str
    total: int
    sequence: int = 0
    order_id: str = ""
    payment: str = ""
    method: str = ""
    destination: Destination = Destination.ORIGINAL
    funding: Funding = Funding.SELLER
    debit: bool = False


class Outcome(StrEnum):
    """What came of a call."""

    DONE = "DONE"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    UNKNOWN = "UNKNOWN"


class Reason(StrEnum):
    """Why a call was rejected. OUT_OF_ORDER and QUIET_HOURS pass; the others need a person or another way."""

    OUT_OF_ORDER = "OUT_OF_ORDER"
    QUIET_HOURS = "QUIET_HOURS"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    TOO_OLD = "TOO_OLD"
    NO_SUCH_PAYMENT = "NO_SUCH_PAYMENT"
    ALREADY_CHARGED_BACK = "ALREADY_CHARGED_BACK"
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
    INVALID = "INVALID"


PASSING = frozenset({Reason.OUT_OF_ORDER, Reason.QUIET_HOURS, Reason.INSUFFICIENT_FUNDS})
"""Reasons after which the same call is made again later by itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call.

    `paid`: what the customer has had for the obligation so far; `advanced`: so much of that was the platform's money;
    `recovered`: so much of the advance was collected from the seller since; in minor units. `reference`: the
    provider's own name of what it did.
    """

    outcome: Outcome
    paid: int = 0
    recovered: int = 0
    reason: Reason | None = None
    why: str = ""
    reference: str = ""
    advanced: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an obligation stands at the provider, minor units. `adjusted`: net in favour of the seller, may be < 0.

    `advanced`: so much of `paid` was the platform's money; `recovered`: so much of the advance was collected since.
    """

    obligation: str
    paid: int = 0
    held: int = 0
    total: int = 0
    collecting: bool = False
    recovered: int = 0
    reimbursed: int = 0
    adjusted: int = 0
    reference: str = ""
    advanced: int = 0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do, asked before anything else.

    `collects`: what it has begun to recover it goes on recovering by itself, part by part, as money comes. One that
    does not recovers whole or not at all: it rejects for INSUFFICIENT_FUNDS, and the engine asks again. `oldest`: how
    long after the payment a method can be refunded (`""` for any method not named); `exponents`: decimal places that it
    counts a currency in, where they differ from ISO 4217.
    """

    name: str
    verbs: frozenset[Verb]
    destinations: frozenset[Destination] = frozenset({Destination.ORIGINAL})
    partial_refund: bool = True
    advance: bool = False
    debit_balance: bool = False
    webhooks: bool = False
    collects: bool = True
    oldest: dict[str, timedelta] = field(default_factory=dict)
    exponents: dict[str, int] = field(default_factory=dict)


class Provider(Protocol):
    """A payment provider. No call raises for what may happen in the world; that is an answer."""

    async def capabilities(self) -> Capabilities:
        """What it can do."""

    async def call(self, verb: Verb, key: str, owed: Owed) -> Answer:
        """Do one thing, once, however often it is asked under this key.

        REFUND: pay the customer up to `total` in all, now, from held money and what is due to the seller, or from the
        platform's money where it advances. HOLD: keep `total` back from the seller's payouts; a later hold replaces an
        earlier one. RELEASE: end the hold. RECOVER: collect up to `total` in all from payments due to the seller,
        the held amount first, then payouts as they come, and pay it on (S20): to the customer what it has not had, and
        to the platform what it advanced, so that nothing is left to collect when `paid - advanced + recovered` is
        `total`; with funding CHARGEBACK all of it to the platform, as if `total` had been advanced.
        A REFUND by the platform's money (funding PLATFORM) advances only what the customer has not had, up to `total`;
        it needs nothing from the seller and is done at once. CANCEL: collect nothing more. ADJUST: what seller and
        platform owe each other because of the refund comes to `total`, in favour of the seller where positive.
        REIMBURSE: give `total` back to the seller at the platform's cost.
        """

    async def lookup(self, key: str, owed: Owed) -> Answer | None:
        """What came of the call with this key; None when it never arrived. UNKNOWN when that cannot be told now.

        owed: as it was called with. Many a provider finds what it did by the payment that it is about only.
        """

    async def status(self, owed: Owed) -> Standing | None:
        """Where the obligation stands; None when it is not known or cannot be told now."""
