"""Coming in as somebody with an account: the form where agents and leads sign in."""

from typing import Any

import httpx

from tests.accounts.people import Person
from tests.api.shop import SHOP
from tests.web.browsing import Browser


async def sign_in(desk: Browser, who: Person, **changed: Any) -> httpx.Response:
    """Sign in by the form."""
    form = (await desk.page(f"/sign-in?marketplace={SHOP}")).form("/sign-in")
    return await desk.send(form, **{"login": who.login, "password": who.password, **changed})
