"""The texts of the pages about rules: what each value of a rulebook is called, and what it says in plain sentences."""

from dataclasses import dataclass
from typing import Final

from mufakat.core.policy.history import Grade
from mufakat.core.policy.policy import Anchor, ClockName, CodeUse, DataTest, JudgedReturn
from mufakat.core.policy.rulebook import ClockAnchor
from mufakat.web.tongue import mark as _

CLOCKS: Final[dict[ClockName, str]] = {
    ClockName.SELLER_REVIEW: _("The seller answers a request"),
    ClockName.CANCEL_REVIEW: _("The seller answers a cancellation"),
    ClockName.OFFER: _("The customer answers an offer"),
    ClockName.DISPUTE_WINDOW: _("After a refusal: the customer asks the platform to step in, or asks once more"),
    ClockName.PARCEL_DISPUTE_WINDOW: _(
        "After a returned parcel was refused: the customer asks the platform to step in"
    ),
    ClockName.MATERIAL_CUSTOMER: _("The customer hands in material for a dispute"),
    ClockName.MATERIAL_CUSTOMER_HIDDEN: _("The same for a counterfeit that could not be seen on arrival"),
    ClockName.MATERIAL_SELLER: _("The seller hands in material for a dispute"),
    ClockName.MATERIAL_ASKED: _("Either side hands in what the platform asked for"),
    ClockName.DECISION: _("The platform decides a dispute"),
    ClockName.SECOND_DISPUTE: _("The customer disagrees with a decision"),
    ClockName.SELLER_APPEAL: _("The seller appeals against a decision"),
    ClockName.LATE_APPEAL: _("The seller appeals after a refund without return"),
    ClockName.APPEAL_MATERIAL: _("Both sides hand in material for an appeal"),
    ClockName.APPEAL_DECISION: _("Another person decides the appeal"),
    ClockName.SHIP_BACK: _("The customer ships the goods back"),
    ClockName.NO_SCAN: _("A parcel of a platform carrier is scanned nowhere"),
    ClockName.INSPECTION_PLATFORM: _("The seller checks a return that came by a platform carrier"),
    ClockName.INSPECTION_SELF: _("The seller checks a return that the customer arranged"),
    ClockName.REPORT: _("The customer answers a report of breakage, damage or loss"),
    ClockName.EXECUTION_DECISION: _("The platform decides a contested report"),
    ClockName.SHIP_OUT: _("The seller ships what was granted"),
    ClockName.CONFIRM: _("The customer says that it did not come or is wrong"),
    ClockName.COMPLIANCE: _("The seller carries a decision out"),
    ClockName.COLLECTION: _("The payment provider collects from the seller's payouts"),
    ClockName.STOP: _("Money is held after the platform stopped for a court or another body"),
    ClockName.SUSPENSION: _("A court or regulator holds the execution"),
    ClockName.PROPOSAL: _("The other side answers a proposed agreement"),
}
"""What each clock measures."""

ANCHORS: Final[dict[ClockAnchor, str]] = {
    ClockAnchor.REQUEST_OPENED: _("from the request"),
    ClockAnchor.OFFER_MADE: _("from the offer"),
    ClockAnchor.REJECTION: _("from the refusal"),
    ClockAnchor.PARCEL_REJECTION: _("from the refusal of the parcel"),
    ClockAnchor.DISPUTE_RAISED: _("from the dispute"),
    ClockAnchor.NOTICE: _("from the notice"),
    ClockAnchor.MATERIAL_ASKED: _("from being asked"),
    ClockAnchor.MATERIAL_COMPLETE: _("from when the material is complete, or the time for it is over"),
    ClockAnchor.JUDGEMENT: _("from the decision"),
    ClockAnchor.APPEAL_RAISED: _("from the appeal"),
    ClockAnchor.GRANT: _("from when it was granted, or the decision became final"),
    ClockAnchor.LAST_SCAN: _("from the last scan"),
    ClockAnchor.RETURN_RECEIVED: _("from the arrival of the parcel"),
    ClockAnchor.TRACKING_UPLOADED: _("from when the tracking number was entered"),
    ClockAnchor.RETURN_REPORTED: _("from the report"),
    ClockAnchor.REPORT_CONTESTED: _("from the customer's disagreement"),
    ClockAnchor.SELLERS_TURN: _("from when it is the seller's turn"),
    ClockAnchor.GOODS_DELIVERED: _("from the delivery"),
    ClockAnchor.DEDUCTION_ORDERED: _("from the order to deduct"),
    ClockAnchor.REFUND_PAID: _("from the refund"),
    ClockAnchor.SUSPENSION: _("from the order"),
    ClockAnchor.STOP: _("from the stop"),
    ClockAnchor.PROPOSAL: _("from the proposal"),
}
"""The moment from which each clock runs."""

