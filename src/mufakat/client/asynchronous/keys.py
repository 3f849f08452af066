"""Keys of a marketplace's servers, its signing keys, tokens, runs that compared its money, and how the server does."""

from collections.abc import Iterable
from typing import Literal, Self

from mufakat.api.wire import health
from mufakat.api.wire import keys as w
from mufakat.api.wire import reconciliations as r
from mufakat.client.asynchronous.connection import AsyncConnection
from mufakat.client.calls import Call, json, path


class AsyncKeys(AsyncConnection):
    """What a marketplace's server does with keys and tokens. Making a key is not repeated where its answer is lost."""

    async def keys(self) -> w.KeysOut:
        """Every credential of the marketplace, without what is secret."""
        return await self._ask(Call(method="GET", path=path("keys"), answer=w.KeysOut))

    async def make_key(self, name: str, scopes: Iterable[str], *, days: int | None = None) -> w.NewKeyOut:
        """Make a key for a server, with at most the scopes of one's own. Its secret is shown this once."""
        sent = json(name=name, scopes=sorted(scopes), days=days)
        return await self._ask(Call(method="POST", path=path("keys"), answer=w.NewKeyOut, body=sent, repeatable=False))

    async def reconciliations(self) -> r.ReconciliationsOut:
        """The last thirty runs that compared cases with the payment provider's books: what was mended and found."""
        return await self._ask(Call(method="GET", path=path("reconciliations"), answer=r.ReconciliationsOut))

    async def rotate_key(self, key_id: str, *, hours: int = 24) -> w.NewKeyOut:
        """Make a key with the same name and scopes; the old one goes on for some hours."""
        where = path("keys", key_id, "rotate")
        return await self._ask(
            Call(method="POST", path=where, answer=w.NewKeyOut, body=json(hours=hours), repeatable=False)
        )

    async def revoke_key(self, key_id: str) -> w.KeyOut:
        """Revoke a credential of any kind: it, and every token made with it, is of no use from the next request on."""
        return await self._ask(Call(method="DELETE", path=path("keys", key_id), answer=w.KeyOut))

    async def register_signing_key(self, name: str, public_key: str) -> w.KeyOut:
        """Register a public key in PEM (Ed25519, or ECDSA P-256) under which the marketplace signs tokens itself."""
        sent = json(name=name, public_key=public_key)
        return await self._ask(
            Call(method="POST", path=path("signing-keys"), answer=w.KeyOut, body=sent, repeatable=False)
        )

    async def issue_token(self, role: Literal["CUSTOMER", "SELLER"], id: str, *, minutes: int = 15) -> w.TokenOut:  # noqa: A002
        """A short-lived token for a customer or seller, of an hour at most."""
        sent = json(role=role, id=id, minutes=minutes)
        return await self._ask(Call(method="POST", path=path("tokens"), answer=w.TokenOut, body=sent))

    async def as_customer(self, customer_id: str, *, minutes: int = 15) -> Self:
        """The same connections for one of the marketplace's customers, under a fresh token."""
        return self.acting((await self.issue_token("CUSTOMER", customer_id, minutes=minutes)).token)

    async def as_seller(self, seller_id: str, *, minutes: int = 15) -> Self:
        """The same connections for one of the marketplace's sellers, under a fresh token."""
        return self.acting((await self.issue_token("SELLER", seller_id, minutes=minutes)).token)

    async def live(self) -> health.Live:
        """Whether the server runs, and its version."""
        return await self._ask(Call(method="GET", path="/health/live", answer=health.Live))

    async def ready(self) -> health.Ready:
        """Whether the server can serve; not being ready is an answer too, and is not asked again."""
        return await self._ask(Call(method="GET", path="/health/ready", answer=health.Ready, also=frozenset({503})))
