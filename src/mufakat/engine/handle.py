"""One way in: every change of a case, by whomever, is a command through `Engine.handle`.

Load, seal, decide, write, in that order and with nothing else in between: two round trips. The order's version is the
lock; whoever commits first wins, and the other loads again and decides again, a bounded number of times. No vendor is
called here: what the world must be told leaves by the outbox, written in the same statement.
"""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import SystemRandom
from typing import Any, Final

from mufakat.core import commands as c
from mufakat.core.case import Case
from mufakat.core.decide import Decided
from mufakat.core.decide.facts import ALSO_CLOSED
from mufakat.core.effects import effects, of_one_cause
from mufakat.core.events import Recorded
from mufakat.core.evolve import replay
from mufakat.core.judged import judged_lines
from mufakat.core.order import Fact, Order, fact_fault, order_fault
from mufakat.core.parties import SYSTEM, Actor
from mufakat.core.refusals import Code, Refusal
from mufakat.core.settlement import settle
from mufakat.core.usage import usage
from mufakat.core.waiting import Waiting, waiting
from mufakat.engine.asking import Asked, Asking, Pinned, refusal_of_forgotten
from mufakat.engine.ids import uuid7
from mufakat.store import codec
from mufakat.store.database import StoreLost
from mufakat.store.records import Answered, Ask, Claim, Lane, Loaded, OrderPut, Sealed, Write
from mufakat.store.statement import fact_key

ATTEMPTS: Final = 12
"""How often a command is decided when others keep committing first, before TOO_BUSY."""
MAX_FACTS: Final = 1000
"""Facts of one order: scans, amendments, outside refunds."""
FIRST_PAUSE: Final = 0.002  # seconds; doubled for each further attempt up to LONGEST_PAUSE, with jitter
LONGEST_PAUSE: Final = 0.5
MAX_KEY: Final = 200
"""The longest idempotency key, in characters."""
FACT_LEASE: Final = timedelta(seconds=30)
"""How long whoever records a fact has for telling the cases itself, before the delivery loop does it."""

_chance: Final = SystemRandom()


@dataclass(frozen=True, slots=True)
class Done:
    """A command was accepted: the case as it then stood, its version, and what was recorded (nothing: no change).

    after: what would now be loaded for the case (but for the chain's head), so that an answer needs no second look;
    None where this is the first answer to a repeated key. `sealed`: the texts of the command, as they are kept. Neither
    belongs to the answer itself.
    """

    case_id: str
    version: int
    case: Case
    recorded: tuple[Recorded, ...]
    after: Loaded | None = field(default=None, compare=False, repr=False)
    sealed: tuple[Sealed, ...] = field(default=(), compare=False, repr=False)


class Busy(Exception):  # noqa: N818 - says what happened; the delivery loop tries again
    """A case could not be told of a fact now."""


