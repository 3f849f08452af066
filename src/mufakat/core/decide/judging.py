"""Findings, the judgement derived from them, and the seller's appeal (S7, S15 to S18; readings 2, 4 and 5).

A judgement binds at once, or is drafted and binds when a second person confirms it (decision 0028).
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import DraftedJudgement, Matter
from mufakat.core.claim import (
    Answer,
    Assessment,
    Cause,
    Deception,
    Decision,
    Finding,
    FindingValue,
    LineJudgement,
    RemedyKind,
)
from mufakat.core.decide.automatic import hindrance
from mufakat.core.decide.dispute import after_pause, dispute_count, go_on, open_window
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.overriding import needs_second, overridden, stake
from mufakat.core.decide.prospect import Prospect, derived_value, items_of, prospect
from mufakat.core.decide.remedies import enforce
from mufakat.core.decide.worth import full_shares
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import ClockName
from mufakat.core.refusals import Code, Refused, refuse


def check_agent(d: Draft, matter: Matter) -> None:
    """An appeal, what was sent back and a further dispute are for another agent than those who judged (reading 4)."""
    if d.actor.id in matter.judges:
        raise refuse(Code.SAME_AGENT)


def to_judge(d: Draft, number: int) -> Matter:
    """A matter in which this agent may work on the judgement: nothing that was drafted waits for a second person."""
    matter = d.matter(number)
    check_agent(d, matter)
    if matter.draft is not None:
        raise refuse(Code.DRAFT_STANDS)
    return matter


def record_finding(d: Draft, command: c.RecordFinding, number: int) -> None:
    """Answer about one item. Where it differs from what the record answers by itself, a reason is owed."""
    matter = to_judge(d, number)
    answer = Answer(command.line_id, command.party, command.item, command.value, command.exhibit, command.text)
    d.add(e.FindingRecorded(number, _found(d, matter, answer)))


def record_findings(d: Draft, command: c.RecordFindings, number: int) -> None:
    """Answer about several items and assess several lines: each as if given alone, and all of them or none."""
    matter = to_judge(d, number)
    _check_once(command)
    for answer in command.answers:
        finding = _found(d, matter, answer)
        if finding not in matter.findings:
            d.add(e.FindingRecorded(number, finding))
    for assessment in command.assessments:
        _check_assessment(d, matter, assessment)
        if assessment not in matter.assessments:
            d.add(e.LineAssessed(number, assessment))


def _check_once(command: c.RecordFindings) -> None:
    """One answer to an item and one assessment of a line, so that none of them is lost unseen."""
    items = Counter((each.line_id, each.party, each.item) for each in command.answers)
    for (line, _, item), times in items.items():
        if times > 1:
            raise refuse(Code.ANSWERED_TWICE, line=line, item=item)
    for line, times in Counter(each.line_id for each in command.assessments).items():
        if times > 1:
            raise refuse(Code.ANSWERED_TWICE, line=line)


def _found(d: Draft, matter: Matter, answer: Answer) -> Finding:
    """The finding that an answer comes to, with what the record alone says; refuses one that nothing bears out."""
    if answer.line_id not in matter.lines:
        raise refuse(Code.NO_SUCH_LINE, line=answer.line_id)
    claim = d.case.line(answer.line_id)
    if (answer.party, answer.item) not in items_of(d, claim):
        raise refuse(Code.NOT_EXPECTED, item=answer.item)
    _check_exhibit(d, answer)
    derived = derived_value(d, claim, answer.party, answer.item)
    if derived is not None and derived is not answer.value and not answer.text:
        raise refuse(Code.OVERRIDE_NEEDS_REASON, derived=derived)
    return Finding(
        answer.line_id, answer.party, answer.item, answer.value, d.actor.id, derived, answer.exhibit, answer.text
    )


def _check_exhibit(d: Draft, answer: Answer) -> None:
    """A finding names material of that party on the record; a VALID one of a party rests on some."""
    if answer.exhibit == 0:
        if answer.value is FindingValue.VALID and answer.party in PARTIES:
            raise refuse(Code.NO_SUCH_EXHIBIT)
        return
    if not any(x.number == answer.exhibit and x.giver is answer.party for x in d.case.exhibits):
        raise refuse(Code.NO_SUCH_EXHIBIT, exhibit=answer.exhibit)


def assess_line(d: Draft, command: c.AssessLine, number: int) -> None:
    """Say what was found about a line as a whole."""
    matter = to_judge(d, number)
    _check_assessment(d, matter, command.assessment)
    d.add(e.LineAssessed(number, command.assessment))


def _check_assessment(d: Draft, matter: Matter, assessment: Assessment) -> None:
    """It is of a line of the matter, and no other remedy is worth more than the line."""
    if assessment.line_id not in matter.lines:
        raise refuse(Code.NO_SUCH_LINE, line=assessment.line_id)
    worth = assessment.other_worth
    if worth is not None:
        most = sum(share.amount for share in full_shares(d, (assessment.line_id,)))
        if worth <= 0:
            raise refuse(Code.AMOUNT_NOT_POSITIVE)
        if worth > most:
            raise refuse(Code.ASKED_TOO_MUCH, asked=worth, most=most)


def judge(d: Draft, command: c.Judge, number: int) -> None:
    """Derive the judgement and let each line go where it leads, at once or once a second person confirms it."""
    _judge(d, command, number, appeal=False)


def decide_appeal(d: Draft, command: c.DecideAppeal, number: int) -> None:
    """Derive the judgement anew from the findings as they stand; lines that still hold are carried out."""
    _judge(d, command, number, appeal=True)


def _judge(d: Draft, command: c.Judge | c.DecideAppeal, number: int, *, appeal: bool) -> None:
    matter = to_judge(d, number)
    lines = overridden(d, number, derive(d, number), command.overrides)
    amount = stake(d, number, lines)
    drafted = DraftedJudgement(d.actor.id, lines, command.overrides, appeal, command.paragraph)
    if needs_second(d, amount, command.overrides):
        said = (command.paragraph, command.overrides)
        d.add(e.JudgementDrafted(number, matter.dispute, lines, amount, appeal, *said))
    else:
        _bind(d, number, drafted)


def confirm(d: Draft, _command: c.ConfirmJudgement, number: int) -> None:
    """A second person agrees with what was drafted, and it binds: unless it would not be judged so any more."""
    matter = d.matter(number)
    check_agent(d, matter)
    draft = _draft_of(matter)
    check_second(d, draft)
    try:
        now = overridden(d, number, derive(d, number), draft.overrides)
    except Refused as refused:
        raise refuse(Code.DRAFT_OUTDATED, why=refused.refusal.code) from refused
    if now != draft.lines:
        raise refuse(Code.DRAFT_OUTDATED, why="DERIVED_OTHERWISE")
    _bind(d, number, draft, drafted_by=draft.by)


def check_second(d: Draft, draft: DraftedJudgement) -> None:
    """A second person is another than the first."""
    if draft.by == d.actor.id:
        raise refuse(Code.OWN_DRAFT)


def return_draft(d: Draft, command: c.ReturnDraft, number: int) -> None:
    """Give a draft back unconfirmed, by its drafter or any other agent; what was found stays."""
    matter = d.matter(number)
    check_agent(d, matter)
    _draft_of(matter)
    if not command.text:
        raise refuse(Code.REASON_NEEDED)
    d.add(e.DraftReturned(number, command.text))


def _draft_of(matter: Matter) -> DraftedJudgement:
    if matter.draft is None:
        raise refuse(Code.NO_DRAFT)
    return matter.draft


def judge_automatically(d: Draft, _command: c.JudgeAutomatically, number: int) -> None:
    """Judge by machine, where the rulebook and the record allow it; whom it goes against can ask for a person."""
    if why := hindrance(d, number):
        raise refuse(Code.NOT_AUTOMATIC, why=why)
    _bind(d, number, DraftedJudgement("", derive(d, number)), automatic=True)


def _bind(d: Draft, number: int, judged: DraftedJudgement, *, drafted_by: str = "", automatic: bool = False) -> None:
    """The judgement binds from now, and each line goes where it leads."""
    matter, lines = d.matter(number), judged.lines
    if judged.appeal:
        upheld = all(each.decision is Decision.FOR_CUSTOMER for each in lines)
        d.add(e.AppealDecided(number, upheld))
    d.add(
        e.Judged(
            number,
            matter.dispute,
            lines,
            _accept_after(d, matter, lines),
            judged.appeal,
            len(d.order.facts),
            judged.paragraph,
            judged.overrides,
            drafted_by,
            automatic,
        )
    )
    if judged.appeal and matter.appeal_late:
        _claw_back(d, matter, lines)
    else:
        _go_by_line(d, number, lines, _hold_and_enforce if judged.appeal else _award)


def derive(d: Draft, number: int) -> tuple[LineJudgement, ...]:
    """Record what the record answers by itself, then judge every line; refuses while answers are missing."""
    found = [prospect(d, number, line) for line in d.matter(number).lines]
    known = d.matter(number).findings
    for finding in (finding for each in found for finding in each.findings if finding not in known):
        d.add(e.FindingRecorded(number, finding))
    missing = [f"{each.line_id} {party} {item}" for each in found for party, item in each.unanswered]
    if missing:
        raise refuse(Code.FINDINGS_MISSING, items="; ".join(missing))
    return tuple(_judged(each) for each in found)


def _judged(found: Prospect) -> LineJudgement:
    if found.judgement is None:
        raise refuse(Code.ASSESSMENT_MISSING, line=found.line_id)
    return found.judgement


def _accept_after(
    d: Draft, matter: Matter, lines: tuple[LineJudgement, ...]
) -> tuple[tuple[str, datetime | None], ...]:
    """The periods after a judgement: moved on by the pause, and at least the market's window for lines refused.

    A line judged for the customer keeps its pause too: the judgement may yet be reversed, or sent back and withdrawn.
    """
    refused = tuple(each.line_id for each in lines if each.decision is Decision.FOR_SELLER)
    least = d.after(ClockName.SECOND_DISPUTE)
    only_window = not d.policy.switches.second_dispute_in_acceptance
    return tuple(
        (line, until if line not in refused else least if until is None or only_window else max(until, least))
        for line, until in after_pause(d, matter, matter.lines)
    )


def _go_by_line(d: Draft, number: int, lines: tuple[LineJudgement, ...], award: Callable[[Draft, int], None]) -> None:
    """Split the matter by where its lines go: each remedy in force on its own, then what was refused."""
    groups: dict[RemedyKind | None, list[str]] = {}
    for each in lines:
        groups.setdefault(each.kind, []).append(each.line_id)
    order = sorted(groups, key=lambda kind: (kind is None, str(kind)))
    parts = [(order[0], number)]
    parts += [(kind, d.split(number, tuple(groups[kind]))) for kind in order[1:]]
    for kind, part in parts:
        if kind is None:
            _dismiss(d, part)
        else:
            award(d, part)


def _award(d: Draft, number: int) -> None:
    d.hold(number, sum(each.amount for each in d.matter(number).judgement))
    d.enter(number, Phase.AWARDED, ClockName.SELLER_APPEAL)


def _dismiss(d: Draft, number: int) -> None:
    """For the seller: the customer may disagree once more while goods and period allow it."""
    matter = d.matter(number)
    limit = d.policy.switches.max_disputes
    again = any(
        dispute_count(d.order, matter, d.case.case_id, line, d.case.line(line).units) < limit for line in matter.lines
    )
    if not again and not matter.automatic:  # after a machine there is always time to ask for a person
        d.close(number, Outcome.DISMISSED)
        return
    d.release(number)
    ends = [until for line in matter.lines for until in (d.case.accept_until[line],) if until is not None]
    d.enter(number, Phase.DISMISSED, ClockName.SECOND_DISPUTE, max(ends) if ends else None)


def accept_judgement(d: Draft, _command: c.AcceptJudgement, number: int) -> None:
    """No further disagreement (S18). The seller's acceptance waives its appeal, one under way too."""
    matter = d.matter(number)
    d.add(e.JudgementAccepted(number, d.actor.role))
    if matter.phase is Phase.DISMISSED:
        d.close(number, Outcome.DISMISSED)
    elif matter.phase is Phase.LATE_APPEAL or matter.appeal_late:
        d.close(number, Outcome.REFUNDED)
    else:
        enforce(d, number)


