"""Whatever is sent, by whomever: no server error, and no answer that the OpenAPI document does not promise.

Requests are made from the document: some as it asks, some not. Ids in addresses are those of real things most of the
time, so that requests reach the rules behind the door. The same requests each time; TEST_REQUESTS says how many to try
of each kind, and lets chance choose them.
"""

import asyncio
import itertools
import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode, checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks as promises

from mufakat.api import principals
from mufakat.api.app import describe
from mufakat.api.problems import MEDIA_TYPE
from mufakat.api.rights import SCOPES
from mufakat.api.routes.uploads import PIECES
from mufakat.store.embedded import create_database, drop_database
from mufakat.store.migrate import load, migrate
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import CredentialKind, Marketplace
from tests.api.doors import PNG
from tests.api.shop import Shop, opened

AnyCase = Case[Any]
Operation = APIOperation[Any, Any, Any, Any]

REQUESTS = int(os.environ.get("TEST_REQUESTS", "12"))
"""Requests tried of each operation, as its description asks, and as many that are not so."""
SANDBOX = "try"
CALLERS = ("server", "customer", "seller", "agent", "sandbox", "nobody")
REFUSED_SHAPES = {
    "BODY_NOT_JSON",
    "BODY_NOT_VALID",
    "BODY_TYPE_NOT_SUPPORTED",
    "PARAMETER_NOT_VALID",
    "TUS_VERSION_NOT_SPOKEN",
}
"""Codes that say that a request is not as the document asks."""
BEYOND_SHAPES = (
    "Expected a year",
    "in the years 1970 to 2199",
    "has no values for",
    "give either",
    "is judged by",
    "without naming anybody",
    "is no text in base64",
    "no tzinfo",
    "needs a zone",
    "Say whose statement",
)
"""What no schema can say."""
MORE = {"commandCase": 6, "previewCommand": 3, "openCase": 3, "putOrder": 2}
"""Operations of which more is tried as they ask: so many times as many."""
PROMISES = [
    checks.not_a_server_error,
    promises.status_code_conformance,
    promises.content_type_conformance,
    promises.response_headers_conformance,
    promises.response_schema_conformance,
    promises.negative_data_rejection,
]


def _whole(found: Iterable[Any]) -> Iterator[Operation]:
    """Every operation; raises for one that is described badly."""
    for each in found:
        yield each.ok()


def can_be_wrong(operation: Operation) -> bool:
    """Whether an operation takes more than ids in its address: those that are made up are tried anyway."""
    raw = operation.definition.raw
    given = [each for each in raw.get("parameters", []) if each.get("in") in ("query", "header")]
    return "requestBody" in raw or any(set(each["schema"]) - {"type", "default"} for each in given)


schemathesis.serializer.alias(PIECES, "application/octet-stream")
SCHEMA = schemathesis.openapi.from_dict(describe())
SCHEMA.config.generation.update(with_security_parameters=False)  # who calls is ours to choose
# tus demands 412 of a version that is not spoken.
REJECTED = SCHEMA.config.checks.negative_data_rejection
REJECTED.expected_statuses = [*REJECTED.expected_statuses, "412"]
OPERATIONS = {each.definition.raw["operationId"]: each for each in _whole(SCHEMA.get_all_operations())}
KINDS = [
    (name, mode)
    for name, operation in OPERATIONS.items()
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or can_be_wrong(operation)
]


@dataclass
class Stage:
    """A shop with something to try on, in an event loop of its own."""

    runner: asyncio.Runner
    shop: Shop
    callers: dict[str, dict[str, str]] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def send(self, case: AnyCase, caller: str, *, fresh: bool) -> httpx.Response:
        """Send a request as somebody; with a fresh idempotency key, where it takes one and should have a good one."""
        sent = case.as_transport_kwargs(base_url="http://mufakat.test")
        sent["headers"] = {**sent["headers"], **self.callers[caller]}
        if fresh and "Idempotency-Key" in sent["headers"]:
            sent["headers"]["Idempotency-Key"] = f"key-{next(self.numbers)}"
        prepared = requests.Request(**sent).prepare()
        call = self.shop.http.request(
            prepared.method or "",
            prepared.url or "",
            headers={name: str(value) for name, value in prepared.headers.items()},
            content=_body(prepared.body),
        )
        return self.runner.run(call)


def _body(given: Any) -> bytes | None:
    return given.encode() if isinstance(given, str) else given


