"""Customers: what they ask for, and what they do about it."""

from mufakat.core import commands as c
from mufakat.core.case import Matter
from mufakat.core.claim import ClaimLine, Reason, RequestType, ReturnIssue, ReturnMethod
from mufakat.core.order import OrderLine, OrderStatus
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import CodeUse
from mufakat.lab import people
from mufakat.lab.people import REASONS, Asking, Make, View, What, Wish

P = Phase

KINDS: dict[Reason, tuple[RequestType, ...]] = {
    Reason.MISSING_ITEMS: (RequestType.RESEND_MISSING, RequestType.REFUND),
    Reason.ITEM_NOT_RECEIVED: (RequestType.REFUND, RequestType.REFUND, RequestType.REPLACEMENT),
    Reason.ARRIVED_LATE: (RequestType.REFUND,),
    Reason.OTHER: (RequestType.REFUND, RequestType.RETURN_AND_REFUND),
}
"""What is asked for which reason; the rest ask for anything."""
LIES = tuple(reason for reason in Reason if reason is not Reason.OTHER)
ANY_KIND = (
    RequestType.REFUND,
    RequestType.REFUND,
    RequestType.RETURN_AND_REFUND,
    RequestType.RETURN_AND_REFUND,
    RequestType.REPLACEMENT,
    RequestType.REPLACEMENT,
    RequestType.EXCHANGE,
)


def complaint(asking: Asking) -> c.OpenRequest | None:
    """What a customer asks about an order now, or None: nothing is wrong and nobody lies."""
    order = asking.order
    before_transit = order.status() in (OrderStatus.AWAITING_SHIPMENT, OrderStatus.AWAITING_COLLECTION)
    if before_transit and asking.rolls(0.3):
        lines = tuple(_claim(asking, line, Reason.OTHER, RequestType.CANCEL) for line in _some(asking))
        return c.OpenRequest(RequestType.CANCEL, lines, (), asking.say())
    wrong = [(line, reason) for line in order.order.lines if (reason := reason_for(asking, line)) is not None]
    if not wrong:
        return None
    kind = asking.chance.choice(KINDS.get(wrong[0][1], ANY_KIND))
    claims = tuple(_claim(asking, line, reason, kind) for line, reason in wrong)
    return c.OpenRequest(kind, claims, (), asking.say() if asking.rolls(0.8) else "")


def reason_for(asking: Asking, line: OrderLine) -> Reason | None:
    """Why a customer complains about a line: the truth, or a lie."""
    what = asking.hidden.truth(asking.order.order.order_id, line.line_id).what
    if what is What.FINE:
        return asking.chance.choice(LIES) if asking.rolls(asking.traits.lies) else None
    return Reason.OTHER if asking.rolls(0.05) else REASONS[what]


def _some(asking: Asking) -> list[OrderLine]:
    lines = list(asking.order.order.lines)
    return asking.chance.sample(lines, asking.chance.randint(1, len(lines)))


def _claim(asking: Asking, line: OrderLine, reason: Reason, kind: RequestType) -> ClaimLine:
    """A claim about all or some units, for all or a part of their price."""
    chance = asking.chance
    quantity = line.quantity if asking.rolls(0.5) else chance.randint(1, line.quantity)
    units = tuple(chance.sample(range(1, line.quantity + 1), quantity)) if asking.rolls(0.4) else ()
    amount = None
    if kind in (RequestType.REFUND, RequestType.RETURN_AND_REFUND) and asking.rolls(0.35):
        amount = asking.chance.randint(1, max(1, line.unit_price * quantity - line.discount))
    hidden = reason is Reason.COUNTERFEIT and asking.rolls(0.5)
    return ClaimLine(line.line_id, reason, units, quantity, amount, _code(asking, reason, kind), hidden=hidden)


def _code(asking: Asking, reason: Reason, kind: RequestType) -> str:
    """A reason code of the market that fits, where there is one and the customer gives it."""
    if kind is RequestType.CANCEL:
        use = CodeUse.CANCEL
    else:
        use = CodeUse.REFUND if kind in (RequestType.REFUND, RequestType.RESEND_MISSING) else CodeUse.RETURN
    status = str(asking.order.status())
    fitting = [
        rule.code
        for rule in asking.policy.codes
        if rule.use is use and rule.reason in (reason, None) and (not rule.statuses or status in rule.statuses)
    ]
    return asking.chance.choice(fitting) if fitting and asking.rolls(0.5) else ""


