"""What pages show: every phase to both sides in both languages, under strict headers, nothing that is not theirs."""

import re
from pathlib import Path
from typing import Any

import pytest
from tools import catalogue

from mufakat.api import showing
from mufakat.api.principals import Principal
from mufakat.api.rights import Caller
from mufakat.core import commands as c
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.process import PROCESS
from mufakat.core.remedies import StepCode
from mufakat.core.view import ViewerState
from mufakat.core.words import Language
from mufakat.web import phases
from mufakat.web.assets import assets
from mufakat.web.drawing import POLICY, draw, environment, paragraphs
from mufakat.web.filling import Filled
from mufakat.web.form import Field
from mufakat.web.phases import STEPS_SAID
from mufakat.web.routes.steps import CHOICES
from mufakat.web.seen import Seen, product_name, shown_to
from mufakat.web.steps import OF
from mufakat.web.tongue import Tongue
from mufakat.web.visits import Visit
from tests.core.stands import STANDS
from tests.core.story import CUSTOMER, SELLER
from tests.web.browsing import Browser, Drawn, browser

LARGEST = 100_000
"""Bytes of a page."""
IDS = {Role.CUSTOMER: CUSTOMER.id, Role.SELLER: SELLER.id}


def visit_of(role: Role) -> Visit:
    return Visit(Principal(Caller(role), "toko", IDS[role]), "word", STANDS[Phase.REVIEW]().now)


def seen_in(phase: Phase, role: Role, language: Language) -> Seen:
    """A case that stands in a phase, before one side."""
    story = STANDS[phase]()
    shown = showing.Shown(story.case, story.order, story.policy, role, story.now, {})
    t = Tongue(language, story.policy.zone)
    return shown_to(shown, visit_of(role).who, t, entries=[], messages=[], statements=[])


def case_page(seen: Seen) -> Drawn:
    more = {"done": "", "steps_said": STEPS_SAID, "none_given": Filled(), "key": "k"}
    return Drawn(draw("case.html", seen.t, visit_of(seen.me), "/cases/x", s=seen, **more))


# --- words


def test_the_catalogue_is_complete_and_up_to_date() -> None:
    made = catalogue.renewed()
    assert catalogue.missing(made) == []
    assert catalogue.written(made) == catalogue.PO.read_bytes(), "python -m tools.catalogue"
    assert len(made) > 250


def test_translations_name_the_facts_that_the_originals_name() -> None:
    for each in catalogue.kept():
        ids, strings = (x if isinstance(x, tuple) else (x,) for x in (each.id, each.string))
        named = [set(re.findall(r"%\((\w+)\)s", text)) for text in (*ids, *strings)]
        assert all(found == named[-1] for found in named), each.id


def test_each_phase_and_turn_has_words_for_both_sides() -> None:
    for role in PARTIES:
        assert set(phases.SAID[role]) == set(Phase)
    assert set(phases.PILLS) == set(ViewerState)
    assert set(STEPS_SAID) == set(StepCode)


@pytest.mark.parametrize(
    "language, shown",
    [
        (Language.EN, ("Rp450,000", "Rp1,250.50", "₫4,500")),
        (Language.ID, ("Rp450.000", "Rp1.250,50", "₫4.500")),
    ],
)
def test_amounts_are_written_as_their_readers_write_them(language: Language, shown: tuple[str, ...]) -> None:
    t = Tongue(language)
    assert (t.money(45_000_000, "IDR"), t.money(125_050, "IDR"), t.money(4_500, "VND")) == shown
    assert t.money(-100, "IDR") == "-Rp1"


def test_articles_are_called_as_people_call_them() -> None:
    assert product_name("blender-400w") == "Blender 400w"
    assert product_name("SKU-9931") == "SKU-9931"


# --- every phase


@pytest.mark.parametrize("role", PARTIES)
@pytest.mark.parametrize("phase", list(STANDS))
def test_a_case_in_every_phase_can_be_shown(phase: Phase, role: Role) -> None:
    pages = {language: case_page(seen_in(phase, role, language)) for language in Language}
    for language, page in pages.items():
        title, _ = phases.SAID[role][phase]
        assert Tongue(language).say(title) in page.text
        assert len(page.source.encode()) < LARGEST
        assert "%(" not in page.source
        assert "§" not in page.text
    assert pages[Language.EN].text != pages[Language.ID].text
    english, indonesian = ({each for each in page.links if "steps" in each} for page in pages.values())
    assert english == indonesian


@pytest.mark.parametrize("role", PARTIES)
def test_whatever_a_party_may_do_has_a_form(role: Role) -> None:
    allowed = {move.command.__name__ for move in PROCESS if role in move.roles}
    assert allowed - {c.OpenRequest.__name__} == set(OF[role])


def test_whatever_an_agent_may_do_has_a_form_or_stands_on_the_worksheet() -> None:
    allowed = {move.command.__name__ for move in PROCESS if Role.AGENT in move.roles}
    sheet = {each.__name__ for each in (c.RecordFinding, c.RecordFindings, c.AssessLine)}
    assert allowed - sheet == set(OF[Role.AGENT])


