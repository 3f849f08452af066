"""What happened, counted over again from recorded logs as plain JSON: slowly, without the code under test."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from statistics import quantiles
from typing import Any
from zoneinfo import ZoneInfo

from tests.lab import naive_quality

Row = dict[str, Any]
ENDS = {
    "WITHDRAWN": "withdrawn",
    "NOT_PURSUED": "lapsed",
    "NOT_RETURNED": "lapsed",
    "SETTLED_BY_PARTIES": "settled",
    "DISMISSED": "for_seller",
    "REVERSED_ON_APPEAL": "for_seller",
    "PAID_ELSEWHERE": "elsewhere",
    "STOPPED_EXTERNAL_PROCESS": "court",
}
WAITS = {
    "REVIEW": "SELLER",
    "OFFERED": "CUSTOMER",
    "REJECTED": "CUSTOMER",
    "PARCEL_REJECTED": "CUSTOMER",
    "DECIDING": "AGENT",
    "DISMISSED": "CUSTOMER",
    "AWARDED": "SELLER",
    "APPEAL_DECIDING": "AGENT",
    "AWAITING_RETURN": "CUSTOMER",
    "RETURNING": "CARRIER",
    "INSPECTING": "SELLER",
    "REPORTED": "CUSTOMER",
    "ASSESSING": "AGENT",
    "PERFORMING": "SELLER",
    "DELIVERING": "CARRIER",
    "CONFIRMING": "CUSTOMER",
    "PAYING": "SELLER",
    "DEDUCTING": "PLATFORM",
    "LATE_APPEAL": "SELLER",
    "SUSPENDED": "AGENT",
    "STOPPED": "AGENT",
}
WAYS = ("settled", "for_customer", "partly", "for_seller", "withdrawn", "lapsed", "cancelled", "court", "elsewhere")
WINDOWS = ("EVIDENCE", "APPEAL_EVIDENCE")


def rows(record: dict[str, Any], zone: str) -> list[Row]:
    """One row for each thing that is counted: `what`, its keys and its number, with where it belongs."""
    found = [
        row | {"ALL": "", "SELLER": row["seller"], "WEEK": _week(row["at"], zone)}
        for order in record["orders"]
        for log in order["cases"].values()
        for row in _Walk(log).rows()
    ]
    judged = [each for each in naive_quality.rows(record) if each["step"] in naive_quality.JUDGING]
    seller = {row["case"]: row["seller"] for row in found}
    for each in judged:
        where = {"ALL": "", "SELLER": seller[each["case"]], "WEEK": _week(each["at"], zone)}
        took = _seconds(each["waits"], each["at"]) if each["waits"] else None
        found.append({"what": "DECIDED", "took": took, "case": each["case"], **where})
    return found


class _Walk:
    """One case's log, walked from its beginning: where each matter stands, and what that tells."""

    def __init__(self, log: list[Row]) -> None:
        self.log, self.opened = log, log[0]["data"]
        self.lines = {1: [each["line_id"] for each in self.opened["lines"]]}
        self.asked = {each["line_id"]: each["amount"] for each in self.opened["lines"]}
        self.stands: dict[int, Row] = {1: {}}
        self.closed: set[int] = set()
        self.charged: Counter[tuple[int, str, str]] = Counter()

    def rows(self) -> Iterator[Row]:
        for event in self.log:
            for row in self._told(event):
                yield row | {"at": event["at"], "case": self.opened["case_id"], "seller": self.opened["seller_id"]}

    def _told(self, event: Row) -> Iterator[Row]:
        data, name = event["data"], event["name"]
        if name == "request.opened":
            yield from ({"what": "OPENED"} for _ in data["lines"])
        if "matter" not in data:
            return
        here = self.stands[data["matter"]]
        yield from self._lapsed(event, here)
        if name == "dispute.raised":
            yield {"what": "DISPUTED", "event": event["number"]}
        if name == "matter.closed":
            for line in self.lines[data["matter"]]:
                took = _seconds(self.log[0]["at"], event["at"])
                yield {"what": "ENDED", "way": self._way(here, data["outcome"], line), "took": took}
            self.closed.add(data["matter"])
            if self.closed == set(self.stands):
                yield {"what": "CLOSED"}
        yield from ({"what": "MONEY", **each} for each in self._money(event, here) if each["amount"])
        self._hear(event, here)

    def _lapsed(self, event: Row, here: Row) -> Iterator[Row]:
        data, name = event["data"], event["name"]
        if name == "material.window_closed" and data["lapsed"]:
            yield {"what": "LAPSED", "keys": (here["windows"][data["party"]], data["party"])}
        elif event["role"] == "CLOCK" and name != "matter.reminded" and here.get("runs"):
            here["runs"] = False
            if here["phase"] not in WINDOWS:
                yield {"what": "LAPSED", "keys": (here["clock"], WAITS[here["phase"]])}

    def _hear(self, event: Row, here: Row) -> None:
        data, name = event["data"], event["name"]
        if name == "phase.entered":
            here |= {"phase": data["phase"], "clock": data["clock"], "runs": data["due"] is not None}
        elif name == "material.window_opened":
            here["windows"] = here.get("windows", {}) | {data["party"]: data["clock"]}
        elif name == "matter.split":
            self.lines[data["matter"]] = [x for x in self.lines[data["matter"]] if x not in data["lines"]]
            self.lines[data["new"]] = list(data["lines"])
            self.stands[data["new"]] = dict(here)
        elif name == "remedy.ordered":
            here |= {"basis": data["basis"], "freight": data["freight_bearer"], "deducting": False}
        elif name == "dispute.judged":
            here["judged"] = {x["line_id"]: (x["decision"], x["amount"]) for x in data["lines"]}
        elif name == "deduction.ordered":
            here["deducting"] = True
        elif name == "matter.closed":
            here["outcome"] = data["outcome"]

    def _way(self, here: Row, outcome: str, line: str) -> str:
        basis = here.get("basis", "APPROVAL")
        if outcome in ENDS:
            return ENDS[outcome]
        if basis in ("COURT", "LAPSE"):
            return "court" if basis == "COURT" else "lapsed"
        if basis != "JUDGEMENT":
            return "cancelled" if self.opened["type"] == "CANCEL" else "settled"
        decision, amount = here["judged"][line]
        if outcome == "RISK_BORNE_BY_CUSTOMER" or decision == "FOR_SELLER":
            return "for_seller"
        return "partly" if self.asked[line] is not None and amount < self.asked[line] else "for_customer"

    def _money(self, event: Row, here: Row) -> Iterator[Row]:
        """Cause, who bore it and how much; of debts only how much."""
        data, name, owner = event["data"], event["name"], {"SYSTEM": "PLATFORM"}
        moved = self._paid(name, data, here) or (_BOOKED[name](data, here) if name in _BOOKED else [])
        if name == "chargeback.settled":
            whose = (data["matter"], data["reference"], data["bearer"])
            moved = [("CHARGEBACK", data["bearer"], data["amount"] - self.charged[whose])]
            self.charged[whose] = data["amount"]
        for cause, party, amount in moved:
            yield {"keys": (cause, owner.get(party, party), self.opened["currency"]), "amount": amount}

    @staticmethod
    def _paid(name: str, data: Row, here: Row) -> list[tuple[str, str, int]]:
        if name != "refund.paid":
            return []
        if data["advanced"]:
            return [("ADVANCE", "SYSTEM", data["amount"])]
        taken = here.get("deducting") or here.get("outcome") == "DEBT_LEFT"
        return [("DEDUCTION" if taken else "REFUND", "SELLER", data["amount"])]


