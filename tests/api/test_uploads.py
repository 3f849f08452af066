"""Resumable uploads: whatever has arrived stays, the sender goes on from there, and nobody else does."""

import asyncio
import base64
import hashlib
import math
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from PIL import Image

from mufakat.api.tus import Checksum
from mufakat.core.parties import Actor, Role
from mufakat.core.refusals import Code
from mufakat.engine.room import Limits
from mufakat.engine.sweeping import Sweeping
from mufakat.engine.uploads import MOST_OPEN, PATIENCE, sweep_uploads
from mufakat.evidence.intake import MIB
from tests.api.shop import CUSTOMER, SHOP, Shop
from tests.evidence.inspected import photo

PNG = photo("PNG", Image.effect_noise((600, 500), 100))
DIGEST = hashlib.sha256(PNG).hexdigest()
TUS = {"tus-resumable": "1.0.0"}


def _metadata(**values: str) -> dict[str, str]:
    pairs = [f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items()]
    return {"upload-metadata": ",".join(pairs)}


async def _begin(shop: Shop, **more: str) -> str:
    await shop.order()
    headers = shop.customer() | TUS | {"upload-length": str(len(PNG))} | more
    begun = await shop.http.post("/v1/orders/o-1/uploads", headers=headers)
    assert begun.status_code == 201, begun.text
    place: str = begun.headers["location"]
    return place


async def _send(shop: Shop, place: str, offset: int, body: bytes, **more: str) -> httpx.Response:
    headers = shop.customer() | TUS | {"upload-offset": str(offset), "content-type": "application/offset+octet-stream"}
    return await shop.http.patch(place, content=body, headers=headers | more)


async def test_a_file_that_comes_in_pieces_is_the_file_that_was_sent(shop: Shop) -> None:
    place = await _begin(shop, **_metadata(filetype="image/png", sha256=DIGEST))
    for begin in range(0, len(PNG), 100_000):
        sent = await _send(shop, place, begin, PNG[begin : begin + 100_000])
        assert sent.status_code == 204, sent.text
    head = await shop.http.head(place, headers=shop.customer() | TUS)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == (str(len(PNG)),) * 2
    became = (await shop.http.get(place, headers=shop.customer())).json()
    assert became["digest"] == DIGEST
    assert (await shop.http.get(became["href"], headers=shop.customer())).content == PNG


async def test_what_arrived_before_a_cut_stays(shop: Shop) -> None:
    place = await _begin(shop)

    async def cut() -> AsyncIterator[bytes]:
        yield PNG[:70_000]
        yield PNG[70_000:90_000]
        raise OSError("the cable")

    uploads, giver = shop.site.uploads, Actor(Role.CUSTOMER, CUSTOMER)
    upload = await uploads.of(SHOP, place.rpartition("/")[2], giver)
    assert upload is not None
    with pytest.raises(OSError, match="the cable"):
        await uploads.append(upload, 0, cut())
    head = await shop.http.head(place, headers=shop.customer() | TUS)
    assert head.headers["upload-offset"] == "90000"
    assert (await _send(shop, place, 90_000, PNG[90_000:])).status_code == 204
    assert (await shop.http.get(place, headers=shop.customer())).json()["digest"] == DIGEST


async def test_a_sender_that_stands_elsewhere_is_told_where_to_go_on(shop: Shop) -> None:
    place = await _begin(shop)
    await _send(shop, place, 0, PNG[:1000])
    for offset in (0, 500, 2000):
        refused = await _send(shop, place, offset, PNG[offset : offset + 10])
        assert (refused.status_code, refused.json()["code"]) == (409, "UPLOAD_MOVED_ON")
        assert refused.headers["upload-offset"] == "1000"
    assert (await shop.http.get(place, headers=shop.customer())).json()["received"] == 1000


async def test_an_upload_is_its_givers_alone(shop: Shop) -> None:
    place = await _begin(shop)
    for headers in (shop.seller(), shop.customer("c-2")):
        assert (await shop.http.head(place, headers=headers | TUS)).status_code == 404
        assert (await shop.http.delete(place, headers=headers | TUS)).status_code == 404
    assert (await shop.http.head(place, headers=shop.customer() | TUS)).status_code == 200


async def test_what_is_refused_whole_is_refused_with_its_reason_and_gone(shop: Shop) -> None:
    other = "0" * 64
    place = await _begin(shop, **_metadata(sha256=other))
    refused = await _send(shop, place, 0, PNG)
    assert (refused.status_code, refused.json()["code"]) == (422, "FILE_NOT_AS_CLAIMED")
    assert (await shop.http.head(place, headers=shop.customer() | TUS)).status_code == 404


