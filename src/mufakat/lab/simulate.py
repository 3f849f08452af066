"""`mufakat simulate`: many worlds over several processes, with a progress bar; a failing seed prints its story."""

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from mufakat.core import events as e
from mufakat.core.refusals import Refusal
from mufakat.engine.handle import Done
from mufakat.lab import story
from mufakat.lab.world import Ended, Scale, live

MOST_STORIES: Final = 3
"""Failing seeds whose whole story is printed; of the others only the faults."""
AHEAD: Final = 4
"""Seeds given to each process ahead of what it has finished."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What one seed came to, small enough to pass between processes."""

    seed: int
    faults: tuple[str, ...]
    story: tuple[str, ...]
    commands: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)


def live_one(seed: int, scale: Scale | None = None) -> Lived:
    """One world; an error of the world itself is a fault too."""
    try:
        ended = live(seed, scale)
    except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to this seed
        return Lived(seed, (f"the world broke off: {type(error).__name__}: {error}",), ())
    told = tuple(story.lines(ended.story)) if ended.faults else ()
    return Lived(seed, tuple(ended.faults), told, *count(ended))


def count(ended: Ended) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How often each command was accepted, each event recorded and each refusal given."""
    commands, refusals = Counter[str](), Counter[str]()
    for told in ended.story:
        if isinstance(told.answer, Done):
            commands[type(told.command).__name__] += 1
        elif isinstance(told.answer, Refusal):
            refusals[str(told.answer.code)] += 1
    recorded = (
        event["name"]
        for record in ended.records.values()
        for order in record["orders"]
        for log in order["cases"].values()
        for event in log
    )
    return commands, Counter(recorded), refusals


def simulate(
    seeds: Iterable[int], *, jobs: int | None = None, scale: Scale | None = None, console: Console | None = None
) -> int:
    """Run a world for each seed and say what was found; 1 where any has a fault, else 0."""
    console = console or Console()
    wanted = list(seeds)
    started = time.monotonic()
    total = Lived(0, (), ())
    failed: list[Lived] = []
    with _progress(console) as progress:
        bar = progress.add_task("worlds", total=len(wanted), found=0)
        for lived in _over_processes(wanted, jobs or os.cpu_count() or 1, scale):
            for sums, more in zip(_counters(total), _counters(lived), strict=True):
                sums.update(more)
            if lived.faults:
                failed.append(lived)
            progress.update(bar, advance=1, found=len(failed))
    _report(console, total, sorted(failed, key=lambda each: each.seed), len(wanted), time.monotonic() - started)
    return 1 if failed else 0


def _counters(lived: Lived) -> tuple[Counter[str], ...]:
    return lived.commands, lived.events, lived.refusals


def _progress(console: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("[red]{task.fields[found]} with faults"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console)


def _over_processes(seeds: list[int], jobs: int, scale: Scale | None) -> Iterator[Lived]:
    """Each world as it ends; in this process where one is enough."""
    if jobs == 1 or len(seeds) == 1:
        yield from (live_one(seed, scale) for seed in seeds)
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        left = iter(seeds)
        running = {pool.submit(live_one, seed, scale) for seed in islice(left, jobs * AHEAD)}
        while running:
            done = next(as_completed(running))
            running.discard(done)
            yield done.result()
            running |= {pool.submit(live_one, seed, scale) for seed in islice(left, 1)}


def _report(console: Console, total: Lived, failed: list[Lived], worlds: int, seconds: float) -> None:
    """Counts, and every failing seed with its faults; the first few with their stories."""
    for lived in failed:
        console.rule(f"seed {lived.seed}")
        for fault in lived.faults[:20]:
            console.print(f"  {fault}", markup=False, highlight=False)
        if len(lived.faults) > 20:  # noqa: PLR2004 - said once
            console.print(f"  ... and {len(lived.faults) - 20} more")
        if lived in failed[:MOST_STORIES]:
            for line in lived.story:
                console.print(line, markup=False, highlight=False, soft_wrap=True)
    table = Table(title="what happened")
    table.add_column("what")
    table.add_column("how many", justify="right")
    table.add_row("worlds", str(worlds))
    table.add_row("commands accepted", str(total.commands.total()))
    table.add_row("commands refused", str(total.refusals.total()))
    table.add_row("events", str(total.events.total()))
    table.add_row("kinds of event", f"{len(total.events)} of {len(e.EVENTS)}")
    table.add_row("kinds of refusal", str(len(total.refusals)))
    table.add_row("seconds", f"{seconds:.1f}")
    console.print(table)
    if failed:
        seeds = ", ".join(str(lived.seed) for lived in failed[:20])
        console.print(f"[red]{len(failed)} worlds have faults: seeds {seeds}")
    else:
        console.print("[green]no faults")
