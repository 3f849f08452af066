"""Tables as comma-separated values (RFC 4180) that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from mufakat.store.reports import FIGURES, ReportLine, ReportWanted

OTHERS: Final = "*"
"""The group beyond the most by name."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def comma_separated(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A header and rows as text, a line each; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(each) for each in row] for row in rows)
    return out.getvalue()


def report_csv(wanted: ReportWanted, lines: Iterable[ReportLine]) -> str:
    """A report as comma-separated values: the group, what tells lines apart, the numbers; `*` for all other groups."""
    header = (wanted.by.lower(), *FIGURES[wanted.figure].names)
    rows = ((OTHERS if each.group is None else each.group, *each.keys, *each.values) for each in lines)
    return comma_separated(header, rows)


def _cell(value: object) -> str:
    """Numbers as they are; a text with which a formula could begin behind an apostrophe.

    Ids and categories are the marketplace's and its sellers' to choose.
    """
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
