"""Four orders with their files and cases, and the signals over them."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Material, Reason
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Refusal
from mufakat.core.signals import Signal
from mufakat.engine.materials import Kept, Materials
from mufakat.engine.signals.noting import Seen
from mufakat.engine.signals.telling import Signals, Told
from mufakat.evidence.credentials import Credentials
from mufakat.evidence.inspection.inspector import Derivative, Inspected
from mufakat.evidence.inspection.report import Fingerprint, Kind, Made, Private
from mufakat.evidence.vault import Vault
from mufakat.store.near import BYTES
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask
from tests.core.story import CUSTOMER, SELLER, order
from tests.evidence.samples import JPEG, stream
from tests.store.test_near import flipped
from tests.store.world import ASK, World

BUDI = Actor(Role.CUSTOMER, "budi")
OTHER_SHOP = Actor(Role.SELLER, "toko-2")
PICTURE = bytes(range(BYTES))
LONG = (
    "Barang yang saya terima rusak di bagian bawah dan tidak bisa menyala sama sekali, padahal baru saja dibuka dari "
    "kotaknya. Tolong uang saya dikembalikan."
)
OWNERS = {"o1": CUSTOMER, "o2": CUSTOMER, "o3": BUDI, "o4": BUDI}
"""o1 and o2 are one customer's, o3 another's with the same seller, o4 hers with another seller."""


@dataclass
class Desk:
    """Four orders, their files, and the signals over them."""

    world: World
    store: PostgresStore
    vault: Vault
    hand: "asyncpg.Connection[asyncpg.Record]"
    written: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.signals = Signals(self.store, self.world.sealer, self.world.clock)
        self.materials = Materials(self.store, self.vault, self.world.sealer, self.world.clock)

    async def file(self, order_id: str, content: bytes, seen: Seen | None = None, giver: Actor | None = None) -> str:
        """A file that was uploaded and looked into; its digest."""
        actor = giver or OWNERS[order_id]
        kept = await self.materials.put("here", order_id, actor, stream(JPEG + content))
        assert isinstance(kept, Kept)
        if seen is not None:
            assert await self.signals.note_file("here", order_id, actor.role, kept.digest, seen)
        return kept.digest

    async def case(self, order_id: str, *digests: str, text: str = "", line: str = "a") -> str:
        """A request of the order's customer with these files; its case."""
        materials = tuple(Material("PHOTOS_OF_RECEIVED_ITEM", digest=digest) for digest in digests)
        asked = replace(ASK, materials=materials, text=text, lines=(ClaimLine(line, Reason.DEFECTIVE),))
        return (await self.world.give(OWNERS[order_id], asked, order_id=order_id)).case_id

    async def told(self, order_id: str, case_id: str) -> Told:
        loaded = await self.store.load(Ask("here", order_id, case_id))
        assert loaded is not None
        return await self.signals.for_case(loaded)

    async def seen(self, order_id: str, case_id: str) -> list[Signal]:
        return list((await self.told(order_id, case_id)).signals)

    async def one(self, order_id: str, case_id: str) -> Signal:
        (only,) = await self.seen(order_id, case_id)
        return only

    async def closed(self, order_id: str, *digests: str, text: str = "") -> str:
        """A paid case."""
        case_id = await self.case(order_id, *digests, text=text)
        seller = OTHER_SHOP if order_id == "o4" else SELLER
        await self.world.give(seller, c.ApproveRequest(), case_id, order_id=order_id)
        await self.world.until_quiet()
        return case_id

    async def forget(self, case_id: str) -> None:
        assert not isinstance(await self.world.maintenance.forget("here", case_id), Refusal)

    async def rows(self) -> dict[str, int]:
        """How much is kept that signals are made of."""
        tables = ("file_prints", "file_facts", "text_prints", "trackings")
        return {table: await self.hand.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


@asynccontextmanager
async def furnished(database_url: str, files: Path) -> AsyncIterator[Desk]:
    """The desk over a migrated, empty database."""
    store = await PostgresStore.connect(database_url)
    world = await World(store).ready(
        *(replace(order(), order_id=name, customer_id=owner.id) for name, owner in OWNERS.items() if name != "o4"),
        replace(order(), order_id="o4", customer_id=BUDI.id, seller_id=OTHER_SHOP.id),
        sold=1_000_000,
    )
    hand = await asyncpg.connect(database_url)
    yield Desk(world, store, Vault.at(str(files)), hand)
    await hand.close()
    await store.close()


MOMENT = datetime(2026, 11, 2, 3, tzinfo=UTC)
LOCAL = datetime(2026, 11, 2, 3)  # noqa: DTZ001 - a camera's clock has no zone


def photo(*flips: int, quality: int = 100) -> Seen:
    """A photo, so many bits away from the others."""
    return Seen(((flipped(PICTURE, set(flips)), quality),))


def found_in(kind: Kind, *marks: Fingerprint | None, credentials: Credentials | None = None) -> Inspected:
    """What the inspection found in a file that says when it was taken, with something made of it for each mark."""
    made = tuple(Derivative(Made.COPY, "image/jpeg", 1, io.BytesIO(), fingerprint=each) for each in marks)
    private = Private(taken_at=MOMENT, taken_local=LOCAL, make="Kamera")
    return Inspected(kind, "image/jpeg", 1, 1, 0, timedelta(), private, made, credentials)


NOTHING = {"file_prints": 0, "file_facts": 0, "text_prints": 0, "trackings": 0}
