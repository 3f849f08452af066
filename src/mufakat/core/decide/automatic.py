"""The machine's judgement, and the right to a person (decision 0028). Off where the rulebook names no class.

A machine judges only what was never judged, where the platform's own data answer every item and nobody handed anything
in: there is nothing then that a person could see otherwise than the record.
"""

from enum import StrEnum

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.overriding import needs_second, stake
from mufakat.core.decide.prospect import Prospect, prospect
from mufakat.core.decide.worth import asked_shares
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import AutomaticRule, ClockName
from mufakat.core.process import DISPUTE
from mufakat.core.refusals import Code, refuse


class Hindrance(StrEnum):
    """Why no machine judges a matter. Public: never rename one."""

    NO_CLASS = "NO_CLASS"
    PERSON_ASKED = "PERSON_ASKED"
    JUDGED_BEFORE = "JUDGED_BEFORE"
    PERSON_JUDGES = "PERSON_JUDGES"
    MATERIAL_TO_SEE = "MATERIAL_TO_SEE"
    NOT_SETTLED_BY_DATA = "NOT_SETTLED_BY_DATA"
    ABOVE_AMOUNT = "ABOVE_AMOUNT"


def machine_class(d: Draft, lines: tuple[str, ...], dispute: int) -> str:
    """The class of the rulebook by which a machine may judge a dispute about these lines; empty for none.

    dispute: the how-manieth it is; only a first one is simple enough.
    """
    asked = sum(share.amount for share in asked_shares(d, lines))
    if dispute > 1 or needs_second(d, asked):
        return ""
    return next((each.name for each in _fitting(d, lines) if asked <= each.up_to), "")


def _fitting(d: Draft, lines: tuple[str, ...]) -> list[AutomaticRule]:
    """The classes of the rulebook for requests of this type with these reasons, whatever the amount."""
    reasons = {d.case.line(line).reason for line in lines}
    return [each for each in d.policy.automatic if d.case.type in each.types and reasons <= set(each.reasons)]


def hindrance(d: Draft, number: int) -> Hindrance | None:
    """Why no machine may judge a matter now, or None; what the engine has seen of signals comes on top."""
    matter = d.matter(number)
    rule = next((each for each in d.policy.automatic if each.name == matter.machine), None)
    if rule is None:
        too_much = matter.dispute <= 1 and _fitting(d, matter.lines)
        return Hindrance.ABOVE_AMOUNT if too_much else Hindrance.NO_CLASS
    if matter.person_asked:
        return Hindrance.PERSON_ASKED
    if matter.judgement:
        return Hindrance.JUDGED_BEFORE
    if matter.draft or matter.assessments or not all(f.is_derived for f in matter.findings):
        return Hindrance.PERSON_JUDGES
    if any(not x.material.lines or set(x.material.lines) & set(matter.lines) for x in d.case.exhibits):
        return Hindrance.MATERIAL_TO_SEE
    found = [prospect(d, number, line) for line in matter.lines]
    if any(each.judgement is None for each in found):
        return Hindrance.NOT_SETTLED_BY_DATA
    amount = _stake(d, number, found)
    return Hindrance.ABOVE_AMOUNT if amount > rule.up_to or needs_second(d, amount) else None


def _stake(d: Draft, number: int, found: list[Prospect]) -> int:
    return stake(d, number, tuple(each.judgement for each in found if each.judgement is not None))


def ask_for_person(d: Draft, command: c.AskForPerson, number: int) -> None:
    """Have a person judge: before a machine does, or anew after one did. Neither an appeal nor a dispute is used up."""
    matter = d.matter(number)
    before = matter.phase in DISPUTE
    if matter.person_asked or not (matter.machine if before else matter.automatic):
        raise refuse(Code.PERSON_ALREADY)
    d.add(e.PersonAsked(number, d.actor.role, not before, command.text))
    if not before:
        d.hold(number, sum(share.amount for share in asked_shares(d, matter.lines)))
        d.enter(number, Phase.DECIDING, ClockName.DECISION)
