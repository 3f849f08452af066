"""One file, looked into: runs in a process of its own, in the workshop. Loading this loads every decoder.

`examine` is what the workshop calls; it never raises for what is in a file.
"""

import os
from typing import Final

import msgspec

from mufakat.core.refusals import Code
from mufakat.evidence.credentials import read_credentials
from mufakat.evidence.inspection import documents, films, pictures, shape, types
from mufakat.evidence.inspection.limits import TEXT_BYTES
from mufakat.evidence.inspection.making import Making, Unfit
from mufakat.evidence.inspection.report import Kind, Made, Report
from mufakat.evidence.kinds import HEAD, TEXT, NotAllowed, Sniffer

READ: Final = 16 * 1024 * 1024
"""Bytes that are read at once."""


def examine(source: int, made: int, report: int) -> None:
    """Look into the open file `source`; write what is made of it to `made`, and the report to `report`."""
    os.pwrite(report, msgspec.json.encode(examined(_content(source), Making(made))), 0)


def examined(data: bytes, making: Making) -> Report:
    """The report on a file."""
    kind = types.found(data[:HEAD])
    try:
        answer = _by_kind(kind, data, making)
    except Unfit as unfit:
        return Report(refused=unfit.code.value, why=unfit.why, kind=types.KINDS[kind])
    except Exception as error:  # noqa: BLE001 - hostile content makes decoders raise anything
        return Report(refused=Code.FILE_NOT_UNDERSTOOD.value, why=type(error).__name__)
    found = None if kind == TEXT else read_credentials(data, answer.type)
    return msgspec.structs.replace(answer, pieces=tuple(making.pieces), credentials=found)


def _by_kind(kind: str, data: bytes, making: Making) -> Report:
    if kind == TEXT:
        return _text(data, making)
    shape.check(kind, data)
    match types.KINDS[kind]:
        case Kind.PICTURE:
            return pictures.examine(kind, data, making)
        case Kind.DOCUMENT:
            return documents.examine(data, making)
        case _:
            return films.examine(kind, data, making)


def _text(data: bytes, making: Making) -> Report:
    """Plain text passes as it is; what only looks like text does not."""
    sniffer = Sniffer()
    try:
        sniffer.feed(data)
        sniffer.end()
    except NotAllowed as error:
        raise Unfit(Code.FILE_TYPE_NOT_ALLOWED) from error
    if len(data) > TEXT_BYTES:
        raise Unfit(Code.FILE_TOO_LARGE)
    making.add(Made.COPY, TEXT, data)
    return Report(kind=Kind.TEXT, type=TEXT)


def _content(source: int) -> bytes:
    """The whole file; it is small enough, and nobody can change it under a decoder's hands."""
    pieces, at = [], 0
    while piece := os.pread(source, READ, at):
        pieces.append(piece)
        at += len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
