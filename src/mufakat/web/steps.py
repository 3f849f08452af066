"""What a visitor can do to a case: one table from commands of the process to forms, for both sides and for agents.

A step names its fields; `read` makes the API's own command of a filled form, so that whatever the API refuses a page
refuses alike. A command that is given without a look at its consequences says so with `preview=False`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from mufakat.api.wire.cases import CaseOut
from mufakat.core.claim import RequestType
from mufakat.core.parties import Role
from mufakat.web.agents_forms import AGENTS
from mufakat.web.form import Field, Form
from mufakat.web.tongue import mark as _

F = Field
_STORY: Final = (F.TEXT, F.FILES)

FORMS: Final[dict[str, Form]] = {
    "SendMessage": Form(
        _("Write a message"), _("Write to the other side"), "", _("Send message"), _STORY, preview=False
    ),
    "HandIn": Form(
        _("Add material"),
        _("Add material"),
        _("Photos, films, documents or your own words. Both sides and the platform can see it."),
        _("Hand in"),
        (F.ITEM, F.TEXT, F.FILES),
        preview=False,
    ),
    "CompleteMaterial": Form(
        _("I have nothing to add"),
        _("Say that your material is complete"),
        _("The platform can decide sooner. You can add nothing more to this dispute then, unless you are asked."),
        _("My material is complete"),
    ),
    "AcceptOffer": Form(
        _("Take the offer"),
        _("Take the offer"),
        _("This ends your request; you cannot raise a dispute about it afterwards."),
        _("Take the offer"),
        tone="main",
    ),
    "DeclineOffer": Form(
        _("Decline the offer"),
        _("Decline the offer"),
        _("The seller then has the rest of their time to answer your request."),
        _("Decline the offer"),
    ),
    "WithdrawRequest": Form(
        _("Withdraw the request"),
        _("Withdraw your request"),
        _("Everything you asked for here ends. You can ask anew only while the time for it lasts."),
        _("Withdraw the request"),
        tone="grave",
    ),
    "AskAgain": Form(
        _("Ask the seller once more"),
        _("Ask the seller once more"),
        _("Say what they may have missed. You can do this once."),
        _("Ask once more"),
        _STORY,
    ),
    "RaiseDispute": Form(
        _("Ask the platform to step in"),
        _("Raise a dispute"),
        _("The platform looks at what you and the seller have written and handed in so far, then at what you add now."),
        _("Raise the dispute"),
        (F.LINES, F.TEXT, F.ITEM, F.FILES),
        tone="main",
    ),
    "WithdrawDispute": Form(
        _("Withdraw the dispute"),
        _("Withdraw your dispute"),
        _("It counts as one of the two that you have, even so."),
        _("Withdraw the dispute"),
        tone="grave",
    ),
    "AskForPerson": Form(
        _("Ask for a person"),
        _("Ask that a person decides"),
        _("No machine decides then. You lose neither a dispute nor an appeal; say what to look at, if you like."),
        _("Ask for a person"),
        (F.TEXT,),
    ),
    "AcceptJudgement": Form(
        _("Accept the decision"),
        _("Accept the decision"),
        _("It is final then, and neither a second dispute nor an appeal is possible."),
        _("Accept the decision"),
    ),
    "ProposeAgreement": Form(
        _("Propose an agreement"),
        _("Propose an agreement"),
        _("If the other side agrees, it ends the matter in place of any decision."),
        _("Propose this"),
        (F.SOLUTION, F.AMOUNT, F.TEXT),
        needed=frozenset({F.SOLUTION}),
    ),
    "AcceptAgreement": Form(
        _("Agree"),
        _("Agree to the proposal"),
        _("It ends the matter: nothing else can be asked or disputed about it."),
        _("Agree"),
        tone="main",
    ),
    "RejectAgreement": Form(
        _("Turn the proposal down"),
        _("Turn the proposal down"),
        _("Everything goes on as it stands."),
        _("Turn it down"),
    ),
    "DeclareProcess": Form(
        _("I am going to court or elsewhere"),
        _("Tell us of a process elsewhere"),
        _("Once you tell us that a court, a regulator or a mediator has the matter, the platform stops here."),
        _("Stop here"),
        (F.FORUM, F.STARTED, F.REFERENCE),
        tone="grave",
        needed=frozenset({F.FORUM, F.STARTED, F.REFERENCE}),
    ),
    "ShipBack": Form(
        _("I have shipped the goods"),
        _("Tell us how you shipped the goods"),
        _("The tracking number is on your receipt. Once it is here, the rules share the risks of the way back."),
        _("Save the shipment"),
        (F.METHOD, F.TRACKING, F.FREIGHT),
        tone="main",
        needed=frozenset({F.METHOD, F.TRACKING}),
    ),
    "AcceptReport": Form(
        _("Agree with the report"),
        _("Agree with the seller's report"),
        _("Your refund is lowered by what the rules make you bear."),
        _("Agree with the report"),
    ),
    "ContestReport": Form(
        _("Disagree with the report"),
        _("Disagree with the seller's report"),
        _("A person of the platform then decides what happened."),
        _("Disagree"),
        _STORY,
        tone="main",
    ),
    "ConfirmDelivery": Form(
        _("Everything is in order"),
        _("Say that everything is in order"),
        _("This closes the matter."),
        _("Everything is in order"),
        tone="main",
    ),
    "ReportProblem": Form(
        _("Something is wrong with it"),
        _("Say what is wrong"),
        _("A person of the platform then looks into it."),
        _("Report the problem"),
        _STORY,
    ),
    "ConfirmOwnPayment": Form(
        _("I have the money"),
        _("Say that you have the money"),
        _("The seller says that they paid you themselves. Say this only when you really have it."),
        _("I have the money"),
        tone="main",
    ),
    "DenyOwnPayment": Form(
        _("I do not have the money"),
        _("Say that you do not have the money"),
        _("Then what they said does not count, and it is collected from them in time."),
        _("I do not have the money"),
    ),
}
"""Command to form: all that a customer can do."""

_SHARED: Final = (
    *("SendMessage", "HandIn", "CompleteMaterial", "ProposeAgreement", "AcceptAgreement", "RejectAgreement"),
    *("DeclareProcess", "AskForPerson"),
)
"""What both sides can do alike."""

SELLERS: Final[dict[str, Form]] = {
    "ApproveRequest": Form(
        _("Approve"),
        _("Approve the request"),
        _("You grant what was asked. It cannot be disputed any more."),
        _("Approve the request"),
        (F.KEEP,),
        tone="main",
    ),
    "RejectRequest": Form(
        _("Refuse"),
        _("Refuse the request"),
        _("Say why, and show it. The customer may then ask the platform to step in, which looks at this first."),
        _("Refuse the request"),
        (F.CODE, F.TEXT, F.ITEM, F.FILES),
        needed=frozenset({F.CODE}),
    ),
    "MakeOffer": Form(
        _("Offer something else"),
        _("Offer another solution"),
        _("Your time to answer stands still while the customer thinks about it."),
        _("Make the offer"),
        (F.SOLUTION, F.AMOUNT, F.TEXT),
        needed=frozenset({F.SOLUTION}),
    ),
    "ConfirmReceipt": Form(
        _("The goods are in order"),
        _("Confirm the returned goods"),
        _("You have them and find them in order. What is owed to the customer follows at once."),
        _("The goods are in order"),
        tone="main",
    ),
    "ReportReturn": Form(
        _("Something befell the parcel"),
        _("Report what befell the parcel"),
        _("Breakage, damage or loss on the way back. The rules say who bears it; the customer may disagree."),
        _("Report it"),
        (F.ISSUE, F.LOST, F.TEXT, F.ITEM, F.FILES),
        needed=frozenset({F.ISSUE, F.LOST}),
    ),
    "RejectParcel": Form(
        _("Refuse the parcel"),
        _("Refuse the returned parcel"),
        _("Say why, and show it with photos. The customer may then ask the platform to step in."),
        _("Refuse the parcel"),
        (F.CODE, F.TEXT, F.ITEM, F.FILES),
        needed=frozenset({F.CODE}),
    ),
    "ShipOut": Form(
        _("I have shipped it"),
        _("Tell us how you shipped it"),
        _("The carrier's reports are heard from then on. The customer sees the number."),
        _("Save the shipment"),
        (F.TRACKING,),
        tone="main",
        needed=frozenset({F.TRACKING}),
    ),
    "CompleteRemedy": Form(
        _("I have done it"),
        _("Show that it is done"),
        _("With one photo or document, or in words. The customer is then asked whether it is right."),
        _("It is done"),
        (F.TEXT, F.ITEM, F.PROOF),
        tone="main",
    ),
    "RefundInstead": Form(
        _("Pay the price instead"),
        _("Pay the price instead of shipping"),
        _("The customer gets money in place of goods."),
        _("Pay instead"),
    ),
    "PayRefund": Form(
        _("Pay it now"),
        _("Let it be paid now"),
        _("The payment provider pays the customer from what is due to you, without waiting for the 48 hours to end."),
        _("Pay it now"),
        tone="main",
    ),
    "ReportOwnPayment": Form(
        _("I have paid it myself"),
        _("Say that you have paid the customer yourself"),
        _("It counts once the customer confirms it. The clock goes on meanwhile."),
        _("I have paid"),
        (F.BY_OWN, F.TEXT, F.ITEM, F.PROOF),
        needed=frozenset({F.BY_OWN}),
    ),
    "AcceptJudgement": Form(
        _("Accept the decision"),
        _("Accept the decision"),
        _("You cannot appeal then, and what was decided holds."),
        _("Accept the decision"),
        tone="main",
    ),
    "Appeal": Form(
        _("Appeal"),
        _("Appeal against the decision"),
        _("You can do this once. Say what was overlooked and show what has not been seen yet; another person decides."),
        _("Appeal"),
        (F.TEXT, F.ITEM, F.FILES),
    ),
    "Concede": Form(
        _("Grant the claim"),
        _("Grant all that is claimed"),
        _("This ends the matter: the customer gets what they asked for, and nothing is judged any more."),
        _("Grant the claim"),
        tone="grave",
    ),
    **{name: FORMS[name] for name in _SHARED},
}
"""Command to form: all that a seller can do."""

OF: Final[Mapping[Role, Mapping[str, Form]]] = {Role.CUSTOMER: FORMS, Role.SELLER: SELLERS, Role.AGENT: AGENTS}
"""The forms of each role."""

ASIDE: Final = (
    *("ProposeAgreement", "DeclareProcess", "WithdrawRequest", "WithdrawDispute", "Concede"),
    *("SuspendExecution", "ExtendDue"),
)
"""What is always possible but seldom wanted: shown last and small."""
INSIDE: Final = ("SendMessage", "HandIn")
"""What has its own place on the page of a case."""
_ORDER: Final = {name: n for n, name in enumerate({**AGENTS, **SELLERS, **FORMS})}
_TONES: Final[Mapping[str, int]] = {"main": 0, "plain": 1, "grave": 2}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a visitor may do now, with its form. `aside`: it is shown last and small."""

    command: str
    matter: int
    form: Form
    mandatory: bool

    @property
    def aside(self) -> bool:
        """Whether it is seldom wanted."""
        return self.command in ASIDE

    @property
    def inside(self) -> bool:
        """Whether the page of the case has a place of its own for it."""
        return self.command in INSIDE

    def path(self, case_id: str) -> str:
        """Where its form is."""
        return f"/cases/{case_id}/steps/{self.command}?matter={self.matter}"


def steps_of(case: CaseOut, role: Role) -> list[Step]:
    """What the viewer of a case may do: what it waits for first, what ends things last."""
    forms = OF[role]
    found = [
        Step(each.command, each.matter, _fitting(forms[each.command], case), each.mandatory)
        for each in case.available_actions
        if each.command in forms
    ]
    return sorted(
        found, key=lambda each: (each.aside, _TONES[each.form.tone], not each.mandatory, _ORDER[each.command])
    )


def _fitting(form: Form, case: CaseOut) -> Form:
    """The form without a question that this case does not pose: goods can be kept only where they would come back."""
    if case.type is RequestType.RETURN_AND_REFUND or Field.KEEP not in form.fields:
        return form
    return replace(form, fields=tuple(each for each in form.fields if each is not Field.KEEP))
