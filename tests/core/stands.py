"""One story for every phase, and one fitting command for every cell of the process table."""

from collections.abc import Callable
from datetime import date

from mufakat.core import commands as c
from mufakat.core.claim import (
    Answer,
    Assessment,
    FindingValue,
    Forum,
    Ground,
    Material,
    RemedyKind,
    RequestType,
    ReturnIssue,
    ReturnMethod,
    Solution,
)
from mufakat.core.order import Amendment, ScanKind
from mufakat.core.parties import CLOCK, SYSTEM, Actor, Role, other
from mufakat.core.phases import Phase
from tests.core.findings import judged_for_customer, judged_for_seller, material_for, with_material
from tests.core.second_person import appeal_drafted, by_machine, drafted, for_machine, to_machine
from tests.core.story import AGENT, CUSTOMER, DELIVERED, HOUR, SECOND_AGENT, SELLER, TEXT, THIRD_AGENT, Story

PROOF = Material("PROOF_OF_FULFILLMENT", digest="proof")
PARCEL_CODE = "reverse_reject_return_parcel_reason_1"


def review() -> Story:
    return Story().open().wait(HOUR)


def offered() -> Story:
    story = review()
    story.give(SELLER, c.MakeOffer(Solution(RemedyKind.REFUND, 10_000)))
    return story.wait(HOUR)


def awaiting_return(type_: RequestType = RequestType.RETURN_AND_REFUND) -> Story:
    story = Story().open(type_).wait(HOUR)
    story.give(SELLER, c.ApproveRequest())
    return story.wait(HOUR)


def returning() -> Story:
    story = awaiting_return()
    story.give(CUSTOMER, c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "R1"))
    return story.wait(HOUR)


def inspecting() -> Story:
    story = returning()
    story.scan("R1", ScanKind.DELIVERED)
    return story.wait(HOUR)


def parcel_rejected() -> Story:
    story = inspecting()
    story.give(SELLER, c.RejectParcel(PARCEL_CODE))
    return story.wait(HOUR)


def reported() -> Story:
    story = inspecting()
    story.give(SELLER, c.ReportReturn(ReturnIssue.DAMAGE, 30_000))
    return story.wait(HOUR)


def assessing_return() -> Story:
    story = reported()
    story.give(CUSTOMER, c.ContestReport())
    return story.wait(HOUR)


def performing() -> Story:
    story = Story().open(RequestType.REPLACEMENT).wait(HOUR)
    story.give(SELLER, c.ApproveRequest())
    return story.wait(HOUR)


def performing_other() -> Story:
    story = review()
    story.give(SELLER, c.MakeOffer(Solution(RemedyKind.OTHER, 40_000, TEXT)))
    story.give(CUSTOMER, c.AcceptOffer())
    return story.wait(HOUR)


def delivering() -> Story:
    story = performing()
    story.give(SELLER, c.ShipOut("N1"))
    story.scan("N1", ScanKind.IN_TRANSIT)
    return story.wait(HOUR)


def confirming() -> Story:
    story = delivering()
    story.scan("N1", ScanKind.DELIVERED)
    return story.wait(HOUR)


def assessing_delivery() -> Story:
    story = confirming()
    story.give(CUSTOMER, c.ReportProblem(text=TEXT))
    return story.wait(HOUR)


def deciding() -> Story:
    return with_material(Story().disputed().wait(HOUR)).wait(HOUR)


def awarded() -> Story:
    return judged_for_customer(deciding()).wait(HOUR)


def dismissed() -> Story:
    return judged_for_seller(deciding()).wait(HOUR)


def appeal_evidence() -> Story:
    story = awarded()
    story.give(SELLER, c.Appeal(text=TEXT))
    return story.wait(HOUR)


def appeal_deciding() -> Story:
    story = appeal_evidence()
    story.complete()
    return story.wait(HOUR)


def paying() -> Story:
    story = awarded()
    story.lapse()
    return story.wait(HOUR)


