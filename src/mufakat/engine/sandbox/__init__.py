"""Sandboxes: marketplaces for trying, where a dispute of three weeks is played in a minute.

`forward` moves the marketplace's clock and lets everything happen on the way, each at its own moment; canned people
(`people`) and a canned carrier (`carrier`) act by themselves; `judge` records what leads to a wanted judgement;
`make_order` makes an order to try with. Nothing here writes but by ordinary commands through `Engine.handle`.
"""

from mufakat.engine.sandbox.clock import Moved, find, forward, react
from mufakat.engine.sandbox.judge import Wanted, judge
from mufakat.engine.sandbox.orders import OrderKind, make_order
from mufakat.engine.sandbox.people import PEOPLE, Canned

__all__ = ["PEOPLE", "Canned", "Moved", "OrderKind", "Wanted", "find", "forward", "judge", "make_order", "react"]
