"""Renew the catalogue of the pages' texts: `python -m tools.catalogue`; with `--check` only say what is amiss.

English texts stand in templates and code and are the keys; `locale/id.po` has them in Indonesian. What is new comes in
without a translation, which a test refuses; what is used no more goes.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_from_file
from babel.messages.pofile import read_po, write_po

WEB: Final = Path(__file__).parents[1] / "src" / "mufakat" / "web"
PO: Final = WEB / "locale" / "id.po"
WIDTH: Final = 120
KEYWORDS: Final = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "count": (1, 2)}
OPTIONS: Final = {"trimmed": "true", "silent": "false"}


def used() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every text that pages show, with the file it stands in; those of templates first."""
    for path in sorted((WEB / "templates").glob("*.html")):
        with path.open("rb") as file:
            for _, text, _, _ in extract("jinja2", file, KEYWORDS, (), OPTIONS):
                yield path.name, text if isinstance(text, str) else tuple(text)
    for path in sorted(WEB.rglob("*.py")):
        for _, text, _, _ in extract_from_file("python", str(path), KEYWORDS):
            yield path.name, text if isinstance(text, str) else tuple(text)


def kept() -> Catalog:
    """The catalogue as it stands."""
    return read_po(io.BytesIO(PO.read_bytes()), locale="id")


def renewed() -> Catalog:
    """The catalogue with exactly the texts that are used, translated as far as it was."""
    old, made = kept(), Catalog(locale="id", fuzzy=False)
    made.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]  # Indonesian has one form
    for name, text in used():
        key = text if isinstance(text, str) else text[0]
        there: Message | None = old.get(key)
        string = (there.string if there is not None else "") or ""
        made.add(text, _plural(string) if isinstance(text, tuple) else string, locations=[(name, 1)])
    return made


def _plural(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The one form that a plural has in Indonesian."""
    return _forms(string)[:1]


def _forms(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string or "",) if isinstance(string, str | None) else tuple(string)


def missing(catalogue: Catalog) -> list[str]:
    """The texts without a translation."""
    return [str(each.id) for each in catalogue if each.id and not all(_forms(each.string))]


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file."""
    out = io.BytesIO()
    write_po(out, catalogue, width=WIDTH, omit_header=True, include_lineno=False)
    head = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    return head + b'"Language: id\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n' + out.getvalue()


def main() -> int:
    """Renew it, or look at it."""
    made = renewed()
    lost = missing(made)
    for each in lost:
        sys.stdout.write(f"without a translation: {each}\n")
    if "--check" in sys.argv:
        stale = written(made) != PO.read_bytes()
        sys.stdout.write("the catalogue is out of date: python -m tools.catalogue\n" if stale else "")
        return 1 if lost or stale else 0
    PO.write_bytes(written(made))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
