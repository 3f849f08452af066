"""`mufakat serve`, as a newcomer starts it and as a machine keeps it running."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest
import uvicorn

from mufakat.cli import serving
from mufakat.lab.little_shop import ANI, UNTOUCHED
from tests.cli.serving import Served, begin, database_process, free_port, listening, put_away, served, soon
from tests.cli.typing_in import at, fine, mufakat, opened
from tests.homes import open_folder

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SECRET = re.compile(r"\b(mk_|ma_|eyJ)[A-Za-z0-9_.-]{20,}")
"""A key of a server, a token of an agent, a token of a party."""


@pytest.fixture(scope="module")
def shop() -> Iterator[Served]:
    """One server, with the little shop, for all tests that only ask it something."""
    with open_folder() as folder, served(folder / "home") as running:
        yield running


@pytest.fixture(scope="module")
def tools() -> tuple[str, str]:
    """The shell and the program that the first page is written for."""
    bash, curl = shutil.which("bash"), shutil.which("curl")
    if not bash or not curl:
        pytest.skip("the lines of the first page need bash and curl, and one of them is missing here")
    return bash, curl


# --- what a newcomer sees


def test_it_says_where_it_listens_at_once_into_a_pipe(shop: Served) -> None:
    assert shop.first_line == f"Mufakat listens on {shop.url}\n"
    assert shop.process.poll() is None


def test_the_first_page_is_html_for_a_browser(shop: Served) -> None:
    door = shop.get("/", **HTML)
    assert 'action="/try"' in door.text
    assert 'href="/developers"' in door.text
    assert not SECRET.search(door.text)
    page = shop.get("/developers", **HTML)
    for each in (door, page):
        assert each.status_code == 200
        assert each.headers["content-type"] == "text/html; charset=utf-8"
        assert each.headers["cache-control"] == "no-store"
        assert each.text.startswith("<!doctype html>")
    for said in ('href="/docs"', 'href="/problems"', "Who is there", ANI, UNTOUCHED):
        assert said in page.text
    links = set(re.findall(r'href="(/[^"]+)"', page.text))
    assert len(links) > 3
    assert {link: shop.get(link, **HTML).status_code for link in links} == dict.fromkeys(links, 200)
    assert not re.search(r"\{\{|\}\}", page.text), "a place was left empty"


def test_the_first_page_is_text_for_curl(shop: Served, tools: tuple[str, str]) -> None:
    ran = subprocess.run([tools[1], "-si", shop.url], capture_output=True, text=True, check=True)
    head, body = ran.stdout.split("\n\n", 1)
    assert "content-type: text/plain; charset=utf-8" in head
    assert f"M={shop.url}\n" in body
    assert f"{shop.url}/docs" in body


def test_its_lines_run_as_they_are_printed(shop: Served, tools: tuple[str, str], tmp_path: Path) -> None:
    lines = httpx.get(shop.url, trust_env=False).text
    before = len(shop.log)
    said = _run(lines, tools, tmp_path)
    statuses = _statuses(shop, before, len(said))
    assert len(statuses) == lines.count("\ncall $") == len(said)
    assert all(200 <= each < 300 for each in statuses), list(zip(statuses, said, strict=True))
    case = _case(shop, said)
    matter = case["matters"][0]
    assert (case["is_open"], matter["phase"], matter["outcome"]) == (False, "CLOSED", "REFUNDED"), case
    told = " ".join(each["text"] for each in said[-1]["entries"])
    assert "The payment provider deducts" in told
    assert "Closed: refunded." in told

    again = _run(lines, tools, tmp_path)
    assert _case(shop, again) == case, "the same lines a second time change nothing in the case"
    assert again[-1] == said[-1]
    assert {each["code"] for each in again if "code" in each} == {"CASE_CLOSED", "WRONG_PHASE"}


def _statuses(shop: Served, before: int, wanted: int) -> list[int]:
    """What the requests since a line of the log were answered with; an answer can arrive before its line does."""
    found: list[int] = []
    for _ in range(100):
        told = [each for each in map(json.loads, shop.log[before:]) if each["event"] == "request"]
        found = [each["status"] for each in told if each["route"] != "/"]  # the page's own line may come late, too
        if len(found) >= wanted:
            break
        time.sleep(0.05)
    return found


def _run(lines: str, tools: tuple[str, str], folder: Path) -> list[dict[str, Any]]:
    """What the lines print when they are run in a folder: an answer a line."""
    ran = subprocess.run([tools[0], "-c", lines], capture_output=True, text=True, check=True, cwd=folder)
    assert not ran.stderr
    return [json.loads(each) for each in ran.stdout.splitlines()]


def _case(shop: Served, said: list[dict[str, Any]]) -> dict[str, Any]:
    """The case of the lines, as the marketplace's server reads it afterwards."""
    found = shop.get(f"/v1/cases/{said[-1]['case_id']}", authorization=f"Bearer {_key(shop)}")
    assert found.status_code == 200, found.text
    case: dict[str, Any] = found.json()
    return case


