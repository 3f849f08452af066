"""Judgement, recomputed line by line from the recorded findings (S15 to S17, reading 2)."""

from datetime import datetime

from mufakat.lab.auditor.faults import Json
from mufakat.lab.auditor.trial import CUSTOMER, SELLER, Event, Matter, Trial
from mufakat.lab.auditor.worth import price

VALID, MISSING = "VALID", "MISSING"
WRONG = {"CONTRADICTED", "NOT_GENUINE"}


NOT_THERE = {"ITEM_NOT_RECEIVED", "MISSING_ITEMS"}
WITHOUT_RETURN = {"EXCHANGE": "REPLACEMENT", "RETURN_AND_REFUND": "REFUND"}


def check_finding(trial: Trial, event: Event) -> None:
    """A finding answers about expected material or data; whoever differs from what was derived says why."""
    matter = trial.matter_of(event)
    if event.name != "finding.recorded" or matter is None:
        return
    finding = event.data["finding"]
    if finding["line_id"] not in matter.lines:
        trial.fault("S7", event, f"a finding about {finding['line_id']}, which is not in this matter")
        return
    derived, value = finding["derived"], finding["value"]
    if derived is not None and value != derived and not finding["text"]:
        trial.fault("S7", event, f"{finding['item']}: {value} instead of the derived {derived}, without a reason")
    if finding["by"] != event.by and finding["by"] != "derivation":
        trial.fault("S7", event, f"{event.by} recorded a finding in the name of {finding['by']}")
    if finding["by"] == "derivation" and derived != value:
        trial.fault("S7", event, f"{finding['item']}: derived {derived}, recorded {value}")
    reason = trial.claims[finding["line_id"]]["reason"]
    if finding["item"] in trial.law.under("data", reason):
        _check_data(trial, event, finding, reason)
    else:
        _check_exhibit(trial, event, finding)


def _check_exhibit(trial: Trial, event: Event, finding: Json) -> None:
    line, party, item = finding["line_id"], finding["party"], finding["item"]
    given = [
        each["number"]
        for each in trial.exhibits
        if each["giver"] == party
        and each["material"]["item"] == item
        and (not each["material"]["lines"] or line in each["material"]["lines"])
    ]
    if finding["exhibit"]:
        # An agent may weigh an exhibit as an answer about an item its giver did not name; giver and number must be.
        known = {each["number"]: each["giver"] for each in trial.exhibits}
        if known.get(finding["exhibit"]) != party:
            trial.fault("S7", event, f"exhibit {finding['exhibit']} is not of {party}")
    elif given and finding["value"] == MISSING and not finding["text"]:
        trial.fault("S7", event, f"{item} of {party} counts as missing, but exhibits {given} are it")
    elif not given and finding["value"] == VALID and not finding["text"]:
        trial.fault("S7", event, f"{item} of {party} counts as valid, but nothing was given and no reason stands")
    if finding["derived"] is not None and (finding["derived"] == MISSING) != (not given):
        trial.fault("S7", event, f"{item} of {party}: derived {finding['derived']}, exhibits {given}")


def _check_data(trial: Trial, event: Event, finding: Json, reason: str) -> None:
    # About a replacement the scans of its own parcel speak; how they are matched the log does not tell.
    test = trial.law.value("data", reason, finding["item"])
    claim = trial.claims[finding["line_id"]]
    again = trial.deliveries(event.at, claim, None)[-1]
    lawful = _shows(trial, test, event.at) | ({True, False} if again is not None else set())
    if finding["derived"] is not None and (finding["derived"] == VALID) not in lawful:
        trial.fault("S7", event, f"{finding['item']}: derived {finding['derived']}, but {test} {sorted(lawful)}")


def _shows(trial: Trial, test: str, at: datetime) -> set[bool]:
    """What the platform's data can show at an instant; both where the seed leaves it open."""
    found: set[bool] = set()
    for view in trial.known.views(at):
        delivered, promised = view.delivered(), view.promised
        if test == "NOT_DELIVERED":
            over = promised is None or at >= promised or "LOST" in view.kinds()
            found |= {delivered is None} if over else {delivered is None, False}
        elif promised is None:
            found |= {False} if delivered is not None else {True, False}
        elif delivered is None:  # late already, or not delivered at all: "late" may be read either way
            found |= {True, False} if at > promised else {False}
        else:
            found |= {delivered > promised} if delivered != promised else {True, False}
    return found


