"""Near search is exact: whatever is within the distance is found by index, and nothing else."""

import random
from collections.abc import AsyncIterator
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mufakat.core.parties import Role
from mufakat.store.near import BANDS, BITS, BYTES, NEAR, band_of, bit_string, changes, distance, near_sql, tried_sql
from mufakat.store.postgres import PostgresStore
from mufakat.store.signals import NearFile

PRINTS = st.binary(min_size=BYTES, max_size=BYTES)
FLIPS = st.sets(st.integers(0, BITS - 1), max_size=NEAR + 10)


def flipped(bits: bytes, places: set[int]) -> bytes:
    """The fingerprint with these bits changed; 0 is the first."""
    changed = int.from_bytes(bits)
    for place in places:
        changed ^= 1 << (BITS - 1 - place)
    return changed.to_bytes(BYTES)


def in_bands(bits: bytes) -> list[int]:
    """The value of a fingerprint in each band, read off its digits."""
    digits = f"{int.from_bytes(bits):0{BITS}b}"
    return [int(digits[band.start - 1 : band.start - 1 + band.width], 2) for band in BANDS]


def probes(bits: bytes) -> list[list[int]]:
    """For each band, every value that is to be tried: what differs from the own one in as few bits as may differ."""
    return [
        [
            value ^ sum(1 << bit for bit in chosen)
            for count in range(band.radius + 1)
            for chosen in combinations(range(band.width), count)
        ]
        for value, band in zip(in_bands(bits), BANDS, strict=True)
    ]


def met(sought: bytes, other: bytes) -> bool:
    """Whether some band of the other has a value that is tried."""
    return any(value in tried for value, tried in zip(in_bands(other), probes(sought), strict=True))


# --- the bands


def test_the_bands_cover_every_bit_once() -> None:
    places = [place for band in BANDS for place in range(band.start, band.start + band.width)]
    assert places == list(range(1, BITS + 1))


def test_whoever_is_in_no_band_is_too_far() -> None:
    """The pigeonhole: the fewest bits by which every band can be missed are one more than what counts as near."""
    assert sum(band.radius + 1 for band in BANDS) == NEAR + 1


@given(PRINTS, FLIPS)
def test_what_is_near_is_met_in_some_band(bits: bytes, places: set[int]) -> None:
    other = flipped(bits, places)
    assert distance(bits, other) == len(places)
    assert met(bits, other) or len(places) > NEAR


@given(PRINTS, st.randoms(use_true_random=False))
def test_the_hardest_that_is_near_is_met_and_one_bit_more_is_not(bits: bytes, chance: random.Random) -> None:
    places = set()
    for band in BANDS:
        places |= set(chance.sample(range(band.start - 1, band.start - 1 + band.width), band.radius + 1))
    assert not met(bits, flipped(bits, places))
    assert met(bits, flipped(bits, places - {chance.choice(sorted(places))}))


@pytest.mark.parametrize("bits", [b"", bytes(BYTES - 1), bytes(BYTES + 1)])
def test_a_fingerprint_of_another_length_is_refused(bits: bytes) -> None:
    with pytest.raises(ValueError, match="a fingerprint has 32 bytes"):
        bit_string(bits)


# --- the index


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[PostgresStore]:
    found = await PostgresStore.connect(database_url)
    yield found
    await found.close()


async def test_the_database_tries_each_value_once(store: PostgresStore) -> None:
    _, found = chances(20, 3)
    for bits in (bytes(BYTES), b"\xff" * BYTES, *found):
        (row,) = await store.fetch(
            f"SELECT {', '.join(map(tried_sql, BANDS))} WHERE $1 <> $3",
            *("one", bit_string(bits), "other", *changes()),
        )
        wanted = probes(bits)
        assert list(row.values()) == wanted
        assert [each[0] for each in wanted] == in_bands(bits)
        assert [len(set(each)) for each in wanted] == [len(each) for each in wanted]
        assert sum(map(len, wanted)) == 2843


