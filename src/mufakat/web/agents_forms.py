"""What an agent can do to a case beside the worksheet (`sheets.py`): commands of the process to their forms."""

from typing import Final

from mufakat.web.form import Field, Form
from mufakat.web.tongue import mark as _

F = Field

AGENTS: Final[dict[str, Form]] = {
    "Judge": Form(
        _("Judge"),
        _("Judge the dispute"),
        _("The decision follows from what is recorded on the worksheet. Both sides read it with its reasons."),
        _("Judge"),
        (F.PARAGRAPH, F.OVERRIDES),
        tone="main",
    ),
    "DecideAppeal": Form(
        _("Decide the appeal"),
        _("Decide the appeal"),
        _("The decision follows anew from what is recorded on the worksheet. Both sides read it with its reasons."),
        _("Decide the appeal"),
        (F.PARAGRAPH, F.OVERRIDES),
        tone="main",
    ),
    "ConfirmJudgement": Form(
        _("Confirm the judgement"),
        _("Confirm your colleague's judgement"),
        _("You have looked at it yourself and agree. It binds both sides from then on."),
        _("Confirm the judgement"),
        tone="main",
    ),
    "ReturnDraft": Form(
        _("Give the draft back"),
        _("Give the draft back"),
        _("Say what should be looked at again. What was found stays on the worksheet."),
        _("Give it back"),
        (F.TEXT,),
        needed=frozenset({F.TEXT}),
    ),
    "AskMaterial": Form(
        _("Ask for material"),
        _("Ask for more material"),
        _("Say what is missing and from whom. The case waits for it, and comes back to be decided."),
        _("Ask for it"),
        (F.ASKED_OF, F.ASKED_FOR, F.TEXT),
        needed=frozenset({F.ASKED_OF, F.ASKED_FOR}),
    ),
    "SendBack": Form(
        _("Send it back"),
        _("Send the dispute back"),
        _("It is judged anew by another agent than before. This can be done once."),
        _("Send it back"),
        (F.TEXT,),
        needed=frozenset({F.TEXT}),
    ),
    "AssessReturn": Form(
        _("Assess the return"),
        _("Say what befell the returned goods"),
        _("The rules then say who bears it, and what is paid follows."),
        _("Record it"),
        (F.FOUND, F.LOST, F.TEXT),
        tone="main",
        needed=frozenset({F.FOUND}),
    ),
    "AssessDelivery": Form(
        _("Assess the delivery"),
        _("Decide about what was delivered"),
        _("Either the problem is real and has to be made good, or the matter ends here."),
        _("Record it"),
        (F.UPHELD, F.TEXT),
        tone="main",
        needed=frozenset({F.UPHELD}),
    ),
    "RecordOrder": Form(
        _("Record an order"),
        _("Record what a court or regulator ordered"),
        _("The amount that it awards is paid to the customer."),
        _("Record it"),
        (F.ORDERED, F.REFERENCE),
        tone="grave",
        needed=frozenset({F.ORDERED, F.REFERENCE}),
    ),
    "SuspendExecution": Form(
        _("Hold by order of a court"),
        _("Hold it by order of a court or regulator"),
        _("Nothing is owed or collected until you say that the order has ended."),
        _("Hold it"),
        (F.REFERENCE,),
        tone="grave",
        needed=frozenset({F.REFERENCE}),
    ),
    "ResumeExecution": Form(
        _("Let it go on"),
        _("Let it go on"),
        _("The order has ended. All clocks run on from here."),
        _("Let it go on"),
        (F.REFERENCE,),
        tone="main",
        needed=frozenset({F.REFERENCE}),
    ),
    "ExtendDue": Form(
        _("Give more time"),
        _("Give more time"),
        _("For whoever is waited for now. Both sides read why."),
        _("Give more time"),
        (F.DAYS, F.TEXT),
        needed=frozenset({F.DAYS, F.TEXT}),
    ),
}
"""Command to form."""