class Engine(Asking):
    """The only writer. What it answers without writing is `Asking`'s."""

    def new_case_id(self) -> str:
        """An id for a case to come, never given before."""
        return self._ids.case_id(self.clock.now())

    async def put_order(self, marketplace: str, order: Order) -> OrderPut | Refusal:
        """Keep an order's snapshot; the same again changes nothing.

        A different snapshot replaces the first only while the order never had a case: the terms of a case must not
        change under it. After that changes are facts (`record_fact`), and the snapshot is refused with ALREADY_OPEN.
        Refusals: ORDER_NOT_SOUND, ALREADY_OPEN, NO_SUCH_ORDER for a marketplace that does not exist.
        """
        if fault := order_fault(order):
            return Refusal(Code.ORDER_NOT_SOUND, (("fault", fault),))
        put = await self.store.put_order(marketplace, order)
        if put is OrderPut.IN_USE:
            return Refusal(Code.ALREADY_OPEN, (("order", order.order_id),))
        if put is OrderPut.NO_MARKETPLACE:
            return Refusal(Code.NO_SUCH_ORDER, (("marketplace", marketplace),))
        return put

    async def handle(
        self,
        marketplace: str,
        order_id: str,
        case_id: str | None,
        command: c.Command,
        actor: Actor,
        key: str | None = None,
        expected: int | None = None,
        ties: frozenset[str] = frozenset(),
    ) -> Done | Refusal:
        """Decide a command and write what it changed.

        case_id: None opens a case. key: the caller's idempotency key, unique in its marketplace; the same key with the
        same input gives the first answer again, with another input KEY_REUSED. A refused command keeps no key.
        expected: the version of the case on which the caller decided (0 before there is one), None for any; at another
        VERSION_CHANGED, except where the key has its first answer already. ties: ids of parties to whom an agent is
        tied; in their cases it decides nothing (CONFLICT_OF_INTEREST).
        Refusals: those of the core, and KEY_REUSED, VERSION_CHANGED, TEXT_TOO_LONG, TOO_BUSY, NO_SUCH_ORDER,
        NO_SUCH_CASE.
        Raises StoreLost when the database is away; a repetition under the same key is then safe.
        """
        asked = replace(self._asked(marketplace, order_id, case_id, command, actor, key), expected=expected, ties=ties)
        pause = FIRST_PAUSE
        for left in reversed(range(ATTEMPTS)):
            try:
                answer = await self._try(asked)
            except StoreLost:
                if not left:
                    raise
                answer = None  # whether it was written is unknown: loading again finds the key, or does it anew
            if answer is not None:
                return answer
            await asyncio.sleep(pause * (0.5 + _chance.random()))
            pause = min(2 * pause, LONGEST_PAUSE)
        return Refusal(Code.TOO_BUSY, (("attempts", str(ATTEMPTS)),))

    async def record_fact(self, marketplace: str, order_id: str, fact: Fact) -> int | Refusal:
        """Append a later fact to an order and tell every case that it may concern; how many were told. Twice is once.

        Refusals: NO_SUCH_ORDER, FACT_NOT_FITTING, TOO_BUSY. When a case cannot be told, the delivery loop goes on.
        """
        number = await self._append(marketplace, order_id, fact)
        if isinstance(number, Refusal):
            return number
        told = await self.tell_fact(marketplace, order_id, number, fact)
        key = fact_key(order_id, number)
        await self.store.done(Claim(marketplace, key, order_id, "", Lane.FACT, 0, unknown=False, what=fact))
        return told

    async def tell_fact(self, marketplace: str, order_id: str, number: int, fact: Fact) -> int:
        """Give RecordFact to every open case of the order, and to those with a debt left, once; how many there are.

        Every closed case is told too of what bears on money after its end: chargebacks and carriers' answers. Raises
        Busy when a case could not be told now.
        """
        after_close = isinstance(fact, ALSO_CLOSED)
        told = self.store.logged_cases if after_close else self.store.cases_to_tell
        cases = await told(marketplace, order_id)
        for case_id in cases:
            key = f"{fact_key(order_id, number)}:{case_id}"
            answer = await self.handle(marketplace, order_id, case_id, c.RecordFact(fact), SYSTEM, key)
            if isinstance(answer, Refusal) and answer.code is Code.TOO_BUSY:
                raise Busy(case_id)
        return len(cases)

    def _asked(
        self, marketplace: str, order_id: str, case_id: str | None, command: Any, actor: Actor, key: str | None
    ) -> Asked:
        if key is not None and not 0 < len(key) <= MAX_KEY:
            raise ValueError(f"an idempotency key has 1 to {MAX_KEY} characters")
        now = self.clock.now()
        text = f"{marketplace}\0{order_id}\0{case_id or ''}\0{actor.role}\0{actor.id}\0".encode()
        return Asked(
            marketplace=marketplace,
            order_id=order_id,
            case_id=case_id,
            new_id=case_id or self._ids.case_id(now),
            command=command,
            actor=actor,
            # A lost reply must never apply a command twice, so a command without a key gets one. What the clock
            # gives is safe twice.
            key=key or (None if isinstance(command, c.Lapse | c.Remind) else f"own:{uuid7(now)}"),
            given_key=key is not None,
            input_hash=self._sealer.input_hash(text + codec.encode_command(command)),
        )

    async def _try(self, asked: Asked) -> Done | Refusal | None:
        """One attempt: the answer, or None when somebody else committed first."""
        loaded = await self._load(asked)
        if isinstance(loaded, Refusal):
            return loaded
        if loaded.answered is not None:
            return await self._first_answer(asked, loaded.answered)
        if (moved := _moved(asked, loaded)) is not None:
            return moved
        if (forgotten := refusal_of_forgotten(asked, loaded)) is not None:
            return forgotten
        sealing = self._sealer.seal_command(asked.command, asked.marketplace, asked.new_id, loaded.key)
        if isinstance(sealing, Refusal):
            return sealing
        command, rows, key = sealing
        decided, pinned = self._decide(asked, loaded, command)
        if isinstance(decided, Refusal):
            return decided
        done = Done(asked.new_id, decided.case.number, decided.case, decided.recorded, loaded)
        if not decided.recorded and not asked.given_key:
            return done
        write = self._write(asked, loaded, decided)
        if decided.recorded:
            policy_row = None if pinned is None else (pinned.hash, pinned.body)
            write = replace(write, sealed=rows, case_key=key, policy=policy_row)
        done = replace(done, after=_after(loaded, write, pinned), sealed=write.sealed)
        return done if await self.store.write(write) else None

    def _write(self, asked: Asked, loaded: Loaded, decided: Decided) -> Write:
        case, order = decided.case, loaded.order.order
        before = () if loaded.case is None else waiting(loaded.case, order)
        after = waiting(case, order)
        return Write(
            marketplace=asked.marketplace,
            order_id=asked.order_id,
            expected=loaded.version,
            at=self.clock.now(),
            uses={**loaded.order.uses, asked.new_id: usage(case)} if decided.recorded else None,
            case=case,
            head=loaded.head,
            recorded=decided.recorded,
            effects=of_one_cause(effect for each in decided.recorded for effect in effects(each, case)),
            transfers=settle(loaded.case, decided.recorded),
            judged=judged_lines(loaded.case, decided.recorded, loaded.order.order),
            key=asked.key,
            input_hash=asked.input_hash,
            work=tuple(each for each in after if each not in before),
            over=tuple(sorted(_names(before) - _names(after))),
        )

    async def _first_answer(self, asked: Asked, answered: Answered) -> Done | Refusal:
        if answered.input_hash != asked.input_hash or answered.order_id != asked.order_id:
            return Refusal(Code.KEY_REUSED, (("key", str(asked.key)),))
        history = await self.store.history(asked.marketplace, asked.order_id, answered.case_id)
        until = [each.recorded for each in history if each.recorded.number <= answered.last]
        recorded = tuple(each for each in until if each.number >= answered.first)
        return Done(answered.case_id, answered.last, replay(until), recorded)

    async def _append(self, marketplace: str, order_id: str, fact: Fact) -> int | Refusal:
        for _ in range(ATTEMPTS):
            loaded = await self.store.load(Ask(marketplace, order_id))
            if loaded is None:
                return Refusal(Code.NO_SUCH_ORDER, (("order", order_id),))
            facts = loaded.order.facts
            if fact in facts:
                return facts.index(fact) + 1
            if fault := _fact_fault(loaded, fact):
                return Refusal(Code.FACT_NOT_FITTING, (("fault", fault),))
            now, number = self.clock.now(), len(facts) + 1
            write = Write(
                marketplace,
                order_id,
                loaded.version,
                now,
                fact=fact,
                fact_number=number,
                try_at=now + FACT_LEASE,
            )
            if await self.store.write(write):
                return number
        return Refusal(Code.TOO_BUSY, (("attempts", str(ATTEMPTS)),))


