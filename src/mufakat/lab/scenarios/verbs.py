"""Everything that somebody can do in a scenario: who, the words for it, the keys beside it, and the command it is.

A step is `{ customer = "asks", for = "REFUND" }`: the key says who, its value what, further keys how. Steps that stand
for several commands at once are in `together.py`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mufakat.core import commands as c
from mufakat.core.claim import (
    ClaimLine,
    Decision,
    Forum,
    Material,
    MaterialKind,
    Override,
    Reason,
    RemedyKind,
    RequestType,
    ReturnIssue,
    ReturnMethod,
    ReturnPart,
    Solution,
)
from mufakat.core.parties import PARTIES, Role
from mufakat.core.policy.policy import CodeUse
from mufakat.lab.scenarios.keys import DAY, FLAG, NUMBER, NUMBERS, TEXT, WORDS, Key, choice, choices, needed, tables
from mufakat.lab.scenarios.shape import Step
from mufakat.lab.scenarios.world import ImpossibleStepError, World

Build = Callable[[World, Step], c.Command]


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing to do: the command it is, how it is made, the keys it takes."""

    command: type
    build: Build
    keys: dict[str, Key]


CLAIM_KEYS: dict[str, Key] = {
    "line": TEXT,
    "reason": choice(Reason),
    "units": NUMBERS,
    "quantity": NUMBER,
    "amount": NUMBER,
    "hidden": FLAG,
    "code": TEXT,
}
ASK_KEYS: dict[str, Key] = {"for": choice(RequestType), **CLAIM_KEYS, "lines": tables(CLAIM_KEYS)}
WITH_KEYS: dict[str, Key] = {"with": WORDS, "says": TEXT}
TERMS_KEYS: dict[str, Key] = {"remedy": needed(choice(RemedyKind)), "amount": NUMBER, "says": TEXT}
USUAL_REASON = Reason.DEFECTIVE


def material(item: str, role: Role, lines: tuple[str, ...] = ()) -> Material:
    """A piece of material of that name; its content is told apart by giver and name."""
    return Material(item, digest=hashlib.sha256(f"{role} {item}".encode()).hexdigest(), lines=lines)


def _with(said: Step, role: Role) -> tuple[Material, ...]:
    return tuple(material(item, role) for item in said.args.get("with", ()))


def _says(said: Step) -> str:
    return str(said.args.get("says", ""))


def claim_line(world: World, said: dict[str, object]) -> ClaimLine:
    """A line of a request; without a name the first line of the order, for a defect."""
    units = said.get("units", ())
    assert isinstance(units, tuple)
    return ClaimLine(
        line_id=str(said.get("line", world.order.order.lines[0].line_id)),
        reason=Reason(str(said.get("reason", USUAL_REASON))),
        units=units,
        quantity=_number(said.get("quantity", 1)),
        amount=_number(said["amount"]) if "amount" in said else None,
        reason_code=str(said.get("code", "")),
        hidden=bool(said.get("hidden", False)),
    )


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def ask(world: World, said: Step) -> c.Command:
    """The request that a step asks for."""
    lines = said.args.get("lines", (said.args,))
    role = {"customer": Role.CUSTOMER, "seller": Role.SELLER}.get(said.who, Role.CUSTOMER)
    return c.OpenRequest(
        RequestType(said.args.get("for", RequestType.REFUND)),
        tuple(claim_line(world, each) for each in lines),
        _with(said, role),
        _says(said),
    )


def fitting_code(world: World, said: Step, use: CodeUse | None = None) -> str:
    """The code a step gives, else the first of the market that fits the request and the order's status."""
    if "code" in said.args:
        return str(said.args["code"])
    if use is None:
        kind = world.case(said.case).type
        goods_back = (RequestType.RETURN_AND_REFUND, RequestType.EXCHANGE, RequestType.REPLACEMENT)
        use = CodeUse.REJECT_RETURN if kind in goods_back else CodeUse.REJECT_REFUND
        use = CodeUse.REJECT_CANCEL if kind is RequestType.CANCEL else use
    status = str(world.order.status())
    fitting = [x.code for x in world.policy.codes if x.use is use and (not x.statuses or status in x.statuses)]
    return fitting[0] if fitting else "OTHER"