def appeal(d: Draft, command: c.Appeal, number: int) -> None:
    """The seller disagrees: once for each dispute, naming an error or with new material; another agent decides."""
    matter = d.matter(number)
    if matter.appeal_used:
        raise refuse(Code.APPEAL_USED)
    if not command.text and not command.materials:
        raise refuse(Code.GROUNDS_NEEDED)
    late = matter.phase is Phase.LATE_APPEAL
    d.add(e.Appealed(number, late, command.text))
    d.material(command.materials, Role.SELLER, "APPEAL")
    for party in PARTIES:
        open_window(d, number, party, ClockName.APPEAL_MATERIAL)
    go_on(d, number)


def send_back(d: Draft, command: c.SendBack, number: int) -> None:
    """Send the judgement back for a new first one; at most once for a dispute."""
    matter = to_judge(d, number)
    if matter.appeal_late:
        raise refuse(Code.LATE_APPEAL_NOT_SENT_BACK)
    if matter.sent_back >= d.policy.switches.max_send_backs:
        raise refuse(Code.SENT_BACK_ONCE)
    if not command.text:
        raise refuse(Code.REASON_NEEDED)
    d.add(e.SentBack(number, command.text))
    d.enter(number, Phase.DECIDING, ClockName.DECISION)


def _hold_and_enforce(d: Draft, number: int) -> None:
    d.hold(number, sum(each.amount for each in d.matter(number).judgement))
    enforce(d, number)


def _claw_back(d: Draft, matter: Matter, lines: tuple[LineJudgement, ...]) -> None:
    """A late appeal that is won makes the seller whole: at the platform's cost, or a deceptive customer's."""
    remedy = matter.remedy
    refused = [each for each in lines if each.decision is Decision.FOR_SELLER]
    if remedy is None or not refused:
        d.close(matter.number, Outcome.REFUNDED)
        return
    paid = {share.line_id: share.amount for share in remedy.shares}
    deceived = any(each.deception is Deception.CUSTOMER for each in refused)
    amount = min(remedy.paid, sum(paid.get(each.line_id, 0) for each in refused))
    platform = d.policy.switches.late_reversal_bearer is Cause.PLATFORM and not deceived
    d.add(e.ReversalBooked(matter.number, amount, Role.SYSTEM if platform else Role.CUSTOMER))
    d.close(matter.number, Outcome.REVERSED_ON_APPEAL)