def deducting() -> Story:
    story = paying()
    story.lapse()
    return story.wait(HOUR)


def late_appeal() -> Story:
    story = deducting()
    story.give(SYSTEM, c.ReportPayment("c1:1", 100_000))
    return story.wait(HOUR)


def suspended() -> Story:
    story = paying()
    story.give(AGENT, c.SuspendExecution(reference=TEXT))
    return story.wait(HOUR)


def stopped() -> Story:
    story = Story().disputed()
    story.give(CUSTOMER, c.DeclareProcess(Forum.COURT, DELIVERED.date(), reference=TEXT))
    return story.wait(HOUR)


def closed() -> Story:
    story = late_appeal()
    story.lapse()
    return story.wait(HOUR)


STANDS: dict[Phase, Callable[[], Story]] = {
    Phase.REVIEW: review,
    Phase.OFFERED: offered,
    Phase.REJECTED: lambda: Story().rejected().wait(HOUR),
    Phase.PARCEL_REJECTED: parcel_rejected,
    Phase.EVIDENCE: lambda: Story().disputed().wait(HOUR),
    Phase.DECIDING: deciding,
    Phase.DISMISSED: dismissed,
    Phase.AWARDED: awarded,
    Phase.APPEAL_EVIDENCE: appeal_evidence,
    Phase.APPEAL_DECIDING: appeal_deciding,
    Phase.AWAITING_RETURN: awaiting_return,
    Phase.RETURNING: returning,
    Phase.INSPECTING: inspecting,
    Phase.REPORTED: reported,
    Phase.ASSESSING: assessing_return,
    Phase.PERFORMING: performing,
    Phase.DELIVERING: delivering,
    Phase.CONFIRMING: confirming,
    Phase.PAYING: paying,
    Phase.DEDUCTING: deducting,
    Phase.LATE_APPEAL: late_appeal,
    Phase.SUSPENDED: suspended,
    Phase.STOPPED: stopped,
    Phase.CLOSED: closed,
}

OTHER_STANDS: dict[tuple[Phase, type], Callable[[], Story]] = {
    (Phase.ASSESSING, c.AssessDelivery): assessing_delivery,
    (Phase.PERFORMING, c.CompleteRemedy): performing_other,
    (Phase.DECIDING, c.ConfirmJudgement): lambda: drafted(SECOND_AGENT),
    (Phase.DECIDING, c.ReturnDraft): lambda: drafted(SECOND_AGENT),
    (Phase.APPEAL_DECIDING, c.ConfirmJudgement): lambda: appeal_drafted(THIRD_AGENT),
    (Phase.APPEAL_DECIDING, c.ReturnDraft): lambda: appeal_drafted(THIRD_AGENT),
    (Phase.DECIDING, c.JudgeAutomatically): to_machine,
    (Phase.EVIDENCE, c.AskForPerson): for_machine,
    (Phase.DECIDING, c.AskForPerson): to_machine,
    (Phase.DISMISSED, c.AskForPerson): lambda: by_machine(arrived=True),
    (Phase.AWARDED, c.AskForPerson): by_machine,
}
"""Cells whose guard needs another history than the phase's usual one."""


def stand(phase: Phase, command: type) -> Story:
    """A story that stands in the phase so that the command's own guards are met."""
    return OTHER_STANDS.get((phase, command), STANDS[phase])()


def actor_in(role: Role, phase: Phase) -> Actor:
    """Somebody in a role who may act there: after a judgement, another agent than the one who judged."""
    agent = SECOND_AGENT if phase in (Phase.APPEAL_DECIDING, Phase.APPEAL_EVIDENCE) else AGENT
    return {Role.CUSTOMER: CUSTOMER, Role.SELLER: SELLER, Role.AGENT: agent, Role.SYSTEM: SYSTEM, Role.CLOCK: CLOCK}[
        role
    ]


