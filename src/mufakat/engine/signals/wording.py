"""The words of a case for finding it again: what was written, made comparable, and by which words it is sought."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from mufakat.core.case import Case
from mufakat.core.order import Order
from mufakat.store.similar import SearchText

MOST_LETTERS: Final = 8000
"""Letters of a case that are compared."""
MOST_WORDS: Final = 8
"""Words by which a case is sought; the longest, which are the rarest as a rule."""
SHORTEST_WORD: Final = 4
CONFIGS: Final = {"id": "indonesian"}
"""Full-text configurations by market; the others have none of their own language, so words count as they are."""

_MAIL: Final = re.compile(r"\S+@\S+")
_LINK: Final = re.compile(r"(https?://|www\.)\S+")
_NUMBER: Final = re.compile(r"\+?\d(?:[\s().-]*\d){5,}")
_SPACE: Final = re.compile(r"\s+")
_WORD: Final = re.compile(r"[^\W\d_]+")


def search_text(case: Case, order: Order, market: str, texts: Iterable[str]) -> SearchText:
    """What is kept of a case for finding it: what was written, folded, with what its lines are."""
    kinds = {(line.reason.value, category_of(order, line.line_id)) for line in case.lines}
    body = folded(" ".join(texts))[:MOST_LETTERS]
    return SearchText(tuple(sorted(kinds)), case.opened_at, body, CONFIGS.get(market, "simple"))


def folded(text: str) -> str:
    """A text for comparing: small letters, one space between words, no mail addresses, links and long numbers."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\0", " ")
    for what in (_LINK, _MAIL, _NUMBER):
        plain = what.sub(" ", plain)
    return _SPACE.sub(" ", plain).strip()


def query(body: str) -> str:
    """The words of a folded text by which others are sought, as `to_tsquery` takes them; empty for none."""
    words = {word for word in _WORD.findall(body) if len(word) >= SHORTEST_WORD}
    return " | ".join(sorted(words, key=lambda word: (-len(word), word))[:MOST_WORDS])


def category_of(order: Order, line_id: str) -> str:
    """The category of an order's line, empty where it has none."""
    line = order.line(line_id)
    return "" if line is None else line.category
