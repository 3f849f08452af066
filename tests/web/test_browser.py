"""What only a real browser shows: uploads after a cut, news on an open page, keys, the viewer, small screens."""

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Route

from mufakat.client import Client
from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Material, MaterialKind, Reason, RequestType
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.words import Language
from tests.evidence.inspected import film
from tests.web.chromium import NARROW, PHONE, WIDE, Chromium
from tests.web.telling import Visitor, takes_next

NO = "reverse_reject_request_reason_1"
BROKEN = [ClaimLine("1", Reason.DEFECTIVE)]
PIECE = 1024 * 1024


def asked(shop: Client, customer: str, seller: str, text: str = "It does not start.") -> str:
    """A request for a blender's price; the case."""
    order = shop.make_order("DELIVERED_YESTERDAY", customer, seller).order_id
    return shop.as_customer(customer).open_case(order, RequestType.REFUND, BROKEN, text=text).case.case_id


def disputed(shop: Client, customer: str, seller: str, *files: bytes) -> str:
    """A dispute with files of the customer's that an agent can judge; the case."""
    case = asked(shop, customer, seller)
    theirs, other = shop.as_customer(customer), shop.as_seller(seller)
    other.command(case, c.RejectRequest(NO, text="It was tested."))
    kept = [theirs.put_file(theirs.case(case).order_id, each).digest for each in files]
    shown = tuple(Material("STATUS_OF_MERCHANDISE", MaterialKind.FILE, digest=each) for each in kept)
    theirs.command(case, c.RaiseDispute(materials=shown, text="Please look at this."))
    theirs.command(case, c.CompleteMaterial())
    other.command(case, c.HandIn(Material("MERCHANT_RESPONSE", MaterialKind.TEXT, text="It worked here.")))
    other.command(case, c.CompleteMaterial())
    return case


def test_an_upload_goes_on_where_it_was_cut(at_shop: Chromium, photo: Path) -> None:
    with at_shop.screen(PHONE, Language.ID) as shown, at_shop.shop() as shop:
        page, sent = shown.page, list[int]()
        order = shop.make_order("DELIVERED_YESTERDAY", "c-sari", "s-yudi").order_id
        shown.arrive(shop, Role.CUSTOMER, "c-sari")
        shown.go(f"/orders/{order}/ask?stage=details&line=1&reason-1=DEFECTIVE&quantity-1=1")

        def cut_once(route: Route) -> None:
            """The second piece is lost on its way, once."""
            if route.request.method == "PATCH":
                sent.append(int(route.request.headers["upload-offset"]))
            if sent == [0, PIECE] and route.request.method == "PATCH":
                page.context.set_offline(offline=True)
                route.abort("connectionreset")
            else:
                route.continue_()

        page.route("**/web/uploads/*", cut_once)
        page.set_input_files("input[type=file]", str(photo))
        page.locator(".uploading", has_text=shown.t.say("cut off; goes on by itself")).wait_for()
        assert page.get_by_role("button", name=shown.t.say("Go on to a last look")).is_disabled()
        page.context.set_offline(offline=False)
        page.locator(".uploading", has_text=shown.t.say("kept")).wait_for()
        pieces = list(range(0, photo.stat().st_size, PIECE))
        assert sent == sorted([*pieces, PIECE]), "what had arrived is not sent again"
        assert hashlib.sha256(photo.read_bytes()).hexdigest() in page.input_value(".uploading input[name=file]")
        shown.complaints.clear()  # the browser itself reports what could not be sent
        shown.check()