def sample(story: Story, command: type, role: Role) -> c.Command:
    """A fitting command of that type; where terms must wait, the other side proposes them first."""
    if command in (c.AcceptAgreement, c.RejectAgreement):
        by = other(role) if role in (Role.CUSTOMER, Role.SELLER) else Role.SELLER
        story.answer(actor_in(by, story.m.phase), c.ProposeAgreement(Solution(RemedyKind.REFUND, 20_000)))
    if command in (c.Judge, c.DecideAppeal) and story.m.phase is Phase.DECIDING:
        for x in story.case.exhibits:
            story.answer(
                AGENT, c.RecordFinding("a", x.giver, x.material.item, FindingValue.INSUFFICIENT, x.number, text=TEXT)
            )
    if command in (c.ConfirmOwnPayment, c.DenyOwnPayment):
        story.answer(SELLER, c.ReportOwnPayment(10_000, PROOF))
    return samples(story)[command]


def samples(story: Story) -> dict[type, c.Command]:
    """One fitting command of every type."""
    item = material_for(story, Role.CUSTOMER)
    exhibit = next((x.number for x in story.case.exhibits if x.material.item == item), 0)
    made: list[c.Command] = [
        c.SendMessage(text=TEXT),
        c.ApproveRequest(),
        c.RejectRequest(story.reject_code(story.case.type)),
        c.MakeOffer(Solution(RemedyKind.REFUND, 10_000)),
        c.AcceptOffer(),
        c.DeclineOffer(),
        c.WithdrawRequest(),
        c.AskAgain(text=TEXT),
        c.RaiseDispute(text=TEXT),
        c.WithdrawDispute(),
        c.HandIn(Material("BUYER_RESPONSE", digest="more")),
        c.CompleteMaterial(),
        c.AskMaterial((Role.CUSTOMER,), "BUYER_RESPONSE", text=TEXT),
        c.RecordFinding("a", Role.CUSTOMER, item, FindingValue.INSUFFICIENT, exhibit, text=TEXT),
        c.RecordFindings(
            (Answer("a", Role.CUSTOMER, item, FindingValue.INSUFFICIENT, exhibit, TEXT),),
            (Assessment("a", Ground.QUALITY, text=TEXT),),
        ),
        c.AssessLine(Assessment("a", Ground.QUALITY)),
        c.Judge(),
        c.AcceptJudgement(),
        c.Appeal(text=TEXT),
        c.DecideAppeal(),
        c.SendBack(text=TEXT),
        c.ConfirmJudgement(),
        c.ReturnDraft(text=TEXT),
        c.JudgeAutomatically(),
        c.AskForPerson(text=TEXT),
        c.Concede(),
        c.ProposeAgreement(Solution(RemedyKind.REFUND, 20_000)),
        c.AcceptAgreement(),
        c.RejectAgreement(),
        c.DeclareProcess(Forum.COURT, date(2026, 11, 2), reference=TEXT),
        c.RecordOrder(1_000, reference=TEXT),
        c.SuspendExecution(reference=TEXT),
        c.ResumeExecution(reference=TEXT),
        c.ExtendDue(3_600, text=TEXT),
        c.ShipBack(ReturnMethod.PLATFORM_CARRIER, "R9"),
        c.ConfirmReceipt(),
        c.RejectParcel(PARCEL_CODE),
        c.ReportReturn(ReturnIssue.DAMAGE, 30_000),
        c.AcceptReport(),
        c.ContestReport(),
        c.AssessReturn(ReturnIssue.DAMAGE, 10_000),
        c.ShipOut("N9"),
        c.RefundInstead(),
        c.CompleteRemedy(PROOF),
        c.ConfirmDelivery(),
        c.ReportProblem(text=TEXT),
        c.AssessDelivery(upheld=True),
        c.PayRefund(),
        c.ReportPayment("c1:1", 50_000),
        c.ReportOwnPayment(10_000, PROOF),
        c.ConfirmOwnPayment(),
        c.DenyOwnPayment(),
        c.RecordFact(Amendment(DELIVERED, story.now)),
        c.Lapse(),
        c.Remind(),
    ]
    return {type(each): each for each in made}
