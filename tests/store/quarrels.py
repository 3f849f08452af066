"""Disputes that are judged, appealed, sent back and judged again, for tests of what is made of judgements."""

from dataclasses import replace

from mufakat.core import commands as c
from mufakat.core.claim import Assessment, FindingValue, Ground, Material, Reason, Severity
from mufakat.core.order import Order, OrderLine
from mufakat.core.parties import Actor, Role
from mufakat.engine.handle import Done
from tests.core.story import AGENT, CUSTOMER, HOUR, SELLER, order
from tests.store.world import ASK, World

LINE = "a"


def sold(order_id: str = "o1", category: str = "kitchen") -> Order:
    """An order of a blender, of a category."""
    return replace(order(), order_id=order_id, lines=(OrderLine(LINE, "blender", 2, 100_000, category=category),))


async def disputed(world: World, order_id: str = "o1", text: str = ASK.text) -> str:
    """A dispute in which both sides have said all; its case."""
    case_id = (await world.give(CUSTOMER, replace(ASK, text=text), order_id=order_id)).case_id
    await world.give(SELLER, c.RejectRequest(await world.reject_code(), text="It was fine"), case_id, order_id=order_id)
    return await raised(world, case_id, order_id)


async def raised(world: World, case_id: str, order_id: str = "o1") -> str:
    """The dispute is raised, everything expected is handed in, and an hour goes by until it can be judged."""
    await world.give(CUSTOMER, c.RaiseDispute(text="It was not"), case_id, order_id=order_id)
    policy = world.engine.policy_for("id", world.clock.at).policy
    for rule in policy.expected(Reason.DEFECTIVE, Role.CUSTOMER):
        handed = c.HandIn(Material(rule.item, digest=f"d-{rule.item}", text="see"))
        await world.give(CUSTOMER, handed, case_id, order_id=order_id)
    return await complete(world, case_id, order_id)


async def complete(world: World, case_id: str, order_id: str = "o1") -> str:
    """Both sides have said all."""
    for side in (CUSTOMER, SELLER):
        await world.give(side, c.CompleteMaterial(), case_id, order_id=order_id)
    world.clock.at += HOUR
    return case_id


async def find(world: World, case_id: str, value: FindingValue, by: Actor = AGENT, order_id: str = "o1") -> None:
    """Every exhibit of the customer has that value, and the blender is dead."""
    history = await world.store.history("here", order_id, case_id)
    exhibits = {
        each.recorded.event.exhibit.material.item: each.recorded.event.exhibit
        for each in history
        if hasattr(each.recorded.event, "exhibit")
    }
    policy = world.engine.policy_for("id", world.clock.at).policy
    for rule in policy.expected(Reason.DEFECTIVE, Role.CUSTOMER):
        finding = c.RecordFinding(LINE, Role.CUSTOMER, rule.item, value, exhibits[rule.item].number, text="so")
        await world.give(by, finding, case_id, order_id=order_id)
    dead = Assessment(LINE, Ground.QUALITY, Severity.MAJOR, text="dead")
    await world.give(by, c.AssessLine(dead), case_id, order_id=order_id)


async def judged(world: World, case_id: str, value: FindingValue, by: Actor = AGENT, order_id: str = "o1") -> Done:
    """The case is judged by what its exhibits are worth."""
    await find(world, case_id, value, by, order_id)
    return await world.give(by, c.Judge(), case_id, order_id=order_id)
