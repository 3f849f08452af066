"""The dispute: intake checks, material windows, requests for more (S2 to S6, S10 to S12, S26; readings 3 and 6)."""

from datetime import datetime, timedelta

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Matter
from mufakat.core.claim import Reason, RequestType
from mufakat.core.decide.automatic import machine_class
from mufakat.core.decide.draft import Draft
from mufakat.core.decide.worth import asked_shares
from mufakat.core.order import OrderState
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.items import NEVER_DEMANDED
from mufakat.core.policy.policy import ClockName
from mufakat.core.process import APPEAL, DISPUTE
from mufakat.core.refusals import Code, Refusal, refuse


def dispute_count(order: OrderState, matter: Matter, case_id: str, line_id: str, units: tuple[int, ...]) -> int:
    """Disputes raised about these goods so far, in whatever case (S12): the most of any unit."""
    elsewhere = max(order.disputes(line_id, unit, case_id) for unit in units)
    return elsewhere + matter.disputes


def line_fault(d: Draft, matter: Matter, line_id: str) -> Refusal | None:
    """Why a line cannot be disputed now, or None: the intake checks."""
    if d.case.type is RequestType.CANCEL and not d.policy.switches.cancel_disputable:
        return Refusal(Code.NOT_DISPUTABLE, (("type", "CANCEL"),))
    until = d.case.accept_until[line_id]
    if line_id not in d.case.in_time or (until is not None and d.now >= until):
        ended = until.isoformat() if until else ""
        return Refusal(Code.OUTSIDE_ACCEPTANCE, (("line", line_id), ("ended", ended)))
    count = dispute_count(d.order, matter, d.case.case_id, line_id, d.case.line(line_id).units)
    if count >= d.policy.switches.max_disputes:
        limit = str(d.policy.switches.max_disputes)
        return Refusal(Code.TWO_DISPUTES, (("line", line_id), ("limit", limit)))
    return None


def raise_dispute(d: Draft, command: c.RaiseDispute, number: int) -> None:
    """Take the dispute in, for the lines named or for all that may be disputed; the others stay where they are."""
    matter = d.matter(number)
    if matter.agreed:
        raise refuse(Code.SETTLED_BY_AGREEMENT)
    if matter.phase is Phase.DISMISSED and not command.text and not command.materials:
        raise refuse(Code.GROUNDS_NEEDED)
    lines = _lines_in_dispute(d, command, matter)
    rest = tuple(line for line in matter.lines if line not in lines)
    if rest:
        d.split(number, rest)
    carried = tuple(x.number for x in sorted(d.case.exhibits, key=lambda x: x.giver is not Role.CUSTOMER))
    claims = [d.case.line(line) for line in lines]
    hidden = any(claim.reason is Reason.COUNTERFEIT and claim.hidden for claim in claims)
    counts = [dispute_count(d.order, matter, d.case.case_id, x.line_id, x.units) for x in claims]
    dispute = max(counts) + 1
    machine = machine_class(d, lines, dispute)
    d.add(e.DisputeRaised(number, dispute, carried, hidden, command.text, machine))
    d.hold(number, sum(share.amount for share in asked_shares(d, lines)))
    d.material(command.materials, Role.CUSTOMER, "DISPUTE")
    clock = ClockName.MATERIAL_CUSTOMER_HIDDEN if hidden else ClockName.MATERIAL_CUSTOMER
    open_window(d, number, Role.CUSTOMER, clock)
    if not hidden:
        open_window(d, number, Role.SELLER, ClockName.MATERIAL_SELLER)
    go_on(d, number)


def _lines_in_dispute(d: Draft, command: c.RaiseDispute, matter: Matter) -> tuple[str, ...]:
    for line in command.lines:
        if line not in matter.lines:
            raise refuse(Code.NO_SUCH_LINE, line=line)
    wanted = tuple(line for line in matter.lines if not command.lines or line in command.lines)
    faults = {line: line_fault(d, matter, line) for line in wanted}
    open_ = tuple(line for line in wanted if faults[line] is None)
    first = next((fault for fault in faults.values() if fault is not None), None)
    if first is not None and (command.lines or not open_):
        raise refuse(first.code, **dict(first.facts))
    return open_


def withdraw_dispute(d: Draft, _command: c.WithdrawDispute, number: int) -> None:
    """Take the undecided dispute back; a first one can be raised again in what is left of the period (S11)."""
    matter = d.matter(number)
    accept = after_pause(d, matter, matter.lines)
    d.add(e.DisputeWithdrawn(number, accept))
    d.release(number)
    until = _latest(accept, d.now)
    again = any(
        dispute_count(d.order, d.matter(number), d.case.case_id, line, d.case.line(line).units)
        < d.policy.switches.max_disputes
        for line in matter.lines
    )
    if not again or until is None or until <= d.now:
        d.close(number, Outcome.DISMISSED if matter.raised_from is Phase.DISMISSED else Outcome.WITHDRAWN)
        return
    clock = {Phase.PARCEL_REJECTED: ClockName.PARCEL_DISPUTE_WINDOW, Phase.DISMISSED: ClockName.SECOND_DISPUTE}
    d.enter(number, matter.raised_from, clock.get(matter.raised_from, ClockName.DISPUTE_WINDOW), until)


