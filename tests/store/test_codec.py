"""Bytes and values: everything comes back as it was, and what is wrong is named with its place."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from mufakat.core import commands as c
from mufakat.core import events as e
from mufakat.core.claim import ClaimLine, Material, Reason, RequestType
from mufakat.core.effects import Effect, EffectKind
from mufakat.core.order import Amendment, Fact, OutsideRefund, Scan, ScanKind
from mufakat.core.parties import Actor, Role
from mufakat.core.phases import Phase
from mufakat.store import codec
from mufakat.store.codec import CodecError
from tests.core.story import delivered, order

NOW = datetime(2026, 11, 2, 3, 4, 5, 678901, tzinfo=UTC)
ACTOR = Actor(Role.CUSTOMER, "ani")
FACTS: tuple[Fact, ...] = (
    *delivered(),
    OutsideRefund("a", (1, 2), 300, NOW, chargeback=True),
    Amendment(NOW, NOW),
)


@pytest.mark.parametrize("event", [e.PhaseEntered(1, Phase.REVIEW, NOW), *(e.FactNoted(fact) for fact in FACTS)])
def test_an_event_comes_back(event: e.Event) -> None:
    recorded = e.Recorded(7, NOW, ACTOR, event)
    stored = codec.decode_event(codec.encode_event(recorded, 5))
    assert (stored.recorded, stored.batch) == (recorded, 5)


def test_every_event_can_be_stored() -> None:
    for name, kind in e.EVENTS.items():
        assert codec._decoder(kind if kind is not e.FactNoted else dict) is not None, name


def test_stored_names_are_not_python_names() -> None:
    body = codec.encode_event(e.Recorded(1, NOW, ACTOR, e.OfferAccepted(1)), 1)
    assert msgspec.json.decode(body) == {
        "name": "offer.accepted",
        "version": 1,
        "number": 1,
        "batch": 1,
        "at": "2026-11-02T03:04:05.678901Z",
        "role": "CUSTOMER",
        "by": "ani",
        "data": {"matter": 1},
    }


def test_an_effect_comes_back_and_one_of_an_earlier_version_is_a_cause_of_its_own() -> None:
    effect = Effect(
        EffectKind.NOTICE, "c:4:0", "SELLER", "s", "your_turn.review", 1, lapse="APPROVED", cause=3, among=2
    )
    assert codec.decode_effect(codec.encode_effect(effect)) == effect
    earlier = b'{"kind": "PAY", "key": "c:4:0", "to_role": "SELLER", "to_id": "s", "due": "2026-11-02T03:04:05Z"}'
    decoded = codec.decode_effect(earlier)
    assert (decoded.kind, decoded.lapse, decoded.cause, decoded.among) == (EffectKind.REFUND, "", 0, 1)


def body_of(**changes: Any) -> bytes:
    """A stored event with something changed."""
    body = msgspec.json.decode(codec.encode_event(e.Recorded(1, NOW, ACTOR, e.OfferAccepted(1)), 1))
    return msgspec.json.encode({**body, **changes})


@pytest.mark.parametrize(
    "body, says",
    [
        (b"{", "cannot be read"),
        (body_of(name="offer.eaten"), "unknown name 'offer.eaten'"),
        (body_of(version=2), "offer.accepted 2 is of a later program"),
        (body_of(data={"matter": "1"}), "Expected `int`, got `str`"),
        (body_of(role="BAKER"), "BAKER"),
    ],
)
def test_bytes_that_are_no_event_are_refused(body: bytes, says: str) -> None:
    with pytest.raises(CodecError, match=says):
        codec.decode_event(body)


def test_an_older_version_is_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(e.VERSIONS, "offer.accepted", 3)
    monkeypatch.setitem(codec.UPCASTERS, ("offer.accepted", 1), lambda data: {"part": data["matter"]})
    monkeypatch.setitem(codec.UPCASTERS, ("offer.accepted", 2), lambda data: {"matter": data["part"] + 1})
    assert codec.decode_event(body_of(version=1)).recorded.event == e.OfferAccepted(2)
    assert codec.decode_event(body_of(version=3)).recorded.event == e.OfferAccepted(1)


def test_each_version_but_the_last_has_its_upcaster() -> None:
    needed = {(name, old) for name, version in e.VERSIONS.items() for old in range(1, version)}
    assert set(codec.UPCASTERS) == needed


def test_a_chain_is_tied_to_its_case() -> None:
    assert codec.genesis("m", "c") != codec.genesis("m", "d")
    assert codec.genesis("m", "c") != codec.genesis("n", "c")
    assert codec.chain(b"1", b"2") != codec.chain(b"2", b"2")


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_comes_back(fact: Fact) -> None:
    assert codec.decode_fact(codec.encode_fact(fact)) == fact
    assert codec.decode_command(codec.encode_command(c.RecordFact(fact))) == c.RecordFact(fact)


def test_an_order_comes_back() -> None:
    assert codec.decode_order(codec.encode_order(order())) == order()
    assert codec.decode_order_json(codec.encode_order(order())) == order()


def test_a_command_comes_back() -> None:
    command = c.OpenRequest(RequestType.REFUND, (ClaimLine("a", Reason.DEFECTIVE, (1, 2)),), (Material("x"),), "text")
    assert codec.decode_command(codec.encode_command(command)) == command
    assert codec.decode_command({"command": "RaiseDispute", "lines": ["a"]}) == c.RaiseDispute(lines=("a",))


@pytest.mark.parametrize(
    "body, says",
    [
        ("{", "this is not JSON"),
        ("[]", "a JSON object is needed"),
        ("{}", "a command is a JSON object with its name"),
        ('{"command": "Fly"}', "there is no command 'Fly'; there are AcceptAgreement, "),
        ('{"command": "RaiseDispute", "linse": []}', "RaiseDispute has no field `linse`"),
        ('{"command": "RaiseDispute", "lines": "a"}', r"RaiseDispute: Expected `array`, got `str` - at `\$.lines`"),
        ('{"command": "RejectRequest"}', "RejectRequest: Object missing required field `code`"),
        ('{"command": "HandIn", "material": {"item": "x", "txt": "y"}}', "HandIn has no field `material.txt`"),
        ('{"command": "OpenRequest", "type": "GIFT", "lines": []}', "Invalid enum value 'GIFT'"),
        (
            '{"command": "RecordFact", "fact": {"fact": "rumour"}}',
            "a fact needs `fact`, one of amendment, carrier_answer, chargeback, outside",
        ),
        ('{"command": "RecordFact"}', "RecordFact has exactly one field, `fact`"),
        (
            '{"command": "RecordFact", "fact": {"fact": "scan", "parcel": "p", "kind": "LOST", "at": "2026-11-02"}}',
            "Invalid RFC3339",
        ),
    ],
)
def test_what_is_no_command_is_told_why(body: str, says: str) -> None:
    with pytest.raises(CodecError, match=says):
        codec.decode_command(body)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(CodecError, match="has no zone"):
        codec.encode_event(e.Recorded(1, datetime(2026, 1, 1), ACTOR, e.OfferAccepted(1)), 1)  # noqa: DTZ001
    with pytest.raises(CodecError, match="has no zone"):
        codec.decode_order_json({**msgspec.to_builtins(order()), "purchased_at": "2026-11-02T00:00:00"})
    with pytest.raises(CodecError, match="has no zone"):
        codec.decode_fact_json({"fact": "scan", "parcel": "p", "kind": ScanKind.LOST, "at": "2026-11-02T00:00:00"})
    assert isinstance(codec.decode_fact(codec.encode_fact(FACTS[0])), Scan)
