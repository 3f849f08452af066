"""Typing commands in: runs `mufakat` in this process and catches what it prints."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mufakat.cli import main

ORDER: dict[str, Any] = {
    "order_id": "order-1",
    "customer_id": "ani",
    "seller_id": "toko-budi",
    "currency": "IDR",
    "purchased_at": "2026-02-25T03:00:00Z",
    "promised_by": "2026-03-03T16:59:59Z",
    "shipping_fee": 1500000,
    "lines": [
        {"line_id": "1", "product_id": "blender", "quantity": 1, "unit_price": 45000000},
        {"line_id": "2", "product_id": "cup", "quantity": 4, "unit_price": 2500000},
    ],
}
DELIVERED = {"fact": "scan", "parcel": "OUTBOUND", "kind": "DELIVERED", "at": "2026-03-01T05:00:00Z"}
DIGEST = "4a44dc15364204a80fe80e9039455cc1608281820fe2b24f1e5233ade6af1dd5"
REJECTION = {"command": "RejectRequest", "code": "reverse_reject_request_reason_1", "text": "It worked when it left."}
FINDING = {
    "command": "RecordFinding",
    "line_id": "1",
    "party": "CUSTOMER",
    "item": "STATUS_OF_MERCHANDISE",
    "value": "VALID",
    "exhibit": 1,
}
ASSESSMENT = {
    "command": "AssessLine",
    "assessment": {"line_id": "1", "ground": "QUALITY", "severity": "MAJOR", "text": "A dead motor, to my eyes."},
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a command line gave back."""

    code: int
    out: str
    err: str


def mufakat(*words: str) -> Said:
    """Run one command line."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(list(words))
    return Said(code, out.getvalue(), err.getvalue())


def fine(*words: str) -> str:
    """Run one command line that must go well; what it printed."""
    said = mufakat(*words)
    assert said.code == 0, said
    assert not said.err
    return said.out


def do(who: str, case: str | None, command: dict[str, Any], *more: str) -> Said:
    """Give a command about the order of these stories."""
    place = ["order-1"] if case is None else ["order-1", case]
    return mufakat("do", *place, "--as", who, "--json", json.dumps(command), *more)


def request(*, text: str = "It never turned on.", kind: str = "REFUND") -> dict[str, Any]:
    """A request about the blender, with a film of it."""
    return {
        "command": "OpenRequest",
        "type": kind,
        "lines": [{"line_id": "1", "reason": "DEFECTIVE"}],
        "materials": [{"item": "STATUS_OF_MERCHANDISE", "digest": DIGEST}],
        "text": text,
    }


def at(moment: str) -> None:
    """Let the marketplace's clock stand at a moment."""
    fine("marketplace", "put", "toko", "--rulebook", "id", "--now", moment)


def shop(folder: Path) -> None:
    """A marketplace with one delivered order."""
    at("2026-03-02T09:00")
    (folder / "order.json").write_text(json.dumps(ORDER))
    fine("order", "put", str(folder / "order.json"))
    fine("fact", "order-1", "--json", json.dumps(DELIVERED))


def opened(folder: Path, **how: str) -> str:
    """The id of a case that was just opened in a new shop."""
    shop(folder)
    said = do("CUSTOMER:ani", None, request(**how))
    assert said.code == 0, said
    return said.out.split()[1].rstrip(",")


def disputed(folder: Path) -> str:
    """The id of a case that waits for the platform's decision."""
    case = opened(folder)
    assert do("SELLER:toko-budi", case, REJECTION).code == 0
    assert do("CUSTOMER:ani", case, {"command": "RaiseDispute", "text": "I want my money back."}).code == 0
    at("2026-03-03T09:00")
    assert "1 deadline settled" in fine("work", "--once")
    return case


def judged(folder: Path) -> str:
    """The id of a case that was judged for the customer."""
    case = disputed(folder)
    for command in (FINDING, ASSESSMENT, {"command": "Judge"}):
        said = do("AGENT:rina", case, command)
        assert said.code == 0, said
    return case


def paid(folder: Path) -> str:
    """The id of a closed case whose refund was deducted from the seller's payouts."""
    case = judged(folder)
    assert do("SELLER:toko-budi", case, {"command": "AcceptJudgement"}).code == 0
    at("2026-03-06T09:00")
    fine("work", "--once")
    return case
