"""What may be asked, and what a command would do, as they travel. Amounts in minor units, instants in UTC."""

from datetime import datetime

import msgspec

from mufakat.api.wire.cases import EntryOut, _Out
from mufakat.core.claim import Destination, Level, Reason, RemedyKind, RequestType
from mufakat.core.parties import Role
from mufakat.core.phases import Outcome, Phase
from mufakat.core.policy.policy import LapseOutcome


class NotNowOut(_Out):
    """Why something cannot be asked: the refusal that it would meet, and its sentence."""

    code: str
    detail: str


class AskingOut(_Out):
    """A reason under a type: may be asked before `until` (None: no end) where `not_now` is None.

    `acceptance_until`: a dispute about it meets its acceptance period where the request is opened before then (S26).
    """

    reason: Reason
    not_now: NotNowOut | None
    until: datetime | None
    acceptance_until: datetime | None


class TypeOut(_Out):
    """What may be asked of one type. `at_once`: granted without waiting for anybody."""

    type: RequestType
    not_now: NotNowOut | None
    at_once: bool
    reasons: list[AskingOut]


class UnitsOut(_Out):
    """Free units that came alike. `most`: the most that may be refunded for them."""

    units: list[int]
    most: int
    types: list[TypeOut]


class EligibleLineOut(_Out):
    """A line of the order: what is free of it, and what may be asked."""

    line_id: str
    bought: int
    free: list[int]
    most: int
    not_now: NotNowOut | None
    units: list[UnitsOut]


class ReasonCodeOut(_Out):
    """A reason code of the market: what it means, and what people read."""

    code: str
    reason: Reason | None
    text: str


class CodesOut(_Out):
    """The codes that a request of a type may carry; `needed` where it must carry one."""

    type: RequestType
    needed: bool
    codes: list[ReasonCodeOut]


class ItemOut(_Out):
    """A kind of material that is expected (S6): ONE_OR_MORE of a kind's group, REQUIRED, or OPTIONAL."""

    item: str
    level: Level
    text: str


class MaterialOut(_Out):
    """The material that is expected of both sides for a reason."""

    reason: Reason
    customer: list[ItemOut]
    seller: list[ItemOut]


class EligibilityOut(_Out):
    """What a party may ask for the lines of an order now, until when, with what material (S6, S26, S27)."""

    order_id: str
    currency: str
    role: Role
    now: datetime
    lines: list[EligibleLineOut]
    codes: list[CodesOut]
    material: list[MaterialOut]


class StandingOut(_Out):
    """How a matter stands. `on_silence` is what happens at `due` when nobody acts.

    `owed`: what the customer is to have in money. `ordered`: what the payment provider was told to pay. `held`: what is
    kept back from the seller's payouts, None where that is not the viewer's business. `destination`: where the ordered
    money goes.
    """

    phase: Phase
    due: datetime | None
    on_silence: LapseOutcome | None
    outcome: Outcome | None
    held: int | None
    kind: RemedyKind | None
    owed: int
    ordered: int
    paid: int
    freight: int
    freight_bearer: Role | None
    destination: Destination | None


class ChangeOut(_Out):
    """A matter before and after. `before` None: there was no case. `came_from`: the matter it split off, else None."""

    matter: int
    lines: list[str]
    came_from: int | None
    before: StandingOut | None
    after: StandingOut


class PreviewOut(_Out):
    """What a command would do if it were given now: what would be recorded (nothing: no change), and every matter."""

    version: int
    recorded: list[EntryOut]
    matters: list[ChangeOut]


class FileOut(msgspec.Struct, kw_only=True):
    """A file that is kept. `digest` is the SHA-256 of its bytes (hex): name it in a material. `href` reads it back."""

    digest: str
    size: int
    type: str
    put_at: datetime
    href: str


class UploadOut(_Out):
    """A file on its way in: `received` of `length` bytes; `digest` and `href` once it is a kept file."""

    upload_id: str
    order_id: str
    length: int
    received: int
    digest: str | None
    until: datetime
    href: str | None
