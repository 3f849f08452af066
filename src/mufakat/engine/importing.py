"""Importing: a request or dispute that is under way in another system is taken over as a case of ours, in one write.

The other system tells the case as a history: who did what when. The core decides it step by step (see
`core/decide/imported.py`); here the telling is checked, its texts are sealed, and everything lands at once under the
idempotency key `import:` and the case's id in the other system, or nothing does. A case may be imported until money
moves in it; what was paid outside is a fact of its order, and its later life here is that of any other case.

As JSON, one object a case:

    {"order_id": "o1", "source": "oldshop", "external_id": "RMA-7",
     "steps": [{"at": "2026-03-01T09:00:00Z", "actor": {"role": "CUSTOMER", "id": "ani"},
                "command": {"command": "OpenRequest", ...}}, ...],
     "due": {"1": "2026-03-09T17:00:00Z"}}
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import Any, Final

import msgspec

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.case import Case
from mufakat.core.decide.imported import Origin, Retold, Step, at_step, retell, standing_effects
from mufakat.core.events import Recorded
from mufakat.core.evolve import replay
from mufakat.core.judged import judged_lines
from mufakat.core.parties import Actor, Role
from mufakat.core.policy.rulebook import BeforeRulebookError
from mufakat.core.refusals import Code, Refusal
from mufakat.core.settlement import settle
from mufakat.core.usage import usage
from mufakat.core.waiting import waiting
from mufakat.engine.asking import Pinned
from mufakat.engine.handle import ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE, Engine
from mufakat.store import codec
from mufakat.store.codec import CodecError
from mufakat.store.database import StoreLost
from mufakat.store.records import Answered, Ask, CaseKey, Loaded, Sealed, Write
from mufakat.store.seal import has_texts

MAX_STEPS: Final = 1000
"""Steps of one history."""
LONGEST_PROMISE: Final = timedelta(days=180)
"""How far ahead the other system may have promised that a step still runs."""
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#-]{0,99}")
"""What the other system and a case in it may be called: codes of up to 100 characters, never words about people."""

_chance: Final = SystemRandom()


@dataclass(frozen=True, slots=True)
class History:
    """One case as the other system tells it.

    `steps` in the order of their instants, the first an OpenRequest; `external_id` is its id there, unique in the
    marketplace; `due`: until when (UTC) the present step of a matter still runs, as promised to the parties there.
    """

    order_id: str
    source: str
    external_id: str
    steps: tuple[Step, ...]
    due: Mapping[int, datetime]


@dataclass(frozen=True, slots=True)
class Imported:
    """A case that was taken over, as it stood then. `again`: it had been imported before, with the same content."""

    case_id: str
    version: int
    case: Case
    recorded: tuple[Recorded, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Sealing:
    """The steps with hashes for their texts, the sealed rows, and the case's key where there are any."""

    steps: tuple[Step, ...]
    rows: tuple[Sealed, ...] = ()
    key: CaseKey | None = None


async def import_case(
    engine: Engine, marketplace: str, history: History, *, dry_run: bool = False
) -> Imported | Refusal:
    """Take over a case with its history, whole or not at all.

    The order must be there with its facts. The same history under the same external id gives the first answer again;
    another one is ALREADY_IMPORTED. dry_run: decide and write nothing. Refusals: HISTORY_NOT_SOUND, NOT_IMPORTABLE,
    MONEY_MOVED, ALREADY_IMPORTED, BEFORE_RULEBOOK, NO_SUCH_ORDER, TEXT_TOO_LONG, TOO_BUSY, and those of the core; where
    it is about one step the fact `step` is its number from 1 (`step_of`). Raises StoreLost when the database is away;
    importing again is then safe.
    """
    pause = FIRST_PAUSE
    for left in reversed(range(ATTEMPTS)):
        try:
            answer = await _try(engine, marketplace, history, dry_run=dry_run)
        except StoreLost:
            if not left:
                raise
            answer = None  # whether it was written is unknown: loading again finds the key, or does it anew
        if answer is not None:
            return answer
        await asyncio.sleep(pause * (0.5 + _chance.random()))
        pause = min(2 * pause, LONGEST_PAUSE)
    return Refusal(Code.TOO_BUSY, (("attempts", str(ATTEMPTS)),))


