"""Between the two: messages, the seller's answers, offers, asking again, agreeing, conceding (S1, S9, S13, S27)."""

from datetime import datetime, timedelta

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import Basis, Material, MaterialKind, RemedyKind, RequestType, Solution
from mufakat.core.decide.dispute import check_window
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.remedies import causes, grant_asked, order_total, start
from mufakat.core.decide.worth import full_shares
from mufakat.core.parties import Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import ClockName, CodeUse
from mufakat.core.process import NEGOTIATION
from mufakat.core.refusals import Code, refuse

MAX_MESSAGES = 300
"""Messages of one case."""


def send_message(d: Draft, command: c.SendMessage, number: int) -> None:
    """Say something; the text itself is material too, so that it is carried into a dispute (S4)."""
    if not command.text and not command.materials:
        raise refuse(Code.EMPTY_MESSAGE)
    if d.case.messages >= MAX_MESSAGES:
        raise refuse(Code.TOO_MANY_MESSAGES, limit=MAX_MESSAGES)
    for matter in d.case.matters if command.materials else ():
        check_window(matter, d.actor.role)
    stage = str(d.matter(number).phase)
    d.add(e.MessageSent(command.text))
    if command.text and d.matter(number).phase in NEGOTIATION:
        d.material((Material("MESSAGE", MaterialKind.TEXT, text=command.text),), d.actor.role, stage)
    d.material(command.materials, d.actor.role, stage)


def approve(d: Draft, command: c.ApproveRequest, number: int) -> None:
    """Grant what was asked."""
    d.add(e.RequestApproved(number, Basis.APPROVAL))
    grant_asked(d, number, Basis.APPROVAL, keep_goods=command.keep_goods)


def check_code(d: Draft, code: str, use: CodeUse) -> None:
    """Refuse a code that the market does not know for this use, where it lists any."""
    fitting = [rule for rule in d.policy.codes if rule.use is use]
    if not code:
        raise refuse(Code.CODE_NEEDED)
    if fitting and code not in {rule.code for rule in fitting}:
        known = any(rule.code == code for rule in d.policy.codes)
        raise refuse(Code.CODE_NOT_FITTING if known else Code.UNKNOWN_CODE, code=code)
    status = str(d.order.status())
    if fitting and not any(r.code == code and (not r.statuses or status in r.statuses) for r in fitting):
        raise refuse(Code.CODE_NOT_FITTING, code=code, status=status)


def rejection_use(type_: RequestType) -> CodeUse:
    """The kind of code with which a request of that type is refused."""
    goods_back = type_ in (RequestType.RETURN_AND_REFUND, RequestType.EXCHANGE, RequestType.REPLACEMENT)
    use = CodeUse.REJECT_RETURN if goods_back else CodeUse.REJECT_REFUND
    return CodeUse.REJECT_CANCEL if type_ is RequestType.CANCEL else use


def reject(d: Draft, command: c.RejectRequest, number: int) -> None:
    """Refuse with a code and material; the customer may dispute, or ask once more."""
    check_code(d, command.code, rejection_use(d.case.type))
    d.material(command.materials, Role.SELLER, "REJECTION")
    window = d.after(ClockName.DISPUTE_WINDOW)
    d.add(e.RequestRejected(number, command.code, at_least(d, number, window), command.text))
    d.enter(number, Phase.REJECTED, ClockName.DISPUTE_WINDOW, window)


def at_least(d: Draft, number: int, window: datetime) -> tuple[tuple[str, datetime | None], ...]:
    """The acceptance periods after a rejection: at least the market's window remains (reading 6).

    A line without a period of its own has the window, so that a withdrawn dispute leaves what is left of it.
    """
    periods = ((line, d.case.accept_until[line]) for line in d.matter(number).lines)
    return tuple((line, window if until is None else max(until, window)) for line, until in periods)


def make_offer(d: Draft, command: c.MakeOffer, number: int) -> None:
    """Offer another solution; the review stands still with what is left of it."""
    matter = d.matter(number)
    limit = d.policy.switches.max_offers
    if matter.offers >= limit:
        raise refuse(Code.TOO_MANY_OFFERS, limit=limit)
    check_solution(d, command.solution, number)
    if command.solution.kind is RemedyKind.NOTHING or matter.due is None:
        raise refuse(Code.OFFER_NOT_FITTING, kind=command.solution.kind)
    left = max(1, int((matter.due - d.now).total_seconds()))
    d.add(e.OfferMade(number, command.solution, left))
    d.enter(number, Phase.OFFERED, ClockName.OFFER)


def check_solution(d: Draft, solution: Solution, number: int) -> None:
    """Terms must be possible: an amount only where money is paid, at most what the units still allow."""
    worth = sum(share.amount for share in full_shares(d, d.matter(number).lines))
    money = solution.kind in (RemedyKind.REFUND, RemedyKind.RETURN_AND_REFUND, RemedyKind.OTHER)
    if solution.amount is not None:
        if not money:
            raise refuse(Code.AMOUNT_NOT_FITTING, kind=solution.kind)
        if solution.amount <= 0:
            raise refuse(Code.AMOUNT_NOT_POSITIVE)
        if solution.amount > worth:
            raise refuse(Code.ASKED_TOO_MUCH, asked=solution.amount, most=worth)
    cancelling = d.case.type is RequestType.CANCEL
    undelivered = d.order.delivered_at() is None
    goods_back = solution.kind in (RemedyKind.RETURN_AND_REFUND, RemedyKind.EXCHANGE)
    if goods_back and (cancelling or undelivered):
        raise refuse(Code.OFFER_NOT_FITTING, kind=solution.kind)
    if solution.kind is RemedyKind.OTHER and not (solution.text and solution.amount):
        raise refuse(Code.OFFER_NOT_FITTING, kind=solution.kind)


