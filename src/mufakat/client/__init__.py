"""The Python client of the HTTP API: typed, for plain and for `async` programs, patient where the network is not.

`Client` and `AsyncClient` have the same methods; answers are the structs of `mufakat.api.wire`, commands and orders the
dataclasses of `mufakat.core`. `calls.py` is one call as data, `retries.py` says when it is sent again, `errors.py` what
can go wrong; `asynchronous/` sends, and `synchronous/` is made from it by `python -m tools.client`. Knows nothing of
the server's parts.
"""

from mufakat.client.asynchronous import AsyncClient
from mufakat.client.errors import MufakatError, Refused, Unreachable, Unreadable
from mufakat.client.retries import NEVER, Retries
from mufakat.client.synchronous import Client

__all__ = ["NEVER", "AsyncClient", "Client", "MufakatError", "Refused", "Retries", "Unreachable", "Unreadable"]