def test_an_open_page_shows_news_and_says_when_it_has_lost_touch_and_when_it_is_back(at_shop: Chromium) -> None:
    with at_shop.screen(PHONE, Language.ID) as shown, at_shop.shop() as shop:
        page, say = shown.page, shown.t.say
        case = asked(shop, "c-rudi", "s-yudi")
        shown.arrive(shop, Role.CUSTOMER, "c-rudi")
        shown.go(f"/cases/{case}")
        status = page.locator("[data-live] [role=status]")
        page.wait_for_selector(
            f".left:text-matches('[0-9] ({say('d')}|{say('h')}) ')"
        )  # shorter than the server's words
        page.evaluate("self.stayed = true")
        page.fill("#text", "half a mess")
        shop.as_seller("s-yudi").command(case, c.SendMessage(text="Soket mana yang dipakai?"))
        page.get_by_text("Soket mana yang dipakai?").first.wait_for()
        status.filter(has_text=say("Something new has happened; this page shows it now.")).wait_for()
        assert page.input_value("#text") == "half a mess", "what is being typed stays"
        page.context.set_offline(offline=True)
        status.filter(has_text=say("We have lost touch. This page may be out of date; it goes on trying.")).wait_for()
        shown.check()
        page.context.set_offline(offline=False)
        status.filter(has_text=say("In touch again.")).wait_for()
        page.context.set_offline(offline=True)
        shop.as_seller("s-yudi").command(case, c.ApproveRequest())
        page.context.set_offline(offline=False)
        Visitor(shown, Role.CUSTOMER).is_told(Phase.CLOSED)
        assert page.evaluate("self.stayed"), "and it was never loaded anew"
        shown.complaints.clear()  # the browser itself reports what could not be fetched


@pytest.mark.usefixtures("empty_queue")
def test_the_judgement_forms_beside_the_worksheet_while_it_is_filled_by_keys(at_shop: Chromium, photo: Path) -> None:
    """S15: marked by keys, tried out by itself, recorded by a key; the one step that is left has a key, too."""
    with at_shop.screen(WIDE) as shown, at_shop.shop() as shop:
        page, case = shown.page, disputed(shop, "c-lina", "s-yudi", photo.read_bytes())
        shown.enter("Eka")
        page.keyboard.press("n")
        page.wait_for_url(re.compile(f"/cases/{case}"))
        page.keyboard.press("w")
        assert page.evaluate("document.activeElement.id").startswith("sheet")
        page.locator("select[name^='value:CUSTOMER:STATUS']").first.focus()
        page.keyboard.press("1")
        page.keyboard.press("j")
        assert not page.evaluate("document.activeElement.name").startswith("value:CUSTOMER:STATUS"), "on to the next"
        page.locator("select[name^='value:SELLER:MERCHANT']").first.focus()
        page.keyboard.press("2")
        page.locator(".outlook .pill", has_text=shown.t.say("tried out, not recorded")).wait_for()
        page.select_option("select[name^='ground:']", "QUALITY")
        page.wait_for_selector(".outlook .verdict:has-text('S15')")
        shown.check_once("agent filling")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("r")
        page.wait_for_url(re.compile("done=RecordFindings"))
        page.keyboard.press("g")
        page.fill("#paragraph", "n r g 1: no key does anything while somebody types.")
        page.click("button[value=check]")
        page.click("button[value=give]")
        page.wait_for_url(re.compile("done=Judge"))


