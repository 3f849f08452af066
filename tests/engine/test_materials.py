"""Uploaded material on PostgreSQL and a folder: kept once, read by whom it belongs to, forgotten and swept in time."""

import asyncio
import hashlib
import typing
from collections.abc import AsyncIterator
from dataclasses import dataclass, is_dataclass, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import asyncpg
import pytest

from mufakat.core import commands as c
from mufakat.core.claim import Material, MaterialKind
from mufakat.core.parties import SYSTEM, Actor, Role
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.materials import Kept, Materials, files_in
from mufakat.engine.room import MAX_ORDER_BYTES, MAX_ORDER_FILES, Limits
from mufakat.engine.sweeping import KEPT_UNNAMED, PAUSE, STRAY, STRAY_PAUSE, Sweeping, Swept, sweep
from mufakat.evidence.inspection.inspector import Inspected, Inspector
from mufakat.evidence.intake import MAX_FILE_BYTES, megabytes
from mufakat.evidence.stream import CHUNK, Damaged
from mufakat.evidence.vault import FileLost, Vault, VaultError
from mufakat.store.database import StoreLost
from mufakat.store.files import FileRow
from mufakat.store.postgres import PostgresStore
from mufakat.store.seal import Sealer
from tests.core.story import AGENT, CUSTOMER, DAY, SELLER, order
from tests.evidence.samples import JPEG, PDF, TEXT, stream, whole
from tests.store.world import ASK, World, orders

MICRO = timedelta(microseconds=1)


@dataclass
class Shop:
    """Two orders of one customer and seller, a folder for files, and a hand in the database."""

    world: World
    store: PostgresStore
    vault: Vault
    folder: Path
    hand: "asyncpg.Connection[asyncpg.Record]"

    def __post_init__(self) -> None:
        self.materials = self.with_limits(Limits())

    def with_limits(self, limits: Limits) -> Materials:
        return Materials(self.store, self.vault, self.world.sealer, self.world.clock, limits)

    async def put(self, content: bytes, actor: Actor = CUSTOMER, order_id: str = "o1") -> Kept:
        kept = await self.materials.put("here", order_id, actor, stream(content))
        assert isinstance(kept, Kept), kept
        return kept

    async def read(
        self, digest: str, viewer: Actor = CUSTOMER, order_id: str = "o1", exhibit_of: Role | None = None
    ) -> bytes | Code:
        found = await self.materials.open("here", order_id, digest, viewer, exhibit_of)
        return found.code if isinstance(found, Refusal) else await whole(found[1])

    async def sweep(self) -> Swept:
        return await sweep(self.store, self.vault, self.world.clock.at)

    async def rows(self) -> int:
        count: int = await self.hand.fetchval("SELECT count(*) FROM files")
        return count

    def kept_files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    async def closed_with(self, *digests: str, order_id: str = "o1") -> str:
        """A paid case of the order that names these files of the customer; its id."""
        materials = tuple(Material("PHOTOS_OF_RECEIVED_ITEM", digest=digest) for digest in digests)
        case_id = (await self.world.give(CUSTOMER, replace(ASK, materials=materials), order_id=order_id)).case_id
        await self.world.give(SELLER, c.ApproveRequest(), case_id, order_id=order_id)
        await self.world.until_quiet()
        return case_id

    async def forget(self, case_id: str) -> None:
        assert not isinstance(await self.world.maintenance.forget("here", case_id), Refusal)


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """PostgreSQL, a temporary folder, and money for refunds."""
    store = await PostgresStore.connect(database_url)
    world = await World(store).ready(*orders(2), sold=1_000_000)
    hand = await asyncpg.connect(database_url)
    yield Shop(world, store, Vault.at(str(tmp_path / "files")), tmp_path / "files", hand)
    await hand.close()
    await store.close()


# --- putting and reading


