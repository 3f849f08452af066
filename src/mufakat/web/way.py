"""The way of a case for a page: each phase with whose turn it is, until when, what silence means, who may do what.

It is the process table (`core/process.py`) in words, beside the drawing of it (`diagram.py`), and says all of it to
whoever cannot see that one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mufakat.core.diagram import NEXT_STEP, REMEDY, SHORT, grouped
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Policy
from mufakat.core.policy.rulebook import Rulebook
from mufakat.core.process import LAPSES, OPEN, OWNERS, PROCESS, Move, moves_from
from mufakat.core.words import sentence_case, term
from mufakat.core.words.rules import span
from mufakat.web.diagram import Arrow, Box, drawing
from mufakat.web.steps import OF
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

P = Phase
NAMES: Final[dict[str, str]] = {
    P.REVIEW: _("Request"),
    P.OFFERED: _("Offer"),
    P.REJECTED: _("Request refused"),
    P.PARCEL_REJECTED: _("Parcel refused"),
    P.EVIDENCE: _("Dispute: material"),
    P.DECIDING: _("Judging"),
    P.DISMISSED: _("For the seller"),
    P.AWARDED: _("For the customer"),
    P.APPEAL_EVIDENCE: _("Appeal: material"),
    P.APPEAL_DECIDING: _("Appeal: judging"),
    P.AWAITING_RETURN: _("To send back"),
    P.RETURNING: _("On its way back"),
    P.INSPECTING: _("Check of the return"),
    P.REPORTED: _("Report on the return"),
    P.ASSESSING: _("What befell it"),
    P.PERFORMING: _("To ship or to do"),
    P.DELIVERING: _("On its way"),
    P.CONFIRMING: _("All in order?"),
    P.PAYING: _("Payment"),
    P.DEDUCTING: _("Deduction"),
    P.LATE_APPEAL: _("Late appeal"),
    P.SUSPENDED: _("Held by a court"),
    P.STOPPED: _("Left to a court"),
    P.CLOSED: _("Closed"),
    REMEDY: _("Granted: it is carried out"),
    NEXT_STEP: _("Then: what is owed"),
}
"""What phases are called in a box: two or three words."""
SAID: Final[dict[tuple[str, str], str]] = {
    (P.REVIEW, REMEDY): _("approves"),
    (P.REVIEW, P.OFFERED): _("offers"),
    (P.REVIEW, P.REJECTED): _("refuses"),
    (P.REJECTED, P.EVIDENCE): _("disputes"),
    (P.EVIDENCE, P.DECIDING): _("complete"),
    (P.AWARDED, P.APPEAL_EVIDENCE): _("appeals"),
    (P.AWARDED, REMEDY): _("accepts"),
    (P.APPEAL_EVIDENCE, P.APPEAL_DECIDING): _("complete"),
    (P.AWAITING_RETURN, P.RETURNING): _("ships"),
    (P.RETURNING, P.INSPECTING): _("arrives"),
    (P.INSPECTING, NEXT_STEP): _("in order"),
    (P.PERFORMING, P.DELIVERING): _("ships"),
    (P.DELIVERING, P.CONFIRMING): _("arrives"),
    (P.CONFIRMING, P.CLOSED): _("in order"),
    (P.PAYING, P.DEDUCTING): _("not in time"),
    (P.PAYING, P.CLOSED): _("paid"),
    (P.DEDUCTING, P.CLOSED): _("paid"),
}
"""What stands beside the arrows of the usual way, in a word: whose box it leaves does it, or it befalls the goods."""
LANES: Final = (_("Customer"), _("Seller"), _("Platform"), _("Carrier, payment"))
"""The columns of the drawing."""
SYSTEMS: Final[dict[str, str]] = {
    "RecordFinding": _("Record what was found"),
    "RecordFindings": _("Record the worksheet"),
    "AssessLine": _("Assess a line"),
    "JudgeAutomatically": _("A machine judges, where the rules let it"),
    "ReportPayment": _("The payment provider reports"),
    "RecordFact": _("Carriers and banks report"),
    "DeclareProcess": _("A bank starts a chargeback"),
    "ExtendDue": _("More time after an outage"),
}
"""What is done by no button of a party."""
SILENCE: Final = "silence:"
USUAL: Final = len(OPEN) // 2
"""What can be done in more phases than this is said once, above all of them."""
MANY: Final = frozenset(
    move.command for move in PROCESS if sum(each.command is move.command for each in PROCESS) > USUAL
)
ROLES: Final = (Role.CUSTOMER, Role.SELLER, Role.AGENT, Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Until:
    """How long a phase may last by one clock (its anchor on the page), and what silence means then."""

    key: str
    span: str
    silence: str


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done, and to which phases that leads (none: it stays)."""

    label: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A phase in words. `state`: now, passed, or empty."""

    phase: Phase
    name: str
    text: str
    waits: str
    until: tuple[Until, ...]
    deeds: tuple[tuple[str, tuple[Deed, ...]], ...]
    state: str


@dataclass(frozen=True, slots=True)
class Usual:
    """What can be done nearly everywhere: by whom, and where it cannot."""

    label: str
    who: str
    but: str


@dataclass(frozen=True, slots=True)
class Way:
    """All of it: the drawing, and the same in words (`places`, `usual`).

    boxes: each with name and state. arrows: each with what leads along it. said: the words beside arrows, with where
    they stand and whether that is beside an upright line. lanes: the columns.
    """

    boxes: list[tuple[Box, str, str]]
    arrows: list[tuple[Arrow, str]]
    said: list[tuple[int, int, bool, str]]
    places: list[Place]
    usual: list[Usual]
    lanes: list[str]


def state_of(phase: str, now: frozenset[Phase], passed: frozenset[Phase]) -> str:
    """How a phase is drawn."""
    return "now" if phase in now else "passed" if phase in passed else ""


def usual(t: Tongue) -> list[Usual]:
    """What can be done in nearly every phase, once for each command and role."""
    found = []
    for command in dict.fromkeys(move.command for move in PROCESS if move.command in MANY):
        moves = [move for move in PROCESS if move.command is command]
        roles = [role for role in ROLES if any(role in move.roles for move in moves)]
        but = [phase for phase in OPEN if phase not in {move.phase for move in moves}]
        for label in dict.fromkeys(label_of(t, command.__name__, role) for role in roles):
            mine = [role for role in roles if label_of(t, command.__name__, role) == label]
            who = ", ".join(sentence_case(term(role, t.language)) for role in mine)
            found.append(Usual(label, who, ", ".join(name_of(t, phase) for phase in but)))
    return found


def label_of(t: Tongue, command: str, role: Role) -> str:
    """What a command is called where a role gives it: as on its button."""
    form = OF[role].get(command) if role in OF else None
    return t.say(form.label if form is not None else SYSTEMS[command])


def name_of(t: Tongue, name: str) -> str:
    """What a phase or a bar of the drawing is called."""
    return t.say(NAMES[name])


def how(t: Tongue, arrow: Arrow) -> str:
    """What leads along an arrow, in words: who does what, or what silence means."""
    said = []
    for label in arrow.labels:
        command, _space, who = label.partition(" ")
        if command == SILENCE:
            said.append(t.say(_("nothing happens in time")))
            continue
        roles = [role for role in ROLES if SHORT[role] in who.strip("()").split("/")]
        said += [f"{sentence_case(term(role, t.language))}: {label_of(t, command, role)}" for role in roles]
    ways = f"{name_of(t, arrow.start)} → {name_of(t, arrow.end)}"
    return f"{ways}. {'; '.join(dict.fromkeys(said))}" if said else ways


def drawn(
    t: Tongue, rulebook: Rulebook, policy: Policy, now: Iterable[Phase] = (), passed: Iterable[Phase] = ()
) -> Way:
    """The way under a policy; `now`: the phases in which a case stands, `passed`: through which it went."""
    here, been = frozenset(now), frozenset(passed)
    whole = drawing()
    return Way(
        boxes=[(box, name_of(t, box.name), state_of(box.name, here, been)) for box in whole.boxes],
        arrows=[(arrow, how(t, arrow)) for arrow in whole.arrows],
        said=[(*each.label, t.say(word)) for each in whole.arrows if (word := SAID.get((each.start, each.end)))],
        places=[_place(t, rulebook, policy, phase, state_of(phase, here, been)) for phase in Phase],
        usual=usual(t),
        lanes=[t.say(each) for each in LANES],
    )


def _place(t: Tongue, rulebook: Rulebook, policy: Policy, phase: Phase, state: str) -> Place:
    waits = ", ".join(term(role, t.language) for role in Role if role in OWNERS.get(phase, ()))
    until = tuple(
        Until(f"clock.{name.value}", span(rule.span, t.language), term(rule.lapse, t.language))
        for name, rule in policy.clocks.items()
        if name in rulebook.rows and phase in rulebook.rows[name].phases and rule.lapse in LAPSES.get(phase, {})
    )
    own = [move for move in moves_from(phase) if move.command not in MANY]
    deeds = tuple(
        (sentence_case(term(role, t.language)), tuple(_deed(t, move, role) for move in mine))
        for role in ROLES
        if (mine := [move for move in own if role in move.roles])
    )
    text = sentence_case(term(phase, t.language))
    return Place(phase, name_of(t, phase), text, sentence_case(waits), until, deeds, state)


def _deed(t: Tongue, move: Move, role: Role) -> Deed:
    targets = grouped(move.to - {move.phase})
    order = [name for name in NAMES if name in targets]
    return Deed(label_of(t, move.command.__name__, role), tuple(name_of(t, name) for name in order))
