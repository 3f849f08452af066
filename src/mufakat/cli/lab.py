"""Verbs of the laboratory: the demonstration, the simulator, the benchmarks."""

import asyncio
from typing import Annotated

from cyclopts import Parameter

from mufakat.cli.errors import CliError
from mufakat.cli.screen import console


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
    return run_worlds(range(from_, from_ + seeds), jobs=jobs, console=console())


def bench_core() -> int:
    """Measure how many commands a second are decided and how many events folded."""
    from mufakat.lab.bench import bench_core as measure

    measure(console())
    return 0


def bench_engine(
    *, url: Annotated[str | None, Parameter(help="A server for databases of the bench; a trial one by default.")] = None
) -> int:
    """Measure durable commands a second with 1, 4 and 16 in flight, beside the same statements by a bare driver."""
    from mufakat.lab.bench import bench_engine as measure

    asyncio.run(measure(console(), url))
    return 0
