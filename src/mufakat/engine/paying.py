"""Money effects at the payment provider: asked once, looked up where unknown, waited for where accepted, reported.

Theory of operation. Every call has a key of the effect's own. What came of an earlier attempt is always looked up
before the same key is asked again, so a call that may have acted is never repeated blindly; ACCEPTED is only waited
for. A rejection that passes is tried again later under the same key. Any other is certain: a refund that cannot go to
where it was to go then tries the next place the provider has, under a key of its own, and everything else waits for a
person with its reason. A provider that does not go on collecting by itself is asked again with every look, under the
same key, until it is paid or something else was ordered: nothing of the case waits behind it. No call is made inside a
database transaction. What was paid is told to the case by `ReportPayment`.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from mufakat.core import commands as c
from mufakat.core.case import is_of_chargebacks
from mufakat.core.effects import Effect
from mufakat.core.order import Payment
from mufakat.core.parties import SYSTEM
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.handle import Engine
from mufakat.engine.ports import Providers
from mufakat.payments.provider import (
    PASSING,
    Answer,
    Capabilities,
    Destination,
    Funding,
    Outcome,
    Owed,
    Provider,
    Reason,
    Standing,
    Verb,
)
from mufakat.store.database import StoreLost
from mufakat.store.records import Ask, Claim, Lane, Watched, position

LOOK_EVERY: Final = timedelta(hours=6)
"""How often an obligation that is not paid in full is looked up in its first week; once a day after that."""
LOOKS_OF_A_WEEK: Final = 28
MOST_LOOKS: Final = LOOKS_OF_A_WEEK + 400
"""Looks at one obligation: more than a year of them."""

PAYS: Final = frozenset({Verb.REFUND, Verb.RECOVER})
TELLS: Final = PAYS | {Verb.CANCEL}
"""Calls whose answer says what was paid; a cancellation tells of what came in before it."""
UNDOES: Final = {Verb.RELEASE: Verb.HOLD, Verb.CANCEL: Verb.RECOVER}
"""What only ends another thing: where a provider can do neither, there is nothing to end."""
ELSEWHERE: Final = frozenset({Reason.TOO_OLD, Reason.NOT_SUPPORTED})
"""Rejections of a refund after which it may still go to another place."""
_OVER: Final = frozenset({Code.NOTHING_OWED, Code.CASE_CLOSED, Code.NO_SUCH_CASE, Code.NO_SUCH_ORDER})

log: Final = logging.getLogger(__name__)

Step = Callable[[str], Awaitable[None]]


class NotYet(Exception):  # noqa: N818 - says what happened; the row is tried again
    """A delivery did not succeed. `unknown`: it may have acted all the same. `waits`: the provider has the word."""

    def __init__(self, why: str, *, unknown: bool = False, waits: bool = False) -> None:
        super().__init__(why)
        self.unknown, self.waits = unknown, waits


class Refused(Exception):  # noqa: N818 - says what happened; the row waits for a person
    """The provider will not do it, and asking again is of no use; the text is its reason."""


class Paying:
    """Money at the providers. `between` is called between the steps; tests crash there."""

    def __init__(self, engine: Engine, providers: Providers, between: Step) -> None:
        self._engine, self._store = engine, engine.store
        self._providers, self._between = providers, between

    async def deliver(self, claim: Claim, effect: Effect) -> str:
        """Tell the provider, keep watching, report what it paid; its own name of what it did.

        Raises NotYet, Refused.
        """
        owed = _to_call(await self.told_of(claim.marketplace, claim.order_id), effect)
        provider, verb = self._providers.provider(claim.marketplace), Verb(effect.kind.value)
        await self._between("asking")
        answer = await self._asked(provider, verb, claim, owed)
        await self._between("called")
        _check(answer)
        if verb not in TELLS:
            return answer.reference
        watched = Watched(claim.marketplace, effect.obligation, claim.order_id, claim.case_id, effect.amount)
        if verb in PAYS and _had(verb, answer) < effect.amount:
            await self._store.watch(watched, self._engine.clock.now() + LOOK_EVERY)
            await self._between("watched")
        if answer.paid:
            await self.report(watched, answer)
        return answer.reference

    async def told_of(self, marketplace: str, order_id: str) -> Owed:
        """What the provider is told of an order: the parties and the customer's payment; no obligation yet."""
        loaded = await self._store.load(Ask(marketplace, order_id))
        assert loaded is not None, "an effect without its order"
        order = loaded.order.order
        payments = [fact for fact in loaded.order.facts if isinstance(fact, Payment)]
        last = max(payments, key=lambda fact: fact.at) if payments else None
        return Owed(
            "",
            order.seller_id,
            order.customer_id,
            order.currency,
            total=0,
            order_id=order.order_id,
            payment=last.reference if last else "",
            method=(last.method if last else "") or order.payment_method,
        )

    async def _asked(self, provider: Provider, verb: Verb, claim: Claim, owed: Owed) -> Answer:
        """What came of the effect, wherever the refund may go. Raises Refused where the provider lacks the verb."""
        can = await provider.capabilities()
        if verb not in can.verbs:
            if verb in UNDOES and UNDOES[verb] not in can.verbs:
                return Answer(Outcome.DONE)
            raise Refused(f"{Reason.NOT_SUPPORTED}: {can.name} cannot {verb}")
        answer = Answer(Outcome.REJECTED, reason=Reason.NOT_SUPPORTED, why=f"{can.name} cannot pay {owed.destination}")
        for destination in _places(verb, owed, can):
            first = destination is owed.destination
            key = claim.key if first else f"{claim.key}:{destination}"
            answer = await _once(provider, verb, key, replace(owed, destination=destination), unknown=claim.unknown)
            elsewhere = verb is Verb.REFUND and answer.outcome is Outcome.REJECTED and answer.reason in ELSEWHERE
            if not elsewhere:
                break
            await self._between("rejected")
        short = answer.outcome is Outcome.REJECTED and answer.reason is Reason.INSUFFICIENT_FUNDS
        if short and verb in PAYS and not can.collects:  # from here on every look asks again
            return replace(answer, outcome=Outcome.DONE)
        return answer

    async def look(self, watched: Watched) -> None:
        """Look an obligation up; report what was paid; go on while it is collected or the case wants more."""
        pause = LOOK_EVERY if watched.looks < LOOKS_OF_A_WEEK else timedelta(days=1)
        later = self._engine.clock.now() + pause
        go_on = True
        try:
            told = await self.told_of(watched.marketplace, watched.order_id)
            funding = Funding.CHARGEBACK if is_of_chargebacks(watched.obligation) else Funding.SELLER
            owed = replace(told, obligation=watched.obligation, total=watched.total, funding=funding)
            provider = self._providers.provider(watched.marketplace)
            standing = await provider.status(owed)
            if standing is not None and standing.paid:
                go_on = await self.report(watched, standing)
            paid = standing.paid if standing is not None else 0
            collects = standing is not None and standing.collecting
            if go_on and not (await provider.capabilities()).collects:
                collects = await self._collect(provider, watched, standing, told)
            # A debt is collected on after its case has closed.
            go_on = go_on and (collects or (paid < watched.total and await self._still_open(watched)))
        except StoreLost:
            raise
        except Exception:
            log.exception("obligation %s of %s cannot be looked up", watched.obligation, watched.marketplace)
        await self._store.looked(watched, later if go_on and watched.looks < MOST_LOOKS else None)

    async def _collect(self, provider: Provider, watched: Watched, standing: Standing | None, order: Owed) -> bool:
        """Ask again for what was last ordered, of a provider that does not go on by itself; whether more is owed."""
        told = await self._store.told(watched.marketplace, watched.case_id)
        ordered = [x for x in told if x.effect.obligation == watched.obligation and x.effect.kind.value in TELLS]
        last = ordered[-1] if ordered else None
        if last is None or last.state != "DONE" or (verb := Verb(last.effect.kind.value)) not in PAYS:
            return False  # it was cancelled, or the delivery loop has it in hand
        if standing is not None and _had(verb, standing) >= last.effect.amount:
            return False
        where = (watched.marketplace, last.key, watched.order_id, watched.case_id)
        claim = Claim(*where, Lane.MONEY, last.attempts, unknown=True, what=last.effect)
        answer = await self._asked(provider, verb, claim, _to_call(order, last.effect))
        await self._between("collected")
        if answer.outcome is Outcome.REJECTED and answer.reason not in PASSING:
            log.error("%s of %s is not collected: %s", watched.obligation, watched.marketplace, answer.reason)
        if answer.outcome is not Outcome.DONE or not answer.paid:
            return True
        return await self.report(watched, answer) and _had(verb, answer) < last.effect.amount

    async def report(self, watched: Watched, told: Answer | Standing) -> bool:
        """Tell the case what was paid so far; False when it wants to hear no more. Raises NotYet when it is busy."""
        report = c.ReportPayment(watched.obligation, told.paid, told.recovered, told.reference, told.advanced)
        parts = (report.obligation, report.paid, report.advanced, report.recovered, report.reference)
        answer = await self._engine.handle(
            watched.marketplace,
            watched.order_id,
            watched.case_id,
            report,
            SYSTEM,
            "paid:" + ":".join(str(each) for each in parts),
        )
        await self._between("reported")
        if not isinstance(answer, Refusal):
            return True
        if answer.code is Code.TOO_BUSY:
            raise NotYet("the case is busy", unknown=True)
        if answer.code not in _OVER:
            log.error("payment of %s for %s was refused: %s", told.paid, watched.obligation, answer.code)
        return False

    async def _still_open(self, watched: Watched) -> bool:
        case = await self._store.find_case(watched.marketplace, watched.case_id)
        return case is not None and case.is_open


