"""Parties are told by mail what stands in their inbox: one letter for all that one command tells one of them (S8).

A row is claimed with a lease, sent outside of any transaction, and settled; whoever dies in between leaves it to the
next after the lease, who sends the same letter under the same name. What the server refuses for good is BOUNCED at
once; what cannot be sent now is tried again, ever more rarely, for three days. The letter says what the inbox says,
with a link to the case, and nothing that a party wrote. Agents get none: their desk says what waits for them.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from random import Random
from typing import Final, Protocol

from mufakat.core.notices import NoticeKind, Telling, kind_of
from mufakat.core.words import Language
from mufakat.core.words.notices import Phrase, phrase, said, subject, until
from mufakat.engine.accounts.contacts import Contact, Contacts
from mufakat.engine.ports import Clock
from mufakat.engine.together import together
from mufakat.notify.mail import Letter, NoAddressError, message_id, written
from mufakat.notify.smtp import NotNow, Refused
from mufakat.rulebooks import load
from mufakat.store.database import StoreLost
from mufakat.store.records import Marketplace, Notice
from mufakat.store.tellings import ToTell

BATCH: Final = 50
AT_ONCE: Final = 8
LEASE: Final = timedelta(minutes=5)
PATIENCE: Final = timedelta(days=3)
"""How long a letter is tried; what is older when it is first met stays in the inbox alone."""
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=2)
_MOST_DOUBLED: Final = 12
_URGENT: Final = tuple(NoticeKind)

log: Final = logging.getLogger(__name__)


class TellingStore(Protocol):
    """What telling needs of a store: PostgreSQL."""

    async def marketplaces(self) -> list[Marketplace]:
        """Every tenant."""

    async def claim_tellings(self, now: datetime, lease: timedelta, limit: int) -> list[ToTell]:
        """Take what is to be told; nobody else gets it until the lease ends."""

    async def notices_of(self, marketplace: str, to_role: str, to_id: str, case_id: str, cause: int) -> list[Notice]:
        """The notices of one cause to one recipient, in the order of what happened."""

    async def telling_settled(self, telling: ToTell, state: Telling, now: datetime, why: str = "") -> None:
        """It ended so. Does nothing where the lease was lost."""

    async def telling_again(self, telling: ToTell, at: datetime, why: str) -> None:
        """Try it again then. Does nothing where the lease was lost."""


class Posting(Protocol):
    """What takes letters."""

    async def send(self, message: EmailMessage) -> None:
        """Hand a message over. Raises Refused, NotNow."""


@dataclass(frozen=True, slots=True)
class From:
    """Who writes: the address that letters come from, where the pages are, and what names a letter.

    name: a report of a letter that came back is believed for its name, so only we can make one.
    """

    sender: str
    public_url: str
    name: Callable[[str], bytes]


class Tellings:
    """The loop that tells. chance: spreads what is tried again."""

    def __init__(
        self, store: TellingStore, contacts: Contacts, clock: Clock, post: Posting, who: From, chance: Random
    ) -> None:
        self._store, self._contacts, self._clock = store, contacts, clock
        self._post, self._from, self._chance = post, who, chance

    async def drain(self, stop: asyncio.Event | None = None) -> int:
        """Passes until nothing more can be told now or `stop` is set; how many letters were sent."""
        total = 0
        while not (stop and stop.is_set()):
            claimed = await self._store.claim_tellings(self._clock.now(), LEASE, BATCH)
            if not claimed:
                break
            places = {each.marketplace: each for each in await self._store.marketplaces()}
            ends = await together([self._tell(each, places[each.marketplace]) for each in claimed], AT_ONCE)
            total += ends.count(Telling.SENT)
        return total

    async def _tell(self, telling: ToTell, place: Marketplace) -> Telling:
        """How it ended; WAITING where it is tried again."""
        now = self._clock.now()
        try:
            end, why = await self._sent(telling, place)
        except StoreLost:
            raise
        except Exception as error:  # one bad row must not stop the loop, nor be tried for ever
            why = str(error) if isinstance(error, NotNow) else type(error).__name__
            if not isinstance(error, NotNow):
                log.exception("telling %s of case %s of %s failed", telling.cause, telling.case_id, telling.marketplace)
            if now - telling.began_at < PATIENCE:
                await self._store.telling_again(telling, now + self._pause(telling), why)
                return Telling.WAITING
            end = Telling.FAILED
        if end not in (Telling.SENT, Telling.OFF):
            log.warning("telling %s of case %s of %s: %s", telling.cause, telling.case_id, telling.marketplace, end)
        await self._store.telling_settled(telling, end, self._clock.now(), why)
        return end

    async def _sent(self, telling: ToTell, place: Marketplace) -> tuple[Telling, str]:
        """Send it; how it ended, and why. Raises NotNow."""
        if place.sandbox or place.frozen is not None:
            return Telling.OFF, "a marketplace for trying writes to nobody"
        if telling.attempts == 1 and self._clock.now() - telling.began_at >= PATIENCE:
            return Telling.OFF, "it was too old when letters could be sent"
        contact = (await self._contacts.of(telling.marketplace, telling.order_id)).get(telling.role)
        if contact is None or not contact.email:
            return Telling.NO_CONTACT, ""
        whose = (telling.marketplace, telling.role.value, telling.party_id, telling.case_id)
        notices = await self._store.notices_of(*whose, telling.cause)
        try:
            await self._post.send(written(letter(telling, place, notices, contact, self._from)))
        except NoAddressError as error:
            return Telling.NO_CONTACT, str(error)
        except Refused as error:
            return Telling.BOUNCED, str(error)
        return Telling.SENT, ""

    def _pause(self, telling: ToTell) -> timedelta:
        doubled = FIRST_PAUSE * (1 << min(telling.attempts - 1, _MOST_DOUBLED))
        return min(doubled, LONGEST_PAUSE) * (0.5 + self._chance.random())


def letter(telling: ToTell, place: Marketplace, notices: list[Notice], contact: Contact, who: From) -> Letter:
    """What is written about a cause: each sentence once, in the market's language and by its clocks. Raises
    NoAddressError.
    """
    rulebook = load(place.market)
    language = Language(rulebook.language) if rulebook.language in list(Language) else Language.EN
    moments = {each.key: datetime.fromisoformat(each.due) if each.due else None for each in notices}
    sentences = [
        " ".join(
            part
            for part in (
                said(each.code, telling.role, language),
                until(each.code, moments[each.key], each.lapse, rulebook.zone, language),
            )
            if part
        )
        for each in notices
    ]
    kind = min((kind_of(each.code) for each in notices), key=_URGENT.index)
    dues = [moment for each in notices if kind_of(each.code) is kind and (moment := moments[each.key])]
    facts = {"name": contact.name, "order": telling.order_id}
    name = "\0".join((telling.marketplace, telling.role, telling.party_id, telling.case_id, str(telling.cause)))
    return Letter(
        to=contact.email,
        sender=who.sender,
        subject=subject(kind, telling.order_id, min(dues, default=None), rulebook.zone, language),
        greeting=phrase(Phrase.GREETING, facts, language),
        paragraphs=tuple(dict.fromkeys(sentences)),
        link=f"{who.public_url}/cases/{telling.case_id}",
        link_text=phrase(Phrase.OPEN, facts, language),
        footer=tuple(phrase(each, facts, language) for each in (Phrase.WAY_IN, Phrase.ABOUT, Phrase.NO_ANSWERS)),
        language=language.value,
        message_id=message_id(who.name(name), who.sender),
        at=telling.began_at,
    )
