"""The statement of reasons as data: sections of plain blocks that a page, a PDF and JSON lay out alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mufakat.core.claim import Decision, RemedyKind
from mufakat.core.parties import Role
from mufakat.core.words import Language


class SectionKey(StrEnum):
    """What a section is about. Public: never rename one."""

    ASKED = "ASKED"
    DECISION = "DECISION"
    MATERIAL = "MATERIAL"
    RECORD = "RECORD"
    RULES = "RULES"
    REMEDY = "REMEDY"
    NEXT = "NEXT"
    DISAGREE = "DISAGREE"
    MACHINE = "MACHINE"
    READERS = "READERS"


class BlockKind(StrEnum):
    """How a block is laid out. QUOTE: somebody's own words; PAIRS: a term and what is said of it; TABLE: with heads."""

    TEXT = "TEXT"
    QUOTE = "QUOTE"
    PAIRS = "PAIRS"
    TABLE = "TABLE"


Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One block: `text` of TEXT and QUOTE (`label` says whose words, or what the table shows), `rows` of the others."""

    kind: BlockKind
    text: str = ""
    label: str = ""
    columns: Row = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the statement under one heading."""

    key: SectionKey
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """What was decided about a line, as codes for programs. `amount` in minor units of the case's currency."""

    line_id: str
    decision: Decision
    rule: str
    kind: RemedyKind | None
    amount: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Why a judgement is as it is, for one party in one language.

    `number` counts the judgements of the case from 1, `event` is the judgement's number in the log, `judged_at` in UTC.
    `policy` is the hash of the policy that decided. `automatic`: no person took part in it.
    """

    case_id: str
    order_id: str
    number: int
    event: int
    judged_at: datetime
    for_role: Role
    language: Language
    appeal: bool
    automatic: bool
    currency: str
    policy: str
    title: str
    summary: tuple[tuple[str, str], ...]
    lines: tuple[DecidedLine, ...]
    sections: tuple[Section, ...]


def text(said: str) -> Block:
    """A paragraph."""
    return Block(BlockKind.TEXT, said)


def quote(said: str, label: str) -> Block:
    """Somebody's own words, with whose they are."""
    return Block(BlockKind.QUOTE, said, label)


def pairs(rows: Sequence[Row]) -> Block:
    """Terms with what is said of each."""
    return Block(BlockKind.PAIRS, rows=tuple(rows))


def table(label: str, columns: Row, rows: Sequence[Row]) -> Block:
    """A table with heads; `label` says what it shows."""
    return Block(BlockKind.TABLE, label=label, columns=columns, rows=tuple(rows))
