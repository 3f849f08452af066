"""`mufakat forgotten`: a restored backup forgets again what was forgotten since it was made."""

import asyncio
import json
from pathlib import Path

import asyncpg
import pytest

from mufakat.cli.place import settings
from tests.cli.typing_in import fine, mufakat, paid

WORDS = "It never turned on."


def test_a_restored_backup_forgets_again(place: Path) -> None:
    case = paid(place)
    assert fine("forgotten") == ""
    before = _copy()
    fine("forget", case)
    listed = fine("forgotten")
    assert json.loads(listed)["case_id"] == case
    assert listed.count("\n") == 1
    kept = place / "forgotten.jsonl"
    kept.write_text(listed)
    _restore(before)
    assert fine("forgotten") == ""
    assert WORDS in fine("case", case)

    assert fine("forgotten", "--again", str(kept)) == "1 case forgotten\n"
    assert WORDS not in fine("case", case)
    assert fine("forgotten") == listed, "with the moment at which it was forgotten first"
    assert fine("forgotten", "--again", str(kept)) == "1 case forgotten\n", "as often as one likes"
    assert "every chain holds" in fine("verify")


def test_what_is_younger_than_the_backup_does_no_harm(place: Path) -> None:
    fine("marketplace", "put", "toko", "--rulebook", "id")
    kept = place / "forgotten.jsonl"
    kept.write_text(json.dumps(GOOD) + "\n\n")
    assert fine("forgotten", "--again", str(kept)) == "1 case forgotten\n"


GOOD = {"marketplace": "toko", "order_id": "o", "case_id": "c", "forgotten_at": "2026-03-01T00:00:00+00:00"}


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        "{}",
        json.dumps(GOOD | {"case_id": 7}),
        json.dumps({"case_id": "c"}),
        json.dumps(GOOD | {"forgotten_at": "soon"}),
        json.dumps(GOOD | {"forgotten_at": "2026-03-01T00:00:00"}),
    ],
)
def test_a_list_that_is_none_is_not_applied_in_part(place: Path, line: str) -> None:
    kept = place / "forgotten.jsonl"
    kept.write_text(f"{json.dumps(GOOD)}\n{line}\n")
    said = mufakat("forgotten", "--again", str(kept))
    assert (said.code, said.out) == (2, "")
    assert said.err == "mufakat: Line 2 is none of a list of the forgotten; nothing was applied.\n"
    assert fine("forgotten") == ""


def test_a_list_that_is_not_there_is_one_sentence(place: Path) -> None:
    assert "cannot be read (No such file" in mufakat("forgotten", "--again", str(place / "none")).err
    (place / "bytes").write_bytes(b"\xff\xfe")
    assert "no text in UTF-8" in mufakat("forgotten", "--again", str(place / "bytes")).err


def _copy() -> dict[str, list[asyncpg.Record]]:
    """The rows of every table: a backup."""

    async def read() -> dict[str, list[asyncpg.Record]]:
        connection = await asyncpg.connect(settings().database_url)
        try:
            names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            return {name: await connection.fetch(f'SELECT * FROM "{name}"') for (name,) in names}
        finally:
            await connection.close()

    return asyncio.run(read())


def _restore(rows: dict[str, list[asyncpg.Record]]) -> None:
    async def write() -> None:
        connection = await asyncpg.connect(settings().database_url)
        try:
            async with connection.transaction():
                await connection.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in rows) + " CASCADE")
                await connection.execute("SET LOCAL session_replication_role = replica")
                for name, found in rows.items():
                    if found:
                        held = [f'"{each}"' for each in list(found[0].keys())]
                        columns, places = ", ".join(held), ", ".join(f"${n}" for n in range(1, len(held) + 1))
                        values = [tuple(each.values()) for each in found]
                        await connection.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({places})', values)
        finally:
            await connection.close()

    asyncio.run(write())
