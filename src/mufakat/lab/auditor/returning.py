"""Goods on their way back: who bears what befell them (S22 to S25, reading 10), and what it takes from the refund."""

from mufakat.lab.auditor.faults import Json
from mufakat.lab.auditor.trial import CUSTOMER, SELLER, Event, Matter, Trial
from mufakat.lab.auditor.worth import shares as equal


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
    if data.get("parts"):
        _check_parts(trial, event, matter)
        return
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


def _check_parts(trial: Trial, event: Event, matter: Matter) -> None:
    """Each part: units of its line once, its own row, and off the refund what the customer bears of it and no more."""
    data, remedy = event.data, matter.remedy
    if remedy is None:
        return
    found, seen = dict(rows(trial, matter)), set[tuple[str, int]]()
    shares = {share["line_id"]: share for share in remedy.shares}
    for part in data["parts"]:
        line_id, pairs = part["line_id"], {(part["line_id"], unit) for unit in part["units"]}
        share = shares.get(line_id, {"units": [], "amount": 0})
        if (
            not pairs
            or len(pairs) < len(part["units"])
            or pairs & seen
            or not set(part["units"]) <= set(share["units"])
        ):
            trial.fault("reading 10", event, f"units {part['units']} of {line_id} are not once in the parcel")
        seen |= pairs
        most = _worth_of(share, part["units"])
        if not 0 <= part["value_lost"] <= most:
            trial.fault("arithmetic 7", event, f"{part['value_lost']} of {line_id} is lost, worth {most}")
        row = found.get(line_id)
        bearers = {row[part["issue"]]} if row else {CUSTOMER, SELLER}
        rules = {row["rule"]} if row else {"default"}
        if matter.uploaded is None:
            bearers, rules = {CUSTOMER}, {"reading 10"}
        if part["bearer"] not in bearers or part["rule"] not in rules:
            text = (
                f"{part['bearer']} bears {part['issue']} of {line_id} by {part['rule']}, by the table {sorted(bearers)}"
            )
            trial.fault(min(rules), event, text)
        if part["lowered"] != (part["value_lost"] if part["bearer"] == CUSTOMER else 0):
            trial.fault("arithmetic 7", event, f"{part['lowered']} is taken off for {part['value_lost']} lost")
    if data["lowered"] != sum(part["lowered"] for part in data["parts"]):
        trial.fault("arithmetic 7", event, f"{data['lowered']} is taken off in all, not what the parts come to")
    if (data["bearer"] == CUSTOMER) != bool(data["lowered"]):
        trial.fault("arithmetic 7", event, f"{data['bearer']} bears it, but {data['lowered']} is taken off")
    _check_as_reported(trial, event, matter)


def _worth_of(share: Json, units: list[int]) -> int:
    """What some units of a share are worth: the share evenly over its units."""
    parts = dict(zip(share["units"], equal(int(share["amount"]), len(share["units"])), strict=True))
    return sum(parts.get(unit, 0) for unit in units)


def _check_as_reported(trial: Trial, event: Event, matter: Matter) -> None:
    """A report that binds is decided as it was reported; a parcel that the carrier lost is lost whole."""
    data = event.data
    told = [(p["line_id"], sorted(p["units"]), p["issue"], p["value_lost"]) for p in data["parts"]]
    if matter.phase == "REPORTED" and matter.report is not None and matter.report.get("parts"):
        said = matter.report["parts"]
        if told != [(p["line_id"], sorted(p["units"]), p["issue"], p["value_lost"]) for p in said]:
            trial.fault("arithmetic 7", event, "decided otherwise than the report that binds says")
    elif matter.phase == "RETURNING" and matter.remedy is not None:
        lost = sum(p["value_lost"] for p in data["parts"])
        all_of_it = sum(int(share["amount"]) for share in matter.remedy.shares) - matter.remedy.reduced
        if lost < all_of_it or any(p["issue"] != "LOSS" for p in data["parts"]):
            trial.fault("arithmetic 7", event, f"the carrier lost all {all_of_it}, but {lost} is counted as lost")


def check_carrier(trial: Trial) -> None:
    """What one of the platform's carriers harmed or lost is claimed of it, for whoever bears it (reading 10)."""
    for event in trial.in_batch("return.risk_decided"):
        matter = trial.matter_of(event)
        if matter is None:
            continue
        due: dict[str, int] = {}
        for part in event.data.get("parts", ()) if matter.method == "PLATFORM_CARRIER" else ():
            due[part["bearer"]] = due.get(part["bearer"], 0) + part["value_lost"]
        noted = trial.in_batch("carrier.claim_noted", matter=matter.number)
        told = {e.data["bearer"]: e.data["amount"] for e in noted if e.data["tracking"] == matter.tracking}
        if told != {bearer: amount for bearer, amount in due.items() if amount}:
            trial.fault("reading 10", event, f"{told} is claimed of the carrier, {due} befell what it carried")


def check_claim(trial: Trial, event: Event) -> None:
    """A claim follows a decision about the return; an answer is its own, and pays no more than was claimed."""
    matter = trial.matter_of(event)
    if matter is None or not event.name.startswith("carrier."):
        return
    data = event.data
    if event.name == "carrier.claim_noted":
        if not trial.in_batch("return.risk_decided", matter=matter.number):
            trial.fault("reading 10", event, "a claim on a carrier for nothing that was decided")
        return
    claim = matter.claims.get((data["tracking"], data["bearer"]))
    if claim is None or "paid" in claim:
        trial.fault("reading 10", event, f"an answer about {data['tracking']} that nobody waits for")
        return
    known = [
        fact["paid"] for seen, fact in trial.known.answers if fact["parcel"] == data["tracking"] and seen <= event.at
    ]
    others = [
        other.get("paid", 0)
        for each in trial.matters.values()
        for (parcel, _), other in each.claims.items()
        if parcel == data["tracking"]
    ]
    if not known or data["paid"] > claim["amount"] or sum(others) + data["paid"] > max(known, default=0):
        trial.fault("reading 10", event, f"{data['paid']} of {claim['amount']} is answered, the carrier said {known}")


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
