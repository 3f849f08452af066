"""Whole stories told at the pages by all who take part, in real browsers: phones and wide windows, both languages.

What each side reads at the end, and what the ledger says. Days pass by the sandbox's clock.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mufakat.client import Client
from mufakat.core.claim import FindingValue, Forum, Reason, RemedyKind
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.settlement import Account, Kind, State
from mufakat.core.words import Language
from mufakat.lab.little_shop import SHOP
from tests.web.chromium import PHONE, WIDE, Chromium
from tests.web.telling import Visitor, asks, finds, judges, proposes, refuses, takes_next

PRICE, SHIPPING = 289_000_00, 11_000_00
DEFECT = "CUSTOMER:STATUS"
PROOF = "SELLER:PROOF"


@pytest.fixture
def stage(at_shop: Chromium, empty_queue: None) -> Iterator["Stage"]:
    """The shop's own server, and windows for all who take part."""
    with ExitStack() as open_, at_shop.shop() as shop:
        yield Stage(at_shop, shop, open_)


class Stage:
    """Who takes part in a story, each at a window of their own."""

    def __init__(self, at_shop: Chromium, shop: Client, open_: ExitStack) -> None:
        self.shop, self._at_shop, self._open = shop, at_shop, open_

    def window(self, role: Role, language: Language, *, scripted: bool = True) -> Visitor:
        """A phone in Indonesian, or a wide window in English."""
        size = PHONE if language is Language.ID else WIDE
        screen = self._open.enter_context(self._at_shop.screen(size, language, java_script_enabled=scripted))
        return Visitor(screen, role, scripted)

    def party(self, role: Role, who: str, language: Language, *, scripted: bool = True) -> Visitor:
        """A customer or seller, come in by the marketplace's link."""
        found = self.window(role, language, scripted=scripted)
        found.screen.arrive(self.shop, role, who)
        return found

    def staff(self, name: str, language: Language, *, scripted: bool = True) -> Visitor:
        """An agent or lead of the shop, come in by its door."""
        found = self.window(Role.AGENT, language, scripted=scripted)
        found.screen.enter(name)
        return found

    def invited(self, name: str, language: Language) -> Visitor:
        """A further agent, whom the lead invites, who sets a password and signs in with it."""
        lia, login, password = self.staff("Lia", Language.EN), f"{name.lower()}@toko.example", "empat kata tidak serasi"
        lia.press("People", "header")
        lia.met()
        lia.types("E-mail address", login)
        lia.types("Name", name)
        lia.press("Invite")
        invitation = lia.screen.page.locator("main .code").first.inner_text()
        found = self.window(Role.AGENT, language)
        found.screen.go("/invitation")
        found.types("Invitation", invitation)
        found.types("New password", password)
        found.press("Set the password")
        found.screen.page.wait_for_url(re.compile("/sign-in"))
        for label, text in (("Marketplace", SHOP), ("E-mail address", login), ("Password", password)):
            found.types(label, text)
        found.press("Sign in")
        found.screen.page.wait_for_url(re.compile("/desk"))
        return found

    def order(self, customer: str, seller: str) -> str:
        """A blender that came yesterday."""
        return self.shop.make_order("DELIVERED_YESTERDAY", customer, seller).order_id

    def paid(self, case: str) -> dict[str, int]:
        """What has left the seller's payouts because of a case, rule by rule (minor units)."""
        found: dict[str, int] = {}
        for each in self.shop.money(case).movements:
            is_move = each.kind is not Kind.PENDING and each.state is State.POSTED
            if is_move and each.debit is Account.SELLER_PAYABLE:
                found[each.rule] = found.get(each.rule, 0) + each.amount
        return found

    def held(self, case: str) -> int:
        """What is held of the seller's payouts because of a case (minor units)."""
        return -sum(each.amount for each in self.shop.money(case).balances if each.held)


def test_a_request_is_settled_by_a_counter_proposal_and_paid(stage: Stage, photo: Path) -> None:
    """S1, S13: asked on a phone in Indonesian, answered wide in English; nobody of the platform has a hand in it."""
    order = stage.order("c-tuti", "s-hadi")
    tuti = stage.party(Role.CUSTOMER, "c-tuti", Language.ID)
    case = asks(tuti, order, Reason.DEFECTIVE, "Blendernya tidak menyala.", photo)
    hadi = stage.party(Role.SELLER, "s-hadi", Language.EN)
    hadi.met()
    hadi.follows(case)
    hadi.reads("Blendernya tidak menyala.")
    hadi.opens("MakeOffer")
    proposes(hadi, RemedyKind.REFUND, "100,000", "It needs a new fuse, no more.")
    hadi.gives("MakeOffer")
    tuti.is_told(Phase.OFFERED)
    tuti.reads("Rp100.000")
    tuti.opens("ProposeAgreement")
    proposes(tuti, RemedyKind.REFUND, "200.000", "Sekringnya mahal. Setuju di 200 ribu?")
    tuti.gives("ProposeAgreement")
    hadi.reads("Sekringnya mahal.")
    hadi.opens("AcceptAgreement")
    hadi.gives("AcceptAgreement")
    tuti.is_told(Phase.CLOSED)
    tuti.reads("Rp200.000")
    hadi.is_told(Phase.CLOSED)
    assert not hadi.offers("MakeOffer")
    assert sum(stage.paid(case).values()) == 200_000_00
    assert stage.held(case) == 0


