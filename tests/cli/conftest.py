"""Every test of the command line has a database and an environment of its own."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> Path:
    """A folder to work in, with settings for a fresh database."""
    for name in [name for name in os.environ if name.startswith("MUFAKAT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MUFAKAT_DATABASE_URL", database_url)
    monkeypatch.setenv("MUFAKAT_MASTER_KEY", "1f" * 32)
    monkeypatch.setenv("MUFAKAT_HOME", str(tmp_path / "home"))
    return tmp_path
