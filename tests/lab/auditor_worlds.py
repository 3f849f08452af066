"""Worlds around hand-written logs: with the notices, ledger and provider that belong to them."""

from copy import deepcopy
from typing import Any

from tests.lab.auditor_logs import FACTS, ID, WHO, Json, Log, order, t


def world(*logs: Log, facts: list[Json] | None = None, **changes: Any) -> Json:
    """A world of one order and these cases, with the notices, ledger and provider that belong to it."""
    events = {log.case_id: deepcopy(log.events) for log in logs}
    paid = [(case, e) for case, log in events.items() for e in log if e["name"] == "refund.paid"]
    results = [
        (case, e) for case, log in events.items() for e in log if e["name"] in {"dispute.judged", "appeal.decided"}
    ]
    ledger, provider = [], dict[str, int]()
    for case, e in paid:
        amount, name = e["data"]["amount"], e["data"]["obligation"]
        provider[name] = provider.get(name, 0) + amount
        entry = {"case_id": case, "number": e["number"], "currency": "IDR"}
        ledger.append({**entry, "account": "customer/paid", "party": "cu", "amount": amount})
        ledger.append({**entry, "account": "seller/payable", "party": "se", "amount": -amount})
    return {
        "rulebook": ID,
        "end": t(24 * 400),
        "orders": [{"order": order(), "facts": FACTS if facts is None else facts, "cases": events}],
        "notices": [
            {"to_role": role, "to_id": WHO[role], "case_id": case, "code": e["name"], "at": e["at"]}
            for case, e in results
            for role in ("CUSTOMER", "SELLER")
        ],
        "ledger": ledger,
        "provider": provider,
        "settled": True,
    } | changes
