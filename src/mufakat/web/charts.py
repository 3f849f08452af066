"""Charts as SVG, drawn by the server: bars that lie, and lines over weeks. Classes only, no style, no script.

A chart is 320 units wide, which is what a phone has; its letters are then of reading size. Series differ by pattern,
mark and dash besides their colour (`static/charts.css`), and every bar has its number. Beside each stands a table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from markupsafe import Markup, escape

WIDTH: Final = 320
LETTER: Final = 6.6
"""About as wide is a letter of a number beside its bar."""
BAR: Final = 13
LINE: Final = 17
NEXT: Final = 14
"""From a line of a label to its next."""
LETTERS: Final = 44
"""Of a label on one line; what does not fit on two is in the table."""
GAP: Final = 7
HEIGHT: Final = 150
"""Of the field of a chart of lines."""
LEFT: Final = 46
"""Of that field, for the numbers of its axis."""
MOST_MARKS: Final = 5
"""Weeks by name under a chart of lines."""
COUNTED: Final = (1, 2, 5)
TIMED: Final = (60, 300, 900, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 432000, 864000, 1728000, 4320000)
"""Steps of an axis of time, in seconds."""
SIZE: Final = 4
_DOTS: Final = ("M{x} {y}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "M{x} {y}m-4-4h8v8h-8z", "M{x} {y}m0-5l5 9h-10z")
"""The marks of series: a disc, a square, a triangle."""

Said = Callable[[float], str]
"""How a number is written."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of pieces, each of a series by number."""

    pieces: tuple[tuple[int, float], ...]

    @property
    def whole(self) -> float:
        """All pieces together."""
        return sum(value for _, value in self.pieces)


@dataclass(frozen=True, slots=True)
class Row:
    """What lies under one label."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A line: a value for each label, None where there is none."""

    name: str
    values: tuple[float | None, ...]


