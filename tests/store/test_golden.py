"""Golden logs: what earlier versions stored still verifies and still folds to the same case.

`golden/*.jsonl` holds one log a file: a head line with marketplace, case and the fold it must give, then the stored
events, byte for byte. Since the first release they are never written anew: a new shape of an event is a new version
with an upcaster. `python -m tests.store.test_golden` adds logs for stories that have none yet; `--anew` writes all of
them again, which is right only before a release has stored such events.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case
from mufakat.core.claim import (
    Assessment,
    FindingValue,
    Ground,
    Material,
    Reason,
    RemedyKind,
    ReturnMethod,
    Severity,
    Solution,
)
from mufakat.core.decide.imported import Step
from mufakat.core.order import Amendment, OutsideRefund
from mufakat.core.parties import Role
from mufakat.core.settlement import Transfer
from mufakat.engine.importing import History, Imported, import_case
from mufakat.engine.maintain import broken_at, remake
from mufakat.lab.memory import MemoryStore
from mufakat.store import codec
from mufakat.store.records import LoggedEvent
from tests.core.story import AGENT, CUSTOMER, DAY, DELIVERED, HOUR, SECOND_AGENT, SELLER, order
from tests.store.world import ASK, World

FOLDER = Path(__file__).with_name("golden")


def told(case: Case) -> Any:
    """What a golden log must fold to, as far as an auditor would ask: fields may be added, none may change."""
    return {
        "order": case.order_id,
        "number": case.number,
        "due": case.due.isoformat() if case.due else None,
        "exhibits": len(case.exhibits),
        "messages": case.messages,
        "matters": [
            {
                "lines": list(matter.lines),
                "phase": matter.phase,
                "outcome": matter.outcome,
                "disputes": matter.disputes,
                "judgement": [[each.line_id, each.decision, each.rule, each.amount] for each in matter.judgement],
                "remedy": matter.remedy.kind if matter.remedy else None,
                "paid": matter.remedy.paid if matter.remedy else 0,
                "hold": matter.hold,
            }
            for matter in case.matters
        ],
    }


def moved(transfer: Transfer) -> list[Any]:
    """A transfer as a golden log has it."""
    named = (transfer.number, transfer.leg, transfer.kind, transfer.debit, transfer.credit, transfer.amount)
    return [*named, transfer.resolves.rpartition(f"{transfer.case_id}:")[2]]


def read(path: Path) -> tuple[dict[str, Any], list[LoggedEvent]]:
    """The head of a golden log, and its events."""
    head, *lines = path.read_text().splitlines()
    logged = []
    for number, line in enumerate(lines, start=1):
        body, stored, previous = json.loads(line)
        logged.append(LoggedEvent(number, body.encode(), bytes.fromhex(stored), bytes.fromhex(previous)))
    return json.loads(head), logged


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_golden_log_still_holds(path: Path) -> None:
    head, logged = read(path)
    assert broken_at(head["marketplace"], head["case"], logged) is None
    remade = remake(head["marketplace"], head["case"], logged, order())
    assert json.loads(json.dumps(told(remade.case))) == head["folds_to"]
    assert [moved(each) for each in remade.transfers] == head["transfers"]


def test_the_golden_logs_are_many_and_none_was_lost() -> None:
    assert {path.stem for path in FOLDER.glob("*.jsonl")} >= set(STORIES)
    stored = {codec.decode_event(each.body).recorded.event for path in FOLDER.glob("*.jsonl") for each in read(path)[1]}
    assert len({e.NAMES[type(event)] for event in stored}) >= 30


async def _approved(world: World) -> str:
    case_id = await world.opened()
    await world.give(SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 40_000, "half now")), case_id)
    await world.give(CUSTOMER, c.DeclineOffer(), case_id)
    await world.give(SELLER, c.ApproveRequest(), case_id)
    await world.until_quiet()
    return case_id


async def _conceded(world: World) -> str:
    case_id = await world.disputed()
    await world.engine.record_fact("here", "o1", Amendment(world.clock.at, world.clock.at))
    await world.engine.record_fact("here", "o1", OutsideRefund("b", (1,), 50_000, world.clock.at))
    await world.give(SELLER, c.Concede(), case_id)
    await world.until_quiet()
    return case_id


async def _unpaid(world: World) -> str:
    world.books.accounts.clear()  # type: ignore[attr-defined]
    return await _conceded(world)


async def _withdrawn(world: World) -> str:
    case_id = await world.disputed()
    await world.give(CUSTOMER, c.WithdrawDispute(), case_id)
    await world.give(CUSTOMER, c.AskAgain(text="please"), case_id)
    await world.until_quiet()
    return case_id


async def _returned(world: World) -> str:
    ask = c.OpenRequest(type(ASK.type).RETURN_AND_REFUND, ASK.lines, ASK.materials, ASK.text)
    case_id = (await world.give(CUSTOMER, ask)).case_id
    world.clock.at += HOUR
    await world.give(SELLER, c.ApproveRequest(), case_id)
    world.clock.at += DAY
    await world.give(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "JX1", 9_000), case_id)
    world.clock.at += DAY
    await world.give(SELLER, c.SendMessage(text="it came"), case_id)
    await world.give(SELLER, c.ConfirmReceipt(), case_id)
    await world.until_quiet()
    return case_id


async def _agreed(world: World) -> str:
    case_id = await world.disputed()
    await world.give(CUSTOMER, c.ProposeAgreement(Solution(RemedyKind.REFUND, 60_000, "sixty")), case_id)
    await world.give(SELLER, c.RejectAgreement(), case_id)
    await world.give(SELLER, c.ProposeAgreement(Solution(RemedyKind.REFUND, 55_000, "less")), case_id)
    await world.give(CUSTOMER, c.AcceptAgreement(), case_id)
    await world.until_quiet()
    return case_id


async def _silent(world: World) -> str:
    case_id = await world.disputed()
    await world.give(CUSTOMER, c.CompleteMaterial(), case_id)
    world.clock.at += 10 * DAY
    await world.deadlines.drain()
    return case_id


async def _judged(world: World) -> str:
    case_id = await world.disputed()
    policy = world.engine.policy_for("id", world.clock.at).policy
    given = [(CUSTOMER, rule.item) for rule in policy.expected(Reason.DEFECTIVE, Role.CUSTOMER)]
    for _, item in given:
        await world.give(CUSTOMER, c.HandIn(Material(item, digest=f"d-{item}", text="see")), case_id)
    for side in (CUSTOMER, SELLER):
        await world.give(side, c.CompleteMaterial(), case_id)
    answer = await world.give(CUSTOMER, c.SendMessage(text="that is all"), case_id)
    for exhibit in answer.case.exhibits[1:]:
        item = exhibit.material.item
        found = c.RecordFinding("a", Role.CUSTOMER, item, FindingValue.VALID, exhibit.number, text="clear")
        await world.give(AGENT, found, case_id)
    await world.give(AGENT, c.AssessLine(Assessment("a", Ground.QUALITY, Severity.MAJOR, text="dead")), case_id)
    await world.give(AGENT, c.Judge(), case_id)
    await world.give(SELLER, c.Appeal(text="it was used"), case_id)
    for side in (CUSTOMER, SELLER):
        await world.give(side, c.CompleteMaterial(), case_id)
    await world.give(SECOND_AGENT, c.DecideAppeal(), case_id)
    await world.until_quiet()
    return case_id


async def _imported(world: World) -> str:
    world.clock.at += 20 * DAY
    steps = (
        Step(DELIVERED + HOUR, CUSTOMER, ASK),
        Step(DELIVERED + 3 * DAY, SELLER, c.RejectRequest(await world.reject_code(), text="it was fine")),
        Step(DELIVERED + 4 * DAY, CUSTOMER, c.RaiseDispute(text="it was not")),
        Step(DELIVERED + 5 * DAY, CUSTOMER, c.WithdrawDispute()),
    )
    told = History("o1", "oldshop", "RMA-1", steps, {1: world.clock.at + 9 * DAY})
    answer = await import_case(world.engine, "here", told)
    assert isinstance(answer, Imported), answer
    world.clock.at += 8 * DAY
    await world.give(CUSTOMER, c.RaiseDispute(text="once more"), answer.case_id)
    await world.give(SELLER, c.Concede(), answer.case_id)
    await world.until_quiet()
    return answer.case_id


STORIES: dict[str, Callable[[World], Awaitable[str]]] = {
    "approved-after-offer": _approved,
    "conceded-and-paid": _conceded,
    "conceded-and-unpaid": _unpaid,
    "withdrawn-and-asked-again": _withdrawn,
    "returned-and-refunded": _returned,
    "agreed-at-the-second-try": _agreed,
    "judged-and-appealed": _judged,
    "waits-for-a-decision": _silent,
    "imported-and-disputed-again": _imported,
}


async def write(name: str) -> None:
    """Add the golden log of a story."""
    world = await World(MemoryStore()).ready(sold=500_000)
    case_id = await STORIES[name](world)
    logged = await world.store.events("here", "o1", case_id)
    remade = remake("here", case_id, logged, order())
    head = {
        "marketplace": "here",
        "case": case_id,
        "folds_to": told(remade.case),
        "transfers": [moved(each) for each in remade.transfers],
    }
    rows = [[each.body.decode(), each.hash.hex(), each.previous.hex()] for each in logged]
    lines = [msgspec.json.encode(each).decode() for each in (head, *rows)]
    (FOLDER / f"{name}.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    for story in STORIES:
        if "--anew" in sys.argv or not (FOLDER / f"{story}.jsonl").exists():
            asyncio.run(write(story))
            print("added", story)
