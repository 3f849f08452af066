"""The same photo in a second case: the agent is told through the client, and nobody else may even ask."""

import pytest
from PIL import Image

from mufakat.client import Refused
from mufakat.core.claim import ClaimLine, Material, Reason, RequestType
from mufakat.core.signals import SignalKind, Tie
from tests.client.both import connect
from tests.client.conftest import Served
from tests.evidence.inspected import photo

PHOTO = photo("JPEG", Image.effect_noise((320, 240), 60).convert("RGB"))


async def test_the_same_photo_in_a_second_case_raises_a_signal(served: Served, kind: str) -> None:
    """S7."""
    cases = []
    async with connect(kind, served.url, served.key) as server:
        customers = [server.acting((await server.issue_token("CUSTOMER", f"c-{n}")).token) for n in (1, 2)]
        for number, customer in enumerate(customers, 1):
            await served.shop.order(f"o-{number}", customer_id=f"c-{number}")
            digest = (await customer.put_file(f"o-{number}", PHOTO)).digest
            lines, proof = [ClaimLine("1", Reason.DAMAGED)], [Material("PROOF_OF_DAMAGE", digest=digest)]
            opened = await customer.open_case(f"o-{number}", RequestType.REFUND, lines, materials=proof)
            cases.append(opened.case.case_id)
        agent = server.acting((await served.shop.agent())["authorization"].removeprefix("Bearer "), language="id")
        told = await agent.signals(cases[1])
        assert (told.case_id, told.language) == (cases[1], "id")
        signal = next(each for each in told.signals if each.kind is SignalKind.SAME_FILE)
        (place,) = signal.places
        assert (place.tie, place.case_id, place.account) == (Tie.OTHER_ACCOUNT, cases[0], "c-1")
        assert place.case_id in signal.text
        for other in (*customers, server):
            with pytest.raises(Refused) as refused:
                await other.signals(cases[1])
            assert refused.value.code == "NOT_ALLOWED"
