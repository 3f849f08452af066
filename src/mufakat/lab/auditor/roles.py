"""Every role does only what is its own, and the seller is locked while the platform decides (reading 12)."""

from mufakat.lab.auditor.trial import AGENT, CLOCK, CUSTOMER, LOCKED, PARTIES, SELLER, SYSTEM, Event, Matter, Trial

ANY = {CUSTOMER, SELLER, AGENT, CLOCK, SYSTEM}

OWNERS: dict[str, tuple[str, set[str]]] = {
    # An agent may open for a customer who calls, as the field's initiator OPERATOR does; it decides nothing by it.
    "request.opened": ("S1", {CUSTOMER, SELLER, AGENT}),
    "message.sent": ("S4", {CUSTOMER, SELLER, AGENT}),
    "material.given": ("S3", {CUSTOMER, SELLER, AGENT, SYSTEM}),
    "request.rejected": ("S27", {SELLER, CLOCK}),
    "offer.made": ("S27", {SELLER}),
    "offer.accepted": ("S27", {CUSTOMER}),
    "offer.declined": ("S27", {CUSTOMER, CLOCK}),
    "request.withdrawn": ("S27", {CUSTOMER}),
    "request.asked_again": ("arithmetic 3", {CUSTOMER}),
    "dispute.raised": ("S2", {CUSTOMER}),
    "dispute.withdrawn": ("S10", {CUSTOMER}),
    "material.asked": ("S5", {AGENT}),
    "finding.recorded": ("S7", {AGENT, SYSTEM}),  # the machine fills in what data settle
    "line.assessed": ("S7", {AGENT}),
    "dispute.judged": ("row: decision", {AGENT, SYSTEM}),  # a machine's judgement is looked at in people.py
    "judgement.drafted": ("four eyes", {AGENT}),
    "judgement.draft_returned": ("four eyes", {AGENT}),
    "person.asked": ("machine", {CUSTOMER, SELLER}),
    "judgement.accepted": ("S18", {CUSTOMER, SELLER}),
    "appeal.raised": ("reading 4", {SELLER}),
    "appeal.decided": ("reading 4", {AGENT}),
    "appeal.sent_back": ("reading 4", {AGENT}),
    "claim.conceded": ("reading 7", {SELLER}),
    "agreement.proposed": ("S9", {CUSTOMER, SELLER}),
    "agreement.rejected": ("S9", {CUSTOMER, SELLER, CLOCK}),
    "agreement.made": ("S9", {CUSTOMER, SELLER}),
    # A chargeback is told by the customer's bank through the platform (reading 8), so the system may declare it.
    "process.declared": ("S14", {CUSTOMER, SELLER, AGENT, SYSTEM}),
    "process.order_recorded": ("S14", {AGENT}),
    "execution.suspended": ("reading 8", {AGENT}),
    "execution.resumed": ("reading 8", {AGENT, CLOCK, SYSTEM}),
    "chargeback.frozen": ("reading 8", {SYSTEM}),
    "chargeback.settled": ("reading 8", {SYSTEM}),
    "due.extended": ("reading 13", {AGENT, SYSTEM, CLOCK}),
    "case.imported": ("reading 13", {SYSTEM}),
    "decision.escalated": ("row: decision", {CLOCK}),
    "return.shipped": ("row: ship_back", {CUSTOMER}),
    "return.arrived": ("row: inspection_platform", {SELLER, SYSTEM, CLOCK, AGENT}),
    "return.accepted": ("row: inspection_platform", {SELLER, CLOCK}),
    "return.rejected": ("row: inspection_platform", {SELLER}),
    "return.reported": ("arithmetic 7", {SELLER}),
    "return.report_accepted": ("arithmetic 7", {CUSTOMER, CLOCK}),
    "return.report_contested": ("arithmetic 7", {CUSTOMER}),
    "goods.shipped": ("row: ship_out", {SELLER}),
    "goods.scanned": ("arithmetic 8", {SYSTEM, AGENT}),
    "goods.delivered": ("arithmetic 8", {SYSTEM, AGENT}),
    "remedy.proven": ("S21", {SELLER}),
    "remedy.problem_reported": ("row: confirm", {CUSTOMER}),
    "remedy.assessed": ("row: confirm", {AGENT}),
    "remedy.confirmed": ("row: confirm", {CUSTOMER, CLOCK}),
    # The provider deducts when the 48 hours are over (S20), or at once where they were over before a resumption.
    "deduction.ordered": ("S20", {CLOCK, AGENT, SYSTEM}),
    "advance.ordered": ("S20", {CLOCK, AGENT, SYSTEM}),
    "refund.paid": ("S20", {SYSTEM}),
    "advance.recovered": ("S20", {SYSTEM}),
    "own_payment.claimed": ("S18", {SELLER}),
    "own_payment.confirmed": ("S18", {CUSTOMER}),
    "own_payment.denied": ("S18", {CUSTOMER}),
    "matter.reminded": ("S19", {CLOCK}),
    "debt.left": ("row: collection", {CLOCK, SYSTEM}),
    "appeal.reversal_booked": ("reading 5", {AGENT}),
    "order.fact_noted": ("S7", {SYSTEM}),
}
"""Event to the rule that makes it somebody's, and to whom it belongs. Events not named follow from others."""

