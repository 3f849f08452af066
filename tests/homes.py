"""Folders in which a trial server may live: they take all of its data with them, whoever runs the tests.

A server for trying runs as another account where root starts it. Where that account cannot pass into the folder, as it
cannot into pytest's own, its data lies elsewhere (`store/embedded.py`) and would stay after the test.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder into which every account may pass, gone afterwards, with what its links to trial servers lead to."""
    with tempfile.TemporaryDirectory(prefix="mufakat-t-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        for link in (each for each in folder.rglob("pg") if each.is_symlink()):
            shutil.rmtree(link.resolve(), ignore_errors=True)
