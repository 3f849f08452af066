"""Signals: what is seen elsewhere is told with its place and its tie, and bounded. Noting: test_noting.py."""

import io
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PIL import Image

from mufakat.core import commands as c
from mufakat.core.claim import Material, MaterialKind, RequestType, ReturnMethod
from mufakat.core.order import OUTBOUND, Scan, ScanKind
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Refusal
from mufakat.core.signals import SignalKind, Tie, Zone
from mufakat.engine.signals.hearing import seen_in
from mufakat.engine.signals.noting import FIT, Seen, tracking_hash
from mufakat.engine.signals.telling import MOST_FOUND, MOST_LINKS, MOST_PRINTS, SCAN_LAG, taken_before
from mufakat.evidence.credentials import Credentials, Holds
from mufakat.evidence.inspection import pdq
from mufakat.evidence.inspection.report import Fingerprint, Kind
from mufakat.store.near import BYTES
from mufakat.store.records import Ask
from tests.core.story import CUSTOMER, DAY, DELIVERED, HOUR, SELLER, order
from tests.engine.desk import BUDI, LOCAL, LONG, MOMENT, OTHER_SHOP, OWNERS, PICTURE, Desk, found_in, photo
from tests.store.test_near import flipped
from tests.store.world import ASK

# --- pictures


async def test_a_picture_of_another_account_is_told_with_its_place(desk: Desk) -> None:
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()))
    theirs = await desk.case("o3", await desk.file("o3", b"x"), await desk.file("o3", b"3", photo(*range(12))))
    found = await desk.one("o1", ours)
    assert (found.kind, found.giver, found.exhibit, found.found) == (SignalKind.NEAR_PICTURE, Role.CUSTOMER, 1, 1)
    (link,) = found.links
    assert (link.tie, link.order_id, link.case_id, link.exhibit) == (Tie.OTHER_ACCOUNT, "o3", theirs, 2)
    assert (link.giver, link.account, link.alike) == (Role.CUSTOMER, "budi", 12)
    case = (await desk.store.load(Ask("here", "o3", theirs)) or pytest.fail("it is there")).case
    assert case
    assert link.digest == case.exhibits[1].material.digest
    back = await desk.one("o3", theirs)
    assert (back.exhibit, back.links[0].case_id, back.links[0].account) == (2, ours, CUSTOMER.id)


async def test_the_same_photo_in_a_second_case_raises_a_signal(desk: Desk) -> None:
    """From the pixels on: another size and quality, and the fingerprint of the inspection."""
    image = Image.effect_mandelbrot((640, 480), (-2, -1.5, 1, 1.5), 100)

    def inspected(picture: Image.Image, quality: int) -> tuple[bytes, Seen]:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        return out.getvalue(), seen_in(found_in(Kind.PICTURE, pdq.fingerprint(picture)))

    first, second = inspected(image, 95), inspected(image.resize((320, 240)), 40)
    ours = await desk.case("o1", await desk.file("o1", *first))
    theirs = await desk.case("o4", await desk.file("o4", *second))
    found = await desk.one("o4", theirs)
    assert (found.kind, found.links[0].case_id) == (SignalKind.NEAR_PICTURE, ours)


async def test_the_same_bytes_are_told_as_the_same_file_only(desk: Desk) -> None:
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()))
    theirs = await desk.case("o3", await desk.file("o3", b"1", photo()))
    found = await desk.one("o1", ours)
    assert (found.kind, found.links[0].case_id, found.links[0].alike) == (SignalKind.SAME_FILE, theirs, None)


@pytest.mark.parametrize("apart,told", [(31, 1), (32, 0)])
async def test_near_ends_at_31_bits(desk: Desk, apart: int, told: int) -> None:
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()))
    await desk.case("o3", await desk.file("o3", b"3", photo(*range(apart))))
    assert len(await desk.seen("o1", ours)) == told


