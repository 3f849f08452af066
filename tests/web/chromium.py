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

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from mufakat.client import Client
from tests.cli.serving import Served

AXE: Final = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
"""The script of axe-core, which a page runs to be looked at."""
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
PHONE, WIDE, NARROW = {"width": 390, "height": 844}, {"width": 1280, "height": 860}, {"width": 320, "height": 640}
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE: Final = 20_000
"""Milliseconds that a page is waited for."""


@dataclass
class Screen:
    """A page in the browser, with all that it complained of."""

    page: Page
    url: str
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

    def check(self) -> None:
        """The page is accessible, fits its width, and nothing went wrong on it."""
        found: dict[str, Any] = self.page.evaluate(
            f"async () => {{ {AXE}; return await axe.run({{runOnly: {json.dumps(RULES)}}}); }}"
        )
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

    @contextmanager
    def screen(self, size: dict[str, int], **how: Any) -> Iterator[Screen]:
        """A window of its own, with cookies of its own; `how` as Playwright takes it (color_scheme, locale)."""
        context: BrowserContext = self.browser.new_context(viewport=size, **({"locale": "en-GB"} | how))  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        shown = Screen(page, self.server.url)
        page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        page.on("console", lambda said: shown.complaints.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: shown.complaints.append(asked.url) if not _own(asked.url, shown.url) else None)
        try:
            yield shown
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
        browser = play.chromium.launch(executable_path=found, args=alone)
        yield Chromium(browser, server)
        browser.close()


def _own(address: str, server: str) -> bool:
    return address.startswith((server, "blob:", "data:"))
