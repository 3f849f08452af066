"""What the engine needs of the outside: a store, a clock, policies, identifiers, a payment provider by marketplace."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from mufakat.core.order import Order
from mufakat.core.parties import Actor, Role
from mufakat.core.policy.policy import Policy
from mufakat.core.settlement import Transfer
from mufakat.payments.provider import Provider
from mufakat.store.codec import Stored
from mufakat.store.derivatives import DerivativeRow, OpeningRow
from mufakat.store.files import FileName, FileRow
from mufakat.store.records import (
    Ahead,
    Amiss,
    Answered,
    Ask,
    Balance,
    Caches,
    CaseKey,
    CaseRow,
    Claim,
    DueCase,
    Forgotten,
    GivenUp,
    Loaded,
    LoggedEvent,
    Marketplace,
    Notice,
    OrderPut,
    Sealed,
    Stated,
    StatementWanted,
    Told,
    Watched,
    Write,
)
from mufakat.store.uploads import Part, Upload


class Log(Protocol):
    """The hot path: load for a command, write what it changed, read a log."""

    async def put_marketplace(self, marketplace: Marketplace) -> None:
        """Add a tenant or change its market or clock; raises ValueError where it would become a sandbox or live."""

    async def marketplaces(self) -> list[Marketplace]:
        """Every tenant."""

    async def put_order(self, marketplace: str, order: Order) -> OrderPut:
        """Keep a snapshot. A different one replaces it until the first case of the order."""

    async def load(self, ask: Ask) -> Loaded | None:
        """All that a command needs, in one round trip; None when the marketplace has no such order."""

    async def write(self, write: Write) -> bool:
        """Write one command's changes whole; False when the order has moved on, or the key was used meanwhile."""

    async def events(self, marketplace: str, order_id: str, case_id: str) -> list[LoggedEvent]:
        """A case's log as stored, oldest first; empty when there is none."""

    async def history(self, marketplace: str, order_id: str, case_id: str) -> list[Stored]:
        """A case's log read back, oldest first; empty when there is none."""


class Index(Protocol):
    """Lists over cases."""

    async def find_case(self, marketplace: str, case_id: str) -> CaseRow | None:
        """The index row of a case."""

    async def cases_to_tell(self, marketplace: str, order_id: str) -> list[str]:
        """The cases of an order that are open or have left a debt, oldest first: whom later facts concern."""

    async def cases(
        self, marketplace: str, after: str = "", limit: int = 100, *, open_only: bool = False
    ) -> list[CaseRow]:
        """A page of a marketplace's cases by id, after the last id of the page before."""

    async def due(self, now: datetime, limit: int) -> list[DueCase]:
        """Cases to be woken by their marketplace's clock, oldest first, at most `limit` a tenant."""

    async def postpone(self, case: DueCase, until: datetime) -> None:
        """Let the deadline loop leave a case alone until then (its marketplace's time) and count the failure."""

    async def next_moment(self) -> datetime | None:
        """The earliest moment at which a deadline, a delivery or a look may be due; for virtual clocks."""


class Outbox(Protocol):
    """Effects on their way out, and obligations to look up."""

    async def claim(self, now: datetime, lease: timedelta, limit: int, marketplace: str = "") -> list[Claim]:
        """Take rows that are due, of one marketplace or of all; nobody else gets them until the lease ends."""

    async def done(self, claim: Claim, reference: str = "") -> None:
        """Delivered; `reference` is the provider's own name of what it did. Does nothing when the lease was lost."""

    async def again(self, claim: Claim, at: datetime, error: str, *, unknown: bool) -> None:
        """Try again then. Does nothing when the lease was lost."""

    async def give_up(self, claim: Claim, error: str) -> None:
        """Never try again by itself; the row stays visible."""

    async def given_up(self, marketplace: str) -> list[GivenUp]:
        """What was given up and waits for a person."""

    async def revive(self, marketplace: str, key: str, now: datetime) -> bool:
        """Try a given-up row again from now; False when there is none."""

    async def put_notice(self, marketplace: str, notice: Notice, now: datetime) -> None:
        """Place a notice once, however often it is delivered, and have its recipient told of its cause. now: UTC."""

    async def inbox(self, marketplace: str, to_role: str, to_id: str, limit: int = 100) -> list[Notice]:
        """What stands in an inbox, newest first."""

    async def watch(self, watched: Watched, at: datetime) -> None:
        """Look an obligation up from then on, until it is paid in full."""

    async def to_look(self, now: datetime, lease: timedelta, limit: int, marketplace: str = "") -> list[Watched]:
        """Obligations to look up now, of one marketplace or of all; nobody else gets them until the lease ends."""

    async def looked(self, watched: Watched, at: datetime | None) -> None:
        """Look again then, or never (None)."""

    async def outbox_of(self, marketplace: str, case_id: str) -> dict[str, str]:
        """Key to state of every effect of a case."""

    async def told(self, marketplace: str, case_id: str) -> list[Told]:
        """What the provider was told for a case, in order, and what came of it."""


