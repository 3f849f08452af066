"""Agents: they answer about every item of material, assess the lines and let the judgement be derived.

An agent sees whether material is genuine, mostly. It answers by what is on the record, never by who is right.
"""

from mufakat.core import commands as c
from mufakat.core.case import Matter
from mufakat.core.claim import (
    Answer,
    Assessment,
    Deception,
    Decision,
    FindingValue,
    Override,
    RemedyKind,
    ReturnIssue,
)
from mufakat.core.money import ceiling
from mufakat.core.order import OrderLine
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.lab import people
from mufakat.lab.people import GROUNDS, Make, View, What, Wish

P = Phase
MOST_ESCALATIONS = 2
"""After so many escalations even a sleepy agent acts."""


def wishes(view: View, matter: Matter) -> tuple[list[Wish], float]:
    """What an agent would like to do in a phase, by weight, and the weight of doing nothing."""
    t = view.traits
    sleepy = 0.0 if matter.escalations >= MOST_ESCALATIONS else t.silent * 0.15
    rare = [(t.extends, "ExtendDue"), (t.suspends, "SuspendExecution")]
    by_phase: dict[Phase, tuple[list[Wish], float]] = {
        P.DECIDING: ([(t.extends, "ExtendDue")], sleepy),
        P.APPEAL_DECIDING: ([(t.extends, "ExtendDue")], sleepy),
        P.ASSESSING: ([(1.0, "AssessDelivery"), (1.0, "AssessReturn"), *rare], sleepy),
        P.STOPPED: ([(0.4, "RecordOrder")], 0.6),
        P.SUSPENDED: ([(0.7, "ResumeExecution"), (0.05, "SuspendExecution")], 0.2),
    }
    return by_phase.get(matter.phase, (rare, 2.0))


def act(view: View, matter: Matter) -> c.Command | None:
    """One act of an agent about a matter, or None."""
    wanted, rest = wishes(view, matter)
    if view.actions(matter.number) & {"Judge", "DecideAppeal"}:
        wanted = [*wanted, (1.0, next_in_deciding(view, matter))]
    if matter.draft is not None:
        wanted = [*wanted, *second_look(view, matter)]
    made: c.Command | None = people.act(view, matter, wanted, rest, MAKERS)
    return made


def next_in_deciding(view: View, matter: Matter) -> str:
    """The next step of an agent who decides: ask, answer, assess, and only then judge."""
    t, appeal = view.traits, matter.phase is P.APPEAL_DECIDING
    asked_enough = matter.findings or matter.material_requests >= view.policy.switches.max_material_requests
    if not appeal and view.rolls(t.asks_more * (t.obstinate * 0.3 if asked_enough else 1.0)):
        return "AskMaterial"
    used_up = matter.sent_back or matter.appeal_late
    if appeal and view.rolls(t.sends_back * (t.obstinate if used_up else 0.6)):
        return "SendBack"
    if unanswered(view, matter):
        return "RecordFindings" if view.rolls(t.marks_at_once) else "RecordFinding"
    if unassessed(matter):
        return "AssessLine"
    return "DecideAppeal" if appeal else "Judge"


def second_look(view: View, matter: Matter) -> list[Wish]:
    """What an agent does about a colleague's draft: mostly agree; sometimes it, or one's own, goes back."""
    assert matter.draft is not None
    own = matter.draft.by == view.actor.id
    return [(0.1 if own else 1.0, "ConfirmJudgement"), (0.3 if own else max(0.05, view.traits.returns), "ReturnDraft")]


def _overrides(view: View, matter: Matter) -> tuple[Override, ...]:
    """A line or two that an agent decides by itself, for whomever; now and then it forgets to say why."""
    if not view.rolls(view.traits.overrides):
        return ()
    return tuple(_one_override(view, line) for line in matter.lines if view.rolls(0.7))


