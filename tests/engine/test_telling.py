"""Parties are told by mail: one letter for a cause, by a real mail server; what fails, comes back, has no address."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from random import Random

import pytest

from mufakat.core import commands as c
from mufakat.core.notices import Telling, WhatWasDone
from mufakat.core.parties import Role
from mufakat.engine.accounts.contacts import Contact, Contacts
from mufakat.engine.telling import LEASE, PATIENCE, From, Tellings
from mufakat.notify.smtp import NotNow, Post, Refused, Server, Tls
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Marketplace, Notice
from mufakat.store.seal import Sealer
from mufakat.store.tellings import GATHER, ToTell
from tests.core.story import CUSTOMER, HOUR, SELLER, order
from tests.notify.conftest import Opened, post_office
from tests.store.world import ASK, World

__all__ = ["post_office"]

WHO = From("Toko <help@toko.example>", "https://disputes.example", Sealer(bytes(32)).letter_name)
ANI, BUDI = Contact("Ani", email="ani@mail.example"), Contact(email="cs@budi.example")


class Box:
    """A mail server in memory, which does with the first letters what it is told."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers, self.took = list(answers), list[EmailMessage]()

    async def send(self, message: EmailMessage) -> None:
        """Take a letter, or not."""
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or isinstance(answer, Lost):
            self.took.append(message)
        if answer is not None:
            raise answer


class Lost(NotNow):
    """It was taken, and nobody heard of it."""


class Stand:
    """A world whose parties can be written to."""

    def __init__(self, store: PostgresStore) -> None:
        self.store, self.world = store, World(store)
        self.contacts = Contacts(store, self.world.sealer, self.world.clock)

    async def case(self, **contacts: Contact | None) -> str:
        """A request that was opened, and everybody's inbox told of it."""
        await self.world.ready(order(), sold=100_000)
        told = {Role.CUSTOMER: contacts.get("customer", ANI), Role.SELLER: contacts.get("seller", BUDI)}
        assert await self.contacts.put("here", "o1", {role: x for role, x in told.items() if x is not None})
        done = await self.world.give(CUSTOMER, ASK)
        await self.world.deliveries.drain()
        return done.case_id

    def loop(self, box: Box | Post) -> Tellings:
        """The loop over a mail server."""
        return Tellings(self.store, self.contacts, self.world.clock, box, WHO, Random(1))

    async def states(self, case_id: str) -> list[tuple[Role, Telling]]:
        """Who was told, and how it ended."""
        return [(each.role, each.state) for each in await self.store.tellings_of("here", case_id)]


@pytest.fixture
async def stand(database_url: str) -> AsyncIterator[Stand]:
    """A stand on PostgreSQL."""
    store = await PostgresStore.connect(database_url)
    yield Stand(store)
    await store.close()


def text(message: EmailMessage) -> str:
    """What a letter says to who reads it as plain text."""
    found: str = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # every letter has one
    return found


async def test_s8_one_letter_tells_one_recipient_all_that_one_command_did(stand: Stand, post_office: Opened) -> None:
    office = post_office()
    case_id = await stand.case()
    loop = stand.loop(Post(Server("127.0.0.1", office.port, Tls.NONE)))
    assert await loop.drain() == 1
    assert await loop.drain() == 0
    (letter,) = office.kept()
    assert letter["To"] == "cs@budi.example"
    assert letter["From"] == "Toko <help@toko.example>"
    assert letter["Subject"].strip() == "Pesanan o1: ada yang perlu Anda lakukan sampai 4 November 2026, 11:00 WIB"
    said = text(letter)
    assert said.startswith("Halo,")
    assert said.index("Seorang pembeli mengajukan permintaan.") < said.index("Silakan jawab permintaan pembeli")
    assert "Jika sampai saat itu tidak ada tindakan" in said
    assert f"https://disputes.example/cases/{case_id}" in said
    assert ASK.text not in letter.as_string()
    assert await stand.states(case_id) == [(Role.SELLER, Telling.SENT)]


