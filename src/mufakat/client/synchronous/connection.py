"""One caller's connection to a server: sends calls, again where that is safe, and reads their answers."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from collections.abc import Iterator
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx

from mufakat.client.calls import Call
from mufakat.client.errors import Unreachable
from mufakat.client.retries import Attempts, Retries

T = TypeVar("T")

TIMEOUT: Final = 10.0
"""Seconds that any one step of an attempt (connecting, sending, waiting for bytes) may take."""
PIECE: Final = 256 * 1024
"""Bytes of a file that are read at once."""


class Connection:
    """One caller of one server.

    base_url: where the server is, such as `https://disputes.example.com`. token: a server's key, or the token of an
    agent, a customer or a seller. language: of sentences, as `Accept-Language` takes it (`en`, `id`). timeout: seconds
    for any one step of an attempt. retries: how long to go on where the server is away or busy. http: a client of
    httpx with a proxy or certificates of its own; whoever made it closes it.
    """

    def __init__(
        self,
        base_url: str,
        token: str = "",
        *,
        language: str = "",
        timeout: float = TIMEOUT,
        retries: Retries | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise ValueError(f"the address of a server begins with http:// or https://, unlike {base_url!r}")
        self.base_url = base_url.rstrip("/")
        self._token, self._language, self._timeout = token, language, timeout
        self._retries = retries or Retries()
        self._owns = http is None
        self._http = http or httpx.Client()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless they belong to another."""
        if self._owns:
            self._http.close()

    def acting(self, token: str, *, language: str | None = None) -> Self:
        """The same connections for another caller, or for the same one in another language."""
        return type(self)(
            self.base_url,
            token,
            language=self._language if language is None else language,
            timeout=self._timeout,
            retries=self._retries,
            http=self._http,
        )

    def _ask(self, call: Call[T]) -> T:
        """Send a call until there is an answer to take. Raises Refused, Unreachable, Unreadable."""
        attempts = Attempts(self._retries, call)
        while True:
            try:
                got = self._http.request(
                    call.method,
                    self.base_url + call.path,
                    params=call.parameters(),
                    headers=call.sent_headers(self._token, self._language),
                    content=_pieces(call.body) if isinstance(call.body, Path) else call.body,
                    timeout=max(self._timeout, call.slow),
                )
            except httpx.RequestError as error:
                pause = attempts.after_error(error)
                if pause is None:
                    said = str(error) or type(error).__name__
                    raise Unreachable(f"{self.base_url} cannot be reached: {said}", attempts.made, call.key) from error
            else:
                pause = attempts.after_answer(got.status_code, got.headers)
                if pause is None:
                    return call.read(got.status_code, got.headers, got.content, attempts.made)
            sleep(pause)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