def test_a_dispute_is_won_upheld_on_appeal_and_deducted_from_a_seller_who_does_not_pay(
    stage: Stage, photo: Path
) -> None:
    """S15, S18 to S20: the customer wide in English, the seller on a phone; two agents, the second one invited."""
    order = stage.order("c-mira", "s-joko")
    mira = stage.party(Role.CUSTOMER, "c-mira", Language.EN)
    case = asks(mira, order, Reason.DEFECTIVE, "It smells of smoke.", photo)
    joko = stage.party(Role.SELLER, "s-joko", Language.ID)
    joko.met()
    joko.follows(case)
    refuses(joko, "Barang sudah diperiksa.")
    mira.is_told(Phase.REJECTED)
    mira.opens("RaiseDispute")
    mira.types("In your words", "I tried two sockets.")
    mira.gives("RaiseDispute")
    stage.shop.forward(days=2, hours=1)
    eka = stage.staff("Eka", Language.EN)
    takes_next(eka, case)
    eka.reads("It smells of smoke.")
    finds(eka, {DEFECT: FindingValue.VALID}, "S15")
    judges(eka, "Judge", "The photo shows the fault.")
    joko.is_told(Phase.AWARDED)
    joko.reads("The photo shows the fault.")
    joko.opens("Appeal")
    joko.types("In your words", "Tombol pengamannya belum dikunci.")
    joko.adds(photo)
    joko.gives("Appeal")
    stage.shop.forward(days=2, hours=1)
    rina = stage.invited("Rina", Language.ID)
    takes_next(rina, case)
    rina.reads("Tombol pengamannya belum dikunci.")
    finds(rina, {PROOF: FindingValue.INSUFFICIENT}, "S15")
    judges(rina, "DecideAppeal", "Kuncinya terlihat terpasang di foto.")
    joko.is_told(Phase.PAYING)
    assert not joko.offers("Appeal"), "once only"
    stage.shop.forward(days=12)
    mira.is_told(Phase.CLOSED)
    mira.reads("Rp300,000")
    joko.is_told(Phase.CLOSED)
    assert stage.paid(case) == {"S20": PRICE + SHIPPING}
    assert stage.held(case) == 0
    joko.press("Account", "header")
    joko.reads("S20")
    joko.met()


def test_a_second_dispute_is_the_last_one_and_all_of_it_goes_without_script(stage: Stage, photo: Path) -> None:
    """S11, S12, S17: the platform rejects it twice, and then there is nothing left to raise."""
    order = stage.order("c-wati", "s-agus")
    wati = stage.party(Role.CUSTOMER, "c-wati", Language.ID, scripted=False)
    case = asks(wati, order, Reason.DEFECTIVE, "Suaranya terlalu keras.", photo)
    agus = stage.party(Role.SELLER, "s-agus", Language.EN, scripted=False)
    agus.follows(case)
    refuses(agus, "It is as loud as the page says.")
    for number, (agent, language) in enumerate((("Eka", Language.ID), ("Lia", Language.EN)), start=1):
        wati.is_told(Phase.REJECTED if number == 1 else Phase.DISMISSED)
        wati.opens("RaiseDispute")
        wati.types("In your words", f"Mohon diperiksa, {number}.")
        wati.gives("RaiseDispute")
        wati.opens("CompleteMaterial")
        wati.gives("CompleteMaterial")
        agus.is_told(Phase.EVIDENCE)
        agus.opens("CompleteMaterial")
        agus.gives("CompleteMaterial")
        judge = stage.staff(agent, language, scripted=False)
        takes_next(judge, case)
        finds(judge, {DEFECT: FindingValue.INSUFFICIENT}, "S17")
        judges(judge, "Judge", f"Nothing is broken, {number}.")
        agus.is_told(Phase.DISMISSED if number == 1 else Phase.CLOSED)
    wati.is_told(Phase.CLOSED)
    wati.reads("Nothing is broken, 2.")
    assert not wati.offers("RaiseDispute")
    assert stage.paid(case) == {}
    assert stage.held(case) == 0


def test_a_dispute_stops_when_the_customer_goes_to_court_and_the_money_stays_held(stage: Stage) -> None:
    """S14: nothing is judged any more, and nothing let go."""
    order = stage.order("c-nina", "s-bayu")
    nina = stage.party(Role.CUSTOMER, "c-nina", Language.EN)
    case = asks(nina, order, Reason.DEFECTIVE, "It burnt my table.")
    bayu = stage.party(Role.SELLER, "s-bayu", Language.ID)
    bayu.follows(case)
    refuses(bayu, "Bukan dari blender kami.")
    nina.is_told(Phase.REJECTED)
    nina.opens("RaiseDispute")
    nina.types("In your words", "Please look at it.")
    nina.gives("RaiseDispute")
    bayu.is_told(Phase.EVIDENCE)
    nina.opens("DeclareProcess")
    nina.ticks(nina.word(Forum.COURT))
    nina.types("Since when", "2026-01-05")
    nina.types("Its number or name there", "12/Pdt.G/2026")
    nina.gives("DeclareProcess")
    nina.is_told(Phase.STOPPED)
    bayu.is_told(Phase.STOPPED)
    bayu.reads("12/Pdt.G/2026")
    assert not bayu.offers("Concede")
    assert not nina.offers("RaiseDispute")
    assert stage.held(case) == PRICE
    assert stage.paid(case) == {}
    bayu.press("Account", "header")
    bayu.reads("Rp289.000")
