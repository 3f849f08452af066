"""The pages of the rules: every value of both rulebooks with its source, those of a case, and the way of a case lit."""

import html
import re
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise
from typing import Final

import pytest

from mufakat import rulebooks
from mufakat.api.wire.rulebooks import ValueOut
from mufakat.core.diagram import edges
from mufakat.core.events import PhaseEntered
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.policy.history import TOGETHER, Grade
from mufakat.core.policy.policy import ClockName, Policy, Span, SpanUnit
from mufakat.core.policy.reader import shown
from mufakat.core.policy.rulebook import ClockAnchor, Rulebook, entries_in_force, resolve
from mufakat.core.policy.values import values_of
from mufakat.core.process import OPEN, OWNERS, moves_from
from mufakat.core.words import Language
from mufakat.web.diagram import BESIDE, HIGH, MAIN, drawing, lane_at
from mufakat.web.drawing import draw
from mufakat.web.routes.rules import OfCase, phases_entered, shown_rules
from mufakat.web.rule_words import ANCHORS, CLOCKS, GROUPS, SWITCHES
from mufakat.web.rules import changes, day_text
from mufakat.web.tongue import Tongue
from mufakat.web.way import MANY, NAMES, SAID, drawn, label_of
from tests.accounts.people import person
from tests.api.test_queue import disputed, take
from tests.core.stands import STANDS
from tests.web.browsing import Browser, Drawn, browser
from tests.web.signing import sign_in
from tests.web.test_pages import LARGEST, seen_in, visit_of
from tests.web.test_steps import ENGLISH, refused

BOOKS: Final = [rulebooks.load(name) for name in rulebooks.names()]
TODAY: Final = date(2026, 11, 24)


def entries(book: Rulebook, day: date) -> list[ValueOut]:
    """The values of a day as the API answers them."""
    found = entries_in_force(book, day)
    return [ValueOut(each.path, each.value, each.since, each.cites, each.grade.value) for each in found]


def rules_page(
    book: Rulebook, policy: Policy, language: Language, *, of_case: OfCase | None = None, codes: bool = False
) -> Drawn:
    """The page drawn, without a server."""
    known = shown_rules(Tongue(language), book, policy, entries(book, policy.day), TODAY, of_case)
    return Drawn(draw("rules.html", Tongue(language), visit_of(Role.SELLER), "/", codes=codes, wrong="", **known))


def case_rules(phase: Phase, role: Role, language: Language = Language.EN, policy: Policy | None = None) -> Drawn:
    """The rules of a case that stands in a phase."""
    story, seen = STANDS[phase](), seen_in(phase, role, language)
    entered = phases_entered((each.event for each in story.log), role)
    of_case = OfCase(seen, "0" * 64, entered)
    return rules_page(BOOKS[0], policy or story.policy, language, of_case=of_case)


def parts_of(page: Drawn, name: str) -> list[str]:
    """The boxes of the drawing that have a class."""
    found = re.findall(r'href="#phase-(\w+)" class="box ([\w ]*)"', page.source)
    return [phase for phase, classes in found if name in classes.split()]


def ids(page: Drawn) -> list[str]:
    return [str(found["id"]) for _, found in page.tags if found.get("id")]


# --- values


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
@pytest.mark.parametrize("day", [date(2025, 8, 30), TODAY])
def test_a_policy_has_the_values_of_its_rulebook_under_their_paths(book: Rulebook, day: date) -> None:
    values = values_of(resolve(book, day))
    assert {path: shown(value) for path, value in values.items()} == {
        each.path: each.value for each in entries_in_force(book, day)
    }


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_every_value_is_shown_with_an_anchor_and_its_source(book: Rulebook, language: Language) -> None:
    """S27 and all others that a rulebook fills: nothing that decides stands where people cannot read it."""
    policy = resolve(book, TODAY)
    values, codes = (rules_page(book, policy, language, codes=each) for each in (False, True))
    for each in entries(book, TODAY):
        page = codes if each.path.startswith("code.") else values
        footing = footings(page)[each.path]
        assert f'class="g-{each.grade}"' in footing, each.path
        named = [sources(page)[number] for number in re.findall(r"#source-(\d+)", footing)]
        cited = [] if each.grade == Grade.DEFAULT else each.cites.split(TOGETHER)
        assert len(named) == len(cited)
        for cites, name in zip(cited, named, strict=True):
            assert cites.partition(" ")[0].removeprefix("https://").lower() in name.lower(), each.path
        assert (day_text(Tongue(language), each.since) in footing) is (each.since != book.starts), each.path
    for page in (values, codes):
        assert len(page.source.encode()) < LARGEST
        assert len(ids(page)) == len(set(ids(page)))
        assert {link[1:] for link in page.links if link.startswith("#")} <= set(ids(page))
        assert "%(" not in page.source


