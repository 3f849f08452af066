"""Every fault of a rulebook file is named with its line, its key and what is allowed, all at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mufakat import rulebooks
from mufakat.core import process
from mufakat.core.phases import Phase
from mufakat.core.policy.checks import ProcessTable, check_rows
from mufakat.core.policy.faults import Fault, ParseError
from mufakat.core.policy.lines import locate, nearest
from mufakat.core.policy.policy import ClockName
from mufakat.core.policy.reader import Reader
from mufakat.core.policy.rulebook import parse

ID = rulebooks.text("id")
OFFER = "[clock.offer]"
SPAN = 'span = [{ from = 2025-07-02, value = "48 hours", cites = "default", grade = "default" }]'
LAPSE = 'lapse = [{ from = 2025-07-02, value = "REOPEN_REVIEW", cites = "default", grade = "default" }]'


def line_of(text: str, what: str, after: str = "") -> int:
    """The line (from 1) of the first `what` after the first `after`."""
    return text.count("\n", 0, text.index(what, text.index(after))) + 1


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(ParseError) as refused:
        parse(text, "id")
    return refused.value.faults


def changed(section: str, old: str, new: str) -> str:
    """Indonesia's file with `old`, the first after the header `section`, replaced."""
    start = ID.index(section)
    assert old in ID[start:], old
    return ID[:start] + ID[start:].replace(old, new, 1)


SPAN_IN_2026 = SPAN.replace("2025-07-02", "2026-07-02")
LATER = SPAN.replace("}]", '}, { from = 2025-07-02, value = "1 hour", cites = "default", grade = "default" }]')
AT_FIRST = 'value = "REQUIRED", cites = "default", grade = "default" }'
NO_MORE = AT_FIRST + ', { from = 2026-03-01, value = "none", cites = "default", grade = "default" }'
SELLERS_LIST = ID[ID.index("[material.OTHER.SELLER]") : ID.index("# What the platform's own data")]
COUNTERFEIT = "[material.COUNTERFEIT.CUSTOMER]"
UNBOXING = 'UNBOXING_VIDEO = [{ from = 2025-07-02, value = "%s", cites = "default", grade = "default" }]'
ADDRESS = '{ from = 2025-08-31, value = "none", cites = "code-changes", grade = "A" }'

