"""Where payment providers send their webhooks. What one says is never believed: it only says what to look up now."""

from typing import Any, Final

from litestar import Request, Router, post
from litestar.params import FromPath

from mufakat.api.asked import site_of
from mufakat.api.knocking import take_stranger
from mufakat.api.problems import Troubled
from mufakat.api.troubles import Trouble
from mufakat.payments.hooks import NotUnderstoodError
from mufakat.payments.signing import NotSignedError

MOST_BODY: Final = 256 * 1024
"""Bytes of a webhook."""
MOST_ID: Final = 200
"""Characters of a webhook's id."""


@post("/{marketplace:str}/webhooks", status_code=204, request_max_body_size=MOST_BODY, include_in_schema=False)
async def hear(request: Request[Any, Any, Any], marketplace: FromPath[str]) -> None:
    """Take a webhook of the marketplace's provider: signed, recent, and each once.

    The provider is then asked where the obligation stands, by the delivery loop, and that is reported to the case.
    """
    site = site_of(request)
    if site.hooks is None:
        raise Troubled(Trouble.NOT_FOUND, "the payment provider of this server sends no webhooks")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        heard = site.hooks.read(headers, await request.body())
    except NotSignedError as error:
        take_stranger(request)
        raise Troubled(Trouble.NOT_SIGNED_IN, str(error)) from error
    except NotUnderstoodError as error:
        raise Troubled(Trouble.BODY_NOT_VALID, str(error)) from error
    if len(heard.id) > MOST_ID or "\0" in heard.id + heard.obligation + marketplace:
        raise Troubled(Trouble.BODY_NOT_VALID, f"a webhook's id has at most {MOST_ID} characters, and none is NUL")
    await site.store.hear(marketplace, heard.id, heard.obligation, site.engine.clock.now())


router = Router("/providers", route_handlers=[hear])
