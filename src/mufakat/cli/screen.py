"""Printing: plain tables and paragraphs, with whatever people wrote made harmless first."""

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

PIPED_WIDTH: Final = 120
"""Columns when the output is no terminal."""
LONGEST_WHOLE: Final = 40
"""The longest word that is never broken over two lines; a case id has 36 letters."""

# Marks that reorder text could make it read as something else than it is.
_REORDERING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def console() -> Console:
    """The standard output, without markup, emoji or guesses about what a word might be."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(file=sys.stdout, width=width, markup=False, emoji=False, highlight=False)


def harmless(text: str) -> str:
    """The text without control characters that could steer a terminal, and without reordering marks."""
    return "".join(_shown(each) for each in text)


def _shown(character: str) -> str:
    if character in "\n\t":
        return character
    bad = unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _REORDERING
    return "\N{REPLACEMENT CHARACTER}" if bad else character


def heading(out: Console, title: str) -> None:
    """A heading, with a line of room above it."""
    out.print()
    out.print(Text(harmless(title), style="bold"))


def rows(out: Console, cells: Iterable[Sequence[str]], columns: Sequence[str] = ()) -> None:
    """Rows in columns as wide as they need; `columns` are their headings. The last column wraps."""
    grid = Table(box=None, show_header=bool(columns), header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    wanted = list(cells)
    count = len(columns) or max((len(row) for row in wanted), default=0)
    for n in range(count):
        grid.add_column(columns[n] if columns else "", overflow="fold", min_width=_longest_word(wanted, n))
    for row in wanted:
        grid.add_row(*(Text(harmless(cell)) for cell in row))
    if wanted:
        with out.capture() as caught:
            out.print(Padding(grid, (0, 0, 0, 2)))
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in caught.get().splitlines())


def _longest_word(cells: Sequence[Sequence[str]], n: int) -> int:
    """The longest word of a column: an id is copied more easily in one piece."""
    words = (word for row in cells if n < len(row) for word in row[n].split())
    return min(LONGEST_WHOLE, max(map(len, words), default=0))


def say(text: str) -> None:
    """A line on standard output, as it is, so that a pipe gets it whole."""
    sys.stdout.write(f"{harmless(text)}\n")
