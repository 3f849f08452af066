"""Verbs of the laboratory: the demonstration, the simulator, the benchmarks."""

import asyncio
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from mufakat.cli.errors import CliError
from mufakat.cli.place import settings
from mufakat.rulebooks import names


def demo(
    *,
    orders: Annotated[Path | None, Parameter(help="Orders, one JSON object a line; a small bazaar by default.")] = None,
    complaints: Annotated[Path | None, Parameter(help="Complaints, one JSON object a line.")] = None,
    seed: Annotated[int, Parameter(help="The seed of everybody's behaviour; the same seed gives the same run.")] = 1,
    rulebook: Annotated[str, Parameter(help="The rulebook: id or vn.")] = "id",
) -> int:
    """Let orders and complaints run to the last closed case, on a clock of their own, and say what came of them.

    The cases stay in the folder `demo` of MUFAKAT_HOME until the next demo. Exit code 1 when a check finds a fault.
    """
    from mufakat.lab.demo import run_demo

    if rulebook not in names():
        raise CliError(f"There is no rulebook {rulebook}; there are {', '.join(names())}.")
    try:
        return run_demo(
            orders, complaints, seed=seed, rulebook=rulebook, home=settings().home / "demo", console=Console()
        )
    except ValueError as error:
        raise CliError(f"The demo cannot run: {error}.") from error


def simulate(
    *,
    seeds: Annotated[int, Parameter(help="How many worlds.")],
    from_: Annotated[int, Parameter(name="--from", help="The first seed.")] = 1,
    jobs: Annotated[int | None, Parameter(help="Processes; as many as there are processors by default.")] = None,
) -> int:
    """Let seeded worlds run and judge them; a failing seed prints its story. Exit code 1 when one fails."""
    from mufakat.lab.simulate import simulate as run_worlds

    if seeds < 1 or from_ < 0 or (jobs is not None and jobs < 1):
        raise CliError("--seeds and --jobs are from 1, --from is from 0.")
    return run_worlds(range(from_, from_ + seeds), jobs=jobs, console=Console())


def bench_core() -> int:
    """Measure how many commands a second are decided and how many events folded."""
    from mufakat.lab.bench import bench_core as measure

    measure(Console())
    return 0


def bench_engine(
    *, url: Annotated[str | None, Parameter(help="A server for databases of the bench; a trial one by default.")] = None
) -> int:
    """Measure durable commands a second with 1, 4 and 16 in flight, beside the same statements by a bare driver."""
    from mufakat.lab.bench import bench_engine as measure

    asyncio.run(measure(Console(), url))
    return 0


def bench_queue(
    *,
    url: Annotated[str | None, Parameter(help="A server for a database of the bench; a trial one by default.")] = None,
    most: Annotated[int, Parameter(help="The most cases to measure with: 10000, 1000000 or 10000000.")] = 1_000_000,
) -> int:
    """Measure a page of the queue, and taking the next work, among ever more cases; both in the database."""
    from mufakat.lab.bench_queue import bench_queue as measure

    asyncio.run(measure(Console(), url, most))
    return 0


def bench_http(
    *,
    url: Annotated[str | None, Parameter(help="A server for databases of the bench; a trial one by default.")] = None,
    servers: Annotated[
        bool, Parameter(negative=(), help="Hold HTTP servers and event loops against each other instead.")
    ] = False,
) -> int:
    """Measure commands and reads a second with 1, 16 and 64 clients, beside a bare ASGI app of the same statements."""
    import uvloop

    from mufakat.lab import bench_http as bench

    measure = bench.bench_servers if servers else bench.bench_http
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(Console(), url))
    return 0


def bench_pages(
    *,
    url: Annotated[str | None, Parameter(help="A server for a database of the bench; a trial one by default.")] = None,
    cases: Annotated[int, Parameter(help="How many cases there are.")] = 10_000,
) -> int:
    """Measure each page's first byte, size and statements, with 1 and 8 clients, beside a static file's."""
    import uvloop

    from mufakat.lab.bench_pages import Size
    from mufakat.lab.bench_pages import bench_pages as measure
    from mufakat.lab.over_http.crowd import FEWEST

    if cases < FEWEST:
        raise CliError(f"--cases is from {FEWEST}.")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(Console(), url, Size(cases=cases)))
    return 0


def bench_money(
    *,
    url: Annotated[str | None, Parameter(help="A server for databases of the bench; a trial one by default.")] = None,
    short: Annotated[bool, Parameter(negative=(), help="A few settlements only, to see whether it runs.")] = False,
) -> int:
    """Measure settlements a second with 1, 4 and 16 in flight, beside bare inserts of the rows of the ledger."""
    from mufakat.lab.bench_money import bench_money as measure

    asyncio.run(measure(Console(), url, short=short))
    return 0


def bench_memory(*, cases: Annotated[int, Parameter(help="How many cases go through the server.")] = 100_000) -> int:
    """Measure the memory that `serve` holds while many cases go through it."""
    import uvloop

    from mufakat.lab.bench_memory import bench_memory as measure

    if cases < 1:
        raise CliError("--cases is from 1.")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(Console(), cases))
    return 0


def bench_evidence(
    *,
    url: Annotated[str | None, Parameter(help="A server for databases of the bench; a trial one by default.")] = None,
    most: Annotated[int, Parameter(help="The most fingerprints; 10000000 takes half an hour and 10 GB.")] = 1_000_000,
) -> int:
    """Measure uploads beside writing, looking into photos beside decoding, and near pictures among millions."""
    from mufakat.lab.bench_evidence import SIZES
    from mufakat.lab.bench_evidence import bench_evidence as measure

    if most < SIZES[0]:
        raise CliError(f"--most is from {SIZES[0]}.")
    measure(Console(), url, most)
    return 0


def bench_orders(
    *,
    url: Annotated[str | None, Parameter(help="A server for databases of the bench; a trial one by default.")] = None,
    orders: Annotated[int, Parameter(help="How many orders, of two lines each.")] = 100_000,
    repeats: Annotated[int, Parameter(help="How often; medians are printed.")] = 3,
) -> int:
    """Measure bringing a marketplace's orders in from CSV, beside a bare COPY of the rows that it leaves."""
    import uvloop

    from mufakat.lab.bench_orders import bench_orders as measure

    if orders < 1 or repeats < 1:
        raise CliError("--orders and --repeats are from 1.")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(Console(), url, orders, repeats))
    return 0


def bench_start() -> int:
    """Measure how long `mufakat --help` takes, and `serve` until its first page."""
    from mufakat.lab.bench_start import bench_start as measure

    asyncio.run(measure(Console()))
    return 0
