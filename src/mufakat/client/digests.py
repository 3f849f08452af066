"""What is told of a file before it is sent, so that the server can hold it against what arrives."""

import base64
import hashlib
from pathlib import Path


def sha256(content: bytes | Path) -> str:
    """The SHA-256 of the bytes, or of what the file holds, in hex. Raises OSError."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_headers(content: bytes | Path, kind: str, digest: str) -> dict[str, str]:
    """The headers of an upload: type, length, and the digest (hex) that the server holds against what arrives."""
    claimed = base64.b64encode(bytes.fromhex(digest)).decode()
    length = len(content) if isinstance(content, bytes) else content.stat().st_size
    return {"content-type": kind, "content-length": str(length), "content-digest": f"sha-256=:{claimed}:"}
