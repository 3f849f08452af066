"""An agent marks a worksheet through the client: looks, tries answers out, records them at once, and judges."""

import pytest

from mufakat.api.wire.worksheet import WorksheetOut
from mufakat.client import Refused
from mufakat.core.claim import (
    Answer,
    Assessment,
    ClaimLine,
    FindingValue,
    Ground,
    Material,
    MaterialKind,
    Reason,
    RequestType,
    Severity,
)
from mufakat.core.commands import CompleteMaterial, Judge, RaiseDispute, RecordFindings, RejectRequest
from mufakat.core.parties import Role
from mufakat.core.worksheet import Applies, ItemState
from tests.client.both import connect
from tests.client.conftest import Served
from tests.core.story import Story

ITEM = "STATUS_OF_MERCHANDISE"


async def test_an_agent_tries_answers_out_records_them_and_judges(served: Served, kind: str) -> None:
    """S7, S15, S24."""
    await served.shop.order("o-1", customer_id="c-1", seller_id="s-1")
    async with connect(kind, served.url, served.key) as server:
        customer = server.acting((await server.issue_token("CUSTOMER", "c-1")).token)
        seller = server.acting((await server.issue_token("SELLER", "s-1")).token)
        agent = server.acting((await served.shop.agent())["authorization"].removeprefix("Bearer "))
        proof = [Material(ITEM, MaterialKind.TEXT, text="It smells of smoke.")]
        asked = await customer.open_case(
            "o-1", RequestType.RETURN_AND_REFUND, [ClaimLine("1", Reason.DEFECTIVE)], materials=proof
        )
        case_id = asked.case.case_id
        await seller.command(case_id, RejectRequest(Story().reject_code(RequestType.RETURN_AND_REFUND)))
        await customer.command(case_id, RaiseDispute(text="It never worked."))
        for party in (customer, seller):
            await party.command(case_id, CompleteMaterial())

        sheet: WorksheetOut = await agent.worksheet(case_id)
        (open_,) = [x for x in sheet.sheets[0].lines[0].items if x.state is ItemState.OPEN]
        answer = Answer("1", open_.party, open_.item, FindingValue.VALID, open_.exhibits[-1], "It is to be smelt.")
        given = RecordFindings((answer,), (Assessment("1", Ground.QUALITY, Severity.MAJOR),))
        would = (await agent.suppose(case_id, given)).sheets[0].lines[0]
        assert would.judgement is not None
        assert (would.judgement.rule, would.judgement.risk_rule) == ("S15", "S24")
        assert {x.rule for x in would.rules if x.applies is Applies.YES} == {"S15", "RETURN_AS_ASKED", "S24"}

        await agent.command(case_id, given)
        sheet = await agent.worksheet(case_id)
        assert sheet.sheets[0].lines[0].judgement == would.judgement
        done = await agent.command(case_id, Judge(), if_match=sheet.version)
        assert done.case.matters[0].judgement[0].amount == sheet.sheets[0].total

        for other in (customer, seller, server):
            with pytest.raises(Refused) as refused:
                await other.worksheet(case_id)
            assert refused.value.code == "NOT_ALLOWED"
        assert open_.party is Role.CUSTOMER
