"""One inspector for all tests of a process, whatever loop they run in: starting one takes longer than most tests."""

import asyncio
import threading
from functools import cache
from typing import IO

from mufakat.core.refusals import Refusal
from mufakat.evidence.inspection.inspector import Inspected, Inspector


class SharedInspector(Inspector):
    """Hands files to an inspector that lives in a loop and thread of its own, and ends with the process."""

    def __init__(self) -> None:
        super().__init__()
        self._there = asyncio.new_event_loop()
        threading.Thread(target=self._there.run_forever, daemon=True).start()
        self._real = Inspector()

    async def inspect(self, file: IO[bytes], claimed_type: str = "") -> Inspected | Refusal:
        asked = asyncio.run_coroutine_threadsafe(self._real.inspect(file, claimed_type), self._there)
        return await asyncio.wrap_future(asked)

    async def close(self) -> None:
        """Nothing: other tests go on."""


@cache
def looker() -> SharedInspector:
    """The inspector of this process; it starts when it first looks into a file."""
    return SharedInspector()
