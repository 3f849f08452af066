"""Shares of a whole in minor units: none is lost or made, none is negative, none is more than it may be. Pure.

Each share is rounded half to even and the last takes the rest (market.md, arithmetic 9), within what a share may be at
most: rounding alone would let the last one grow above it, and more would go back for a unit than was paid for it.
"""

from collections.abc import Sequence


def half_even(numerator: int, denominator: int) -> int:
    """`numerator / denominator`, rounded half to even; the denominator is positive."""
    whole, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return whole + (twice > denominator or (twice == denominator and whole % 2 == 1))


def shares(total: int, n: int) -> list[int]:
    """`total` minor units over `n` equal shares: each rounded half even, the last takes the rest.

    No share is more than what is left, so no share turns negative (market.md, arithmetic 9).
    """
    return allocate(total, [1] * n)


def share(total: int, n: int, k: int) -> int:
    """The kth of `shares(total, n)`, counted from 1, without making the others."""
    part = half_even(total, n)
    rest = max(0, total - (k - 1) * part)
    return rest if k == n else min(part, rest)


def share_within(total: int, n: int, k: int, most: int) -> int:
    """The kth of n equal shares of `total`, none above `most`; `total` is at most `n * most`. Their sum is exact."""
    part = half_even(total, n)
    if part * n >= total:
        return share(total, n, k)
    kept = most - part  # rounded down: what is kept of `most` is what may run out
    left = max(0, n * most - total - (k - 1) * kept)
    return most - (left if k == n else min(kept, left))


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """`total` minor units by weight, rounded half even; the last share takes the rest, and the sum is exact."""
    whole = sum(weights)
    if not weights or whole == 0:
        return [0] * (len(weights) - 1) + [total] if weights else []
    parts: list[int] = []
    rest = total
    for weight in weights[:-1]:
        part = min(rest, half_even(total * weight, whole))
        parts.append(part)
        rest -= part
    return [*parts, rest]


def allocate_within(total: int, most: Sequence[int]) -> list[int]:
    """`total` minor units by what each may have at most, as `allocate`, and no share above it.

    Raises ValueError where the total is more than all of them together.
    """
    whole = sum(most)
    if total > whole:
        raise ValueError(f"{total} is more than {whole}, which may be shared out")
    parts: list[int] = []
    rest, after = total, whole
    for each in most:
        after -= each
        rounded = half_even(total * each, whole) if whole else 0
        part = max(rest - after, min(rest, rounded))
        parts.append(part)
        rest -= part
    return parts
