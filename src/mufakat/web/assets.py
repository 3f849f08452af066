"""Files of our own that pages need (style, script, icons), under names that hold their hash, to be kept for ever."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated, Final

from litestar import Response, get
from litestar.params import PathParameter

from mufakat.api.problems import Troubled
from mufakat.api.troubles import Trouble

FOR_EVER: Final = "public, max-age=31536000, immutable"
TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served: under `/assets/<tag>/<name>`."""

    name: str
    tag: str
    type: str
    content: bytes

    @property
    def href(self) -> str:
        """Where it is."""
        return f"/assets/{self.tag}/{self.name}"


@cache
def assets() -> dict[str, Asset]:
    """All of them, by name; read once. A script that imports another names it by the one tag that all scripts share."""
    found = {}
    folder = resources.files(__package__ or "").joinpath("static")
    files = {each.name: each.read_bytes() for each in folder.iterdir() if _ending(each.name) in TYPES}
    scripts = _tag(b"".join(content for name, content in sorted(files.items()) if name.endswith(".js")))
    for name, content in files.items():
        ending = _ending(name)
        tag = scripts if ending == ".js" else _tag(content)
        found[name] = Asset(name, tag, TYPES[ending], content)
    return found


def asset(name: str) -> str:
    """The address of one of them; raises KeyError for a file that there is not."""
    return assets()[name].href


@get("/assets/{tag:str}/{name:str}", include_in_schema=False, opt={"open": True})
async def read_asset(
    tag: Annotated[str, PathParameter(max_length=64)], name: Annotated[str, PathParameter(max_length=100)]
) -> Response[bytes]:
    """One of them. Under another tag than its own it is not there: a page of an older program must not mix with it."""
    found = assets().get(name)
    if found is None or found.tag != tag:
        raise Troubled(Trouble.NOT_FOUND)
    headers = {"Cache-Control": FOR_EVER, "Content-Security-Policy": "default-src 'none'"}
    return Response(found.content, headers=headers, media_type=found.type)


def _ending(name: str) -> str:
    return name[name.rfind(".") :]


def _tag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
