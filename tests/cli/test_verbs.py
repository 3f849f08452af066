"""What the verbs do: orders and facts in, commands given, lists, the loops, the checks."""

import asyncio
import io
import json
import re
from pathlib import Path

import asyncpg
import pytest

from mufakat import rulebooks
from mufakat.cli import upkeep
from mufakat.engine.work import Pass
from tests.cli.typing_in import DELIVERED, ORDER, Said, at, do, fine, judged, mufakat, opened, paid, request, shop


def test_a_marketplace_is_put_changed_and_listed(place: Path) -> None:
    assert fine("marketplace", "put", "toko", "--rulebook", "id") == "toko: rulebook id, its clock runs\n"
    standing = fine("marketplace", "put", "toko", "--now", "2026-03-02T09:00")
    assert standing == "toko: rulebook id, its clock stands at 2026-03-02T09:00:00+07:00\n"
    assert "vn" in fine("marketplace", "put", "cho", "--rulebook", "vn", "--now", "2026-03-02T09:00:00Z")
    listed = fine("marketplace", "list")
    assert "2026-03-02T16:00:00+07:00" in listed
    assert fine("marketplace", "put", "toko", "--run") == "toko: rulebook id, its clock runs\n"


def test_a_marketplace_needs_a_rulebook_and_a_moment_that_is_one(place: Path) -> None:
    assert "needs a rulebook" in mufakat("marketplace", "put", "toko").err
    assert "is no moment" in mufakat("marketplace", "put", "toko", "--rulebook", "id", "--now", "soon").err


