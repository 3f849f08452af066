"""Makes the client for plain programs from the one for `async` programs, so that there is one text of both.

`python -m tools.client` writes `src/mufakat/client/synchronous/`; with `--check` it only says whether that is current.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SOURCE: Final = ROOT / "src" / "mufakat" / "client" / "asynchronous"
TARGET: Final = SOURCE.with_name("synchronous")

CHANGES: Final = (
    (r"\bfrom asyncio import sleep(, to_thread)?\b", "from time import sleep"),
    (r"\bfrom asyncio import to_thread\n", ""),
    (r"\bto_thread\(([\w.]+), ", r"\1("),
    (r"\bThe client for `async` programs\. What stands here [^\"]*", "The client for plain programs."),
    (r"\bfor `async` programs\b", "for plain programs"),
    (r"\bawait (?=\S)", ""),
    (r"\basync (?=def|with|for)", ""),
    (r"\ba(?=close\b)", ""),
    (r"\b__a(?=enter__|exit__)", "__"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"\basynchronous\b", "synchronous"),
)
"""What differs, as patterns, in the order in which they are applied."""
NOTE: Final = "\n# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.\n"


def plain(text: str) -> str:
    """The text of a module for `async` programs as one for plain programs."""
    for pattern, instead in CHANGES:
        text = re.sub(pattern, instead, text)
    first, _, rest = text.partition('"""\n')
    return f'{first}"""\n{NOTE}{rest}'


def made() -> dict[str, str]:
    """Name of each file to its text, formatted."""
    return {each.name: _formatted(plain(each.read_text(encoding="utf-8"))) for each in sorted(SOURCE.glob("*.py"))}


def main(arguments: list[str]) -> int:
    """Write or check; 1 where a check finds a difference."""
    wanted = made()
    there = {each.name: each.read_text(encoding="utf-8") for each in TARGET.glob("*.py")}
    if "--check" in arguments:
        stale = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
        if stale:
            sys.stderr.write(f"client/synchronous is not current ({', '.join(stale)}): run `python -m tools.client`\n")
        return 1 if stale else 0
    for name in there.keys() - wanted.keys():
        (TARGET / name).unlink()
    for name, text in wanted.items():
        if there.get(name) != text:
            (TARGET / name).write_text(text, encoding="utf-8")
    return 0


def _formatted(text: str) -> str:
    """In the house's form: lines have become shorter, imports stand in another order, loops that yield are plain."""
    ours = "lint.isort.known-first-party = ['mufakat']"  # ruff looks for files, and one that is new is not there yet
    mend = ["check", "--quiet", "--select", "I,UP028", "--fix", "--unsafe-fixes", "--config", ours]
    for step in (mend, ["format", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *step, "--stdin-filename", str(TARGET / "any.py"), "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
