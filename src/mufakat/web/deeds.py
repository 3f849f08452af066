"""What a filled form does to a case: the look at it beforehand, the deed, and why it was not done."""

from typing import Any

from litestar import Request

from mufakat.api.asked import caller, key_of, site_of
from mufakat.api.problems import RefusedByRules
from mufakat.api.routes import asking
from mufakat.api.routes import cases as of_cases
from mufakat.api.wire.asking import PreviewOut
from mufakat.core.refusal_texts import sentence
from mufakat.engine.sandbox import react
from mufakat.web.filling import Filled, bodies, command_of
from mufakat.web.seen import Seen
from mufakat.web.steps import Step


async def looked(request: Request[Any, Any, Any], shown: Seen, step: Step, given: Filled) -> PreviewOut:
    """What a step would do, in money and time. Raises NotFilled and RefusedByRules."""
    case, t = shown.case, shown.t
    body = bodies(step.command, step.form, step.matter, given, case.currency, t)[0]
    return await asking.previewed(request, case.order_id, case.case_id, command_of(body, t), t.language)


async def done(request: Request[Any, Any, Any], shown: Seen, step: Step, given: Filled) -> None:
    """Do it, on the version that was looked at where the form names one. Raises NotFilled and RefusedByRules."""
    site, who, case = site_of(request), caller(request), shown.case
    version = given.get("version")
    expected = int(version) if version.isdigit() else None
    made = bodies(step.command, step.form, step.matter, given, case.currency, shown.t)
    for n, body in enumerate(made):
        command, key = command_of(body, shown.t), key_of(f"{given.key}-{n}", who)
        led_to = await of_cases.give(site, who, shown.t.language, case.order_id, case.case_id, command, key, expected)
        given.files = [each for each in given.files if each != body.get("material", {}).get("digest")]
        if led_to.after is not None and led_to.after.marketplace.sandbox:
            await react(site.engine, who.marketplace, case.order_id, case.case_id)


def refused_because(shown: Seen, error: RefusedByRules) -> str:
    """The sentence of a refusal, and what stands in the case instead (reading 13)."""
    t = shown.t
    said = sentence(error.refusal, error.role, t.language, t.zone, shown.case.currency)
    if error.happened is not None and error.happened.text not in said:
        said = f"{said} {error.happened.text}"
    return said
