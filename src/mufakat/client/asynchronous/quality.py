"""Quality of judging: what leads read of how judgements fare, and past cases that are like one."""

from datetime import datetime
from typing import Literal

from mufakat.api.wire import quality as w
from mufakat.api.wire.samples import SampleJudgedOut, SampleOut
from mufakat.client.asynchronous.connection import AsyncConnection
from mufakat.client.calls import Call, body, path
from mufakat.core.commands import RecordFindings

By = Literal["ALL", "RULE", "AGENT", "CATEGORY", "REASON"]


class AsyncQuality(AsyncConnection):
    """How judgements fare. Counts are of lines, instants in UTC."""

    async def similar(self, case_id: str) -> w.SimilarOut:
        """Closed cases that are like a case, and how they ended; for agents and leads."""
        return await self._ask(Call(method="GET", path=path("cases", case_id, "similar"), answer=w.SimilarOut))

    async def agreement(self, *, since: datetime | None = None, until: datetime | None = None) -> w.AgreementOut:
        """How far two people agree who judged the same blind (Cohen's kappa); the last 31 days by default."""
        query = {"since": since, "until": until}
        return await self._ask(
            Call(method="GET", path=path("quality", "agreement"), answer=w.AgreementOut, query=query)
        )

    async def sample(self, case_id: str, matter: int) -> SampleOut:
        """A sample that the caller has in hand: the case as it stood before anybody judged it."""
        where = path("quality", "samples", case_id, str(matter))
        return await self._ask(Call(method="GET", path=where, answer=SampleOut))

    async def judge_sample(self, case_id: str, matter: int, given: RecordFindings) -> SampleJudgedOut:
        """Say all that the caller finds in a sample; it is compared with the first judgement, and changes nothing."""
        where = path("quality", "samples", case_id, str(matter))
        return await self._ask(
            Call(method="POST", path=where, answer=SampleJudgedOut, body=body(given), repeatable=False)
        )

    async def sample_file(self, case_id: str, matter: int, digest: str) -> bytes:
        """A file on the record of a sample: a copy without metadata."""
        where = path("quality", "samples", case_id, str(matter), "files", digest)
        return await self._ask(Call(method="GET", path=where, answer=bytes))

    async def reversals(
        self, *, by: By = "ALL", since: datetime | None = None, until: datetime | None = None
    ) -> w.ReversalsOut:
        """How many judgements of a period stood, and what fell by what; the last 31 days by default."""
        query = {"by": by, "since": since, "until": until}
        return await self._ask(
            Call(method="GET", path=path("quality", "reversals"), answer=w.ReversalsOut, query=query)
        )

    async def times(self, *, since: datetime | None = None, until: datetime | None = None) -> w.TimesOut:
        """How long the judgements of a period took; the last 31 days by default."""
        query = {"since": since, "until": until}
        return await self._ask(Call(method="GET", path=path("quality", "times"), answer=w.TimesOut, query=query))
