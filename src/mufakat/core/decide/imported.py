"""Taking over a case that was under way in another system: its history, decided step by step. Pure.

Theory of operation. Every step goes through `step` at its own instant, under the policy of the day on which the
request was opened, and sees of the order what was known by then; so a case that comes in obeys the rules as one that
was always here. What carriers and banks reported between two steps is told at its own instant. Only the clocks
differ: people acted under another system's deadlines, so no due moment of ours may lapse on them. Each that would
have come before the next step is moved past it (`due.extended`), and at the end, now, every open matter gets until
what the other system promised, or the whole span of its clock anew (docs/decisions/0013).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case
from mufakat.core.decide import step
from mufakat.core.decide.court import extend
from mufakat.core.decide.draft import Draft
from mufakat.core.effects import Effect, EffectKind, effects, of_one_cause
from mufakat.core.order import OrderState
from mufakat.core.parties import SYSTEM, Actor
from mufakat.core.policy.policy import Policy
from mufakat.core.refusals import Code, Refusal
from mufakat.core.usage import usage

OURS: Final = "the platform does this itself"
LATER: Final = "it belongs to carrying out, which begins and ends in one system"
NOT_IMPORTABLE: Final[dict[type, str]] = {
    c.Lapse: "no deadline of ours ran while the case was elsewhere",
    c.Remind: "no reminder of ours was given while the case was elsewhere",
    c.ExtendDue: OURS,
    c.JudgeAutomatically: OURS,
    c.AskForPerson: OURS,
    c.RecordFact: "facts are recorded with the order, before the import",
    c.ReportPayment: OURS,
    **dict.fromkeys((c.PayRefund, c.ConfirmReceipt, c.AcceptReport, c.AssessReturn), LATER),
    **dict.fromkeys((c.ShipOut, c.RefundInstead, c.CompleteRemedy), LATER),
    **dict.fromkeys((c.ConfirmDelivery, c.ReportProblem, c.AssessDelivery), LATER),
    **dict.fromkeys((c.ReportOwnPayment, c.ConfirmOwnPayment, c.DenyOwnPayment), LATER),
    **dict.fromkeys((c.RecordOrder, c.SuspendExecution, c.ResumeExecution), LATER),
}
"""Commands that no history may hold, and why."""
MONEY: Final = (
    e.RefundOrdered,
    e.AdvanceOrdered,
    e.DeductionOrdered,
    e.CollectionStopped,
    e.RefundPaid,
    e.DebtLeft,
    e.ReversalBooked,
    e.ChargebackSettled,
)
"""What must not be in a history: the money of a case moves from one system only, or it could move twice."""


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody did something in the other system, at an instant (UTC)."""

    at: datetime
    actor: Actor
    command: c.Command


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a case comes from: the name of the other system, and the case's id there. Plain codes, no personal text."""

    source: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Retold:
    """A history as events of ours: `firsts` are the numbers with which each command's events begin."""

    case: Case
    recorded: tuple[e.Recorded, ...]
    firsts: tuple[int, ...]


class _Telling:
    """A history in the telling."""

    def __init__(self, order: OrderState, policy: Policy, case_id: str, policy_ref: str) -> None:
        self.order = replace(order, facts=tuple(sorted(order.facts, key=lambda fact: fact.at)))
        self.policy, self.case_id, self.policy_ref = policy, case_id, policy_ref
        self.case: Case | None = None
        self.recorded: list[e.Recorded] = []
        self.firsts: list[int] = []

    def take(self, case: Case, recorded: tuple[e.Recorded, ...] | list[e.Recorded]) -> None:
        """One command's events."""
        if recorded:
            self.firsts.append(recorded[0].number)
            self.recorded += recorded
        self.case = case

    def known(self, at: datetime) -> OrderState:
        """The order as it was known at an instant."""
        facts = tuple(fact for fact in self.order.facts if fact.at <= at)
        own = {} if self.case is None else {self.case_id: usage(self.case)}
        return replace(self.order, facts=facts, uses=self.order.uses | own)

    def act(self, at: datetime, actor: Actor, command: c.Command) -> Refusal | None:
        """One step, after every due moment that would come before it was moved on; what speaks against it."""
        self.bridge(at)
        decided = step(self.case, self.known(at), command, actor, self.policy, at, self.case_id, self.policy_ref)
        if isinstance(decided, Refusal):
            return decided
        self.take(decided.case, decided.recorded)
        return None

    def bridge(self, until: datetime) -> None:
        """Move every due moment that lies before an instant past it: who was under other clocks was not silent."""
        case = self.case
        if case is None or case.last_at is None or case.due is None or case.due > until:
            return
        d = Draft(case, self.known(case.last_at), self.policy, SYSTEM, case.last_at)
        for matter in case.matters:
            if matter.due is not None and matter.due <= until:
                d.allowed = frozenset({matter.phase})
                extend(d, matter.number, int((until - matter.due).total_seconds()) + 1)
        self.take(d.case, d.recorded)

    def arrive(self, origin: Origin, steps: int, promised: Mapping[int, datetime], now: datetime) -> None:
        """From here on it is ours: say where it came from, and until when each open matter now waits."""
        self.bridge(now)
        d = Draft(self.case, self.known(now), self.policy, SYSTEM, now)
        d.add(e.CaseImported(origin.source, origin.external_id, steps, len(self.order.facts)))
        for matter in d.case.matters:
            if matter.due is None or matter.clock is None:
                continue
            more = (promised.get(matter.number) or d.after(matter.clock)) - matter.due
            if more > timedelta():
                d.allowed = frozenset({matter.phase})
                extend(d, matter.number, ceil(more.total_seconds()))
        self.take(d.case, d.recorded)


