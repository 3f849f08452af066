"""A step in a case: its form, a look at what it would do, and the doing. The same three for every command."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.response import Redirect

from mufakat.api.asked import CaseId, caller
from mufakat.api.binding import BINDING
from mufakat.api.problems import RefusedByRules, Troubled
from mufakat.api.troubles import Trouble, status_of
from mufakat.core.claim import Forum, RemedyKind, ReturnIssue, ReturnMethod
from mufakat.core.parties import Role
from mufakat.web import visits
from mufakat.web.deeds import done, looked, refused_because
from mufakat.web.drawing import page
from mufakat.web.filling import DOCUMENT, Filled, NotFilled, bodies, filled
from mufakat.web.form import Field
from mufakat.web.proving import check_proved, needs_proof, take_proof
from mufakat.web.routes.foreseeing import READ, foreseen
from mufakat.web.seen import Seen, seen
from mufakat.web.steps import OF, Step

MOST_SENT: Final = 120_000_000
"""Bytes of a form with its photos, where a browser without script sends them all at once."""
CHOICES: Final = {
    Field.FORUM: [each for each in Forum if each is not Forum.CHARGEBACK],
    Field.METHOD: list(ReturnMethod),
    Field.SOLUTION: list(RemedyKind),
    Field.ISSUE: list(ReturnIssue),
    Field.OVERRIDES: [each for each in RemedyKind if each is not RemedyKind.NOTHING],
}
ALL: Final = {visits.CALLERS: visits.EVERYBODY}
BINDS: Final = frozenset(each.__name__ for each in BINDING)
"""Commands that need a fresh proof of who gives them."""
JUDGING: Final = ("Judge", "DecideAppeal", "ConfirmJudgement")
"""Commands after which both sides are sent a statement of reasons."""
Name = Annotated[str, PathParameter(max_length=40)]
Matter = Annotated[int, QueryParameter(required=False, ge=0, le=1000)]


@get("/cases/{case_id:str}/steps/{name:str}", opt=ALL, include_in_schema=False)
async def read_step(request: Request[Any, Any, Any], case_id: CaseId, name: Name, matter: Matter = 0) -> Response[str]:
    """The form of a step, or what it would do where nothing is to be filled in."""
    shown, step = await _step(request, case_id, name, matter)
    if step.form.preview and not step.form.fields:
        return await _checked(request, shown, step, Filled())
    return _drawn(request, shown, step, Filled())


@post("/cases/{case_id:str}/steps/{name:str}", opt=ALL, include_in_schema=False, request_max_body_size=MOST_SENT)
async def take_step(request: Request[Any, Any, Any], case_id: CaseId, name: Name, matter: Matter = 0) -> Response[Any]:
    """Show what the filled form would do, or do it; `stage` says which. What is refused comes back with the form."""
    shown, step = await _step(request, case_id, name, matter)
    given = await filled(request, shown.case.order_id, shown.t)
    stage = given.get("stage")
    if given.wrong or stage == "edit":
        return _drawn(request, shown, step, given)
    if given.get(READ) and name in JUDGING:
        return await _foreseen(request, shown, step, given)
    if step.form.preview and stage != "give":
        return await _checked(request, shown, step, given)
    return await _given(request, shown, step, given)


async def _step(request: Request[Any, Any, Any], case_id: str, name: str, matter: int) -> tuple[Seen, Step]:
    """The case and the step. A step that is not open now is drawn all the same: its refusal says why (reading 13)."""
    forms = OF[caller(request).role]
    if name not in forms:
        raise Troubled(Trouble.NOT_FOUND)
    shown = await seen(request, case_id)
    fitting = [each for each in shown.steps if each.command == name and matter in (0, each.matter)]
    return shown, fitting[0] if fitting else Step(name, matter, forms[name], mandatory=False)


async def _checked(request: Request[Any, Any, Any], shown: Seen, step: Step, given: Filled) -> Response[str]:
    """What the step would do, with a button that does it."""
    try:
        found = await looked(request, shown, step, given)
    except NotFilled as error:
        return _wrong(request, shown, step, given, str(error), 422)
    except RefusedByRules as error:
        return _refused(request, shown, step, given, error)
    needed = step.command in BINDS and needs_proof(request)
    return page(
        request,
        "confirm.html",
        shown.t,
        s=shown,
        step=step,
        given=given,
        preview=found,
        proof_needed=needed,
        judging=JUDGING,
    )


async def _foreseen(request: Request[Any, Any, Any], shown: Seen, step: Step, given: Filled) -> Response[str]:
    """The statement of reasons that the step would lead to, as a party would read it."""
    try:
        command = bodies(step.command, step.form, step.matter, given, shown.case.currency, shown.t)[0]
        body = {name: value for name, value in command.items() if name != "command"}
        return await foreseen(request, shown, given, body, step.path(shown.case.case_id), "check")
    except NotFilled as error:
        return _wrong(request, shown, step, given, str(error), 422)
    except RefusedByRules as error:
        return _refused(request, shown, step, given, error)


async def _given(request: Request[Any, Any, Any], shown: Seen, step: Step, given: Filled) -> Response[Any]:
    """Do it, and go back to the case."""
    try:
        await take_proof(request, given, shown.t)
        if step.command in BINDS:
            check_proved(request, shown.t)
    except NotFilled as error:
        given.wrong.append(str(error))
        return await _checked(request, shown, step, given)
    try:
        await done(request, shown, step, given)
    except NotFilled as error:
        return _wrong(request, shown, step, given, str(error), 422)
    except RefusedByRules as error:
        return _refused(request, shown, step, given, error)
    return Redirect(
        f"/cases/{shown.case.case_id}?done={step.command}", status_code=303, headers={"Cache-Control": "no-store"}
    )


def _refused(
    request: Request[Any, Any, Any], shown: Seen, step: Step, given: Filled, error: RefusedByRules
) -> Response[str]:
    """The form again, with the sentence of the refusal and what stands in the case instead."""
    said = refused_because(shown, error)
    return _wrong(request, shown, step, given, said, status_of(error.refusal.code))


def _wrong(
    request: Request[Any, Any, Any], shown: Seen, step: Step, given: Filled, said: str, status: int
) -> Response[str]:
    given.wrong.append(said)
    return _drawn(request, shown, step, given, status)


def _drawn(request: Request[Any, Any, Any], shown: Seen, step: Step, given: Filled, status: int = 200) -> Response[str]:
    """The form, as it was filled so far."""
    given.fields.pop("key", None)  # a refused form kept no key; a fresh one cannot meet what was sent under the old
    listed = shown.case.expected_material if shown.me is Role.AGENT else shown.expected()
    own = [each for each in listed if step.matter in (0, each.matter)]
    items = list(dict.fromkeys([*(each.item for each in own), DOCUMENT]))
    return page(
        request,
        "step.html",
        shown.t,
        status=status,
        s=shown,
        step=step,
        given=given,
        expected=own,
        items=items,
        choices=CHOICES,
    )
