"""Problem documents (RFC 9457): how every refusal and error looks."""

from datetime import datetime

import msgspec


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """The last thing that happened in a case: what stands instead of what was asked."""

    version: int
    at: datetime
    event: str
    by: str
    text: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong, why, and what to do.

    `code` is stable and public; `detail` is a sentence for the person who asked, in their language. `facts` are what
    the sentence rests on; `where` is a path into the body that was sent; `happened` is what stands in the case instead.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str = ""
    facts: dict[str, str] = {}
    where: str = ""
    happened: Happened | None = None