class Upkeep(Protocol):
    """Sealed texts, the ledger, and what maintenance reads and mends."""

    async def key_of(self, marketplace: str, order_id: str, case_id: str) -> CaseKey | None:
        """The wrapped key of a case."""

    async def sealed_of(self, marketplace: str, order_id: str, case_id: str) -> dict[str, Sealed]:
        """The sealed texts of a case by hash."""

    async def transfers(self, marketplace: str, case_id: str = "") -> list[Transfer]:
        """The transfers of a case in order, or of the whole marketplace."""

    async def answered(self, marketplace: str, key: str) -> Answered | None:
        """The first answer to a key."""

    def every_order(self) -> AsyncIterator[tuple[str, str]]:
        """Marketplace and id of every order."""

    async def logged_cases(self, marketplace: str, order_id: str) -> list[str]:
        """The cases of an order that have a log."""

    async def caches(self, marketplace: str, order_id: str) -> Caches | None:
        """Everything of an order that can be made again."""

    async def replace_caches(self, marketplace: str, order_id: str, fresh: Caches) -> bool:
        """Put them in place; False when the order has moved on since `fresh.version`."""

    async def forget(self, case: Forgotten) -> None:
        """Destroy the key and purge what is derived from sealed text, and list the case as forgotten."""

    async def forgotten(self) -> list[Forgotten]:
        """The list of the forgotten, for keeping beside backups."""


class Sandboxes(Protocol):
    """What moving a sandbox's clock needs: one marketplace by itself."""

    async def move_clock(self, place: Marketplace, offset: timedelta) -> bool:
        """Move a sandbox's clock on from `place.offset`; False when somebody else moved it meanwhile.

        What is looked up again later by the real clock comes nearer by as much.
        """

    async def due_by(self, marketplace: str, moment: datetime, limit: int) -> list[DueCase]:
        """Cases of one marketplace to be woken by then (its time), oldest first."""

    async def ahead(self, marketplace: str) -> Ahead:
        """What one marketplace has before it."""

    async def open_versions(self, marketplace: str) -> dict[tuple[str, str], int]:
        """Order and case to the number of the last event, for every open case of one marketplace."""


class Store(Log, Index, Outbox, Upkeep, Sandboxes, Protocol):
    """All of it: PostgreSQL, or the simulator's memory."""


class Files(Protocol):
    """The index of uploaded files: whose they are, their keys, where their bytes are."""

    async def put_file(
        self, row: FileRow, most_files: int, most_bytes: int, made: Sequence[DerivativeRow] = ()
    ) -> FileRow | None:
        """Keep a row whose bytes are there, with what was made of them, or give the earlier one; None over a limit."""

    async def files_of(self, marketplace: str, order_id: str, giver: Actor) -> list[FileRow]:
        """A giver's own files of an order that are not forgotten, oldest first."""

    async def use_files(
        self, marketplace: str, order_id: str, giver: Actor, digests: Collection[str], now: datetime
    ) -> dict[str, FileRow]:
        """Those of the giver's files that are there and not forgotten, by digest; the sweep's clock starts anew."""

    async def file_of(self, marketplace: str, order_id: str, giver: Actor, digest: str) -> FileRow | None:
        """A giver's own file, unless it is forgotten."""

    async def file_by_role(self, marketplace: str, order_id: str, role: Role, digest: str) -> FileRow | None:
        """A file that whoever has that role in the order gave, unless it is forgotten."""

    async def named_files(self, marketplace: str, order_id: str) -> set[FileName]:
        """The files that cases of the order name which are not forgotten."""

    async def files_to_sweep(self, before: datetime, limit: int) -> list[FileRow]:
        """Files that nobody has used since then and that are not known to be in a case, oldest first."""

    async def mark_named(self, row: FileRow) -> None:
        """A case names it: the sweep need not look again."""

    async def drop_file(self, row: FileRow, before: datetime) -> bool:
        """Remove a row that nobody has used since then; False when somebody has meanwhile."""

    async def places_with_rows(self, marketplace: str, places: list[str]) -> set[str]:
        """Those of the places to which a row points."""


