"""What is collected from the seller after its 48 hours, what the platform advances, what stays a debt (S19, S20)."""

from mufakat.lab.auditor.trial import SELLER, Event, Matter, Remedy, Trial
from mufakat.lab.auditor.worth import went_back


def check_deduction(trial: Trial, event: Event) -> None:
    """The provider deducts after 48 hours of the seller's turn and not before (S19, S20)."""
    matter = trial.matter_of(event)
    if matter is None or matter.remedy is None:
        return
    remedy, law = matter.remedy, trial.law
    if event.name == "deduction.ordered":
        if (
            matter.closed
            or matter.phase == "DEDUCTING"
            or (matter.phase == "SUSPENDED" and remedy.deducted_at is not None)
        ):
            _check_owed(trial, event, remedy)
            return  # it goes on, for what is owed now
        starts = matter.anchors["SELLERS_TURN"]
        over = matter.clock == "compliance" and matter.due is not None and event.at >= matter.due
        if not over and not (starts and event.at >= law.end("compliance", min(starts))):
            trial.fault("S20", event, "deducted before the seller's 48 hours had ended")
        _check_owed(trial, event, remedy)
    elif event.name == "refund.ordered" and event.data["at_once"] and matter.judged and not _may_pay(event, matter):
        trial.fault("S20", event, f"a judged refund is taken at once by {event.role}, before the 48 hours")


def _check_owed(trial: Trial, event: Event, remedy: Remedy) -> None:
    if event.data["outstanding"] != remedy.open:
        trial.fault("S20", event, f"deducts {event.data['outstanding']}, {remedy.open} is open")
    balance = bool(event.data.get("debit_balance"))
    if balance != bool(trial.law.switch("debit_balance")):
        trial.fault("reading 9", event, f"the balance is {'debited' if balance else 'spared'}, against the switch")


def _may_pay(event: Event, matter: Matter) -> bool:
    """Whether a judged refund may be paid from held money before the 48 hours end.

    The seller may have it paid; and once a return is confirmed or a report about it is settled it is paid at once
    (decision 0008), also where it goes on after a suspension or is lowered for money that went back elsewhere.
    """
    settled = matter.uploaded is not None and matter.phase in {"RETURNING", "REPORTED", "INSPECTING"}
    # An agent who finds that the goods owed are wrong turns them into money: the seed names no new 48 hours for it.
    # So does a parcel that the carrier lost after the seller had shipped it in time.
    assessed = matter.phase in {"ASSESSING", "DELIVERING"}
    return event.role == SELLER or settled or assessed or matter.phase in {"SUSPENDED", "PAYING", "DEDUCTING"}


def check_advance(trial: Trial, event: Event) -> None:
    """The platform pays in the seller's place only where the market has it, what is unpaid, and once (reading 9)."""
    matter = trial.matter_of(event)
    if matter is None or matter.remedy is None:
        return
    remedy, data = matter.remedy, event.data
    unpaid = (remedy.total or 0) - remedy.paid
    if event.name == "advance.ordered":
        if not trial.law.switch("platform_advance"):
            trial.fault("reading 9", event, "the platform advances although the market has no advance")
        if data["amount"] != unpaid or data["amount"] <= 0:
            trial.fault("S20", event, f"{data['amount']} is advanced, {unpaid} is unpaid")
    elif event.name == "deduction.ordered" and not matter.closed:
        advanced = trial.in_batch("advance.ordered", matter=matter.number)
        if trial.law.switch("platform_advance") and unpaid and not advanced:
            trial.fault("S20", event, f"{unpaid} is unpaid and nobody advances it")
    elif event.name == "refund.paid" and data.get("advanced") and remedy.advanced + data["amount"] > remedy.advance:
        trial.fault("S20", event, f"{remedy.advanced + data['amount']} advanced, at most {remedy.advance} was to be")
    elif event.name == "advance.recovered" and event.data["obligation"].endswith(":chargeback"):
        return
    elif event.name == "advance.recovered" and not 0 < data["amount"] <= remedy.advanced - remedy.recovered:
        trial.fault("S20", event, f"{data['amount']} recovered of {remedy.advanced - remedy.recovered} that is open")


def check_own_payment(trial: Trial, event: Event) -> None:
    """What a seller paid by itself counts by the customer's word alone, and for no more than it said (S18)."""
    matter = trial.matter_of(event)
    if matter is None or matter.remedy is None:
        return
    remedy = matter.remedy
    if event.name == "own_payment.claimed":
        if matter.phase not in {"PAYING", "DEDUCTING"}:
            trial.fault("S18", event, f"a seller says that it paid by itself in {matter.phase}")
        if not 0 < event.data["amount"] <= (remedy.total or 0) - remedy.paid:
            trial.fault("S18", event, f"{event.data['amount']} by itself of {(remedy.total or 0) - remedy.paid} unpaid")
    elif event.name == "own_payment.confirmed":
        if not 0 < event.data["amount"] <= remedy.own:
            trial.fault("S18", event, f"{event.data['amount']} confirmed, the seller said {remedy.own}")
        if sum(amount for _, amount in event.data["parts"]) > event.data["amount"]:
            trial.fault("arithmetic 9", event, f"{event.data['parts']} of {event.data['amount']}")
    elif event.name == "refund.reduced":
        _check_reduced(trial, event, matter, remedy)


def _check_reduced(trial: Trial, event: Event, matter: Matter, remedy: Remedy) -> None:
    """Less is owed only for money that went back: outside, by another case, or by the seller's own hand."""
    here = went_back(trial.known, event.at)
    fee = sum(
        int(f["amount"]) for f in trial.known.banks(event.at).values() if f["stage"] == "LOST" and not f.get("line_id")
    )
    facts = sum(int(f["amount"]) for f in here if f["line_id"] in matter.lines) + min(remedy.shipping, fee)
    cases = sum(n for pair in trial.pairs(matter) for at, n in trial.paid_elsewhere.get(pair, []) if at <= event.at)
    reduced = remedy.reduced + event.data["amount"]
    if reduced > facts + cases + remedy.confirmed:
        text = f"{reduced} less is owed; {facts} went back outside, {cases} by other cases, {remedy.confirmed} by hand"
        trial.fault("arithmetic 9", event, text)


def check_after_debt(trial: Trial, event: Event) -> None:
    """A debt that was left is collected on: nothing tells the provider to stop while any of it is open (reading 9)."""
    matter = trial.matter_of(event)
    if event.name != "deduction.stopped" or matter is None or matter.remedy is None:
        return
    frozen = trial.in_batch("chargeback.frozen", matter=matter.number)
    if matter.outcome == "DEBT_LEFT" and matter.remedy.open and not frozen:
        trial.fault("S20", event, f"the collecting of a debt of {matter.remedy.open} is stopped")
