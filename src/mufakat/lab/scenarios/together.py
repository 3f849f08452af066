"""Steps that stand for several commands: findings on all items, both sides at once, the carrier, the clock.

`given` is a beginning: the plain steps that lead to a stage, an hour apart, so that a scenario can start where it
becomes interesting.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from mufakat.core import commands as c
from mufakat.core.claim import Assessment, Cause, Deception, FindingValue, Ground, RequestType, Severity
from mufakat.core.order import (
    OUTBOUND,
    Amendment,
    CarrierAnswer,
    ChargebackNotice,
    ChargebackStage,
    OutsideRefund,
    Payment,
    Scan,
    ScanKind,
)
from mufakat.core.parties import CLOCK, PARTIES, SYSTEM, Role
from mufakat.core.refusals import Code, Refusal
from mufakat.lab.scenarios.keys import FLAG, MOMENT, NUMBER, NUMBERS, TEXT, Key, choice, needed
from mufakat.lab.scenarios.order import instant
from mufakat.lab.scenarios.shape import Step
from mufakat.lab.scenarios.verbs import ASK_KEYS, SINGLE, WITH_KEYS, material
from mufakat.lab.scenarios.world import ImpossibleStepError, RefusedStepError, World

Act = Callable[[World, Step], None]


@dataclass(frozen=True, slots=True)
class Deed:
    """One step of several commands: what is done, and the keys it takes."""

    act: Act
    keys: dict[str, Key]


def _hand_in_everything(world: World, said: Step) -> None:
    """Each side hands in all that is expected of it, whatever its level, for every line."""
    matter = world.matter(said.case, said.about)
    for role in PARTIES:
        for line in matter.lines:
            for rule in world.policy.expected(world.case(said.case).line(line).reason, role):
                command = c.HandIn(material(rule.item, role, (line,)), matter.number)
                world.give(said.case, world.actor(role, said), command)


def _are_complete(world: World, said: Step) -> None:
    """Each side that may still hand in says that its material is complete."""
    for role in PARTIES:
        matter = world.matter(said.case, said.about)
        if matter.window(role) is not None:
            world.give(said.case, world.actor(role, said), c.CompleteMaterial(matter.number))


def _find(world: World, said: Step) -> None:
    """The agent answers about one item, or about all that a side handed in, for one line or all."""
    matter, case = world.matter(said.case, said.about), world.case(said.case)
    party = said.args["party"]
    lines = (said.args["line"],) if "line" in said.args else matter.lines
    for line in lines:
        expected = [rule.item for rule in world.policy.expected(case.line(line).reason, party)]
        given = [x for x in case.exhibits if x.giver is party and (not x.material.lines or line in x.material.lines)]
        items = [x.material.item for x in given if x.material.item in expected]
        for item in [said.args["item"]] if "item" in said.args else dict.fromkeys(items):
            shown = next((x.number for x in given if x.material.item == item), 0)
            command = c.RecordFinding(
                line,
                party,
                item,
                said.args["value"],
                said.args.get("exhibit", shown),
                matter.number,
                said.args.get("because", ""),
            )
            world.give(said.case, world.actor(Role.AGENT, said), command)


ASSESS_KEYS: dict[str, Key] = {
    "ground": choice(Ground),
    "severity": choice(Severity),
    "deception": choice(Deception),
    "cause": choice(Cause),
    "returnable": FLAG,
    "other_worth": NUMBER,
}


def _assess(world: World, said: Step) -> None:
    """The agent says what was found about a line, or about all; what is not said is what the reason means."""
    matter = world.matter(said.case, said.about)
    lines = (said.args["line"],) if "line" in said.args else matter.lines
    for line in lines:
        meant = world.policy.grounds[world.case(said.case).line(line).reason]
        found = Assessment(
            line,
            said.args.get("ground", meant.ground),
            said.args.get("severity", Severity.MINOR),
            said.args.get("deception", Deception.NONE),
            said.args.get("cause", meant.cause),
            returnable=said.args.get("returnable", True),
            other_worth=said.args.get("other_worth"),
        )
        world.give(said.case, world.actor(Role.AGENT, said), c.AssessLine(found, matter.number))


def _fires(world: World, said: Step) -> None:
    """The clock fires: at the time said, else at the due moment, and then not a second before."""
    case = world.case(said.case)
    if said.at is None and said.after is None:
        due = world.matter(said.case, said.about).due if said.about else case.due
        if due is None:
            raise RefusedStepError(Refusal(Code.NOTHING_DUE))
        _too_early(world, said, due - timedelta(seconds=1))
        world.now = max(world.now, due)
    world.lapse(said.case)


def _too_early(world: World, said: Step, then: Any) -> None:
    if then < world.now or then < (world.case(said.case).due or then) - timedelta(seconds=1):
        return
    before, world.now = world.now, then
    try:
        world.give(said.case, CLOCK, c.Lapse())
    except RefusedStepError:
        world.now = before
        return
    raise ImpossibleStepError("the clock fired a second before the due moment")


def _reminds(world: World, said: Step) -> None:
    """The clock reminds: at the time said, else when the next reminder is to be given, and then not a second before."""
    case = world.case(said.case)
    if said.at is None and said.after is None:
        if case.wake is None:
            raise RefusedStepError(Refusal(Code.NOTHING_DUE))
        world.now = max(world.now, case.wake - timedelta(seconds=1))
        try:
            world.give(said.case, CLOCK, c.Remind())
        except RefusedStepError:
            world.now = max(world.now, case.wake)
        else:
            raise ImpossibleStepError("the clock reminded a second before its moment")
    world.give(said.case, CLOCK, c.Remind())


_PARCELS = ("order", "return", "replacement")


def _scan(kind: ScanKind) -> Act:
    def act(world: World, said: Step) -> None:
        told = {name: said.args[name] for name in _TOLD_KEYS if name in said.args}
        world.fact(Scan(_parcel(world, said), kind, world.now, **told))

    return act


def _parcel(world: World, said: Step) -> str:
    name: str = said.args.get("parcel", _PARCELS[0])
    if name == _PARCELS[0]:
        return OUTBOUND
    if name not in _PARCELS:
        return name
    remedy = world.matter(said.case, said.about).remedy
    number = "" if remedy is None else remedy.tracking if name == "return" else remedy.out_tracking
    if not number:
        raise ImpossibleStepError(f"no {name} was shipped yet, so no carrier can scan it")
    return number


def _refund_outside(world: World, said: Step) -> None:
    line = said.args.get("line", world.order.order.lines[0].line_id)
    units = said.args.get("units", (1,))
    world.fact(OutsideRefund(line, units, said.args["amount"], world.now, said.args.get("chargeback", False)))


def _bank(stage: ChargebackStage) -> Act:
    def act(world: World, said: Step) -> None:
        told = said.args
        line, units = told.get("line", ""), told.get("units", ())
        world.fact(ChargebackNotice(told["reference"], told["amount"], stage, world.now, line, units))

    return act


def _answers_claim(world: World, said: Step) -> None:
    parcel = _parcel(world, replace(said, args={"parcel": "return"} | said.args))
    world.fact(CarrierAnswer(parcel, said.args["paid"], world.now))


def _takes_payment(world: World, said: Step) -> None:
    world.fact(Payment(said.args["amount"], world.now, said.args.get("method", "")))


def _promise(world: World, said: Step) -> None:
    world.fact(Amendment(instant(said.args["until"], world.policy.zone), world.now))


_TOLD_KEYS = {
    "grams": NUMBER,
    "address_matched": FLAG,
    "signed": FLAG,
    "place": TEXT,
    "source": TEXT,
    "tracking": TEXT,
}
_SCAN_KEYS = {"parcel": TEXT, **_TOLD_KEYS}
_BANK_KEYS = {"reference": needed(TEXT), "amount": needed(NUMBER), "line": TEXT, "units": NUMBERS}

TOGETHER: dict[str, dict[str, Deed]] = {
    "both": {
        "hand in everything": Deed(_hand_in_everything, {}),
        "are complete": Deed(_are_complete, {}),
    },
    "agent": {
        "finds": Deed(
            _find,
            {
                "line": TEXT,
                "party": needed(choice(Role)),
                "item": TEXT,
                "value": needed(choice(FindingValue)),
                "exhibit": NUMBER,
                "because": TEXT,
            },
        ),
        "assesses": Deed(_assess, {"line": TEXT, **ASSESS_KEYS}),
    },
    "clock": {"fires": Deed(_fires, {}), "reminds": Deed(_reminds, {})},
    "carrier": {
        "announces": Deed(_scan(ScanKind.AWAITING_COLLECTION), _SCAN_KEYS),
        "scans": Deed(_scan(ScanKind.IN_TRANSIT), _SCAN_KEYS),
        "delivers": Deed(_scan(ScanKind.DELIVERED), _SCAN_KEYS),
        "loses": Deed(_scan(ScanKind.LOST), _SCAN_KEYS),
        "answers the claim": Deed(_answers_claim, {"parcel": TEXT, "paid": needed(NUMBER)}),
    },
    "bank": {
        "opens a chargeback": Deed(_bank(ChargebackStage.OPENED), _BANK_KEYS),
        "decides for the seller": Deed(_bank(ChargebackStage.WON), _BANK_KEYS),
        "decides for the customer": Deed(_bank(ChargebackStage.LOST), _BANK_KEYS),
    },
    "marketplace": {
        "refunds outside": Deed(
            _refund_outside, {"line": TEXT, "units": NUMBERS, "amount": needed(NUMBER), "chargeback": FLAG}
        ),
        "takes payment": Deed(_takes_payment, {"amount": needed(NUMBER), "method": TEXT}),
        "promises": Deed(_promise, {"until": needed(MOMENT)}),
    },
}
"""Who can do what with several commands."""


def act(world: World, said: Step) -> None:
    """Do what a step says; raises RefusedStepError or ImpossibleStepError."""
    deed = TOGETHER.get(said.who, {}).get(said.what)
    if deed is not None:
        deed.act(world, said)
        return
    role, verbs = SINGLE[said.who]
    actor = SYSTEM if role is Role.SYSTEM else world.actor(role, said)
    world.give(said.case, actor, verbs[said.what].build(world, said))


_VALID, _WEAK = FindingValue.VALID, FindingValue.INSUFFICIENT
_Stages = list[list[tuple[str, str, dict[str, Any]]]]
_REQUEST: _Stages = [[("customer", "asks", {})]]
_REJECTED: _Stages = [*_REQUEST, [("seller", "rejects", {})]]
_DISPUTE: _Stages = [*_REJECTED, [("customer", "disputes", {})]]
_TO_DECIDE: _Stages = [*_DISPUTE, [("both", "hand in everything", {}), ("both", "are complete", {})]]
_FOR_CUSTOMER: _Stages = [
    *_TO_DECIDE,
    [
        ("agent", "finds", {"party": Role.CUSTOMER, "value": _VALID}),
        ("agent", "finds", {"party": Role.SELLER, "value": _WEAK}),
        ("agent", "assesses", {}),
        ("agent", "judges", {}),
    ],
]
_FOR_SELLER: _Stages = [
    *_TO_DECIDE,
    [
        ("agent", "finds", {"party": Role.CUSTOMER, "value": _VALID}),
        ("agent", "finds", {"party": Role.SELLER, "value": _VALID}),
        ("agent", "judges", {}),
    ],
]

BEGINNINGS: dict[str, _Stages] = {
    "a request": _REQUEST,
    "an approved request": [*_REQUEST, [("seller", "approves", {})]],
    "a rejected request": _REJECTED,
    "a dispute": _DISPUTE,
    "a dispute to decide": _TO_DECIDE,
    "a judgement for the customer": _FOR_CUSTOMER,
    "a judgement for the seller": _FOR_SELLER,
    "an enforceable judgement": [*_FOR_CUSTOMER, [("seller", "accepts the judgement", {})]],
}
"""What a scenario can begin with; each inner list is an hour after the one before."""

GIVEN_KEYS: dict[str, Key] = {**ASK_KEYS, **WITH_KEYS, **ASSESS_KEYS, "keep_goods": FLAG}


def begin(world: World, said: Step) -> None:
    """Do the plain steps that lead to a stage."""
    for hour, steps in enumerate(BEGINNINGS[said.what]):
        world.now += timedelta(hours=1 if hour else 0)
        for who, what, args in steps:
            act(world, replace(said, who=who, what=what, args=args | _told(what, said.args), at=None))


def _told(what: str, args: dict[str, Any]) -> dict[str, Any]:
    """Which of the beginning's keys a plain step takes."""
    keys = {"asks": {*ASK_KEYS, *WITH_KEYS}, "approves": {"keep_goods"}, "assesses": set(ASSESS_KEYS)}.get(what, set())
    told = {name: value for name, value in args.items() if name in keys}
    return {"for": RequestType.REFUND} | told if what == "asks" else told
