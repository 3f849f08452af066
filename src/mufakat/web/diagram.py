"""The process as a drawing, laid out from the one table: a column for whose turn it is, rows by the way of a case.

Every arrow finds its own way along straight lines: of all ways with at most two bends the one that meets no box, bends
little, and runs over no other. It is laid out once; a page colours the boxes in which a case stands and stood.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, product
from typing import Final

from mufakat.core.diagram import NEXT_STEP, REMEDY, edges
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.process import OPEN, OWNERS

P = Phase
LANES: Final[dict[Role, int]] = {Role.CUSTOMER: 0, Role.SELLER: 1, Role.AGENT: 2, Role.CLOCK: 3, Role.SYSTEM: 3}
"""Whose turn a phase is, to its column."""
ROWS: Final[tuple[tuple[str, ...], ...]] = (
    (P.OFFERED, P.REVIEW),
    (P.REJECTED, P.STOPPED),
    (P.EVIDENCE, P.DECIDING),
    (P.DISMISSED, P.AWARDED),
    (P.APPEAL_EVIDENCE, P.APPEAL_DECIDING),
    (REMEDY,),
    (P.AWAITING_RETURN, P.RETURNING),
    (P.PARCEL_REJECTED, P.INSPECTING),
    (P.REPORTED, P.ASSESSING),
    (NEXT_STEP,),
    (P.PERFORMING, P.DELIVERING),
    (P.CONFIRMING,),
    (P.PAYING, P.DEDUCTING),
    (P.LATE_APPEAL, P.SUSPENDED),
    (P.CLOSED,),
)
"""The main way of a case, from above."""
BANDS: Final = frozenset({REMEDY, NEXT_STEP, P.CLOSED})
"""Bars over all columns: what was granted begins, what comes after a return, and the end."""
STEPS: Final = frozenset(P)
"""Boxes in which a case can stand."""
BESIDE: Final = frozenset({P.STOPPED, P.SUSPENDED})
"""Reached from nearly everywhere and left to nearly everywhere: said in words, not drawn."""
LAST: Final = frozenset({P.CONFIRMING, P.PAYING, P.DEDUCTING, P.LATE_APPEAL})
"""From here an arrow leads to the end; elsewhere a mark says that it may end there."""
MAIN: Final = frozenset(
    {
        (P.REVIEW, REMEDY),
        (P.REVIEW, P.OFFERED),
        (P.REVIEW, P.REJECTED),
        (P.REJECTED, P.EVIDENCE),
        (P.EVIDENCE, P.DECIDING),
        (P.DECIDING, P.DISMISSED),
        (P.DECIDING, P.AWARDED),
        (P.AWARDED, P.APPEAL_EVIDENCE),
        (P.AWARDED, REMEDY),
        (P.APPEAL_EVIDENCE, P.APPEAL_DECIDING),
        (P.APPEAL_DECIDING, REMEDY),
        (REMEDY, P.AWAITING_RETURN),
        (REMEDY, NEXT_STEP),
        (P.AWAITING_RETURN, P.RETURNING),
        (P.RETURNING, P.INSPECTING),
        (P.INSPECTING, NEXT_STEP),
        (NEXT_STEP, P.PERFORMING),
        (NEXT_STEP, P.PAYING),
        (P.PERFORMING, P.DELIVERING),
        (P.DELIVERING, P.CONFIRMING),
        (P.CONFIRMING, P.CLOSED),
        (P.PAYING, P.DEDUCTING),
        (P.PAYING, P.CLOSED),
        (P.DEDUCTING, P.CLOSED),
    }
)
"""The ways that most cases go, drawn strong."""
UNDOING: Final = ("WithdrawDispute",)
"""Leads back to where a dispute was raised: said in words."""

BOX, HIGH, GUTTER, GAP, TOP = 148, 42, 70, 40, 40
WIDTH: Final = len(set(LANES.values())) * BOX + (len(set(LANES.values())) + 1) * GUTTER
HEIGHT: Final = TOP + len(ROWS) * (HIGH + GAP)
_TRACK: Final = 8
_BEND, _RUN, _CROSS, _HIT = 30, 5, 14, 4000

_NONE: Final = 10**9

Point = tuple[int, int]


def lane_at(lane: int) -> int:
    """Where a column begins."""
    return GUTTER + lane * (BOX + GUTTER)


_GUTTERS: Final = [lane_at(n) - GUTTER // 2 + off * _TRACK for n in range(5) for off in (-3, -2, -1, 0, 1, 2, 3)]
_PLACES: Final = sorted([*_GUTTERS, *(lane_at(n) + 26 + 24 * k for n in range(4) for k in range(5))])


@dataclass(frozen=True, slots=True)
class Box:
    """Where a phase or a bar stands. `ends`: a case may end here without an arrow that says so."""

    name: str
    x: int
    y: int
    width: int
    ends: bool = False

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width // 2, self.y + HIGH // 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way from one box to another. `labels`: commands and silences as the table names them."""

    start: str
    end: str
    labels: tuple[str, ...]
    main: bool
    points: tuple[Point, ...]

    @property
    def line(self) -> str:
        """The points as SVG has them."""
        return " ".join(f"{x},{y}" for x, y in self.points)

    @property
    def label(self) -> tuple[int, int, bool]:
        """Where words about it have room: above its longest stretch, or (True) beside where an upright one begins."""
        (x1, y1), (x2, y2) = max(pairwise(self.points), key=lambda two: abs(two[0][0] - two[1][0]) * 3 + _rise(two))
        return ((x1 + x2) // 2, y1 - 5, False) if y1 == y2 else (x1 + 6, y1 + (25 if y2 > y1 else -17), True)


def _rise(piece: tuple[Point, Point]) -> int:
    return abs(piece[0][1] - piece[1][1])


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@cache
def drawing() -> Drawing:
    """The process, laid out; the same each time."""
    boxes = {each.name: each for each in _boxes()}
    router = _Router(boxes)
    ways = sorted(_ways(), key=lambda way: (way[:2] not in MAIN, _distance(boxes[way[0]], boxes[way[1]])))
    arrows = [Arrow(a, b, labels, (a, b) in MAIN, router.way(boxes[a], boxes[b])) for a, b, labels in ways]
    return Drawing(tuple(boxes.values()), tuple(sorted(arrows, key=lambda each: each.main)))


def _boxes() -> Iterator[Box]:
    for row, names in enumerate(ROWS):
        y = TOP + row * (HIGH + GAP)
        for name in names:
            if name in BANDS:
                yield Box(name, GUTTER, y, WIDTH - 2 * GUTTER)
                continue
            phase = Phase(name)
            lanes = sorted(LANES[role] for role in OWNERS[phase])
            x, end = lane_at(lanes[0]), lane_at(lanes[-1]) + BOX
            yield Box(name, x, y, end - x, phase not in LAST | BESIDE and "[*]" in edges(phase))


def _ways() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for phase in OPEN:
        if phase in BESIDE:
            continue
        for to, labels in edges(phase).items():
            kept = tuple(each for each in labels if not each.startswith(UNDOING))
            end = P.CLOSED.value if to == "[*]" else to
            follows = NEXT_STEP in edges(phase) and end in (P.PAYING, P.PERFORMING)
            if kept and not follows and end not in BESIDE and (end != P.CLOSED or phase in LAST):
                yield phase.value, end, kept
    yield from ((a, b, ()) for a, b in ((REMEDY, P.AWAITING_RETURN.value), (REMEDY, NEXT_STEP)))
    yield from ((NEXT_STEP, b.value, ()) for b in (P.PERFORMING, P.PAYING))


def _distance(a: Box, b: Box) -> int:
    return abs(a.middle[0] - b.middle[0]) + abs(a.middle[1] - b.middle[1])


@dataclass
class _Router:
    """Finds ways for arrows, one after another; what is drawn already stands in the way of the next."""

    boxes: dict[str, Box]
    drawn: list[tuple[Point, Point]] = field(default_factory=list)
    ports: set[Point] = field(default_factory=set)

    def way(self, a: Box, b: Box) -> tuple[Point, ...]:
        """The best way between two boxes."""
        free = {way for way in _candidates(a, b) if not {way[0], way[-1]} & self.ports}
        least = _NONE
        best: tuple[Point, ...] = ()
        for cost, way in sorted((_bare(way), way) for way in free):
            if cost >= least:
                break  # what is longer already cannot become better
            whole = cost + self._troubles(way, a, b, least - cost)
            if whole < least:
                least, best = whole, way
        self.drawn += list(pairwise(best))
        self.ports |= {best[0], best[-1]}
        return best

    def _troubles(self, way: tuple[Point, ...], a: Box, b: Box, most: int) -> int:
        """What else a way costs; from `most` on it is not looked at to the end."""
        cost = 0
        for piece in pairwise(way):
            cost += sum(_HIT for box in self.boxes.values() if _hits(piece, box, 1 if box is a or box is b else -7))
            if cost >= most:
                return cost
        for piece, other in product(pairwise(way), self.drawn):
            cost += _RUN * _shared(piece, other) + (_CROSS if _crosses(piece, other) else 0)
            if cost >= most:
                return cost
        return cost


def _bare(way: tuple[Point, ...]) -> int:
    """What a way costs by itself: its length and its bends."""
    length = sum(abs(x1 - x2) + abs(y1 - y2) for (x1, y1), (x2, y2) in pairwise(way))
    return length + _BEND * (len(way) - 2)


def _candidates(a: Box, b: Box) -> Iterator[tuple[Point, ...]]:
    """The ways with at most two bends that leave a box outwards and come to another from outside."""
    for way in _tried(a, b):
        if _leaves(way[0], way[1], a) and _leaves(way[-1], way[-2], b):
            yield way


def _leaves(port: Point, to: Point, box: Box) -> bool:
    """Whether a stretch from a port goes away from its box."""
    if port[0] == box.x:
        return to[0] < box.x
    if port[0] == box.x + box.width:
        return to[0] > port[0]
    return to[1] < box.y if port[1] == box.y else to[1] > port[1]


def _tried(a: Box, b: Box) -> Iterator[tuple[Point, ...]]:
    gaps = {a.y - GAP // 2, a.y + HIGH + GAP // 2, b.y - GAP // 2, b.y + HIGH + GAP // 2}
    levels = sorted({y + off * _TRACK for y in gaps for off in (-1, 0, 1)})
    for (one, side), (two, other) in product(_ports(a), _ports(b)):
        (x1, y1), (x2, y2) = one, two
        if side != other:
            yield (one, (x2, y1), two) if side == "side" else (one, (x1, y2), two)
        elif side == "side":
            if y1 == y2:
                yield (one, two)
            yield from ((one, (x, y1), (x, y2), two) for x in _GUTTERS if y1 != y2)
        else:
            if x1 == x2:
                yield (one, two)
            yield from ((one, (x1, y), (x2, y), two) for y in levels if x1 != x2)


def _ports(box: Box) -> Iterator[tuple[Point, str]]:
    """Where arrows can touch a box: its sides at three heights, its top and bottom at several places."""
    for y in (box.y + 10, box.y + HIGH // 2, box.y + HIGH - 10):
        yield (box.x, y), "side"
        yield (box.x + box.width, y), "side"
    for x in _PLACES:
        if box.x < x < box.x + box.width:
            yield (x, box.y), "level"
            yield (x, box.y + HIGH), "level"


def _hits(piece: tuple[Point, Point], box: Box, inner: int = -7) -> bool:
    """Whether a stretch runs into a box, or within seven of it."""
    (x1, y1), (x2, y2) = piece
    left, right = min(x1, x2), max(x1, x2)
    top, bottom = min(y1, y2), max(y1, y2)
    return (
        left < box.x + box.width - inner
        and right > box.x + inner
        and top < box.y + HIGH - inner
        and bottom > box.y + inner
    )


def _shared(one: tuple[Point, Point], two: tuple[Point, Point]) -> int:
    """How far two stretches run over or close beside each other."""
    for axis in (0, 1):
        other = 1 - axis
        if one[0][axis] == one[1][axis] and two[0][axis] == two[1][axis]:
            if abs(one[0][axis] - two[0][axis]) >= _TRACK - 2:
                return 0
            low = max(min(one[0][other], one[1][other]), min(two[0][other], two[1][other]))
            return max(0, min(max(one[0][other], one[1][other]), max(two[0][other], two[1][other])) - low)
    return 0


def _crosses(one: tuple[Point, Point], two: tuple[Point, Point]) -> bool:
    """Whether a level and an upright stretch cross."""
    if (one[0][0] == one[1][0]) == (two[0][0] == two[1][0]):
        return False
    upright, level = (one, two) if one[0][0] == one[1][0] else (two, one)
    x, y = upright[0][0], level[0][1]
    across = min(level[0][0], level[1][0]) < x < max(level[0][0], level[1][0])
    return across and min(upright[0][1], upright[1][1]) < y < max(upright[0][1], upright[1][1])
