"""The client for plain programs."""

# Made by `python -m tools.client` from the file of this name in asynchronous/: change that one.

from mufakat.client.synchronous.accounts import Accounts
from mufakat.client.synchronous.asking import Asking
from mufakat.client.synchronous.cases import Cases
from mufakat.client.synchronous.contacts import Contacts
from mufakat.client.synchronous.disclosures import Disclosures
from mufakat.client.synchronous.files import Files
from mufakat.client.synchronous.hooks import Hooks
from mufakat.client.synchronous.imports import Imports
from mufakat.client.synchronous.keys import Keys
from mufakat.client.synchronous.money import Money
from mufakat.client.synchronous.notices import Notices
from mufakat.client.synchronous.orders import Orders
from mufakat.client.synchronous.quality import Quality
from mufakat.client.synchronous.queue import Queue
from mufakat.client.synchronous.reports import Reports
from mufakat.client.synchronous.rules import Rules
from mufakat.client.synchronous.sandbox import Sandbox
from mufakat.client.synchronous.sessions import Sessions
from mufakat.client.synchronous.support import Support
from mufakat.client.synchronous.uploads import Uploads


class Client(
    Orders,
    Asking,
    Files,
    Uploads,
    Cases,
    Money,
    Imports,
    Rules,
    Sandbox,
    Keys,
    Hooks,
    Accounts,
    Sessions,
    Contacts,
    Notices,
    Queue,
    Quality,
    Reports,
    Support,
    Disclosures,
):
    """A caller of one Mufakat server, for plain programs.

        with Client("https://disputes.example.com", key) as server:
            server.put_order(order)

    Every method raises Refused where the server says no, Unreachable where no answer came, Unreadable where the answer
    is none of ours; all three are MufakatError. What is lost on the way is sent again, never done twice. Amounts are in
    minor units, instants in UTC.
    """
