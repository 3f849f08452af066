"""`python -m tests.mutate`: change one thing at a time, in the process table or in a rulebook, and see who notices.

Every cell of the process table is dropped, given to each other role, and made to lead elsewhere; every lapse is made
to lead elsewhere; every value of both rulebooks becomes another. Worlds live with each mutant until one shows a fault;
the auditor has the true rulebook file. Worlds of the true code come first: a seed that has a fault of its own is left
out. A dropped cell shows where a world of the true code uses it: what nobody can do any more is missed.

Survivors are listed by name. It is long: hours on two cores. `--share 1/20` takes a twentieth, `--only` one kind.
"""

import argparse
import itertools
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from random import Random
from typing import Any, Final
from unittest import mock

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from mufakat.core import decide, process
from mufakat.core.commands import RecordFact, ReportPayment
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.faults import Path, dotted
from mufakat.core.policy.policy import CodeRule, LapseOutcome, Span
from mufakat.core.policy.rulebook import Rulebook
from mufakat.core.process import LAPSES, PROCESS
from mufakat.lab.mutants import QUARRELS, TO_AND_FRO, Caught, Law, Mutant, hunt, with_moves, without_move
from mufakat.lab.rewriting import with_value
from mufakat.lab.world import MARKETS, Scale, live
from mufakat.rulebooks import load

KINDS: Final = ("drop", "role", "redirect", "lapse", "rulebook")

Bent = tuple[tuple[str, float], ...]
RETURNS: Final[Bent] = (
    ("ships_back", 0.95),
    ("own_carrier", 0.5),
    ("reports", 0.9),
    ("contests", 0.8),
    ("silent", 0.05),
)
GOODS: Final[Bent] = (("ships_out", 0.95), ("pays_instead", 0.0), ("troubled", 0.9), ("gives_up", 0.0))
TALKS: Final[Bent] = (("proposes", 0.5), ("agrees", 0.5), ("court", 0.0))
LIKELY: Final[dict[Phase, Bent]] = {
    Phase.APPEAL_EVIDENCE: (*QUARRELS, *TALKS),
    Phase.APPEAL_DECIDING: TO_AND_FRO,
    Phase.AWARDED: QUARRELS,
    Phase.DISMISSED: (*QUARRELS, ("proposes", 0.5)),
    Phase.LATE_APPEAL: (("appeals", 0.0), ("regrets", 0.6), ("approves", 0.0), ("errs", 0.1), ("pays", 0.9)),
    Phase.AWAITING_RETURN: TALKS,
    Phase.RETURNING: (*RETURNS, *TALKS),
    Phase.INSPECTING: (*RETURNS, *TALKS),
    Phase.PARCEL_REJECTED: (*RETURNS, *TALKS, ("refuses_parcels", 0.95)),
    Phase.REPORTED: (*RETURNS, *TALKS),
    Phase.ASSESSING: (*RETURNS, *TALKS, ("suspends", 0.3), ("extends", 0.3)),
    Phase.PERFORMING: (*GOODS, *TALKS, ("suspends", 0.3), ("extends", 0.3)),
    Phase.DELIVERING: (*GOODS, *TALKS, ("suspends", 0.3)),
    Phase.CONFIRMING: (*GOODS, *TALKS),
    Phase.DEDUCTING: (("pays", 0.0), ("suspends", 0.5)),
    Phase.SUSPENDED: (("suspends", 0.9), ("chats", 0.4)),
    Phase.STOPPED: (("court", 0.9), ("proposes", 0.5), ("agrees", 0.5)),
}
"""What people must be like so that a phase is reached often."""