def _names(work: tuple[Waiting, ...]) -> set[tuple[int, str]]:
    return {(each.matter, each.kind.value) for each in work}


def _after(loaded: Loaded, write: Write, pinned: Pinned | None) -> Loaded:
    """What stands once a command is written."""
    return replace(
        loaded,
        version=loaded.version + 1,
        order=loaded.order if write.uses is None else replace(loaded.order, uses=write.uses),
        case=write.case,
        head=b"",
        policy=pinned.policy if pinned is not None else loaded.policy,
        key=write.case_key or loaded.key,
    )


def _fact_fault(loaded: Loaded, fact: Fact) -> str:
    """What speaks against taking a fact in, or nothing."""
    if len(loaded.order.facts) >= MAX_FACTS:
        return f"an order has at most {MAX_FACTS} facts"
    return fact_fault(loaded.order.order, fact)


def _moved(asked: Asked, loaded: Loaded) -> Refusal | None:
    """The refusal of a command that was decided on another version of the case than the one that stands."""
    version = 0 if loaded.case is None else loaded.case.number
    if asked.expected is None or asked.expected == version:
        return None
    facts = [("expected", str(asked.expected)), ("version", str(version))]
    if loaded.case is not None:
        facts.append(("phase", ", ".join(str(matter.phase) for matter in loaded.case.matters)))
    return Refusal(Code.VERSION_CHANGED, tuple(facts))