async def test_s8_both_are_told_the_result(stand: Stand) -> None:
    case_id, box = await stand.case(), Box()
    await stand.world.give(SELLER, c.ApproveRequest(), case_id)
    for _ in range(20):
        stand.world.clock.at += 12 * HOUR
        await stand.world.deliveries.drain()
        await stand.world.deadlines.drain()
        await stand.loop(box).drain()
    assert [each["To"] for each in box.took if "Dana Anda telah dikembalikan." in text(each)] == ["ani@mail.example"]
    assert [each["To"] for each in box.took if "Dana pembeli telah dikembalikan." in text(each)] == ["cs@budi.example"]
    assert [each["To"] for each in box.took if "Perkara ditutup" in text(each)].count("ani@mail.example") == 1
    assert len({each["Message-ID"] for each in box.took}) == len(box.took)


async def test_what_cannot_go_now_goes_later_under_the_same_name(stand: Stand) -> None:
    case_id, box = await stand.case(), Box(NotNow("away"), Lost("cut off"))
    loop = stand.loop(box)
    assert await loop.drain() == 0
    assert await stand.states(case_id) == [(Role.SELLER, Telling.WAITING)]
    for _ in range(2):
        stand.world.clock.at += HOUR
        await loop.drain()
    assert len(box.took) == 2
    assert box.took[0]["Message-ID"] == box.took[1]["Message-ID"], "a double is the same letter"
    assert box.took[0].as_bytes().partition(b"boundary")[0] == box.took[1].as_bytes().partition(b"boundary")[0]
    assert await stand.states(case_id) == [(Role.SELLER, Telling.SENT)]


async def test_whoever_dies_leaves_it_to_the_next_after_the_lease(stand: Stand) -> None:
    case_id, box = await stand.case(), Box()
    now = stand.world.clock.at
    (held,) = await stand.store.claim_tellings(now, LEASE, 10)
    assert await stand.loop(box).drain() == 0, "somebody has it"
    stand.world.clock.at += LEASE + timedelta(seconds=1)
    assert await stand.loop(box).drain() == 1
    await stand.store.telling_settled(held, Telling.FAILED, stand.world.clock.at)
    await stand.store.telling_again(held, now, "late")
    assert await stand.states(case_id) == [(Role.SELLER, Telling.SENT)], "who lost the lease changes nothing"


async def test_what_never_goes_is_given_up_after_three_days(stand: Stand) -> None:
    case_id = await stand.case()
    box = Box(*(NotNow("away") for _ in range(99)))
    tries = 0
    while (Role.SELLER, Telling.WAITING) in await stand.states(case_id):
        await stand.loop(box).drain()
        stand.world.clock.at += timedelta(minutes=30)
        tries += 1
    assert timedelta(minutes=30) * tries >= PATIENCE
    (failed,) = await stand.store.tellings_of("here", case_id)
    assert (failed.state, failed.why) == (Telling.FAILED, "away")


async def test_what_cannot_be_written_is_no_more_tried_for_ever_than_what_cannot_be_sent(stand: Stand) -> None:
    """S8: a result that never goes must come before an agent, whatever kept it."""
    case_id = await stand.case()
    box = Box(*(ValueError("a bug of ours") for _ in range(999)))
    while (Role.SELLER, Telling.WAITING) in await stand.states(case_id):
        await stand.loop(box).drain()
        stand.world.clock.at += timedelta(minutes=30)
    (failed,) = await stand.store.tellings_of("here", case_id)
    assert (failed.state, failed.why) == (Telling.FAILED, "ValueError")


async def test_a_notice_that_comes_while_its_cause_is_told_breaks_no_lease(stand: Stand) -> None:
    case_id = await stand.case(seller=None)
    await stand.loop(Box()).drain()
    await put(stand, case_id, 700, "dispute.judged", among=2)
    stand.world.clock.at += GATHER
    now = stand.world.clock.at
    assert len(await stand.store.claim_tellings(now, LEASE, 9)) == 1
    await put(stand, case_id, 700, "matter.closed", among=2, n=1)
    assert await stand.store.claim_tellings(now, LEASE, 9) == []


def test_only_who_has_the_master_key_can_tell_a_letters_name() -> None:
    """A forged report of a letter that came back would else silence somebody."""
    one, other = (Sealer(bytes([each]) * 32) for each in (1, 2))
    assert one.letter_name("x") == one.letter_name("x") != one.letter_name("y")
    assert one.letter_name("x") != other.letter_name("x")


