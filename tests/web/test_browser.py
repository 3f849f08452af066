"""Whole stories in a real browser: a phone and wide, light and dark, both languages; each page is checked by axe."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from mufakat.api.wire.sandbox import WantedIn
from mufakat.core import commands as c
from mufakat.core.claim import ClaimLine, Decision, Reason, RemedyKind, RequestType, Solution
from tests.cli.serving import served
from tests.homes import open_folder
from tests.web.chromium import NARROW, PHONE, WIDE, Chromium, Screen, chromium

NO = "reverse_reject_request_reason_1"


@pytest.fixture(scope="module")
def at_shop() -> Iterator[Chromium]:
    """One server and one browser for all stories."""
    with open_folder() as folder, served(folder / "home") as server, chromium(server) as started:
        yield started


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of a broken blender, more than one piece of an upload long."""
    noise = Image.effect_noise((1400, 1100), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert len(out.getvalue()) > 1_200_000
    path = tmp_path_factory.mktemp("photos") / "blender.png"
    path.write_bytes(out.getvalue())
    return path


def case_id(shown: Screen) -> str:
    """The case on the screen."""
    found = re.search(r"/cases/([^/?]+)", shown.page.url)
    assert found, shown.page.url
    return found[1]


def test_a_dispute_is_asked_for_won_and_read_on_a_phone(at_shop: Chromium, photo: Path) -> None:
    with at_shop.screen(PHONE, locale="id-ID", color_scheme="dark") as shown, at_shop.shop() as shop:
        page = shown.page
        order = shop.make_order("DELIVERED_YESTERDAY", "c-ani", "s-citra").order_id
        shown.go("/")
        shown.check()
        shown.enter("Ani")
        shown.check()
        shown.go(f"/orders/{order}/ask")
        page.select_option("select", "DEFECTIVE")
        shown.check()
        page.click("main .button")
        page.check("input[value=REFUND]")
        page.fill("#text", "Blendernya tidak menyala.")
        page.context.set_offline(offline=True)
        page.set_input_files("input[type=file]", str(photo))
        page.wait_for_selector(".uploading :text('terputus')")
        page.context.set_offline(offline=False)
        page.wait_for_selector(".uploading input[name=file]", state="attached")
        shown.complaints.clear()  # the browser itself reports what could not be sent
        shown.check()
        page.click("main .actions .button")
        page.wait_for_selector("button[value=give]")
        shown.check()
        page.click("button[value=give]")
        page.wait_for_url(re.compile("done=OpenRequest"))
        shown.check()
        case, citra = case_id(shown), shop.as_seller("s-citra")
        page.fill("#text", "half a mess")
        citra.command(case, c.RejectRequest(NO, text="Barang diperiksa sebelum dikirim."))
        page.wait_for_selector("h2:text('Penjual menolak permintaan Anda')")
        page.wait_for_selector("[role=status]:text('Ada yang baru')")
        assert page.input_value("#text") == "half a mess", "what is being typed stays"
        assert page.locator(".exhibit img").first.evaluate("each => each.decode().then(() => each.naturalWidth)") > 1
        page.click("a:text('Minta platform turun tangan')")
        shown.check()
        page.fill("#text", "Mohon dibantu.")
        page.click("button[value=check]")
        shown.check()
        page.click("button[value=give]")
        page.wait_for_url(re.compile("done=RaiseDispute"))
        shop.judge(case, WantedIn(decision=Decision.FOR_CUSTOMER, complete=True))
        page.wait_for_selector("h2:text('Diputus untuk Anda')")
        shown.check()
        statement = str(page.locator("a[href*='format=HTML']").get_attribute("href"))
        shown.go(statement)
        assert "Surat alasan" in page.content() or "alasan" in page.content()


def test_a_request_is_settled_without_script(at_shop: Chromium, photo: Path) -> None:
    with at_shop.screen(WIDE, java_script_enabled=False) as shown, at_shop.shop() as shop:
        page = shown.page
        order = shop.make_order("MULTI_LINE", "c-budi", "s-dewi").order_id
        shown.enter("Budi")
        shown.go(f"/orders/{order}")
        page.click("a.button")
        page.check("input[value='2']")
        page.select_option("#reason-2", "WRONG_ITEM")
        page.click("main .button")
        page.check("input[value=REFUND]")
        page.fill("#amount", "900,000,000")
        page.set_input_files("input[type=file]", str(photo))
        page.click("main .actions .button")
        assert page.is_visible("#wrong")
        assert page.input_value("#amount") == "900,000,000"
        page.fill("#amount", "50,000")
        page.click("main .actions .button")
        page.click("button[value=give]")
        case = case_id(shown)
        shop.as_seller("s-dewi").command(case, c.MakeOffer(Solution(RemedyKind.REFUND, 30_000_00, text="Some of it.")))
        page.reload()
        page.click("a:text('Take the offer')")
        assert "Rp30,000" in page.inner_text("main")
        page.click("button[value=give]")
        assert page.is_visible("h2:text('Your refund is being paid')") or page.is_visible("h2:text('This is settled')")


def test_every_page_fits_a_small_screen_and_can_be_read_by_all(at_shop: Chromium) -> None:
    with at_shop.screen(NARROW, color_scheme="light") as shown, at_shop.shop() as shop:
        page = shown.page
        order = shop.make_order("DELIVERED_YESTERDAY", "c-ani", "s-citra").order_id
        ani = shop.as_customer("c-ani")
        long = "Panjangsekalitanpaspasi" * 20 + "\n\n" + "Sebuah kalimat biasa. " * 40
        broken = [ClaimLine("1", Reason.DEFECTIVE)]
        case = ani.open_case(order, RequestType.RETURN_AND_REFUND, broken, text=long).case.case_id
        shown.enter("Ani")
        pages = ["/orders", f"/orders/{order}", "/cases", f"/cases/{case}"]
        steps = ("ProposeAgreement", "DeclareProcess", "HandIn", "WithdrawRequest")
        for path in [*pages, *(f"/cases/{case}/steps/{step}" for step in steps)]:
            shown.go(path)
            shown.check()
        shop.as_seller("s-citra").command(case, c.ApproveRequest())
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


def test_a_page_says_when_it_has_lost_touch_and_when_it_is_back(at_shop: Chromium) -> None:
    with at_shop.screen(PHONE) as shown:
        page = shown.page
        shown.enter("Ani")
        shown.go("/cases")
        page.click(".rows a")
        page.wait_for_selector(".left:text-matches('[0-9] (d|h) ')")  # the countdown, shorter than the server's words
        page.context.set_offline(offline=True)
        page.wait_for_selector("[role=status]:text('We have lost touch')")
        page.context.set_offline(offline=False)
        page.wait_for_selector("[role=status]:text('In touch again')")


def test_an_agent_judges_by_keys_while_the_judgement_forms_and_a_lead_looks_on(at_shop: Chromium) -> None:
    """S15: marked and tried out by keys, recorded, looked at, given; with script, wide; then the lead on a phone."""
    with at_shop.screen(WIDE) as shown:
        page = shown.page
        shown.enter("Eka")
        shown.check()
        page.keyboard.press("n")
        page.wait_for_url(re.compile("/cases/"))
        shown.check()
        case = case_id(shown)
        page.locator("select[name^='value:CUSTOMER:STATUS']").first.focus()
        page.keyboard.press("1")
        page.locator("select[name^='value:SELLER:MERCHANT']").first.focus()
        page.keyboard.press("2")
        page.select_option("select[name^='ground:']", "QUALITY")
        page.wait_for_selector(".outlook .verdict:has-text('S15')")
        shown.check()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("r")
        page.wait_for_url(re.compile("done=RecordFindings"))
        page.keyboard.press("g")
        page.fill("#paragraph", "Foto pembeli cukup.")
        shown.check()
        page.click("button[value=check]")
        page.click("button[value=give]")
        page.wait_for_url(re.compile("done=Judge"))
        shown.check()
    with at_shop.screen(NARROW, locale="id-ID", color_scheme="dark") as shown:
        shown.enter("Lia")
        for path in (
            "/queue",
            "/people",
            "/me",
            "/dashboard",
            "/dashboard?by=ALL",
            f"/cases/{case}",
            f"/cases/{case}/similar",
        ):
            shown.go(path)
            shown.check()


def test_the_rules_and_the_way_of_a_case_are_read_on_a_phone(at_shop: Chromium) -> None:
    with at_shop.screen(NARROW, locale="id-ID", color_scheme="dark") as shown, at_shop.shop() as shop:
        page = shown.page
        order = shop.make_order("DELIVERED_YESTERDAY", "c-ani", "s-citra").order_id
        case = shop.as_customer("c-ani").open_case(order, RequestType.REFUND, [ClaimLine("1", Reason.DEFECTIVE)])
        shown.enter("Ani")
        page.click("footer a:text('Aturan')")
        shown.check()
        page.fill("#find", "resi kurir kembali")
        page.wait_for_selector("#clock\\.seller_review", state="hidden")
        page.fill("#find", "penjual menjawab permintaan")
        page.wait_for_selector("#clock\\.seller_review")
        shown.go(f"/cases/{case.case.case_id}")
        page.click("#more a[href$='/rules']")
        shown.check()
        page.focus(".scrolls")
        assert page.evaluate("getComputedStyle(document.querySelector('.scrolls')).outlineStyle") == "solid"
        page.click("a.box.now")
        page.wait_for_selector("#phase-REVIEW .pill:text('kasus ada di sini')")
