"""Files over HTTP: uploaded for an order, named in a command, read back by those who may."""

import base64
import hashlib

from tests.api.shop import Shop
from tests.evidence.inspected import SECRETS, photo, scene

PNG = photo("PNG", scene(64, 48))
DIGEST = hashlib.sha256(PNG).hexdigest()


async def _upload(shop: Shop, headers: dict[str, str], **more: str) -> str:
    kept = await shop.http.post(
        "/v1/orders/o-1/files", content=PNG, headers=headers | {"content-type": "image/png"} | more
    )
    assert kept.status_code == 201, kept.text
    digest: str = kept.json()["digest"]
    return digest


async def test_a_file_travels_whole_and_both_sides_read_it_once_it_is_on_the_record(shop: Shop) -> None:
    """S3, S4."""
    await shop.order()
    digest = await _upload(shop, shop.customer())
    assert digest == DIGEST
    own = await shop.http.get(f"/v1/orders/o-1/files/{digest}", headers=shop.customer())
    assert own.content == PNG
    assert (await shop.http.get(f"/v1/orders/o-1/files/{digest}", headers=shop.seller())).status_code == 404
    material = {"item": "PROOF_OF_DAMAGE", "digest": digest}
    case = await shop.case(materials=[material])
    exhibit = (await shop.http.get(f"/v1/cases/{case}", headers=shop.seller())).json()["exhibits"][0]
    for headers in (shop.customer(), shop.seller(), await shop.agent(), shop.server):
        read = await shop.http.get(exhibit["href"], headers=headers)
        assert read.content != PNG
        assert not [each for each in SECRETS if each in read.content]
        assert read.headers["content-type"].startswith("image/")
        assert read.headers["content-disposition"].startswith("inline")
        assert read.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert read.headers["x-content-type-options"] == "nosniff"
    assert (await shop.http.get(exhibit["href"], headers=shop.customer("c-2"))).status_code == 404


async def test_a_file_that_was_never_uploaded_cannot_be_named(shop: Shop) -> None:
    case = await shop.case()
    refused = await shop.give(case, shop.seller(), "SendMessage", materials=[{"item": "X", "digest": DIGEST}])
    assert refused.json()["code"] == "FILE_NOT_THERE"
    await _upload(shop, shop.customer())
    theirs = await shop.give(case, shop.seller(), "SendMessage", materials=[{"item": "X", "digest": DIGEST}])
    assert theirs.json()["code"] == "FILE_NOT_THERE"
    mine = await shop.give(case, shop.customer(), "SendMessage", materials=[{"item": "X", "digest": DIGEST}])
    assert mine.status_code == 200


async def test_what_arrives_otherwise_than_claimed_is_refused(shop: Shop) -> None:
    await shop.order()
    claimed = base64.b64encode(hashlib.sha256(PNG).digest()).decode()
    right = {"content-digest": f"sha-256=:{claimed}:"}
    assert await _upload(shop, shop.customer(), **right) == DIGEST
    headers = shop.customer(**right)
    wrong = await shop.http.post("/v1/orders/o-1/files", content=PNG + b"x", headers=headers)
    assert wrong.json()["code"] == "FILE_NOT_AS_CLAIMED"
    headers = shop.customer(**{"content-digest": "md5=:AAAA:"})
    unknown = await shop.http.post("/v1/orders/o-1/files", content=PNG, headers=headers)
    assert unknown.json()["code"] == "PARAMETER_NOT_VALID"


async def test_what_is_no_supporting_material_is_refused_with_a_sentence(shop: Shop) -> None:
    await shop.order()
    for body, code in ((b"", "FILE_EMPTY"), (b"PK\x03\x04" + PNG, "FILE_TYPE_NOT_ALLOWED")):
        refused = await shop.http.post("/v1/orders/o-1/files", content=body, headers=shop.customer())
        assert refused.json()["code"] == code
        assert refused.json()["detail"]
    agent = await shop.http.post("/v1/orders/o-1/files", content=PNG, headers=await shop.agent())
    assert agent.status_code == 403
    stranger = await shop.http.post("/v1/orders/o-1/files", content=PNG, headers=shop.customer("c-2"))
    assert stranger.status_code == 404
