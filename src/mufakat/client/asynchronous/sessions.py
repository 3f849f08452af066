"""Signing in as an agent or lead, and what one does with one's own sessions, password and second factor."""

from typing import Self

from mufakat.api.wire import sessions as w
from mufakat.client.asynchronous.connection import AsyncConnection
from mufakat.client.calls import Call, json, path


class AsyncSessions(AsyncConnection):
    """Sessions. What takes a password or a code is not repeated where its answer is lost: a code is good once."""

    async def sign_in(self, marketplace: str, login: str, password: str, code: str = "") -> w.SignedInOut:
        """Sign in; the token is shown this once. `as_agent` goes on with it."""
        sent = json(marketplace=marketplace, login=login, password=password, code=code)
        return await self._ask(
            Call(method="POST", path=path("sessions"), answer=w.SignedInOut, body=sent, repeatable=False)
        )

    async def as_agent(self, marketplace: str, login: str, password: str, code: str = "") -> Self:
        """The same connections for an agent or lead, under a fresh session."""
        return self.acting((await self.sign_in(marketplace, login, password, code)).token)

    async def sessions(self, account_id: str = "") -> w.SessionsOut:
        """The sessions that go on: one's own, for a lead also those of another account."""
        asked = {"account_id": account_id}
        return await self._ask(Call(method="GET", path=path("sessions"), answer=w.SessionsOut, query=asked))

    async def end_session(self, session_id: str) -> w.EndedOut:
        """End a session: one's own, for a lead any of the marketplace."""
        return await self._ask(Call(method="DELETE", path=path("sessions", session_id), answer=w.EndedOut))

    async def sign_out_everywhere(self) -> w.EndedOut:
        """End all of one's own sessions, this one too."""
        return await self._ask(Call(method="DELETE", path=path("sessions"), answer=w.EndedOut, repeatable=False))

    async def prove_anew(self, *, password: str = "", code: str = "") -> w.ProvedOut:
        """Prove anew who is there, by the password or by a code, before something that needs it fresh."""
        where = path("sessions", "reauthenticate")
        sent = json(password=password, code=code)
        return await self._ask(Call(method="POST", path=where, answer=w.ProvedOut, body=sent, repeatable=False))

    async def change_password(self, password: str, new_password: str) -> w.PasswordOut:
        """Change one's own password. All of one's other sessions end."""
        sent = json(password=password, new_password=new_password)
        return await self._ask(
            Call(method="POST", path=path("password"), answer=w.PasswordOut, body=sent, repeatable=False)
        )

    async def set_up_second_factor(self) -> w.FactorOut:
        """Set up a second factor; it is asked for once it is confirmed by a code."""
        return await self._ask(Call(method="POST", path=path("second-factor"), answer=w.FactorOut, repeatable=False))

    async def confirm_second_factor(self, code: str) -> w.RecoveryOut:
        """Confirm a second factor by the code that the app shows. The recovery codes are shown this once."""
        where = path("second-factor", "confirm")
        return await self._ask(
            Call(method="POST", path=where, answer=w.RecoveryOut, body=json(code=code), repeatable=False)
        )

    async def remove_second_factor(self, code: str) -> w.PasswordOut:
        """Remove one's second factor, with one of its codes or a recovery code."""
        where = path("second-factor", "remove")
        return await self._ask(
            Call(method="POST", path=where, answer=w.PasswordOut, body=json(code=code), repeatable=False)
        )
