"""The program's side of looking inside files: hands them to the workshop and believes its answers only when they fit.

async with Inspector() as inspector:
    answer = await inspector.inspect(file, "image/jpeg")
"""

import asyncio
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Final, Self

import msgspec

from mufakat.core.refusals import Code, Refusal
from mufakat.evidence.credentials import Credentials
from mufakat.evidence.inspection import limits, types
from mufakat.evidence.inspection.door import Door, WorkshopLost
from mufakat.evidence.inspection.isolation import ALL, Walls
from mufakat.evidence.inspection.report import Fingerprint, Kind, Made, Piece, Private, Report
from mufakat.evidence.intake import MAX_FILE_BYTES, megabytes
from mufakat.evidence.kinds import HEAD

AT_ONCE: Final = 2
"""Files that are looked into at the same time."""
TRIES: Final = 2
"""How often a file is tried when the workshop is lost under it, which may be the file's fault."""
EXAMINE: Final = "mufakat.evidence.inspection.warming:examine"
COPIED: Final = 1024 * 1024
"""Bytes that are copied at once."""

log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Derivative:
    """One thing made of a file, in an open file of its own that has no name; size in bytes, sides in pixels.

    at: of a still, its moment in the film. fingerprint: of everything that is a picture, but thumbnails.
    """

    made: Made
    type: str
    size: int
    file: IO[bytes]
    width: int = 0
    height: int = 0
    at: timedelta = timedelta(0)
    fingerprint: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a file is, what others may see of it, and what only agents may know (`private`, `credentials`).

    type: the media type that was found, never the one that was claimed. Stills and pages come in their order.
    Close it, or use it in a `with`: its derivatives are open files.
    """

    kind: Kind
    type: str
    width: int
    height: int
    pages: int
    length: timedelta
    private: Private
    derivatives: tuple[Derivative, ...]
    credentials: Credentials | None = None

    def close(self) -> None:
        """Forget the derivatives."""
        for each in self.derivatives:
            each.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Inspector:
    """Looks into files, a few at once, in a workshop that is started when it is first needed, and anew when it is lost.

    `examine` and `walls` are what the workshop runs and is shut in by; only tests give others.
    """

    def __init__(self, at_once: int = AT_ONCE, examine: str = EXAMINE, walls: Walls = ALL) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._opening = asyncio.Lock()
        self._examine, self._walls = examine, walls
        self._door: Door | None = None
        self._standing: Walls | None = None
        self._under_way: set[asyncio.Task[Inspected | Refusal]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Start the workshop, if it does not run, so that the first file need not wait. Raises WorkshopLost."""
        self._closed = False
        await self._opened()

    async def close(self) -> None:
        """End the workshop; who waits for a file gets WorkshopLost, and so does who asks before it is started again."""
        self._closed = True
        async with self._opening:
            door, self._door = self._door, None
            if door:
                await door.close()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    @property
    def walls(self) -> Walls | None:
        """What shuts files in; None before a workshop has started."""
        return self._standing

    def isolation(self) -> str:
        """A sentence for people: how files are shut in while they are looked into."""
        if self._standing is None:
            return "No file was looked into yet."
        names = {Walls.NAMESPACES: "namespaces", Walls.LANDLOCK: "Landlock", Walls.CALLS: "a filter of system calls"}
        by = " and ".join(name for wall, name in names.items() if self._standing & wall)
        if self._standing & Walls.NAMESPACES:
            return f"Files are inspected in isolation, by {by}."
        if by:
            return f"Files are inspected without namespaces, which this machine forbids; they are shut in by {by}."
        return (
            "Files are inspected without isolation: this machine allows no namespaces, no Landlock and no filter of "
            "system calls. Time, memory and open files are still limited."
        )

    async def inspect(self, file: IO[bytes], claimed_type: str = "") -> Inspected | Refusal:
        """Look into an open file; it is read from its start, and its position does not matter and does not change.

        claimed_type: the media type that its sender gave, or empty. Refusals: FILE_EMPTY, FILE_TOO_LARGE,
        FILE_TYPE_NOT_ALLOWED, FILE_DAMAGED, FILE_ENCRYPTED, FILE_NOT_AS_NAMED, FILE_NOT_ONE_THING, FILE_NOT_PLAYABLE,
        FILE_NOT_UNDERSTOOD, FILE_TOO_LONG, FILE_TOO_MANY_PAGES, FILE_TOO_MANY_PIXELS. Raises WorkshopLost where this
        machine cannot look into any file.
        """
        file.flush()
        size = os.fstat(file.fileno()).st_size
        if not size:
            return Refusal(Code.FILE_EMPTY)
        if size > MAX_FILE_BYTES:
            return Refusal(
                Code.FILE_TOO_LARGE, (("limit", str(MAX_FILE_BYTES)), ("megabytes", megabytes(MAX_FILE_BYTES)))
            )
        with ExitStack() as stack:
            source = stack.enter_context(_read_only(file))
            task = asyncio.create_task(self._inspected(source, claimed_type, stack.pop_all()))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:  # a caller that gives up does not free the place that is still taken
            task.add_done_callback(_forget)
            raise

    async def _inspected(self, source: int, claimed: str, stack: ExitStack) -> Inspected | Refusal:
        with stack:
            made, report = stack.enter_context(anonymous()), stack.enter_context(anonymous())
            async with self._slots:
                for _ in range(TRIES):
                    door = await self._opened()
                    for each in (made, report):
                        each.truncate(0)
                    try:
                        status = await door.job([source, made.fileno(), report.fileno()])
                    except WorkshopLost:
                        continue
                    return await asyncio.to_thread(_answer, status, report, made, claimed)
        log.warning("The process that looks into files was lost %s times under the same file; it is refused.", TRIES)
        return Refusal(Code.FILE_NOT_UNDERSTOOD)

    async def _opened(self) -> Door:
        async with self._opening:
            if self._closed:
                raise WorkshopLost("Files are not looked into any more: the inspector is closed.")
            if self._door and self._door.open:
                return self._door
            if self._door:
                await self._door.close()
            self._door = await Door.open_at(self._examine, self._walls)
            known, self._standing = self._standing, self._door.walls
            if known is None and not self._standing & Walls.NAMESPACES:
                log.warning("%s", self.isolation())
            return self._door


