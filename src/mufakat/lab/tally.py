"""Adding up what a marketplace recorded: disputes, judgements, lapses and money. Read from the logs alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """What happened in all. Money in minor units of `currency`."""

    requests: int = 0
    open: int = 0
    currency: str = ""
    types: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    disputes: Counter[int] = field(default_factory=Counter)
    appeals: Counter[str] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)
    lapses: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    ordered: int = 0
    refunded: int = 0
    deducted: int = 0
    given_up: int = 0
    reversed: int = 0
    interest: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Running:
    """A matter of a case while its log is read."""

    clock: str = ""
    lapse: str = ""
    due: str = ""
    deducting: bool = False


def tally(record: Json) -> Tally:
    """Everything that a record holds, added up."""
    total = Tally()
    for order in record["orders"]:
        paid = {line["line_id"]: line for line in order["order"]["lines"]}
        total.currency = total.currency or order["order"]["currency"]
        for case_id, log in order["cases"].items():
            total.requests += 1
            total.interest[case_id] = set()
            _case(total, case_id, log, paid)
    return total


def _case(total: Tally, case_id: str, log: list[Json], bought: dict[str, Json]) -> None:
    matters: dict[int, Running] = {}
    open_matters: set[int] = set()
    for event in log:
        number = event["data"].get("matter", 0)
        if event["name"] == "request.opened":
            total.types[event["data"]["type"]] += 1
            total.asked += sum(_asked(line, bought[line["line_id"]]) for line in event["data"]["lines"])
            open_matters.add(1)
        elif event["name"] == "matter.split":
            open_matters.add(event["data"]["new"])
            matters[event["data"]["new"]] = Running()
        matter = matters.setdefault(number, Running())
        _lapse(total, event, matter)
        if event["name"] == "matter.closed":
            open_matters.discard(number)
        _one(total, case_id, event, matter)
    total.open += bool(open_matters)


def _asked(line: Json, bought: Json) -> int:
    """What a line asks for: the amount named, else what its units cost (before what the line's discount takes off)."""
    if line["amount"] is not None:
        return int(line["amount"])
    units = len(line["units"])
    discount = bought["discount"] * units // bought["quantity"]
    return int(bought["unit_price"] * units - discount)


def _lapse(total: Tally, event: Json, matter: Running) -> None:
    """Count the first thing that the clock does about a matter after its due moment."""
    if event["role"] == "CLOCK" and matter.due and event["at"] >= matter.due:
        total.lapses[f"{matter.clock}: {matter.lapse}"] += 1
        matter.due = ""


def _one(total: Tally, case_id: str, event: Json, matter: Running) -> None:
    name, data = event["name"], event["data"]
    interest = total.interest[case_id]
    if name == "phase.entered":
        matter.clock, matter.lapse, matter.due = data["clock"], data["lapse"], data["due"]
    elif name == "dispute.raised":
        total.disputes[data["number"]] += 1
        interest.add(f"dispute {data['number']}")
    elif name == "dispute.judged":
        total.judged.update(line["rule"] for line in data["lines"])
    elif name == "appeal.raised":
        total.appeals["late" if data["late"] else "in time"] += 1
        interest.add("appeal")
    elif name == "appeal.decided":
        total.decided["upheld" if data["upheld"] else "reversed"] += 1
    elif name == "matter.closed":
        total.outcomes[data["outcome"]] += 1
    else:
        _money(total, interest, name, data, matter)


def _money(total: Tally, interest: set[str], name: str, data: Json, matter: Running) -> None:
    if name == "refund.ordered":
        total.ordered += data["change"]
    elif name == "deduction.ordered":
        matter.deducting = True
        interest.add("deduction")
    elif name == "refund.paid":
        total.refunded += data["amount"]
        total.deducted += data["amount"] if matter.deducting else 0
    elif name == "debt.left":
        total.given_up += data["amount"]
        interest.add("debt")
    elif name == "appeal.reversal_booked":
        total.reversed += data["amount"]


def balances(record: Json) -> dict[str, int]:
    """What each account of the ledger stands at; all together they are zero. What is held moves nothing yet."""
    found = Counter[str]()
    for each in record["transfers"]:
        if each["kind"] in ("POSTED", "POST"):
            found[each["debit"]] -= each["amount"]
            found[each["credit"]] += each["amount"]
    return dict(sorted(found.items()))


def held(record: Json) -> int:
    """What is held of sellers' payouts: pending, and not resolved."""
    resolved = {each["resolves"] for each in record["transfers"]}
    waiting = (each for each in record["transfers"] if each["kind"] == "PENDING" and each["id"] not in resolved)
    return sum(each["amount"] for each in waiting if each["debit"] == "seller/payable")


def unbalanced(record: Json) -> list[str]:
    """Closed cases that owe what is not in the arrears: none in a sound ledger."""
    sums = Counter[tuple[str, str, str]]()
    for each in record["transfers"]:
        if each["kind"] in ("POSTED", "POST"):
            sums[each["case_id"], each["debit"], each["currency"]] -= each["amount"]
            sums[each["case_id"], each["credit"], each["currency"]] += each["amount"]
    owing = {case_id for (case_id, account, _), amount in sums.items() if amount and account in SETTLED}
    return sorted(owing & _closed(record))


SETTLED = ("customer/claim", "seller/debt")
"""Accounts that stand at zero once a case is closed."""


def _closed(record: Json) -> set[str]:
    """The cases of which every part is closed."""
    found = set()
    for order in record["orders"]:
        for case_id, events in order["cases"].items():
            parts = {1} | {each["data"]["new"] for each in events if each["name"] == "matter.split"}
            ended = {each["data"]["matter"] for each in events if each["name"] == "matter.closed"}
            found |= {case_id} if parts == ended else set()
    return found


def worth_a_look(total: Tally, most: int = 3) -> list[tuple[str, str]]:
    """Case ids with why: those in which most kinds of things happened, each a different mixture."""
    ranked = sorted(total.interest.items(), key=lambda each: (-len(each[1]), each[0]))
    found = {case_id: ", ".join(sorted(what)) for case_id, what in ranked if what}
    first = {why: case_id for case_id, why in reversed(found.items())}
    different = [(case_id, why) for case_id, why in found.items() if first[why] == case_id]
    others = [(case_id, why) for case_id, why in found.items() if first[why] != case_id]
    return [*different, *others][:most]


def names(counts: Counter[Any]) -> Iterator[tuple[str, int]]:
    """Names and counts, most first."""
    return ((str(name), n) for name, n in sorted(counts.items(), key=lambda each: (-each[1], str(each[0]))))
