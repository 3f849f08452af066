"""Uploads that were given up are swept by `mufakat work`, once and going on, and by `mufakat serve`."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mufakat.cli.place import opened, settings
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Refusal
from mufakat.engine.materials import Materials
from mufakat.engine.uploads import PATIENCE, Uploads
from mufakat.evidence.vault import Vault
from mufakat.settings import files_place
from tests.cli.serving import served, soon
from tests.cli.typing_in import fine, shop


class _Before:
    """A clock that shows when the uploads began that are over now."""

    def now(self) -> datetime:
        """A moment after which no upload waits any more."""
        return datetime.now(UTC) - PATIENCE - timedelta(minutes=1)


async def _give_up() -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield b"what arrived of it"
        raise ConnectionResetError

    async with opened(settings()) as place:
        vault = Vault.at(files_place(place.settings))
        materials = Materials(place.store, vault, place.sealer, _Before())
        uploads = Uploads(place.store, materials, place.sealer, _Before())
        begun = await uploads.begin("toko", "order-1", Actor(Role.CUSTOMER, "ani"), 1000)
        assert not isinstance(begun, Refusal)
        with pytest.raises(ConnectionResetError):
            await uploads.append(begun, 0, cut())


@pytest.fixture
def files(place: Path) -> Path:
    """Where files are kept, with what arrived of an upload that was given up a day ago."""
    shop(place)
    asyncio.run(_give_up())
    found = place / "home" / "files"
    assert len(_kept(found)) == 1
    return found


def _kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_work_once_sweeps(files: Path) -> None:
    fine("work", "--once")
    assert _kept(files) == []


def test_serve_sweeps_beside_the_api(files: Path, place: Path) -> None:
    own = {name: os.environ[name] for name in ("MUFAKAT_DATABASE_URL", "MUFAKAT_MASTER_KEY")}
    with served(place / "home", **own) as running:
        soon("what was given up is swept", lambda: not _kept(files))
        assert running.end() == 0
