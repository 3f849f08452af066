"""A real browser before a real server: the distribution's own Chromium, phone-sized or wide, light or dark, and axe."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from mufakat.client import Client
from mufakat.core.parties import Role
from mufakat.core.words import Language
from mufakat.web.tongue import Tongue
from tests.cli.serving import Served

AXE: Final = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
"""The script of axe-core, which a page runs to be looked at."""
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
PHONE, WIDE, NARROW = {"width": 360, "height": 740}, {"width": 1280, "height": 860}, {"width": 320, "height": 640}
LOCALES: Final = {Language.EN: "en-GB", Language.ID: "id-ID"}
SCHEMES: Final = ("light", "dark")
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOWHERE_ELSE: Final = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""No other host can be reached, whoever asks for it."""
PATIENCE: Final = 20_000
"""Milliseconds that a page is waited for."""


@dataclass
class Screen:
    """A page in the browser, with all that it complained of. `looked_at`: the kinds of pages that were checked once."""

    page: Page
    url: str
    t: Tongue
    looked_at: set[str]
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open an address of the server, which must be there."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def enter(self, name: str) -> None:
        """Come in by the door as one of the shop's people."""
        self.go("/")
        self.page.click(f"button.person:has-text('{name}')")
        self.page.wait_for_url(re.compile(r"/(orders|cases|desk)$"))

    def arrive(self, shop: Client, role: Role, who: str) -> None:
        """Come in as the marketplace sends its customers and sellers: by a link with a token."""
        token = shop.issue_token("CUSTOMER" if role is Role.CUSTOMER else "SELLER", who).token
        self.go(f"/enter?token={token}")

    def check_once(self, who: str) -> None:
        """Check a page that was not met yet, light and dark. who: whose page it is; sizes and languages take turns."""
        path = re.sub(r"(/cases/|/orders/)[^/]+", r"\1*", urlsplit(self.page.url).path)
        kind = f"{who} {path} {self.page.locator('button[value=give]').count()} {self.page.locator('#wrong').count()}"
        if kind in self.looked_at:
            return
        self.looked_at.add(kind)
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # half-way colours are no colours
            self.check()

    def check(self) -> None:
        """The page is accessible, fits its width, and nothing went wrong on it."""
        if not self.page.evaluate("'axe' in self"):
            self.page.evaluate(AXE)
        found: dict[str, Any] = self.page.evaluate(f"axe.run({{runOnly: {json.dumps(RULES)}}})")
        amiss = [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]
        assert not amiss, f"{self.page.url}\n" + "\n".join(amiss)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} pixels too wide"
        assert not self.complaints, self.complaints


@dataclass(frozen=True)
class Chromium:
    """The browser and the server that it looks at."""

    browser: Browser
    server: Served
    looked_at: set[str] = field(default_factory=set)

    @contextmanager
    def screen(self, size: dict[str, int], language: Language = Language.EN, **how: Any) -> Iterator[Screen]:
        """A window of its own, with its own cookies; `how` as Playwright takes it (color_scheme, java_script_enabled).

        At its end nothing may have gone wrong on any page that it showed: no error of a script or of the console, which
        is where the browser reports what the CSP forbids, and nobody asked for anything but the server.
        """
        context: BrowserContext = self.browser.new_context(viewport=size, locale=LOCALES[language], **how)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        shown = Screen(page, self.server.url, Tongue(language), self.looked_at)
        page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        page.on("console", lambda said: shown.complaints.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: shown.complaints.append(asked.url) if not _own(asked.url, shown.url) else None)
        try:
            yield shown
            assert not shown.complaints, shown.complaints
        finally:
            context.close()

    @contextmanager
    def shop(self) -> Iterator[Client]:
        """The marketplace's own server, to act as the other side and as the platform."""
        key = re.search(r"^KEY=(\S+)$", self.server.get("/").text, re.MULTILINE)
        assert key
        with Client(self.server.url, key[1]) as client:
            yield client


@contextmanager
def chromium(server: Served) -> Iterator[Chromium]:
    """The browser, started. Raises FileNotFoundError where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise FileNotFoundError("the browser tests need Chromium: apt install chromium (`make browser`)")
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's own sandbox refuses root
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=[*alone, NOWHERE_ELSE])
        yield Chromium(browser, server)
        browser.close()


def _own(address: str, server: str) -> bool:
    return address.startswith((server, "blob:", "data:"))
