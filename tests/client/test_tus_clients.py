"""Clients of the tus protocol that we did not write, against the real server: tuspy, and tus-js-client where Node is.

Both upload in pieces, are cut off in the middle, and go on from what they remember of it.
"""

import asyncio
import hashlib
import json
import subprocess
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from PIL import Image
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed
from tusclient.storage.filestorage import FileStorage
from tusclient.uploader.uploader import Uploader

from tests.client.conftest import Served
from tests.evidence.inspected import photo
from tests.lines import line_to
from tests.node import installed

PHOTO: Final = photo("PNG", Image.effect_noise((900, 700), 100))
DIGEST: Final = hashlib.sha256(PHOTO).hexdigest()
CHUNK: Final = 100_000
METADATA: Final = {"filename": "bukti 破損, depan.png", "filetype": "image/png", "sha256": DIGEST}
LOCKED: Final = Path(__file__).parent / "tus"
"""Which tus-js-client is installed, with the hashes of all that comes with it, and the program that uses it."""


class Photo(BytesIO):
    """The photo for tuspy, which closes its file when it remembers an upload, and goes on to read it."""

    def __exit__(self, *_: object) -> None:
        """Stay open."""


@dataclass(frozen=True)
class Sender:
    """A customer with a photo to upload."""

    served: Served
    file: Path

    @property
    def headers(self) -> dict[str, str]:
        """The customer's, with a fresh token."""
        return {"authorization": self.served.shop.customer()["authorization"]}

    async def tuspy(self, far: str = "", **more: Any) -> Uploader:
        """tuspy, over a line or directly; where it knows of an upload already, it asks how far that has come."""
        client = TusClient(f"{far or self.served.url}/v1/orders/o-1/uploads", self.headers)
        return await asyncio.to_thread(client.uploader, file_stream=Photo(PHOTO), chunk_size=CHUNK, **more)

    async def received(self, url: str) -> int:
        """How much of an upload has arrived."""
        async with httpx.AsyncClient(base_url=self.served.url, headers=self.headers) as http:
            found: int = (await http.get(httpx.URL(url).path)).json()["received"]
            return found

    async def check_arrived(self, url: str) -> None:
        """Raise where the upload did not become the photo."""
        async with httpx.AsyncClient(base_url=self.served.url, headers=self.headers) as http:
            became = (await http.get(httpx.URL(url).path)).json()
            assert became["digest"] == DIGEST
            assert (await http.get(became["href"])).content == PHOTO


@pytest.fixture
async def sender(served: Served, tmp_path: Path) -> Sender:
    """The customer of an order, with a photo."""
    await served.shop.order()
    file = tmp_path / "bukti.png"
    file.write_bytes(PHOTO)
    return Sender(served, file)


# --- tuspy


async def test_tuspy_uploads_in_pieces(sender: Sender) -> None:
    uploader = await sender.tuspy(metadata=METADATA)
    await asyncio.to_thread(uploader.upload)
    assert uploader.offset == len(PHOTO)
    await sender.check_arrived(str(uploader.url))


async def test_tuspy_goes_on_after_a_cut_from_the_url_that_it_kept(sender: Sender, tmp_path: Path) -> None:
    with closing(FileStorage(str(tmp_path / "urls.json"))) as kept:  # type: ignore[no-untyped-call]
        async with line_to(sender.served.url) as (line, far):
            first = await sender.tuspy(far, store_url=True, url_storage=kept)
            line.whole = 3 * CHUNK - CHUNK // 2
            with pytest.raises(TusUploadFailed):
                await asyncio.to_thread(first.upload)
            assert first.offset == 2 * CHUNK
            line.mend()
            # What came of the third piece may be noted while this one asks; then it asks again.
            again = await sender.tuspy(far, store_url=True, url_storage=kept, retries=50, retry_delay=0)
            assert again.url == first.url
            assert 2 * CHUNK <= again.offset < 3 * CHUNK
            await asyncio.to_thread(again.upload)
    await sender.check_arrived(str(again.url))


async def test_tuspy_tries_again_by_itself(sender: Sender) -> None:
    async with line_to(sender.served.url) as (line, far):
        uploader = await sender.tuspy(far, retries=50, retry_delay=0)
        line.whole = 2 * CHUNK
        uploading = asyncio.create_task(asyncio.to_thread(uploader.upload))
        await line.broke.wait()
        line.mend()
        await uploading
    await sender.check_arrived(str(uploader.url))


async def test_tuspy_proves_each_piece(sender: Sender) -> None:
    uploader = await sender.tuspy(upload_checksum=True)
    await asyncio.to_thread(uploader.upload)
    await sender.check_arrived(str(uploader.url))


