"""The page of a case: everything is on it, and nobody sees what is not theirs."""

import re
from pathlib import Path

import pytest

from mufakat.cli.page import sections
from mufakat.cli.page.reader import Reader
from mufakat.cli.screen import harmless
from mufakat.core import events as e
from mufakat.core.parties import PARTIES, Role
from mufakat.core.phases import Phase
from mufakat.core.sight import NOTES, sealed_in, sees
from mufakat.core.words import UNKNOWN, Language
from mufakat.core.words.why import REASONS, why
from mufakat.lab.loop import run_virtually
from mufakat.lab.world import MARKETS, World, seeded
from mufakat.store.records import Ask
from tests.cli.typing_in import DIGEST, disputed, do, fine, judged, mufakat, opened, paid

READERS = (Role.AGENT, *PARTIES)


def pages(seed: int) -> list[Reader]:
    """Every case of a simulated world, before every reader, in both languages."""
    world = World(seed)

    async def live() -> list[Reader]:
        await world.live()
        found = []
        for name in MARKETS:
            for row in await world.store.cases(name, limit=1000):
                loaded = await world.store.load(Ask(name, row.order_id, row.case_id))
                assert loaded is not None
                assert loaded.case is not None
                assert loaded.policy is not None
                history = await world.store.history(name, row.order_id, row.case_id)
                recorded = tuple(each.recorded for each in history)
                sealed = await world.store.sealed_of(name, row.order_id, row.case_id)
                texts = {hash_: f"text {n}" for n, hash_ in enumerate(sealed)}
                found += [
                    Reader(name, loaded.case, recorded, loaded.order, loaded.policy, texts, role, language)
                    for role in READERS
                    for language in Language
                ]
        return found

    with seeded(world):
        return run_virtually(live())


def shown(reader: Reader) -> str:
    """The page as text."""
    lines = []
    for section in sections.of(reader):
        lines += [section.title, *section.columns, *(cell for row in section.rows for cell in row)]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def world() -> list[Reader]:
    """The pages of some worlds."""
    return [page for seed in (3, 4, 5) for page in pages(seed)]


def test_every_case_of_a_world_can_be_shown(world: list[Reader]) -> None:
    assert len(world) > 100
    kinds = {type(each.event) for page in world for each in page.history}
    assert len(kinds) > 45, "the worlds show most of what can happen"
    for page in world:
        text = shown(page)
        assert UNKNOWN not in text
        assert not re.search(r"[{}]", text)
        for section in sections.of(page):
            widths = {len(row) for row in section.rows}
            assert widths == {len(section.columns)} or not section.columns
            assert len(widths) == 1


def test_parties_read_no_notes_of_agents(world: list[Reader]) -> None:
    checked = 0
    for page in world:
        notes = {
            page.texts[hash_]
            for each in page.history
            if isinstance(each.event, NOTES)
            for hash_ in sealed_in(each.event)
            if hash_ in page.texts
        }
        cells = {cell for section in sections.of(page) for row in section.rows for cell in row}
        seen = {note for note in notes if f"“{note}”" in cells}
        checked += len(notes)
        assert not seen or page.is_agent
        assert not page.is_agent or seen == notes
    assert checked


def test_parties_read_what_they_wrote_to_each_other(world: list[Reader]) -> None:
    for page in world:
        cells = {cell for section in sections.of(page) for row in section.rows for cell in row}
        for each in page.history:
            if isinstance(each.event, e.MessageSent | e.RequestOpened | e.RequestRejected | e.DisputeRaised):
                texts = [page.texts[hash_] for hash_ in sealed_in(each.event) if hash_]
                assert all(f"“{text}”" in cells for text in texts)


def test_parties_do_not_learn_who_the_others_are(world: list[Reader]) -> None:
    for page in world:
        text = shown(page)
        agents = {each.actor.id for each in page.history if each.actor.role is Role.AGENT}
        assert page.is_agent or not any(agent in text for agent in agents)
        if page.role is Role.CUSTOMER:
            assert page.case.customer_id in text
            assert page.case.seller_id not in text
        if page.role is Role.SELLER:
            assert page.case.customer_id not in text


