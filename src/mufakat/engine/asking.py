"""What can be asked of the engine without anything being written: a day's policy, eligibility, a command's preview.

`Engine` (handle.py) stands on this: loading and deciding are here, once, so that a preview decides as `handle` does.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from mufakat.core import commands as c
from mufakat.core.decide import Decided, step
from mufakat.core.eligibility import Eligibility, eligibility
from mufakat.core.parties import PARTIES, Actor, Role
from mufakat.core.policy.codec import encode as encode_policy
from mufakat.core.policy.codec import policy_hash
from mufakat.core.policy.policy import Policy
from mufakat.core.preview import Preview, preview
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.ports import Clock, Ids, Policies, Store
from mufakat.store.records import Ask, Loaded
from mufakat.store.seal import Sealer, has_texts, unsealed

NEW: Final = "new"
"""The case's id in a preview of opening one."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A policy with the bytes and the hash by which a case pins it."""

    policy: Policy
    hash: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """One command on its way through the engine.

    `given_key` when the caller brought the key; `expected` the version it decided on, None for any. `ties`: ids of
    parties in whose cases an agent has no part.
    """

    marketplace: str
    order_id: str
    case_id: str | None
    new_id: str
    command: Any
    actor: Actor
    key: str | None = None
    given_key: bool = False
    input_hash: bytes = b""
    expected: int | None = None
    ties: frozenset[str] = frozenset()


class Asking:
    """Answers from what is stored, and never writes. Everything outside comes in through ports."""

    def __init__(self, store: Store, policies: Policies, clock: Clock, sealer: Sealer, ids: Ids) -> None:
        self.store, self.clock = store, clock
        self._policies, self._sealer, self._ids = policies, sealer, ids
        self._pinned: dict[tuple[str, date], Pinned] = {}

    @property
    def sealer(self) -> Sealer:
        """What seals the texts of this engine's cases."""
        return self._sealer

    def policy_for(self, market: str, now: datetime) -> Pinned:
        """The policy of the day, in the market's own zone, with its hash. Raises ValueError without a rulebook."""
        pinned = self._pinned_on(market, now.date())
        local = now.astimezone(ZoneInfo(pinned.policy.zone)).date()
        return pinned if local == now.date() else self._pinned_on(market, local)

    def _pinned_on(self, market: str, day: date) -> Pinned:
        found = self._pinned.get((market, day))
        if found is None:
            policy = self._policies.policy_for(market, day)
            body = encode_policy(policy)
            found = self._pinned[market, day] = Pinned(policy, policy_hash(body), body)
        return found

    async def eligibility(
        self,
        marketplace: str,
        order_id: str,
        actor: Actor,
        lines: tuple[str, ...] = (),
        for_role: Role | None = None,
        ties: frozenset[str] = frozenset(),
    ) -> Eligibility | Refusal:
        """What may be asked for these lines of an order now (none named: all of them), and until when (S6, S26, S27).

        for_role: the party on whose behalf an agent or the system asks, the customer where none is named.
        Refusals: NO_SUCH_ORDER also for a party whose order it is not, WRONG_ROLE for a party that asks for another
        role and for a role that is no party's, CONFLICT_OF_INTEREST, TOO_MANY_LINES, LINE_TWICE, NO_SUCH_LINE.
        """
        loaded = await self.store.load(Ask(marketplace, order_id))
        if loaded is None or not may_know(loaded, actor):
            return Refusal(Code.NO_SUCH_ORDER, (("order", order_id),))
        if is_tied(loaded, actor, ties):
            return Refusal(Code.CONFLICT_OF_INTEREST)
        own = actor.role if actor.role in PARTIES else Role.CUSTOMER
        role = for_role or own
        if role not in PARTIES or (actor.role in PARTIES and role is not own):
            return Refusal(Code.WRONG_ROLE, (("role", str(role)),))
        now = self._moment(loaded)
        policy = self.policy_for(loaded.marketplace.market, now).policy
        return eligibility(loaded.order, policy, actor, role, now, lines)

    async def preview(
        self,
        marketplace: str,
        order_id: str,
        case_id: str | None,
        command: c.Command,
        actor: Actor,
        ties: frozenset[str] = frozenset(),
    ) -> Preview | Refusal:
        """What a command would do if it were given now; nothing is written and no text is kept.

        case_id: None for opening a case. ties: as `handle` takes them. Refusals: those that `handle` would give, but
        for keys and versions.
        """
        asked = Asked(marketplace, order_id, case_id, case_id or NEW, command, actor, ties=ties)
        loaded = await self._load(asked)
        if isinstance(loaded, Refusal):
            return loaded
        if (forgotten := refusal_of_forgotten(asked, loaded)) is not None:
            return forgotten
        plain = unsealed(command)
        if isinstance(plain, Refusal):
            return plain
        decided, _ = self._decide(asked, loaded, plain)
        return decided if isinstance(decided, Refusal) else preview(loaded.case, decided)

    async def _load(self, asked: Asked) -> Loaded | Refusal:
        """All that a command needs; refuses what does not exist, and what is not the actor's, as if it did not."""
        loaded = await self.store.load(Ask(asked.marketplace, asked.order_id, asked.case_id, asked.key))
        if loaded is None or (asked.case_id is not None and loaded.case is None) or not may_know(loaded, asked.actor):
            return _unknown(asked)
        return Refusal(Code.CONFLICT_OF_INTEREST) if is_tied(loaded, asked.actor, asked.ties) else loaded

    def _moment(self, loaded: Loaded) -> datetime:
        """What the marketplace's clock shows, and never a moment before the case's last event."""
        now = loaded.marketplace.at(self.clock.now())
        if loaded.case is not None and loaded.case.last_at is not None:
            return max(now, loaded.case.last_at)  # a clock that jumps back must not refuse honest people
        return now

    def _decide(self, asked: Asked, loaded: Loaded, command: Any) -> tuple[Decided | Refusal, Pinned | None]:
        """What the command leads to, its texts replaced, and the policy that a new case pins."""
        now = self._moment(loaded)
        pinned = None if loaded.case is not None else self.policy_for(loaded.marketplace.market, now)
        policy = pinned.policy if pinned is not None else loaded.policy
        assert policy is not None, "a case without its policy"
        ref = pinned.hash if pinned is not None else ""
        return step(loaded.case, loaded.order, command, asked.actor, policy, now, asked.new_id, ref), pinned


def refusal_of_forgotten(asked: Asked, loaded: Loaded) -> Refusal | None:
    """The refusal of texts for a case that was forgotten; facts and payments may still come."""
    forgotten = loaded.key is not None and loaded.key.wrapped is None
    return Refusal(Code.CASE_CLOSED) if forgotten and has_texts(asked.command) else None


def may_know(loaded: Loaded, actor: Actor) -> bool:
    """Whether the order is the party's own; others are allowed to know of it and the core says what they may do."""
    order = loaded.order.order
    own = {Role.CUSTOMER: order.customer_id, Role.SELLER: order.seller_id}.get(actor.role, actor.id)
    return actor.id == own


def is_tied(loaded: Loaded, actor: Actor, ties: frozenset[str]) -> bool:
    """Whether an agent is tied to a party of the order. That an agent is itself no party the core looks at."""
    order = loaded.order.order
    return actor.role is Role.AGENT and not ties.isdisjoint((order.customer_id, order.seller_id))


def _unknown(asked: Asked) -> Refusal:
    """What is not yours is as if it did not exist."""
    if asked.case_id is None:
        return Refusal(Code.NO_SUCH_ORDER, (("order", asked.order_id),))
    return Refusal(Code.NO_SUCH_CASE, (("case", asked.case_id),))