@pytest.mark.parametrize(
    "contact, answer, end",
    [
        (BUDI, Refused(550, "no such mailbox"), Telling.BOUNCED),
        (None, None, Telling.NO_CONTACT),
        (Contact(phone="0812"), None, Telling.NO_CONTACT),
        (Contact(email="nobody at home"), None, Telling.NO_CONTACT),
    ],
)
async def test_who_cannot_be_reached_is_noted_without_the_address(
    stand: Stand, contact: Contact | None, answer: Exception | None, end: Telling
) -> None:
    case_id = await stand.case(seller=contact)
    assert await stand.loop(Box(answer)).drain() == 0
    assert await stand.states(case_id) == [(Role.SELLER, end)]
    (telling,) = await stand.store.tellings_of("here", case_id)
    assert "budi" not in telling.why
    assert "home" not in telling.why
    assert await stand.store.undelivered("here", 10) == [], "nothing was decided yet"


async def test_s8_a_result_that_was_not_delivered_waits_until_somebody_notes_what_was_done(stand: Stand) -> None:
    case_id = await stand.case(customer=None)
    await stand.world.give(SELLER, c.ApproveRequest(), case_id)
    await put(stand, case_id, 900, "refund.paid")
    await stand.loop(Box()).drain()
    waits = [each for each in await stand.store.undelivered("here", 10) if each.cause == 900]
    assert [(each.role, each.state) for each in waits] == [(Role.CUSTOMER, Telling.NO_CONTACT)]
    now = stand.world.clock.at
    assert await stand.store.note_done(waits[0], WhatWasDone.CALLED, "rina", now)
    assert not await stand.store.note_done(waits[0], WhatWasDone.WROTE, "dewi", now), "once"
    assert 900 not in [each.cause for each in await stand.store.undelivered("here", 10)]
    (noted,) = [each for each in await stand.store.tellings_of("here", case_id) if each.cause == 900]
    assert (noted.done, noted.done_by, noted.done_at) == (WhatWasDone.CALLED, "rina", now)


async def put(stand: Stand, case_id: str, cause: int, code: str, among: int = 1, n: int = 0) -> None:
    """A notice to the customer in its inbox."""
    at = stand.world.clock.at
    key = f"{case_id}:{cause + n}:0"
    told = Notice("CUSTOMER", CUSTOMER.id, key, "o1", case_id, 1, code, "", at, cause=cause, among=among)
    await stand.store.put_notice("here", told, at)
    await stand.store.put_notice("here", told, at)


async def test_a_cause_is_told_once_it_is_whole_or_has_waited_long_enough(stand: Stand) -> None:
    case_id, box = await stand.case(seller=None), Box()
    await stand.loop(box).drain()
    await put(stand, case_id, 700, "dispute.judged", among=2)
    await stand.loop(box).drain()
    assert box.took == [], "a double is not the rest"
    await put(stand, case_id, 700, "matter.closed", among=2, n=1)
    await put(stand, case_id, 800, "refund.paid", among=2)
    await stand.loop(box).drain()
    assert len(box.took) == 1
    assert "Platform telah memutus" in text(box.took[0])
    assert "Perkara ditutup" in text(box.took[0])
    stand.world.clock.at += GATHER
    await stand.loop(box).drain()
    assert len(box.took) == 2


async def test_a_marketplace_for_trying_writes_to_nobody_and_what_is_old_stays_in_the_inbox(stand: Stand) -> None:
    await stand.store.put_marketplace(Marketplace("sand", "id", sandbox=True))
    at, box = stand.world.clock.at, Box()
    told = Notice("CUSTOMER", "ani", "c:1:0", "o1", "c", 1, "refund.paid", "", at, cause=1)
    await stand.store.put_notice("sand", told, at)
    case_id = await stand.case()
    stand.world.clock.at += PATIENCE
    await stand.loop(box).drain()
    assert box.took == []
    assert await stand.states(case_id) == [(Role.SELLER, Telling.OFF)]
    found: list[ToTell] = await stand.store.tellings_of("sand", "c")
    assert [each.state for each in found] == [Telling.OFF]


async def test_agents_are_told_on_their_desk_alone(stand: Stand) -> None:
    case_id = await stand.case()
    at = stand.world.clock.at
    await stand.store.put_notice(
        "here", Notice("AGENT", "", f"{case_id}:99:0", "o1", case_id, 1, "your_turn.deciding", "", at, cause=99), at
    )
    assert 99 not in [each.cause for each in await stand.store.tellings_of("here", case_id)]
