"""Importing: what is refused, with the step and the reason, and how a history is written as JSON."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import Material
from mufakat.core.decide.imported import NOT_IMPORTABLE, Step
from mufakat.core.order import OUTBOUND, Scan, ScanKind
from mufakat.core.parties import CLOCK, SYSTEM, Actor, Role
from mufakat.core.refusal_texts import sentence
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.handle import Engine
from mufakat.engine.ids import Uuids
from mufakat.engine.importing import (
    LONGEST_PROMISE,
    MAX_STEPS,
    History,
    Imported,
    decode_history,
    encode_history,
    import_case,
)
from mufakat.engine.policies import Rulebooks
from mufakat.lab.memory import MemoryStore
from mufakat.store.codec import CodecError
from mufakat.store.records import Marketplace
from tests.core.story import CUSTOMER, DAY, DELIVERED, HOUR, SELLER, order
from tests.engine.histories import DISPUTE, DISPUTED, OPENED, REJECT, nine_days_on, refused, taken, told
from tests.store.world import ASK, World


@pytest.fixture
async def here() -> World:
    """A world in memory, nine days after the delivery."""
    return await nine_days_on(World(MemoryStore()))


@pytest.mark.parametrize(
    "history,step",
    [
        (told(steps=()), None),
        (told(steps=(Step(OPENED, CUSTOMER, c.SendMessage(text="hello")),)), 1),
        (told((-HOUR, SELLER, REJECT)), 2),
        (told((DAY, SELLER, REJECT), (HOUR, CUSTOMER, DISPUTE)), 3),
        (told((9 * DAY, SELLER, REJECT)), 2),
        (told(steps=(Step(order().purchased_at - HOUR, CUSTOMER, ASK),)), 1),
        (told(due={1: DELIVERED + 9 * DAY}), None),
        (told(due={1: DELIVERED + 9 * DAY + LONGEST_PROMISE + HOUR}), None),
        (told(due={2: DELIVERED + 10 * DAY}), None),
        (told((HOUR, CUSTOMER, c.WithdrawRequest()), due={1: DELIVERED + 10 * DAY}), None),
        (told(external_id="Ani Wijaya, who lives here"), None),
        (told(source="ani@example.org"), None),
        (told(*[(HOUR, CUSTOMER, c.SendMessage(text="again"))] * MAX_STEPS), None),
    ],
)
async def test_a_history_that_cannot_be_is_refused_with_the_reason(here: World, history: History, step: int) -> None:
    assert await refused(here, history) == (Code.HISTORY_NOT_SOUND, step)
    answer = await import_case(here.engine, "here", history)
    assert isinstance(answer, Refusal)
    assert dict(answer.facts)["fault"] in sentence(answer, Role.SYSTEM)


SAMPLES: dict[type, Any] = {
    c.ExtendDue: c.ExtendDue(60, text="x"),
    c.RecordFact: c.RecordFact(Scan(OUTBOUND, ScanKind.LOST, OPENED)),
    c.ReportPayment: c.ReportPayment("x:1", 5),
    c.AssessReturn: c.AssessReturn(None),
    c.ShipOut: c.ShipOut("JX1"),
    c.ReportOwnPayment: c.ReportOwnPayment(5, Material("PROOF", digest="d")),
    c.CompleteRemedy: c.CompleteRemedy(Material("PROOF", digest="d")),
    c.AssessDelivery: c.AssessDelivery(upheld=True),
    c.RecordOrder: c.RecordOrder(5),
}
"""Commands that need something said; the others are complete without."""


@pytest.mark.parametrize("kind", NOT_IMPORTABLE, ids=lambda kind: kind.__name__)
async def test_what_belongs_to_one_system_only_is_no_step_of_a_history(here: World, kind: type) -> None:
    history = told((HOUR, CLOCK if kind in (c.Lapse, c.Remind) else SYSTEM, SAMPLES.get(kind) or kind()))
    assert await refused(here, history) == (Code.NOT_IMPORTABLE, 2)


async def test_a_case_whose_money_moves_is_finished_where_it_is(here: World) -> None:
    assert await refused(here, told((HOUR, SELLER, c.ApproveRequest()))) == (Code.MONEY_MOVED, 2)
    assert await refused(here, told((3 * HOUR, SELLER, REJECT), (4 * HOUR, SELLER, c.Concede()))) == (
        Code.MONEY_MOVED,
        3,
    )


async def test_the_cores_own_refusals_name_the_step(here: World) -> None:
    assert await refused(here, told((HOUR, CUSTOMER, c.ApproveRequest()))) == (Code.WRONG_ROLE, 2)
    assert await refused(here, told((HOUR, Actor(Role.SELLER, "other"), REJECT))) == (Code.NOT_YOURS, 2)
    assert await refused(here, told((HOUR, SELLER, replace(REJECT, text="x" * 4001)))) == (Code.TEXT_TOO_LONG, 2)
    assert await refused(here, told((HOUR, CUSTOMER, ASK))) == (Code.ALREADY_OPEN, 2)


async def test_the_order_must_be_there(here: World) -> None:
    answer = await import_case(here.engine, "here", told(order_id="o9"))
    assert isinstance(answer, Refusal)
    assert answer.code is Code.NO_SUCH_ORDER


async def test_before_the_first_rulebook_there_is_no_law_unless_the_engine_dates_it_back(here: World) -> None:
    old = replace(order(), order_id="o2", purchased_at=DELIVERED - 900 * DAY, promised_by=None)
    assert not isinstance(await here.engine.put_order("here", old), Refusal)
    for kind, at in ((ScanKind.IN_TRANSIT, 2), (ScanKind.DELIVERED, 1)):
        fact = Scan(OUTBOUND, kind, DELIVERED - 880 * DAY - at * HOUR)
        assert not isinstance(await here.engine.record_fact("here", "o2", fact), Refusal)
    history = told(order_id="o2", steps=(Step(DELIVERED - 880 * DAY, CUSTOMER, ASK),))
    assert await refused(here, history) == (Code.BEFORE_RULEBOOK, None)
    dated_back = Engine(here.store, Rulebooks(backdate=True), here.clock, here.sealer, Uuids())
    assert isinstance(await import_case(dated_back, "here", history), Imported)


async def test_the_marketplaces_own_clock_says_what_is_past(here: World) -> None:
    await here.store.put_marketplace(Marketplace("here", "id", frozen=OPENED + HOUR))
    assert await refused(here, DISPUTED) == (Code.HISTORY_NOT_SOUND, 2)
    imported = await taken(here, told())
    assert imported.case.last_at == OPENED + HOUR


# --- as JSON


def test_a_history_is_the_same_after_json() -> None:
    history = replace(DISPUTED, due={1: DELIVERED + 10 * DAY, 12: DELIVERED + 11 * DAY})
    assert decode_history(encode_history(history)) == history


def test_the_example_of_the_guide_is_a_history() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "importing.md").read_text(encoding="utf-8")
    history = decode_history(guide.partition("```json")[2].partition("```")[0])
    assert [type(each.command) for each in history.steps] == [c.OpenRequest, c.RejectRequest]


def one_step(at: str, role: str, command: str) -> str:
    """The JSON of a history of one step."""
    step = {"at": at, "actor": {"role": role, "id": "ani"}, "command": {"command": command}}
    return json.dumps({"order_id": "o1", "source": "s", "external_id": "e", "steps": [step]})


@pytest.mark.parametrize(
    "body,says",
    [
        ("nothing", "no history"),
        ('{"order_id": "o1"}', "source"),
        ('{"order_id":"o1","source":"s","external_id":"e","steps":[],"dues":{}}', "dues"),
        (
            one_step("2026-03-01T09:00:00", "CUSTOMER", "AcceptOffer"),
            "step 1: 2026-03-01T09:00:00 has no zone",
        ),
        (
            one_step("2026-03-01T09:00:00Z", "CUSTOMER", "AcceptOfer"),
            "step 1: there is no command 'AcceptOfer'",
        ),
        (
            one_step("2026-03-01T09:00:00Z", "BUYER", "AcceptOffer"),
            "BUYER",
        ),
    ],
)
def test_what_is_no_history_is_told_where(body: str, says: str) -> None:
    with pytest.raises(CodecError, match=says):
        decode_history(body)
