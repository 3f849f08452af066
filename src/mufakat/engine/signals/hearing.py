"""What the inspection saw in a file is noted when the file is kept, as part of what signals are made of."""

from mufakat.engine.materials import AfterKept
from mufakat.engine.signals.noting import Noting, Seen
from mufakat.evidence.inspection.inspector import Inspected
from mufakat.evidence.inspection.report import Kind
from mufakat.store.files import FileRow


def noted_by(noting: Noting) -> AfterKept:
    """Notes each file that is kept; for `Materials`."""

    async def hear(row: FileRow, inspected: Inspected) -> None:
        await noting.note_file(row.marketplace, row.order_id, row.giver.role, row.digest, seen_in(inspected))

    return hear


def seen_in(inspected: Inspected) -> Seen:
    """What counts for signals of what was found in a file. The dates of documents are no moments of a picture."""
    prints = tuple(
        (bytes.fromhex(each.fingerprint.hash), each.fingerprint.quality)
        for each in inspected.derivatives
        if each.fingerprint is not None
    )
    if inspected.kind not in (Kind.PICTURE, Kind.FILM):
        return Seen(prints, credentials=inspected.credentials)
    return Seen(prints, inspected.private.taken_at, inspected.private.taken_local, inspected.credentials)
