"""Stripe's webhooks: the signature is checked by its own SDK, and what one says is only a name to look up."""

import json
from collections.abc import Mapping
from typing import Any, Final

import stripe

from mufakat.payments.hooks import Heard, NotUnderstoodError
from mufakat.payments.signing import NotSignedError
from mufakat.payments.stripe import OBLIGATION

SIGNATURE: Final = "stripe-signature"


class StripeHooks:
    """Webhooks of one endpoint at Stripe. secret: the endpoint's own, `whsec_...`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def read(self, headers: Mapping[str, str], body: bytes) -> Heard:
        """What came: the event's id, and the obligation where it is about a refund that we asked for.

        Raises NotSignedError, NotUnderstoodError.
        """
        signature = headers.get(SIGNATURE, "")
        try:
            if not signature.isascii():  # the SDK compares text, which must be ASCII
                raise NotSignedError("the signature is not right")
            stripe.WebhookSignature.verify_header(body, signature, self._secret, stripe.Webhook.DEFAULT_TOLERANCE)
        except UnicodeDecodeError as error:
            raise NotSignedError("the body is not UTF-8, so Stripe has not signed it") from error
        except stripe.SignatureVerificationError as error:
            raise NotSignedError(str(error.user_message or error).partition(". ")[0]) from error
        return _heard(body)


def _heard(body: bytes) -> Heard:
    try:
        event: Any = json.loads(body)
        event_id, told = event["id"], event["data"]["object"]
        metadata = told.get("metadata") or {}
        obligation = metadata.get(OBLIGATION, "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotUnderstoodError("the body is no event of Stripe") from error
    if not isinstance(event_id, str) or not isinstance(obligation, str):
        raise NotUnderstoodError("the body is no event of Stripe")
    return Heard(event_id, obligation)