async def test_too_much_is_refused_before_a_byte_is_sent(shop: Shop) -> None:
    await shop.order()
    headers = shop.customer() | TUS | {"upload-length": str(10**12)}
    refused = await shop.http.post("/v1/orders/o-1/uploads", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (413, "FILE_TOO_LARGE")
    headers = shop.customer() | TUS | {"upload-length": "many"}
    refused = await shop.http.post("/v1/orders/o-1/uploads", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "PARAMETER_NOT_VALID")


async def test_the_same_bytes_are_kept_once_within_a_case_however_they_come(shop: Shop) -> None:
    """S3, S4: at once, in pieces, with a digest or without, before the case and in it."""
    material = {"item": "PROOF_OF_DAMAGE", "digest": DIGEST}
    case = await shop.case()
    folder = shop.site.materials.vault._folder
    assert folder is not None
    kept: set[int] = set()
    for metadata in ({}, {"sha256": DIGEST}):
        place = await _begin(shop, **_metadata(**metadata))
        assert (await _send(shop, place, 0, PNG)).status_code == 204
        put = await shop.http.post("/v1/orders/o-1/files", content=PNG, headers=shop.customer())
        assert (put.status_code, put.json()["digest"]) == (201, DIGEST)
        sent = await shop.give(case, shop.customer(), "SendMessage", text="Look.", materials=[material])
        assert sent.status_code == 200, sent.text
        kept.add(sum(1 for path in folder.rglob("*") if path.is_file()))
    assert kept == {1 + 3}, "the file, its copy, its thumbnail, and what it says of itself"
    (rows,) = await shop.site.store.fetch("SELECT count(*) AS files FROM files")
    assert rows["files"] == 1
    own = (await shop.http.get("/v1/orders/o-1/files", headers=shop.customer())).json()
    assert (own["files_used"], own["bytes_used"]) == (1, len(PNG))


async def _asked(shop: Shop, length: int, **metadata: str) -> httpx.Response:
    headers = shop.customer() | TUS | {"upload-length": str(length)} | _metadata(**metadata)
    return await shop.http.post("/v1/orders/o-1/uploads", headers=headers)


async def test_an_upload_that_there_is_no_room_for_is_refused_before_a_byte_is_sent(shop: Shop) -> None:
    """S3: at the edge, by bytes and by number; a file that is kept may come again."""
    await shop.order()
    kept = await shop.http.post("/v1/orders/o-1/files", content=PNG, headers=shop.customer())
    assert kept.status_code == 201, kept.text
    shop.site.materials.limits = Limits(order_bytes=2 * (len(PNG) + 3 * MIB))
    assert (await _asked(shop, 3 * MIB)).status_code == 201
    full = await _asked(shop, 3 * MIB + 1)
    assert (full.status_code, full.json()["code"]) == (409, Code.TOO_MANY_FILES)
    used = math.ceil(len(PNG) * 10 / MIB) / 10
    assert f"1 and {used:g} MB are used, 99 and 3 MB are left." in full.json()["detail"]
    left = (await shop.http.get("/v1/orders/o-1/files", headers=shop.customer())).json()
    assert (left["bytes_used"], left["bytes_left"]) == (len(PNG), 3 * MIB)

    shop.site.materials.limits = Limits(order_files=2)
    full = await _asked(shop, 1)
    assert (full.status_code, full.json()["code"]) == (409, Code.TOO_MANY_FILES)
    assert "at most 1 files with 250 MB in all" in full.json()["detail"]
    assert f"1 and {used:g} MB are used, 0 and {250 - used:g} MB are left." in full.json()["detail"]
    assert (await _asked(shop, len(PNG), sha256=DIGEST.upper())).status_code == 201
    assert (await _asked(shop, len(PNG), sha256="0" * 64)).status_code == 409
    headers = shop.seller() | TUS | {"upload-length": "1"}
    assert (await shop.http.post("/v1/orders/o-1/uploads", headers=headers)).status_code == 201, "the other has room"


async def test_room_that_is_gone_when_the_last_byte_comes_is_told_then(shop: Shop) -> None:
    place = await _begin(shop)
    shop.site.materials.limits = Limits(order_files=2)
    other = photo("PNG", Image.new("RGB", (20, 20), "red"))
    assert (await shop.http.post("/v1/orders/o-1/files", content=other, headers=shop.customer())).status_code == 201
    refused = await _send(shop, place, 0, PNG)
    assert (refused.status_code, refused.json()["code"]) == (409, Code.TOO_MANY_FILES)
    assert (await shop.http.head(place, headers=shop.customer() | TUS)).status_code == 404


async def test_so_many_uploads_are_under_way_at_one_time(shop: Shop) -> None:
    await shop.order()
    begun = [await _asked(shop, 1000 + number) for number in range(MOST_OPEN + 1)]
    assert [each.status_code for each in begun] == [201] * MOST_OPEN + [409]
    assert begun[-1].json()["code"] == Code.TOO_MANY_UPLOADS
    assert begun[-1].json()["detail"].startswith(f"{MOST_OPEN} uploads for this order are under way")
    assert (await shop.http.delete(begun[0].headers["location"], headers=shop.customer() | TUS)).status_code == 204
    assert (await _asked(shop, 1000)).status_code == 201


async def test_bytes_over_the_length_are_not_taken(shop: Shop) -> None:
    place = await _begin(shop)
    assert (await _send(shop, place, 0, PNG + b"and more")).status_code == 204
    assert (await shop.http.get(place, headers=shop.customer())).json()["digest"] == DIGEST


async def test_an_upload_that_nobody_goes_on_with_is_swept_with_its_bytes(shop: Shop) -> None:
    place = await _begin(shop)
    await _send(shop, place, 0, PNG[:1000])
    store, vault = shop.site.store, shop.site.materials.vault
    assert await sweep_uploads(store, vault, shop.clock.now()) == 0
    shop.clock.forward(hours=25)
    assert await sweep_uploads(store, vault, shop.clock.now()) == 1
    assert (await shop.http.head(place, headers=shop.customer() | TUS)).status_code == 404
    later = shop.clock.now() + timedelta(days=2)
    assert [page async for page in vault.places("toko", later) if page] == []


async def test_the_loop_of_every_worker_sweeps_what_was_given_up(shop: Shop) -> None:
    for _ in range(3):
        await _send(shop, await _begin(shop), 0, PNG[:1000])
    store, vault = shop.site.store, shop.site.materials.vault
    folder = vault._folder
    assert folder is not None
    sweeping = Sweeping(store, vault, shop.clock)
    assert await sweeping.drain() == 0
    shop.clock.forward(hours=23)
    going_on = await _begin(shop)
    await _send(shop, going_on, 0, PNG[:1000])
    shop.clock.forward(hours=1)
    assert await sweeping.drain() == 3
    assert (await shop.http.head(going_on, headers=shop.customer() | TUS)).headers["upload-offset"] == "1000"
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1
    assert (await _send(shop, going_on, 1000, PNG[1000:])).status_code == 204


async def test_more_than_one_batch_is_swept_and_a_stop_is_heard(shop: Shop) -> None:
    for _ in range(5):
        await _begin(shop)
    store, vault, stop = shop.site.store, shop.site.materials.vault, asyncio.Event()
    shop.clock.forward(hours=24)
    stop.set()
    assert await sweep_uploads(store, vault, shop.clock.now(), stop) == 0
    assert await sweep_uploads(store, vault, shop.clock.now(), batch=2) == 5


async def test_an_upload_that_goes_on_while_it_is_swept_stays(shop: Shop) -> None:
    place = await _begin(shop)
    await _send(shop, place, 0, PNG[:1000])
    upload_id, over = place.rpartition("/")[2], shop.clock.now() + PATIENCE
    shop.clock.forward(hours=1)
    assert (await _send(shop, place, 1000, PNG[1000:2000])).status_code == 204
    assert await shop.site.store.drop_upload(SHOP, upload_id, over) == []
    assert (await _send(shop, place, 2000, PNG[2000:])).status_code == 204
    assert (await shop.http.get(place, headers=shop.customer())).json()["digest"] == DIGEST


# --- what other clients of tus may ask


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_piece_that_is_not_what_its_digest_says_does_not_count(shop: Shop, algorithm: str) -> None:
    place = await _begin(shop)
    piece = PNG[:70_000]
    right = base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()
    refused = await _send(shop, place, 0, piece[:-1] + b"x", **{"upload-checksum": f"{algorithm} {right}"})
    assert (refused.status_code, refused.json()["code"]) == (460, "PIECE_NOT_AS_CLAIMED")
    assert (await shop.http.get(place, headers=shop.customer())).json()["received"] == 0
    assert (await _send(shop, place, 0, piece, **{"upload-checksum": f"{algorithm} {right}"})).status_code == 204
    assert (await _send(shop, place, 70_000, PNG[70_000:])).status_code == 204
    assert (await shop.http.get(place, headers=shop.customer())).json()["digest"] == DIGEST


@pytest.mark.parametrize("header", ["md5 AAAA", "sha1", "sha1 not-base64!", "sha1 AAAA", "sha256 " + "A" * 28, ""])
async def test_a_digest_of_a_piece_that_makes_no_sense_is_refused(shop: Shop, header: str) -> None:
    place = await _begin(shop)
    refused = await _send(shop, place, 0, PNG[:10], **{"upload-checksum": header})
    assert (refused.status_code, refused.json()["code"]) == (400, "PARAMETER_NOT_VALID")
    assert refused.json()["where"] == "Upload-Checksum"
    assert (await shop.http.get(place, headers=shop.customer())).json()["received"] == 0


async def test_a_piece_with_a_digest_that_is_cut_off_does_not_count(shop: Shop) -> None:
    place = await _begin(shop)
    checksum = Checksum.of("sha1 " + base64.b64encode(hashlib.sha1(PNG).digest()).decode())  # noqa: S324

    async def cut() -> AsyncIterator[bytes]:
        yield PNG[:90_000]
        raise OSError("the cable")

    uploads = shop.site.uploads
    upload = await uploads.of(SHOP, place.rpartition("/")[2], Actor(Role.CUSTOMER, CUSTOMER))
    assert upload is not None
    with pytest.raises(OSError, match="the cable"):
        await uploads.append(upload, 0, checksum.proven(cut()))
    assert (await shop.http.get(place, headers=shop.customer())).json()["received"] == 0


async def test_what_the_server_can_do_is_told_to_anybody(shop: Shop) -> None:
    for place in ("/v1/orders/o-1/uploads", "/v1/orders/INV%2F1/uploads", "/v1/uploads/" + "0" * 32):
        told = await shop.http.options(place)
        assert told.status_code == 204
        assert told.headers["tus-version"] == told.headers["tus-resumable"] == "1.0.0"
        extensions = set(told.headers["tus-extension"].split(","))
        assert extensions == {"creation", "creation-with-upload", "expiration", "termination", "checksum"}
        assert told.headers["tus-max-size"] == str(50 * 1024 * 1024)
        assert told.headers["tus-checksum-algorithm"] == "sha1,sha256"


async def test_another_version_is_not_spoken(shop: Shop) -> None:
    place = await _begin(shop)
    for method in ("HEAD", "DELETE"):
        refused = await shop.http.request(method, place, headers=shop.customer() | {"tus-resumable": "0.2.2"})
        assert refused.status_code == 412
        assert refused.headers["tus-version"] == "1.0.0"
    refused = await _send(shop, place, 0, PNG, **{"tus-resumable": "2.0.0"})
    assert (refused.status_code, refused.json()["code"]) == (412, "TUS_VERSION_NOT_SPOKEN")


async def test_every_answer_says_which_version_is_spoken(shop: Shop) -> None:
    place = await _begin(shop)
    answers = [
        await shop.http.head(place),
        await shop.http.head("/v1/uploads/" + "0" * 32, headers=shop.customer()),
        await _send(shop, place, 7, PNG),
        await _send(shop, place, 0, b"GIF89a" + bytes(len(PNG))),
    ]
    assert [each.status_code for each in answers] == [401, 404, 409, 415]
    assert {each.headers["tus-resumable"] for each in answers} == {"1.0.0"}


async def test_who_may_send_post_only_says_what_is_meant(shop: Shop) -> None:
    place = await _begin(shop)
    about = {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
    meant = shop.customer() | TUS | {"x-http-method-override": "PATCH"} | about
    assert (await shop.http.post(place, content=PNG[:1000], headers=meant)).status_code == 204
    head = await shop.http.post(place, headers=shop.customer() | TUS | {"x-http-method-override": "head"})
    assert head.headers["upload-offset"] == "1000"
    other = await shop.http.post(place, headers=shop.customer() | TUS | {"x-http-method-override": "PUT"})
    assert other.status_code == 405
    meant = shop.customer() | TUS | {"x-http-method-override": "DELETE"}
    assert (await shop.http.post(place, headers=meant)).status_code == 204
    assert (await shop.http.head(place, headers=shop.customer() | TUS)).status_code == 404


async def test_metadata_that_matter_are_told_again_and_others_may_be_anything(shop: Shop) -> None:
    known = _metadata(filetype="image/png", sha256=DIGEST)["upload-metadata"]
    name = base64.b64encode("k\xfcche.png".encode("latin-1")).decode()
    place = await _begin(shop, **{"upload-metadata": f"filename {name},is_private, {known}"})
    head = await shop.http.head(place, headers=shop.customer() | TUS)
    assert head.headers["upload-metadata"] == known
    headers = shop.customer() | TUS | {"upload-length": "9", "upload-metadata": f"filetype {name}"}
    refused = await shop.http.post("/v1/orders/o-1/uploads", headers=headers)
    assert (refused.status_code, refused.json()["where"]) == (400, "Upload-Metadata")


async def test_an_upload_can_be_given_up(shop: Shop) -> None:
    place = await _begin(shop)
    await _send(shop, place, 0, PNG[:1000])
    assert (await shop.http.delete(place, headers=shop.customer() | TUS)).status_code == 204
    assert (await shop.http.head(place, headers=shop.customer() | TUS)).status_code == 404