def _key(shop: Served) -> str:
    """The key of the marketplace's server, as the first page shows it."""
    key = re.search(r"^KEY=(\S+)$", shop.get("/").text, re.MULTILINE)
    assert key
    return key[1]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
@pytest.mark.parametrize("path", ["/developers", "/"])
def test_keys_are_shown_under_names_of_this_machine(shop: Served, host: str, path: str) -> None:
    for name in (host, f"{host}:{shop.port}"):
        shown = shop.get(path, host=name).text
        assert SECRET.search(shown)
        assert f"http://{name}" in shown


@pytest.mark.parametrize(
    "host",
    [
        "",
        "mufakat.example",
        "localhost.example",
        "127.0.0.1.example",
        "localhost:8080.example",
        "[::2]:80",
        "localhost@mufakat.example",
    ],
)
@pytest.mark.parametrize("path, accept", [("/developers", HTML), ("/", HTML), ("/", {})])
def test_keys_are_shown_under_no_other_name(shop: Served, host: str, path: str, accept: dict[str, str]) -> None:
    page = shop.get(path, host=host, **accept)
    assert page.status_code == 200
    assert not SECRET.search(page.text)
    assert "Mufakat" in page.text


def test_health_is_told_to_anybody(shop: Served) -> None:
    assert shop.get("/health/live").json()["status"] == "live"
    ready = shop.get("/health/ready").json()
    assert (ready["status"], ready["database"]) == ("ready", True)


def test_metrics_have_a_port_of_their_own(shop: Served) -> None:
    shop.get("/health/live")
    shown = httpx.get(f"http://127.0.0.1:{shop.metrics}/metrics", trust_env=False).text
    assert 'mufakat_http_requests_total{method="GET",route="/health/live",status="200"}' in shown
    assert shop.get("/metrics").status_code == 404


def test_each_request_is_a_line_of_its_log_and_what_was_sent_is_not(shop: Served) -> None:
    before = len(shop.log)
    secret = "ma_what-nobody-may-read"
    answers = [
        shop.get("/health/live"),
        shop.get(f"/v1/cases/{secret}", authorization=f"Bearer {secret}"),
        shop.get(f"/{secret}?{secret}", cookie=secret),
    ]
    for garbage in (f"{secret}\r\n\r\n", f"GET / HTTP/1.1\r\nupgrade: {secret}\r\nconnection: upgrade\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", shop.port), 20) as line:
            line.sendall(garbage.encode())
            assert line.recv(10)
    added = [json.loads(each) for each in shop.log[before:]]
    ids = [each["request_id"] for each in added if each["event"] == "request"]
    assert ids[:3] == [each.headers["x-request-id"] for each in answers]
    told = [each["event"] for each in added if each["event"] != "request"]
    assert told[:2] == ["Invalid HTTP request received.", "Unsupported upgrade request."]
    assert "nobody-may-read" not in "".join(shop.log)


