"""The auditor and cases that came from another system: a lawful one passes, and what must not be is caught."""

from datetime import datetime

import pytest

from mufakat.lab.auditor import Fault, audit_case, audit_world
from tests.lab import auditor_logs as a
from tests.lab.auditor_breaches import Break, add, drop, head, nth, put
from tests.lab.auditor_logs import FACTS, ID, SEAL, Json, Log, raised, t
from tests.lab.auditor_worlds import world as world_of

LEARNT_LATE = [{**fact, "known_at": t(149)} for fact in FACTS]
"""The order and its facts were put in an hour before the case."""


def extended(log: Log, hours: float, until: float, *accept: float) -> Log:
    """A due moment is moved on by so many hours until then."""
    periods = [["L1", t(end)] for end in accept]
    return log.add("due.extended", matter=1, seconds=int(hours * 3600), text="", accept_until=periods)


def imported() -> Log:
    """Rejected after 60 hours elsewhere, imported after 150; disputed here in the extended window, then in court."""
    log = Log().opened("REFUND").exhibit(1, "CUSTOMER", "PROOF_OF_DAMAGE", "REQUEST")
    log.phase("REVIEW", 48, "seller_review", "APPROVE").on(0, "SYSTEM")
    extended(log, 13, 61).phase("REVIEW", 61, "seller_review", "APPROVE")
    code = "reverse_reject_request_reason_1"
    log.on(60, "SELLER").add("request.rejected", matter=1, code=code, accept_until=[["L1", t(120)]], text=SEAL)
    log.phase("REJECTED", 108, "dispute_window", "CLOSE").on(60, "SYSTEM")
    extended(log, 43, 151, 151).phase("REJECTED", 151, "dispute_window", "CLOSE")
    log.on(150, "SYSTEM").add("case.imported", source="oldshop", external_id="RMA-1", steps=2)
    extended(log, 47, 198, 198).phase("REJECTED", 198, "dispute_window", "CLOSE")
    raised(log, 190)
    log.on(200, "SELLER").add("process.declared", matter=1, forum="COURT", started="2026-03-10", reference=SEAL)
    log.phase("STOPPED", 200 + 180 * 24, "stop", "RELEASE")
    return log.on(200 + 180 * 24, "CLOCK").add("hold.released", matter=1).closed("STOPPED_EXTERNAL_PROCESS")


def audited(log: Log, facts: list[Json]) -> list[Fault]:
    end = datetime.fromisoformat(t(24 * 400))
    return audit_case(a.order(), facts, log.events, ID, end=end, settled=True)


@pytest.mark.parametrize("facts", [FACTS, LEARNT_LATE], ids=["known", "learnt late"])
def test_a_lawful_import_has_no_fault_alone_and_in_its_world(facts: list[Json]) -> None:
    assert audited(imported(), facts) == []
    assert audit_world(world_of(imported(), facts=facts)) == []


def test_facts_that_became_known_after_the_import_count_from_then() -> None:
    late = [{**fact, "known_at": t(151)} for fact in FACTS]
    assert "S26" in {fault.rule for fault in audited(imported(), late)}


def test_a_case_of_ours_must_not_know_what_was_learnt_late() -> None:
    log = imported()
    drop("case.imported")(log)
    assert "S26" in {fault.rule for fault in audited(log, LEARNT_LATE)}


def _beside(log: Log) -> None:
    """The batch of the import holds a message of the customer too."""
    arrival = nth(log, "due.extended", 2)
    arrival.update(name="message.sent", data={"text": SEAL})


def _money(log: Log) -> None:
    nth(log, "due.extended", 1).update(name="refund.paid", data={"matter": 1, "obligation": "C1:1", "amount": 5})


BREACHES: list[tuple[str, str, Break]] = [
    ("told by an agent", "reading 13", head("case.imported", role="AGENT", by="agent-1")),
    ("from nowhere", "structure", put("case.imported", source="")),
    ("more steps in the log than were told", "structure", put("case.imported", steps=1)),
    ("twice", "structure", add("dispute.raised", 160, "SYSTEM", "case.imported", source="s", external_id="x", steps=2)),
    ("with something beside", "structure", _beside),
    ("a due moment brought forward", "reading 13", put("due.extended", 2, seconds=-3600)),
    ("a period moved too far", "arithmetic 2", put("due.extended", 2, accept_until=[["L1", t(199)]])),
    ("a period not moved", "arithmetic 2", put("due.extended", 1, accept_until=[["L1", t(120)]])),
    ("a period moved under review", "arithmetic 2", put("due.extended", 0, accept_until=[["L1", t(151)]])),
    ("a deadline that counted elsewhere", "reading 13", head("request.rejected", role="CLOCK", by="clock")),
    ("money before it came", "reading 9", _money),
]


@pytest.mark.parametrize("what,rule,breaks", BREACHES, ids=[what for what, *_ in BREACHES])
def test_a_breach_of_an_import_is_caught(what: str, rule: str, breaks: Break) -> None:
    log = imported()
    breaks(log)
    assert rule in {fault.rule for fault in audited(log, FACTS)}, what


def test_what_was_judged_before_it_came_need_not_be_told_again() -> None:
    """S8: results of the history were told where it happened; each later one is told here."""
    log = a.awarded()
    for event in log.events:
        if event["role"] == "CLOCK":
            event.update(role="AGENT", by="agent-1")
    log.on(50, "SYSTEM").add("case.imported", source="oldshop", external_id="RMA-1", steps=9)
    world = world_of(log, facts=FACTS)
    world["notices"] = []
    told = [fault for fault in audit_world(world) if fault.rule == "S8"]
    assert told == []
    log.events.pop()
    world["orders"][0]["cases"] = {"C1": log.events}
    assert len([fault for fault in audit_world(world) if fault.rule == "S8"]) == 2
