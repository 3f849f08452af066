"""A server in the shapes of TikTok Shop's order API, with a signature that is checked, pages, tokens and bad days."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mufakat.dialects.tiktok.calls import signature

SECRET, KEY, CIPHER = "s3cret", "app-1", "cipher-1"
BOUGHT = 1_772_000_000


def item(name: str, price: str = "25000", **changes: Any) -> dict[str, Any]:
    """A line item as they tell it."""
    made = {"id": name, "product_id": f"p-{name}", "sku_id": "s", "original_price": price, "sale_price": price}
    return {**made, "seller_discount": "0", "platform_discount": "0", "currency": "IDR", **changes}


def told(name: str, status: str = "DELIVERED", updated: int = BOUGHT + 500_000, **changes: Any) -> dict[str, Any]:
    """An order as they tell it: two items, all moments of its way."""
    payment = {"currency": "IDR", "sub_total": "50000", "shipping_fee": "9000", "total_amount": "60000"}
    moments = {"create_time": BOUGHT, "paid_time": BOUGHT + 60, "rts_time": BOUGHT + 3600}
    moments |= {"collection_time": BOUGHT + 7200, "delivery_time": BOUGHT + 90_000, "update_time": updated}
    made = {"id": name, "user_id": "ani", "status": status, "payment": payment, **moments}
    more = {"line_items": [item("1"), item("2")], "shipping_type": "TIKTOK", "payment_method_code": "CREDIT_CARD"}
    return {**made, **more, "recipient_address": {"name": "Ani Wijaya"}, **changes}


@dataclass
class OrderApi:
    """Their servers. `trouble`: statuses to answer with first; `between`: is called after each page."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    access: str = "access-1"
    refresh: str = "refresh-1"
    trouble: list[int] = field(default_factory=list)
    between: Callable[[], None] = lambda: None
    page: int = 2
    asked: list[str] = field(default_factory=list)

    def put(self, *orders: dict[str, Any]) -> None:
        """Orders as they stand from now on."""
        self.orders |= {each["id"]: each for each in orders}

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and envelope."""
        url = urlsplit(target)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        self.asked.append(url.path)
        if self.trouble:
            return self.trouble.pop(0), {}
        if url.path == "/api/v2/token/refresh":
            return self._renewed(query)
        wanted = signature(SECRET, url.path, query, body)
        if query.get("sign") != wanted or query.get("app_key") != KEY or query.get("shop_cipher") != CIPHER:
            return 401, {"code": 106001, "message": "sign is invalid"}
        if headers.get("x-tts-access-token") != self.access:
            return 401, {"code": 105002, "message": "Expired credentials"}
        if method == "POST" and url.path == "/order/202309/orders/search":
            return 200, {"code": 0, "message": "Success", "data": self._searched(query, json.loads(body))}
        order_id = url.path.removeprefix("/order/202407/orders/").removesuffix("/price_detail")
        if order_id in self.details:
            return 200, {"code": 0, "message": "Success", "data": self.details[order_id]}
        return 200, {"code": 21001001, "message": "order not found"}

    def _renewed(self, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if query.get("refresh_token") != self.refresh or query.get("app_secret") != SECRET:
            return 200, {"code": 36004004, "message": "refresh token is invalid"}
        self.access, self.refresh = f"{self.access}x", f"{self.refresh}x"
        return 200, {"code": 0, "data": {"access_token": self.access, "refresh_token": self.refresh}}

    def _searched(self, query: dict[str, str], body: dict[str, int]) -> dict[str, Any]:
        found = [x for x in self.orders.values() if body["update_time_ge"] <= x["update_time"] < body["update_time_lt"]]
        found.sort(key=lambda each: each["update_time"])
        start = int(query.get("page_token", "0"))
        page = found[start : start + self.page]
        data = {"orders": page, "total_count": len(found)}
        if start + self.page < len(found):
            data["next_page_token"] = str(start + self.page)
        self.between()
        return data


def serve(api: OrderApi) -> ThreadingHTTPServer:
    """The server on loopback, running; `shutdown` ends it."""

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, envelope = api.answer(self.command, self.path, headers, body)
            sent = json.dumps(envelope).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = _any  # noqa: N815 - names of the library

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - names of the library
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
