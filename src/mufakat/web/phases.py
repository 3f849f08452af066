"""Where a case stands, in the words of the side that reads: a heading, one sentence, and how pressing it looks.

What silence means is said beside it in the core's own words (`core/words/terms.py`).
"""

from dataclasses import dataclass
from typing import Final

from mufakat.api.wire.cases import MatterOut
from mufakat.core.parties import Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.remedies import StepCode
from mufakat.core.view import ViewerState
from mufakat.web.tongue import mark as _

Said = tuple[str, str]
"""A heading and one sentence, both texts of the catalogue."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a part of a case stands. `tone`: turn, wait, good, bad or over; `pill`: whose turn it is, in short."""

    pill: str
    title: str
    text: str
    tone: str


PILLS: Final[dict[ViewerState, str]] = {
    ViewerState.YOUR_TURN: _("Your turn"),
    ViewerState.WAITING_FOR_CUSTOMER: _("Waiting for the customer"),
    ViewerState.WAITING_FOR_SELLER: _("Waiting for the seller"),
    ViewerState.WAITING_FOR_BOTH: _("Waiting for both sides"),
    ViewerState.WITH_PLATFORM: _("With the platform"),
    ViewerState.UNDER_WAY: _("On its way"),
    ViewerState.PAYMENT: _("With the payment provider"),
    ViewerState.CLOSED: _("Closed"),
}
"""Whose turn it is, in two or three words."""

CUSTOMERS: Final[dict[Phase, Said]] = {
    Phase.REVIEW: (
        _("The seller is looking at your request"),
        _("They can approve it, refuse it or offer something else."),
    ),
    Phase.OFFERED: (
        _("The seller offers another solution"),
        _("Take it, or decline it and let them answer your request."),
    ),
    Phase.REJECTED: (
        _("The seller refused your request"),
        _("You can ask them once more, or ask the platform to step in and judge."),
    ),
    Phase.PARCEL_REJECTED: (
        _("The seller refused the parcel you sent back"),
        _("You can ask them to look again, or ask the platform to step in and judge."),
    ),
    Phase.EVIDENCE: (
        _("Both sides show what happened"),
        _("The platform judges by what you and the seller hand in now, and by its own data on the order."),
    ),
    Phase.DECIDING: (_("The platform is deciding"), _("A person looks at everything that both sides handed in.")),
    Phase.DISMISSED: (
        _("Decided for the seller"),
        _("Read why. If you have more to show, you may be able to raise a second dispute."),
    ),
    Phase.AWARDED: (_("Decided for you"), _("The seller may still disagree once. Then it is carried out.")),
    Phase.APPEAL_EVIDENCE: (
        _("The seller disagrees with the decision"),
        _("Both sides may show more now. Another person then decides, and that is the end of it."),
    ),
    Phase.APPEAL_DECIDING: (_("Another person decides the appeal"), _("You need not do anything for now.")),
    Phase.AWAITING_RETURN: (
        _("Send the goods back"),
        _("Pack them well, ship them, and enter the tracking number here. Your refund comes after that."),
    ),
    Phase.RETURNING: (_("Your parcel is on its way back"), _("The carrier tells us when it arrives.")),
    Phase.INSPECTING: (_("The seller checks what you sent back"), _("If they say nothing in time, it goes your way.")),
    Phase.REPORTED: (
        _("The seller reports that something befell the parcel"),
        _("Agree, or disagree and let a person of the platform decide."),
    ),
    Phase.ASSESSING: (_("The platform looks into it"), _("A person decides what happened to the goods.")),
    Phase.PERFORMING: (_("The seller owes you something"), _("They are to ship it, or do what was decided.")),
    Phase.DELIVERING: (_("Something is on its way to you"), _("The carrier tells us when it arrives.")),
    Phase.CONFIRMING: (_("Is everything in order?"), _("Say whether what you got is right.")),
    Phase.PAYING: (_("Your refund is being paid"), _("It goes back the way you paid, unless it says otherwise below.")),
    Phase.DEDUCTING: (
        _("Your refund is taken from the seller's payouts"),
        _("The seller did not pay in time, so the payment provider collects it for you."),
    ),
    Phase.LATE_APPEAL: (
        _("You have been paid"),
        _("The seller may still object; you keep the money unless told otherwise."),
    ),
    Phase.SUSPENDED: (_("On hold by order of a court or regulator"), _("It goes on when that order ends.")),
    Phase.STOPPED: (
        _("Left to a court or another body"),
        _("The platform has stopped, because one side started a process elsewhere."),
    ),
    Phase.CLOSED: (_("This is settled"), ""),
}
"""To the customer."""

