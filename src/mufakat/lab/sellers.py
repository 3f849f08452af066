"""Sellers: how they answer, what they hand in, whether they do what was judged."""

from mufakat.core import commands as c
from mufakat.core.case import Matter
from mufakat.core.claim import ClaimLine, Reason, RequestType, ReturnIssue
from mufakat.core.order import OrderStatus
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import CodeUse
from mufakat.lab import people
from mufakat.lab.people import Asking, Make, View, Wish

P = Phase


def own_request(asking: Asking) -> c.OpenRequest | None:
    """A seller cancels or refunds by itself, where the market has a code for it."""
    cancel = asking.order.status() in (OrderStatus.AWAITING_SHIPMENT, OrderStatus.AWAITING_COLLECTION)
    kinds = [RequestType.CANCEL] if cancel else [RequestType.REFUND, RequestType.RETURN_AND_REFUND]
    kind = asking.chance.choice(kinds)
    use = {
        RequestType.CANCEL: CodeUse.SELLER_CANCEL,
        RequestType.REFUND: CodeUse.SELLER_REFUND,
        RequestType.RETURN_AND_REFUND: CodeUse.SELLER_RETURN,
    }[kind]
    status = str(asking.order.status())
    rules = [r for r in asking.policy.codes if r.use is use and (not r.statuses or status in r.statuses)]
    rule = asking.chance.choice(rules) if rules else None
    reason = Reason.OTHER if rule is None else rule.reason or Reason.OTHER
    line = asking.chance.choice(asking.order.order.lines)
    claim = ClaimLine(line.line_id, reason, quantity=line.quantity, reason_code=rule.code if rule else "")
    return c.OpenRequest(kind, (claim,), (), asking.say())


def wishes(view: View, matter: Matter) -> tuple[list[Wish], float]:
    """What a seller would like to do in a phase, by weight, and the weight of doing nothing.

    While the platform decides a seller would still like to answer the request, and must not be offered to.
    """
    t = view.traits
    right = any(people.is_right(view, line) for line in matter.lines)
    by_phase: dict[Phase, tuple[list[Wish], float]] = {
        P.REVIEW: (_review(view, right=right), t.silent),
        P.EVIDENCE: ([*_material(view, matter), *_review(view, right=right)], t.silent),
        P.DECIDING: (_review(view, right=right), 2.0),
        P.APPEAL_EVIDENCE: ([*_material(view, matter), (0.05, "AcceptJudgement")], t.silent),
        P.AWARDED: (
            [
                (t.appeals * (1.0 if right else 0.7), "Appeal"),
                (t.accepts, "AcceptJudgement"),
                (t.wants_a_person, "AskForPerson"),
            ],
            t.silent * 2,
        ),
        P.APPEAL_DECIDING: ([(0.03, "AcceptJudgement")], 1.5),
        P.LATE_APPEAL: ([(t.regrets, "Appeal"), (t.accepts * 0.5, "AcceptJudgement")], t.silent),
        P.AWAITING_RETURN: ([], 2.0),
        P.RETURNING: ([(0.1, "ConfirmReceipt")], 2.0),
        P.INSPECTING: (_inspect(view, matter), t.silent),
        P.PERFORMING: (_perform(view, matter), t.silent),
        P.PAYING: ([(t.pays, "PayRefund"), (t.pays_by_hand, "ReportOwnPayment")], t.silent * 2),
        P.DEDUCTING: ([(t.pays_by_hand, "ReportOwnPayment")], 1.0),
    }
    wanted, rest = by_phase.get(matter.phase, ([], 1.5))
    return [*wanted, (t.concedes, "Concede"), *people.talk(view)], rest


def _review(view: View, *, right: bool) -> list[Wish]:
    t = view.traits
    return [
        (t.approves * (0.6 if right else 1.2), "ApproveRequest"),
        (t.rejects * (1.3 if right else 1.0), "RejectRequest"),
        (t.offers, "MakeOffer"),
        (t.hands_in * 0.1, "HandIn"),
    ]


def _material(view: View, matter: Matter) -> list[Wish]:
    missing = len(people.missing_items(view, matter))
    return [
        (view.traits.hands_in * (1.5 if missing else 0.1), "HandIn"),
        (0.3 if missing else 1.5, "CompleteMaterial"),
    ]


def _inspect(view: View, matter: Matter) -> list[Wish]:
    t = view.traits
    befell = _befell(view, matter)
    return [
        (0.5 if befell is None else 0.15, "ConfirmReceipt"),
        (t.refuses_parcels, "RejectParcel"),
        (t.reports * (0.4 if befell is None else 2.0), "ReportReturn"),
    ]


