"""What is wrong with a rulebook file: every fault at once, each with line, key and what is allowed."""

from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where something stands in a rulebook: keys from the top, entries of a list by number from 0."""


def dotted(path: Path) -> str:
    """The path as TOML writes it: `clock.offer.span[0].value`; keys with other signs are quoted."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            bare = part.replace("_", "").replace("-", "").isalnum() and part.isascii()
            text += ("." if text else "") + (part if bare else f'"{part}"')
    return text


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its line in the file (from 1), the key, and a sentence that says what is allowed."""

    line: int
    key: str
    problem: str


class ParseError(ValueError):
    """A rulebook that cannot be used; `faults` holds all that is wrong with it, in the order of the lines."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.name = name
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.key)))
        super().__init__("\n".join(f"{name}:{each.line}: {each.key}: {each.problem}" for each in self.faults))
