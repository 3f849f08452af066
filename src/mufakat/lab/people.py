"""People of a simulated world: what is true about the goods, what each person is like, and how anyone picks an act.

Nobody here is clever. A person looks at a case as the platform shows it (`View`), asks `available_actions` what may
be done, and picks one act by weight, with content that fits the hidden truth: a liar's photos are not genuine, an
agent sees most of that. All chance comes from one seeded Random, so a world can be run again.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any, TypeVar

from mufakat.core import commands as c
from mufakat.core.case import Case, Matter
from mufakat.core.claim import (
    Cause,
    Deception,
    Forum,
    Given,
    Ground,
    Material,
    MaterialKind,
    Reason,
    RemedyKind,
    RequestType,
    ReturnIssue,
    ReturnPart,
    Severity,
    Solution,
)
from mufakat.core.expected import Expected, expected_material
from mufakat.core.money import ceiling
from mufakat.core.order import OrderState, Scan
from mufakat.core.parties import Actor, Role
from mufakat.core.policy.policy import Policy
from mufakat.core.usage import unit_worth
from mufakat.core.view import available_actions
from mufakat.lab.phrases import PHRASES

T = TypeVar("T")

CARRIERS = ("PROOF_OF_FULFILLMENT", "DELIVERY_RECEIPT", "PROOF_OF_DELIVERY_SIGNATURE")
"""Material for which a tracking number may stand."""


class What(StrEnum):
    """What really happened to the goods of a line."""

    FINE = "FINE"
    DAMAGED = "DAMAGED"
    BROKEN = "BROKEN"
    FLAWED = "FLAWED"
    WRONG = "WRONG"
    MISSING = "MISSING"
    UNLIKE = "UNLIKE"
    FAKE = "FAKE"
    LATE = "LATE"
    LOST = "LOST"


REASONS: dict[What, Reason] = {
    What.DAMAGED: Reason.DAMAGED,
    What.BROKEN: Reason.DEFECTIVE,
    What.FLAWED: Reason.DEFECTIVE,
    What.WRONG: Reason.WRONG_ITEM,
    What.MISSING: Reason.MISSING_ITEMS,
    What.UNLIKE: Reason.NOT_AS_DESCRIBED,
    What.FAKE: Reason.COUNTERFEIT,
    What.LATE: Reason.ARRIVED_LATE,
    What.LOST: Reason.ITEM_NOT_RECEIVED,
}
"""The honest reason for each truth."""

GROUNDS: dict[What, tuple[Ground, Severity, Cause]] = {
    What.FINE: (Ground.INCONSISTENT, Severity.MINOR, Cause.CUSTOMER),
    What.DAMAGED: (Ground.QUALITY, Severity.MINOR, Cause.CARRIER),
    What.BROKEN: (Ground.QUALITY, Severity.MAJOR, Cause.SELLER),
    What.FLAWED: (Ground.QUALITY, Severity.MINOR, Cause.SELLER),
    What.WRONG: (Ground.INCONSISTENT, Severity.MINOR, Cause.SELLER),
    What.MISSING: (Ground.INCONSISTENT, Severity.MINOR, Cause.SELLER),
    What.UNLIKE: (Ground.INCONSISTENT, Severity.MINOR, Cause.SELLER),
    What.FAKE: (Ground.COUNTERFEIT, Severity.MAJOR, Cause.SELLER),
    What.LATE: (Ground.DELIVERY, Severity.MINOR, Cause.CARRIER),
    What.LOST: (Ground.DELIVERY, Severity.MINOR, Cause.CARRIER),
}
"""What a careful agent would find."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth about one line: what happened, and who of the two deceives."""

    what: What
    deceives: Deception = Deception.NONE


@dataclass(slots=True)
class Hidden:
    """What only the world knows: the truth of each line, which material is genuine, what befell a return."""

    truths: dict[tuple[str, str], Truth] = field(default_factory=dict)
    genuine: dict[str, bool] = field(default_factory=dict)
    returns: dict[str, ReturnIssue | None] = field(default_factory=dict)

    def truth(self, order_id: str, line_id: str) -> Truth:
        """The truth of a line; nothing happened where nobody said otherwise."""
        return self.truths.get((order_id, line_id), Truth(What.FINE))


