"""Commands of the request and of the talk between the two (S1, S27)."""

from mufakat.core.claim import ClaimLine, Material, RequestType, Solution, sealed
from mufakat.core.command_list import command


@command
class OpenRequest:
    """Ask for something about chosen units of one order (S1, S27).

    A seller may open CANCEL, REFUND or RETURN_AND_REFUND itself.
    """

    type: RequestType
    lines: tuple[ClaimLine, ...]
    materials: tuple[Material, ...] = ()
    text: str = sealed()


@command
class SendMessage:
    """Say something to the other side; what it carries counts as material (S4)."""

    materials: tuple[Material, ...] = ()
    text: str = sealed()


@command
class ApproveRequest:
    """Grant what was asked. `keep_goods`: refund without the goods coming back."""

    matter: int = 0
    keep_goods: bool = False


@command
class RejectRequest:
    """Refuse what was asked, with a reason code of the market."""

    code: str
    matter: int = 0
    materials: tuple[Material, ...] = ()
    text: str = sealed()


@command
class MakeOffer:
    """Offer another solution; the review stands still while it waits."""

    solution: Solution
    matter: int = 0


@command
class AcceptOffer:
    """Take the offer that waits."""

    matter: int = 0


@command
class DeclineOffer:
    """Refuse the offer that waits; the review goes on with what was left."""

    matter: int = 0


@command
class WithdrawRequest:
    """Take the request back."""

    matter: int = 0


@command
class AskAgain:
    """Ask the seller once more after its rejection."""

    matter: int = 0
    materials: tuple[Material, ...] = ()
    text: str = sealed()