class Views(Protocol):
    """What was made of files for others to see, and who opened an original."""

    async def derivatives_of(self, marketplace: str, order_id: str, giver: Actor, digest: str) -> list[DerivativeRow]:
        """All that was made of a giver's file, in its order."""

    async def put_opening(self, row: OpeningRow) -> None:
        """Record that an original is opened."""

    async def openings_of(self, marketplace: str, order_id: str, case_id: str) -> list[OpeningRow]:
        """Who opened originals in a case, oldest first."""


class Entering(Protocol):
    """Links that sign in once."""

    async def drop_entries(self, before: datetime) -> int:
        """Remove links that ended before then; how many."""


class Arriving(Protocol):
    """Files on their way in."""

    async def begin_upload(self, upload: Upload, most: int) -> bool:
        """Note a new one; False, and nothing noted, when the giver would have more than `most` open in the order."""

    async def upload(self, marketplace: str, upload_id: str) -> Upload | None:
        """The upload of that id."""

    async def add_part(self, upload: Upload, part: Part, until: datetime) -> Upload | None:
        """Note bytes that are there, after those that `upload` has; None when it has moved on or is gone."""

    async def parts(self, marketplace: str, upload_id: str) -> list[Part]:
        """The parts of an upload in order."""

    async def finish_upload(self, marketplace: str, upload_id: str, digest: str) -> list[Part]:
        """Note that it is a kept file now, and give up its parts, whose bytes may then be dropped."""

    async def drop_upload(self, marketplace: str, upload_id: str, over_at: datetime | None = None) -> list[Part]:
        """Remove an upload, or only if its time is over at `over_at`; its parts, whose bytes may then be dropped."""

    async def uploads_to_sweep(self, before: datetime, limit: int) -> list[Upload]:
        """Uploads whose time is over, oldest first."""


class StoreWithFiles(Store, Files, Views, Arriving, Entering, Protocol):
    """A store that also knows uploaded files, and links that sign in once: PostgreSQL."""


class Ledger(Protocol):
    """What the ledger says, for people and for other books: PostgreSQL."""

    async def transfers(self, marketplace: str, case_id: str = "") -> list[Transfer]:
        """The transfers of a case in order, or of the whole marketplace."""

    def every_transfer(self, marketplace: str) -> AsyncIterator[Transfer]:
        """All transfers of a marketplace, by order and case, without holding them all."""

    async def statement(self, wanted: StatementWanted) -> list[Stated]:
        """A page of what moved on a seller's accounts, oldest first."""

    async def balances(self, marketplace: str, seller_id: str, until: datetime) -> list[Balance]:
        """What a seller's accounts stood at just before a moment, posted and held, by currency."""

    async def told(self, marketplace: str, case_id: str) -> list[Told]:
        """What the provider was told for a case, in order, what came of it, and what the provider calls it."""

    async def amiss(self, marketplace: str) -> list[Amiss]:
        """Everything that is not as it should be in the ledger of a marketplace."""


class Clock(Protocol):
    """The moment, before a marketplace's own offset."""

    def now(self) -> datetime:
        """The moment in UTC."""


class Policies(Protocol):
    """Where resolved policies come from."""

    def policy_for(self, market: str, day: date) -> Policy:
        """Every value of a market in force on a day; raises ValueError for a market or day without a rulebook."""


class Ids(Protocol):
    """Where identifiers come from."""

    def case_id(self, now: datetime) -> str:
        """A new one, never given before."""


class Providers(Protocol):
    """The payment provider of each marketplace."""

    def provider(self, marketplace: str) -> Provider:
        """Its provider."""
