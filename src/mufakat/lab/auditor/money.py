"""What is ordered and paid, recomputed: shares, shipping, freight, what is taken off, holds. Minor units."""

from datetime import datetime

from mufakat.lab.auditor.adjusting import owed
from mufakat.lab.auditor.trial import CUSTOMER, GOODS, SELLER, Event, Matter, Remedy, Trial
from mufakat.lab.auditor.worth import all_units, outside, price, went_back, worth

AS_CLAIMED = {"APPROVAL", "RULE", "LAPSE", "CONCESSION", "SELLER_INITIATED"}
AT_FAULT = {SELLER, "CARRIER"}


def elsewhere(trial: Trial, line_id: str, units: list[int], at: datetime) -> int:
    """What other cases had paid for these units by then."""
    return sum(amount for unit in units for when, amount in trial.paid_elsewhere.get((line_id, unit), []) if when <= at)


def claimed(trial: Trial, line_id: str, at: datetime, *, goods: bool) -> set[int]:
    """What a line is owed: its worth, never more than asked. A remedy in goods is worth the price (rule 8)."""
    units = trial.units(line_id)
    other = elsewhere(trial, line_id, units, at)
    left = worth(trial.known, line_id, units, at)
    asked = trial.claims[line_id]["amount"]
    found = {max(0, left - other)} if other else {left}
    if asked is None:
        return found
    capped = {min(asked, each) for each in found}
    return capped | found if goods else capped


def check_remedy(trial: Trial, event: Event) -> None:
    """A remedy is ordered for the matter's lines, for what they are worth."""
    matter = trial.matter_of(event)
    if event.name != "remedy.ordered" or matter is None:
        return
    data = event.data
    shares = {share["line_id"]: share for share in data["shares"]}
    if set(shares) != set(matter.lines) or len(data["shares"]) != len(shares):
        trial.fault("arithmetic 9", event, f"shares of {sorted(shares)} for lines {matter.lines}")
        return
    for line_id, share in shares.items():
        units = trial.units(line_id)
        if sorted(share["units"]) != sorted(units):
            trial.fault("reading 14", event, f"{line_id}: units {share['units']} instead of {units}")
        most = price(trial.known, line_id, units)
        if not 0 <= share["amount"] <= most and data["kind"] != "OTHER":
            trial.fault("arithmetic 9", event, f"{line_id}: {share['amount']} for units that cost {most}")
    _check_amounts(trial, event, matter, {line: int(share["amount"]) for line, share in shares.items()})
    _check_shipping(trial, event, matter)
    _check_freight(trial, event, matter)


def _check_amounts(trial: Trial, event: Event, matter: Matter, told: dict[str, int]) -> None:
    basis, kind = event.data["basis"], event.data["kind"]
    due = {line: claimed(trial, line, event.at, goods=kind in GOODS) for line in matter.lines}
    if basis == "JUDGEMENT" and matter.dispute is not None:
        for line, amount in told.items():
            judged = matter.dispute.lines.get(line, {}).get("amount")
            # Money that went back outside between judgement and order lowers what is left.
            if amount != judged and amount not in due[line]:
                trial.fault("arithmetic 9", event, f"{line}: {amount} ordered, {judged} judged")
    elif basis in AS_CLAIMED:
        for line, amount in told.items():
            if amount not in due[line]:
                trial.fault("arithmetic 9", event, f"{line}: {amount} ordered, {sorted(due[line])} is due")
    else:
        _check_whole(trial, event, matter, sum(told.values()), sum(max(each) for each in due.values()))


def _check_whole(trial: Trial, event: Event, matter: Matter, told: int, due: int) -> None:
    """Offers, agreements and orders name one amount for the whole; how it is spread over lines is not told."""
    basis = event.data["basis"]
    worth_all = sum(worth(trial.known, line, trial.units(line), event.at) for line in matter.lines)
    named: int | None = None
    if basis == "OFFER" and matter.offer is not None:
        named = matter.offer["amount"]
    elif basis == "AGREEMENT" and matter.proposal is not None:
        named = matter.proposal["solution"]["amount"]
    elif basis == "COURT":
        orders = trial.in_batch("process.order_recorded", matter=matter.number)
        named = orders[-1].data["amount"] if orders else None
    # The court may order more than was asked; nobody may order more than the goods cost.
    lawful = {due, worth_all} if named is None else {named, min(named, due), min(named, worth_all)}
    if event.data["kind"] == "NOTHING":
        lawful.add(0)
    if event.data["shipping"]:
        lawful |= {each - event.data["shipping"] for each in lawful}
    if told not in lawful:
        trial.fault(
            "arithmetic 9", event, f"{told} ordered by {basis}, {named if named is not None else due} was named"
        )


