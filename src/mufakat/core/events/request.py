"""Events of the request and of the talk between the two, and of the case as such: phases, parts, facts."""

from datetime import datetime

from mufakat.core.claim import Basis, ClaimLine, Exhibit, RequestType, Solution, sealed
from mufakat.core.events.registry import event
from mufakat.core.order import Fact
from mufakat.core.parties import Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import ClockName, LapseOutcome


@event("request.opened")
class RequestOpened:
    """A request was opened. `accept_until`: end of the acceptance period by line (None: no period of its own).

    `facts`: how many later facts about the order were known then.
    """

    case_id: str
    order_id: str
    customer_id: str
    seller_id: str
    currency: str
    policy: str
    type: RequestType
    lines: tuple[ClaimLine, ...]
    accept_until: tuple[tuple[str, datetime | None], ...]
    in_time: tuple[str, ...]
    generations: tuple[tuple[str, int, int], ...]
    by: Role
    text: str = sealed()
    facts: int = 0


@event("message.sent")
class MessageSent:
    """A message to the other side."""

    text: str = sealed()


@event("material.given", 2)
class MaterialGiven:
    """Material came onto the record."""

    exhibit: Exhibit


@event("phase.entered")
class PhaseEntered:
    """A matter stands in a phase until `due`; the lapse of `clock` then has `lapse` as its outcome.

    `remind`: when whoever it waits for is reminded, earliest first.
    """

    matter: int
    phase: Phase
    due: datetime | None
    clock: ClockName | None = None
    lapse: LapseOutcome | None = None
    remind: tuple[datetime, ...] = ()


@event("matter.reminded")
class Reminded:
    """Whoever a matter waits for was reminded that it is due then."""

    matter: int
    due: datetime


@event("matter.split")
class MatterSplit:
    """Some lines of a matter go their own way from here, as matter `new`."""

    matter: int
    new: int
    lines: tuple[str, ...]


@event("matter.closed")
class MatterClosed:
    """Nothing is open about these lines any more."""

    matter: int
    outcome: Outcome


@event("request.approved")
class RequestApproved:
    """What was asked was granted."""

    matter: int
    basis: Basis


@event("request.rejected")
class RequestRejected:
    """The seller refused. `accept_until`: the acceptance periods as they now stand."""

    matter: int
    code: str
    accept_until: tuple[tuple[str, datetime | None], ...]
    text: str = sealed()


@event("offer.made")
class OfferMade:
    """The seller offered another solution; `left` seconds of the review remain."""

    matter: int
    solution: Solution
    left: int


@event("offer.accepted")
class OfferAccepted:
    """The customer took the offer."""

    matter: int


@event("offer.declined")
class OfferDeclined:
    """The offer was refused, or nobody answered it."""

    matter: int
    lapsed: bool = False


@event("request.withdrawn")
class RequestWithdrawn:
    """The customer took the request back."""

    matter: int


@event("request.asked_again")
class AskedAgain:
    """The customer asked the seller once more."""

    matter: int
    text: str = sealed()


@event("claim.conceded")
class Conceded:
    """The seller granted the claim."""

    matter: int


@event("agreement.proposed")
class AgreementProposed:
    """A side proposed terms."""

    matter: int
    solution: Solution
    by: Role
    until: datetime


@event("agreement.rejected")
class AgreementRejected:
    """The terms were refused."""

    matter: int


@event("agreement.made")
class AgreementMade:
    """Both confirmed the terms (S9, S13)."""

    matter: int


@event("due.extended", 2)
class DueExtended:
    """A due moment moved on, with a reason. `accept_until`: the acceptance periods that move with it, if any do."""

    matter: int
    seconds: int
    text: str = sealed()
    accept_until: tuple[tuple[str, datetime | None], ...] = ()


@event("case.imported")
class CaseImported:
    """What came before was told by another system, where the case was under way; from here on it runs here.

    `source` names that system, `external_id` the case in it, `steps` how many it told; `facts` how many later facts
    about the order were known then.
    """

    source: str
    external_id: str
    steps: int
    facts: int = 0


@event("order.fact_noted", 2)
class FactNoted:
    """A later fact about the order."""

    fact: Fact
