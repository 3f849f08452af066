"""Group commit: batches form under load only, keep orders apart, and one bad item spoils nothing."""

import asyncio

from mufakat.store.batching import Batcher


class Work:
    """Records the batches it was given; waits when told to."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def run(self, batch: list[str]) -> list[str]:
        """Answers in capitals; refuses a batch with `bad` in it."""
        self.batches.append(batch)
        await self.gate.wait()
        if "bad" in batch:
            raise ValueError("bad")
        return [item.upper() for item in batch]


async def under_way(work: Work) -> None:
    """Let the loop turn until whatever can be under way is."""
    for _ in range(4):
        await asyncio.sleep(0)
    assert work.batches


async def test_a_lone_caller_goes_at_once() -> None:
    work = Work()
    batcher = Batcher(work.run)
    assert [await batcher("a"), await batcher("b")] == ["A", "B"]
    assert work.batches == [["a"], ["b"]]


async def test_who_waits_goes_together_and_the_same_key_apart() -> None:
    work = Work()
    work.gate.clear()
    batcher = Batcher(work.run, apart=lambda item: item[0], lanes=1)
    calls = [asyncio.create_task(batcher(item)) for item in ("a1", "b1", "b2", "c1", "b3")]
    await asyncio.sleep(0)
    work.gate.set()
    assert await asyncio.gather(*calls) == ["A1", "B1", "B2", "C1", "B3"]
    assert work.batches == [["a1", "b1", "c1"], ["b2"], ["b3"]]


async def test_who_comes_while_a_statement_is_under_way_goes_in_the_next() -> None:
    work = Work()
    work.gate.clear()
    batcher = Batcher(work.run, lanes=1)
    calls = [asyncio.create_task(batcher("a"))]
    await under_way(work)
    calls += [asyncio.create_task(batcher(item)) for item in ("b", "c")]
    await asyncio.sleep(0)
    work.gate.set()
    assert await asyncio.gather(*calls) == ["A", "B", "C"]
    assert work.batches == [["a"], ["b", "c"]]


async def test_at_most_so_many_are_under_way() -> None:
    work = Work()
    work.gate.clear()
    batcher = Batcher(work.run, lanes=2)
    calls = []
    for item in "abcd":
        calls.append(asyncio.create_task(batcher(item)))
        await under_way(work)
    assert work.batches == [["a"], ["b"]]
    work.gate.set()
    assert await asyncio.gather(*calls) == ["A", "B", "C", "D"]
    assert work.batches == [["a"], ["b"], ["c", "d"]]


async def test_a_bad_item_fails_alone() -> None:
    work = Work()
    work.gate.clear()
    batcher = Batcher(work.run, lanes=1)
    calls = [asyncio.create_task(batcher(item)) for item in ("a", "b", "bad", "c")]
    await asyncio.sleep(0)
    work.gate.set()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [str(answer) for answer in answers] == ["A", "B", "bad", "C"]
    assert work.batches == [["a", "b", "bad", "c"], ["a"], ["b"], ["bad"], ["c"]]


async def test_who_gives_up_waiting_is_left_out() -> None:
    work = Work()
    work.gate.clear()
    batcher = Batcher(work.run, lanes=1)
    calls = [asyncio.create_task(batcher(item)) for item in ("a", "b", "c")]
    await under_way(work)
    calls.append(asyncio.create_task(batcher("d")))
    await asyncio.sleep(0)
    calls[-1].cancel()
    await asyncio.sleep(0)
    work.gate.set()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert answers[:3] == ["A", "B", "C"]
    assert isinstance(answers[3], asyncio.CancelledError)
    assert work.batches == [["a", "b", "c"]]


async def test_a_batch_has_a_limit() -> None:
    work = Work()
    work.gate.clear()
    batcher = Batcher(work.run, lanes=1, most=2)
    calls = [asyncio.create_task(batcher(item)) for item in "abcde"]
    await asyncio.sleep(0)
    work.gate.set()
    await asyncio.gather(*calls)
    assert work.batches == [["a", "b"], ["c", "d"], ["e"]]