def test_customers_do_not_read_about_payouts_held(world: list[Reader]) -> None:
    events = [(page, each.event) for page in world for each in page.history]
    for page, event in events:
        if isinstance(event, e.HoldPlaced | e.HoldReleased):
            assert sees(event, page.role) is (page.role is not Role.CUSTOMER)
        if isinstance(event, e.FindingRecorded | e.LineAssessed | e.DecisionEscalated):
            assert sees(event, page.role) is page.is_agent
    assert any(isinstance(event, e.HoldPlaced) for _, event in events)


def test_parties_see_findings_only_once_they_are_judged_on(world: list[Reader]) -> None:
    for page in world:
        for matter in page.matters():
            undecided = matter.phase in (Phase.EVIDENCE, Phase.DECIDING, Phase.APPEAL_EVIDENCE, Phase.APPEAL_DECIDING)
            if not page.is_agent and (undecided or not matter.judgement):
                assert not page.sees_findings(matter)


def test_each_reason_of_a_judgement_has_words(world: list[Reader]) -> None:
    reasons = {
        reason
        for page in world
        for matter in page.matters()
        for each in matter.judgement
        for reason in (*each.because, *each.passed_over)
    }
    assert reasons
    for reason in reasons:
        assert why(reason, Language.ID) != why(reason, Language.EN), reason
    assert all(english and indonesian and english != indonesian for english, indonesian in REASONS.values())


def test_a_reason_that_is_not_known_is_shown_as_it_stands() -> None:
    for reason in ("something new", "NOBODY X: VALID", "CUSTOMER X: WHATEVER"):
        assert why(reason, Language.ID) == reason
    assert why("SELLER LISTING_URL: VALID (exhibit 2) instead of derived MISSING") == (
        "The listing, from the seller: valid, exhibit 2 (the record alone says missing)"
    )


def test_an_open_case_says_whose_turn_it_is_until_when(place: Path) -> None:
    case = opened(place)
    text = fine("case", case)
    assert "Turn of the seller until 4 March 2026, 09:00 WIB; in silence, the request is approved." in text
    assert "Asked: refund" in text
    assert "1 of 1" in text
    assert "defective" in text
    assert "WithdrawRequest" in fine("case", case, "--role", "customer")
    seller = fine("case", case, "--role", "seller")
    assert "ApproveRequest" in seller
    assert "toko-budi (you)" in seller
    assert "ani" not in seller.split()
    indonesian = fine("case", case, "--language", "id")
    assert "Giliran penjual sampai 4 Maret 2026, 09:00 WIB; jika diam, permintaan disetujui." in indonesian


def test_material_shows_what_was_carried_over_and_what_is_missing(place: Path) -> None:
    case = opened(place)
    do("SELLER:toko-budi", case, {"command": "RejectRequest", "code": "reverse_reject_request_reason_1"})
    do("CUSTOMER:ani", case, {"command": "RaiseDispute"})
    handed = {"item": "BUYER_RESPONSE", "kind": "TEXT", "text": "My account.", "lines": ["1"]}
    do("CUSTOMER:ani", case, {"command": "HandIn", "material": handed})
    text = fine("case", case, "--role", "seller")
    assert re.search(r"The customer +1 +photo or video of the defect +with the request +carried over", text)
    assert f"sha256 {DIGEST[:16]}" in text
    assert "“My account.”, about line 1" in text
    assert "proof of authenticity" in text[text.index("Material still expected") :]
    assert "(Buyer return reason is not valid)" in text


def test_the_page_says_what_the_platform_knows_and_what_follows_from_it(place: Path) -> None:
    """S7: the same for both sides, each with its source and its time."""
    case = opened(place)
    shown = {role: fine("case", case, "--role", role) for role in ("agent", "customer", "seller")}
    sections = {role: text[text.index("What the platform knows") :] for role, text in shown.items()}
    assert sections["customer"].split("Findings")[0] == sections["seller"].split("Findings")[0]
    assert re.search(r"R1 +.*the marketplace +Ordered ", sections["agent"])
    assert re.search(r"R6 +.*the carrier +Parcel of the order was scanned .*: delivered", sections["agent"])
    assert "The seller has not answered the request for" in sections["agent"]
    assert "From R4: the time from the request to then, or until now" in sections["agent"]
    assert "Yang diketahui platform" in fine("case", case, "--language", "id")


