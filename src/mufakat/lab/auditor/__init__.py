"""The auditor: a second opinion on every log (house principle 9).

Written from the process as published, its readings and the rulebook files, and not from the code that decides. It
imports nothing of ours, reckons calendar and money itself, and reads logs as plain JSON, so a mistake in the core
is not made twice. Where the seed is silent and several ways are lawful, all are accepted and a comment says why.
"""

from datetime import date, datetime

from mufakat.lab.auditor.faults import Fault, Json
from mufakat.lab.auditor.replay import prepare, replay
from mufakat.lab.auditor.world import audit

__all__ = ["Fault", "audit_case", "audit_world"]


def audit_case(
    order: Json,
    facts: list[Json],
    events: list[Json],
    rulebook: Json,
    *,
    day: date | None = None,
    end: datetime | None = None,
    settled: bool = False,
) -> list[Fault]:
    """Every fault of one case.

    `order`: the snapshot; `facts`: {"known_at", "fact"}; `events`: envelopes in order; `rulebook`: the parsed TOML;
    `day`: of the policy, else that of the opening; `end`: until when its clocks ran.
    """
    if not events:
        return []
    trial = prepare(order, facts, events, rulebook, day)
    replay(trial, events, end, settled=settled)
    return trial.faults


def audit_world(world: Json) -> list[Fault]:
    """Every fault of a world: rulebook, end, orders with facts and cases, notices, transfers, provider, settled."""
    return audit(world)
