"""Health: whether requests can be served, and how files are shut in while they are looked into, said to anybody."""

from typing import Any

import pytest

from mufakat.evidence.inspection.inspector import Inspector
from mufakat.evidence.inspection.isolation import ALL, Walls
from tests.api.shop import Shop


async def _ready(shop: Shop, inspector: Inspector) -> dict[str, Any]:
    looking = shop.site.materials.looking
    assert looking is not None
    looking.inspector = inspector
    answer = await shop.http.get("/health/ready")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


async def test_before_anything_looks_into_files_nothing_is_claimed(shop: Shop) -> None:
    ready = await _ready(shop, Inspector())
    assert (ready["status"], ready["files_shut_in"]) == ("ready", "NOT_STARTED")
    assert ready["files"] == "No file was looked into yet."
    shop.site.materials.looking = None
    ready = (await shop.http.get("/health/ready")).json()
    assert (ready["files_shut_in"], ready["files"]) == ("NOT_STARTED", "Nothing looks into files here.")


@pytest.mark.parametrize(
    "walls, shut_in, says",
    [
        (ALL, "ISOLATED", "in isolation, by namespaces"),
        (Walls.LANDLOCK | Walls.CALLS, "PARTLY", "without namespaces, which this machine forbids; they are shut in by"),
        (Walls.NONE, "LIMITED", "without isolation: this machine allows no namespaces"),
    ],
)
async def test_it_says_how_files_are_shut_in(
    shop: Shop, walls: Walls, shut_in: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with Inspector(walls=walls) as inspector:
        standing = inspector.walls
        assert standing is not None
        if (walls & Walls.NAMESPACES) != (standing & Walls.NAMESPACES) or bool(walls) != bool(standing):
            pytest.skip("this machine does not allow these walls")
        ready = await _ready(shop, inspector)
    assert (ready["files_shut_in"], says in ready["files"]) == (shut_in, True), ready
    warned = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert warned == ([] if shut_in == "ISOLATED" else [ready["files"]])
