"""The page docs/reference/remedies.md: each remedy step by step, drawn from `core/remedies.py`."""

from pathlib import Path

from mufakat.core.remedies import REMEDIES, STEPS, StepCode
from tools.process_page import rows

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "remedies.md"

HEAD = """# Remedies

Made by `make docs` from the table in `src/mufakat/core/remedies.py`; the checks fail when it is stale. What is to be
done after a judgement, an agreement or a granted request (S18, S21), in order: each step begins when the one before it
is done. A responsible seller has 48 hours for all that is then due from it (S19), is reminded 24 and 6 hours before
they end unless its [rulebook](rulebook.md) says otherwise, and whatever is not proven done then is deducted by the
payment provider (S20). A refund of a part is a REFUND of the amount named. Goods that turn into money (the seller pays
instead, a parcel is lost, a complaint is upheld) go on with PAY.
"""

WORDS = ("by", "with", "what must come first", "what proves it", "who confirms it", "what silence means", "clocks")


def page() -> str:
    """The whole page."""
    out = [HEAD, "## The steps of each remedy\n"]
    kinds: list[tuple[str, ...]] = [
        (f"`{kind}`", ", then ".join(f"[`{code}`](#{code.lower()})" for code in codes) or "nothing is owed")
        for kind, codes in REMEDIES.items()
    ]
    out.append(rows(("remedy", "steps"), kinds))
    out += [_step(code) for code in STEPS]
    return "\n".join(out)


def _step(code: StepCode) -> str:
    step = STEPS[code]
    commands = ", ".join(f"[`{each.__name__}`](commands.md#{each.__name__.lower()})" for each in step.commands)
    clocks = ", ".join(f"`{clock}`" for clock in step.clocks)
    said = (step.by.value, commands, step.needs, step.proof, step.confirmed_by, step.silence, clocks)
    return f"## {code}\n\n" + rows(("", ""), list(zip(WORDS, said, strict=True)))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
