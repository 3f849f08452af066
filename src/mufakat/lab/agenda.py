"""An agenda: what comes when, changed often and read from the front."""

import heapq
from collections.abc import Hashable
from datetime import datetime
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Agenda(Generic[K]):
    """Keys by moment. Moving a key leaves its old place in the heap, which is skipped when it comes to the front."""

    def __init__(self) -> None:
        self._at: dict[K, datetime] = {}
        self._heap: list[tuple[datetime, int, K]] = []
        self._count = 0

    def put(self, key: K, at: datetime | None) -> None:
        """Set the moment of a key; None takes it off."""
        if at is None:
            self._at.pop(key, None)
            return
        if self._at.get(key) != at:
            self._at[key] = at
            self._count += 1
            heapq.heappush(self._heap, (at, self._count, key))

    def moment(self, key: K) -> datetime | None:
        """When a key is on, or None."""
        return self._at.get(key)

    def first(self) -> datetime | None:
        """The earliest moment, or None."""
        while self._heap and self._at.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def moments(self) -> list[tuple[K, datetime]]:
        """Every key with its moment, in no order."""
        return list(self._at.items())

    def until(self, now: datetime, limit: int) -> list[tuple[datetime, K]]:
        """Moment and key of what has come, earliest first; it stays on the agenda."""
        found: dict[K, tuple[datetime, int, K]] = {}
        while len(found) < limit and (first := self.first()) is not None and first <= now:
            entry = heapq.heappop(self._heap)
            found[entry[2]] = entry
        for entry in found.values():
            heapq.heappush(self._heap, entry)
        return [(at, key) for at, _, key in found.values()]
