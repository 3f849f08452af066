"""Where carriers send their webhooks. What one says is taken as a scan of the parcel that it names, and no further."""

from typing import Any, Final

from litestar import Request, Router, post
from litestar.params import FromPath

from mufakat.api.asked import site_of
from mufakat.api.knocking import take_stranger
from mufakat.api.problems import Troubled
from mufakat.api.troubles import Trouble
from mufakat.api.wire.parcels import HeardOut
from mufakat.engine.carriers.shapes import NotReadError
from mufakat.standard_webhooks import NotSignedError

MOST_BODY: Final = 1024 * 1024
"""Bytes of a webhook."""
MOST_FAULTS: Final = 20
"""Sentences of an answer about what could not be read."""


@post("/{carrier:str}/{marketplace:str}", status_code=200, request_max_body_size=MOST_BODY, include_in_schema=False)
async def hear(request: Request[Any, Any, Any], carrier: FromPath[str], marketplace: FromPath[str]) -> HeardOut:
    """Take what a carrier reports of parcels of a marketplace, signed under the secret that is shared with it.

    Each scan is told once to the orders and cases that know its number; one that nobody knows yet waits some weeks.
    """
    site = site_of(request)
    found = site.carriers.get(carrier)
    if found is None or not found.speaks_for(marketplace):
        take_stranger(request)
        raise Troubled(Trouble.NOT_FOUND, "there is no such carrier here, or it does not speak for this marketplace")
    headers, body = {name.lower(): value for name, value in request.headers.items()}, await request.body()
    try:
        found.shape.check(found.secret, headers, body)
        message = found.shape.read(body, site.engine.clock.now())
    except NotSignedError as error:
        take_stranger(request)
        raise Troubled(Trouble.NOT_SIGNED_IN, str(error)) from error
    except NotReadError as error:
        raise Troubled(Trouble.BODY_NOT_VALID, str(error)) from error
    if not any(each.marketplace == marketplace for each in await site.store.marketplaces()):
        raise Troubled(Trouble.NOT_FOUND, "there is no such marketplace here")
    new = await site.scans.hear(carrier, marketplace, message)
    return HeardOut(scans=len(message.scans), new=new, not_read=list(message.faults[:MOST_FAULTS]))


router = Router("/carriers", route_handlers=[hear])
