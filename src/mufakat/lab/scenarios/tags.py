"""What a scenario may say that it shows: rules, readings, rows and values of a rulebook."""

import re
from dataclasses import fields

from mufakat.core.claim import Ground, Reason, RequestType
from mufakat.core.parties import PARTIES
from mufakat.core.policy.policy import ClockName, Switches

RULES = tuple(f"S{n}" for n in range(1, 28))
READINGS = tuple(f"reading {n}" for n in range(1, 16))
ARITHMETIC = tuple(f"arithmetic {n}" for n in range(1, 15))
REQUESTS = tuple(f"request {each}" for each in RequestType)
CLOCKS = tuple(f"clock {each}" for each in ClockName)
ACCEPTANCE = (*(f"acceptance {each}" for each in Reason), "acceptance DEFECTIVE durable")
MATERIAL = tuple(f"material {reason} {party}" for reason in Reason for party in PARTIES)
RISK = tuple(
    f"risk {ground} {row}" for ground in Ground if ground is not Ground.DELIVERY for row in ("aggravated", "plain")
)
SWITCHES = tuple(f"switch {each.name}" for each in fields(Switches))
ROWS = ("codes", "freight", "calendar", "override", "automatic")

KNOWN = frozenset((*RULES, *READINGS, *ARITHMETIC, *REQUESTS, *CLOCKS, *ACCEPTANCE, *MATERIAL, *RISK, *SWITCHES, *ROWS))
"""Every tag that means something of its own."""

_FREE = re.compile(r"(row|vietnam): \S.*")


def is_tag(text: str) -> bool:
    """Whether a scenario may say that: a known tag, or a row of a table by its name (`row: ...`, `vietnam: ...`)."""
    return text in KNOWN or _FREE.fullmatch(text) is not None


ALLOWED = (
    "a rule (S1 to S27), reading 1 to 15, arithmetic 1 to 14, request TYPE, clock NAME, acceptance REASON, "
    "material REASON PARTY, risk GROUND aggravated or plain, switch NAME, codes, freight, calendar, override, "
    "automatic, or a row by its name (row: ..., vietnam: ...)"
)
"""What a fault says is allowed."""