def after_pause(d: Draft, matter: Matter, lines: tuple[str, ...]) -> tuple[tuple[str, datetime | None], ...]:
    """The acceptance periods moved on by the time the platform had the dispute (market.md, arithmetic 2)."""
    paused = d.now - (matter.raised_at or d.now)
    return tuple(
        (line, None if until is None else until + paused) for line in lines for until in (d.case.accept_until[line],)
    )


def _latest(accept: tuple[tuple[str, datetime | None], ...], now: datetime) -> datetime | None:
    """The latest end; a line without a period of its own leaves nothing to raise again in."""
    ends = [until for _, until in accept if until is not None and until > now]
    return max(ends) if ends else None


def hand_in(d: Draft, command: c.HandIn, number: int) -> None:
    """Hand in material: any time while the two talk, within one's window once the platform has the matter."""
    matter = d.matter(number)
    check_window(matter, d.actor.role)
    d.material((command.material,), d.actor.role, str(matter.phase))


def check_window(matter: Matter, role: Role) -> None:
    """Refuse material of a party whose window is over while the platform has the matter."""
    before_platform = matter.phase in (*DISPUTE, *APPEAL)
    if before_platform and role not in matter.waiting_windows and matter.window(role) is None:
        raise refuse(Code.WINDOW_OVER)


def complete(d: Draft, _command: c.CompleteMaterial, number: int) -> None:
    """Say that one's own material is complete; once both have, the platform decides."""
    if d.matter(number).window(d.actor.role) is None:
        raise refuse(Code.ALREADY_COMPLETE)
    d.add(e.WindowClosed(number, d.actor.role))
    go_on(d, number)


def open_window(d: Draft, number: int, party: Role, clock: ClockName, until: datetime | None = None) -> None:
    """Let a party hand in material until the clock's end, or until the moment given."""
    d.add(e.WindowOpened(number, party, until or d.after(clock), clock))


def go_on(d: Draft, number: int) -> None:
    """Wait for the next open window, open the seller's after the customer's, or let the platform decide."""
    matter = d.matter(number)
    if not matter.windows and matter.waiting_windows:
        for party in matter.waiting_windows:
            open_window(d, number, party, ClockName.MATERIAL_SELLER)
        matter = d.matter(number)
    appeal = matter.phase is Phase.APPEAL_EVIDENCE or Phase.APPEAL_EVIDENCE in d.allowed
    if matter.windows:
        first = min(matter.windows, key=lambda window: window.until)
        d.enter(number, Phase.APPEAL_EVIDENCE if appeal else Phase.EVIDENCE, first.clock, first.until)
    elif appeal:
        d.enter(number, Phase.APPEAL_DECIDING, ClockName.APPEAL_DECISION)
    else:
        d.enter(number, Phase.DECIDING, ClockName.DECISION)


def ask_material(d: Draft, command: c.AskMaterial, number: int) -> None:
    """Ask one side or both for a named item (S5); at most twice for a dispute."""
    matter = d.matter(number)
    if matter.draft is not None:
        raise refuse(Code.DRAFT_STANDS)
    limit = d.policy.switches.max_material_requests
    if matter.material_requests >= limit:
        raise refuse(Code.TOO_MANY_REQUESTS_FOR_MATERIAL, limit=limit)
    parties = tuple(party for party in PARTIES if party in command.parties)
    if not parties or len(parties) != len(set(command.parties)) or not command.item:
        raise refuse(Code.NOT_EXPECTED, item=command.item)
    if Role.CUSTOMER in parties and NEVER_DEMANDED in command.item:
        raise refuse(Code.NOT_EXPECTED, item=command.item)
    until = _asked_until(d, command.hours)
    d.add(e.MaterialAsked(number, parties, command.item, command.text, until))
    for party in parties:
        open_window(d, number, party, ClockName.MATERIAL_ASKED, until)
    go_on(d, number)


def _asked_until(d: Draft, hours: int) -> datetime:
    """The end of the rulebook's clock, or of the fewer hours that an agent gives: no fewer than the market's least."""
    whole = d.after(ClockName.MATERIAL_ASKED)
    if hours == 0:
        return whole
    least = d.policy.switches.least_hours_for_material
    if not least <= hours <= (whole - d.now) // timedelta(hours=1):
        raise refuse(Code.TIME_NOT_FITTING, least=least, until=whole.isoformat())
    return d.now + timedelta(hours=hours)