def test_headers_without_end_are_not_kept(shop: Served) -> None:
    assert shop.get("/health/live", **{f"x-{n}": "y" * 1000 for n in range(30)}).status_code == 200
    with socket.create_connection(("127.0.0.1", shop.port), 20) as line:
        line.sendall(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n")
        with pytest.raises((ConnectionError, AssertionError)):  # noqa: PT012 - which write meets the end is open
            for n in range(1000):
                line.sendall(b"x-%d: %s\r\n" % (n, b"y" * 1000))
                assert not _answered(line)
    assert shop.get("/health/live").status_code == 200


def _answered(line: socket.socket) -> bytes:
    line.settimeout(0.001)
    try:
        return line.recv(1000)
    except TimeoutError:
        return b""
    finally:
        line.settimeout(20)


# --- beginning and ending


def test_two_begin_in_an_empty_home_and_each_ends_in_order() -> None:
    """Both make one shop; a signal lets what is under way be answered, two do not, and the last stops PostgreSQL."""
    with open_folder() as folder:
        home = folder / "home"
        both = [begin(home), begin(home)]
        try:
            one, two = map(listening, both)
            keys = [_key(each) for each in (one, two)]
            assert keys[0] == keys[1], "the key of one works at the other"
            cases = [each.get("/v1/cases", authorization=f"Bearer {keys[0]}").json() for each in (one, two)]
            assert cases[0] == cases[1]
            assert len(cases[0]["cases"]) == 4, "the shop was made once"
            database = database_process(home)
            with _half_a_request(one):
                one.process.send_signal(signal.SIGINT)
                soon("it takes no more connections", lambda: not _listens(one.port))
                assert one.process.poll() is None, "it waits for what is under way"
                assert one.end(signal.SIGINT) == 130, "a second signal ends it at once"
            assert database.is_running(), "the other one needs it"
            assert two.get("/health/ready").json()["status"] == "ready"
            with _half_a_request(two) as line:
                two.process.send_signal(signal.SIGTERM)
                soon("it takes no more connections", lambda: not _listens(two.port))
                line.sendall(b"pe}")
                assert line.recv(100).startswith(b"HTTP/1.1 401 ")
            assert two.process.wait(30) == 0
            assert not database.is_running() or database.status() == psutil.STATUS_ZOMBIE
            strange = [each for each in one.log + two.log if json.loads(each)["level"] != "info"]
            assert not [each for each in strange if "Files are inspected" not in each], "as not every machine isolates"
        finally:
            for each in both:
                put_away(each)


def _half_a_request(running: Served) -> closing[socket.socket]:
    line = socket.create_connection(("127.0.0.1", running.port), 30)
    line.sendall(
        b"POST /v1/cases HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 5\r\n"
    )
    line.sendall(b'connection: close\r\n\r\n{"')
    return closing(line)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except OSError:
        return False
    return True


def test_on_a_database_of_ones_own_there_is_no_shop_and_the_loops_can_be_left_out(place: Path) -> None:
    opened(place)
    at("2026-03-20T09:00")  # by then the seller has been silent for too long
    before = fine("cases")
    own = {name: os.environ[name] for name in ("MUFAKAT_DATABASE_URL", "MUFAKAT_MASTER_KEY")}
    with served(place / "home", "--no-work", **own) as running:
        shown = running.get("/").text + running.get("/", **HTML).text
        assert "Mufakat" in shown
        assert not SECRET.search(shown)
        assert "Try it" not in shown
        assert fine("marketplace", "list").count("\n") == 2, "nothing was added to what is theirs"
        assert running.get("/health/ready").json()["database"]
        assert running.end(signal.SIGINT) == 0
    assert fine("cases") == before
    assert not _noted()
    with served(place / "home", **own) as running:
        soon("the deadline lapses", lambda: fine("cases") != before)
        soon("the case is noted for signals", _noted)
        assert running.end() == 0


def _noted() -> bool:
    """Whether a case was noted for signals."""

    async def count() -> int:
        with_database = await asyncpg.connect(os.environ["MUFAKAT_DATABASE_URL"])
        found: int = await with_database.fetchval("SELECT count(*) FROM noted")
        await with_database.close()
        return found

    return asyncio.run(count()) > 0


# --- what keeps it from beginning


def test_a_taken_port_is_told_before_anything_is_set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / "home"
    _alone(monkeypatch, home)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        for name, says in (("LISTEN", "cannot be listened on"), ("METRICS", "Metrics cannot be shown on")):
            _alone(monkeypatch, home)
            monkeypatch.setenv(f"MUFAKAT_{name}", where)
            said = mufakat("serve")
            assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
            assert says in said.err
            assert where in said.err
            assert "Address already in use" in said.err
            assert f"MUFAKAT_{name}" in said.err
    assert not home.exists()


def _alone(monkeypatch: pytest.MonkeyPatch, home: Path, **more: str) -> None:
    """Settings of a server of its own in this process."""
    listen, metrics = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    for name, value in {"HOME": str(home), "LISTEN": listen, "METRICS": metrics, **more}.items():
        monkeypatch.setenv(f"MUFAKAT_{name}", value)


@pytest.mark.parametrize(
    "where,says",
    [
        ("127.0.0.1:{port}/none", "cannot be reached"),
        ("nobody@/none?host={folder}", "cannot be reached"),
        ("127.0.0.1:{port}/none?sslmode=nonsense", "sslmode"),
        ("127.0.0.1:port/none", "MUFAKAT_DATABASE_URL cannot be used"),
    ],
)
def test_a_database_that_does_not_answer_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str, says: str
) -> None:
    url = "postgresql://" + where.format(port=free_port(), folder=tmp_path)
    _alone(monkeypatch, tmp_path / "home", DATABASE_URL=url, MASTER_KEY="1f" * 32)
    said = mufakat("serve")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1), said
    assert says in said.err