def retell(
    steps: tuple[Step, ...],
    origin: Origin,
    promised: Mapping[int, datetime],
    order: OrderState,
    policy: Policy,
    now: datetime,
    case_id: str,
    policy_ref: str = "",
) -> Retold | Refusal:
    """Decide a history whose steps are in time order and not after `now`; `promised`: until when, by matter.

    A refusal has the fact `step`, the number of the step (from 1) that cannot be taken over: the core's own, or
    NOT_IMPORTABLE, MONEY_MOVED, HISTORY_NOT_SOUND.
    """
    telling = _Telling(order, policy, case_id, policy_ref)
    for number, each in enumerate(steps, start=1):
        if (why := NOT_IMPORTABLE.get(type(each.command))) is not None:
            name = type(each.command).__name__
            return Refusal(Code.NOT_IMPORTABLE, (("step", str(number)), ("command", name), ("fault", why)))
        before = len(telling.recorded)
        refusal = telling.act(each.at, each.actor, each.command)
        if refusal is not None:
            return at_step(refusal, number)
        until = steps[number].at if number < len(steps) else now
        _tell_facts(telling, each.at, until)
        if any(isinstance(recorded.event, MONEY) for recorded in telling.recorded[before:]):
            return Refusal(Code.MONEY_MOVED, (("step", str(number)),))
    if (fault := _promise_fault(telling.case, promised)) is not None:
        return Refusal(Code.HISTORY_NOT_SOUND, (("fault", fault),))
    telling.arrive(origin, len(steps), promised, now)
    assert telling.case is not None, "a history without steps"
    return Retold(telling.case, tuple(telling.recorded), tuple(telling.firsts))


def at_step(refusal: Refusal, number: int) -> Refusal:
    """A refusal that names the step which it is about, from 1."""
    return replace(refusal, facts=(*refusal.facts, ("step", str(number))))


def _tell_facts(telling: _Telling, after: datetime, until: datetime) -> None:
    """What carriers and banks reported between two steps, each at its own instant."""
    for fact in telling.order.facts:
        if after < fact.at <= until and telling.case is not None and telling.case.is_open:
            telling.act(fact.at, SYSTEM, c.RecordFact(fact))


def _promise_fault(case: Case | None, promised: Mapping[int, datetime]) -> str | None:
    waiting = {matter.number for matter in case.matters if matter.is_open} if case is not None else set()
    lost = sorted(set(promised) - waiting)
    return f"`due` names matter {lost[0]}, which does not wait for anything at the end" if lost else None


def standing_effects(retold: Retold) -> tuple[Effect, ...]:
    """What the world must be told of a case that was taken over: how it stands, and nothing of how it came there.

    For each open matter the hold on what is in dispute (reading 9), and whose turn it is until when.
    """
    last: dict[tuple[int, type], e.Recorded] = {}
    for recorded in retold.recorded:
        if isinstance(recorded.event, e.PhaseEntered | e.HoldPlaced):
            last[recorded.event.matter, type(recorded.event)] = recorded
    found: list[Effect] = []
    for matter in retold.case.matters:
        for kind, wanted in ((e.HoldPlaced, matter.hold > 0), (e.PhaseEntered, matter.is_open)):
            stands = last.get((matter.number, kind)) if wanted else None
            if stands is not None:
                found += effects(stands, retold.case)
    kinds = (EffectKind.HOLD, EffectKind.NOTICE)
    return of_one_cause(effect for effect in found if effect.kind in kinds)