def ticks(most: float, steps: Sequence[int] = ()) -> list[float]:
    """Round numbers from 0 to the first at or above `most`, at most six; of `steps`, or 1, 2, 5 and their tens."""
    if most <= 0:
        return [0.0, 1.0]
    named = [float(each) for each in steps] or [n * 10.0**ten for ten in range(16) for n in COUNTED]
    step = next((each for each in named if most / each <= SIZE), most / SIZE)
    count = int(-(-most // step))
    return [n * step for n in range(count + 1)]


def bars(name: str, title: str, about: str, rows: Sequence[Row], said: Said, steps: Sequence[int] = ()) -> Markup:
    """Lying bars under their labels, over an axis of round numbers. `name` is unique on its page."""
    every = [bar for row in rows for bar in row.bars]
    marks = ticks(max((bar.whole for bar in every), default=0), steps)
    room = max((len(said(bar.whole)) for bar in every), default=0) * LETTER + 8
    scale = (WIDTH - min(room, WIDTH / 2)) / marks[-1]
    told = [wrap(row.label, LETTERS)[:2] or [""] for row in rows]
    height = LINE
    for label, row in zip(told, rows, strict=True):
        height += LINE + NEXT * (len(label) - 1) + len(row.bars) * (BAR + 2) + GAP
    parts = [_grid(mark * scale, height - LINE, said(mark), first=mark == 0) for mark in _few(marks)]
    y = 0.0
    for label, row in zip(told, rows, strict=True):
        parts += [_text(0, y + 13 + n * NEXT, part, "label") for n, part in enumerate(label)]
        y += LINE + NEXT * (len(label) - 1)
        for bar in row.bars:
            parts.append(_bar(name, bar, y, scale, said))
            y += BAR + 2
        y += GAP
    return _svg(name, title, about, height, parts)


def lines(
    name: str,
    title: str,
    about: str,
    labels: Sequence[str],
    series: Sequence[Series],
    said: Said,
    steps: Sequence[int] = (),
) -> Markup:
    """Lines over labels in their order, with an axis of round numbers on the left."""
    known = [value for each in series for value in each.values if value is not None]
    marks = ticks(max(known, default=0), steps)
    top = 8
    bottom = top + HEIGHT
    step = (WIDTH - LEFT - 14) / max(1, len(labels) - 1)

    def place(n: int, value: float) -> tuple[float, float]:
        return LEFT + 6 + n * step, bottom - value / marks[-1] * HEIGHT

    parts = []
    for mark in marks:
        _, y = place(0, mark)
        parts.append(
            Markup('<path class="grid{}" d="M{} {:.1f}H{}"/>').format(" zero" if mark == 0 else "", LEFT, y, WIDTH)
        )
        parts.append(_text(LEFT - 6, y + 4, said(mark), "tick end"))
    apart = -(-len(labels) // MOST_MARKS)
    for n, label in enumerate(labels):
        if (len(labels) - 1 - n) % apart == 0:
            x, _ = place(n, 0)
            anchor = "tick end" if n == len(labels) - 1 and n else "tick" if n == 0 else "tick middle"
            parts.append(_text(min(x + 8, WIDTH) if "end" in anchor else x, bottom + 16, label, anchor))
    parts += [_line(n, each, place, said) for n, each in enumerate(series)]
    return _svg(name, title, about, bottom + 24, parts)


def swatch(name: str, n: int, *, line: bool) -> Markup:
    """What stands before the name of a series in the legend of the chart `name`."""
    if line:
        inner = Markup('<path class="line s{}" d="M0 7H24"/>').format(n) + _dot(n, 12, 7)
    else:
        inner = _box(name, n, 1, 1, 22, 12)
    return Markup('<svg class="swatch" viewBox="0 0 24 14" aria-hidden="true" focusable="false">{}</svg>').format(inner)


def _line(n: int, series: Series, place: Callable[[int, float], tuple[float, float]], said: Said) -> Markup:
    """A line, broken where a value is missing, with a mark and its number at each value."""
    path, pen, dots = "", "M", []
    for at, value in enumerate(series.values):
        if value is None:
            pen = "M"
            continue
        x, y = place(at, value)
        path += f"{pen}{x:.1f} {y:.1f}"
        pen = "L"
        dots.append(Markup("<g><title>{}</title>{}</g>").format(f"{series.name}: {said(value)}", _dot(n, x, y)))
    return Markup('<path class="line s{}" d="{}"/>').format(n, path) + Markup("").join(dots) if path else Markup("")


def _dot(n: int, x: float, y: float) -> Markup:
    return Markup('<path class="dot s{}" d="{}"/>').format(n, _DOTS[n % len(_DOTS)].format(x=f"{x:.1f}", y=f"{y:.1f}"))


def _bar(name: str, bar: Bar, y: float, scale: float, said: Said) -> Markup:
    """The pieces of a bar one after the other, and what they come to."""
    x, drawn = 0.0, []
    for n, value in bar.pieces:
        wide = max(value, 0) * scale
        if wide > 0:
            drawn.append(_box(name, n, x, y, wide, BAR))
        x += wide
    return Markup("").join([*drawn, _text(x + 5, y + BAR - 2, said(bar.whole), "value")])


def _box(name: str, n: int, x: float, y: float, wide: float, high: float) -> Markup:
    """A piece: its colour, and over it the pattern of its series."""
    at = Markup('x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"').format(x, y, wide, high)
    pattern = Markup('<rect {} fill="url(#{}-p{})"/>').format(at, name, n) if n else ""
    return Markup('<rect class="box s{}" {}/>{}').format(n, at, pattern)


def _grid(x: float, bottom: float, told: str, *, first: bool) -> Markup:
    kind, anchor = (" zero", "tick") if first else ("", "tick middle")
    return Markup('<path class="grid{}" d="M{:.1f} 0V{:.1f}"/>{}').format(
        kind, x, bottom, _text(x, bottom + 14, told, anchor)
    )


def _few(marks: Sequence[float]) -> Sequence[float]:
    """Every mark, or every second where their numbers would meet."""
    return marks if len(marks) <= SIZE else marks[::2]


def _text(x: float, y: float, text: str, kind: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(kind, x, y, text)


def _patterns(name: str) -> Markup:
    """The patterns of the series after the first: stripes, dots, and stripes the other ways."""
    one = Markup('<pattern id="{}-p{}" {size}><path class="hatch{}" d="{}"/></pattern>')
    size = Markup('width="6" height="6" patternUnits="userSpaceOnUse"')
    shapes = (("", "M0 6L6 0M-1 1L1-1M5 7L7 5"), (" dots", "M3 3h.01"), ("", "M0 3H6"), ("", "M3 0V6"))
    made = (one.format(name, n, *shape, size=size) for n, shape in enumerate(shapes, start=1))
    return Markup("<defs>{}</defs>").format(Markup("").join(made))


def _svg(name: str, title: str, about: str, height: float, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {:.0f}" role="img" aria-labelledby="{n}-title {n}-about">'
        '<title id="{n}-title">{}</title><desc id="{n}-about">{}</desc>{}{}</svg>'
    ).format(WIDTH, height, escape(title), escape(about), _patterns(name), Markup("").join(parts), n=name)
