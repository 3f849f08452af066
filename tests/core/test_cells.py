"""The process table, cell by cell: in every phase every command by every role, allowed where the table has it only."""

import pytest

from mufakat.core import commands as c
from mufakat.core.decide import HANDLERS, Decided
from mufakat.core.decide.lapse import _LAPSES
from mufakat.core.evolve import replay
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.process import LAPSES, MOVES, OWNERS, PROCESS, exits, faults
from mufakat.core.refusals import Code
from mufakat.core.view import available_actions
from tests.core.stands import STANDS, actor_in, sample, stand
from tests.core.story import SELLER

COMMANDS = [each for each in c.COMMANDS.values() if each not in (c.OpenRequest, c.Lapse, c.Remind)]

GUARDED = {
    (Phase.DEDUCTING, c.ProposeAgreement): Code.PAYMENT_UNDER_WAY,
    (Phase.DEDUCTING, c.AcceptAgreement): Code.PAYMENT_UNDER_WAY,
    (Phase.DEDUCTING, c.RejectAgreement): Code.NO_PROPOSAL,
    (Phase.SUSPENDED, c.ReportPayment): None,
    (Phase.CLOSED, c.ReportPayment): None,
    (Phase.CLOSED, c.RecordFact): Code.CASE_CLOSED,
}
"""Cells whose one story here meets a guard: what it answers (None: nothing changes, yet it is allowed)."""


def test_the_table_has_no_phase_without_owner_lapse_entrance_or_end() -> None:
    """S27, reading 15: no case waits without somebody's due moment, and every case can end."""
    assert faults() == []


def test_every_phase_has_a_story() -> None:
    assert set(STANDS) == set(Phase)
    for phase, make in STANDS.items():
        assert make().m.phase is phase


@pytest.mark.parametrize("phase", list(Phase))
def test_a_command_is_allowed_only_in_its_cell_and_by_its_roles(phase: Phase) -> None:
    """S2, S27, reading 12: right role, right phase, or a refusal that changes nothing."""
    for command in COMMANDS:
        move = MOVES.get((phase, command))
        for role in Role:
            if role is Role.CLOCK:
                continue
            story = stand(phase, command)
            actor = actor_in(role, phase)
            given = sample(story, command, role)
            before = story.m.phase
            if move is None:
                assert story.refused(actor, given) in NO_CELL, (phase, command)
            elif role not in move.roles:
                assert story.refused(actor, given) is Code.WRONG_ROLE, (phase, command, role)
            elif GUARDED.get((phase, command)) is not None:
                assert story.refused(actor, given) is GUARDED[phase, command]
            else:
                answer = story.answer(actor, given)
                assert isinstance(answer, Decided), (phase, command, role, answer)
                assert story.m.phase in move.to | {before}
                assert replay(story.log) == story.case


NO_CELL = {Code.WRONG_PHASE, Code.LOCKED_WHILE_DECIDING, Code.CASE_CLOSED, Code.NOTHING_OWED, Code.WRONG_ROLE}


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.CLOSED])
def test_silence_leads_where_the_table_says_and_never_early(phase: Phase) -> None:
    """Reading 13: a lapse fires at its due moment, not a second before."""
    story = STANDS[phase]()
    lapse = story.m.lapse
    assert lapse is not None
    story.lapse()
    assert story.m.phase in LAPSES[phase][lapse]


def test_every_cell_has_its_handler_and_every_lapse_its_deed() -> None:
    assert {move.command for move in PROCESS} == {*HANDLERS, c.RecordFact}
    assert set(_LAPSES) == {(phase, outcome) for phase, outcomes in LAPSES.items() for outcome in outcomes}


def test_the_buttons_are_the_table() -> None:
    """Every available action is a cell of its role, and what a phase waits for is among them."""
    for phase, make in STANDS.items():
        story = make()
        for role in Role:
            for action in available_actions(story.case, role):
                assert role in MOVES[phase, c.COMMANDS[action.command]].roles
        waits = {role for role in OWNERS.get(phase, ()) if role in (*PARTIES, Role.AGENT)}
        for role in waits - {Role.SELLER} if phase is Phase.DEDUCTING else waits:
            if phase not in (Phase.STOPPED, Phase.SUSPENDED):
                assert any(a.mandatory for a in available_actions(story.case, role)), (phase, role)


def test_nothing_leads_out_of_closed() -> None:
    assert exits(Phase.CLOSED) == {Phase.CLOSED}


def test_the_seller_is_locked_while_the_platform_decides() -> None:
    """Reading 12: approving, rejecting and offering are refused with a code that says why."""
    for phase in (Phase.EVIDENCE, Phase.DECIDING):
        for command in (c.ApproveRequest, c.RejectRequest, c.MakeOffer):
            story = STANDS[phase]()
            assert story.refused(SELLER, sample(story, command, Role.SELLER)) is Code.LOCKED_WHILE_DECIDING
