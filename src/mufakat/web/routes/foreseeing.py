"""The statement of reasons before the last word: as each party would read it."""

from dataclasses import replace
from typing import Any, Final

from litestar import Request, Response

from mufakat.api.asked import caller, site_of
from mufakat.api.problems import Troubled
from mufakat.api.routes import worksheet
from mufakat.api.troubles import Trouble
from mufakat.api.wire.worksheet import ForeseenIn
from mufakat.core.parties import Role
from mufakat.core.words import Language
from mufakat.web import visits
from mufakat.web.answered import answered
from mufakat.web.drawing import home, page
from mufakat.web.filling import Filled, converted
from mufakat.web.seen import Seen

READ: Final = "read"
"""The field of a form by which its reader asks for a statement: `CUSTOMER` or `SELLER`, with `:en` or `:id`."""


async def foreseen(
    request: Request[Any, Any, Any], shown: Seen, given: Filled, body: dict[str, Any], action: str, back: str
) -> Response[str]:
    """The page with what a party would read if this body were judged now; nobody is sent it.

    action, back: where the form goes, and its `stage` there that leads back to it. Without a language it is the
    market's. Raises NotFilled and RefusedByRules.
    """
    site, who, t = site_of(request), caller(request), shown.t
    whom, _, said = given.get(READ).partition(":")
    if whom not in visits.PARTIES:
        raise Troubled(Trouble.NOT_FOUND)
    language = Language(said) if said in list(Language) else home((await site.place(who)).market)
    data = converted(body, ForeseenIn, t)
    found = await answered(
        request,
        worksheet.foresee_statement,
        replace(t, language=language),
        case_id=shown.case.case_id,
        data=data,
        for_role=Role(whom),
    )
    return page(request, "foreseen.html", t, s=shown, given=given, found=found, action=action, back=back)
