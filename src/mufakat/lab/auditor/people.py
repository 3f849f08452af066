"""Who judges: overrides and amounts bind by two people, machines only where the rulebook lets them (house principle 8).

Readings 3 to 5: whoever judged or confirmed what is at issue has no part in it again, and whoever disagrees names an
error or brings something new.
"""

from mufakat.lab.auditor.money import claimed
from mufakat.lab.auditor.trial import AGENT, CUSTOMER, LOCKED, PARTIES, SYSTEM, Event, Matter, Trial

RULE = "four eyes"
MACHINE = "machine"
RESTS = {"line.assessed", "material.asked", "appeal.sent_back", "judgement.drafted"}
"""What nobody does while a draft waits for a second person; findings of agents neither."""


def check_draft(trial: Trial, event: Event) -> None:
    """A draft is made where the platform decides, waits for a second person, and nothing is changed under it."""
    matter = trial.matter_of(event)
    if matter is None:
        return
    own = event.name == "finding.recorded" and event.data["finding"]["by"] != "derivation"
    if matter.draft is not None and (event.name in RESTS or own):
        trial.fault(RULE, event, f"{event.name} while a draft waits for a second person")
    if event.name == "judgement.drafted":
        stage = "APPEAL_DECIDING" if event.data["appeal"] else "DECIDING"
        if matter.phase != stage:
            trial.fault(RULE, event, f"drafted in {matter.phase}")
        if event.by in matter.judges:
            trial.fault("reading 4", event, f"{event.by} drafts about a judgement of its own")
        _check_overrides(trial, event)
    elif event.name == "judgement.draft_returned":
        if matter.draft is None:
            trial.fault(RULE, event, "a draft was returned that was not there")
        if not event.data["text"]:
            trial.fault(RULE, event, "a draft was returned without a reason")


def check_people(trial: Trial, event: Event) -> None:
    """What is judged binds by as many people as it needs, none of whom judged what is at issue."""
    matter = trial.matter_of(event)
    if event.name != "dispute.judged" or matter is None:
        return
    data, draft = event.data, matter.draft
    if data.get("automatic"):
        _check_machine(trial, event, matter)
        return
    if event.role != AGENT:
        trial.fault(MACHINE, event, f"judged by {event.role}, and not said to be by a machine")
    first = data.get("drafted_by", "")
    for who in filter(None, (first, event.by)):
        if who in matter.judges:
            trial.fault("reading 4", event, f"{who} decides anew about a judgement of its own")
    if draft is None and first:
        trial.fault(RULE, event, "a judgement of two people without a draft that waited")
    if draft is not None:
        _check_confirmed(trial, event, draft)
    if not first and (data.get("overrides") or _above(trial, event, matter)):
        trial.fault(RULE, event, "an override, or more than one person may judge alone, was bound by one person")
    _check_overrides(trial, event)


def _check_confirmed(trial: Trial, event: Event, draft: Event) -> None:
    data = event.data
    if data.get("drafted_by") != draft.by or event.by == draft.by:
        trial.fault(RULE, event, f"{draft.by} drafted, {data.get('drafted_by')} is said to have, {event.by} confirmed")
    for name in ("lines", "overrides", "paragraph", "appeal"):
        if data.get(name) != draft.data.get(name):
            trial.fault(RULE, event, f"what was confirmed is not what was drafted: {name}")


def _check_overrides(trial: Trial, event: Event) -> None:
    """Every line that was set aside has its reason, and every reason its line."""
    aside = {line["line_id"] for line in event.data["lines"] if line.get("set_aside")}
    given = {each["line_id"]: each["text"] for each in event.data.get("overrides", [])}
    if aside != set(given) or not all(given.values()):
        trial.fault(RULE, event, f"{sorted(aside)} are set aside, reasons stand for {sorted(given)}")


def _above(trial: Trial, event: Event, matter: Matter) -> bool:
    """Whether more is at stake than one person may judge: awarded, or asked at the least."""
    above = trial.law.switch("four_eyes_above")
    if not above or (matter.dispute is not None and matter.dispute.late):
        return False  # of what was paid already it is not told how much is asked
    asked = sum(min(claimed(trial, line, event.at, goods=False)) for line in matter.lines)
    return bool(max(asked, sum(line["amount"] for line in event.data["lines"])) > above)


