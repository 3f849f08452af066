"""Orders by the batch: the same rows as one by one, no doubles, terms of a case untouched."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from mufakat.core.order import OUTBOUND, Fact, OutsideRefund, Payment, Scan, ScanKind
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.carriers.telling import Scans
from mufakat.engine.feeding.putting import Counts, Feeding, Put
from mufakat.engine.feeding.records import BadRow, Given
from mufakat.engine.feeding.running import Run
from mufakat.store.feeding import OrderWrite
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Ask
from tests.core.story import DAY, DELIVERED, delivered, order
from tests.store.world import HERE, OneProvider, World

MORE: tuple[Fact, ...] = (*delivered(), Payment(258_999, DELIVERED - DAY, "CARD", "pi_1"))


class Ground:
    """A store with both marketplaces, and what feeds it."""

    def __init__(self, store: PostgresStore) -> None:
        self.store, self.world = store, World(store)
        self.feeding = Feeding(self.world.engine, store)

    async def put(self, *given: Given, place: str = "here", dry_run: bool = False) -> Put:
        return await self.feeding.put(place, given, dry_run=dry_run)

    async def rows(self, place: str) -> list[list[dict[str, object]]]:
        """All that is kept of a marketplace's orders but for its name."""
        tables = (("orders", "order_id"), ("order_facts", "order_id, number"), ("outbox", "key"))
        found = []
        for table, by in tables:
            rows = await self.store.fetch(f"SELECT * FROM {table} WHERE marketplace = $1 ORDER BY {by}", place)
            found.append([{name: value for name, value in row.items() if name != "marketplace"} for row in rows])
        return found

    async def facts(self, order_id: str = "o1") -> tuple[Fact, ...]:
        loaded = await self.store.load(Ask("here", order_id))
        assert loaded is not None
        return loaded.order.facts


@pytest.fixture
async def ground(database_url: str) -> AsyncIterator[Ground]:
    store = await PostgresStore.connect(database_url)
    made = Ground(store)
    for place in (HERE, replace(HERE, marketplace="there")):
        await store.put_marketplace(place)
    yield made
    await store.close()


def given(n: int = 1, *facts: Fact, row: int = 1, **changes: object) -> Given:
    return Given(row, order(order_id=f"o{n}", **changes), facts)


async def one_by_one(ground: Ground, *each: Given) -> None:
    """The same through the engine's own way in."""
    engine = ground.world.engine
    for one in each:
        assert not isinstance(await engine.put_order("there", one.order), Refusal)
        for fact in one.facts:
            assert not isinstance(await engine.record_fact("there", one.order.order_id, fact), Refusal)


async def test_a_batch_leaves_the_rows_that_one_by_one_leaves(ground: Ground) -> None:
    first = [given(n, *MORE[: n % 4]) for n in range(1, 30)]
    later = [given(n, *MORE, shipping_fee=5 if n % 5 == 0 else 9_000) for n in range(1, 40)]
    for batch in (first, later):
        await ground.put(*batch)
        await one_by_one(ground, *batch)
    rows = await ground.rows("here")
    assert [len(each) for each in rows] == [39, 117, 117]
    assert rows == await ground.rows("there")


async def test_the_same_again_changes_nothing(ground: Ground) -> None:
    batch = [given(n, *MORE) for n in range(1, 4)]
    assert (await ground.put(*batch)).counts == Counts(new=3, facts=9)
    before = await ground.rows("here")
    done = await ground.put(*batch)
    assert done.counts == Counts(same=3)
    assert [each.order_id for each in done.standing] == ["o1", "o2", "o3"]
    assert await ground.rows("here") == before


async def test_an_order_without_a_case_takes_new_terms_and_facts(ground: Ground) -> None:
    await ground.put(given(1), given(2, *delivered()))
    counts = (await ground.put(given(1, shipping_fee=1), given(2, *MORE))).counts
    assert counts == Counts(same=1, changed=1, facts=1)
    assert await ground.facts("o2") == MORE


async def test_the_terms_of_a_case_stand_and_its_case_is_told(ground: Ground) -> None:
    await ground.put(given(1, *delivered()))
    case_id = await ground.world.opened()
    refund = OutsideRefund("b", (1,), 50_000, DELIVERED)
    done = await ground.put(given(1, *delivered(), refund, shipping_fee=1, row=7))
    assert done.counts == Counts(facts=1, refused=1)
    (bad,) = done.bad
    assert (bad.row, bad.order_id, bad.code) == (7, "o1", Code.ALREADY_OPEN)
    assert "shipping_fee differ" in bad.why
    assert "facts" in bad.mend
    assert refund in await ground.facts()
    history = await ground.store.history("here", "o1", case_id)
    assert getattr(history[-1].recorded.event, "fact", None) == refund
    assert (await ground.put(given(1, refund))).counts == Counts(same=1)