def step_of(refusal: Refusal) -> int | None:
    """The number of the step (from 1) at which an import was refused; None where it is about the whole."""
    number = dict(refusal.facts).get("step")
    return None if number is None else int(number)


async def _try(engine: Engine, marketplace: str, history: History, *, dry_run: bool) -> Imported | Refusal | None:
    """One attempt: the answer, or None when somebody else committed first."""
    key = f"import:{history.external_id}"
    loaded = await engine.store.load(Ask(marketplace, history.order_id, None, key))
    if loaded is None:
        return Refusal(Code.NO_SUCH_ORDER, (("order", history.order_id),))
    asked = engine.sealer.input_hash(f"{marketplace}\0".encode() + encode_history(history))
    if loaded.answered is not None:
        return await _first_answer(engine, marketplace, history, loaded.answered, asked)
    now = loaded.marketplace.at(engine.clock.now())
    if (refusal := _fault(history, loaded, now)) is not None:
        return refusal
    opened = history.steps[0].at
    try:
        pinned = engine.policy_for(loaded.marketplace.market, opened)
    except BeforeRulebookError:
        return Refusal(Code.BEFORE_RULEBOOK, (("opened", opened.isoformat()),))
    case_id = engine.new_case_id()
    sealing = _sealed(engine, marketplace, case_id, history)
    if isinstance(sealing, Refusal):
        return sealing
    origin = Origin(history.source, history.external_id)
    steps, promised = sealing.steps, history.due
    retold = retell(steps, origin, promised, loaded.order, pinned.policy, now, case_id, pinned.hash)
    if isinstance(retold, Refusal):
        return retold
    if await _overlaps(engine, marketplace, loaded, retold.case):
        fault = "another case of the order had some of its units at that time; import an order's cases oldest first"
        return Refusal(Code.HISTORY_NOT_SOUND, (("step", "1"), ("fault", fault)))
    imported = Imported(case_id, retold.case.number, retold.case, retold.recorded)
    if dry_run:
        return imported
    write = _write(engine, loaded, marketplace, retold, sealing, pinned, key, asked)
    return imported if await engine.store.write(write) else None


def _fault(history: History, loaded: Loaded, now: datetime) -> Refusal | None:
    """What is wrong with a history before anything of it is decided."""
    for name, value in (("source", history.source), ("external_id", history.external_id)):
        if not NAME.fullmatch(value):
            return _unsound(f"`{name}` is 1 to 100 letters, digits and . _ : / # -, with a letter or digit first")
    if not 1 <= len(history.steps) <= MAX_STEPS:
        return _unsound(f"a history has 1 to {MAX_STEPS} steps, not {len(history.steps)}")
    if not isinstance(history.steps[0].command, c.OpenRequest):
        return _unsound("the first step opens the request", 1)
    before = loaded.order.order.purchased_at
    for number, each in enumerate(history.steps, start=1):
        if each.at < before:
            said = "before the order was bought" if number == 1 else "before the step that precedes it"
            return _unsound(f"it is dated {each.at.isoformat()}, {said}", number)
        if each.at > now:
            return _unsound(f"it is dated {each.at.isoformat()}, and it is {now.isoformat()}", number)
        before = each.at
    for matter, until in history.due.items():
        if not now < until <= now + LONGEST_PROMISE:
            days = LONGEST_PROMISE.days
            return _unsound(f"`due` of matter {matter} is {until.isoformat()}; it lies ahead, by at most {days} days")
    return None


def _unsound(fault: str, step: int = 0) -> Refusal:
    facts = (("fault", fault), ("step", str(step)))
    return Refusal(Code.HISTORY_NOT_SOUND, facts if step else facts[:1])


def _sealed(engine: Engine, marketplace: str, case_id: str, history: History) -> _Sealing | Refusal:
    """Every text of a history under the key of its case."""
    key: CaseKey | None = None
    steps: list[Step] = []
    rows: tuple[Sealed, ...] = ()
    for number, each in enumerate(history.steps, start=1):
        if not has_texts(each.command):
            steps.append(each)
            continue
        sealing = engine.sealer.seal_command(each.command, marketplace, case_id, key)
        if isinstance(sealing, Refusal):
            return at_step(sealing, number)
        command, more, made = sealing
        key, rows = key or made, (*rows, *more)
        steps.append(Step(each.at, each.actor, command))
    return _Sealing(tuple(steps), rows, key)


