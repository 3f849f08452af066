"""A scenario file that cannot be read says where, in which scenario and step, and what is allowed."""

import pytest

from mufakat.core.policy.faults import ParseError
from mufakat.lab.scenarios import parse

GOOD = '{ given = "a request" }, { expect = { phase = "REVIEW" } }'


def faults(text: str) -> list[str]:
    with pytest.raises(ParseError) as caught:
        parse(text, "id/try.toml")
    return str(caught.value).splitlines()


def written(steps: str = GOOD, head: str = 'name = "It holds"\nshows = ["S1"]') -> str:
    return f"# one scenario\n[[scenario]]\n{head}\nsteps = [\n  {steps}\n]\n"


@pytest.mark.parametrize(
    "steps, problem",
    [
        ('{ customer = "asks nicely" }', "customer = 'asks nicely' is not known: write \"accepts the judgement\""),
        ('{ buyer = "asks" }', 'says nobody who acts: write one of "agent"'),
        ('{ customer = "asks", seller = "approves" }', "says two who acts"),
        ('{ customer = "asks", colour = "red" }', "'colour' is not known here: write \"about\""),
        ('{ customer = "asks", reason = "BROKEN" }', "reason: 'BROKEN' is not allowed: write \"NOT_AS_DESCRIBED\""),
        ('{ customer = "asks", at = "tomorrow" }', "at: 'tomorrow' is no time: write a local one such as"),
        ('{ customer = "asks", at = "2026-13-01 10:00" }', "at: '2026-13-01 10:00' is no time"),
        ('{ customer = "asks", after = "2 days" }', "after: '2 days' is no period: write a number"),
        ('{ customer = "asks", after = 2 }', "after: '2' is no period"),
        ('{ customer = "asks", at = "2026-11-03 10:00", after = "1 hour" }', "says both 'at' and 'after'"),
        ('{ customer = "asks", amount = "much" }', "amount: 'much' is no whole number"),
        ('{ customer = "asks", amount = true }', "amount: True is no whole number"),
        ('{ customer = "asks", hidden = "yes" }', "hidden: 'yes' is neither true nor false"),
        ('{ customer = "asks", with = "PHOTO" }', "with: 'PHOTO' is no list"),
        ('{ customer = "asks", line = "" }', "line: '' is no text"),
        ('{ customer = "asks", lines = [{ line = "cup", price = 3 }] }', "lines: 'price' is not known here"),
        ('{ customer = "asks", lines = ["cup"] }', "lines: 'cup' is no table"),
        ('{ seller = "offers" }', "'remedy' is missing"),
        ('{ customer = "goes to court", forum = "COURT", started = "soon" }', "started: 'soon' is no day"),
        ('{ given = "a case" }', "given = 'a case' is not known: write \"a dispute\""),
        ('"asks"', "'asks' is no step: write who does what"),
        ('{ customer = "asks" }, { expect = { phase = "OPEN" } }', "phase: 'OPEN' is not allowed: write \"REVIEW\""),
        ('{ customer = "asks" }, { expect = { due = "later" } }', 'such as "2026-11-02 10:00", or "none"'),
        ('{ customer = "asks" }, { expect = { mood = "good" } }', "'mood' is not known here"),
        ('{ customer = "asks" }, { expect = { line = "cup" } }', "expects nothing"),
        ('{ customer = "asks" }, { expect = { open = true }, at = "2026-11-03 10:00" }', "a step of its own"),
        ('{ customer = "asks" }, { expect = { seller_may = ["judges"] } }', "seller_may: 'judges' is not known"),
        ('{ customer = "asks" }, { expect = { happened = ["opened"] } }', "happened: 'opened' is not known"),
        ('{ expect = { phase = "REVIEW" } }', "begins with an expectation: something has to happen first"),
        ('{ customer = "asks" }', "ends without an expectation"),
    ],
)
def test_a_wrong_step_says_what_is_allowed(steps: str, problem: str) -> None:
    found = faults(written(steps))
    assert len(found) == 1
    assert found[0].startswith('id/try.toml:6: scenario "It holds"')
    assert problem in found[0]


def test_a_fault_names_line_scenario_and_step() -> None:
    text = written('{ given = "a request" },\n  { seller = "approves", keep = true },\n  { expect = { open = true } }')
    assert faults(text)[0].startswith("id/try.toml:7: scenario \"It holds\", step 2: 'keep' is not known here")


def test_every_fault_is_named_at_once() -> None:
    text = written('{ customer = "hums" },\n  { seller = "sings" },\n  { expect = { open = true } }')
    assert [each.split(":")[1] for each in faults(text)] == ["6", "7"]


@pytest.mark.parametrize(
    "head, problem",
    [
        ('shows = ["S1"]', "scenario 1: has no name"),
        ('name = "It holds"', "'shows' is a list of what it shows"),
        ('name = "It holds"\nshows = []', "'shows' is a list of what it shows"),
        ('name = "It holds"\nshows = ["S28"]', "shows 'S28', which is not known: write a rule (S1 to S27)"),
        ('name = "It holds"\nshows = ["clock tea"]', "shows 'clock tea', which is not known"),
        ('name = "It holds"\nshows = ["S1"]\nmarket = "ID"', "'market' is not known here: write \"name\""),
        ('name = "It holds"\nshows = ["S1"]\norder.shop = "mall"', "order: 'shop' is not known here"),
        ('name = "It holds"\nshows = ["S1"]\norder.status = "LOST"', "status: 'LOST' is not allowed"),
        ('name = "It holds"\nshows = ["S1"]\norder.status = "IN_TRANSIT"', "step 1: 'at' is missing"),
        ('name = "It holds"\nshows = ["S1"]\norder.lines = [{ line = "cup" }]', "lines: 'price' is missing"),
    ],
)
def test_a_wrong_head_says_what_is_allowed(head: str, problem: str) -> None:
    found = faults(written(head=head))
    assert len(found) == 1
    assert problem in found[0]


@pytest.mark.parametrize(
    "text, problem",
    [
        ("steps = [", "id/try.toml:1: file: is no TOML"),
        ("", "holds no scenario: begin each with [[scenario]]"),
        ('title = "x"\n' + written(), "title: is not known here: write [[scenario]]"),
        ("[order]\nmall = 3\n" + written(), "order: mall: 3 is neither true nor false"),
        ('[[scenario]]\nname = "Empty"\nshows = ["S1"]\n', 'scenario "Empty": has no steps'),
        (written() + written(), 'scenario "It holds": stands twice in this file'),
    ],
)
def test_a_wrong_file_says_what_is_allowed(text: str, problem: str) -> None:
    assert any(problem in each for each in faults(text))


def test_what_all_scenarios_of_a_file_share_stands_once() -> None:
    first, second = parse(
        '[order]\nmall = true\ncurrency = "VND"\n'
        + written()
        + written(head='name = "B"\nshows = ["S1"]\norder.mall = false'),
        "id/try.toml",
    )
    assert first.order == {"mall": True, "currency": "VND"}
    assert second.order == {"mall": False, "currency": "VND"}
