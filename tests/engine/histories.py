"""Histories for the tests of importing: a case as another system would tell it, and what must hold of an import."""

from dataclasses import replace
from datetime import timedelta

from mufakat.core import commands as c
from mufakat.core.decide.imported import Step
from mufakat.core.parties import Actor
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.importing import History, Imported, import_case, step_of
from mufakat.store.records import Ask
from tests.core.story import CUSTOMER, DAY, DELIVERED, HOUR, SELLER
from tests.store.world import ASK, World

OPENED = DELIVERED + HOUR
REJECT = c.RejectRequest("reverse_reject_request_reason_1", text="It worked when it left us")
DISPUTE = c.RaiseDispute(text="It never worked")


async def nine_days_on(world: World) -> World:
    await world.ready()
    await world.provider.expect(SELLER.id, "IDR", "sale", 500_000, DELIVERED + 90 * DAY)
    world.clock.at = DELIVERED + 9 * DAY
    return world


def told(*steps: tuple[timedelta, Actor, c.Command], **changes: object) -> History:
    """A history that opens an hour after the delivery; the other steps so long after the opening."""
    first = Step(OPENED, CUSTOMER, ASK)
    later = tuple(Step(OPENED + after, actor, command) for after, actor, command in steps)
    return replace(History("o1", "oldshop", "RMA-1", (first, *later), {}), **changes)  # type: ignore[arg-type]


DISPUTED = told((3 * HOUR, SELLER, REJECT), (DAY, CUSTOMER, DISPUTE))


async def taken(world: World, history: History) -> Imported:
    """An import that must be accepted, with its caches and chains as `rebuild` and `verify` would have them."""
    answer = await import_case(world.engine, "here", history)
    assert isinstance(answer, Imported), answer
    assert await world.broken() == []
    assert await world.differences() == []
    return answer


async def refused(world: World, history: History) -> tuple[Code, int | None]:
    """An import that must be refused and leaves nothing behind; its code and step."""
    before = await world.store.load(Ask("here", history.order_id, None, f"import:{history.external_id}"))
    answer = await import_case(world.engine, "here", history)
    assert isinstance(answer, Refusal), answer
    assert await world.store.load(Ask("here", history.order_id, None, f"import:{history.external_id}")) == before
    return answer.code, step_of(answer)
