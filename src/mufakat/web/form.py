"""What a form of a step is: its texts and its fields (`steps.py` and `agents_forms.py` have the forms)."""

from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a form asks for."""

    TEXT = "text"
    FILES = "files"
    ITEM = "item"
    LINES = "lines"
    SOLUTION = "solution"
    AMOUNT = "amount"
    FORUM = "forum"
    STARTED = "started"
    REFERENCE = "reference"
    METHOD = "method"
    TRACKING = "tracking"
    FREIGHT = "freight"
    CODE = "code"
    KEEP = "keep_goods"
    ISSUE = "issue"
    LOST = "value_lost"
    PROOF = "proof"
    BY_OWN = "paid"
    PARAGRAPH = "paragraph"
    OVERRIDES = "overrides"
    ASKED_OF = "parties"
    ASKED_FOR = "asked"
    FOUND = "found"
    UPHELD = "upheld"
    ORDERED = "ordered"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Form:
    """How a command is given. `label`: on the button that leads to it; `title` and `text`: above its form.

    `send`: on the button that gives it. `tone`: main, plain or grave. `preview`: whether its consequences are shown
    first; `needed`: fields that cannot be left empty.
    """

    label: str
    title: str
    text: str
    send: str
    fields: tuple[Field, ...] = ()
    tone: str = "plain"
    preview: bool = True
    needed: frozenset[Field] = frozenset()