@pytest.mark.parametrize("length", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
async def test_a_file_comes_back_to_its_giver(shop: Shop, length: int) -> None:
    content = (b"word " * CHUNK)[:length]
    kept = await shop.put(content)
    assert (kept.digest, kept.size, kept.type) == (hashlib.sha256(content).hexdigest(), length, "text/plain")
    assert await shop.read(kept.digest) == content
    (path,) = shop.kept_files()
    assert b"word" not in path.read_bytes()


async def test_what_the_sender_says_of_the_type_is_noted_and_not_believed(shop: Shop) -> None:
    for content, claimed, noted in (
        (JPEG, "Image/PNG; name=ani.png", "image/png"),
        (PDF, "not a type", ""),
        (TEXT, "text/" + "x" * 96, ""),
        (TEXT + b"x", "text/" + "x" * 95, "text/" + "x" * 95),
    ):
        kept = await shop.materials.put("here", "o1", CUSTOMER, stream(content), claimed)
        assert isinstance(kept, Kept)
        assert (kept.claimed_type, kept.type != claimed) == (noted, True)


async def test_a_file_is_put_by_a_party_of_the_order_only(shop: Shop) -> None:
    for actor, order_id, code in (
        (AGENT, "o1", Code.WRONG_ROLE),
        (SYSTEM, "o1", Code.WRONG_ROLE),
        (Actor(Role.CUSTOMER, "eve"), "o1", Code.NO_SUCH_ORDER),
        (Actor(Role.SELLER, CUSTOMER.id), "o1", Code.NO_SUCH_ORDER),
        (CUSTOMER, "o9", Code.NO_SUCH_ORDER),
    ):
        answer = await shop.materials.put("here", order_id, actor, stream(JPEG))
        assert isinstance(answer, Refusal)
        assert answer.code is code
    answer = await shop.materials.put("there", "o1", CUSTOMER, stream(JPEG))
    assert isinstance(answer, Refusal)
    assert answer.code is Code.NO_SUCH_ORDER
    assert shop.kept_files() == []


async def test_a_refused_or_broken_upload_leaves_nothing(shop: Shop) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield JPEG * 10_000
        raise ConnectionResetError

    for content, digest, code in (
        (b"", "", Code.FILE_EMPTY),
        (b"GIF89a\x00", "", Code.FILE_TYPE_NOT_ALLOWED),
        (JPEG, "0" * 64, Code.FILE_NOT_AS_CLAIMED),
    ):
        answer = await shop.materials.put("here", "o1", CUSTOMER, stream(content), "", digest)
        assert isinstance(answer, Refusal)
        assert answer.code is code
    answer = await shop.with_limits(Limits(file_bytes=5)).put("here", "o1", CUSTOMER, stream(JPEG))
    assert isinstance(answer, Refusal)
    assert answer.code is Code.FILE_TOO_LARGE
    with pytest.raises(ConnectionResetError):
        await shop.materials.put("here", "o1", CUSTOMER, broken())
    assert (shop.kept_files(), await shop.rows()) == ([], 0)


async def test_the_same_bytes_of_the_same_giver_are_one(shop: Shop) -> None:
    first = await shop.put(JPEG)
    shop.world.clock.at += DAY
    assert await shop.put(JPEG) == first
    assert len(shop.kept_files()) == 1
    other, seller = await shop.put(JPEG, order_id="o2"), await shop.put(JPEG, SELLER)
    assert {other.digest, seller.digest} == {first.digest}
    assert (len(shop.kept_files()), await shop.rows()) == (3, 3)


async def test_the_same_bytes_at_once_are_one(shop: Shop) -> None:
    kept = await asyncio.gather(*(shop.put(JPEG) for _ in range(5)))
    assert len({each.put_at for each in kept}) == 1
    assert (len(shop.kept_files()), await shop.rows()) == (1, 1)
    assert await shop.read(kept[0].digest) == JPEG


async def test_the_limits_of_an_order_hold_at_their_edge_for_each_party(shop: Shop) -> None:
    assert (MAX_FILE_BYTES, MAX_ORDER_FILES, MAX_ORDER_BYTES) == (50 * 2**20, 200, 500 * 2**20)
    for limits in (Limits(order_files=4), Limits(order_bytes=4 * len(JPEG))):
        order_id = "o1" if limits.order_files == 4 else "o2"
        materials = shop.with_limits(limits)
        two = [await materials.put("here", order_id, CUSTOMER, stream(content)) for content in (JPEG, JPEG[::-1])]
        assert [isinstance(each, Kept) for each in two] == [True, False], "reversed it is no picture"
        assert isinstance(await materials.put("here", order_id, CUSTOMER, stream(_other(JPEG, 1))), Kept)
        full = await materials.put("here", order_id, CUSTOMER, stream(_other(JPEG, 2)))
        assert isinstance(full, Refusal)
        assert full.code is Code.TOO_MANY_FILES
        assert dict(full.facts)["limit"] == str(limits.order_files // 2)
        assert isinstance(await materials.put("here", order_id, CUSTOMER, stream(JPEG)), Kept), "it is there already"
        assert isinstance(await materials.put("here", order_id, SELLER, stream(JPEG)), Kept), "the other has room"
    assert len(shop.kept_files()) == 6


class _Asked(Inspector):
    """An inspector that only notes that it was asked."""

    times = 0

    async def inspect(self, *_: object) -> Inspected | Refusal:
        self.times += 1
        return Refusal(Code.FILE_DAMAGED)


async def test_a_file_without_room_is_not_looked_into(shop: Shop) -> None:
    """S3: what is refused for want of room costs no work; told are the limit, what is used and what is left."""
    await shop.put(JPEG)
    asked = _Asked()
    for limits, said in (
        (Limits(order_files=2), ("1", "250", "1", "0.1", "0", "249.9")),
        (Limits(order_bytes=4 * len(JPEG) - 1), ("100", megabytes(2 * len(JPEG) - 1), "1", "0.1", "99", "0")),
    ):
        materials = Materials(shop.store, shop.vault, shop.world.sealer, shop.world.clock, limits, asked)
        full = await materials.put("here", "o1", CUSTOMER, stream(_other(JPEG, 1)))
        assert isinstance(full, Refusal)
        assert (full.code, asked.times) == (Code.TOO_MANY_FILES, 0)
        assert tuple(value for _, value in full.facts) == said
        assert isinstance(await materials.put("here", "o1", CUSTOMER, stream(JPEG)), Kept), "it is there already"
    roomy = Materials(
        shop.store, shop.vault, shop.world.sealer, shop.world.clock, Limits(order_bytes=4 * len(JPEG)), asked
    )
    looked = await roomy.put("here", "o1", CUSTOMER, stream(_other(JPEG, 1)))
    assert isinstance(looked, Refusal)
    assert (looked.code, asked.times) == (Code.FILE_DAMAGED, 1), "at the edge there is room"
    assert len(shop.kept_files()) == 1


async def test_of_several_at_once_only_as_many_are_kept_as_fit(shop: Shop) -> None:
    materials = shop.with_limits(Limits(order_files=4))
    answers = await asyncio.gather(
        *(materials.put("here", "o1", CUSTOMER, stream(_other(JPEG, number))) for number in range(6))
    )
    assert sum(isinstance(each, Kept) for each in answers) == 2
    assert (len(shop.kept_files()), await shop.rows()) == (2, 2)


async def test_others_see_a_file_only_as_an_exhibit(shop: Shop) -> None:
    kept = await shop.put(JPEG)
    for viewer in (SELLER, AGENT, SYSTEM, Actor(Role.CUSTOMER, "eve")):
        assert await shop.read(kept.digest, viewer) is Code.FILE_NOT_THERE
        assert await shop.read(kept.digest, viewer, exhibit_of=Role.CUSTOMER) == JPEG
        assert await shop.read(kept.digest, viewer, exhibit_of=Role.SELLER) is Code.FILE_NOT_THERE
        assert await shop.read(kept.digest, viewer, "o2", Role.CUSTOMER) is Code.FILE_NOT_THERE
    assert await shop.read(kept.digest, order_id="o2") is Code.FILE_NOT_THERE
    found = await shop.materials.open("there", "o1", kept.digest, CUSTOMER)
    assert isinstance(found, Refusal)
    assert found.code is Code.FILE_NOT_THERE


# --- tampering


@pytest.mark.parametrize(
    "change",
    [
        "order_id = 'o2'",
        "giver_role = 'SELLER', giver_id = 'toko'",
        "wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, 20))",
        "wrapped_by = 'another'",
    ],
)
async def test_a_row_that_was_moved_or_changed_opens_nothing(shop: Shop, change: str) -> None:
    kept = await shop.put(JPEG)
    await shop.hand.execute(f"UPDATE files SET {change}")
    viewer = SELLER if "SELLER" in change else CUSTOMER
    with pytest.raises(Damaged, match=f"key of the file {kept.digest}"):
        await shop.read(kept.digest, viewer, "o2" if "o2" in change else "o1")


async def test_bytes_or_digests_that_were_exchanged_are_noticed(shop: Shop) -> None:
    one, two = await shop.put(JPEG), await shop.put(PDF)
    await shop.hand.execute("UPDATE files SET digest = $1 WHERE digest = $2", "0" * 64, one.digest)
    with pytest.raises(Damaged, match="is not the file 000"):
        await shop.read("0" * 64)
    await shop.hand.execute(
        "UPDATE files SET place = (SELECT place || 'x' FROM files WHERE digest = $1) WHERE digest = $2",
        *("0" * 64, two.digest),
    )
    with pytest.raises(FileLost):
        await shop.read(two.digest)


async def test_a_file_cut_off_in_the_folder_is_noticed(shop: Shop) -> None:
    content = b"word " * CHUNK
    kept = await shop.put(content)
    (path,) = shop.kept_files()
    path.write_bytes(path.read_bytes()[: -len(content) // 2])
    found = await shop.materials.open("here", "o1", kept.digest, CUSTOMER)
    assert not isinstance(found, Refusal)
    with pytest.raises(Damaged, match="cut off"):
        await whole(found[1])


async def test_another_master_key_is_told(shop: Shop) -> None:
    kept = await shop.put(JPEG)
    other = Materials(shop.store, shop.vault, Sealer(bytes(32)), shop.world.clock)
    with pytest.raises(Damaged, match="another master key"):
        await other.open("here", "o1", kept.digest, CUSTOMER)


# --- files in commands


def holds_material(hint: object) -> bool:
    """Whether a type can hold material, at any depth."""
    if hint is Material:
        return True
    parts = list(typing.get_args(hint))
    if isinstance(hint, type) and is_dataclass(hint):
        parts += typing.get_type_hints(hint).values()
    return any(holds_material(part) for part in parts)


@pytest.mark.parametrize("kind", c.COMMANDS.values())
def test_no_file_of_any_command_gets_past(kind: type) -> None:
    hints = typing.get_type_hints(kind)
    names = [name for name, hint in hints.items() if holds_material(hint)]
    values: dict[str, object] = dict.fromkeys(hints)
    for name in names:
        made = Material("ITEM", digest=name)
        values[name] = made if hints[name] is Material else (made,)
    assert files_in(kind(**values)) == tuple(names)


def test_only_files_are_looked_for() -> None:
    materials = (
        Material("A", digest="1"),
        Material("B", MaterialKind.TEXT, digest="2"),
        Material("C", MaterialKind.TRACKING, digest="3"),
        Material("D"),
        Material("E", digest="4"),
    )
    assert files_in(replace(ASK, materials=materials)) == ("1", "4")
    assert files_in(c.Lapse()) == ()


async def test_a_command_may_name_only_files_that_its_giver_uploaded(shop: Shop) -> None:
    kept, foreign = await shop.put(JPEG), await shop.put(PDF, SELLER)
    elsewhere = await shop.put(TEXT, order_id="o2")

    async def missing(actor: Actor, *digests: str, order_id: str = "o1") -> str | None:
        materials = tuple(Material("ITEM", digest=digest) for digest in digests)
        refusal = await shop.materials.missing("here", order_id, actor, replace(ASK, materials=materials))
        assert refusal is None or refusal.code is Code.FILE_NOT_THERE
        return None if refusal is None else dict(refusal.facts)["digest"]

    assert await missing(CUSTOMER) is None
    assert await missing(CUSTOMER, kept.digest, kept.digest) is None
    assert await missing(CUSTOMER, kept.digest, foreign.digest, "0") == foreign.digest
    assert await missing(CUSTOMER, elsewhere.digest) == elsewhere.digest
    assert await missing(SELLER, foreign.digest) is None
    assert await missing(AGENT, kept.digest) == kept.digest
    # To strangers the engine says that there is no such order.
    assert await missing(Actor(Role.CUSTOMER, "eve"), kept.digest) is None
    assert await missing(CUSTOMER, kept.digest, order_id="o9") is None


# --- forgetting


async def test_a_forgotten_case_takes_its_files_with_it(shop: Shop) -> None:
    shown, spare = await shop.put(JPEG), await shop.put(PDF)
    elsewhere, sellers = await shop.put(JPEG, order_id="o2"), await shop.put(JPEG, SELLER)
    case_id = await shop.closed_with(shown.digest)
    copy = await shop.hand.fetchrow("SELECT wrapped FROM files WHERE digest = $1 AND order_id = 'o1'", shown.digest)
    assert copy is not None
    await shop.forget(case_id)
    assert await shop.read(shown.digest) is Code.FILE_NOT_THERE
    assert await shop.read(shown.digest, AGENT, exhibit_of=Role.CUSTOMER) is Code.FILE_NOT_THERE
    assert await shop.read(spare.digest) == PDF
    assert await shop.read(elsewhere.digest, order_id="o2") == JPEG
    assert await shop.read(sellers.digest, SELLER) == JPEG
    stored = await shop.hand.fetch("SELECT wrapped FROM files")
    assert bytes(copy["wrapped"]) not in [row["wrapped"] for row in stored]
    refusal = await shop.materials.missing("here", "o1", CUSTOMER, c.HandIn(Material("ITEM", digest=shown.digest)))
    assert refusal is not None
    assert refusal.code is Code.FILE_NOT_THERE
    await shop.sweep()
    assert len(shop.kept_files()) == await shop.rows()
    await shop.forget(case_id)
    again = await shop.put(JPEG)
    assert await shop.read(again.digest) == JPEG, "its giver may bring it again"


async def test_a_file_stays_while_another_case_of_the_order_names_it(shop: Shop) -> None:
    kept = await shop.put(JPEG)
    first, second = await shop.closed_with(kept.digest), await shop.closed_with(kept.digest)
    await shop.forget(first)
    assert await shop.read(kept.digest) == JPEG
    await shop.forget(second)
    assert await shop.read(kept.digest) is Code.FILE_NOT_THERE
    await shop.sweep()
    assert (shop.kept_files(), await shop.rows()) == ([], 0)


async def test_a_restored_backup_forgets_the_files_again(shop: Shop) -> None:
    kept = await shop.put(JPEG)
    case_id = await shop.closed_with(kept.digest)
    await shop.hand.execute("CREATE TABLE backup AS TABLE files")
    await shop.forget(case_id)
    listed = await shop.store.forgotten()
    await shop.hand.execute("DELETE FROM forgotten; DELETE FROM files; INSERT INTO files TABLE backup")
    assert await shop.read(kept.digest) == JPEG
    assert await shop.world.maintenance.apply_forgotten(listed) == 1
    assert await shop.read(kept.digest) is Code.FILE_NOT_THERE


async def test_a_file_that_was_forgotten_and_brought_again_is_another(shop: Shop) -> None:
    kept = await shop.put(JPEG)
    case_id = await shop.closed_with(kept.digest)
    await shop.forget(case_id)
    await shop.put(JPEG)  # before the sweep: the row is the same, the key and the bytes are new
    assert (len(shop.kept_files()), await shop.rows()) == (2, 1)
    shop.world.clock.at += STRAY + timedelta(seconds=1)
    assert await shop.sweep() == Swept(0, 1)
    assert await shop.read(kept.digest) == JPEG
    # Only the forgotten case names it, so it is kept no longer than any other file that no case names.
    shop.world.clock.at += KEPT_UNNAMED
    assert await shop.sweep() == Swept(1, 0)


# --- sweeping


async def test_a_file_that_no_case_names_is_swept_after_a_week(shop: Shop) -> None:
    named, spare, sellers = await shop.put(JPEG), await shop.put(PDF), await shop.put(JPEG, SELLER)
    put_at = shop.world.clock.at
    await shop.closed_with(named.digest)
    shop.world.clock.at = put_at + KEPT_UNNAMED - MICRO
    assert await shop.sweep() == Swept(0, 0)
    shop.world.clock.at += MICRO
    assert await shop.sweep() == Swept(2, 0)
    assert await shop.read(named.digest) == JPEG
    assert await shop.read(spare.digest) is Code.FILE_NOT_THERE
    assert await shop.read(sellers.digest, SELLER) is Code.FILE_NOT_THERE
    assert (len(shop.kept_files()), await shop.rows()) == (1, 1)
    assert await shop.store.files_to_sweep(shop.world.clock.at, 10) == [], "what is in a case is not looked at again"


async def test_using_a_file_starts_its_week_anew(shop: Shop) -> None:
    first, second = await shop.put(JPEG), await shop.put(PDF)
    shop.world.clock.at += KEPT_UNNAMED
    (row, _) = await shop.store.files_to_sweep(shop.world.clock.at - KEPT_UNNAMED, 10)
    await shop.put(JPEG)
    assert await shop.materials.missing("here", "o1", CUSTOMER, c.HandIn(Material("I", digest=second.digest))) is None
    # A sweep that had looked before the file was used finds that it came too late.
    assert not await shop.store.drop_file(row, shop.world.clock.at - KEPT_UNNAMED)
    assert await shop.sweep() == Swept(0, 0)
    assert await shop.read(first.digest) == JPEG


async def test_bytes_without_a_row_are_swept_when_no_upload_can_still_be_under_way(shop: Shop) -> None:
    kept = await shop.put(JPEG)

    async def lost(row: FileRow, most_files: int, most_bytes: int, made: object = ()) -> FileRow | None:
        raise StoreLost("away")

    real, shop.store.put_file = shop.store.put_file, lost  # type: ignore[method-assign]
    with pytest.raises(StoreLost):
        await shop.put(PDF)
    shop.store.put_file = real  # type: ignore[method-assign]
    assert (len(shop.kept_files()), await shop.rows()) == (2, 1)
    shop.world.clock.at += STRAY
    assert await shop.sweep() == Swept(0, 0)
    shop.world.clock.at += timedelta(milliseconds=1)
    assert await shop.sweep() == Swept(0, 1)
    assert len(shop.kept_files()) == 1
    assert await shop.read(kept.digest) == JPEG


async def test_no_row_without_its_bytes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(place: str, file: object) -> None:
        raise VaultError("no space left")

    monkeypatch.setattr(shop.vault, "keep", full)
    with pytest.raises(VaultError):
        await shop.put(JPEG)
    assert await shop.rows() == 0


async def test_the_loop_sweeps_now_and_then(shop: Shop) -> None:
    sweeping = Sweeping(shop.store, shop.vault, shop.world.clock)
    assert await sweeping.drain() == 0
    await shop.put(JPEG)
    await shop.hand.execute("UPDATE files SET used_at = used_at - interval '7 days'")
    assert await sweeping.drain() == 0, "it is not time again"
    shop.world.clock.at += PAUSE
    assert await sweeping.drain() == 1
    await shop.vault.keep(shop.vault.new_place("here", shop.world.clock.at - 2 * STRAY), BytesIO(b"x"))
    shop.world.clock.at += STRAY_PAUSE - PAUSE
    stop = asyncio.Event()
    stop.set()
    assert await Sweeping(shop.store, shop.vault, shop.world.clock).drain(stop) == 0
    assert await sweeping.drain() == 1
    assert shop.kept_files() == []


async def test_an_order_that_changed_hands_before_its_first_case(shop: Shop) -> None:
    kept = await shop.put(JPEG)
    other = Actor(Role.CUSTOMER, "budi")
    await shop.world.engine.put_order("here", replace(order(), order_id="o1", customer_id=other.id))
    assert await shop.read(kept.digest, other) is Code.FILE_NOT_THERE
    assert await shop.read(kept.digest) == JPEG
    answer = await shop.materials.put("here", "o1", CUSTOMER, stream(PDF))
    assert isinstance(answer, Refusal)
    assert answer.code is Code.NO_SUCH_ORDER


def _other(content: bytes, number: int) -> bytes:
    """Content of the same kind and length that differs."""
    return content[:-1] + bytes([number])