@dataclass(frozen=True, slots=True)
class Job:
    """One mutant by what it changes; small enough to pass between processes."""

    kind: str
    name: str
    where: Any
    to: Any = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant: None where it survived."""

    job: Job
    caught: Caught | None


MOST_MEMORY: Final = 3 * 2**30
"""Bytes that a process may take: some mutants grow without end."""
MOST_SECONDS: Final = 10
"""Seconds for each world of a mutant, far above what one takes."""
GUARDED_APART: Final = (RecordFact, ReportPayment)
"""Commands whose role the core checks by itself: what the table says about it changes nothing."""


# --- what is changed


def jobs() -> Iterator[Job]:
    """Every mutant, in the order of the table and the files."""
    for number, move in enumerate(PROCESS):
        cell = f"{move.phase} {move.command.__name__}"
        yield Job("drop", f"{cell} dropped", number)
        for role in Role:
            if role not in move.roles and move.command not in GUARDED_APART:
                yield Job("role", f"{cell} by {role} too", number, role)
        elsewhere = next(phase for phase in Phase if phase not in move.to)
        if move.to != {move.phase}:
            yield Job("redirect", f"{cell} leads to {elsewhere}", number, elsewhere)
    for phase, outcomes in LAPSES.items():
        for outcome, to in outcomes.items():
            elsewhere = next(each for each in Phase if each not in to)
            yield Job("lapse", f"{phase} lapses by {outcome} to {elsewhere}", (phase, outcome), elsewhere)
    for name in MARKETS.values():
        for path, shown in values(load(name)):
            yield Job("rulebook", f"{name} {dotted(path)} = {shown}", (name, path))


def values(rulebook: Rulebook) -> Iterator[tuple[Path, str]]:
    """Path of each value that can become another, and what it becomes."""
    for path, history in rulebook.values.items():
        value = history.entries[0].value
        if value is not None and another(path, value) is not None:
            yield path, _shown(another(path, value))


def _shown(value: object) -> str:
    """A value in a few words."""
    if isinstance(value, CodeRule):
        return f"for {', '.join(value.statuses) or 'any status'}"
    return str(value) or "none"


def another(path: Path, value: object) -> object:
    """A value beside the one given: allowed by its type, and wrong. None where there is no other."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case Span():
            return replace(value, n=value.n + 1)
        case LapseOutcome():
            return _other_lapse(path, value)
        case Role():
            return Role.SELLER if value is Role.CUSTOMER else Role.CUSTOMER
        case Enum():
            members = list(type(value))
            return members[(members.index(value) + 1) % len(members)]
        case CodeRule():
            return replace(value, statuses=()) if value.statuses else replace(value, statuses=("NOWHERE",))
        case frozenset():
            return frozenset[object]()
        case str():
            return f"not {value}"
        case _:
            return None


def _other_lapse(path: Path, value: LapseOutcome) -> LapseOutcome | None:
    """Another meaning that the process knows for a phase of that clock."""
    phases = load("id").rows
    clock = next((name for name in phases if name.value == path[1]), None)
    allowed = {each for phase in (phases[clock].phases if clock else ()) for each in LAPSES.get(Phase(phase), {})}
    return next((each for each in sorted(allowed) if each is not value), None)


def mutant_of(job: Job) -> tuple[Mutant, Scale]:
    """The mutant of a job, and the world that is likely to meet it."""
    if job.kind == "rulebook":
        name, path = job.where
        return Mutant(job.name, job.name, law=lambda law: _rewritten(law, name, path)), Scale()
    if job.kind == "lapse":
        phase, outcome = job.where
        bent = LIKELY.get(phase, ())
        patch = partial(_lapse_elsewhere, phase=phase, outcome=outcome, to=job.to)
        return Mutant(job.name, job.name, patch=patch, bent=bent), Scale()
    move = PROCESS[job.where]
    if job.kind == "drop":
        return Mutant(job.name, job.name, patch=lambda stack: without_move(stack, move)), Scale()
    if job.kind == "role":
        changed, who = replace(move, roles=move.roles | {job.to}), job.to
    else:
        changed, who = replace(move, to=frozenset({job.to})), min(move.roles)
    bent = LIKELY.get(move.phase, ())
    mutant = Mutant(job.name, job.name, patch=lambda stack: with_moves(stack, [changed]), bent=bent)
    return mutant, Scale(probe=(move.phase, move.command, who))


def _rewritten(law: Law, name: str, path: Path) -> Law:
    value = law[name].values[path].entries[0].value
    return {**law, name: with_value(law[name], path, another(path, value))}


def _lapse_elsewhere(stack: ExitStack, phase: Phase, outcome: LapseOutcome, to: Phase) -> None:
    changed = {**LAPSES[phase], outcome: frozenset({to})}
    stack.enter_context(mock.patch.dict(process.LAPSES, {phase: changed}))


# --- living with it


