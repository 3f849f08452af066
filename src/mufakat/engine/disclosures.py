"""Reads the record of openings, reveals and support together, with the reasons that are still to be read.

Each is recorded where it is done (`openings.py`, `accounts/contacts.py`, `support.py`), before anything is shown.
"""

from collections.abc import Callable
from typing import Final

from mufakat.core.disclosed import Disclosed
from mufakat.engine import openings, support
from mufakat.engine.accounts import contacts
from mufakat.store.disclosures import DisclosureRow
from mufakat.store.seal import Sealer

_ABOUT: Final[dict[Disclosed, Callable[[str, str], str]]] = {
    Disclosed.ORIGINAL: openings.about,
    Disclosed.CONTACT: contacts.reveal_about,
    Disclosed.SEEN_AS: support.about,
    Disclosed.LET_IN: support.about,
}


def reason_of(sealer: Sealer, row: DisclosureRow) -> str | None:
    """Why it was disclosed; None once the case is forgotten."""
    if row.key.wrapped is None:
        return None
    return sealer.open_alone(row.marketplace, _ABOUT[row.what](row.case_id, row.id), row.reason, row.key)