def test_a_database_that_says_nothing_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def silent(url: str) -> None:
        raise TimeoutError

    monkeypatch.setattr("mufakat.cli.place.pending", silent)
    _alone(monkeypatch, tmp_path / "home", DATABASE_URL="postgresql://h/d", MASTER_KEY="1f" * 32)
    said = mufakat("serve")
    assert said.err == "mufakat: The database of MUFAKAT_DATABASE_URL cannot be reached (it does not answer).\n"


def test_a_database_that_is_behind_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, empty_database_url: str
) -> None:
    _alone(monkeypatch, tmp_path / "home", DATABASE_URL=empty_database_url, MASTER_KEY="1f" * 32)
    said = mufakat("serve")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1), said
    assert "behind this program; run `mufakat migrate` first." in said.err


def test_a_database_of_ones_own_needs_a_master_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str
) -> None:
    _alone(monkeypatch, tmp_path / "home", DATABASE_URL=database_url)
    said = mufakat("serve")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1), said
    assert "a master key is needed: set MUFAKAT_MASTER_KEY or MUFAKAT_MASTER_KEY_FILE." in said.err


# --- when something beside the API ends


def test_a_loop_that_fails_ends_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> None:
    """An API whose deadlines no longer lapse must not look alive: whoever keeps it running starts it anew."""

    async def fails() -> None:
        await asyncio.sleep(0.2)
        raise RuntimeError("the loop is broken")

    monkeypatch.setattr(serving, "_loops", lambda _, stop: [fails(), stop.wait()])
    _alone(monkeypatch, tmp_path / "home", DATABASE_URL=database_url, MASTER_KEY="1f" * 32, LOG_LEVEL="error")
    said = mufakat("serve")
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "RuntimeError: the loop is broken" in said.err


async def test_what_runs_beside_it_finishes_before_the_end() -> None:
    done: list[str] = []

    async def finishing(stop: asyncio.Event) -> None:
        await stop.wait()
        await asyncio.sleep(0.05)
        done.append("finished")

    async def short() -> None:
        done.append("short")

    stop = asyncio.Event()
    async with _small() as (server, line):
        running = asyncio.create_task(serving.together(server, line, [finishing(stop), short()], stop))
        await server.listens.wait()
        await asyncio.sleep(0.1)
        assert done == ["short"], "what is merely done does not end the server"
        assert not running.done()
        stop.set()
        await running
    assert done == ["short", "finished"]


async def test_an_end_before_the_beginning_is_one_in_order() -> None:
    """A signal or a failure while it starts: a socket that is left open would keep the process from ending."""
    stop = asyncio.Event()
    stop.set()
    async with _small() as (server, line):
        await serving.together(server, line, [], stop)
        assert server.listens.is_set()
        assert not any(each.is_serving() for each in server.servers)


async def test_a_failure_beside_it_lets_the_others_finish() -> None:
    stop, done = asyncio.Event(), asyncio.Event()

    async def finishing() -> None:
        await stop.wait()
        done.set()

    async def fails() -> None:
        raise ZeroDivisionError

    async with _small() as (server, line):
        with pytest.raises(ZeroDivisionError):
            await serving.together(server, line, [finishing(), fails()], stop)
        assert not any(each.is_serving() for each in server.servers)
    assert done.is_set()


@asynccontextmanager
async def _small() -> AsyncIterator[tuple[serving.Server, socket.socket]]:
    """A server of nothing."""

    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError

    with socket.create_server(("127.0.0.1", 0)) as line:
        config = uvicorn.Config(nothing, lifespan="off", log_config=None, log_level="warning", ws="none")
        yield serving.Server(config), line
