"""Money that cannot drift: the ledger's transfers and the provider's totals against what the logs say."""

import re
from collections import Counter, defaultdict

from mufakat.lab.auditor.faults import Fault, Json
from mufakat.lab.auditor.moments import instant
from mufakat.lab.auditor.reckoning import reckon
from mufakat.lab.auditor.trial import Trial

MOVING = {"POSTED", "POST"}
ENDING = {"POST", "VOID", "EXPIRE"}
RULE = re.compile(r"S\d+|reading \d+|arithmetic \d+")
OWING = ("customer/claim", "seller/debt")
"""What nobody owes any more when a case is closed: debts that stay are told, and stand in the arrears."""


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


def check_ledger(transfers: list[Json] | None, trials: list[Trial]) -> list[Fault]:
    """Every transfer is sound, what is pending is resolved once, and each account stands where the log puts it.

    A transfer has two sides of one amount, so sums are zero; that the right accounts are moved is reckoned anew.
    """
    if transfers is None:
        return []
    by_case: dict[str, list[Json]] = defaultdict(list)
    for each in transfers:
        by_case[each["case_id"]].append(each)
    faults = [
        Fault("row: ledger", case_id, 0, "transfers of a case that does not exist")
        for case_id in set(by_case) - {trial.case_id for trial in trials}
    ]
    for trial in trials:
        checked = _Ledger(trial, by_case[trial.case_id])
        checked.transfers()
        checked.resolved()
        checked.accounts()
        checked.ended()
        faults += checked.faults
    return faults


class _Ledger:
    """The transfers of one case beside its log."""

    def __init__(self, trial: Trial, transfers: list[Json]) -> None:
        self._trial, self._transfers = trial, transfers
        self._reckoned = reckon(trial.past)
        self.faults: list[Fault] = []

    def _fault(self, number: int, text: str) -> None:
        self.faults.append(Fault("row: ledger", self._trial.case_id, number, text))

    def transfers(self) -> None:
        """Each has an amount, two accounts of the right people, and an event of the log behind it."""
        events = {event.number: event for event in self._trial.past}
        order = self._trial.known.order
        parties = {"customer": order["customer_id"], "seller": order["seller_id"]}
        names = Counter(each["id"] for each in self._transfers)
        for each in self._transfers:
            number, event = each["number"], events.get(each["number"])
            if each["amount"] <= 0 or each["debit"] == each["credit"] or names[each["id"]] > 1:
                self._fault(number, f"{each['id']} moves {each['amount']} from {each['debit']} to {each['credit']}")
            if each["currency"] != order["currency"]:
                self._fault(number, f"{each['id']} is in {each['currency']}")
            for side in ("debit", "credit"):
                owner = each[side].partition("/")[0]
                if each[f"{side}_party"] != parties.get(owner, owner):
                    self._fault(number, f"{each['id']}: {each[side]} of {each[f'{side}_party']}")
            if event is None or event.name != each["cause"] or event.at != instant(each["at"]):
                self._fault(number, f"{each['id']} comes of {each['cause']}, which the log does not have there")
            if not RULE.fullmatch(each["rule"]):
                self._fault(number, f"{each['id']} stands by no rule: {each['rule']!r}")

    def resolved(self) -> None:
        """What ends a pending transfer comes after it, between the same accounts, for no more, and once."""
        seen: dict[str, Json] = {}
        for each in sorted(self._transfers, key=lambda each: (each["number"], each["leg"])):
            if each["kind"] in ENDING:
                before = seen.pop(each["resolves"], None)
                if before is None:
                    self._fault(each["number"], f"{each['id']} ends {each['resolves']}, which is not pending")
                elif (before["debit"], before["credit"]) != (each["debit"], each["credit"]):
                    self._fault(each["number"], f"{each['id']} ends {each['resolves']} between other accounts")
                elif each["amount"] > before["amount"] or (
                    each["kind"] != "POST" and each["amount"] < before["amount"]
                ):
                    self._fault(each["number"], f"{each['id']} ends {each['amount']} of {before['amount']}")
            elif each["resolves"]:
                self._fault(each["number"], f"{each['id']} is {each['kind']} and ends {each['resolves']}")
            elif each["kind"] == "PENDING":
                seen[each["id"]] = each
        self._pending(list(seen.values()))

    def _pending(self, pending: list[Json]) -> None:
        held = sum(each["amount"] for each in pending if each["debit"] == "seller/payable")
        claimed = sum(each["amount"] for each in pending if each["debit"] == "carrier/claim")
        if held != self._reckoned.held:
            self._fault(0, f"{held} is held by the ledger, {self._reckoned.held} by the log")
        asked = sum(amount for amount, _ in self._reckoned.claims.values())
        if claimed != asked:
            self._fault(0, f"{claimed} is claimed of carriers by the ledger, {asked} by the log")

    def accounts(self) -> None:
        """Each account stands at what the log adds up to."""
        stands: Counter[str] = Counter()
        for each in self._transfers:
            if each["kind"] in MOVING:
                stands[each["debit"]] -= each["amount"]
                stands[each["credit"]] += each["amount"]
        for account in sorted({*stands, *self._reckoned.stands}):
            told, due = stands[account], self._reckoned.stands[account]
            if told != due:
                self._fault(0, f"{account} stands at {told} by the ledger, at {due} by the log")

    def ended(self) -> None:
        """A remedy that is replaced owes nothing, nor does a closed case but its arrears; nothing is held for it."""
        if self._reckoned.dangling:
            self._fault(0, f"{self._reckoned.dangling} was owed for a remedy that was replaced")
        if not all(matter.closed for matter in self._trial.matters.values()):
            return
        for account in OWING:
            if self._reckoned.stands[account]:
                self._fault(0, f"closed with {self._reckoned.stands[account]} in {account}")
        if self._reckoned.held:
            self._fault(0, f"closed with {self._reckoned.held} held")


def check_recovered(recovered: dict[str, int] | None, collecting: list[str] | None, trials: list[Trial]) -> list[Fault]:
    """The provider recovered what the logs say, and still collects every debt that was left (S20, reading 9)."""
    faults = []
    for trial in trials:
        for matter in trial.matters.values():
            name = f"{trial.case_id}:{matter.number}:chargeback"
            if recovered is not None and recovered.get(name, 0) != matter.recovered:
                text = f"{name}: {recovered.get(name, 0)} recovered by the provider, {matter.recovered} by the log"
                faults.append(Fault("row: paid", trial.case_id, 0, text))
            remedy = matter.remedy
            if remedy is None:
                continue
            told = 0 if recovered is None else recovered.get(remedy.obligation, 0)
            if recovered is not None and told != remedy.recovered:
                text = f"{remedy.obligation}: {told} recovered by the provider, {remedy.recovered} by the log"
                faults.append(Fault("row: paid", trial.case_id, 0, text))
            debt = matter.outcome == "DEBT_LEFT" and remedy.open
            if debt and collecting is not None and remedy.obligation not in collecting:
                text = f"{remedy.obligation}: a debt of {remedy.open} is left, and the provider does not collect it"
                faults.append(Fault("S20", trial.case_id, 0, text))
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
