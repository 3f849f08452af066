"""Files in an object store that speaks S3: a whole story over HTTP, and every way in which such a store can fail."""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random

import httpx
import pytest
from PIL import Image

from mufakat.client import AsyncClient
from mufakat.core.refusals import Refusal
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.maintain import Maintenance
from mufakat.engine.sweeping import STRAY, sweep
from mufakat.evidence import vault as vaults
from mufakat.evidence.vault import FileLost, Vault, VaultError
from tests.api.shop import AGENT, SELLER
from tests.client.conftest import Served, serving
from tests.evidence import s3
from tests.evidence.inspected import SECRETS, photo
from tests.evidence.s3 import Bucket
from tests.evidence.samples import whole
from tests.lines import Line, line_to

NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
FILM = os.urandom(3 * vaults.PART + 1)
"""What goes up in four parts."""
PHOTO = photo("PNG", Image.effect_noise((600, 500), 100))
TUS = {"tus-resumable": "1.0.0"}


@pytest.fixture
async def line(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """A line over which the vault reaches its bucket, which is not tried again once it breaks."""
    monkeypatch.setattr(vaults, "RETRIES", 0)
    async with line_to(bucket.server.keys.url) as (line, url):
        monkeypatch.setenv("AWS_ENDPOINT", url)
        yield line


async def refused(vault: Vault) -> str:
    """What the vault says of a store that it cannot use, when it checks it and when it keeps a file."""
    with pytest.raises(VaultError) as checked:
        await vault.check()
    with pytest.raises(VaultError) as kept:
        await vault.keep(vault.new_place("toko", NOW), BytesIO(FILM))
    for said in (str(checked.value), str(kept.value)):
        assert "\n" not in said
        assert "<" not in said, "the store's own page stays away"
        assert said.endswith(").")
    return str(checked.value)


# --- what a store may be like


async def test_wrong_keys_are_told_in_a_sentence(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    await Vault.at(bucket.where).check()
    for name, wrong in (("AWS_SECRET_ACCESS_KEY", "wrong"), ("AWS_ACCESS_KEY_ID", "AKIA" + 16 * "Z")):
        monkeypatch.setenv(name, wrong)
        said = await refused(Vault.at(bucket.where))
        assert said.startswith("The store of files refuses our keys, or what they may do (")
        assert wrong not in said
    assert bucket.kept() == {}


def test_the_guide_names_what_the_keys_need() -> None:
    guide = (Path(__file__).parents[2] / "docs/guides/object-stores.md").read_text()
    assert set(re.findall(r"s3:[A-Z]\w+", guide)) == set(s3.NEEDED)


async def test_a_bucket_that_is_not_there_is_told_in_a_sentence(bucket: Bucket) -> None:
    said = await refused(Vault.at("s3://elsewhere/evidence"))
    assert said.startswith("The bucket or folder for files is not there (")
    assert "/elsewhere/evidence/check/" in said


async def test_a_store_that_dies_while_a_file_comes_keeps_nothing_of_it(bucket: Bucket, line: Line) -> None:
    vault = Vault.at(bucket.where)
    place = vault.new_place("toko", NOW)
    line.whole = len(FILM) // 2
    with pytest.raises(VaultError, match="does not answer as it should") as caught:
        await vault.keep(place, BytesIO(FILM))
    assert "\n" not in str(caught.value)
    assert bucket.kept() == {}, "a file is there whole or not at all"
    line.mend()
    with pytest.raises(FileLost):
        await whole(vault.read(place))
    await vault.keep(place, BytesIO(FILM))
    assert await whole(vault.read(place)) == FILM


async def test_a_break_that_is_soon_over_is_not_noticed(
    bucket: Bucket, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vaults, "RETRIES", 4)
    vault = Vault.at(bucket.where)
    place = vault.new_place("toko", NOW)
    line.whole = len(FILM) // 2
    keeping = asyncio.create_task(vault.keep(place, BytesIO(FILM)))
    await line.broke.wait()
    line.mend()
    await keeping
    assert await whole(vault.read(place)) == FILM


async def test_a_store_that_dies_while_a_file_is_read_gives_no_short_file(bucket: Bucket, line: Line) -> None:
    vault = Vault.at(bucket.where)
    place = vault.new_place("toko", NOW)
    await vault.keep(place, BytesIO(FILM))
    reading = vault.read(place)
    assert FILM.startswith(await anext(reading))
    line.breaks()
    with pytest.raises(VaultError, match="does not answer as it should"):
        await whole(reading)


async def test_a_store_that_is_killed_takes_no_file_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vaults, "RETRIES", 0)
    with s3.running() as server:
        for name, value in server.keys.variables.items():
            monkeypatch.setenv(name, value)
        vault = Vault.at(server.bucket().where)
        await vault.keep(vault.new_place("toko", NOW), BytesIO(FILM))
        server.kill()
        assert (await refused(vault)).startswith("The store of files does not answer as it should (")
        with pytest.raises(VaultError):
            [page async for page in vault.places("toko", NOW)]


# --- over HTTP


async def _send(
    http: httpx.AsyncClient, headers: dict[str, str], place: str, offset: int, body: bytes
) -> httpx.Response:
    about = {"upload-offset": str(offset), "content-type": "application/offset+octet-stream"}
    return await http.patch(place, content=body, headers=headers | TUS | about)


async def _begin(served: Served, http: httpx.AsyncClient) -> str:
    await served.shop.order()
    headers = served.shop.customer() | TUS | {"upload-length": str(len(PHOTO))}
    begun = await http.post("/v1/orders/o-1/uploads", headers=headers)
    assert begun.status_code == 201, begun.text
    place: str = begun.headers["location"]
    return place


async def test_a_photo_is_uploaded_seen_opened_and_forgotten(database_url: str, bucket: Bucket) -> None:
    """S3, S4: everything that is kept of it lies in the bucket, encrypted, until it is forgotten."""
    async with serving(database_url, bucket.where) as served, httpx.AsyncClient(base_url=served.url) as http:
        shop = served.shop
        place = await _begin(served, http)
        for start in range(0, len(PHOTO), 100_000):
            sent = await _send(http, shop.customer(), place, start, PHOTO[start : start + 100_000])
            assert sent.status_code == 204, sent.text
        digest = (await http.get(place, headers=shop.customer())).json()["digest"]
        assert digest == hashlib.sha256(PHOTO).hexdigest()
        case = await shop.case(materials=[{"item": "PROOF_OF_DAMAGE", "digest": digest}])
        server = AsyncClient(served.url, served.key)
        seller = server.acting((await server.issue_token("SELLER", SELLER)).token)
        seen = await seller.exhibit(case, digest)
        assert Image.open(BytesIO(seen)).size == (600, 500)
        assert not [secret for secret in SECRETS if secret in seen]
        agent = server.acting((await shop.agent(AGENT))["authorization"].removeprefix("Bearer "))
        reason = "The seller says that this was taken a year ago."
        assert await agent.open_original(case, digest, reason) == PHOTO
        (opening,) = (await agent.openings(case)).openings
        assert (opening.agent_id, opening.reason) == (AGENT, reason)
        await server.aclose()

        await _all_is_encrypted(bucket)
        gone = await shop.give(case, shop.customer(), "WithdrawRequest")
        assert gone.status_code == 200, gone.text
        await _forget(served, case, bucket)
        assert (await http.get(f"/v1/orders/o-1/files/{digest}", headers=shop.customer())).status_code == 404


async def _all_is_encrypted(bucket: Bucket) -> None:
    kept = bucket.kept()
    assert len(kept) >= 3, "the original, the copy and the thumbnail"
    for name in kept:
        assert name.startswith("evidence/")
        content = bucket.client.get_object(Bucket=bucket.name, Key=name)["Body"].read()
        assert b"IHDR" not in content
        assert b"JFIF" not in content
        assert not [secret for secret in SECRETS if secret in content]
    assert bucket.unfinished() == 0


async def _forget(served: Served, case: str, bucket: Bucket) -> None:
    shop = served.shop
    await Deliveries(shop.site.engine, shop.site.providers, Random(1)).drain()
    assert not isinstance(await Maintenance(shop.site.store, shop.clock).forget("toko", case), Refusal)
    await sweep(shop.site.store, shop.site.materials.vault, shop.clock.now() + STRAY + timedelta(hours=1))
    assert bucket.kept() == {}


async def test_an_upload_goes_on_where_it_stood_when_the_store_is_back(
    database_url: str, bucket: Bucket, line: Line
) -> None:
    async with serving(database_url, bucket.where) as served, httpx.AsyncClient(base_url=served.url) as http:
        shop, half = served.shop, len(PHOTO) // 2
        place = await _begin(served, http)
        assert (await _send(http, shop.customer(), place, 0, PHOTO[:half])).status_code == 204
        before = bucket.kept()
        line.breaks()
        away = await _send(http, shop.customer(), place, half, PHOTO[half:])
        assert (away.status_code, away.json()["code"]) == (503, "FILES_AWAY")
        assert away.headers["retry-after"]
        assert "127.0.0.1" not in away.text, "where files are kept is nobody's business"
        head = await http.head(place, headers=shop.customer() | TUS)
        assert head.headers["upload-offset"] == str(half)
        assert bucket.kept() == before, "nothing is half kept"
        line.mend()
        assert (await _send(http, shop.customer(), place, half, PHOTO[half:])).status_code == 204
        became = (await http.get(place, headers=shop.customer())).json()
        assert (await http.get(became["href"], headers=shop.customer())).content == PHOTO
        line.breaks()
        away = await http.get(became["href"], headers=shop.customer())
        assert (away.status_code, away.json()["code"]) == (503, "FILES_AWAY")
