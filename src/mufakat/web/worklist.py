"""A seller's worklist: its filters, how many cases are behind each, and the rows of a page."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from litestar import Request

from mufakat.api import showing
from mufakat.api.asked import caller, site_of
from mufakat.api.principals import Principal
from mufakat.api.routes.cases import listed
from mufakat.api.site import Site
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.process import APPEAL, DISPUTE, OWNERS
from mufakat.store.records import CaseRow, CaseSort, CasesWanted, OpenCases
from mufakat.web.drawing import tongue_of
from mufakat.web.seen import Seen, moment, shown_to
from mufakat.web.steps import Step
from mufakat.web.tongue import Tongue
from mufakat.web.tongue import mark as _

A_PAGE: Final = 25
"""Cases on a page of the worklist."""
SOON: Final = timedelta(hours=24)
MINE: Final = frozenset(phase for phase, owners in OWNERS.items() if Role.SELLER in owners)
"""Phases that wait for a seller."""
AT_ONCE: Final = ("ApproveRequest", "RejectRequest")
"""Answers that can be given to several requests together."""


class Filter(StrEnum):
    """What a seller looks for."""

    ALL = "all"
    SOON = "soon"
    ANSWER = "answer"
    INSPECT = "inspect"
    DISPUTED = "disputed"
    AGAINST = "against"
    TASKS = "tasks"
    MONEY = "money"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Meant:
    """What a filter is called, which phases it is about (none: any), and what is said where nothing is behind it."""

    label: str
    nothing: str
    phases: frozenset[Phase] = frozenset()


FILTERS: Final[dict[Filter, Meant]] = {
    Filter.ALL: Meant(_("All open"), _("Nothing is open. Requests of your customers appear here.")),
    Filter.SOON: Meant(_("Within 24 hours"), _("Nothing has to be answered within 24 hours."), MINE),
    Filter.ANSWER: Meant(_("To answer"), _("No request waits for your answer."), frozenset({Phase.REVIEW})),
    Filter.INSPECT: Meant(_("To inspect"), _("No parcel waits to be checked."), frozenset({Phase.INSPECTING})),
    Filter.DISPUTED: Meant(_("Disputed"), _("No dispute is under way."), frozenset({*DISPUTE, *APPEAL})),
    Filter.AGAINST: Meant(
        _("Decided against you"),
        _("No decision against you is open."),
        frozenset({Phase.AWARDED, Phase.LATE_APPEAL}),
    ),
    Filter.TASKS: Meant(_("To send or do"), _("You owe nobody goods or work."), frozenset({Phase.PERFORMING})),
    Filter.MONEY: Meant(_("Money to pay"), _("No money is to be paid."), frozenset({Phase.PAYING, Phase.DEDUCTING})),
    Filter.CLOSED: Meant(_("Closed"), _("Nothing has been closed yet.")),
}
"""Each filter, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A case of the list: its row, and the case as its seller sees it."""

    row: CaseRow
    seen: Seen

    @property
    def at_stake(self) -> str:
        """What the request is about in money: what was asked for, or else what the units cost after the discount."""
        asked = [
            each.amount if each.amount is not None else line.discounted * len(each.units) // line.quantity
            for each in self.seen.case.lines
            for line in (self.seen.line(each.line_id),)
        ]
        return self.seen.money(sum(asked))

    @property
    def answer(self) -> Step | None:
        """The answer that can be given together with others, if one is open."""
        return next((each for each in self.seen.steps if each.command in AT_ONCE), None)


@dataclass(frozen=True, slots=True)
class Worklist:
    """A page of the worklist. `counts`: open cases behind each filter; `more`: the cursor of the next page."""

    t: Tongue
    chosen: Filter
    counts: dict[Filter, int]
    rows: list[Listed]
    more: str | None

    @property
    def filters(self) -> dict[Filter, Meant]:
        """Every filter."""
        return FILTERS


async def worklist(request: Request[Any, Any, Any], chosen: Filter, cursor: str) -> Worklist:
    """A page of the visitor's worklist, by what is due first; closed cases the newest first. Raises Troubled."""
    site, who = site_of(request), caller(request)
    place = await site.place(who)
    soon = place.at(site.engine.clock.now()) + SOON
    is_open = chosen is not Filter.CLOSED
    wanted = CasesWanted(
        who.marketplace,
        CaseSort.DUE if is_open else CaseSort.NEWEST,
        seller_id=who.id,
        phases=tuple(sorted(FILTERS[chosen].phases)),
        is_open=is_open,
        due_before=soon if chosen is Filter.SOON else None,
        limit=A_PAGE,
    )
    about = ("worklist", who.marketplace, who.id, chosen)
    (found, more), counted = await asyncio.gather(
        listed(site, about, wanted, cursor), site.store.open_of_seller(who.marketplace, who.id, soon)
    )
    t = tongue_of(request, place.market)
    rows = await asyncio.gather(*(_listed(site, who, t, each) for each in found))
    return Worklist(t, chosen, counts(counted), list(rows), more)


def counts(counted: list[OpenCases]) -> dict[Filter, int]:
    """How many open cases are behind each filter; closed ones are not counted."""
    return {
        name: sum(
            each.cases
            for each in counted
            if (not meant.phases or not meant.phases.isdisjoint(each.phases)) and (each.soon or name is not Filter.SOON)
        )
        for name, meant in FILTERS.items()
        if name is not Filter.CLOSED
    }


async def _listed(site: Site, who: Principal, t: Tongue, row: CaseRow) -> Listed:
    """A row with its case, without what people wrote."""
    loaded = await site.loaded(who, row.case_id)
    assert loaded.case is not None
    assert loaded.policy is not None
    shown = showing.Shown(loaded.case, loaded.order, loaded.policy, who.role, moment(site, loaded), {})
    return Listed(row, shown_to(shown, who, t, entries=[], messages=[], statements=[]))
