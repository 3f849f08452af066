"""Verbs that take orders of a whole marketplace from a file, and that try a mapping out."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO, Final, TextIO

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from mufakat.cli.errors import CliError
from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run
from mufakat.cli.screen import harmless, say
from mufakat.core.order import order_fault
from mufakat.engine.carriers.telling import Scans
from mufakat.engine.feeding.mapping import FORMATS, Mapping, MappingError, mapping_of
from mufakat.engine.feeding.putting import Counts, Feeding
from mufakat.engine.feeding.reading import Reader
from mufakat.engine.feeding.records import BadRow, Given
from mufakat.engine.feeding.running import Run
from mufakat.store import codec

FOUND: Final = 1
"""The exit code where some rows could not be used."""
MOST_TOLD: Final = 20
"""Bad rows that are told on the screen; the report has them all."""
TOLD_EVERY: Final = 10.0
"""Seconds between two lines about the progress where there is no terminal."""

File = Annotated[str, Parameter(allow_leading_hyphen=True, help="Orders as JSON lines or CSV; `-` for standard input.")]
Form = Annotated[str, Parameter(help="jsonl or csv; by the file's name where it is not given.", show_default=False)]
Map = Annotated[
    Path | None, Parameter(help="Which column or path is which field, in TOML. Our own JSON lines need none.")
]


def import_orders(
    file: File,
    *,
    format: Form = "",  # noqa: A002 - as it is typed
    mapping: Map = None,
    report: Annotated[Path | None, Parameter(help="Every row that could not be used goes here.")] = None,
    dry_run: Annotated[bool, Parameter(negative=(), help="Read and check everything, and write nothing.")] = False,
    marketplace: Where = "",
) -> int:
    """Take orders from a file, with what happened to them since. Bad rows are told and stop nothing.

    A known order that says the same changes nothing; what is new of it is recorded as facts. The same file again, or
    one that was cut short, may be imported as often as one likes. Exit code 1 where some rows could not be used.
    """
    with ExitStack() as stack:
        reader, size = _reader(stack, file, format, mapping)
        told = _Report(None if report is None else _written(stack, report))

        async def work(place: Place) -> int:
            where = (await place.marketplace(marketplace)).marketplace
            with _progress(size) as bar:
                going = Run(
                    Feeding(place.engine, place.store),
                    place.providers,
                    where,
                    told.add,
                    lambda counts: bar.show(reader.position(), counts),
                    parcels=Scans(place.engine, place.store, place.sealer),
                    dry_run=dry_run,
                )
                try:
                    counts = await going.go(reader)
                except MappingError as error:
                    raise CliError(str(error)) from error
            _say_what_came(counts, reader.skipped, told, dry_run=dry_run)
            return FOUND if told.count else 0

        return run(work)


def check_mapping(
    mapping: Annotated[Path, Parameter(help="The mapping, in TOML.")],
    file: File,
    *,
    format: Form = "",  # noqa: A002 - as it is typed
    rows: Annotated[int, Parameter(help="How many orders to show.")] = 3,
) -> int:
    """Show the first orders of a file as a mapping has them, in our own shape. Nothing is kept."""
    found = 0
    with ExitStack() as stack:
        reader, _ = _reader(stack, file, format, mapping)
        try:
            for each in _first(reader, rows):
                if isinstance(each, BadRow):
                    found = FOUND
                    sys.stderr.write(bad_row_sentence(each))
                    continue
                say(_shown(each))
                if fault := order_fault(each.order):
                    found = FOUND
                    sys.stderr.write(f"row {each.row}: {fault}\n")
        except MappingError as error:
            raise CliError(str(error)) from error
    return found


def _first(reader: Reader, most: int) -> Iterator[Given | BadRow]:
    for n, each in enumerate(reader, start=1):
        yield each
        if n >= most:
            return


def _shown(given: Given) -> str:
    """An order in our own shape, as JSON that people can read."""
    order = msgspec.json.decode(codec.encode_order(given.order))
    order["facts"] = [msgspec.json.decode(codec.encode_fact(fact)) for fact in given.facts]
    return msgspec.json.format(msgspec.json.encode(order)).decode()


def _reader(stack: ExitStack, file: str, form: str, mapping: Path | None) -> tuple[Reader, int]:
    """The file, opened, and its size (0 where it has none)."""
    try:
        read: Mapping | None = None if mapping is None else mapping_of(mapping)
        found = form or (read.format if read else "") or ("csv" if file.lower().endswith(".csv") else "jsonl")
        if found not in FORMATS:
            raise CliError(f"--format is {' or '.join(FORMATS)}, not {found!r}.")
        opened: BinaryIO = sys.stdin.buffer if file == "-" else stack.enter_context(Path(file).open("rb"))  # noqa: SIM115 - the stack closes it
        return Reader(opened, found, read), 0 if file == "-" else Path(file).stat().st_size
    except OSError as error:
        raise CliError(f"{file} cannot be read ({error.strerror}).") from error
    except MappingError as error:
        raise CliError(str(error)) from error


def _written(stack: ExitStack, report: Path) -> TextIO:
    """The report, opened anew."""
    try:
        return stack.enter_context(report.open("w", encoding="utf-8"))
    except OSError as error:
        raise CliError(f"{report} cannot be written ({error.strerror}).") from error


@dataclass(slots=True)
class _Report:
    """Where bad rows go: the first few to the screen, all to the file, if there is one."""

    file: TextIO | None
    count: int = 0

    def add(self, bad: Iterable[BadRow]) -> None:
        """Tell of some."""
        for each in bad:
            self.count += 1
            if self.file is not None:
                told = {"row": each.row, "order_id": each.order_id, "code": str(each.code), "why": each.why}
                self.file.write(msgspec.json.encode({**told, "mend": each.mend}).decode() + "\n")
            if self.count <= MOST_TOLD:
                sys.stderr.write(bad_row_sentence(each))
            elif self.count == MOST_TOLD + 1 and self.file is None:
                sys.stderr.write("More rows cannot be used; --report FILE writes them all.\n")


def bad_row_sentence(bad: BadRow) -> str:
    """A line for the screen: which row, which order, what is wrong."""
    order = f" order {bad.order_id}," if bad.order_id else ""
    return f"{harmless(f'row {bad.row}:{order} {bad.code}: {bad.why}')}\n"


class _Bar:
    """How far it is: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, bar: Progress | None, task: TaskID | None, size: int) -> None:
        self._bar, self._task, self._size = bar, task, size
        self._told = time.monotonic()

    def show(self, position: int, counts: Counts) -> None:
        """So many bytes are read, and this came of them."""
        so_far = f"{_orders(counts):,} orders"
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=position, orders=so_far)
        elif time.monotonic() - self._told > TOLD_EVERY:
            self._told = time.monotonic()
            part = f", {position / self._size:.0%} of the file" if self._size else ""
            sys.stderr.write(f"{so_far}{part}\n")


@contextmanager
def _progress(size: int) -> Iterator[_Bar]:
    """A bar while it lasts, gone before anything is said in the end."""
    if not (sys.stderr.isatty() and size):
        yield _Bar(None, None, size)
        return
    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.fields[orders]}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar, bar.add_task("orders", total=size, orders=""), size)


def _orders(counts: Counts) -> int:
    return counts.new + counts.same + counts.changed


def _say_what_came(counts: Counts, skipped: int, told: _Report, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    left_out = f", {skipped:,} left out by the mapping" if skipped else ""
    say(f"{would}new {counts.new:,}, the same {counts.same:,}, changed {counts.changed:,}{left_out}")
    say(f"facts {'that would be ' if dry_run else ''}recorded {counts.facts:,}")
    say(f"rows or parts of them that could not be used: {told.count:,}")
