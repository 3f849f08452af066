"""The process as diagrams, drawn from the table: Mermaid text, one diagram for each part of the way."""

from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.process import (
    APPEAL,
    DISPUTE,
    EXECUTION,
    LAPSES,
    NEGOTIATION,
    OWNERS,
    PROCESS,
    WITHOUT_PARTIES,
)

PARTS: dict[str, tuple[Phase, ...]] = {
    "Between the two": NEGOTIATION,
    "The dispute, its judgement and its appeal": (*DISPUTE, Phase.DISMISSED, Phase.AWARDED, *APPEAL),
    "Carrying it out": (*EXECUTION, Phase.LATE_APPEAL),
    "Courts": (Phase.STOPPED, Phase.SUSPENDED),
}
"""The phases by part: whatever leaves a part is drawn in the part that it leaves."""

SHORT = {Role.CUSTOMER: "C", Role.SELLER: "S", Role.AGENT: "A", Role.SYSTEM: "sys", Role.CLOCK: "clock"}


ANYWHERE = ("AcceptAgreement", "Concede", "DeclareProcess", "SuspendExecution")
"""Commands that lead the same way from nearly everywhere: drawn once, in words."""

CHARGED_BACK = frozenset({Phase.STOPPED, Phase.SUSPENDED})
"""Where the fact of a chargeback leads from nearly everywhere, and its end out of again: drawn once, in words."""

REMEDY = "REMEDY"
"""Stands for the first step of a granted remedy: AWAITING_RETURN, PERFORMING or PAYING."""

NEXT_STEP = "NEXT_STEP"
"""Stands for what comes after the return: PERFORMING, PAYING, or the end where nothing is left to do."""

STARTS = frozenset({Phase.AWAITING_RETURN, Phase.PERFORMING, Phase.PAYING})


def exits_of(phase: Phase) -> list[tuple[str, frozenset[Phase]]]:
    """What leads out of a phase: each command with who may give it, and each meaning of silence, with its targets."""
    found = []
    for move in PROCESS:
        if move.phase is phase:
            who = "/".join(short for role, short in SHORT.items() if role in move.roles)
            found.append((f"{move.command.__name__} ({who})", move.to - {phase}))
    found += [(f"silence: {outcome}", targets - {phase}) for outcome, targets in LAPSES.get(phase, {}).items()]
    return [(label, targets) for label, targets in found if targets]


def edges(phase: Phase) -> dict[str, list[str]]:
    """The arrows out of a phase by where they lead, as they are drawn."""
    found: dict[str, list[str]] = {}
    for label, targets in exits_of(phase):
        if label.split(" ")[0] in ANYWHERE:
            continue
        for to in sorted(grouped(_but_by_banks(phase, label, targets))):
            found.setdefault("[*]" if to == Phase.CLOSED else to, []).append(label)
    return found


def _but_by_banks(phase: Phase, label: str, targets: frozenset[Phase]) -> frozenset[Phase]:
    """The targets without those to which only a bank's notice leads; all of a phase in which no other fact counts."""
    if not label.startswith("RecordFact"):
        return targets
    return targets - CHARGED_BACK if phase in WITHOUT_PARTIES else frozenset()


def grouped(targets: frozenset[Phase]) -> set[str]:
    """The targets, where several are one step of a remedy drawn as that."""
    if targets >= STARTS:
        return {REMEDY, *(targets - STARTS - {Phase.CLOSED})}
    if targets >= STARTS - {Phase.AWAITING_RETURN}:
        return {NEXT_STEP, *(targets - STARTS - {Phase.CLOSED})}
    return set(targets)


def mermaid(part: str) -> str:
    """One part of the process as a Mermaid state diagram; raises KeyError for a part that there is not."""
    lines = ["stateDiagram-v2"]
    if Phase.REVIEW in PARTS[part]:
        lines += ["    [*] --> REVIEW: OpenRequest", f"    [*] --> {REMEDY}: OpenRequest, granted at once"]
    for phase in PARTS[part]:
        lines += [f"    {phase} --> {to}: {', '.join(labels)}" for to, labels in edges(phase).items()]
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
