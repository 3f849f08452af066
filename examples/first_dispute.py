"""A first dispute: a customer complains about an order, the seller says no, and the platform is asked to step in.

Start a server (`make serve`), and tell this script where it is and what the key of the shop's server is; the first page
of the server shows both:

    SHOP_URL=http://127.0.0.1:8080 SHOP_KEY=mk_... python examples/first_dispute.py
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from mufakat.client import Client, MufakatError, Refused
from mufakat.core.claim import ClaimLine, Reason, RequestType
from mufakat.core.commands import RaiseDispute, RejectRequest
from mufakat.core.order import OUTBOUND, Order, OrderLine, Scan, ScanKind


def main() -> int:
    """Play the dispute and print what happened; 1 where that failed."""
    url, key = os.environ.get("SHOP_URL", "http://127.0.0.1:8080"), os.environ.get("SHOP_KEY")
    if key is None:
        print(__doc__, file=sys.stderr)
        return 1
    try:
        with Client(url, key) as shop:
            play(shop)
    except MufakatError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def play(shop: Client) -> None:
    """From an order to a dispute."""
    # The shop's server puts in what was bought (money in minor units), and what the carrier says.
    now = clock(shop)
    line = OrderLine("1", "blender", quantity=1, unit_price=45_000_000)
    order = Order(f"order-{uuid4().hex[:8]}", "dina", "eko", "IDR", (line,), purchased_at=now - timedelta(days=5))
    shop.put_order(order)
    shop.record_fact(order.order_id, Scan(OUTBOUND, ScanKind.DELIVERED, now - timedelta(days=1)))

    # The customer asks for something, and the seller refuses: each comes with a token of its own.
    customer, seller = shop.as_customer("dina"), shop.as_seller("eko")
    complaint = [ClaimLine("1", Reason.DEFECTIVE)]
    opened = customer.open_case(order.order_id, RequestType.RETURN_AND_REFUND, complaint, text="It does not start.")
    case_id = opened.case.case_id
    seller.command(case_id, RejectRequest("reverse_reject_request_reason_1", text="It worked when it left us."))

    # The customer asks the platform to step in. What happened, as the customer may read it:
    disputed = customer.command(case_id, RaiseDispute(text="It never started.")).case
    for entry in customer.timeline(case_id).entries:
        print(f"{entry.at:%d %b %H:%M} UTC  {entry.by:<8}  {entry.text}")
    matter = disputed.matters[0]
    print(f"Waiting for {' and '.join(matter.waiting_for)} until {matter.due:%d %b %H:%M} UTC.")


def clock(shop: Client) -> datetime:
    """What time it is at the shop: a shop for trying has a clock of its own, which may have been moved."""
    try:
        return shop.sandbox().now
    except Refused:
        return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
