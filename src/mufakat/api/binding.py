"""What people may give over HTTP beyond what the process says: commands that bind need a fresh proof of who gives them.

It is asked of whoever comes with a session. A token (`ma_...`) is a machine's and proves it with every request.
"""

from typing import Final

from mufakat.api.principals import Principal
from mufakat.api.proofs import check_fresh
from mufakat.api.site import Site
from mufakat.core import commands as c
from mufakat.core.parties import Role

BINDING: Final = (
    c.Judge,
    c.DecideAppeal,
    c.ConfirmJudgement,
    c.SendBack,
    c.AssessReturn,
    c.AssessDelivery,
    c.RecordOrder,
    c.SuspendExecution,
    c.ResumeExecution,
)
"""Commands of agents that judge, or that move money or stop it."""


def check_binding(site: Site, who: Principal, command: object) -> None:
    """Raise Troubled (REAUTHENTICATION_NEEDED) for a binding command of somebody whose proof of who they are is old."""
    if who.role is Role.AGENT and isinstance(command, BINDING):
        check_fresh(site, who)
