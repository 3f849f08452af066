"""What the world must be told: `effects(recorded, case)` is pure; the engine writes them to the outbox with the event.

Kinds: NOTICE to a party or to the agents (what stands in their inbox), JUDGE by the machine (decision 0028), HOLD and
RELEASE of payouts, REFUND and RECOVER for an obligation (totals, so a repeated or late order can never pay twice),
CANCEL, ADJUST, REIMBURSE.
Keys are `case:event number:n`: the idempotency key at the other end.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from mufakat.core import events as e
from mufakat.core.case import Case, chargeback_obligation, is_of_chargebacks, obligation
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.process import OWNERS
from mufakat.core.sight import sees
from mufakat.core.view import whose_end


class EffectKind(StrEnum):
    """What an effect asks for: NOTICE of an inbox, JUDGE of the machine that judges, each other of the provider."""

    NOTICE = "NOTICE"
    HOLD = "HOLD"
    RELEASE = "RELEASE"
    REFUND = "REFUND"
    RECOVER = "RECOVER"
    CANCEL = "CANCEL"
    ADJUST = "ADJUST"
    REIMBURSE = "REIMBURSE"
    JUDGE = "JUDGE"

    @classmethod
    def _missing_(cls, value: object) -> "EffectKind | None":
        """A word of an earlier version, which an effect that is on its way or given up may still have."""
        return cls[EARLIER[value]] if isinstance(value, str) and value in EARLIER else None


EARLIER: Final = {"PAY": "REFUND", "DEDUCT": "RECOVER", "STOP_COLLECTING": "CANCEL"}
"""What kinds were called in version 0.1, as stored effects have them."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to deliver at least once. `to`: role and id of who it concerns; `amount` in minor units.

    `funding`: whose money pays, SELLER, PLATFORM or CHARGEBACK; `debit`: the seller's balance may be debited beyond
    payments due; `destination`: where the customer's money goes back to, ORIGINAL, WALLET or BANK_ACCOUNT.
    Of notices: `lapse`, what silence until `due` means; `cause`, the number of the first event of the command that
    tells them, and `among`, how many it tells the same recipient: together they are one notice to a person.
    """

    kind: EffectKind
    key: str
    to_role: str
    to_id: str
    code: str = ""
    matter: int = 0
    obligation: str = ""
    amount: int = 0
    currency: str = ""
    due: str = ""
    funding: str = "SELLER"
    debit: bool = False
    destination: str = "ORIGINAL"
    lapse: str = ""
    cause: int = 0
    among: int = 1


BOTH = PARTIES
CUSTOMER, SELLER, AGENT = (Role.CUSTOMER,), (Role.SELLER,), (Role.AGENT,)

NOTICES: dict[type, tuple[Role, ...]] = {
    e.RequestOpened: SELLER,
    e.MessageSent: BOTH,
    e.RequestApproved: BOTH,
    e.RequestRejected: CUSTOMER,
    e.OfferMade: CUSTOMER,
    e.OfferAccepted: SELLER,
    e.OfferDeclined: SELLER,
    e.RequestWithdrawn: SELLER,
    e.AskedAgain: SELLER,
    e.DisputeRaised: BOTH,
    e.DisputeWithdrawn: SELLER,
    e.MaterialAsked: BOTH,
    e.Judged: BOTH,
    e.JudgementAccepted: BOTH,
    e.Appealed: CUSTOMER,
    e.AppealDecided: BOTH,
    e.SentBack: BOTH,
    e.JudgementDrafted: AGENT,
    e.DraftReturned: AGENT,
    e.PersonAsked: BOTH,
    e.Conceded: CUSTOMER,
    e.AgreementProposed: BOTH,
    e.AgreementRejected: BOTH,
    e.AgreementMade: BOTH,
    e.ProcessDeclared: BOTH,
    e.OrderRecorded: BOTH,
    e.ExecutionSuspended: BOTH,
    e.ExecutionResumed: BOTH,
    e.DueExtended: BOTH,
    e.DecisionEscalated: (*BOTH, *AGENT),
    e.ReturnShipped: SELLER,
    e.ParcelRejected: CUSTOMER,
    e.ReturnReported: CUSTOMER,
    e.ReportContested: SELLER,
    e.RiskDecided: BOTH,
    e.GoodsShipped: CUSTOMER,
    e.RemedyProven: CUSTOMER,
    e.ProblemReported: SELLER,
    e.DeliveryAssessed: BOTH,
    e.TurnedIntoRefund: BOTH,
    e.RefundOrdered: SELLER,
    e.DeductionOrdered: BOTH,
    e.AdvanceOrdered: BOTH,
    e.RefundPaid: BOTH,
    e.AdvanceRecovered: SELLER,
    e.OwnPaymentClaimed: CUSTOMER,
    e.OwnPaymentConfirmed: SELLER,
    e.OwnPaymentDenied: SELLER,
    e.DebtLeft: BOTH,
    e.ReversalBooked: SELLER,
    e.ChargebackFrozen: BOTH,
    e.ChargebackSettled: BOTH,
    e.CarrierClaimNoted: BOTH,
    e.CarrierClaimAnswered: BOTH,
    e.MatterClosed: BOTH,
}
"""Who is told of an event, beside whoever a new phase waits for (S8)."""


YOUR_TURN: Final = "your_turn."
REMINDER: Final = "reminder."
"""How the codes begin of notices that a phase, which follows, waits for whom they are told; and of reminders."""

JUDGED_BY_MACHINE: Final = "dispute.judged_automatically"
"""The notice that a machine judged. Its `due`: until when whom it went against can ask for a person."""

BEARERS_OWN: Final = (e.ChargebackSettled, e.CarrierClaimNoted, e.CarrierClaimAnswered)
"""Events that are told to whom they concern only: who bears it, or is paid it."""


def effects(recorded: e.Recorded, case: Case) -> tuple[Effect, ...]:
    """What an event asks of the world; `case` as it stands after the whole command."""
    event = recorded.event
    told = [_notice(recorded, case, role) for role in _told(recorded, case)]
    asked = _asked_of_provider(event, case)
    judging = [_of_machine(event)] if isinstance(event, e.PhaseEntered) and _is_for_machine(event, case) else []
    made = [*told, *([asked] if asked else []), *_for_chargebacks(event, case), *judging]
    return tuple(
        replace(x, key=f"{case.case_id}:{recorded.number}:{n}", cause=recorded.number) for n, x in enumerate(made)
    )


def of_one_cause(found: Iterable[Effect]) -> tuple[Effect, ...]:
    """The effects of one command: its notices to one recipient know that they belong together."""
    made = tuple(found)
    told = Counter((each.to_role, each.to_id) for each in made if each.kind is EffectKind.NOTICE)
    first = min((each.cause for each in made), default=0)
    return tuple(
        replace(x, cause=first, among=told[x.to_role, x.to_id]) if x.kind is EffectKind.NOTICE else x for x in made
    )


def _told(recorded: e.Recorded, case: Case) -> tuple[Role, ...]:
    event = recorded.event
    if isinstance(event, e.Reminded):
        waited = whose_end(case.matter(event.matter), event.due)
        return tuple(role for role in (*PARTIES, Role.AGENT) if role in waited)
    if isinstance(event, e.PhaseEntered):
        owners = OWNERS.get(event.phase, frozenset())
        return tuple(role for role in (*PARTIES, Role.AGENT) if role in owners)
    roles = NOTICES.get(type(event), ())
    if isinstance(event, BEARERS_OWN):
        roles = tuple(role for role in roles if sees(event, role))
    return tuple(role for role in roles if role is not recorded.actor.role or role is Role.AGENT)  # there are several


def _notice(recorded: e.Recorded, case: Case, role: Role) -> Effect:
    event = recorded.event
    code, due, lapse = e.NAMES[type(event)], "", None
    if isinstance(event, e.PhaseEntered):
        code, due = f"{YOUR_TURN}{event.phase.lower()}", event.due.isoformat() if event.due else ""
        lapse = event.lapse
    if isinstance(event, e.Reminded):
        waits = case.matter(event.matter)
        code, due, lapse = f"{REMINDER}{waits.phase.lower()}", event.due.isoformat(), waits.lapse
    if isinstance(event, e.Judged) and event.automatic:
        code, due = JUDGED_BY_MACHINE, _until_person(event, case, role)
    who = {Role.CUSTOMER: case.customer_id, Role.SELLER: case.seller_id}.get(role, "")
    matter = getattr(event, "matter", 0)
    return Effect(EffectKind.NOTICE, "", role, who, code, matter, due=due, lapse=str(lapse or ""))


def _until_person(event: e.Judged, case: Case, role: Role) -> str:
    """Until when a party can ask for a person where a machine judged against it; empty where it did not."""
    lost = Phase.DISMISSED if role is Role.CUSTOMER else Phase.AWARDED
    judged = {each.line_id for each in event.lines}
    ends = [m.due for m in case.matters if m.due and m.phase is lost and m.automatic and judged & set(m.lines)]
    return min(ends).isoformat() if ends else ""


def _asked_of_provider(event: e.Event, case: Case) -> Effect | None:
    if isinstance(event, e.HoldPlaced):
        return _provider(EffectKind.HOLD, case, event.matter, event.amount)
    if isinstance(event, e.HoldReleased):
        return _provider(EffectKind.RELEASE, case, event.matter, 0)
    if isinstance(event, e.RefundOrdered):
        told = replace(_provider(EffectKind.REFUND, case, event.matter, event.total), destination=event.destination)
        return told if event.at_once else None
    if isinstance(event, e.AdvanceOrdered | e.DeductionOrdered):
        return _collected(event, case)
    if isinstance(event, e.AdjustmentBooked):
        return _provider(EffectKind.ADJUST, case, event.matter, event.total)
    if isinstance(event, e.CollectionStopped):  # a debt that is left is collected on
        return _provider(EffectKind.CANCEL, case, event.matter, 0)
    if isinstance(event, e.ReversalBooked) and event.bearer is not Role.CUSTOMER:
        return _provider(EffectKind.REIMBURSE, case, event.matter, event.amount)
    return None


def _collected(event: e.AdvanceOrdered | e.DeductionOrdered, case: Case) -> Effect:
    """The whole obligation: paid now with the platform's money, or collected from the seller for whom it is open to."""
    remedy = case.matter(event.matter).remedy
    assert remedy is not None, "nothing is collected without a remedy"
    if isinstance(event, e.AdvanceOrdered):
        advance = _provider(EffectKind.REFUND, case, event.matter, remedy.ordered)
        return replace(advance, funding="PLATFORM", destination=remedy.destination)
    funding = "PLATFORM" if remedy.most_advance else "SELLER"
    recover = _provider(EffectKind.RECOVER, case, event.matter, remedy.ordered)
    return replace(recover, funding=funding, debit=event.debit_balance, destination=remedy.destination)


