"""Files that go up in pieces: after a cut, only what had not arrived is sent again (tus 1.0.0)."""

import base64
import mimetypes
from asyncio import to_thread
from os import PathLike
from pathlib import Path
from types import NoneType
from typing import Final

from mufakat.api.wire.asking import UploadOut
from mufakat.client.asynchronous.connection import AsyncConnection
from mufakat.client.calls import Call, path
from mufakat.client.digests import sha256
from mufakat.client.errors import Refused

PIECE: Final = 4 * 1024 * 1024
"""Bytes that are sent at once."""
TUS: Final = {"tus-resumable": "1.0.0"}


class AsyncUploads(AsyncConnection):
    """What customers and sellers do with long files over poor connections."""

    async def put_in_pieces(self, order_id: str, file: str | PathLike[str], *, type: str = "") -> UploadOut:  # noqa: A002
        """Upload a file for an order in pieces. `digest` of the answer is how a `Material` names it.

        type: its media type; by its name where none is given. When this gives up (Unreachable), what has arrived stays
        a day: `begin_upload`, `append` and `upload` are the steps of it. Raises OSError where the file cannot be read,
        ValueError where it became shorter meanwhile.
        """
        sent = Path(file)
        kind = type or mimetypes.guess_type(sent.name)[0] or ""
        digest = await to_thread(sha256, sent)
        upload = await self.upload(await self.begin_upload(order_id, sent.stat().st_size, type=kind, digest=digest))
        while upload.digest is None:
            piece = await to_thread(_piece, sent, upload.received)
            if not piece and upload.received < upload.length:
                raise ValueError(f"{sent} became shorter while it was sent")
            try:
                await self.append(upload.upload_id, upload.received, piece)
            except Refused as refused:
                if refused.code != "UPLOAD_MOVED_ON":  # an answer was lost, or a piece arrived in part
                    raise
            upload = await self.upload(upload.upload_id)
        return upload

    async def begin_upload(self, order_id: str, length: int, *, type: str = "", digest: str = "") -> str:  # noqa: A002
        """Begin to upload a file of so many bytes; the upload's id. digest: SHA-256 in hex, where it is known."""
        told = {name: value for name, value in (("filetype", type), ("sha256", digest)) if value}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        headers = TUS | {"upload-length": str(length)} | ({"upload-metadata": metadata} if metadata else {})
        where = path("orders", order_id, "uploads")
        place = await self._ask(
            Call(method="POST", path=where, answer=str, headers=headers, repeatable=False, header="location")
        )
        return place.rpartition("/")[2]

    async def upload(self, upload_id: str) -> UploadOut:
        """How far an upload has come, and the file that it became."""
        return await self._ask(Call(method="GET", path=path("uploads", upload_id), answer=UploadOut))

    async def append(self, upload_id: str, offset: int, piece: bytes) -> None:
        """Send the bytes of a file from `offset` on. With the last ones it is taken in, or refused with the reason.

        Refused with UPLOAD_MOVED_ON where more or less has arrived: `upload` tells how much.
        """
        headers = TUS | {"upload-offset": str(offset), "content-type": "application/offset+octet-stream"}
        where = path("uploads", upload_id)
        return await self._ask(Call(method="PATCH", path=where, answer=NoneType, headers=headers, body=piece))

    async def drop_upload(self, upload_id: str) -> None:
        """Give an upload up; what has arrived of it is removed. A file that it became stays."""
        return await self._ask(Call(method="DELETE", path=path("uploads", upload_id), answer=NoneType, headers=TUS))


def _piece(file: Path, offset: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(offset)
        return opened.read(PIECE)
