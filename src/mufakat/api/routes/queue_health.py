"""How the queue fares, for leads: what waits and falls due, what came and was done day by day, who is at work today."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from litestar import Request, Router, get

from mufakat.api.asked import caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.rights import Right
from mufakat.api.routes.queue import standing_out
from mufakat.api.wire import queue as w
from mufakat.core.calendar import zone_of
from mufakat.rulebooks import load
from mufakat.store.queue_health import Day

DAYS: Final = 14
"""Days that are told of, today the last."""


@get("/queue/health", opt={RIGHT: Right.QUEUE_LEAD})
async def read_queue_health(request: Request[Any, Any, Any]) -> w.QueueHealthOut:
    """How the queue fares: what waits and falls due, what came and was done in 14 days, who does what today.

    A day is one of the market's zone: by the marketplace's clock for disputes and judgements, by the real one for
    taking work.
    """
    site, who = site_of(request), caller(request)
    place, real = await site.place(who), site.engine.clock.now()
    zone, now = load(place.market).zone, place.at(real)
    today = _day(now, zone)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    since, until = _begins(days[0], zone), _begins(today + timedelta(days=1), zone)
    standings, told, people = await asyncio.gather(
        site.queue.standing(who.marketplace),
        site.store.days(who.marketplace, since, until, zone),
        site.store.at_work(who.marketplace, _begins(today, zone), _begins(_day(real, zone), zone), real),
    )
    by_day = {each.day: each for each in told}
    return w.QueueHealthOut(
        at=now,
        standings=[standing_out(each) for each in standings],
        days=[_day_out(by_day.get(day, Day(day))) for day in days],
        people=[
            w.AtWorkOut(
                account_id=each.agent_id,
                judged=each.judged,
                taken=each.taken,
                handed_back=each.handed_back,
                lapsed=each.lapsed,
                held=each.held,
                last=each.last,
            )
            for each in people
        ],
    )


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(zone_of(zone)).date()


def _begins(day: date, zone: str) -> datetime:
    """The moment (UTC) at which a day begins in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(zone)).astimezone(UTC)


def _day_out(found: Day) -> w.QueueDayOut:
    return w.QueueDayOut(
        day=found.day, raised=found.raised, judged=found.judged, automatic=found.automatic, appeals=found.appeals
    )


router = Router("/v1", route_handlers=[read_queue_health], tags=["Queue"])
