"""What a judgement would record if it were given now, for the statement of reasons to be read before it binds. Pure."""

from datetime import datetime
from typing import Final

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case, Matter
from mufakat.core.decide import Decided, step
from mufakat.core.order import OrderState
from mufakat.core.parties import Actor, Role
from mufakat.core.policy.policy import Policy
from mufakat.core.refusals import Refusal
from mufakat.core.worksheet import JUDGING

SECOND: Final = Actor(Role.AGENT, "a second person")
"""Who is supposed to confirm a draft. A statement never tells who that was."""


def foreseen(
    case: Case,
    order: OrderState,
    policy: Policy,
    agent: Actor,
    now: datetime,
    given: c.RecordFindings,
    judging: c.Judge,
) -> tuple[e.Recorded, ...] | Refusal:
    """The events up to a binding judgement at `now` (UTC): these answers, the judging, and a second person's yes.

    They follow on the case's log and are recorded nowhere. An appeal is decided with the same paragraph and overrides.
    Where a draft waits and nothing is given, it is the draft that binds. Refusals: what recording the answers would
    meet, then what judging would.
    """
    drafted = _fitting(case, given.matter)
    if drafted is not None and drafted.draft is not None and _is_nothing(given, judging):
        confirmed = step(case, order, c.ConfirmJudgement(drafted.number), SECOND, policy, now, case.case_id)
        return confirmed if isinstance(confirmed, Refusal) else confirmed.recorded
    found = step(case, order, given, agent, policy, now, case.case_id)
    if isinstance(found, Refusal):
        return found
    matter = _fitting(found.case, given.matter)
    number = given.matter if matter is None else matter.number
    kind = c.Judge if matter is None else JUDGING[matter.phase]
    command = kind(number, judging.paragraph, judging.overrides)
    judged = step(found.case, order, command, agent, policy, now, case.case_id)
    if isinstance(judged, Refusal):
        return judged
    bound = _confirmed(judged, number, order, policy, now)
    return bound if isinstance(bound, Refusal) else found.recorded + bound


def _confirmed(
    judged: Decided, number: int, order: OrderState, policy: Policy, now: datetime
) -> tuple[e.Recorded, ...] | Refusal:
    """What judging recorded, with what a second person's yes adds where it waits for one."""
    if any(isinstance(each.event, e.Judged) for each in judged.recorded):
        return judged.recorded
    after = judged.case
    confirmed = step(after, order, c.ConfirmJudgement(number), SECOND, policy, now, after.case_id)
    return confirmed if isinstance(confirmed, Refusal) else judged.recorded + confirmed.recorded


def _fitting(case: Case, number: int) -> Matter | None:
    """The part that is to be judged: the one that is named, or the first of those that can be."""
    return next((m for m in case.matters if m.phase in JUDGING and number in (0, m.number)), None)


def _is_nothing(given: c.RecordFindings, judging: c.Judge) -> bool:
    return not (given.answers or given.assessments or judging.paragraph or judging.overrides)
