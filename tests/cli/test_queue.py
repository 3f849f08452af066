"""`mufakat queue ...`: how the queue stands, and who gets what nobody else may take."""

from pathlib import Path

from tests.cli.typing_in import fine, mufakat


def test_the_queue_is_shown_and_its_rules_are_set(place: Path) -> None:
    del place
    fine("marketplace", "put", "toko", "--rulebook", "id")
    fine("account", "make", "lia@toko.example", "Lia", "--lead")
    shown = fine("queue", "show")
    assert shown == "Nothing waits for an agent.\nNobody is named for what nobody may take; a lease is 60 minutes.\n"
    named = fine("queue", "set", "--fallback", "lia@toko.example", "--lease", "30")
    assert named.endswith(" gets what nobody else may take; a lease is 30 minutes.\n")
    assert fine("queue", "set", "--lease", "45").startswith(named.split()[0])
    assert fine("queue", "set", "--fallback", "none") == (
        "Nobody is named for what nobody may take; a lease is 45 minutes.\n"
    )


def test_what_cannot_be_set_is_said(place: Path) -> None:
    del place
    fine("marketplace", "put", "toko", "--rulebook", "id")
    fine("account", "make", "budi@toko.example", "Budi")
    fine("account", "disable", "budi@toko.example")
    for words, told in (
        (("--lease", "4"), "5 to 1440 minutes"),
        (("--fallback", "nobody"), "no account nobody"),
        (("--fallback", "budi@toko.example"), "disabled"),
    ):
        said = mufakat("queue", "set", *words)
        assert said.code != 0
        assert told in said.err
