"""Where files are kept: a folder of this machine, or an object store by URL. It sees encrypted bytes only.

Everything goes through obstore, by its blocking calls in threads: its asynchronous ones can abort the interpreter when
the program ends right after one (seen in one run of twenty). It never calls fsync on a folder, so that is done here:
when `keep` returns, the file survives the loss of power.

A file's place is `marketplace/day/name`: a hash of the marketplace's name, the day, and a random name that begins with
the moment. Nothing of it comes from a caller, and how old a file is can be read from it.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final, Self, TypeVar
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, ObjectStore, from_url

PART: Final = 5 * 1024 * 1024
"""Bytes that go to an object store at once; the smallest that S3 allows."""
PARTS_AT_ONCE: Final = 2
READ: Final = 1024 * 1024
"""Bytes read at once."""
PAGE: Final = 1000
"""Places listed at once."""
RANDOM: Final = 10
"""Random bytes of a name."""
SCHEMES: Final = ("s3", "gs", "az")
RETRIES: Final = 4
PATIENCE: Final = timedelta(seconds=30)
"""How long a call is tried again that an object store does not answer."""

T = TypeVar("T")


class VaultError(Exception):
    """The folder or object store cannot be used; the text is a sentence for people."""


class FileLost(VaultError):  # noqa: N818 - says what happened
    """There is nothing at a place where a file should be."""


class Vault:
    """Keeps, reads, lists and drops encrypted files. `folder` where it is a folder of this machine."""

    def __init__(
        self, store: ObjectStore, folder: Path | None = None, chance: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._store, self._folder, self._chance = store, folder, chance
        self._durable: set[Path] = set()

    @classmethod
    def at(cls, where: str) -> Self:
        """The vault of a folder, which is made when it is missing, or of a URL such as s3://bucket/prefix.

        Keys and addresses of an object store come from its usual variables (AWS_ACCESS_KEY_ID, AWS_ENDPOINT and the
        like). Raises VaultError.
        """
        try:
            if "://" in where:
                return cls(_object_store(where))
            folder = Path(where).expanduser().absolute()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync(folder.parent)
            return cls(LocalStore(folder), folder)
        except (BaseError, OSError, ValueError) as error:
            raise VaultError(f"Files cannot be kept in {where} ({_why(error)}).") from error

    async def check(self) -> None:
        """Write, read and drop a small file, so that a wrong place is known at the start. Raises VaultError."""
        place = f"check/{self._chance(RANDOM).hex()}"
        await self._put(lambda: obstore.put(self._store, place, b"check"))
        if [piece async for piece in self.read(place)] != [b"check"]:
            raise VaultError("Files cannot be kept: what was read back is not what was written.")
        await self.drop(place)

    def new_place(self, marketplace: str, now: datetime) -> str:
        """A fresh place for a file that arrives now."""
        name = _moment(now) + self._chance(RANDOM).hex()
        return f"{_folder_of(marketplace)}/{now.astimezone(UTC):%Y%m%d}/{name}"

    async def keep(self, place: str, file: IO[bytes]) -> None:
        """Keep what `file` holds, from its beginning, durably. Raises VaultError; then there may be bytes or not."""
        file.seek(0)
        await self._put(lambda: obstore.put(self._store, place, file, chunk_size=PART, max_concurrency=PARTS_AT_ONCE))
        if self._folder is not None:
            folder = self._folder
            await self._do(lambda: self._make_durable(folder, folder / place))

    async def read(self, place: str, span: tuple[int, int] | None = None) -> AsyncIterator[bytes]:
        """The bytes at a place; of a `span` only those from its first up to, without, its second number.

        Raises FileLost when there are none, VaultError.
        """
        options: Any = None if span is None else {"range": span}
        found = await self._do(lambda: obstore.get(self._store, place, options=options))
        stream = iter(found.stream(min_chunk_size=READ))
        while (piece := await self._next(stream)) is not None:
            yield bytes(piece)

    async def drop(self, place: str) -> None:
        """Delete the bytes at a place; nothing when there are none. Raises VaultError."""
        try:
            await self._do(lambda: obstore.delete(self._store, place))
        except FileLost:
            return

    async def places(self, marketplace: str, before: datetime) -> AsyncIterator[list[str]]:
        """Every place of a marketplace whose file arrived before that moment, in pages. Raises VaultError."""
        until = _moment(before)
        listed = await self._do(lambda: iter(obstore.list(self._store, _folder_of(marketplace), chunk_size=PAGE)))
        while (page := await self._next(listed)) is not None:
            yield [path for each in page if (path := str(each["path"])).rpartition("/")[2] < until]

    async def drop_unfinished(self, before: datetime) -> int:
        """Delete what is left of files that arrived before then and whose process died while keeping them; how many.

        In a folder those are `name#1`, which nothing lists. An object store keeps unfinished parts out of sight and
        removes them by a rule of its own (a lifecycle rule on unfinished uploads).
        """
        folder, until = self._folder, _moment(before)
        if folder is None:
            return 0

        def drop() -> int:
            left = [path for path in folder.glob("*/*/*#*") if path.name < until]
            for path in left:
                path.unlink(missing_ok=True)
            return len(left)

        return await self._do(drop)

    async def _next(self, values: Iterator[Any]) -> Any:
        """The next value, fetched in a thread; None at the end."""
        return await self._do(lambda: next(values, None))

    async def _put(self, work: Callable[[], object]) -> None:
        """What `work` puts, in a thread. Raises VaultError, also where there is no bucket or folder to put it in."""
        try:
            await self._do(work)
        except FileLost as error:
            why = _why(error.__cause__ or error)
            raise VaultError(f"The bucket or folder for files is not there ({why}).") from error

    async def _do(self, work: Callable[[], T]) -> T:
        """What `work` gives, in a thread; raises VaultError and FileLost for what can go wrong there."""
        try:
            return await asyncio.to_thread(work)
        except FileNotFoundError as error:
            raise FileLost("The file is not where it should be.") from error
        except (BaseError, OSError) as error:
            if self._folder is not None:
                what = "The folder of files cannot be used"
            elif isinstance(error, PermissionDeniedError | UnauthenticatedError):
                what = "The store of files refuses our keys, or what they may do"
            else:
                what = "The store of files does not answer as it should"
            raise VaultError(f"{what} ({_why(error)}).") from error

    def _make_durable(self, folder: Path, path: Path) -> None:
        """The file's bytes and its name; the names of the folders above it when they may be new."""
        _sync(path)
        _sync(path.parent)
        if path.parent not in self._durable:
            for above in path.parent.parents:
                _sync(above)
                if above == folder:
                    break
            self._durable.add(path.parent)


def _object_store(url: str) -> ObjectStore:
    if urlsplit(url).scheme not in SCHEMES:
        raise ValueError(f"the URL of an object store begins with one of {', '.join(SCHEMES)}")
    return from_url(url, retry_config={"max_retries": RETRIES, "retry_timeout": PATIENCE})


def _sync(path: Path) -> None:
    """Let a file's bytes, or a folder's names, reach the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _moment(moment: datetime) -> str:
    """How a name begins that is given at a moment: its milliseconds, so that names are in the order of time."""
    return f"{int(moment.timestamp() * 1000):012x}"


def _folder_of(marketplace: str) -> str:
    """A marketplace's own folder: never its name, which may hold anything."""
    return hashlib.sha256(marketplace.encode()).hexdigest()[:16]


def _why(error: BaseException) -> str:
    """The first line of what went wrong; obstore adds the store's own answer and pages for programmers."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return (str(error) or type(error).__name__).partition("\n")[0].partition("<?xml")[0].rstrip(": ")
