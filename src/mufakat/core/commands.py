"""What may be asked of a case: every command, imperative, under its stored name.

`matter` picks one part of a case that has split (lines judged apart); 0 means the only one the command fits.
Fields marked sealed hold what a person wrote; the engine seals them before the core sees them.
"""

from datetime import date

from mufakat.core.claim import (
    Forum,
    Material,
    ReturnIssue,
    ReturnMethod,
    ReturnPart,
    Solution,
    sealed,
)
from mufakat.core.command_list import command
from mufakat.core.order import Fact
from mufakat.core.parties import Role

# The list of commands is one, whichever file a command stands in.
# ruff: noqa: PLC0414
# isort: off
from mufakat.core.command_list import COMMANDS as COMMANDS
from mufakat.core.judging_commands import (
    AcceptJudgement as AcceptJudgement,
    Appeal as Appeal,
    AskForPerson as AskForPerson,
    AssessLine as AssessLine,
    ConfirmJudgement as ConfirmJudgement,
    DecideAppeal as DecideAppeal,
    Judge as Judge,
    JudgeAutomatically as JudgeAutomatically,
    RecordFinding as RecordFinding,
    RecordFindings as RecordFindings,
    ReturnDraft as ReturnDraft,
    SendBack as SendBack,
)
from mufakat.core.request_commands import (
    AcceptOffer as AcceptOffer,
    ApproveRequest as ApproveRequest,
    AskAgain as AskAgain,
    DeclineOffer as DeclineOffer,
    MakeOffer as MakeOffer,
    OpenRequest as OpenRequest,
    RejectRequest as RejectRequest,
    SendMessage as SendMessage,
    WithdrawRequest as WithdrawRequest,
)
# isort: on


@command
class RaiseDispute:
    """Ask the platform to step in (S2), for all lines that were refused or for those named."""

    matter: int = 0
    lines: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    text: str = sealed()


@command
class WithdrawDispute:
    """Take an undecided dispute back (S10)."""

    matter: int = 0


@command
class HandIn:
    """Hand in supporting material (S3, S5)."""

    material: Material
    matter: int = 0


@command
class CompleteMaterial:
    """Say that one's own material is complete."""

    matter: int = 0


@command
class AskMaterial:
    """Ask one side or both for a named item (S5), until the rulebook's clock ends, or for fewer `hours`."""

    parties: tuple[Role, ...]
    item: str
    matter: int = 0
    text: str = sealed()
    hours: int = 0


@command
class Concede:
    """Grant the claim, at any moment."""

    matter: int = 0


@command
class ProposeAgreement:
    """Propose terms on which both would end it (S9, S13)."""

    solution: Solution
    matter: int = 0


@command
class AcceptAgreement:
    """Confirm the other side's terms."""

    matter: int = 0


@command
class RejectAgreement:
    """Refuse the other side's terms."""

    matter: int = 0


@command
class DeclareProcess:
    """Say that a court, regulator, mediation or other process was started (S14)."""

    forum: Forum
    started: date
    matter: int = 0
    reference: str = sealed()


@command
class RecordOrder:
    """Enter what a court or regulator ordered after a stop: an amount for the customer in minor units, 0 for none."""

    amount: int
    matter: int = 0
    reference: str = sealed()


@command
class SuspendExecution:
    """Enter an order of a court or regulator that suspends execution."""

    matter: int = 0
    reference: str = sealed()


@command
class ResumeExecution:
    """Let execution go on."""

    matter: int = 0
    reference: str = sealed()


@command
class ExtendDue:
    """Move a due moment on after an outage of ours, with a reason."""

    seconds: int
    matter: int = 0
    text: str = sealed()


@command
class ShipBack:
    """Ship the goods back and upload the shipping information. `freight`: what it cost, minor units."""

    method: ReturnMethod
    tracking: str
    freight: int = 0
    matter: int = 0


@command
class ConfirmReceipt:
    """The seller has the returned goods and finds them in order."""

    matter: int = 0


@command
class RejectParcel:
    """The seller refuses the returned parcel after inspection, with a code."""

    code: str
    matter: int = 0
    materials: tuple[Material, ...] = ()
    text: str = sealed()