def check_judgement(trial: Trial, event: Event) -> None:
    """When it may be made, about which lines, and for whom."""
    matter = trial.matter_of(event)
    if event.name != "dispute.judged" or matter is None:
        return
    data = event.data
    stage = "APPEAL_DECIDING" if data["appeal"] else "DECIDING"
    if matter.windows or matter.phase in {"EVIDENCE", "APPEAL_EVIDENCE"}:
        trial.fault("S3", event, "judged before both sides were complete or their windows had ended")
    elif matter.phase != stage:
        trial.fault("S2", event, f"judged in {matter.phase}")
    if matter.dispute is None or data["number"] != matter.dispute.number:
        trial.fault("S12", event, f"judges dispute {data['number']}")
    lines = [line["line_id"] for line in data["lines"]]
    if sorted(lines) != sorted(matter.lines):
        trial.fault("reading 2", event, f"judged {lines} of {matter.lines}")
        return
    for line in data["lines"]:
        _check_line(trial, event, matter, line)


def _check_line(trial: Trial, event: Event, matter: Matter, line: Json) -> None:
    line_id = line["line_id"]
    rules = lawful_rules(trial, matter, line_id)
    if line.get("set_aside"):
        _check_override(trial, event, line, rules)
        return
    if line["rule"] not in rules:
        trial.fault(
            line["rule"], event, f"{line_id}: judged by {line['rule']}, the findings give {' or '.join(sorted(rules))}"
        )
    wanted = "FOR_CUSTOMER" if line["rule"] == "S15" else "FOR_SELLER"
    if line["decision"] != wanted:
        trial.fault(line["rule"], event, f"{line_id}: {line['rule']} means {wanted}, not {line['decision']}")
    if line["decision"] == "FOR_SELLER":
        if line["amount"]:
            trial.fault("S16", event, f"{line_id}: {line['amount']} awarded although it is for the seller")
        return
    _check_award(trial, event, matter, line)


def _check_override(trial: Trial, event: Event, line: Json, rules: set[str]) -> None:
    """What an agent decided otherwise: it says what it sets aside, and awards no more than the goods had cost."""
    line_id = line["line_id"]
    if line["rule"] != "OVERRIDE" or line["set_aside"] not in rules:
        trial.fault(
            "four eyes", event, f"{line_id}: {line['rule']} sets {line['set_aside']} aside, not {sorted(rules)}"
        )
    most = price(trial.known, line_id, trial.units(line_id))
    if line["decision"] == "FOR_SELLER" and (line["amount"] or line["kind"]):
        trial.fault("S16", event, f"{line_id}: {line['amount']} awarded although it is for the seller")
    if line["decision"] == "FOR_CUSTOMER" and not (0 < line["amount"] <= most and line["kind"]):
        trial.fault("S15", event, f"{line_id}: {line['amount']} awarded of {most} that was paid")


def lawful_rules(trial: Trial, matter: Matter, line_id: str) -> set[str]:
    """The rules that the findings of a line allow; more than one only where the seed leaves it open."""
    law, reason = trial.law, trial.claims[line_id]["reason"]
    values = {(party, item): f["value"] for (line, party, item), f in matter.findings.items() if line == line_id}
    data = set(law.under("data", reason))
    shown = {v for (_, item), v in values.items() if item in data}
    own = {i: v for (p, i), v in values.items() if p == CUSTOMER and i not in data}
    customer = _satisfied(law.expected(reason, CUSTOMER), own)
    sufficient = {True} if VALID in shown else customer
    seller_values = {i: v for (p, i), v in values.items() if p == SELLER and i not in data}
    claims = _satisfied(law.expected(reason, SELLER), seller_values)
    if True in claims and WRONG & set(seller_values.values()):
        claims = {True, False}  # one valid item beside a refuted one: the seed does not say whether that refutes
    deceived = matter.assessed.get(line_id, {}).get("deception") == CUSTOMER
    rules = set()
    if False in sufficient:
        rules |= {"S17", "S16"} if deceived else {"S17"}
    if True in sufficient:
        if deceived:
            rules.add("S16")
        else:
            rules |= {"S16"} if True in claims else set()
            rules |= {"S15"} if False in claims else set()
    return rules


def _satisfied(expected: dict[str, str], values: dict[str, str]) -> set[bool]:
    """Whether material is all there: every REQUIRED item valid, and one of those marked ONE_OR_MORE.

    Where all is optional something valid must be there; whether that suffices the seed leaves open.
    """
    required = [item for item, level in expected.items() if level == "REQUIRED"]
    some = [item for item, level in expected.items() if level == "ONE_OR_MORE"]
    if not required and not some:
        return {True, False} if VALID in values.values() else {False}
    whole = all(values.get(item) == VALID for item in required)
    enough = not some or any(values.get(item) == VALID for item in some)
    return {whole and enough}


