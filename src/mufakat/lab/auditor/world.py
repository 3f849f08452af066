"""A whole world of orders and cases: what one case alone cannot show."""

import tomllib
from collections import Counter, defaultdict
from datetime import datetime
from importlib import resources
from typing import Any

from mufakat.lab.auditor import imported
from mufakat.lab.auditor.adjusting import check_order
from mufakat.lab.auditor.banks import check_liabilities
from mufakat.lab.auditor.faults import Fault, Json
from mufakat.lab.auditor.ledger import check_ledger, check_provider, check_recovered
from mufakat.lab.auditor.moments import instant
from mufakat.lab.auditor.parcel import Known
from mufakat.lab.auditor.replay import prepare, replay
from mufakat.lab.auditor.trial import AGENT, CUSTOMER, PARTIES, SELLER, Event, Matter, Trial
from mufakat.lab.auditor.worth import line_price, price, shares

RESULTS = {"dispute.judged", "appeal.decided"}
"""What both parties are told (S8)."""
REMINDER = "reminder."
"""How the code of a notice begins that reminds somebody."""


def rulebook_of(named: Any) -> Json:
    """A rulebook's TOML: given as such, or by the name under which it ships."""
    if isinstance(named, dict):
        return named
    file = resources.files("mufakat.rulebooks") / f"{named}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def audit(world: Json) -> list[Fault]:
    """Every fault of a world, in the order of its cases."""
    book = rulebook_of(world["rulebook"])
    end = instant(world["end"])
    faults: list[Fault] = []
    trials: list[Trial] = []
    for each in world["orders"]:
        made = _audit_order(each, book, end, settled=bool(world.get("settled")))
        trials += made
        faults += [fault for trial in made for fault in trial.faults]
        faults += _check_order_money(each, made)
        faults += check_order(made)
        faults += check_liabilities(made, settled=bool(world.get("settled")))
    faults += _check_notices(world.get("notices", []), trials)
    faults += check_ledger(world.get("transfers"), trials)
    faults += check_provider(world.get("provider"), trials)
    faults += check_recovered(world.get("recovered"), world.get("collecting"), trials)
    return faults


def _audit_order(entry: Json, book: Json, end: datetime, *, settled: bool) -> list[Trial]:
    """The cases of one order, each knowing what the others had done by then."""
    logs = {case_id: log for case_id, log in entry["cases"].items() if log}
    order, facts = entry["order"], entry.get("facts", [])
    trials = {case_id: prepare(order, facts, log, book) for case_id, log in logs.items()}
    if len(logs) > 1:
        done = {case_id: _Doings(log, order) for case_id, log in logs.items()}
        for case_id, trial in trials.items():
            _tell_others(trial, [doings for other, doings in done.items() if other != case_id])
    for case_id, trial in trials.items():
        replay(trial, logs[case_id], end, settled=settled)
        if trial.case_id != case_id:
            trial.fault("structure", trial.opened, f"the log of {case_id} calls itself {trial.case_id}")
    _check_units(trials)
    return list(trials.values())


class _Doings:
    """What a case did that its order's other cases must heed."""

    def __init__(self, log: list[Json], order: Json) -> None:
        known = Known(order, [])
        claims = {claim["line_id"]: claim["units"] for claim in log[0]["data"].get("lines", [])}
        generations = {(line, unit): number for line, unit, number in log[0]["data"].get("generations", [])}
        lines: dict[int, list[str]] = {1: list(claims)}
        kinds: dict[int, str] = {}
        self.paid: list[tuple[datetime, tuple[str, int], int]] = []
        self.raised: list[tuple[datetime, str, int, int]] = []
        self.redelivered: list[tuple[datetime, tuple[str, int]]] = []
        self.resent: list[tuple[datetime, tuple[str, int]]] = []
        for each in log:
            name, data, at = each["name"], each["data"], instant(each["at"])
            if name == "matter.split":
                lines[data["new"]] = [line for line in lines[data["matter"]] if line in data["lines"]]
                lines[data["matter"]] = [line for line in lines[data["matter"]] if line not in data["lines"]]
                kinds[data["new"]] = kinds.get(data["matter"], "")
            pairs = [(line, unit) for line in lines.get(data.get("matter", 0), []) for unit in claims[line]]
            if name == "remedy.ordered":
                kinds[data["matter"]] = data["kind"]
            elif name == "dispute.raised":
                self.raised += [(at, line, unit, generations.get((line, unit), 0)) for line, unit in pairs]
            elif name == "goods.delivered" and kinds.get(data["matter"]) in {"REPLACEMENT", "EXCHANGE"}:
                self.redelivered += [(at, pair) for pair in pairs]
            elif name == "goods.delivered":
                self.resent += [(at, pair) for pair in pairs]
            elif name == "own_payment.confirmed":
                for line, amount in data["parts"]:
                    self.paid += _spread(known, at, [pair for pair in pairs if pair[0] == line], amount)
            elif name == "refund.paid":
                self.paid += _spread(known, at, pairs, data["amount"])


