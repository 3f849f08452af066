"""The chart of the queue's days: it says what its table says, in the reader's language, and nothing of empty days."""

from datetime import date, timedelta

from mufakat.api.wire.queue import QueueDayOut
from mufakat.core.words import Language
from mufakat.web.day_by_day import day_by_day
from mufakat.web.tongue import Tongue

FIRST = date(2026, 11, 11)


def days(*told: tuple[int, int, int, int]) -> list[QueueDayOut]:
    """Days one after the other: raised, judged, of those automatic, appeals."""
    return [
        QueueDayOut(day=FIRST + timedelta(days=n), raised=each[0], judged=each[1], automatic=each[2], appeals=each[3])
        for n, each in enumerate(told)
    ]


def test_the_newest_day_stands_first_in_the_table_and_last_in_the_chart() -> None:
    found = day_by_day(Tongue(Language.EN), days((3, 1, 1, 0), (2, 4, 0, 1)))
    assert [(name, each.raised) for name, each in found.rows] == [("Thu 12 Nov", 2), ("Wed 11 Nov", 3)]
    assert (found.total.raised, found.total.judged, found.total.automatic, found.total.appeals) == (5, 5, 1, 1)
    drawn = str(found.drawing)
    assert drawn.index("11 Nov") < drawn.index("12 Nov")
    assert "Disputes and appeals decided: 5" in drawn
    assert [name for _, name in found.legend] == ["Disputes raised", "Disputes and appeals decided"]


def test_it_speaks_indonesian() -> None:
    found = day_by_day(Tongue(Language.ID), days((1, 0, 0, 0)))
    assert found.rows[0][0] == "Rab 11 Nov"
    assert "Sengketa diajukan: 1" in str(found.drawing)


def test_nothing_is_drawn_of_days_on_which_nothing_was() -> None:
    assert not day_by_day(Tongue(Language.EN), days((0, 0, 0, 0), (0, 0, 0, 0))).drawing
