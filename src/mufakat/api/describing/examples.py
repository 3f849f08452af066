"""Reads the examples in `examples/`: bodies of commands, calls of every operation, and what they answered."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final

import msgspec

PACKAGE: Final = "mufakat.api.examples"
CASE: Final = "019cabd3-1f40-7000-8000-000000000001"
"""The case of the examples, where one is shown."""
KEY: Final = "5d2c7a1e-return-blender"
"""An idempotency key."""
NOTE: Final = "2 March 2026: filled to the mark, plugged in, pressed 1. Nothing moved and nothing lit up.\n"
"""The file that the customer uploads."""
KNOWN: Final = {
    "account": "019cabd31f407000800000000000000b",
    "code": "314159",
    "lead": "019cabd31f407000800000000000000a",
    "entry": "019cabd31f407000800000000000000a",
    "seen": "019cabd31f407000800000000000000a",
    "invitation": "mi_019cabd31f407000800000000000000b_<64 hexadecimal digits>_toko",
    "session": "019cabd31f407000800000000000000c",
    "case": CASE,
    "sampled": CASE,
    "digest": hashlib.sha256(NOTE.encode()).hexdigest(),
    "hook_id": "019cabd31f407000800000000000000a",
    "delivery_id": "019cabd31f407000800000000000000a",
    "key_id": "019cabd31f407000800000000000000a",
    "link": "c2lnbmVkIGJ5IHRoZSBzZXJ2ZXI",
    "note": NOTE,
    "upload": "019cabd31f407000800000000000000a",
    "tag": '"3-69a79220-r8"',
}
"""What stands for what is known only when an example is played."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation.

    `by` whom; `path` and `query`: what stands in the address; `body` of JSON, `content` of another kind with its
    `type`; `keep`: what later calls need of the answer, name to its place there, or to a header with `header:` before.
    """

    name: str
    says: str
    operation: str
    by: str
    status: int
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    command: str = ""
    content: str = ""
    type: str = ""
    wait: dict[str, float] = field(default_factory=dict)
    keep: dict[str, str] = field(default_factory=dict)


@cache
def commands() -> dict[str, dict[str, Any]]:
    """A body of each command, by its name."""
    return {name: {"command": name, **fields} for name, fields in _toml("commands.toml").items()}


@cache
def calls() -> tuple[Call, ...]:
    """Every example of a call, in the order in which they are played."""
    return tuple(msgspec.convert(each | {"name": name}, Call) for name, each in _toml("calls.toml").items())


@cache
def stories() -> dict[str, dict[str, Any]]:
    """Commands in order, by the name of the story."""
    return _toml("stories.toml")


@cache
def answers() -> dict[str, Any]:
    """What each call answered, by its name."""
    found: dict[str, Any] = msgspec.json.decode(_read("answers.json"))
    return found


def filled(value: Any, known: dict[str, str]) -> Any:
    """A value with `{name}` in its texts replaced by what is known."""
    if isinstance(value, str):
        for name, text in known.items():
            value = value.replace(f"{{{name}}}", text)
        return value
    if isinstance(value, dict):
        return {name: filled(each, known) for name, each in value.items()}
    return [filled(each, known) for each in value] if isinstance(value, list) else value


def put_in(operation: dict[str, Any], whats: dict[str, str]) -> None:
    """Put the examples of an operation into its description. `whats`: each command and what it does."""
    own = [call for call in calls() if call.operation == operation["operationId"]]
    _of_parameters(operation, own)
    sent = {call.name: _example(call.says, call.body) for call in own if call.body is not None}
    if any(call.command for call in own):
        sent |= {name: _example(f"{name}: {whats[name]}", body) for name, body in commands().items()}
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if sent:
            content["examples"] = sent
    for call in (each for each in own if each.name in answers()):
        answer = answers()[call.name]
        promised = operation["responses"][str(answer["status"])]
        for kind, content in promised.get("content", {}).items():
            if "content" in answer and kind.endswith("json") is not isinstance(answer["content"], str):
                content.setdefault("examples", {})[call.name] = {"summary": call.says, "value": answer["content"]}


def _of_parameters(operation: dict[str, Any], own: list[Call]) -> None:
    """Show what the first example that has it gives; beside what may be left out, lest the page send it unasked."""
    for parameter in operation.get("parameters", []):
        name = parameter.get("name")
        given = (part[name] for call in own for part in (call.path, call.query, call.headers) if name in part)
        example = KEY if name == "Idempotency-Key" else next(given, None)
        if example is not None and parameter["required"]:
            parameter["example"] = filled(example, KNOWN)
        elif example is not None:
            parameter["description"] += f" Such as `{filled(example, KNOWN)}`."


def _example(says: str, value: Any) -> dict[str, Any]:
    return {"summary": says, "value": filled(value, KNOWN)}


def _toml(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(_read(name).decode())


def _read(name: str) -> bytes:
    return resources.files(PACKAGE).joinpath(name).read_bytes()