@pytest.mark.parametrize("role", PARTIES)
@pytest.mark.parametrize("phase", list(STANDS))
def test_a_party_finds_the_form_of_each_available_action(phase: Phase, role: Role) -> None:
    seen = seen_in(phase, role, Language.EN)
    page = case_page(seen)
    ways = {*page.links, *(str(form["action"]) for form in page.forms)}
    for action in seen.case.available_actions:
        way = f"/cases/{seen.case.case_id}/steps/{action.command}?matter={action.matter}"
        assert way in ways, action
        step = next(each for each in seen.steps if each.command == action.command)
        more = {"given": Filled(), "expected": seen.expected(), "items": ["MESSAGE"], "choices": CHOICES}
        form = Drawn(draw("step.html", seen.t, visit_of(role), "/", s=seen, step=step, **more))
        names = {str(found.get("name")) for _, found in form.tags if found.get("name")}
        drawn = {"files": "photos", "lines": "line", "proof": "photos"}
        wanted = {drawn.get(field, str(field)) for field in step.form.fields}
        assert wanted <= names, action


def test_each_field_is_in_some_form() -> None:
    assert {field for forms in OF.values() for form in forms.values() for field in form.fields} == set(Field)


# --- safety


def test_templates_hold_no_script_and_no_style_of_their_own() -> None:
    folder = Path(catalogue.WEB) / "templates"
    for path in folder.glob("*.html"):
        text = path.read_text()
        assert not re.search(r"\son\w+=|javascript:|<script(?![^>]*\bsrc=)|\|\s*safe\b", text), path.name
        if path.name != "copy.html":  # which is kept as a file and fetches nothing
            assert not re.search(r"\sstyle=|<style", text), path.name
    assert environment().autoescape


def test_nothing_is_fetched_from_elsewhere() -> None:
    for name, each in assets().items():
        text = each.content.decode().replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, name
    assert "unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none'")


def test_what_people_write_stays_text() -> None:
    shown = str(paragraphs("<img src=x onerror=alert(1)>\nnext line\n\nparagraph & more"))
    assert shown == "<p>&lt;img src=x onerror=alert(1)&gt;<br>next line</p><p>paragraph &amp; more</p>"


async def test_pages_come_with_strict_headers(ani: Browser) -> None:
    case = await ani.shop.case()
    for path in ("/orders", "/orders/o-1", "/orders/o-1/ask", "/cases", f"/cases/{case}", "/nothing"):
        got = await ani.get(path)
        assert got.headers["content-security-policy"] == POLICY, path
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["cross-origin-opener-policy"] == "same-origin"
        assert got.headers["cache-control"] == "no-store"
        assert got.headers["referrer-policy"] == "same-origin"


async def test_assets_are_kept_for_ever_under_a_name_of_their_content(visitor: Browser) -> None:
    for each in assets().values():
        got = await visitor.get(each.href)
        assert got.status_code == 200
        assert "immutable" in got.headers["cache-control"]
        assert got.content == each.content
        assert (await visitor.get(f"/assets/{'0' * 16}/{each.name}")).status_code == 404


# --- whose it is


async def test_nobody_sees_what_is_not_theirs(ani: Browser) -> None:
    case = await ani.shop.case()
    stranger = browser(ani.shop)
    await stranger.enter(who="c-2")
    paths = ["/orders/o-1", "/orders/o-1/ask", f"/cases/{case}", f"/cases/{case}/copy", f"/cases/{case}/live"]
    paths += [f"/cases/{case}/steps/WithdrawRequest", f"/cases/{case}/statements/1", f"/cases/{case}/files/{'0' * 64}"]
    for path in paths:
        theirs, none = await stranger.get(path), await stranger.get(path.replace(case, "no-such").replace("o-1", "o-9"))
        assert theirs.status_code == none.status_code == 404, path
        assert "blender" not in theirs.text.lower()
    own = await ani.get(f"/cases/{case}")
    assert own.status_code == 200
    assert "The blender does not start." in own.text
    assert case not in (await stranger.get("/cases")).text
    assert "o-1" not in (await stranger.get("/orders")).text


async def test_the_other_side_is_called_by_its_role_alone(ani: Browser) -> None:
    case = await ani.shop.case()
    assert "s-1" not in (await ani.get(f"/cases/{case}")).text
    seller = browser(ani.shop)
    await seller.enter(Role.SELLER)
    got = await seller.get(f"/cases/{case}")
    assert got.status_code == 200
    assert "c-1" not in got.text.replace(case, "")  # an id of a case may hold anything


async def test_a_copy_is_whole_and_fetches_nothing(ani: Browser) -> None:
    case = await ani.shop.case()
    got = await ani.get(f"/cases/{case}/copy")
    assert got.headers["content-disposition"].startswith("attachment")
    page = Drawn(got.text)
    assert "The blender does not start." in page.text
    fetched: list[Any] = [found for tag, found in page.tags if tag in ("script", "link", "img") or "href" in found]
    assert not fetched


async def test_orders_are_listed_newest_first_a_page_at_a_time(ani: Browser) -> None:
    for n in range(14):
        day = ani.shop.clock.now().replace(microsecond=0)
        await ani.shop.order(f"o-{n}", purchased_at=day.replace(year=day.year - 1, month=1, day=n + 1).isoformat())
    first = await ani.page("/orders")
    shown = [link for link in first.links if re.fullmatch(r"/orders/o-\d+", link)]
    assert shown == [f"/orders/o-{n}" for n in range(13, 1, -1)]
    second = await ani.page("/orders?skip=12")
    assert [link for link in second.links if re.fullmatch(r"/orders/o-\d+", link)] == ["/orders/o-1", "/orders/o-0"]
    assert "/orders" in second.links


async def test_without_orders_the_page_says_so(visitor: Browser) -> None:
    await visitor.enter(who="c-new")
    assert "There are no orders of yours here yet." in (await visitor.page("/orders", **{"accept-language": "en"})).text
