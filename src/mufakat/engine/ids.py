"""Identifiers: UUID version 7 (RFC 9562), made by the application, in the order of their moments."""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

RANDOM_BYTES: Final = 10


def uuid7(moment: datetime, chance: Callable[[int], bytes] = os.urandom) -> str:
    """A UUIDv7 of a moment as text: 48 bits of milliseconds, then version, variant and 74 random bits."""
    milliseconds = int(moment.timestamp() * 1000) & (2**48 - 1)
    bits = int.from_bytes(chance(RANDOM_BYTES))
    high = (bits >> 64) & 0xFFF
    low = bits & (2**62 - 1)
    return str(UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))


class Uuids:
    """Case ids from the system's chance, or from a simulator's."""

    def __init__(self, chance: Callable[[int], bytes] = os.urandom) -> None:
        self._chance = chance

    def case_id(self, now: datetime) -> str:
        """A new one, never given before."""
        return uuid7(now, self._chance)
