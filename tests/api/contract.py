"""Whether an answer is one that the OpenAPI document promises. Every answer in the tests of the API is held to it."""

import json
import re
from functools import cache
from typing import Any

import httpx
import jsonschema_rs

from mufakat.api.app import describe

Operation = tuple[re.Pattern[str], str, dict[str, Any]]


@cache
def operations() -> list[Operation]:
    """Address, method and promise of every operation."""
    found: list[Operation] = []
    for path, item in describe()["paths"].items():
        address = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
        found += [(address, method.upper(), operation) for method, operation in item.items()]
    return found


@cache
def components() -> dict[str, Any]:
    """What schemas refer to."""
    return {"components": describe()["components"]}


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The operation at an address, most particular address first; None where there is none."""
    fitting = [each for each in operations() if each[1] == method and each[0].fullmatch(path)]
    return min(fitting, key=lambda each: each[0].pattern.count("[^/]+"))[2] if fitting else None


def fits(value: Any, schema: dict[str, Any]) -> list[str]:
    """What in a value does not fit a schema of the document."""
    faults = _checker(json.dumps(schema)).iter_errors(value)
    return [f"{'/'.join(map(str, each.instance_path))}: {each.message}" for each in faults]


@cache
def _checker(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema) | components(), validate_formats=True)


def broken(response: httpx.Response) -> list[str]:
    """What about an answer the document does not promise; nothing for an address that it does not describe."""
    operation = operation_of(response.request.method, response.request.url.path)
    if operation is None:
        return []
    promised = operation["responses"].get(str(response.status_code))
    if promised is None:
        return [f"status {response.status_code} is not promised: {response.text[:500]}"]
    faults = [f"header {name} is missing" for name in promised.get("headers", {}) if name not in response.headers]
    content = None if response.request.method == "HEAD" else promised.get("content")
    kind = response.headers.get("content-type", "").partition(";")[0]
    if not content:
        return faults if not response.content else [*faults, "no content is promised"]
    if kind not in content:
        return [*faults, f"{kind} is not promised"]
    if kind.endswith("json"):
        faults += fits(response.json(), content[kind]["schema"])
    return faults


async def hold(response: httpx.Response) -> None:
    """Raise where an answer is not as promised: a hook of the client."""
    await response.aread()
    faults = broken(response)
    asked = f"{response.request.method} {response.request.url.path}"
    assert not faults, f"{asked} answered what its description does not promise:\n" + "\n".join(faults)
