"""Statements of reasons: what each side reads about a judgement, the same bytes whenever it is written (S15 to S18)."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from mufakat.core import events as e
from mufakat.core.claim import Decision, Finding, FindingValue
from mufakat.core.parties import PARTIES, SYSTEM, Role, other
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import Span, SpanUnit
from mufakat.core.process import MOVES, PROCESS
from mufakat.core.statement import BlockKind, SectionKey, Statement, cited, own_hashes, statement
from mufakat.core.statement.stand import MOST_QUOTED
from mufakat.core.words import Language
from mufakat.core.words.rules import RULES, rule, span
from mufakat.core.words.why import why
from mufakat.paper.page import html
from mufakat.rulebooks import load
from tests.statements import Judgement, every, named, plain

FOLDER: Final = Path(__file__).with_name("statements")
GOLDEN: Final = (
    "id-line-by-line-what-is-for-the-customer-is-carried-out-what-is-for-the-seller-can-be-disputed-again-1",
    "id-one-appeal-a-dispute-decided-against-the-seller-it-is-carried-out-2",
    "id-late-by-three-calendar-days-the-platform-s-own-data-settles-it-and-the-customer-need-prove-nothing-1",
    "id-an-agent-who-answers-otherwise-than-the-record-does-so-openly-with-a-reason-1",
    "id-s23-inconsistent-goods-no-deception-damage-is-the-customer-s-1",
    "vn-at-most-two-disputes-for-a-product-2",
    "vn-goods-go-back-as-the-rule-though-only-a-refund-was-asked-1",
)
BOTH: Final = ((Role.CUSTOMER, Language.ID), (Role.SELLER, Language.EN))
"""Whose statement is kept in which language."""
DIGESTS: Final = """
import hashlib
from tests.core.test_statement import BOTH, GOLDEN, named, plain
print(hashlib.sha256("".join(plain(named(n).written(*b)) for n in GOLDEN for b in BOTH).encode()).hexdigest())
"""


@pytest.mark.parametrize("name", GOLDEN)
@pytest.mark.parametrize("role, language", BOTH)
def test_statements_are_as_they_were(name: str, role: Role, language: Language) -> None:
    """To renew after a change of words: MUFAKAT_RENEW=1, and read what changed."""
    said = plain(named(name).written(role, language))
    file = FOLDER / f"{name}.{role.lower()}.{language}.txt"
    if os.environ.get("MUFAKAT_RENEW"):
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8")


def test_no_golden_statement_is_left_over() -> None:
    wanted = {f"{name}.{role.lower()}.{language}.txt" for name in GOLDEN for role, language in BOTH}
    assert {each.name for each in FOLDER.iterdir()} == wanted


def test_every_judgement_has_both_statements_in_both_languages_whole() -> None:
    assert len(every()) > 80
    for judged in every():
        for role in PARTIES:
            for language in Language:
                written = judged.written(role, language)
                check_whole(written)
                page = html(written)
                assert f'<html lang="{language}">'.encode() in page
                assert page == html(judged.written(role, language))


def check_whole(written: Statement) -> None:
    """Every section but the remedy is there, no cell is empty, no table is ragged, no fact is missing."""
    keys = [each.key for each in written.sections]
    assert keys == [key for key in READ_IN if key in keys]
    won = any(each.decision is Decision.FOR_CUSTOMER for each in written.lines)
    assert set(SectionKey) - set(keys) == (set() if won else {SectionKey.REMEDY})
    for section in written.sections:
        assert section.blocks, section.key
        for block in section.blocks:
            if block.kind in (BlockKind.TEXT, BlockKind.QUOTE):
                assert block.text
            for row in block.rows:
                assert len(row) == (len(block.columns) or 2)
                if block.label not in ("What the customer is to have", "Hak pembeli"):
                    assert all(row), (section.key, row)


READ_IN: Final = (
    SectionKey.ASKED,
    SectionKey.DECISION,
    SectionKey.REMEDY,
    SectionKey.NEXT,
    SectionKey.DISAGREE,
    SectionKey.MATERIAL,
    SectionKey.RECORD,
    SectionKey.RULES,
    SectionKey.MACHINE,
    SectionKey.READERS,
)


def test_what_comes_later_changes_nothing() -> None:
    """The statement of a judgement is the same right after it and at the end of the case."""
    for judged in every():
        then = tuple(each for each in judged.log if each.number <= judged.last)
        early = replace(judged, log=then)
        for role in PARTIES:
            texts = {hash_: hash_ for hash_ in own_hashes(judged.log, role)}
            assert early.written(role, Language.EN, texts) == judged.written(role, Language.EN, texts)


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_another_process_with_another_hash_seed_writes_the_same(seed: str) -> None:
    here = "".join(plain(named(name).written(*both)) for name in GOLDEN for both in BOTH)
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    there = subprocess.run(
        [sys.executable, "-c", DIGESTS], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert there == hashlib.sha256(here.encode()).hexdigest()


# --- what each side reads


def test_nobody_reads_the_other_sides_words_or_who_anybody_is() -> None:
    quoted = 0
    for judged in every():
        case = judged.case()
        agents = {each.actor.id for each in judged.log if each.actor.role is Role.AGENT}
        for role in PARTIES:
            theirs = {hash_: f"secret of the other {n}" for n, hash_ in enumerate(own_hashes(judged.log, other(role)))}
            mine = {hash_: f"my own words {n}" for n, hash_ in enumerate(own_hashes(judged.log, role))}
            said = plain(judged.written(role, Language.EN, theirs | mine))
            assert "secret of the other" not in said
            quoted += said.count("my own words")
            words = set(said.replace(",", " ").replace("]", " ").split())
            assert not words & {case.customer_id, case.seller_id, *agents}
    assert quoted > 50


def test_how_the_customer_paid_and_a_parcels_whole_number_are_not_the_sellers() -> None:
    judged = next(each for each in every() if each.market == "id")
    order = replace(judged.order, order=replace(judged.order.order, payment_method="card of a bank"))
    known = replace(judged, order=order)
    assert "card of a bank" in plain(known.written(Role.CUSTOMER, Language.EN))
    assert "card of a bank" not in plain(known.written(Role.SELLER, Language.EN))


def test_a_long_text_of_ones_own_is_cut_and_the_agents_paragraph_is_not() -> None:
    judged = named(GOLDEN[0])
    event = judged.judged.event
    assert isinstance(event, e.Judged)
    with_words = replace(judged.judged, event=replace(event, paragraph="sha256:agents"))
    log = tuple(with_words if each.number == with_words.number else each for each in judged.log)
    mine = own_hashes(log, Role.CUSTOMER) - {"sha256:agents"}
    texts = dict.fromkeys(mine, "w" * (MOST_QUOTED + 1)) | {"sha256:agents": "a" * 4000}
    for role in PARTIES:
        said = plain(replace(judged, log=log).written(role, Language.EN, texts))
        assert "a" * 4000 in said
        assert "w" * (MOST_QUOTED + 1) not in said
    assert "w" * MOST_QUOTED + "…" in plain(replace(judged, log=log).written(Role.CUSTOMER, Language.EN, texts))


def test_it_says_whether_a_machine_took_part() -> None:
    judged = named(GOLDEN[2])
    assert not judged.written(Role.CUSTOMER, Language.EN).automatic
    said = plain(judged.written(Role.CUSTOMER, Language.EN))
    assert "the platform's program" in said
    assert "A person judged: an agent of the platform." in said
    filled = sum(each.is_derived for each in judged.case().matter(1).findings)
    total = len(judged.case().matter(1).findings)
    others = f" and agents of the platform made {total - filled}" if total > filled else ""
    assert f"Findings: {total}; a program filled in {filled} from data{others}." in said
    by_people = plain(named(GOLDEN[1]).written(Role.SELLER, Language.EN))
    assert "a program filled in 0" not in by_people, "nobody reads of what there is none of"
    by_system = replace(judged.judged, actor=SYSTEM)
    log = tuple(by_system if each.number == by_system.number else each for each in judged.log)
    alone = replace(judged, log=log).written(Role.CUSTOMER, Language.EN)
    assert alone.automatic
    assert "This judgement was made automatically: no person took part in it." in plain(alone)


def test_a_finding_against_the_record_shows_what_the_record_alone_says() -> None:
    judged = named(GOLDEN[3])
    matter = judged.case().matter(1)
    differs = [each for each in matter.findings if each.derived not in (None, each.value)]
    assert differs
    said = plain(judged.written(Role.SELLER, Language.EN))
    assert f"otherwise than the record alone says, each with a reason on file: {len(differs)}." in said


@pytest.mark.parametrize(
    "name, role, said",
    [
        (GOLDEN[0], Role.CUSTOMER, "Disputes left: 1."),
        (GOLDEN[0], Role.SELLER, "Appeals left: 1."),
        (GOLDEN[1], Role.SELLER, "no appeal is left."),
        (GOLDEN[1], Role.CUSTOMER, "A person decided the appeal"),
        (GOLDEN[5], Role.CUSTOMER, "no further dispute is left."),
    ],
)
def test_s12_it_says_how_to_disagree_and_how_often_still(name: str, role: Role, said: str) -> None:
    assert said in plain(named(name).written(role, Language.EN))


def test_s22_to_s25_say_who_bears_what_on_the_way_back() -> None:
    shown = set()
    for judged in every():
        event = judged.judged.event
        assert isinstance(event, e.Judged)
        said = plain(judged.written(Role.CUSTOMER, Language.EN))
        for each in event.lines:
            if each.risk_rule:
                shown.add(each.risk_rule)
                assert f"{each.risk_rule}. {rule(each.risk_rule)}" in said
                assert "The goods go back first. The way back is paid by" in said
    assert shown == {"S22", "S23", "S24", "S25"}


def test_the_sources_of_the_values_are_named_while_the_rulebook_is_that_one() -> None:
    judged = named(GOLDEN[1])
    assert "clock.seller_appeal.span | 48 hours" in plain(judged.written(Role.SELLER, Language.EN))
    changed = replace(judged.policy, holidays=frozenset())
    assert cited(load("id"), changed) == {}
    said = statement(judged.log, judged.last, judged.number, judged.order, changed, Role.SELLER, Language.EN, {}, {})
    assert "The rulebook has been written anew since" in plain(said)


# --- refusals and words


def test_only_a_party_has_a_statement_and_only_of_a_judgement() -> None:
    judged = every()[0]
    with pytest.raises(ValueError, match="for a customer or a seller"):
        judged.written(Role.AGENT, Language.EN)
    with pytest.raises(ValueError, match="none has the number 9"):
        replace(judged, number=9).written(Role.CUSTOMER, Language.EN)


def test_every_reason_rule_and_finding_has_words_in_both_languages() -> None:
    for judged in every():
        event = judged.judged.event
        assert isinstance(event, e.Judged)
        for each in event.lines:
            assert each.rule in RULES
            for reason in (*each.because, *each.passed_over):
                english, indonesian = why(reason, Language.EN), why(reason, Language.ID)
                assert english != indonesian or reason == "S16: not reached", reason
    for name in RULES:
        assert rule(name, Language.EN) != rule(name, Language.ID)
    for unit in SpanUnit:
        assert span(Span(2, unit), Language.EN) != span(Span(2, unit), Language.ID)
    assert (span(Span(1, SpanUnit.HOURS)), span(Span(48, SpanUnit.HOURS))) == ("1 hour", "48 hours")
    assert rule("V7") == ""


def test_every_phase_that_a_judgement_leads_to_is_met() -> None:
    led = {Phase.DISMISSED, Phase.AWARDED, Phase.CLOSED, Phase.AWAITING_RETURN, Phase.PERFORMING, Phase.PAYING}
    binding = ("ConfirmJudgement", "JudgeAutomatically")  # what a draft waits in is no judgement yet
    table = {to for move in PROCESS if move.command.__name__ in binding for to in move.to}
    assert table == led
    assert MOVES
    assert {matter.phase for judged in every() for matter in judged.case().matters} >= led


def test_an_exhibit_that_no_finding_rests_on_says_so() -> None:
    judged = named(GOLDEN[0])
    gone = tuple(each for each in judged.log if not _is_about_the_customer(each))
    assert len(gone) < len(judged.log)
    said = plain(_renumbered(judged, gone).written(Role.CUSTOMER, Language.EN))
    assert "On the record; no finding rests on it" in said


def _is_about_the_customer(recorded: e.Recorded) -> bool:
    event = recorded.event
    finding: Finding | None = event.finding if isinstance(event, e.FindingRecorded) else None
    return finding is not None and finding.party is Role.CUSTOMER and finding.value is FindingValue.VALID


def _renumbered(judged: Judgement, log: tuple[e.Recorded, ...]) -> Judgement:
    """The judgement with another log, its events numbered anew."""
    fresh = tuple(replace(each, number=n) for n, each in enumerate(log, start=1))
    return replace(judged, log=fresh, last=fresh[-1].number)
