"""What goes wrong with the server's calls: by chance, or as told for the next ones in order.

Those of the false provider itself (it acts late, lacks funds and so on), and those that only a network and a server
can have: slow, a connection that breaks before or after it acted, 500 before or after, a reply that is no JSON, has no
right signature, is endless, or sends elsewhere.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Final

from mufakat.payments.false import FAULTS

OF_THE_LINE: Final = (
    "slow",
    "drops_before",
    "drops_after",
    "error_before",
    "error_after",
    "garbled",
    "unsigned",
    "endless",
    "elsewhere",
)
"""What goes wrong on the way; the rest goes wrong inside (FAULTS of the false provider)."""
MISHAPS: Final = (*OF_THE_LINE, *(name for name in FAULTS if name != "times_out"))


class NoSuchMishapError(ValueError):
    """A name that is none of MISHAPS, or a chance outside 0 to 1."""


@dataclass(slots=True)
class Mishaps:
    """`chances`: name to 0 to 1. `coming`: names for the next calls, "" for none. `slow_by`: seconds of "slow".

    `away`: nothing is answered at all, look-ups included.
    """

    chance: Random = field(default_factory=Random)
    chances: dict[str, float] = field(default_factory=dict)
    coming: list[str] = field(default_factory=list)
    slow_by: float = 20.0
    away: bool = False

    def __post_init__(self) -> None:
        self.check()

    def check(self) -> None:
        """Raises NoSuchMishapError."""
        for name in (*self.chances, *(each for each in self.coming if each)):
            if name not in MISHAPS:
                raise NoSuchMishapError(f"there is no fault {name}; there are {', '.join(MISHAPS)}")
        if not all(0 <= chance <= 1 for chance in self.chances.values()):
            raise NoSuchMishapError("a fault's chance is a number from 0 to 1")

    def draw(self) -> str:
        """What goes wrong with the next call: empty for nothing."""
        if self.coming:
            return self.coming.pop(0)
        rolled = self.chance.random()
        for name, chance in self.chances.items():
            rolled -= chance
            if rolled < 0:
                return name
        return ""
