"""The names of supporting material (S6): what the field calls it, and what a party is shown."""

NEVER_DEMANDED = "UNBOXING"
"""Material of this kind may never be demanded of a customer."""

ITEMS: dict[str, str] = {
    "BUYER_RESPONSE": "The customer's own account",
    "DELIVERY_RECEIPT": "The carrier's receipt or waybill of the parcel",
    "ITEM_DESCRIPTION": "A description of the goods: make, model, specification",
    "LISTING_URL": "The listing page as it was when the order was placed",
    "MERCHANT_RESPONSE": "The seller's own account",
    "ONLINE_TRACKING_INFORMATION": "The tracking of the parcel",
    "ORDER_DETAILS": "The details of the order",
    "PHOTOS_OF_SHIPPED_ITEM": "Photos or video of the goods as they were packed",
    "PROOF_OF_AUTHENTICITY": "A report of the maker that the goods are genuine",
    "PROOF_OF_DAMAGE": "Photos or video of the damaged parcel and goods",
    "PROOF_OF_DELIVERY_SIGNATURE": "The carrier's proof of delivery at the customer's address",
    "PROOF_OF_EMPTY_PACKAGE_OR_DIFFERENT_ITEM": "Photos or video of what arrived instead",
    "PROOF_OF_FULFILLMENT": "The carrier's receipt of the handover: when and in which condition",
    "PROOF_OF_ITEM_AS_DESCRIBED": "A report of a laboratory or agency that the goods conform",
    "PROOF_OF_ITEM_NOT_RECEIVED": "Anything that shows that the parcel did not come, or came late",
    "PROOF_OF_MISSING_ITEMS": "Photos or video of all that arrived",
    "PROOF_OF_RETURN": "Proof that the goods were sent back",
    "PROOF_OF_SIGNIFICANT_DIFFERENCE": "Photos or video that show the difference to listing or order",
    "RETURN_TRACKING_INFORMATION": "The tracking of the parcel on its way back",
    "STATUS_OF_MERCHANDISE": "Photos or video of the goods failing or unsafe",
    "THIRDPARTY_PROOF_FOR_DAMAGE_OR_SIGNIFICANT_DIFFERENCE": "A report of a third party about the goods",
    "UNBOXING_VIDEO": "A video of the parcel being opened; never demanded of a customer",
    "VALID_SUPPORTING_DOCUMENT": "Any document, photo or video that supports the claim",
}
"""Every kind of material that a rulebook may name, with the sentence that a party is shown."""
