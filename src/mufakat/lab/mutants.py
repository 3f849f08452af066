"""Mutants: named things that may go wrong in the core, the engine or the bank, put in place by patching.

A world that lives with one of them must show a fault: from the auditor, or from its own checks. That proves the
judges, not the code. Nothing here is on the way of the real program.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from unittest import mock

from mufakat.core import commands as c
from mufakat.core import (
    decide,
    effects,
    evolve,
    judgement,
    process,
)
from mufakat.core import events as e
from mufakat.core.calendar import add
from mufakat.core.case import Matter
from mufakat.core.claim import Decision
from mufakat.core.decide import dispute, execute, intake, judging, lapse, prospect
from mufakat.core.decide.draft import Draft
from mufakat.core.effects import Effect
from mufakat.core.order import OrderState
from mufakat.core.parties import CLOCK, PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import ClockName, LapseOutcome, Span, SpanUnit
from mufakat.core.policy.rulebook import Rulebook
from mufakat.core.process import Move
from mufakat.lab import judging_gone_wrong, money_gone_wrong
from mufakat.lab.memory import MemoryStore
from mufakat.lab.rewriting import with_value
from mufakat.lab.world import MARKETS, Ended, Scale, live
from mufakat.rulebooks import load
from mufakat.store.seal import Sealer

SLACK: Final = timedelta(hours=8)
"""How much too early things happen in some mutants."""
MOST_EARLY: Final = 20

Law = dict[str, Rulebook]
Patch = Callable[[ExitStack], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One thing gone wrong. `patch` puts it in place; `law` changes the rulebooks that the core gets;
    `bent` makes its people like that.

    `shows` stands in the fault that must come of it; empty: any fault will do.
    """

    name: str
    says: str
    shows: str = ""
    patch: Patch | None = None
    law: Callable[[Law], Law] | None = None
    bent: tuple[tuple[str, float], ...] = ()

    def live(self, seed: int, scale: Scale | None = None) -> Ended:
        """One world with it."""
        books = {name: load(name) for name in MARKETS.values()}
        law = self.law(books) if self.law is not None else None
        scale = replace(scale or Scale(), bent=self.bent)
        with ExitStack() as stack:
            if self.patch is not None:
                self.patch(stack)
            return live(seed, scale, law)


@dataclass(frozen=True, slots=True)
class Caught:
    """The seed that showed a mutant, and the first fault it showed."""

    seed: int
    fault: str


def hunt(mutant: Mutant, seeds: Iterable[int], scale: Scale | None = None) -> Caught | None:
    """The first world that shows the mutant, or None: it survived."""
    for seed in seeds:
        try:
            ended = mutant.live(seed, scale)
        except Exception as error:
            if mutant.shows:
                raise
            return Caught(seed, f"the world broke off: {type(error).__name__}: {error}")
        shown = [fault for fault in ended.faults if mutant.shows in fault]
        if shown:
            return Caught(seed, shown[0])
    return None


# --- the table


def with_moves(stack: ExitStack, moves: Iterable[Move]) -> None:
    """Put cells into the process table, in the place of those for the same phase and command."""
    changed = {(move.phase, move.command): move for move in moves}
    kept = [changed.pop((move.phase, move.command), move) for move in process.PROCESS]
    table = (*kept, *changed.values())
    stack.enter_context(mock.patch.object(process, "PROCESS", table))
    cells = {(move.phase, move.command): move for move in table}
    stack.enter_context(mock.patch.dict(process.MOVES, cells, clear=True))


def without_move(stack: ExitStack, gone: Move) -> None:
    """Take a cell out of the process table."""
    table = tuple(move for move in process.PROCESS if (move.phase, move.command) != (gone.phase, gone.command))
    stack.enter_context(mock.patch.object(process, "PROCESS", table))
    cells = {(move.phase, move.command): move for move in table}
    stack.enter_context(mock.patch.dict(process.MOVES, cells, clear=True))


def _new(phase: Phase, command: type, role: Role, like: Phase) -> Move:
    """The cell of `command` in another phase than `like`."""
    return replace(process.MOVES[like, command], phase=phase, roles=frozenset({role}))


def _seller_unlocked(stack: ExitStack) -> None:
    cells = [
        _new(phase, command, Role.SELLER, Phase.REVIEW)
        for phase in process.DISPUTE
        for command in (c.ApproveRequest, c.RejectRequest, c.MakeOffer)
    ]
    with_moves(stack, cells)


def _judged_too_early(stack: ExitStack) -> None:
    commands = (c.RecordFinding, c.RecordFindings, c.AssessLine, c.Judge)
    cells = [_new(Phase.EVIDENCE, command, Role.AGENT, Phase.DECIDING) for command in commands]
    with_moves(stack, [replace(x, to=x.to | {Phase.EVIDENCE}) for x in cells])