@command
class ReportReturn:
    """The seller reports breakage, damage or loss of the return. `value_lost`: minor units of the refund.

    Either of the parcel as a whole, or `parts`: what befell which units of which line.
    """

    issue: ReturnIssue | None = None
    value_lost: int = 0
    matter: int = 0
    materials: tuple[Material, ...] = ()
    text: str = sealed()
    parts: tuple[ReturnPart, ...] = ()


@command
class AcceptReport:
    """The customer agrees with the report."""

    matter: int = 0


@command
class ContestReport:
    """The customer disagrees with the report; an agent decides."""

    matter: int = 0
    materials: tuple[Material, ...] = ()
    text: str = sealed()


@command
class AssessReturn:
    """An agent finds what befell the return and what value was lost, minor units; `issue` None for nothing.

    Or, with `issue` None, in `parts`: what befell which units of which line.
    """

    issue: ReturnIssue | None
    value_lost: int = 0
    matter: int = 0
    text: str = sealed()
    parts: tuple[ReturnPart, ...] = ()


@command
class ShipOut:
    """The seller ships the replacement, exchange or missing items."""

    tracking: str
    matter: int = 0


@command
class RefundInstead:
    """The seller pays the price instead of shipping."""

    matter: int = 0


@command
class CompleteRemedy:
    """The seller proves that any other remedy is done."""

    proof: Material
    matter: int = 0


@command
class ConfirmDelivery:
    """The customer has what was owed."""

    matter: int = 0


@command
class ReportProblem:
    """The customer says that what was shipped did not arrive or is wrong."""

    matter: int = 0
    materials: tuple[Material, ...] = ()
    text: str = sealed()


@command
class AssessDelivery:
    """An agent decides whether that is so."""

    upheld: bool
    matter: int = 0
    text: str = sealed()


@command
class PayRefund:
    """The seller lets the provider pay the judged refund at once."""

    matter: int = 0


@command
class ReportPayment:
    """What the payment provider has paid the customer so far for an obligation, in all, minor units.

    `advanced`: so much of that was the platform's money; `recovered`: so much of the advance was collected from the
    seller since. `reference`: the provider's own name of what it did last.
    """

    obligation: str
    paid: int
    recovered: int = 0
    reference: str = ""
    advanced: int = 0


@command
class ReportOwnPayment:
    """The seller says that it paid the customer so much of what is owed by itself, outside of the payment provider.

    Minor units, with its proof. It counts once the customer confirms it; the marketplace's own data needs no such word.
    """

    amount: int
    proof: Material
    matter: int = 0


@command
class ConfirmOwnPayment:
    """The customer has what the seller says that it paid by itself."""

    matter: int = 0


@command
class DenyOwnPayment:
    """The customer does not have what the seller says that it paid by itself."""

    matter: int = 0


@command
class RecordFact:
    """A later fact about the order: a scan, an outside refund, a chargeback, an amendment."""

    fact: Fact


@command
class Lapse:
    """The earliest due moment has passed."""


@command
class Remind:
    """The moment of a reminder has come: whoever is waited for is told until when."""


Command = (
    OpenRequest
    | SendMessage
    | ApproveRequest
    | RejectRequest
    | MakeOffer
    | AcceptOffer
    | DeclineOffer
    | WithdrawRequest
    | AskAgain
    | RaiseDispute
    | WithdrawDispute
    | HandIn
    | CompleteMaterial
    | AskMaterial
    | RecordFinding
    | RecordFindings
    | AssessLine
    | Judge
    | AcceptJudgement
    | Appeal
    | DecideAppeal
    | SendBack
    | ConfirmJudgement
    | ReturnDraft
    | JudgeAutomatically
    | AskForPerson
    | Concede
    | ProposeAgreement
    | AcceptAgreement
    | RejectAgreement
    | DeclareProcess
    | RecordOrder
    | SuspendExecution
    | ResumeExecution
    | ExtendDue
    | ShipBack
    | ConfirmReceipt
    | RejectParcel
    | ReportReturn
    | AcceptReport
    | ContestReport
    | AssessReturn
    | ShipOut
    | RefundInstead
    | CompleteRemedy
    | ConfirmDelivery
    | ReportProblem
    | AssessDelivery
    | PayRefund
    | ReportPayment
    | ReportOwnPayment
    | ConfirmOwnPayment
    | DenyOwnPayment
    | RecordFact
    | Lapse
    | Remind
)
