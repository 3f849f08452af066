"""Past cases like a case: the same kind first, then by the words; nobody's names; nothing left of who is forgotten."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, FindingValue, Reason, RemedyKind
from mufakat.core.phases import Outcome
from mufakat.core.refusals import Refusal
from mufakat.engine.signals.noting import Noting
from mufakat.engine.signals.wording import folded, query
from mufakat.engine.similar import Similar, SimilarCase
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask
from mufakat.store.similar import CANDIDATES
from tests.core.story import AGENT, CUSTOMER, SELLER
from tests.store import quarrels
from tests.store.world import ASK, World

MOTOR = "Motor blender mati total, tidak berputar sama sekali"
HANDLE = "Gagang cangkir retak dan bocor di bagian bawah"


class Shelf:
    """Closed cases about several orders, and what is found of them."""

    def __init__(self, world: World, store: PostgresStore, hand: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.world, self.store, self.hand = world, store, hand
        self.noting = Noting(store, world.sealer, world.clock)
        self.similar = Similar(store, self.noting)
        self.orders = 0

    async def order(self, category: str = "kitchen") -> str:
        """A new order; its id."""
        self.orders += 1
        order_id = f"o{self.orders}"
        await self.world.put(quarrels.sold(order_id, category))
        return order_id

    async def open(self, text: str, category: str = "kitchen", reason: Reason = Reason.DEFECTIVE) -> tuple[str, str]:
        """A request with that text; its order and case."""
        order_id = await self.order(category)
        asked = replace(ASK, text=text, materials=(), lines=(ClaimLine(quarrels.LINE, reason),))
        return order_id, (await self.world.give(CUSTOMER, asked, order_id=order_id)).case_id

    async def closed(self, text: str, category: str = "kitchen", reason: Reason = Reason.DEFECTIVE) -> str:
        """A case that its customer withdrew; its id."""
        order_id, case_id = await self.open(text, category, reason)
        await self.world.give(CUSTOMER, c.WithdrawRequest(), case_id, order_id=order_id)
        await self.noting.note_case("here", order_id, case_id)
        return case_id

    async def to(self, where: tuple[str, str], ties: tuple[str, ...] = ()) -> list[SimilarCase]:
        """What is like a case."""
        loaded = await self.store.load(Ask("here", *where))
        assert loaded is not None
        return await self.similar.to(loaded, ties)

    async def kept(self) -> list[Any]:
        """All that is kept of anybody's words."""
        return [tuple(row) for row in await self.hand.fetch("SELECT case_id, body FROM search_texts ORDER BY case_id")]


@pytest.fixture
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    """An empty marketplace."""
    store = await PostgresStore.connect(database_url)
    hand = await asyncpg.connect(database_url)
    yield Shelf(await World(store).ready(quarrels.sold("o0"), sold=900_000), store, hand)
    await hand.close()
    await store.close()


async def test_the_same_kind_comes_first_then_the_reason_then_the_words(shelf: Shelf) -> None:
    other_reason = await shelf.closed(MOTOR, reason=Reason.NOT_AS_DESCRIBED)
    same_reason = await shelf.closed(MOTOR, "toys")
    far = await shelf.closed(HANDLE)
    near = await shelf.closed("Blender saya mati, motornya tidak mau berputar")
    await shelf.closed("Warnanya lain", "toys", Reason.NOT_AS_DESCRIBED)
    found = await shelf.to(await shelf.open(MOTOR))
    assert [each.case_id for each in found] == [near, far, same_reason, other_reason]
    assert [(each.same_kind, each.same_reason) for each in found] == [
        *[(True, True)] * 2,
        (False, True),
        (False, False),
    ]
    assert found[0].alike > found[1].alike


async def test_words_are_found_by_their_stems_and_by_their_letters(shelf: Shelf) -> None:
    """Full-text search with Indonesian stems, and trigrams for what is misspelt."""
    stems = await shelf.closed("blendernya bocor", "toys", Reason.OTHER)
    found = await shelf.to(await shelf.open("Kebocoran pada blender", reason=Reason.DAMAGED))
    assert [each.case_id for each in found] == [stems]
    assert await shelf.store.has_trigrams()
    misspelt = await shelf.closed("Moter blendr matii totl", reason=Reason.WRONG_ITEM)
    nothing = await shelf.closed("Xyz", reason=Reason.WRONG_ITEM)
    found = await shelf.to(await shelf.open(MOTOR, reason=Reason.WRONG_ITEM))
    assert [each.case_id for each in found] == [misspelt, nothing, stems]
    assert found[0].alike > 2 * found[1].alike


