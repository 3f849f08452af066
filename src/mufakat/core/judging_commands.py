"""Commands of judging: findings, the judgement, the second person, the appeal, the machine (S15 to S18)."""

from mufakat.core.claim import Answer, Assessment, FindingValue, Material, Override, sealed
from mufakat.core.command_list import command
from mufakat.core.parties import Role


@command
class RecordFinding:
    """Answer about one expected item of material or data of one line.

    The text is a reason, owed where the answer differs from what was derived.
    """

    line_id: str
    party: Role
    item: str
    value: FindingValue
    exhibit: int = 0
    matter: int = 0
    text: str = sealed()


@command
class RecordFindings:
    """Answer about several items and assess several lines at once: all of it is recorded, or nothing.

    What stands on record in the same words already is not recorded again.
    """

    answers: tuple[Answer, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    matter: int = 0


@command
class AssessLine:
    """Say what an agent found about a line: ground, severity, deception, cause."""

    assessment: Assessment
    matter: int = 0


@command
class Judge:
    """Derive the judgement from the findings, line by line (S15 to S17); nothing about it is typed in.

    `paragraph`: the agent's own words for the statement of reasons, which both sides read. `overrides`: lines that the
    agent decides otherwise than derived, openly and with a reason; they bind once a second person confirms.
    """

    matter: int = 0
    paragraph: str = sealed()
    overrides: tuple[Override, ...] = ()


@command
class AcceptJudgement:
    """Have no further disagreement (S18); waives the appeal or the second dispute."""

    matter: int = 0


@command
class Appeal:
    """The seller disagrees with a judgement: it names an error in its text, or brings new material."""

    matter: int = 0
    materials: tuple[Material, ...] = ()
    text: str = sealed()


@command
class DecideAppeal:
    """Derive the judgement anew from the findings as they now stand.

    `paragraph`: the agent's own words for the statement of reasons, which both sides read. `overrides`: as of `Judge`.
    """

    matter: int = 0
    paragraph: str = sealed()
    overrides: tuple[Override, ...] = ()


@command
class SendBack:
    """Send an appealed judgement back for a new first judgement."""

    matter: int = 0
    text: str = sealed()


@command
class ConfirmJudgement:
    """Agree, as a second person, with the judgement that another agent drafted: now it binds."""

    matter: int = 0


@command
class ReturnDraft:
    """Give a drafted judgement back unconfirmed, with a reason for whoever judges next; the findings stay."""

    matter: int = 0
    text: str = sealed()


@command
class JudgeAutomatically:
    """Judge by machine what the rulebook lets be judged so, where data settle every finding."""

    matter: int = 0


@command
class AskForPerson:
    """Have a person judge: before a machine does, or again after one did against oneself. Costs no appeal, no dispute.

    The text says what a person should look at, if anything.
    """

    matter: int = 0
    text: str = sealed()
