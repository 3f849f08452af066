"""Files of supporting material: upload for an order, read back."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

import mimetypes
from os import PathLike
from pathlib import Path

from mufakat.api.wire.asking import FileOut
from mufakat.client.calls import Call, path
from mufakat.client.digests import file_headers, sha256
from mufakat.client.errors import Unreadable
from mufakat.client.synchronous.connection import Connection

_UNKNOWN = "application/octet-stream"


class Files(Connection):
    """What customers and sellers do with files, and who may see one reads."""

    def put_file(self, order_id: str, content: bytes | str | PathLike[str], *, type: str = "") -> FileOut:  # noqa: A002
        """Upload a file for an order: bytes, or a path. `digest` of the answer is how a `Material` names it.

        type: its media type; by the name of the file where none is given. What arrives otherwise than it was sent is
        refused, and the same bytes again are the same file. Raises OSError where the file cannot be read.
        """
        sent = content if isinstance(content, bytes) else Path(content)
        kind = type or (isinstance(sent, Path) and mimetypes.guess_type(sent.name)[0]) or _UNKNOWN
        headers = file_headers(sent, kind, sha256(sent))
        where = path("orders", order_id, "files")
        return self._ask(Call(method="POST", path=where, answer=FileOut, headers=headers, body=sent))

    def own_file(self, order_id: str, digest: str) -> bytes:
        """A file that the caller uploaded. Raises Unreadable where the bytes do not have that digest (SHA-256, hex)."""
        return _proven(
            self._ask(Call(method="GET", path=path("orders", order_id, "files", digest), answer=bytes)), digest
        )

    def exhibit(self, case_id: str, digest: str) -> bytes:
        """A file on the record of a case. Raises Unreadable where the bytes do not have that digest (SHA-256, hex)."""
        return _proven(
            self._ask(Call(method="GET", path=path("cases", case_id, "files", digest), answer=bytes)), digest
        )


def _proven(content: bytes, digest: str) -> bytes:
    if sha256(content) != digest:
        raise Unreadable("the bytes do not have the digest that was asked for", 200)
    return content