# --- guards and clocks


def _early_lapses(stack: ExitStack) -> None:
    def settle(d: Draft) -> int:
        actor, d.actor = d.actor, CLOCK
        fired = 0
        while (matter := d.case.due_matter()) and matter.due and d.now >= matter.due - SLACK and fired < MOST_EARLY:
            lapse._fire(d, matter.number)  # noqa: SLF001 - that is what is put out of order
            fired += 1
        d.actor = actor
        return fired

    stack.enter_context(mock.patch.object(decide, "settle_due", settle))


def _no_role_guard(stack: ExitStack) -> None:
    def check(d: Draft, matters: list[Matter], command: c.Command) -> None:
        for matter in matters:
            cell = process.MOVES.get((matter.phase, type(command)))
            if cell is not None and d.actor.role in (Role.CUSTOMER, Role.SELLER, Role.AGENT):
                return
        real(d, matters, command)

    real = decide._check_cell  # noqa: SLF001 - the guard itself
    stack.enter_context(mock.patch.object(decide, "_check_cell", check))


def _third_dispute(stack: ExitStack) -> None:
    for module in (dispute, judging):
        stack.enter_context(mock.patch.object(module, "dispute_count", return_value=0))


def _forgotten_deadline(stack: ExitStack) -> None:
    real = Draft.enter

    def enter(self: Draft, number: int, phase: Phase, clock: ClockName, due: Any = None) -> None:
        real(self, number, phase, clock, due)
        if phase is Phase.REJECTED:
            last = self.recorded[-1]
            event = replace(last.event, due=None)  # type: ignore[arg-type]
            self.recorded[-1] = replace(last, event=event)
            matter = replace(self.matter(number), due=None)
            self._case = replace(self.case, matters=(matter, *self.case.matters[1:])) if number == 1 else self.case

    stack.enter_context(mock.patch.object(Draft, "enter", enter))


def _deducted_too_early(stack: ExitStack) -> None:
    real = Draft.after

    def after(self: Draft, clock: ClockName, start: Any = None) -> Any:
        if clock is ClockName.COMPLIANCE:
            return add(Span(40, SpanUnit.HOURS), start or self.now, self.policy.zone, self.policy.holidays)
        return real(self, clock, start)

    stack.enter_context(mock.patch.object(Draft, "after", after))


def _same_agent(stack: ExitStack) -> None:
    stack.enter_context(mock.patch.object(judging, "check_agent", return_value=None))


def _acceptance_ignored(stack: ExitStack) -> None:
    for name in ("_window_end", "_acceptance_end"):
        stack.enter_context(mock.patch.object(intake, name, return_value=None))


def _units_twice(stack: ExitStack) -> None:
    stack.enter_context(mock.patch.object(OrderState, "is_held", return_value=False))


def _own_word_enough(stack: ExitStack) -> None:
    real = execute.report_own_payment

    def report(d: Draft, command: Any, number: int) -> None:
        real(d, command, number)
        execute.confirm_own_payment(d, c.ConfirmOwnPayment(), number)

    with_moves(stack, [replace(x, to=x.to | {Phase.CLOSED}) for x in _own_payment_cells()])
    stack.enter_context(mock.patch.dict(decide.HANDLERS, {c.ReportOwnPayment: report}))


def _own_payment_cells() -> list[Move]:
    return [process.MOVES[phase, c.ReportOwnPayment] for phase in (Phase.PAYING, Phase.DEDUCTING)]


def _reminded_early(stack: ExitStack) -> None:
    real = lapse.remind_waiting

    def remind(d: Draft) -> int:
        now, d.now = d.now, d.now + SLACK
        early = [m for m in d.case.matters if m.remind and m.remind[0] <= d.now and m.due is not None]
        d.now = now
        return real(d) if not early else _remind_all(d, early)

    stack.enter_context(mock.patch.object(decide, "remind_waiting", remind))


def _remind_all(d: Draft, matters: list[Matter]) -> int:
    actor, d.actor = d.actor, CLOCK
    for matter in matters:
        assert matter.due is not None
        d.add(e.Reminded(matter.number, matter.due))
    d.actor = actor
    return len(matters)


def _reminded_again(stack: ExitStack) -> None:
    def again(matter: Matter, _event: Any, recorded: e.Recorded) -> Matter:
        return replace(matter, remind=tuple(each for each in matter.remind if each >= recorded.at - SLACK))

    stack.enter_context(mock.patch.dict(evolve._FOLDS, {e.Reminded: again}))  # noqa: SLF001 - the fold itself


def _both_reminded(stack: ExitStack) -> None:
    stack.enter_context(mock.patch.object(effects, "whose_end", return_value=frozenset(PARTIES)))


# --- judging, telling, keeping


