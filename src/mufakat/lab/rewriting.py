"""Rewriting a rulebook's values one at a time, for mutants and for what-if runs."""

from dataclasses import replace

from mufakat.core.policy.faults import Path
from mufakat.core.policy.history import History
from mufakat.core.policy.rulebook import Rulebook


def with_value(rulebook: Rulebook, path: Path, value: object) -> Rulebook:
    """The rulebook with another value at a path, from its first day on; raises KeyError for an unknown path."""
    history = rulebook.values[path]
    entries = tuple(replace(entry, value=value, shown=str(value)) for entry in history.entries)
    return replace(rulebook, values={**rulebook.values, path: History(path, entries)})