@pytest.mark.parametrize("quality,told", [(FIT, 1), (FIT - 1, 0)])
async def test_a_dull_picture_is_matched_by_its_bytes_only(desk: Desk, quality: int, told: int) -> None:
    ours = await desk.case("o1", await desk.file("o1", b"1", photo(quality=quality)))
    await desk.case("o3", await desk.file("o3", b"3", photo()))
    assert len(await desk.seen("o1", ours)) == told
    await desk.case("o4", await desk.file("o4", b"1", photo(quality=quality)))
    assert SignalKind.SAME_FILE in {each.kind for each in await desk.seen("o1", ours)}


async def test_each_tie_is_told(desk: Desk) -> None:
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()))
    same_order = await desk.case("o1", await desk.file("o1", b"2", photo(1)), line="b")
    same_account = await desk.case("o2", await desk.file("o2", b"3", photo(2)))
    other = await desk.case("o3", await desk.file("o3", b"4", photo(3)))
    by_seller = await desk.file("o1", b"5", photo(4), SELLER)
    await desk.world.give(SELLER, c.HandIn(Material("PACKING_PHOTOS", digest=by_seller)), ours)
    found = next(each for each in await desk.seen("o1", ours) if each.exhibit == 1)
    assert [(link.tie, link.case_id, link.giver) for link in found.links] == [
        (Tie.OTHER_ACCOUNT, other, Role.CUSTOMER),
        (Tie.SAME_CASE, ours, Role.SELLER),
        (Tie.SAME_ACCOUNT, same_account, Role.CUSTOMER),
        (Tie.SAME_ORDER, same_order, Role.CUSTOMER),
    ]


async def test_two_like_pictures_of_one_side_in_one_case_are_no_signal(desk: Desk) -> None:
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()), await desk.file("o1", b"2", photo(1)))
    assert await desk.seen("o1", ours) == []


async def test_the_same_file_of_both_sides_is_told(desk: Desk) -> None:
    ours = await desk.case("o1", await desk.file("o1", b"1"))
    again = await desk.file("o1", b"1", giver=SELLER)
    await desk.world.give(SELLER, c.HandIn(Material("PACKING_PHOTOS", digest=again)), ours)
    found = await desk.seen("o1", ours)
    assert [(each.kind, each.exhibit, each.links[0].exhibit, each.links[0].tie) for each in found] == [
        (SignalKind.SAME_FILE, 1, 2, Tie.SAME_CASE),
        (SignalKind.SAME_FILE, 2, 1, Tie.SAME_CASE),
    ]


async def test_an_agent_is_told_of_no_place_in_a_case_of_its_own(desk: Desk) -> None:
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()), text=LONG)
    await desk.case("o4", await desk.file("o4", b"4", photo(1)), text=LONG)
    await desk.signals.drain()
    loaded = await desk.store.load(Ask("here", "o1", ours))
    assert loaded is not None
    told = {who: (await desk.signals.for_case(loaded, who)).signals for who in ("agent-1", BUDI.id, OTHER_SHOP.id)}
    for each in (BUDI.id, OTHER_SHOP.id):  # who is tied to a party is told what the party would be
        assert (await desk.signals.for_case(loaded, "agent-1", frozenset({each}))).signals == told[each]
    assert [each.kind for each in told["agent-1"]] == [SignalKind.NEAR_PICTURE, SignalKind.NEAR_TEXT]
    assert told[BUDI.id] == told[OTHER_SHOP.id] == ()


async def test_an_upload_that_no_case_names_is_never_told(desk: Desk) -> None:
    await desk.file("o3", b"3", photo())
    await desk.file("o1", b"2", photo(1), SELLER)
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()))
    assert await desk.seen("o1", ours) == []


