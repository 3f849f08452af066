"""Who sees what of a file: its giver the file, others a copy without metadata, an agent the original with a reason."""

import base64
import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import av
import httpx
import pytest
from PIL import Image

from mufakat.api.wire.files import ViewKind
from mufakat.core.refusals import Refusal
from mufakat.evidence.inspection.door import WorkshopLost
from mufakat.evidence.inspection.inspector import Inspected, Inspector
from mufakat.evidence.inspection.report import Made
from mufakat.evidence.kinds import TAKEN
from tests.api.shop import SHOP, Shop
from tests.evidence.inspected import CAMERA, SECRETS, film, heic, pdf, photo, scene

PHOTO = photo("JPEG", scene(640, 480))
DIGEST = hashlib.sha256(PHOTO).hexdigest()
REASON = "The seller says that it was taken a year ago."


async def _put(shop: Shop, content: bytes, kind: str = "image/jpeg") -> httpx.Response:
    headers = shop.customer(**{"content-type": kind})
    return await shop.http.post("/v1/orders/o-1/files", content=content, headers=headers)


async def _case(shop: Shop, content: bytes = PHOTO, kind: str = "image/jpeg") -> str:
    """A case with one file on its record; where that is read."""
    await shop.order()
    put = await _put(shop, content, kind)
    assert put.status_code == 201, put.text
    digest = put.json()["digest"]
    case = await shop.case(materials=[{"item": "PROOF_OF_DAMAGE", "digest": digest}])
    return f"/v1/cases/{case}/files/{digest}"


async def _views(shop: Shop, place: str) -> list[dict[str, Any]]:
    listed = await shop.http.get(f"{place}/views", headers=shop.seller())
    assert listed.status_code == 200, listed.text
    views: list[dict[str, Any]] = listed.json()["views"]
    return views


async def test_others_see_a_copy_without_metadata_and_the_giver_the_file_itself(shop: Shop) -> None:
    """S3, S4."""
    place = await _case(shop)
    own = await shop.http.get(f"/v1/orders/o-1/files/{DIGEST}", headers=shop.customer())
    assert own.content == PHOTO
    views = await _views(shop, place)
    assert [each["made"] for each in views] == ["COPY", "THUMBNAIL"]
    assert [each["main"] for each in views] == [True, False]
    main = await shop.http.get(place, headers=shop.seller())
    for view in views:
        seen = await shop.http.get(view["href"], headers=shop.seller())
        assert (seen.status_code, len(seen.content)) == (200, view["size"])
        assert Image.open(BytesIO(seen.content)).size == (view["width"], view["height"])
        assert not [each for each in SECRETS if each in seen.content]
        assert seen.headers["content-disposition"].startswith("inline")
        assert seen.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert seen.headers["x-content-type-options"] == "nosniff"
    assert main.content == (await shop.http.get(views[0]["href"], headers=shop.seller())).content
    assert (await shop.http.get(f"{place}/views/99", headers=shop.seller())).status_code == 404
    for stranger in (shop.customer("c-2"), shop.seller("s-2")):
        assert (await shop.http.get(f"{place}/views", headers=stranger)).status_code == 404


def test_every_kind_of_view_that_is_made_can_be_told() -> None:
    assert [each.value for each in ViewKind] == [each.value for each in Made]


async def test_the_case_says_where_the_views_of_an_exhibit_are(shop: Shop) -> None:
    place = await _case(shop)
    case = await shop.http.get(place.partition("/files")[0], headers=shop.seller())
    (exhibit,) = case.json()["exhibits"]
    assert (exhibit["href"], exhibit["views_href"]) == (place, f"{place}/views")


async def test_time_place_and_camera_are_for_agents_only(shop: Shop) -> None:
    place = await _case(shop)
    told = await shop.http.get(f"{place}/facts", headers=await shop.agent())
    facts = told.json()
    assert facts["make"] == CAMERA
    assert facts["taken_at"] == "2026-01-01T20:04:05Z"
    assert (round(facts["latitude"], 4), round(facts["longitude"], 4)) == (-6.2088, 106.8456)
    for other in (shop.customer(), shop.seller(), shop.server):
        refused = await shop.http.get(f"{place}/facts", headers=other)
        assert (refused.status_code, refused.json()["code"]) == (403, "NOT_ALLOWED")
    facts_number = len(await _views(shop, place)) + 1
    assert (await shop.http.get(f"{place}/views/{facts_number}", headers=await shop.agent())).status_code == 404


