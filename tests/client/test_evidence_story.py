"""Evidence over a poor line: photos and a film go up through two cuts; who sees what of them is as it should be."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from PIL import Image

from mufakat.client import AsyncClient
from mufakat.client.retries import Retries
from tests.api.shop import AGENT, CUSTOMER, SELLER
from tests.client.conftest import Served
from tests.evidence.inspected import SECRETS, film, photo

CUTS = (30_000, 150_000)
"""After how many bytes on their way up the line breaks."""
BODY = 4_000
"""A read of the line that is longer than this is part of a file."""


class Line:
    """A line to a server that breaks in the middle of a file, after each of CUTS."""

    def __init__(self, port: int) -> None:
        self._port, self._passed = port, 0
        self.cuts = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        up, out = await asyncio.open_connection("127.0.0.1", self._port)
        down = asyncio.create_task(self._down(up, writer))
        with suppress(ConnectionError):
            while data := await reader.read(16_384):
                self._passed += len(data)
                if self.cuts < len(CUTS) and self._passed > CUTS[self.cuts] and len(data) > BODY:
                    self.cuts += 1
                    out.write(data[: len(data) // 2])
                    await out.drain()
                    break
                out.write(data)
                await out.drain()
        out.close()
        writer.close()
        await down

    async def _down(self, up: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await up.read(16_384):
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def poor(served: Served) -> AsyncIterator[tuple[Line, str]]:
    """A poor line to a server, and its address."""
    line = Line(int(served.url.rpartition(":")[2]))
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    async with server:
        yield line, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_twelve_photos_and_a_film_go_up_over_a_line_that_breaks_twice(served: Served, tmp_path: Path) -> None:
    """S3, S4."""
    shop = served.shop
    await shop.order()
    contents = [photo("JPEG", Image.effect_noise((150 + n, 150), 60).convert("RGB")) for n in range(12)]
    contents.append(film())
    digests = [hashlib.sha256(each).hexdigest() for each in contents]
    server = AsyncClient(served.url, served.key, retries=Retries(first=0.01))
    async with server, poor(served) as (line, url), AsyncClient(url) as far:
        customer = far.acting((await server.issue_token("CUSTOMER", CUSTOMER)).token)
        seller = server.acting((await server.issue_token("SELLER", SELLER)).token)
        agent = server.acting((await shop.agent(AGENT))["authorization"].removeprefix("Bearer "))
        for number, content in enumerate(contents):
            path = tmp_path / f"{number}.{'mp4' if number == 12 else 'jpg'}"
            path.write_bytes(content)
            assert (await customer.put_in_pieces("o-1", path)).digest == digests[number]
        assert line.cuts == len(CUTS)
        assert (await customer.own_files("o-1")).files_used == 13
        assert [await customer.own_file("o-1", each) for each in digests] == contents
        case = await shop.case(materials=[{"item": "PROOF_OF_DAMAGE", "digest": each} for each in digests])
        for digest in digests:
            views = (await seller.views(case, digest)).views
            seen = [await seller.view(case, digest, each.number) for each in views]
            assert not [secret for secret in SECRETS for each in seen if secret in each]
        of_film = (await seller.views(case, digests[-1])).views
        assert {each.made.value for each in of_film} >= {"COPY", "KEY_FRAME"}
        link = await seller.link(case, digests[0])
        assert await AsyncClient.linked(server.acting(""), link.href) == await seller.exhibit(case, digests[0])
        reason = "The seller says that these were taken a year ago."
        assert await agent.open_original(case, digests[0], reason) == contents[0]
        (opening,) = (await agent.openings(case)).openings
        assert (opening.agent_id, opening.reason, opening.digest) == (AGENT, reason, digests[0])
        assert (await agent.file_facts(case, digests[0])).make == "SecretCam"
