"""What figures, their numbers and causes are called on the pages of reports."""

from typing import Final

from mufakat.core.reported import Bearer, Cost, Figure, Way
from mufakat.web.tongue import mark as _

TITLES: Final[dict[Figure, str]] = {
    Figure.VOLUMES: _("How much came in"),
    Figure.OUTCOMES: _("How it ended"),
    Figure.TIMES: _("How long it took"),
    Figure.LAPSES: _("Whose time ran out"),
    Figure.REVERSALS: _("Which judgements stood"),
    Figure.MONEY: _("What it cost"),
}
ABOUT: Final[dict[Figure, str]] = {
    Figure.VOLUMES: _("Cases opened and closed, disputes raised."),
    Figure.OUTCOMES: _("Lines of cases that ended."),
    Figure.TIMES: _("From the dispute or appeal to the decision, and from the request to the end."),
    Figure.LAPSES: _("Moments that passed without what was waited for."),
    Figure.REVERSALS: _("Lines judged in this time, by what became of them until now."),
    Figure.MONEY: _("Money that moved, and who bore it. Grouped: what customers were paid."),
}
WAYS: Final[dict[Way, str]] = {
    Way.SETTLED: _("Settled between the two"),
    Way.FOR_CUSTOMER: _("For the customer"),
    Way.PARTLY: _("Partly for the customer"),
    Way.FOR_SELLER: _("For the seller"),
    Way.WITHDRAWN: _("Withdrawn"),
    Way.LAPSED: _("By silence"),
    Way.CANCELLED: _("Cancelled"),
    Way.COURT: _("In court or at the bank"),
    Way.ELSEWHERE: _("Paid elsewhere"),
}
WHO: Final[dict[Bearer, str]] = {
    Bearer.CUSTOMER: _("customer"),
    Bearer.SELLER: _("seller"),
    Bearer.AGENT: _("agents"),
    Bearer.PLATFORM: _("platform"),
    Bearer.CARRIER: _("carrier"),
}
MEASURES: Final[dict[str, str]] = {
    "clock": _("Time for"),
    "cause": _("Why"),
    "who": _("Who"),
    "currency": _("Currency"),
    "opened": _("Opened"),
    "disputed": _("Disputes"),
    "closed": _("Closed"),
    "lines": _("Lines"),
    "ended": _("Ended"),
    **{way.lower(): said for way, said in WAYS.items()},
    "decided": _("Decided"),
    "decision_median": _("To the decision, median"),
    "decision_p90": _("To the decision, nine of ten"),
    "end_median": _("To the end, median"),
    "end_p90": _("To the end, nine of ten"),
    "ran_out": _("Times"),
    "judged": _("Judged"),
    "looked": _("Looked at again"),
    "upheld": _("Upheld"),
    "changed": _("Changed"),
    "reversed": _("Reversed"),
    "amount": _("Amount"),
}
"""Columns and numbers by name."""
COSTS: Final[dict[Cost, str]] = {
    Cost.REFUND: _("Refund"),
    Cost.DEDUCTION: _("Deduction from payouts"),
    Cost.ADVANCE: _("Advance of the platform"),
    Cost.RECOVERED: _("Advance recovered"),
    Cost.OWN_PAYMENT: _("Paid by the seller itself"),
    Cost.FREIGHT: _("Cost of the way back"),
    Cost.FEES: _("Commission and fees given back"),
    Cost.SUBSIDY: _("Discounts given back"),
    Cost.DEBT: _("Debt that is left"),
    Cost.REVERSAL: _("Late appeal won"),
    Cost.CHARGEBACK: _("Chargeback"),
    Cost.CARRIER: _("Paid by the carrier"),
}
