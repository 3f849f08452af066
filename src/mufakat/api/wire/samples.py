"""Samples as they travel to the agent who judges them blind."""

import msgspec

from mufakat.api.wire.worksheet import WorksheetOut
from mufakat.core.claim import MaterialKind
from mufakat.core.parties import Role


class SampleExhibitOut(msgspec.Struct, kw_only=True):
    """A piece of material on the record, by which party, about which lines (empty: all). `href`: where its file is."""

    number: int
    by: Role
    item: str
    kind: MaterialKind
    lines: list[str]
    text: str
    refers_to: str
    href: str | None


class SampleSaidOut(msgspec.Struct, kw_only=True):
    """Something that a party wrote, by the stored name of the event that carries it."""

    number: int
    by: Role
    event: str
    text: str


class SampleOut(msgspec.Struct, kw_only=True):
    """A part of a case as it stood before anybody judged it: nothing that was found, judged or came later is in it."""

    case_id: str
    matter: int
    worksheet: WorksheetOut
    exhibits: list[SampleExhibitOut]
    said: list[SampleSaidOut]


class SampleJudgedOut(msgspec.Struct, kw_only=True):
    """What the second agent said was kept. What the first said is not told."""

    case_id: str
    matter: int
