"""Where each key of a TOML text stands: `tomllib` gives values without lines, and faults need them.

Reads only texts that `tomllib` has accepted, so it looks for keys and entries and checks nothing.
"""

import re
import tomllib

from mufakat.core.policy.faults import Path

_TOKEN = re.compile(
    r"""(?P<trivia>[ \t\r]+|\#[^\n]*)
    |(?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<sign>[\[\]{}=,.\n])
    |(?P<bare>[^\s\[\]{}=,.\#"']+)""",
    re.VERBOSE | re.DOTALL,
)
_END = ("", "")


def locate(text: str) -> dict[Path, int]:
    """The line (from 1) of every table header, key and list entry, by path."""
    return _Scanner(text).run()


def nearest(found: dict[Path, int], path: Path) -> int:
    """The line of the path or of the nearest thing around it; 1 where nothing is."""
    while path and path not in found:
        path = path[:-1]
    return found.get(path, 1)


class _Scanner:
    """A walk over the signs of the text; `found` grows as it goes."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str, int]] = []
        line = 1
        for match in _TOKEN.finditer(text):
            if match.lastgroup != "trivia":
                self.tokens.append((str(match.lastgroup), match[0], line))
            line += match[0].count("\n")
        self.at = 0
        self.found: dict[Path, int] = {}
        self.tables: dict[Path, int] = {}

    def run(self) -> dict[Path, int]:
        header: Path = ()
        while self.at < len(self.tokens):
            if self.sign() == "\n":
                self.at += 1
            elif self.sign() == "[":
                header = self.header()
            else:
                self.pair(header)
        return self.found

    def sign(self) -> str:
        """The sign at hand, or nothing where a text or a word stands."""
        kind, what, _ = self.tokens[self.at] if self.at < len(self.tokens) else (*_END, 0)
        return what if kind == "sign" else ""

    def note(self, path: Path, line: int) -> None:
        self.found.setdefault(path, line)

    def skip(self, *signs: str) -> None:
        while self.sign() in signs:
            self.at += 1

    def key(self) -> Path:
        """A key, dotted or not; stops before the sign that follows."""
        parts: list[str] = []
        while self.at < len(self.tokens) and self.sign() in {"", "."}:
            kind, what, _ = self.tokens[self.at]
            if kind == "text":
                parts.append(str(tomllib.loads(f"key = {what}")["key"]))
            elif kind == "bare":
                parts.append(what)
            self.at += 1
        return tuple(parts)

    def header(self) -> Path:
        line = self.tokens[self.at][2]
        self.at += 1
        listed = self.sign() == "["
        self.skip("[")
        path = self.key()
        self.skip("]")
        for depth in range(1, len(path) + 1):
            self.note(path[:depth], line)
        if listed:
            number = self.tables.get(path, 0)
            self.tables[path] = number + 1
            path = (*path, number)
            self.note(path, line)
        return path

    def pair(self, header: Path) -> None:
        line = self.tokens[self.at][2]
        key = self.key()
        for depth in range(1, len(key) + 1):
            self.note((*header, *key[:depth]), line)
        self.skip("=")
        self.value((*header, *key))

    def value(self, path: Path) -> None:
        opening = self.sign()
        if opening == "[":
            self.listing(path)
        elif opening == "{":
            self.at += 1
            self.skip(",", "\n")
            while self.sign() != "}" and self.at < len(self.tokens):
                self.pair(path)
                self.skip(",", "\n")
            self.at += 1
        else:
            while self.at < len(self.tokens) and self.sign() not in {",", "]", "}", "\n"}:
                self.at += 1

    def listing(self, path: Path) -> None:
        self.at += 1
        number = 0
        self.skip(",", "\n")
        while self.sign() != "]" and self.at < len(self.tokens):
            self.note((*path, number), self.tokens[self.at][2])
            self.value((*path, number))
            self.skip(",", "\n")
            number += 1
        self.at += 1
