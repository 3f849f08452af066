"""Resumable uploads: whatever has arrived stays, the sender goes on from there, and nobody else does."""

import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from PIL import Image

from mufakat.core.parties import Actor, Role
from mufakat.engine.uploads import sweep_uploads
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


async def test_an_upload_can_be_given_up(shop: Shop) -> None:
    place = await _begin(shop)
    await _send(shop, place, 0, PNG[:1000])
    assert (await shop.http.delete(place, headers=shop.customer() | TUS)).status_code == 204
    assert (await shop.http.head(place, headers=shop.customer() | TUS)).status_code == 404
