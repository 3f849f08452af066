"""A policy's values by their path in a rulebook file: what a case pinned, laid beside the sources and other days.

It is `resolve` read backwards: for every rulebook and day the values are those of the file, under the same paths.
"""

from collections.abc import Iterator
from dataclasses import fields

from mufakat.core.policy.faults import dotted
from mufakat.core.policy.policy import Policy, Switches
from mufakat.core.policy.schema import AGGRAVATION


def values_of(policy: Policy) -> dict[str, object]:
    """Every value of a policy by its dotted path (`clock.offer.span`), in the order of the grammar."""
    found: dict[str, object] = {}
    for path, value in _values(policy):
        if value is not None:
            found[dotted(path)] = value
    return found


def _values(policy: Policy) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, clock in policy.clocks.items():
        yield ("clock", name.value, "span"), clock.span
        yield ("clock", name.value, "lapse"), clock.lapse
        yield ("clock", name.value, "remind"), clock.remind or None
    for kind, window in policy.windows.items():
        yield ("window", kind.value, "all"), window.span
        yield ("window", kind.value, "mall"), window.mall_span
        for category, span in window.category_spans:
            yield ("window", kind.value, "category", category), span
    for reason, rule in policy.acceptance.items():
        yield ("acceptance", reason.value, "anchor"), rule.anchor
        yield ("acceptance", reason.value, "period"), rule.span
        yield ("acceptance", reason.value, "durable"), rule.durable_span
    yield from _material(policy)
    yield from _liability(policy)
    for code in policy.codes:
        yield ("code", code.use.value, code.code), code
    for each in fields(Switches):
        yield ("switch", each.name), getattr(policy.switches, each.name)
    for automatic in policy.automatic:
        yield ("automatic", automatic.name, "reasons"), automatic.reasons
        yield ("automatic", automatic.name, "types"), automatic.types
        yield ("automatic", automatic.name, "up_to"), automatic.up_to
    for destination in policy.destinations:
        yield ("destination", destination.method), destination.to
    for year in sorted({day.year for day in policy.holidays}):
        yield ("holidays", str(year)), frozenset(day for day in policy.holidays if day.year == year)


def _material(policy: Policy) -> Iterator[tuple[tuple[str, ...], object]]:
    for material in policy.material:
        yield ("material", material.reason.value, material.party.value, material.item), material.level
    for returned in policy.returned:
        yield ("returned", returned.party.value, returned.item), returned.level
    for data in policy.data:
        yield ("data", data.reason.value, data.item), data.test


def _liability(policy: Policy) -> Iterator[tuple[tuple[str, ...], object]]:
    for reason, rule in policy.grounds.items():
        yield ("ground", reason.value, "ground"), rule.ground
        yield ("ground", reason.value, "cause"), rule.cause
        yield ("ground", reason.value, "aggravated"), rule.aggravated
    words = {aggravated: word for word, aggravated in AGGRAVATION.items()}
    for risk in policy.risk:
        above = ("risk", risk.ground.value, words[risk.aggravated])
        yield (*above, "rule"), risk.rule
        for issue, bearer in risk.bearers:
            yield (*above, issue.value), bearer
