"""Goods on their way back: who bears what befell them (S22 to S25, reading 10), and what it takes from the refund."""

from mufakat.lab.auditor.faults import Json
from mufakat.lab.auditor.trial import CUSTOMER, SELLER, Event, Matter, Trial


def rows(trial: Trial, matter: Matter) -> list[tuple[str, Json]]:
    """The rows of the return-risk table that count for a matter, by line.

    The ground that was judged, or the rulebook's default for a return that nobody judged. A ground without a row
    (delivery) has none: the seed's table is about inconsistent goods and quality only.
    """
    found = []
    judged = matter.dispute.lines if matter.dispute is not None and matter.judged else {}
    for line_id in matter.lines:
        line = judged.get(line_id)
        if line is not None:
            row = trial.law.risk(line["ground"], aggravated=line["aggravated"])
        else:
            reason = trial.claims[line_id]["reason"]
            ground = trial.law.value("ground", reason, "ground")
            row = trial.law.risk(ground, aggravated=trial.law.value("ground", reason, "aggravated"))
        if row is not None:
            found.append((line_id, row))
    return found


def check_risk(trial: Trial, event: Event) -> None:
    """Bearer, rule and amount of a decision about a return."""
    matter = trial.matter_of(event)
    if event.name != "return.risk_decided" or matter is None:
        return
    data = event.data
    if matter.uploaded is None:
        trial.fault("reading 10", event, "before the customer has shipped and uploaded the table does not apply")
    issue, lowered = data["issue"], data["lowered"]
    if issue is None:
        if lowered:
            trial.fault("arithmetic 7", event, f"nothing befell the goods, but {lowered} is taken off")
        return
    found = dict(rows(trial, matter))
    # A line whose ground has no row (late or missing parcels) is borne as the platform decides: the seed is silent.
    unruled = [line for line in matter.lines if line not in found]
    bearers = {row[issue] for row in found.values()} | ({CUSTOMER, SELLER} if unruled else set())
    if data["bearer"] not in bearers:
        rule = next(iter(found.values()))["rule"]
        trial.fault(rule, event, f"{data['bearer']} bears {issue}, by the table {' or '.join(sorted(bearers))}")
    rules = {row["rule"] for row in found.values()}
    named = set(data["rule"].split(", ")) - ({"default", ""} if unruled else set())
    if not named <= rules:
        trial.fault("reading 10", event, f"decided by {data['rule']}, the grounds give {sorted(rules)}")
    _check_lowered(trial, event, matter, [line for line, row in found.items() if row[issue] == CUSTOMER], unruled)


def _check_lowered(trial: Trial, event: Event, matter: Matter, borne: list[str], unruled: list[str]) -> None:
    """What the seller bears takes nothing off; what the customer bears takes the loss found, at most all (rule 7)."""
    data, remedy = event.data, matter.remedy
    if remedy is None:
        return
    lowered = data["lowered"]
    worth = {share["line_id"]: int(share["amount"]) for share in remedy.shares}
    least = sum(worth[line] for line in borne)
    # Lines of one parcel may fall under different rows, and one decision is made for the parcel: what the customer
    # bears of any of them may then be taken off, up to what those lines are worth.
    most = least + sum(worth[line] for line in unruled)
    # Where all is lost nothing is refunded, and the shipping fee then neither.
    whole = remedy.shipping if set(borne) | set(unruled) == set(matter.lines) else 0
    if data["bearer"] == SELLER and lowered and not borne:
        trial.fault("arithmetic 7", event, f"the seller bears it, but {lowered} is taken off the refund")
    elif not 0 <= lowered <= most + whole:
        trial.fault("arithmetic 7", event, f"{lowered} is taken off, the lines concerned are worth {most}")
    elif data["bearer"] == CUSTOMER and matter.phase == "REPORTED" and matter.report is not None:
        said = matter.report["value_lost"]
        alone = not unruled and set(borne) == set(matter.lines)
        if lowered > said or (alone and lowered not in {min(said, most), min(said, most + whole)}):
            trial.fault("arithmetic 7", event, f"the report says {said} of {most}, but {lowered} is taken off")
    elif data["bearer"] == CUSTOMER and matter.phase == "RETURNING" and data["issue"] == "LOSS" and lowered < least:
        trial.fault("arithmetic 7", event, f"all {least} is lost, but only {lowered} is taken off")


def check_report(trial: Trial, event: Event) -> None:
    """A report binds only when the customer is silent or agrees, or an agent confirms it (rule 7)."""
    matter = trial.matter_of(event)
    if event.name != "return.reported" or matter is None:
        return
    if matter.uploaded is None:
        trial.fault("reading 10", event, "a report about a return that was never shipped")
    decided = trial.in_batch("return.risk_decided", matter=matter.number)
    if any(each.data["bearer"] == CUSTOMER for each in decided):
        trial.fault("arithmetic 7", event, "the seller's report binds the customer unheard")
    if event.data["value_lost"] < 0:
        trial.fault("arithmetic 7", event, f"a loss of {event.data['value_lost']}")