async def _overlaps(engine: Engine, marketplace: str, loaded: Loaded, case: Case) -> bool:
    """Whether another case had a unit of this one when its request was opened (reading 14): that is known only now."""
    units = {(line.line_id, unit) for line in case.lines for unit in line.units}
    for other, use in loaded.order.uses.items():
        if units.isdisjoint((each.line_id, each.unit) for each in use.units):
            continue
        history = await engine.store.history(marketplace, case.order_id, other)
        closed = [each.recorded.at for each in history if isinstance(each.recorded.event, e.MatterClosed)]
        if not closed or max(closed) > case.opened_at:
            return True
    return False


def _write(
    engine: Engine,
    loaded: Loaded,
    marketplace: str,
    retold: Retold,
    sealing: _Sealing,
    pinned: Pinned,
    key: str,
    asked: bytes,
) -> Write:
    case = retold.case
    return Write(
        marketplace=marketplace,
        order_id=case.order_id,
        expected=loaded.version,
        at=engine.clock.now(),
        uses={**loaded.order.uses, case.case_id: usage(case)},
        case=case,
        recorded=retold.recorded,
        firsts=retold.firsts,
        effects=standing_effects(retold),
        transfers=settle(None, retold.recorded),
        judged=judged_lines(None, retold.recorded, loaded.order.order),
        key=key,
        input_hash=asked,
        sealed=sealing.rows,
        case_key=sealing.key,
        policy=(pinned.hash, pinned.body),
        work=waiting(case, loaded.order.order),
    )


async def _first_answer(
    engine: Engine, marketplace: str, history: History, answered: Answered, asked: bytes
) -> Imported | Refusal:
    if answered.input_hash != asked:
        return Refusal(Code.ALREADY_IMPORTED, (("external_id", history.external_id),))
    stored = await engine.store.history(marketplace, answered.order_id, answered.case_id)
    recorded = tuple(each.recorded for each in stored if each.recorded.number <= answered.last)
    return Imported(answered.case_id, answered.last, replay(recorded), recorded, again=True)


# --- as JSON


class _Step(msgspec.Struct, forbid_unknown_fields=True):
    at: datetime
    actor: "_Actor"
    command: dict[str, Any]


class _Actor(msgspec.Struct, forbid_unknown_fields=True):
    role: Role
    id: str


class _History(msgspec.Struct, forbid_unknown_fields=True):
    order_id: str
    source: str
    external_id: str
    steps: list[_Step]
    due: dict[int, datetime] = {}


def decode_history(body: bytes | str | Mapping[str, Any]) -> History:
    """A history as a caller sends it; raises CodecError that says what is wrong where."""
    try:
        said = (
            msgspec.convert(body, _History, str_keys=True)
            if isinstance(body, Mapping)
            else msgspec.json.decode(body, type=_History)
        )
    except msgspec.MsgspecError as error:
        raise CodecError(f"this is no history of a case: {error}") from error
    steps = []
    for number, each in enumerate(said.steps, start=1):
        try:
            command = codec.decode_command(each.command)
        except CodecError as error:
            raise CodecError(f"step {number}: {error}") from error
        steps.append(Step(_instant(each.at, f"step {number}"), Actor(each.actor.role, each.actor.id), command))
    due = {matter: _instant(until, f"`due` of matter {matter}") for matter, until in said.due.items()}
    return History(said.order_id, said.source, said.external_id, tuple(steps), due)


def _instant(moment: datetime, where: str) -> datetime:
    if moment.tzinfo is None:
        raise CodecError(f"{where}: {moment.isoformat()} has no zone; write it in UTC: {moment.isoformat()}Z")
    return moment.astimezone(UTC)


def encode_history(history: History) -> bytes:
    """A history as JSON; equal histories have equal bytes."""
    return msgspec.json.encode(
        {
            "order_id": history.order_id,
            "source": history.source,
            "external_id": history.external_id,
            "steps": [
                {
                    "at": each.at.astimezone(UTC),
                    "actor": {"role": each.actor.role.value, "id": each.actor.id},
                    "command": codec.command_data(each.command),
                }
                for each in history.steps
            ],
            "due": {str(matter): until.astimezone(UTC) for matter, until in sorted(history.due.items())},
        }
    )
