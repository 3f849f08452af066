"""The first script that a newcomer runs, and the code of the client's guide, do what they say."""

import asyncio
import os
import re
import sys
from pathlib import Path

from tests.client.conftest import Served

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "first_dispute.py"
GUIDE = ROOT / "docs" / "guides" / "python-client.md"
BLOCK = re.compile(r"^```python\n(.*?)^```\n", re.DOTALL | re.MULTILINE)


async def run(script: Path, folder: Path, **environment: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a script."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
    pipe = asyncio.subprocess.PIPE
    ran = await asyncio.create_subprocess_exec(
        sys.executable, str(script), stdout=pipe, stderr=pipe, env=own | environment, cwd=folder
    )
    out, err = await ran.communicate()
    assert ran.returncode is not None
    return ran.returncode, out.decode(), err.decode()


async def test_a_newcomer_plays_a_first_dispute(served: Served, tmp_path: Path) -> None:
    for _ in range(2):  # it can be run again
        code, out, err = await run(SCRIPT, tmp_path, SHOP_URL=served.url, SHOP_KEY=served.key)
        assert (code, err) == (0, "")
        *told, last = out.splitlines()
        assert [re.split(r"\s{2,}", each)[1] for each in told][:3] == ["CUSTOMER", "CUSTOMER", "SELLER"]
        assert any("asked the platform to step in: dispute 1" in each for each in told)
        assert re.fullmatch(r"Waiting for CUSTOMER and SELLER until \d\d \w+ \d\d:\d\d UTC\.", last)


async def test_the_script_says_what_it_needs(served: Served, tmp_path: Path) -> None:
    code, out, err = await run(SCRIPT, tmp_path)
    assert (code, out) == (1, "")
    assert "SHOP_KEY=mk_... python examples/first_dispute.py" in err
    code, out, err = await run(SCRIPT, tmp_path, SHOP_URL=served.url, SHOP_KEY="mk_wrong")
    assert (code, out) == (1, "")
    assert err.startswith("NOT_SIGNED_IN: ")


async def test_the_code_of_the_guide_runs_as_it_stands_there(served: Served, tmp_path: Path) -> None:
    await served.shop.order("order-1", customer_id="customer-1", seller_id="seller-1")
    blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(blocks) > 5
    script = tmp_path / "guide.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    code, out, err = await run(script, tmp_path, SHOP_URL=served.url, SHOP_KEY=served.key)
    assert (code, err) == (0, "")
    assert "would be REJECTED until" in out
    assert "ALREADY" in out or "WRONG_PHASE" in out
