"""Worlds around hand-written logs: with the notices, transfers and provider that belong to them."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.lab.auditor_logs import FACTS, ID, WHO, Json, Log, order, t


def world(*logs: Log, facts: list[Json] | None = None, **changes: Any) -> Json:
    """A world of one order and these cases, with the notices, transfers and provider that belong to it."""
    events = {log.case_id: deepcopy(log.events) for log in logs}
    paid = [(case, e) for case, log in events.items() for e in log if e["name"] == "refund.paid"]
    results = [
        (case, e) for case, log in events.items() for e in log if e["name"] in {"dispute.judged", "appeal.decided"}
    ]
    provider = dict[str, int]()
    for _, e in paid:
        amount, name = e["data"]["amount"], e["data"]["obligation"]
        provider[name] = provider.get(name, 0) + amount
    return {
        "rulebook": ID,
        "end": t(24 * 400),
        "orders": [{"order": order(), "facts": FACTS if facts is None else facts, "cases": events}],
        "notices": [
            {"to_role": role, "to_id": WHO[role], "case_id": case, "code": e["name"], "at": e["at"]}
            for case, e in results
            for role in ("CUSTOMER", "SELLER")
        ],
        "transfers": [each for case, log in events.items() for each in transfers_of(case, log)],
        "provider": provider,
        "settled": True,
    } | changes


def transfers_of(case_id: str, events: list[Json]) -> list[Json]:
    """The transfers of a hand-written log: holds, refunds ordered and paid, debts left."""
    books: dict[int, _Books] = {}
    made: list[Json] = []
    for event in events:
        if event["name"] in _MOVES:
            book = books.setdefault(event["data"]["matter"], _Books(case_id))
            for leg, row in enumerate(each for each in _MOVES[event["name"]](book, event) if each[3]):
                made.append(_transfer(case_id, event, leg, row))
    return made


Moved = tuple[str, str, str, int, str]
CLAIM, DEBT, PAYABLE, CLEARING = "customer/claim", "seller/debt", "seller/payable", "provider/clearing"


@dataclass
class _Books:
    """What a matter holds and owes."""

    case_id: str
    hold: str = ""
    held: int = 0
    total: int = 0
    paid: int = 0


def _transfer(case_id: str, event: Json, leg: int, row: Moved) -> Json:
    kind, debit, credit, amount, resolves = row
    parties = {"customer": "cu", "seller": "se"}
    return {
        "id": f"{case_id}:{event['number']}:{leg}",
        "case_id": case_id,
        "number": event["number"],
        "leg": leg,
        "kind": kind,
        "debit": debit,
        "debit_party": parties.get(debit.partition("/")[0], debit.partition("/")[0]),
        "credit": credit,
        "credit_party": parties.get(credit.partition("/")[0], credit.partition("/")[0]),
        "currency": "IDR",
        "amount": amount,
        "cause": event["name"],
        "rule": "S20",
        "at": event["at"],
        "resolves": resolves,
    }


def _released(book: _Books, _event: Json) -> list[Moved]:
    rows = [("VOID", PAYABLE, DEBT, book.held, book.hold)]
    book.hold, book.held = "", 0
    return rows


def _held(book: _Books, event: Json, amount: int, leg: int) -> Moved:
    book.held, book.hold = amount, f"{book.case_id}:{event['number']}:{leg}"
    return ("PENDING", PAYABLE, DEBT, amount, "")


def _placed(book: _Books, event: Json) -> list[Moved]:
    before = _released(book, event) if book.held else []
    return [*before, _held(book, event, event["data"]["amount"], len(before))]


def _ordered(book: _Books, event: Json) -> list[Moved]:
    change, book.total = event["data"]["total"] - book.total, event["data"]["total"]
    return [("POSTED", DEBT, CLAIM, change, "")] if change > 0 else [("POSTED", CLAIM, DEBT, -change, "")]


def _paid(book: _Books, event: Json) -> list[Moved]:
    amount, rows = event["data"]["amount"], list[Moved]()
    book.paid += amount
    used, left = min(book.held, amount), book.held - min(book.held, amount)
    if used:
        rows = [("POST", PAYABLE, DEBT, used, book.hold), _held(book, event, left, 1)]
    return [*rows, ("POSTED", CLAIM, CLEARING, amount, ""), ("POSTED", PAYABLE, DEBT, amount - used, "")]


def _left(book: _Books, event: Json) -> list[Moved]:
    amount = event["data"]["amount"]
    return [
        ("POSTED", "seller/arrears", DEBT, amount, ""),
        ("POSTED", CLAIM, "customer/arrears", book.total - book.paid, ""),
    ]


_MOVES: dict[str, Callable[[_Books, Json], list[Moved]]] = {
    "hold.placed": _placed,
    "hold.released": _released,
    "refund.ordered": _ordered,
    "refund.paid": _paid,
    "debt.left": _left,
}
