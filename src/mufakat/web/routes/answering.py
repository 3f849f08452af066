"""Answers to several requests at once: one page with what each would lead to, then one that says what came of each.

Each case has its own idempotency key and the version that was looked at, so that a page that is sent twice does nothing
twice, and a request that has moved on meanwhile is left alone and told of.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from litestar import Request, Response, post
from litestar.response import Redirect

from mufakat.api.problems import RefusedByRules, Troubled
from mufakat.api.rights import Caller
from mufakat.api.troubles import Trouble
from mufakat.api.wire.asking import PreviewOut
from mufakat.api.wire.mirror import MAX_NAME
from mufakat.core.policy.policy import CodeRule
from mufakat.web import visits
from mufakat.web.deeds import done, looked, refused_because
from mufakat.web.drawing import page
from mufakat.web.filling import Filled, NotFilled, typed
from mufakat.web.seen import Seen, seen
from mufakat.web.steps import SELLERS, Step
from mufakat.web.tongue import mark as _
from mufakat.web.worklist import A_PAGE, AT_ONCE

MINE: Final = {visits.CALLERS: frozenset({Caller.SELLER})}


@dataclass
class Answer:
    """One request that was ticked. `preview`: what the answer leads to; `said`: why it is not, or was not, done."""

    shown: Seen
    step: Step | None
    preview: PreviewOut | None = None
    said: str = ""
    given: Filled = field(default_factory=Filled)

    @property
    def codes(self) -> list[CodeRule]:
        """The codes that a refusal of it may carry."""
        return self.shown.codes_of("RejectRequest")

    @property
    def owed(self) -> int:
        """What its customer would get in money."""
        return sum(each.after.owed for each in self.preview.matters) if self.preview else 0


@post("/answers", opt=MINE, include_in_schema=False)
async def answer_several(request: Request[Any, Any, Any]) -> Response[Any]:
    """Show what an answer to the ticked requests would lead to, or give it to each; `stage` says which."""
    sent = await typed(request)
    command, chosen = sent.get("answer"), list(dict.fromkeys(each[:MAX_NAME] for each in sent.all("case")))[:A_PAGE]
    if command in AT_ONCE and not chosen:
        return Redirect("/cases?show=answer&ticked=none", status_code=303, headers={"Cache-Control": "no-store"})
    if command not in AT_ONCE:
        raise Troubled(Trouble.NOT_FOUND)
    answers = [await _answer(request, each, command, sent) for each in chosen]
    give = sent.get("stage") == "give" and (
        command != "RejectRequest" or all(a.given.get("code") for a in _open(answers))
    )
    for each in _open(answers):
        await (_give(request, each) if give else _look(request, each))
    first = answers[0].shown
    if give:
        return page(request, "answered.html", first.t, answers=answers)
    more: dict[str, Any] = {"command": command, "given": sent, "key": sent.key, "currency": first.case.currency}
    return page(request, "answers.html", first.t, answers=answers, form=SELLERS[command], **more)


def _open(answers: list[Answer]) -> list[Answer]:
    return [each for each in answers if each.step is not None]


async def _answer(request: Request[Any, Any, Any], case_id: str, command: str, sent: Filled) -> Answer:
    """A ticked request with its part of the form. Raises RefusedByRules (NO_SUCH_CASE) for what is not theirs."""
    shown = await seen(request, case_id)
    matter = next((each.matter for each in shown.steps if each.command == command), None)
    repeated = sent.get("stage") == "give"
    if matter is None and not repeated:
        text = shown.t.say(_("This request does not wait for your answer any more."))
        return Answer(shown, None, said=text)
    number = sent.get(f"matter-{case_id}") if repeated else str(matter)
    fields = {
        "key": [f"{sent.key}-{case_id}"],
        "version": [sent.get(f"version-{case_id}")],
        "code": [sent.get(f"code-{shown.case.type}")],
        "text": [sent.get("text")],
    }
    step = Step(command, int(number) if number.isdigit() else 0, SELLERS[command], mandatory=True)
    return Answer(shown, step, given=Filled(fields))


async def _look(request: Request[Any, Any, Any], answer: Answer) -> None:
    """What it would lead to; a refusal leads to the same whatever its code."""
    assert answer.step is not None
    code = answer.given.get("code") or next((each.code for each in answer.codes), "OTHER")
    probe = Filled(answer.given.fields | {"code": [code]})
    try:
        answer.preview = await looked(request, answer.shown, answer.step, probe)
    except (NotFilled, RefusedByRules) as error:
        answer.said = _why(answer, error)
        answer.step = None


async def _give(request: Request[Any, Any, Any], answer: Answer) -> None:
    assert answer.step is not None
    try:
        await done(request, answer.shown, answer.step, answer.given)
        answer.shown = await seen(request, answer.shown.case.case_id)
    except (NotFilled, RefusedByRules) as error:
        answer.said = _why(answer, error)


def _why(answer: Answer, error: NotFilled | RefusedByRules) -> str:
    return str(error) if isinstance(error, NotFilled) else refused_because(answer.shown, error)