def accept_offer(d: Draft, _command: c.AcceptOffer, number: int) -> None:
    """Take the offer: it is what is owed now."""
    offer = d.matter(number).offer
    if offer is None:
        message = "OFFERED without an offer"
        raise RuntimeError(message)
    d.add(e.OfferAccepted(number))
    carry_out(d, number, offer, Basis.OFFER)


def carry_out(d: Draft, number: int, solution: Solution, basis: Basis) -> None:
    """Begin what both agreed on."""
    matter = d.matter(number)
    shares = full_shares(d, matter.lines, solution.amount)
    start(d, number, solution.kind, basis, shares, causes(d, matter.lines))


def decline_offer(d: Draft, _command: c.DeclineOffer, number: int) -> None:
    """Refuse the offer: the review goes on with what was left."""
    reopen_review(d, number, lapsed=False)


def reopen_review(d: Draft, number: int, *, lapsed: bool) -> None:
    """Go back to the seller's review with the time that was left when the offer was made."""
    due = d.now + timedelta(seconds=d.matter(number).left)
    d.add(e.OfferDeclined(number, lapsed))
    d.enter(number, Phase.REVIEW, review_clock(d), due)


def review_clock(d: Draft) -> ClockName:
    """The clock of the seller's review of this type of request."""
    return ClockName.CANCEL_REVIEW if d.case.type is RequestType.CANCEL else ClockName.SELLER_REVIEW


def withdraw_request(d: Draft, _command: c.WithdrawRequest, number: int) -> None:
    """Take the request back. Not where a judgement or an agreement already stands."""
    remedy = d.matter(number).remedy
    if remedy is not None and remedy.basis in (Basis.JUDGEMENT, Basis.AGREEMENT, Basis.COURT):
        raise refuse(Code.WRONG_PHASE, phase=d.matter(number).phase)
    d.add(e.RequestWithdrawn(number))
    d.close(number, Outcome.WITHDRAWN)


def ask_again(d: Draft, command: c.AskAgain, number: int) -> None:
    """Ask the seller once more: its review (or inspection) starts anew, the acceptance period does not."""
    matter = d.matter(number)
    if matter.asked_again >= d.policy.switches.max_ask_again:
        raise refuse(Code.ALREADY_ASKED_AGAIN, limit=d.policy.switches.max_ask_again)
    parcel = matter.phase is Phase.PARCEL_REJECTED
    d.material(command.materials, Role.CUSTOMER, "ASKED_AGAIN")
    d.add(e.AskedAgain(number, command.text))
    if parcel:
        d.enter(number, Phase.INSPECTING, ClockName.INSPECTION_PLATFORM)
    else:
        d.enter(number, Phase.REVIEW, review_clock(d))


def concede(d: Draft, _command: c.Concede, number: int) -> None:
    """Grant the claim. While goods are on their way back it lets the customer keep them."""
    d.add(e.Conceded(number))
    keep = d.matter(number).phase is Phase.AWAITING_RETURN
    grant_asked(d, number, Basis.CONCESSION, keep_goods=keep)


def propose(d: Draft, command: c.ProposeAgreement, number: int) -> None:
    """Propose terms; they stand for the market's window and stop no clock."""
    _check_replaceable(d, number)
    check_solution(d, command.solution, number)
    d.add(e.AgreementProposed(number, command.solution, d.actor.role, d.after(ClockName.PROPOSAL)))


def _check_replaceable(d: Draft, number: int) -> None:
    """An agreement may replace a judgement until it is paid (reading 7)."""
    remedy = d.matter(number).remedy
    if remedy is not None and (remedy.paid or remedy.outside or remedy.deducting or remedy.at_once):
        raise refuse(Code.PAYMENT_UNDER_WAY)


def accept_agreement(d: Draft, _command: c.AcceptAgreement, number: int) -> None:
    """Both have confirmed: the dispute ends, counts, and is not raised again."""
    proposal = d.matter(number).proposal
    _check_replaceable(d, number)
    _check_proposal(d, number)
    if proposal is None:
        return
    check_solution(d, proposal.solution, number)
    remedy = d.matter(number).remedy
    if remedy is not None and remedy.ordered:
        order_total(d, number, 0, at_once=False)
    d.add(e.AgreementMade(number))
    carry_out(d, number, proposal.solution, Basis.AGREEMENT)


def _check_proposal(d: Draft, number: int) -> None:
    proposal = d.matter(number).proposal
    if proposal is None:
        raise refuse(Code.NO_PROPOSAL)
    if proposal.by is d.actor.role:
        raise refuse(Code.OWN_PROPOSAL)
    if d.now >= proposal.until:
        raise refuse(Code.PROPOSAL_EXPIRED, until=proposal.until.isoformat())


def reject_agreement(d: Draft, _command: c.RejectAgreement, number: int) -> None:
    """Refuse the other side's terms, or take back one's own."""
    if d.matter(number).proposal is None:
        raise refuse(Code.NO_PROPOSAL)
    d.add(e.AgreementRejected(number))