def _reject(world: World, said: Step) -> c.Command:
    return c.RejectRequest(fitting_code(world, said), world.number(said), _with(said, Role.SELLER), _says(said))


def _reject_parcel(world: World, said: Step) -> c.Command:
    code = fitting_code(world, said, CodeUse.REJECT_PARCEL)
    return c.RejectParcel(code, world.number(said), _with(said, Role.SELLER), _says(said))


def _solution(said: Step) -> Solution:
    return Solution(said.args["remedy"], said.args.get("amount"), _says(said))


def _hand_in(role: Role) -> Build:
    def build(world: World, said: Step) -> c.Command:
        lines, item = (said.about,) if said.about else (), said.args["item"]
        named = {"tracking": MaterialKind.TRACKING, "entry": MaterialKind.RECORD}
        for key, kind in named.items():
            if key in said.args:
                return c.HandIn(Material(item, kind, lines=lines, refers_to=said.args[key]), world.number(said))
        return c.HandIn(material(item, role, lines), world.number(said))

    return build


def _court(world: World, said: Step) -> c.Command:
    return c.DeclareProcess(
        said.args["forum"], said.args["started"], world.number(said), str(said.args.get("reference", ""))
    )


def _plain(command: type) -> Verb:
    """A command that says nothing more."""
    return Verb(command, lambda world, said: command(matter=world.number(said)), {})


def _talk(command: type, role: Role) -> Verb:
    """A command that may bring material and words."""

    def build(world: World, said: Step) -> c.Command:
        made: c.Command = command(matter=world.number(said), materials=_with(said, role), text=_says(said))
        return made

    return Verb(command, build, WITH_KEYS)


def _party(role: Role) -> dict[str, Verb]:
    """What both sides can do."""
    return {
        "asks": Verb(c.OpenRequest, ask, ASK_KEYS | WITH_KEYS),
        "writes": Verb(c.SendMessage, lambda _w, s: c.SendMessage(_with(s, role), _says(s)), WITH_KEYS),
        "hands in": Verb(c.HandIn, _hand_in(role), {"item": needed(TEXT), "tracking": TEXT, "entry": TEXT}),
        "is complete": _plain(c.CompleteMaterial),
        "accepts the judgement": _plain(c.AcceptJudgement),
        "proposes": Verb(c.ProposeAgreement, lambda w, s: c.ProposeAgreement(_solution(s), w.number(s)), TERMS_KEYS),
        "agrees": _plain(c.AcceptAgreement),
        "refuses the terms": _plain(c.RejectAgreement),
        "asks for a person": Verb(c.AskForPerson, lambda w, s: c.AskForPerson(w.number(s), _says(s)), {"says": TEXT}),
        "goes to court": Verb(
            c.DeclareProcess,
            _court,
            {"forum": needed(choice(Forum)), "started": needed(DAY), "reference": TEXT},
        ),
    }


def _ship_back(world: World, said: Step) -> c.Command:
    method = said.args.get("way", ReturnMethod.PLATFORM_CARRIER)
    tracking = said.args.get("tracking", f"return-{said.case}")
    return c.ShipBack(method, tracking, said.args.get("freight", 0), world.number(said))


_SHIP_BACK_KEYS = {"way": choice(ReturnMethod), "tracking": TEXT, "freight": NUMBER}

CUSTOMER = Role.CUSTOMER
CUSTOMER_VERBS: dict[str, Verb] = {
    **_party(CUSTOMER),
    "accepts the offer": _plain(c.AcceptOffer),
    "declines the offer": _plain(c.DeclineOffer),
    "withdraws the request": _plain(c.WithdrawRequest),
    "asks again": _talk(c.AskAgain, CUSTOMER),
    "disputes": Verb(
        c.RaiseDispute,
        lambda w, s: c.RaiseDispute(w.number(s), s.args.get("lines", ()), _with(s, CUSTOMER), _says(s)),
        {"lines": WORDS, **WITH_KEYS},
    ),
    "withdraws the dispute": _plain(c.WithdrawDispute),
    "ships back": Verb(c.ShipBack, _ship_back, _SHIP_BACK_KEYS),
    "accepts the report": _plain(c.AcceptReport),
    "contests the report": _talk(c.ContestReport, CUSTOMER),
    "confirms delivery": _plain(c.ConfirmDelivery),
    "confirms the payment": _plain(c.ConfirmOwnPayment),
    "denies the payment": _plain(c.DenyOwnPayment),
    "reports a problem": _talk(c.ReportProblem, CUSTOMER),
}