def footings(page: Drawn) -> dict[str, str]:
    """The id of each value on the page to what it stands on, as HTML."""
    found: dict[str, str] = {}
    for rule in re.findall(r'<div class="rule".*?</div>', page.source, re.DOTALL):
        for said, footing in re.findall(r'<ul>(.*?)</ul><p class="footing">(.*?)</p>', rule, re.DOTALL):
            own = re.findall(r' id="([^"]*)"', said) or re.findall(r' id="([^"]*)"', rule)[:1]
            found |= {html.unescape(each): footing for each in own}
    return found


def sources(page: Drawn) -> dict[str, str]:
    """The sources by their number on the page."""
    return dict(re.findall(r'<li id="source-(\d+)">\[\d+\] (.*?)</li>', html.unescape(page.source)))


def test_values_are_told_in_words_with_their_units() -> None:
    text = rules_page(BOOKS[0], resolve(BOOKS[0], TODAY), Language.EN).text
    assert "The seller answers a request 2 calendar days from the request" in text
    assert "The seller carries a decision out 48 hours from when it is the seller's turn" in text
    assert "A cancellation is granted at once, where the seller ships, within 60 minutes after the order" in text
    assert "Disputes about the same goods, at most 2" in text
    own = rules_page(BOOKS[0], resolve(BOOKS[0], TODAY), Language.ID).text
    assert "Penjual menjawab permintaan 2 hari kalender sejak permintaan" in own


def test_an_amount_is_told_in_the_market_s_money() -> None:
    policy = resolve(BOOKS[0], TODAY)
    strict = replace(policy, switches=replace(policy.switches, four_eyes_above=50_000_000))
    assert "about more than Rp500,000" in rules_page(BOOKS[0], strict, Language.EN).text


def test_each_clock_anchor_and_switch_has_words_and_each_value_a_group() -> None:
    assert set(ANCHORS) == set(ClockAnchor)
    for book in BOOKS:
        paths = list(values_of(resolve(book, TODAY)))
        assert all(any(path.startswith(group.heads) for group in GROUPS) for path in paths)
        assert {path.split(".")[1] for path in paths if path.startswith("switch.")} == set(SWITCHES)
        assert {path.split(".")[1] for path in paths if path.startswith("clock.")} <= {name.value for name in CLOCKS}


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_what_changed_is_told_with_its_day(book: Rulebook) -> None:
    found = changes(Tongue(Language.EN), book)
    taken = next(each for each in found if each.label == "Unable to deliver to buyer address")
    assert (taken.day, taken.title, taken.after) == (date(2025, 8, 31), "A seller cancels", "no more")
    assert [each.day for each in found] == sorted((each.day for each in found), reverse=True)


# --- of a case


def test_what_is_different_today_is_marked() -> None:
    old = STANDS[Phase.REVIEW]().policy
    offer = replace(old.clocks[ClockName.OFFER], span=Span(9, SpanUnit.HOURS))
    page = case_rules(Phase.REVIEW, Role.CUSTOMER, policy=replace(old, clocks=old.clocks | {ClockName.OFFER: offer}))
    assert "What is different today The customer answers an offer : 9 hours from the offer today: 48 hours" in page.text
    line = page.source.partition('id="clock.offer.span"')[2].partition("</ul>")[0]
    assert 'class="differs"' in line
    assert "today: 48 hours from the offer" in line
    assert "Kept by the case; the rulebook has been written anew since" in footings(page)["clock.offer.span"]


