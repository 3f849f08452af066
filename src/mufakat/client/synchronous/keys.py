"""Keys of a marketplace's servers, its signing keys, tokens, runs that compared its money, and how the server does."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from collections.abc import Iterable
from typing import Literal, Self

from mufakat.api.wire import health
from mufakat.api.wire import keys as w
from mufakat.api.wire import reconciliations as r
from mufakat.client.calls import Call, json, path
from mufakat.client.synchronous.connection import Connection


class Keys(Connection):
    """What a marketplace's server does with keys and tokens. Making a key is not repeated where its answer is lost."""

    def keys(self) -> w.KeysOut:
        """Every credential of the marketplace, without what is secret."""
        return self._ask(Call(method="GET", path=path("keys"), answer=w.KeysOut))

    def make_key(self, name: str, scopes: Iterable[str], *, days: int | None = None) -> w.NewKeyOut:
        """Make a key for a server, with at most the scopes of one's own. Its secret is shown this once."""
        sent = json(name=name, scopes=sorted(scopes), days=days)
        return self._ask(Call(method="POST", path=path("keys"), answer=w.NewKeyOut, body=sent, repeatable=False))

    def reconciliations(self) -> r.ReconciliationsOut:
        """The last thirty runs that compared cases with the payment provider's books: what was mended and found."""
        return self._ask(Call(method="GET", path=path("reconciliations"), answer=r.ReconciliationsOut))

    def rotate_key(self, key_id: str, *, hours: int = 24) -> w.NewKeyOut:
        """Make a key with the same name and scopes; the old one goes on for some hours."""
        where = path("keys", key_id, "rotate")
        return self._ask(Call(method="POST", path=where, answer=w.NewKeyOut, body=json(hours=hours), repeatable=False))

    def revoke_key(self, key_id: str) -> w.KeyOut:
        """Revoke a credential of any kind: it, and every token made with it, is of no use from the next request on."""
        return self._ask(Call(method="DELETE", path=path("keys", key_id), answer=w.KeyOut))

    def register_signing_key(self, name: str, public_key: str) -> w.KeyOut:
        """Register a public key in PEM (Ed25519, or ECDSA P-256) under which the marketplace signs tokens itself."""
        sent = json(name=name, public_key=public_key)
        return self._ask(Call(method="POST", path=path("signing-keys"), answer=w.KeyOut, body=sent, repeatable=False))

    def issue_token(self, role: Literal["CUSTOMER", "SELLER"], id: str, *, minutes: int = 15) -> w.TokenOut:  # noqa: A002
        """A short-lived token for a customer or seller, of an hour at most."""
        sent = json(role=role, id=id, minutes=minutes)
        return self._ask(Call(method="POST", path=path("tokens"), answer=w.TokenOut, body=sent))

    def as_customer(self, customer_id: str, *, minutes: int = 15) -> Self:
        """The same connections for one of the marketplace's customers, under a fresh token."""
        return self.acting((self.issue_token("CUSTOMER", customer_id, minutes=minutes)).token)

    def as_seller(self, seller_id: str, *, minutes: int = 15) -> Self:
        """The same connections for one of the marketplace's sellers, under a fresh token."""
        return self.acting((self.issue_token("SELLER", seller_id, minutes=minutes)).token)

    def live(self) -> health.Live:
        """Whether the server runs, and its version."""
        return self._ask(Call(method="GET", path="/health/live", answer=health.Live))

    def ready(self) -> health.Ready:
        """Whether the server can serve; not being ready is an answer too, and is not asked again."""
        return self._ask(Call(method="GET", path="/health/ready", answer=health.Ready, also=frozenset({503})))
