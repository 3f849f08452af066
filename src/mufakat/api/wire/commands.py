"""Commands as they travel: one union, told apart by `command`; the same JSON that `mufakat do` takes.

Left out are those that nobody gives by hand: `Lapse` and `Remind` are the clock's, `JudgeAutomatically` the machine's,
and facts come in under their order, so that every open case of it is told.
"""

from typing import Any, Final, Union

import msgspec

from mufakat.api.wire.mirror import convert, mirror
from mufakat.core import commands as c

TAG: Final = "command"
BY_NOBODY: Final = frozenset({"Lapse", "Remind", "RecordFact", "OpenRequest", "JudgeAutomatically"})
"""Not given to a case by hand; a request is opened under its own route, and the machine looks for signals first."""

STRUCTS: Final = {
    name: mirror(kind, tag_field=TAG, tag=name) for name, kind in c.COMMANDS.items() if name not in BY_NOBODY
}

AnyCommand: Final[Any] = Union[tuple(STRUCTS.values())]  # noqa: UP007 - made of a list
"""Every command that can be given to a case."""


def core(sent: msgspec.Struct) -> Any:
    """The command that was sent, as the core has it."""
    return convert(sent, c.COMMANDS[type(sent).__name__])