def _check_shipping(trial: Trial, event: Event, matter: Matter) -> None:
    """The fee goes back when all units of the order are refunded for the seller's or carrier's fault (rule 9)."""
    data, fee = event.data, trial.known.order.get("shipping_fee", 0)
    told = data["shipping"]
    if not told and not fee:
        return
    mine = {(share["line_id"], unit) for share in data["shares"] for unit in share["units"]}
    all_here = mine == all_units(trial.known)
    refunds = data["kind"] in {"REFUND", "RETURN_AND_REFUND"}
    fault = all(_cause(trial, matter, line) in AT_FAULT for line in matter.lines)
    on = trial.law.switch("shipping_fee_with_all_units")
    fault |= trial.kind == "CANCEL"  # nothing was shipped: its fee goes back whoever is at fault (decision 0009)
    # Goods that turn into money are worth what a refund would be (rule 8), so the fee may be written with them.
    in_goods = data["kind"] in {*GOODS, "OTHER"}
    if told and (told != fee or not on or not fault or not (refunds or in_goods)):
        trial.fault("arithmetic 9", event, f"{told} of the shipping fee {fee} goes back without the reason for it")
    elif told and not all_here and not _covered(trial, mine, event.at):
        trial.fault("arithmetic 9", event, "the shipping fee goes back although not all units are refunded")
    full = all(share["amount"] == price(trial.known, share["line_id"], share["units"]) for share in data["shares"])
    # Where part of it went back outside, whether all units are refunded may be read either way.
    full &= not any(outside(trial.known, share["line_id"], share["units"], event.at) for share in data["shares"])
    by_rule = data["basis"] in {*AS_CLAIMED, "JUDGEMENT"}
    # A part of the price asked or agreed is no refund of all units; then either is accepted.
    if not told and all_here and on and fault and refunds and full and by_rule and not _fee_paid(trial):
        trial.fault("arithmetic 9", event, "all units are refunded, but not the shipping fee")


def _fee_paid(trial: Trial) -> bool:
    """Whether other cases have paid anything: the fee may then be paid already."""
    return bool(trial.paid_elsewhere)


def _covered(trial: Trial, mine: set[tuple[str, int]], at: datetime) -> bool:
    """Whether the units not refunded here were refunded elsewhere: by another case, matter or outside."""
    here = {pair for m in trial.matters.values() if m.remedy is not None for pair in trial.pairs(m)}
    away = {pair for pair, paid in trial.paid_elsewhere.items() if paid}
    gone = {(fact["line_id"], unit) for fact in went_back(trial.known, at) for unit in fact["units"]}
    free = {pair for pair in all_units(trial.known) if not price(trial.known, pair[0], [pair[1]])}  # nothing to refund
    return all_units(trial.known) <= mine | here | away | gone | free


def _cause(trial: Trial, matter: Matter, line_id: str) -> str:
    judged = matter.dispute.lines.get(line_id) if matter.dispute is not None else None
    if judged is not None and judged["decision"] == "FOR_CUSTOMER":
        return str(judged["cause"])
    return trial.law.fault_of(trial.claims[line_id]["reason"])


def _check_freight(trial: Trial, event: Event, matter: Matter) -> None:
    """Freight follows fault: the seller's where it is at fault; otherwise the market's default."""
    default = trial.law.switch("freight_default_bearer")
    bearers = {SELLER if _cause(trial, matter, line) == SELLER else default for line in matter.lines}
    if event.data["basis"] in {"AGREEMENT", "COURT", "OFFER", "SELLER_INITIATED"}:
        bearers |= {CUSTOMER, SELLER}  # terms of their own; the seed gives fault only for claims
    if event.data["kind"] == "RETURN_AND_REFUND" and event.data["freight_bearer"] not in bearers:
        trial.fault(
            "row: freight", event, f"{event.data['freight_bearer']} bears the freight, by fault {sorted(bearers)}"
        )


