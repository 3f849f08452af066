"""A shop with its pages, and somebody at them, for each test; and for real browsers, a server of the little shop."""

import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from PIL import Image

from mufakat.api.wire.sandbox import WantedIn
from mufakat.core.claim import Decision
from mufakat.core.phases import Phase
from tests.api.conftest import shop
from tests.api.shop import Shop
from tests.cli.serving import Served, served
from tests.homes import open_folder
from tests.web.browsing import Browser, browser
from tests.web.chromium import Chromium, chromium

__all__ = ["ani", "shop", "visitor"]
TO_DECIDE = (Phase.DECIDING, Phase.APPEAL_DECIDING)


@pytest.fixture
async def visitor(shop: Shop) -> AsyncIterator[Browser]:
    """Somebody who has not come in yet."""
    made = browser(shop)
    yield made
    await made.http.aclose()


@pytest.fixture
async def ani(visitor: Browser) -> Browser:
    """The customer, come in."""
    assert (await visitor.enter()).status_code == 303
    return visitor


@pytest.fixture(scope="session")
def trial() -> Iterator[Served]:
    """One server of the little shop for all stories that this process tells."""
    with open_folder() as folder, served(folder / "home") as server:
        yield server


@pytest.fixture(scope="module")
def at_shop(trial: Served) -> Iterator[Chromium]:
    """A browser before it. One for each file: while it is open, no test of asyncio's can run in this process."""
    with chromium(trial) as started:
        yield started


@pytest.fixture
def empty_queue(at_shop: Chromium) -> None:
    """Nothing waits for agents but what a story makes, whatever the stories before it left."""
    with at_shop.shop() as shop:
        for row in [each for phase in TO_DECIDE for each in shop.cases(phase=phase)]:
            shop.judge(row.case_id, WantedIn(decision=Decision.FOR_CUSTOMER))


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of a broken blender, more than one piece of an upload long."""
    noise = Image.effect_noise((1400, 1100), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert len(out.getvalue()) > 1_200_000
    path = tmp_path_factory.mktemp("photos") / "blender.png"
    path.write_bytes(out.getvalue())
    return path
