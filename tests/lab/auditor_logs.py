"""Small logs, written by hand as plain JSON: lawful stories that the tests of the auditor then break."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mufakat.rulebooks

Json = dict[str, Any]
OPENED = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # a Monday, 10:00 in Jakarta
WHO = {"CUSTOMER": "cu", "SELLER": "se", "AGENT": "agent-1", "CLOCK": "clock", "SYSTEM": "system"}
WORTH = 199999  # two units of 100,001 less a discount of 3
SEAL = "sha256:" + "a" * 64


def rulebook(name: str) -> Json:
    """A rulebook's file."""
    return tomllib.loads((Path(mufakat.rulebooks.__file__).parent / f"{name}.toml").read_text())


ID, VN = rulebook("id"), rulebook("vn")


def t(hours: float) -> str:
    """So many hours after the opening."""
    return (OPENED + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def order(**changes: Any) -> Json:
    """An order of two lines, delivered a day before the opening."""
    line = {"product_id": "p", "category": "TOYS", "durable": False, "perishable": False, "virtual": False}
    line |= {"preorder": False, "made_to_order": False}
    made = {
        "order_id": "O1",
        "customer_id": "cu",
        "seller_id": "se",
        "currency": "IDR",
        "lines": [
            {"line_id": "L1", "quantity": 2, "unit_price": 100001, "discount": 3, **line},
            {"line_id": "L2", "quantity": 1, "unit_price": 50000, "discount": 0, **line},
        ],
        "purchased_at": t(-240),
        "shipping_fee": 9000,
        "mall": False,
        "shipped_by_seller": False,
        "promised_by": t(-48),
        "payment_method": "card",
    }
    return made | changes


def scan(hours: float, kind: str, parcel: str = "OUTBOUND") -> Json:
    """A scan, known when it was made."""
    return {"known_at": t(hours), "fact": {"fact": "scan", "parcel": parcel, "kind": kind, "at": t(hours)}}


FACTS = [scan(-120, "AWAITING_COLLECTION"), scan(-96, "IN_TRANSIT"), scan(-24, "DELIVERED")]


class Log:
    """The log of one case, written command by command."""

    def __init__(self, case_id: str = "C1") -> None:
        self.case_id = case_id
        self.events: list[Json] = []
        self.batch = 0
        self.at = ""
        self.role = ""
        self.by = ""

    def on(self, hours: float, role: str, by: str = "") -> "Log":
        """A new command."""
        self.batch = len(self.events) + 1
        self.at, self.role, self.by = t(hours), role, by or WHO[role]
        return self

    def add(self, name: str, **data: Any) -> "Log":
        """An event of the command at hand."""
        number = len(self.events) + 1
        envelope = {"name": name, "version": 1, "number": number, "batch": self.batch, "at": self.at}
        self.events.append({**envelope, "role": self.role, "by": self.by, "data": data})
        return self

    def phase(self, phase: str, due: float, clock: str, lapse: str, matter: int = 1) -> "Log":
        """The matter enters a phase."""
        return self.add("phase.entered", matter=matter, phase=phase, due=t(due), clock=clock, lapse=lapse)

    def opened(self, kind: str, *claims: Json, until: float | None = 120, hours: float = 0) -> "Log":
        """A request of the customer."""
        lines = list(claims) or [claim()]
        return self.on(hours, "CUSTOMER").add(
            "request.opened",
            case_id=self.case_id,
            order_id="O1",
            customer_id="cu",
            seller_id="se",
            currency="IDR",
            policy=SEAL,
            type=kind,
            lines=lines,
            accept_until=[[line["line_id"], None if until is None else t(until)] for line in lines],
            in_time=[line["line_id"] for line in lines],
            generations=[[line["line_id"], unit, 0] for line in lines for unit in line["units"]],
            by="CUSTOMER",
            text=SEAL,
        )

    def exhibit(self, number: int, giver: str, item: str, stage: str = "EVIDENCE") -> "Log":
        """Material of a party."""
        material = {"item": item, "kind": "FILE", "digest": "d" * 64, "lines": [], "text": ""}
        data = {"number": number, "giver": giver, "material": material, "stage": stage}
        return self.add("material.given", exhibit=data)

    def finding(self, party: str, item: str, value: str, exhibit: int = 0, line: str = "L1") -> "Log":
        """An agent's answer about an item."""
        data = {"line_id": line, "party": party, "item": item, "value": value, "by": self.by, "derived": None}
        if not exhibit:
            data |= {"by": "derivation", "derived": value}
        return self.add("finding.recorded", matter=1, finding={**data, "exhibit": exhibit, "text": ""})

    def share(self, kind: str, basis: str, amount: int = WORTH, freight: str = "SELLER") -> "Log":
        """What is ordered for both units of the first line."""
        shares = [{"line_id": "L1", "units": [1, 2], "amount": amount}]
        data = {"matter": 1, "kind": kind, "basis": basis, "shares": shares, "shipping": 0}
        return self.add("remedy.ordered", **data, freight_bearer=freight)

    def refund(self, total: int, *, at_once: bool, before: int = 0) -> "Log":
        """What is owed in all."""
        data = {"matter": 1, "obligation": f"{self.case_id}:1", "total": total, "change": total - before}
        return self.add("refund.ordered", **data, at_once=at_once)

    def paid(self, amount: int) -> "Log":
        """What the provider paid."""
        return self.add("refund.paid", matter=1, obligation=f"{self.case_id}:1", amount=amount)

    def closed(self, outcome: str) -> "Log":
        """The end."""
        return self.add("matter.closed", matter=1, outcome=outcome)


def claim(line: str = "L1", reason: str = "DAMAGED", units: tuple[int, ...] = (1, 2), **more: Any) -> Json:
    """A line of a request."""
    made = {"line_id": line, "reason": reason, "units": list(units), "quantity": len(units), "amount": None}
    return {**made, "reason_code": "", "hidden": False, **more}


def judged(line: str = "L1", rule: str = "S15", **more: Any) -> Json:
    """A line's judgement."""
    won = rule == "S15"
    made: Json = {"line_id": line, "decision": "FOR_CUSTOMER" if won else "FOR_SELLER", "rule": rule, "because": []}
    made |= {"passed_over": [], "kind": "REFUND" if won else None, "amount": WORTH if won else 0}
    made |= {"ground": "QUALITY", "aggravated": False, "cause": "SELLER", "deception": "NONE", "risk_rule": ""}
    return {**made, "freight_bearer": "SELLER" if won else "CUSTOMER", **more}


def rejected(kind: str = "REFUND", log: Log | None = None) -> Log:
    """A request that the seller rejects after five hours."""
    log = (log or Log()).opened(kind)
    log.exhibit(1, "CUSTOMER", "PROOF_OF_DAMAGE", "REQUEST").phase("REVIEW", 48, "seller_review", "APPROVE")
    log.on(5, "SELLER").add(
        "request.rejected", matter=1, code="reverse_reject_request_reason_1", accept_until=[["L1", t(120)]], text=""
    )
    return log.phase("REJECTED", 53, "dispute_window", "CLOSE")


def raised(log: Log, hours: float = 10, number: int = 1, carried: tuple[int, ...] = (1,)) -> Log:
    """A dispute, with both windows of 24 hours."""
    log.on(hours, "CUSTOMER").add(
        "dispute.raised", matter=1, number=number, carried=list(carried), seller_waits=False, text=SEAL
    )
    log.add("hold.placed", matter=1, amount=WORTH)
    for party in ("CUSTOMER", "SELLER"):
        log.add("material.window_opened", matter=1, party=party, until=t(hours + 24))
    return log.phase("EVIDENCE", hours + 24, "material_customer", "JUDGE_ON_FILE")


def undecided(log: Log, raised_at: float = 10) -> Log:
    """Nobody says that it is complete: the windows end, the decision begins."""
    log.on(raised_at + 24, "CLOCK")
    for party in ("CUSTOMER", "SELLER"):
        log.add("material.window_closed", matter=1, party=party, lapsed=True)
    return log.phase("DECIDING", raised_at + 48, "decision", "ESCALATE")


def found(log: Log, hours: float, proof: str = "VALID", by: str = "agent-1") -> Log:
    """An agent weighs the customer's proof, the rest is derived; the judgement itself is left to the story."""
    log.on(hours, "AGENT", by).finding("CUSTOMER", "PROOF_OF_DAMAGE", proof, 1)
    log.finding("CUSTOMER", "DELIVERY_RECEIPT", "MISSING")
    return log.finding("SELLER", "PROOF_OF_FULFILLMENT", "MISSING")


def verdict(log: Log, line: Json, until: float | None = None, number: int = 1, *, appeal: bool = False) -> Log:
    """The judgement of the first line."""
    accept = [] if until is None else [["L1", t(until)]]
    return log.add("dispute.judged", matter=1, number=number, lines=[line], accept_until=accept, appeal=appeal)


def awarded(kind: str = "REFUND", line: Json | None = None) -> Log:
    """A dispute that the customer wins after 40 hours."""
    log = found(undecided(raised(rejected(kind))), 40)
    return verdict(log, line or judged(kind=kind)).phase("AWARDED", 88, "seller_appeal", "FINAL")


def deducted() -> Log:
    """Won, not appealed, not paid in 48 hours, deducted, paid, closed after the last chance to appeal."""
    log = awarded().on(88, "CLOCK").share("REFUND", "JUDGEMENT").refund(WORTH, at_once=False)
    log.phase("PAYING", 136, "compliance", "DEDUCT")
    log.on(136, "CLOCK").add("deduction.ordered", matter=1, obligation="C1:1", outstanding=WORTH)
    log.phase("DEDUCTING", 136 + 180 * 24, "collection", "LEAVE_DEBT")
    log.on(140, "SYSTEM").paid(WORTH).add("hold.released", matter=1)
    log.phase("LATE_APPEAL", 140 + 15 * 24, "late_appeal", "FINAL")
    return log.on(140 + 15 * 24, "CLOCK").closed("REFUNDED")


def dismissed_twice() -> Log:
    """Dismissed, raised again in what is left of the period, dismissed again."""
    log = verdict(found(undecided(raised(rejected())), 40, "INSUFFICIENT"), judged(rule="S17"), 150)
    log.add("hold.released", matter=1).phase("DISMISSED", 150, "second_dispute", "FINAL")
    log = found(undecided(raised(log, 60, 2), 60), 90, "INSUFFICIENT", "agent-2")
    log = verdict(log, judged(rule="S17"), 180, 2)
    return log.add("hold.released", matter=1).closed("DISMISSED")


def returned(issue: str = "DAMAGE") -> Log:
    """An approved return that arrives with damage; the customer is silent about the report."""
    log = Log().opened("RETURN_AND_REFUND").phase("REVIEW", 48, "seller_review", "APPROVE")
    log.on(48, "CLOCK").add("request.approved", matter=1, basis="LAPSE").share("RETURN_AND_REFUND", "LAPSE")
    log.phase("AWAITING_RETURN", 288, "ship_back", "CLOSE")
    log.on(60, "CUSTOMER").add("return.shipped", matter=1, method="PLATFORM_CARRIER", tracking="R1", freight=0)
    log.phase("RETURNING", 60 + 168, "no_scan", "LOST")
    fact = scan(80, "DELIVERED", "R1")["fact"]
    log.on(80, "SYSTEM").add("order.fact_noted", fact=fact).add("return.arrived", matter=1, inferred=False)
    log.phase("INSPECTING", 128, "inspection_platform", "REFUND")  # Thursday to Monday: Saturday and Sunday left out
    log.events[-1]["data"]["due"] = t(80 + 96)
    log.on(90, "SELLER").add("return.reported", matter=1, issue=issue, value_lost=1000, text=SEAL)
    log.phase("REPORTED", 138, "report", "BINDS")
    log.on(138, "CLOCK").add("return.report_accepted", matter=1, lapsed=True)
    bearer, lowered = ("SELLER", 0) if issue == "BREAKAGE" else ("CUSTOMER", 1000)
    decided = {"issue": issue, "bearer": bearer, "rule": "S25", "lowered": lowered, "found_by": "SELLER", "text": ""}
    log.add("return.risk_decided", matter=1, **decided).refund(WORTH - lowered, at_once=True)
    log.phase("PAYING", 186, "compliance", "DEDUCT")
    return log.on(139, "SYSTEM").paid(WORTH - lowered).closed("REFUNDED")


def agreed() -> Log:
    """The customer proposes to end it for less while the platform decides, and the seller accepts."""
    log = undecided(raised(rejected()))
    solution = {"kind": "REFUND", "amount": 150000, "text": SEAL}
    log.on(36, "CUSTOMER").add("agreement.proposed", matter=1, solution=solution, by="CUSTOMER", until=t(84))
    log.on(40, "SELLER").add("agreement.made", matter=1).share("REFUND", "AGREEMENT", 150000)
    log.add("hold.placed", matter=1, amount=150000)
    log.refund(150000, at_once=True).phase("PAYING", 88, "compliance", "DEDUCT")
    return log.on(41, "SYSTEM").paid(150000).add("hold.released", matter=1).closed("REFUNDED")


def stopped() -> Log:
    """The seller goes to court while material is gathered; after 180 days the hold ends."""
    log = raised(rejected())
    log.on(20, "SELLER").add("process.declared", matter=1, forum="COURT", started="2026-03-02", reference=SEAL)
    log.phase("STOPPED", 20 + 180 * 24, "stop", "RELEASE")
    log.on(20 + 180 * 24, "CLOCK").add("hold.released", matter=1)
    return log.closed("STOPPED_EXTERNAL_PROCESS")


def sent_back() -> Log:
    """Appealed, sent back by another agent, judged anew by a third, appealed again, upheld, paid by the seller."""
    log = awarded()
    appeal(log, 50)
    log.on(80, "AGENT", "agent-2").add("appeal.sent_back", matter=1, text=SEAL)
    log.phase("DECIDING", 104, "decision", "ESCALATE")
    verdict(log.on(90, "AGENT", "agent-3"), judged()).phase("AWARDED", 138, "seller_appeal", "FINAL")
    appeal(log, 100)
    log.on(130, "AGENT", "agent-2").add("appeal.decided", matter=1, upheld=True)
    verdict(log, judged(), appeal=True).share("REFUND", "JUDGEMENT").refund(WORTH, at_once=False)
    log.phase("PAYING", 178, "compliance", "DEDUCT")
    log.on(140, "SELLER").refund(WORTH, at_once=True, before=WORTH)
    log.phase("PAYING", 178, "compliance", "DEDUCT")
    return log.on(141, "SYSTEM").paid(WORTH).add("hold.released", matter=1).closed("REFUNDED")


def appeal(log: Log, hours: float) -> Log:
    """The seller appeals, and both windows end unused."""
    log.on(hours, "SELLER").add("appeal.raised", matter=1, late=False, text=SEAL)
    for party in ("CUSTOMER", "SELLER"):
        log.add("material.window_opened", matter=1, party=party, until=t(hours + 24))
    log.phase("APPEAL_EVIDENCE", hours + 24, "appeal_material", "JUDGE_ON_FILE")
    log.on(hours + 24, "CLOCK")
    for party in ("CUSTOMER", "SELLER"):
        log.add("material.window_closed", matter=1, party=party, lapsed=True)
    return log.phase("APPEAL_DECIDING", hours + 48, "appeal_decision", "ESCALATE")


def offered() -> Log:
    """An offer that is declined: the review goes on with what was left of it, and silence then approves."""
    log = Log().opened("REFUND").phase("REVIEW", 48, "seller_review", "APPROVE")
    solution = {"kind": "REFUND", "amount": 1000, "text": ""}
    log.on(10, "SELLER").add("offer.made", matter=1, solution=solution, left=38 * 3600)
    log.phase("OFFERED", 58, "offer", "REOPEN_REVIEW")
    log.on(20, "CUSTOMER").add("offer.declined", matter=1, lapsed=False)
    log.phase("REVIEW", 58, "seller_review", "APPROVE")
    log.on(58, "CLOCK").add("request.approved", matter=1, basis="LAPSE").share("REFUND", "LAPSE")
    log.refund(WORTH, at_once=True).phase("PAYING", 106, "compliance", "DEDUCT")
    return log.on(59, "SYSTEM").paid(WORTH).closed("REFUNDED")


def cancelled() -> Log:
    """A cancellation before anything was scanned: granted at once."""
    log = Log().opened("CANCEL", claim(reason="OTHER"), until=None)
    log.add("request.approved", matter=1, basis="RULE").share("REFUND", "RULE", freight="CUSTOMER")
    log.refund(WORTH, at_once=True).phase("PAYING", 48, "compliance", "DEDUCT")
    return log.on(0, "SYSTEM").paid(WORTH).closed("REFUNDED")


def suspended() -> Log:
    """Won; a court suspends the 48 hours with 38 left; they go on after it."""
    log = awarded().on(88, "CLOCK").share("REFUND", "JUDGEMENT").refund(WORTH, at_once=False)
    log.phase("PAYING", 136, "compliance", "DEDUCT")
    log.on(98, "AGENT").add("execution.suspended", matter=1, left=38 * 3600, reference=SEAL)
    log.phase("SUSPENDED", 98 + 180 * 24, "suspension", "RESUME")
    log.on(200, "AGENT").add("execution.resumed", matter=1, lapsed=False, reference=SEAL)
    log.phase("PAYING", 238, "compliance", "DEDUCT")
    log.on(210, "SELLER").refund(WORTH, at_once=True, before=WORTH)
    log.phase("PAYING", 238, "compliance", "DEDUCT")
    log.on(211, "SYSTEM").paid(WORTH).add("hold.released", matter=1)
    log.phase("LATE_APPEAL", 211 + 15 * 24, "late_appeal", "FINAL")
    return log.on(211 + 15 * 24, "CLOCK").closed("REFUNDED")


def looked_at_again() -> Log:
    """A parcel that was rejected is looked at again; a court suspends that with 86 hours left, which then go on."""
    log = Log().opened("RETURN_AND_REFUND").phase("REVIEW", 48, "seller_review", "APPROVE")
    log.on(48, "CLOCK").add("request.approved", matter=1, basis="LAPSE").share("RETURN_AND_REFUND", "LAPSE")
    log.phase("AWAITING_RETURN", 288, "ship_back", "CLOSE")
    log.on(60, "CUSTOMER").add("return.shipped", matter=1, method="SELF_ARRANGED", tracking="R1", freight=0)
    log.phase("INSPECTING", 60 + 14 * 24, "inspection_self", "REFUND")
    log.on(70, "SELLER").exhibit(1, "SELLER", "PROOF_OF_DAMAGE", "PARCEL_REJECTION")
    code = "reverse_reject_return_parcel_reason_5"
    log.add("return.rejected", matter=1, code=code, accept_until=[["L1", t(120)]], text="")
    log.phase("PARCEL_REJECTED", 118, "parcel_dispute_window", "CLOSE")
    log.on(80, "CUSTOMER").add("request.asked_again", matter=1, text=SEAL)
    log.phase("INSPECTING", 128, "inspection_platform", "REFUND")
    log.events[-1]["data"]["due"] = t(80 + 96)  # Thursday to Monday: Saturday and Sunday left out
    log.on(90, "AGENT").add("execution.suspended", matter=1, left=86 * 3600, reference=SEAL)
    log.phase("SUSPENDED", 90 + 180 * 24, "suspension", "RESUME")
    log.on(100, "AGENT").add("execution.resumed", matter=1, lapsed=False, reference=SEAL)
    log.phase("INSPECTING", 186, "inspection_platform", "REFUND")
    log.on(110, "SELLER").add("return.accepted", matter=1, lapsed=False).refund(WORTH, at_once=True)
    log.phase("PAYING", 158, "compliance", "DEDUCT")
    return log.on(111, "SYSTEM").paid(WORTH).closed("REFUNDED")


def hidden() -> Log:
    """A counterfeit that was not visible: seven days for the customer, then 24 hours for the seller."""
    log = Log().opened("REFUND", claim(reason="COUNTERFEIT", hidden=True), until=13 * 24)
    log.phase("REVIEW", 48, "seller_review", "APPROVE")
    log.on(5, "SELLER").add(
        "request.rejected", matter=1, code="reverse_reject_request_reason_1", accept_until=[["L1", t(312)]], text=""
    )
    log.phase("REJECTED", 53, "dispute_window", "CLOSE")
    log.on(10, "CUSTOMER").add("dispute.raised", matter=1, number=1, carried=[], seller_waits=True, text="")
    log.add("hold.placed", matter=1, amount=WORTH)
    log.add("material.window_opened", matter=1, party="CUSTOMER", until=t(178))
    log.phase("EVIDENCE", 178, "material_customer_hidden", "JUDGE_ON_FILE")
    log.on(178, "CLOCK").add("material.window_closed", matter=1, party="CUSTOMER", lapsed=True)
    log.add("material.window_opened", matter=1, party="SELLER", until=t(202))
    log.phase("EVIDENCE", 202, "material_seller", "JUDGE_ON_FILE")
    log.on(190, "CUSTOMER").add("dispute.withdrawn", matter=1, accept_until=[["L1", t(312 + 180)]])
    log.add("hold.released", matter=1).phase("REJECTED", 312 + 180, "dispute_window", "CLOSE")
    return log.on(312 + 180, "CLOCK").closed("NOT_PURSUED")


def vietnam() -> Log:
    """In Vietnam silence approves after one working day: opened on a Friday, due on Monday."""
    log = Log().opened("REFUND", until=None, hours=96)
    log.phase("REVIEW", 96 + 72, "seller_review", "APPROVE")
    log.on(96 + 72, "CLOCK").add("request.approved", matter=1, basis="LAPSE").share("REFUND", "LAPSE")
    log.refund(WORTH, at_once=True).phase("PAYING", 216, "compliance", "DEDUCT")
    return log.on(170, "SYSTEM").paid(WORTH).closed("REFUNDED")


STORIES: dict[str, Callable[[], Log]] = {
    story.__name__: story
    for story in (
        deducted,
        dismissed_twice,
        returned,
        agreed,
        stopped,
        sent_back,
        offered,
        cancelled,
        suspended,
        looked_at_again,
        hidden,
        vietnam,
    )
}
