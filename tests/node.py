"""Programs of tests that run in Node, with packages that a lock file names, where there are Node and the registry."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path


@cache
def installed(locked: Path) -> Path | None:
    """A folder with what stands in `locked` and its packages, installed when they are not; None where that cannot be.

    It lies in the user's cache under the hash of what it is made of, so that a change is another folder.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    files = sorted(locked.iterdir())
    made_of = hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:16]
    cached = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = cached / "mufakat-tests" / f"{locked.name}-{made_of}"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:
            for each in files:
                shutil.copy(each, folder)
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
            if done.returncode:
                return None
            try:
                Path(folder).rename(place)
            except OSError:  # another worker was faster
                assert place.exists()
            Path(folder).mkdir(exist_ok=True)
    return place
