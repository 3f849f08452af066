"""Telling a story at the pages: what a person reads and presses, by role and name as they find it.

Names come from the tables of the pages and their catalogue, so that another wording of a button breaks no story.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from playwright.sync_api import Locator

from mufakat.core.claim import FindingValue, Reason, RemedyKind
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.words import item, sentence_case, term
from mufakat.web.agents_forms import AGENTS
from mufakat.web.phases import SAID
from mufakat.web.steps import OF
from tests.web.chromium import Screen

LOOK = "Go on to a last look"


@dataclass(frozen=True)
class Visitor:
    """Somebody at the pages. `scripted`: their browser runs scripts, so that axe can, too."""

    screen: Screen
    role: Role
    scripted: bool = True

    # --- reading

    def reads(self, text: str) -> None:
        """It stands on the page, or comes there by itself."""
        self.screen.page.get_by_text(text).first.wait_for()

    def is_told(self, phase: Phase) -> None:
        """The page says how the case stands; where scripts run, without being asked anew."""
        title, _ = SAID[self.role][phase]
        if not self.scripted:
            self.screen.page.reload()
        self.screen.page.get_by_role("heading", name=self.screen.t.say(title), exact=True).first.wait_for()
        self.met()

    def met(self) -> None:
        """Whatever page this is, it is checked the first time that it is met."""
        if self.scripted:
            self.screen.check_once(self.role.lower())

    def case_id(self) -> str:
        """The case before them."""
        found = re.search(r"/cases/([^/?#]+)", self.screen.page.url)
        assert found, self.screen.page.url
        return found[1]

    def word(self, code: StrEnum) -> str:
        """A code as people read it."""
        return sentence_case(term(code, self.screen.t.language))

    def item(self, name: str) -> str:
        """A kind of material as people read it."""
        return sentence_case(item(name, self.screen.t.language))

    # --- pressing and typing

    def press(self, label: str, within: str = "main") -> None:
        """The first button or link of that name (with a key behind it, perhaps)."""
        self._named(label, within).first.click()

    def offers(self, command: str) -> bool:
        """Whether a step is there to be taken."""
        return self._named(OF[self.role][command].label).count() > 0

    def types(self, label: str, text: str) -> None:
        """Into the field under a label."""
        self.screen.page.locator("main").get_by_label(self.screen.t.say(label), exact=True).first.fill(text)

    def ticks(self, words: str) -> None:
        """The choice that is so called."""
        self.screen.page.locator("label.option", has_text=words).first.click()

    def adds(self, photo: Path) -> None:
        """Choose a photo, and wait until it is kept."""
        page = self.screen.page
        page.set_input_files("input[type=file]", str(photo))
        if self.scripted:
            page.locator(".uploading input[name=file]").first.wait_for(state="attached")

    def follows(self, case: str) -> None:
        """The link to a case, wherever it stands on the page."""
        self.screen.page.locator(f"main a[href='/cases/{case}']").first.click()
        self.screen.page.wait_for_url(re.compile(f"/cases/{case}"), wait_until="domcontentloaded")
        self.met()

    def opens(self, command: str) -> None:
        """The form of a step of the case, or its last look where it asks for nothing."""
        self.press(OF[self.role][command].label)
        self.screen.page.wait_for_url(re.compile(f"/steps/{command}"), wait_until="domcontentloaded")
        self.met()

    def gives(self, command: str) -> None:
        """A step of the case, from its filled form through the last look."""
        form = (AGENTS if self.role is Role.AGENT else OF[self.role])[command]
        if form.preview and form.fields:
            self.press(LOOK)
            self.screen.page.locator("button[value=give]").wait_for()
            self.met()
        self.press(form.send)
        self.screen.page.wait_for_url(re.compile(f"done={command}"), wait_until="domcontentloaded")
        self.met()

    def _named(self, label: str, within: str = "main") -> Locator:
        name = re.compile(re.escape(self.screen.t.say(label)) + r"( \(\d+\))?( [A-Z])?")
        place = self.screen.page.locator(within)
        exact = re.compile(f"^{name.pattern}$")
        return place.get_by_role("link", name=exact).or_(place.get_by_role("button", name=exact))


def asks(who: Visitor, order: str, reason: Reason, text: str, photo: Path | None = None) -> str:
    """A customer asks for the price of an order of one line back, from the list of orders on; the case."""
    page, said = who.screen.page, who.screen.t.say
    page.locator("article", has=page.locator(f"a[href='/orders/{order}']")).get_by_role("link").last.click()
    who.met()
    page.get_by_role("combobox").first.select_option(label=who.word(reason))
    who.press("Go on")
    page.get_by_label(said("What happened"), exact=True).fill(text)
    page.check("input[value=REFUND]")
    if photo is not None:
        who.adds(photo)
    who.met()
    who.press(LOOK)
    who.press("Send it to the seller")
    page.wait_for_url(re.compile("done=OpenRequest"), wait_until="domcontentloaded")
    who.met()
    return who.case_id()


def proposes(who: Visitor, kind: RemedyKind, amount: str, text: str) -> None:
    """Fill in what is offered, or proposed."""
    who.ticks(who.word(kind))
    who.types("Amount", amount)
    who.types("In your words", text)


def refuses(who: Visitor, text: str) -> None:
    """A seller refuses a request, with the first of the market's codes."""
    who.opens("RejectRequest")
    who.screen.page.get_by_label(who.screen.t.say("Why you refuse")).select_option(index=1)
    who.types("In your words", text)
    who.gives("RejectRequest")


def finds(who: Visitor, answers: dict[str, FindingValue], rule: str) -> None:
    """An agent fills the worksheet, reads which rule follows, and records it. answers: beginnings of fields' names."""
    page = who.screen.page
    for name, value in answers.items():
        page.locator(f"select[name^='value:{name}']").first.select_option(value.value)
    page.locator("select[name^='ground:']").select_option("QUALITY")
    if not who.scripted:
        who.press("See the judgement")
    page.locator(".outlook .verdict", has_text=rule).wait_for()
    who.met()
    who.press("Record all this")
    page.wait_for_url(re.compile("done=RecordFindings"), wait_until="domcontentloaded")


def judges(who: Visitor, command: str, paragraph: str) -> None:
    """An agent judges, or decides an appeal, as what is recorded leads to."""
    who.opens(command)
    who.types("In your own words, for both sides", paragraph)
    who.gives(command)


def takes_next(who: Visitor, case: str) -> None:
    """An agent takes the next work, which must be in this case."""
    who.press("Next case", "header")
    who.screen.page.wait_for_url(re.compile(r"/(cases|samples)/|none="), wait_until="domcontentloaded")
    assert who.case_id() == case
    who.met()
