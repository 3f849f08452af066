"""The platform's own record of a case (S7): what it knows itself, and what follows from it."""

from datetime import datetime
from typing import Any

from litestar import Request, Router, get

from mufakat.api import showing
from mufakat.api.asked import CaseId, caller, site_of
from mufakat.api.knocking import RIGHT
from mufakat.api.rights import Right
from mufakat.api.site import language_of
from mufakat.api.wire import record as w
from mufakat.core.derived import Derived, derived
from mufakat.core.preview import as_of
from mufakat.core.record import Entry, Value, record
from mufakat.core.words import Language
from mufakat.core.words.record import tell_entry, tell_fact, tell_how
from mufakat.rulebooks import load


@get("/{case_id:str}/record", opt={RIGHT: Right.CASES_READ})
async def read_record(request: Request[Any, Any, Any], case_id: CaseId) -> w.RecordOut:
    """What the platform itself knows: order, payment, promise, scans, messages, other cases; and what follows from it.

    A dispute is judged on it together with the material of both sides (S7). Material of kind RECORD refers to an entry.
    """
    site, who, language = site_of(request), caller(request), language_of(request)
    loaded = await site.loaded(who, case_id)
    assert loaded.case is not None
    assert loaded.policy is not None
    now = showing.moment_of(loaded, site.engine.clock.now())
    case = as_of(loaded.case, loaded.order, loaded.policy, now)
    telling = Telling(language, load(loaded.marketplace.market).zone, case.currency)
    return w.RecordOut(
        case_id=case_id,
        now=now,
        language=language.value,
        entries=[telling.entry(each) for each in record(loaded.order, case, now)],
        facts=[telling.fact(each) for each in derived(loaded.order, case, loaded.policy, now)],
    )


class Telling:
    """Lays the record out in one language."""

    def __init__(self, language: Language, zone: str, currency: str) -> None:
        self._language, self._there = language, (zone, currency)

    def entry(self, entry: Entry) -> w.RecordEntryOut:
        """One thing that the platform knows."""
        return w.RecordEntryOut(
            ref=entry.ref,
            kind=entry.kind,
            source=entry.source,
            source_name=entry.name,
            at=entry.at,
            values={name: _plain(value) for name, value in entry.values},
            text=tell_entry(entry, self._language, *self._there),
        )

    def fact(self, found: Derived) -> w.FactOut:
        """One thing that follows from it."""
        return w.FactOut(
            code=found.code,
            value=found.value,
            unit=found.unit,
            lines=list(found.lines),
            exhibit=found.exhibit,
            entries=list(found.entries),
            how=found.how,
            rule=found.rule,
            rule_value=found.rule_value,
            text=tell_fact(found, self._language, *self._there),
            derivation=tell_how(found, self._language),
        )


def _plain(value: Value) -> str | int | bool:
    """A value as JSON holds it."""
    return value.isoformat() if isinstance(value, datetime) else value


router = Router("/v1/cases", route_handlers=[read_record], tags=["Cases"])
