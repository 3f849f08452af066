"""The page docs/reference/webhooks.md: what each webhook tells, made from the AsyncAPI document."""

import json
from typing import Any

from mufakat.api.describing.events import HEADERS, document
from mufakat.core.events import EVENTS
from mufakat.engine.hooks.told import shape
from tools.process_page import rows

HEAD = """# Webhooks

Made by `make docs` from the event types in `src/mufakat/core/events`; the checks fail when it is stale. The same for
programs is the AsyncAPI document, which every server gives at `/asyncapi.json`. How an endpoint is made, and what one
may rely on, is in the [guide](../guides/webhooks.md).

A webhook is a POST with a body of JSON. What stands under `data.event` is what the [event](events.md) of that name
holds, without what a party wrote, without what carriers and payment providers call things, and without hashes of files.
"""
ORDER = ("marketplace", "order_id", "case_id", "number", "previous", "by", "version", "event")
SHOWN = "refund.paid"


def page() -> str:
    """The whole page."""
    messages = document()["components"]["messages"]
    example = json.dumps(messages[SHOWN]["examples"][0]["payload"], indent=2)
    events: list[tuple[str, ...]] = [_event(name, message) for name, message in messages.items()]
    headers: list[tuple[str, ...]] = [(f"`{name}`", about) for name, about in HEADERS.items()]
    return "\n".join(
        [
            HEAD,
            "## Headers\n",
            rows(("header", "what it says"), headers),
            "## A body\n",
            f"```json\n{example}\n```\n",
            _data(),
            "## Events\n",
            rows(("type", "what happened", "what is told of it"), events),
        ]
    )


def _data() -> str:
    about: str = document()["components"]["schemas"]["RefundPaidData"]["description"]
    return about.replace("\n\n", "\n") + "\n"


def _event(name: str, message: dict[str, Any]) -> tuple[str, str, str]:
    if name not in EVENTS:
        return f"`{name}`", message["summary"], "`marketplace`, `hook_id`"
    told = ", ".join(f"`{each}`" for each in shape(EVENTS[name]).__struct_fields__)
    return f"[`{name}`](events.md#{name.replace('.', '')})", message["summary"], told or "that it happened"
