"""The carriers that are known here: a file of their names, secrets and shapes (MUFAKAT_CARRIERS).

A table is a carrier, whose name stands in the address of its webhooks: `shape` is one of ours or a file with one, then
`secret` or `secret_file`, and `marketplaces`, for whom it may speak; left out, for all.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from mufakat.engine.carriers.shapes import Shape, ShapeError, shape_of

LEAST_SECRET: Final = 16
"""Characters of a secret; some carriers give no longer one."""


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    shape: str
    secret: str = ""
    secret_file: str = ""
    marketplaces: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier, and for which marketplaces it may speak; None for all."""

    name: str
    shape: Shape
    secret: bytes = field(repr=False)
    marketplaces: frozenset[str] | None = None

    def speaks_for(self, marketplace: str) -> bool:
        """Whether what it says of a marketplace's parcels is taken."""
        return self.marketplaces is None or marketplace in self.marketplaces


def carriers_in(path: Path) -> Mapping[str, Carrier]:
    """The carriers of a file, by name. Raises ShapeError."""
    try:
        tables = tomllib.loads(path.read_text())
        written = msgspec.convert(tables, type=dict[str, _Written])
    except (OSError, UnicodeDecodeError) as error:
        raise ShapeError(f"the file {path} cannot be read") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ShapeError(f"the file {path} cannot be used: {error}") from error
    return {name: _carrier(name, each) for name, each in written.items()}


def _carrier(name: str, written: _Written) -> Carrier:
    if bool(written.secret) == bool(written.secret_file):
        raise ShapeError(f"the carrier {name} needs `secret` or `secret_file`, one of them")
    try:
        secret = written.secret or Path(written.secret_file).expanduser().read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ShapeError(f"the secret of the carrier {name} cannot be read from {written.secret_file}") from error
    if len(secret) < LEAST_SECRET:
        raise ShapeError(f"the secret of the carrier {name} has fewer than {LEAST_SECRET} characters")
    only = None if written.marketplaces is None else frozenset(written.marketplaces)
    try:
        return Carrier(name, shape_of(written.shape), secret.encode(), only)
    except ShapeError as error:
        raise ShapeError(f"the carrier {name}: {error}") from error
