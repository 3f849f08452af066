"""`python -m tests.servers`: the tests that meet the database, on every PostgreSQL from 15 to 18 that is found.

18 is the server of the wheel. Programs of the others are looked for where Debian puts them, and in the folders that
POSTGRES_PROGRAMS names, with colons between. Each server lives in a temporary folder and sorts text as Indonesian does,
as the database of a marketplace may, while the wheel's sorts it by bytes. A version that is not found is told.

`python -m tests.servers 15 17` takes these two; what comes after `--` goes to pytest.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mufakat.store.embedded import EmbeddedPostgres
from mufakat.store.programs import programs_for, run, server_account

VERSIONS: Final = (15, 16, 17, 18)
"""What docs/guides/postgresql.md promises."""
TESTS: Final = (
    "tests/store/test_contract.py",
    "tests/store/test_migrate.py",
    "tests/payments",
    "tests/engine",
    "tests/api",
    "tests/cli/test_verbs.py",
)
DEBIAN: Final = Path("/usr/lib/postgresql")
ROLE: Final = "mufakat"
SETTINGS: Final = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
timezone = 'Asia/Jakarta'
"""
"""The zone is not that of the tests: whoever relies on it finds out."""


def main(given: Sequence[str]) -> int:
    """Test on the versions that are named, or on all; 1 when a test failed on any, 2 for a version that is none."""
    names = given[: given.index("--")] if "--" in given else given
    if unknown := [each for each in names if each not in map(str, VERSIONS)]:
        sys.stderr.write(f"{', '.join(unknown)}: there are {', '.join(map(str, VERSIONS))}\n")
        return 2
    wanted = [int(each) for each in names] or list(VERSIONS)
    here = found()
    failed = [version for version in wanted if version in here and not _passes(version, here[version], given)]
    missing = [str(version) for version in wanted if version not in here]
    if missing:
        say(f"NOT TESTED, not found: PostgreSQL {', '.join(missing)}; name its folder of programs in POSTGRES_PROGRAMS")
    say(f"FAILED on PostgreSQL {', '.join(map(str, failed))}" if failed else "no test failed")
    return 1 if failed else 0


def say(text: str) -> None:
    """A line that stands out between pytest's, written at once."""
    sys.stdout.write(f"=== {text}\n")
    sys.stdout.flush()


def found() -> dict[int, Path]:
    """The folder of programs of each version that is here."""
    folders = [Path(each) for each in os.environ.get("POSTGRES_PROGRAMS", "").split(":") if each]
    folders += [*sorted(DEBIAN.glob("*/bin")), programs_for(server_account(Path("/nowhere")))]
    here: dict[int, Path] = {}
    for folder in folders:
        if (folder / "postgres").exists() and (version := _version(folder)) in VERSIONS:
            here.setdefault(version, folder)
    return here


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    number = re.search(r"\d+", said)
    return int(number[0]) if number else 0


def _passes(version: int, programs: Path, given: Sequence[str]) -> bool:
    more = given[given.index("--") + 1 :] if "--" in given else []
    with server(version, programs) as url:
        say(f"PostgreSQL {version}, from {programs}")
        command = [sys.executable, "-m", "pytest", "--quiet", *TESTS, *more]
        return subprocess.run(command, env=os.environ | {"TEST_POSTGRES": url}, check=False).returncode == 0


@contextmanager
def server(version: int, programs: Path) -> Iterator[str]:
    """The URL of a server that lives as long as the block. Raises RuntimeError when it does not start."""
    if version == VERSIONS[-1]:
        with tempfile.TemporaryDirectory() as home, EmbeddedPostgres.start(Path(home), fast=True) as ours:
            yield ours.url()
        return
    with tempfile.TemporaryDirectory(prefix="mufakat-pg-", dir="/tmp") as name:  # a socket's path must be short
        folder = Path(name)
        account = server_account(Path("/nowhere"))
        if account is not None:
            os.chown(folder, account.uid, account.gid)
        data = folder / "data"

        def must(*command: str | Path) -> None:
            ran = run(account, *command)
            if ran.returncode:
                log = folder / "log"
                raise RuntimeError(f"{command[0]}: {ran.stderr}\n{log.read_text() if log.exists() else ''}")

        sorting = ("--locale=C", "--locale-provider=icu", "--icu-locale=id")
        role = (f"--username={ROLE}", "--auth=trust")  # the folder is closed to everybody else
        must(programs / "initdb", f"--pgdata={data}", *role, "--encoding=UTF8", "--no-sync", *sorting)
        with (data / "postgresql.conf").open("a") as file:
            file.write(f"{SETTINGS}unix_socket_directories = '{folder}'\n")
        must(programs / "pg_ctl", "start", f"--pgdata={data}", f"--log={folder / 'log'}", "--wait", "--silent")
        try:
            yield f"postgresql://{ROLE}@/postgres?host={folder}"
        finally:
            must(programs / "pg_ctl", "stop", f"--pgdata={data}", "--mode=immediate", "--wait", "--silent")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped
    sys.exit(main(sys.argv[1:]))