PART_KEYS: dict[str, Key] = {
    "line": needed(TEXT),
    "units": NUMBERS,
    "issue": needed(choice(ReturnIssue)),
    "value_lost": needed(NUMBER),
}
"""What befell some units of a line on their way back."""


def _parts(said: Step) -> tuple[ReturnPart, ...]:
    told = said.args.get("parts", ())
    return tuple(ReturnPart(x["line"], x.get("units", ()), x["issue"], x["value_lost"]) for x in told)


def _report(world: World, said: Step) -> c.Command:
    if parts := _parts(said):
        number, given = world.number(said), _with(said, Role.SELLER)
        return c.ReportReturn(None, 0, number, given, _says(said), parts)
    lost = said.args.get("value_lost")
    if lost is None:
        remedy = world.matter(said.case, said.about).remedy
        lost = remedy.goods if remedy else 0
    return c.ReportReturn(said.args.get("issue"), lost, world.number(said), _with(said, Role.SELLER), _says(said))


def _ship_out(world: World, said: Step) -> c.Command:
    return c.ShipOut(said.args.get("tracking", f"replacement-{said.case}"), world.number(said))


def _complete_remedy(world: World, said: Step) -> c.Command:
    return c.CompleteRemedy(material(said.args["item"], Role.SELLER), world.number(said))


SELLER = Role.SELLER
SELLER_VERBS: dict[str, Verb] = {
    **_party(SELLER),
    "approves": Verb(
        c.ApproveRequest,
        lambda w, s: c.ApproveRequest(w.number(s), keep_goods=s.args.get("keep_goods", False)),
        {"keep_goods": FLAG},
    ),
    "rejects": Verb(c.RejectRequest, _reject, {"code": TEXT, **WITH_KEYS}),
    "offers": Verb(c.MakeOffer, lambda w, s: c.MakeOffer(_solution(s), w.number(s)), TERMS_KEYS),
    "concedes": _plain(c.Concede),
    "appeals": _talk(c.Appeal, SELLER),
    "confirms receipt": _plain(c.ConfirmReceipt),
    "rejects the parcel": Verb(c.RejectParcel, _reject_parcel, {"code": TEXT, **WITH_KEYS}),
    "reports the return": Verb(
        c.ReportReturn,
        _report,
        {"issue": choice(ReturnIssue), "value_lost": NUMBER, "parts": tables(PART_KEYS), **WITH_KEYS},
    ),
    "ships": Verb(c.ShipOut, _ship_out, {"tracking": TEXT}),
    "refunds instead": _plain(c.RefundInstead),
    "proves it is done": Verb(c.CompleteRemedy, _complete_remedy, {"item": needed(TEXT)}),
    "pays the refund": _plain(c.PayRefund),
    "says it paid by itself": Verb(
        c.ReportOwnPayment,
        lambda w, s: c.ReportOwnPayment(s.args["amount"], material(s.args["item"], SELLER), w.number(s)),
        {"amount": needed(NUMBER), "item": needed(TEXT)},
    ),
}


def _reference(said: Step) -> str:
    return str(said.args.get("reference", ""))


def _ask_material(world: World, said: Step) -> c.Command:
    hours = said.args.get("hours", 0)
    return c.AskMaterial(said.args.get("of", PARTIES), said.args["item"], world.number(said), _says(said), hours)


def _assess_return(world: World, said: Step) -> c.Command:
    lost = said.args.get("value_lost", 0)
    return c.AssessReturn(said.args.get("issue"), lost, world.number(said), _says(said), _parts(said))


def extend(world: World, said: Step) -> c.Command:
    """Moving a due moment on, by hours."""
    return c.ExtendDue(said.args["hours"] * 3600, world.number(said), _says(said))


OVERRIDE_KEYS: dict[str, Key] = {
    "line": needed(TEXT),
    "decision": needed(choice(Decision)),
    "remedy": choice(RemedyKind),
    "amount": NUMBER,
    "says": TEXT,
}
"""A line that an agent decides otherwise than derived, and why."""


