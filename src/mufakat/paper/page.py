"""A statement as a page: plain HTML that prints, without script, its one style known by its hash."""

import base64
import hashlib
import html as markup
import re
from importlib import resources
from typing import Final
from urllib.parse import quote

from mufakat.core.statement import Block, BlockKind, Section, SectionKey, Statement
from mufakat.paper.words import clean

STYLE: Final = resources.files(__name__.rpartition(".")[0]).joinpath("statement.css").read_text(encoding="utf-8")
"""The style of every page."""

NAMING: Final = (SectionKey.DECISION, SectionKey.REMEDY, SectionKey.RULES)
"""The sections that name rules or values."""
NAMED: Final = re.compile(r"S(?:1[5-7]|2[2-5])(?=[.:])")
"""A rule that has words of its own, where a text begins with it."""
VALUE: Final = re.compile(r"[a-z]+\.[A-Za-z0-9_.]+$")
"""A value by its path in the rulebook."""
_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy under which the page is served: its own style and nothing else."""


def html(statement: Statement) -> bytes:
    """The page in UTF-8; equal statements give equal bytes."""
    language = statement.language.value
    rows = "".join(_pair(term, said) for term, said in statement.summary)
    rules = f"/cases/{quote(statement.case_id, safe='')}/rules"
    body = "".join(_section(each, rules) for each in statement.sections)
    title = f"{statement.title} {statement.case_id}/{statement.number}"
    text = (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{escape(statement.title)}</h1>\n"
        f"<dl>\n{rows}</dl>\n</header>\n{body}</main>\n</body>\n</html>\n"
    )
    return text.encode("utf-8", "replace")


def escape(said: str) -> str:
    """Text as HTML shows it, whatever it holds."""
    return markup.escape(clean(said))


def _section(section: Section, rules: str) -> str:
    """A section; where it names a rule or a value of the rulebook, that leads to itself on the page of the case's."""
    name = section.key.value.lower()
    below = rules if section.key in NAMING else ""
    blocks = "".join(_block(each, below) for each in section.blocks)
    heading = f'<h2 id="{name}">{escape(section.heading)}</h2>'
    return f'<section aria-labelledby="{name}">\n{heading}\n{blocks}</section>\n'


def _block(block: Block, rules: str) -> str:
    match block.kind:
        case BlockKind.TEXT:
            return f"<p>{escape(block.text)}</p>\n"
        case BlockKind.QUOTE:
            # The direction of somebody's own words is their own: it must not turn ours around.
            return (
                f"<figure>\n<figcaption>{escape(block.label)}</figcaption>\n"
                f'<blockquote dir="auto">{escape(block.text)}</blockquote>\n</figure>\n'
            )
        case BlockKind.PAIRS:
            return f"<dl>\n{''.join(_pair(term, said, rules) for term, said in block.rows)}</dl>\n"
        case BlockKind.TABLE:
            return _table(block, rules)


def _pair(term: str, said: str, rules: str = "") -> str:
    return f"<dt>{escape(term)}</dt><dd><bdi>{_linked(said, rules, NAMED)}</bdi></dd>\n"


def _table(block: Block, rules: str) -> str:
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in block.columns)
    rows = "".join(
        f'<tr><th scope="row"><bdi>{_linked(first, rules, VALUE)}</bdi></th>'
        + "".join(f"<td><bdi>{escape(each)}</bdi></td>" for each in rest)
        + "</tr>\n"
        for first, *rest in block.rows
    )
    caption = f"<caption>{escape(block.label)}</caption>\n"
    return f"<table>\n{caption}<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"


def _linked(said: str, rules: str, what: re.Pattern[str]) -> str:
    """A text of ours; the rule or value with which it begins is the way to itself, where there is a page of them."""
    found = what.match(said) if rules else None
    if found is None:
        return escape(said)
    name = found[0]
    return f'<a href="{escape(f"{rules}#{quote(name)}")}">{escape(name)}</a>{escape(said[len(name) :])}'