@dataclass(frozen=True, slots=True)
class Traits:
    """What a person is like: each a probability. One of a role leaves the other roles' traits unused."""

    silent: float = 0.08
    slow: float = 0.25
    chats: float = 0.06
    lies: float = 0.25
    hands_in: float = 0.75
    proposes: float = 0.035
    agrees: float = 0.4
    court: float = 0.015
    # customers
    gives_up: float = 0.04
    asks_again: float = 0.2
    disputes: float = 0.9
    disagrees: float = 0.5
    ships_back: float = 0.85
    own_carrier: float = 0.3
    contests: float = 0.5
    troubled: float = 0.3
    # sellers
    approves: float = 0.2
    rejects: float = 0.8
    offers: float = 0.2
    concedes: float = 0.02
    appeals: float = 0.8
    regrets: float = 0.5
    accepts: float = 0.2
    ships_out: float = 0.9
    pays_instead: float = 0.05
    refuses_parcels: float = 0.3
    reports: float = 0.3
    pays: float = 0.5
    starts: float = 0.06
    pays_by_hand: float = 0.15
    # agents
    errs: float = 0.12
    obstinate: float = 0.1
    asks_more: float = 0.2
    sends_back: float = 0.3
    marks_at_once: float = 0.4
    extends: float = 0.03
    suspends: float = 0.04
    overrides: float = 0.12
    returns: float = 0.2
    # both parties
    wants_a_person: float = 0.4

    @classmethod
    def drawn(cls, chance: Random) -> "Traits":
        """Somebody: each trait weaker, stronger or absent by chance."""
        factors = (0.0, 0.5, 1.0, 1.0, 1.0, 1.5, 2.5)
        return cls(**{each.name: min(0.95, getattr(cls(), each.name) * chance.choice(factors)) for each in fields(cls)})


