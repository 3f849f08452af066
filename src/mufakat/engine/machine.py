"""The machine that judges: asked when a dispute comes to be decided that the rulebook lets it judge (decision 0028).

The core says whether data settle it; here is asked what the core does not know: whether any signal speaks of the case.
Where one does, or where nobody looks for signals, it waits for a person.
"""

from typing import Final, Protocol

from mufakat.core import commands as c
from mufakat.core.parties import SYSTEM
from mufakat.core.refusals import Code, Refusal
from mufakat.engine.handle import Busy, Engine
from mufakat.engine.signals.telling import Signals
from mufakat.store.records import Ask, Loaded

MEANWHILE: Final = (Code.TOO_BUSY, Code.VERSION_CHANGED)
"""Refusals after which the machine looks again."""


class Doubts(Protocol):
    """Looks for what speaks against leaving a case to a machine."""

    async def any_about(self, loaded: Loaded) -> bool:
        """Whether anything does."""


class BySignals:
    """Doubts wherever a signal was seen, or could not be looked for."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals

    async def any_about(self, loaded: Loaded) -> bool:
        """Whether a signal speaks of the case. Raises StoreLost, CodecError."""
        told = await self._signals.for_case(loaded)
        return bool(told.signals or told.left_out)


class Machine:
    """Judges by `JudgeAutomatically`. `doubts`: None where nobody looks for signals; then it judges nothing."""

    def __init__(self, engine: Engine, doubts: Doubts | None) -> None:
        self._engine, self._doubts = engine, doubts

    async def judge(self, marketplace: str, order_id: str, case_id: str, matter: int, key: str) -> bool:
        """Judge a matter if nothing speaks against it; whether it was judged. What it may not judge waits for people.

        key: the idempotency key. Raises Busy where the case changed meanwhile, StoreLost.
        """
        loaded = await self._engine.store.load(Ask(marketplace, order_id, case_id))
        if self._doubts is None or loaded is None or loaded.case is None or await self._doubts.any_about(loaded):
            return False
        command, at = c.JudgeAutomatically(matter), loaded.case.number
        answer = await self._engine.handle(marketplace, order_id, case_id, command, SYSTEM, key, at)
        if isinstance(answer, Refusal) and answer.code in MEANWHILE:
            raise Busy(case_id)
        return not isinstance(answer, Refusal)