async def test_an_agent_opens_the_original_with_a_reason_that_is_recorded(shop: Shop) -> None:
    """S7."""
    place = await _case(shop)
    case = place.partition("/files")[0]
    agent = await shop.agent("rina")
    for reason in ("", "too short", "             x", "x" * 1001):
        refused = await shop.http.post(f"{place}/original", json={"reason": reason}, headers=agent)
        assert (refused.status_code, refused.json()["code"]) == (400, "BODY_NOT_VALID")
    assert (await shop.http.get(f"{case}/openings", headers=agent)).json()["openings"] == []
    opened = await shop.http.post(f"{place}/original", json={"reason": REASON}, headers=agent)
    assert opened.content == PHOTO
    assert opened.headers["content-disposition"].startswith("attachment")
    for reader in (agent, shop.server):
        (said,) = (await shop.http.get(f"{case}/openings", headers=reader)).json()["openings"]
        assert (said["agent_id"], said["reason"], said["exhibit"], said["digest"]) == ("rina", REASON, 1, DIGEST)
    for other in (shop.customer(), shop.seller(), shop.server):
        assert (await shop.http.post(f"{place}/original", json={"reason": REASON}, headers=other)).status_code == 403
    for other in (shop.customer(), shop.seller()):
        assert (await shop.http.get(f"{case}/openings", headers=other)).status_code == 403
    (row,) = await shop.site.store.fetch("SELECT o::text AS whole FROM openings o")
    assert REASON not in row["whole"]
    assert REASON.encode().hex() not in row["whole"]


