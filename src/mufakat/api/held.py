"""What somebody who is signed in as an agent or lead may see and do: work that they have. The one place that says so.

An agent sees cases in which it has or had work. The commands of that work are for who has it, a lead too; what an
agent may do in a case beside it (longer times, courts) is for leads, and for agents who have some work in that case.
A draft that waits for a second person is that person's work; whoever drafted it may take it back all the same.
Parties and servers have their own limits elsewhere; tokens of machines (`ma_...`) are not held to this.
"""

from typing import Any, Final, Protocol

from mufakat.api.principals import Principal
from mufakat.api.rights import Caller
from mufakat.core.case import Case
from mufakat.core.commands import ReturnDraft
from mufakat.core.process import PROCESS
from mufakat.core.view import Action
from mufakat.core.waiting import DECIDING, KINDS, WorkKind
from mufakat.engine.queue import Queue

FITTING: Final[dict[type, frozenset[WorkKind]]] = {
    command: frozenset({KINDS[each.phase] for each in PROCESS if each.command is command} | {WorkKind.CONFIRM})
    for command in DECIDING
}
"""The commands of work, to the kinds of work of which they are."""

BY_NAME: Final[dict[str, frozenset[WorkKind]]] = {command.__name__: kinds for command, kinds in FITTING.items()}
"""The same by the commands' names."""
Work = frozenset[tuple[int, WorkKind]]
"""Work in one case: matters, and what is to be done about each."""


class Known(Protocol):
    """Where it is kept who had work in what."""

    async def knows_case(self, marketplace: str, case_id: str, agent_id: str) -> bool:
        """Whether an agent has or had work in a case that was not handed back because it knows a party."""

    async def knows_order(self, marketplace: str, order_id: str, agent_id: str) -> bool:
        """The same of any case of an order."""


def is_held_to_work(who: Principal) -> bool:
    """Whether the caller sees only cases in which it has or had work."""
    return bool(who.session) and who.caller is Caller.AGENT


async def sees_case(known: Known, who: Principal, case_id: str) -> bool:
    """Whether a case is open to the caller, as far as work decides that."""
    return not is_held_to_work(who) or await known.knows_case(who.marketplace, case_id, who.id)


async def sees_order(known: Known, who: Principal, order_id: str) -> bool:
    """Whether an order is open to the caller, as far as work decides that."""
    return not is_held_to_work(who) or await known.knows_order(who.marketplace, order_id, who.id)


async def works_on(queue: Queue, who: Principal, case_id: str, command: Any) -> bool:
    """Whether a command is of work that the caller has, or of none; if so, the caller's lease begins anew."""
    kinds = FITTING.get(type(command))
    if not who.session or (kinds is None and not is_held_to_work(who)):
        return True
    held = await queue.work_on(who.marketplace, case_id, who.id)
    if kinds is None:
        return any(work.key.kind is not WorkKind.SAMPLE for work in held)
    matter = getattr(command, "matter", 0)
    return any(work.key.kind in kinds and matter in (0, work.key.matter) for work in held)


async def work_in(queue: Queue, who: Principal, case_id: str) -> Work | None:
    """The work that the caller has in a case; None for who is not held to any."""
    if not who.session:
        return None
    held = await queue.held(who.marketplace, who.id)
    return frozenset((work.key.matter, work.key.kind) for work in held if work.key.case_id == case_id)


def is_offered(who: Principal, work: Work | None, action: Action, drafted_by: str) -> bool:
    """Whether `works_on` would let a command pass that the process table allows; drafted_by: whose draft waits."""
    kinds = BY_NAME.get(action.command)
    if work is None or (kinds is None and not is_held_to_work(who)):
        return True
    if kinds is None:
        return any(kind is not WorkKind.SAMPLE for _, kind in work)
    takes_back = action.command == ReturnDraft.__name__ and drafted_by == who.id
    return takes_back or any(kind in kinds and matter == action.matter for matter, kind in work)


def takes_back(who: Principal, case: Case | None, command: Any) -> bool:
    """Whether a command returns a draft of the caller's own, which needs no work in hand."""
    if case is None or not isinstance(command, ReturnDraft):
        return False
    drafts = [each.draft for each in case.matters if command.matter in (0, each.number) and each.draft is not None]
    return bool(drafts) and all(each.by == who.id for each in drafts)
