"""Make the pictures of the pages anew, into docs/screenshots: `python -m tools.screenshots`.

A server of its own with the little shop, one customer's story in Indonesian, on a phone and wide, light and dark. Needs
Chromium (`make browser`). Look at each picture before it is kept.
"""

import io
import re
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload
from tests.cli.serving import served
from tests.homes import open_folder
from tests.web.chromium import PHONE, WIDE, Chromium, Screen, chromium

from mufakat.api.wire.sandbox import WantedIn
from mufakat.client import Client
from mufakat.core import commands as c
from mufakat.core.claim import Decision, Material, MaterialKind
from mufakat.core.words import Language

FOLDER: Final = Path(__file__).parents[1] / "docs" / "screenshots"
NO: Final = "reverse_reject_request_reason_1"
STORY: Final = "Blender tidak menyala sejak pertama dibuka. Sudah dicoba di dua stopkontak."
TESTED: Final = "Kami uji dua menit sebelum dikirim, dan menyala."
ANSWER: Final = "Barang sudah kami periksa sebelum dikirim. Apakah tombol pengamannya sudah terkunci?"


def keep(shown: Screen, name: str) -> None:
    """The screen as WebP, as much of it as its window shows."""
    picture = Image.open(io.BytesIO(shown.page.screenshot()))
    picture.convert("RGB").save(FOLDER / f"{name}.webp", "WEBP", quality=82, method=6)


def blender() -> bytes:
    """A photo of a blender, as far as one can be drawn with a few strokes."""
    picture = Image.new("RGB", (640, 640), (222, 214, 200))
    draw = ImageDraw.Draw(picture)
    draw.polygon([(220, 110), (430, 110), (395, 380), (255, 380)], fill=(176, 205, 212), outline=(70, 90, 96), width=6)
    draw.rectangle((235, 380, 415, 530), fill=(58, 62, 66))
    draw.ellipse((300, 430, 350, 480), fill=(190, 60, 50))
    draw.line([(300, 150), (330, 250), (305, 330)], fill=(60, 40, 40), width=5)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def ask(shown: Screen, order: str) -> str:
    """A customer asks to send a blender back, with a photo; the case."""
    page = shown.page
    shown.go(f"/orders/{order}/ask")
    page.select_option("select", "DEFECTIVE")
    page.click("main .button")
    page.check("input[value=RETURN_AND_REFUND]")
    page.fill("#text", STORY)
    photo = FilePayload(name="blender.png", mimeType="image/png", buffer=blender())
    page.set_input_files("input[type=file]", files=photo)
    page.wait_for_selector(".uploading input[name=file]", state="attached")
    page.evaluate("scrollTo(0, 0)")
    keep(shown, "ask")
    page.click("main .actions .button")
    page.wait_for_selector("button[value=give]")
    keep(shown, "last-look")
    page.click("button[value=give]")
    page.wait_for_url(re.compile("done="))
    return page.url.split("/")[4].partition("?")[0]


def at_work(at_shop: Chromium, shop: Client, case: str) -> None:
    """The seller's worklist; then the agent before both sides, and the judgement that forms."""
    with at_shop.screen(WIDE) as seller:
        seller.enter("Citra")
        keep(seller, "worklist-wide")
    shop.as_seller("s-citra").command(case, c.HandIn(Material("MERCHANT_RESPONSE", MaterialKind.TEXT, text=TESTED)))
    shop.as_seller("s-citra").command(case, c.CompleteMaterial())
    for row in shop.cases(order_id="order-1004"):
        shop.judge(row.case_id, WantedIn(decision=Decision.FOR_CUSTOMER))
    with at_shop.screen(WIDE, Language.ID) as agent:
        agent.enter("Eka")
        agent.page.keyboard.press("n")
        agent.page.wait_for_url(re.compile(f"/cases/{case}"))
        agent.page.locator(".exhibit img").first.evaluate("each => each.decode()")
        keep(agent, "agent-wide")
        agent.page.locator("select[name^='value:CUSTOMER:STATUS']").select_option("VALID")
        agent.page.locator("select[name^='value:SELLER:MERCHANT']").select_option("INSUFFICIENT")
        agent.page.locator("select[name^='ground:']").select_option("QUALITY")
        agent.page.locator(".outlook .verdict").wait_for()
        agent.page.evaluate("document.querySelector('.assess').scrollIntoView()")
        keep(agent, "worksheet-wide")


def story(at_shop: Chromium) -> None:
    """The story, with a picture at each stop."""
    with at_shop.shop() as shop, at_shop.screen(PHONE, language=Language.ID, device_scale_factor=2) as phone:
        citra = shop.as_seller("s-citra")
        phone.go("/")
        keep(phone, "door")
        phone.enter("Ani")
        keep(phone, "orders")
        case = ask(phone, "order-1001")
        citra.command(case, c.SendMessage(text=ANSWER))
        citra.command(case, c.RejectRequest(NO, text="Menurut kami barang berfungsi."))
        phone.go(f"/cases/{case}")
        phone.page.wait_for_selector(".left:text-matches('(hari|jam) ')")
        keep(phone, "case")
        phone.go(f"/cases/{case}/steps/RaiseDispute")
        phone.page.fill("#text", "Sudah dicoba sesuai petunjuk, tetap mati.")
        phone.page.click("button[value=check]")
        phone.page.click("button[value=give]")
        phone.page.wait_for_url(re.compile("done="))
        shop.as_customer("c-ani").command(case, c.CompleteMaterial())
        at_work(at_shop, shop, case)
        shop.judge(case, WantedIn(decision=Decision.FOR_CUSTOMER, complete=True))
        with at_shop.screen(WIDE, color_scheme="dark") as wide:
            wide.enter("Ani")
            wide.go(f"/cases/{case}")
            wide.page.locator(".exhibit img").first.evaluate("each => each.decode()")
            wide.page.wait_for_selector(".left:text-matches('(d|h) ')")
            keep(wide, "case-wide-dark")
            wide.page.click("summary:text('Because')")
            wide.page.evaluate("document.querySelector('#judgement').scrollIntoView()")
            keep(wide, "decision-wide-dark")
            wide.go(f"/cases/{case}/rules")
            wide.page.evaluate("document.querySelector('#way').scrollIntoView()")
            keep(wide, "way-wide-dark")
        phone.go("/rules#g-time")
        keep(phone, "rules")


def main() -> None:
    """Make them all."""
    FOLDER.mkdir(exist_ok=True)
    with open_folder() as folder, served(folder / "home") as server, chromium(server) as started:
        story(started)


if __name__ == "__main__":
    main()
