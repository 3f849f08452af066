"""What refunds mean between seller and platform, and where the money goes, reckoned anew. Minor units.

Of commission, fees, the platform's discounts and tax of a line, so much has gone back as of what was paid for the line:
rounded half to even, as a function of all that went back by our cases. How it was cut into payments plays no part.
"""

import re
from datetime import datetime
from fractions import Fraction

from mufakat.lab.auditor.faults import Fault
from mufakat.lab.auditor.trial import Event, Matter, Remedy, Trial
from mufakat.lab.auditor.worth import line_price, of_voucher, spread

PARTS = ("commission", "fees", "subsidy", "tax")
CAUSES = {"refund.paid", "refund.reduced", "own_payment.confirmed", "appeal.reversal_booked"}
"""What an adjustment follows at once."""


def check_adjustment(trial: Trial, event: Event) -> None:
    """It follows what caused it at once, is not empty, and tells the provider the right total."""
    matter = trial.matter_of(event)
    if event.name != "adjustment.booked" or matter is None:
        return
    if matter.remedy is None:
        trial.fault("S21", event, "an adjustment without a remedy")
        return
    before = trial.past[-1] if trial.past else None
    if before is None or before.name not in CAUSES or before.data["matter"] != matter.number:
        trial.fault("row: adjustment", event, f"an adjustment after {before.name if before else 'nothing'}")
    data, so_far = event.data, matter.remedy.adjusted
    if not any(data.get(part) for part in PARTS):
        trial.fault("row: adjustment", event, "an adjustment of nothing")
    total = net(so_far) + data["commission"] + data["fees"] - data["subsidy"]
    if data["total"] != total:
        trial.fault("row: adjustment", event, f"the provider is told {data['total']}, it comes to {total}")


def net(parts: dict[str, int]) -> int:
    """What the platform owes the seller of it."""
    return parts.get("commission", 0) + parts.get("fees", 0) - parts.get("subsidy", 0)


def check_destination(trial: Trial, event: Event) -> None:
    """The money goes where the rulebook says for the method, chosen when it was first ordered."""
    matter = trial.matter_of(event)
    if event.name != "refund.ordered" or matter is None or matter.remedy is None:
        return
    told, remedy = event.data.get("destination", "ORIGINAL"), matter.remedy
    lawful = {remedy.destination} if remedy.total or remedy.paid else _places(trial, event.at)
    if told not in lawful:
        trial.fault("row: destination", event, f"the money goes to {told}, not to {sorted(lawful)}")


def _places(trial: Trial, at: datetime) -> set[str]:
    """Where it may go: by the latest payment known; one that became known in this very instant may count or not."""
    found = set()
    for heard in ([m for m in trial.known.methods if m[0] <= at], [m for m in trial.known.methods if m[0] < at]):
        method = max(heard, key=lambda each: each[1])[2] if heard else trial.known.order.get("payment_method", "")
        key = re.sub(r"[^A-Z0-9]+", "_", method.upper()).strip("_")
        found.add(trial.law.value("destination", key) or "ORIGINAL" if key else "ORIGINAL")
    return found


def owed(remedy: Remedy) -> dict[str, int]:
    """What each line of a remedy is owed: its share, less what is off that line, less what is off all of them."""
    left = {share["line_id"]: int(share["amount"]) for share in remedy.shares}
    goods = max(0, sum(left.values()) - remedy.lowered - remedy.reduced)
    for line_id, amount in remedy.off.items():
        left[line_id] = max(0, left.get(line_id, 0) - amount)
    return dict(zip(left, spread(min(goods, sum(left.values())), list(left.values())), strict=True))


def paid_by_line(matter: Matter) -> dict[str, int]:
    """What was paid for each line of a matter: goods first, by what each is owed; shipping and freight last.

    With what the seller paid by its own hand, as the customer confirmed it.
    """
    if matter.remedy is None or not (matter.remedy.paid or matter.remedy.by_hand):
        return {}
    lines = owed(matter.remedy)
    parts = spread(min(matter.remedy.paid, sum(lines.values())), list(lines.values()))
    return {line: part + matter.remedy.by_hand.get(line, 0) for line, part in zip(lines, parts, strict=True)}


def check_order(trials: list[Trial]) -> list[Fault]:
    """All adjustments of an order's cases come to what all its payments mean, to the minor unit."""
    if not trials:
        return []
    first, gone, booked, slack = trials[0], dict[str, int](), dict.fromkeys(PARTS, 0), 0
    if len({(t.law.switch("commission_back"), t.law.switch("fees_back")) for t in trials}) > 1:
        return []  # the market changed its mind between two cases: the line's sum has no one law
    for trial in trials:
        for matter in trial.matters.values():
            lost = _lost(matter)
            slack += 2 * len(first.known.lines) * bool(lost)  # what is booked back was rounded with other payments
            for line_id, amount in paid_by_line(matter).items():
                gone[line_id] = gone.get(line_id, 0) + (0 if line_id in lost else amount)
        for event in trial.past:
            if event.name == "adjustment.booked":
                for part in PARTS:
                    booked[part] += event.data.get(part, 0)
    due = _due(first, gone)
    return [
        Fault("row: adjustment", trials[-1].case_id, 0, f"{part}: {booked[part]} booked in all, {due[part]} is due")
        for part in PARTS
        if abs(booked[part] - due[part]) > slack
    ]


def _lost(matter: Matter) -> set[str]:
    """The lines of which a late appeal made the seller whole."""
    if matter.outcome != "REVERSED_ON_APPEAL" or matter.dispute is None:
        return set()
    return {line for line, judged in matter.dispute.lines.items() if judged["decision"] == "FOR_SELLER"}


def _due(trial: Trial, gone: dict[str, int]) -> dict[str, int]:
    known, law = trial.known, trial.law
    due = dict.fromkeys(PARTS, 0)
    for line_id, line in known.lines.items():
        cost = line_price(known, line_id)
        part = Fraction(min(gone.get(line_id, 0), cost), cost) if cost else Fraction(0)
        subsidy = line.get("platform_discount", 0) + of_voucher(known, line_id, "platform_voucher")
        due["commission"] += round(part * line.get("commission", 0)) if law.switch("commission_back") else 0
        due["fees"] += round(part * line.get("fees", 0)) if law.switch("fees_back") else 0
        due["subsidy"] += round(part * subsidy)
        due["tax"] += round(part * line.get("tax", 0))
    return due