async def test_tuspy_hears_of_a_piece_that_changed_on_its_way(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Uploader, "CHECKSUM_ALGORITHM_PAIR", ("sha1", lambda piece: hashlib.sha1(piece[1:])))  # noqa: S324
        wrong = await sender.tuspy(upload_checksum=True)
        with pytest.raises(TusUploadFailed) as failed:
            await asyncio.to_thread(wrong.upload)
    assert failed.value.status_code == 460
    url = str(wrong.url)
    assert await sender.received(url) == 0
    right = await sender.tuspy(url=url, upload_checksum=True)
    await asyncio.to_thread(right.upload)
    await sender.check_arrived(url)


# --- tus-js-client


class Script:
    """The program that uploads with tus-js-client."""

    def __init__(self, sender: Sender, folder: Path) -> None:
        self._sender, self._uploads = sender, folder / "uploads.json"

    async def send(self, url: str = "", dies_at: int = 0, **more: Any) -> dict[str, Any]:
        """Run it once; what it says, and nothing where it died."""
        told = {
            "endpoint": f"{url or self._sender.served.url}/v1/orders/o-1/uploads",
            "token": self._sender.headers["authorization"].removeprefix("Bearer "),
            "file": str(self._sender.file),
            "metadata": METADATA,
            "uploads": str(self._uploads),
            "chunk": CHUNK,
            "diesAt": dies_at,
            "more": {"retryDelays": None} | more,
        }
        place = installed(LOCKED)
        assert place is not None
        running = await asyncio.create_subprocess_exec(
            "node", "send.mjs", json.dumps(told), cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        said, wrong = await asyncio.wait_for(running.communicate(), 60)
        assert running.returncode == (9 if dies_at else 0), wrong.decode()
        found: dict[str, Any] = json.loads(said) if said else {}
        return found


@pytest.fixture
async def script(sender: Sender, tmp_path: Path) -> Script:
    """tus-js-client; the test is skipped where it cannot be had."""
    if await asyncio.to_thread(installed, LOCKED) is None:
        pytest.skip("tus-js-client is not tried: there is no Node with npm here, or npm could not install it")
    return Script(sender, tmp_path)


async def test_tus_js_client_uploads_in_pieces(sender: Sender, script: Script) -> None:
    said = await script.send()
    assert said["error"] is None
    assert said["answers"] == [["POST", 201], *[["PATCH", 204]] * -(-len(PHOTO) // CHUNK)]
    await sender.check_arrived(said["url"])


async def test_tus_js_client_goes_on_in_another_process(sender: Sender, script: Script) -> None:
    assert await script.send(dies_at=3 * CHUNK) == {}
    said = await script.send()
    assert said["error"] is None
    assert said["answers"][0] == ["HEAD", 200]
    assert len(said["answers"]) == 1 + -(-len(PHOTO) // CHUNK) - 3, "what had arrived is not sent again"
    await sender.check_arrived(said["url"])


async def test_tus_js_client_goes_on_after_a_cut(sender: Sender, script: Script) -> None:
    async with line_to(sender.served.url) as (line, far):
        line.whole = 3 * CHUNK
        sending = asyncio.create_task(script.send(far, retryDelays=[50] * 100))
        await line.broke.wait()
        line.mend()
        said = await sending
    assert said["error"] is None
    assert ["HEAD", 200] in said["answers"]
    await sender.check_arrived(said["url"])


async def test_tus_js_client_sends_the_first_bytes_along(sender: Sender, script: Script) -> None:
    said = await script.send(uploadDataDuringCreation=True)
    assert said["error"] is None
    assert said["answers"] == [["POST", 201], *[["PATCH", 204]] * (-(-len(PHOTO) // CHUNK) - 1)]
    await sender.check_arrived(said["url"])


async def test_tus_js_client_may_send_post_only(sender: Sender, script: Script) -> None:
    said = await script.send(overridePatchMethod=True)
    assert said["error"] is None
    assert said["answers"] == [["POST", 201], *[["POST", 204]] * -(-len(PHOTO) // CHUNK)]
    await sender.check_arrived(said["url"])


async def test_tus_js_client_hears_why_a_file_is_refused(sender: Sender, script: Script) -> None:
    sender.file.write_bytes(b"GIF89a" + bytes(2 * CHUNK))
    said = await script.send()
    assert "FILE_TYPE_NOT_ALLOWED" in said["error"]
    assert said["answers"][-1] == ["PATCH", 415]
