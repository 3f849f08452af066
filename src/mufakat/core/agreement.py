"""How far two people who judged the same agree: Cohen's kappa, with its interval. Pure arithmetic.

Cohen, J. (1960): A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20(1), 37-46.
The standard error is the one of Fleiss, J. L., Cohen, J. and Everitt, B. S. (1969): Large sample standard errors of
kappa and weighted kappa. Psychological Bulletin 72(5), 323-327, without weights.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

Z95: Final = 1.959963984540054
"""The quantile of the normal distribution for an interval of 95 %."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two ratings of the same things agree.

    `n`: things rated twice; `agreed`: of them alike. `kappa`: 1 for full agreement, 0 for as much as chance brings,
    None where it cannot be computed: nothing was rated, or both used one and the same value only, so that chance alone
    agrees. `low` and `high`: its interval of 95 %, cut to -1 and 1; None where there is no kappa.
    """

    n: int
    agreed: int
    kappa: float | None = None
    low: float | None = None
    high: float | None = None


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """The agreement of pairs of values, the first person's first."""
    return agreement_of(Counter(pairs))


def agreement_of(table: Mapping[tuple[str, str], int]) -> Agreement:
    """The same from how often each pair of values came."""
    n = sum(table.values())
    agreed = sum(count for (one, other), count in table.items() if one == other)
    if not n:
        return Agreement(0, 0)
    first, second = Counter[str](), Counter[str]()
    for (one, other), count in table.items():
        first[one] += count
        second[other] += count
    by_chance = sum(first[value] * second[value] for value in first)  # of n * n
    if by_chance == n * n:
        return Agreement(n, agreed)
    observed, expected = agreed / n, by_chance / n**2
    kappa = (n * agreed - by_chance) / (n * n - by_chance)
    spread = Z95 * _standard_error(table, n, observed, expected, first, second)
    return Agreement(n, agreed, kappa, max(-1.0, kappa - spread), min(1.0, kappa + spread))


def _standard_error(
    table: Mapping[tuple[str, str], int],
    n: int,
    observed: float,
    expected: float,
    first: Counter[str],
    second: Counter[str],
) -> float:
    """Of kappa, for large samples (Fleiss, Cohen and Everitt 1969)."""
    on = off = 0.0
    for (one, other), count in table.items():
        share = count / n
        if one == other:
            on += share * ((1 - expected) - (first[one] + second[one]) / n * (1 - observed)) ** 2
        else:
            # How often the first person said what the second did here, and the other way round.
            off += share * ((second[one] + first[other]) / n) ** 2
    variance = on + (1 - observed) ** 2 * off - (observed * expected - 2 * expected + observed) ** 2
    return sqrt(max(0.0, variance)) / ((1 - expected) ** 2 * sqrt(n))
