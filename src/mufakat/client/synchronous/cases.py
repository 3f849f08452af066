"""Cases: open one, give it commands, read and list them."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, TypedDict, Unpack

from mufakat.api.wire import cases as w
from mufakat.api.wire.record import RecordOut
from mufakat.api.wire.signals import SignalsOut
from mufakat.api.wire.statements import ReasonsListOut, ReasonsOut
from mufakat.api.wire.worksheet import WorksheetOut
from mufakat.client.calls import Call, body, fresh_key, path, version
from mufakat.client.synchronous.connection import Connection
from mufakat.core.claim import ClaimLine, Material, Override, RequestType
from mufakat.core.commands import Command, OpenRequest, RecordFindings, SendMessage
from mufakat.core.parties import Role
from mufakat.core.phases import Phase


class Cases(Connection):
    """What a caller may do with cases, and read of them, in the role that the token gives."""

    def open_case(
        self,
        order_id: str,
        type: RequestType,  # noqa: A002 - the name that it has everywhere
        lines: Sequence[ClaimLine],
        *,
        text: str = "",
        materials: Sequence[Material] = (),
        key: str | None = None,
    ) -> w.DoneOut:
        """Open a request about chosen units of one order (S1, S27).

        text: what the customer says about it. key: an idempotency key of your own; one is made where none is given.
        """
        asked = OpenRequest(type, tuple(lines), tuple(materials), text)
        return self._ask(
            Call(
                method="POST",
                path=path("cases"),
                answer=w.DoneOut,
                body=body(asked, order_id=order_id),
                key=fresh_key(key),
            )
        )

    def command(
        self, case_id: str, command: Command, *, key: str | None = None, if_match: int | None = None
    ) -> w.DoneOut:
        """Give a case a command, such as `RaiseDispute(text="...")` of `mufakat.core.commands`, in the caller's role.

        `available_actions` of the case names those that are open to the caller. key: an idempotency key of your own;
        one is made where none is given. if_match: the `version` of the case on which the caller decided; where the
        case has moved on, nothing is done (`VERSION_CHANGED`).
        """
        return self._ask(
            Call(
                method="POST",
                path=path("cases", case_id, "commands"),
                answer=w.DoneOut,
                headers=version(if_match),
                body=body(command, command=type(command).__name__),
                key=fresh_key(key),
            )
        )

    def say(self, case_id: str, text: str, *, materials: Sequence[Material] = (), key: str | None = None) -> w.DoneOut:
        """Say something to the other side; what it carries counts as material (S4)."""
        return self.command(case_id, SendMessage(tuple(materials), text), key=key)

    def case(self, case_id: str) -> w.CaseOut:
        """A case as the caller may see it, with what the caller may do now and until when."""
        return self._ask(Call(method="GET", path=path("cases", case_id), answer=w.CaseOut))

    def timeline(self, case_id: str) -> w.TimelineOut:
        """What happened in a case, in sentences, in the language of this client."""
        return self._ask(Call(method="GET", path=path("cases", case_id, "timeline"), answer=w.TimelineOut))

    def messages(self, case_id: str) -> w.MessagesOut:
        """What customer and seller said to each other. To say something, `say`."""
        return self._ask(Call(method="GET", path=path("cases", case_id, "messages"), answer=w.MessagesOut))

    def record(self, case_id: str) -> RecordOut:
        """What the platform itself knows of a case (S7), and what follows from it, in this client's language."""
        return self._ask(Call(method="GET", path=path("cases", case_id, "record"), answer=RecordOut))

    def statements(self, case_id: str) -> ReasonsListOut:
        """The judgements of a case, with where to read the statement of reasons of each."""
        return self._ask(Call(method="GET", path=path("cases", case_id, "statements"), answer=ReasonsListOut))

    def reasons(self, case_id: str, number: int, *, for_role: Role | None = None) -> ReasonsOut:
        """Why judgement `number` (from 1) is as it is, in this client's language.

        for_role: whose statement; a server and an agent must say, a party gets its own.
        """
        where = path("cases", case_id, "statements", str(number))
        query = {"for": for_role, "format": "JSON"}
        return self._ask(Call(method="GET", path=where, answer=ReasonsOut, query=query))

    def reasons_pdf(self, case_id: str, number: int, *, for_role: Role | None = None) -> bytes:
        """The same as a PDF to print or to send on."""
        where = path("cases", case_id, "statements", str(number))
        return self._ask(Call(method="GET", path=where, answer=bytes, query={"for": for_role, "format": "PDF"}))

    def signals(self, case_id: str) -> SignalsOut:
        """For agents: what was seen beside the material of a case, in this client's language. None of it decides."""
        return self._ask(Call(method="GET", path=path("cases", case_id, "signals"), answer=SignalsOut))

    def worksheet(self, case_id: str) -> WorksheetOut:
        """For agents: every item, every rule and the judgement as it would stand, in this client's language."""
        return self._ask(Call(method="GET", path=path("cases", case_id, "worksheet"), answer=WorksheetOut))

    def suppose(self, case_id: str, given: RecordFindings, overrides: Sequence[Override] = ()) -> WorksheetOut:
        """For agents: the worksheet as it would be with these answers and assessments. Nothing is written.

        To record them, give the same to `command`. overrides: what would be decided otherwise than derived.
        """
        where = path("cases", case_id, "worksheet")
        sent = body(given, overrides=list(overrides))
        return self._ask(Call(method="POST", path=where, answer=WorksheetOut, body=sent))

    def foreseen_reasons(
        self,
        case_id: str,
        given: RecordFindings,
        *,
        for_role: Role,
        paragraph: str = "",
        overrides: Sequence[Override] = (),
    ) -> ReasonsOut:
        """For agents: the statement of reasons that a party would read if all this were judged now. Nothing is written.

        In this client's language. paragraph, overrides: as `Judge` and `DecideAppeal` take them. With nothing given,
        where a draft waits for a second person, it is the draft's.
        """
        where = path("cases", case_id, "worksheet", "statement")
        sent = body(given, paragraph=paragraph, overrides=list(overrides))
        return self._ask(Call(method="POST", path=where, answer=ReasonsOut, query={"for": for_role}, body=sent))

    def events(self, case_id: str, *, after: int = 0) -> Iterator[w.EventOut]:
        """Every event of a case after a number, as it stands in the log, with its chain of hashes."""
        while True:
            page = self.events_page(case_id, after=after)
            yield from page.events
            if not page.events:
                return
            after = page.next

    def events_page(self, case_id: str, *, after: int = 0) -> w.EventsOut:
        """Some events of a case after a number. `next` of the answer is the number to go on from."""
        where = path("cases", case_id, "events")
        return self._ask(Call(method="GET", path=where, answer=w.EventsOut, query={"after": after}))

    def cases(self, *, page_size: int | None = None, **filters: Unpack["Filters"]) -> Iterator[w.CaseRowOut]:
        """Every case under some filters, page by page: a party's own, the platform's all.

        To follow changes, list by CHANGED with `changed_since` a minute before your last look, and skip the versions
        that you have: two cases can be written at once, and the later moment may land first.
        """
        cursor: str | None = ""
        while cursor is not None:
            page = self.cases_page(cursor, page_size=page_size, **filters)
            yield from page.cases
            cursor = page.next

    def cases_page(self, cursor: str = "", *, page_size: int | None = None, **filters: Unpack["Filters"]) -> w.CasesOut:
        """One page of a list. `next` of the answer is the cursor of the page after it, None at the end."""
        query = {"limit": page_size, "cursor": cursor, **filters}
        return self._ask(Call(method="GET", path=path("cases"), answer=w.CasesOut, query=query))


class Filters(TypedDict, total=False):
    """What a list of cases is narrowed and sorted by; all must hold. Instants with a zone."""

    sort: Literal["NEWEST", "OLDEST", "DUE", "CHANGED"]
    order_id: str
    customer_id: str
    seller_id: str
    type: RequestType
    phase: Phase
    open: bool
    due_before: datetime
    changed_since: datetime