def _override(said: dict[str, Any]) -> Override:
    amount, reason = said.get("amount", 0), str(said.get("says", ""))
    return Override(said["line"], said["decision"], said.get("remedy"), amount, reason)


def _judging(command: type) -> Verb:
    """A judgement, with the lines that the agent decides otherwise."""

    def build(world: World, said: Step) -> c.Command:
        overrides = tuple(_override(each) for each in said.args.get("overrides", ()))
        made: c.Command = command(matter=world.number(said), overrides=overrides)
        return made

    return Verb(command, build, {"overrides": tables(OVERRIDE_KEYS)})


EXTEND = Verb(c.ExtendDue, extend, {"hours": needed(NUMBER), "says": TEXT})

AGENT_VERBS: dict[str, Verb] = {
    "asks": Verb(c.OpenRequest, ask, ASK_KEYS | WITH_KEYS),
    "asks for material": Verb(
        c.AskMaterial, _ask_material, {"item": needed(TEXT), "of": choices(Role), "hours": NUMBER, "says": TEXT}
    ),
    "judges": _judging(c.Judge),
    "decides the appeal": _judging(c.DecideAppeal),
    "confirms the judgement": _plain(c.ConfirmJudgement),
    "returns the draft": Verb(c.ReturnDraft, lambda w, s: c.ReturnDraft(w.number(s), _says(s)), {"says": TEXT}),
    "sends it back": Verb(c.SendBack, lambda w, s: c.SendBack(w.number(s), _says(s)), {"says": TEXT}),
    "enters the court's order": Verb(
        c.RecordOrder,
        lambda w, s: c.RecordOrder(s.args["amount"], w.number(s), _reference(s)),
        {"amount": needed(NUMBER), "reference": TEXT},
    ),
    "suspends": Verb(
        c.SuspendExecution, lambda w, s: c.SuspendExecution(w.number(s), _reference(s)), {"reference": TEXT}
    ),
    "resumes": Verb(c.ResumeExecution, lambda w, s: c.ResumeExecution(w.number(s), _reference(s)), {"reference": TEXT}),
    "extends": EXTEND,
    "assesses the return": Verb(
        c.AssessReturn,
        _assess_return,
        {"issue": choice(ReturnIssue, none=True), "value_lost": NUMBER, "parts": tables(PART_KEYS), "says": TEXT},
    ),
    "assesses the delivery": Verb(
        c.AssessDelivery,
        lambda w, s: c.AssessDelivery(s.args["upheld"], w.number(s), _says(s)),
        {"upheld": needed(FLAG), "says": TEXT},
    ),
}


def _pays(world: World, said: Step) -> c.Command:
    matter = world.matter(said.case, said.about)
    if matter.remedy is None:
        raise ImpossibleStepError("nothing is owed yet, so the provider has nothing to pay")
    paid = said.args.get("so_far", matter.remedy.ordered)
    advanced, recovered = said.args.get("advanced", 0), said.args.get("recovered", 0)
    return c.ReportPayment(f"case-{said.case}:{matter.number}", paid, recovered, advanced=advanced)


_PAYS_KEYS = {"so_far": NUMBER, "advanced": NUMBER, "recovered": NUMBER}
PROVIDER_VERBS: dict[str, Verb] = {"pays": Verb(c.ReportPayment, _pays, _PAYS_KEYS)}

MARKETPLACE_VERBS: dict[str, Verb] = {
    "lets the machine judge": _plain(c.JudgeAutomatically),
    "extends": EXTEND,
    "reports a process": Verb(
        c.DeclareProcess, _court, {"forum": needed(choice(Forum)), "started": needed(DAY), "reference": TEXT}
    ),
}

SINGLE: dict[str, tuple[Role, dict[str, Verb]]] = {
    "customer": (Role.CUSTOMER, CUSTOMER_VERBS),
    "seller": (Role.SELLER, SELLER_VERBS),
    "agent": (Role.AGENT, AGENT_VERBS),
    "provider": (Role.SYSTEM, PROVIDER_VERBS),
    "marketplace": (Role.SYSTEM, MARKETPLACE_VERBS),
}
"""Who can do what with one command."""