def test_values_that_came_or_went_since_are_marked() -> None:
    old = STANDS[Phase.REVIEW]().policy
    fewer = replace(old, destinations=old.destinations[1:])
    more = replace(old, destinations=(*old.destinations, replace(old.destinations[0], method="VOUCHER")))
    came = case_rules(Phase.REVIEW, Role.SELLER, policy=fewer).text
    assert "Paid in cash on delivery: not in this policy today: a bank account of the customer" in came
    went = case_rules(Phase.REVIEW, Role.SELLER, policy=more).text
    assert "voucher: a bank account of the customer today: no more" in went


@pytest.mark.parametrize("role", PARTIES)
@pytest.mark.parametrize("phase", list(STANDS))
def test_in_every_phase_the_way_lights_where_the_case_stands_and_stood(phase: Phase, role: Role) -> None:
    page, story = case_rules(phase, role), STANDS[phase]()
    now = {matter.phase for matter in story.case.matters}
    assert phase in now
    assert set(parts_of(page, "now")) == now
    been = {each.event.phase for each in story.log if isinstance(each.event, PhaseEntered)}
    assert set(parts_of(page, "passed")) == been - now
    assert page.source.count('aria-current="step"') == len(now)
    assert page.text.count("the case is here") == len(now)
    assert len(page.source.encode()) < LARGEST


def test_all_parts_of_a_case_are_lit() -> None:
    way = drawn(Tongue(Language.EN), BOOKS[0], STANDS[Phase.REVIEW]().policy, {Phase.PAYING, Phase.DISMISSED}, ())
    assert {box.name for box, _, state in way.boxes if state == "now"} == {"PAYING", "DISMISSED"}
    assert {place.phase for place in way.places if place.state == "now"} == {Phase.PAYING, Phase.DISMISSED}


# --- the way


def test_each_phase_has_a_box_in_the_column_of_whose_turn_it_is() -> None:
    boxes = {box.name: box for box in drawing().boxes}
    assert set(boxes) == set(NAMES)
    columns = {Role.CUSTOMER: 0, Role.SELLER: 1, Role.AGENT: 2, Role.CLOCK: 3, Role.SYSTEM: 3}
    for phase, owners in OWNERS.items():
        for role in owners:
            assert boxes[phase].x <= lane_at(columns[role]) < boxes[phase].x + boxes[phase].width
    for one, two in combinations(boxes.values(), 2):
        apart = one.y + HIGH <= two.y or two.y + HIGH <= one.y
        assert apart or one.x + one.width <= two.x or two.x + two.width <= one.x


def test_no_arrow_runs_through_a_box_or_along_another() -> None:
    whole = drawing()
    for arrow in whole.arrows:
        for (x1, y1), (x2, y2) in pairwise(arrow.points):
            assert x1 == x2 or y1 == y2
            for box in whole.boxes:
                inside = min(x1, x2) < box.x + box.width and max(x1, x2) > box.x
                assert not (inside and min(y1, y2) < box.y + HIGH and max(y1, y2) > box.y), (arrow, box)
    pieces = [piece for arrow in whole.arrows for piece in pairwise(arrow.points)]
    for one, two in combinations(pieces, 2):
        for axis in (0, 1):
            if one[0][axis] == one[1][axis] == two[0][axis] == two[1][axis]:
                (a, b), (c, d) = (sorted(point[1 - axis] for point in piece) for piece in (one, two))
                assert b <= c or d <= a, (one, two)


def test_what_the_drawing_leaves_out_is_what_it_says_in_words() -> None:
    arrows = {(arrow.start, arrow.end) for arrow in drawing().arrows}
    ends = {box.name for box in drawing().boxes if box.ends}
    assert arrows >= MAIN
    for phase in set(OPEN) - BESIDE:
        for to, labels in edges(phase).items():
            withdrawn = all(label.startswith("WithdrawDispute") for label in labels)
            follows = to in ("PAYING", "PERFORMING") and "NEXT_STEP" in edges(phase)
            end = "CLOSED" if to == "[*]" else to
            drawn_so = (phase, end) in arrows or (to == "[*]" and phase in ends)
            assert drawn_so or withdrawn or follows or to in BESIDE, (phase, to)


