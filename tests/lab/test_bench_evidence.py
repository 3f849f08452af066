"""The benchmark of the vault runs from end to end, with sizes so small that nothing is learnt about speed."""

import io

from rich.console import Console

from mufakat.lab import bench_evidence as bench


async def test_the_near_search_is_measured_while_the_fingerprints_grow(server_url: str) -> None:
    out = io.StringIO()
    found = await bench.bench_near(Console(file=out, width=200), server_url, sizes=(3000, 1000))
    assert [each.prints for each in found] == [1000, 3000]
    assert all(0 < each.median <= each.slow and each.scan > 0 for each in found)
    assert [each.memory for each in found] == [32_000, 96_000]
    assert found[0].disk < found[1].disk
    assert "goal: 50 ms among ten million" in out.getvalue()
