"""When a judgement may be disagreed with, by whom it is decided again, and when it is carried out (S18)."""

from mufakat.lab.auditor.trial import AGENT, CLOCK, CUSTOMER, EXECUTION, SELLER, Dispute, Event, Matter, Trial


def check_appeal(trial: Trial, event: Event) -> None:
    """One appeal for each dispute, revived once by a sending back; decided by another agent (reading 4)."""
    matter = trial.matter_of(event)
    if matter is None or not event.name.startswith("appeal."):
        return
    dispute = matter.dispute
    if dispute is None or dispute.judged_at is None:
        trial.fault("reading 4", event, f"{event.name} without a judgement")
        return
    if event.name == "appeal.raised":
        _check_raised(trial, event, matter, dispute)
    elif event.name in {"appeal.decided", "appeal.sent_back"}:
        if matter.phase != "APPEAL_DECIDING":
            trial.fault("reading 4", event, f"{event.name} in {matter.phase}")
        if event.by in matter.judges:
            trial.fault("reading 4", event, f"{event.by} decides on the appeal against the own judgement")
        if event.name == "appeal.sent_back" and dispute.send_backs >= trial.law.switch("max_send_backs"):
            trial.fault("reading 4", event, "sent back once more")
    if event.name == "appeal.decided":
        _check_decided(trial, event, matter)
    if event.name == "appeal.reversal_booked":
        _check_reversal(trial, event, matter, dispute)


def _check_raised(trial: Trial, event: Event, matter: Matter, dispute: Dispute) -> None:
    late = event.data["late"]
    if matter.phase != ("LATE_APPEAL" if late else "AWARDED"):
        trial.fault("reading 4", event, f"an appeal in {matter.phase}")
    if dispute.appeals > dispute.send_backs:
        trial.fault("reading 4", event, "a second appeal in one dispute")
    if SELLER in dispute.accepted:
        trial.fault("arithmetic 5", event, "the seller had accepted the judgement")


def _check_decided(trial: Trial, event: Event, matter: Matter) -> None:
    """`upheld` says what the judgement made anew says."""
    judged = trial.in_batch("dispute.judged", matter=matter.number)
    if not judged:
        trial.fault("reading 4", event, "an appeal was decided without a judgement made anew")
        return
    before = {line: each["decision"] for line, each in (matter.dispute.lines if matter.dispute else {}).items()}
    after = {line["line_id"]: line["decision"] for line in judged[-1].data["lines"]}
    stands = all(after.get(line) == before.get(line) for line in matter.lines)
    # Where only some lines fall the seed does not say whether the whole counts as upheld.
    partly = any(after.get(line) == "FOR_CUSTOMER" for line in matter.lines)
    if event.data["upheld"] != stands and not (partly and not stands):
        trial.fault("reading 4", event, f"upheld is {event.data['upheld']}, but {before} became {after}")


def _check_reversal(trial: Trial, event: Event, matter: Matter, dispute: Dispute) -> None:
    """A late appeal claws back only what was paid; the platform bears it unless the customer deceived."""
    if not dispute.late:
        trial.fault("reading 5", event, "a reversal is booked without a late appeal")
    lost = {line: each for line, each in dispute.lines.items() if each["decision"] == "FOR_SELLER"}
    deceived = any(each["deception"] == CUSTOMER for each in lost.values())
    if (event.data["bearer"] == CUSTOMER) != deceived or event.data["bearer"] == SELLER:
        trial.fault("arithmetic 5", event, f"{event.data['bearer']} bears the reversal")
    paid = matter.remedy.paid if matter.remedy else 0
    if not 0 < event.data["amount"] <= paid:
        trial.fault("reading 5", event, f"{event.data['amount']} clawed back of {paid} paid")


def check_enforceable(trial: Trial, event: Event) -> None:
    """Nothing of a judgement is carried out before the ordered side can no longer disagree (reading 5)."""
    matter = trial.matter_of(event)
    if matter is None or event.name != "remedy.ordered" or event.data["basis"] != "JUDGEMENT":
        return
    dispute, number = matter.dispute, matter.number
    if dispute is None or dispute.judged_at is None:
        trial.fault("S18", event, "a remedy by judgement, but nothing was judged")
        return
    ended = event.role == CLOCK and matter.phase == "AWARDED"
    accepted = SELLER in dispute.accepted
    decided = bool(trial.in_batch("appeal.decided", matter=number))
    no_right = not trial.law.has_clock("seller_appeal") or dispute.appeals > dispute.send_backs
    if not (ended or accepted or decided or no_right):
        trial.fault(
            "S18", event, "carried out before the window to disagree ended, it was accepted or an appeal decided"
        )
    if dispute.late and dispute.appealed_at is not None and event.at >= dispute.appealed_at:
        trial.fault("reading 5", event, "a late appeal can only claw back")


def check_last_chance(trial: Trial, event: Event) -> None:
    """A late appeal is offered where the market has it, and only there (reading 5)."""
    matter = trial.matter_of(event)
    if matter is None or matter.remedy is None or matter.dispute is None:
        return
    dispute, remedy = matter.dispute, matter.remedy
    used = dispute.appeals > dispute.send_backs  # an appeal that was sent back was not decided (decision 0004)
    opens = event.name == "phase.entered" and event.data["phase"] == "LATE_APPEAL"
    if opens:
        paid = remedy.total is not None and remedy.paid >= remedy.total and not remedy.open
        lawful = matter.judged and not matter.uploaded and paid and not used and SELLER not in dispute.accepted
        if not lawful:
            trial.fault("reading 5", event, "a late appeal is opened where none is allowed")
    elif (
        event.name == "matter.closed"
        and event.data["outcome"] == "REFUNDED"
        and matter.phase in {"PAYING", "DEDUCTING"}
    ):
        owed = remedy.kind == "REFUND" and matter.judged and not matter.uploaded and not used
        if owed and trial.law.has_clock("late_appeal") and SELLER not in dispute.accepted and _asked_refund(matter):
            trial.fault(
                "row: late_appeal", event, "closed although the seller may still appeal against a refund without return"
            )


def _asked_refund(matter: Matter) -> bool:
    """Whether every line was judged a refund without return, not goods that turned into one."""
    lines = matter.dispute.lines if matter.dispute else {}
    return all(lines.get(line, {}).get("kind") == "REFUND" for line in matter.lines)


def check_execution_roles(trial: Trial, event: Event) -> None:
    """What an agent decides in execution was open to decide, and steps follow what must come first (reading 11)."""
    matter = trial.matter_of(event)
    if matter is None:
        return
    at_home = {
        "return.shipped": {"AWAITING_RETURN"},
        "return.arrived": {"RETURNING", "INSPECTING"},
        "return.rejected": {"INSPECTING", "RETURNING"},
        "return.reported": {"INSPECTING", "RETURNING"},
        "return.report_accepted": {"REPORTED"},
        "return.report_contested": {"REPORTED"},
        "goods.shipped": {"PERFORMING"},
        "remedy.proven": {"PERFORMING"},
        "remedy.assessed": {"ASSESSING"},
        "remedy.problem_reported": {"CONFIRMING", "DELIVERING"},
        "remedy.confirmed": {"CONFIRMING", "DELIVERING", "ASSESSING"},
        "execution.suspended": {"SUSPENDED", *EXECUTION},
    }.get(event.name)
    if at_home is not None and matter.phase not in at_home:
        trial.fault("reading 11", event, f"{event.name} in {matter.phase}")
    if event.name == "return.risk_decided" and event.role == AGENT and matter.phase != "ASSESSING":
        trial.fault("reading 11", event, f"an agent decided about a return in {matter.phase}")
