"""The rules in force, the policy that a case pinned, and what each code of a refusal means."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from datetime import date

from mufakat.api.wire import problem_types as p
from mufakat.api.wire import rulebooks as w
from mufakat.client.calls import Call, address, path
from mufakat.client.synchronous.connection import Connection


class Rules(Connection):
    """What everybody may read of the rules."""

    def rulebooks(self) -> w.RulebooksOut:
        """The rulebooks there are, and which one the caller's marketplace follows."""
        return self._ask(Call(method="GET", path=path("rulebooks"), answer=w.RulebooksOut))

    def rulebook(self, name: str, *, on: date | None = None) -> w.RulebookOut:
        """Every value of a rulebook in force on a day (today without one): since when, from which source."""
        return self._ask(Call(method="GET", path=path("rulebooks", name), answer=w.RulebookOut, query={"on": on}))

    def policy(self, case_id: str) -> w.PolicyOut:
        """The policy that a case pinned when its request opened: the rules by which it is judged, whole."""
        return self._ask(Call(method="GET", path=path("cases", case_id, "policy"), answer=w.PolicyOut))

    def problem_types(self) -> p.ProblemTypesOut:
        """Every code with which the server refuses, with its status."""
        return self._ask(Call(method="GET", path="/problems", answer=p.ProblemTypesOut))

    def problem_type(self, code: str) -> p.ProblemTypeOut:
        """What a code means: its status, and what each reader is told and may do about it."""
        return self._ask(Call(method="GET", path=address("problems", code), answer=p.ProblemTypeOut))
