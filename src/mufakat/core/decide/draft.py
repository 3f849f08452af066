"""The draft of a command's outcome: events so far, and the case as it stands after them.

A draft lives inside one `step`. It checks every change of phase against the process table, so no handler can lead
where the table does not.
"""

from datetime import datetime, timedelta

from mufakat.core import calendar
from mufakat.core import events as e
from mufakat.core.adjusting import MEANS, booked
from mufakat.core.case import Case, Matter
from mufakat.core.claim import Exhibit, Material, MaterialKind
from mufakat.core.evolve import evolve
from mufakat.core.order import TRACKING_NUMBER, OrderState
from mufakat.core.parties import Actor, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import ClockName, Policy
from mufakat.core.process import LAPSES
from mufakat.core.record import has_entry
from mufakat.core.refusals import Code, refuse

MAX_MATERIALS = 100
"""Exhibits of one case."""


class Draft:
    """Events in the making. `allowed`: the phases that the cell in use may lead to."""

    def __init__(self, case: Case | None, order: OrderState, policy: Policy, actor: Actor, now: datetime) -> None:
        self._case = case
        self.order = order
        self.policy = policy
        self.actor = actor
        self.now = now
        self.allowed: frozenset[Phase] = frozenset()
        self.recorded: list[e.Recorded] = []

    @property
    def case(self) -> Case:
        """The case after the events so far."""
        if self._case is None:
            message = "no case yet"
            raise RuntimeError(message)
        return self._case

    def matter(self, number: int) -> Matter:
        """A matter as it stands now."""
        return self.case.matter(number)

    def add(self, event: e.Event) -> None:
        """Record an event and fold it in; what a payment means between seller and platform follows it at once."""
        before = self._case
        number = before.number + 1 if before is not None else 1
        recorded = e.Recorded(number, self.now, self.actor, event)
        self._case = evolve(before, recorded)
        self.recorded.append(recorded)
        if before is not None and isinstance(event, MEANS):
            meant = booked(self.order, self.policy.switches, before, self._case, event)
            if meant is not None:
                self.add(meant)

    def after(self, clock: ClockName, start: datetime | None = None) -> datetime:
        """The end of a clock's span from `start` (now)."""
        span = self.policy.clocks[clock].span
        return calendar.add(span, start or self.now, self.policy.zone, self.policy.holidays)

    def has(self, clock: ClockName) -> bool:
        """Whether the market has this clock at all."""
        return clock in self.policy.clocks

    def enter(self, number: int, phase: Phase, clock: ClockName, due: datetime | None = None) -> None:
        """Let a matter stand in a phase until the clock's end; raises RuntimeError off the process table."""
        lapse = self.policy.clocks[clock].lapse
        if phase not in self.allowed or lapse not in LAPSES[phase]:
            message = f"{self.matter(number).phase} may not lead to {phase} with {lapse}"
            raise RuntimeError(message)
        until = due or self.after(clock)
        self.add(e.PhaseEntered(number, phase, until, clock, lapse, self._reminders(number, phase, clock, until)))

    def _reminders(self, number: int, phase: Phase, clock: ClockName, due: datetime) -> tuple[datetime, ...]:
        """When whoever the phase waits for is reminded: as the rulebook says, of what still lies ahead."""
        spans = self.policy.clocks[clock].remind
        remedy = self.matter(number).remedy
        if not spans or (phase is Phase.PAYING and remedy is not None and remedy.at_once):
            return ()  # the payment provider pays now: nobody is waited for who could be reminded
        moments = (due - timedelta(hours=span.n) for span in spans)
        return tuple(sorted(moment for moment in moments if moment > self.now))

    def close(self, number: int, outcome: Outcome) -> None:
        """End a matter; what was held for it is released."""
        if Phase.CLOSED not in self.allowed:
            message = f"{self.matter(number).phase} may not close here"
            raise RuntimeError(message)
        self.release(number)
        self.add(e.MatterClosed(number, outcome))

    def release(self, number: int) -> None:
        """Release what is held for a matter, if anything is."""
        if self.matter(number).hold:
            self.add(e.HoldReleased(number))

    def hold(self, number: int, amount: int) -> None:
        """Hold an amount (minor units) back from the seller's payouts for a matter."""
        if amount != self.matter(number).hold:
            self.add(e.HoldPlaced(number, amount))

    def fit_hold(self, number: int, most: int) -> None:
        """Hold no more for a matter than what may still be collected for it (minor units)."""
        hold = self.matter(number).hold
        if hold and not most:
            self.release(number)
        elif hold > most:
            self.hold(number, most)

    def split(self, number: int, lines: tuple[str, ...]) -> int:
        """Let some lines of a matter go their own way; gives the new matter's number."""
        new = len(self.case.matters) + 1
        self.add(e.MatterSplit(number, new, lines))
        return new

    def material(self, materials: tuple[Material, ...], giver: Role, stage: str) -> None:
        """Put material on the record; refuses empty pieces, references that lead nowhere, and too many."""
        for each in materials:
            self._check_material(each)
            number = len(self.case.exhibits) + 1
            if number > MAX_MATERIALS:
                raise refuse(Code.TOO_MANY_MATERIALS, limit=MAX_MATERIALS)
            self.add(e.MaterialGiven(Exhibit(number, giver, each, stage)))

    def _check_material(self, material: Material) -> None:
        """A tracking number for TRACKING, an entry of the platform's record for RECORD, and nothing of it else."""
        reference = material.refers_to
        if not material.item or not (material.digest or material.text or reference):
            raise refuse(Code.MATERIAL_EMPTY)
        if material.kind is MaterialKind.RECORD:
            if not has_entry(self.order, reference):
                raise refuse(Code.NOT_IN_THE_RECORD, reference=reference)
        elif material.kind is MaterialKind.TRACKING:
            if not TRACKING_NUMBER.fullmatch(reference):
                raise refuse(Code.REFERENCE_NOT_FITTING, kind=material.kind)
        elif reference:
            raise refuse(Code.REFERENCE_NOT_FITTING, kind=material.kind)