_BOOKED: dict[str, Callable[[Row, Row], list[tuple[str, str, int]]]] = {
    "advance.recovered": lambda data, _: [("RECOVERED", "SELLER", data["amount"])],
    "own_payment.confirmed": lambda data, _: [("OWN_PAYMENT", "SELLER", data["amount"])],
    "return.shipped": lambda data, here: [("FREIGHT", here["freight"], data["freight"])],
    "adjustment.booked": lambda data, _: [
        ("FEES", "SYSTEM", data["commission"] + data["fees"]),
        ("SUBSIDY", "SELLER", data["subsidy"]),
    ],
    "debt.left": lambda data, _: [("DEBT", "", data["amount"])],
    "appeal.reversal_booked": lambda data, _: [("REVERSAL", data["bearer"], data["amount"])],
    "carrier.claim_answered": lambda data, _: [("CARRIER", "CARRIER", data["paid"])],
}


def fates(record: dict[str, Any], zone: str, by: str) -> dict[tuple[str, ...], tuple[int, ...]]:
    """How judgements fared, by group: judged, looked at again, upheld, changed, reversed."""
    sellers = {
        log[0]["data"]["case_id"]: log[0]["data"]["seller_id"] for x in record["orders"] for log in x["cases"].values()
    }
    judged = [
        each | {"SELLER": sellers[each["case"]], "WEEK": _week(each["at"], zone)} for each in naive_quality.rows(record)
    ]
    names = ("judged", "looked", "upheld", "changed", "reversed")
    return {(group,): tuple(fate[name] for name in names) for group, fate in naive_quality.fates(judged, by).items()}


def report(found: list[Row], figure: str, by: str) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """Group and keys to values, as the database tells them."""
    groups: dict[str, list[Row]] = {}
    for row in found:
        groups.setdefault(row[by], []).append(row)
    made: dict[tuple[str, ...], tuple[Any, ...]] = {}
    for group, inside in groups.items():
        made |= {(group, *keys): values for keys, values in _FIGURES[figure](inside) if any(values)}
    return made


def _volumes(inside: list[Row]) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    cases = {what: len({x["case"] for x in inside if x["what"] == what}) for what in ("OPENED", "CLOSED")}
    disputes = len({(x["case"], x["event"]) for x in inside if x["what"] == "DISPUTED"})
    yield (), (cases["OPENED"], disputes, cases["CLOSED"], sum(x["what"] == "OPENED" for x in inside))


def _outcomes(inside: list[Row]) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    ways = [x["way"] for x in inside if x["what"] == "ENDED"]
    yield (), (len(ways), *(ways.count(name) for name in WAYS))


def _times(inside: list[Row]) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    values: list[Any] = []
    for what in ("DECIDED", "ENDED"):
        of = [x for x in inside if x["what"] == what]
        took = [x["took"] for x in of if x["took"] is not None]
        tenths = quantiles(took, n=10, method="inclusive") if len(took) > 1 else took * 9
        values += [len(of), *((round(tenths[4]), round(tenths[8])) if tenths else (None, None))]
    yield (), tuple(values)


def _lapses(inside: list[Row]) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    for keys, count in Counter(x["keys"] for x in inside if x["what"] == "LAPSED").items():
        yield keys, (count,)


def _money(inside: list[Row]) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    sums: Counter[tuple[str, ...]] = Counter()
    for x in inside:
        if x["what"] == "MONEY":
            sums[x["keys"]] += x["amount"]
    yield from ((keys, (amount,)) for keys, amount in sums.items())


_FIGURES = {"VOLUMES": _volumes, "OUTCOMES": _outcomes, "TIMES": _times, "LAPSES": _lapses, "MONEY": _money}


def _week(moment: str, zone: str) -> str:
    year, week, _ = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).isocalendar()
    return f"{year}-W{week:02d}"


def _seconds(since: str, until: str) -> int:
    return int((datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds())
