"""How much material a party may hand in for one order: what there is room for, what is used of it, what is left."""

import math
from dataclasses import dataclass
from typing import Final

from mufakat.core.refusals import Code, Refusal
from mufakat.evidence.intake import MAX_FILE_BYTES, MIB, megabytes

MAX_ORDER_FILES: Final = 200
"""Files of one order."""
MAX_ORDER_BYTES: Final = 500 * MIB
"""Bytes of all files of one order."""
_TENTHS: Final = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken, in files and bytes.

    Each party has half of what an order holds, so that neither can fill it up for the other.
    """

    file_bytes: int = MAX_FILE_BYTES
    order_files: int = MAX_ORDER_FILES
    order_bytes: int = MAX_ORDER_BYTES

    def room(self, files_used: int, bytes_used: int) -> "Room":
        """The room of a party that has kept so much."""
        return Room(self.order_files // 2, self.order_bytes // 2, files_used, bytes_used)


@dataclass(frozen=True, slots=True)
class Room:
    """What one party may keep for one order, and what it has kept, in files and bytes."""

    most_files: int
    most_bytes: int
    files_used: int
    bytes_used: int

    @property
    def files_left(self) -> int:
        """How many more files may come."""
        return max(0, self.most_files - self.files_used)

    @property
    def bytes_left(self) -> int:
        """How many more bytes may come."""
        return max(0, self.most_bytes - self.bytes_used)

    def fits(self, size: int) -> bool:
        """Whether one more file of `size` bytes may come."""
        return self.files_left > 0 and size <= self.bytes_left

    def refused(self) -> Refusal:
        """The refusal of a file that does not fit (TOO_MANY_FILES): the limit, what is used and what is left."""
        return Refusal(
            Code.TOO_MANY_FILES,
            (
                ("limit", str(self.most_files)),
                ("megabytes", megabytes(self.most_bytes)),
                ("files", str(self.files_used)),
                ("used", f"{math.ceil(self.bytes_used * _TENTHS / MIB) / _TENTHS:g}"),
                ("files_left", str(self.files_left)),
                ("left", f"{math.floor(self.bytes_left * _TENTHS / MIB) / _TENTHS:g}"),
            ),
        )
