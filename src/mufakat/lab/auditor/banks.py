"""Chargebacks: nothing is decided or paid while one is open, and each ends in one liability (S14, reading 8).

What a bank has said is read from the order's facts alone. While one is open a matter stands still; a lost one is borne
for every minor unit by exactly one: by the seller, by the platform where it had judged for the seller, by the customer
who has more than the goods cost. Whether a notice that became known in the very instant of a command came before or
after it is not told: both are accepted then.
"""

from collections import defaultdict
from datetime import datetime

from mufakat.lab.auditor.faults import Fault, Json
from mufakat.lab.auditor.trial import CUSTOMER, EXECUTION, SELLER, SYSTEM, Event, Matter, Trial
from mufakat.lab.auditor.worth import lost, price

PAYS = {"refund.ordered", "deduction.ordered", "advance.ordered", "goods.shipped", "remedy.proven"}
"""What moves money or goods to the customer."""
LOWERS = {"refund.ordered", "deduction.ordered"}
"""Of these, what may also say that less is owed."""
DECIDES = {"dispute.judged", "request.approved", "request.rejected", "offer.accepted", "appeal.decided"}
STANDS = {"STOPPED", "SUSPENDED", "LATE_APPEAL"}
"""Where a matter waits for the bank; a late appeal can only claw back, so it goes on."""
FORUM = "CHARGEBACK"


def covers(fact: Json, line_id: str, unit: int) -> bool:
    """Whether a notice is about a unit."""
    return fact.get("line_id", "") in ("", line_id) and (not fact.get("units") or unit in fact["units"])


def awaited(trial: Trial, matter: Matter, at: datetime, *, inclusive: bool = True) -> list[str]:
    """References of the chargebacks about a matter that were open at an instant."""
    pairs = trial.pairs(matter)
    standing = trial.known.banks(at, inclusive=inclusive)
    return [
        name
        for name, fact in standing.items()
        if fact["stage"] == "OPENED" and any(covers(fact, line, unit) for line, unit in pairs)
    ]


def _surely(trial: Trial, matter: Matter, at: datetime) -> list[str]:
    """Those that were open in either reading of the instant."""
    before = awaited(trial, matter, at, inclusive=False)
    return [each for each in awaited(trial, matter, at) if each in before]


def check_open(trial: Trial, event: Event) -> None:
    """While a chargeback is open nothing is paid, shipped or decided about its units."""
    matter = trial.matter_of(event)
    if matter is None or event.name not in PAYS | DECIDES:
        return
    waiting = _surely(trial, matter, event.at)
    if not waiting or matter.closed:
        return
    late = matter.dispute is not None and matter.dispute.late
    if event.name in DECIDES and (matter.judged or late):
        return  # a late appeal claws back, and an agreement in what is carried out is no decision of the platform's
    less = event.name in LOWERS and not event.data.get("at_once", True) and event.data.get("change", 0) <= 0
    if not less:
        trial.fault("reading 8", event, f"{event.name} while chargeback {', '.join(waiting)} is open")


def check_asked(trial: Trial, event: Event) -> None:
    """Nothing is asked about units while a bank is asked about them."""
    if event.name != "request.opened":
        return
    standing = trial.known.banks(event.at, inclusive=False)
    surely = trial.known.banks(event.at)
    for claim in event.data["lines"]:
        for name, fact in standing.items():
            still = surely.get(name, fact)["stage"] == fact["stage"] == "OPENED"
            if still and any(covers(fact, claim["line_id"], unit) for unit in claim["units"]):
                trial.fault("reading 8", event, f"{claim['line_id']} is asked for while chargeback {name} is open")


def check_frozen(trial: Trial, event: Event) -> None:
    """What is frozen waits for a chargeback that was told of, with what was left of its clock; what is settled too."""
    matter = trial.matter_of(event)
    if matter is None or event.name not in {"chargeback.frozen", "chargeback.settled"}:
        return
    data = event.data
    if not any(fact["reference"] == data["reference"] for seen, fact in trial.known.bank if seen <= event.at):
        trial.fault("reading 8", event, f"nobody told of chargeback {data['reference']}")
    if event.name == "chargeback.settled":
        if data["bearer"] not in {SELLER, CUSTOMER, SYSTEM} or data["amount"] < 0:
            trial.fault("reading 8", event, f"{data['amount']} is borne by {data['bearer']}")
        return
    if data["reference"] not in awaited(trial, matter, event.at):
        trial.fault("reading 8", event, f"frozen for chargeback {data['reference']}, which is not open")
    first = matter.phase in EXECUTION and not trial.in_batch("remedy.ordered", matter=matter.number)
    if first and matter.due is not None:
        left = max(1.0, (matter.due - event.at).total_seconds())
        if abs(left - data["left"]) > 1:
            trial.fault("arithmetic 11", event, f"{data['left']} seconds left, reckoned {left}")


