"""Breaches for the tests of the auditor: each takes one lawful story and breaks one rule in it."""

from collections.abc import Callable
from typing import Any

from tests.lab import auditor_logs as a
from tests.lab.auditor_logs import WORTH, Json, Log, t

Break = Callable[[Log], Any]


def nth(log: Log, name: str, number: int = 0) -> Json:
    return [event for event in log.events if event["name"] == name][number]


def put(name: str, number: int = 0, /, **data: Any) -> Break:
    """Other data in the nth event of that name."""
    return lambda log: nth(log, name, number)["data"].update(data)


def head(name: str, number: int = 0, /, **fields: Any) -> Break:
    """Another role, actor or time for the nth event of that name and its batch."""

    def broken(log: Log) -> None:
        batch = nth(log, name, number)["batch"]
        for event in log.events:
            if event["batch"] == batch:
                event.update(fields)

    return broken


def line(**data: Any) -> Break:
    """Other words in the first judgement's line."""
    return lambda log: nth(log, "dispute.judged")["data"]["lines"][0].update(data)


def finding(**data: Any) -> Break:
    """Another first finding."""
    return lambda log: nth(log, "finding.recorded")["data"]["finding"].update(data)


def claimed(**data: Any) -> Break:
    """Another first line of the request."""
    return lambda log: nth(log, "request.opened")["data"]["lines"][0].update(data)


def drop(name: str, number: int = 0) -> Break:
    """Without the nth event of that name."""

    def broken(log: Log) -> None:
        log.events.remove(nth(log, name, number))
        renumber(log)

    return broken


def renumber(log: Log) -> None:
    """Numbers without gaps again, batches by what belonged together."""
    firsts: dict[tuple[int, str], int] = {}
    for number, event in enumerate(log.events, start=1):
        key = (event["batch"], event["at"])
        event["number"], event["batch"] = number, firsts.setdefault(key, number)


def add(before: str, hours: float, role: str, name: str, *, nth_: int = 0, by: str = "", **data: Any) -> Break:
    """A command of one event in front of the batch of the nth event of a name."""

    def broken(log: Log) -> None:
        batch = nth(log, before, nth_)["batch"]
        place = next(n for n, event in enumerate(log.events) if event["batch"] == batch)
        stray = Log().on(hours, role, by).add(name, **data).events[0]
        log.events.insert(place, {**stray, "batch": -place})
        renumber(log)

    return broken


def cut(name: str, number: int = 0) -> Break:
    """Nothing from the nth event of that name on."""

    def broken(log: Log) -> None:
        batch = nth(log, name, number)["batch"]
        log.events = [event for event in log.events if event["batch"] < batch]

    return broken


def both(first: Break, then: Break) -> Break:
    """One breach after the other."""
    return lambda log: (first(log), then(log))


def share(amount: int) -> Break:
    return lambda log: nth(log, "remedy.ordered")["data"]["shares"][0].update(amount=amount)


def late_by(hours: float) -> Break:
    """The request is opened so much later; nothing else moves."""
    return head("request.opened", at=t(hours))


def late_material(log: Log) -> None:
    """The seller hands in when its window is over, and the customer's is not."""
    add("dispute.judged", 35, "SELLER", "material.given", exhibit=exhibit(2, "SELLER"))(log)


def exhibit(number: int, giver: str) -> Json:
    material = {"item": "MERCHANT_RESPONSE", "kind": "FILE", "digest": "", "lines": [], "text": ""}
    return {"number": number, "giver": giver, "material": material, "stage": "EVIDENCE"}


def material(**data: Any) -> Break:
    """Other words in the first material that is given."""
    return lambda log: nth(log, "material.given")["data"]["exhibit"]["material"].update(data)


