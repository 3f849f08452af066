"""The worksheet of a case: for agents and leads only, as it stands, as it would be, and the statement it would give."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Router, get, post
from litestar.params import JSONBody

from mufakat.api import showing
from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.principals import Principal
from mufakat.api.problems import Troubled
from mufakat.api.rights import Right
from mufakat.api.routes.statements import For, out, whose
from mufakat.api.sheets import Laying, notes
from mufakat.api.site import Site, language_of
from mufakat.api.troubles import Trouble
from mufakat.api.wire import worksheet as w
from mufakat.api.wire.mirror import convert
from mufakat.api.wire.statements import ReasonsOut
from mufakat.core.case import Case
from mufakat.core.claim import Override
from mufakat.core.commands import Judge, RecordFindings
from mufakat.core.order import OrderState
from mufakat.core.parties import Actor
from mufakat.core.policy.policy import Policy
from mufakat.core.refusals import Refusal
from mufakat.core.words import Language
from mufakat.core.worksheet import Worksheet, supposed, worksheet
from mufakat.core.worksheet.foreseen import foreseen
from mufakat.engine.stating import StatementForgottenError, foresee
from mufakat.rulebooks import load
from mufakat.store.records import Loaded
from mufakat.store.seal import legible, unsealed


@get("/{case_id:str}/worksheet", opt={RIGHT: Right.WORKSHEETS_READ})
async def read_worksheet(request: Request[Any, Any, Any], case_id: CaseId) -> w.WorksheetOut:
    """Every item with what answers it, every rule with whether it applies and why, the judgement as it would stand.

    It is worked out when it is asked for, by the same functions that judge; nothing of it is stored.
    """
    site, who, language = site_of(request), caller(request), language_of(request)
    stand = await _standing(site, who, case_id)
    return await _laid_out(site, who, language, stand, worksheet(*stand.about(who)))


@post("/{case_id:str}/worksheet", opt={RIGHT: Right.WORKSHEETS_READ}, status_code=200)
async def suppose_findings(
    request: Request[Any, Any, Any], case_id: CaseId, data: JSONBody[w.TriedIn]
) -> w.WorksheetOut:
    """The worksheet as it would be with these answers and assessments, or the refusal that they would meet.

    Nothing is written. To record them, give the command `RecordFindings` with the same body.
    """
    site, who, language = site_of(request), caller(request), language_of(request)
    stand = await _standing(site, who, case_id)
    sheet = _tried(stand, who, data)
    if isinstance(sheet, Refusal):
        raise await site.refused(sheet, who, language, stand.case.order_id, case_id)
    return await _laid_out(site, who, language, stand, sheet)


@post("/{case_id:str}/worksheet/statement", opt={RIGHT: Right.WORKSHEETS_READ}, status_code=200)
async def foresee_statement(
    request: Request[Any, Any, Any], case_id: CaseId, data: JSONBody[w.ForeseenIn], for_role: For = None
) -> ReasonsOut:
    """The statement of reasons as a party would read it if all this were recorded and judged now. Nothing is written.

    An appeal is decided with the same body. Where a draft waits for a second person and the body is empty, it is the
    draft's. What would wait for a second person is shown as if one agreed. The refusals are those of recording and of
    judging.
    """
    site, who, language = site_of(request), caller(request), language_of(request)
    role = whose(who, for_role)
    stand = await _standing(site, who, case_id)
    read = _legible(data)
    events = read if isinstance(read, Refusal) else foreseen(*stand.about(who), read.given, read.judging)
    if isinstance(events, Refusal):
        raise await site.refused(events, who, language, stand.case.order_id, case_id)
    assert not isinstance(read, Refusal)
    try:
        written = await foresee(site.store, site.sealer, stand.loaded, events, read.texts, role, language)
    except StatementForgottenError as error:
        raise Troubled(Trouble.STATEMENT_FORGOTTEN) from error
    return out(written)


@dataclass(frozen=True, slots=True)
class _Read:
    """What is supposed, with a name for each text in it, and the texts by name."""

    given: RecordFindings
    judging: Judge
    texts: dict[str, str]


def _legible(data: w.ForeseenIn) -> _Read | Refusal:
    given = legible(convert(data, RecordFindings))
    if isinstance(given, Refusal):
        return given
    overrides = tuple(convert(each, Override) for each in data.overrides)
    judging = legible(Judge(paragraph=data.paragraph, overrides=overrides))
    return judging if isinstance(judging, Refusal) else _Read(given[0], judging[0], given[1] | judging[1])


@dataclass(frozen=True, slots=True)
class _Stand:
    """A case as it stands at the marketplace's moment."""

    loaded: Loaded
    case: Case
    policy: Policy
    now: datetime

    def about(self, who: Principal) -> tuple[Case, OrderState, Policy, Actor, datetime]:
        """What a worksheet is made of, for whoever asks."""
        return self.case, self.loaded.order, self.policy, who.actor, self.now


async def _standing(site: Site, who: Principal, case_id: str) -> _Stand:
    loaded = await site.loaded(who, case_id)
    assert loaded.case is not None
    assert loaded.policy is not None
    return _Stand(loaded, loaded.case, loaded.policy, showing.moment_of(loaded, site.engine.clock.now()))


def _tried(stand: _Stand, who: Principal, data: w.TriedIn) -> Worksheet | Refusal:
    """The worksheet with what was sent, its texts standing in for those that would be kept."""
    given = unsealed(convert(data, RecordFindings))
    if isinstance(given, Refusal):
        return given
    judging = unsealed(Judge(overrides=tuple(convert(each, Override) for each in data.overrides)))
    return judging if isinstance(judging, Refusal) else supposed(*stand.about(who), given, judging.overrides)


async def _laid_out(site: Site, who: Principal, language: Language, stand: _Stand, sheet: Worksheet) -> w.WorksheetOut:
    """The worksheet with its sentences and the notes of agents."""
    zone = load(stand.loaded.marketplace.market).zone
    texts = await site.texts(who.marketplace, stand.loaded, notes(sheet))
    return Laying(stand.case, language, zone, texts).out(sheet)


router = Router("/v1/cases", route_handlers=[read_worksheet, suppose_findings, foresee_statement], tags=["Cases"])
