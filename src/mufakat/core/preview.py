"""What a command would do, in money and deadlines. Pure: it tells what `step` decided, and decides nothing itself.

`as_of` is the case as the clock leaves it at a moment; `preview` holds the case after a command against the one before.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mufakat.core.case import Case, Matter
from mufakat.core.claim import Destination, RemedyKind
from mufakat.core.decide import Decided
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.lapse import settle_due
from mufakat.core.events import Recorded
from mufakat.core.order import OrderState
from mufakat.core.parties import CLOCK, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import LapseOutcome, Policy


@dataclass(frozen=True, slots=True)
class Standing:
    """How a matter stands. Amounts in minor units of the case's currency, `due` in UTC.

    `lapse` is what silence until `due` means. `held` is kept back from the seller's payouts. `owed` is what the
    customer is to have in money (0 where goods are owed), `ordered` what the payment provider was told to pay, `paid`
    what it has paid. `freight` is what the goods' way back cost, borne by `freight_bearer`.
    `destination` is where the money goes that was ordered (None: none was).
    """

    phase: Phase
    due: datetime | None
    lapse: LapseOutcome | None
    outcome: Outcome | None
    held: int
    kind: RemedyKind | None = None
    owed: int = 0
    ordered: int = 0
    paid: int = 0
    freight: int = 0
    freight_bearer: Role | None = None
    destination: Destination | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A matter and its lines after a command, and before it.

    `before` is how matter `came_from` stood, in which its lines were: its own number, or that of the matter it parts
    from now, amounts then being those of the whole. Both are None where the command opens the case.
    """

    matter: int
    lines: tuple[str, ...]
    came_from: int | None
    before: Standing | None
    after: Standing


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be recorded (nothing: no change), the case after it, and every matter before and after.

    The texts in `recorded` are not those that would be stored. All of it is as an agent sees it: what a party may see
    of it is `sight`'s to say.
    """

    recorded: tuple[Recorded, ...]
    case: Case
    matters: tuple[Change, ...]


def preview(before: Case | None, decided: Decided) -> Preview:
    """What a decision changes in a case (None: it opens one)."""
    former = {line: matter for matter in (before.matters if before is not None else ()) for line in matter.lines}
    changes = tuple(_change(matter, former.get(matter.lines[0])) for matter in decided.case.matters)
    return Preview(decided.recorded, decided.case, changes)


def _change(matter: Matter, former: Matter | None) -> Change:
    came_from, before = (None, None) if former is None else (former.number, standing(former))
    return Change(matter.number, matter.lines, came_from, before, standing(matter))


def standing(matter: Matter) -> Standing:
    """How a matter stands in money and deadlines."""
    found = Standing(matter.phase, matter.due, matter.lapse, matter.outcome, matter.hold)
    remedy = matter.remedy
    if remedy is None:
        return found
    return replace(
        found,
        kind=remedy.kind,
        owed=0 if remedy.performs else remedy.total,
        ordered=remedy.ordered,
        paid=remedy.paid,
        freight=remedy.freight,
        freight_bearer=remedy.freight_bearer,
        destination=remedy.destination if remedy.ordered else None,
    )


def as_of(case: Case, order: OrderState, policy: Policy, now: datetime) -> Case:
    """The case with every lapse settled that is due at `now` (UTC), recorded or not (reading 13)."""
    d = Draft(case, order, policy, CLOCK, now)
    settle_due(d)
    return d.case
