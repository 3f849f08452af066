"""The reason codes of both markets, as the developer pages list them: what may be said when, and what it means."""

from datetime import date

import pytest

from mufakat import rulebooks
from mufakat.core.claim import Reason
from mufakat.core.policy.policy import CodeRule, CodeUse, Policy
from mufakat.core.policy.rulebook import resolve

# use: codes by canonical reason (- for none), as the developer pages list them for Indonesia
REFUND, RETURN = "ecom_order_delivered_refund_reason_", "ecom_order_delivered_refund_and_return_reason_"
BUYER = {
    "REFUND": {
        "ecom_order_shipped_refund_reason_not_arrive_on_time": "ARRIVED_LATE",
        REFUND + "not_received": "ITEM_NOT_RECEIVED",
        REFUND + "not_match": "NOT_AS_DESCRIBED",
        REFUND + "missing_product": "MISSING_ITEMS",
        REFUND + "damaged": "DAMAGED",
        REFUND + "defective": "DEFECTIVE",
        REFUND + "wrong_product": "WRONG_ITEM",
        REFUND + "missed_delivery_date": "ARRIVED_LATE",
        REFUND + "other": "OTHER",
        "buyer_refund_suspected_counterfeit": "COUNTERFEIT",
    },
    "RETURN": {
        RETURN + "not_match_description": "NOT_AS_DESCRIBED",
        RETURN + "damaged": "DAMAGED",
        RETURN + "defective": "DEFECTIVE",
        RETURN + "wrong_product": "WRONG_ITEM",
        RETURN + "missed_delivery": "ARRIVED_LATE",
        "buyer_return_and_refund_suspected_counterfeit": "COUNTERFEIT",
    },
    "SELLER_REFUND": {REFUND + "missing_product_seller": "MISSING_ITEMS"},
    "SELLER_RETURN": {RETURN + "wrong_product_seller": "WRONG_ITEM"},
}
UNPAID, TO_SHIP = "ecom_order_unpaid_canceled_reason_", "ecom_order_to_ship_canceled_reason_"
REJECT, PARCEL = "seller_reject_apply_", "reverse_reject_return_parcel_reason_"
POPUP = "order_manage_list_action_respond_popup_reject_reason_"
GENERAL = {f"reverse_reject_request_reason_{n}" for n in range(1, 6)}
GOODS_ANSWERS = {
    REJECT + "item_is_correct",
    REJECT + "products_will_be_sent_separately",
    REJECT + "reason_is_unclear_or_lack_of_evidence",
    REJECT + "product_functions_well/buyer_use_in_wrong_way",
    REJECT + "package_has_not_exceeded_estimated_delivery_time",
}
OTHER_CODES = {
    "REJECT_REFUND": GENERAL
    | GOODS_ANSWERS
    | {
        REJECT + "unable_to_change_address",
        REJECT + "need_to_apply_for_refund&return",
        REJECT + "buyer's_responsibility_for_incorrect_address",
        REJECT + "reason_is_unclear_/_lack_of_evidence",
    },
    "REJECT_RETURN": GENERAL | GOODS_ANSWERS,
    "REJECT_PARCEL": {f"{PARCEL}{n}" for n in range(1, 6)} | {REJECT + "you_have_reached_an_agreement_with_the_buyer"},
    "REJECT_CANCEL": {
        POPUP + "invalid_cancellation_reason",
        POPUP + "delivered",
        POPUP + "buyer_agree",
        REJECT + "product_has_been_packed",
        "system_cancel_failed_due_to_tts",
    },
    "CANCEL": {
        UNPAID + "payment_method_not_available",
        UNPAID + "wrong_delivery_info",
        UNPAID + "created_by_mistakes",
        UNPAID + "better_price",
        UNPAID + "no_longer_needed",
        UNPAID + "other",
        "buyer_cancel_need_to_input/change_coupon_code",
        "buyer_cancel_wrong_item_variation_(colour,_size,_etc.)",
        TO_SHIP + "change_payment_method",
        TO_SHIP + "discount_not_expected",
        TO_SHIP + "created_by_mistakes",
        TO_SHIP + "high_delivery_costs",
        TO_SHIP + "better_price",
        TO_SHIP + "wrong_delivery_info",
        TO_SHIP + "not_shipped_on_time",
    },
    "SELLER_CANCEL": {
        "seller_cancel_unpaid_reason_out_of_stock",
        "seller_cancel_unpaid_reason_wrong_price",
        "seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed",
        "seller_cancel_reason_out_of_stock",
        "seller_cancel_reason_wrong_price",
    },
}
ADDRESS_CODE = "seller_cancel_paid_reason_address_not_deliver"


def on(name: str, day: date = date(2026, 1, 5)) -> Policy:
    return resolve(rulebooks.load(name), day)


def codes(policy: Policy, use: str) -> dict[str, CodeRule]:
    return {rule.code: rule for rule in policy.codes if rule.use is CodeUse(use)}


@pytest.mark.parametrize("use", BUYER)
def test_codes_that_ask_say_for_which_reason(use: str) -> None:
    found = codes(on("id"), use)
    assert {code: rule.reason.value for code, rule in found.items() if rule.reason} == BUYER[use]
    assert all(rule.text for rule in found.values())


@pytest.mark.parametrize("use", OTHER_CODES)
def test_codes_that_answer_or_cancel(use: str) -> None:
    assert set(codes(on("id"), use)) == OTHER_CODES[use]


def test_codes_and_statuses() -> None:
    policy = on("id")
    assert codes(policy, "REFUND")["ecom_order_shipped_refund_reason_not_arrive_on_time"].statuses == (
        "AWAITING_COLLECTION",
        "IN_TRANSIT",
    )
    assert codes(policy, "REFUND")[REFUND + "damaged"].statuses == ("DELIVERED",)
    assert codes(policy, "RETURN")[RETURN + "damaged"].statuses == ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED")
    assert codes(policy, "CANCEL")[UNPAID + "other"].statuses == ("UNPAID",)
    assert codes(policy, "CANCEL")[TO_SHIP + "better_price"].statuses == ("ON_HOLD", "AWAITING_SHIPMENT")
    late = codes(policy, "CANCEL")[TO_SHIP + "not_shipped_on_time"]
    assert late.reason is Reason.ARRIVED_LATE
    others = {rule.reason for code, rule in codes(policy, "CANCEL").items() if code != late.code}
    assert others == {Reason.OTHER}
    assert {rule.reason for rule in codes(policy, "REJECT_PARCEL").values()} == {None}
    assert codes(policy, "REJECT_PARCEL")[PARCEL + "4"].text == "I haven't received the package"


def test_a_code_that_was_taken_back_is_still_in_force_the_day_before() -> None:
    assert ADDRESS_CODE in codes(on("id", date(2025, 8, 30)), "SELLER_CANCEL")
    assert ADDRESS_CODE not in codes(on("id", date(2025, 8, 31)), "SELLER_CANCEL")


def test_vietnam_lists_its_own_codes() -> None:
    counts = {use.value: len(codes(on("vn"), use.value)) for use in CodeUse}
    assert counts == {
        "REFUND": 9,
        "RETURN": 6,
        "CANCEL": 14,
        "SELLER_REFUND": 11,
        "SELLER_RETURN": 7,
        "SELLER_CANCEL": 5,
        "REJECT_REFUND": 14,
        "REJECT_RETURN": 10,
        "REJECT_CANCEL": 4,
        "REJECT_PARCEL": 6,
    }