def _perform(view: View, matter: Matter) -> list[Wish]:
    t = view.traits
    other = matter.remedy is not None and matter.remedy.kind.value == "OTHER"
    shipped = matter.remedy is not None and matter.remedy.out_tracking
    return [
        (t.ships_out, "CompleteRemedy" if other else "ShipOut") if not shipped else (0.02, "ShipOut"),
        (t.pays_instead, "RefundInstead"),
    ]


def _befell(view: View, matter: Matter) -> ReturnIssue | None:
    tracking = matter.remedy.tracking if matter.remedy is not None else ""
    return view.hidden.returns.get(tracking)


def act(view: View, matter: Matter) -> c.Command | None:
    """One act of a seller about a matter, or None."""
    wanted, rest = wishes(view, matter)
    made: c.Command | None = people.act(view, matter, wanted, rest, MAKERS)
    return made


def code_for(view: View, use: CodeUse) -> str:
    """A code of the market for that use that fits the order's status, else one of our own."""
    status = str(view.order.status())
    fitting = [r.code for r in view.policy.codes if r.use is use and (not r.statuses or status in r.statuses)]
    return view.chance.choice(fitting) if fitting else "NOT_OUR_FAULT"


def _reject(view: View, matter: Matter) -> c.RejectRequest:
    back = (RequestType.RETURN_AND_REFUND, RequestType.EXCHANGE, RequestType.REPLACEMENT)
    use = CodeUse.REJECT_RETURN if view.case.type in back else CodeUse.REJECT_REFUND
    use = CodeUse.REJECT_CANCEL if view.case.type is RequestType.CANCEL else use
    return c.RejectRequest(code_for(view, use), matter.number, people.pieces(view, matter), view.say())


def _report(view: View, matter: Matter) -> c.ReportReturn:
    if parts := people.parts_harmed(view, matter):
        return c.ReportReturn(None, 0, matter.number, people.pieces(view, matter), view.say(), parts)
    issue = _befell(view, matter) or view.chance.choice(list(ReturnIssue))
    goods = matter.remedy.goods if matter.remedy is not None else 1
    lost = goods if issue is ReturnIssue.LOSS or view.rolls(0.3) else view.odd_amount(goods)
    return c.ReportReturn(issue, lost, matter.number, people.pieces(view, matter), view.say())


def _ship_out(view: View, matter: Matter) -> c.ShipOut:
    return c.ShipOut(f"X{view.chance.randrange(10**9):09d}", matter.number)


def _complete(view: View, matter: Matter) -> c.CompleteRemedy:
    proof = people.material(view, "PROOF_OF_REMEDY", (), genuine=not view.rolls(view.traits.lies))
    return c.CompleteRemedy(proof, matter.number)


def _own_payment(view: View, matter: Matter) -> c.ReportOwnPayment:
    """All that is unpaid, or a part; now and then more than that."""
    left = matter.remedy.ordered - matter.remedy.paid if matter.remedy is not None else 1
    amount = left if view.rolls(0.5) else view.odd_amount(left) if view.rolls(0.9) else left + 1
    return c.ReportOwnPayment(
        amount, people.material(view, "PROOF_OF_REMEDY", (), genuine=view.rolls(0.5)), matter.number
    )


MAKERS: dict[str, Make] = {
    "ApproveRequest": lambda v, m: c.ApproveRequest(m.number, keep_goods=v.rolls(0.2)),
    "RejectRequest": _reject,
    "MakeOffer": lambda v, m: c.MakeOffer(people.solution(v, m), m.number),
    "Concede": lambda _, m: c.Concede(m.number),
    "Appeal": lambda v, m: c.Appeal(m.number, people.pieces(v, m), v.say()),
    "ConfirmReceipt": lambda _, m: c.ConfirmReceipt(m.number),
    "RejectParcel": lambda v, m: c.RejectParcel(
        code_for(v, CodeUse.REJECT_PARCEL), m.number, people.pieces(v, m), v.say()
    ),
    "ReportReturn": _report,
    "ShipOut": _ship_out,
    "RefundInstead": lambda _, m: c.RefundInstead(m.number),
    "CompleteRemedy": _complete,
    "PayRefund": lambda _, m: c.PayRefund(m.number),
    "ReportOwnPayment": _own_payment,
}
"""How a seller's commands are filled in."""
