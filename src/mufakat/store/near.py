"""Near search: every fingerprint of 256 bits that differs from a given one in at most 31 bits, found by index.

The bits stand in eleven bands of 23 or 24. Two fingerprints that differ by 3 or more in each of the first ten bands and
by 2 or more in the last differ in at least 10 * 3 + 2 = 32 bits; so those within 31 are within 2 in one of the ten or
within 1 in the last. An index on each band (migrations/0007_signals.sql) is asked for every value so close to the
sought one, 2,843 in all, and whatever is found is compared in full: the answer is exact. Why eleven, and why in the
database: docs/decisions/0018-signals.md.
"""

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Final

from asyncpg import BitString

BITS: Final = 256
BYTES: Final = BITS // 8
NEAR: Final = 31
"""The most bits in which two fingerprints differ that count as near: where Meta recommends to begin with PDQ.

https://github.com/facebook/ThreatExchange/tree/main/pdq#matching, which also recommends to discard qualities up to 49.
"""


@dataclass(frozen=True, slots=True)
class Band:
    """Bits `start` (from 1, as SQL counts) to `start + width - 1`, and how many may differ in a value that is tried."""

    start: int
    width: int
    radius: int


def _bands() -> tuple[Band, ...]:
    widths = 8 * (23,) + 3 * (24,)
    return tuple(Band(1 + sum(widths[:n]), width, 1 if n == len(widths) - 1 else 2) for n, width in enumerate(widths))


def _kind(band: Band) -> tuple[int, int]:
    return band.width, band.radius


BANDS: Final = _bands()
KINDS: Final = tuple(dict.fromkeys(map(_kind, BANDS)))
"""Width and radius of bands, of which several are alike."""
FIRST_CHANGES: Final = 4
"""The number of the first argument of a near search that holds changes."""
FIRST_OWN: Final = FIRST_CHANGES + len(KINDS)
"""The number of the first argument of a near search that is its caller's own."""


def bit_string(bits: bytes) -> BitString:
    """A fingerprint as PostgreSQL keeps it. Raises ValueError for other lengths."""
    if len(bits) != BYTES:
        raise ValueError(f"a fingerprint has {BYTES} bytes, not {len(bits)}")
    return BitString.frombytes(bits, BITS)


def distance(one: bytes, other: bytes) -> int:
    """In how many bits two fingerprints differ."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def band_of(band: Band) -> str:
    """A band in SQL, as its index has it."""
    return f"substring(bits, {band.start}, {band.width})::integer"


def tried_sql(band: Band) -> str:
    """Every value that a fingerprint within NEAR of $2 may have in a band, as an array: the own one is the first."""
    own = f"substring($2::bit({BITS}), {band.start}, {band.width})::integer"
    return f"ARRAY(SELECT {own} # change FROM unnest(${FIRST_CHANGES + KINDS.index(_kind(band))}::integer[]) change)"


def changes() -> list[tuple[int, ...]]:
    """The changes of each kind of band, as a near search takes them.

    They are the same for every search; the values themselves are made of them in the database, because sending all
    of those took longer than searching.
    """
    return [_changes(*kind) for kind in KINDS]


def near_sql(table: str, columns: str, besides: str) -> str:
    """The statement that finds rows of a table with `marketplace` and `bits` within NEAR.

    Arguments: marketplace, bits, most rows of each band's arm, then `changes()`; after those what `besides` (a test on
    the rows) names, from ${FIRST_OWN}. A row near in several bands comes once. Where an arm gives as many rows as it
    may, there may be more than are given.

    OFFSET 0 keeps each arm to its own index, whatever the planner believes of the distances.
    """
    arms = [
        f"(SELECT {columns}, bit_count(bits # $2) AS distance FROM (SELECT * FROM {table} WHERE marketplace = $1 "
        f"AND {band_of(band)} = ANY ({tried_sql(band)}) OFFSET 0) AS close "
        f"WHERE bit_count(bits # $2) <= {NEAR} AND {besides} LIMIT $3)"
        for band in BANDS
    ]
    return " UNION ".join(arms)


@cache
def _changes(width: int, radius: int) -> tuple[int, ...]:
    """Every way to change at most `radius` of `width` bits, as masks; the fewest changes first."""
    return tuple(sum(1 << bit for bit in chosen) for n in range(radius + 1) for chosen in combinations(range(width), n))