def _spread(
    known: Known, at: datetime, pairs: list[tuple[str, int]], amount: int
) -> list[tuple[datetime, tuple[str, int], int]]:
    """A payment over units, by what they cost; the last takes the rest."""
    costs = [price(known, line, [unit]) for line, unit in pairs]
    if not sum(costs):
        return [(at, pair, part) for pair, part in zip(pairs, shares(amount, len(pairs)), strict=True)]
    made, left = [], amount
    for n, (pair, cost) in enumerate(zip(pairs, costs, strict=True)):
        part = left if n == len(pairs) - 1 else amount * cost // sum(costs)
        left -= part
        made.append((at, pair, part))
    return made


def _tell_others(trial: Trial, others: list[_Doings]) -> None:
    for other in others:
        for at, pair, amount in other.paid:
            trial.paid_elsewhere.setdefault(pair, []).append((at, amount))
        for at, pair in other.redelivered:
            trial.redelivered.setdefault(pair, []).append(at)
        for at, pair in other.resent:
            trial.resent.setdefault(pair, []).append(at)
        trial.raised_elsewhere += other.raised


def _check_units(trials: dict[str, Trial]) -> None:
    """No unit is held by two open cases at a time, and none is asked for again once it was agreed or repaid."""
    holds: dict[tuple[str, int], list[tuple[datetime, datetime | None, Trial, Matter]]] = defaultdict(list)
    for trial in trials.values():
        if trial.opened is None:
            continue
        for matter in trial.matters.values():
            for pair in trial.pairs(matter):
                holds[pair].append((trial.opened.at, matter.closed_at, trial, matter))
    for pair, spans in holds.items():
        spans.sort(key=lambda span: span[0])
        for n, (_, closed, first, matter) in enumerate(spans):
            for opened, _, second, later in spans[n + 1 :]:
                if first is second:
                    continue
                if closed is None or opened < closed:
                    second.fault(
                        "reading 14", second.opened, f"unit {pair[1]} of {pair[0]} is still held by {first.case_id}"
                    )
                _check_again(first, matter, second, later, pair)


def _check_again(first: Trial, matter: Matter, second: Trial, later: Matter, pair: tuple[str, int]) -> None:
    generations = [
        {(line, unit): n for line, unit, n in trial.opened.data["generations"]}.get(pair, 0)
        for trial in (first, second)
        if trial.opened is not None
    ]
    same = len(set(generations)) == 1
    if same and matter.agreed and later.disputes:
        second.fault("S13", second.opened, f"unit {pair[1]} of {pair[0]} was settled by agreement in {first.case_id}")
    remedy = matter.remedy
    if (
        remedy is not None
        and remedy.paid
        and remedy.paid >= remedy.base
        and remedy.kind in {"REFUND", "RETURN_AND_REFUND"}
    ):
        full = sum(price(first.known, line, first.units(line)) for line in matter.lines)
        if (
            remedy.base >= full
            and second.opened is not None
            and matter.closed_at
            and second.opened.at >= matter.closed_at
        ):
            second.fault("reading 14", second.opened, f"unit {pair[1]} of {pair[0]} was refunded in {first.case_id}")