def _forget(task: asyncio.Task[Inspected | Refusal]) -> None:
    """Close what nobody waits for any more."""
    if not task.cancelled() and not task.exception():
        answer = task.result()
        if isinstance(answer, Inspected):
            answer.close()


def anonymous() -> IO[bytes]:
    """An open file that has no name, in memory where the system can; gone when it is closed."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("inspection"), "w+b")
    return tempfile.TemporaryFile()


@contextmanager
def _read_only(file: IO[bytes]) -> Iterator[int]:
    """The same file, opened anew for reading only: what is kept as evidence cannot be written to over there."""
    try:
        number = os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        with anonymous() as copy:
            _copy(file.fileno(), 0, os.fstat(file.fileno()).st_size, copy)
            yield copy.fileno()
        return
    try:
        yield number
    finally:
        os.close(number)


def _copy(source: int, start: int, size: int, into: IO[bytes]) -> None:
    """Bytes of an open file into another; raises EOFError when there are fewer."""
    while size:
        piece = os.pread(source, min(size, COPIED), start)
        if not piece:
            raise EOFError
        into.write(piece)
        start, size = start + len(piece), size - len(piece)
    into.flush()
    into.seek(0)


# --- what the workshop says is distrusted


class _Lie(Exception):  # noqa: N818 - says what it is; never leaves this module
    """The report does not fit what was made; nothing of it is used."""


def _answer(status: int, report: IO[bytes], made: IO[bytes], claimed: str) -> Inspected | Refusal:
    """The answer to a job that ended so. Its process is gone, so that nothing changes any more."""
    if status:
        log.info("Looking into a file ended with %s.", status)
        return Refusal(Code.FILE_NOT_UNDERSTOOD)
    try:
        said = msgspec.json.decode(os.pread(report.fileno(), limits.REPORT_BYTES, 0), type=Report)
        if said.refused:
            log.info("A file was refused: %s %s", said.refused, said.why)
            return _refusal(said.refused, said.kind)
        kind = _kind(said)
        if not types.fits(claimed, said.type):
            return Refusal(Code.FILE_NOT_AS_NAMED, (("claimed", claimed[:100]), ("found", said.type)))
        return _inspected(said, kind, made)
    except (msgspec.DecodeError, _Lie, EOFError) as error:
        log.warning("What looks into files gave an answer that does not fit (%s).", type(error).__name__)
        return Refusal(Code.FILE_NOT_UNDERSTOOD)


def _kind(said: Report) -> Kind:
    """The kind, where the type is of it; raises _Lie."""
    if said.kind is None or types.KINDS.get(said.type) is not said.kind:
        raise _Lie
    return said.kind


def _refusal(code: str, kind: Kind | None) -> Refusal:
    """The refusal of a code that looking inside may give; the limits it names are our own."""
    match code:
        case Code.FILE_TYPE_NOT_ALLOWED:
            return Refusal(Code.FILE_TYPE_NOT_ALLOWED, (("allowed", types.ALLOWED),))
        case Code.FILE_TOO_LARGE:
            most = limits.TEXT_BYTES
            return Refusal(Code.FILE_TOO_LARGE, (("limit", str(most)), ("megabytes", megabytes(most))))
        case Code.FILE_TOO_LONG:
            return Refusal(Code.FILE_TOO_LONG, (("minutes", str(limits.LENGTH // timedelta(minutes=1))),))
        case Code.FILE_TOO_MANY_PAGES:
            return Refusal(Code.FILE_TOO_MANY_PAGES, (("limit", str(limits.PAGES)),))
        case Code.FILE_TOO_MANY_PIXELS:
            pixels = limits.FILM_PIXELS if kind is Kind.FILM else limits.PIXELS
            return Refusal(Code.FILE_TOO_MANY_PIXELS, (("limit", str(pixels // 1_000_000)),))
        case Code.FILE_DAMAGED:
            return Refusal(Code.FILE_DAMAGED)
        case Code.FILE_ENCRYPTED:
            return Refusal(Code.FILE_ENCRYPTED)
        case Code.FILE_NOT_ONE_THING:
            return Refusal(Code.FILE_NOT_ONE_THING)
        case Code.FILE_NOT_PLAYABLE:
            return Refusal(Code.FILE_NOT_PLAYABLE)
        case _:
            return Refusal(Code.FILE_NOT_UNDERSTOOD)


def _inspected(said: Report, kind: Kind, made: IO[bytes]) -> Inspected:
    """What was made, cut apart into files of its own; raises _Lie, EOFError."""
    total, at = os.fstat(made.fileno()).st_size, 0
    for each in said.pieces:
        if each.start != at or each.type not in types.MADE:
            raise _Lie
        at += each.size
    if at != total or not said.pieces:
        raise _Lie
    with ExitStack() as stack:
        derivatives = tuple(_derivative(each, made, stack) for each in said.pieces)
        stack.pop_all()
    return Inspected(
        kind,
        said.type,
        said.width,
        said.height,
        said.pages,
        timedelta(milliseconds=said.length),
        said.private,
        derivatives,
        said.credentials,
    )


def _derivative(piece: Piece, made: IO[bytes], stack: ExitStack) -> Derivative:
    if types.found(os.pread(made.fileno(), min(HEAD, piece.size), piece.start)) != piece.type:
        raise _Lie
    file = stack.enter_context(anonymous())
    _copy(made.fileno(), piece.start, piece.size, file)
    at = timedelta(milliseconds=piece.at)
    return Derivative(piece.made, piece.type, piece.size, file, piece.width, piece.height, at, piece.fingerprint)
