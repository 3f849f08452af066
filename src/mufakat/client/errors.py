"""What can go wrong with a call: the server refused it, could not be reached, or its answer cannot be read."""

from mufakat.api.troubles import Trouble
from mufakat.api.wire.problems import Happened, Problem
from mufakat.core.refusals import Code


class MufakatError(Exception):
    """A call that did not succeed. `key` is the idempotency key that it went out under, empty where it has none.

    To try the same command again later, give that key with it: nothing is done twice.
    """

    key: str = ""


class Refused(MufakatError):  # noqa: N818 - says what happened
    """The server said no, and why. `retry_after`: seconds to wait, where the server named them."""

    def __init__(self, problem: Problem, key: str = "", retry_after: float | None = None) -> None:
        super().__init__(problem, key, retry_after)
        self.problem, self.key, self.retry_after = problem, key, retry_after

    def __str__(self) -> str:
        where = f" (at {self.where})" if self.where else ""
        return f"{self.code}: {self.detail}{where}"

    @property
    def code(self) -> Code | Trouble | str:
        """Why: a code of the rules, one of HTTP, or a plain text where a later server has a code that we do not know.

        Both kinds are texts too, so that `refused.code == "TWO_DISPUTES"` is as good as the name.
        """
        for known in (Code, Trouble):
            if self.problem.code in known.__members__:
                return known(self.problem.code)
        return self.problem.code

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status

    @property
    def detail(self) -> str:
        """A sentence for the person who asked, in their language."""
        return self.problem.detail

    @property
    def facts(self) -> dict[str, str]:
        """What the sentence rests on: phase, due moment, limit."""
        return self.problem.facts

    @property
    def where(self) -> str:
        """A path into what was sent, empty where the whole is meant."""
        return self.problem.where

    @property
    def happened(self) -> Happened | None:
        """The last thing that happened in the case: what stands instead of what was asked."""
        return self.problem.happened

    @property
    def request_id(self) -> str:
        """Under what the server's log has this request."""
        return self.problem.request_id


class Unreachable(MufakatError):  # noqa: N818 - says what happened
    """No answer of the server came, or only a gateway's. Whether the server acted is not known.

    `attempts`: how often it was tried. The last error, if there was one, is the cause of this one.
    """

    def __init__(self, what: str, attempts: int, key: str = "") -> None:
        super().__init__(what, attempts, key)
        self.what, self.attempts, self.key = what, attempts, key

    def __str__(self) -> str:
        times = "once" if self.attempts == 1 else f"{self.attempts} times"
        again = f"; to go on under the same idempotency key, give key={self.key!r}" if self.key else ""
        return f"{self.what} (tried {times}){again}"


class Unreadable(MufakatError):  # noqa: N818 - says what happened
    """An answer that is none of ours: a wrong address, a proxy's page.

    `status` of the answer and the beginning of its `text`. A command was possibly carried out.
    """

    def __init__(self, what: str, status: int, text: str = "", key: str = "") -> None:
        super().__init__(what, status, text, key)
        self.what, self.status, self.text, self.key = what, status, text, key

    def __str__(self) -> str:
        return f"the answer with status {self.status} cannot be read: {self.what}"