async def test_what_is_not_sound_is_told_and_stops_nothing_else(ground: Ground) -> None:
    wrong = OutsideRefund("z", (1,), 5, DELIVERED)
    done = await ground.put(given(1, shipping_fee=-1, row=2), given(2, wrong, *delivered(), row=3), given(3, row=4))
    assert [(each.row, each.code) for each in done.bad] == [(2, Code.ORDER_NOT_SOUND), (3, Code.FACT_NOT_FITTING)]
    assert done.counts == Counts(new=2, facts=2, refused=2)
    assert await ground.facts("o2") == delivered()
    assert await ground.store.load(Ask("here", "o1")) is None


async def test_a_dry_run_says_the_same_and_writes_nothing(ground: Ground) -> None:
    await ground.put(given(1, *delivered()))
    await ground.world.opened()
    before = await ground.rows("here")
    batch = (given(1, *MORE, shipping_fee=1), given(2, *MORE), given(3, shipping_fee=-1))
    dry = await ground.put(*batch, dry_run=True)
    assert await ground.rows("here") == before
    wet = await ground.put(*batch)
    assert (dry.counts, dry.bad) == (wet.counts, wet.bad)
    assert dry.counts == Counts(new=1, facts=4, refused=2)


async def test_an_order_that_moved_on_meanwhile_is_not_overwritten(ground: Ground) -> None:
    await ground.put(given(1))
    (there,) = (await ground.store.orders_there("here", ["o1"])).values()
    await ground.world.engine.record_fact("here", "o1", delivered()[0])
    late = OrderWrite(replace(order(), shipping_fee=2), b"{}", there.version, there.version + 1)
    new = OrderWrite(order(), b"{}", 0, 1)
    for write in (late, new):
        assert await ground.store.write_orders("here", [write], ground.world.clock.at) == set()
    assert await ground.facts() == delivered()[:1]


async def test_an_order_written_by_somebody_else_meanwhile_goes_the_engines_way(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = ground.store.orders_there

    async def before_another(marketplace: str, order_ids: list[str]) -> dict[str, object]:
        found = await there(marketplace, order_ids)
        await ground.world.engine.put_order("here", order())
        await ground.world.engine.record_fact("here", "o1", delivered()[0])
        return dict(found)

    monkeypatch.setattr(ground.store, "orders_there", before_another)
    done = await ground.put(given(1, *delivered()))
    assert done.counts == Counts(same=1, facts=2)
    assert await ground.facts() == delivered()


async def test_two_imports_of_the_same_orders_at_once_leave_each_once(ground: Ground) -> None:
    batch = [given(n, *delivered()) for n in range(1, 60)]
    await asyncio.gather(ground.put(*batch), ground.put(*reversed(batch)))
    assert [len(each) for each in await ground.rows("here")] == [59, 118, 118]


async def test_a_scan_in_another_zone_is_the_same_scan(ground: Ground) -> None:
    await ground.put(given(1, *delivered()))
    jakarta = timezone(timedelta(hours=7))
    again = Scan("OUTBOUND", ScanKind.DELIVERED, DELIVERED.astimezone(jakarta))
    bought = order().purchased_at.astimezone(jakarta)
    assert (await ground.put(given(1, again, purchased_at=bought))).counts == Counts(same=1)


async def test_numbers_of_parcels_find_their_orders(ground: Ground) -> None:
    store, world = ground.store, ground.world
    scans = Scans(world.engine, store, world.sealer)
    bad: list[BadRow] = []
    run = Run(Feeding(world.engine, store), OneProvider(world.provider), "here", bad.extend, parcels=scans)
    sent = Scan(OUTBOUND, ScanKind.IN_TRANSIT, DELIVERED, tracking="JX1")
    await run.go([Given(1, order(), (sent,)), Given(2, order(order_id="o2"), parcels=("JX2", "JX3", "no number"))])
    assert [each.tracking for each in await store.parcels_of("here", "o1")] == ["JX1"]
    assert [each.tracking for each in await store.parcels_of("here", "o2")] == ["JX2", "JX3"]
    assert bad == []