def wishes(view: View, matter: Matter) -> tuple[list[Wish], float]:
    """What a customer would like to do in a phase, by weight, and the weight of doing nothing."""
    t = view.traits
    right = 1.0 if any(people.is_right(view, line) for line in matter.lines) else 0.6
    by_phase: dict[Phase, tuple[list[Wish], float]] = {
        P.REVIEW: ([(t.hands_in * 0.3, "HandIn"), (t.gives_up * 0.3, "WithdrawRequest")], 1.0),
        P.OFFERED: ([(t.agrees, "AcceptOffer"), (0.5, "DeclineOffer"), (t.gives_up, "WithdrawRequest")], t.silent),
        P.REJECTED: (_refused(view, right), t.silent),
        P.PARCEL_REJECTED: (_refused(view, right), t.silent),
        P.EVIDENCE: (_material(view, matter), t.silent * 0.5),
        P.APPEAL_EVIDENCE: (_material(view, matter), t.silent),
        P.DECIDING: ([(t.gives_up * 0.5, "WithdrawDispute")], 1.5),
        P.DISMISSED: (
            [
                (t.disagrees * right, "RaiseDispute"),
                (0.25, "AcceptJudgement"),
                (t.wants_a_person * right, "AskForPerson"),
            ],
            t.silent * 2,
        ),
        P.AWAITING_RETURN: ([(t.ships_back, "ShipBack"), (t.gives_up, "WithdrawRequest")], 1.0 - t.ships_back),
        P.REPORTED: ([(t.contests, "ContestReport"), (0.4, "AcceptReport")], t.silent),
        P.DELIVERING: ([(t.troubled * 0.2, "ReportProblem")], 1.5),
        P.PAYING: ([(0.6, "ConfirmOwnPayment"), (0.2, "DenyOwnPayment")], 0.5),
        P.DEDUCTING: ([(0.6, "ConfirmOwnPayment"), (0.2, "DenyOwnPayment")], 0.5),
        P.CONFIRMING: ([(0.5, "ConfirmDelivery"), (t.troubled, "ReportProblem")], t.silent),
    }
    wanted, rest = by_phase.get(matter.phase, ([], 1.5))
    return [*wanted, *people.talk(view)], rest


def _refused(view: View, right: float) -> list[Wish]:
    t = view.traits
    return [
        (t.disputes * right, "RaiseDispute"),
        (t.asks_again, "AskAgain"),
        (t.gives_up, "WithdrawRequest"),
        (t.hands_in * 0.2, "HandIn"),
    ]


def _material(view: View, matter: Matter) -> list[Wish]:
    t = view.traits
    missing = len(people.missing_items(view, matter))
    return [
        (t.hands_in * (2.0 if missing else 0.1), "HandIn"),
        (0.3 if missing else 1.5, "CompleteMaterial"),
        (t.gives_up * 0.5, "WithdrawDispute"),
    ]


def act(view: View, matter: Matter) -> c.Command | None:
    """One act of a customer about a matter, or None."""
    wanted, rest = wishes(view, matter)
    made: c.Command | None = people.act(view, matter, wanted, rest, MAKERS)
    return made


def _raise(view: View, matter: Matter) -> c.RaiseDispute:
    some = len(matter.lines) > 1 and view.rolls(0.3)
    lines = tuple(view.chance.sample(matter.lines, 1)) if some else ()
    return c.RaiseDispute(matter.number, lines, people.pieces(view, matter), view.say())


def _ship_back(view: View, matter: Matter) -> c.ShipBack:
    own = view.rolls(view.traits.own_carrier)
    tracking = f"R{view.chance.randrange(10**9):09d}"
    view.hidden.returns[tracking] = view.chance.choice(list(ReturnIssue)) if view.rolls(0.25) else None
    method = ReturnMethod.SELF_ARRANGED if own else ReturnMethod.PLATFORM_CARRIER
    freight = view.chance.randint(0, 2 * view.order.order.shipping_fee + 1) if own else 0
    return c.ShipBack(method, tracking, freight, matter.number)


MAKERS: dict[str, Make] = {
    "AcceptOffer": lambda _, m: c.AcceptOffer(m.number),
    "DeclineOffer": lambda _, m: c.DeclineOffer(m.number),
    "WithdrawRequest": lambda _, m: c.WithdrawRequest(m.number),
    "AskAgain": lambda v, m: c.AskAgain(m.number, people.pieces(v, m), v.say()),
    "RaiseDispute": _raise,
    "WithdrawDispute": lambda _, m: c.WithdrawDispute(m.number),
    "ShipBack": _ship_back,
    "AcceptReport": lambda _, m: c.AcceptReport(m.number),
    "ContestReport": lambda v, m: c.ContestReport(m.number, people.pieces(v, m), v.say()),
    "ConfirmDelivery": lambda _, m: c.ConfirmDelivery(m.number),
    "ConfirmOwnPayment": lambda _, m: c.ConfirmOwnPayment(m.number),
    "DenyOwnPayment": lambda _, m: c.DenyOwnPayment(m.number),
    "ReportProblem": lambda v, m: c.ReportProblem(m.number, people.pieces(v, m), v.say()),
}
"""How a customer's commands are filled in."""
