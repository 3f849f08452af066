"""Starting: quick help, exit codes, errors in one sentence, the trial server."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mufakat.cli import GROUPS, VERBS, errors, overview
from tests.cli.typing_in import fine, mufakat

HEAVY = ("asyncpg", "cyclopts", "rich", "msgspec", "cryptography", "psutil", "mufakat.core", "mufakat.store")


def test_help_loads_nothing_heavy() -> None:
    script = f"""
import sys
from mufakat.cli import main
assert main(["--help"]) == 0
assert main([]) == 0
assert main(["--version"]) == 0
print([name for name in sys.modules if name.startswith({HEAVY!r})])
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_help_lists_every_verb() -> None:
    said = fine("--help")
    assert said == overview()
    for verb, (_, says) in VERBS.items():
        assert f"  {verb} " in said
        assert says in said


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_help_of_its_own(verb: str) -> None:
    said = fine(*verb.split(), "--help")
    assert "Usage: mufakat" in said
    assert said.count("\n") > 3


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_lists_its_verbs(group: str) -> None:
    words = group.split()
    for asked in (words, [*words, "--help"]):
        said = fine(*asked)
        assert all(verb.split()[len(words)] in said for verb in VERBS if verb.startswith(f"{group} "))


@pytest.mark.parametrize(
    "words,says",
    [
        (["nonsense"], "There is no verb `nonsense`"),
        (["rulebook", "nonsense"], "There is no verb `rulebook nonsense`"),
        (["--nonsense"], "There is no verb `--nonsense`"),
        (["case"], "requires an argument"),
        (["simulate", "--seeds", "many"], 'unable to convert "many" into int'),
        (["simulate", "--seeds", "0"], "--seeds and --jobs are from 1"),
        (["rulebook", "show", "xx"], "There is no rulebook xx; there are id, vn"),
        (["rulebook", "show", "id", "--on", "soon"], "is no day; write one such as 2026-11-01"),
        (["rulebook", "show", "id", "--on", "2020-01-01"], "2025-07-02"),
        (["rulebook", "check", "/no/such.toml"], "cannot be read (No such file or directory)"),
        (["demo", "--rulebook", "xx"], "There is no rulebook xx"),
        (["demo", "--orders", "orders.jsonl"], "give both --orders and --complaints"),
        (["demo", "--orders", "/no/a", "--complaints", "/no/b"], "/no/a cannot be used (No such file or directory)"),
        (["do", "o", "--as", "CUSTOMER:c", "--json", "{"], "this is not JSON"),
        (["do", "o", "--as", "CUSTOMER:c", "--json", '{"command": "Dance"}'], "there is no command 'Dance'"),
        (["do", "o", "--as", "NOBODY:c", "--json", '{"command": "Judge"}'], "names no role; write one of CUSTOMER"),
        (["do", "o", "--as", "AGENT", "--json", '{"command": "Judge"}'], "Say which agent acts: AGENT:id"),
        (["fact", "o", "--json", "{}"], "a fact needs `fact`"),
        (["marketplace", "put", "two words"], "is no name for a marketplace"),
        (["marketplace", "put", "x", "--rulebook", "xx"], "There is no rulebook xx"),
        (["order", "put", "/no/such.json"], "cannot be read (No such file or directory)"),
        (["cases", "--limit", "0"], "--limit is from 1"),
    ],
)
def test_an_error_is_one_sentence_and_exit_code_2(words: list[str], says: str) -> None:
    said = mufakat(*words)
    assert said.code == 2
    assert says in said.err
    assert said.err.startswith("mufakat: ")
    assert said.err.count("\n") == 1
    assert said.err.endswith((".\n", "?\n"))
    assert "Traceback" not in said.err


def test_a_wrong_setting_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUFAKAT_LANGUAGE", "fr")
    said = mufakat("cases")
    assert (said.code, said.err) == (2, "mufakat: MUFAKAT_LANGUAGE cannot be used: it must be one of en, id.\n")


def test_a_database_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setenv("MUFAKAT_DATABASE_URL", f"postgresql://nobody@/none?host={place}")
    for verb in ("cases", "migrate"):
        said = mufakat(verb)
        assert said.code == 2
        assert said.err.count("\n") == 1


def test_an_old_database_is_not_worked_on(
    monkeypatch: pytest.MonkeyPatch, place: Path, empty_database_url: str
) -> None:
    monkeypatch.setenv("MUFAKAT_DATABASE_URL", empty_database_url)
    said = mufakat("cases")
    assert said.code == 2
    assert "behind this program; run `mufakat migrate` first." in said.err
    assert "the database is up to date" in fine("migrate")
    assert fine("migrate") == "the database is up to date\n"
    assert mufakat("marketplace", "list").code == 0


def test_a_mistake_of_ours_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> int:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("sys.stderr", written := io.StringIO())
    assert errors.told(fails) == 2
    assert written.getvalue() == (
        "mufakat: Something went wrong that should not; please report it (ZeroDivisionError: by zero).\n"
    )


def test_an_interruption_has_its_own_exit_code() -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert errors.told(interrupted) == 130


def test_for_trying_nothing_needs_to_be_there(open_folder: Path) -> None:
    """The command as it is installed, with a server of its own in its home."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MUFAKAT_")}
    environment["MUFAKAT_HOME"] = str(open_folder / "home")

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "mufakat.cli", *words]
        ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        return ran.stdout

    assert run("marketplace", "put", "toko", "--rulebook", "vn").startswith("toko: rulebook vn")
    assert "toko" in run("marketplace", "list"), "it is kept from one command to the next"
    assert (open_folder / "home" / "master.key").exists()
