"""The outbox, the inboxes and the obligations of the simulator's store, in plain dictionaries."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mufakat.core.effects import Effect
from mufakat.core.order import Fact
from mufakat.lab.agenda import Agenda
from mufakat.store.records import Claim, GivenUp, Lane, Notice, Told, Watched, Write, lane, position

Place = tuple[str, str]


@dataclass(slots=True)
class Row:
    """A row of the outbox."""

    marketplace: str
    key: str
    order_id: str
    case_id: str
    lane: Lane
    position: int
    what: Effect | Fact
    at: datetime
    state: str = "PENDING"
    attempts: int = 0
    unknown: bool = False
    last_error: str = ""
    reference: str = ""


class MemoryOutbox:
    """Effects on their way out."""

    def __init__(self) -> None:
        self._out: dict[Place, Row] = {}
        self._out_at: Agenda[Place] = Agenda()
        self._of_case: defaultdict[Place, list[Row]] = defaultdict(list)
        self._inbox: defaultdict[tuple[str, str, str], dict[str, Notice]] = defaultdict(dict)
        self._watched: dict[Place, Watched] = {}
        self._look_at: Agenda[Place] = Agenda()

    def _put_effect(self, write: Write, case_id: str, effect: Effect) -> None:
        where = (write.marketplace, effect.key, write.order_id, case_id)
        self._put_row(Row(*where, lane(effect), position(effect), effect, write.at))

    def _put_fact(self, write: Write, key: str) -> None:
        assert write.fact is not None
        at = write.try_at or write.at
        self._put_row(Row(write.marketplace, key, write.order_id, "", Lane.FACT, write.fact_number, write.fact, at))

    def _put_row(self, row: Row) -> None:
        self._out[row.marketplace, row.key] = row
        self._of_case[row.marketplace, row.case_id].append(row)
        self._plan(row, row.at)

    def _plan(self, row: Row, at: datetime | None) -> None:
        """Set when a row is due. Money stands on the agenda only while nothing of its lane is before it."""
        waits = at is not None and row.lane is Lane.MONEY and self._overtakes(row)
        row.at = at or row.at
        self._out_at.put((row.marketplace, row.key), None if waits else at)

    def _end(self, row: Row, state: str) -> None:
        row.state = state
        self._plan(row, None)
        waiting = [o for o in self._of_case[row.marketplace, row.case_id] if (o.state, o.lane) == ("PENDING", row.lane)]
        if waiting and row.lane is Lane.MONEY:
            following = min(waiting, key=lambda other: other.position)
            self._plan(following, following.at)

    def _out_moments(self) -> tuple[datetime | None, datetime | None]:
        return self._out_at.first(), self._look_at.first()

    async def claim(self, now: datetime, lease: timedelta, limit: int, marketplace: str = "") -> list[Claim]:
        """Take rows that are due, of one marketplace or of all; nobody else gets them until the lease ends."""
        claims = list[Claim]()
        for _, place in self._out_at.until(now, limit if not marketplace else len(self._out)):
            if marketplace not in ("", place[0]) or len(claims) == limit:
                continue
            row = self._out[place]
            if row.lane is Lane.MONEY and self._overtakes(row):  # an earlier one was revived
                self._plan(row, row.at)
                continue
            row.attempts += 1
            self._plan(row, now + lease)
            where = (row.marketplace, row.key, row.order_id, row.case_id)
            claims.append(Claim(*where, row.lane, row.attempts, row.unknown, row.what))
            row.unknown = True
        return claims

    def _overtakes(self, row: Row) -> bool:
        others = self._of_case[row.marketplace, row.case_id]
        return any(o.state == "PENDING" and o.lane is row.lane and o.position < row.position for o in others)

    async def done(self, claim: Claim, reference: str = "") -> None:
        """Delivered; `reference` is the provider's own name of what it did. Does nothing when the lease was lost."""
        row = self._mine(claim)
        if row is not None:
            row.reference = reference
            self._end(row, "DONE")

    async def again(self, claim: Claim, at: datetime, error: str, *, unknown: bool) -> None:
        """Try again then. Does nothing when the lease was lost."""
        row = self._mine(claim)
        if row is not None:
            row.last_error, row.unknown = error, unknown
            self._plan(row, at)

    async def give_up(self, claim: Claim, error: str) -> None:
        """Never try again by itself; the row stays visible."""
        row = self._mine(claim)
        if row is not None:
            row.last_error = error
            self._end(row, "GIVEN_UP")

    def _mine(self, claim: Claim) -> Row | None:
        row = self._out[claim.marketplace, claim.key]
        return row if row.state == "PENDING" and row.attempts == claim.attempts else None

    async def given_up(self, marketplace: str) -> list[GivenUp]:
        """What was given up and waits for a person."""
        rows = [row for row in self._out.values() if (row.marketplace, row.state) == (marketplace, "GIVEN_UP")]
        return [GivenUp(marketplace, r.key, r.case_id, r.attempts, r.last_error) for r in rows]

    async def revive(self, marketplace: str, key: str, now: datetime) -> bool:
        """Try a given-up row again from now; False when there is none."""
        row = self._out.get((marketplace, key))
        if row is None or row.state != "GIVEN_UP":
            return False
        row.state, row.attempts, row.unknown = "PENDING", 0, True
        self._plan(row, now)
        return True

    async def put_notice(self, marketplace: str, notice: Notice, now: datetime) -> None:
        """Place a notice once, however often it is delivered; nobody is told outside of the inbox."""
        del now
        self._inbox[marketplace, notice.to_role, notice.to_id].setdefault(notice.key, notice)

    async def inbox(self, marketplace: str, to_role: str, to_id: str, limit: int = 100) -> list[Notice]:
        """What stands in an inbox, newest first."""
        found = self._inbox[marketplace, to_role, to_id].values()
        return sorted(found, key=lambda notice: (notice.placed_at, notice.key), reverse=True)[:limit]

    async def watch(self, watched: Watched, at: datetime) -> None:
        """Look an obligation up from then on, until it is paid in full."""
        self._watched[watched.marketplace, watched.obligation] = replace(watched, looks=0)
        self._look_at.put((watched.marketplace, watched.obligation), at)

    async def to_look(self, now: datetime, lease: timedelta, limit: int, marketplace: str = "") -> list[Watched]:
        """Obligations to look up now, of one marketplace or of all; nobody else gets them until the lease ends."""
        due = self._look_at.until(now, limit if not marketplace else len(self._watched))
        found = [place for _, place in due if marketplace in ("", place[0])][:limit]
        for place in found:
            self._look_at.put(place, now + lease)
        return [self._watched[place] for place in found]

    async def looked(self, watched: Watched, at: datetime | None) -> None:
        """Look again then, or never (None)."""
        place = (watched.marketplace, watched.obligation)
        if self._watched[place] == watched:
            self._watched[place] = replace(watched, looks=watched.looks + 1)
            self._look_at.put(place, at)

    def _looks_move(self, marketplace: str, by: timedelta) -> None:
        for place, at in self._look_at.moments():
            if place[0] == marketplace:
                self._look_at.put(place, at + by)

    def _out_ahead(self, marketplace: str) -> tuple[datetime | None, int]:
        """When the next obligation of one marketplace is looked up, and how many of its effects wait."""
        looks = (at for place, at in self._look_at.moments() if place[0] == marketplace)
        rows = (row for row in self._out.values() if (row.marketplace, row.state) == (marketplace, "PENDING"))
        return min(looks, default=None), sum(row.lane is not Lane.FACT for row in rows)

    async def outbox_of(self, marketplace: str, case_id: str) -> dict[str, str]:
        """Key to state of every effect of a case."""
        return {row.key: row.state for row in self._of_case[marketplace, case_id]}

    async def told(self, marketplace: str, case_id: str) -> list[Told]:
        """What the provider was told for a case, in order, and what came of it."""
        rows = sorted(self._of_case[marketplace, case_id], key=lambda row: row.position)
        return [
            Told(row.key, row.what, row.state, row.attempts, row.last_error, row.reference)
            for row in rows
            if row.lane is Lane.MONEY and isinstance(row.what, Effect)
        ]