def check_stands(trial: Trial) -> None:
    """After a command every matter about which a chargeback is open stands still."""
    for matter in trial.matters.values():
        if matter.closed or matter.phase in STANDS or not matter.phase:
            continue
        if matter.dispute is not None and matter.dispute.late and matter.judged:
            continue  # a late appeal
        waiting = _surely(trial, matter, trial.batch[-1].at)
        if waiting:
            text = f"matter {matter.number} goes on in {matter.phase} while chargeback {', '.join(waiting)} is open"
            trial.fault("reading 8", trial.batch[-1], text)


# --- one liability, over all cases of an order


def check_liabilities(trials: list[Trial], *, settled: bool) -> list[Fault]:
    """At the end each lost chargeback about units of cases is borne whole, once, and by the right ones."""
    if not trials or not settled:
        return []
    known, faults = trials[0].known, []
    borne = _borne(trials)
    for name, fact in known.banks().items():
        told = {bearer: amount for (reference, bearer), amount in borne.items() if reference == name}
        heard = [seen for seen, each in known.bank if each == fact]
        least, slack = _share(trials, fact, heard, inclusive=False)
        most, _ = _share(trials, fact, heard, inclusive=True)
        total = sum(told.values())
        if fact["stage"] == "WON" and total:
            faults.append(_fault(trials, f"{total} of chargeback {name} is borne although the seller won it"))
        elif fact["stage"] == "LOST" and not least - slack <= total <= most + slack:
            faults.append(_fault(trials, f"{total} of chargeback {name} is borne, it came to {least}"))
        if told.get(SYSTEM) and not _judged_for_seller(trials, fact):
            faults.append(_fault(trials, f"the platform bears {told[SYSTEM]} of chargeback {name} without a judgement"))
    return faults + _check_once(trials, borne)


def _fault(trials: list[Trial], text: str) -> Fault:
    return Fault("reading 8", trials[-1].case_id, 0, text)


def _borne(trials: list[Trial]) -> dict[tuple[str, str], int]:
    """What each bears of each chargeback, by the last word of every matter."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for trial in trials:
        for matter in trial.matters.values():
            for key, amount in matter.charged.items():
                found[key] += amount
    return found


def _share(trials: list[Trial], fact: Json, heard: list[datetime], *, inclusive: bool) -> tuple[int, int]:
    """What a chargeback comes to for units of cases that were open by then, and by how much rounding may differ.

    What was known before a case began is the order's alone. `inclusive`: also of cases opened in that very instant.
    """
    known, told = trials[0].known, 0
    pairs = {
        pair
        for trial in trials
        for matter in trial.matters.values()
        for pair in trial.pairs(matter)
        if trial.opened is not None
        and any(trial.opened.at < each or (inclusive and trial.opened.at == each) for each in heard)
    }
    for part in lost(known, [fact]):
        told += sum(amount for unit, amount in part["by_unit"].items() if (part["line_id"], unit) in pairs)
    return told, len(pairs)


def _judged_for_seller(trials: list[Trial], fact: Json) -> bool:
    return any(
        judged["decision"] == "FOR_SELLER" and fact.get("line_id", "") in ("", line)
        for trial in trials
        for matter in trial.matters.values()
        for dispute in matter.disputes
        for line, judged in dispute.lines.items()
    )


def _check_once(trials: list[Trial], borne: dict[tuple[str, str], int]) -> list[Fault]:
    """The seller never gives more for the units of cases than they cost, by refund and chargeback together."""
    known, faults = trials[0].known, []
    pairs = {pair for trial in trials for matter in trial.matters.values() for pair in trial.pairs(matter)}
    cost = sum(price(known, line, [unit]) for line, unit in pairs) + int(known.order.get("shipping_fee", 0))
    paid = freight = 0
    for trial in trials:
        for matter in trial.matters.values():
            if matter.remedy is not None:
                paid += matter.remedy.paid + matter.remedy.confirmed
                freight += matter.remedy.freight if matter.remedy.freight_bearer == SELLER else 0
    by_seller = sum(amount for (_, bearer), amount in borne.items() if bearer == SELLER)
    if by_seller and paid + by_seller > cost + freight + len(pairs):
        text = f"the seller gives {paid} by refunds and {by_seller} by chargebacks for goods that cost {cost}"
        faults.append(_fault(trials, text))
    return faults