@pytest.mark.usefixtures("empty_queue")
def test_an_exhibit_is_made_larger_turned_and_compared_and_a_film_is_gone_through_still_by_still(
    at_shop: Chromium, photo: Path
) -> None:
    with at_shop.screen(WIDE) as shown, at_shop.shop() as shop:
        page, case = shown.page, disputed(shop, "c-dian", "s-yudi", photo.read_bytes(), film(seconds=6))
        shown.enter("Eka")
        eka = Visitor(shown, Role.AGENT)
        takes_next(eka, case)
        films, pictures = [
            next(each.number for each in shop.case(case).exhibits if each.digest == _digest(content))
            for content in (film(seconds=6), photo.read_bytes())
        ]
        shown.go(f"/cases/{case}/exhibits/{pictures}")
        picture, place = page.locator(".viewer img"), page.locator(".viewer")
        picture.evaluate("each => each.decode()")
        whole = picture.bounding_box()
        assert whole
        page.keyboard.press("+")
        larger = picture.bounding_box()
        assert larger
        assert larger["width"] > whole["width"] * 1.3
        page.keyboard.press("0")
        page.keyboard.press("o")
        turned, frame = picture.bounding_box(), place.bounding_box()
        assert turned
        assert frame
        assert turned["height"] > turned["width"], "on its side"
        assert turned["y"] >= frame["y"], "and nothing of it is out of reach"
        assert turned["x"] >= frame["x"]
        shown.check_once("agent looking")
        page.get_by_role("navigation", name=shown.t.say("Other exhibits")).get_by_role("link", name=str(films)).click()
        page.wait_for_url(re.compile(f"with={films}"))
        assert page.locator(".viewer").count() == 2
        shown.check_once("agent comparing")
        still = page.locator("[data-still]").nth(1)
        still.focus()
        page.keyboard.press("Enter")
        shown_now = page.locator(".viewer").nth(1).locator("img")
        shown_now.wait_for()
        assert shown_now.evaluate("each => each.src") == still.evaluate("each => each.href")
        assert f"/exhibits/{pictures}" in page.url, "nobody left the page"
        page.keyboard.press("Escape")
        page.wait_for_url(re.compile(f"/cases/{case}#x-"))


def test_every_page_fits_a_small_screen_and_can_be_read_by_all(at_shop: Chromium) -> None:
    with at_shop.screen(NARROW) as shown, at_shop.shop() as shop:
        page = shown.page
        order = shop.make_order("DELIVERED_YESTERDAY", "c-panjang", "s-yudi").order_id
        long = "Panjangsekalitanpaspasi" * 20 + "\n\n" + "Sebuah kalimat biasa. " * 40
        panjang = shop.as_customer("c-panjang")
        case = panjang.open_case(order, RequestType.RETURN_AND_REFUND, BROKEN, text=long).case.case_id
        shown.arrive(shop, Role.CUSTOMER, "c-panjang")
        pages = ["/orders", f"/orders/{order}", "/cases", f"/cases/{case}"]
        steps = ("ProposeAgreement", "DeclareProcess", "HandIn", "WithdrawRequest")
        for path in [*pages, *(f"/cases/{case}/steps/{step}" for step in steps)]:
            shown.go(path)
            shown.check()
        shop.as_seller("s-yudi").command(case, c.ApproveRequest())
        shown.go(f"/cases/{case}/steps/ShipBack")
        shown.check()
        page.goto(shown.url + "/nothing/here")
        shown.complaints.clear()  # a missing page is what was asked for
        shown.check()
        shown.go("/orders")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip", "the first stop leads past the bar"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_a_lead_reads_every_page_on_a_phone_in_the_dark(at_shop: Chromium) -> None:
    with at_shop.screen(NARROW, Language.ID, color_scheme="dark") as shown:
        shown.enter("Lia")
        for path in ("/desk", "/queue", "/people", "/me", "/dashboard", "/dashboard?by=ALL"):
            shown.go(path)
            shown.check()


def test_the_rules_and_the_way_of_a_case_are_read_on_a_phone(at_shop: Chromium) -> None:
    with at_shop.screen(NARROW, Language.ID, color_scheme="dark") as shown, at_shop.shop() as shop:
        page, case = shown.page, asked(shop, "c-rani", "s-yudi")
        shown.arrive(shop, Role.CUSTOMER, "c-rani")
        page.click("footer a:text('Aturan')")
        shown.check()
        page.fill("#find", "resi kurir kembali")
        page.wait_for_selector("#clock\\.seller_review", state="hidden")
        page.fill("#find", "penjual menjawab permintaan")
        page.wait_for_selector("#clock\\.seller_review")
        shown.go(f"/cases/{case}")
        page.click("#more a[href$='/rules']")
        shown.check()
        page.focus(".scrolls")
        assert page.evaluate("getComputedStyle(document.querySelector('.scrolls')).outlineStyle") == "solid"
        page.click("a.box.now")
        page.wait_for_selector("#phase-REVIEW .pill:text('kasus ada di sini')")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
