"""The reference lists everything that there is, and its generated parts are what the program says."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tools import http_page, reference

from mufakat import rulebooks, settings
from mufakat.api.rights import RIGHTS, Caller, Right
from mufakat.api.troubles import TROUBLES, status_of
from mufakat.cli import VERBS
from mufakat.core import commands, events
from mufakat.core.refusals import Code

PAGES = sorted({page for page, _ in reference.MADE} | set(reference.WHOLE))


def page(name: str) -> str:
    return (reference.REFERENCE / name).read_text(encoding="utf-8")


def names_in(name: str) -> set[str]:
    """Whatever stands between backticks."""
    return {f"`{each}`" for each in re.findall(r"`([^`\n]+)`", page(name))}


def headings(name: str) -> set[str]:
    return {line.lstrip("# ") for line in page(name).splitlines() if line.startswith("#")}


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_up_to_date(name: str) -> None:
    made = reference.WHOLE[name]() if name in reference.WHOLE else reference.renewed(name, page(name))
    assert made == page(name), f"docs/reference/{name} is stale; run `make docs`"


@pytest.mark.parametrize(
    "name,wanted",
    [
        ("refusals.md", set(Code)),
        ("commands.md", set(commands.COMMANDS)),
        ("events.md", set(events.EVENTS)),
        ("cli.md", {f"mufakat {verb}" for verb in VERBS}),
    ],
)
def test_the_reference_has_a_heading_for_each(name: str, wanted: set[str]) -> None:
    assert wanted - headings(name) == set()


def test_the_reference_has_every_route_and_says_who_may_call_it() -> None:
    wanted = {f"{method} {path}" for method, path, _ in http_page.operations()}
    assert len(wanted) > 30
    assert wanted - headings("http.md") == set()
    assert {f"`{operation['operationId']}`" for _, _, operation in http_page.operations()} <= names_in("http.md")


def test_the_reference_lists_every_right_and_scope_and_every_problem_with_its_status() -> None:
    text = page("http.md")
    for right in Right:
        assert f"| `{right.value}` | {', '.join(c.value for c in Caller if c in RIGHTS[right])} |" in text
    for trouble, (status, todo) in TROUBLES.items():
        assert f"| {status} | `{trouble.value}` | {todo} |" in text
    for code in Code:
        assert f"| {status_of(code)} | [`{code.value}`](refusals.md#{code.value.lower()}) |" in text


def test_the_reference_lists_every_header_that_the_api_promises() -> None:
    promised = {
        name
        for _, _, operation in http_page.operations()
        for each in operation["responses"].values()
        for name in each.get("headers", {})
    }
    taken = {
        each["name"]
        for _, _, operation in http_page.operations()
        for each in operation.get("parameters", [])
        if each.get("in") == "header"
    }
    assert {f"`{name}`" for name in promised | taken} <= names_in("http.md")


def test_a_limit_that_nobody_describes_is_told() -> None:
    assert http_page.limit("api.asked.MAX_KEY") == ("`MAX_KEY`", "200", "Characters of an idempotency key.")
    with pytest.raises(LookupError, match="nothing is said below MAX"):
        http_page.said_of(ast.parse("MAX: Final = 5\nOTHER = 6"), "MAX")


def test_the_reference_lists_every_setting() -> None:
    assert all(f"| `{name}` |" in page("settings.md") for name in settings.variables())


def test_the_reference_lists_every_word_and_shape() -> None:
    text = page("commands.md")
    for kind in reference.words():
        assert all(f"`{each.value}`" in text for each in kind)
    assert {kind.__name__ for kind in reference.SHAPES} <= headings("commands.md")


def test_each_word_that_is_linked_is_there() -> None:
    text = page("commands.md")
    anchors = {heading.lower() for heading in headings("commands.md")}
    anchors |= {kind.__name__.lower() for kind in reference.words()}
    for name in ("commands.md", "events.md"):
        for part in page(name).split("(#" if name == "commands.md" else "(commands.md#")[1:]:
            assert part.partition(")")[0] in anchors
    assert all(f'<a id="{kind.__name__.lower()}"></a>' in text for kind in reference.words())


def test_each_command_without_a_row_says_who_may_give_it() -> None:
    assert set(reference.WITHOUT_ROW) == {"OpenRequest", "Lapse", "Remind"}


def test_the_reference_names_every_rulebook() -> None:
    assert all(f"`{name}`" in page("cli.md") for name in rulebooks.names())


def test_the_index_leads_to_every_page() -> None:
    index = (reference.ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for path in reference.REFERENCE.glob("*.md"):
        assert f"(reference/{path.name})" in index


def test_a_stale_page_is_told_and_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def made() -> str:
        return "new"

    only: dict[tuple[str, str], Callable[[], str]] = {("page.md", "part"): made}
    monkeypatch.setattr(reference, "REFERENCE", tmp_path)
    monkeypatch.setattr(reference, "MADE", only)
    monkeypatch.setattr(reference, "WHOLE", {})
    (tmp_path / "page.md").write_text("By hand.\n<!-- made: part -->\nold\n<!-- end: part -->\nMore.\n")
    assert reference.main(["--check"]) == 1
    assert "docs/reference/page.md: stale" in capsys.readouterr().out
    assert reference.main([]) == 0
    whole = "By hand.\n<!-- made: part -->\n\nnew\n\n<!-- end: part -->\nMore.\n"
    assert (tmp_path / "page.md").read_text() == whole
    assert reference.main(["--check"]) == 0
    (tmp_path / "page.md").write_text("By hand.\n")
    with pytest.raises(ValueError, match="needs one place for part"):
        reference.main(["--check"])
