"""Canned people: ids that act by themselves in a sandbox, as the test card numbers of payment providers do.

An id is canned when it is one of `PEOPLE`, or begins with one and a hyphen (`seller-rejects-7`). A habit fills in
what such a person does in a phase; what the process table does not offer at that moment is not done. Everybody else is
a person whom the integrator plays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mufakat.core import commands as c
from mufakat.core.case import Case, Matter
from mufakat.core.claim import (
    Given,
    Level,
    Material,
    MaterialKind,
    RemedyKind,
    RequestType,
    ReturnIssue,
    ReturnMethod,
    Solution,
)
from mufakat.core.expected import expected_material
from mufakat.core.money import ceiling
from mufakat.core.order import OrderState
from mufakat.core.parties import PARTIES, Actor, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import CodeUse, Policy
from mufakat.core.view import available_actions
from mufakat.engine.sandbox.carrier import LOST_PARCEL, PARCEL

P = Phase

LATE: Final = timedelta(hours=1)
"""How long before the due moment those act who act late."""
TEXT: Final = "Sandbox"
"""What canned people write where something must be written."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A matter of a case as a canned person looks at it."""

    case: Case
    matter: Matter
    order: OrderState
    policy: Policy
    role: Role


Habit = Callable[[Seen], c.Command | None]


