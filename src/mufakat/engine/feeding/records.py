"""What passes between reading, putting and reporting: an order that was read, and what was wrong with a row."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mufakat.core.order import OUTBOUND, TRACKING_NUMBER, Fact, Order, Scan
from mufakat.core.refusals import Code


class Amiss(StrEnum):
    """What is wrong with a row before any rule is asked. Public: never rename one."""

    UNREADABLE = "UNREADABLE"
    FIELD_MISSING = "FIELD_MISSING"
    FIELD_WRONG = "FIELD_WRONG"
    ROWS_DIFFER = "ROWS_DIFFER"
    STANDS_APART = "STANDS_APART"


MEND: Final[dict[str, str]] = {
    Amiss.UNREADABLE: "Write the row as the others are written, in UTF-8, and import the file again.",
    Amiss.FIELD_MISSING: "Fill the field in, or give it a default in the mapping.",
    Amiss.FIELD_WRONG: "Correct the value, or say in the mapping how it is written or what it means.",
    Amiss.ROWS_DIFFER: "Let all rows of an order say the same of the order, or map the field of the line instead.",
    Amiss.STANDS_APART: "Sort the file by order, so that all rows of one stand together, and import it again.",
    Code.ORDER_NOT_SOUND: "Correct the order where it comes from, and import it again.",
    Code.FACT_NOT_FITTING: "Correct the fact where it comes from; the order itself was taken.",
    Code.ALREADY_OPEN: "A case stands on the terms as they were. Send what changed as facts, or leave it.",
    Code.TOO_BUSY: "Import the file again: what is there already changes nothing.",
    Code.NO_SUCH_ORDER: "Import the file again: what is there already changes nothing.",
}
"""What to do about each code."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be used, or of which a part could not: its number from 1, the order, a code, a sentence."""

    row: int
    order_id: str
    code: str
    why: str

    @property
    def mend(self) -> str:
        """What to do about it."""
        return MEND[self.code]


@dataclass(frozen=True, slots=True)
class Given:
    """An order as it was read, with its facts; `row` is the number of its first row. `rows`: how many it took.

    `parcels`: the numbers under which carriers know the order's own parcels, beside those that its scans name.
    """

    row: int
    order: Order
    facts: tuple[Fact, ...] = ()
    rows: int = 1
    parcels: tuple[str, ...] = ()

    def tracking_numbers(self) -> list[str]:
        """Every number of the order's own parcels that it names, each once."""
        named = [each.tracking for each in self.facts if isinstance(each, Scan) and each.parcel == OUTBOUND]
        return [each for each in dict.fromkeys((*self.parcels, *named)) if TRACKING_NUMBER.fullmatch(each)]
