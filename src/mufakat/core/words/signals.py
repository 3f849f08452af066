"""Signals as sentences for agents, in English: what was seen, where, and how far it can be trusted. Never a verdict."""

from mufakat.core.parties import Role
from mufakat.core.signals import Link, Signal, SignalKind, Tie, Zone
from mufakat.core.words import Language, fill, local, sentence_case, term

SEEN: dict[SignalKind, str] = {
    SignalKind.SAME_FILE: "The very same file as {what} is also on record: {places}.",
    SignalKind.NEAR_PICTURE: "A picture that looks like {what} is also on record: {places}.",
    SignalKind.NEAR_TEXT: "What {giver} wrote in {what} also stands, nearly the same: {places}.",
    SignalKind.TRACKING_USED_TWICE: "The tracking number in {what} is also named: {places}.",
    SignalKind.TAKEN_BEFORE_DELIVERY: (
        "By what the file says of itself, {what} was taken at {taken}, before the delivery at {delivered}{zone}."
    ),
    SignalKind.CONTENT_CREDENTIALS: (
        "{what} carries content credentials (C2PA) that {holds}[: made with {generator}][, signed by {signer}]"
        "[, signed at {signed_at}][; its making is given as {sources}][; done to it: {actions}][ ({faults})]. "
        "Who stands behind the signature was not checked."
    ),
}

HOLDS: dict[str, str] = {
    "INTACT": "fit the file",
    "BROKEN": "do not fit the file, so it was changed since or they are of another",
    "UNREADABLE": "cannot be read",
}
"""What the check of credentials gave, by its code in `evidence/credentials.py`."""

TIES: dict[Tie, str] = {
    Tie.SAME_CASE: "in this case",
    Tie.SAME_ORDER: "in another case of this order",
    Tie.SAME_ACCOUNT: "in another order of the same account",
    Tie.OTHER_ACCOUNT: "by another account",
}

ZONES: dict[Zone, str] = {
    Zone.KNOWN: "",
    Zone.ANY: "; the zone of that clock is not known, and it holds in every zone",
    Zone.MARKET: "; the zone of that clock is not known, and it holds if it was the market's",
}


def say(signal: Signal, zone: str) -> str:
    """A signal as a sentence: times in the market's zone, a camera's own time as it stands."""
    facts = {
        "what": _what(signal.exhibit, signal.event),
        "giver": term(signal.giver),
        "places": _places(signal),
        "taken": _taken(signal, zone),
        "delivered": local(signal.delivered, zone) if signal.delivered else "",
        "zone": ZONES[signal.zone or Zone.KNOWN],
        **dict(signal.credentials),
    }
    facts["holds"] = HOLDS.get(facts.get("holds", ""), "")
    template = SEEN[signal.kind].replace("{zone}", facts["zone"])
    return sentence_case(fill(template, facts))


def _what(exhibit: int, event: int) -> str:
    if exhibit:
        return f"exhibit {exhibit}"
    return f"entry {event} of the record" if event else "the order's own parcel"


def _places(signal: Signal) -> str:
    """Each place that is linked, and how many there are beside."""
    told = "; ".join(_place(signal.kind, link) for link in signal.links)
    more = signal.found - len(signal.links)
    if signal.at_least:
        return f"{told}; and in at least {more} more places" if more else f"{told}; and perhaps in more places"
    return f"{told}; and in {more} more place{'s' if more > 1 else ''}" if more else told


def _place(kind: SignalKind, link: Link) -> str:
    if link.tie is Tie.OTHER_ACCOUNT:
        who = f"by another {_noun(link.giver)} ({link.account}), "
    elif link.tie is Tie.SAME_CASE:
        who = f"by {term(link.giver)}, "
    else:
        who = f"{TIES[link.tie]}, "
    where = "in this case" if link.tie is Tie.SAME_CASE else f"in case {link.case_id}"
    return f"{who}{where} ({_what(link.exhibit, link.event)}{_alike(kind, link)})"


def _noun(role: Role) -> str:
    return term(role, Language.EN).removeprefix("the ")


def _alike(kind: SignalKind, link: Link) -> str:
    if link.alike is None:
        return ""
    if kind is SignalKind.NEAR_TEXT:
        return f", about {link.alike} % of its pairs of words"
    if not link.alike:
        return ", the same fingerprint"
    return f", {link.alike} of 256 bits of the fingerprint differ"


def _taken(signal: Signal, zone: str) -> str:
    if signal.taken is None:
        return ""
    if signal.taken.tzinfo is not None:
        return local(signal.taken, zone)
    return local(signal.taken, "UTC").removesuffix(" UTC") + " on the camera's clock"
