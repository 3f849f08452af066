"""What a world checks of itself, beside the auditor: caches, chains, inboxes, the outbox, and who got in where."""

from typing import Any, Final

from mufakat.core import commands as c
from mufakat.core.case import Case
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Refusal
from mufakat.engine.handle import Done
from mufakat.engine.maintain import Maintenance
from mufakat.lab.auditor import audit_world
from mufakat.lab.record import cases_of, notices
from mufakat.lab.stage import Stage

OF_THE_SYSTEM: Final = (c.ReportPayment, c.RecordFact)
"""What only the system may say, and may still say about a closed case."""


async def of_world(stage: Stage, records: dict[str, dict[str, Any]]) -> list[str]:
    """Everything that is wrong at the end of a world."""
    found: list[str] = []
    keeper = Maintenance(stage.store, stage.clock)
    found += [f"chain of case {b.case_id} breaks at event {b.number}: {b.why}" async for b in keeper.verify()]
    found += [f"rebuild made another {d.what} of case {d.case_id}" async for d in keeper.rebuild()]
    for marketplace, record in records.items():
        cases = await cases_of(stage, marketplace)
        found += [f"case {case.case_id} is still open: {_phases(case)}" for case in cases if case.is_open]
        found += await _inboxes(stage, marketplace, cases)
        found += await _outbox(stage, marketplace, cases)
        found += [f"auditor: {fault}" for fault in audit_world(record)]
    return found


def of_nonsense(case: Case, by: Actor, command: Any, answer: Done | Refusal) -> list[str]:
    """What a nonsense move must not have achieved; `case` as it stood before."""
    if isinstance(answer, Refusal):
        return []
    name = type(command).__name__
    own = {Role.CUSTOMER: case.customer_id, Role.SELLER: case.seller_id}.get(by.role, by.id)
    if by.id != own:
        return [f"{name} by {by.role} {by.id}, who is a stranger to case {case.case_id}, was accepted"]
    if by.role is Role.AGENT and by.id in (case.customer_id, case.seller_id):
        return [f"{name} by an agent who is a party of case {case.case_id} was accepted"]
    if by.role is Role.CLOCK and not isinstance(command, c.Lapse | c.Remind):
        return [f"{name} by the clock was accepted"]
    if isinstance(command, c.Lapse | c.Remind) and by.role is not Role.CLOCK:
        return [f"{type(command).__name__} by {by.role} was accepted"]
    if isinstance(command, OF_THE_SYSTEM) and by.role is not Role.SYSTEM:
        return [f"{name} by {by.role} was accepted"]
    if not case.is_open and answer.case_id == case.case_id and not isinstance(command, OF_THE_SYSTEM):
        return [f"{name} about the closed case {case.case_id} was accepted"]
    return []


async def _inboxes(stage: Stage, marketplace: str, cases: list[Case]) -> list[str]:
    """Nobody finds a notice about a case that is not theirs."""
    parties = {case.case_id: {Role.CUSTOMER: case.customer_id, Role.SELLER: case.seller_id} for case in cases}
    found = []
    for notice in await notices(stage, marketplace):
        if notice.case_id not in parties:
            found.append(f"a notice to {notice.to_role} {notice.to_id} is about the unknown case {notice.case_id}")
        elif notice.to_role != Role.AGENT and parties[notice.case_id][Role(notice.to_role)] != notice.to_id:
            found.append(f"{notice.to_role} {notice.to_id} is told of case {notice.case_id}, which is not theirs")
    return found


async def _outbox(stage: Stage, marketplace: str, cases: list[Case]) -> list[str]:
    """Everything that should leave has left."""
    found = [f"delivery {g.key} was given up: {g.last_error}" for g in await stage.store.given_up(marketplace)]
    for case in cases:
        states = await stage.store.outbox_of(marketplace, case.case_id)
        waiting = sorted(key for key, state in states.items() if state not in ("DONE", "GIVEN_UP"))
        found += [f"delivery {key} never left" for key in waiting[:3]]
    return found


def _phases(case: Case) -> str:
    return ", ".join(matter.phase for matter in case.matters)
