"""Pages and documents: what a person wrote is shown and never obeyed; the same statement gives the same bytes."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from typing import Final

import pypdfium2  # type: ignore[import-untyped]
import pytest

from mufakat.core.parties import PARTIES, Role
from mufakat.core.statement import Section, SectionKey, Statement
from mufakat.core.statement.model import quote, table
from mufakat.core.words import Language
from mufakat.paper import document, page
from mufakat.paper.document import NoDocument, pdf, softened, told
from mufakat.paper.setting import set_document
from mufakat.paper.words import clean
from tests.statements import named

HOSTILE: Final = (
    "#panic()",
    '#read("/etc/passwd") #sys.inputs',
    "$x$ \\ `a` *b* _c_ = head\n== deep",
    "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;\"'",
    "W" * 900,
    "\U0001f600 \U0001f469\u200d\U0001f469\u200d\U0001f467",
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "\u202eevil\u202c \x00\x07\x1b[31m nul",
    "\ud800 half a pair",
    "\u4e2d\u6587 \u0e44\u0e17\u0e22",
)
NAME: Final = "id-one-appeal-a-dispute-decided-against-the-seller-it-is-carried-out-2"


def written(role: Role = Role.CUSTOMER, language: Language = Language.EN) -> Statement:
    """A statement of a scenario."""
    return named(NAME).written(role, language)


def hostile() -> Statement:
    """The same with everything in it that people may write, as words and in cells."""
    words = tuple(quote(each, each[:40]) for each in HOSTILE)
    cells = table(HOSTILE[0], ("a", HOSTILE[2]), [(each, each) for each in HOSTILE])
    found = written()
    return replace(found, sections=(Section(SectionKey.MATERIAL, HOSTILE[0], (*words, cells)), *found.sections))


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """Keep it."""
        self.text += data


def read(content: bytes) -> Tags:
    """What a browser finds in a page."""
    tags = Tags()
    tags.feed(content.decode())
    return tags


def text_of(content: bytes) -> str:
    """What a reader of a PDF finds in it."""
    found = pypdfium2.PdfDocument(content)
    try:
        return "\n".join(found[n].get_textpage().get_text_bounded() for n in range(len(found)))
    finally:
        found.close()


def test_what_people_write_is_no_markup_of_a_page() -> None:
    tags = read(page.html(hostile()))
    assert not set(tags.tags) & {"script", "img", "iframe", "link"}
    allowed = {"lang", "charset", "name", "content", "aria-labelledby", "id", "scope", "dir", "href"}
    leads = re.findall(r'href="([^"]*)"', page.html(hostile()).decode())
    assert all(re.fullmatch(rf"/cases/{hostile().case_id}/rules#[a-z_.A-Z0-9]+", each) for each in leads), "to rules"
    assert tags.attributes <= allowed
    assert "<script>alert(1)</script>" in tags.text
    assert "\u202e" not in tags.text
    assert "\x1b" not in tags.text


def test_each_rule_and_value_behind_a_judgement_leads_to_itself_among_the_rules_of_the_case() -> None:
    found = written()
    (rules,) = (each for each in found.sections if each.key is SectionKey.RULES)
    paths = [row[0] for block in rules.blocks if block.columns for row in block.rows]
    assert "clock.seller_appeal.span" in paths
    content = page.html(found).decode()
    assert all(f'<a href="/cases/{found.case_id}/rules#{path}">{path}</a>' in content for path in paths)
    assert f'<a href="/cases/{found.case_id}/rules#S15">S15</a>. The material supports' in content
    assert f'<a href="/cases/{found.case_id}/rules#S17">S17</a>: the customer&#x27;s material' in content


def test_a_page_has_headings_in_order_a_language_and_heads_of_columns() -> None:
    for role in PARTIES:
        for language in Language:
            content = page.html(written(role, language))
            tags = read(content)
            assert tags.tags.count("h1") == 1
            assert tags.tags.count("h2") == len(written(role, language).sections)
            assert tags.tags.index("h1") < tags.tags.index("h2")
            assert tags.tags.count("caption") == tags.tags.count("table") == tags.tags.count("thead")
            assert f'<html lang="{language}">'.encode() in content


def test_a_page_may_use_its_own_style_and_nothing_else() -> None:
    style = re.search(r"<style>(.*?)</style>", page.html(written()).decode(), re.DOTALL)
    assert style is not None
    digest = b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.POLICY
    assert page.POLICY.startswith("default-src 'none'")


def test_a_document_shows_what_people_write_and_obeys_none_of_it() -> None:
    said = hostile()
    made = set_document(told(said).decode(), int(said.judged_at.timestamp()))
    found = text_of(made).replace("\u200b", "")
    assert "#panic()" in found
    assert '#read("/etc/passwd")' in found or "#read(" in found
    assert "*b* _c_" in found
    assert "root:" not in found
    assert "<script>alert(1)</script>" in re.sub(r"\s+", "", found)


def test_the_same_statement_is_the_same_document_tagged_and_dated_by_the_judgement() -> None:
    for role, language in ((Role.CUSTOMER, Language.ID), (Role.SELLER, Language.EN)):
        said = written(role, language)
        data, moment = told(said).decode(), int(said.judged_at.timestamp())
        made = set_document(data, moment)
        assert made == set_document(data, moment)
        assert b"/StructTreeRoot" in made
        with_title = pypdfium2.PdfDocument(made)
        about = with_title.get_metadata_dict()
        with_title.close()
        assert said.title in about["Title"]
        assert about["CreationDate"].startswith(said.judged_at.strftime("D:%Y%m%d%H%M%S"))
        assert re.sub(r"\s+", " ", said.sections[0].heading) in re.sub(r"\s+", " ", text_of(made))


def test_every_page_of_a_document_has_ink_and_nothing_runs_over_its_edge() -> None:
    said = hostile()
    found = pypdfium2.PdfDocument(set_document(told(said).decode(), int(said.judged_at.timestamp())))
    try:
        assert len(found) >= 3
        for n in range(len(found)):
            picture = found[n].render(scale=1).to_pil().convert("L")
            dark = picture.point(lambda value: 255 if value < 128 else 0).getbbox()
            assert dark is not None
            assert dark[0] > 40
            assert dark[2] < picture.width - 40
    finally:
        found.close()


async def test_a_document_is_set_in_a_process_of_its_own_with_the_same_bytes() -> None:
    said = written()
    made = await pdf(said)
    assert made == set_document(told(said).decode(), int(said.judged_at.timestamp()))


async def test_a_document_that_is_too_large_or_takes_too_long_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    said = written()
    with monkeypatch.context() as patch:
        patch.setattr(document, "MOST_DATA", 100)
        with pytest.raises(NoDocument, match="a document is made of 100 at most"):
            await pdf(said)
    with monkeypatch.context() as patch:
        patch.setattr(document, "MOST_BYTES", 100)
        with pytest.raises(NoDocument, match="100 at most are handed out"):
            await pdf(said)
    with monkeypatch.context() as patch:
        patch.setattr(document, "SECONDS", 0.001)
        with pytest.raises(NoDocument, match=r"took longer than 0\.001 seconds"):
            await pdf(said)


async def test_a_layout_that_fails_is_told_and_hands_out_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "told", lambda _said: b"no json")
    with pytest.raises(NoDocument, match="could not be set"):
        await pdf(written())


def test_long_words_may_be_broken_and_nothing_else_changes() -> None:
    assert softened("short words stay") == "short words stay"
    assert softened("w" * 40).replace("\u200b", "") == "w" * 40
    assert max(map(len, softened("w" * 400).split("\u200b"))) == document.LONGEST_WORD
    assert clean("a\u00a0b\tc\nd\x00\u202e\ud800") == "a\u00a0b\tc\nd"