FROM: Final[dict[Anchor, str]] = {
    Anchor.DELIVERY: _("from the delivery"),
    Anchor.LAST_TRACKING: _("from the last news of the carrier"),
}
DATA: Final[dict[DataTest, str]] = {
    DataTest.NOT_DELIVERED: _("shows by itself that nothing was delivered"),
    DataTest.DELIVERED_LATE: _("shows by itself that it came late"),
}
GRADES: Final[dict[Grade, str]] = {
    Grade.A: _("The platform's own page"),
    Grade.B: _("A page that restates the original closely"),
    Grade.C: _("Press or a digest"),
    Grade.D: _("One account only, or doubtful"),
    Grade.DEFAULT: _("Our own choice, where the sources say nothing"),
}
"""On whose word a value stands."""
BRIEF: Final[dict[Grade, str]] = {
    Grade.A: _("Platform's page"),
    Grade.B: _("Restated"),
    Grade.C: _("Press or digest"),
    Grade.D: _("Doubtful"),
    Grade.DEFAULT: _("Our choice"),
}
"""The same on a badge."""
USES: Final[dict[CodeUse, str]] = {
    CodeUse.REFUND: _("A customer asks for a refund"),
    CodeUse.RETURN: _("A customer asks to return goods"),
    CodeUse.CANCEL: _("A customer cancels"),
    CodeUse.SELLER_REFUND: _("A seller refunds of their own accord"),
    CodeUse.SELLER_RETURN: _("A seller takes goods back of their own accord"),
    CodeUse.SELLER_CANCEL: _("A seller cancels"),
    CodeUse.REJECT_REFUND: _("A seller refuses a refund"),
    CodeUse.REJECT_RETURN: _("A seller refuses a return"),
    CodeUse.REJECT_CANCEL: _("A seller refuses a cancellation"),
    CodeUse.REJECT_PARCEL: _("A seller refuses a returned parcel"),
}
"""Where codes are used."""
STATUSES: Final[dict[str, str]] = {
    "UNPAID": _("not paid yet"),
    "ON_HOLD": _("on hold"),
    "COMPLETED": _("completed"),
}
"""Statuses of an order in which nothing of ours applies, but codes name them."""
SWITCHES: Final[dict[str, str]] = {
    "max_disputes": _("Disputes about the same goods, at most"),
    "max_offers": _("Offers in one request, at most"),
    "max_ask_again": _("How often a refused request can be put again"),
    "max_material_requests": _("How often the platform can ask for more material in a dispute"),
    "least_hours_for_material": _("The least time that the platform gives for more material"),
    "max_send_backs": _("How often an appeal can be sent back"),
    "cancel_disputable": _("A refused cancellation can be disputed"),
    "cancel_free_minutes_seller_shipped": _("A cancellation is granted at once, where the seller ships, within"),
    "second_dispute_in_acceptance": _("A second dispute may use what is left of the period for the first"),
    "judged_return": _("When a judged refund sends the goods back"),
    "shipping_fee_with_all_units": _("The shipping fee is refunded with all units of an order"),
    "late_reversal_bearer": _("Who makes up for a refund that a late appeal reverses"),
    "debit_balance": _("A deduction may reach the seller's balance"),
    "platform_advance": _("The platform advances what cannot be deducted yet"),
    "freight_default_bearer": _("Who pays the way back where it is not the seller's fault"),
    "commission_back": _("The commission on what is refunded goes back to the seller"),
    "fees_back": _("The fees on what is refunded go back to the seller"),
    "four_eyes_above": _("A second person must agree to a judgement"),
}
"""What each switch is about."""
RETURNS: Final[dict[JudgedReturn, str]] = {
    JudgedReturn.AS_ASKED: _("only where the customer asked to return them"),
    JudgedReturn.RULE: _("wherever they can be sent back"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A group of rules. `heads`: which values stand in it, by the beginning of their path."""

    key: str
    title: str
    text: str
    heads: tuple[str, ...]


GROUPS: Final = (
    Heading("time", _("How long you have"), _("Each step, how long it may take, and what silence means."), ("clock.",)),
    Heading(
        "ask",
        _("Until when you can ask"),
        _("From the delivery. What is not sent yet can be cancelled until the parcel is on its way."),
        ("window.",),
    ),
    Heading(
        "dispute",
        _("Until when you can dispute"),
        _("A dispute counts for a request that was made in this time (S26)."),
        ("acceptance.",),
    ),
    Heading(
        "show",
        _("What must be shown"),
        _("By reason, and by side (S6). A video of the unboxing is never demanded of a customer."),
        ("material.", "returned.", "data."),
    ),
    Heading(
        "decided",
        _("What decides"),
        _("The rules by which a line is judged, and what a reason means where nobody judged it."),
        ("ground.",),
    ),
    Heading(
        "back",
        _("The way back: who bears what"),
        _("Once the goods are shipped and the shipping information is uploaded (S22 to S25)."),
        ("risk.", "switch.freight_default_bearer", "switch.judged_return"),
    ),
    Heading(
        "money",
        _("Money"),
        _("Where it goes, and who carries what is left."),
        (
            "destination.",
            "switch.shipping_fee_with_all_units",
            "switch.late_reversal_bearer",
            "switch.debit_balance",
            "switch.platform_advance",
            "switch.commission_back",
            "switch.fees_back",
        ),
    ),
    Heading(
        "people",
        _("Machines and second persons"),
        _("Where no person judges, and where two must."),
        ("switch.four_eyes_above", "automatic."),
    ),
    Heading("often", _("How often"), _("What can be done how many times."), ("switch.",)),
    Heading("codes", _("Reason codes"), _("What each code of the market means, and when it fits."), ("code.",)),
    Heading(
        "holidays",
        _("Holidays"),
        _("Working days leave out Saturdays, Sundays and these days."),
        ("holidays.",),
    ),
)
"""The groups in the order of the page; a value stands in the first that names it."""