def _had(verb: Verb, told: Answer | Standing) -> int:
    """How much of what a REFUND or a RECOVER orders has come about."""
    return told.paid if verb is Verb.REFUND else told.paid - told.advanced + told.recovered


def _to_call(order: Owed, effect: Effect) -> Owed:
    """What an effect tells the provider, given what it is told of the order."""
    return replace(
        order,
        obligation=effect.obligation,
        total=effect.amount,
        sequence=position(effect),
        destination=Destination(effect.destination),
        funding=Funding(effect.funding),
        debit=effect.debit,
    )


async def _once(provider: Provider, verb: Verb, key: str, owed: Owed, *, unknown: bool) -> Answer:
    """Ask under a key; after an attempt that may have acted, only where the first one never did."""
    if unknown:
        seen = await provider.lookup(key, owed)
        if seen is not None and not (seen.outcome is Outcome.REJECTED and seen.reason in PASSING):
            return seen
    return await provider.call(verb, key, owed)


def _places(verb: Verb, owed: Owed, can: Capabilities) -> Iterator[Destination]:
    """Where a call may send money: where it is to go, and for a refund the later places that the provider has."""
    after = list(Destination)[list(Destination).index(owed.destination) :]
    wanted = after if verb is Verb.REFUND else [owed.destination]
    yield from (each for each in wanted if verb is not Verb.REFUND or each in can.destinations)


def _check(answer: Answer) -> None:
    """Nothing for what is done. Raises NotYet for what may still come, Refused for what will not."""
    if answer.outcome is Outcome.DONE:
        return
    why = ": ".join(each for each in (answer.reason or answer.outcome, answer.why) if each)
    if answer.outcome is Outcome.REJECTED and answer.reason not in PASSING:
        raise Refused(why)
    raise NotYet(why, unknown=answer.outcome is not Outcome.REJECTED, waits=True)
