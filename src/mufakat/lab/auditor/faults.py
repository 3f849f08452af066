"""What the auditor finds wrong."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
"""A JSON object as `json.loads` gives it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One breach: the rule (`S14`, `reading 13`, `arithmetic 9`, `row: ship_back`), and where in the log.

    `number` is the event at which it shows, 0 where it belongs to no single event.
    """

    rule: str
    case_id: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.case_id}#{self.number} {self.rule}: {self.text}"
