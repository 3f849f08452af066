"""The client for `async` programs. What stands here by hand, `tools/client.py` turns into `synchronous/`."""

from mufakat.client.asynchronous.accounts import AsyncAccounts
from mufakat.client.asynchronous.asking import AsyncAsking
from mufakat.client.asynchronous.cases import AsyncCases
from mufakat.client.asynchronous.contacts import AsyncContacts
from mufakat.client.asynchronous.disclosures import AsyncDisclosures
from mufakat.client.asynchronous.files import AsyncFiles
from mufakat.client.asynchronous.hooks import AsyncHooks
from mufakat.client.asynchronous.imports import AsyncImports
from mufakat.client.asynchronous.keys import AsyncKeys
from mufakat.client.asynchronous.money import AsyncMoney
from mufakat.client.asynchronous.notices import AsyncNotices
from mufakat.client.asynchronous.orders import AsyncOrders
from mufakat.client.asynchronous.quality import AsyncQuality
from mufakat.client.asynchronous.queue import AsyncQueue
from mufakat.client.asynchronous.reports import AsyncReports
from mufakat.client.asynchronous.rules import AsyncRules
from mufakat.client.asynchronous.sandbox import AsyncSandbox
from mufakat.client.asynchronous.sessions import AsyncSessions
from mufakat.client.asynchronous.support import AsyncSupport
from mufakat.client.asynchronous.uploads import AsyncUploads


class AsyncClient(
    AsyncOrders,
    AsyncAsking,
    AsyncFiles,
    AsyncUploads,
    AsyncCases,
    AsyncMoney,
    AsyncImports,
    AsyncRules,
    AsyncSandbox,
    AsyncKeys,
    AsyncHooks,
    AsyncAccounts,
    AsyncSessions,
    AsyncContacts,
    AsyncNotices,
    AsyncQueue,
    AsyncQuality,
    AsyncReports,
    AsyncSupport,
    AsyncDisclosures,
):
    """A caller of one Mufakat server, for `async` programs.

        async with AsyncClient("https://disputes.example.com", key) as server:
            await server.put_order(order)

    Every method raises Refused where the server says no, Unreachable where no answer came, Unreadable where the answer
    is none of ours; all three are MufakatError. What is lost on the way is sent again, never done twice. Amounts are in
    minor units, instants in UTC.
    """
