"""Accounts of agents and leads: made and looked after by a lead or by the marketplace's server."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from collections.abc import Iterable
from typing import Literal

from mufakat.api.wire import accounts as w
from mufakat.client.calls import Call, json, path
from mufakat.client.synchronous.connection import Connection

Role = Literal["AGENT", "LEAD"]


class Accounts(Connection):
    """What leads do with accounts. A lead who is signed in has to prove anew who they are first (`prove_anew`)."""

    def make_account(
        self,
        login: str,
        name: str,
        *,
        role: Role = "AGENT",
        account_id: str | None = None,
        languages: Iterable[str] = (),
        categories: Iterable[str] = (),
        ties: Iterable[str] = (),
    ) -> w.InvitedOut:
        """Make an account. Its invitation is shown this once; its person sets a password by it."""
        lists = {"languages": list(languages), "categories": list(categories), "ties": list(ties)}
        sent = json(login=login, name=name, role=role, account_id=account_id, **lists)
        return self._ask(Call(method="POST", path=path("accounts"), answer=w.InvitedOut, body=sent, repeatable=False))

    def accounts(self) -> w.AccountsOut:
        """Every account of the marketplace, without what is secret."""
        return self._ask(Call(method="GET", path=path("accounts"), answer=w.AccountsOut))

    def account(self, account_id: str) -> w.AccountOut:
        """An account, without what is secret."""
        return self._ask(Call(method="GET", path=path("accounts", account_id), answer=w.AccountOut))

    def change_account(
        self,
        account_id: str,
        *,
        name: str | None = None,
        role: Role | None = None,
        languages: list[str] | None = None,
        categories: list[str] | None = None,
        ties: list[str] | None = None,
    ) -> w.AccountOut:
        """Change what is given of an account; it holds from the next request of its person on."""
        sent = json(name=name, role=role, languages=languages, categories=categories, ties=ties)
        return self._ask(Call(method="PATCH", path=path("accounts", account_id), answer=w.AccountOut, body=sent))

    def disable_account(self, account_id: str) -> w.AccountOut:
        """Disable an account: its sessions end at once."""
        where = path("accounts", account_id, "disable")
        return self._ask(Call(method="POST", path=where, answer=w.AccountOut))

    def enable_account(self, account_id: str) -> w.AccountOut:
        """Let a disabled account be used again."""
        where = path("accounts", account_id, "enable")
        return self._ask(Call(method="POST", path=where, answer=w.AccountOut))

    def invite_account(self, account_id: str) -> w.InvitedOut:
        """A fresh invitation, in place of any before."""
        where = path("accounts", account_id, "invite")
        return self._ask(Call(method="POST", path=where, answer=w.InvitedOut, repeatable=False))

    def reset_second_factor(self, account_id: str) -> w.AccountOut:
        """Remove the second factor of somebody who lost it; their sessions end."""
        where = path("accounts", account_id, "reset-second-factor")
        return self._ask(Call(method="POST", path=where, answer=w.AccountOut))

    def accept_invitation(self, invitation: str, password: str) -> w.AccountOut:
        """Set a password by an invitation, which is used up. No token is needed."""
        sent = json(invitation=invitation, password=password)
        return self._ask(
            Call(method="POST", path=path("invitations", "accept"), answer=w.AccountOut, body=sent, repeatable=False)
        )
