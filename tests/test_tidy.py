"""The house is tidy: small files and functions, a pure core, kept words, nothing unfinished, live links."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "mufakat"
LONGEST_FILE = 500  # lines
LONGEST_FUNCTION = 60  # lines
IMPURE_CALLS = {"now", "today", "utcnow", "open", "input", "hash"}  # hash() of text differs between processes
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
VAGUE_CLASS = re.compile(r".*(Manager|Helper|Helpers|Util|Utils|Base)")
THIRD_PARTY_PATH = re.compile(r"(^|/)(vendor|vendored|third[_-]party|node_modules)(/|$)|\.min\.(js|css)$|\.bundle\.js$")
THIRD_PARTY_TEXT = re.compile(r"copyright \(c\)|©|@license|SPDX-License-Identifier", re.IGNORECASE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def project_files() -> list[Path]:
    """Every file of the project: what git tracks or would track."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def python_files(folder: Path = SOURCE) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def where(path: Path, line: int | None = None) -> str:
    return str(path.relative_to(ROOT)) + ("" if line is None else f":{line}")


def report(offenders: list[str]) -> str:
    return "\n" + "\n".join(offenders)


def impure_calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Calls of a clock, a file or a per-process hash, by line and name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name) if name in IMPURE_CALLS:
                    yield node.lineno, name


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_the_core_asks_no_clock_and_no_chance() -> None:
    offenders = [
        f"{where(path, line)} calls {name}()"
        for path in python_files(SOURCE / "core")
        for line, name in impure_calls(ast.parse(path.read_text()))
    ]
    assert not offenders, report(offenders)


def test_the_check_of_the_core_sees_what_it_should() -> None:
    tree = ast.parse("datetime.now(UTC)\ndate.today()\nx.utcnow()\nopen('f')\nnow\nx.now\ndecide(now=now)")
    assert [line for line, _ in impure_calls(tree)] == [1, 2, 3, 4]


def test_files_can_be_read_in_one_sitting() -> None:
    lengths = {
        path: len(path.read_text().splitlines())
        for path in project_files()
        if path.is_relative_to(SOURCE) and path.suffix in {".py", ".html", ".css", ".js", ".sql"}
    }
    offenders = [f"{where(path)} has {n} lines" for path, n in lengths.items() if n > LONGEST_FILE]
    assert not offenders, report(offenders)


def test_functions_are_small() -> None:
    offenders = [
        f"{where(path, function.lineno)} {function.name} has {length} lines"
        for path in python_files()
        for function in functions(ast.parse(path.read_text()))
        if (length := (function.end_lineno or function.lineno) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not offenders, report(offenders)


def test_each_module_says_what_it_is() -> None:
    offenders = [
        where(path)
        for path in [*python_files(), *python_files(ROOT / "tests")]
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not offenders, report(offenders)


def test_nothing_is_left_for_later() -> None:
    offenders = [
        f"{where(path, number)} {line.strip()}"
        for path in project_files()
        if path.suffix in {".py", ".sql", ".toml", ".html", ".css", ".js", ".md", ".sh", ""}
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert not offenders, report(offenders)


def test_names_of_classes_say_something() -> None:
    offenders = [
        f"{where(path, node.lineno)} class {node.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and VAGUE_CLASS.fullmatch(node.name)
    ]
    assert not offenders, report(offenders)


def test_nothing_here_is_copied_from_others() -> None:
    """Other people's code comes as a package, with its licence and its updates, never as a file."""
    offenders = [
        where(path)
        for path in project_files()
        if THIRD_PARTY_PATH.search(path.relative_to(ROOT).as_posix())
        or (path.is_relative_to(SOURCE) and THIRD_PARTY_TEXT.search(path.read_text(errors="ignore")))
    ]
    assert not offenders, report(offenders)


def test_links_between_documents_lead_somewhere() -> None:
    offenders = [
        f"{where(path)} -> {target}"
        for path in project_files()
        if path.suffix == ".md"
        for target in LINK.findall(path.read_text())
        if not re.match(r"[a-z]+:|#", target) and not (path.parent / unquote(target.partition("#")[0])).exists()
    ]
    assert not offenders, report(offenders)
