"""Quality of judging, for leads: how judgements fare, and how long they take."""

from datetime import datetime
from typing import Any

from litestar import Request, Router, get
from litestar.params import FromQuery

from mufakat.api.asked import caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.periods import period
from mufakat.api.rights import Right
from mufakat.api.wire import quality as w
from mufakat.core.judged import By
from mufakat.store.judgements import Fate, Period, Took


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


router = Router("/v1/quality", route_handlers=[read_reversals, read_times], tags=["Quality"])