# what is wrong: section, what stands there, what is put there, line of (section, text), key, sentence
CASES: dict[str, tuple[str, str, str, str, str, str]] = {
    "unknown section": ("[switch]", "[switch]", "[swich]", "[swich]", "swich", "unknown key; allowed are market, "),
    "unknown clock": (OFFER, OFFER, "[clock.ofer]", "[clock.ofer]", "clock.ofer", "unknown key; allowed are seller_r"),
    "unknown key of a clock": (OFFER, "anchor", "ankor", "ankor", "clock.offer.ankor", "unknown key; allowed are phas"),
    "unknown key of an entry": (
        OFFER,
        SPAN,
        SPAN.replace("cites =", "note = 1, cites ="),
        "note",
        "clock.offer.span[0].note",
        "unknown key; allowed are from, value, cites, grade",
    ),
    "missing clock": (OFFER, OFFER, "[clock.ofer]", "[clock.seller_review]", "clock.offer", "is missing"),
    "missing lapse": (OFFER, LAPSE, "", OFFER, "clock.offer.lapse", "is missing"),
    "a reminder in days": (
        OFFER,
        '"12 hours"',
        '"1 calendar day"',
        "remind",
        "clock.offer.remind[0].value",
        "a reminder is given in hours before the due moment, such as '24 hours'",
    ),
    "no list of reminders": (
        OFFER,
        '["12 hours"]',
        '"12 hours"',
        "remind",
        "clock.offer.remind[0].value",
        "must be a list of hours such as ['24 hours', '6 hours']; is '12 hours'",
    ),
    "reminders out of order": (
        OFFER,
        '["12 hours"]',
        '["6 hours", "12 hours"]',
        "remind",
        "clock.offer.remind[0].value",
        "must be the longest first, each once",
    ),
    "a reminder before the clock runs": (
        OFFER,
        '"12 hours"',
        '"48 hours"',
        "remind",
        "clock.offer.remind[0].value",
        "'48 hours' before the end does not lie within '48 hours', which counts on 2025-07-02",
    ),
    "a reminder for nobody": (
        "[clock.no_scan]",
        'cites = "default", grade = "default" }]\nlapse',
        (
            'cites = "default", grade = "default" }]\nremind = [{ from = 2025-07-02, value = ["1 hour"], '
            'cites = "default", grade = "default" }]\nlapse'
        ),
        "remind",
        "clock.no_scan.remind",
        "nobody can be reminded: the clock waits for no person in a phase of its own",
    ),
    "missing phase": (OFFER, 'phase = ["OFFERED"]', "", OFFER, "clock.offer.phase", "is missing"),
    "missing window": ("[window.EXCHANGE]", "EXCHANGE", "SWAP", "[window.REFUND]", "window.EXCHANGE", "is missing"),
    "missing material": (
        "[material.OTHER.SELLER]",
        "SELLER",
        "SHOP",
        "[material.OTHER.CUSTOMER]",
        "material.OTHER.SELLER",
        "is missing",
    ),
    "missing ground": ("[ground.OTHER]", "OTHER", "ELSE", "[ground.NOT", "ground.OTHER", "is missing"),
    "missing risk row": (
        "[risk.QUALITY.plain]",
        "plain",
        "mild",
        "[risk.QUALITY.ag",
        "risk.QUALITY.plain",
        "is missing",
    ),
    "missing switch": ("[switch]", "max_offers", "offers", "[switch]", "switch.max_offers", "is missing"),
    "no cites": (OFFER, ', cites = "default"', "", "span", "clock.offer.span[0].cites", "is missing: every value says"),
    "no grade": (OFFER, ', grade = "default"', "", "span", "clock.offer.span[0].grade", "is missing: every value says"),
    "no from": (OFFER, "from = 2025-07-02, ", "", "span", "clock.offer.span[0].from", "is missing: every value says"),
    "no value": (OFFER, 'value = "48 hours", ', "", "span", "clock.offer.span[0].value", "is missing: every value"),
    "cites nobody": (
        OFFER,
        '"default", grade',
        '"someone", grade',
        "span",
        "clock.offer.span[0].cites",
        "must be a name under sources, an address, or default; is 'someone'",
    ),
    "default beside a source": (
        OFFER,
        '"default", grade',
        '["default", "process"], grade',
        "span",
        "clock.offer.span[0].cites",
        "must be a name under sources, an address, or default; is 'default'",
    ),
    "good grade of a default": (
        OFFER,
        'grade = "default"',
        'grade = "A"',
        "span",
        "clock.offer.span[0].grade",
        "the grade is default where cites says default, and only there",
    ),
    "unknown grade": (
        OFFER,
        'grade = "default"',
        'grade = "E"',
        "span",
        "clock.offer.span[0].grade",
        "must be one of A, B, C, D, default; is 'E'",
    ),
    "bad span": (OFFER, '"48 hours"', '"2 days"', "span", "clock.offer.span[0].value", "'2 days' is no period: write"),
    "span that is no text": (OFFER, '"48 hours"', "48", "span", "clock.offer.span[0].value", "must be a text; is 48"),
    "none where a value must be": (OFFER, '"48 hours"', '"none"', "span", "clock.offer.span[0].value", "is no period"),
    "unknown outcome": (
        OFFER,
        "REOPEN_REVIEW",
        "SLEEP",
        "lapse",
        "clock.offer.lapse[0].value",
        "must be one of APPROVE, ",
    ),
    "outcome that the phase does not know": (
        OFFER,
        "REOPEN_REVIEW",
        "CLOSE",
        "lapse",
        "clock.offer.lapse[0].value",
        "silence there can mean REOPEN_REVIEW; is CLOSE",
    ),
    "unknown phase": (OFFER, '"OFFERED"', '"OFERED"', "phase", "clock.offer.phase", "must be one of REVIEW, OFFERED, "),
    "phase that is no list": (
        OFFER,
        '["OFFERED"]',
        '"OFFERED"',
        "phase",
        "clock.offer.phase",
        "must be a list such as",
    ),
    "no phase": (OFFER, '["OFFERED"]', "[]", "phase", "clock.offer.phase", "must name the phases"),
    "proposal in a phase": (
        "[clock.proposal]",
        "phase = []",
        'phase = ["REVIEW"]',
        "phase = ",
        "clock.proposal.phase",
        "must be []: a proposal waits beside any phase",
    ),
    "wrong owner": (
        OFFER,
        '"CUSTOMER"',
        '"SELLER"',
        "owner",
        "clock.offer.owner",
        "in OFFERED it is the turn of CUSTO",
    ),
    "no owner": (OFFER, '["CUSTOMER"]', "[]", "owner", "clock.offer.owner", "must name who acts: no phase waits"),
    "wrong way on": (
        OFFER,
        'then = ["REVIEW"]',
        'then = ["CLOSED"]',
        "then",
        "clock.offer.then",
        "can lead to REVIEW;",
    ),
    "no way on": (
        OFFER,
        'then = ["REVIEW"]',
        "then = []",
        "then",
        "clock.offer.then",
        "the lapse can lead to REVIEW; is",
    ),
    "unknown anchor": (OFFER, "OFFER_MADE", "DAWN", "anchor", "clock.offer.anchor", "must be one of REQUEST_OPENED, "),
    "dates out of order": (
        OFFER,
        SPAN,
        LATER,
        "span",
        "clock.offer.span[1].from",
        "must be after 2025-07-02; is 2025-",
    ),
    "date as text": (
        OFFER,
        "from = 2025-07-02",
        'from = "2025-07-02"',
        "span",
        "clock.offer.span[0].from",
        "must be a date such as 2025-07-02, without quotes; is '2025-07-02'",
    ),
    "date with a clock time": (
        OFFER,
        "2025-07-02",
        "2025-07-02T00:00:00",
        "span",
        "clock.offer.span[0].from",
        "must be a",
    ),
    "value that starts too late": (
        OFFER,
        SPAN,
        SPAN_IN_2026,
        "span",
        "clock.offer.span[0].from",
        "must have a value on",
    ),
    "no entries": (OFFER, SPAN, "span = []", "span", "clock.offer.span", "must be a list of entries { from = "),
    "a bare value": (
        OFFER,
        SPAN,
        'span = "48 hours"',
        "span",
        "clock.offer.span",
        "must be a list of entries { from = ",
    ),
    "value where a table must be": (
        "[acceptance.OTHER]",
        "[acceptance.OTHER]",
        "[acceptance]\nOTHER = 1\n[acceptance.OTHR]",
        "OTHER = 1",
        "acceptance.OTHER",
        "must be a table; is 1",
    ),
    "late appeal half given": (
        "[clock.late_appeal]",
        'lapse = [{ from = 2025-07-02, value = "FINAL", cites = "default", grade = "default" }]',
        'lapse = [{ from = 2025-08-02, value = "FINAL", cites = "default", grade = "default" }]',
        "[clock.late_appeal]",
        "clock.late_appeal",
        "span, lapse must be given and taken away on the same days",
    ),
    "acceptance half given": (
        "[acceptance.OTHER]",
        "period = [{ from = 2025-07-02",
        "period = [{ from = 2025-08-02",
        "[acceptance.OTHER]",
        "acceptance.OTHER",
        "anchor, period must be given and taken away on the same days",
    ),
    "none at first": (
        "[acceptance.OTHER]",
        'period = [{ from = 2025-07-02, value = "6 calendar days"',
        'period = [{ from = 2025-07-02, value = "none"',
        "period",
        "acceptance.OTHER.period[0].value",
        "'none' takes a value away; the first entry must give one",
    ),
    "unknown anchor of a period": (
        "[acceptance.OTHER]",
        '"DELIVERY"',
        '"PAYMENT"',
        "anchor",
        "acceptance.OTHER.anchor[0].value",
        "must be one of DELIVERY, LAST_TRACKING; is 'PAYMENT'",
    ),
    "a period for cancelling": (
        "[window.REFUND]",
        "REFUND",
        "CANCEL",
        "[window.CANCEL]",
        "window.CANCEL",
        "unknown key",
    ),
    "category in small letters": (
        "[window.REFUND]",
        "[window.RETURN_AND_REFUND]",
        "[window.REFUND.category]\nfood = []\n[window.RETURN_AND_REFUND]",
        "food",
        "window.REFUND.category.food",
        "a category is written in capitals",
    ),
    "unboxing required": (
        COUNTERFEIT,
        COUNTERFEIT,
        f"{COUNTERFEIT}\n{UNBOXING % 'REQUIRED'}",
        "UNBOXING",
        "material.COUNTERFEIT.CUSTOMER.UNBOXING_VIDEO[0].value",
        "may never be demanded of a customer; only OPTIONAL",
    ),
    "unboxing as one of several": (
        COUNTERFEIT,
        COUNTERFEIT,
        f"{COUNTERFEIT}\n{UNBOXING % 'ONE_OR_MORE'}",
        "UNBOXING",
        "material.COUNTERFEIT.CUSTOMER.UNBOXING_VIDEO[0].value",
        "may never be demanded of a customer; only OPTIONAL",
    ),
    "unknown material": (
        COUNTERFEIT,
        "BUYER_RESPONSE",
        "BUYERS_OATH",
        "BUYERS_OATH",
        "material.COUNTERFEIT.CUSTOMER.BUYERS_OATH",
        "no known material; allowed are BUYER_RESPONSE, ",
    ),
    "unknown level": (
        COUNTERFEIT,
        '"ONE_OR_MORE"',
        '"MAYBE"',
        "PROOF_OF_SIG",
        "material.COUNTERFEIT.CUSTOMER.PROOF_OF_SIGNIFICANT_DIFFERENCE[0].value",
        "must be one of REQUIRED, ONE_OR_MORE, OPTIONAL; is 'MAYBE'",
    ),
    "nothing for the customer to show": (
        "[material.OTHER.CUSTOMER]",
        '"REQUIRED"',
        '"OPTIONAL"',
        "[material.OTHER.CUSTOMER]",
        "material.OTHER.CUSTOMER",
        "needs REQUIRED or ONE_OR_MORE, or platform data under data",
    ),
    "nothing for the customer to show from some day on": (
        "[material.OTHER.CUSTOMER]",
        AT_FIRST,
        NO_MORE,
        "[material.OTHER.CUSTOMER]",
        "material.OTHER.CUSTOMER",
        "from 2026-03-01 on nothing to judge by",
    ),
    "nothing for the seller to show": (
        "[material.OTHER.SELLER]",
        SELLERS_LIST,
        SELLERS_LIST.replace("ONE_OR_MORE", "OPTIONAL"),
        "[material.OTHER.SELLER]",
        "material.OTHER.SELLER",
        "from 2025-07-02 on nothing to judge by: needs ONE_OR_MORE",
    ),
    "unknown data test": (
        "[data.ARRIVED_LATE]",
        "DELIVERED_LATE",
        "SLOW",
        "ONLINE",
        "data.ARRIVED_LATE.ONLINE_TRACKING_INFORMATION[0].value",
        "must be one of NOT_DELIVERED, DELIVERED_LATE; is 'SLOW'",
    ),
    "yes as a text": (
        "[ground.OTHER]",
        "false",
        '"no"',
        "aggravated",
        "ground.OTHER.aggravated[0].value",
        "must be true or false; is 'no'",
    ),
    "unknown rule": (
        "[risk.QUALITY.plain]",
        '"S25"',
        '"S99"',
        "rule",
        "risk.QUALITY.plain.rule[0].value",
        "must be one of S22, S23, S24, S25; is 'S99'",
    ),
    "bearer that is no party": (
        "[risk.QUALITY.plain]",
        '"CUSTOMER"',
        '"AGENT"',
        "DAMAGE",
        "risk.QUALITY.plain.DAMAGE[0].value",
        "must be one of CUSTOMER, SELLER; is 'AGENT'",
    ),
    "code without a reason": (
        "[code.REFUND]",
        '"ITEM_NOT_RECEIVED"',
        '"ANY"',
        "ecom_order_delivered_refund_reason_not_received",
        "code.REFUND.ecom_order_delivered_refund_reason_not_received[0].value",
        "must be one of NOT_AS_DESCRIBED, ",
    ),
    "unknown status": (
        "[code.REFUND]",
        '"IN_TRANSIT"',
        '"LOST"',
        "ecom_order_shipped",
        "code.REFUND.ecom_order_shipped_refund_reason_not_arrive_on_time[0].value",
        "must be one of UNPAID, ON_HOLD, AWAITING_SHIPMENT, ",
    ),
    "statuses that are no list": (
        "[code.REFUND]",
        'statuses = ["DELIVERED"]',
        'statuses = "DELIVERED"',
        "ecom_order_delivered_refund_reason_not_received",
        "code.REFUND.ecom_order_delivered_refund_reason_not_received[0].value",
        "statuses must be a list",
    ),
    "code without a text": (
        "[code.REFUND]",
        ', text = "Package wasn\'t received"',
        "",
        "ecom_order_delivered_refund_reason_not_received",
        "code.REFUND.ecom_order_delivered_refund_reason_not_received[0].value",
        "must be a text",
    ),
    "code with space around it": (
        "[code.REFUND]",
        "buyer_refund_suspected_counterfeit",
        '" buyer_refund"',
        '" buyer_refund"',
        'code.REFUND." buyer_refund"',
        "a reason code has no space around it",
    ),
    "fault in a later entry": (
        "[code.SELLER_CANCEL]",
        ADDRESS,
        ADDRESS.replace('"A"', '"Z"'),
        ADDRESS.replace('"A"', '"Z"'),
        "code.SELLER_CANCEL.seller_cancel_paid_reason_address_not_deliver[1].grade",
        "must be one of A, B, C, D, default; is 'Z'",
    ),
    "negative count": (
        "[switch]",
        "value = 3",
        "value = -1",
        "max_offers",
        "switch.max_offers[0].value",
        "from 0; is -1",
    ),
    "yes for a count": (
        "[switch]",
        "value = 3",
        "value = true",
        "max_offers",
        "switch.max_offers[0].value",
        "a whole num",
    ),
    "freight borne by nobody": (
        "[switch]",
        'value = "CUSTOMER"',
        'value = "SYSTEM"',
        "freight_default_bearer",
        "switch.freight_default_bearer[0].value",
        "must be one of CUSTOMER, SELLER; is 'SYSTEM'",
    ),
    "holiday of another year": (
        "[holidays]",
        "2025-12-25,",
        "2026-12-25,",
        "{ from = 2024-10-14",
        "holidays.2025[0].value",
        "must be dates of 2025",
    ),
    "holiday twice": (
        "[holidays]",
        "2025-01-27, ",
        "2025-01-27, 2025-01-27, ",
        "{ from = 2024-10-14",
        "holidays.2025[0].value",
        "must be dates in order, each once",
    ),
    "no year": ("[holidays]", '"2025"', '"year"', '"year"', "holidays.year", "allowed are years such as 2026"),
    "source that nobody cites": (
        "[sources]",
        "[sources]",
        '[sources]\nidle = "https://example.org"',
        "idle",
        "sources.idle",
        "is cited by no value",
    ),
    "source named default": (
        "[sources]",
        "process =",
        "default =",
        "default =",
        "sources.default",
        "is named in small",
    ),
    "empty source": ("[sources]", "[sources]", '[sources]\nidle = " "', "idle", "sources.idle", "must be a text"),
    "no starts": ("starts", "starts =", "begins =", "# Indonesia", "starts", "is missing"),
    "unknown zone": ("zone", "Asia/Jakarta", "Asia/Atlantis", "zone", "zone", "'Asia/Atlantis' is no time zone"),
    "market in words": (
        "market",
        '"ID"',
        '"Indonesia"',
        "market",
        "market",
        "must be two capital letters such as 'ID'",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_named_with_its_line_its_key_and_what_is_allowed(name: str) -> None:
    section, old, new, at, key, problem = CASES[name]
    text = changed(section, old, new)
    found = faults(text)
    (hit,) = [fault for fault in found if problem in fault.problem and fault.key == key]
    header = section if section in text and section.startswith("[") and not at.startswith("[") else text[:1]
    assert hit.line == line_of(text, at, header)


def test_all_faults_come_at_once_in_the_order_of_the_lines() -> None:
    text = ID.replace('"48 hours"', '"2 days"', 1).replace('"DELIVERED_LATE"', '"SLOW"').replace("zone =", "zne =")
    with pytest.raises(ParseError) as refused:
        parse(text, "id")
    found = refused.value.faults
    assert [fault.key for fault in found if fault.problem != "is missing"] == [
        "zne",
        "clock.offer.span[0].value",
        "data.ARRIVED_LATE.ONLINE_TRACKING_INFORMATION[0].value",
    ]
    assert [fault.line for fault in found] == sorted(fault.line for fault in found)
    line = line_of(text, "span", OFFER)
    assert f"id:{line}: clock.offer.span[0].value: '2 days' is no period: write " in str(refused.value)


def test_what_toml_cannot_read_has_a_line_too() -> None:
    text = changed(OFFER, SPAN, "span = [{")
    (fault,) = faults(text)
    assert fault.key == "file"
    assert fault.problem.startswith("is no TOML: ")
    assert abs(fault.line - line_of(text, "span", OFFER)) <= 1
    (at_end,) = faults('market = "ID')
    assert at_end.line == 1


def test_a_phase_without_a_clock_is_a_fault() -> None:
    book = rulebooks.load("id")
    reader = Reader({("clock",): 7})
    rows = dict(book.rows)
    del rows[ClockName.OFFER]
    reader.dated = book.values
    check_rows(reader, rows, ProcessTable(process.OWNERS, process.LAPSES))
    assert reader.faults == [Fault(7, "clock", "no clock runs in OFFERED: every phase needs a due moment")]


def test_a_right_that_the_market_lacks_leaves_its_phase_out() -> None:
    assert ClockName.LATE_APPEAL not in rulebooks.load("vn").rows
    assert Phase.LATE_APPEAL in process.LAPSES


def test_a_value_may_be_taken_away_and_come_back() -> None:
    entry = '{ from = %s, value = "%s", cites = "default", grade = "default" }'
    entries = [("2025-07-02", "OPTIONAL"), ("2025-08-01", "none"), ("2025-09-01", "OPTIONAL")]
    text = changed(
        COUNTERFEIT, COUNTERFEIT, f"{COUNTERFEIT}\nUNBOXING_VIDEO = [{', '.join(entry % each for each in entries)}]"
    )
    history = parse(text, "id").values["material", "COUNTERFEIT", "CUSTOMER", "UNBOXING_VIDEO"]
    assert [entry.value is None for entry in history.entries] == [False, True, False]


def test_an_address_may_be_cited_where_it_is_used() -> None:
    text = changed(OFFER, '"default", grade = "default"', '"https://example.org/x", grade = "D"')
    assert parse(text, "id").values["clock", "offer", "span"].entries[0].cites == "https://example.org/x"


LINES = ID.splitlines()


@settings(max_examples=40, deadline=None)
@given(
    at=st.integers(0, len(LINES) - 1),
    put=st.sampled_from(["", "x", "[x]", "x = 1", '"', "{", "]", "a.b = [{}]", LINES[40], LINES[-30], "  },"]),
    keep=st.booleans(),
)
def test_no_file_is_answered_with_anything_but_faults(at: int, put: str, keep: bool) -> None:  # noqa: FBT001
    text = "\n".join([*LINES[:at], put, *LINES[at if keep else at + 1 :]])
    try:
        held: list[object] = list(parse(text, "id").values)
    except ParseError as error:
        held = [fault for fault in error.faults if fault.problem and 1 <= fault.line <= text.count("\n") + 1]
    assert held


FORMS = '''\
a.b = 1 # a.c = 2
"x y" = """
no = key
"""
list = [ # comment ]
  { k = [1,
    2], m.n = 'x = [' },
  {},
]

[t . u]
z = 2025-07-02 10:00:00
[[many]]
p = 1
[[many]]
p = { q = \'''
p = 1\''', r = 2 }
'''


def test_lines_of_every_form_that_toml_has() -> None:
    found = locate(FORMS)
    assert found["a",] == found["a", "b"] == 1
    assert ("a", "c") not in found
    assert found["x y",] == 2
    assert ("no",) not in found
    assert found["list",] == 5
    assert found["list", 0] == found["list", 0, "k"] == found["list", 0, "k", 0] == 6
    assert found["list", 0, "k", 1] == found["list", 0, "m", "n"] == 7
    assert found["list", 1] == 8
    assert found["t", "u"] == 11
    assert found["t", "u", "z"] == 12
    assert found["many", 0, "p"] == 14
    assert found["many", 1] == 15
    assert (found["many", 1, "p", "q"], found["many", 1, "p", "r"]) == (16, 17)
    assert nearest(found, ("t", "u", "nothing", 4)) == 11
    assert nearest(found, ("nothing",)) == 1
