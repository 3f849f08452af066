"""Cases that are under way elsewhere, as they travel on their way to us."""

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union

import msgspec
from msgspec import Meta

from mufakat.api.wire.cases import CaseOut, EntryOut
from mufakat.api.wire.commands import STRUCTS, TAG, core
from mufakat.api.wire.mirror import Moment, Name, convert, mirror
from mufakat.core.commands import OpenRequest

MOST_STEPS: Final = 1000
"""Steps of an imported history."""

if TYPE_CHECKING:
    AnyStep = Any
else:
    _open = mirror(OpenRequest, tag_field=TAG, tag="OpenRequest")
    AnyStep: Final = Union[(_open, *STRUCTS.values())]


class ActorIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who acted, by the id under which the marketplace knows them."""

    role: Literal["CUSTOMER", "SELLER", "AGENT"]
    id: Name


class StepIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that was done elsewhere: when, by whom, and which command of ours says it."""

    at: Moment
    actor: ActorIn
    command: AnyStep


class ImportIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case with its history, oldest step first, the first an OpenRequest. The order must be here with its facts.

    `source` names the other system, `external_id` the case there: it is imported once. `due`: by the number of a
    matter, until when its present step still runs, as the parties were promised there.
    """

    order_id: Name
    source: Name
    external_id: Name
    steps: Annotated[list[StepIn], Meta(min_length=1, max_length=MOST_STEPS)]
    due: Annotated[dict[Annotated[str, Meta(pattern="^[1-9][0-9]{0,3}$")], Moment], Meta(max_length=1000)] = {}


class ImportedOut(msgspec.Struct):
    """A case that was taken over. `again`: it had been before, with the same content. `case` is None for a dry run."""

    case_id: str
    version: int
    again: bool
    recorded: list[EntryOut]
    case: CaseOut | None


def command(sent: Any) -> Any:
    """The command of a step, as the core has it."""
    return convert(sent, OpenRequest) if type(sent).__name__ == OpenRequest.__name__ else core(sent)