async def test_a_server_without_trigrams_ranks_by_full_text(shelf: Shelf) -> None:
    await shelf.hand.execute("DROP EXTENSION pg_trgm")
    far, near = await shelf.closed(HANDLE), await shelf.closed(MOTOR)
    assert not await shelf.store.has_trigrams()
    assert [each.case_id for each in await shelf.to(await shelf.open(MOTOR))] == [near, far]


async def test_only_closed_cases_are_told_and_not_the_case_itself(shelf: Shelf) -> None:
    where = await shelf.open(MOTOR)
    await shelf.noting.note_case("here", *(await shelf.open(MOTOR)))
    assert await shelf.to(where) == []


async def test_how_it_ended_is_told_without_names_and_words(shelf: Shelf) -> None:
    order_id = await shelf.order()
    world = shelf.world
    case_id = await quarrels.disputed(world, order_id, MOTOR)
    await quarrels.judged(world, case_id, FindingValue.VALID, order_id=order_id)
    await world.give(SELLER, c.AcceptJudgement(), case_id, order_id=order_id)
    world.clock.at += timedelta(days=3)
    await world.until_quiet()
    await shelf.noting.note_case("here", order_id, case_id)
    (found,) = await shelf.to(await shelf.open(MOTOR))
    (part,) = found.parts
    assert (part.judged, part.disputes) == ((("FOR_CUSTOMER", "S15"),), 1)
    assert (part.outcome, part.remedy, part.paid) == (Outcome.REFUNDED, RemedyKind.REFUND, 100_000)
    told = repr(found)
    for name in (CUSTOMER.id, SELLER.id, AGENT.id, order_id, "Motor", "motor"):
        assert name not in told.replace(case_id, "")


async def test_cases_of_somebody_the_reader_is_tied_to_are_left_out(shelf: Shelf) -> None:
    await shelf.closed(MOTOR)
    where = await shelf.open(MOTOR)
    assert len(await shelf.to(where)) == 1
    assert await shelf.to(where, (CUSTOMER.id,)) == []
    assert await shelf.to(where, (SELLER.id,)) == []


async def test_nothing_is_left_of_who_is_forgotten_and_it_does_not_come_back(shelf: Shelf) -> None:
    gone, stays = await shelf.closed(MOTOR), await shelf.closed(HANDLE)
    assert [case for case, _ in await shelf.kept()] == sorted([gone, stays])
    await shelf.world.until_quiet()
    assert not isinstance(await shelf.world.maintenance.forget("here", gone), Refusal)
    assert [case for case, _ in await shelf.kept()] == [stays]
    await shelf.noting.note_case("here", "o1", gone)
    await shelf.noting.drain()
    assert [case for case, _ in await shelf.kept()] == [stays]
    assert [each.case_id for each in await shelf.to(await shelf.open(MOTOR))] == [stays]


async def test_everything_that_the_parties_wrote_counts_also_later(shelf: Shelf) -> None:
    order_id, case_id = await shelf.open("Rusak")
    await shelf.noting.note_case("here", order_id, case_id)
    await shelf.world.give(SELLER, c.SendMessage(text="Kirim fotonya ke budi@toko.id"), case_id, order_id=order_id)
    await shelf.noting.note_case("here", order_id, case_id)
    assert await shelf.kept() == [(case_id, "rusak kirim fotonya ke")]


async def test_the_latest_of_very_many_are_compared(shelf: Shelf) -> None:
    await shelf.hand.execute(
        "INSERT INTO search_texts SELECT 'here', 'x' || n, 'x' || n, 'DEFECTIVE', 'kitchen', "
        "now() + n * interval '1 day', 'motor', to_tsvector('motor') FROM generate_series(1, $1) n",
        CANDIDATES,
    )
    await shelf.closed(MOTOR)
    assert await shelf.to(await shelf.open("Xyz")) == []  # older than so many others of its kind


@pytest.mark.parametrize(
    "text,wanted",
    [
        ("  Motor\n MATI\t", "motor mati"),
        ("Hubungi ani.s@contoh.co.id ya", "hubungi ya"),
        ("WA 0812-3456 7890 atau +62 (811) 222.333", "wa atau"),
        ("lihat https://contoh.id/a?b=1 dan www.x.id", "lihat dan"),
        ("2 dari 12 rusak", "2 dari 12 rusak"),
        ("\ufb01lter\0x", "filter x"),
    ],
)
def test_folding_leaves_out_how_somebody_is_reached(text: str, wanted: str) -> None:
    assert folded(text) == wanted


def test_a_query_has_the_longest_words_only() -> None:
    assert query("a bb ccc dddd eeeee dddd") == "eeeee | dddd"
    assert query("abc 12345 _") == ""
    assert query("it's o'clock & !!! (broken)") == "broken | clock"
    assert len(query(" ".join("abcd"[:4] + letter * n for n, letter in enumerate("efghijklmnop"))).split(" | ")) == 8
