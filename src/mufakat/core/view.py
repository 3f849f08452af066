"""What each role may see and do: actions with their due moments, and the list of expected material (S6).

All of it comes from the process table and the folded case; nothing here is stored.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mufakat.core import commands as c
from mufakat.core.case import Case, Matter
from mufakat.core.claim import Exhibit, Level
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Policy
from mufakat.core.process import OWNERS, moves_from

AUXILIARY = (
    c.SendMessage,
    c.HandIn,
    c.ProposeAgreement,
    c.AcceptAgreement,
    c.RejectAgreement,
    c.DeclareProcess,
    c.Concede,
    c.ExtendDue,
    c.SuspendExecution,
    c.WithdrawRequest,
    c.WithdrawDispute,
    c.MakeOffer,
    c.AskAgain,
    c.AskMaterial,
    c.RefundInstead,
    c.ReportReturn,
    c.RejectParcel,
    c.ReportProblem,
    c.SendBack,
)
"""Commands that a phase allows but does not wait for."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a role can do now. `mandatory`: the phase waits for this role, and `due` is when silence counts."""

    command: str
    matter: int
    due: datetime | None
    mandatory: bool


class Given(StrEnum):
    """Whether an expected kind of material is there."""

    GIVEN = "GIVEN"
    MISSING = "MISSING"


@dataclass(frozen=True, slots=True)
class Expected:
    """One expected kind of material for a line and party: how much it is expected, and what was given."""

    line_id: str
    party: Role
    item: str
    level: Level
    state: Given
    exhibits: tuple[int, ...]
    until: datetime | None


def available_actions(case: Case, role: Role) -> list[Action]:
    """What a role may do now in every open matter, as the process table has it."""
    found = []
    for matter in case.matters:
        for move in moves_from(matter.phase) if matter.is_open else []:
            if role in move.roles and _applies(matter, move.command, role):
                mandatory = role in OWNERS[matter.phase] and move.command not in AUXILIARY
                found.append(Action(move.command.__name__, matter.number, matter.due, mandatory))
    return found


def _applies(matter: Matter, command: type, role: Role) -> bool:
    """The guards that are plain to see from the case alone; the rest answer with a refusal."""
    proposal = matter.proposal
    if command is c.AcceptAgreement:
        return proposal is not None and proposal.by is not role
    if command is c.RejectAgreement:
        return proposal is not None
    if command is c.CompleteMaterial:
        return matter.window(role) is not None
    if command is c.HandIn and matter.phase in (Phase.EVIDENCE, Phase.APPEAL_EVIDENCE):
        return matter.window(role) is not None or role in matter.waiting_windows
    if command is c.PayRefund:
        return matter.remedy is not None and not matter.remedy.at_once
    if command is c.AssessDelivery:
        return matter.remedy is not None and matter.remedy.problem
    if command is c.AssessReturn:
        return matter.remedy is not None and matter.remedy.report is not None and not matter.remedy.problem
    if command is c.Appeal:
        return not matter.appeal_used
    return True


def expected_material(case: Case, policy: Policy, party: Role) -> list[Expected]:
    """A party's own list: what is expected for each line, what is there, what is missing and until when (S6)."""
    found = []
    for matter in case.matters:
        for line_id in matter.lines:
            for rule in policy.expected(case.line(line_id).reason, party):
                given = tuple(x.number for x in case.exhibits if _is(x, party, rule.item, line_id))
                state = Given.GIVEN if given else Given.MISSING
                until = matter.window(party)
                found.append(Expected(line_id, party, rule.item, rule.level, state, given, until))
    return found


def _is(exhibit: Exhibit, party: Role, item: str, line_id: str) -> bool:
    lines = exhibit.material.lines
    return exhibit.giver is party and exhibit.material.item == item and (not lines or line_id in lines)


def visible_exhibits(case: Case, role: Role) -> tuple[Exhibit, ...]:
    """The exhibits a role may see: parties see both sides' material once it is on the record, agents all."""
    return case.exhibits if role in (*PARTIES, Role.AGENT) else ()
