"""Folders in which a trial server may live: they take all of its data with them, whoever runs the tests.

A server for trying runs as another account where root starts it. Where that account cannot pass into the folder, as it
cannot into pytest's own, its data lies elsewhere (`store/embedded.py`) and would stay after the test.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a file system, where only folders of our own are used
_ROOM: Final = 4_000_000_000  # bytes; a server's log of changes alone may grow to one billion


def fastest() -> Path:
    """The folder in which a server of tests is best put: memory where it has room, else the usual place.

    A database is some seven hundred files. Where hundreds are made and removed in a minute, disks wear out processors:
    ext4 without a journal looks at every file of the last seconds before it makes one, and took twenty times as long.
    """
    if os.access(_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        return _MEMORY
    return Path(tempfile.gettempdir())


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder into which every account may pass, gone afterwards, with what its links to trial servers lead to."""
    with tempfile.TemporaryDirectory(prefix="mufakat-t-", dir=fastest(), ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        for link in (each for each in folder.rglob("pg") if each.is_symlink()):
            shutil.rmtree(link.resolve(), ignore_errors=True)
