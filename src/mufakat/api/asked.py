"""What a request asked for, checked: who calls, parts of the address, headers that commands take."""

import re
from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request
from litestar.params import HeaderParameter, PathParameter

from mufakat.api.principals import Principal
from mufakat.api.problems import Troubled
from mufakat.api.site import Site
from mufakat.api.troubles import Trouble
from mufakat.api.wire.mirror import FIRST_YEAR, LAST_YEAR, MAX_NAME, NO_NUL

MAX_KEY: Final = 200
"""Characters of an idempotency key."""

OrderId = Annotated[str, PathParameter(description="The order's id.", max_length=MAX_NAME, pattern=NO_NUL)]
CaseId = Annotated[str, PathParameter(description="The case's id.", max_length=MAX_NAME, pattern=NO_NUL)]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        required=False,
        description="A text of the caller's own, needed with every command. The same command under the same key is "
        "done once and gets its first answer again; another command under it is refused (KEY_REUSED).",
    ),
]
IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        required=False,
        description="The ETag of the case on which the caller decided. If the case has moved on, nothing is done "
        "(VERSION_CHANGED).",
    ),
]

JSON: Final = re.compile(r"application/([a-z0-9.-]+\+)?json")
"""Media types of a body of JSON."""
_KEY: Final = re.compile(rf"[\x21-\x7e]([\x20-\x7e]{{0,{MAX_KEY - 2}}}[\x21-\x7e])?")
_ETAG: Final = re.compile(r'"(\d{1,9})(?:-[a-z0-9]+)*"')


class CheckedRequest(Request[Any, Any, Any]):
    """A request whose body of JSON is said to be JSON, and decodes; raises Troubled otherwise."""

    async def json(self) -> Any:
        """The body, decoded."""
        kind, _, _ = self.headers.get("content-type", "application/json").partition(";")
        if not JSON.fullmatch(kind.strip().lower()):
            raise Troubled(Trouble.BODY_TYPE_NOT_SUPPORTED)
        try:
            return await super().json()
        except RecursionError as error:
            raise Troubled(Trouble.BODY_NOT_JSON, "this body is nested too deeply") from error
        except UnicodeDecodeError as error:
            raise Troubled(Trouble.BODY_NOT_JSON, "this body is not UTF-8") from error


def site_of(request: Request[Any, Any, Any]) -> Site:
    """What every route works with."""
    site: Site = request.app.state.site
    return site


def caller(request: Request[Any, Any, Any]) -> Principal:
    """Who calls, as the guard let them in."""
    who: Principal = request.user
    return who


def check_moment(moment: datetime, where: str) -> None:
    """Raises Troubled for a moment in a body before or after the years in which every calendar is right."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Troubled(Trouble.BODY_NOT_VALID, f"expected a year from {FIRST_YEAR} to {LAST_YEAR}", where=where)


def key_of(given: str | None, who: Principal) -> str:
    """The key under which the engine keeps the answer. Raises Troubled for none and for a bad one.

    Each caller has keys of its own: nobody can use up, or find out about, those of others.
    """
    if given is None:
        raise Troubled(Trouble.KEY_NEEDED)
    if not _KEY.fullmatch(given):
        raise Troubled(Trouble.KEY_NOT_VALID)
    return who.own_key(given)


def version_of(if_match: str | None) -> int | None:
    """The version that a caller decided on; None for any. Raises Troubled."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise Troubled(Trouble.PRECONDITION_NOT_VALID)
    return int(found[1])
