"""A double of Stripe in its documented shapes, for what localstripe has not: transfers, idempotency, refunds that wait.

Written after https://docs.stripe.com/api (refunds, transfer reversals, idempotent requests, errors). It answers inside
the process, through the SDK's own HTTP client; no request leaves it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
import stripe


@dataclass
class Stripe:
    """One platform account: a destination charge of `amount` in `pi_1`, passed on to the seller as `tr_1`.

    `balance` is the seller's; `status` that of new refunds. `fault`: what happens to the next POST.
    """

    amount: int = 100_000
    currency: str = "usd"
    balance: int = 100_000
    status: str = "succeeded"
    fault: str = ""
    refunds: list[dict[str, Any]] = field(default_factory=list)
    reversals: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, tuple[bytes, httpx.Response]] = field(default_factory=dict)
    posts: int = 0

    def client(self) -> stripe.HTTPXClient:
        """The SDK's client with this account at the other end."""
        client = stripe.HTTPXClient(timeout=5)
        # The SDK has no other door for a transport.
        client._client_async = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        return client

    def _answer(self, request: httpx.Request) -> httpx.Response:
        routes: dict[str, Callable[[httpx.Request], httpx.Response]] = {
            "GET /v1/refunds": self._list(self.refunds),
            "POST /v1/refunds": self._once(self._refund),
            "GET /v1/payment_intents/pi_1": lambda _: _ok({"id": "pi_1", "latest_charge": self._charge()}),
            "GET /v1/charges/ch_1": lambda _: _ok(self._charge()),
            "GET /v1/transfers/tr_1/reversals": self._list(self.reversals),
            "POST /v1/transfers/tr_1/reversals": self._once(self._reverse),
        }
        route = routes.get(f"{request.method} {request.url.path}")
        if route is None:
            return _wrong(404, "resource_missing", f"no {request.url.path}")
        return route(request)

    def _charge(self) -> dict[str, Any]:
        return {"id": "ch_1", "object": "charge", "amount": self.amount, "transfer": "tr_1"}

    def _list(self, rows: list[dict[str, Any]]) -> Callable[[httpx.Request], httpx.Response]:
        def listed(request: httpx.Request) -> httpx.Response:
            newest = rows[::-1]
            after = request.url.params.get("starting_after")
            start = next((n + 1 for n, row in enumerate(newest) if row["id"] == after), 0)
            page = newest[start : start + int(request.url.params.get("limit", "10"))]
            more = start + len(page) < len(newest)
            return _ok({"object": "list", "data": page, "has_more": more, "url": request.url.path})

        return listed

    def _once(self, act: Callable[[dict[str, str]], httpx.Response]) -> Callable[[httpx.Request], httpx.Response]:
        def posted(request: httpx.Request) -> httpx.Response:
            self.posts += 1
            fault, self.fault = self.fault, ""
            if fault == "lost before":
                raise httpx.ConnectError("connection refused")
            key = request.headers["Idempotency-Key"]
            if key in self.keys:
                body, answer = self.keys[key]
                if body != request.content:
                    return _wrong(400, "", "Keys for idempotent requests can only be used once", "idempotency_error")
                return answer
            answer = act(dict(parse_qsl(request.content.decode())))
            if answer.status_code == httpx.codes.OK:
                self.keys[key] = (request.content, answer)
            if fault == "lost after":
                raise httpx.ReadError("connection reset")
            if fault == "error after":
                return _wrong(500, "", "An unknown error occurred", "api_error")
            return answer

        return posted

    def _refund(self, asked: dict[str, str]) -> httpx.Response:
        amount = int(asked["amount"])
        done = sum(each["amount"] for each in self.refunds if each["status"] != "failed")
        if asked["payment_intent"] != "pi_1":
            return _wrong(404, "resource_missing", "No such payment_intent")
        if amount > self.amount - done:
            return _wrong(400, "charge_already_refunded", "Refund amount is greater than unrefunded amount on charge")
        if asked.get("reverse_transfer") in ("true", "True"):
            if amount > self.balance:
                return _wrong(400, "balance_insufficient", "Insufficient funds in the connected account")
            self.balance -= amount
        made = {
            "id": f"re_{len(self.refunds) + 1}",
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
            "object": "transfer_reversal",
            "amount": amount,
            "currency": self.currency,
            "metadata": _metadata(asked),
        }
        self.reversals.append(made)
        return _ok(made)


def _metadata(asked: dict[str, str]) -> dict[str, str]:
    return {name[9:-1]: value for name, value in asked.items() if name.startswith("metadata[")}


def _ok(body: dict[str, Any]) -> httpx.Response:
    # As a snapshot: what is said once does not change when the object does.
    return httpx.Response(200, content=json.dumps(body))


def _wrong(status: int, code: str, message: str, kind: str = "invalid_request_error") -> httpx.Response:
    return httpx.Response(status, json={"error": {"type": kind, "code": code, "message": message}})
