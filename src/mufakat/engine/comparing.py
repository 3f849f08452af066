"""What two people said of the same samples, put together: agreement in all, by reason, by pair of people, by value."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from mufakat.core.agreement import Agreement, agreement_of
from mufakat.core.claim import FindingValue
from mufakat.store.samples import Rated

Table = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Compared:
    """Agreement about decisions, in all, by reason and by pair (first, second); about findings, in all and by value.

    Of one value it is how far both agree that it is this value or another.
    """

    decisions: Agreement
    by_reason: dict[str, Agreement]
    by_pair: dict[tuple[str, str], Agreement]
    findings: Agreement
    by_value: dict[str, Agreement]


def compared(rated: Iterable[Rated]) -> Compared:
    """The agreement of what was said twice."""
    decisions, findings = Table(), Table()
    by_reason: defaultdict[str, Table] = defaultdict(Table)
    by_pair: defaultdict[tuple[str, str], Table] = defaultdict(Table)
    for each in rated:
        said = each.first, each.second
        if each.item:
            findings[said] += each.times
            continue
        decisions[said] += each.times
        by_reason[each.reason][said] += each.times
        by_pair[each.first_by, each.second_by][said] += each.times
    return Compared(
        decisions=agreement_of(decisions),
        by_reason={reason: agreement_of(table) for reason, table in sorted(by_reason.items())},
        by_pair={pair: agreement_of(table) for pair, table in sorted(by_pair.items())},
        findings=agreement_of(findings),
        by_value={each.value: agreement_of(_only(findings, each.value)) for each in FindingValue},
    )


def _only(table: Table, value: str) -> Table:
    """The table of one value and all others together."""
    found = Table()
    for (first, second), times in table.items():
        found[str(first == value), str(second == value)] += times
    return found