def _one_override(view: View, line: str) -> Override:
    reason = "" if view.rolls(0.1) else view.say("reason")
    if view.rolls(0.4):
        return Override(line, Decision.FOR_SELLER, text=reason)
    most = ceiling(view.order, line, view.case.line(line).units, view.case.case_id)
    kinds = (RemedyKind.REFUND, RemedyKind.REFUND, RemedyKind.REPLACEMENT, RemedyKind.RETURN_AND_REFUND)
    amount = view.odd_amount(most) if most else 1
    return Override(line, Decision.FOR_CUSTOMER, view.chance.choice((*kinds, RemedyKind.OTHER)), amount, reason)


def items_of(view: View, line: str) -> list[tuple[Role, str]]:
    """Every item of a line that a judgement rests on: both parties' material and the platform's data."""
    reason = view.case.line(line).reason
    found = [(party, rule.item) for party in PARTIES for rule in view.policy.expected(reason, party)]
    return found + [(Role.SYSTEM, rule.item) for rule in view.policy.data if rule.reason is reason]


def unanswered(view: View, matter: Matter) -> list[tuple[str, Role, str]]:
    """Items with material that nobody answered about, or that came in after the answer."""
    found = []
    for line in matter.lines:
        for party, item in items_of(view, line):
            given = people.exhibits(view, line, party, item)
            known = matter.finding(line, party, item)
            stale = known is not None and (known.is_derived or known.exhibit < given[-1]) if given else False
            if given and (known is None or stale):
                found.append((line, party, item))
    return found


def unassessed(matter: Matter) -> list[str]:
    """Lines that no agent has assessed."""
    return [line for line in matter.lines if matter.assessment(line) is None]


def _value(view: View, exhibit: int) -> FindingValue:
    """What an agent makes of one exhibit: genuine things mostly hold, others are mostly seen through."""
    digest = view.case.exhibits[exhibit - 1].material.digest
    genuine = view.hidden.genuine.get(digest, True)
    wrong = view.rolls(view.traits.errs)
    if genuine is not wrong:
        return FindingValue.VALID
    values = (FindingValue.INSUFFICIENT, FindingValue.CONTRADICTED, FindingValue.NOT_GENUINE)
    return view.chance.choice(values)


def _finding(view: View, matter: Matter) -> c.RecordFinding:
    answer = _answer(view, *view.chance.choice(unanswered(view, matter)))
    return c.RecordFinding(
        answer.line_id, answer.party, answer.item, answer.value, answer.exhibit, matter.number, answer.text
    )


def _answer(view: View, line: str, party: Role, item: str) -> Answer:
    """What the agent answers about an item with material: by what came last."""
    exhibit = people.exhibits(view, line, party, item)[-1]
    return Answer(line, party, item, _value(view, exhibit), exhibit, view.say("reason") if view.rolls(0.3) else "")


def _findings(view: View, matter: Matter) -> c.RecordFindings:
    """All that waits at once, and what is not assessed yet; a careless agent says something twice."""
    answers = [_answer(view, *each) for each in unanswered(view, matter)]
    if view.rolls(view.traits.obstinate * 0.2):
        answers.append(answers[0])
    return c.RecordFindings(tuple(answers), tuple(_assessed(view, line) for line in unassessed(matter)), matter.number)


def override(view: View, matter: Matter) -> c.RecordFinding | None:
    """An answer about something that the record answers by itself, with a reason: an open override."""
    asked = [(line, *each) for line in matter.lines for each in items_of(view, line)]
    derived = [each for each in asked if each[1] is Role.SYSTEM] or asked
    if not derived:
        return None
    line, party, item = view.chance.choice(derived)
    values = (FindingValue.INSUFFICIENT, FindingValue.CONTRADICTED, FindingValue.MISSING)
    return c.RecordFinding(line, party, item, view.chance.choice(values), 0, matter.number, view.say("reason"))