async def test_no_byte_of_an_original_leaves_when_it_cannot_be_recorded(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = await _case(shop)

    async def lost(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(shop.site.store, "put_opening", lost)
    broken = await shop.http.post(f"{place}/original", json={"reason": REASON}, headers=await shop.agent())
    assert broken.status_code == 500
    assert PHOTO[:100] not in broken.content


async def test_one_range_of_the_bytes_is_served_as_players_ask_for_it(shop: Shop) -> None:
    noise = BytesIO()
    Image.effect_noise((700, 700), 120).save(noise, "PNG")
    place = await _case(shop, noise.getvalue(), "image/png")
    view = (await _views(shop, place))[0]
    whole = await shop.http.get(view["href"], headers=shop.seller())
    size, tag = len(whole.content), whole.headers["etag"]
    assert size > 150_000
    assert whole.headers["accept-ranges"] == "bytes"
    ranges = ((0, 0), (1, 70_000), (65_535, 65_536), (131_072, size - 1), (size - 1, size - 1))
    asked = [(f"bytes={first}-{last}", first, last) for first, last in ranges]
    asked += [
        ("bytes=100000-", 100_000, size - 1),
        ("bytes=-5", size - 5, size - 1),
        (f"bytes=-{size * 2}", 0, size - 1),
    ]
    asked += [(f"bytes=10-{size * 2}", 10, size - 1)]
    for text, first, last in asked:
        part = await shop.http.get(view["href"], headers=shop.seller(range=text))
        assert part.status_code == 206, text
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert part.content == whole.content[first : last + 1]
    same = await shop.http.get(view["href"], headers=shop.seller(range="bytes=0-9", **{"if-range": tag}))
    assert (same.status_code, same.content) == (206, whole.content[:10])
    for text in ("bytes=0-1,4-5", "bytes=9-3", "lines=1-2", "bytes=-", "bytes=a-b"):
        assert (await shop.http.get(view["href"], headers=shop.seller(range=text))).content == whole.content, text
    other = await shop.http.get(view["href"], headers=shop.seller(range="bytes=0-9", **{"if-range": '"x"'}))
    assert (other.status_code, other.content) == (200, whole.content)
    for text in (f"bytes={size}-", "bytes=-0"):
        none = await shop.http.get(view["href"], headers=shop.seller(range=text))
        assert (none.status_code, none.json()["code"]) == (416, "RANGE_NOT_VALID")
        assert none.headers["content-range"] == f"bytes */{size}"


async def _link(shop: Shop, place: str, headers: dict[str, str], **body: Any) -> str:
    made = await shop.http.post(f"{place}/links", json=body, headers=headers)
    assert made.status_code == 201, made.text
    href: str = made.json()["href"]
    return href


async def test_a_link_shows_one_view_without_a_token_for_five_minutes(shop: Shop) -> None:
    place = await _case(shop)
    small = (await _views(shop, place))[1]
    href = await _link(shop, place, shop.seller(), number=small["number"])
    seen = await shop.http.get(href)
    assert (seen.status_code, len(seen.content)) == (200, small["size"])
    assert (await shop.http.get(href, headers={"range": "bytes=0-9"})).status_code == 206
    assert len((await shop.http.get(await _link(shop, place, shop.seller()))).content) != small["size"]
    shop.clock.forward(minutes=4.9)
    assert (await shop.http.get(href)).status_code == 200
    shop.clock.forward(minutes=0.2)
    assert (await shop.http.get(href)).status_code == 404


async def test_a_link_cannot_be_made_up_or_changed_and_is_never_to_facts(shop: Shop) -> None:
    place = await _case(shop)
    href = await _link(shop, place, shop.seller())
    at = len("/links/") + 60
    for other in (href[:at] + ("A" if href[at] != "A" else "B") + href[at + 1 :], "/links/AAAA", "/links/!", href[:-4]):
        assert (await shop.http.get(other)).status_code == 404
    facts = len(await _views(shop, place)) + 1
    refused = await shop.http.post(f"{place}/links", json={"number": facts}, headers=await shop.agent())
    assert refused.status_code == 404
    stranger = await shop.http.post(f"{place}/links", json={}, headers=shop.seller("s-2"))
    assert stranger.status_code == 404


async def test_a_link_ends_with_the_key_of_whoever_asked_for_it(shop: Shop) -> None:
    place = await _case(shop)
    for headers, credential in (
        (await shop.agent("dewi"), "dewi"),
        (shop.seller(), shop.key.credential.id),
    ):
        href = await _link(shop, place, headers)
        assert (await shop.http.get(href)).status_code == 200
        if credential == "dewi":
            (row,) = await shop.site.store.fetch("SELECT id FROM credentials WHERE subject = $1", credential)
            credential = row["id"]  # noqa: PLW2901 - the id that an agent's token has in the database
        assert await shop.site.store.end_credential(SHOP, credential, shop.clock.now(), revoke=True)
        assert (await shop.http.get(href)).status_code == 404


TEXT = b"The blender does not start."
KINDS: dict[str, tuple[Callable[[], bytes], str, str, str]] = {
    "JPEG": (lambda: PHOTO, "image/jpeg", "image/jpeg", "image/jpeg"),
    "PNG": (lambda: photo("PNG"), "image/png", "image/png", "image/jpeg"),
    "WebP": (lambda: photo("WEBP"), "image/webp", "image/webp", "image/jpeg"),
    "HEIC": (heic, "image/heic", "image/heic", "image/jpeg"),
    "MP4": (film, "video/mp4", "video/mp4", "video/mp4"),
    "MOV": (lambda: film("mov"), "video/quicktime", "video/quicktime", "video/mp4"),
    "WebM": (lambda: film("webm", "libvpx", "libopus"), "video/webm", "video/webm", "video/webm"),
    "MKV": (lambda: film("matroska", "libx264", "libopus"), "video/x-matroska", "video/x-matroska", "video/mp4"),
    "M4A": (lambda: film("ipod", "", "aac"), "audio/x-m4a", "audio/mp4", "audio/mp4"),
    "MP3": (lambda: film("mp3", "", "libmp3lame"), "audio/mpeg", "audio/mpeg", "audio/mpeg"),
    "OGG": (lambda: film("ogg", "", "libopus"), "audio/ogg", "audio/ogg", "audio/ogg"),
    "WAV": (lambda: film("wav", "", "pcm_s16le"), "audio/x-wav", "audio/wav", "audio/wav"),
    "PDF": (pdf, "application/pdf", "application/pdf", "image/jpeg"),
    "TXT": (lambda: TEXT, "text/plain", "text/plain", "text/plain"),
    "a sound as WebM": (lambda: film("webm", "", "libopus"), "audio/webm", "audio/webm", "audio/ogg"),
    "a sound as MKV": (lambda: film("matroska", "", "libopus"), "", "audio/x-matroska", "audio/ogg"),
}
"""What each kind that is taken is sent as, turns out to be, and is seen as by others."""
PLAYED = 3.0
"""Seconds of the films and sounds among them."""


def test_every_kind_that_is_taken_is_handed_in_here() -> None:
    assert set(TAKEN.values()) <= set(KINDS)
    assert set(TAKEN) <= {found for _, _, found, _ in KINDS.values()}


@pytest.mark.parametrize("way", ["at once", "resumed"])
@pytest.mark.parametrize("name", KINDS)
async def test_every_kind_that_is_taken_is_seen_by_the_other_side(shop: Shop, name: str, way: str) -> None:
    """S3: however it is handed in, the other side sees, hears or plays it, and nothing else of it."""
    make, claimed, found, shown = KINDS[name]
    content = make()
    await shop.order()
    digest = await (_at_once if way == "at once" else _resumed)(shop, content, claimed)
    (own,) = (await shop.http.get("/v1/orders/o-1/files", headers=shop.customer())).json()["files"]
    assert (own["digest"], own["type"], own["size"]) == (digest, found, len(content))
    case = await shop.case(materials=[{"item": "PROOF_OF_DAMAGE", "digest": digest}])
    place = f"/v1/cases/{case}/files/{digest}"
    views = await _views(shop, place)
    (main,) = (each for each in views if each["main"])
    assert main["type"] == shown
    plays = found.startswith(("video/", "audio/"))
    assert abs(main["length"] - (PLAYED if plays else 0)) < 0.2
    assert {each["length"] for each in views if each is not main} <= {0}
    seen = await shop.http.get(place, headers=shop.seller())
    assert (seen.status_code, seen.headers["content-type"].partition(";")[0]) == (200, shown)
    assert (seen.content == content) is (name == "TXT")
    assert not [each for each in SECRETS if each in seen.content]
    if plays:
        with av.open(BytesIO(seen.content), "r") as played:
            assert len(list(played.decode(played.streams[0]))) > 20


async def _at_once(shop: Shop, content: bytes, kind: str) -> str:
    put = await _put(shop, content, kind)
    assert put.status_code == 201, put.text
    digest: str = put.json()["digest"]
    return digest


async def _resumed(shop: Shop, content: bytes, kind: str) -> str:
    """By the tus protocol, cut once in the middle."""
    half, version = len(content) // 2, {"tus-resumable": "1.0.0"}
    named = {"upload-metadata": f"filetype {base64.b64encode(kind.encode()).decode()}"}
    headers = shop.customer() | version | named | {"upload-length": str(len(content))}
    begun = await shop.http.post("/v1/orders/o-1/uploads", headers=headers)
    assert begun.status_code == 201, begun.text
    for offset, piece in ((0, content[:half]), (half, content[half:])):
        at = {"upload-offset": str(offset), "content-type": "application/offset+octet-stream"}
        sent = await shop.http.patch(begun.headers["location"], content=piece, headers=shop.customer() | version | at)
        assert sent.status_code == 204, sent.text
    digest: str = (await shop.http.get(begun.headers["location"], headers=shop.customer())).json()["digest"]
    return digest


ABUSE = {
    "a polyglot": (PHOTO + b"PK\x03\x04" + b"x" * 200_000, {"FILE_NOT_ONE_THING"}),
    "a truncated picture": (PHOTO[: len(PHOTO) // 2], {"FILE_DAMAGED"}),
    "a drawing with a script": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', {"FILE_TYPE_NOT_ALLOWED"}),
    "a page": (b"<!doctype html><script>alert(1)</script>", {"FILE_TYPE_NOT_ALLOWED"}),
    "nothing": (b"", {"FILE_EMPTY"}),
}


def _bomb() -> bytes:
    out = BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("name", [*ABUSE, "a bomb", "a wrong name"])
async def test_a_file_that_is_not_what_it_should_be_is_refused_and_leaves_nothing(shop: Shop, name: str) -> None:
    more = {"a bomb": (_bomb, {"FILE_TOO_MANY_PIXELS"}), "a wrong name": (lambda: PHOTO, {"FILE_NOT_AS_NAMED"})}
    content, codes = ABUSE[name] if name in ABUSE else (more[name][0](), more[name][1])
    await shop.order()
    refused = await _put(shop, content, "application/pdf" if name == "a wrong name" else "")
    assert refused.json()["code"] in codes
    assert refused.json()["detail"]
    rows = "SELECT (SELECT count(*) FROM files) + (SELECT count(*) FROM derivatives) AS rows"
    assert (await shop.site.store.fetch(rows))[0]["rows"] == 0
    folder = shop.site.materials.vault._folder
    assert folder is not None
    assert [path for path in folder.rglob("*") if path.is_file()] == []


class _Away(Inspector):
    """An inspector on a machine that can start no workshop."""

    async def inspect(self, *_: object) -> Inspected | Refusal:
        raise WorkshopLost("no process can be started")


async def test_nothing_is_taken_where_nothing_can_be_looked_into(shop: Shop) -> None:
    await shop.order()
    looking = shop.site.materials.looking
    assert looking is not None
    looking.inspector = _Away()
    refused = await _put(shop, PHOTO)
    assert (refused.status_code, refused.json()["code"]) == (503, "FILES_AWAY")
    assert refused.headers["retry-after"]
    assert (await shop.site.store.fetch("SELECT 1 FROM files")) == []


async def test_a_party_sees_its_own_files_and_how_much_more_may_come(shop: Shop) -> None:
    await shop.order()
    await _put(shop, PHOTO)
    listed = (await shop.http.get("/v1/orders/o-1/files", headers=shop.customer())).json()
    assert [each["digest"] for each in listed["files"]] == [DIGEST]
    limits = shop.site.materials.limits
    assert (listed["files_used"], listed["files_left"]) == (1, limits.order_files // 2 - 1)
    assert (listed["bytes_used"], listed["bytes_left"]) == (len(PHOTO), limits.order_bytes // 2 - len(PHOTO))
    other = (await shop.http.get("/v1/orders/o-1/files", headers=shop.seller())).json()
    assert (other["files"], other["files_used"]) == ([], 0)
    assert (await shop.http.get("/v1/orders/o-1/files", headers=shop.customer("c-2"))).status_code == 404