async def put(store: PostgresStore, rows: list[tuple[str, str, bytes]]) -> None:
    """Fingerprints: marketplace, order, bits."""
    async with store.pool.acquire() as connection:
        await connection.copy_records_to_table(
            "file_prints",
            records=[
                (place, order_id, Role.CUSTOMER.value, "d", n, bit_string(bits))
                for n, (place, order_id, bits) in enumerate(rows)
            ],
        )
        await connection.execute("ANALYZE file_prints")


@pytest.mark.parametrize("table", ["file_prints", "text_prints"])
async def test_every_band_has_its_index(store: PostgresStore, table: str) -> None:
    rows = await store.fetch("SELECT indexdef FROM pg_indexes WHERE tablename = $1 ORDER BY indexname", table)
    defined = " ".join(row["indexdef"] for row in rows).replace('"substring"', "substring")
    for band in BANDS:
        assert f"(marketplace, (({band_of(band).removesuffix('::integer')})::integer))" in defined


def chances(count: int, seed: int) -> tuple[np.random.Generator, list[bytes]]:
    chance = np.random.default_rng(seed)
    raw = chance.bytes(BYTES * count)
    return chance, [raw[start : start + BYTES] for start in range(0, len(raw), BYTES)]


async def test_a_hundred_thousand_fingerprints_are_searched_as_by_comparing_each(store: PostgresStore) -> None:
    """Random ones, and around each of forty a family that is 0 to 40 bits away; sought from near each, too."""
    chance, prints = chances(100_000, 5)
    sought = []
    for centre in prints[:40]:
        prints += [flipped(centre, set(chance.permutation(BITS)[:away].tolist())) for away in range(41)]
        sought.append(flipped(centre, set(chance.permutation(BITS)[: int(chance.integers(0, 20))].tolist())))
    await put(store, [("here", f"o{n % 1000}", bits) for n, bits in enumerate(prints)])
    columns = np.frombuffer(b"".join(prints), np.uint64).reshape(-1, 4)
    for bits in (*prints[:40:8], *sought):
        apart = np.bitwise_count(columns ^ np.frombuffer(bits, np.uint64)).sum(axis=1, dtype=np.int64)
        near = {(int(n), int(apart[n])) for n in np.flatnonzero(apart <= NEAR)}
        found = await store.near_files("here", bits, "none", 10_000)
        assert {(each.part, each.distance) for each in found} == near
        assert len(found) == len(near)
        assert [each.distance for each in found] == sorted(each.distance for each in found)
    plan = await store.fetch(
        "EXPLAIN " + near_sql("file_prints", "part", "true"),
        *("here", bit_string(sought[0]), 10, *changes()),
    )
    told = "\n".join(row[0] for row in plan)
    assert "Seq Scan" not in told
    assert all(f"file_prints_{n} " in told for n in range(1, len(BANDS) + 1))


async def test_a_search_stays_in_its_marketplace_and_out_of_the_order_it_is_for(store: PostgresStore) -> None:
    _, (bits, *_) = chances(1, 1)
    await put(store, [("here", "o1", bits), ("here", "o2", bits), ("there", "o3", bits)])
    assert await store.near_files("here", bits, "o1", 10) == [NearFile("o2", Role.CUSTOMER, "d", 1, 0)]


async def test_a_search_finds_no_fewer_than_it_may_and_stops(store: PostgresStore) -> None:
    chance, (bits, *_) = chances(1, 2)
    near = [flipped(bits, set(chance.permutation(BITS)[:9].tolist())) for _ in range(500)]
    await put(store, [("here", f"o{n}", each) for n, each in enumerate(near)])
    assert 50 <= len(await store.near_files("here", bits, "none", 50)) <= 50 * len(BANDS)
    assert len(await store.near_files("here", bits, "none", 500)) == 500