def _for_chargebacks(event: e.Event, case: Case) -> list[Effect]:
    """What the seller bears of chargebacks is recovered for the platform; what was recovered beyond it goes back."""
    settled = isinstance(event, e.ChargebackSettled) and event.bearer is Role.SELLER
    recovered = isinstance(event, e.AdvanceRecovered) and is_of_chargebacks(event.obligation)
    if not settled and not recovered:
        return []
    assert isinstance(event, e.ChargebackSettled | e.AdvanceRecovered)
    matter = case.matter(event.matter)
    name = chargeback_obligation(case.case_id, event.matter)
    total = matter.borne(Role.SELLER) + matter.given_back
    tell = replace(_provider(EffectKind.RECOVER, case, event.matter, total), obligation=name, funding="CHARGEBACK")
    back = replace(tell, kind=EffectKind.REIMBURSE, code=str(EffectKind.REIMBURSE), amount=matter.given_back)
    return [*([tell] if settled else []), *([back] if matter.given_back else [])]


def _is_for_machine(event: e.PhaseEntered, case: Case) -> bool:
    """Whether a machine may judge what has come to be decided: by the rulebook's class, before anybody did."""
    matter = case.matter(event.matter)
    wanted = bool(matter.machine) and not matter.person_asked and not matter.judgement
    return wanted and event.phase is matter.phase is Phase.DECIDING


def _of_machine(event: e.PhaseEntered) -> Effect:
    return Effect(EffectKind.JUDGE, "", Role.SYSTEM, "", str(EffectKind.JUDGE), event.matter)


def _provider(kind: EffectKind, case: Case, matter: int, amount: int) -> Effect:
    name = obligation(case.case_id, matter)
    return Effect(kind, "", Role.SELLER, case.seller_id, str(kind), matter, name, amount, case.currency)