async def set_up(runner: asyncio.Runner, url: str, folder: Path) -> Stage:
    """Orders, a case in review, a dispute, a file, keys; a marketplace, a sandbox, and somebody of each kind."""
    await migrate(url, load())
    store = await PostgresStore.connect(url)
    shop = await opened(store, folder)
    await store.put_marketplace(Marketplace(SANDBOX, "id", sandbox=True))
    key, spare = (
        principals.make(CredentialKind.SERVER, place, "server", SCOPES, shop.clock.now(), None)
        for place in (SANDBOX, "toko")
    )
    assert await store.put_credential(key.credential)
    assert await store.put_credential(spare.credential)
    file = await shop.http.post(
        f"/v1/orders/{await shop.order()}/files", content=PNG, headers=shop.customer() | {"content-type": "image/png"}
    )
    digest = file.json()["digest"]
    material = {"item": "STATUS_OF_MERCHANDISE", "digest": digest}
    body = {"order_id": "o-1", "type": "REFUND", "lines": [{"line_id": "1", "reason": "DEFECTIVE"}]}
    opening = await shop.http.post("/v1/cases", json=body | {"materials": [material]}, headers=shop.customer())
    dispute = opening.json()["case"]["case_id"]
    await shop.give(dispute, shop.seller(), "RejectRequest", code="reverse_reject_request_reason_1")
    assert (await shop.give(dispute, shop.customer(), "RaiseDispute")).status_code == 200
    callers = {
        "server": shop.server,
        "customer": shop.customer(),
        "seller": shop.seller(),
        "agent": await shop.agent(),
        "sandbox": replace(shop, key=key).server,
        "nobody": {"authorization": "Bearer mk_0_0_toko"},
    }
    for each in callers.values():
        each.pop("idempotency-key", None)
    return Stage(
        runner,
        shop,
        callers,
        {
            "order_id": ["o-1", await shop.order("o-2"), await shop.order("o-3")],
            "case_id": [await shop.case("o-4"), dispute],
            "digest": [digest],
            "key_id": [spare.credential.id],
            "name": ["id"],
            "code": ["CASE_CLOSED", "OUR_FAULT"],
        },
    )


@pytest.fixture(scope="module")
def stage(server_url: str) -> Iterator[Stage]:
    """What is tried on, once for all operations."""
    name = f"test_{uuid.uuid4().hex}"
    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as folder:
        made = runner.run(set_up(runner, runner.run(create_database(server_url, name)), Path(folder)))
        yield made
        runner.run(made.shop.http.aclose())
        runner.run(made.shop.site.store.close())
        runner.run(drop_database(server_url, name))


def held(case: AnyCase, answer: httpx.Response, mode: GenerationMode) -> None:
    """Hold an answer to what the document promises, and the shape of the request to what it asks."""
    case.validate_response(answer, checks=PROMISES)
    if mode is GenerationMode.POSITIVE and answer.content and code_of(answer) in REFUSED_SHAPES:
        detail = answer.json()["detail"]
        assert any(each.lower() in detail.lower() for each in BEYOND_SHAPES), (
            f"as the document asks, and refused: {detail}\n{case!r}"
        )


def code_of(answer: httpx.Response) -> str:
    """The code of a problem; empty for any other answer."""
    return str(answer.json()["code"]) if answer.headers.get("content-type", "").startswith(MEDIA_TYPE) else ""


def as_asked(case: AnyCase, part: ParameterLocation) -> bool:
    """Whether a part of a request is as the document asks."""
    assert case.meta is not None
    made = case.meta.components.get(part)
    return made is None or made.mode is GenerationMode.POSITIVE


@pytest.mark.parametrize("name,mode", KINDS, ids=lambda each: getattr(each, "value", each))
def test_no_server_error_and_no_answer_that_is_not_promised(stage: Stage, name: str, mode: GenerationMode) -> None:
    operation = OPERATIONS[name]
    tried = 0

    @hypothesis.settings(
        max_examples=REQUESTS * (MORE.get(name, 1) if mode is GenerationMode.POSITIVE else 1),
        deadline=None,
        derandomize="TEST_REQUESTS" not in os.environ,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(
        case=operation.as_strategy(generation_mode=mode),
        caller=st.sampled_from(CALLERS),
        real=st.integers(0, 3),
    )
    def try_one(case: AnyCase, caller: str, real: int) -> None:
        nonlocal tried
        if real and as_asked(case, ParameterLocation.PATH):
            for each in set(case.path_parameters) & set(stage.known):
                case.path_parameters[each] = stage.known[each][real % len(stage.known[each])]
        fresh = real > 0 and as_asked(case, ParameterLocation.HEADER)
        held(case, stage.send(case, caller, fresh=fresh), mode)
        tried += 1

    try_one()
    assert tried > 0
