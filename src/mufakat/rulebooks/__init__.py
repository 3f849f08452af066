"""The rulebooks that ship: one TOML file for each market, read here because the core reads no files."""

from functools import cache
from importlib import resources

from mufakat.core.policy.rulebook import Rulebook, parse

SUFFIX = ".toml"


def names() -> tuple[str, ...]:
    """The names of the rulebooks that ship, sorted: `id`, `vn`."""
    files = resources.files(__name__).iterdir()
    return tuple(sorted(each.name.removesuffix(SUFFIX) for each in files if each.name.endswith(SUFFIX)))


def text(name: str) -> str:
    """The rulebook's file as it ships; raises KeyError, naming those there are, for an unknown name."""
    if name not in names():
        raise KeyError(f"no rulebook '{name}'; there are {', '.join(names())}")
    return resources.files(__name__).joinpath(name + SUFFIX).read_text(encoding="utf-8")


@cache
def load(name: str) -> Rulebook:
    """The rulebook of that name, parsed once; raises KeyError for an unknown name."""
    return parse(text(name), name)