def check_refund(trial: Trial, event: Event) -> None:
    """What is owed in all, and what was paid of it."""
    matter = trial.matter_of(event)
    if matter is None or event.name not in {"refund.ordered", "refund.paid", "refund.reduced", "debt.left"}:
        return
    remedy = matter.remedy
    if remedy is None:
        trial.fault("S21", event, f"{event.name} without a remedy")
        return
    data = event.data
    if event.name == "refund.ordered":
        _check_total(trial, event, matter, remedy)
    elif event.name == "refund.paid":
        if data["amount"] <= 0:
            trial.fault("row: paid", event, f"a payment of {data['amount']}")
        if remedy.paid + data["amount"] > remedy.highest:
            trial.fault(
                "row: paid", event, f"{remedy.paid + data['amount']} paid, at most {remedy.highest} was ordered"
            )
    elif event.name == "debt.left" and data["amount"] != remedy.open:
        trial.fault("row: collection", event, f"a debt of {data['amount']}, {remedy.open} is open")
    if data.get("obligation") and remedy.obligation and data["obligation"] != remedy.obligation:
        trial.fault("reading 9", event, f"obligation {data['obligation']} of a matter that owes {remedy.obligation}")


def _check_total(trial: Trial, event: Event, matter: Matter, remedy: Remedy) -> None:
    data = event.data
    freight = _freight(trial, remedy)
    later = [e for e in trial.in_batch("refund.reduced", matter=matter.number) if e.number > event.number]
    net = remedy.base - remedy.lowered - remedy.reduced
    nets = {net, net - sum(e.data["amount"] for e in later)}
    with_freight = {max(0, max(0, each) + freight) for each in nets} | {max(0, each + freight) for each in nets}
    without = {max(0, each) for each in nets}
    lawful = set(with_freight)
    shared = any(m.tracking == matter.tracking for m in trial.matters.values() if m is not matter)
    # One parcel for matters that split later carries its freight once; terms for the whole may include it or not;
    # where the customer bears a total loss nothing is told of the freight.
    if shared or remedy.basis in {"AGREEMENT", "OFFER", "COURT"} or remedy.lowered >= remedy.base:
        lawful |= without | ({0} if remedy.lowered >= remedy.base else set())
    lawful |= {max(each, remedy.paid) for each in lawful}  # what was paid meanwhile is not owed back
    if trial.in_batch("agreement.made", "claim.conceded", "process.order_recorded", matter=matter.number):
        lawful.add(0)  # what was owed before gives way to the new terms (reading 7)
    if data["total"] not in lawful:
        parts = f"{remedy.base} less {remedy.lowered + remedy.reduced}, freight {freight}"
        trial.fault("arithmetic 9", event, f"{data['total']} is ordered, reckoned {sorted(lawful)} ({parts})")
    elif freight and data["total"] in with_freight - without:
        other = trial.freight_paid.setdefault(matter.tracking, matter.number)
        if other != matter.number:
            trial.fault("row: freight", event, f"the freight of {matter.tracking} is paid by matter {other} already")
    if data["change"] != data["total"] - (remedy.total or 0):
        trial.fault("arithmetic 9", event, f"a change of {data['change']} from {remedy.total or 0} to {data['total']}")


def check_owed(trial: Trial) -> None:
    """While a refund is on its way no line is owed more than its own units still allow; what is paid already stands."""
    for matter in trial.matters.values():
        remedy = matter.remedy
        if remedy is None or not remedy.total or matter.phase not in {"PAYING", "DEDUCTING"}:
            continue
        at, most = trial.batch[0].at, 0
        for line_id, due in owed(remedy).items():
            units = trial.units(line_id)
            left = worth(trial.known, line_id, units, at) - elsewhere(trial, line_id, units, at)
            most += min(due, max(0, left))
        most += max(0, remedy.shipping) + _freight(trial, remedy)
        if remedy.total > max(most, remedy.paid):
            text = f"{remedy.total} is owed, but the lines' own units allow {most} (paid {remedy.paid})"
            trial.fault("arithmetic 9", trial.batch[-1], text)


def _freight(trial: Trial, remedy: Remedy) -> int:
    """The freight of a self-arranged return: paid back up to the order's own shipping fee (decision 0008)."""
    if remedy.freight_bearer != SELLER:
        return 0
    return min(remedy.freight, int(trial.known.order.get("shipping_fee", 0)))
