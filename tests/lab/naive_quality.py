"""How judgements fared, counted over again from recorded logs as plain JSON: slowly, without the code under test."""

from collections.abc import Iterator
from datetime import datetime
from statistics import quantiles
from typing import Any

Row = dict[str, Any]


def rows(record: dict[str, Any]) -> list[Row]:
    """One row for each line at each event that judges it, sends it back or orders something about it."""
    return [row for order in record["orders"] for log in order["cases"].values() for row in _case(order, log)]


def _case(order: Row, log: list[Row]) -> Iterator[Row]:
    opened = log[0]["data"]
    asked = {line["line_id"]: line for line in opened["lines"]}
    category = {line["line_id"]: line.get("category", "") for line in order["order"]["lines"]}
    stands = _Stands(set(asked))
    for event in log:
        stands.hear(event)
        for line, step, decision, rule, kind, amount in stands.told(event):
            yield {
                "order": opened["order_id"],
                "case": opened["case_id"],
                "number": event["number"],
                "line": line,
                "units": set(asked[line]["units"]),
                "dispute": stands.dispute.get(line, 0),
                "step": step,
                "decision": decision,
                "remedy": (kind, amount),
                "RULE": rule,
                "REASON": asked[line]["reason"],
                "CATEGORY": category[line],
                "AGENT": (event["data"].get("drafted_by") or event["by"]) if event["role"] == "AGENT" else "",
                "ALL": "",
                "at": event["at"],
                "waits": stands.waits.get(line),
            }


class _Stands:
    """Line by line: in which matter it is, in which dispute, how often sent back, since when it waits."""

    def __init__(self, lines: set[str]) -> None:
        self.matters = {1: lines}
        self.dispute: dict[str, int] = {}
        self.back: dict[str, int] = {}
        self.waits: dict[str, str | None] = {}
        self.judged: set[str] = set()

    def hear(self, event: Row) -> None:
        data, name = event["data"], event["name"]
        here = self.here(event)
        self.waits.update(dict.fromkeys(self.judged))
        self.judged = {each["line_id"] for each in data["lines"]} if name == "dispute.judged" else set()
        if name == "matter.split":
            here.difference_update(data["lines"])
            self.matters[data["new"]] = set(data["lines"])
        elif name == "dispute.raised":
            for line in here:
                self.dispute[line], self.back[line], self.waits[line] = data["number"], 0, event["at"]
        elif name == "dispute.withdrawn":
            self.waits.update(dict.fromkeys(here))
        elif name == "appeal.raised":
            self.waits.update({line: self.waits.get(line) or event["at"] for line in here})
        elif name == "person.asked" and data["automatic"]:  # a machine judged; a person does it again
            self.back.update({line: self.back[line] + 1 for line in here})
            self.waits.update(dict.fromkeys(here, event["at"]))
        elif name == "appeal.sent_back":
            self.back.update({line: self.back[line] + 1 for line in here})

    def here(self, event: Row) -> set[str]:
        return self.matters.get(event["data"].get("matter", 0), set())

    def told(self, event: Row) -> list[tuple[str, str, Any, str, Any, int]]:
        """Line, step, decision, rule, remedy and amount of each line that an event is about."""
        data, name = event["data"], event["name"]
        if name == "appeal.sent_back":
            return [(line, "SENT_BACK", None, "", None, 0) for line in self.here(event)]
        if name == "dispute.judged":
            again = {line for line in self.judged if self.back[line]}
            steps = {
                line: "APPEAL" if data["appeal"] else "AGAIN" if line in again else "JUDGED" for line in self.judged
            }
            names = ("decision", "rule", "kind", "amount")
            return [(x["line_id"], steps[x["line_id"]], *(x[name] for name in names)) for x in data["lines"]]
        if name == "process.order_recorded" and not data["amount"]:
            return [(line, "COURT", "FOR_SELLER", "S14", None, 0) for line in self.here(event)]
        if name == "remedy.ordered" and data["basis"] == "COURT":
            return [(x["line_id"], "COURT", "FOR_CUSTOMER", "S14", data["kind"], x["amount"]) for x in data["shares"]]
        return []


JUDGING = ("JUDGED", "AGAIN", "APPEAL")


def fates(found: list[Row], by: str) -> dict[str, dict[str, int]]:
    """By group: how many lines were judged, and what became of them."""
    counted: dict[str, dict[str, int]] = {}
    for row in found:
        if row["step"] not in JUDGING:
            continue
        names = "judged looked upheld changed reversed by_appeal anew by_dispute by_court sent_back"
        group = counted.setdefault(row[by], dict.fromkeys(names.split(), 0))
        group["judged"] += 1
        later = sorted((x for x in found if _after(x, row)), key=lambda x: (x["at"], x["case"], x["number"]))
        decided = [x for x in later if x["step"] != "SENT_BACK"]
        if any(x["step"] == "SENT_BACK" for x in later[: later.index(decided[0]) if decided else None]):
            group["sent_back"] += 1
        if not decided:
            continue
        group["looked"] += 1
        new = decided[0]
        if new["decision"] == row["decision"] and new["remedy"] == row["remedy"]:
            group["upheld"] += 1
            continue
        group["changed" if new["decision"] == row["decision"] else "reversed"] += 1
        fell = {"APPEAL": "by_appeal", "AGAIN": "anew", "JUDGED": "by_dispute", "COURT": "by_court"}
        group[fell[new["step"]]] += 1
    return counted


def _after(new: Row, old: Row) -> bool:
    """Whether a row is about the same goods, and later in the case or of a later dispute."""
    if (new["order"], new["line"]) != (old["order"], old["line"]) or not new["units"] & old["units"]:
        return False
    if new["case"] == old["case"]:
        return bool(new["number"] > old["number"])
    return bool(new["dispute"] > old["dispute"]) and new["step"] != "SENT_BACK"


def times(found: list[Row]) -> dict[str, tuple[int, int, int, float | None, float | None]]:
    """By step: judged, by no person, timed, the median and the ninth tenth in seconds."""
    counted = {}
    for step in JUDGING:
        of = [row for row in found if row["step"] == step]
        took = sorted(_seconds(row["at"]) - _seconds(row["waits"]) for row in of if row["waits"])
        tenths = quantiles(took, n=10, method="inclusive") if len(took) > 1 else took * 9
        if of:
            nobody = sum(not row["AGENT"] for row in of)
            counted[step] = (len(of), nobody, len(took), *((tenths[4], tenths[8]) if tenths else (None, None)))
    return counted


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
