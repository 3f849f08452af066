"""The process that sets one document: data on standard input, PDF on standard output, under limits of its own.

Run as `python setting.py SECONDS-SINCE-1970`. It imports nothing of ours, so that it starts quickly and knows nothing.
"""

import resource
import sys
from pathlib import Path
from typing import Final

import typst

CPU_SECONDS: Final = 20
"""Processor time of one document."""
MEMORY: Final = 2 * 1024 * 1024 * 1024
"""Bytes of address space: fonts and a large document need a small part of it."""


def set_document(data: str, moment: int) -> bytes:
    """The PDF, tagged, dated `moment` (seconds since 1970), in the fonts of the package. Raises typst.TypstError."""
    layout = Path(__file__).with_name("statement.typ").read_bytes()
    made = typst.compile(
        layout,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"statement": data},
        timestamp=moment,
        pdf_tags=True,
    )
    assert isinstance(made, bytes)
    return made


def main() -> None:
    """Read, set, write."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    data = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(set_document(data, int(sys.argv[1])))


if __name__ == "__main__":
    main()