def _sellers_never_heard(stack: ExitStack) -> None:
    real = judgement.judge_line

    def judge(*facts: Any) -> Any:
        verdict = real(*facts)
        return replace(verdict, decision=Decision.FOR_CUSTOMER, rule="S15") if verdict.rule == "S16" else verdict

    stack.enter_context(mock.patch.object(prospect, "judge_line", judge))


def _told_to_the_other(stack: ExitStack) -> None:
    real = effects._notice  # noqa: SLF001 - the address on the letter

    def notice(recorded: Any, case: Any, role: Role) -> Effect:
        told = real(recorded, case, role)
        return replace(told, to_id=case.seller_id if role is Role.CUSTOMER else told.to_id)

    stack.enter_context(mock.patch.object(effects, "_notice", notice))


def _texts_unsealed(stack: ExitStack) -> None:
    def seal(_self: Sealer, command: Any, *_: Any) -> tuple[Any, tuple[()], None]:
        return command, (), None

    stack.enter_context(mock.patch.object(Sealer, "seal_command", seal))


def _keys_forgotten(stack: ExitStack) -> None:
    real = MemoryStore.load

    async def load_(self: MemoryStore, ask: Any) -> Any:
        return await real(self, replace(ask, key=None))

    stack.enter_context(mock.patch.object(MemoryStore, "load", load_))


def _uses_forgotten(stack: ExitStack) -> None:
    real = MemoryStore.write

    async def write(self: MemoryStore, write: Any) -> bool:
        closing = write.case is not None and not write.case.is_open
        return await real(self, replace(write, uses=None) if closing else write)

    stack.enter_context(mock.patch.object(MemoryStore, "write", write))


# --- rulebooks


def _switched(name: str, value: object) -> Callable[[Law], Law]:
    return lambda law: {key: with_value(book, ("switch", name), value) for key, book in law.items()}


def _silence_rejects(law: Law) -> Law:
    path = ("clock", "seller_review", "lapse")
    return {key: with_value(book, path, LapseOutcome.REJECT) for key, book in law.items()}


QUARRELS: Final = (("appeals", 0.95), ("accepts", 0.0), ("silent", 0.02), ("approves", 0.02), ("errs", 0.02))
"""A world of quarrels and appeals."""
TO_AND_FRO: Final = (*QUARRELS, ("sends_back", 0.7), ("obstinate", 0.9), ("lies", 0.02))
"""And of agents who send back what they can."""

GRANTED: Final = (("approves", 0.9), ("rejects", 0.05), ("silent", 0.02))
"""A world in which sellers grant what is asked."""
TWO_PEOPLE: Final = (("overrides", 0.9), ("returns", 0.3), ("wants_a_person", 0.3))
"""A world of agents who often decide otherwise than derived."""
NOTHING_TOLD: Final = (("wants_a_person", 0.9), ("hands_in", 0.0))
"""A world in which nobody hands anything in, and all want a person."""