def try_one(job: Job, seeds: list[int]) -> Result:
    """Whether a world shows the mutant."""
    if job.kind == "drop" and PROCESS[job.where].command not in GUARDED_APART:
        move = PROCESS[job.where]
        for seed in seeds:
            if (move.phase, move.command) in cells_used(seed, LIKELY.get(move.phase, ())):
                return Result(job, Caught(seed, "a world of the true table uses the cell"))
        return Result(job, None)
    mutant, scale = mutant_of(job)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(MOST_SECONDS * len(seeds))
    try:
        return Result(job, hunt(mutant, seeds, scale))
    finally:
        signal.alarm(0)


def _too_long(*_: object) -> None:
    """A world that grows without end shows its mutant too."""
    raise TimeoutError("it does not end")


_used: dict[tuple[int, Bent], set[tuple[Phase, type]]] = {}


def cells_used(seed: int, bent: Bent) -> set[tuple[Phase, type]]:
    """The cells of the true table that a world uses; kept, because all dropped cells ask for them."""
    if (seed, bent) not in _used:
        found: set[tuple[Phase, type]] = set()
        real: Callable[..., int] = decide._which

        def which(d: Any, command: Any) -> int:
            number = real(d, command)
            found.add((d.matter(number).phase, type(command)))
            return number

        with mock.patch.object(decide, "_which", which):
            live(seed, Scale(bent=bent))
        _used[seed, bent] = found
    return _used[seed, bent]


def sound(seed: int) -> bool:
    """Whether the true code lives this world without a fault."""
    return not live(seed).faults


def main(arguments: list[str] | None = None) -> int:
    """Run the mutation run; 1 where no seed is sound, else 0: survivors are for people to read."""
    wanted = _options(arguments)
    console = Console()
    part, of = (int(each) for each in wanted.share.split("/"))
    chosen = [job for job in jobs() if not wanted.only or job.kind == wanted.only]
    Random(wanted.seed).shuffle(chosen)
    chosen = chosen[part - 1 :: of]
    started = time.monotonic()
    with ProcessPoolExecutor(wanted.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        seeds = list(range(wanted.seed, wanted.seed + wanted.worlds))
        kept = [seed for seed, good in zip(seeds, pool.map(sound, seeds), strict=True) if good]
        if not kept:
            console.print("no world of the true code is without faults; mend that first: mufakat simulate")
            return 1
        console.print(f"{len(chosen)} mutants, up to {len(kept)} worlds each ({len(seeds) - len(kept)} left out)")
        results = list(_over(pool, chosen, kept, wanted.jobs, console))
    _report(console, results, time.monotonic() - started)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m tests.mutate", description=__doc__)
    options.add_argument("--seed", type=int, default=1, help="the first world, and the order of the mutants")
    options.add_argument("--worlds", type=int, default=12, help="worlds that a mutant may need until it shows")
    options.add_argument("--share", default="1/1", help="which part of how many, such as 1/20")
    options.add_argument("--only", choices=KINDS, help="only mutants of this kind")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    return options.parse_args(arguments)


def _over(
    pool: ProcessPoolExecutor, chosen: list[Job], seeds: list[int], workers: int, console: Console
) -> Iterator[Result]:
    """Each result as it comes, with a progress bar."""
    columns = (
        TextColumn("mutants"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("[yellow]{task.fields[left]} survive"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    survivors = 0
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=len(chosen), left=0)
        queue = iter(chosen)
        running = {pool.submit(try_one, job, seeds) for job in itertools.islice(queue, workers * 4)}
        while running:
            done = next(as_completed(running))
            running.discard(done)
            result = done.result()
            survivors += result.caught is None
            progress.update(bar, advance=1, left=survivors)
            yield result
            running |= {pool.submit(try_one, job, seeds) for job in itertools.islice(queue, 1)}


def _report(console: Console, results: list[Result], seconds: float) -> None:
    """Counts by kind, and every survivor by name."""
    made, lived = Counter[str](), Counter[str]()
    for result in results:
        made[result.job.kind] += 1
        lived[result.job.kind] += result.caught is None
    for kind in KINDS:
        if made[kind]:
            console.print(f"{kind:>9}: {made[kind]} mutants, {made[kind] - lived[kind]} caught, {lived[kind]} survive")
    for result in sorted(results, key=lambda each: (each.job.kind, each.job.name)):
        if result.caught is None:
            console.print(f"  survives: {result.job.name}", markup=False, highlight=False)
    total = sum(lived.values())
    console.print(f"{sum(made.values())} mutants in {seconds:.0f} seconds: {total} survive")


if __name__ == "__main__":
    sys.exit(main())
