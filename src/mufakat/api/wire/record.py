"""The platform's own record of a case, as it travels. Money in minor units, weights in grams, instants in UTC."""

from datetime import datetime

import msgspec

from mufakat.core.derived import FactCode, How, Unit
from mufakat.core.record import EntryKind, Source


class RecordEntryOut(msgspec.Struct, kw_only=True):
    """One thing that the platform knows: its number (`R3`), who says so, since when, and its plain values.

    `source_name` is who exactly, where that was told. Instants among the values are in ISO 8601. `text` is a sentence.
    """

    ref: str
    kind: EntryKind
    source: Source
    source_name: str
    at: datetime
    values: dict[str, str | int | bool]
    text: str


class FactOut(msgspec.Struct, kw_only=True):
    """What follows from the record, and how: from which entries, by which arithmetic, by which value of the rulebook.

    `value` counts `unit`s (MONEY: minor units); both None for a plain yes. `lines` are the lines of the request that it
    is about, none for the whole case; `exhibit` is the party's material that it checks, 0 for none.
    """

    code: FactCode
    value: int | None
    unit: Unit | None
    lines: list[str]
    exhibit: int
    entries: list[str]
    how: How
    rule: str
    rule_value: str
    text: str
    derivation: str


class RecordOut(msgspec.Struct, kw_only=True):
    """What the platform itself knows of a case at a moment, and what follows from it (S7); the same for everybody."""

    case_id: str
    now: datetime
    language: str
    entries: list[RecordEntryOut]
    facts: list[FactOut]
