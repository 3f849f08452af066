"""What is made of a file lives and ends with it: kept sealed, told of, forgotten, swept."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import Material
from mufakat.core.parties import Role
from mufakat.core.refusals import Refusal
from mufakat.engine.looking import main_view, visible
from mufakat.engine.materials import Kept, Materials
from mufakat.engine.room import Limits
from mufakat.engine.signals.hearing import noted_by
from mufakat.engine.signals.noting import Noting
from mufakat.engine.sweeping import STRAY, sweep
from mufakat.evidence.inspection.inspector import Inspected
from mufakat.evidence.stream import Damaged
from mufakat.evidence.vault import Vault
from mufakat.store.files import FileRow
from mufakat.store.postgres import PostgresStore
from tests.core.story import CUSTOMER, DAY, SELLER
from tests.evidence.inspected import CAMERA, pdf, photo, scene
from tests.evidence.looker import looker
from tests.evidence.samples import stream, whole
from tests.store.world import ASK, World, orders

PHOTO = photo("JPEG", scene(200, 150))
DIGEST = hashlib.sha256(PHOTO).hexdigest()


class Shop:
    """An order, a folder for files, and who hears of kept ones."""

    def __init__(self, world: World, store: PostgresStore, folder: Path) -> None:
        self.world, self.store, self.folder = world, store, folder
        self.heard: list[tuple[FileRow, list[bytes]]] = []
        self.vault = Vault.at(str(folder))
        self.materials = self.with_limits(Limits())

    def with_limits(self, limits: Limits) -> Materials:
        return Materials(
            self.store, self.vault, self.world.sealer, self.world.clock, limits, looker(), after_kept=self._hear
        )

    async def _hear(self, row: FileRow, seen: Inspected) -> None:
        prints = [bytes.fromhex(each.fingerprint.hash) for each in seen.derivatives if each.fingerprint]
        self.heard.append((row, prints))
        raise RuntimeError("who hears of it breaks")

    async def put(self, content: bytes = PHOTO, claimed: str = "") -> Kept:
        kept = await self.materials.put("here", "o1", CUSTOMER, stream(content), claimed)
        assert isinstance(kept, Kept), kept
        return kept

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """PostgreSQL and a temporary folder."""
    store = await PostgresStore.connect(database_url)
    world = await World(store).ready(*orders(2), sold=1_000_000)
    yield Shop(world, store, tmp_path / "files")
    await store.close()


async def test_what_is_made_of_a_file_is_kept_sealed_and_told_of(shop: Shop) -> None:
    await shop.put()
    rows = await shop.materials.views("here", "o1", Role.CUSTOMER, DIGEST)
    assert [row.made for row in rows] == ["COPY", "THUMBNAIL", "FACTS"]
    assert [row.made for row in visible(rows)] == ["COPY", "THUMBNAIL"]
    assert len(shop.files()) == 4
    for path in shop.files():
        sealed = path.read_bytes()
        assert CAMERA.encode() not in sealed
        assert b"JFIF" not in sealed
    ((row, prints),) = shop.heard
    assert (row.digest, row.type) == (DIGEST, "image/jpeg")
    assert prints == [rows[0].fingerprint]
    assert len(rows[0].fingerprint) == 32


async def test_what_was_seen_in_a_kept_file_is_noted_for_signals(shop: Shop) -> None:
    world = shop.world
    hear = noted_by(Noting(shop.store, world.sealer, world.clock))
    materials = Materials(shop.store, shop.vault, world.sealer, world.clock, None, looker(), hear)
    assert isinstance(await materials.put("here", "o1", CUSTOMER, stream(PHOTO)), Kept)
    (note,) = await shop.store.file_notes("here", "o1")
    assert (note.giver, note.digest, note.taken_at) == (
        Role.CUSTOMER,
        DIGEST,
        datetime(2026, 1, 1, 20, 4, 5, tzinfo=UTC),
    )


async def test_the_same_file_again_is_neither_looked_into_nor_told_of_again(shop: Shop) -> None:
    await shop.put()
    await shop.put()
    assert (len(shop.files()), len(shop.heard)) == (4, 1)


async def test_of_a_document_the_pages_are_seen_and_of_a_text_the_text(shop: Shop) -> None:
    looking = shop.materials.looking
    assert looking is not None
    for content, made, kind in ((pdf(2), "PAGE", "image/"), (b"It broke on day two.\n", "COPY", "text/plain")):
        kept = await shop.put(content)
        row = main_view(visible(await shop.materials.views("here", "o1", Role.CUSTOMER, kept.digest)))
        assert row is not None
        assert row.made == made
        assert row.type.startswith(kind)
        seen = await whole(await looking.give(row))
        assert len(seen) == row.size
        assert (seen == content) is (made == "COPY")


async def test_nothing_is_left_of_a_file_over_the_limit(shop: Shop) -> None:
    refused = await shop.with_limits(Limits(order_files=0)).put("here", "o1", CUSTOMER, stream(PHOTO))
    assert isinstance(refused, Refusal)
    assert (shop.files(), shop.heard) == ([], [])


async def test_forgetting_a_case_ends_all_that_was_made_of_its_files(shop: Shop) -> None:
    await shop.put()
    before = await shop.materials.views("here", "o1", Role.CUSTOMER, DIGEST)
    materials = (Material("PHOTOS_OF_RECEIVED_ITEM", digest=DIGEST),)
    case = (await shop.world.give(CUSTOMER, replace(ASK, materials=materials), order_id="o1")).case_id
    await shop.world.give(SELLER, c.ApproveRequest(), case, order_id="o1")
    await shop.world.until_quiet()
    assert not isinstance(await shop.world.maintenance.forget("here", case), Refusal)
    assert await shop.materials.views("here", "o1", Role.CUSTOMER, DIGEST) == []
    left = await shop.store.derivatives_of("here", "o1", CUSTOMER, DIGEST)
    assert [(row.key.wrapped, row.fingerprint, row.quality) for row in left] == [(None, b"", 0)] * 3
    assert visible(left) == []
    looking = shop.materials.looking
    assert looking is not None
    with pytest.raises(Damaged):
        await looking.give(replace(before[0], key=left[0].key))
    await sweep(shop.store, shop.vault, shop.world.clock.at)
    assert shop.files() == []
    assert await shop.store.derivatives_of("here", "o1", CUSTOMER, DIGEST) == []


async def test_the_sweep_of_strays_leaves_what_rows_point_to(shop: Shop) -> None:
    await shop.put()
    shop.world.clock.at += STRAY + DAY
    await sweep(shop.store, shop.vault, shop.world.clock.at)
    assert len(shop.files()) == 4


async def test_a_part_that_was_changed_is_noticed(shop: Shop) -> None:
    await shop.put()
    looking = shop.materials.looking
    assert looking is not None
    row = (await shop.materials.views("here", "o1", Role.CUSTOMER, DIGEST))[0]
    path = shop.folder / row.place
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Damaged):
        await looking.give(row, row.size - 5)
    path.write_bytes(b"x" * 100)
    with pytest.raises(Damaged):
        await looking.give(row)
