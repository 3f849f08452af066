"""Quality of judging: how judgements fare and how long they take, for leads; past cases like a case, for agents too."""

from datetime import datetime
from typing import Any

from litestar import Request, Router, get
from litestar.params import FromQuery

from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.periods import period
from mufakat.api.rights import Caller, Right
from mufakat.api.wire import quality as w
from mufakat.core.agreement import Agreement
from mufakat.core.judged import By
from mufakat.engine.comparing import Compared, compared
from mufakat.engine.similar import SimilarCase
from mufakat.store.judgements import Fate, Period, Took
from mufakat.store.samples import Drawn


@get("/reversals", opt={RIGHT: Right.QUALITY_READ})
async def read_reversals(
    request: Request[Any, Any, Any],
    by: FromQuery[By] = By.ALL,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
) -> w.ReversalsOut:
    """How many judgements of a period stood, and what fell by what: in all, by rule, agent, category or reason.

    The last 31 days by default. A judgement of an appeal counts like any other: it may fall by the second dispute. What
    was judged lately may yet be looked at again, so compare periods of the same age.
    """
    site, who = site_of(request), caller(request)
    begins, ends = await period(site, who, since, until)
    fates = await site.store.fates(Period(who.marketplace, begins, ends), by)
    return w.ReversalsOut(since=begins, until=ends, by=by, groups=[reversal_out(each) for each in fates])


@get("/times", opt={RIGHT: Right.QUALITY_READ})
async def read_times(
    request: Request[Any, Any, Any],
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
) -> w.TimesOut:
    """How long the judgements of a period took from the dispute or appeal on: median and nine tenths, by kind.

    The last 31 days by default. It also says how many no person made.
    """
    site, who = site_of(request), caller(request)
    begins, ends = await period(site, who, since, until)
    took = await site.store.times(Period(who.marketplace, begins, ends))
    return w.TimesOut(since=begins, until=ends, kinds=[time_out(each) for each in took])


@get("/agreement", opt={RIGHT: Right.QUALITY_READ})
async def read_agreement(
    request: Request[Any, Any, Any],
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
) -> w.AgreementOut:
    """How far two people agree who judged the same without knowing of each other: Cohen's kappa, with its interval.

    Of first judgements of a period, the last 31 days by default, that were drawn as samples: their decisions in all, by
    reason and by pair of people, and the values of their findings. An interval over few says little; see how many.
    """
    site, who = site_of(request), caller(request)
    begins, ends = await period(site, who, since, until)
    where = Period(who.marketplace, begins, ends)
    return agreement_out(where, await site.store.drawn(where), compared(await site.store.rated(where)))


def agreement_out(where: Period, drawn: Drawn, found: Compared) -> w.AgreementOut:
    """What was compared, as it travels."""
    return w.AgreementOut(
        since=where.since,
        until=where.until,
        drawn=drawn.drawn,
        judged_twice=drawn.judged,
        decisions=rating_out((), found.decisions),
        by_reason=[rating_out((reason,), each) for reason, each in found.by_reason.items()],
        by_pair=[rating_out(pair, each) for pair, each in found.by_pair.items()],
        findings=rating_out((), found.findings),
        by_value=[rating_out((value,), each) for value, each in found.by_value.items()],
    )


def rating_out(of: tuple[str, ...], found: Agreement) -> w.RatingOut:
    """An agreement as it travels, of something by name."""
    kappa, low, high = (None if each is None else round(each, 4) for each in (found.kappa, found.low, found.high))
    why = w.Unknown.ONE_VALUE_ONLY if found.n else w.Unknown.NOTHING_RATED
    unknown = why if kappa is None else None
    return w.RatingOut(of=list(of), n=found.n, agreed=found.agreed, kappa=kappa, low=low, high=high, unknown=unknown)


@get("/{case_id:str}/similar", opt={RIGHT: Right.SIMILAR_READ})
async def read_similar(request: Request[Any, Any, Any], case_id: CaseId) -> w.SimilarOut:
    """Closed cases that are like a case, and how they ended: of the same reason and category first, then by the texts.

    Nothing that anybody wrote is told, and no names; leads read the ids. Cases of parties to whom the caller is tied
    are left out.
    """
    site, who = site_of(request), caller(request)
    found = await site.similar.to(await site.loaded(who, case_id), {who.id, *who.ties})
    named = who.caller is Caller.LEAD
    return w.SimilarOut(
        case_id=case_id,
        by_trigrams=await site.store.has_trigrams(),
        cases=[similar_out(each, named=named) for each in found],
    )


def similar_out(found: SimilarCase, *, named: bool) -> w.SimilarCaseOut:
    """A case as it travels; with its id where `named`."""
    return w.SimilarCaseOut(
        case_id=found.case_id if named else None,
        type=found.type,
        reasons=list(found.reasons),
        categories=list(found.categories),
        same_kind=found.same_kind,
        same_reason=found.same_reason,
        alike=round(found.alike, 4),
        opened_at=found.opened_at,
        took_seconds=int(found.took.total_seconds()),
        currency=found.currency,
        parts=[
            w.SimilarPartOut(
                outcome=part.outcome,
                judged=[w.SimilarJudgedOut(decision=decision, rule=rule) for decision, rule in part.judged],
                disputes=part.disputes,
                remedy=part.remedy,
                paid=part.paid,
            )
            for part in found.parts
        ],
    )


def reversal_out(fate: Fate) -> w.ReversalOut:
    """A group as it travels."""
    return w.ReversalOut(
        group=fate.group,
        judged=fate.judged,
        looked=fate.looked,
        upheld=fate.upheld,
        changed=fate.changed,
        reversed=fate.reversed,
        rate=fate.rate,
        by_appeal=fate.by_appeal,
        anew=fate.anew,
        by_dispute=fate.by_dispute,
        by_court=fate.by_court,
        sent_back=fate.sent_back,
    )


def time_out(took: Took) -> w.TimeOut:
    """A kind of judgement as it travels."""
    return w.TimeOut(
        step=took.step,
        judged=took.judged,
        automatic=took.automatic,
        timed=took.timed,
        median_seconds=None if took.median is None else round(took.median),
        p90_seconds=None if took.p90 is None else round(took.p90),
    )


router = Router("/v1/quality", route_handlers=[read_reversals, read_times, read_agreement], tags=["Quality"])
similar_router = Router("/v1/cases", route_handlers=[read_similar], tags=["Cases"])
