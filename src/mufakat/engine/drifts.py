"""Where a case and its payment provider differ about one obligation. Pure: what each says in, differences out.

What mends a difference is told with it: a report of what the provider paid and we have not heard of, or a call that the
provider lacks although its delivery is done. Anything else is for a person.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from mufakat.core.case import Case, Matter, is_of_chargebacks
from mufakat.core.effects import Effect, EffectKind
from mufakat.payments.provider import Capabilities, Standing, Verb
from mufakat.store.reconciliations import Drift, DriftState
from mufakat.store.records import POSITIONS_AN_EVENT, Told

PAID_UNHEARD: Final = "PAID_UNHEARD"
"""The provider paid or collected more than the case knows: it is reported."""
PAID_LESS: Final = "PAID_LESS"
"""The provider paid, advanced or collected less than the case says."""
NOT_COMPARED: Final = "NOT_COMPARED"
"""A case could not be compared; the log says why."""
PAID_UNASKED: Final = "PAID_UNASKED"
"""The provider paid what the case does not accept as its own."""
NOT_KNOWN: Final = "NOT_KNOWN"
"""The provider knows nothing of an obligation that the case says was paid, or it cannot be asked now."""
HELD_OTHERWISE: Final = "HELD_OTHERWISE"
"""Another amount is held than the case says: the hold or its release is told again."""
NOT_COLLECTING: Final = "NOT_COLLECTING"
"""Collection was ordered and does not go on: it is told again."""
STILL_COLLECTING: Final = "STILL_COLLECTING"
"""Collection was cancelled and goes on: the cancellation is told again."""
ADJUSTED_OTHERWISE: Final = "ADJUSTED_OTHERWISE"
"""What seller and platform owe each other is another amount at the provider."""
REIMBURSED_OTHERWISE: Final = "REIMBURSED_OTHERWISE"
"""Another amount was given back to the seller than was ordered."""

ORDERS: Final = frozenset({EffectKind.REFUND, EffectKind.RECOVER, EffectKind.CANCEL})
HOLDS: Final = frozenset({EffectKind.HOLD, EffectKind.RELEASE})


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference, and what mends it: `told` again, or where there is none `reported`, a report of the payment."""

    drift: Drift
    told: Told | None = None
    reported: bool = False

    @property
    def mendable(self) -> bool:
        """Whether a run may mend it by itself."""
        return self.told is not None or self.reported


@dataclass(frozen=True, slots=True)
class Ours:
    """What a case says of one obligation: its matter, and what the provider was told about it, in order."""

    case: Case
    matter: Matter
    told: tuple[Told, ...]

    @property
    def obligation(self) -> str:
        """The obligation's name."""
        return self.told[0].effect.obligation

    def paid(self) -> tuple[int, ...]:
        """What was paid, advanced, recovered; for chargebacks only what was recovered."""
        if is_of_chargebacks(self.obligation):
            return (self.matter.recovered,)
        remedy = self.matter.remedy
        return (remedy.paid, remedy.advanced, remedy.recovered) if remedy else (0, 0, 0)

    def last(self, kinds: frozenset[EffectKind]) -> Told | None:
        """What was told last of some kinds, where its delivery is done."""
        rows = [each for each in self.told if each.effect.kind in kinds]
        return rows[-1] if rows and rows[-1].state == "DONE" else None


def differences(ours: Ours, theirs: Standing | None, can: Capabilities, *, settled: bool) -> list[Difference]:
    """Everything that differs. settled: nothing of the case is on its way; else only unheard payments are told."""
    known = theirs is not None
    theirs = theirs or Standing(ours.obligation)
    found = list(_paid(ours, theirs, known=known))
    if settled and (known or not found):
        found += [*_held(ours, theirs, can), *_collecting(ours, theirs, can), *_other(ours, theirs, can)]
    return found


def paid_of(obligation: str, theirs: Standing) -> tuple[int, ...]:
    """The same by the provider."""
    return (theirs.recovered,) if is_of_chargebacks(obligation) else (theirs.paid, theirs.advanced, theirs.recovered)


def again(case: Case, told: Told, day: str) -> tuple[str, Effect]:
    """Key and effect of what is told again: the same order, after everything that the case has said so far."""
    key = f"{case.case_id}:{case.number}:{POSITIONS_AN_EVENT - 1}"
    effect = replace(told.effect, key=key)
    if effect.kind is EffectKind.HOLD:
        effect = replace(effect, amount=case.matter(effect.matter).hold)
    return f"{told.key}:again:{day}", effect


def _paid(ours: Ours, theirs: Standing, *, known: bool) -> Iterator[Difference]:
    pairs = list(zip(ours.paid(), paid_of(ours.obligation, theirs), strict=True))
    if any(one < other for one, other in pairs):
        one, other = next(pair for pair in pairs if pair[0] < pair[1])
        yield Difference(_drift(ours, PAID_UNHEARD, one, other), reported=True)
    elif any(one > other for one, other in pairs):
        one, other = next(pair for pair in pairs if pair[0] > pair[1])
        yield Difference(_drift(ours, PAID_LESS if known else NOT_KNOWN, one, other))


def _held(ours: Ours, theirs: Standing, can: Capabilities) -> Iterator[Difference]:
    last = ours.last(HOLDS)
    if last is None or Verb.HOLD not in can.verbs or theirs.held == ours.matter.hold:
        return
    # What is paid from a hold makes it smaller: then the payment is what has to be heard first.
    remedy = ours.matter.remedy
    if theirs.paid + theirs.recovered != (remedy.paid + remedy.recovered if remedy else 0):
        return
    drift = _drift(ours, HELD_OTHERWISE, ours.matter.hold, theirs.held)
    fits = (last.effect.kind is EffectKind.HOLD) == bool(ours.matter.hold)
    if fits:
        yield Difference(drift, told=last)
    elif last.effect.kind is EffectKind.HOLD:  # all of it was paid out by the case's account
        yield Difference(drift)


def _collecting(ours: Ours, theirs: Standing, can: Capabilities) -> Iterator[Difference]:
    last = ours.last(ORDERS)
    if last is None or Verb.RECOVER not in can.verbs or not can.collects:
        return
    left = last.effect.amount - (theirs.paid - theirs.advanced + theirs.recovered)
    if last.effect.kind is EffectKind.RECOVER and left > 0 and not theirs.collecting:
        yield Difference(_drift(ours, NOT_COLLECTING, left, 0), told=last)
    elif last.effect.kind is EffectKind.CANCEL and theirs.collecting:
        yield Difference(_drift(ours, STILL_COLLECTING, 0, theirs.total - theirs.paid), told=last)


def _other(ours: Ours, theirs: Standing, can: Capabilities) -> Iterator[Difference]:
    for kind, verb, had, code in (
        (EffectKind.ADJUST, Verb.ADJUST, theirs.adjusted, ADJUSTED_OTHERWISE),
        (EffectKind.REIMBURSE, Verb.REIMBURSE, theirs.reimbursed, REIMBURSED_OTHERWISE),
    ):
        last = ours.last(frozenset({kind}))
        if last is not None and verb in can.verbs and had != last.effect.amount:
            yield Difference(_drift(ours, code, last.effect.amount, had))


def _drift(ours: Ours, code: str, one: int, other: int) -> Drift:
    return Drift(code, DriftState.FOUND, ours.obligation, ours.case.case_id, one, other)
