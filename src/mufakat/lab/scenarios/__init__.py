"""Scenarios: stories beside a rulebook, in TOML, that a support lead can read, check and write.

`parse` reads a file (docs/reference/scenarios.md has the format), `run` plays one scenario through the core and says
what came out otherwise than it was written, `shipped` finds the files of a rulebook.
"""

from importlib import resources

from mufakat.lab.scenarios.parse import parse
from mufakat.lab.scenarios.run import Failure, run
from mufakat.lab.scenarios.shape import Scenario

__all__ = ["Failure", "Scenario", "parse", "run", "shipped"]

SUFFIX = ".toml"


def shipped(rulebook: str) -> tuple[Scenario, ...]:
    """Every scenario that stands beside a rulebook, in the order of the files; none for an unknown name."""
    folder = resources.files("mufakat.rulebooks").joinpath("scenarios", rulebook)
    if not folder.is_dir():
        return ()
    files = sorted((each for each in folder.iterdir() if each.name.endswith(SUFFIX)), key=lambda each: each.name)
    found: list[Scenario] = []
    for file in files:
        found += parse(file.read_text(encoding="utf-8"), f"{rulebook}/{file.name}")
    return tuple(found)
