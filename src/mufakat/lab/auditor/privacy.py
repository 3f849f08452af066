"""No plain text in the log: what a person wrote appears only as a salted hash (house principle 11)."""

from collections.abc import Iterator
from typing import Any

from mufakat.lab.auditor.trial import Event, Trial

SEALED = {"text", "reference"}
PROVIDERS_OWN = {"refund.paid", "chargeback.frozen", "chargeback.settled", "order.fact_noted"}
"""Events whose `reference` a machine made: the payment provider's or bank's own name, without a space."""
OURS = {"because", "passed_over"}
"""Sentences that the platform derives itself; nobody wrote them."""
WORDS = 3
"""A string with so many spaces reads like a sentence; codes, names and ids do not."""


def check_privacy(trial: Trial, event: Event) -> None:
    """Every sealed field is empty or a hash, and no other field holds a sentence."""
    for name, value in _strings(event.data, ""):
        if name == "reference" and event.name in PROVIDERS_OWN:
            if " " in value:
                trial.fault("privacy", event, f"{event.name} holds what reads like plain text in {name!r}")
        elif name in SEALED and value and not value.startswith("sha256:"):
            trial.fault("privacy", event, f"{event.name} holds plain text in {name!r}")
        elif name not in SEALED | OURS and value.count(" ") >= WORDS:
            trial.fault("privacy", event, f"{event.name} holds what reads like plain text in {name!r}")


def _strings(node: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield name, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _strings(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value, name)
