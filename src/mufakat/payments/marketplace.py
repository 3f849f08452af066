"""The marketplace as its own provider: its finance service holds, pays, deducts, and says what came of it.

For the many marketplaces whose payouts are their own. The protocol is `protocol.py`, signed as `signing.py` has it.
"""

import logging
import time
from typing import Final, TypeVar

import msgspec

from mufakat.payments import protocol
from mufakat.payments.exponents import NotRepresentableError
from mufakat.payments.line import Line, NoReplyError, Reply
from mufakat.payments.provider import Answer, Capabilities, Destination, Outcome, Owed, Reason, Standing, Verb

KEPT: Final = 300.0
"""Seconds for which a service's capabilities are kept before they are asked for again."""
DONE: Final = 200
BAD: Final = 400
NOT_THERE: Final = 404

ASSUMED: Final = Capabilities("marketplace", frozenset(Verb), frozenset(Destination), advance=True, debit_balance=True)
"""What is assumed while the service has not told: everything, as a call is then not sent before it has."""

log: Final = logging.getLogger(__name__)

T = TypeVar("T")


class MarketplaceProvider:
    """One marketplace's finance service at the other end of a line."""

    def __init__(self, line: Line, marketplace: str) -> None:
        self._line, self._marketplace = line, marketplace
        self._can: Capabilities | None = None
        self._asked_at = float("-inf")

    async def capabilities(self) -> Capabilities:
        """What it can do, as last told; everything while it has told nothing."""
        return await self._known() or ASSUMED

    async def _known(self) -> Capabilities | None:
        if time.monotonic() - self._asked_at < KEPT:
            return self._can
        reply = await self._ask("GET", "/capabilities")
        if isinstance(reply, Reply) and reply.status == DONE:
            said = _read(reply, protocol.Can)
            if said is not None:
                self._can, self._asked_at = protocol.capabilities(said), time.monotonic()
        return self._can

    async def call(self, verb: Verb, key: str, owed: Owed) -> Answer:
        """Do one thing, once, however often it is asked under this key."""
        can = await self._known()
        if can is None:
            return _rejected(Reason.OUT_OF_ORDER, "the finance service does not say what it can do")
        try:
            body = msgspec.json.encode(protocol.asked(verb, owed, can))
        except NotRepresentableError as error:
            return _rejected(Reason.INVALID, str(error))
        reply = await self._ask("PUT", protocol.call_path(key), body)
        if isinstance(reply, str):
            return Answer(Outcome.UNKNOWN, why=reply)
        if reply.status == BAD:
            said = _read(reply, protocol.Wrong)
            return _rejected(Reason.INVALID, said.why[: protocol.MOST_WHY] if said else "")
        return _answer(reply)

    async def lookup(self, key: str, owed: Owed) -> Answer | None:
        """What came of the call with this key; None when it never arrived."""
        del owed  # the service knows it by the key
        reply = await self._ask("GET", protocol.call_path(key))
        if isinstance(reply, str):
            return Answer(Outcome.UNKNOWN, why=reply)
        return None if reply.status == NOT_THERE else _answer(reply)

    async def status(self, owed: Owed) -> Standing | None:
        """Where the obligation stands; None when it is not known or cannot be told now."""
        obligation = owed.obligation
        reply = await self._ask("GET", protocol.obligation_path(obligation))
        said = _read(reply, protocol.Stands) if isinstance(reply, Reply) and reply.status == DONE else None
        try:
            return protocol.standing(said) if said is not None and said.obligation == obligation else None
        except NotRepresentableError as error:
            log.warning("%s of %s cannot be read: %s", obligation, self._marketplace, error)
            return None

    async def _ask(self, method: str, path: str, body: bytes = b"") -> Reply | str:
        """A reply, or why there is none."""
        try:
            return await self._line.ask(self._marketplace, method, path, body)
        except NoReplyError as error:
            log.info("%s %s of %s: %s", method, path, self._marketplace, error)
            return str(error)


def _answer(reply: Reply) -> Answer:
    said = _read(reply, protocol.Came) if reply.status == DONE else None
    try:
        if said is not None:
            return protocol.answer(said)
    except NotRepresentableError as error:
        return Answer(Outcome.UNKNOWN, why=str(error))
    return Answer(Outcome.UNKNOWN, why=f"a reply {reply.status} that says nothing")


def _read(reply: Reply, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except msgspec.MsgspecError as error:
        log.warning("a reply cannot be read: %s", error)
        return None


def _rejected(reason: Reason, why: str) -> Answer:
    return Answer(Outcome.REJECTED, reason=reason, why=why)
