"""What people of the platform had shown to them, or gave out, for a reason that stands on record."""

from enum import StrEnum


class Disclosed(StrEnum):
    """What was shown or given. ORIGINAL: the bytes of an exhibit. CONTACT: how a party can be reached, in full.

    SEEN_AS: a case as a party sees it. LET_IN: a link that signs a party in once was made.
    """

    ORIGINAL = "ORIGINAL"
    CONTACT = "CONTACT"
    SEEN_AS = "SEEN_AS"
    LET_IN = "LET_IN"