SELLERS: Final[dict[Phase, Said]] = {
    Phase.REVIEW: (
        _("A customer asks for something"),
        _("Approve it, refuse it with a reason, or offer another solution."),
    ),
    Phase.OFFERED: (_("Your offer waits for the customer"), _("Your time to answer stands still meanwhile.")),
    Phase.REJECTED: (
        _("You refused the request"),
        _("The customer may ask once more, or ask the platform to step in."),
    ),
    Phase.PARCEL_REJECTED: (
        _("You refused the returned parcel"),
        _("The customer may ask you to look again, or ask the platform to step in."),
    ),
    Phase.EVIDENCE: (
        _("Both sides show what happened"),
        _("The platform judges by what you and the customer hand in now, and by its own data on the order."),
    ),
    Phase.DECIDING: (_("The platform is deciding"), _("A person looks at everything that both sides handed in.")),
    Phase.DISMISSED: (_("Decided for you"), _("The customer may still disagree.")),
    Phase.AWARDED: (_("Decided for the customer"), _("Accept it, or appeal once with what has not been seen yet.")),
    Phase.APPEAL_EVIDENCE: (_("You appealed"), _("Both sides may show more now. Another person then decides.")),
    Phase.APPEAL_DECIDING: (_("Another person decides the appeal"), _("You need not do anything for now.")),
    Phase.AWAITING_RETURN: (_("The customer is to send the goods back"), _("Your part begins when they have arrived.")),
    Phase.RETURNING: (_("The goods are on their way back"), _("The carrier tells us when they arrive.")),
    Phase.INSPECTING: (_("Check the returned goods"), _("Confirm them, refuse the parcel, or report what befell it.")),
    Phase.REPORTED: (_("Your report waits for the customer"), _("If they disagree, a person of the platform decides.")),
    Phase.ASSESSING: (_("The platform looks into it"), _("A person decides what happened to the goods.")),
    Phase.PERFORMING: (
        _("You owe the customer something"),
        _("Ship it, or do what was decided, and show that it is done."),
    ),
    Phase.DELIVERING: (_("What you sent is on its way"), _("The carrier tells us when it arrives.")),
    Phase.CONFIRMING: (_("The customer is to confirm"), _("You need not do anything for now.")),
    Phase.PAYING: (
        _("A refund is to be paid"),
        _("Pay it in time, or the payment provider deducts it from your payouts."),
    ),
    Phase.DEDUCTING: (
        _("The refund is taken from your payouts"),
        _("It was not paid in time, so the payment provider collects it."),
    ),
    Phase.LATE_APPEAL: (_("The refund is paid"), _("You may still appeal once.")),
    Phase.SUSPENDED: (_("On hold by order of a court or regulator"), _("It goes on when that order ends.")),
    Phase.STOPPED: (
        _("Left to a court or another body"),
        _("The platform has stopped, because one side started a process elsewhere."),
    ),
    Phase.CLOSED: (_("This is settled"), ""),
}
"""To the seller."""

STEPS_SAID: Final[dict[StepCode, str]] = {
    StepCode.SEND_BACK: _("The goods are sent back"),
    StepCode.TAKE_BACK: _("The seller takes them back"),
    StepCode.SHIP: _("The seller ships"),
    StepCode.RECEIVE: _("It is received"),
    StepCode.PERFORM: _("The seller does what is owed"),
    StepCode.CONFIRM: _("It is confirmed"),
    StepCode.PAY: _("The money is paid"),
}
"""The steps of a remedy, in order as they come."""

SAID: Final[dict[Role, dict[Phase, Said]]] = {Role.CUSTOMER: CUSTOMERS, Role.SELLER: SELLERS}

FOR: Final[dict[Role, frozenset[Phase]]] = {
    Role.CUSTOMER: frozenset({Phase.AWARDED, Phase.PAYING, Phase.DEDUCTING, Phase.LATE_APPEAL, Phase.DELIVERING}),
    Role.SELLER: frozenset({Phase.DISMISSED}),
}
"""Phases that are good news."""
WELL: Final = frozenset({Outcome.REFUNDED, Outcome.GOODS_DELIVERED, Outcome.REMEDIED, Outcome.SETTLED_BY_PARTIES})
"""Ends that both can live with."""


def heading(matter: MatterOut, role: Role) -> Standing:
    """How a part of a case stands, to one side."""
    title, text = SAID[role][matter.phase]
    return Standing(PILLS[matter.state], title, text, _tone(matter, role))


def _tone(matter: MatterOut, role: Role) -> str:
    if matter.phase is Phase.CLOSED:
        return "good" if matter.outcome in WELL else "over"
    if matter.state is ViewerState.YOUR_TURN:
        return "turn"
    return "good" if matter.phase in FOR[role] else "wait"