def _check_order_money(entry: Json, trials: list[Trial]) -> list[Fault]:
    """All cases together never pay more for an order than it cost, nor for a line (over-refund)."""
    if not trials:
        return []
    order, known = entry["order"], trials[0].known
    fee = order.get("shipping_fee", 0)
    cost = sum(line_price(known, line) for line in known.lines)
    paid = sum(m.remedy.paid for t in trials for m in t.matters.values() if m.remedy is not None)
    freight = sum(
        m.remedy.freight
        for t in trials
        for m in t.matters.values()
        if m.remedy is not None and m.remedy.freight_bearer == SELLER
    )
    faults = []
    if paid > cost + fee + freight:
        faults.append(
            Fault("arithmetic 9", trials[0].case_id, 0, f"{paid} paid for an order of {cost} and {fee} shipping")
        )
    return faults + _check_units_money(trials)


def _check_units_money(trials: list[Trial]) -> list[Fault]:
    """For the units that some paid remedies share, their line's shares together stay within the price."""
    taken: dict[str, list[tuple[Trial, set[int], int]]] = defaultdict(list)
    for trial in trials:
        for matter in trial.matters.values():
            remedy = matter.remedy
            if remedy is None or not remedy.paid or not remedy.base:
                continue
            for share in remedy.shares:
                part = share["amount"] * min(remedy.paid, remedy.base) // remedy.base
                taken[share["line_id"]].append((trial, set(share["units"]), part))
    faults = []
    for line, parts in taken.items():
        units = sorted(set().union(*(each for _, each, _ in parts)))
        total, most = sum(part for _, _, part in parts), price(parts[0][0].known, line, units)
        if total > most:
            text = f"{total} paid for units {units} of {line}, which cost {most}"
            faults.append(Fault("arithmetic 9", parts[-1][0].case_id, 0, text))
    return faults


def _reminded_in(trial: Trial, notice: Json) -> set[str]:
    """Whose turn the rulebook says it is in the phase that a reminder is about."""
    phase = str(notice["code"]).removeprefix(REMINDER).upper()
    rows = [row for row in trial.law.book["clock"].values() if phase in row["phase"]]
    return {role for row in rows for role in row["owner"]}


def _told_as(event: Event) -> str:
    """The notice of a result: of a machine's judgement one that says so."""
    return f"{event.name}_automatically" if event.data.get("automatic") else event.name


def _check_notices(notices: list[Json], trials: list[Trial]) -> list[Fault]:
    """Both parties are told each result (S8); nobody is told of a case that is not theirs."""
    by_case = {trial.case_id: trial for trial in trials}
    faults = []
    told: Counter[tuple[str, str, str]] = Counter()
    for notice in notices:
        case_id, role = notice["case_id"], notice["to_role"]
        told[case_id, role, notice["code"]] += 1
        trial = by_case.get(case_id)
        if trial is None or trial.opened is None:
            faults.append(
                Fault("privacy", case_id, 0, f"a notice to {notice['to_id']} about a case that does not exist")
            )
            continue
        whose = {CUSTOMER: "customer_id", SELLER: "seller_id"}.get(role)
        if whose is None and role != AGENT:
            faults.append(Fault("privacy", case_id, 0, f"a notice to {role}"))
        elif whose is not None and notice["to_id"] != trial.opened.data[whose]:
            faults.append(Fault("privacy", case_id, 0, f"{notice['to_id']} was told of a case that is not theirs"))
        elif notice["code"].startswith(REMINDER) and role not in _reminded_in(trial, notice):
            faults.append(Fault("S19", case_id, 0, f"{role} was reminded as {notice['code']}, which waits for another"))
    for trial in trials:
        here = next((event.number for event in trial.past if event.name == imported.NAME), 0)
        results = Counter(_told_as(event) for event in trial.past if event.name in RESULTS and event.number > here)
        for name, count in results.items():
            for role in PARTIES:
                if told[trial.case_id, role, name] < count:
                    number = next(e.number for e in reversed(trial.past) if e.name in RESULTS and _told_as(e) == name)
                    faults.append(Fault("S8", trial.case_id, number, f"{role} was not told of {name}"))
    return faults
