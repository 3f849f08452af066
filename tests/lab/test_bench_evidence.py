"""The benchmark of the vault runs from end to end, with sizes so small that nothing is learnt about speed."""

import io

from rich.console import Console

from mufakat.lab import bench_evidence as bench
from mufakat.lab import bench_uploads as uploads
from mufakat.lab.bench_http import Size


async def test_uploads_are_measured_beside_keeping_and_writing(server_url: str) -> None:
    out = io.StringIO()
    size = Size(seconds=20, repeats=1, clients=(1, 2), cases=1, orders=60, most=4)
    what = uploads.contents((1200, 900))
    rows = await uploads.bench_uploads(Console(file=out, width=200), server_url, what, size)
    assert [(row.name, row.clients) for row in rows] == [(each.name, n) for each in what for n in (1, 2)]
    assert [row.size for row in rows[::2]] == [len(each.content) for each in what]
    for row in rows:
        assert list(row.per_second) == ["uploaded", "encrypted and kept", "written"]
        assert all(rate > 0 for rate in row.per_second.values())
        assert row.ratio("uploaded") == 1
    assert out.getvalue().count("uploaded") >= len(rows)


async def test_inspection_is_measured_beside_decoding() -> None:
    out = io.StringIO()
    found = await bench.bench_inspection(Console(file=out, width=200), rounds=2, sides=(640, 480))
    assert list(found) == ["plain", "turned", "in colours of its own"]
    assert all(each.ratio > 1 for each in found.values())
    assert "goal: 2 for the first. Files are inspected" in out.getvalue()


async def test_the_near_search_is_measured_while_the_fingerprints_grow(server_url: str) -> None:
    out = io.StringIO()
    found = await bench.bench_near(Console(file=out, width=200), server_url, sizes=(3000, 1000))
    assert [each.prints for each in found] == [1000, 3000]
    assert all(0 < each.median <= each.slow and each.scan > 0 for each in found)
    assert [each.memory for each in found] == [32_000, 96_000]
    assert found[0].disk < found[1].disk
    assert "goal: 50 ms among ten million" in out.getvalue()
