"""A policy as bytes: equal policies give equal bytes, old bytes still read the same, other bytes are refused."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mufakat import rulebooks
from mufakat.core.claim import Reason
from mufakat.core.policy.policy import (
    Anchor,
    ClockName,
    ClockRule,
    CodeRule,
    CodeUse,
    LapseOutcome,
    Policy,
    Span,
    SpanUnit,
    Switches,
)
from mufakat.core.policy.rulebook import decode, encode, policy_hash, resolve

BOTH = ("id", "vn")


def on(name: str, day: date = date(2026, 1, 5)) -> Policy:
    return resolve(rulebooks.load(name), day)


@pytest.mark.parametrize("market", BOTH)
@given(day=st.dates(date(2025, 8, 8), date(2028, 12, 31)))
def test_a_policy_survives_its_bytes(market: str, day: date) -> None:
    policy = on(market, day)
    data = encode(policy)
    assert decode(data) == policy
    assert encode(decode(data)) == data
    document = json.loads(data)
    assert json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == data


def test_days_with_the_same_values_differ_only_in_the_day() -> None:
    first, second = on("id", date(2026, 1, 5)), on("id", date(2026, 1, 6))
    assert replace(second, day=first.day) == first
    assert policy_hash(encode(first)) != policy_hash(encode(second))


def test_the_bytes_are_the_same_in_another_process() -> None:
    """Whatever the seed of its hashes, so whatever the order of its sets."""
    program = (
        "from datetime import date; from mufakat import rulebooks;"
        "from mufakat.core.policy.rulebook import encode, policy_hash, resolve;"
        "print(policy_hash(encode(resolve(rulebooks.load('id'), date(2026, 1, 5)))))"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert hashes == {policy_hash(encode(on("id")))}


GOLDEN = (
    b'{"format":1,"policy":{"acceptance":{"DEFECTIVE":{"anchor":"DELIVERY","durable_span":"6 months","reason":'
    b'"DEFECTIVE","span":"14 calendar days"}},"clocks":{"offer":{"lapse":"REOPEN_REVIEW","span":"48 hours"}},"codes":'
    b'[{"code":"x/y","reason":null,"statuses":["DELIVERED"],"text":"K\xc3\xa4se","use":"REJECT_REFUND"}],"data":[],'
    b'"day":"2026-01-05","grounds":{},"holidays":["2026-01-01","2026-12-25"],"market":"ID","material":[],"risk":[],'
    b'"switches":{"max_disputes":2},"windows":{},"zone":"Asia/Jakarta"}}'
)
"""Bytes as they were written once: never edit them; a case somewhere is pinned to theirs."""


def test_bytes_that_were_written_once_still_read_the_same() -> None:
    assert policy_hash(GOLDEN) == "5b1fed4f8b003f82fd2732994aeff09de99ae54739dd9b8c70ba097d6c9fc8ac"
    policy = decode(GOLDEN)
    assert policy.clocks == {
        ClockName.OFFER: ClockRule(Span(48, SpanUnit.HOURS), LapseOutcome.REOPEN_REVIEW),
    }
    assert policy.acceptance[Reason.DEFECTIVE].durable_span == Span(6, SpanUnit.MONTHS)
    assert policy.acceptance[Reason.DEFECTIVE].anchor is Anchor.DELIVERY
    assert policy.codes == (CodeRule("x/y", CodeUse.REJECT_REFUND, ("DELIVERED",), None, "Käse"),)
    assert policy.holidays == {date(2026, 1, 1), date(2026, 12, 25)}
    assert policy.switches == Switches()


def test_what_is_written_today_holds_all_that_was_written_then() -> None:
    """A later field may be added; nothing that was there may change its name or form."""
    then, now = json.loads(GOLDEN), json.loads(encode(decode(GOLDEN)))
    assert now["format"] == then["format"]
    switches = now["policy"].pop("switches")
    assert then["policy"].pop("switches").items() <= switches.items()
    clocks, then_clocks = now["policy"].pop("clocks"), then["policy"].pop("clocks")
    assert {name: {key: clocks[name][key] for key in clock} for name, clock in then_clocks.items()} == then_clocks
    assert {key: now["policy"][key] for key in then["policy"]} == then["policy"]


@pytest.mark.parametrize(
    "data,problem",
    [
        (b"", "Expecting value"),
        (b"[]", "no policy of format 1"),
        (b'{"format":2,"policy":{}}', "no policy of format 1"),
        (b'{"format":1,"policy":{},"more":1}', "no policy of format 1"),
        (b'{"format":1,"policy":{}}', "policy lacks market"),
        (GOLDEN.replace(b'"market"', b'"markt"'), "policy has no markt"),
        (GOLDEN.replace(b'"ID"', b"7"), "policy.market must be str; is 7"),
        (GOLDEN.replace(b'"48 hours"', b'"48 h"'), "'48 h' is no period"),
        (GOLDEN.replace(b'"REOPEN_REVIEW"', b'"SLEEP"'), "'SLEEP' is not a valid LapseOutcome"),
        (GOLDEN.replace(b'"holidays":[', b'"holidays":[1,'), "policy.holidays must be str; is 1"),
        (GOLDEN.replace(b'"max_disputes":2', b'"max_disputes":true'), "must be int; is True"),
    ],
)
def test_bytes_that_are_no_policy_are_refused(data: bytes, problem: str) -> None:
    with pytest.raises(ValueError) as refused:
        decode(data)
    assert problem in str(refused.value)


def test_pairs_keep_their_length() -> None:
    data = encode(on("id")).replace(b'["BREAKAGE","SELLER"]', b'["BREAKAGE"]', 1)
    with pytest.raises(ValueError, match="must have 2 parts; has 1"):
        decode(data)