async def test_a_frame_of_a_film_is_known_again_by_its_nearest_picture(desk: Desk) -> None:
    film = Seen(tuple((flipped(PICTURE, set(range(n))), 100) for n in (9, 3, 5, 3)))
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()))
    await desk.case("o3", await desk.file("o3", b"3", film))
    found = await desk.one("o1", ours)
    assert (found.found, found.links[0].alike) == (1, 3)
    assert (await desk.rows())["file_prints"] == 4, "equal frames are one"


async def test_many_places_are_counted_and_few_are_linked(desk: Desk) -> None:
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()))
    for n in range(MOST_LINKS + 2):
        name = f"p{n}"
        OWNERS[name] = Actor(Role.CUSTOMER, f"pembeli-{n}")
        await desk.world.put(replace(order(), order_id=name, customer_id=f"pembeli-{n}"))
        await desk.case(name, await desk.file(name, bytes([n]), photo(*range(20 - n))))
        del OWNERS[name]
    found = await desk.one("o1", ours)
    assert (len(found.links), found.found, found.at_least) == (MOST_LINKS, MOST_LINKS + 2, False)
    assert [link.alike for link in found.links] == [14, 15, 16, 17, 18]


async def test_more_than_are_sought_are_at_least_so_many(desk: Desk) -> None:
    film = Seen(tuple((flipped(PICTURE, {n}), 100) for n in range(MOST_FOUND + 10)))
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()))
    await desk.case("o3", await desk.file("o3", b"3", film))
    assert (await desk.one("o1", ours)).at_least


async def test_fingerprints_over_the_limit_are_left_out_and_counted(desk: Desk) -> None:
    film = Seen(tuple((n.to_bytes(BYTES), 100) for n in range(MOST_PRINTS + 3)))
    ours = await desk.case("o1", await desk.file("o1", b"1", film))
    assert (await desk.told("o1", ours)).left_out == 3


async def test_a_case_whose_cached_state_is_of_another_program_is_read_from_its_log(desk: Desk) -> None:
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()))
    theirs = await desk.case("o3", await desk.file("o3", b"3", photo(1)))
    await desk.hand.execute("UPDATE cases SET shape = 'older' WHERE case_id = $1", theirs)
    assert (await desk.one("o1", ours)).links[0].exhibit == 1


