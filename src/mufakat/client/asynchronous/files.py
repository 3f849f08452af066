"""Files of supporting material: upload for an order, read back."""

import mimetypes
from asyncio import to_thread
from os import PathLike
from pathlib import Path

from mufakat.api.wire.asking import FileOut
from mufakat.api.wire.files import FileFactsOut, FileViewsOut, LinkOut, OpeningsOut, OwnFilesOut
from mufakat.client.asynchronous.connection import AsyncConnection
from mufakat.client.calls import Call, json, path
from mufakat.client.digests import file_headers, sha256
from mufakat.client.errors import Unreadable

_UNKNOWN = "application/octet-stream"


class AsyncFiles(AsyncConnection):
    """What customers and sellers do with files, and who may see one reads."""

    async def put_file(self, order_id: str, content: bytes | str | PathLike[str], *, type: str = "") -> FileOut:  # noqa: A002
        """Upload a file for an order: bytes, or a path. `digest` of the answer is how a `Material` names it.

        type: its media type; by the name of the file where none is given. What arrives otherwise than it was sent is
        refused, and the same bytes again are the same file. Raises OSError where the file cannot be read.
        """
        sent = content if isinstance(content, bytes) else Path(content)
        kind = type or (isinstance(sent, Path) and mimetypes.guess_type(sent.name)[0]) or _UNKNOWN
        headers = file_headers(sent, kind, await to_thread(sha256, sent))
        where = path("orders", order_id, "files")
        return await self._ask(Call(method="POST", path=where, answer=FileOut, headers=headers, body=sent))

    async def own_file(self, order_id: str, digest: str) -> bytes:
        """A file that the caller uploaded. Raises Unreadable where the bytes do not have that digest (SHA-256, hex)."""
        return _proven(
            await self._ask(Call(method="GET", path=path("orders", order_id, "files", digest), answer=bytes)), digest
        )

    async def own_files(self, order_id: str) -> OwnFilesOut:
        """The files that the caller uploaded for an order, and how much more may come of it."""
        return await self._ask(Call(method="GET", path=path("orders", order_id, "files"), answer=OwnFilesOut))

    async def exhibit(self, case_id: str, digest: str) -> bytes:
        """A file on the record of a case as others than its giver see it: a copy without metadata.

        Of a document it is the first page as a picture; `views` lists what else there is.
        """
        return await self._ask(Call(method="GET", path=path("cases", case_id, "files", digest), answer=bytes))

    async def views(self, case_id: str, digest: str) -> FileViewsOut:
        """What there is to see of a file on the record of a case: copy, small picture, stills of a film, pages."""
        where = path("cases", case_id, "files", digest, "views")
        return await self._ask(Call(method="GET", path=where, answer=FileViewsOut))

    async def view(self, case_id: str, digest: str, number: int) -> bytes:
        """One view of a file."""
        where = path("cases", case_id, "files", digest, "views", str(number))
        return await self._ask(Call(method="GET", path=where, answer=bytes))

    async def link(self, case_id: str, digest: str, number: int | None = None) -> LinkOut:
        """A link to one view, or to the one that shows the whole, which needs no token and ends after five minutes."""
        where = path("cases", case_id, "files", digest, "links")
        return await self._ask(Call(method="POST", path=where, answer=LinkOut, body=json(number=number)))

    async def linked(self, href: str) -> bytes:
        """What a link shows; `href` is that of a `LinkOut`."""
        return await self._ask(Call(method="GET", path=href, answer=bytes))

    async def file_facts(self, case_id: str, digest: str) -> FileFactsOut:
        """What a file says of its making: time, place and camera. For agents."""
        where = path("cases", case_id, "files", digest, "facts")
        return await self._ask(Call(method="GET", path=where, answer=FileFactsOut))

    async def open_original(self, case_id: str, digest: str, reason: str) -> bytes:
        """A file as its giver sent it, for an agent; who asked, when and why is recorded.

        reason: 10 to 1000 characters. Raises Unreadable where the bytes do not have that digest (SHA-256, hex).
        """
        where = path("cases", case_id, "files", digest, "original")
        sent = json(reason=reason)
        return _proven(
            await self._ask(Call(method="POST", path=where, answer=bytes, body=sent, repeatable=False)), digest
        )

    async def openings(self, case_id: str) -> OpeningsOut:
        """Who opened originals of a case, when and why. For agents and servers."""
        return await self._ask(Call(method="GET", path=path("cases", case_id, "openings"), answer=OpeningsOut))


def _proven(content: bytes, digest: str) -> bytes:
    if sha256(content) != digest:
        raise Unreadable("the bytes do not have the digest that was asked for", 200)
    return content