def _assessed(view: View, line: str) -> Assessment:
    """What the agent finds about a line as a whole."""
    truth = view.hidden.truth(view.order.order.order_id, line)
    ground, severity, cause = GROUNDS[truth.what]
    seen = truth.deceives if view.rolls(0.6) else Deception.NONE
    bought = view.order.order.line(line)
    worth = None
    if view.rolls(0.08):
        most = ceiling(view.order, line, view.case.line(line).units, view.case.case_id)
        worth = view.odd_amount(most) if most else None
    text = view.say("reason") if view.rolls(0.3) else ""
    back = returnable(bought, truth.what)
    return Assessment(line, ground, severity, seen, cause, back, worth, text)


def returnable(line: OrderLine | None, what: What) -> bool:
    """Whether goods can go back: not what spoils, was made to order, is counterfeit or never came."""
    if line is None or line.perishable or line.made_to_order or line.virtual:
        return False
    return what not in (What.FAKE, What.MISSING, What.LOST)


def _ask(view: View, matter: Matter) -> c.AskMaterial:
    parties = view.chance.choice(((Role.CUSTOMER,), (Role.SELLER,), PARTIES))
    asked = [item for line in matter.lines for party, item in items_of(view, line) if party in parties]
    item = view.chance.choice(asked) if asked else "PHOTO_OF_PARCEL"
    hours = view.chance.choice((0, 0, 0, view.chance.randint(1, 30)))
    return c.AskMaterial(parties, item, matter.number, view.say(), hours)


def _assess_return(view: View, matter: Matter) -> c.AssessReturn:
    if parts := people.parts_harmed(view, matter):
        return c.AssessReturn(None, 0, matter.number, view.say("reason"), parts)
    remedy = matter.remedy
    reported = remedy.report if remedy is not None else None
    befell = view.hidden.returns.get(remedy.tracking) if remedy is not None else None
    goods = remedy.goods if remedy is not None else 0
    if befell is None and reported is not None and view.rolls(view.traits.errs):
        befell = reported.issue
    whole = befell is ReturnIssue.LOSS or view.rolls(0.2)
    lost = 0 if befell is None or goods == 0 else goods if whole else view.odd_amount(goods)
    return c.AssessReturn(befell, lost, matter.number, view.say("reason"))


def _record_order(view: View, matter: Matter) -> c.RecordOrder:
    worth = view.worth(matter)
    amount = 0 if view.rolls(0.4) or not worth else view.odd_amount(worth)
    return c.RecordOrder(amount, matter.number, view.say("reference"))


MAKERS: dict[str, Make] = {
    "AskMaterial": _ask,
    "RecordFinding": lambda v, m: (override(v, m) if v.rolls(0.05) else None) or _finding(v, m),
    "RecordFindings": _findings,
    "AssessLine": lambda v, m: c.AssessLine(_assessed(v, unassessed(m)[0]), m.number),
    "Judge": lambda v, m: c.Judge(m.number, overrides=_overrides(v, m)),
    "DecideAppeal": lambda v, m: c.DecideAppeal(m.number, overrides=_overrides(v, m)),
    "ConfirmJudgement": lambda _, m: c.ConfirmJudgement(m.number),
    "ReturnDraft": lambda v, m: c.ReturnDraft(m.number, v.say("reason")),
    "SendBack": lambda v, m: c.SendBack(m.number, v.say("reason")),
    "AssessReturn": _assess_return,
    "AssessDelivery": lambda v, m: c.AssessDelivery(v.rolls(0.5), m.number, v.say("reason")),
    "RecordOrder": _record_order,
    "SuspendExecution": lambda v, m: c.SuspendExecution(m.number, v.say("reference")),
    "ResumeExecution": lambda v, m: c.ResumeExecution(m.number, v.say("reference")),
    "ExtendDue": lambda v, m: c.ExtendDue(v.chance.randint(3600, 3 * 86400), m.number, v.say("reason")),
}
"""How an agent's commands are filled in."""
