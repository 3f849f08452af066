"""Folds of judging: findings, drafts, judgements, appeals, and whether a machine or a person judges. Pure."""

from collections.abc import Callable
from typing import Any, Final

from mufakat.core import events as e
from mufakat.core.case import DraftedJudgement, Matter, changed
from mufakat.core.parties import Role


def _finding(matter: Matter, event: e.FindingRecorded, recorded: e.Recorded) -> Matter:
    del recorded
    new = event.finding
    key = (new.line_id, new.party, new.item)
    others = tuple(f for f in matter.findings if (f.line_id, f.party, f.item) != key)
    return changed(matter, findings=(*others, new))


def _assessed(matter: Matter, event: e.LineAssessed, recorded: e.Recorded) -> Matter:
    del recorded
    others = tuple(each for each in matter.assessments if each.line_id != event.assessment.line_id)
    return changed(matter, assessments=(*others, event.assessment))


def _drafted(matter: Matter, event: e.JudgementDrafted, recorded: e.Recorded) -> Matter:
    draft = DraftedJudgement(recorded.actor.id, event.lines, event.overrides, event.appeal, event.paragraph)
    return changed(matter, draft=draft)


def _draft_returned(matter: Matter, event: e.DraftReturned, recorded: e.Recorded) -> Matter:
    del event, recorded
    return changed(matter, draft=None)


def _judged(matter: Matter, event: e.Judged, recorded: e.Recorded) -> Matter:
    """Who decided an appeal joins those who judged: the next dispute about it is for somebody else than all of them."""
    people = tuple(each for each in (event.drafted_by, recorded.actor.id) if each)
    new = () if event.automatic else people
    judges = tuple(dict.fromkeys((*matter.judges, *new))) if event.appeal else new
    return changed(
        matter,
        judgement=event.lines,
        judges=judges,
        automatic=event.automatic,
        draft=None,
        raised_at=None,
        escalations=0,
    )


def _judgement_accepted(matter: Matter, event: e.JudgementAccepted, recorded: e.Recorded) -> Matter:
    del recorded
    return changed(matter, appeal_used=matter.appeal_used or event.party is Role.SELLER)


def _appealed(matter: Matter, event: e.Appealed, recorded: e.Recorded) -> Matter:
    return changed(matter, appeal_late=event.late, escalations=0, raised_at=matter.raised_at or recorded.at)


def _appeal_decided(matter: Matter, event: e.AppealDecided, recorded: e.Recorded) -> Matter:
    del event, recorded
    return changed(matter, appeal_used=True, raised_at=None)


def _sent_back(matter: Matter, event: e.SentBack, recorded: e.Recorded) -> Matter:
    del event, recorded
    return changed(matter, sent_back=matter.sent_back + 1, escalations=0)


def _person_asked(matter: Matter, event: e.PersonAsked, recorded: e.Recorded) -> Matter:
    """What a machine judged is open again: the platform has had the matter since then."""
    again = {"escalations": 0, "raised_at": recorded.at} if event.automatic else {}
    return changed(matter, person_asked=True, automatic=False, **again)


def _escalated(matter: Matter, event: e.DecisionEscalated, recorded: e.Recorded) -> Matter:
    del recorded
    return changed(matter, escalations=event.level)


JUDGING: Final[dict[type, Callable[[Matter, Any, e.Recorded], Matter]]] = {
    e.FindingRecorded: _finding,
    e.LineAssessed: _assessed,
    e.JudgementDrafted: _drafted,
    e.DraftReturned: _draft_returned,
    e.Judged: _judged,
    e.JudgementAccepted: _judgement_accepted,
    e.Appealed: _appealed,
    e.AppealDecided: _appeal_decided,
    e.SentBack: _sent_back,
    e.PersonAsked: _person_asked,
    e.DecisionEscalated: _escalated,
}
"""The folds of these events, for `evolve`."""
