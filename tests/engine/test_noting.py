"""Noting what signals are made of: a loop that loses nothing, and nothing of what is forgotten is left."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from mufakat.core import commands as c
from mufakat.core.claim import Material
from mufakat.core.parties import Role
from mufakat.engine.materials import Kept
from mufakat.engine.signals.noting import LONG_PAUSE, PAUSE
from mufakat.engine.signals.telling import Signals
from mufakat.engine.sweeping import KEPT_UNNAMED, sweep
from mufakat.evidence.credentials import Credentials, Holds
from mufakat.store.database import StoreLost
from mufakat.store.signals import NEVER_AGAIN, CaseNote, Said
from tests.core.story import CUSTOMER, DAY, DELIVERED, order
from tests.engine.desk import BUDI, LONG, NOTHING, PICTURE, Desk, photo
from tests.evidence.samples import JPEG, stream
from tests.store.world import ASK

# --- forgetting


async def test_what_is_forgotten_leaves_nothing_and_is_never_noted_again(desk: Desk) -> None:
    seen = replace(photo(), taken_at=DELIVERED, credentials=Credentials(holds=Holds.INTACT))
    digest = await desk.file("o1", b"1", seen)
    ours = await desk.closed("o1", digest, text=LONG)
    theirs = await desk.case("o3", await desk.file("o3", b"3", photo(1)), text=LONG)
    await desk.signals.drain()
    before = await desk.rows()
    assert before == {"file_prints": 2, "file_facts": 1, "text_prints": 2, "trackings": 0}
    await desk.forget(ours)
    assert await desk.rows() == {"file_prints": 1, "file_facts": 0, "text_prints": 1, "trackings": 0}
    assert await desk.seen("o3", theirs) == []
    assert not await desk.signals.note_file("here", "o1", Role.CUSTOMER, digest, seen)
    await desk.signals.note_case("here", "o1", ours)
    await desk.hand.execute("DELETE FROM noted_until")
    await desk.signals.drain()
    assert await desk.rows() == {"file_prints": 1, "file_facts": 0, "text_prints": 1, "trackings": 0}
    assert (await desk.store.case_note("here", "o1", ours)).number == NEVER_AGAIN


async def test_tracking_numbers_go_with_their_case(desk: Desk) -> None:
    ours = await desk.closed("o1", text="x")
    note = CaseNote("here", "o1", ours, 1000, trackings=(Said(5, 0, Role.CUSTOMER, b"n" * 16),))
    assert await desk.store.note_case(note)
    await desk.forget(ours)
    assert await desk.rows() == NOTHING


async def test_a_file_that_another_case_still_names_keeps_its_fingerprint(desk: Desk) -> None:
    digest = await desk.file("o1", b"1", photo())
    ours = await desk.closed("o1", digest)
    await desk.case("o1", digest, line="b")
    await desk.forget(ours)
    assert (await desk.rows())["file_prints"] == 1


async def test_a_forgotten_case_of_an_order_is_not_linked_though_its_file_is_kept(desk: Desk) -> None:
    digest = await desk.file("o1", b"1", photo())
    gone = await desk.closed("o1", digest)
    kept = await desk.case("o1", digest, line="b")
    await desk.forget(gone)
    theirs = await desk.case("o3", await desk.file("o3", b"3", photo(1)))
    assert [link.case_id for link in (await desk.one("o3", theirs)).links] == [kept]


async def test_noting_and_forgetting_at_once_leaves_nothing(desk: Desk) -> None:
    """Whoever comes first: a note that waits for the forgetting finds the door shut, one before it is purged."""
    digest = await desk.file("o1", b"1", photo())
    ours = await desk.closed("o1", digest, text=LONG)
    await desk.hand.execute("UPDATE noted SET number = 0")
    forgetting = [desk.forget(ours)]
    noting: list[Any] = [desk.signals.note_case("here", "o1", ours) for _ in range(4)]
    noting += [desk.signals.note_file("here", "o1", Role.CUSTOMER, digest, photo(n)) for n in range(4)]
    await asyncio.gather(*noting[:2], *forgetting, *noting[2:])
    assert await desk.rows() == NOTHING


async def test_a_note_waits_for_a_forgetting_that_is_under_way(desk: Desk) -> None:
    digest = await desk.file("o1", b"1", photo())
    ours = await desk.closed("o1", digest, text=LONG)
    transaction = desk.hand.transaction()
    await transaction.start()
    await desk.hand.execute("UPDATE files SET wrapped = NULL")
    await desk.hand.execute(
        "INSERT INTO noted VALUES ('here', 'o1', $1, $2) "
        "ON CONFLICT (marketplace, order_id, case_id) DO UPDATE SET number = $2",
        *(ours, NEVER_AGAIN),
    )
    await desk.hand.execute("DELETE FROM file_prints")
    waiting = asyncio.gather(
        desk.store.note_case(CaseNote("here", "o1", ours, 9, (Said(1, 0, Role.CUSTOMER, PICTURE),))),
        desk.signals.note_file("here", "o1", Role.CUSTOMER, digest, photo()),
    )
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    await transaction.commit()
    assert not any(await waiting)
    assert await desk.rows() == NOTHING


async def test_a_swept_file_takes_its_fingerprint_along(desk: Desk) -> None:
    await desk.file("o1", b"1", replace(photo(), taken_at=DELIVERED))
    desk.world.clock.at += KEPT_UNNAMED
    await sweep(desk.store, desk.vault, desk.world.clock.at)
    assert await desk.rows() == NOTHING


async def test_nothing_is_noted_of_a_file_that_is_not_there(desk: Desk) -> None:
    assert not await desk.signals.note_file("here", "o1", Role.CUSTOMER, "0" * 64, photo())
    assert await desk.rows() == NOTHING


# --- the loop


async def test_the_loop_notes_every_case_once_and_what_comes_later(desk: Desk) -> None:
    ours = await desk.case("o1", text=LONG)
    await desk.case("o3", text=LONG)
    assert await desk.signals.drain() == 2
    assert await desk.signals.drain() == 0
    assert (await desk.rows())["text_prints"] == 2
    await desk.world.give(CUSTOMER, c.SendMessage(text=LONG + " Terima kasih."), ours)
    assert await desk.signals.drain() == 0, "not so soon again"
    desk.world.clock.at += PAUSE
    assert await desk.signals.drain() == 1
    assert (await desk.rows())["text_prints"] == 3


async def test_another_process_goes_on_where_noting_stood_and_looks_a_little_back(desk: Desk) -> None:
    ours = await desk.case("o1", text=LONG)
    await desk.signals.drain()
    await desk.hand.execute("UPDATE noted_until SET changed_at = changed_at + $1::interval", LONG_PAUSE)
    late = await desk.case("o3", text=LONG)
    another = Signals(desk.store, desk.world.sealer, desk.world.clock)
    assert await another.drain() == 1
    assert (await desk.one("o1", ours)).links[0].case_id == late


async def test_a_clock_that_was_set_back_is_followed(desk: Desk) -> None:
    await desk.case("o1", text=LONG)
    await desk.signals.drain()
    desk.world.clock.at += PAUSE
    await desk.store.set_noted_until("here", desk.world.clock.at + 400 * DAY)
    await desk.case("o3", text=LONG)
    assert await desk.signals.drain() == 1


async def test_a_case_that_cannot_be_read_keeps_no_other_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = await desk.case("o1", text=LONG), await desk.case("o3", text=LONG)
    await desk.hand.execute("UPDATE events SET body = 'x' WHERE case_id = $1", bad)
    assert await desk.signals.drain() == 2
    assert f"case {bad} of here cannot be noted" in caplog.text
    assert (await desk.store.case_note("here", "o3", good)).texts
    desk.world.clock.at += PAUSE
    assert await desk.signals.drain() == 0


async def test_a_text_under_another_master_key_is_passed_by(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    ours = await desk.case("o1", text=LONG)
    await desk.hand.execute("UPDATE case_keys SET wrapped_by = 'other'")
    assert await desk.signals.drain() == 1
    assert f"a text of case {ours} of here cannot be noted" in caplog.text
    assert await desk.rows() == NOTHING


async def test_a_database_that_is_away_is_no_reason_to_pass_a_case_by(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.case("o1", text=LONG)

    async def away(*_: object) -> None:
        raise StoreLost("gone")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "history", away)
        with pytest.raises(StoreLost):
            await desk.signals.drain()
    desk.world.clock.at += PAUSE
    assert await desk.signals.drain() == 1


async def test_the_loop_stops_when_told(desk: Desk) -> None:
    await desk.case("o1", text=LONG)
    stop = asyncio.Event()
    stop.set()
    assert await desk.signals.drain(stop) == 0


async def test_the_loop_finishes_the_case_in_hand_and_leaves_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for order_id in ("o1", "o3", "o4"):
        await desk.case(order_id, text=LONG)
    stop, note = asyncio.Event(), desk.store.note_case

    async def told_to_stop(each: CaseNote) -> bool:
        stop.set()
        return await note(each)

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "note_case", told_to_stop)
        assert await desk.signals.drain(stop) == 1
    assert (await desk.rows())["text_prints"] == 1
    desk.world.clock.at += PAUSE
    assert await desk.signals.drain() == 2


async def test_a_clock_of_this_machine_that_was_set_back_does_not_keep_the_loop_waiting(desk: Desk) -> None:
    await desk.signals.drain()
    await desk.case("o1", text=LONG)
    desk.world.clock.at -= PAUSE
    assert await desk.signals.drain() == 1


async def test_signals_keep_to_their_marketplace(desk: Desk) -> None:
    await desk.world.put(replace(order(), order_id="o1", customer_id=BUDI.id), "there")
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()), text=LONG)
    kept = await desk.materials.put("there", "o1", BUDI, stream(JPEG + b"1"))
    assert isinstance(kept, Kept)
    await desk.signals.note_file("there", "o1", Role.CUSTOMER, kept.digest, photo())
    material = (Material("PHOTOS_OF_RECEIVED_ITEM", digest=kept.digest),)
    asked = replace(ASK, materials=material, text=LONG)
    await desk.world.give(BUDI, asked, marketplace="there")
    await desk.signals.drain()
    assert await desk.seen("o1", ours) == []
