"""Rewriting a rulebook's values one at a time, for mutants and for what-if runs."""

from dataclasses import replace

from mufakat.core.policy.faults import Path
from mufakat.core.policy.history import Entry, Grade, History
from mufakat.core.policy.policy import AutomaticRule
from mufakat.core.policy.rulebook import Rulebook


def with_value(rulebook: Rulebook, path: Path, value: object) -> Rulebook:
    """The rulebook with another value at a path, from its first day on; raises KeyError for an unknown path."""
    history = rulebook.values[path]
    entries = tuple(replace(entry, value=value, shown=str(value)) for entry in history.entries)
    return replace(rulebook, values={**rulebook.values, path: History(path, entries)})


def with_class(rulebook: Rulebook, machine: AutomaticRule) -> Rulebook:
    """The rulebook with a class of disputes that a machine may judge, from its first day on."""
    values = dict(rulebook.values)
    for key, value in (("reasons", machine.reasons), ("types", machine.types), ("up_to", machine.up_to)):
        path: Path = ("automatic", machine.name, key)
        values[path] = History(path, (Entry(rulebook.starts, value, str(value), "default", Grade.DEFAULT, 0),))
    return replace(rulebook, values=values)