@dataclass(frozen=True, slots=True)
class View:
    """A case as one person sees it, with what that person is like and the world's hidden truth."""

    marketplace: str
    case: Case
    order: OrderState
    policy: Policy
    actor: Actor
    now: datetime
    traits: Traits
    hidden: Hidden
    chance: Random

    @property
    def role(self) -> Role:
        """The role in which this person acts."""
        return self.actor.role

    def actions(self, matter: int) -> set[str]:
        """Names of what may be done about a matter now."""
        return {each.command for each in available_actions(self.case, self.role) if each.matter == matter}

    def rolls(self, probability: float) -> bool:
        """Whether something of that probability happens."""
        return rolls(self.chance, probability)

    def say(self, what: str = "plain") -> str:
        """Something to write, in the market's language or in English."""
        return say(self.chance, self.policy.market, what)

    def worth(self, matter: Matter) -> int:
        """All that may still go back for a matter's lines (minor units)."""
        units = [(line, self.case.line(line).units) for line in matter.lines]
        return sum(ceiling(self.order, line, chosen, self.case.case_id) for line, chosen in units)

    def odd_amount(self, most: int) -> int:
        """A part of an amount that seldom divides, at least 1."""
        return self.chance.choice((max(1, most // 3), max(1, most * 7 // 10), self.chance.randint(1, max(1, most))))


@dataclass(frozen=True, slots=True)
class Asking:
    """An order as one of its parties sees it who may ask for something."""

    order: OrderState
    policy: Policy
    traits: Traits
    hidden: Hidden
    chance: Random

    def rolls(self, probability: float) -> bool:
        """Whether something of that probability happens."""
        return rolls(self.chance, probability)

    def say(self, what: str = "plain") -> str:
        """Something to write, in the market's language or in English."""
        return say(self.chance, self.policy.market, what)


Make = Callable[[View, Matter], Any]
Wish = tuple[float, str]


def rolls(chance: Random, probability: float) -> bool:
    """Whether something of that probability happens."""
    return chance.random() < probability


def say(chance: Random, market: str, what: str) -> str:
    """A phrase of that kind in the market's language or in English."""
    spoken = PHRASES[chance.choice((market, "EN"))]
    return chance.choice(spoken.get(what) or spoken["plain"])


def pick(chance: Random, wishes: list[Wish], rest: float) -> str:
    """One name by weight; `rest` is the weight of doing nothing, which is the empty name."""
    names = ["", *(name for _, name in wishes)]
    weights = [rest, *(weight for weight, _ in wishes)]
    return chance.choices(names, weights)[0] if sum(weights) > 0 else ""


def act(view: View, matter: Matter, wishes: list[Wish], rest: float, makers: dict[str, Make]) -> Any:
    """The command somebody picks among what may be done, or None: silence."""
    allowed = view.actions(matter.number)
    name = pick(view.chance, [wish for wish in wishes if wish[1] in allowed and wish[0] > 0], rest)
    return (makers.get(name) or COMMON[name])(view, matter) if name else None


def material(view: View, item: str, lines: tuple[str, ...], *, genuine: bool) -> Material:
    """A piece of material; whether it is genuine only the world knows."""
    digest = hashlib.sha256(f"{view.actor.id} {item} {view.chance.random()}".encode()).hexdigest()
    view.hidden.genuine[digest] = genuine
    text = view.say() if view.rolls(0.3) else ""
    return Material(item, MaterialKind.FILE, digest, lines, text)


def missing_items(view: View, matter: Matter) -> list[Expected]:
    """What this party has not handed in of its own list about a matter: more than need be, as people do."""
    listed = expected_material(view.case, view.order, view.policy, view.role, view.now)
    return [each for each in listed if each.matter == matter.number and each.state is not Given.GIVEN]


def exhibits(view: View, line: str, party: Role, item: str) -> list[int]:
    """Numbers of what a party handed in under a name for a line."""
    return [
        x.number
        for x in view.case.exhibits
        if x.giver is party and x.material.item == item and (not x.material.lines or line in x.material.lines)
    ]


def is_right(view: View, line: str) -> bool:
    """Whether this party's story about a line is the true one."""
    truth = view.hidden.truth(view.order.order.order_id, line)
    true_claim = REASONS.get(truth.what) is view.case.line(line).reason
    return true_claim if view.role is Role.CUSTOMER else not true_claim


def one_piece(view: View, matter: Matter) -> Material:
    """Something to hand in: what is expected and missing, else anything; genuine where the story is true."""
    missing = missing_items(view, matter)
    wanted = view.chance.choice(missing) if missing else None
    line, item = (wanted.line_id, wanted.item) if wanted is not None else ("", "OTHER_MATERIAL")
    line = line or matter.lines[0]
    genuine = is_right(view, line) or not view.rolls(max(0.5, view.traits.lies))
    lines = () if view.rolls(0.3) else (line,)
    if wanted is not None and wanted.known and view.rolls(0.4):
        return Material(item, MaterialKind.RECORD, lines=lines, refers_to=view.chance.choice(wanted.known))
    if item in CARRIERS and view.rolls(0.4):
        return tracking(view, item, lines, genuine=genuine)
    return material(view, item, lines, genuine=genuine)


def tracking(view: View, item: str, lines: tuple[str, ...], *, genuine: bool) -> Material:
    """A tracking number with a picture of the label: of a parcel that the carrier knows, or made up."""
    parcels = [fact.parcel for fact in view.order.facts if isinstance(fact, Scan)]
    number = view.chance.choice(parcels) if parcels and genuine else f"FAKE-{view.chance.randrange(10**6)}"
    shown = material(view, item, lines, genuine=genuine)
    return replace(shown, kind=MaterialKind.TRACKING, refers_to=number)


def pieces(view: View, matter: Matter) -> tuple[Material, ...]:
    """Material that goes along with something else, or none."""
    return (one_piece(view, matter),) if view.rolls(view.traits.hands_in * 0.4) else ()


def parts_harmed(view: View, matter: Matter) -> tuple[ReturnPart, ...]:
    """What befell which units of a return, as some people tell it; others speak of the parcel as a whole."""
    if matter.remedy is None or not view.rolls(0.4):
        return ()
    worth = [(pair, most) for pair, most in unit_worth(matter.remedy).items() if most > 0 and view.rolls(0.6)]
    return tuple(
        ReturnPart(
            line, (unit,), view.chance.choice(list(ReturnIssue)), view.chance.choice((most, view.odd_amount(most)))
        )
        for (line, unit), most in worth[:20]
    )


def talk(view: View) -> list[Wish]:
    """What either party may do at almost any time."""
    traits = view.traits
    return [
        (traits.chats, "SendMessage"),
        (traits.proposes, "ProposeAgreement"),
        (traits.agrees, "AcceptAgreement"),
        (0.2, "RejectAgreement"),
        (traits.court * 0.3, "DeclareProcess"),
        (traits.wants_a_person * 0.1, "AskForPerson"),
    ]


def solution(view: View, matter: Matter) -> Solution:
    """Terms that one party might offer the other: mostly possible ones."""
    worth = view.worth(matter)
    delivered = view.order.delivered_at() is not None
    kinds = [RemedyKind.REFUND, RemedyKind.REFUND, RemedyKind.REPLACEMENT, RemedyKind.RESEND_MISSING, RemedyKind.OTHER]
    if delivered and view.case.type is not RequestType.CANCEL:
        kinds += [RemedyKind.RETURN_AND_REFUND, RemedyKind.EXCHANGE]
    if view.role is Role.SELLER:
        kinds += [RemedyKind.NOTHING]
    kind = view.chance.choice(kinds)
    in_money = kind in (RemedyKind.REFUND, RemedyKind.RETURN_AND_REFUND, RemedyKind.OTHER)
    part = in_money and (kind is RemedyKind.OTHER or view.rolls(0.5))
    return Solution(kind, view.odd_amount(worth) if part else None, view.say("terms"))


def declaration(view: View, matter: Matter) -> c.DeclareProcess:
    """Somebody goes to court, or says so with a date still to come."""
    started = (view.now - timedelta(days=view.chance.choice((0, 1, 5)))).date()
    return c.DeclareProcess(view.chance.choice(list(Forum)), started, matter.number, view.say("reference"))


COMMON: dict[str, Make] = {
    "SendMessage": lambda v, m: c.SendMessage(pieces(v, m), v.say()),
    "HandIn": lambda v, m: c.HandIn(one_piece(v, m), m.number),
    "CompleteMaterial": lambda _, m: c.CompleteMaterial(m.number),
    "AcceptJudgement": lambda _, m: c.AcceptJudgement(m.number),
    "ProposeAgreement": lambda v, m: c.ProposeAgreement(solution(v, m), m.number),
    "AcceptAgreement": lambda _, m: c.AcceptAgreement(m.number),
    "RejectAgreement": lambda _, m: c.RejectAgreement(m.number),
    "DeclareProcess": declaration,
    "AskForPerson": lambda v, m: c.AskForPerson(m.number, v.say() if v.rolls(0.6) else ""),
}
"""How what both parties can do is filled in."""
