"""The page docs/reference/process.md: the process as diagrams and as its table, drawn from `core/process.py`."""

from pathlib import Path

from mufakat.core.diagram import PARTS, mermaid, table, waits

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "process.md"

HEAD = """# The process

Made by `make docs` from the one table in `src/mufakat/core/process.py`; the checks fail when it is stale. A case
starts as one matter with all its lines; where lines part, the matter splits, and each part runs on through this same
process with its own phase and due moment. C is the customer, S the seller, A an agent, sys the marketplace's systems.
What silence means in a phase is picked by the rulebook from what is listed here, and so is how long a phase lasts.

REMEDY stands for the first step of whatever was granted: AWAITING_RETURN where goods go back first, PERFORMING where
the seller ships or does something, PAYING where money is owed. NEXT_STEP stands for what
follows a return. Left out of the diagrams, and in the table at the end:
what stays in its phase (messages, material, proposals), and what leads the same way from nearly everywhere:
AcceptAgreement and Concede (to REMEDY, or closed), DeclareProcess (to STOPPED) and SuspendExecution (to SUSPENDED), and
RecordFact of a chargeback, which stops what is undecided and suspends what is carried out until the bank has decided.
"""


def rows(head: tuple[str, ...], body: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, tuple("---" for _ in head), *body)]
    return "\n".join(lines) + "\n"


def page() -> str:
    """The whole page."""
    out = [HEAD]
    out += [f"## {part}\n\n```mermaid\n{mermaid(part)}\n```\n" for part in PARTS]
    out.append("## Whose turn it is, and what silence can mean\n")
    out.append(rows(("phase", "waits for", "silence"), list(waits())))
    out.append("## Every cell\n")
    out.append(rows(("phase", "command", "by", "leads to"), list(table())))
    return "\n".join(out)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
