"""Notices of an inbox as they travel."""

from datetime import datetime

import msgspec

from mufakat.api.wire.mirror import Moment
from mufakat.core.notices import NoticeKind


class NoticeOut(msgspec.Struct, frozen=True, kw_only=True):
    """A notice to the caller. `text`: what happened or is asked, with until when and what silence means in `until`.

    `due`: until when, null where nothing is due. `unread`: it was placed since the caller last read. `placed_at` and
    `due` by the marketplace's clock.
    """

    notice_id: str
    order_id: str
    case_id: str
    matter: int
    code: str
    kind: NoticeKind
    text: str
    until: str
    due: datetime | None
    placed_at: datetime
    unread: bool


class NoticesOut(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the caller's inbox, newest first. `unread`: how many are unread in all, at most 100."""

    notices: list[NoticeOut]
    unread: int
    next: str | None


class ReadIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was placed up to this moment has been read: `placed_at` of the newest notice that was shown."""

    until: Moment


class UnreadOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many notices are unread, at most 100."""

    unread: int