async def test_a_case_that_cannot_be_read_keeps_no_signal_of_others_from_being_told(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    ours = await desk.case("o1", await desk.file("o1", b"1", photo()))
    bad = await desk.case("o3", await desk.file("o3", b"3", photo(1)))
    good = await desk.case("o4", await desk.file("o4", b"4", photo(2)))
    await desk.hand.execute("UPDATE cases SET shape = 'older' WHERE case_id = $1", bad)
    await desk.hand.execute("UPDATE events SET body = 'x' WHERE case_id = $1", bad)
    assert [link.case_id for link in (await desk.one("o1", ours)).links] == [good]
    assert f"case {bad} of here cannot be read for signals" in caplog.text


async def test_a_file_that_is_inspected_again_is_noted_anew(desk: Desk) -> None:
    digest = await desk.file("o1", b"1", Seen(((PICTURE, 99), (bytes(BYTES), 99)), taken_at=DELIVERED))
    assert await desk.signals.note_file("here", "o1", Role.CUSTOMER, digest, photo(7))
    (note,) = await desk.store.file_notes("here", "o1")
    assert [each.bits for each in note.prints] == [flipped(PICTURE, {7})]


# --- texts


async def test_nearly_the_same_text_in_another_case_is_told(desk: Desk) -> None:
    ours = await desk.case("o1", text=LONG)
    theirs = await desk.case("o3", text=LONG.replace("kotaknya", "dusnya").upper())
    await desk.signals.drain()
    found = await desk.one("o1", ours)
    assert (found.kind, found.event, found.exhibit) == (SignalKind.NEAR_TEXT, 1, 0)
    (link,) = found.links
    assert (link.tie, link.case_id, link.event, link.exhibit) == (Tie.OTHER_ACCOUNT, theirs, 1, 0)
    assert link.alike is not None
    assert 76 <= link.alike < 100


async def test_a_statement_handed_in_is_told_by_its_exhibit(desk: Desk) -> None:
    ours = await desk.case("o1", text="kurang")
    theirs = await desk.case("o4", text=LONG)
    statement = Material("STATEMENT", MaterialKind.TEXT, text=LONG)
    await desk.world.give(SELLER, c.HandIn(statement), ours)
    await desk.signals.drain()
    found = await desk.one("o1", ours)
    assert (found.kind, found.giver, found.exhibit, found.links[0].case_id) == (
        *(SignalKind.NEAR_TEXT, Role.SELLER, 1),
        theirs,
    )
    assert (await desk.one("o4", theirs)).links[0].exhibit == 1


async def test_short_texts_and_ones_own_case_are_no_signal(desk: Desk) -> None:
    ours = await desk.case("o1", text="Barang rusak, tolong uang kembali")
    await desk.case("o3", text="Barang rusak, tolong uang kembali")
    repeated = await desk.case("o4", text=LONG)
    await desk.world.give(BUDI, c.SendMessage(text=LONG), repeated, order_id="o4")
    await desk.signals.drain()
    assert await desk.seen("o1", ours) == []
    assert await desk.seen("o4", repeated) == []


async def test_what_is_kept_of_a_text_is_keyed_by_marketplace(desk: Desk) -> None:
    keys = {desk.world.sealer.print_key(name) for name in ("here", "there")}
    assert len(keys) == 2
    assert tracking_hash("JP 12-3", keys.pop()) != tracking_hash("JP 12-3", keys.pop())


# --- tracking numbers


async def test_a_tracking_number_of_another_order_is_told_however_it_is_written(desk: Desk) -> None:
    ours, theirs = await desk.case("o1", text="x"), await desk.case("o3", text="y")
    for order_id, case_id, number in (("o1", ours, "jp-123.456"), ("o3", theirs, "JP123456")):
        proof = Material("PROOF_OF_RETURN", MaterialKind.TRACKING, refers_to=number)
        await desk.world.give(OWNERS[order_id], c.HandIn(proof), case_id, order_id=order_id)
    await desk.signals.drain()
    found = await desk.one("o1", ours)
    assert (found.kind, found.exhibit, found.links[0].case_id) == (SignalKind.TRACKING_USED_TWICE, 1, theirs)


async def test_a_return_under_the_number_of_another_orders_delivery_is_told(desk: Desk) -> None:
    scan = Scan(OUTBOUND, ScanKind.IN_TRANSIT, DELIVERED - HOUR, tracking="JP777")
    assert not isinstance(await desk.world.engine.record_fact("here", "o3", scan), Refusal)
    theirs = await desk.case("o3", text="y")
    asked = replace(ASK, type=RequestType.RETURN_AND_REFUND, materials=())
    ours = (await desk.world.give(CUSTOMER, asked)).case_id
    await desk.world.give(SELLER, c.ApproveRequest(), ours)
    await desk.world.give(CUSTOMER, c.ShipBack(ReturnMethod.SELF_ARRANGED, "jp777"), ours)
    await desk.signals.drain()
    found = await desk.one("o1", ours)
    assert (found.kind, found.exhibit, found.event > 1) == (SignalKind.TRACKING_USED_TWICE, 0, True)
    (link,) = found.links
    assert (link.case_id, link.giver, link.exhibit, link.event) == (theirs, Role.SELLER, 0, 0)
    assert (await desk.one("o3", theirs)).event == 0


async def test_speaking_of_the_same_parcel_in_one_order_is_no_signal(desk: Desk) -> None:
    scan = Scan(OUTBOUND, ScanKind.IN_TRANSIT, DELIVERED - HOUR, tracking="JP777")
    assert not isinstance(await desk.world.engine.record_fact("here", "o1", scan), Refusal)
    ours = await desk.case("o1", text="x")
    for actor in (CUSTOMER, SELLER):
        named = Material("ONLINE_TRACKING_INFORMATION", MaterialKind.TRACKING, refers_to="JP777")
        await desk.world.give(actor, c.HandIn(named), ours)
    assert await desk.seen("o1", ours) == []


# --- when a picture was taken, and its credentials


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    "taken_at,taken_local,zone",
    [
        (MOMENT - MINUTE, None, Zone.KNOWN),
        (MOMENT, LOCAL - DAY, None),
        (None, LOCAL - 12 * HOUR - MINUTE, Zone.ANY),
        (None, LOCAL - 12 * HOUR, Zone.MARKET),
        (None, LOCAL + 7 * HOUR - MINUTE, Zone.MARKET),
        (None, LOCAL + 7 * HOUR, None),
        (None, None, None),
    ],
)
def test_a_camera_without_zone_is_read_with_doubt(
    taken_at: datetime | None, taken_local: datetime | None, zone: Zone | None
) -> None:
    """The market's clock is seven hours ahead of UTC; no clock on earth is more than twelve behind."""
    assert taken_before(taken_at, taken_local, MOMENT, "Asia/Jakarta") is zone


