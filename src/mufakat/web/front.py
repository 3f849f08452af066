"""The pages as a part of the application: their routes behind the guard of visits, and errors as pages of their own."""

import asyncio
from typing import Any, Final

from litestar import Request, Response, Router

from mufakat.api import problems
from mufakat.api.app import Front
from mufakat.api.problems import RefusedByRules, Troubled
from mufakat.api.troubles import Trouble
from mufakat.core.words import Language
from mufakat.web import diagram, visits
from mufakat.web.assets import assets, read_asset
from mufakat.web.drawing import environment, page, tongue_of
from mufakat.web.routes import (
    account,
    answering,
    asking,
    cases,
    desk,
    door,
    files,
    inbox,
    leading,
    live,
    me,
    openings,
    orders,
    reports,
    rules,
    sampling,
    selling,
    signing_in,
    steps,
    support,
    viewer,
)
from mufakat.web.tongue import catalogue
from mufakat.web.tongue import mark as _

PAGES: Final = (
    door.read_door,
    door.read_developers,
    door.enter,
    door.try_as,
    door.leave,
    door.choose_language,
    signing_in.read_sign_in,
    signing_in.sign_in,
    signing_in.read_invitation,
    signing_in.accept_invitation,
    me.read_me,
    me.change_me,
    desk.read_desk,
    desk.take_next,
    desk.hand_back,
    desk.read_similar,
    desk.reveal_contact,
    desk.fill_worksheet,
    viewer.read_exhibit,
    viewer.open_original,
    sampling.read_sample,
    sampling.judge_sample,
    sampling.files,
    leading.read_queue,
    support.read_support,
    support.give_support,
    support.read_seen_as,
    support.read_come_in,
    support.come_in,
    leading.read_drafts,
    openings.read_openings,
    openings.read_table,
    leading.assign,
    leading.read_people,
    leading.change_people,
    reports.read_dashboard,
    reports.read_dashboard_csv,
    reports.read_own_report,
    reports.read_own_csv,
    orders.read_orders,
    orders.read_order,
    asking.ask,
    asking.send,
    selling.read_cases,
    answering.answer_several,
    account.read_account,
    account.read_movements,
    inbox.read_inbox,
    inbox.mark_read,
    cases.read_case,
    cases.read_copy,
    cases.as_in_the_api,
    rules.read_rules,
    rules.read_codes,
    rules.read_case_rules,
    rules.read_case_codes,
    files.read_small,
    files.own,
    files.on_record,
    files.sent_by_script,
    steps.read_step,
    steps.take_step,
    live.listen,
)
"""Every page, and what pages fetch."""
_BEHIND_THE_GUARD: Final = Router("/", route_handlers=list(PAGES), guards=[visits.guard])
FOR_PROGRAMS: Final = ("/v1/", "/health", "/openapi", "/providers/", "/web/", "/links/")
"""Where errors stay problem documents whoever asks."""
SAID: Final[dict[int, tuple[str, str]]] = {
    401: (
        _("Your visit has ended"),
        _("For your safety a visit lasts some hours. Open your order at your marketplace again to come back here."),
    ),
    403: (_("This was not done"), _("The form was sent from elsewhere, or in another visit. Open the page again.")),
    404: (_("There is nothing here"), _("This address leads nowhere, or to something that is not yours to see.")),
    413: (_("This is too large"), _("Send fewer or smaller files at once.")),
    429: (
        _("A little slower, please"),
        _("Many requests came from here in a short time. Wait a moment and try again."),
    ),
    503: (_("We cannot be reached for a moment"), _("Nothing is lost. Try again in a moment.")),
}
"""Status to what a page says of it."""
OUR_FAULT: Final = 500
OTHERWISE: Final = (
    _("Something went wrong"),
    _("Nothing was changed. Try again; if it stays, tell us the number below."),
)


def front(ending: asyncio.Event | None = None) -> Front:
    """The pages, compiled and loaded now. ending: set when the process ends, so that open streams do, too."""
    environment()
    assets()
    diagram.drawing()
    for language in Language:
        catalogue(language)
    streams = live.Streams(ending or asyncio.Event())
    return Front((_BEHIND_THE_GUARD, read_asset), answer, {"streams": streams, "enter": door.signed_in_here})


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """An error as a page for a browser, as a problem document for everybody else."""
    problem = problems.answer(request, error)
    wants_page = not str(request.scope["path"]).startswith(FOR_PROGRAMS) and "text/html" in request.headers.get(
        "accept", ""
    )
    if not wants_page:
        return problem
    tongue = tongue_of(request)
    status = problem.status_code or OUR_FAULT
    title, text = SAID.get(status, OTHERWISE)
    lost = isinstance(error, Troubled) and error.trouble is Trouble.NOT_SIGNED_IN
    rule = error.refusal.code.value if isinstance(error, RefusedByRules) else ""
    return page(
        request,
        "trouble.html",
        tongue,
        status=status,
        headers=dict(problem.headers.items()),
        title=tongue.say(title),
        text=tongue.say(text),
        number=problems.request_id(request.scope),
        lost=lost,
        rule=rule,
        written=request.scope.get("state", {}).get(visits.WRITTEN, ""),
    )
