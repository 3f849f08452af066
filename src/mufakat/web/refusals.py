"""The market's texts for its reason codes, so that the catalogue has them in both languages.

The rulebook quotes them from its source in English; a text that is not here is shown as the rulebook has it.
"""

from typing import Final

from mufakat.web.tongue import mark as _

TEXTS: Final = (
    _("Buyer return reason is not valid"),
    _("Change of mind returns are not applicable"),
    _("Not eligible for return (e.g. used or broken)"),
    _("Product delivery is on schedule"),
    _("You have reached an agreement with the buyer"),
    _("Unable to change address"),
    _("Need to apply for refund&return"),
    _("Buyer's responsibility for incorrect address"),
    _("Item is correct"),
    _("Products will be sent separately"),
    _("Reason is unclear or lack of evidence"),
    _("Product functions well/Buyer use in wrong way"),
    _("Reason is unclear / lack of evidence"),
    _("Product is shipped and parcel cannot be recalled back from logistics."),
    _("Invalid reason for cancellation"),
    _("Reached an agreement with the buyer"),
    _("Product has been packed"),
    _("Order canceled by system"),
    _("The product returned is not the product that was sent"),
    _("Missing products and/or product parts"),
    _("I haven't received the package"),
    _("Product is damaged or used"),
    _("Product wouldn't arrive on time"),
    _("Package wasn't received"),
    _("Product doesn't match description"),
    _("Missing product or accessories"),
    _("Package or product is damaged"),
    _("Product is defective or doesn't work"),
    _("Wrong product was sent"),
    _("Missed estimated delivery date"),
    _("Other"),
    _("Suspected Counterfeit"),
    _("Desired payment method not available"),
    _("Need to input/change coupon code"),
    _("Wrong item variation (color, size, etc.)"),
    _("Wrong delivery information"),
    _("Order created by mistake"),
    _("Better price available"),
    _("No longer needed"),
    _("Need to change payment method"),
    _("Discount not as expected"),
    _("High delivery costs"),
    _("Product wasn't shipped on time"),
    _("Out of stock"),
    _("Pricing error"),
    _("Buyer did not pay on time"),
    _("Unable to deliver to buyer address"),
    _("Package lost"),
)
"""As the shipped rulebooks write them."""