async def test_a_picture_taken_before_the_delivery_is_told_with_both_times(desk: Desk) -> None:
    early = DELIVERED - SCAN_LAG - MINUTE
    ours = await desk.case(
        "o1",
        await desk.file("o1", b"1", Seen(taken_at=DELIVERED - SCAN_LAG)),
        await desk.file("o1", b"2", Seen(taken_at=early, taken_local=early.replace(tzinfo=None) + 8 * HOUR)),
        await desk.file("o1", b"3", Seen(taken_local=(DELIVERED + 5 * HOUR).replace(tzinfo=None))),
    )
    found = await desk.seen("o1", ours)
    assert [(each.kind, each.exhibit, each.taken, each.delivered, each.zone) for each in found] == [
        (SignalKind.TAKEN_BEFORE_DELIVERY, 2, early, DELIVERED, Zone.KNOWN),
        (SignalKind.TAKEN_BEFORE_DELIVERY, 3, (DELIVERED + 5 * HOUR).replace(tzinfo=None), DELIVERED, Zone.MARKET),
    ]


async def test_a_sellers_pictures_are_taken_before_the_delivery_as_a_rule(desk: Desk) -> None:
    ours = await desk.case("o1", text="x")
    packed = await desk.file("o1", b"1", Seen(taken_at=DELIVERED - 3 * DAY), SELLER)
    await desk.world.give(SELLER, c.HandIn(Material("PACKING_PHOTOS", digest=packed)), ours)
    assert await desk.seen("o1", ours) == []


async def test_content_credentials_are_told_as_they_are(desk: Desk) -> None:
    said = Credentials(
        holds=Holds.BROKEN, generator="Maker 2", sources=("trainedAlgorithmicMedia",), signed_at=DELIVERED
    )
    ours = await desk.case("o1", await desk.file("o1", b"1", Seen(credentials=said)))
    found = await desk.one("o1", ours)
    assert (found.kind, found.exhibit) == (SignalKind.CONTENT_CREDENTIALS, 1)
    assert dict(found.credentials) == {
        "holds": "BROKEN",
        "generator": "Maker 2",
        "sources": "trainedAlgorithmicMedia",
        "signed_at": DELIVERED.isoformat(),
    }


def test_what_counts_of_what_was_found_in_a_file() -> None:
    said = Credentials(holds=Holds.INTACT)
    film = found_in(Kind.FILM, None, Fingerprint(PICTURE.hex(), 80), credentials=said)
    assert seen_in(film) == Seen(((PICTURE, 80),), MOMENT, LOCAL, said)
    assert seen_in(replace(film, kind=Kind.DOCUMENT)) == Seen(((PICTURE, 80),), credentials=said)
