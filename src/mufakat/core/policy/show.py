"""A rulebook for people: every value in force on a day, with its source and grade."""

from collections import Counter
from datetime import date
from itertools import chain, groupby

from mufakat.core.policy.history import TOGETHER, Grade
from mufakat.core.policy.rulebook import Rulebook, entries_in_force


def lines(rulebook: Rulebook, day: date, *, backdate: bool = False) -> list[str]:
    """The listing, line by line: values by section, then the sources by number, then what to look after.

    Raises BeforeRulebookError for a day before the rulebook starts, unless back-dated.
    """
    entries = list(entries_in_force(rulebook, day, backdate=backdate))
    cited = (each.cites.split(TOGETHER) for each in entries if each.grade is not Grade.DEFAULT)
    numbers = {cites: number for number, cites in enumerate(dict.fromkeys(chain(*cited)), start=1)}
    law_day = rulebook.law_day(day, backdate=backdate)
    title = f"Rulebook {rulebook.name}: market {rulebook.market}, zone {rulebook.zone}, in force on {day}"
    if law_day != day:
        title += f" (back-dated: the values of {law_day})"
    found = [title]
    for section, group in groupby(entries, key=lambda each: each.path.partition(".")[0]):
        rows = [(each.path.partition(".")[2], each) for each in group]
        width = max(len(path) for path, _ in rows)
        found += ["", f"[{section}]"]
        for path, each in rows:
            source = each.grade.value
            if each.grade is not Grade.DEFAULT:
                source += "".join(f" [{numbers[cites]}]" for cites in each.cites.split(TOGETHER))
            found.append(f"  {path:<{width}}  {each.value}  (since {each.since}, {source})")
    found += ["", "[sources]", *(f"  [{number}] {cites}" for cites, number in numbers.items())]
    counts = Counter(each.grade for each in entries)
    shares = ", ".join(f"{grade.value} {counts[grade]}" for grade in Grade if counts[grade])
    found += ["", f"{len(entries)} values by grade: {shares}"]
    return found + [f"warning: {each}" for each in warnings(rulebook, day)]


def warnings(rulebook: Rulebook, day: date) -> list[str]:
    """What a lead should look after soon: years without holidays, whose working days would be miscounted."""
    years = {str(path[1]) for path in rulebook.values if path[0] == "holidays"}
    near = [day.year] if day.month <= 6 else [day.year, day.year + 1]  # noqa: PLR2004 - half a year ahead
    return [f"no holidays are listed for {year}" for year in near if str(year) not in years]
