"""Past cases like a case, and how they ended: beside the worksheet, so that like cases are judged alike.

Only closed cases are told, by what their logs say of the outcome: nothing that anybody wrote, and no names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from mufakat.core.case import Case, Matter
from mufakat.core.claim import Decision, Reason, RemedyKind, RequestType
from mufakat.core.order import Order
from mufakat.core.phases import Outcome
from mufakat.engine.signals.noting import Noting, SignalStore
from mufakat.engine.signals.wording import category_of, query
from mufakat.store.records import Ask, Loaded
from mufakat.store.similar import SimilarRow, SimilarWanted

MOST: Final = 10
"""Cases that are told."""


class SimilarStore(SignalStore, Protocol):
    """A store that also finds similar cases: PostgreSQL."""

    async def similar(self, wanted: SimilarWanted) -> list[SimilarRow]:
        """The closed cases that are like one, the likest first."""

    async def has_trigrams(self) -> bool:
        """Whether the server compares texts by trigrams, too."""


@dataclass(frozen=True, slots=True)
class Part:
    """How one part of a case ended. `paid`: what the customer had of it, in minor units."""

    outcome: Outcome | None
    judged: tuple[tuple[Decision, str], ...]
    disputes: int
    remedy: RemedyKind | None
    paid: int


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """A closed case that is like another, without anybody's words or names. `took`: from request to end."""

    case_id: str
    type: RequestType
    reasons: tuple[Reason, ...]
    categories: tuple[str, ...]
    same_kind: bool
    same_reason: bool
    alike: float
    opened_at: datetime
    took: timedelta
    currency: str
    parts: tuple[Part, ...]


class Similar:
    """Tells which past cases are like a case."""

    def __init__(self, store: SimilarStore, noting: Noting) -> None:
        self._store, self._noting = store, noting

    async def to(self, loaded: Loaded, ties: Iterable[str] = (), limit: int = MOST) -> list[SimilarCase]:
        """The closed cases that are like a loaded one, the likest first; none of parties in `ties`.

        What the loop has not noted yet of the case is noted first. Raises StoreLost, CodecError.
        """
        case, place = loaded.case, loaded.marketplace.marketplace
        if case is None:
            raise ValueError("only a case has cases like it")
        await self._noting.note_case(place, case.order_id, case.case_id)
        text = await self._noting.search_text(loaded)
        wanted = SimilarWanted(place, case.case_id, text, query(text.body), tuple(ties), limit)
        found = []
        for row in await self._store.similar(wanted):
            other = await self._store.load(Ask(place, row.order_id, row.case_id))
            if other is not None and other.case is not None:
                found.append(_told(row, other.case, other.order.order))
        return found


def _told(row: SimilarRow, case: Case, order: Order) -> SimilarCase:
    return SimilarCase(
        case_id=case.case_id,
        type=case.type,
        reasons=tuple(sorted({line.reason for line in case.lines})),
        categories=tuple(sorted({category_of(order, line.line_id) for line in case.lines} - {""})),
        same_kind=row.same_kind,
        same_reason=row.same_reason,
        alike=row.alike,
        opened_at=case.opened_at,
        took=(case.last_at or case.opened_at) - case.opened_at,
        currency=case.currency,
        parts=tuple(_part(matter) for matter in case.matters),
    )


def _part(matter: Matter) -> Part:
    remedy = matter.remedy
    return Part(
        outcome=matter.outcome,
        judged=tuple((each.decision, each.rule) for each in matter.judgement),
        disputes=matter.disputes,
        remedy=None if remedy is None else remedy.kind,
        paid=0 if remedy is None else remedy.paid,
    )