@pytest.mark.parametrize("language", list(Language))
def test_the_way_in_words_says_all_that_the_table_says(language: Language) -> None:
    t, policy = Tongue(language), STANDS[Phase.REVIEW]().policy
    way = drawn(t, BOOKS[0], policy)
    assert [place.phase for place in way.places] == list(Phase)
    said = {place.phase: place for place in way.places}
    for phase in OPEN:
        deeds = {deed.label for _who, deeds in said[phase].deeds for deed in deeds}
        for move in moves_from(phase):
            labels = {label_of(t, move.command.__name__, role) for role in move.roles}
            everywhere = {each.label for each in way.usual}
            assert labels <= (everywhere if move.command in MANY else deeds), (phase, move.command)
        assert said[phase].until, phase
    assert len({t.say(each) for each in NAMES.values()}) == len(NAMES)


def test_an_arrow_says_who_does_what() -> None:
    way = drawn(Tongue(Language.EN), BOOKS[0], STANDS[Phase.REVIEW]().policy)
    said = {(arrow.start, arrow.end): text for arrow, text in way.arrows}
    assert said["REVIEW", "REJECTED"] == "Request → Request refused. The seller: Refuse; nothing happens in time"
    assert said["REJECTED", "EVIDENCE"].endswith("Dispute: material. The customer: Ask the platform to step in")
    assert {word for *_place, word in way.said} >= {"approves", "refuses", "disputes", "appeals", "paid"}
    assert set(SAID) <= MAIN & set(said)


# --- over HTTP


async def test_a_visitor_reads_the_rules_of_a_day(ani: Browser) -> None:
    page = await ani.page("/rules", **ENGLISH)
    assert "The rules What holds in Indonesia" in page.text
    assert "/rules" in (await ani.page("/orders")).links
    gone = "seller_cancel_paid_reason_address_not_deliver"
    assert f"code.SELLER_CANCEL.{gone}" not in ids(await ani.page("/rules/codes"))
    assert f"code.SELLER_CANCEL.{gone}" in ids(await ani.page("/rules/codes?on=2025-08-30"))
    early = await ani.get("/rules?on=2024-01-01", **ENGLISH)
    assert early.status_code == 422
    assert "These rules begin on 2 Jul 2025" in Drawn(early.text).text
    assert "That is no day" in Drawn((await ani.get("/rules?on=soon", **ENGLISH)).text).text


async def test_strangers_do_not_come_in(visitor: Browser) -> None:
    assert (await visitor.get("/rules")).status_code == 401


async def test_a_case_leads_to_its_rules_and_each_side_and_its_agent_read_them(ani: Browser) -> None:
    case_id = await disputed(ani.shop)
    where = f"/cases/{case_id}/rules"
    page = await ani.page(where, **ENGLISH)
    assert where in (await ani.page(f"/cases/{case_id}")).links
    assert parts_of(page, "now") == ["DECIDING"]
    assert set(parts_of(page, "passed")) == {"REVIEW", "REJECTED", "EVIDENCE"}
    assert "Nothing: all values are those of" in page.text
    case = (await ani.shop.http.get(f"/v1/cases/{case_id}/policy", headers=ani.shop.customer())).json()
    assert case["hash"] in page.text
    assert (await ani.page(f"{where}/codes")).forms
    seller = browser(ani.shop)
    await seller.enter(Role.SELLER)
    assert (await seller.get(where)).status_code == 200
    rina = await person(ani.shop, "rina")
    agent = browser(ani.shop)
    await sign_in(agent, rina)
    assert (await agent.get(where)).status_code in (403, 404), "not their work"
    await take(rina)
    assert where in (await agent.page(f"/cases/{case_id}")).links
    assert (await agent.get(where)).status_code == 200


async def test_of_a_case_that_is_not_theirs_nobody_reads_the_rules(ani: Browser) -> None:
    case_id = await refused(ani.shop)
    other = browser(ani.shop)
    await other.enter(Role.CUSTOMER, "c-2")
    assert (await other.get(f"/cases/{case_id}/rules")).status_code == 404