BASES: dict[str, set[str]] = {
    "APPROVAL": {SELLER},
    "RULE": {CUSTOMER, AGENT, SYSTEM},
    "LAPSE": {CLOCK},
    "OFFER": {CUSTOMER},
    "CONCESSION": {SELLER},
    "AGREEMENT": {CUSTOMER, SELLER},
    "SELLER_INITIATED": {SELLER},
    "COURT": {AGENT},
}
"""Why something was granted, to who can have granted it."""


def check_role(trial: Trial, event: Event) -> None:
    """The event belongs to the role that made it."""
    rule, owners = OWNERS.get(event.name, ("", ANY))
    follows = event.name == "remedy.confirmed" and bool(trial.in_batch("remedy.assessed"))
    # A customer who has a part by the seller's own hand lowers what is collected.
    follows |= event.name in {"deduction.ordered", "advance.ordered"} and bool(trial.in_batch("own_payment.confirmed"))
    if event.role not in owners and not follows:  # an agent who finds no problem ends the wait for one
        trial.fault(rule, event, f"{event.name} came from {event.role}")
    who = {CUSTOMER: "customer_id", SELLER: "seller_id"}.get(event.role)
    if who and trial.opened is not None and event.by != trial.opened.data[who]:
        trial.fault("privacy", event, f"{event.by} acted as {event.role} in a case that is not theirs")
    matter = trial.matter_of(event)
    if event.name == "request.opened" and event.data["by"] != event.role:
        trial.fault("S1", event, f"opened by {event.role}, but the event says {event.data['by']}")
    elif event.name == "request.approved":
        _check_basis(trial, event)
    elif event.name == "material.given":
        giver = event.data["exhibit"]["giver"]
        if giver != event.role and event.role in PARTIES:
            trial.fault("S3", event, f"{event.role} gave material as {giver}")
    elif matter is not None:
        _check_party(trial, event, matter)


def _check_basis(trial: Trial, event: Event) -> None:
    basis = event.data["basis"]
    if event.role not in BASES.get(basis, set()):
        trial.fault("S27", event, f"{event.role} cannot grant by {basis}")


def _check_party(trial: Trial, event: Event, matter: Matter) -> None:
    data = event.data
    if event.name == "judgement.accepted" and data["party"] != event.role:
        trial.fault("S18", event, f"{event.role} accepted in the name of {data['party']}")
    if event.name == "agreement.proposed" and data["by"] != event.role:
        trial.fault("S9", event, f"{event.role} proposed in the name of {data['by']}")
    closed_for = event.name == "material.window_closed" and not data["lapsed"]
    if closed_for and event.role in PARTIES and data["party"] != event.role and not matter.stopped:
        trial.fault("S3", event, f"{event.role} closed {data['party']}'s window")


def check_lock(trial: Trial, event: Event) -> None:
    """While the platform decides the seller neither approves, rejects nor offers."""
    matter = trial.matter_of(event)
    if matter is None or matter.phase not in LOCKED or event.role != SELLER:
        return
    approves = event.name == "request.approved" and event.data["basis"] == "APPROVAL"
    if approves or event.name in {"request.rejected", "offer.made", "return.accepted", "return.rejected"}:
        trial.fault("reading 12", event, f"the seller is locked in {matter.phase}: {event.name}")