def asked_for(hours: float) -> Break:
    """An agent asks the customer for more in so many hours."""

    def broken(log: Log) -> None:
        batch = nth(log, "dispute.judged")["batch"]
        place = next(n for n, event in enumerate(log.events) if event["batch"] == batch)
        until = t(36 + hours)
        asking = Log().on(36, "AGENT").add("material.asked", **ASK, until=until)
        asking.add("material.window_opened", matter=1, party="CUSTOMER", until=until)
        log.events[place:place] = [{**event, "batch": -place} for event in asking.events]
        renumber(log)

    return broken


REJECT: Json = {"matter": 1, "code": "reverse_reject_request_reason_1", "accept_until": [["L1", t(120)]], "text": ""}
ASK: Json = {"matter": 1, "parties": ["CUSTOMER"], "item": "PROOF_OF_DAMAGE", "text": ""}
DISMISSED: Json = {"matter": 1, "outcome": "DISMISSED"}
JUDGED: Json = {"matter": 1, "number": 1, "lines": [a.judged()], "accept_until": [], "appeal": False}


BREACHES: list[tuple[str, str, str, Break]] = [
    # the moment at which something happens
    ("a lapse fires early", "reading 13", "deducted", head("remedy.ordered", at=t(87))),
    ("a deadline is forgotten", "reading 13", "deducted", cut("remedy.ordered")),
    ("a phase waits without end", "reading 13", "deducted", put("phase.entered", 3, due=None)),
    ("the seller answers too late", "reading 13", "deducted", head("request.rejected", at=t(49))),
    ("a dispute is raised at the due moment", "reading 13", "deducted", head("dispute.raised", at=t(53))),
    ("silence is called an act", "reading 13", "deducted", put("material.window_closed", lapsed=False)),
    ("a window to appeal is too short", "row: seller_appeal", "deducted", put("phase.entered", 4, due=t(87))),
    ("the decision has too much time", "row: decision", "deducted", put("phase.entered", 3, due=t(59))),
    ("another clock runs", "row: REJECTED", "deducted", put("phase.entered", 1, clock="seller_review")),
    ("silence means something else", "row: seller_review", "deducted", put("phase.entered", 0, lapse="REJECT")),
    ("a lapse has another outcome", "row: seller_review", "offered", drop("request.approved")),
    (
        "a window for material is short",
        "row: material_seller",
        "deducted",
        put("material.window_opened", 1, until=t(33)),
    ),
    ("the seller's window does not wait", "row: material_seller", "hidden", put("dispute.raised", seller_waits=False)),
    ("weekends count as working days", "row: seller_review", "vietnam", put("phase.entered", 0, due=t(120))),
    ("the review starts anew after an offer", "row: seller_review", "offered", put("phase.entered", 2, due=t(68))),
    ("an offer takes time from the review", "arithmetic 3", "offered", put("offer.made", left=3600)),
    ("a suspension takes time from the seller", "arithmetic 11", "suspended", put("execution.suspended", left=3600)),
    ("the 48 hours start anew", "row: compliance", "suspended", put("phase.entered", 7, due=t(248))),
    # who does it
    ("the seller raises the dispute", "S2", "deducted", head("dispute.raised", role="SELLER", by="se")),
    ("silence judges", "row: decision", "deducted", head("dispute.judged", role="CLOCK", by="clock")),
    ("the seller ships the return", "row: ship_back", "returned", head("return.shipped", role="SELLER", by="se")),
    ("the seller withdraws the dispute", "S10", "hidden", head("dispute.withdrawn", role="SELLER", by="se")),
    ("a stranger acts", "privacy", "deducted", head("dispute.raised", by="other")),
    (
        "a locked seller rejects",
        "reading 12",
        "deducted",
        add("dispute.judged", 35, "SELLER", "request.rejected", **REJECT),
    ),
    (
        "a party says that the other is complete",
        "S3",
        "deducted",
        add("dispute.judged", 35, "SELLER", "material.window_closed", matter=1, party="CUSTOMER", lapsed=False),
    ),
    # opening
    ("the period is wrong", "S26", "deducted", put("request.opened", accept_until=[["L1", t(121)]])),
    ("too late counts as in time", "S26", "deducted", late_by(130)),
    ("a line out of time is disputed", "S26", "deducted", put("request.opened", in_time=[])),
    ("the window of the request is over", "S27", "offered", late_by(130)),
    (
        "a code of another type is used",
        "row: code",
        "deducted",
        claimed(reason_code="ecom_order_delivered_refund_and_return_reason_damaged"),
    ),
    (
        "a code of another reason is used",
        "row: code",
        "deducted",
        claimed(reason_code="ecom_order_delivered_refund_reason_defective"),
    ),
    ("the seller rejects without a code", "row: code", "deducted", put("request.rejected", code="")),
    ("a unit was not bought", "arithmetic 13", "deducted", claimed(units=[1, 3])),
    (
        "the period moves at a rejection",
        "arithmetic 2",
        "deducted",
        put("request.rejected", accept_until=[["L1", t(130)]]),
    ),
    (
        "the period does not stand still",
        "arithmetic 2",
        "dismissed_twice",
        put("dispute.judged", accept_until=[["L1", t(120)]]),
    ),
    # the dispute
    ("nothing was rejected", "S1", "deducted", both(drop("request.rejected"), drop("phase.entered", 1))),
    ("the same goods are disputed a third time", "S12", "dismissed_twice", put("dispute.raised", 1, number=3)),
    ("what the customer said is not carried", "S4", "deducted", put("dispute.raised", carried=[])),
    (
        "judged while windows are open",
        "S3",
        "deducted",
        add("material.window_closed", 20, "AGENT", "dispute.judged", **JUDGED),
    ),
    ("handed in after the window", "S5", "deducted", late_material),
    (
        "a third request for material",
        "S5",
        "deducted",
        lambda log: [add("dispute.judged", 36, "AGENT", "material.asked", **ASK)(log) for _ in range(3)],
    ),
    ("more is asked for in fewer hours than the market gives", "row: material_asked", "deducted", asked_for(5)),
    ("more is asked for in more hours than the clock has", "row: material_asked", "deducted", asked_for(25)),
    ("refers to an entry that is not there", "S7", "deducted", material(kind="RECORD", refers_to="R99")),
    ("a tracking number in words", "S7", "deducted", material(kind="TRACKING", refers_to="sent on Monday")),
    ("a file that refers to something", "S7", "deducted", material(refers_to="R1")),
    ("found without material", "S7", "deducted", finding(exhibit=0, item="BUYER_RESPONSE")),
    ("an override without a reason", "S7", "deducted", finding(derived="MISSING")),
    ("the findings say otherwise", "S15", "deducted", finding(value="INSUFFICIENT")),
    ("for the seller against the findings", "S16", "deducted", line(rule="S16", decision="FOR_SELLER", amount=0)),
    ("insufficient material, but not for the seller", "S17", "dismissed_twice", line(decision="FOR_CUSTOMER")),
    ("another remedy than asked", "S21", "deducted", line(kind="REPLACEMENT")),
    ("aggravated without being found so", "reading 10", "deducted", line(aggravated=True)),
    (
        "the customer pays the freight of the seller's fault",
        "row: freight",
        "deducted",
        line(freight_bearer="CUSTOMER"),
    ),
    ("nothing is held back", "reading 9", "deducted", drop("hold.placed")),
    ("less is held back than is in dispute", "reading 9", "deducted", put("hold.placed", amount=1)),
    ("a hold outlives its matter", "reading 9", "stopped", drop("hold.released")),
    (
        "a right to dispute again is cut off",
        "S11",
        "dismissed_twice",
        both(cut("dispute.raised", 1), lambda log: log.events[-1].update(name="matter.closed", data=DISMISSED)),
    ),
    # the end by the parties or a court
    ("one side agrees with itself", "S9", "agreed", head("agreement.made", role="CUSTOMER", by="cu")),
    ("nobody had proposed", "S9", "agreed", drop("agreement.proposed")),
    ("terms wait for ever", "row: proposal", "agreed", put("agreement.proposed", until=t(999))),
    ("more is paid than was agreed", "arithmetic 9", "agreed", share(150001)),
    ("judged after the stop", "S14", "stopped", add("hold.released", 30, "AGENT", "dispute.judged", **JUDGED)),
    ("a hold ends with the stop", "S14", "stopped", add("hold.released", 30, "AGENT", "hold.released", matter=1)),
    ("the platform does not stop", "S14", "stopped", put("phase.entered", 3, phase="EVIDENCE")),
    # finality
    (
        "carried out before the window ended",
        "S18",
        "deducted",
        head("remedy.ordered", role="AGENT", by="agent-1", at=t(50)),
    ),
    ("the same agent decides the appeal", "reading 4", "sent_back", head("appeal.sent_back", by="agent-1")),
    ("the first agent judges anew", "reading 4", "sent_back", head("dispute.judged", 1, by="agent-1")),
    (
        "sent back twice",
        "reading 4",
        "sent_back",
        add("appeal.decided", 129, "AGENT", "appeal.sent_back", by="agent-2", matter=1, text=""),
    ),
    (
        "an appeal after the end",
        "reading 4",
        "sent_back",
        add("refund.paid", 140, "SELLER", "appeal.raised", matter=1, late=False, text=""),
    ),
    ("deducted before 48 hours", "S20", "deducted", head("deduction.ordered", at=t(135))),
    ("more is deducted than is owed", "S20", "deducted", put("deduction.ordered", outstanding=WORTH + 1)),
    ("the refund is taken at once", "S20", "deducted", put("refund.ordered", at_once=True)),
    ("nobody deducts", "row: compliance", "deducted", drop("deduction.ordered")),
    ("no late appeal", "row: late_appeal", "deducted", drop("phase.entered", 7)),
    # returns
    ("the wrong one bears it", "S25", "returned", put("return.risk_decided", issue="BREAKAGE")),
    ("another row of the table", "reading 10", "returned", put("return.risk_decided", rule="S24")),
    ("more is taken off than was lost", "arithmetic 7", "returned", put("return.risk_decided", lowered=1001)),
    ("inspected before it arrived", "row: inspection_platform", "returned", drop("return.arrived")),
    ("nothing was shipped", "reading 10", "returned", drop("return.shipped")),
    (
        "a report before anything was shipped",
        "reading 11",
        "returned",
        add("return.shipped", 50, "SELLER", "return.reported", matter=1, issue="LOSS", value_lost=1, text=""),
    ),
    # money
    ("a cent is lost", "arithmetic 9", "offered", share(WORTH - 1)),
    ("a cent too much is ordered", "arithmetic 9", "offered", put("refund.ordered", total=WORTH + 1)),
    ("the change is wrong", "arithmetic 9", "offered", put("refund.ordered", change=1)),
    ("shipping goes back with a part", "arithmetic 9", "offered", put("remedy.ordered", shipping=9000)),
    ("too much is paid", "row: paid", "offered", put("refund.paid", amount=WORTH + 1)),
    ("closed as refunded, but not paid", "reading 15", "offered", drop("refund.paid")),
    (
        "closed as agreed, but nobody agreed",
        "reading 15",
        "offered",
        put("matter.closed", outcome="SETTLED_BY_PARTIES"),
    ),
    # the log as such
    ("a number is missing", "structure", "offered", head("refund.paid", number=99)),
    ("time goes back", "structure", "deducted", head("dispute.raised", at=t(4))),
    ("the first event is another one", "structure", "deducted", drop("phase.entered", 0)),
    (
        "a closed matter goes on",
        "reading 15",
        "offered",
        lambda log: log.phase("REVIEW", 9999, "seller_review", "APPROVE"),
    ),
    ("a matter that does not exist", "structure", "offered", put("refund.paid", matter=2)),
    ("plain text in a sealed field", "privacy", "deducted", put("dispute.raised", text="He never answered me.")),
    ("plain text in an open field", "privacy", "returned", put("return.shipped", tracking="I gave it to my aunt")),
]
