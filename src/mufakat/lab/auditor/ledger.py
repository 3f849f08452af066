"""Money that cannot drift: the ledger and the provider's totals against what the logs say."""

from collections import defaultdict

from mufakat.lab.auditor.faults import Fault, Json
from mufakat.lab.auditor.trial import Trial

RECEIPTS = "customer/paid"
"""The account of what customers received; what they are owed stands in another one."""


def paid_by_obligation(trials: list[Trial]) -> dict[str, tuple[Trial, int]]:
    """What the logs say was paid for each obligation."""
    paid: dict[str, tuple[Trial, int]] = {}
    for trial in trials:
        for event in trial.past:
            if event.name == "refund.paid":
                name = event.data["obligation"]
                before = paid[name][1] if name in paid else 0
                paid[name] = (trial, before + event.data["amount"])
    return paid


def check_ledger(ledger: list[Json] | None, trials: list[Trial]) -> list[Fault]:
    """It sums to zero in each currency: overall, for each case, for each case and event where entries name one.

    What the customer received stands in it as the logs have it. `number` (of the event) or `kind` are optional.
    """
    if ledger is None:
        return []
    sums: dict[tuple[str, ...], int] = defaultdict(int)
    customers = {trial.case_id: trial.known.order["customer_id"] for trial in trials}
    received: dict[str, int] = defaultdict(int)
    for entry in ledger:
        case_id, currency, amount = entry["case_id"], entry["currency"], entry["amount"]
        sums["", currency] += amount
        sums[case_id, currency] += amount
        cause = entry.get("number", entry.get("kind"))
        if cause is not None:
            sums[case_id, currency, str(cause)] += amount
        if entry["account"] == RECEIPTS and entry["party"] == customers.get(case_id):
            received[case_id] += amount
    faults = [
        Fault("row: ledger", key[0], 0, f"{'the ledger' if not key[0] else key[0]} sums to {total} {' '.join(key[1:])}")
        for key, total in sums.items()
        if total
    ]
    for trial in trials:
        paid = sum(event.data["amount"] for event in trial.past if event.name == "refund.paid")
        # Whether a receipt is written with plus or minus is the ledger's own convention.
        if abs(received[trial.case_id]) != paid:
            text = f"the customer received {abs(received[trial.case_id])} by the ledger, {paid} by the log"
            faults.append(Fault("row: ledger", trial.case_id, 0, text))
    return faults


def check_provider(provider: dict[str, int] | None, trials: list[Trial]) -> list[Fault]:
    """The provider paid what the logs say it paid, for each obligation."""
    if provider is None:
        return []
    faults = []
    logged = paid_by_obligation(trials)
    for name in sorted({*provider, *logged}):
        trial, total = logged.get(name, (None, 0))
        if provider.get(name, 0) != total:
            case_id = trial.case_id if trial else ""
            faults.append(
                Fault("row: paid", case_id, 0, f"{name}: {provider.get(name, 0)} by the provider, {total} by the log")
            )
    return faults
