"""The order as it was known at an instant: parcel, promise, money that went back outside."""

from datetime import datetime

from mufakat.lab.auditor.faults import Json
from mufakat.lab.auditor.moments import instant, maybe_instant

OUTBOUND = "OUTBOUND"


class Known:
    """An order and the facts about it, each with the instant at which it became known."""

    def __init__(self, order: Json, facts: list[Json]) -> None:
        self.order = order
        self.lines: dict[str, Json] = {line["line_id"]: line for line in order["lines"]}
        self.promised = maybe_instant(order.get("promised_by"))
        self.bought = instant(order["purchased_at"])
        self.scans: list[tuple[datetime, datetime, str, str]] = []  # known, at, parcel, kind
        self.outside: list[tuple[datetime, Json]] = []
        self.prices: dict[str, list[int]] = {}  # what was paid for each unit of a line, once reckoned
        self.methods: list[tuple[datetime, datetime, str]] = []  # known, at, by which the order was paid
        self.bank: list[tuple[datetime, Json]] = []
        self.answers: list[tuple[datetime, Json]] = []
        self.promises: list[tuple[datetime, datetime, datetime]] = []  # known, at, promised
        self.heard = [instant(each["known_at"]) for each in facts]
        for each in facts:
            known, fact = instant(each["known_at"]), each["fact"]
            if fact["fact"] == "scan":
                self.scans.append((known, instant(fact["at"]), fact["parcel"], fact["kind"]))
            elif fact["fact"] == "outside_refund":
                self.outside.append((known, fact))
            elif fact["fact"] == "payment" and fact.get("method"):
                self.methods.append((known, instant(fact["at"]), fact["method"]))
            elif fact["fact"] == "chargeback":
                self.bank.append((known, fact))
            elif fact["fact"] == "carrier_answer":
                self.answers.append((known, fact))
            elif fact["fact"] == "amendment":
                self.promises.append((known, instant(fact["at"]), instant(fact["promised_by"])))

    def views(self, at: datetime) -> list["View"]:
        """The order as known at an instant.

        Two views where a fact became known in that very instant: which of the two came first is then not told.
        """
        made = [View(self, at, inclusive=True)]
        if any(known == at for known in (*(s[0] for s in self.scans), *(p[0] for p in self.promises))):
            made.append(View(self, at, inclusive=False))
        return made

    def banks(self, at: datetime | None = None, *, inclusive: bool = True) -> dict[str, Json]:
        """The latest notice of each chargeback that was known at an instant, by the bank's own time.

        Of notices of one instant the graver counts: LOST before WON before OPENED.
        """
        graver = {"OPENED": 0, "WON": 1, "LOST": 2}
        found: dict[str, Json] = {}
        for seen, fact in self.bank:
            if at is not None and (seen > at or (seen == at and not inclusive)):
                continue
            last = found.get(fact["reference"])
            rank = (instant(fact["at"]), graver[fact["stage"]])
            if last is None or rank >= (instant(last["at"]), graver[last["stage"]]):
                found[fact["reference"]] = fact
        return found

    def facts(self, at: datetime) -> int:
        """How many facts were known at an instant; those of that very instant among them."""
        return sum(each <= at for each in self.heard)

    def learnt(self, parcel: str, at: datetime) -> list[datetime]:
        """The instants at which a parcel's scans became known, until then."""
        return [known for known, _, name, _ in self.scans if name == parcel and known <= at]


class View:
    """What was known at one instant."""

    def __init__(self, known: Known, at: datetime, *, inclusive: bool) -> None:
        self.scans = [
            (when, parcel, kind) for seen, when, parcel, kind in known.scans if seen < at or (inclusive and seen == at)
        ]
        promises = [(when, p) for seen, when, p in known.promises if seen < at or (inclusive and seen == at)]
        self.promised = max(promises)[1] if promises else known.promised

    def kinds(self, parcel: str = OUTBOUND) -> set[str]:
        """The kinds of scans of a parcel."""
        return {kind for _, name, kind in self.scans if name == parcel}

    def delivered(self, parcel: str = OUTBOUND) -> datetime | None:
        """When the parcel was first delivered."""
        return min((when for when, name, kind in self.scans if name == parcel and kind == "DELIVERED"), default=None)

    def last_tracking(self, parcel: str = OUTBOUND) -> datetime | None:
        """The latest scan of the parcel."""
        return max((when for when, name, _ in self.scans if name == parcel), default=None)

    @property
    def status(self) -> str:
        """How far the order's own parcel has come."""
        kinds = self.kinds()
        if "DELIVERED" in kinds:
            return "DELIVERED"
        if kinds & {"IN_TRANSIT", "LOST"}:
            return "IN_TRANSIT"
        return "AWAITING_COLLECTION" if kinds else "AWAITING_SHIPMENT"
