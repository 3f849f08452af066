"""A mail server of the tests' own, started when it is asked for."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest


@dataclass(frozen=True)
class PostOffice:
    """A mail server that runs, and what it kept."""

    port: int
    folder: Path
    process: "subprocess.Popen[str]"

    def kept(self) -> list[EmailMessage]:
        """The messages that it took, in their order."""
        raw = [each.read_bytes() for each in sorted(self.folder.glob("*.eml"))]
        return [message_from_bytes(each, policy=default) for each in raw]


Opened = Callable[..., PostOffice]


@pytest.fixture
def post_office(tmp_path: Path) -> Iterator[Opened]:
    """Starts one with the given words on its command line; all are ended afterwards."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: str) -> PostOffice:
        folder = tmp_path / f"post-{len(running)}"
        folder.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.notify.post_office", str(folder), *words], stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stdout is not None
        return PostOffice(int(process.stdout.readline()), folder, process)

    yield start
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
