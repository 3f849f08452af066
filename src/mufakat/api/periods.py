"""The period that a caller asks for: named with `since` and `until`, or else the last 31 days."""

from datetime import UTC, datetime, timedelta
from typing import Final

from mufakat.api.principals import Principal
from mufakat.api.problems import Troubled
from mufakat.api.site import Site
from mufakat.api.troubles import Trouble
from mufakat.api.wire.mirror import FIRST_YEAR, LAST_YEAR

MONTH: Final = timedelta(days=31)
"""A period where the caller names no beginning."""


async def period(
    site: Site, who: Principal, since: datetime | None, until: datetime | None, *, real: bool = False
) -> tuple[datetime, datetime]:
    """The period asked for, in UTC; until now by the marketplace's clock, or the real one, and 31 days of it.

    Raises Troubled.
    """
    for moment, where in ((since, "since"), (until, "until")):
        if moment is not None and (moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR):
            said = f"{where} is a moment with its zone in the years {FIRST_YEAR} to {LAST_YEAR}"
            raise Troubled(Trouble.PARAMETER_NOT_VALID, said, where=where)
    ends = until
    if ends is None:
        # What happened at this very moment is in it.
        now = site.engine.clock.now()
        ends = (now if real else (await site.place(who)).at(now)) + timedelta(microseconds=1)
    begins = since if since is not None else ends - MONTH
    if begins > ends:
        raise Troubled(Trouble.PARAMETER_NOT_VALID, "since is not after until", where="since")
    return begins.astimezone(UTC), ends.astimezone(UTC)
