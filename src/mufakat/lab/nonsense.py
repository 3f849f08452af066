"""Nonsense: any command by anybody about any case, with content that may or may not fit.

A sound process refuses most of it and stays sound under the rest; a wrong table lets something through that the
auditor sees. Two roles never lie, or the world itself would: SYSTEM reports payments and facts only as they are.
"""

from datetime import timedelta
from enum import Enum
from random import Random
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from mufakat.core import commands as c
from mufakat.core.case import Case, Matter, obligation
from mufakat.core.claim import Assessment, ClaimLine, Material, ReturnPart, Solution
from mufakat.core.order import Amendment, OutsideRefund, Scan, ScanKind
from mufakat.core.parties import Actor, Role
from mufakat.core.process import MOVES
from mufakat.lab import agents, customers, sellers
from mufakat.lab.people import COMMON, View, rolls

MAKERS = {**COMMON, **customers.MAKERS, **sellers.MAKERS, **agents.MAKERS}
TABLE = dict(MOVES)
"""The process table as it was when this module was read: what makes sense, whatever a mutant does to the table."""
WORDS = ("", "", "X1", "Tolong!", "x" * 300)


def actor(chance: Random, case: Case, agents_there: list[str], strangers: list[str]) -> Actor:
    """Anybody: a party of the case, an agent, the clock, the system, or somebody it is none of their business."""
    role = chance.choice((Role.CUSTOMER, Role.SELLER, Role.AGENT, Role.CUSTOMER, Role.SELLER, Role.CLOCK, Role.SYSTEM))
    if role in (Role.CLOCK, Role.SYSTEM):
        return Actor(role, role.value.lower())
    if role is Role.AGENT:
        return Actor(role, chance.choice([*agents_there, *agents_there, case.customer_id]))
    own = case.customer_id if role is Role.CUSTOMER else case.seller_id
    return Actor(role, own if rolls(chance, 0.8) else chance.choice(strangers))


def command(view: View, by: Actor) -> Any:
    """Any command: half the time filled in as somebody in the world would, half the time at random."""
    chance = view.chance
    name = chance.choice(sorted(c.COMMANDS))
    if by.role is Role.SYSTEM and name in ("ReportPayment", "RecordFact"):
        return _true_payment(view)
    if rolls(chance, 0.6):
        return filled_in(view, chance.choice(view.case.matters), c.COMMANDS[name])
    return _filled(c.COMMANDS[name], view)


def filled_in(view: View, matter: Matter, kind: type) -> Any:
    """A command about a matter with content that fits, where somebody knows how to fill it in; else at random."""
    maker = MAKERS.get(kind.__name__)
    made = None
    if maker is not None:
        try:
            made = maker(view, matter)
        except (IndexError, AttributeError):  # nothing there to fill it in with
            made = None
    return _filled(kind, view) if made is None else made


def makes_sense(case: Case, by: Actor, command: Any) -> bool:
    """Whether the true table lets this role give this command about some matter: then it is no nonsense."""
    cells = [TABLE.get((matter.phase, type(command))) for matter in case.matters]
    return any(cell is not None and by.role in cell.roles for cell in cells)


def _true_payment(view: View) -> c.ReportPayment:
    """A report that comes again, an old one, or one that is above everything ever owed: never a false amount."""
    matter = view.chance.choice(view.case.matters)
    remedy = matter.remedy
    name, nothing = obligation(view.case.case_id, matter.number), (0, 0, 0)
    if remedy is None:
        return c.ReportPayment(name, view.chance.choice((0, 1)))
    by_seller = remedy.paid - remedy.advanced
    told = ((remedy.paid, remedy.recovered, remedy.advanced), (by_seller // 2, 0, 0), nothing)
    paid, recovered, advanced = view.chance.choice((*told, (remedy.most_ordered + 1, 0, 0)))
    return c.ReportPayment(name, paid, recovered, advanced=advanced)


def _filled(kind: type, view: View) -> Any:
    """A command or a part of one with random content by the types of its fields."""
    hints = get_type_hints(kind)
    return kind(**{name: _value(name, hint, view) for name, hint in hints.items()})


def _value(name: str, hint: Any, view: View) -> Any:
    chance = view.chance
    by_name = _by_name(name, view) if hint in (str, int) else None
    if by_name is not None:
        return by_name
    if get_origin(hint) in (Union, UnionType):
        kinds = [each for each in get_args(hint) if each is not type(None)]
        if type(None) in get_args(hint) and rolls(chance, 0.5):
            return None
        return _fact(view) if Scan in kinds else _value(name, kinds[0], view)
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        return tuple(_value(name.removesuffix("s"), inner, view) for _ in range(chance.choice((0, 1, 1, 2))))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return chance.choice(list(hint))
    if hint is bool:
        return rolls(chance, 0.5)
    if hint is int:
        return chance.choice((-1, 0, 1, 2, 17, 10_001, 10**7))
    if hint is str:
        return chance.choice(WORDS)
    if hint in (ClaimLine, Material, Solution, Assessment, ReturnPart):
        return _filled(hint, view)
    return (view.now + timedelta(days=chance.randint(-30, 3))).date()


def _by_name(name: str, view: View) -> Any:
    """Content that a field of that name needs to have any chance at all."""
    chance, lines = view.chance, [line.line_id for line in view.case.lines]
    if name in ("line_id", "line"):
        return chance.choice([*lines, *lines, "9"])
    if name == "matter":
        return chance.choice((0, 0, 1, 1, 2, len(view.case.matters) + 1))
    if name == "item":
        items = [item for line in lines for _, item in agents.items_of(view, line)]
        return chance.choice([*items, "PHOTO"])
    if name == "digest":
        return chance.choice(("", f"{chance.randrange(16**8):064x}"))
    if name in ("code", "reason_code"):
        return chance.choice([*(rule.code for rule in view.policy.codes), "NO_SUCH_CODE", ""])
    return None


def _fact(view: View) -> Scan | OutsideRefund | Amendment:
    """A fact that somebody who may not report facts might report."""
    return view.chance.choice(
        (
            Scan("OUTBOUND", ScanKind.DELIVERED, view.now),
            OutsideRefund(view.case.lines[0].line_id, (1,), 1, view.now),
            Amendment(view.now, view.now),
        )
    )


def something(text: str) -> c.SendMessage:
    """Something to say, for trying a key twice."""
    return c.SendMessage((), text)