MUTANTS: Final = (
    Mutant("early lapse", "deadlines fire eight hours too early", "reading 13", _early_lapses),
    Mutant("role guard off", "any party and any agent may do what another may", "came from", _no_role_guard),
    Mutant("third dispute", "disputes about the same goods are not counted (S12)", "S12", _third_dispute),
    Mutant(
        "wrong bearer",
        "the other one bears what befell the return (S22 to S25)",
        "bears",
        money_gone_wrong.wrong_bearer,
    ),
    Mutant("a cent lost", "shares lose a minor unit (arithmetic 9)", "arithmetic 9", money_gone_wrong.cent_lost),
    Mutant(
        "voucher ignored",
        "a refund pays what a voucher had taken off",
        "arithmetic 9",
        money_gone_wrong.voucher_ignored,
    ),
    Mutant(
        "rounded each time",
        "commission is rounded payment by payment",
        "booked in all",
        money_gone_wrong.rounded_each_time,
    ),
    Mutant(
        "subsidy kept",
        "the seller keeps the platform's discounts on what is refunded",
        "subsidy",
        money_gone_wrong.subsidy_kept,
    ),
    Mutant(
        "cash to a card",
        "what was paid in cash is sent where it came from",
        "row: destination",
        money_gone_wrong.cash_to_a_card,
    ),
    Mutant(
        "other lines pay",
        "a line paid elsewhere is paid by another's rest",
        "own units allow",
        money_gone_wrong.other_lines_pay,
        bent=GRANTED,
    ),
    Mutant("deadline forgotten", "a rejected request waits for ever", "still open", _forgotten_deadline),
    Mutant("deducted too early", "the provider deducts before 48 hours (S19, S20)", "compliance", _deducted_too_early),
    Mutant("seller unlocked", "the seller decides while the platform does", "reading 12", _seller_unlocked),
    Mutant("judged too early", "a judgement before the windows ended", "judged before both sides", _judged_too_early),
    Mutant("same agent", "who judged decides the appeal (reading 4)", "reading 4", _same_agent, bent=QUARRELS),
    Mutant("unit claimed twice", "two open cases have the same unit (reading 14)", "reading 14", _units_twice),
    Mutant("paid twice", "the bank pays everything twice", "by the provider", money_gone_wrong.paid_twice),
    Mutant(
        "sent back twice",
        "a judgement is sent back again and again",
        "sent back once more",
        law=_switched("max_send_backs", 9),
        bent=TO_AND_FRO,
    ),
    Mutant("acceptance ignored", "requests are taken at any time (S26)", "S26", _acceptance_ignored),
    Mutant(
        "hold not released", "money stays held after the case (reading 9)", "still held", money_gone_wrong.hold_kept
    ),
    Mutant(
        "hold not used",
        "a payment leaves all of the hold pending (S20)",
        "is held by the ledger",
        money_gone_wrong.hold_not_used,
    ),
    Mutant(
        "debt forgotten",
        "what could not be collected is not in the ledger (S20)",
        "seller/arrears",
        money_gone_wrong.debt_forgotten,
    ),
    Mutant(
        "half booked",
        "half of what customers receive is in the ledger",
        "provider/clearing stands",
        money_gone_wrong.half_booked,
    ),
    Mutant(
        "paid while open",
        "nobody waits for the customer's bank (reading 8)",
        "while chargeback",
        money_gone_wrong.paid_while_open,
    ),
    Mutant(
        "seller pays twice",
        "a refund and a chargeback of the same goods are both the seller's (reading 8)",
        "the seller gives",
        money_gone_wrong.seller_pays_twice,
    ),
    Mutant(
        "bank borne by nobody",
        "a lost chargeback is nobody's (reading 8)",
        "is borne, it came to",
        money_gone_wrong.bank_borne_by_nobody,
    ),
    Mutant(
        "harm on the customer",
        "what the seller bears of a return is off the refund (S22 to S25)",
        "is taken off for",
        money_gone_wrong.harm_on_the_customer,
    ),
    Mutant(
        "carriers spared",
        "nothing is claimed of a carrier (reading 10)",
        "is claimed of the carrier",
        money_gone_wrong.carriers_spared,
    ),
    Mutant(
        "shipping always",
        "the shipping fee goes back every time (arithmetic 9)",
        "shipping fee",
        money_gone_wrong.shipping_always,
    ),
    Mutant("sellers never heard", "substantiated claims of sellers do not count (S16)", "S16", _sellers_never_heard),
    Mutant("told to the other", "the customer's letters go to the seller", "not theirs", _told_to_the_other),
    Mutant("texts unsealed", "what people write stands in the log", "privacy", _texts_unsealed),
    Mutant("keys forgotten", "a repeated command is carried out again", "repeated under its key", _keys_forgotten),
    Mutant(
        "uses forgotten",
        "the order's row is not told of closed cases",
        "rebuild made another uses",
        _uses_forgotten,
    ),
    Mutant(
        "advance given away",
        "what the platform advanced is not recovered (S20)",
        "reading 15",
        money_gone_wrong.advance_given_away,
    ),
    Mutant(
        "debts dropped",
        "the provider stops collecting a debt that is left (S20)",
        "does not collect",
        money_gone_wrong.debts_dropped,
    ),
    Mutant(
        "balance debited",
        "the balance is debited against the switch (reading 9)",
        "reading 9",
        money_gone_wrong.balance_debited,
    ),
    Mutant(
        "hold lost in a split",
        "only the first part is held for (reading 9)",
        "is held",
        money_gone_wrong.hold_of_the_first_alone,
    ),
    Mutant("own word enough", "a seller that says it paid by itself has paid (S18)", "came from", _own_word_enough),
    Mutant("reminded early", "reminders come eight hours too early (S19)", "S19", _reminded_early),
    Mutant("reminded again", "one reminder is given again and again (S19)", "S19", _reminded_again),
    Mutant("both reminded", "who is not waited for is reminded (S19)", "S19", _both_reminded),
    Mutant("one is enough", "overrides and amounts bind by one", "bound by one", judging_gone_wrong.one_is_enough),
    Mutant("own draft", "who drafted confirms", "four eyes", judging_gone_wrong.own_draft, bent=TWO_PEOPLE),
    Mutant("draft overtaken", "a draft is ignored", "a draft waits", judging_gone_wrong.overtaken, bent=TWO_PEOPLE),
    Mutant("machine unbound", "a machine judges all", "machine", judging_gone_wrong.machine_unbound, bent=NOTHING_TOLD),
    Mutant("any class", "a machine is let loose on every dispute", "no class", judging_gone_wrong.any_class),
    Mutant("silence rejects", "a silent seller has rejected (S27)", "silence means", law=_silence_rejects),
)
"""Everything that `make test` expects to be caught."""