def test_material_that_refers_to_the_record_shows_the_entry(place: Path) -> None:
    case = opened(place)
    handed = {"item": "ORDER_DETAILS", "kind": "RECORD", "refers_to": "R1"}
    assert do("SELLER:toko-budi", case, {"command": "HandIn", "material": handed}).code == 0
    assert "record R1" in fine("case", case)


def test_findings_show_an_override_beside_what_was_derived(place: Path) -> None:
    case = disputed(place)
    override = {
        "command": "RecordFinding",
        "line_id": "1",
        "party": "SELLER",
        "item": "PROOF_OF_AUTHENTICITY",
        "value": "CONTRADICTED",
        "text": "The maker told me on the phone.",
    }
    assert do("AGENT:rina", case, override).code == 0
    text = fine("case", case)
    assert re.search(r"proof of authenticity +the seller +contradicted +missing \(overridden\) +rina", text)
    assert "“The maker told me on the phone.”" in text
    for role in ("customer", "seller"):
        page = fine("case", case, "--role", role)
        assert "overridden" not in page
        assert "the phone" not in page
        assert "rina" not in page


def test_the_judgement_is_shown_line_by_line_with_reasons(place: Path) -> None:
    case = judged(place)
    for role in ("agent", "customer", "seller"):
        text = fine("case", case, "--role", role)
        assert re.search(r"line 1 +S15 +For the customer: refund, the goods stay, Rp450,000", text)
        assert "because      Photo or video of the defect, from the customer: valid, exhibit 1" in text
        assert "not applied  S16: the seller handed in nothing" in text
        assert ("“A dead motor, to my eyes.”" in text) is (role == "agent")


def test_a_return_shows_its_steps_and_who_bears_what(place: Path) -> None:
    case = opened(place, kind="RETURN_AND_REFUND")
    assert do("SELLER:toko-budi", case, {"command": "ApproveRequest"}).code == 0
    text = fine("case", case)
    assert re.search(r"- the customer sends the goods back +due 12 March 2026, 09:00 WIB", text)
    assert re.search(r"- the seller receives and inspects them +later", text)
    assert "Who bears what on the way back" in text
    assert re.search(r"breakage +damage +loss", text)
    assert re.search(r"1 +S25 +quality +the seller +the customer +the customer", text)


def test_money_shows_what_was_owed_paid_deducted_and_is_outstanding(place: Path) -> None:
    case = paid(place)
    text = fine("case", case)
    money = text[text.index("\nMoney") :]
    for name in ("owed", "paid", "of it deducted from payouts"):
        assert re.search(rf"{name} +Rp450,000", money), money
    assert re.search(r"outstanding +Rp0$", money, re.MULTILINE)


def test_a_case_is_found_in_any_marketplace(place: Path) -> None:
    case = opened(place)
    fine("marketplace", "put", "cho", "--rulebook", "vn")
    assert case in fine("case", case)
    assert case in fine("case", case, "--marketplace", "toko")
    said = mufakat("case", case, "--marketplace", "cho")
    assert (said.code, said.err) == (2, f"mufakat: There is no case {case} in cho; `mufakat cases` lists them.\n")
    assert "There is no case nothing;" in mufakat("case", "nothing").err


def test_hostile_text_cannot_steer_the_terminal(place: Path) -> None:
    hostile = "[red]\x1b[2J\x1b]0;owned\x07 \u202etxt.exe [/nonsense]"
    case = opened(place, text=hostile)
    text = fine("case", case)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "[red]" in text
    assert "[/nonsense]" in text
    assert harmless("a\u200db\tc\nd\x9be\x00") == "a\u200db\tc\nd\ufffde\ufffd"


def test_a_text_under_another_master_key_is_an_error(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened(place)
    monkeypatch.setenv("MUFAKAT_MASTER_KEY", "2f" * 32)
    said = mufakat("case", case)
    assert said.code == 2
    assert "another master key" in said.err
