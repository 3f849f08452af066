"""The machine that judges, on PostgreSQL: with the outbox, its rulebook and the signals (decision 0028)."""

from random import Random

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Reason, RequestType
from mufakat.core.parties import SYSTEM
from mufakat.core.phases import Phase
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.handle import Busy, Engine
from mufakat.engine.ids import Uuids
from mufakat.engine.machine import BySignals, Doubts, Machine
from mufakat.lab.rewriting import with_class
from mufakat.lab.stage import LabPolicies
from mufakat.rulebooks import load
from mufakat.store.records import Ask, Loaded
from tests.core.second_person import CLASS
from tests.core.story import CUSTOMER, SELLER, Story
from tests.engine.desk import LONG, Desk
from tests.store.world import OneProvider


class Calm:
    """Sees nothing that speaks against a machine; `between` happens while it looks."""

    def __init__(self, desk: Desk, case_id: str = "") -> None:
        self._desk, self._case = desk, case_id

    async def any_about(self, loaded: Loaded) -> bool:
        """Whether anything does."""
        assert loaded.case is not None
        if self._case:
            await self._desk.world.give(CUSTOMER, c.SendMessage(text="wait"), self._case)
        return False


@pytest.fixture
def machines(desk: Desk) -> Desk:
    """The desk in a market whose rulebook lets a machine judge what never came."""
    world = desk.world
    law = LabPolicies({"id": with_class(load("id"), CLASS)})
    world.engine = Engine(world.store, law, world.clock, world.sealer, Uuids())
    return desk


def loop(desk: Desk, doubts: Doubts | None) -> Deliveries:
    return Deliveries(desk.world.engine, OneProvider(desk.world.provider), Random(1), doubts=doubts)


async def disputed(desk: Desk, text: str = "it never came") -> str:
    """A dispute about what never came, both sides complete; nothing was handed in."""
    world = desk.world
    asked = c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.ITEM_NOT_RECEIVED),), text=text)
    case_id = (await world.give(CUSTOMER, asked)).case_id
    await world.give(SELLER, c.RejectRequest(Story().reject_code(RequestType.REFUND)), case_id)
    await world.give(CUSTOMER, c.RaiseDispute(text="still nothing"), case_id)
    for party in (CUSTOMER, SELLER):
        await world.give(party, c.CompleteMaterial(), case_id)
    return case_id


async def phase_of(desk: Desk, case_id: str) -> Phase:
    loaded = await desk.store.load(Ask("here", "o1", case_id))
    assert loaded is not None
    assert loaded.case is not None
    return loaded.case.matter(1).phase


async def test_a_machine_judges_where_no_signal_speaks_of_the_case(machines: Desk) -> None:
    case_id = await disputed(machines)
    assert await phase_of(machines, case_id) is Phase.DECIDING
    await loop(machines, BySignals(machines.signals)).drain()
    assert await phase_of(machines, case_id) is Phase.DISMISSED
    notices = await machines.store.inbox("here", "CUSTOMER", CUSTOMER.id)
    told = next(each for each in notices if each.code == "dispute.judged_automatically")
    assert told.due
    await machines.world.give(CUSTOMER, c.AskForPerson(), case_id)
    await loop(machines, BySignals(machines.signals)).drain()
    assert await phase_of(machines, case_id) is Phase.DECIDING


async def test_a_signal_leaves_it_to_a_person(machines: Desk) -> None:
    await machines.case("o3", text=LONG)
    case_id = await disputed(machines, LONG)
    await machines.signals.drain()
    assert await machines.seen("o1", case_id)
    await loop(machines, BySignals(machines.signals)).drain()
    assert await phase_of(machines, case_id) is Phase.DECIDING
    assert "PENDING" not in (await machines.store.outbox_of("here", case_id)).values()


async def test_where_nobody_looks_for_signals_no_machine_judges(machines: Desk) -> None:
    case_id = await disputed(machines)
    await loop(machines, None).drain()
    assert await phase_of(machines, case_id) is Phase.DECIDING


async def test_what_changed_while_it_looked_is_looked_at_again(machines: Desk) -> None:
    case_id = await disputed(machines)
    machine = Machine(machines.world.engine, Calm(machines, case_id))
    with pytest.raises(Busy):
        await machine.judge("here", "o1", case_id, 1, "k")
    assert await phase_of(machines, case_id) is Phase.DECIDING
    assert await Machine(machines.world.engine, Calm(machines)).judge("here", "o1", case_id, 1, "k")
    assert await Machine(machines.world.engine, Calm(machines)).judge("here", "o1", case_id, 1, "k")  # once is once
    assert await phase_of(machines, case_id) is Phase.DISMISSED


async def test_a_market_without_a_class_has_no_machine(desk: Desk) -> None:
    case_id = await disputed(desk)
    await loop(desk, BySignals(desk.signals)).drain()
    assert await phase_of(desk, case_id) is Phase.DECIDING
    answer = await desk.world.engine.handle("here", "o1", case_id, c.JudgeAutomatically(), SYSTEM)
    assert isinstance(answer, Refusal)
    assert answer.code is Code.NOT_AUTOMATIC
