"""Statements of reasons as they travel. Money in minor units, instants in UTC; sentences hold times of the market."""

from datetime import datetime

import msgspec

from mufakat.core.claim import Decision, RemedyKind
from mufakat.core.parties import Role
from mufakat.core.statement import BlockKind, SectionKey
from mufakat.core.words import Language


class ReasonsLinksOut(msgspec.Struct, kw_only=True):
    """Where a statement is, in each form: data, a page to print, a PDF."""

    json: str
    html: str
    pdf: str


class ReasonsRowOut(msgspec.Struct, kw_only=True):
    """A judgement of a case, for which statements can be read.

    `number` counts the judgements of the case from 1, `event` is its number in the log, `dispute` that of the dispute.
    `links`: for whom (CUSTOMER, SELLER: a party finds its own only) to language to where.
    """

    number: int
    event: int
    judged_at: datetime
    matter: int
    dispute: int
    appeal: bool
    lines: list[str]
    links: dict[str, dict[str, ReasonsLinksOut]]


class ReasonsListOut(msgspec.Struct, kw_only=True):
    """The judgements of a case, oldest first."""

    case_id: str
    statements: list[ReasonsRowOut]


class DecidedLineOut(msgspec.Struct, kw_only=True):
    """What was decided about a line. `amount` in minor units; `kind` is None where it is for the seller."""

    line_id: str
    decision: Decision
    rule: str
    kind: RemedyKind | None
    amount: int


class BlockOut(msgspec.Struct, kw_only=True):
    """A part of a section: `text` of TEXT and QUOTE, `rows` of PAIRS and TABLE; `label` says whose words or what."""

    kind: BlockKind
    text: str
    label: str
    columns: list[str]
    rows: list[list[str]]


class SectionOut(msgspec.Struct, kw_only=True):
    """What a statement says under one heading."""

    key: SectionKey
    heading: str
    blocks: list[BlockOut]


class ReasonsOut(msgspec.Struct, kw_only=True):
    """Why a judgement is as it is, for one party in one language (S15 to S18).

    `policy` is the hash of the policy that decided; `automatic`: no person took part in it. The same for ever, until
    the case is forgotten.
    """

    case_id: str
    order_id: str
    number: int
    event: int
    judged_at: datetime
    for_role: Role = msgspec.field(name="for")
    language: Language
    appeal: bool
    automatic: bool
    currency: str
    policy: str
    title: str
    summary: list[list[str]]
    lines: list[DecidedLineOut]
    sections: list[SectionOut]
