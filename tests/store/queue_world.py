"""A queue for tests: a world with several orders that come to be judged, and the people of the platform."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from mufakat.core import commands as c
from mufakat.core.claim import Assessment, FindingValue, Ground, Material, Reason, Severity
from mufakat.core.order import Order
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Refusal
from mufakat.core.waiting import WorkKind
from mufakat.engine.queue import Queue
from mufakat.store.accounts import AGENT, Account
from mufakat.store.queue import Work, Worker, WorkKey
from tests.core.story import CUSTOMER, HOUR, SELLER, order
from tests.store.world import ASK, World


@dataclass
class Desk:
    """Agents before a queue. `people`: the accounts by id, as the desk knows them."""

    world: World
    people: dict[str, Account] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.queue = Queue(self.world.store, self.world.sealer, self.world.clock)  # type: ignore[arg-type]

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.world.clock.at

    async def hire(
        self,
        who: str,
        *,
        ties: tuple[str, ...] = (),
        languages: tuple[str, ...] = (),
        categories: tuple[str, ...] = (),
    ) -> str:
        """An account that is in use."""
        made = Account("here", who, f"{who}@toko.example", who, AGENT, self.now, languages, categories, ties)
        made = replace(made, subject=who, issuer="https://accounts.example")
        store = self.world.store
        assert await store.put_account(made)  # type: ignore[attr-defined]
        if hasattr(store, "fetch"):
            await store.fetch("UPDATE accounts SET subject = account_id WHERE account_id = $1", who)
        self.people[who] = made
        return who

    async def disable(self, who: str) -> None:
        """Let an account do nothing any more."""
        self.people[who] = gone = replace(self.people[who], disabled_at=self.now)
        store = self.world.store
        if hasattr(store, "disable_account"):
            await store.disable_account("here", who, self.now, even_last=True)
        else:
            store._accounts["here", who] = gone  # type: ignore[attr-defined]

    async def take(self, who: str) -> Work | None:
        """Ask for the next work."""
        known = self.people[who]
        return await self.queue.take("here", Worker(who, known.ties, known.languages, known.categories))

    async def assign(self, work: Work, to: str, by: str = "lead") -> Work | Refusal | None:
        """Give somebody work."""
        return await self.queue.assign("here", work.key, to, by)

    async def waits(self, order_id: str = "o1") -> str:
        """A dispute about an order comes to be judged; its case."""
        world = self.world
        opened = await world.give(CUSTOMER, ASK, order_id=order_id)
        case_id = opened.case_id
        await world.give(SELLER, c.RejectRequest(await world.reject_code()), case_id, order_id=order_id)
        await world.give(CUSTOMER, c.RaiseDispute(text="It never worked"), case_id, order_id=order_id)
        items = world.engine.policy_for("id", world.clock.at).policy.expected(Reason.DEFECTIVE, Role.CUSTOMER)
        for rule in items:
            given = c.HandIn(Material(rule.item, digest=f"d-{rule.item}", text="see"))
            await world.give(CUSTOMER, given, case_id, order_id=order_id)
        for side in (CUSTOMER, SELLER):
            await world.give(side, c.CompleteMaterial(), case_id, order_id=order_id)
        return case_id

    async def judge(self, case_id: str, who: str, order_id: str = "o1") -> None:
        """For the customer, by an agent."""
        world, agent = self.world, Actor(Role.AGENT, who)
        said = await world.give(CUSTOMER, c.SendMessage(text="that is all"), case_id, order_id=order_id)
        for exhibit in said.case.exhibits[1:]:
            found = c.RecordFinding(
                "a", Role.CUSTOMER, exhibit.material.item, FindingValue.VALID, exhibit.number, text="clear"
            )
            await world.give(agent, found, case_id, order_id=order_id)
        seen = c.AssessLine(Assessment("a", Ground.QUALITY, Severity.MAJOR, text="dead"))
        await world.give(agent, seen, case_id, order_id=order_id)
        await world.give(agent, c.Judge(), case_id, order_id=order_id)

    async def appealed(self, case_id: str, order_id: str = "o1") -> None:
        """The seller appeals, and both have nothing more to say."""
        await self.world.give(SELLER, c.Appeal(text="it was used"), case_id, order_id=order_id)
        for side in (CUSTOMER, SELLER):
            await self.world.give(side, c.CompleteMaterial(), case_id, order_id=order_id)


def bought(number: int, price: int = 100_000, category: str = "", language: str = "") -> Order:
    """Order `o<number>`, whose first line costs so much a unit."""
    first, second = order().lines
    lines = (replace(first, unit_price=price, category=category), second)
    return order(order_id=f"o{number}", lines=lines, language=language)


def key(case_id: str, order_id: str = "o1", kind: WorkKind = WorkKind.JUDGE) -> WorkKey:
    """The work about the only matter of a case."""
    return WorkKey(order_id, case_id, 1, kind)


def many(count: int) -> tuple[Order, ...]:
    """Orders `o1`, `o2` and so on, each dearer than the one before."""
    return tuple(bought(n, 100_000 + 1_000 * n) for n in range(1, count + 1))


SOON = HOUR / 2
"""Shorter than a lease."""
