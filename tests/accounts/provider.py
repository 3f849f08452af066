"""An identity provider as a process of its own on this machine: oidc-provider-mock, spoken to as a browser would."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from tests.cli.serving import free_port

PATIENCE = 60.0
"""Seconds for the provider to start, on a machine that is busy."""


@dataclass
class Provider:
    """The running provider. Its keys are new with each start."""

    port: int

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return f"http://127.0.0.1:{self.port}"

    def user(self, subject: str, **claims: Any) -> None:
        """Put somebody in, with what is said of them in an id_token."""
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def signs_in(self, url: str, subject: str, **changed: str) -> dict[str, str]:
        """What comes back to us when somebody signs in where they were sent; `changed` parts of the question."""
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query)) | changed
        said = httpx.post(f"{self.issuer}{parts.path}?{urlencode(asked)}", data={"sub": subject})
        assert said.status_code == 302, said.text
        return dict(parse_qsl(urlsplit(said.headers["location"]).query))

    def denies(self, url: str) -> dict[str, str]:
        """What comes back when somebody does not want to sign in."""
        said = httpx.post(url, data={"action": "deny"})
        return dict(parse_qsl(urlsplit(said.headers["location"]).query))


@contextmanager
def running(port: int = 0) -> Iterator[Provider]:
    """A provider on a port, until the block ends."""
    provider = Provider(port or free_port())
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(provider.port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                httpx.get(f"{provider.issuer}/jwks").raise_for_status()
                break
            except httpx.HTTPError:
                assert process.poll() is None, "the provider ended by itself"
                assert time.monotonic() < until, "the provider does not start"
                time.sleep(0.1)
        yield provider
    finally:
        process.terminate()
        process.wait()
