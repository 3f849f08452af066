"""A double of Stripe in its documented shapes, for what localstripe has not: transfers, idempotency, refunds that wait.

Written after https://docs.stripe.com/api (refunds, transfer reversals, idempotent requests, errors). It answers inside
the process, through the SDK's own HTTP client; no request leaves it.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
import stripe

FAULTS = ("lost before", "lost after", "error after", "rate limit", "no funds", "pending", "unnamed")
PAID = 10**9
"""What a customer paid in each of many payments."""


@dataclass
class Stripe:
    """One platform account: a destination charge of `amount` in `pi_1`, passed on to the seller as `tr_1`.

    `name` stands for the 1. `balance` is the seller's; `status` that of new refunds. `fault`: what happens to the next
    POST, one of FAULTS.
    """

    name: str = "1"
    amount: int = 100_000
    currency: str = "usd"
    balance: int = 100_000
    status: str = "succeeded"
    fault: str = ""
    lists_nothing: bool = False
    refunds: list[dict[str, Any]] = field(default_factory=list)
    reversals: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, tuple[bytes, httpx.Response]] = field(default_factory=dict)
    posts: int = 0

    def client(self) -> stripe.HTTPXClient:
        """The SDK's client with this account at the other end."""
        return _client(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        routes: dict[str, Callable[[httpx.Request], httpx.Response]] = {
            "GET /v1/refunds": self._list(self.refunds),
            "POST /v1/refunds": self._once(self._refund),
            f"GET /v1/payment_intents/pi_{self.name}": self._intent,
            f"GET /v1/charges/ch_{self.name}": lambda _: _ok(self._charge()),
            f"GET /v1/transfers/tr_{self.name}/reversals": self._list(self.reversals),
            f"POST /v1/transfers/tr_{self.name}/reversals": self._once(self._reverse),
        }
        route = routes.get(f"{request.method} {request.url.path}")
        if route is None and request.method == "POST":
            rows = self.reversals if "/reversals/" in request.url.path else self.refunds
            route = self._update(next((row for row in rows if request.url.path.endswith(f"/{row['id']}")), None))
        if route is None:
            return _wrong(404, "resource_missing", f"no {request.url.path}")
        return route(request)

    def _intent(self, request: httpx.Request) -> httpx.Response:
        del request
        return _ok({"id": f"pi_{self.name}", "latest_charge": self._charge()})

    def _charge(self) -> dict[str, Any]:
        return {"id": f"ch_{self.name}", "object": "charge", "amount": self.amount, "transfer": f"tr_{self.name}"}

    def _list(self, rows: list[dict[str, Any]]) -> Callable[[httpx.Request], httpx.Response]:
        def listed(request: httpx.Request) -> httpx.Response:
            newest = [] if self.lists_nothing else rows[::-1]
            after = request.url.params.get("starting_after")
            start = next((n + 1 for n, row in enumerate(newest) if row["id"] == after), 0)
            page = newest[start : start + int(request.url.params.get("limit", "10"))]
            more = start + len(page) < len(newest)
            return _ok({"object": "list", "data": page, "has_more": more, "url": request.url.path})

        return listed

    def _update(self, row: dict[str, Any] | None) -> Callable[[httpx.Request], httpx.Response] | None:
        def updated(request: httpx.Request) -> httpx.Response:
            assert row is not None
            fault, self.fault = self.fault, ""
            if fault == "unnamed":
                raise httpx.ConnectError("connection refused")
            row["metadata"] |= _metadata(dict(parse_qsl(request.content.decode())))
            return _ok(row)

        return updated if row is not None else None

    def _once(self, act: Callable[[dict[str, str]], httpx.Response]) -> Callable[[httpx.Request], httpx.Response]:
        def posted(request: httpx.Request) -> httpx.Response:
            self.posts += 1
            fault, self.fault = self.fault, "unnamed" if self.fault == "unnamed" else ""
            if fault == "lost before":
                raise httpx.ConnectError("connection refused")
            if fault == "rate limit":
                return _wrong(429, "rate_limit", "Too many requests")
            key = request.headers["Idempotency-Key"]
            if key in self.keys:
                body, answer = self.keys[key]
                if body != request.content:
                    return _wrong(400, "", "Keys for idempotent requests can only be used once", "idempotency_error")
                answer.headers["Idempotent-Replayed"] = "true"
                return answer
            answer = self._acted(act, dict(parse_qsl(request.content.decode())), fault)
            if answer.status_code != httpx.codes.NOT_FOUND:  # what began to run is remembered, also where it failed
                self.keys[key] = (request.content, answer)
            if fault == "lost after":
                raise httpx.ReadError("connection reset")
            return answer

        return posted

    def _acted(
        self, act: Callable[[dict[str, str]], httpx.Response], asked: dict[str, str], fault: str
    ) -> httpx.Response:
        if fault == "no funds":
            return _wrong(400, "balance_insufficient", "Insufficient funds in the connected account")
        before, self.status = self.status, "pending" if fault == "pending" else self.status
        answer = act(asked)
        self.status = before
        return _wrong(500, "", "An unknown error occurred", "api_error") if fault == "error after" else answer

    def _refund(self, asked: dict[str, str]) -> httpx.Response:
        amount = int(asked["amount"])
        done = sum(each["amount"] for each in self.refunds if each["status"] != "failed")
        if asked["payment_intent"] != f"pi_{self.name}":
            return _wrong(404, "resource_missing", "No such payment_intent")
        if amount > self.amount - done:
            return _wrong(400, "charge_already_refunded", "Refund amount is greater than unrefunded amount on charge")
        if asked.get("reverse_transfer") in ("true", "True"):
            if amount > self.balance:
                return _wrong(400, "balance_insufficient", "Insufficient funds in the connected account")
            self.balance -= amount
        made = {
            "id": f"re_{self.name}_{len(self.refunds) + 1}",
            "object": "refund",
            "amount": amount,
            "currency": self.currency,
            "status": self.status,
            "metadata": _metadata(asked),
        }
        self.refunds.append(made)
        return _ok(made)

    def _reverse(self, asked: dict[str, str]) -> httpx.Response:
        amount = int(asked["amount"])
        if amount > self.balance:
            return _wrong(400, "balance_insufficient", "Insufficient funds in the connected account")
        self.balance -= amount
        made = {
            "id": f"trr_{len(self.reversals) + 1}",
            "transfer": f"tr_{self.name}",
            "object": "transfer_reversal",
            "amount": amount,
            "currency": self.currency,
            "metadata": _metadata(asked),
        }
        self.reversals.append(made)
        return _ok(made)


@dataclass
class ManyPayments:
    """A platform account with a payment of its own for each seller: `pi_` and the seller's id."""

    payments: dict[str, Stripe] = field(default_factory=dict)
    fault: str = ""

    def of(self, seller_id: str) -> Stripe:
        """A seller's payment, which is made when it is first named."""
        return self.payments.setdefault(seller_id, Stripe(seller_id, amount=PAID, currency="idr", balance=0))

    def client(self) -> stripe.HTTPXClient:
        """The SDK's client with all of them at the other end."""
        return _client(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        named = re.search(r"\b(?:pi|ch|tr|re)_([a-z0-9-]+)", f"{request.url} {request.content.decode()}")
        if named is None:
            return _wrong(404, "resource_missing", f"no {request.url.path}")
        one = self.of(named[1])
        if request.method == "POST" and self.fault:
            one.fault, self.fault = self.fault, ""
        return one.answer(request)


def _client(answer: Callable[[httpx.Request], httpx.Response]) -> stripe.HTTPXClient:
    client = stripe.HTTPXClient(timeout=5)
    # The SDK has no other door for a transport.
    client._client_async = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return client


def _metadata(asked: dict[str, str]) -> dict[str, str]:
    return {name[9:-1]: value for name, value in asked.items() if name.startswith("metadata[")}


def _ok(body: dict[str, Any]) -> httpx.Response:
    # As a snapshot: what is said once does not change when the object does.
    return httpx.Response(200, content=json.dumps(body))


def _wrong(status: int, code: str, message: str, kind: str = "invalid_request_error") -> httpx.Response:
    return httpx.Response(status, json={"error": {"type": kind, "code": code, "message": message}})