def _check_machine(trial: Trial, event: Event, matter: Matter) -> None:
    """A machine judges a first dispute of a class of the rulebook, by data alone, and nobody had asked for a person."""
    data, dispute = event.data, matter.dispute
    machine = dispute.machine if dispute is not None else ""
    law = trial.law.under("automatic", machine) if machine else {}
    if event.role != SYSTEM or data.get("drafted_by") or data.get("overrides"):
        trial.fault(MACHINE, event, f"said to be by a machine, but by {event.role}")
    if not law:
        trial.fault(MACHINE, event, f"the rulebook has no class {machine!r} that a machine may judge")
    elif trial.kind not in law["types"] or not {trial.claims[x]["reason"] for x in matter.lines} <= set(law["reasons"]):
        trial.fault(MACHINE, event, f"a {trial.kind} of these reasons is not of class {machine}")
    elif sum(line["amount"] for line in data["lines"]) > law["up_to"]:
        trial.fault(MACHINE, event, f"more than {law['up_to']} was awarded by a machine")
    if dispute is None or dispute.number > 1 or dispute.judged_at is not None or data["appeal"]:
        trial.fault(MACHINE, event, "a machine judged what was judged before")
    if dispute is not None and dispute.person_asked:
        trial.fault(MACHINE, event, "a machine judged although a person was asked for")
    if matter.draft is not None or matter.assessed or any(f["by"] != "derivation" for f in matter.findings.values()):
        trial.fault(MACHINE, event, "a machine judged on what a person found")
    handed_in = [x["number"] for x in trial.exhibits if not x["material"]["lines"] or _about(matter, x)]
    if handed_in:
        trial.fault(MACHINE, event, f"a machine judged although {handed_in} were handed in")
    if _above(trial, event, matter):
        trial.fault(RULE, event, "a machine judged what two people must")


def _about(matter: Matter, exhibit: dict[str, object]) -> bool:
    material = exhibit["material"]
    assert isinstance(material, dict)
    return bool(set(material["lines"]) & set(matter.lines))


def check_right_to_a_person(trial: Trial, event: Event) -> None:
    """A party asks for a person before a machine judges, or after one judged against it; once."""
    matter = trial.matter_of(event)
    if event.name != "person.asked" or matter is None:
        return
    dispute, data = matter.dispute, event.data
    if event.role not in PARTIES or data["party"] != event.role:
        trial.fault(MACHINE, event, f"{event.role} asked for a person in the name of {data['party']}")
    if dispute is None or not dispute.machine or dispute.person_asked:
        trial.fault(MACHINE, event, "a person was asked for where one judges anyway")
    elif data["automatic"]:
        lost = "DISMISSED" if event.role == CUSTOMER else "AWARDED"
        if not dispute.automatic or matter.phase != lost:
            trial.fault(MACHINE, event, f"{event.role} opened a judgement again in {matter.phase}")
    elif matter.phase not in {"EVIDENCE", "DECIDING"}:
        trial.fault(MACHINE, event, f"a person asked for in {matter.phase}")


def check_grounds(trial: Trial, event: Event) -> None:
    """An appeal and a dispute after a judgement name an error, or come with new material (reading 4)."""
    matter = trial.matter_of(event)
    again = event.name == "dispute.raised" and matter is not None and matter.phase == "DISMISSED"
    if event.name != "appeal.raised" and not again:
        return
    given = [each for each in trial.in_batch("material.given") if each.number > event.number]
    if not event.data["text"] and not given:
        trial.fault("reading 4", event, "names no error and brings nothing new")


def check_rest(trial: Trial) -> None:
    """A draft stands only where the platform decides."""
    for matter in trial.matters.values():
        if matter.draft is not None and matter.phase not in LOCKED:
            trial.fault(RULE, trial.batch[-1], f"a draft stands in {matter.phase}")