@dataclass(frozen=True, slots=True)
class Canned:
    """Somebody who acts by itself: `does` says how, `habits` what in which phase; `late` an hour before it is due."""

    prefix: str
    role: Role
    does: str
    habits: dict[Phase, Habit]
    late: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody will do by itself, and from when on (the sandbox's time)."""

    at: datetime
    actor: Actor
    matter: int
    command: c.Command


def canned(role: Role, person: str) -> Canned | None:
    """Who acts by itself under that id, or None."""
    return next(
        (x for x in PEOPLE if x.role is role and (person == x.prefix or person.startswith(x.prefix + "-"))), None
    )


def acts(case: Case, order: OrderState, policy: Policy, now: datetime) -> list[Act]:
    """What the canned people of a case will do next, each at most one thing about a matter."""
    found = []
    ids = {Role.CUSTOMER: case.customer_id, Role.SELLER: case.seller_id}
    for role in PARTIES:
        who = canned(role, ids[role])
        if who is None:
            continue
        offered = {(each.matter, each.command) for each in available_actions(case, role)}
        for matter in case.matters:
            habit = who.habits.get(matter.phase) if matter.is_open else None
            command = None if habit is None else habit(Seen(case, matter, order, policy, role))
            if command is not None and (matter.number, type(command).__name__) in offered:
                at = now if not who.late or matter.due is None else max(now, matter.due - LATE)
                found.append(Act(at, Actor(role, ids[role]), matter.number, command))
    return found


# --- sellers


def _code(seen: Seen, use: CodeUse) -> str:
    """A code of the market for that use that fits the order's status; any where the market lists none."""
    status = str(seen.order.status())
    fitting = (r.code for r in seen.policy.codes if r.use is use and (not r.statuses or status in r.statuses))
    return next(fitting, "SANDBOX")


def _approve(seen: Seen) -> c.Command:
    return c.ApproveRequest(seen.matter.number)


def _reject(seen: Seen) -> c.Command:
    back = (RequestType.RETURN_AND_REFUND, RequestType.EXCHANGE, RequestType.REPLACEMENT)
    use = CodeUse.REJECT_RETURN if seen.case.type in back else CodeUse.REJECT_REFUND
    use = CodeUse.REJECT_CANCEL if seen.case.type is RequestType.CANCEL else use
    return c.RejectRequest(_code(seen, use), seen.matter.number, text=TEXT)


def _offer_half(seen: Seen) -> c.Command:
    """Half of what may go back, once; a declined offer is followed by a rejection."""
    units = [(line, seen.case.line(line).units) for line in seen.matter.lines]
    half = sum(ceiling(seen.order, line, chosen, seen.case.case_id) for line, chosen in units) // 2
    if seen.matter.offers or not half:
        return _reject(seen)
    return c.MakeOffer(Solution(RemedyKind.REFUND, half), seen.matter.number)


def _confirm_receipt(seen: Seen) -> c.Command:
    return c.ConfirmReceipt(seen.matter.number)


def _refuse_parcel(seen: Seen) -> c.Command:
    return c.RejectParcel(_code(seen, CodeUse.REJECT_PARCEL), seen.matter.number, text=TEXT)


def _report_damage(seen: Seen) -> c.Command:
    """Half of the goods' worth is said to be damaged."""
    goods = 0 if seen.matter.remedy is None else seen.matter.remedy.goods
    return c.ReportReturn(ReturnIssue.DAMAGE, max(1, goods // 2), seen.matter.number, text=TEXT)


def _perform(seen: Seen) -> c.Command | None:
    remedy, number = seen.matter.remedy, seen.matter.number
    if remedy is None or remedy.out_tracking:
        return None
    if remedy.kind is RemedyKind.OTHER:
        return c.CompleteRemedy(_material("PROOF_OF_REMEDY", ()), number)
    return c.ShipOut(_parcel(seen, PARCEL), number)


def _pay(seen: Seen) -> c.Command:
    return c.PayRefund(seen.matter.number)


def _appeal(seen: Seen) -> c.Command:
    return c.Appeal(seen.matter.number, text=TEXT)


# --- customers


def _dispute(seen: Seen) -> c.Command | None:
    return c.RaiseDispute(seen.matter.number, text=TEXT) if not seen.matter.disputes else None


def _dispute_again(seen: Seen) -> c.Command:
    return c.RaiseDispute(seen.matter.number, text=TEXT)


def _accept_offer(seen: Seen) -> c.Command:
    return c.AcceptOffer(seen.matter.number)


def _decline_offer(seen: Seen) -> c.Command:
    return c.DeclineOffer(seen.matter.number)


def _ship_back(seen: Seen) -> c.Command:
    return c.ShipBack(ReturnMethod.PLATFORM_CARRIER, _parcel(seen, PARCEL), matter=seen.matter.number)


def _ship_and_lose(seen: Seen) -> c.Command:
    return c.ShipBack(ReturnMethod.PLATFORM_CARRIER, _parcel(seen, LOST_PARCEL), matter=seen.matter.number)


def _accept_report(seen: Seen) -> c.Command:
    return c.AcceptReport(seen.matter.number)


def _contest_report(seen: Seen) -> c.Command:
    return c.ContestReport(seen.matter.number, text=TEXT)


def _confirm_delivery(seen: Seen) -> c.Command:
    return c.ConfirmDelivery(seen.matter.number)


# --- both


def _accept_judgement(seen: Seen) -> c.Command:
    return c.AcceptJudgement(seen.matter.number)


def _hand_in(seen: Seen) -> c.Command:
    """The next piece of what is expected and needed; when all is there, it is complete."""
    for each in expected_material(seen.case, seen.order, seen.policy, seen.role):
        here = each.matter == seen.matter.number and each.until is not None
        if here and each.state is Given.MISSING and each.level is not Level.OPTIONAL:
            lines = (each.line_id,) if each.line_id else seen.matter.lines
            return c.HandIn(_material(each.item, lines), seen.matter.number)
    return c.CompleteMaterial(seen.matter.number)


def _complete(seen: Seen) -> c.Command:
    return c.CompleteMaterial(seen.matter.number)


def _material(item: str, lines: tuple[str, ...]) -> Material:
    return Material(item, MaterialKind.TEXT, lines=lines, text=TEXT)


def _parcel(seen: Seen, prefix: str) -> str:
    """A tracking number that the canned carrier knows, of this case and step alone."""
    return f"{prefix}-{seen.case.case_id[-12:]}-{seen.case.number}"


SHOWS: Final[dict[Phase, Habit]] = {P.EVIDENCE: _hand_in, P.APPEAL_EVIDENCE: _hand_in}
"""Hands in what is expected, and says that it is complete."""
OBEYS: Final[dict[Phase, Habit]] = {P.INSPECTING: _confirm_receipt, P.PERFORMING: _perform, P.PAYING: _pay}
"""A seller that does what it owes, at once."""
TAKES: Final[dict[Phase, Habit]] = {P.AWAITING_RETURN: _ship_back, P.CONFIRMING: _confirm_delivery}
"""A customer that ships back and takes what comes."""
FIGHTS: Final[dict[Phase, Habit]] = {
    P.OFFERED: _decline_offer,
    P.REJECTED: _dispute,
    P.PARCEL_REJECTED: _dispute,
    P.REPORTED: _contest_report,
}
"""A customer that gives in to nothing."""

SELLER, CUSTOMER = Role.SELLER, Role.CUSTOMER

PEOPLE: Final[tuple[Canned, ...]] = (
    Canned("seller-approves", SELLER, "Approves at once, and does what it owes.", {P.REVIEW: _approve, **OBEYS}),
    Canned(
        "seller-rejects",
        SELLER,
        "Rejects at once and hands in its material; after a judgement it does nothing, so that it is deducted.",
        {P.REVIEW: _reject, **SHOWS},
    ),
    Canned(
        "seller-complies",
        SELLER,
        "Rejects at once, hands nothing in, accepts a judgement at once and carries it out.",
        {P.REVIEW: _reject, P.EVIDENCE: _complete, P.AWARDED: _accept_judgement, **OBEYS},
    ),
    Canned(
        "seller-appeals",
        SELLER,
        "Rejects at once, hands in its material, and appeals against a judgement; then it does nothing.",
        {P.REVIEW: _reject, P.AWARDED: _appeal, **SHOWS},
    ),
    Canned("seller-silent", SELLER, "Does nothing, ever.", {}),
    Canned(
        "seller-offers",
        SELLER,
        "Offers half of the money once, rejects when that is declined, and does what it owes.",
        {P.REVIEW: _offer_half, **SHOWS, **OBEYS},
    ),
    Canned(
        "seller-delays",
        SELLER,
        "Does as seller-approves, an hour before it is due.",
        {P.REVIEW: _approve, **OBEYS},
        late=True,
    ),
    Canned(
        "seller-inspects-badly",
        SELLER,
        "Approves at once, refuses the returned parcel, and hands in its material.",
        {P.REVIEW: _approve, **SHOWS, **OBEYS, P.INSPECTING: _refuse_parcel},
    ),
    Canned(
        "seller-reports-damage",
        SELLER,
        "Does as seller-complies, but reports half of what comes back as damaged.",
        {P.REVIEW: _reject, P.EVIDENCE: _complete, P.AWARDED: _accept_judgement, **OBEYS, P.INSPECTING: _report_damage},
    ),
    Canned(
        "customer-disputes",
        CUSTOMER,
        "Declines offers, disputes a rejection once and hands in its material; ships goods back at once.",
        {**FIGHTS, **SHOWS, **TAKES},
    ),
    Canned(
        "customer-insists",
        CUSTOMER,
        "Does as customer-disputes, and disputes again after a judgement for the seller.",
        {**FIGHTS, **SHOWS, **TAKES, P.REJECTED: _dispute_again, P.DISMISSED: _dispute_again},
    ),
    Canned(
        "customer-accepts",
        CUSTOMER,
        "Accepts offers, reports and judgements at once, and ships goods back at once.",
        {P.OFFERED: _accept_offer, P.REPORTED: _accept_report, P.DISMISSED: _accept_judgement, **TAKES},
    ),
    Canned(
        "customer-ships", CUSTOMER, "Ships goods back at once, and does nothing else.", {P.AWAITING_RETURN: _ship_back}
    ),
    Canned(
        "customer-loses-parcel",
        CUSTOMER,
        "Ships goods back at once in a parcel that gets lost, and does nothing else.",
        {P.AWAITING_RETURN: _ship_and_lose},
    ),
    Canned("customer-silent", CUSTOMER, "Does nothing, ever.", {}),
)
"""Everybody who acts by itself."""