def test_which_marketplace_is_meant_must_be_clear(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "add one with `mufakat marketplace put`" in mufakat("cases").err
    at("2026-03-02T09:00")
    assert fine("cases") == "0 cases\n"
    fine("marketplace", "put", "cho", "--rulebook", "vn")
    assert "there are cho, toko" in mufakat("cases").err
    assert fine("cases", "--marketplace", "cho") == "0 cases\n"
    assert "There is no marketplace pasar" in mufakat("cases", "--marketplace", "pasar").err
    monkeypatch.setenv("MUFAKAT_MARKETPLACE", "toko")
    assert fine("cases") == "0 cases\n"


def test_orders_come_as_an_object_a_list_or_lines(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at("2026-03-02T09:00")
    file = place / "orders"
    file.write_text(json.dumps(ORDER, indent=2))
    assert fine("order", "put", str(file)) == "order-1: new\n"
    assert fine("order", "put", str(file)) == "order-1: same\n"
    file.write_text(json.dumps([ORDER | {"shipping_fee": 5}, ORDER | {"order_id": "order-2"}]))
    assert fine("order", "put", str(file)) == "order-1: changed\norder-2: new\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(ORDER | {"order_id": "order-3"})))
    assert fine("order", "put", "-") == "order-3: new\n"


def test_a_bad_line_is_told_by_number_and_does_not_stop_the_rest(place: Path) -> None:
    at("2026-03-02T09:00")
    file = place / "orders.jsonl"
    lines = [ORDER, ORDER | {"order_id": "order-2", "shipping_fee": "much"}, ORDER | {"order_id": "order-3"}]
    file.write_text("\n".join(["", *map(json.dumps, lines), "{"]))
    said = mufakat("order", "put", str(file))
    assert said.code == 2
    assert said.out == "order-1: new\norder-3: new\n"
    assert re.fullmatch(r"mufakat: line 3: .*shipping_fee.*\nmufakat: line 5: this is not JSON.*\n", said.err)
    file.write_bytes(b"\xff\xfe")
    assert "is no text in UTF-8" in mufakat("order", "put", str(file)).err


def test_an_order_with_a_case_changes_by_facts_only(place: Path) -> None:
    opened(place)
    (place / "order.json").write_text(json.dumps(ORDER | {"shipping_fee": 5}))
    said = mufakat("order", "put", str(place / "order.json"))
    assert said.code == 3
    assert said.err.startswith("refused: ALREADY_OPEN\n")
    assert fine("fact", "order-1", "--json", json.dumps(DELIVERED)) == "recorded; 1 open case told\n"
    lost = mufakat("fact", "order-9", "--json", json.dumps(DELIVERED))
    assert (lost.code, lost.err.splitlines()[0]) == (3, "refused: NO_SUCH_ORDER")


def test_a_command_says_in_words_what_it_led_to(place: Path) -> None:
    shop(place)
    said = do("customer:ani", None, request())
    assert said.code == 0
    assert re.fullmatch(
        r"case [0-9a-f-]{36}, event 3\n"
        r"  The customer asked for refund: line 1, unit 1, defective\.\n"
        r"  The customer handed in exhibit 1: photo or video of the defect\.\n"
        r"  Now: the seller is to answer the request, until 4 March 2026, 09:00 WIB; "
        r"after that the request is approved\.\n",
        said.out,
    )


def test_a_refusal_prints_code_and_sentence_and_exits_3(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened(place)
    said = do("CUSTOMER:ani", case, {"command": "ApproveRequest"})
    assert (said.code, said.out) == (3, "")
    assert said.err.splitlines()[0] == "refused: WRONG_ROLE"
    assert "This step is not yours" in said.err
    assert "Langkah ini bukan" in do("CUSTOMER:ani", case, {"command": "ApproveRequest"}, "--language", "id").err
    monkeypatch.setenv("MUFAKAT_LANGUAGE", "id")
    assert "Langkah ini bukan" in do("CUSTOMER:ani", case, {"command": "ApproveRequest"}).err
    early = do("CLOCK", case, {"command": "Lapse"})
    assert "NOT_DUE_YET" in early.err
    assert "4 March 2026, 09:00 WIB" in early.err
    offer = {"command": "MakeOffer", "solution": {"kind": "REFUND", "amount": 99000000}}
    assert "Rp990.000" in do("SELLER:toko-budi", case, offer).err


def test_a_key_makes_a_command_happen_once(place: Path) -> None:
    case = opened(place)
    message = {"command": "SendMessage", "text": "Hello?"}
    first = do("CUSTOMER:ani", case, message, "--key", "k-1")
    assert do("CUSTOMER:ani", case, message, "--key", "k-1") == first
    again = do("CUSTOMER:ani", case, message | {"text": "Other"}, "--key", "k-1")
    assert (again.code, again.err.splitlines()[0]) == (3, "refused: KEY_REUSED")
    assert do("CUSTOMER:ani", case, message, "--key", "").code == 2


def test_a_command_by_the_system_that_changes_nothing_says_so(place: Path) -> None:
    case = paid(place)
    report = {"command": "ReportPayment", "obligation": f"{case}:1", "paid": 1}
    assert "nothing changed" in do("SYSTEM", case, report).out


def test_cases_are_listed_and_paged(place: Path) -> None:
    case = opened(place)
    second = request() | {"lines": [{"line_id": "2", "reason": "DAMAGED", "quantity": 2}]}
    other = do("CUSTOMER:ani", None, second).out.split()[1].rstrip(",")
    listed = fine("cases")
    assert listed.index(case) < listed.index(other)
    assert "REVIEW" in listed
    assert "4 March 2026, 09:00 WIB" in listed
    assert "2 cases" in listed
    assert fine("cases", "--ids") == f"{case}\n{other}\n"
    assert other not in fine("cases", "--limit", "1")
    assert case not in fine("cases", "--after", case)
    assert do("CUSTOMER:ani", case, {"command": "WithdrawRequest"}).code == 0
    assert case not in fine("cases", "--open")


def test_the_whole_way_from_a_request_to_money(place: Path) -> None:
    paid(place)
    listed = fine("cases")
    assert "CLOSED" in listed
    assert listed.count("Rp450,000") == 2


def test_work_does_what_is_due_and_nothing_twice(place: Path, database_url: str) -> None:
    case = opened(place)
    assert fine("work", "--once").startswith("0 deadlines settled, ")
    assert asyncio.run(_noted(database_url)) == [case], "it is noted for signals as well"
    assert fine("work", "--once") == "0 deadlines settled, 0 deliveries\n"
    at("2026-03-04T09:00")
    assert fine("work", "--once").startswith("1 deadline settled, ")


async def _noted(database_url: str) -> list[str]:
    """The cases that were noted for signals."""
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch("SELECT case_id FROM noted")
    await connection.close()
    return [str(row["case_id"]) for row in rows]


def test_a_place_that_cannot_keep_files_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "file").touch()
    monkeypatch.setenv("MUFAKAT_FILES", str(place / "file" / "files"))
    said = mufakat("work", "--once")
    assert (said.code, said.out) == (2, "")
    assert said.err == f"mufakat: Files cannot be kept in {place}/file/files (Not a directory).\n"


async def test_work_runs_until_it_is_told_to_stop(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = asyncio.Event()

    async def loops(deadlines: object, deliveries: object, stop: asyncio.Event, beside: list[Pass]) -> None:
        assert not stop.is_set()
        found = [await each() for each in beside]
        assert found == [0] * len(found) != []
        stopped.set()

    monkeypatch.setattr(upkeep, "run_loops", loops)
    assert await asyncio.to_thread(mufakat, "work") == Said(0, "", "")
    assert stopped.is_set()


def test_reconcile_compares_mends_and_tells(place: Path, database_url: str) -> None:
    case = paid(place)
    assert fine("reconcile") == "1 obligation compared, no difference\n"
    asyncio.run(_executed(database_url, "UPDATE outbox SET state = 'GIVEN_UP', last_error = 'no' WHERE lane = 'MONEY'"))
    dry = mufakat("reconcile", "--dry-run")
    assert (dry.code, dry.err) == (1, "")
    assert f"GIVEN_UP {case}:" in dry.out
    assert "for a person (no)" in dry.out
    told = mufakat("reconcile", "--json")
    run = json.loads(told.out)
    assert (told.code, run["marketplace"], run["asked"]) == (1, "toko", 1)
    assert {each["code"] for each in run["drifts"]} == {"GIVEN_UP"}


async def _executed(database_url: str, sql: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(sql)
    await connection.close()


def test_verify_finds_what_was_changed(place: Path, database_url: str) -> None:
    case = opened(place)
    assert fine("verify") == "every chain holds\n"

    async def tamper() -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute(
            "UPDATE events SET body = convert_to(replace(convert_from(body, 'UTF8'), 'DEFECTIVE', 'DAMAGED'), 'UTF8') "
            "WHERE number = 1"
        )
        await connection.close()

    asyncio.run(tamper())
    said = mufakat("verify")
    assert said.code == 1
    assert f"{case}: event 1: its bytes are not what was hashed" in said.out
    assert "1 chains do not hold" in said.out
    assert mufakat("rebuild").code == 2


def test_rebuild_mends_a_cache_and_says_so(place: Path, database_url: str) -> None:
    case = opened(place)
    assert fine("rebuild") == "no difference\n"

    async def spoil() -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute("UPDATE cases SET paid = 5")
        await connection.close()

    asyncio.run(spoil())
    said = mufakat("rebuild")
    assert said.code == 1
    assert f"{case}: case differed" in said.out
    assert fine("rebuild") == "no difference\n"


def test_forget_is_refused_while_the_case_is_open(place: Path) -> None:
    case = opened(place)
    said = mufakat("forget", case)
    assert said.code == 3
    assert said.err.startswith("refused: STILL_OPEN\n")
    assert mufakat("forget", "no-such-case").err.startswith("refused: NO_SUCH_CASE\n")


def test_forget_destroys_texts_and_verify_still_passes(place: Path) -> None:
    case = paid(place)
    assert "“It never turned on.”" in fine("case", case)
    assert fine("forget", case) == f"{case}: forgotten\n"
    after = fine("case", case)
    assert "[forgotten]" in after
    assert "turned on" not in after
    assert "motor" not in after
    assert fine("verify") == "every chain holds\n"
    assert "[dilupakan]" in fine("case", case, "--language", "id")


def test_forget_asks_a_person_first(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = judged(place)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert mufakat("forget", case).err == "mufakat: Nothing was forgotten.\n"
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert mufakat("forget", case).code == 3


def test_a_rulebook_is_shown_with_its_sources() -> None:
    shown = fine("rulebook", "show", "id", "--on", "2026-11-01")
    assert shown.startswith("Rulebook id: market ID, zone Asia/Jakarta, in force on 2026-11-01\n")
    assert "[sources]" in shown
    assert "https://" in shown
    assert "back-dated" in fine("rulebook", "show", "id", "--on", "2020-01-01", "--backdate")
    assert "Rulebook vn" in fine("rulebook", "show", "vn")


def test_a_rulebook_is_checked_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    text = rulebooks.text("id")
    file.write_text(text)
    assert fine("rulebook", "check", str(file)) == f"{file}: in order, market ID\n"
    file.write_text(text.replace('value = "2 calendar days"', 'value = "2 days"', 1))
    said = mufakat("rulebook", "check", str(file))
    assert said.code == 1
    number = 1 + text[: text.index('value = "2 calendar days"')].count("\n")
    assert said.out.startswith(f"{file}:{number}: clock.seller_review.span")
    assert said.out.endswith("1 fault\n")
    file.write_bytes(b"\xff")
    assert mufakat("rulebook", "check", str(file)).code == 2


def test_the_process_is_printed_from_its_table() -> None:
    shown = fine("process")
    assert "REVIEW: waits for SELLER; silence means APPROVE, REJECT" in shown
    assert re.search(r"RaiseDispute +CUSTOMER +leads to EVIDENCE", shown)
    diagram = fine("process", "--diagram")
    assert diagram.count("stateDiagram-v2") >= 4
