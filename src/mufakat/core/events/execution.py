"""Events of carrying it out: suspension, return, goods, money."""

from datetime import datetime

from mufakat.core.claim import Basis, LineShare, RemedyKind, ReturnIssue, ReturnMethod, ReturnPart, RiskPart, sealed
from mufakat.core.events.registry import event
from mufakat.core.parties import Role
from mufakat.core.policy.policy import LapseOutcome


@event("execution.suspended")
class ExecutionSuspended:
    """A court's order suspends execution; `left` seconds of the running clock remain."""

    matter: int
    left: int
    reference: str = sealed()


@event("execution.resumed")
class ExecutionResumed:
    """Execution goes on."""

    matter: int
    lapsed: bool = False
    reference: str = sealed()


@event("remedy.ordered")
class RemedyOrdered:
    """What is to be done, why, and for whom; amounts in minor units."""

    matter: int
    kind: RemedyKind
    basis: Basis
    shares: tuple[LineShare, ...]
    shipping: int = 0
    freight_bearer: Role = Role.CUSTOMER


@event("return.shipped")
class ReturnShipped:
    """The customer shipped the goods back and uploaded the shipping information (S22 to S25 begin)."""

    matter: int
    method: ReturnMethod
    tracking: str
    freight: int = 0


@event("return.arrived")
class ReturnArrived:
    """The parcel reached the seller, by scan, confirmation or the end of its period."""

    matter: int
    inferred: bool = False


@event("return.accepted")
class ReturnAccepted:
    """The returned goods are taken as in order."""

    matter: int
    lapsed: bool = False


@event("return.rejected")
class ParcelRejected:
    """The seller refused the parcel."""

    matter: int
    code: str
    accept_until: tuple[tuple[str, datetime | None], ...]
    text: str = sealed()


@event("return.reported")
class ReturnReported:
    """The seller reported breakage, damage or loss: of the parcel as a whole, or of the units in `parts`.

    `value_lost` is that of all parts (minor units), `issue` that of the first.
    """

    matter: int
    issue: ReturnIssue
    value_lost: int
    text: str = sealed()
    parts: tuple[ReturnPart, ...] = ()


@event("return.report_accepted")
class ReportAccepted:
    """The report binds: accepted, or nobody contested it."""

    matter: int
    lapsed: bool = False


@event("return.report_contested")
class ReportContested:
    """The customer contested the report."""

    matter: int
    text: str = sealed()


@event("return.risk_decided")
class RiskDecided:
    """Who bears what befell the return, by which rule, and by how much the refund is lowered (minor units).

    `parts` say it for every line and unit. Of the whole: `bearer` is the customer where it bears any of it, `issue`
    that of the first part.
    """

    matter: int
    issue: ReturnIssue | None
    bearer: Role
    rule: str
    lowered: int
    found_by: Role
    text: str = sealed()
    parts: tuple[RiskPart, ...] = ()


@event("carrier.claim_noted")
class CarrierClaimNoted:
    """The carrier lost or harmed goods that it carried: what is claimed of it (minor units), and for whom."""

    matter: int
    tracking: str
    issue: ReturnIssue
    amount: int
    bearer: Role


@event("carrier.claim_answered")
class CarrierClaimAnswered:
    """The carrier paid so much of what was claimed for `bearer` (minor units); nothing more comes."""

    matter: int
    tracking: str
    paid: int
    bearer: Role


@event("goods.shipped")
class GoodsShipped:
    """The seller shipped what it owes."""

    matter: int
    tracking: str


@event("goods.scanned")
class GoodsScanned:
    """A carrier has scanned it: the step in goods is done."""

    matter: int


@event("goods.delivered")
class GoodsDelivered:
    """The carrier delivered it: a new delivery of the same units."""

    matter: int


@event("remedy.proven")
class RemedyProven:
    """The seller proved that another remedy is done."""

    matter: int
    proof: int


@event("remedy.problem_reported")
class ProblemReported:
    """The customer says it did not arrive or is wrong."""

    matter: int
    text: str = sealed()


@event("remedy.assessed")
class DeliveryAssessed:
    """An agent decided whether that is so."""

    matter: int
    upheld: bool
    text: str = sealed()


@event("remedy.confirmed")
class RemedyConfirmed:
    """The customer has what was owed, or did not object in time."""

    matter: int
    lapsed: bool = False


@event("remedy.turned_into_refund")
class TurnedIntoRefund:
    """The price is paid instead of the goods."""

    matter: int
    why: LapseOutcome | None = None
