"""How judgements fared, counted over again from recorded logs as plain JSON: slowly, and without the code under test."""

from collections.abc import Iterator
from datetime import datetime
from statistics import quantiles
from typing import Any

Row = dict[str, Any]


def rows(record: dict[str, Any]) -> list[Row]:
    """One row for each line at each event that judges it, sends it back or orders something about it."""
    return [row for order in record["orders"] for log in order["cases"].values() for row in _case(order, log)]


def _case(order: Row, log: list[Row]) -> Iterator[Row]:
    asked = {line["line_id"]: line for line in log[0]["data"]["lines"]}
    category = {line["line_id"]: line.get("category", "") for line in order["order"]["lines"]}
    matters: dict[int, set[str]] = {1: set(asked)}
    dispute: dict[str, int] = {}
    back: dict[str, int] = {}
    waits: dict[str, str | None] = {}
    for event in log:
        data, name = event["data"], event["name"]
        here = matters.get(data.get("matter", 0), set())
        told: list[tuple[str, str, Any, str, Any, int]] = []
        if name == "matter.split":
            here.difference_update(data["lines"])
            matters[data["new"]] = set(data["lines"])
        elif name == "dispute.raised":
            for line in here:
                dispute[line], back[line], waits[line] = data["number"], 0, event["at"]
        elif name == "dispute.withdrawn":
            waits.update(dict.fromkeys(here))
        elif name == "appeal.raised":
            for line in here:
                waits[line] = waits.get(line) or event["at"]
        elif name == "appeal.sent_back":
            told = [(line, "SENT_BACK", None, "", None, 0) for line in here]
            for line in here:
                back[line] += 1
        elif name == "dispute.judged":
            for each in data["lines"]:
                step = "APPEAL" if data["appeal"] else "AGAIN" if back[each["line_id"]] else "JUDGED"
                told.append((each["line_id"], step, each["decision"], each["rule"], each["kind"], each["amount"]))
        elif name == "process.order_recorded" and not data["amount"]:
            told = [(line, "COURT", "FOR_SELLER", "S14", None, 0) for line in here]
        elif name == "remedy.ordered" and data["basis"] == "COURT":
            told = [(x["line_id"], "COURT", "FOR_CUSTOMER", "S14", data["kind"], x["amount"]) for x in data["shares"]]
        for line, step, decision, rule, kind, amount in told:
            yield {
                "order": log[0]["data"]["order_id"],
                "case": log[0]["data"]["case_id"],
                "number": event["number"],
                "line": line,
                "units": set(asked[line]["units"]),
                "dispute": dispute.get(line, 0),
                "step": step,
                "decision": decision,
                "remedy": (kind, amount),
                "RULE": rule,
                "REASON": asked[line]["reason"],
                "CATEGORY": category[line],
                "AGENT": event["by"] if event["role"] == "AGENT" else "",
                "ALL": "",
                "at": event["at"],
                "waits": waits.get(line),
            }
        if name == "dispute.judged":
            waits.update({each["line_id"]: None for each in data["lines"]})


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
