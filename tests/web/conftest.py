"""A shop with its pages, and somebody at them, for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.api.conftest import shop
from tests.api.shop import Shop
from tests.web.browsing import Browser, browser

__all__ = ["ani", "shop", "visitor"]


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
