"""`mufakat carrier`: the file of carriers looked at, a message tried, and scans that no order knows."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from mufakat.cli.errors import CliError
from mufakat.cli.orders import Where
from mufakat.cli.place import Place, run, settings
from mufakat.cli.screen import console, rows, say
from mufakat.engine.carriers.known import Carrier, carriers_in
from mufakat.engine.carriers.shapes import NotReadError, ShapeError
from mufakat.settings import Settings

FOUND: Final = 1
MOST_LEFT: Final = 200


def known(found: Settings) -> dict[str, Carrier]:
    """The carriers of the settings, by name; none where no file is set. Raises CliError."""
    if found.carriers is None:
        return {}
    try:
        return dict(carriers_in(found.carriers))
    except ShapeError as error:
        raise CliError(f"MUFAKAT_CARRIERS: {error}.") from error


def check(
    *,
    carrier: Annotated[str, Parameter(show_default=False, help="Try a message of this one.")] = "",
    message: Annotated[
        Path | None, Parameter(show_default=False, help="A file with the body of a webhook that it sent.")
    ] = None,
) -> int:
    """Check the file of carriers (MUFAKAT_CARRIERS); with a message, show the scans that would be read of it.

    Exit code 1 where some entry of the message cannot be read. The signature is not looked at.
    """
    there = known(settings())
    if message is None:
        for name, each in sorted(there.items()):
            say(f"{name}: signed by {each.shape.signature.kind}, {len(each.shape.statuses)} statuses")
        say(f"{len(there)} carrier{'' if len(there) == 1 else 's'}")
        return 0
    if carrier not in there:
        raise CliError(f"There is no carrier {carrier!r}; there are {', '.join(sorted(there)) or 'none'}.")
    try:
        told = there[carrier].shape.read(message.read_bytes(), datetime.now(UTC))
    except OSError as error:
        raise CliError(f"{message} cannot be read ({error.strerror}).") from error
    except NotReadError as error:
        raise CliError(f"{message} cannot be read: {error}.") from error
    cells = [(each.tracking, each.kind.value, each.at.isoformat()) for each in told.scans]
    rows(console(), cells, ("tracking", "scan", "at"))
    for fault in told.faults:
        say(fault)
    return FOUND if told.faults else 0


def left(*, marketplace: Where = "") -> int:
    """List scans that no order was told of, the last heard first, and why."""

    async def work(place: Place) -> int:
        where = (await place.marketplace(marketplace)).marketplace
        found = await place.store.scans_left(where, MOST_LEFT)
        cells = [
            (x.scan.carrier, x.scan.tracking, x.scan.kind.value, x.scan.at.isoformat(), x.state.value, x.why)
            for x in found
        ]
        rows(console(), cells, ("carrier", "tracking", "scan", "at", "state", "why"))
        return 0

    return run(work)
