"""What happened: every event, past tense, with a stable stored name and version.

Events carry absolute instants (UTC) and minor units, so a replay asks no calendar and no policy. What a person
wrote appears only as a salted hash (fields marked sealed). A change of shape is a new version with an upcaster in
`store/codec.py`.
"""

from dataclasses import dataclass
from datetime import datetime

from mufakat.core.events.dispute import (
    AppealDecided,
    Appealed,
    DecisionEscalated,
    DisputeRaised,
    DisputeWithdrawn,
    DraftReturned,
    FindingRecorded,
    Judged,
    JudgementAccepted,
    JudgementDrafted,
    LineAssessed,
    MaterialAsked,
    OrderRecorded,
    PersonAsked,
    ProcessDeclared,
    SentBack,
    WindowClosed,
    WindowOpened,
)
from mufakat.core.events.execution import (
    CarrierClaimAnswered,
    CarrierClaimNoted,
    DeliveryAssessed,
    ExecutionResumed,
    ExecutionSuspended,
    GoodsDelivered,
    GoodsScanned,
    GoodsShipped,
    ParcelRejected,
    ProblemReported,
    RemedyConfirmed,
    RemedyOrdered,
    RemedyProven,
    ReportAccepted,
    ReportContested,
    ReturnAccepted,
    ReturnArrived,
    ReturnReported,
    ReturnShipped,
    RiskDecided,
    TurnedIntoRefund,
)
from mufakat.core.events.money import (
    AdjustmentBooked,
    AdvanceOrdered,
    AdvanceRecovered,
    ChargebackFrozen,
    ChargebackSettled,
    CollectionStopped,
    DebtLeft,
    DeductionOrdered,
    HoldPlaced,
    HoldReleased,
    OwnPaymentClaimed,
    OwnPaymentConfirmed,
    OwnPaymentDenied,
    RefundOrdered,
    RefundPaid,
    RefundReduced,
    ReversalBooked,
)
from mufakat.core.events.registry import EVENTS, NAMES, VERSIONS
from mufakat.core.events.request import (
    AgreementMade,
    AgreementProposed,
    AgreementRejected,
    AskedAgain,
    CaseImported,
    Conceded,
    DueExtended,
    FactNoted,
    MaterialGiven,
    MatterClosed,
    MatterSplit,
    MessageSent,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
    PhaseEntered,
    Reminded,
    RequestApproved,
    RequestOpened,
    RequestRejected,
    RequestWithdrawn,
)
from mufakat.core.parties import Actor

Event = (
    RequestOpened
    | MessageSent
    | MaterialGiven
    | PhaseEntered
    | MatterSplit
    | MatterClosed
    | RequestApproved
    | RequestRejected
    | OfferMade
    | OfferAccepted
    | OfferDeclined
    | RequestWithdrawn
    | AskedAgain
    | DisputeRaised
    | DisputeWithdrawn
    | WindowOpened
    | WindowClosed
    | MaterialAsked
    | FindingRecorded
    | LineAssessed
    | Judged
    | JudgementAccepted
    | Appealed
    | AppealDecided
    | SentBack
    | JudgementDrafted
    | DraftReturned
    | PersonAsked
    | Conceded
    | AgreementProposed
    | AgreementRejected
    | AgreementMade
    | ProcessDeclared
    | OrderRecorded
    | ExecutionSuspended
    | ExecutionResumed
    | DueExtended
    | CaseImported
    | DecisionEscalated
    | RemedyOrdered
    | ReturnShipped
    | ReturnArrived
    | ReturnAccepted
    | ParcelRejected
    | ReturnReported
    | ReportAccepted
    | ReportContested
    | RiskDecided
    | GoodsShipped
    | GoodsScanned
    | GoodsDelivered
    | RemedyProven
    | ProblemReported
    | DeliveryAssessed
    | RemedyConfirmed
    | TurnedIntoRefund
    | HoldPlaced
    | HoldReleased
    | RefundOrdered
    | DeductionOrdered
    | CollectionStopped
    | RefundPaid
    | RefundReduced
    | DebtLeft
    | ReversalBooked
    | FactNoted
    | Reminded
    | AdvanceOrdered
    | AdvanceRecovered
    | AdjustmentBooked
    | CarrierClaimNoted
    | CarrierClaimAnswered
    | ChargebackFrozen
    | ChargebackSettled
    | OwnPaymentClaimed
    | OwnPaymentConfirmed
    | OwnPaymentDenied
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the log: its number in the case (from 1), when, by whom."""

    number: int
    at: datetime
    actor: Actor
    event: Event


__all__ = [
    "EVENTS",
    "NAMES",
    "VERSIONS",
    "AdjustmentBooked",
    "AdvanceOrdered",
    "AdvanceRecovered",
    "AgreementMade",
    "AgreementProposed",
    "AgreementRejected",
    "AppealDecided",
    "Appealed",
    "AskedAgain",
    "CarrierClaimAnswered",
    "CarrierClaimNoted",
    "CaseImported",
    "ChargebackFrozen",
    "ChargebackSettled",
    "CollectionStopped",
    "Conceded",
    "DebtLeft",
    "DecisionEscalated",
    "DeductionOrdered",
    "DeliveryAssessed",
    "DisputeRaised",
    "DisputeWithdrawn",
    "DraftReturned",
    "DueExtended",
    "Event",
    "ExecutionResumed",
    "ExecutionSuspended",
    "FactNoted",
    "FindingRecorded",
    "GoodsDelivered",
    "GoodsScanned",
    "GoodsShipped",
    "HoldPlaced",
    "HoldReleased",
    "Judged",
    "JudgementAccepted",
    "JudgementDrafted",
    "LineAssessed",
    "MaterialAsked",
    "MaterialGiven",
    "MatterClosed",
    "MatterSplit",
    "MessageSent",
    "OfferAccepted",
    "OfferDeclined",
    "OfferMade",
    "OrderRecorded",
    "OwnPaymentClaimed",
    "OwnPaymentConfirmed",
    "OwnPaymentDenied",
    "ParcelRejected",
    "PersonAsked",
    "PhaseEntered",
    "ProblemReported",
    "ProcessDeclared",
    "Recorded",
    "RefundOrdered",
    "RefundPaid",
    "RefundReduced",
    "RemedyConfirmed",
    "RemedyOrdered",
    "RemedyProven",
    "Reminded",
    "ReportAccepted",
    "ReportContested",
    "RequestApproved",
    "RequestOpened",
    "RequestRejected",
    "RequestWithdrawn",
    "ReturnAccepted",
    "ReturnArrived",
    "ReturnReported",
    "ReturnShipped",
    "ReversalBooked",
    "RiskDecided",
    "SentBack",
    "TurnedIntoRefund",
    "WindowClosed",
    "WindowOpened",
]
