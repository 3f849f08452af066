"""The verbs about money: what moved in a case, whether the ledger is sound, and the ledger for beancount."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from mufakat.core.settlement import Account
from mufakat.engine.books import account_name
from tests.cli.typing_in import disputed, fine, mufakat, paid


def hand(sql: str) -> None:
    """Somebody with a hand in the database."""

    async def run() -> None:
        connection = await asyncpg.connect(os.environ["MUFAKAT_DATABASE_URL"])
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(run())


def test_the_money_of_a_case_is_shown_with_cause_rule_and_reference(place: Path) -> None:
    case = paid(place)
    said = fine("money", case)
    for word in ("PENDING", "POST", "seller/payable", "hold.placed", "reading 9", "S18", "false_", "HOLD", "DONE"):
        assert word in said, word
    assert "Rp450,000" in said
    told = json.loads(fine("money", case, "--json"))
    assert told["case_id"] == case
    assert {each["account"] for each in told["balances"]} == {"seller/payable", "provider/clearing"}
    assert sum(each["amount"] for each in told["balances"]) == 0
    assert {each["state"] for each in told["told"]} == {"DONE"}
    assert all(each["reference"] for each in told["movements"] if each["cause"] == "refund.paid")


def test_a_case_that_there_is_not_has_no_money(place: Path) -> None:
    fine("marketplace", "put", "toko", "--rulebook", "id")
    assert "There is no case C-9" in mufakat("money", "C-9").err


def test_a_sound_ledger_is_sound(place: Path) -> None:
    paid(place)
    assert fine("ledger", "check") == fine("ledger", "check", "--whole") == "the ledger is sound\n"
    assert fine("ledger", "check", "--marketplace", "toko") == "the ledger is sound\n"


AMISS = {
    "UPDATE transfers SET debit = 'platform/cost' WHERE kind = 'POST'": "between other accounts",
    "UPDATE transfers SET amount = amount + 1 WHERE kind = 'POST'": "with another amount",
    "UPDATE transfers SET amount = 1 WHERE kind = 'PENDING'": "with another amount",
    "DELETE FROM transfers WHERE kind = 'PENDING'": "resolves what is not there",
    "UPDATE transfers SET kind = 'POSTED' WHERE kind = 'PENDING'": "resolves what is not pending",
    "DELETE FROM transfers WHERE kind = 'POST'": "closed with",
    "DELETE FROM transfers WHERE credit = 'customer/claim'": "in customer/claim",
    "DELETE FROM transfers": "no transfers, but money",
}


@pytest.mark.parametrize("statement", AMISS)
def test_what_is_amiss_is_found_and_mended(place: Path, statement: str) -> None:
    case = paid(place)
    hand(statement)
    said = mufakat("ledger", "check")
    assert said.code == 1
    assert AMISS[statement] in said.out
    assert case in said.out
    whole = mufakat("ledger", "check", "--whole")
    assert whole.code == 1
    assert "the ledger is not what the log says" in whole.out
    assert mufakat("rebuild").code == 1
    assert fine("ledger", "check", "--whole") == "the ledger is sound\n"


def test_only_the_whole_check_finds_what_is_consistent_and_wrong(place: Path) -> None:
    paid(place)
    hand("UPDATE transfers SET amount = amount - 5")
    assert fine("ledger", "check") == "the ledger is sound\n"
    assert mufakat("ledger", "check", "--whole").code == 1


def test_the_database_refuses_what_no_ledger_holds(place: Path) -> None:
    paid(place)
    for statement in (
        "UPDATE transfers SET amount = 0",
        "UPDATE transfers SET amount = -1",
        "UPDATE transfers SET credit = debit",
        "UPDATE transfers SET kind = 'GONE'",
        "UPDATE transfers SET resolves = '' WHERE kind = 'POST'",
        "UPDATE transfers SET resolves = 'x' WHERE kind = 'POSTED'",
        "UPDATE transfers SET amount = NULL",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            hand(statement)
    again = (
        "INSERT INTO transfers SELECT t.marketplace, t.order_id, t.case_id, t.number, 9, t.matter, t.kind, t.debit, "
    )
    again += "t.debit_party, t.credit, t.credit_party, t.currency, t.amount, t.cause, t.rule, t.at, t.resolves, "
    again += "t.reference, t.seller_id FROM transfers t WHERE t.kind = 'POST'"
    with pytest.raises(asyncpg.UniqueViolationError):
        hand(again)


def bean_check(file: Path) -> subprocess.CompletedProcess[str]:
    """What beancount itself says, in a process of its own: none of it is ever loaded into ours (decision 0001)."""
    command = [sys.executable, "-W", "ignore", "-m", "beancount.scripts.check", "--no-cache", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_beancount_accepts_the_export_and_finds_a_cent_that_is_missing(place: Path) -> None:
    paid(place)
    file = place / "books.beancount"
    assert fine("ledger", "export", "--to", str(file)) == ""
    text = file.read_text()
    assert fine("ledger", "export") == text
    checked = bean_check(file)
    assert (checked.returncode, checked.stderr) == (0, "")
    file.write_text(
        text.replace("balance Liabilities:Seller:Payable 450000.00", "balance Liabilities:Seller:Payable 449999.99")
    )
    broken = bean_check(file)
    assert broken.returncode != 0
    assert "Balance failed" in broken.stderr


def test_what_is_held_stands_apart_in_the_export(place: Path) -> None:
    disputed(place)
    file = place / "books.beancount"
    fine("ledger", "export", "--to", str(file))
    assert bean_check(file).returncode == 0
    assert "! " in file.read_text()
    assert "balance Liabilities:Held:Seller:Payable 450000.00 ~ 0 IDR" in file.read_text()


def test_an_export_says_where_it_cannot_be_written(place: Path) -> None:
    paid(place)
    assert "cannot be written" in mufakat("ledger", "export", "--to", str(place / "no" / "where")).err


def test_every_account_has_a_name_of_its_own_in_beancount() -> None:
    names = {account_name(account, held=held) for account in Account for held in (True, False)}
    assert len(names) == 2 * len(Account)
