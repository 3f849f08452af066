"""The process as diagrams, drawn from the table: Mermaid text, one diagram for each part of the way."""

from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.process import (
    APPEAL,
    DISPUTE,
    EXECUTION,
    LAPSES,
    NEGOTIATION,
    OPENS,
    OWNERS,
    PROCESS,
)

PARTS: dict[str, tuple[Phase, ...]] = {
    "Between the two": NEGOTIATION,
    "The dispute, its judgement and its appeal": (*DISPUTE, Phase.DISMISSED, Phase.AWARDED, *APPEAL),
    "Carrying it out": (*EXECUTION, Phase.LATE_APPEAL),
    "Courts": (Phase.STOPPED, Phase.SUSPENDED),
}
"""The phases by part: whatever leaves a part is drawn in the part that it leaves."""

SHORT = {Role.CUSTOMER: "C", Role.SELLER: "S", Role.AGENT: "A", Role.SYSTEM: "sys", Role.CLOCK: "clock"}


def edges(phase: Phase) -> dict[Phase, list[str]]:
    """What leads out of a phase, by where it leads: commands with who may give them, and what silence means."""
    found: dict[Phase, list[str]] = {}
    for move in PROCESS:
        if move.phase is not phase:
            continue
        who = "/".join(short for role, short in SHORT.items() if role in move.roles)
        for to in Phase:
            if to in move.to and to is not phase:
                found.setdefault(to, []).append(f"{move.command.__name__} ({who})")
    for outcome, targets in LAPSES.get(phase, {}).items():
        for to in Phase:
            if to in targets and to is not phase:
                found.setdefault(to, []).append(f"silence: {outcome}")
    return found


def mermaid(part: str) -> str:
    """One part of the process as a Mermaid state diagram; raises KeyError for a part that there is not."""
    lines = ["stateDiagram-v2", "    direction LR"]
    if Phase.REVIEW in PARTS[part]:
        lines += [f"    [*] --> {to}: OpenRequest" for to in Phase if to in OPENS and to is not Phase.CLOSED]
    for phase in PARTS[part]:
        for to, labels in edges(phase).items():
            end = "[*]" if to is Phase.CLOSED else to
            lines.append(f"    {phase} --> {end}: {', '.join(labels)}")
    return "\n".join(lines)


def table() -> list[tuple[str, str, str, str]]:
    """Every cell as (phase, command, roles, leads to), in the table's order."""
    return [
        (
            move.phase.value,
            move.command.__name__,
            ", ".join(role.value for role in Role if role in move.roles),
            ", ".join(to.value for to in Phase if to in move.to),
        )
        for move in PROCESS
    ]


def waits() -> list[tuple[str, str, str]]:
    """Every phase as (phase, whose turn, what silence can mean)."""
    return [
        (
            phase.value,
            ", ".join(role.value for role in Role if role in OWNERS[phase]),
            ", ".join(outcome.value for outcome in LAPSES[phase]),
        )
        for phase in Phase
        if phase in OWNERS
    ]
