"""What parties were told outside of the pages, as it travels."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mufakat.core.notices import Telling, WhatWasDone


class TellingOut(msgspec.Struct, frozen=True, kw_only=True):
    """What one command told one party: `codes` of its notices, `state` of the letter, and why where it failed.

    `cause`: the number of the first event of that command. `is_result`: a result is among it. `done`: what somebody did
    where a result did not arrive, who and when.
    """

    case_id: str
    order_id: str
    cause: int
    party: Literal["CUSTOMER", "SELLER"]
    codes: list[str]
    state: Telling
    is_result: bool
    began_at: datetime
    settled_at: datetime | None
    why: str
    done: WhatWasDone | None
    done_by: str
    done_at: datetime | None


class TellingsOut(msgspec.Struct, frozen=True, kw_only=True):
    """What parties were told, oldest first."""

    told: list[TellingOut]


class DoneIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was done about a result that did not arrive: which one, of whom, and what."""

    cause: Annotated[int, Meta(ge=1, le=1_000_000)]
    party: Literal["CUSTOMER", "SELLER"]
    done: WhatWasDone
