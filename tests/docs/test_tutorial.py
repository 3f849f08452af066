"""Every command of the tutorial is run as it stands there, and prints what is shown there."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from mufakat.store.embedded import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
MARK = "@@@@"
NOT_RUN = ("make setup\n", 'export PATH="$PWD/.venv/bin:$PATH"\ncd "$(mktemp -d)"\n')
"""What only sets the stage, which the test does itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """Commands, and what the tutorial shows of what they print."""

    commands: str
    shown: str


def steps(text: str) -> list[Step]:
    """The commands of a page in order, each with the output that follows it."""
    found: list[Step] = []
    kinds = [(match[1], match[2]) for match in BLOCK.finditer(text)]
    for n, (kind, body) in enumerate(kinds):
        if kind == "sh":
            following = kinds[n + 1] if n + 1 < len(kinds) else ("sh", "")
            found.append(Step(body, following[1] if following[0] == "text" else ""))
    return found


def pattern(shown: str) -> re.Pattern[str]:
    """What is shown, as a pattern: ids may differ, `...` is anything, and so is the width of columns."""
    lines = []
    for line in shown.splitlines():
        if line.strip() == "...":
            lines.append(r"(?:.*\n)*?")
            continue
        words = [re.escape(word) for word in re.split(r"\s+", ID.sub("ID", line).strip())]
        lines.append(r"\s*" + r"\s+".join(words).replace(r"\s+\.\.\.", r".*?").replace(r"\.\.\.", ".*?") + r"\s*?\n")
    return re.compile(r"\s*" + "".join(lines) + r"\s*")


def run(every: list[Step], folder: Path) -> list[tuple[str, int]]:
    """Output and exit code of each step, all in one shell, as a reader has it."""
    script = "".join(f"{step.commands}printf '%s%s\\n' '{MARK}' $?\n" for step in every)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MUFAKAT_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}  # many short runs
    # A server that is held here does not start and stop with each command.
    with EmbeddedPostgres.start(folder / ".mufakat"):
        ran = subprocess.run(
            ["bash", "-c", script],  # noqa: S607
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env=environment,
            check=True,
        )
    parts = re.split(rf"{MARK}(\d+)\n", ran.stdout)
    return [(output, int(code)) for output, code in zip(parts[::2], parts[1::2], strict=False)]


def test_the_tutorial_does_what_it_says(open_folder: Path) -> None:
    every = [step for step in steps(TUTORIAL.read_text(encoding="utf-8")) if step.commands not in NOT_RUN]
    assert len(every) > 20
    results = run(every, open_folder)
    assert len(results) == len(every)
    for step, (output, code) in zip(every, results, strict=True):
        told = f"\n{step.commands}\nprinted:\n{output}\nbut the tutorial shows:\n{step.shown}"
        assert code == (3 if "refused:" in step.shown else 0), told
        assert "Traceback" not in output, told
        assert pattern(step.shown).fullmatch(ID.sub("ID", output)) or not step.shown, told


def test_what_is_not_run_is_right_all_the_same() -> None:
    every = [step.commands for step in steps(TUTORIAL.read_text(encoding="utf-8"))]
    assert every[:2] == list(NOT_RUN)
    assert re.search(r"^setup:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("target", ["test", "demo"])
def test_the_readme_starts_with_commands_that_exist(target: str) -> None:
    assert f"    make {target} " in (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    "shown,output,fits",
    [
        ("a  b\n", "  a b\n", True),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a ... d\n", "a b c d\n", True),
        ("a\n", "a\nb\n", False),
        ("a. ...\n", "a. b c\n", True),
        ("case ID, event 3\n", "case ID, event 4\n", False),
    ],
)
def test_the_comparison_sees_what_it_should(shown: str, output: str, fits: bool) -> None:  # noqa: FBT001
    assert bool(pattern(shown).fullmatch(output)) is fits
