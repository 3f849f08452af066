"""The rules in force, the policy that a case pinned, and what each code of a refusal means."""

from datetime import date

from mufakat.api.wire import problem_types as p
from mufakat.api.wire import rulebooks as w
from mufakat.client.asynchronous.connection import AsyncConnection
from mufakat.client.calls import Call, address, path


class AsyncRules(AsyncConnection):
    """What everybody may read of the rules."""

    async def rulebooks(self) -> w.RulebooksOut:
        """The rulebooks there are, and which one the caller's marketplace follows."""
        return await self._ask(Call(method="GET", path=path("rulebooks"), answer=w.RulebooksOut))

    async def rulebook(self, name: str, *, on: date | None = None) -> w.RulebookOut:
        """Every value of a rulebook in force on a day (today without one): since when, from which source."""
        return await self._ask(Call(method="GET", path=path("rulebooks", name), answer=w.RulebookOut, query={"on": on}))

    async def policy(self, case_id: str) -> w.PolicyOut:
        """The policy that a case pinned when its request opened: the rules by which it is judged, whole."""
        return await self._ask(Call(method="GET", path=path("cases", case_id, "policy"), answer=w.PolicyOut))

    async def problem_types(self) -> p.ProblemTypesOut:
        """Every code with which the server refuses, with its status."""
        return await self._ask(Call(method="GET", path="/problems", answer=p.ProblemTypesOut))

    async def problem_type(self, code: str) -> p.ProblemTypeOut:
        """What a code means: its status, and what each reader is told and may do about it."""
        return await self._ask(Call(method="GET", path=address("problems", code), answer=p.ProblemTypeOut))