def _check_award(trial: Trial, event: Event, matter: Matter, line: Json) -> None:
    line_id, law = line["line_id"], trial.law
    assessment = matter.assessed.get(line_id)
    reason = trial.claims[line_id]["reason"]
    default = {key: law.value("ground", reason, key) for key in ("ground", "cause", "aggravated")}
    ground = assessment["ground"] if assessment else default["ground"]
    cause = assessment["cause"] if assessment else default["cause"]
    if line["ground"] != ground or line["cause"] != cause:
        trial.fault("reading 10", event, f"{line_id}: {line['ground']} by {line['cause']}, found {ground} by {cause}")
    if line["aggravated"] not in _aggravated(assessment, ground, default):
        trial.fault("reading 10", event, f"{line_id}: aggravated is {line['aggravated']}, not as found")
    row = law.risk(line["ground"], aggravated=line["aggravated"])
    goes_back = line["kind"] in {"RETURN_AND_REFUND", "REPLACEMENT", "EXCHANGE"}
    if (
        goes_back
        and row
        and line["risk_rule"] not in {row["rule"], *({""} if line["kind"] != "RETURN_AND_REFUND" else ())}
    ):
        trial.fault(row["rule"], event, f"{line_id}: the return is under {line['risk_rule'] or 'no rule'}")
    if not goes_back and line["risk_rule"] and (row is None or line["risk_rule"] != row["rule"]):
        trial.fault("reading 10", event, f"{line_id}: names the row {line['risk_rule']}")
    bearer = SELLER if cause == SELLER else law.switch("freight_default_bearer")
    if line["freight_bearer"] != bearer:
        trial.fault("row: freight", event, f"{line_id}: {line['freight_bearer']} bears the freight, by fault {bearer}")
    _check_kind(trial, event, line, assessment, back=matter.uploaded is not None)


def _aggravated(assessment: Json | None, ground: str, default: Json) -> set[bool]:
    if assessment is None:
        return {bool(default["aggravated"])}
    if ground == "QUALITY":
        return {assessment["severity"] == "MAJOR"}
    deceived = assessment["deception"] == SELLER
    # A counterfeit counts as deceptive by default; whether that holds once somebody judged it the seed leaves open.
    return {deceived} | ({True} if ground == "COUNTERFEIT" else set()) | ({False} if ground == "DELIVERY" else set())


def _check_kind(trial: Trial, event: Event, line: Json, assessment: Json | None, *, back: bool) -> None:
    """The remedy is the one asked, or a return where the market's rule is a return (S21).

    `back`: the goods have gone back already, as after a parcel that the seller rejected.
    """
    asked, line_id = trial.kind, line["line_id"]
    returnable = assessment is None or assessment["returnable"]
    undelivered = any(view.delivered() is None for view in trial.known.views(event.at))
    nothing = back or undelivered or not returnable
    if assessment is not None and assessment["other_worth"] is not None:
        wanted = {"OTHER"}
    elif asked in {"REFUND", "CANCEL"}:
        wanted = _kept(trial, line_id, nothing=nothing)
    else:
        wanted = {asked}
    # Where there is nothing to go back, or a claim to that effect was upheld, the same remedy comes without a return.
    claimed = trial.claims[line_id]["reason"] in NOT_THERE
    if nothing or claimed:
        wanted |= {WITHOUT_RETURN[kind] for kind in wanted if kind in WITHOUT_RETURN}
    if line["kind"] not in wanted:
        trial.fault(
            "S21", event, f"{line['line_id']}: {line['kind']} for a request for {asked}, wanted {sorted(wanted)}"
        )


def _kept(trial: Trial, line_id: str, *, nothing: bool) -> set[str]:
    """What a judged refund may be where goods were to be kept: as asked, or a return where that is the rule.

    `nothing`: nothing is there that could go back.
    """
    if trial.law.switch("judged_return") != "RULE" or nothing:
        return {"REFUND"}
    claim, data = trial.claims[line_id], trial.known.lines[line_id]
    cost = price(trial.known, line_id, trial.units(line_id))
    # Left open: goods that the market excepts, unless an agent finds that they can go back; what was cancelled or
    # said to be missing and arrived after all; part of the price asked for goods that are kept.
    excepted = data.get("made_to_order") or claim["reason"] in {"COUNTERFEIT", *NOT_THERE} or trial.kind == "CANCEL"
    partly = claim["amount"] is not None and claim["amount"] < cost
    return {"RETURN_AND_REFUND", "REFUND"} if excepted or partly else {"RETURN_AND_REFUND"}
