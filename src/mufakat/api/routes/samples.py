"""Samples: an agent who has one in hand reads the case blind, and says what it finds."""

from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.params import JSONBody, PathParameter
from litestar.response import Stream

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.problems import RefusedByRules, Troubled
from mufakat.api.rights import Right
from mufakat.api.routes.files import Digest
from mufakat.api.serving_bytes import IfRange, Part, Range, view
from mufakat.api.sheets import Laying
from mufakat.api.site import Site, language_of, no_such_case
from mufakat.api.troubles import Trouble
from mufakat.api.wire import samples as w
from mufakat.api.wire.mirror import convert
from mufakat.api.wire.worksheet import SupposedIn
from mufakat.core.claim import Exhibit, MaterialKind
from mufakat.core.commands import RecordFindings
from mufakat.core.events import NAMES, MaterialGiven
from mufakat.core.parties import PARTIES
from mufakat.core.refusals import Refusal
from mufakat.engine.looking import main_view, visible
from mufakat.engine.sampling import Blind
from mufakat.engine.signals.noting import sealed_in
from mufakat.rulebooks import load
from mufakat.store.derivatives import DerivativeRow
from mufakat.store.seal import unsealed

MatterNumber = Annotated[str, PathParameter(pattern="^[1-9][0-9]{0,5}$", description="The part's number.")]


@get("/{case_id:str}/{matter:str}", opt={RIGHT: Right.SAMPLES_JUDGE})
async def read_sample(request: Request[Any, Any, Any], case_id: CaseId, matter: MatterNumber) -> w.SampleOut:
    """A sample that the caller has in hand from the queue (kind SAMPLE): the case as it stood before anybody judged it.

    Nothing is in it that was found, judged or came later. Whoever does not have it in hand finds nothing here.
    """
    site, language = site_of(request), language_of(request)
    blind = await _blind(request, case_id, matter)
    said = [
        (each, hashed)
        for each in blind.log
        if each.actor.role in PARTIES and not isinstance(each.event, MaterialGiven)
        for hashed in sealed_in(each.event)
    ]
    shown = [each.material.text for each in blind.case.exhibits]
    texts = await site.texts(blind.first.marketplace, blind.loaded, [*shown, *(hashed for _, hashed in said)])
    zone = load(blind.loaded.marketplace.market).zone
    return w.SampleOut(
        case_id=case_id,
        matter=blind.first.matter,
        worksheet=Laying(blind.case, language, zone, {}).out(blind.worksheet()),
        exhibits=[_exhibit(blind, each, texts) for each in blind.case.exhibits],
        said=[
            w.SampleSaidOut(number=each.number, by=each.actor.role, event=NAMES[type(each.event)], text=texts[hashed])
            for each, hashed in said
            if hashed in texts
        ],
    )


@post("/{case_id:str}/{matter:str}", opt={RIGHT: Right.SAMPLES_JUDGE}, status_code=200)
async def judge_sample(
    request: Request[Any, Any, Any], case_id: CaseId, matter: MatterNumber, data: JSONBody[SupposedIn]
) -> w.SampleJudgedOut:
    """Say all that the caller finds in a sample; its judgement follows by the rules, is compared, and changes nothing.

    The body is that of `RecordFindings`, and everything must be answered in it. What is noted in it beside the values
    is kept nowhere. After it the sample is out of the caller's hand.
    """
    site, who, language = site_of(request), caller(request), language_of(request)
    blind = await _blind(request, case_id, matter)
    given = unsealed(convert(data, RecordFindings))
    refusal = given if isinstance(given, Refusal) else await site.sampling.judge(blind, given)
    if refusal is not None:
        zone = load(blind.loaded.marketplace.market).zone
        raise RefusedByRules(refusal, who.role, language, zone, blind.case.currency)
    return w.SampleJudgedOut(case_id=case_id, matter=blind.first.matter)


@get("/{case_id:str}/{matter:str}/files/{digest:str}", opt={RIGHT: Right.SAMPLES_JUDGE})
async def read_sample_file(
    request: Request[Any, Any, Any],
    case_id: CaseId,
    matter: MatterNumber,
    digest: Digest,
    range_: Range = None,
    if_range: IfRange = None,
) -> Stream:
    """A file on the record of a sample: a copy without metadata; of a document its first page as a picture."""
    site = site_of(request)
    blind = await _blind(request, case_id, matter)
    row = await _main(site, blind, digest)
    if row is None or site.materials.looking is None:
        raise Troubled(Trouble.NOT_FOUND)
    return await view(site.materials.looking, row, Part(range_, if_range))


async def _blind(request: Request[Any, Any, Any], case_id: str, matter: str) -> Blind:
    """The sample that the caller has in hand. Raises RefusedByRules: NO_SUCH_CASE for any other, SAME_AGENT."""
    site, who = site_of(request), caller(request)
    found = await site.sampling.stand(who.marketplace, case_id, int(matter), who.actor)
    if found is None:
        await site.loaded(who, case_id)  # what speaks against it anyhow is said first: that it is not theirs to know
        raise no_such_case(who, case_id)
    if isinstance(found, Refusal):
        raise RefusedByRules(found, who.role, language_of(request))
    return found


async def _main(site: Site, blind: Blind, digest: str) -> DerivativeRow | None:
    for each in blind.case.exhibits:
        if each.material.kind is MaterialKind.FILE and each.material.digest == digest:
            rows = await site.materials.views(blind.first.marketplace, blind.first.order_id, each.giver, digest)
            if rows:
                return main_view(visible(rows))
    return None


def _exhibit(blind: Blind, each: Exhibit, texts: dict[str, str]) -> w.SampleExhibitOut:
    material = each.material
    below = f"/v1/quality/samples/{blind.first.case_id}/{blind.first.matter}/files"
    has_file = material.kind is MaterialKind.FILE and material.digest
    return w.SampleExhibitOut(
        number=each.number,
        by=each.giver,
        item=material.item,
        kind=material.kind,
        lines=list(material.lines),
        text=texts.get(material.text, ""),
        refers_to=material.refers_to,
        href=f"{below}/{material.digest}" if has_file else None,
    )


router = Router("/v1/quality/samples", route_handlers=[read_sample, judge_sample, read_sample_file], tags=["Quality"])
